"""The tasks of lesson 08, and what its exercise on coding is made of.

The two example coders and the three judges are **made up for the exercise**. Nobody coded these acts in this way: each
coder follows one reading of a rule book that leaves a gap, so that their disagreements can teach something.
"""

from __future__ import annotations

import pandas as pd

from helpers.chronicle import Chronicle
from helpers.escalation import IRAN_SIDE, US_SIDE, Shuffled, answered_by_chance, hostile_acts
from helpers.tasks import Slip, Task

Codes = dict[int, int | None]

TEN = (
    "2019-12-13-pompeo-warning",
    "2019-12-27-k1-rocket-attack",
    "2019-12-29-us-strikes-kataib-hezbollah",
    "2019-12-31-embassy-attack",
    "2020-01-03-soleimani-muhandis-killing",
    "2020-01-08-iran-missiles-al-asad-erbil",
    "2020-01-08-ps752-crash",
    "2020-01-10-us-sanctions",
    "2020-03-11-taji-rocket-attack",
    "2020-03-30-patriots-arrive",
)
"""The acts to be coded, in order of time; their numbers in the lesson are 1 to 10."""

CODER_A: Codes = {1: 2, 2: 4, 3: 5, 4: 5, 5: 5, 6: 5, 7: None, 8: 2, 9: 4, 10: 3}
"""Made up. Coder A reads the rules by the act: how far did somebody go, whatever came of it?"""

CODER_B: Codes = {1: 1, 2: 4, 3: 5, 4: 3, 5: 5, 6: 4, 7: 5, 8: 2, 9: 4, 10: 1}
"""Made up. Coder B reads the rules by the harm: how many people were killed or hurt?"""

CODER_A_AGAIN: Codes = CODER_A | {4: 4}
"""Made up. Coder A after the talk, with the second edition of the rule book."""

CODER_B_AGAIN: Codes = CODER_B | {4: 4, 6: 5, 7: None, 10: 3}
"""Made up. Coder B after the talk, with the second edition of the rule book."""

_BY_ACT = ("killing, 3 January", "missiles, 8 January", "embassy", "strikes, 29 December", "K-1")
_BY_HARM = ("strikes, 29 December", "killing, 3 January", "missiles, 8 January", "K-1", "embassy")
DUELS: list[tuple[str, str]] = [
    *((graver, other) for order in (_BY_ACT, _BY_HARM) for at, graver in enumerate(order) for other in order[at + 1 :]),
    ("killing, 3 January", "strikes, 29 December"),
    ("killing, 3 January", "missiles, 8 January"),
    ("killing, 3 January", "embassy"),
    ("killing, 3 January", "K-1"),
    ("strikes, 29 December", "K-1"),
    ("strikes, 29 December", "embassy"),
    ("missiles, 8 January", "strikes, 29 December"),
    ("missiles, 8 January", "embassy"),
    ("K-1", "missiles, 8 January"),
    ("embassy", "K-1"),
]
"""Made up. Three judges each compared five acts by twos and named the graver first. The third one goes in a circle."""


def ten_acts(chronicle: Chronicle) -> pd.DataFrame:
    """Return the ten acts of the exercise, numbered from 1, with their date and title.

    Parameters
    ----------
    chronicle
        The record.

    Examples
    --------
    >>> from helpers import load
    >>> ten_acts(load()).loc[2, "title"]
    'Rockets kill a US contractor at K-1 base near Kirkuk'
    """
    acts = chronicle.events.loc[list(TEN), ["date", "title"]]
    return acts.set_axis(pd.RangeIndex(1, len(TEN) + 1, name="act"))


def _level_five(codes: Codes, least: int = 5) -> int:
    return sum(level is not None and level >= least for level in codes.values())


def _followed(c: Chronicle, within: int) -> Shuffled:
    return answered_by_chance(c.between("2019-12-01", "2020-03-31"), first=US_SIDE, then=IRAN_SIDE, within=within)


