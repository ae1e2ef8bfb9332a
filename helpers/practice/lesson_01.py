"""The tasks of lesson 01."""

from __future__ import annotations

import pandas as pd

from helpers.chronicle import Chronicle
from helpers.tasks import Slip, Task


def _side(c: Chronicle, side: str, chapter: str | None = "prelude") -> int:
    events = c.events if chapter is None else c.only(chapter=chapter).events
    return int((events["side"] == side).sum())


def _claims(c: Chronicle, field: str) -> pd.DataFrame:
    claims = c.claims
    return claims[claims["field"] == field]


def _summer(c: Chronicle) -> Chronicle:
    return c.between("2019-07-01", "2019-09-30")


TASKS = {
    "01-1": Task(
        right=lambda c: len(c.only(chapter="prelude", kind="diplomacy").events),
        slips=(
            Slip(
                lambda c: len(c.only(chapter="prelude", kind="protest").events),
                "This counts the kind that the code names now. Change it to the kind that the question asks for.",
            ),
            Slip(
                lambda c: len(c.only(kind="diplomacy").events),
                "This counts all chapters. Keep the chapter in the brackets.",
            ),
            Slip(
                lambda c: len(c.only(chapter="prelude").events),
                "These are events of every kind. Name the kind in the brackets too.",
            ),
        ),
        otherwise="Change one setting: the name of the kind, in quotation marks. Leave the rest as it is.",
        praise="Two of them are steps out of an agreement, and two pull diplomats out of Iraq. Diplomacy is not always talks.",
    ),
    "01-2": Task(
        right=lambda c: _side(c, "not-established"),
        slips=(
            Slip(
                lambda c: _side(c, "iran"), "This counts the side that the code names now. Change the text behind `==`."
            ),
            Slip(
                lambda c: _side(c, "not-established", None),
                "This counts all chapters. Start from the events of the chapter alone.",
            ),
            Slip(
                lambda c: len(c.only(chapter="prelude").events),
                "These are all events of the chapter. Choose rows by a condition in square brackets first.",
            ),
        ),
        otherwise='The condition is events["side"] == "not-established". It goes into square brackets behind events.',
        praise="So often nobody has shown who acted. In such a time, much depends on whom one believes.",
    ),
    "01-3": Task(
        right=lambda c: len(_claims(_summer(c), "responsible")),
        slips=(
            Slip(
                lambda c: len(_claims(_summer(c), "denied-responsibility")),
                "These are the denials. The question is about another `field`.",
            ),
            Slip(
                lambda c: len(_claims(_summer(c), "responsible")) + len(_claims(_summer(c), "denied-responsibility")),
                "This counts the denials too. They have a `field` of their own: leave them out.",
            ),
            Slip(
                lambda c: len(_summer(c).claims), "These are all claims of these months. Choose rows by their `field`."
            ),
            Slip(
                lambda c: len(_claims(c.only(chapter="prelude"), "responsible")),
                "These are the claims of the whole chapter. Keep the months with `between` first.",
            ),
            Slip(
                lambda c: len(_claims(c, "responsible")),
                "These are the claims of the whole record. Keep the months with `between` first.",
            ),
            Slip(
                lambda c: len(_claims(c.between("2019-07-01", "2019-09-01"), "responsible")),
                "Look at the last day: September has more days than that.",
            ),
        ),
        otherwise="Keep the months with `between`, take `.claims`, choose the rows by their `field`, count them.",
        praise="Each of these rows has an author, and some name nobody. None of them is a finding of this record.",
    ),
}
