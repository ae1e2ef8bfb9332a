"""The right answers of a student's variant, for the teacher's eyes."""

from __future__ import annotations

import json
from typing import Any

import pandas as pd

from helpers.variants import variant


def key(assignment: int, student_id: str) -> str:
    """Return what a student is asked and what is right, as text.

    Raises
    ------
    ValueError
        If there is no such assignment.
    """
    mine = variant(assignment, student_id)
    lines = [f"Assignment {assignment}, {mine.student}. {mine.text}", ""]
    for number, task in mine.tasks.items():
        lines.append(f"{number}: {in_words(task.right(mine.chronicle))}")
    return "\n".join([*lines, "", "Written answers: see the mark schemes in the form (make mark)."])


def in_words(answer: Any) -> str:
    """Return an answer as a person would write it.

    >>> in_words({"b", "a"})
    'a, b'
    """
    if isinstance(answer, set | frozenset):
        return ", ".join(sorted(in_words(item) for item in answer)) or "nothing"
    if isinstance(answer, dict):
        return "; ".join(f"{in_words(label)}: {in_words(value)}" for label, value in answer.items())
    if isinstance(answer, tuple | list):
        joined = " or " if type(answer).__name__ == "AnyOf" else ", "
        return joined.join(in_words(item) for item in answer) or "nothing"
    if isinstance(answer, pd.Timestamp):
        return f"{answer:%Y-%m-%d}" if answer == answer.normalize() else f"{answer:%Y-%m-%d %H:%M}"
    return answer if isinstance(answer, str) else json.dumps(answer, default=str)
