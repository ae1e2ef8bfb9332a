"""A student's own variant of an assignment: other days, actors or statements, of like difficulty, chosen by their id.

The variants of assignment 1 stand in ``helpers/assignments/assignment_1.py``: ``choices`` lists them, and ``tasks``
computes from the record what is right in one of them. Nothing is stored, and a copied answer is wrong elsewhere.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from html import escape
from importlib import import_module
from types import ModuleType
from typing import Any

from helpers.checks import Verdict, judge
from helpers.chronicle import Chronicle, load
from helpers.chronicle import check as check_choice
from helpers.tasks import Task

EXAMPLE = "example"
ASSIGNMENTS = (1, 2, 3, 4, 5)


@dataclass(frozen=True)
class Variant:
    """What one student is asked in an assignment; made by :func:`variant`.

    ``mine["start"]`` reads a setting by its name; ``mine.check("1.3", answer)`` checks an answer.
    """

    assignment: int
    student: str
    settings: Mapping[str, Any]
    chronicle: Chronicle = field(repr=False, compare=False)

    def __getitem__(self, name: str) -> Any:
        check_choice("setting", name, self.settings)
        return self.settings[name]

    def check(self, key: str, answer: Any = ...) -> Verdict:
        """Check an answer (see :func:`helpers.check`); the number of a question is like ``"1.3"``.

        Raises
        ------
        ValueError
            If the assignment has no such question that a machine can check; the nearest is named.
        """
        check_choice("question", key, self.tasks)
        return judge(key, self.tasks[key], answer, self.chronicle)

    @cached_property
    def tasks(self) -> Mapping[str, Task]:
        """The questions that a machine can check, by their numbers."""
        found: Mapping[str, Task] = _module(self.assignment).tasks(self.chronicle, self.settings)
        return found

    @property
    def text(self) -> str:
        """What this student is asked, in words."""
        said: str = _module(self.assignment).in_words(self.chronicle, self.settings)
        return said

    def __repr__(self) -> str:
        whose = f"The example, until you give your own id. {self.text}" if self.student == EXAMPLE else self.text
        return f"Assignment {self.assignment}, {self.student}: {whose}"

    def _repr_html_(self) -> str:
        return f'<p role="status"><strong>Yours, {escape(self.student)}.</strong> {escape(self.text)}</p>' if (
            self.student != EXAMPLE
        ) else f'<p role="status"><strong>The example</strong>, until you give your own id above. {escape(self.text)}</p>'


def variant(assignment: int, student_id: Any = ..., chronicle: Chronicle | None = None) -> Variant:
    """Return a student's own variant of an assignment.

    Parameters
    ----------
    assignment
        The number of the assignment, 1 to 5.
    student_id
        The id that the teacher gave; capitals and blanks around it don't matter. While it is still ``...`` or empty,
        the variant is the example.
    chronicle
        The record; without it, the shipped one.

    Raises
    ------
    ValueError
        If there is no such assignment, or the id is neither a text nor a number.

    Examples
    --------
    >>> variant(1, "Ana 7") == variant(1, " ana 7")
    True
    """
    check_choice("assignment", assignment, ASSIGNMENTS)
    record = load() if chronicle is None else chronicle
    student = _student(student_id)
    choices = _module(assignment).choices(record)
    digest = hashlib.sha256(f"{assignment}:{student}".encode()).digest()
    return Variant(assignment, student, choices[int.from_bytes(digest[:8], "big") % len(choices)], record)


def _student(given: Any) -> str:
    if given is ... or given is None or given == "":
        return EXAMPLE
    if isinstance(given, bool) or not isinstance(given, str | int):
        raise ValueError('an id is a text in quotation marks or a whole number, like "ana-7" or 1207')
    return " ".join(str(given).split()).casefold() or EXAMPLE


def _module(assignment: int) -> ModuleType:
    return import_module(f"helpers.assignments.assignment_{assignment}")
