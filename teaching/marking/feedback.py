"""The feedback for a student: each question with their answer, the points, and a hint or a comment.

It holds nothing that was kept from students: no hidden test, no expected answer.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

from teaching.marking.forms import Mark
from teaching.marking.gradebook import NO_RESPONSE, Score
from teaching.marking.marked_copy import results
from teaching.marking.pages import page, points
from teaching.marking.records import Record
from teaching.marking.safe_html import markdown2html, shown
from teaching.marking.sources import PERSON, Assignment, Question, grade_id, text_of

_CRITERION = re.compile(r"^[-*\s>|]*(?:up to )?\d+(?:\.\d+)?\s*points?\b", re.IGNORECASE)
_PART = re.compile(r"([A-Z][\w -]{2,40}) \((\d+(?:\.\d+)? points?(?: each)?)\)")  # "Claim (5 points): …"
_LIST = re.compile(r"\s*\((?:[^()]*[,;]|such as|for example|e\.g\.)[^()]*\)")  # what is expected, in brackets
_DETAIL = re.compile(r"\s*;|\.(?=\s|$)|,? for example|, e\.g\.")
Part = tuple[Assignment, Record, Mapping[str, Any], Mapping[str, Score]]


def feedback(name: str, parts: Sequence[Part]) -> str:
    """Return the page for a student.

    Parameters
    ----------
    name
        The student's name.
    parts
        For each assignment that was handed in: the assignment, the record, the marked copy and the scores.
    """
    body = [f"<h1>Feedback for {shown(name)}</h1>"]
    for assignment, record, copy, scores in parts:
        body.append(_assignment(assignment, record, copy, scores))
    return page(f"Feedback for {name}", "\n".join(body))


def _assignment(assignment: Assignment, record: Record, copy: Mapping[str, Any], scores: Mapping[str, Score]) -> str:
    cells = {grade_id(cell): cell for cell in copy["cells"] if grade_id(cell)}
    marks = {mark.key: mark for mark in record.marks}
    found = [_question(question, cells, marks.get(question.key), scores) for question in assignment.questions]
    got = [score.points for question in assignment.questions if (score := scores.get(question.key))]
    total = points(sum(value for value in got if value is not None), assignment.points())
    open_ones = sum(value is None for value in got)
    open_text = (
        f" {open_ones} written answer{'s are' if open_ones > 1 else ' is'} still to be marked." if open_ones else ""
    )
    whose = f' <span class="small">(id: {shown(record.student_id)})</span>' if record.student_id else ""
    head = f"<h2>{shown(assignment.title)}</h2>\n<p><strong>{total}</strong>{whose}.{open_text}</p>"
    notes = [note.text for note in record.notes if note.kind == "repaired" and note.text.startswith("the cell")]
    told = "".join(f"<li>{shown(text)}</li>" for text in notes)
    return "\n".join([head, f"<ul>{told}</ul>" if told else "", *found])


def _question(
    question: Question, cells: Mapping[str, Mapping[str, Any]], mark: Mark | None, scores: Mapping[str, Score]
) -> str:
    score = scores.get(question.key, Score())
    heading, prompt = _prompt(question)
    reached = "not marked yet" if score.points is None else points(score.points, question.points)
    answer = cells.get(question.answer, {})
    said = _by_person(question, score) if question.by == PERSON else _by_machine(question, mark, score)
    return (
        f'<section>\n<h3><span>{shown(heading)}</span> <span class="points">{reached}</span></h3>\n'
        f'<div class="prompt">{prompt}</div>\n<h4>Your answer</h4>\n<pre>{shown(text_of(answer).strip() or NO_RESPONSE)}</pre>\n'
        f"{_shown(answer)}{said}\n</section>"
    )


@lru_cache(maxsize=200)
def _prompt(question: Question) -> tuple[str, str]:
    """Return the heading of a prompt as text and the rest as HTML."""
    first, _, rest = question.prompt.partition("\n")
    if first.startswith("#"):
        return first.lstrip("# "), markdown2html(rest)
    return question.key, markdown2html(question.prompt)


def _shown(cell: Mapping[str, Any]) -> str:
    told = "\n".join(text for text in results(cell) if text.strip())
    return f"<h4>It shows</h4>\n<pre>{shown(told, 2_000)}</pre>\n" if told else ""


def _by_machine(question: Question, mark: Mark | None, score: Score) -> str:
    message = mark.message if mark else "There was nothing to mark."
    said = f'<p class="said {_degree(score.points, question.points)}">{shown(message)}</p>' if message else ""
    if score.person is not None:
        said += "<p>Your teacher changed these points.</p>"
    return said + _comment(score)


def _by_person(question: Question, score: Score) -> str:
    criteria = "".join(f"<li>{shown(line)}</li>" for line in criteria_of(question.rubric))
    listed = f"<h4>What earns points</h4>\n<ul>{criteria}</ul>" if criteria else ""
    return f"{listed}{_comment(score)}"


def _comment(score: Score) -> str:
    comment = score.comment.strip()
    return (
        f"<h4>Your teacher’s comment</h4>\n<blockquote>{shown(comment)}</blockquote>"
        if comment not in ("", NO_RESPONSE)
        else ""
    )


def criteria_of(rubric: str) -> list[str]:
    r"""Return the headings of a mark scheme: the points and for what, without what is expected there.

    >>> criteria_of("1 point: a reason (such as a secret), with its day (or hour). More.\nNot: a guess.")
    ['1 point: a reason, with its day (or hour)']
    >>> criteria_of("For each of the six (2 points each):\n1 point: a voice; the article alone is none.")
    ['For each of the six: 2 points each', '1 point: a voice']
    """
    found = []
    for line in (line.strip(" -*>|").replace("`", "") for line in rubric.splitlines()):
        if part := _PART.match(line):
            found.append(f"{part[1]}: {part[2]}")
        elif _CRITERION.match(line):
            found.append(_DETAIL.split(_LIST.sub("", line), maxsplit=1)[0])
    return found


def _degree(value: float | None, out_of: float) -> str:
    return "full" if value is not None and value >= out_of else "part" if value else "none"
