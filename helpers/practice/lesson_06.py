"""The tasks of lesson 06: actors, ties and who states them."""

import pandas as pd

from helpers.chronicle import Chronicle
from helpers.network import paths, ties
from helpers.tasks import Slip, Task

GROUP = "kataib-hezbollah"
LINES = ["part-of", "commands", "led-by", "trains", "funds-arms"]


def steps(c: Chronicle, source: str, kinds: list[str] | None) -> int:
    """Return the number of steps of the shortest way to the group before the year 2020."""
    return int(paths(c, source, GROUP, on="2019-12-29", kinds=kinds)["step"].max())


def listed(c: Chronicle, day: str) -> set[str]:
    """Return the members of the PMF that the US State Department lists on a day."""
    held = ties(c, on=day)
    by_us = (held["kind"] == "designates-terrorist") & (held["source_actor"] == "us-department-of-state")
    inside = (held["kind"] == "part-of") & (held["target_actor"] == "popular-mobilization-forces")
    return set(held.loc[by_us, "target_actor"]) & set(held.loc[inside, "source_actor"])


def authors(c: Chronicle, day: str, ends: tuple[str, ...] = ("source_actor", "target_actor")) -> set[str]:
    """Return who states the alleged ties of a day that have the group at one of the ends given; at any end if none."""
    held = ties(c, on=day)
    touches = pd.Series(not ends, index=held.index)
    for end in ends:
        touches |= held[end] == GROUP
    return set(held.loc[touches & (held["status"] == "alleged"), "stated_by"])


TASKS = {
    "06-1": Task(
        right=lambda c: steps(c, "iran", LINES),
        slips=(
            Slip(
                lambda c: steps(c, "iran", None),
                "That is the way over ties of any kind, opponents too. Add `kinds=lines`.",
            ),
            Slip(
                lambda c: steps(c, "donald-trump", LINES),
                "That is the way from Washington. Change the first actor.",
            ),
            Slip(
                lambda c: len(paths(c, "iran", GROUP, on="2019-12-29", kinds=LINES)),
                "These are all rows of the table, and it holds several ways. Look at the column `step`.",
            ),
        ),
        otherwise="Call `paths` with the new first actor and `kinds=lines`; the largest number of the column `step` is it.",
        praise="Add the column `status` to your table: two of the three ways end in a tie that rests on one party's word. "
        "The third runs through Lebanese Hezbollah and rests on a press account.",
    ),
    "06-2": Task(
        right=lambda c: listed(c, "2020-03-13") - listed(c, "2019-12-29"),
        slips=(
            Slip(
                lambda c: listed(c, "2020-03-13"),
                "These are all members that are on the list in March. Take away those that were on it before.",
            ),
            Slip(
                lambda c: listed(c, "2019-12-29"),
                "These were on the list in December already. Change the day, then compare.",
            ),
            Slip(lambda c: {GROUP}, "This group was on the list long before. Who is new?"),
        ),
        otherwise="Make `listed` anew for the later day, keep what is also in `members`, and take away the old `listed`.",
        praise="The listing was announced on the day when Soleimani and al-Muhandis were killed. So a third group was "
        "part of an Iraqi state force and on the US list at once.",
    ),
    "06-3": Task(
        right=lambda c: authors(c, "2020-03-13"),
        slips=(
            Slip(
                lambda c: authors(c, "2020-03-13", ()),
                "These are the authors of all alleged ties. Keep the ties that touch Kataib Hezbollah.",
            ),
            Slip(
                lambda c: authors(c, "2019-12-29"),
                "This was so in December. Take the ties of 13 March 2020; one more voice has come in.",
            ),
            Slip(
                lambda c: authors(c, "2020-03-13", ("source_actor",)),
                "You kept the ties that start at the group. Those that end at it count too: join both conditions with `|`.",
            ),
            Slip(
                lambda c: authors(c, "2020-03-13", ("target_actor",)),
                "You kept the ties that end at the group. Those that start at it count too: join both conditions with `|`.",
            ),
        ),
        otherwise="Build three conditions on the ties of the day: source, target, status. Join the first two with `|`, "
        "add the third with `&`, and make a set of `stated_by`.",
        praise="One author is the group itself, which accuses an Iraqi official. So it stands on both ends of an "
        "allegation, as accused and as accuser.",
    ),
}
