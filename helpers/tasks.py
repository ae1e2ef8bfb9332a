"""How a task of the practice is written down: what is right, the likely mistakes, and a hint for each."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from helpers.chronicle import Chronicle

Computed = Callable[[Chronicle], Any]


class AnyOf(tuple):
    """Several right answers, each of which will do.

    >>> AnyOf(["a", "b"])
    AnyOf(('a', 'b'))
    """

    def __repr__(self) -> str:
        return f"AnyOf({super().__repr__()})"


@dataclass(frozen=True, slots=True)
class Slip:
    """A likely mistake: the answer it leads to, computed from the record, and the hint for whoever gives it."""

    value: Computed
    hint: str


@dataclass(frozen=True, slots=True)
class Task:
    """A question that can be checked.

    Parameters
    ----------
    right
        Computes the right answer from the record: a bool, a number, a text or key, a day (Timestamp), a ``set`` (order
        doesn't matter), a ``list`` (it does), a ``dict`` (a value for each key), or an :class:`AnyOf` of these.
    slips
        The likely mistakes, each with its own hint; the first that fits is shown.
    otherwise
        The hint for any other answer: where to look, not what to find.
    praise
        What the right answer tells, shown with it.
    tolerance
        How far a number may lie off.
    unit
        What a number counts, if it can be given with it: "hours", "events". Then "47 hours" is as good as 47, and of a
        unit of time a Timedelta as well; another unit is told in words.
    """

    right: Computed
    slips: tuple[Slip, ...]
    otherwise: str
    praise: str = ""
    tolerance: float = 0.0
    unit: str = ""
