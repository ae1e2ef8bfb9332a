"""How assignment 3, audit an article, is marked by the machine.

The verdicts stand in the record, where anybody can look them up; so they earn little, and the evidence and the written
reasons earn most.
"""

from __future__ import annotations

from helpers.variants import Variant
from teaching.marking.forms import Scheme
from teaching.marking.schemes.by_hint import credited

CREDIT: dict[str, dict[str, float]] = {
    "3.1": {"You are close": 5 / 6, "Two verdicts differ": 4 / 6, "Three verdicts agree": 3 / 6},
    "3.2": {"Five are in order": 5 / 6, "Four of the six": 4 / 6, "Half of the six": 3 / 6, "Two of the six": 2 / 6},
    "3.3": {"One origin too many": 0.5, "These are the reports": 0.25, "These are the origins known": 0.5},
    "3.4": {"The two are the wrong": 0.5, "You left out": 0.5, "The article's own": 0.5, "For the highest": 0.5},
    "3.5": {"These two stand": 0.5, "This is the view of": 0.5, "The article's own": 0.5},
}


def schemes(variant: Variant) -> dict[str, Scheme]:
    """Return how each question of a student's variant is marked; slips that a teacher would credit earn a part."""
    return {key: credited(task, CREDIT[key]) for key, task in variant.tasks.items()}
