"""The tasks of lesson 10: another record, a CSV beside its events, and who is not heard."""

import pandas as pd

from helpers.chronicle import Chronicle, load, shipped_folder
from helpers.tasks import Slip, Task


def gulf() -> Chronicle:
    """Return the second record: ships and oil in the Gulf in 2019."""
    return load(shipped_folder() / "gulf-2019")


def lonely_days(chronicle: Chronicle, most: int = 3, alone: bool = True) -> set[pd.Timestamp]:
    """Return the days with at least so many pages in the large record, without an event in the small one or with one."""
    sources = chronicle.sources
    exact = sources[sources["published"] == sources["published_until"]]
    pages = exact.groupby("published").size()["2019-05-01":"2019-09-30"]
    days = pages.index[pages >= most]
    return set(days[days.isin(gulf().events["date"]) != alone])


def acting() -> set[str]:
    """Return the actors with a role in an event."""
    return set(gulf().event_actors["actor_id"])


def speaking() -> set[str]:
    """Return the actors who make a claim."""
    return set(gulf().claims["claimant_id"].dropna())


TASKS = {
    "10-1": Task(
        right=lambda c: len(gulf().only(side="not-established").events),
        slips=(
            Slip(
                lambda c: len(gulf().only(side="iran").events), "That is the side of the example. Change the setting."
            ),
            Slip(lambda c: len(gulf().events), "That is the whole Gulf record. Keep one side of it."),
            Slip(
                lambda c: len(c.only(side="not-established").events),
                "You counted in the large record. Take `gulf` in the place of `chronicle`.",
            ),
        ),
        otherwise='Write "not-established" in the place of "iran", and count the rows of `events`.',
        praise="Somebody was blamed for each of them, and somebody denied it. Blame alone does not fill a lane.",
    ),
    "10-2": Task(
        right=lambda c: lonely_days(c),
        slips=(
            Slip(
                lambda c: lonely_days(c, most=4), "You kept only the highest days. Look at the number, and at the sign."
            ),
            Slip(
                lambda c: lonely_days(c, alone=False),
                "These days have an event. You want those where the cell is empty.",
            ),
            Slip(
                lambda c: lonely_days(c) | lonely_days(c, alone=False),
                "These are all days with many pages. Join a second condition with the sign &.",
            ),
            Slip(lambda c: lonely_days(c, most=2), "These are too many: the number of pages is set too low."),
        ),
        otherwise="Use two conditions with & between them, each in round brackets, and give the column `date`.",
        praise="Most of these pages tell of Iraq or Syria: outside the border that the small record draws.",
    ),
    "10-3": Task(
        right=lambda c: acting() - speaking(),
        slips=(
            Slip(lambda c: speaking() - acting(), "The other way round: these speak and have no role."),
            Slip(lambda c: acting(), "These all have a role. Take away those who make a claim."),
            Slip(lambda c: speaking(), "These make a claim. You want those who have a role and make none."),
            Slip(
                lambda c: set(gulf().actors.index) - speaking(),
                "Some of these have no role in any event. Begin with `event_actors`, not with `actors`.",
            ),
        ),
        otherwise="Make two sets, one of each column, and take one away from the other with the sign for minus.",
        praise="Some of them are quoted in a summary, and one is a state that acted. Each is a gap to close.",
    ),
}
