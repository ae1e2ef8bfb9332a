"""How assignment 5, write a brief, is marked by the machine: form and dates only; what it is worth, a person judges."""

from __future__ import annotations

from helpers.variants import Variant
from teaching.marking.forms import Scheme
from teaching.marking.schemes.by_hint import credited

FIGURE = {
    "The figure has no title": 0.25,
    "An axis with": 0.25,
    "The rows behind": 0.25,
    "Too many rows": 0.25,
    "The figure is in order": 0.75,
    "The text alternative is too": 0.75,
    "These are the words": 0.75,
    "The text names no number": 0.75,
}

CREDIT: dict[str, dict[str, float]] = {
    "5.1": FIGURE,
    "5.2": FIGURE,
    "5.3": {"Fewer than": 2 / 6, "None of these": 4 / 6},
    "5.4": {
        "Still too short": 0.5,
        "Too long": 0.5,
        "The brief has no heading": 0.75,
        "The text does not point": 0.75,
        "Fewer than": 0.5,
    },
}


def schemes(variant: Variant) -> dict[str, Scheme]:
    """Return how each question of a student's variant is marked; slips that a teacher would credit earn a part."""
    return {key: credited(task, CREDIT[key]) for key, task in variant.tasks.items()}
