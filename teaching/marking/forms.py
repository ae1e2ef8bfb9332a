"""The forms that pass from one desk of the marking to the next: a submission, what its run gave, its marks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from helpers.tasks import Task


@dataclass(frozen=True, slots=True)
class Scheme:
    """How a question is marked by the machine.

    Parameters
    ----------
    task
        What is right, and the likely mistakes with their hints.
    credit
        The share of the points (0 to 1) for each of ``task.slips``, in their order; those left out earn nothing.
    by_share
        For an answer that is a set: the share of items that belong there, less those that do not, is earned.
    """

    task: Task
    credit: tuple[float, ...] = ()
    by_share: bool = False


@dataclass(frozen=True, slots=True)
class Note:
    """Something that a person should know: ``kind`` is ``repaired`` (nothing to do) or ``look`` (needs a person)."""

    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class Submission:
    """One handed-in notebook: whose, which assignment, where it lies, and what was odd about finding it."""

    student: str
    assignment: int
    path: Path
    content: bytes = field(repr=False)
    notes: tuple[Note, ...] = ()


@dataclass(frozen=True, slots=True)
class Outcome:
    """What running a submission gave.

    ``notebook`` is the executed notebook (nbformat); ``answers`` holds what each marked question handed over, frozen
    (see ``freezing``), by its key such as ``"1.3"``; ``student`` is the id that the notebook itself gave.
    """

    notebook: Mapping[str, Any] = field(repr=False)
    answers: Mapping[str, Any]
    student: str | None
    seconds: float
    notes: tuple[Note, ...] = ()


@dataclass(frozen=True, slots=True)
class Mark:
    """The points for one machine-marked question, and in words why."""

    key: str
    points: float
    out_of: float
    message: str
