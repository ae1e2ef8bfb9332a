"""How assignment 1, read a timeline, is marked by the machine."""

from __future__ import annotations

import pandas as pd

from helpers.assignments.assignment_1 import quiet_days
from helpers.chronicle import Chronicle
from helpers.tasks import Slip, Task
from helpers.variants import Variant
from teaching.marking.forms import Scheme

# The windows on which the function of question 1.7 is tried; the source's hidden cell has the same.
TRIED = [
    ("2020-01-01", "2020-01-31"),
    ("2020-02-03", "2020-02-03"),
    ("2019-12-05", "2019-12-16"),
    ("2020-03-18", "2020-04-05"),
]


def schemes(variant: Variant) -> dict[str, Scheme]:
    """Return how each question of a student's variant is marked; slips that a teacher would credit earn a part."""
    found = {key: Scheme(task) for key, task in variant.tasks.items()}
    found["1.1"] = Scheme(variant.tasks["1.1"], credit=(0.5, 0, 0.5, 0.5, 0.5))
    found["1.2"] = Scheme(variant.tasks["1.2"], by_share=True)
    found["1.3"] = Scheme(variant.tasks["1.3"], credit=(0.5, 0.5, 0.25, 0.25))
    found["1.4"] = Scheme(variant.tasks["1.4"], credit=(0.25, 0, 0.5, 0.5))
    found["1.5"] = Scheme(variant.tasks["1.5"], credit=(0.5, 0, 0.25, 0.25))
    found["1.6"] = Scheme(variant.tasks["1.6"], credit=(0.25, 0.5, 0.5, 0.25))
    found["1.7"] = Scheme(_function(variant), credit=(2 / 3, 1 / 3, 1 / 3))
    return found


def _function(variant: Variant) -> Task:
    own = variant["first"], variant["last"]

    def each(chronicle: Chronicle) -> list[int]:
        return [quiet_days(chronicle, first, last) for first, last in TRIED]

    def without_begun(chronicle: Chronicle) -> list[int]:
        """Count the days on which the events of the window began as busy, though some lie before the window."""
        return [
            len(pd.date_range(first, last)) - chronicle.between(first, last).events["date"].nunique()
            for first, last in TRIED
        ]

    return Task(
        right=each,
        slips=(
            Slip(
                without_begun,
                "On some windows your function is right. On others it takes off days that lie before the first day, where "
                "an event began that lasted into the window.",
            ),
            Slip(
                lambda c: [n - 1 for n in each(c)],
                "Your function leaves out one day of each window. Both the first and the last day belong to it.",
            ),
            Slip(
                lambda c: [len(pd.date_range(*days)) - n for n, days in zip(each(c), TRIED, strict=True)],
                "Your function counts the days with an event. The others were asked for.",
            ),
            Slip(
                lambda c: [quiet_days(c, *own)] * len(TRIED),
                "Your function gives the same number for every window. It must use the days that it gets.",
            ),
        ),
        otherwise="On other windows your function does not give the right numbers. It may rest on your own window.",
        praise="Your function is right on other windows too.",
    )
