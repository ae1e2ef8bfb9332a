"""A student's own variant of an assignment: other days, actors or statements, of like difficulty, chosen by their id.

The variants of assignment 1 stand in ``helpers/assignments/assignment_1.py``: ``choices`` lists them, and ``tasks``
computes from the record what is right in one of them. Nothing is stored, and a copied answer is wrong elsewhere.
"""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Iterable, Mapping
from copy import deepcopy
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from html import escape
from importlib import import_module
from numbers import Integral
from types import ModuleType
from typing import Any

import pandas as pd

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

    @property
    def difficulty(self) -> float:
        """How much there is to do in this variant, by the measure of its assignment (see its module)."""
        size: float = _module(self.assignment).difficulty(self.chronicle, self.settings)
        return size

    def __repr__(self) -> str:
        return f"Assignment {self.assignment}, {self._whose}: {self.text}"

    def _repr_html_(self) -> str:
        rows = "".join(
            f'<tr><td style="text-align:left"><code>mine["{escape(name)}"]</code></td>'
            f'<td style="text-align:left">{escape(_said(value))}</td></tr>'
            for name, value in self.settings.items()
        )
        return (
            f'<p role="status"><strong>Assignment {self.assignment}, {escape(self._whose)}.</strong> {escape(self.text)}</p>'
            f'<table><thead><tr><th scope="col" style="text-align:left">You write</th>'
            f'<th scope="col" style="text-align:left">It is</th></tr></thead><tbody>{rows}</tbody></table>'
        )

    @property
    def _whose(self) -> str:
        return "the example, until you give your own id above" if self.student == EXAMPLE else self.student


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
    student = student_key(student_id)
    found = _choices(assignment, record)
    digest = hashlib.sha256(f"{assignment}:{student}".encode()).digest()
    return Variant(assignment, student, deepcopy(found[int.from_bytes(digest[:8], "big") % len(found)]), record)


def difficulties(assignment: int, students: Iterable[Any], chronicle: Chronicle | None = None) -> pd.Series:
    """Return how difficult the variants of some students are, by their ids: the spread that a teacher may want to see.

    Parameters
    ----------
    assignment
        The number of the assignment, 1 to 5.
    students
        Their ids.
    chronicle
        The record; without it, the shipped one.

    Raises
    ------
    ValueError
        See :func:`variant`.

    Examples
    --------
    >>> spread = difficulties(1, ["ana-7", "bo", "kim"])
    >>> bool(spread.max() / spread.min() < 1.5)
    True
    """
    record = load() if chronicle is None else chronicle
    found = [variant(assignment, student, record) for student in students]
    sizes = pd.Series([one.difficulty for one in found], dtype="float64", name="difficulty")
    return sizes.set_axis(pd.Index([one.student for one in found], name="student"))


def student_key(given: Any) -> str:
    """Return an id in the one form that counts: small letters, one blank between words; ``EXAMPLE`` if there is none.

    Raises
    ------
    ValueError
        If it is neither a text nor a whole number.

    Examples
    --------
    >>> student_key("  Ana 7"), student_key(1207), student_key(...)
    ('ana 7', '1207', 'example')
    """
    if given is ... or given is None:
        return EXAMPLE
    if isinstance(given, bool) or not isinstance(given, str | Integral):
        raise ValueError('an id is a text in quotation marks or a whole number, like "ana-7" or 1207')
    return " ".join(unicodedata.normalize("NFKC", str(given)).split()).casefold() or EXAMPLE


def _said(value: Any) -> str:
    if isinstance(value, list | tuple):
        return ", ".join(_said(item) for item in value)
    return f"{value:g}" if isinstance(value, float) else str(value)


@lru_cache(maxsize=len(ASSIGNMENTS))
def _choices(assignment: int, chronicle: Chronicle) -> list[dict[str, Any]]:
    """Return the variants of an assignment: a pure function of a record that never changes, asked for by each student."""
    found: list[dict[str, Any]] = _module(assignment).choices(chronicle)
    return found


def _module(assignment: int) -> ModuleType:
    return import_module(f"helpers.assignments.assignment_{assignment}")
