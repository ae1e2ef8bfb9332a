"""Marking a class: from a folder or zip of downloads to marks, feedback and a report.

Nothing is written where the submissions lie. What was marked before and has not changed since is not marked again, and
what a person marked stays.
"""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

from helpers.chronicle import Chronicle, load
from helpers.variants import variant
from teaching.marking.feedback import Part, feedback
from teaching.marking.figures import SCRIPT, figures_of, figures_page
from teaching.marking.form import write_config
from teaching.marking.forms import Mark, Note, Outcome
from teaching.marking.gradebook import Book
from teaching.marking.intake import NothingFoundError, take_in
from teaching.marking.judging import judge, schemes_for
from teaching.marking.marked_copy import marked_copy
from teaching.marking.marks_csv import marks_csv
from teaching.marking.moodle import packed
from teaching.marking.pages import number
from teaching.marking.people import LOOK, Entry, entries
from teaching.marking.records import Record, Store, write, yardstick
from teaching.marking.release import need_nbgrader
from teaching.marking.repair import marking_copy, repair
from teaching.marking.report import Summary, report
from teaching.marking.roster import Roster, read_roster, same_id, tokens
from teaching.marking.sandbox import Limits, protection, run_all
from teaching.marking.sources import MACHINE, PERSON, SOURCES, Assignment, assignments, grade_id, text_of

Say = Callable[[str], None]
_ROSTER = "roster.csv"


def grade(
    source: Path,
    out: Path,
    roster: Path | None = None,
    *,
    jobs: int | None = None,
    seconds: float = 60,
    memory: int = 1500,
    say: Say = print,
    sources: Path = SOURCES,
) -> Summary:
    """Mark all submissions in a folder or zip, and write marks, feedback and a report.

    Parameters
    ----------
    source
        What was downloaded: a folder, a zip, or one notebook. It is only read.
    out
        The marking folder; it is made if it is not there.
    roster
        The class list; without it, the one of the last time.
    jobs
        How many notebooks run at a time; without it, one for each core.
    seconds, memory
        How long a notebook may run, and how many megabytes it may take.
    say
        Called with a line on each step.
    sources
        The folder of the assignments' sources.

    Raises
    ------
    NothingFoundError, BadRosterError, NotInstalledError
        With a message that says what to do.
    """
    need_nbgrader()
    _apart(source, out)
    class_list = _roster(roster, out)
    known, store = assignments(sources), Store.load(out)
    releases: dict[int, dict[str, Any]] = {}
    out.mkdir(parents=True, exist_ok=True)
    with Book(out) as book:

        def release(n: int) -> Mapping[str, Any]:
            if n not in releases:
                releases[n] = json.loads(book.register(known[n]).read_text(encoding="utf-8"))
            return releases[n]

        taken = take_in(source, known, release)
        store.problems = taken.problems
        before = {record.origin: record.key for record in store.records.values()}
        found = entries(taken.pieces, class_list, before)
        _hand_over(store, book, found, known)
        rulers = {n: yardstick(known[n]) for n in {entry.assignment for entry in found}}
        prints = {(e.assignment, e.key): _fingerprint(e, rulers[e.assignment], seconds, memory) for e in found}
        todo = [entry for entry in found if not _unchanged(store, entry, prints[entry.assignment, entry.key], out)]
        for entry in found:
            if entry not in todo:
                store.add(_named(store.records[entry.assignment, entry.key], entry))
        same = f", {len(found) - len(todo)} of them unchanged since the last time" if len(todo) < len(found) else ""
        say(f"{len(found)} submissions{same}.")
        limits = Limits(cell_seconds=seconds / 2, notebook_seconds=seconds, megabytes=memory)
        desk = _Desk(book, store, out, known, release)
        for count, (entry, outcome) in enumerate(_run(todo, known, limits, jobs), start=1):
            record = desk.mark(entry, outcome, prints[entry.assignment, entry.key])
            machine = known[entry.assignment].points(MACHINE)
            got = f"{number(record.by_machine)} of {number(machine)} points by machine"
            say(f"{count} of {len(todo)}, {record.name}: {got}, {record.seconds:.0f} s{_odd(record)}")
        store.save(out)
        return _publish(store, book, known, class_list, out, sources, say)


