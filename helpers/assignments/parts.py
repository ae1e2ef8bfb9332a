"""Read an answer that holds several things: own levels and a number, a figure and its words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd


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
