"""How assignment 4, code the escalation, is marked by the machine.

What is right in coding is not for a machine: it marks that all is coded, that clear cases break no rule, and that the
figures follow from the levels that were handed over with them.
"""

from __future__ import annotations

from helpers.assignments.assignment_4 import Codes, far_apart_function
from helpers.variants import Variant
from teaching.marking.forms import Scheme
from teaching.marking.schemes.by_hint import credited

# The codings on which the function of question 4.6 is tried; the source's hidden cell has the same.
TRIED: list[tuple[Codes, Codes]] = [
    ({"a": 5, "b": 3, "c": 1, "d": 4}, {"a": 3, "b": 3, "c": 4, "d": 5}),
    ({"a": None, "b": 5, "c": 2}, {"a": 5, "b": None, "c": None}),
    ({"a": 1, "b": 1, "c": None, "d": 2}, {"a": 5, "b": 3, "c": None, "d": 1}),
    ({1: 3}, {1: 1}),
    ({1: 4, 2: 2}, {1: 4, 2: 2}),
    ({"a": None, "b": 1, "c": 4, "d": 5}, {"a": 2, "b": 3, "c": None, "d": 3}),
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
        "Your function looks for None": 0.5,
        "Your function takes None": 0.5,
        "Your function stops at the first event to": 0.5,
        "Your function counts every difference": 0.5,
        "Your function wants": 0.5,
        "Your function counts just": 0.5,
        "Your function counts only": 0.5,
        "Your function stops too": 0.25,
        "Your function begins": 0.25,
    },
}


def schemes(variant: Variant) -> dict[str, Scheme]:
    """Return how each question of a student's variant is marked; slips that a teacher would credit earn a part."""
    function = far_apart_function().marked(
        TRIED,
        otherwise="On other codings your function does not give the right numbers.",
        praise="Your function is right on other codings too, with and without gaps.",
    )
    return {key: credited(task, CREDIT[key]) for key, task in {**variant.tasks, "4.6": function}.items()}