def give_back(out: Path, *, say: Say = print, sources: Path = SOURCES) -> Summary:
    """Write marks, feedback and report anew, with what people marked since; nothing is run.

    Raises
    ------
    NothingFoundError
        If nothing has been marked in this folder.
    """
    need_nbgrader()
    store = Store.load(out)
    if not store.records:
        raise NothingFoundError(f"nothing has been marked in {out} yet. First: make grade IN=downloads")
    with Book(out) as book:
        return _publish(store, book, assignments(sources), _roster(None, out), out, sources, say)


def _apart(source: Path, out: Path) -> None:
    inner, outer = out.resolve(), source.resolve()
    if source.is_dir() and (inner == outer or inner.is_relative_to(outer)):
        raise NothingFoundError(f"{out} lies in {source}, which is only read. Choose another folder with --out")


def _roster(path: Path | None, out: Path) -> Roster:
    kept = out / _ROSTER
    if path is None:
        return read_roster(kept) if kept.exists() else Roster()
    found = read_roster(path)
    out.mkdir(parents=True, exist_ok=True)
    if not kept.exists() or not kept.samefile(path):
        shutil.copyfile(path, kept)
    return found


def _fingerprint(entry: Entry, ruler: str, seconds: float, memory: int) -> str:
    parts = [ruler, entry.student_id, f"{seconds:g} {memory}", entry.piece.found.origin.rsplit(".", 1)[-1]]
    return hashlib.sha256("\0".join(parts).encode() + b"\0" + entry.piece.found.content).hexdigest()


def _unchanged(store: Store, entry: Entry, fingerprint: str, out: Path) -> bool:
    record = store.records.get((entry.assignment, entry.key))
    return bool(record and record.fingerprint == fingerprint) and any(
        (out / "autograded" / entry.key).glob("*/*.ipynb")
    )


def _hand_over(store: Store, book: Book, found: Iterable[Entry], known: Mapping[int, Assignment]) -> None:
    """Let what a person marked follow a file whose student goes by another key now, as when a roster came later."""
    now = {(entry.assignment, entry.piece.found.origin): entry for entry in found}
    for place, record in list(store.records.items()):
        entry = now.get((record.assignment, record.origin))
        same = entry and hashlib.sha256(entry.piece.found.content).hexdigest() == record.file
        if entry and same and entry.key != record.key:
            book.rename(known[record.assignment], record.key, entry.key)
            store.records.pop(place)
            if (entry.assignment, entry.key) not in store.records:
                store.add(replace(record, key=entry.key, fingerprint=""))


def _named(record: Record, entry: Entry) -> Record:
    """Return a record with what finding it says now; what running it told stays."""
    return replace(
        record,
        name=entry.name,
        email=entry.email,
        lms=entry.lms,
        roster_id=entry.roster_id,
        origin=entry.piece.found.origin,
        found_notes=entry.notes,
    )


def _run(
    todo: Iterable[Entry], known: Mapping[int, Assignment], limits: Limits, jobs: int | None
) -> Iterator[tuple[Entry, Outcome]]:
    """Repair and run submissions; give each as it is done."""
    places = {f"{entry.assignment}/{entry.key}": entry for entry in todo}
    given = {n: marking_copy(known[n].notebook) for n in {entry.assignment for entry in places.values()}}
    mended = {place: repair(entry.piece.found.content, given[entry.assignment]) for place, entry in places.items()}
    for place, outcome in run_all({place: one.notebook for place, one in mended.items()}, limits, jobs):
        yield places[place], replace(outcome, notes=(*mended[place].notes, *outcome.notes))


