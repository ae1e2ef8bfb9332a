"""How assignment 2, map the actors, is marked by the machine."""

from __future__ import annotations

from helpers.assignments.assignment_2 import shared_function
from helpers.variants import Variant
from teaching.marking.forms import Scheme
from teaching.marking.schemes.by_hint import credited

# The actors and days on which the function of question 2.7 is tried; the source's hidden cell has the same. Chosen so
# that in every variant each likely mistake gives another number for two of them or more, and no two give the same ones.
TRIED = [
    ("us-department-of-state", "popular-mobilization-forces", "2019-12-20"),
    ("kataib-hezbollah", "united-states", "2020-01-02"),
    ("tishreen-movement", "united-states", "2020-01-15"),
    ("iraq", "kataib-hezbollah", "2020-03-20"),
    ("united-states", "lebanese-hezbollah", "2020-02-10"),
]

FUNCTION = {
    "Your function counts ties of all": 0.5,
    "Your function reads ties": 0.5,
    "Your function counts those tied": 0.25,
    "Your function counts the two": 0.5,
    "Your function takes off the two": 0.5,
    "Your function counts an actor": 0.5,
    "`neighbours` also counts": 0.5,
}


def schemes(variant: Variant) -> dict[str, Scheme]:
    """Return how each question of a student's variant is marked; slips that a teacher would credit earn a part."""
    tasks = variant.tasks
    function = shared_function(variant.chronicle, variant.settings).marked(
        TRIED,
        otherwise="On other actors or days your function does not give the right numbers. It may rest on your own ones.",
        praise="Your function is right on other actors and days too.",
    )
    return {
        "2.1": Scheme(tasks["2.1"], by_share=True),
        "2.2": Scheme(tasks["2.2"], credit=(0.25, 0.5, 0.5, 0.25)),
        "2.3": Scheme(tasks["2.3"], by_share=True),
        "2.4": Scheme(tasks["2.4"], credit=(0.5, 0.5, 0.5, 0.25, 0.75)),
        "2.5": Scheme(tasks["2.5"], by_share=True),
        "2.6": Scheme(tasks["2.6"], credit=(0.5, 0.25, 0.75, 0.25)),
        "2.7": credited(function, FUNCTION),
    }
