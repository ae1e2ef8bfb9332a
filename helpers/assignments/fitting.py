"""Answers that are right by what holds of them, where no single value is right: own levels, own figures, own choices."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import pandas as pd


@dataclass(frozen=True, slots=True)
class Fitting:
    """Whatever answer a condition holds of, in the place of a right value or of a likely mistake.

    Parameters
    ----------
    condition
        Takes an answer in any form and tells whether it fits; it raises nothing.
    example
        Makes an answer that fits, for the tests. Given as an answer itself, a ``Fitting`` stands for its example.

    Examples
    --------
    >>> even = Fitting(lambda answer: isinstance(answer, int) and answer % 2 == 0, lambda: 4)
    >>> even.holds(10), even.holds("ten"), even.holds(even)
    (True, False, True)
    """

    condition: Callable[[Any], bool]
    example: Callable[[], Any] = field(repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "example", cache(self.example))

    def holds(self, answer: Any) -> bool:
        """Tell whether an answer fits."""
        return bool(self.condition(answer.example() if isinstance(answer, Fitting) else answer))


def parts_of(answer: Any) -> dict[str, Any]:
    """Return the labelled parts of an answer that holds several things: a dict, a Series, or a list of pairs.

    Examples
    --------
    >>> parts_of({"Levels ": {1: 4}, "alpha": 0.5})["levels"]
    {1: 4}
    """
    if isinstance(answer, pd.Series):
        answer = dict(zip(answer.index, answer, strict=True))
    pairs = isinstance(answer, list | tuple) and all(isinstance(one, list | tuple) and len(one) == 2 for one in answer)
    found = answer.items() if isinstance(answer, Mapping) else answer if pairs else ()
    return {label.strip().casefold(): value for label, value in found if isinstance(label, str)}
