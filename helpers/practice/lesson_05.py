"""The tasks of lesson 05: March 2020."""

import pandas as pd

from helpers.chronicle import Chronicle
from helpers.tasks import Slip, Task

K1 = "2019-12-27-k1-rocket-attack"
DECEMBER_STRIKES = "2019-12-29-us-strikes-kataib-hezbollah"
TAJI = "2020-03-11-taji-rocket-attack"
MARCH_STRIKES = "2020-03-13-us-strikes-iraq"
STRIKES = (DECEMBER_STRIKES, MARCH_STRIKES)


def _hours(c: Chronicle, first: str, then: str) -> float:
    return float((c.event(then)["start_utc"] - c.event(first)["start_utc"]) / pd.Timedelta(hours=1))


def _count(c: Chronicle, *kinds: str, chapter: str = "march") -> int:
    events = c.only(chapter=chapter).events
    return int(events["kind"].isin(kinds).sum())


def _answers(c: Chronicle, basis: str | None = "stated-by", first: tuple[str, ...] = STRIKES) -> dict[str, int]:
    links = c.links
    chosen = links[links["from_event"].isin(first)]
    if basis:
        chosen = chosen[chosen["basis"] == basis]
    return {str(event): int(count) for event, count in chosen.groupby("from_event").size().items()}


def _answered(c: Chronicle) -> dict[str, int]:
    links = c.links
    chosen = links[links["to_event"].isin(STRIKES) & (links["basis"] == "stated-by")]
    return {str(event): int(count) for event, count in chosen.groupby("to_event").size().items()}


def _fields(c: Chronicle, event: str) -> set[str]:
    claims = c.claims
    return set(claims.loc[claims["event_id"] == event, "field"])


TASKS = {
    "05-1": Task(
        right=lambda c: _hours(c, K1, DECEMBER_STRIKES),
        slips=(
            Slip(
                lambda c: _hours(c, TAJI, MARCH_STRIKES),
                "These are the hours of March. Put the keys of the two December events in both lines.",
            ),
            Slip(
                lambda c: -_hours(c, K1, DECEMBER_STRIKES),
                "The sign is the wrong way round: the rockets come first.",
            ),
            Slip(
                lambda c: _hours(c, K1, DECEMBER_STRIKES) / 24,
                "That is in days. Divide by the length of an hour.",
            ),
            Slip(
                lambda c: _hours(c, K1, MARCH_STRIKES),
                "You changed one key only. The strikes must be those of December, too.",
            ),
            Slip(
                lambda c: _hours(c, TAJI, DECEMBER_STRIKES),
                "You changed one key only. The rockets must be those of December, too.",
            ),
        ),
        otherwise="Use the keys of the table `rounds`, column `december`, rows one and two.",
        praise="By the calendar both answers took two days. By the clock the second one came much sooner.",
        tolerance=0.5,
        unit="hours",
    ),
    "05-2": Task(
        right=lambda c: _count(c, "rocket-attack", "airstrike"),
        slips=(
            Slip(
                lambda c: _count(c, "rocket-attack"),
                "These are the rocket attacks alone. The list needs a second kind.",
            ),
            Slip(
                lambda c: _count(c, "airstrike"),
                "These are the air strikes alone. The list needs a second kind.",
            ),
            Slip(
                lambda c: _count(c, "troop-movement", "health"),
                "These are still the kinds of the example. Change the list.",
            ),
            Slip(
                lambda c: len(c.only(chapter="march").events),
                "These are the events of every kind. Keep those whose kind is in your list.",
            ),
        ),
        otherwise='Put the two kinds in the list of `isin`, as they are written in the column "kind".',
        praise="Few of the events of these weeks are acts of force. Most are words, decisions and moves of soldiers.",
    ),
    "05-3": Task(
        right=lambda c: _answers(c),
        slips=(
            Slip(lambda c: _answers(c, basis=None), "These are answers on every basis. Keep one basis."),
            Slip(
                lambda c: _answers(c, basis="reported"),
                "These are the answers that a source reported. Keep those that an actor named.",
            ),
            Slip(
                lambda c: _answers(c, first=(K1, TAJI)),
                "These are the answers to the rockets. Start from the air strikes.",
            ),
            Slip(
                _answered,
                "This is what the air strikes answered. Look for the strikes in the column `from_event`.",
            ),
        ),
        otherwise="Two conditions joined by `&`, then `groupby` the column `from_event`, then `size`.",
        praise="In both rounds several sides said openly that they answered, and most of the answers were words.",
    ),
    "05-4": Task(
        right=lambda c: _fields(c, K1) & _fields(c, TAJI),
        slips=(
            Slip(
                lambda c: _fields(c, TAJI),
                "These are all fields of Taji. Keep those that stand in the column of K-1 as well.",
            ),
            Slip(lambda c: _fields(c, K1), "These are all fields of K-1. Keep those that Taji has as well."),
            Slip(
                lambda c: _fields(c, TAJI) - _fields(c, K1),
                "These are the fields that only Taji has. Turn it round.",
            ),
            Slip(
                lambda c: _fields(c, K1) | _fields(c, TAJI),
                "These are the fields of one attack or the other. Both must have them.",
            ),
        ),
        otherwise="Choose the claims on Taji, then use `isin` with the column `field` of the claims on K-1.",
        praise="Who, how many, with what proof: after each attack the same questions come first.",
    ),
}
