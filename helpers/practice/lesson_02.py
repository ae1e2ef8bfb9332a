"""The tasks of lesson 02, on December 2019."""

import pandas as pd

from helpers.chronicle import Chronicle
from helpers.tasks import AnyOf, Slip, Task

STRIKES = "2019-12-29-us-strikes-kataib-hezbollah"


def _eight_days(c: Chronicle) -> Chronicle:
    return c.between("2019-12-26", "2020-01-02")


def _gate(c: Chronicle) -> Chronicle:
    """Return the three days at the embassy gate. A whole chapter must not have as many statements as these days."""
    return c.between("2019-12-31", "2020-01-02")


def _statements(c: Chronicle) -> int:
    return len(c.only(kind="statement").events)


def _killed(c: Chronicle) -> pd.DataFrame:
    claims = c.claims
    return claims[(claims["event_id"] == STRIKES) & (claims["field"] == "killed")]


def _members(c: Chronicle) -> pd.DataFrame:
    killed = _killed(c)
    return killed[killed["counted"] == "PMF members"]


def _lowest(c: Chronicle) -> str:
    return str(_members(c).sort_values("low")["claimant"].iloc[0])


def _words(c: Chronicle) -> pd.DataFrame:
    events = _eight_days(c).events
    return events[events["kind"].isin(["statement", "protest"])].sort_values("date")


def _top(c: Chronicle) -> list[str]:
    words = _words(c)
    return list(words[words["importance"] == 1].index)


def _top_of(c: Chronicle, kind: str) -> list[str]:
    words = _words(c)
    return list(words[(words["importance"] == 1) & (words["kind"] == kind)].index)


TASKS = {
    "02-1": Task(
        right=lambda c: _statements(_gate(c)),
        slips=(
            Slip(lambda c: len(_gate(c).events), "These are events of every kind. Keep one kind."),
            Slip(
                lambda c: AnyOf(len(days(c).only(kind="rocket-attack").events) for days in (_eight_days, _gate)),
                "These are the rocket attacks, or your days end with the year. Change `kind` in the first line, and begin there "
                "with `chronicle`: the chapter December stops on its last day.",
            ),
            Slip(
                lambda c: _statements(_eight_days(c)),
                "You kept all eight days, or the whole chapter December. Change the first day in the first line.",
            ),
            Slip(
                lambda c: AnyOf(
                    _statements(c.between(*days))
                    for days in [("2019-12-31", "2020-01-01"), ("2020-01-01", "2020-01-02")]
                ),
                "A day is missing. The first and the last day both belong to the three.",
            ),
            Slip(
                _statements,
                "These are the statements of the whole record. Keep the three days first.",
            ),
        ),
        otherwise='Keep the three days with `between`, then the kind "statement" with `only`; count the rows of `events`.',
        praise="Half of the marks in these days are words. Each of them could raise the pressure or lower it.",
    ),
    "02-2": Task(
        right=lambda c: AnyOf([_lowest(c), _lowest(c).removeprefix("Iraq's ")]),
        slips=(
            Slip(
                lambda c: str(_killed(c).sort_values("low")["claimant"].iloc[0]),
                "That row counts Iranians only, and others dispute it. Compare only rows with the same `counted`.",
            ),
            Slip(
                lambda c: str(_members(c).sort_values("low", ascending=False)["claimant"].iloc[0]),
                "That is the highest number in the column `low`. The lowest stands at the other end.",
            ),
            Slip(
                lambda c: AnyOf(["PMF representative (AFP)", "Popular Mobilisation Forces (PMF)", "PMF"]),
                "That force counted its own dead. Another voice began lower.",
            ),
            Slip(
                lambda c: str(_members(c).sort_values("low").index[0]),
                "That is the key of the right row. Read the name in its column `claimant`.",
            ),
            Slip(
                lambda c: "Iraqi security source",
                "That voice spoke about the rockets at K-1. Choose the strikes of 29 December.",
            ),
        ),
        otherwise='Choose the event `strikes`, the field "killed" and the group "PMF members"; sort by `low`, read `claimant`.',
        praise="An early count by an Iraqi state office. It was soon replaced: a first number is seldom the last one.",
    ),
    "02-3": Task(
        right=_top,
        slips=(
            Slip(
                lambda c: _top(c)[::-1], "The right events, with the latest first. Sort by `date` from early to late."
            ),
            Slip(
                lambda c: _top_of(c, "statement"),
                "These are words alone. Join the second kind with `|`, in round brackets of its own.",
            ),
            Slip(lambda c: _top_of(c, "protest"), "This is protest alone. Join the other kind with `|`."),
            Slip(
                lambda c: list(_words(c).index),
                "You have all statements and protests. Keep only those with an `importance` of 1.",
            ),
            Slip(
                lambda c: list(_eight_days(c).only(importance=1).events.sort_values("date").index),
                "You have every event of importance 1, attacks too. Keep the two kinds.",
            ),
            Slip(
                lambda c: list(c.only(chapter="december", kind=["statement", "protest"], importance=1).events.index),
                "You took the chapter December. Take the eight days: two of them lie in January.",
            ),
        ),
        otherwise="Join the two kinds with `|`, each in round brackets; then keep importance 1 and sort by `date`.",
        praise="A state objects, a president threatens, a crowd goes home, a minister warns. Nobody is attacked in this list,"
        " yet each step shaped the next.",
    ),
}
