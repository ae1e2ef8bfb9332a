"""How assignment 4, code the escalation, is marked by the machine.

What is right in coding is not for a machine: it marks that all is coded, that clear cases break no rule, and that the
figures follow from the levels that were handed over with them.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from helpers.answers import Fitting
from helpers.assignments.assignment_4 import far_apart
from helpers.tasks import Slip, Task
from helpers.variants import Variant
from teaching.marking.forms import Scheme
from teaching.marking.schemes.by_hint import credited

# The codings on which the function of question 4.6 is tried; the source's hidden cell has the same.
TRIED: list[tuple[dict[Any, int | None], dict[Any, int | None]]] = [
    ({"a": 5, "b": 3, "c": 1, "d": 4}, {"a": 3, "b": 3, "c": 4, "d": 5}),
    ({"a": None, "b": 5, "c": 2}, {"a": 5, "b": None, "c": None}),
    ({"a": 1, "b": 1, "c": None, "d": 2}, {"a": 5, "b": 3, "c": None, "d": 1}),
    ({1: 3}, {1: 1}),
    ({1: 4, 2: 2}, {1: 4, 2: 2}),
]

CREDIT: dict[str, dict[str, float]] = {
    "4.1": {"Some of the": 0.5, "Too many events": 0.5, "A level is": 0.5},
    "4.2": {"One event": 4 / 6, "One attack": 4 / 6, "Two of the clear": 2 / 6},
    "4.3": {
        "This takes the levels": 0.6,
        "This takes all steps": 0.6,
        "This is the agreement": 0.2,
        "This is you": 0.4,
        "These are the events": 0.4,
    },
    "4.4": {
        "The two are exchanged": 0.6,
        "Both take the levels": 0.6,
        "The number for the rule": 0.6,
    },
    "4.5": {"Here the two rules": 0.5, "This is the worst of those": 0.5},
    "4.6": {
        "On codings without gaps": 0.5,
        "Your function counts every": 0.5,
        "Your function wants": 0.5,
        "Your function counts only": 0.5,
        "Your function takes a gap": 0.5,
        "Your function stops": 0.25,
    },
}


def schemes(variant: Variant) -> dict[str, Scheme]:
    """Return how each question of a student's variant is marked; slips that a teacher would credit earn a part."""
    tasks = {**variant.tasks, "4.6": _function(variant)}
    return {key: credited(task, CREDIT[key]) for key, task in tasks.items()}


def _function(variant: Variant) -> Task:
    own = variant.tasks["4.6"].right

    def each(count: Callable[[dict, dict], int]) -> list[int]:
        return [count(first, second) for first, second in TRIED]

    right = each(far_apart)

    def failed_on_gaps(answer: Any) -> bool:
        if not isinstance(answer, list | tuple) or len(answer) != len(right):
            return False
        pairs = zip(answer, right, TRIED, strict=True)
        return all(
            isinstance(given, str) if None in (*first.values(), *second.values()) else given == wanted
            for given, wanted, (first, second) in pairs
        )

    def first_only(first: dict, second: dict) -> int:
        event = next(iter(first))
        return far_apart({event: first[event]}, second)

    def gap_as_zero(first: dict, second: dict) -> int:
        return far_apart(
            {event: level or 0 for event, level in first.items()}, {e: level or 0 for e, level in second.items()}
        )

    return Task(
        right=lambda c: right,
        slips=(
            Slip(
                lambda c: Fitting(failed_on_gaps, lambda: [2, "TypeError", "TypeError", 1, 0]),
                "On codings without gaps your function is right. Where one coder gave None it ends with an error.",
            ),
            Slip(
                lambda c: each(gap_as_zero),
                "Your function takes a gap for a level. An event to which one coder gave None does not count.",
            ),
            Slip(
                lambda c: each(lambda a, b: far_apart(a, b, least=1)),
                "Your function counts every difference. Only two steps or more count.",
            ),
            Slip(
                lambda c: each(lambda a, b: far_apart(a, b, least=3)),
                "Your function wants more than two steps. Two are enough.",
            ),
            Slip(
                lambda c: each(lambda a, b: far_apart(a, b, turned=True)),
                "Your function counts only events on which the first coder is higher.",
            ),
            Slip(
                lambda c: each(lambda a, b: far_apart(b, a, turned=True)),
                "Your function counts only those events on which the second coder is higher.",
            ),
            Slip(
                lambda c: each(first_only),
                "Your function stops at the first event. `return` stands behind the loop, not inside it.",
            ),
            Slip(
                lambda c: [own(c)] * len(TRIED),
                "Your function gives the same number for all codings. It must use the two that it gets.",
            ),
        ),
        otherwise="On other codings your function does not give the right numbers.",
        praise="Your function is right on other codings too, with and without gaps.",
    )
