"""The tasks of lesson 03: January 2020."""

import pandas as pd

from helpers.chronicle import Chronicle
from helpers.tasks import AnyOf, Slip, Task

KILLING = "2020-01-03-soleimani-muhandis-killing"
MISSILES = "2020-01-08-iran-missiles-al-asad-erbil"
PLANE = "2020-01-08-ps752-crash"
ADDRESS = "2020-01-08-trump-address"


def _claims_on_plane(c: Chronicle, day: str | None = None) -> int:
    claims = (c.as_of(day) if day else c).claims
    return int((claims["event_id"] == PLANE).sum())


def _minutes(c: Chronicle, clock: str, later: str = ADDRESS) -> float:
    return float((c.event(later)[clock] - c.event(MISSILES)[clock]) / pd.Timedelta(minutes=1))


def _answers_by_basis(c: Chronicle, kind: str | None = "response-to", start: str | None = KILLING) -> dict[str, int]:
    links = c.links
    if start:
        links = links[links["from_event"] == start]
    if kind:
        links = links[links["kind"] == kind]
    return {str(basis): int(count) for basis, count in links["basis"].value_counts().items()}


TASKS = {
    "03-1": Task(
        right=lambda c: _claims_on_plane(c, "2020-01-09"),
        slips=(
            Slip(lambda c: _claims_on_plane(c, "2020-01-08"), "This is the view of one day earlier. Change the day."),
            Slip(
                lambda c: _claims_on_plane(c),
                "These are the claims of the whole record, also those of later months. Use `as_of` first.",
            ),
            Slip(
                lambda c: len(c.as_of("2020-01-09").claims),
                "These are the claims on all events. Keep the rows whose `event_id` is that of the flight.",
            ),
        ),
        otherwise='Take `chronicle.as_of("2020-01-09").claims`, keep the rows of the flight, and count them.',
        praise="A day after the crash the world had a handful of statements, and no proof in public.",
    ),
    "03-2": Task(
        right=lambda c: _minutes(c, "start_utc"),
        slips=(
            Slip(
                lambda c: _minutes(c, "start"),
                "These are the local clocks of Iraq and of Washington. Take one from the other on the common clock.",
            ),
            Slip(
                lambda c: _minutes(c, "start_utc") * 60,
                "That is in seconds. Divide by the length of a minute instead.",
            ),
            Slip(
                lambda c: -_minutes(c, "start_utc"),
                "The sign is the wrong way round: take the earlier moment from the later one.",
            ),
            Slip(
                lambda c: _minutes(c, "start_utc") / 60,
                "That is in hours. Divide by the length of a minute.",
            ),
            Slip(
                lambda c: _minutes(c, "start_utc", PLANE),
                "That is the time until the plane took off. Put the event of the address in its place.",
            ),
        ),
        otherwise="Take `start_utc` of the missiles from `start_utc` of the address, and divide by one minute.",
        praise="In these hours Iran, Iraq and every airline had to act without knowing Washington's answer.",
        tolerance=0.5,
        unit="minutes",
    ),
    "03-3": Task(
        right=lambda c: (
            pd.Timestamp("2020-01-07 23:00") - pd.Timedelta(hours=float(c.event(MISSILES)["utc_offset_hours"]))
        ),
        slips=(
            Slip(
                lambda c: (
                    pd.Timestamp("2020-01-07 23:00") + pd.Timedelta(hours=float(c.event(MISSILES)["utc_offset_hours"]))
                ),
                "Iraq's clock runs ahead of the common clock, so the hours must be taken away.",
            ),
            Slip(lambda c: pd.Timestamp("2020-01-07 23:00"), "This is still the clock of Iraq."),
            Slip(
                lambda c: pd.Timestamp("2020-01-07 23:00") - pd.Timedelta(hours=3.5),
                "That is the distance of Iran's clock. The base lies in Iraq.",
            ),
            Slip(
                lambda c: AnyOf(pd.Timestamp("2020-01-07 23:00") + pd.Timedelta(hours=hours) for hours in (-5, 5)),
                "That is the distance of Washington's clock. The base lies in Iraq.",
            ),
        ),
        otherwise="Take from the local time as many hours as `utc_offset_hours` of the missile attack says.",
        praise="Compare it with the first missiles: a warning of some kind had come well before them.",
    ),
    "03-4": Task(
        right=lambda c: _answers_by_basis(c),
        slips=(
            Slip(
                lambda c: _answers_by_basis(c, kind=None),
                "These are links of every kind from the killing. Keep one kind.",
            ),
            Slip(
                lambda c: _answers_by_basis(c, start=None),
                "These are the answers to all events. Keep those whose `from_event` is the killing.",
            ),
            Slip(
                lambda c: _answers_by_basis(c, kind="consequence-of"),
                "This is another kind of link. Look for the kind with the word response.",
            ),
        ),
        otherwise="Two conditions joined by `&`, then `value_counts` of the column `basis`.",
        praise="Those who answered mostly said so themselves, or a reporter said it for them. Nothing here is our guess.",
    ),
}