class _Desk:
    """Where outcomes become marks: judges them, and writes gradebook, marked copies and records."""

    def __init__(
        self,
        book: Book,
        store: Store,
        out: Path,
        known: Mapping[int, Assignment],
        release: Callable[[int], Mapping[str, Any]],
    ) -> None:
        self._book, self._store, self._out, self._known, self._release = book, store, out, known, release

    def mark(self, entry: Entry, outcome: Outcome, fingerprint: str) -> Record:
        """Mark an outcome; whatever goes wrong is noted, and the next one is marked."""
        assignment = self._known[entry.assignment]
        student_id = entry.student_id or (same_id(outcome.student or "") if not entry.roster_id else "")
        notes = [*outcome.notes]
        try:
            marks = _judged(assignment, outcome, student_id)
            notes += _other_id(assignment, entry, outcome, student_id, marks)
        except Exception as error:  # a fault in one scheme or answer must not stop the class
            marks = [Mark(q.key, 0.0, q.points, "Not marked yet.") for q in assignment.questions if q.by == MACHINE]
            notes.append(Note(LOOK, f"the marking itself failed ({type(error).__name__}: {error}); mark it by hand"))
        answers = {grade_id(cell): text_of(cell) for cell in outcome.notebook["cells"] if grade_id(cell)}
        written = {q.key: answers.get(q.answer, "") for q in assignment.questions if q.by == PERSON}
        hashes = {key: hashlib.sha256(text.strip().encode()).hexdigest()[:16] for key, text in written.items()}
        before = self._store.records.get((entry.assignment, entry.key))
        changed = [key for key, value in hashes.items() if before and before.written.get(key, value) != value]
        self._book.enter(assignment, entry.key, entry.name, marks, written, changed)
        copy = marked_copy(
            assignment, self._release(entry.assignment), outcome.notebook, marks, outcome.answers, student_id
        )
        _draw(self._out / "figures", f"{entry.key}-{entry.assignment}.html", entry.name, outcome.notebook)
        write(_marked_path(self._out, entry.key, assignment), json.dumps(copy, indent=1, ensure_ascii=False) + "\n")
        _keep(self._out / "submitted" / entry.key / assignment.name, f"{assignment.name}.ipynb", entry)
        record = Record(
            key=entry.key,
            student_id=student_id,
            name=entry.name,
            assignment=entry.assignment,
            origin=entry.piece.found.origin,
            file=hashlib.sha256(entry.piece.found.content).hexdigest(),
            fingerprint=fingerprint,
            email=entry.email,
            lms=entry.lms,
            roster_id=entry.roster_id,
            seconds=outcome.seconds,
            marks=tuple(marks),
            found_notes=entry.notes,
            run_notes=tuple(notes),
            written=hashes,
        )
        self._store.add(record)
        self._store.save(self._out)
        return record


def _judged(assignment: Assignment, outcome: Outcome, student_id: str) -> list[Mark]:
    mine = variant(assignment.number, student_id, _chronicle())
    worth = {question.key: question.points for question in assignment.questions if question.by == MACHINE}
    return judge(outcome, mine, schemes_for(mine), worth)


@cache
def _chronicle() -> Chronicle:
    """Return the record, read once for the whole class."""
    return load()


def _other_id(
    assignment: Assignment, entry: Entry, outcome: Outcome, student_id: str, marks: Iterable[Mark]
) -> Iterable[Note]:
    """Say what an answer to somebody else's variant would have earned there, for whoever looks at it."""
    used = same_id(outcome.student or "")
    if outcome.student is None or used == student_id or not entry.piece.readable:
        return
    other = sum(mark.points for mark in _judged(assignment, outcome, used))
    if used != entry.piece.student_id:
        yield Note(LOOK, f"when it ran, the notebook gave {f'the id {used!r}' if used else 'no id'}")
    if other > sum(mark.points for mark in marks):
        whose = f"the variant of {used!r}" if used else "the example"
        yield Note(LOOK, f"as answers to {whose} it would have {number(other)} points by machine")


