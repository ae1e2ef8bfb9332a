"""How assignment 2, map the actors, is marked by the machine."""

from __future__ import annotations

import pandas as pd

from helpers.assignments.assignment_2 import shared, tied
from helpers.chronicle import Chronicle
from helpers.network import ties
from helpers.tasks import Slip, Task
from helpers.variants import Variant
from teaching.marking.forms import Scheme

# The actors and days on which the function of question 2.7 is tried; the source's hidden cell has the same.
TRIED = [
    ("iran", "united-states", "2020-01-02"),
    ("kataib-hezbollah", "popular-mobilization-forces", "2020-03-01"),
    ("irgc-quds-force", "asaib-ahl-al-haq", "2019-12-20"),
    ("white-house", "artesh", "2020-01-15"),
]


def schemes(variant: Variant) -> dict[str, Scheme]:
    """Return how each question of a student's variant is marked; slips that a teacher would credit earn a part."""
    tasks = variant.tasks
    return {
        "2.1": Scheme(tasks["2.1"], by_share=True),
        "2.2": Scheme(tasks["2.2"], credit=(0.25, 0.5, 0.5, 0.25)),
        "2.3": Scheme(tasks["2.3"], by_share=True),
        "2.4": Scheme(tasks["2.4"], credit=(0.5, 0.5, 0.5, 0.25, 0.75)),
        "2.5": Scheme(tasks["2.5"], by_share=True),
        "2.6": Scheme(tasks["2.6"], credit=(0.5, 0.25, 0.75, 0.25)),
        "2.7": Scheme(_function(variant), credit=(0.5, 0.5, 0.25, 0)),
    }


def _function(variant: Variant) -> Task:
    own = shared(ties(variant.chronicle, on=variant["day"]), variant["actor"], variant["other"])

    def each(chronicle: Chronicle) -> list[int]:
        return [shared(ties(chronicle, on=day), one, other) for one, other, day in TRIED]

    def forward(held: pd.DataFrame, one: str, other: str) -> int:
        ends = [set(held.loc[held["source_actor"] == actor, "target_actor"]) for actor in (one, other)]
        return len(ends[0] & ends[1])

    return Task(
        right=each,
        slips=(
            Slip(
                lambda c: [shared(ties(c), one, other) for one, other, _ in TRIED],
                "Your function counts ties of all days. It must use the day that it gets.",
            ),
            Slip(
                lambda c: [forward(ties(c, on=day), one, other) for one, other, day in TRIED],
                "Your function reads ties in one direction only. Both ends of a tie count.",
            ),
            Slip(
                lambda c: [
                    len(tied(held, one) | tied(held, other)) for one, other, day in TRIED for held in [ties(c, on=day)]
                ],
                "Your function counts those tied to the one or to the other. Those tied to both were asked for.",
            ),
            Slip(
                lambda c: [own] * len(TRIED),
                "Your function gives the same number for all actors. It must use those that it gets.",
            ),
        ),
        otherwise="On other actors or days your function does not give the right numbers. It may rest on your own ones.",
        praise="Your function is right on other actors and days too.",
    )
