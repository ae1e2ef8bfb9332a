"""The report for the teacher: what needs a person, in order of urgency, and how the class did on each question."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from teaching.marking.gradebook import Score
from teaching.marking.intake import Problem
from teaching.marking.pages import number, page, points
from teaching.marking.people import LOOK
from teaching.marking.records import Record
from teaching.marking.roster import Roster
from teaching.marking.safe_html import shown
from teaching.marking.sources import MACHINE, PERSON, Assignment

Scores = Mapping[tuple[int, str], Mapping[str, Score]]


@dataclass(frozen=True, slots=True)
class Summary:
    """All that the marks, the feedback and the report are made from."""

    assignments: Mapping[int, Assignment]
    records: Sequence[Record]
    scores: Scores
    problems: Sequence[Problem] = ()
    roster: Roster = field(default_factory=Roster)
    protection: str = ""
    figures: Collection[str] = ()

    def of(self, record: Record) -> Mapping[str, Score]:
        """Return the scores of a submission by the keys of the questions."""
        return self.scores.get((record.assignment, record.key), {})

    def waiting(self, record: Record) -> list[str]:
        """Return the questions of a submission that a person has yet to mark."""
        return [key for key, score in self.of(record).items() if score.waiting]

    def total(self, record: Record, by: str | None = None) -> float:
        """Return the points of a submission so far."""
        found = self.of(record)
        questions = [
            question for question in self.assignments[record.assignment].questions if by in (None, question.by)
        ]
        return sum(found[question.key].points or 0.0 for question in questions if question.key in found)

    @property
    def to_look_at(self) -> list[Record]:
        """The submissions of which something should be looked at."""
        return [record for record in self.records if any(note.kind == LOOK for note in record.notes)]

    @property
    def missing(self) -> list[tuple[int, str]]:
        """Who on the roster has not handed in which of the assignments that others have."""
        there = {(record.assignment, record.roster_id) for record in self.records}
        numbers = sorted({record.assignment for record in self.records})
        return [(n, s.name) for n in numbers for s in self.roster.students if (n, s.id) not in there]


def report(summary: Summary) -> str:
    """Return the page for the teacher."""
    waiting = sum(len(summary.waiting(record)) for record in summary.records)
    lines = [
        "<h1>What needs you</h1>",
        f"<p>{len(summary.records)} submissions are marked; {len(summary.to_look_at)} of them have something to look at; "
        f"{waiting} written answers wait for your marks; {len(summary.problems)} files could not be used.</p>",
        _problems(summary.problems),
        _looks(summary),
        _waiting(summary, waiting),
        _missing(summary),
        *(_overview(summary, assignment) for assignment in _present(summary)),
        _marks(summary),
        _repaired(summary),
        f"<h2>What protected this computer</h2>\n<p>{shown(summary.protection)}</p>" if summary.protection else "",
    ]
    return page("Marking: what needs you", "\n".join(line for line in lines if line), wide=True)


def _present(summary: Summary) -> list[Assignment]:
    numbers = sorted({record.assignment for record in summary.records})
    return [summary.assignments[n] for n in numbers if n in summary.assignments]


def _problems(problems: Sequence[Problem]) -> str:
    if not problems:
        return ""
    rows = [[shown(problem.origin), shown(problem.text)] for problem in problems]
    return "<h2>Files that could not be used</h2>\n" + _table(["File", "Why, and what to do"], rows)


def _looks(summary: Summary) -> str:
    if not summary.to_look_at:
        return ""
    rows = [
        [
            _link(record),
            "<br>".join(shown(note.text) for note in record.notes if note.kind == LOOK),
            points(summary.total(record, MACHINE), summary.assignments[record.assignment].points(MACHINE)),
        ]
        for record in sorted(summary.to_look_at, key=lambda one: -sum(note.kind == LOOK for note in one.notes))
    ]
    text = (
        "<p>These are marked, but something about them was odd. If an id is wrong, correct it in the roster (a column "
        "<em>also</em> takes other ids that a student used, with ; between them) and run the marking again. If an id is "
        "missing, or a file can't be read, ask for the file again; or type the points that you give into the form of "
        "<code>make mark</code>.</p>"
    )
    return f"<h2>To look at</h2>\n{text}\n" + _table(["Student", "What", "By machine"], rows)


def _waiting(summary: Summary, count: int) -> str:
    if not count:
        return ""
    rows = []
    for assignment in _present(summary):
        for question in assignment.questions:
            waiting = [
                record
                for record in summary.records
                if record.assignment == assignment.number and question.key in summary.waiting(record)
            ]
            if waiting:
                rows.append(
                    [shown(question.key), shown(_title(question.prompt)), str(len(waiting)), number(question.points)]
                )
    text = "<p><code>make mark</code> opens the form; the mark scheme stands above each answer.</p>"
    if summary.figures:
        text += "<p>The form names figures without drawing them: see the links <em>figures</em> under “All marks”.</p>"
    table = _table(["Question", "", "Answers", "Points"], rows, numbers=(2, 3))
    return f"<h2>Written answers that wait for you</h2>\n{text}\n{table}"


def _missing(summary: Summary) -> str:
    missing = summary.missing
    if not missing:
        return ""
    items = "".join(f"<li>Assignment {n}: {shown(name)}</li>" for n, name in missing)
    return f"<h2>Nothing handed in</h2>\n<ul>{items}</ul>"


def _overview(summary: Summary, assignment: Assignment) -> str:
    records = [record for record in summary.records if record.assignment == assignment.number]
    rows = []
    for question in assignment.questions:
        found = [summary.of(record).get(question.key, Score()) for record in records]
        begun = question.by == MACHINE or any(score.person is not None for score in found)
        marked = [score.points for score in found if score.points is not None] if begun else []
        mean = sum(marked) / len(marked) / question.points if marked and question.points else 0.0
        bar = f'<span class="bar" aria-hidden="true"><span style="width:{100 * min(mean, 1):.0f}%"></span></span>'
        rows.append(
            [
                shown(f"{question.key} {_title(question.prompt)}"),
                "you" if question.by == PERSON else "machine",
                number(question.points),
                f"{100 * mean:.0f} %" if marked else "not yet",
                bar,
                str(sum(value >= question.points for value in marked)) if begun else "",
                str(sum(value == 0 for value in marked)) if begun else "",
                _commonest(records, question.key),
            ]
        )
    head = ["Question", "Marked by", "Points", "Mean", "", "All points", "None", "Most frequent hint"]
    return f"<h2>The class: {shown(assignment.title)}</h2>\n" + _table(head, rows, numbers=(2, 3, 5, 6))


def _commonest(records: Sequence[Record], key: str) -> str:
    """Return the hint that most students got on a question, and how many: what to talk about in class."""
    counts: dict[str, int] = {}
    for record in records:
        for mark in record.marks:
            if (
                mark.key == key
                and mark.points < mark.out_of
                and not mark.message.startswith(("Not answered", "No answer"))
            ):
                counts[mark.message] = counts.get(mark.message, 0) + 1
    if not counts:
        return ""
    message = max(counts, key=lambda text: counts[text])
    said = shown(f"{counts[message]} ×: {message}", 400) if counts[message] > 1 else ""
    return re.sub(r"`([^`]+)`", r"<code>\1</code>", said)


def _marks(summary: Summary) -> str:
    rows = []
    for record in summary.records:
        assignment, waiting = summary.assignments[record.assignment], summary.waiting(record)
        rows.append(
            [
                _link(record) + _figures(summary, record),
                str(record.assignment),
                number(summary.total(record, MACHINE)),
                number(summary.total(record, PERSON)) if len(waiting) < _written(assignment) else "not yet",
                points(summary.total(record), assignment.points()),
                f"{record.seconds:.0f} s",
            ]
        )
    head = ["Student", "Assignment", "By machine", "By you", "So far", "Run"]
    return "<h2>All marks</h2>\n" + _table(head, rows, numbers=(2, 3, 5))


def _repaired(summary: Summary) -> str:
    rows = [
        [_link(record), "<br>".join(shown(note.text) for note in record.notes if note.kind != LOOK)]
        for record in summary.records
        if any(note.kind != LOOK for note in record.notes)
    ]
    if not rows:
        return ""
    text = "<p>Mended, or only noted. It changed no points; whether a late file costs some is for you to say.</p>"
    return f"<h2>Also noted</h2>\n{text}\n" + _table(["Student", "What"], rows)


def _written(assignment: Assignment) -> int:
    return sum(question.by == PERSON for question in assignment.questions)


def _link(record: Record) -> str:
    return f'<a href="feedback/{shown(record.key)}.html">{shown(record.name)}</a>'


def _figures(summary: Summary, record: Record) -> str:
    name = f"{record.key}-{record.assignment}"
    return f', <a href="figures/{shown(name)}.html">figures</a>' if name in summary.figures else ""


def _title(prompt: str) -> str:
    first = prompt.partition("\n")[0].lstrip("# ")
    return first.partition(" ")[2] if first[:1].isdigit() else first


def _table(head: Sequence[str], rows: Sequence[Sequence[str]], numbers: Sequence[int] = ()) -> str:
    """Return a table; the cells are HTML."""
    kinds = [' class="number"' if place in numbers else "" for place in range(len(head))]
    top = "".join(f'<th scope="col"{kinds[place]}>{cell}</th>' for place, cell in enumerate(head))
    body = "\n".join(
        "<tr>" + "".join(f"<td{kinds[place]}>{cell}</td>" for place, cell in enumerate(row)) + "</tr>" for row in rows
    )
    return f"<table>\n<thead><tr>{top}</tr></thead>\n<tbody>\n{body}\n</tbody>\n</table>"
