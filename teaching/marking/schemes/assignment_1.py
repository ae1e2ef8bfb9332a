"""How assignment 1, read a timeline, is marked by the machine."""

from __future__ import annotations

from helpers.assignments.assignment_1 import quiet_days_function
from helpers.variants import Variant
from teaching.marking.forms import Scheme
from teaching.marking.schemes.by_hint import credited

# The windows on which the function of question 1.7 is tried; the source's hidden cell has the same.
TRIED = [
    ("2020-01-01", "2020-01-31"),
    ("2020-02-03", "2020-02-03"),
    ("2019-12-05", "2019-12-16"),
    ("2020-03-18", "2020-04-05"),
]

FUNCTION = {
    "Your function counts the days with": 1 / 3,
    "Your function takes off a day": 2 / 3,
    "Your function leaves out one day": 1 / 3,
    "Your function takes off events": 1 / 3,
    "Your function also takes off": 2 / 3,
}


def schemes(variant: Variant) -> dict[str, Scheme]:
    """Return how each question of a student's variant is marked; slips that a teacher would credit earn a part."""
    found = {key: Scheme(task) for key, task in variant.tasks.items()}
    found["1.1"] = Scheme(variant.tasks["1.1"], credit=(0.5, 0, 0.5, 0.5, 0.5))
    found["1.2"] = Scheme(variant.tasks["1.2"], by_share=True)
    found["1.3"] = Scheme(variant.tasks["1.3"], credit=(0.5, 0.5, 0.25, 0.25))
    found["1.4"] = Scheme(variant.tasks["1.4"], credit=(0.25, 0, 0.5, 0.5))
    found["1.5"] = Scheme(variant.tasks["1.5"], credit=(0.5, 0, 0.25, 0.25))
    found["1.6"] = Scheme(variant.tasks["1.6"], credit=(0.25, 0.5, 0.5, 0.25))
    function = quiet_days_function(variant.chronicle, variant.settings).marked(
        TRIED,
        otherwise="On other windows your function does not give the right numbers. It may rest on your own window.",
        praise="Your function is right on other windows too.",
    )
    found["1.7"] = credited(function, FUNCTION)
    return found
