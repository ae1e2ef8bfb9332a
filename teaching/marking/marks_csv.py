"""The table of marks: a row a student, a column a question; for a spreadsheet or the import of a learning platform."""

from __future__ import annotations

import csv
import io

from teaching.marking.gradebook import Score
from teaching.marking.pages import number
from teaching.marking.people import LOOK
from teaching.marking.records import Record
from teaching.marking.report import Summary
from teaching.marking.roster import tokens
from teaching.marking.sources import MACHINE, PERSON, Assignment

_RISKY = ("=", "+", "-", "@", "\t", "\r")


def marks_csv(summary: Summary) -> str:
    """Return the marks as CSV.

    Each assignment has a column for each question, then ``N machine``, ``N person``, ``N total``, ``N of`` and
    ``N state``: ``done``, ``to mark: …`` (questions that wait for a person), ``look`` (see the report) or
    ``nothing handed in``.
    """
    numbers = sorted({record.assignment for record in summary.records})
    assignments = [summary.assignments[n] for n in numbers]
    places = {(record.assignment, record.key): record for record in summary.records}
    people = {record.key: (record.name, record.student_id, record.email, record.lms) for record in summary.records}
    there = {record.roster_id for record in summary.records}
    absent = [student for student in summary.roster.students if student.id not in there]
    head = ["student", "name", "id", "email", "lms id"]
    for assignment in assignments:
        head += [question.key for question in assignment.questions]
        head += [f"{assignment.number} {what}" for what in ("machine", "person", "total", "of", "state")]
    rows = []
    for key, person in people.items():
        row = [key, *person]
        for assignment in assignments:
            row += _cells(summary, assignment, places.get((assignment.number, key)))
        rows.append(row)
    for student in absent:
        row = [student.id, student.name, student.id, student.email, student.lms]
        for assignment in assignments:
            row += _cells(summary, assignment, None)
        rows.append(row)
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\r\n")
    writer.writerow(head)
    writer.writerows(
        [[_harmless(cell) for cell in row] for row in sorted(rows, key=lambda row: (tokens(row[1]), row[0]))]
    )
    return "\ufeff" + file.getvalue()


def _cells(summary: Summary, assignment: Assignment, record: Record | None) -> list[str]:
    if record is None:
        return ["" for _ in assignment.questions] + ["", "", "", number(assignment.points()), "nothing handed in"]
    scores = summary.of(record)
    given = [scores.get(question.key, Score()).points for question in assignment.questions]
    totals = [number(summary.total(record, by)) for by in (MACHINE, PERSON, None)]
    return ["" if value is None else number(value) for value in given] + [
        *totals,
        number(assignment.points()),
        _state(summary, record),
    ]


def _state(summary: Summary, record: Record) -> str:
    waiting = summary.waiting(record)
    look = "look" if any(note.kind == LOOK for note in record.notes) else ""
    return "; ".join(part for part in (look, f"to mark: {' '.join(waiting)}" if waiting else "") if part) or "done"


def _harmless(cell: str) -> str:
    """Keep a spreadsheet from reading a name as a formula."""
    return f"'{cell}" if cell.startswith(_RISKY) else cell