def _draw(folder: Path, name: str, whose: str, notebook: Mapping[str, Any]) -> None:
    """Write the figures of a notebook for the teacher, if it has any."""
    found = figures_of(notebook)
    if not found:
        (folder / name).unlink(missing_ok=True)
        return
    if not (folder / SCRIPT).exists():
        from plotly.offline import get_plotlyjs

        write(folder / SCRIPT, get_plotlyjs())
    write(folder / name, figures_page(whose, found))


def _keep(folder: Path, name: str, entry: Entry) -> None:
    """Keep copies of what a student handed in; an earlier copy with other content is moved aside, never overwritten."""
    folder.mkdir(parents=True, exist_ok=True)
    aside = folder / "earlier"
    target, content = folder / name, entry.piece.found.content
    if target.exists() and target.read_bytes() != content:
        _put(aside, target.read_bytes())
    for other in entry.aside:
        if other.found.content != content:
            _put(aside, other.found.content)
    target.write_bytes(content)


def _put(folder: Path, content: bytes) -> None:
    folder.mkdir(exist_ok=True)
    (folder / f"{hashlib.sha256(content).hexdigest()[:12]}.ipynb").write_bytes(content)


def _marked_path(out: Path, key: str, assignment: Assignment) -> Path:
    return out / "autograded" / key / assignment.name / f"{assignment.name}.ipynb"


def _odd(record: Record) -> str:
    count = sum(note.kind == LOOK for note in record.notes)
    return " (look at it)" if count else ""


def _publish(
    store: Store, book: Book, known: Mapping[int, Assignment], class_list: Roster, out: Path, sources: Path, say: Say
) -> Summary:
    """Write marks, feedback and report from what is known."""
    records = sorted(
        (record for record in store.records.values() if record.assignment in known),
        key=lambda record: (record.assignment, tokens(record.name), record.key),
    )
    scores = {(r.assignment, r.key): book.scores(known[r.assignment], r.key) for r in records}
    figures = {path.stem for path in (out / "figures").glob("*.html")}
    summary = Summary(known, records, scores, store.problems, class_list, protection(), figures)
    write(out / "marks.csv", marks_csv(summary))
    write(out / "report.html", report(summary))
    parts: dict[str, list[Part]] = {}
    for record in records:
        assignment = known[record.assignment]
        copy = json.loads(_marked_path(out, record.key, assignment).read_text(encoding="utf-8"))
        parts.setdefault(record.key, []).append((assignment, record, copy, summary.of(record)))
    pages = {key: feedback(own[0][1].name, own) for key, own in parts.items()}
    for key, page in pages.items():
        write(out / "feedback" / f"{key}.html", page)
    write_config(out, sources)
    waiting = sum(len(summary.waiting(record)) for record in records)
    say(f"Marks: {out / 'marks.csv'}. Feedback: {out / 'feedback'}. What needs you: {out / 'report.html'}")
    for path in _pack(out, summary, pages):
        say(f"The same feedback in one zip, to upload to Moodle: {path}")
    if summary.to_look_at or store.problems:
        say(f"{len(summary.to_look_at)} submissions to look at, {len(store.problems)} files that could not be used.")
    if waiting:
        say(f"{waiting} written answers wait for you: make mark")
    return summary


def _pack(out: Path, summary: Summary, pages: Mapping[str, str]) -> list[Path]:
    """Write a zip of feedback for each assignment whose files came from Moodle, and return what was written."""
    written = []
    for assignment in summary.assignments.values():
        path = out / f"feedback-moodle-{assignment.number}.zip"
        records = [record for record in summary.records if record.assignment == assignment.number]
        if content := packed(records, pages, f"feedback-{assignment.name}.html"):
            write(path, content)
            written.append(path)
        else:
            path.unlink(missing_ok=True)
    return written