def _longest_gap(c: Chronicle, sides: tuple[str, ...], longest: bool = True) -> float:
    days = hostile_acts(c.between("2019-12-01", "2020-03-31"), sides).sort_values("date")["date"].diff().dt.days
    return float(days.max() if longest else days.mean())


TASKS = {
    "08-1": Task(
        right=lambda c: {"a": 2, "b": 4, "c": 1},
        slips=(
            Slip(
                lambda c: {"a": 1, "b": 4, "c": 1},
                "Two fit. The post on the sites is made of words, but what do the words announce?",
            ),
            Slip(
                lambda c: {"a": 2, "b": 4, "c": 2},
                "Two fit. A note of protest complains. Does it announce force, or put on pressure?",
            ),
            Slip(
                lambda c: {"a": 2, "b": 5, "c": 1},
                "Two fit. Did the rockets go much further than the rockets three days before?",
            ),
            Slip(
                lambda c: {"a": 2, "b": 3, "c": 1},
                "Two fit. Weapons that are only shown make no wounded.",
            ),
            Slip(
                lambda c: {"a": 3, "b": 4, "c": 1},
                "Two fit. Did anything or anybody move, or was it announced?",
            ),
        ),
        otherwise="Read the rules for each act, and take the highest level whose rule fits.",
        praise="These three are clear cases. Most acts are not, as you will see.",
    ),
    "08-2": Task(
        right=lambda c: _followed(c, 2).as_often,
        slips=(
            Slip(
                lambda c: _followed(c, 7).as_often,
                "This is still the week. Change the number behind `within`, and run the cell.",
            ),
            Slip(
                lambda c: int(_followed(c, 2).answered[1]),
                "That many acts were followed in the record. In how many calendars were as many or more?",
            ),
            Slip(lambda c: _followed(c, 3).as_often, "This is the number for another span of days."),
            Slip(lambda c: _followed(c, 1).as_often, "This is the number for a single day."),
        ),
        otherwise="Read the words under the figure: of the 1,000 calendars, how many had as many or more?",
        praise="So seldom? But the table of the figure holds many spans, and this is the rarest of them. Try enough spans,"
        " and one will look rare by accident. Choose the span before you look.",
    ),
    "08-3": Task(
        right=lambda c: _longest_gap(c, IRAN_SIDE),
        slips=(
            Slip(
                lambda c: _longest_gap(c, US_SIDE),
                "This is the gap of the first line as it stands. Put the other sides into it.",
            ),
            Slip(
                lambda c: _longest_gap(c, IRAN_SIDE, longest=False),
                "This is the average gap. The question asks for the longest.",
            ),
            Slip(
                lambda c: _longest_gap(c, ("iran",)),
                "These are the acts aimed at Iran alone. Two more sides belong into the list.",
            ),
        ),
        otherwise="Only the first line changes. In the place of one side comes the list of three, in square brackets.",
        praise="Seven weeks without one such act in our record: that, too, belongs to the picture of a spiral.",
        unit="days",
    ),
    "08-4": Task(
        right=lambda c: {"A": _level_five(CODER_A), "B": _level_five(CODER_B)},
        slips=(
            Slip(
                lambda c: {"A": _level_five(CODER_B), "B": _level_five(CODER_A)},
                "The two coders are exchanged. Look at what you give to the function for each label.",
            ),
            Slip(
                lambda c: {"A": _level_five(CODER_A, 4), "B": _level_five(CODER_B, 4)},
                "These are the acts with the two highest levels. Count the highest alone.",
            ),
            Slip(
                lambda c: {"A": len(CODER_A), "B": len(CODER_B)},
                "Every act is counted. Is there an `if` in front of the counting?",
            ),
            Slip(
                lambda c: {"A": 1, "B": 1},
                "The function stops at the first act. `return` stands behind the loop, not inside it.",
            ),
        ),
        otherwise="Start from 0, go through `codes.values()` with `for`, and add 1 if the level is the highest.",
        praise="The same ten acts, and another peak. Whoever says that it was the worst crisis should say by which rule.",
    ),
}
