"""Assignment 1, read a timeline: filter, sort, count, two clocks, a day of knowledge, a function of five lines."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import log2
from typing import Any

import numpy as np
import pandas as pd

from helpers.answers import Trial
from helpers.assignments.functions import Function, Mistake
from helpers.chronicle import Chronicle
from helpers.tasks import Slip, Task

# Windows of alike fullness: many days where little happened, few where much did.
ONE_DAY = np.timedelta64(1, "D")
FIRST_DAYS = ("2019-12-15", "2020-03-20")
LENGTHS = (8, 9, 10, 11, 12, 13, 14, 16, 18, 20, 22, 24, 26, 28)
EVENTS = (18, 32)
OF_KIND = (4, 9)
QUIET = (2, 8)
CLAIMS_KNOWN = (4, 14)
WEIGHTY = (1, 2)  # levels of importance that question 1.1 asks for
TAKEN = 3  # events that question 1.3 asks for
TURNS = 8  # variants for each window and kind, with different clocks and reports

# Places that kept one clock from December 2019 to February 2020, and the hours by which it was ahead of UTC.
CITIES = {
    "Washington": -5.0,
    "Kyiv": 2.0,
    "Abu Dhabi": 4.0,
    "Islamabad": 5.0,
    "New Delhi": 5.5,
    "Beijing": 8.0,
    "Tokyo": 9.0,
    "Canberra": 11.0,
}
CLOCKS = ("2019-12-01", "2020-02-29")
GOING_ON = "What began before your first day and still went on is missing. `between` keeps it."
DIFFICULTY = (17.0, 20.0)

TRIALS: tuple[tuple[str, tuple[str, str]], ...] = (
    ("a whole month", ("2019-12-01", "2019-12-31")),
    ("a single day on which an event began", ("2020-01-10", "2020-01-10")),
    ("a single day on which no event began", ("2020-01-19", "2020-01-19")),
    ("a window into which events last that began before it", ("2020-03-20", "2020-03-28")),
)
"""The windows, besides a student's own, on which the check tries the function of question 1.7, and what each has in it."""


def choices(chronicle: Chronicle) -> list[dict[str, Any]]:
    """Return all variants: a window and a kind of event, an event and a city, an event and a day of knowledge.

    Each window has about as many events as any other, enough of its kind, and days without an event. The local clock of
    the event and that of the city show different dates. What is known of the reported event on the day is more than on
    the day before and less than today. So each likely mistake leads to another answer than the right one.
    """
    clocks, reports = _clocks(chronicle), _reports(chronicle)
    found = []
    for place, window in enumerate(_windows(chronicle)):
        for turn in range(TURNS):
            clock = clocks[(place * 5 + turn * 7) % len(clocks)]
            report = reports[(place * 11 + turn * 13) % len(reports)]
            found.append({**window, **clock, **report})
    measured = _measure(chronicle, found)
    return [one for one, size in zip(found, measured, strict=True) if DIFFICULTY[0] <= size <= DIFFICULTY[1]]


def in_words(chronicle: Chronicle, settings: Mapping[str, Any]) -> str:
    """Say what a variant asks about."""
    titles = chronicle.events["title"]
    hours = abs(settings["ahead"])
    return (
        f"Your window runs from {_day(settings['first'])} to {_day(settings['last'])}, both included. "
        f"Your kind of event is {settings['kind']}. "
        f"Your event with a clock time is “{titles[settings['clocked']]}”, and your city is {settings['city']}, "
        f"{hours:g} hours {'ahead of' if settings['ahead'] > 0 else 'behind'} UTC on that day. "
        f"Your reported event is “{titles[settings['reported']]}”, as known on {_day(settings['known_on'])}."
    )


def difficulty(chronicle: Chronicle, settings: Mapping[str, Any]) -> float:
    """Return how much there is to go through, in doublings: the sum, over the questions, of log2 of the rows handled.

    These are the events in the window (for 1.1 and 1.4), those of its kind (1.2 and 1.3), the known claims (1.6) and the
    days without an event (1.7); the clocks (1.5) differ by a date in all variants. Twice as many rows for one question
    add 1.
    """
    return _measure(chronicle, [settings])[0]


def quiet_days(chronicle: Chronicle, first: str, last: str) -> int:
    """Return the number of days, from the first to the last, on which no event of the record began."""
    return int((~pd.date_range(first, last).isin(chronicle.events["date"])).sum())


def quiet_days_function(chronicle: Chronicle, settings: Mapping[str, Any]) -> Function:
    """Return what is asked for in question 1.7, with its likely mistakes."""
    events = chronicle.events

    def right(first: str, last: str) -> int:
        return quiet_days(chronicle, first, last)

    def length(first: str, last: str) -> int:
        return len(pd.date_range(first, last))

    def without_begun(first: str, last: str) -> int:
        return length(first, last) - chronicle.between(first, last).events["date"].nunique()

    def not_among(first: str, last: str, days: Any) -> int:
        return int((~pd.date_range(first, last).isin(days)).sum())

    def not_lasting(first: str, last: str) -> int:
        spans = zip(events["date"], events["end_date"].fillna(events["date"]), strict=True)
        return not_among(first, last, np.concatenate([pd.date_range(*span) for span in spans]))

    def not_own(first: str, last: str) -> int:
        return not_among(first, last, chronicle.between(settings["first"], settings["last"]).events["date"])

    def not_of_kind(first: str, last: str) -> int:
        return not_among(first, last, events.loc[events["kind"] == settings["kind"], "date"])

    return Function(
        "quiet_days",
        right,
        (
            Mistake(
                "Your function counts the days with an event. The others are asked for.",
                (lambda first, last: length(first, last) - right(first, last),),
            ),
            Mistake(
                "Your function takes off a day that lies before the first day: there an event began that lasts into the "
                "window. Compare days with days; `between` also keeps what still went on.",
                (without_begun,),
            ),
            Mistake(
                "Your function leaves out one day of each window. Both the first and the last day belong to it.",
                (
                    lambda first, last: right(first, last) - 1,
                    lambda first, last: right(first, _later(last, -1)),
                    lambda first, last: right(_later(first, 1), last),
                ),
            ),
            Mistake(
                "Your function takes off events, not days. Several events can begin on one day: a set holds it once.",
                (
                    lambda first, last: length(first, last) - int(events["date"].between(first, last).sum()),
                    lambda first, last: length(first, last) - len(chronicle.between(first, last).events),
                ),
            ),
            Mistake(
                "Your function also takes off days on which an event went on. Only the day on which it began counts.",
                (not_lasting,),
            ),
            Mistake(
                "Your function knows only the events of your own window, by a name from a cell above. Take those of the "
                "whole record.",
                (not_own,),
            ),
            Mistake(
                "Your function looks at the events of one kind only. Here events of every kind count.",
                (not_of_kind,),
            ),
        ),
        unit="days",
    )


def tasks(chronicle: Chronicle, settings: Mapping[str, Any]) -> dict[str, Task]:
    """Return the questions of a variant that a machine can check."""
    first, last, kind = settings["first"], settings["last"], settings["kind"]
    event, ahead = settings["clocked"], settings["ahead"]
    reported, known_on = settings["reported"], settings["known_on"]

    def window(c: Chronicle) -> pd.DataFrame:
        return c.between(first, last).events

    def begun(c: Chronicle) -> pd.DataFrame:
        """Return the events of the window without those that began before it and still went on."""
        events = window(c)
        return events[events["date"] >= pd.Timestamp(first)]

    def weighty(events: pd.DataFrame, levels: Sequence[int] = WEIGHTY) -> int:
        return int(events["importance"].isin(levels).sum())

    def of_kind(events: pd.DataFrame) -> pd.DataFrame:
        return events[events["kind"] == kind]

    def latest(events: pd.DataFrame, ascending: bool = False, take: int | None = TAKEN) -> list[str]:
        return list(events.sort_values("start", ascending=ascending).index[:take])

    def utc(c: Chronicle) -> pd.Timestamp:
        return c.event(event)["start_utc"]

    def known(c: Chronicle, days: int = 0) -> int:
        then = c.as_of(_later(known_on, days)).claims
        return int((then["event_id"] == reported).sum())

    counted = (
        Slip(lambda c: len(window(c)), "These are the events of any importance. Keep 1 and 2 only."),
        Slip(
            lambda c: weighty(c.events),
            "These are the events of the whole record. Choose your days with `between`.",
        ),
        Slip(
            lambda c: weighty(c.between(first, _later(last, -1)).events),
            "Your last day is missing. It belongs to the window.",
        ),
        Slip(lambda c: weighty(window(c), [1]), "These are of importance 1 only. Those of 2 count too."),
        Slip(lambda c: weighty(window(c), [2]), "These are of importance 2 only. Those of 1 count too."),
    )
    known_counts = [weighty(window(chronicle)), *(slip.value(chronicle) for slip in counted)]
    went_on = len(begun(chronicle)) < len(window(chronicle))
    own_went_on = 0 < len(of_kind(begun(chronicle))) < len(of_kind(window(chronicle)))

    return {
        "1.1": Task(
            right=lambda c: weighty(window(c)),
            slips=(
                *counted,
                *_unlike(
                    chronicle,
                    known_counts,
                    Slip(lambda c: weighty(begun(c)), GOING_ON),
                    Slip(
                        lambda c: weighty(window(c), [3]),
                        "These are of the lowest importance only: `|` joins conditions, not numbers. Put the two numbers "
                        "into a list, in square brackets.",
                    ),
                ),
            ),
            otherwise="Choose the days with `between` and the importance with `only`, take the table `events` and count "
            "its rows with `len`. Several values stand in a list, in square brackets. Both the first and the last day "
            "belong to the window.",
            praise="An event that began before your first day and still went on counts too.",
            unit="events",
        ),
        "1.2": Task(
            right=lambda c: set(of_kind(window(c)).index),
            slips=(
                Slip(
                    lambda c: set(of_kind(c.events).index),
                    "These are the events of your kind in the whole record. Choose your days too.",
                ),
                Slip(lambda c: set(window(c).index), "These are the events of every kind. Keep your kind only."),
                *([Slip(lambda c: set(of_kind(begun(c)).index), GOING_ON)] if own_went_on else []),
            ),
            otherwise="Two filters: the days with `between`, the kind with `only`. The keys stand in the index.",
        ),
        "1.3": Task(
            right=lambda c: latest(of_kind(window(c))),
            slips=(
                Slip(
                    lambda c: latest(of_kind(window(c)), ascending=True),
                    "This list begins with the earliest. Turn the order round: `ascending=False`.",
                ),
                Slip(
                    lambda c: latest(of_kind(window(c)))[::-1],
                    "These are the right events, but the latest should stand first.",
                ),
                Slip(lambda c: latest(window(c)), "These are the latest of every kind. Keep your kind first."),
                Slip(
                    lambda c: latest(of_kind(c.events)),
                    "These are the latest of the whole record. Choose your days first.",
                ),
                Slip(
                    lambda c: latest(of_kind(window(c)), take=None),
                    "The order is right, but these are all of them. `head` keeps the first rows of the sorted table.",
                ),
                Slip(
                    lambda c: latest(of_kind(window(c)), ascending=True, take=None),
                    "These are all of them, the earliest first. Turn the order round with `ascending=False`, and keep the "
                    "first rows with `head`.",
                ),
            ),
            otherwise="Take the events of your kind in your window, sort them by `start` with the latest first, and keep "
            "the keys of the first rows of the sorted table.",
        ),
        "1.4": Task(
            right=lambda c: _counts(window(c)["side"]),
            slips=(
                Slip(lambda c: _counts(c.events["side"]), "These are the sides in the whole record. Choose your days."),
                Slip(lambda c: _counts(window(c)["kind"]), "You counted the kinds. The question is about the sides."),
                Slip(
                    lambda c: _counts(of_kind(window(c))["side"]),
                    "You counted the events of one kind only. Here events of every kind count.",
                ),
                Slip(
                    lambda c: {side: n / len(window(c)) for side, n in _counts(window(c)["side"]).items()},
                    "These are shares. The question asks how many events there are for each side.",
                ),
                *([Slip(lambda c: _counts(begun(c)["side"]), GOING_ON)] if went_on else []),
            ),
            otherwise="Take the events of your window and let `value_counts` count the values of the column `side`.",
            praise="“not-established” is an honest value: nobody has shown in public who acted.",
        ),
        "1.5": Task(
            right=lambda c: utc(c) + pd.Timedelta(hours=ahead),
            slips=(
                Slip(lambda c: utc(c), "This is the moment in UTC. Go one step further, to the clock of your city."),
                Slip(
                    lambda c: c.event(event)["start"],
                    "This is the clock of the place where it happened. Look at `start_utc`.",
                ),
                Slip(
                    lambda c: c.event(event)["start"] + pd.Timedelta(hours=ahead),
                    "You began with the local clock of the place. Begin with `start_utc`.",
                ),
                Slip(
                    lambda c: utc(c) - pd.Timedelta(hours=ahead),
                    "The hours go the wrong way. A clock ahead of UTC shows a later time than UTC, one behind it an earlier "
                    "time.",
                ),
                Slip(
                    lambda c: c.event(event)["time_local"],
                    "This is the clock time of the place, and a text. Begin with `start_utc`: it is a moment, with its date.",
                ),
                Slip(
                    lambda c: event,
                    "This is the key of the event. `chronicle.event` gives its row; take `start_utc` out of that.",
                ),
            ),
            otherwise="Take `start_utc` of your event and add a `pd.Timedelta` of as many hours as your city is ahead of "
            "UTC. Date and clock time are both asked for.",
            praise="The date there differs from the date where it happened. Newspapers of both places are right.",
        ),
        "1.6": Task(
            right=lambda c: known(c),
            slips=(
                Slip(
                    lambda c: int((c.claims["event_id"] == reported).sum()),
                    "These are the claims of the whole record, also later ones. Use `as_of` first.",
                ),
                Slip(lambda c: known(c, -1), "This is the view of one day earlier. The day itself belongs to it."),
                Slip(
                    lambda c: known(c) - known(c, -1),
                    "These are the claims of that one day. What was known before still counts.",
                ),
                Slip(
                    lambda c: len(c.as_of(known_on).claims),
                    "These are the claims on all events. Keep the rows whose `event_id` is your reported event.",
                ),
            ),
            otherwise="See the record with `as_of` your day, take its table `claims`, keep the rows whose `event_id` is "
            "your reported event, and count them.",
            praise="More was to come. Whoever had to decide that evening did not have it.",
            unit="claims",
        ),
        "1.7": quiet_days_function(chronicle, settings).checked(
            Trial((first, last), "your own window", 'quiet_days(mine["first"], mine["last"])'),
            TRIALS,
            otherwise="Make all days of the window with `pd.date_range`, and count those that are not among the values of "
            "the column `date`. A set holds each day once.",
            praise="Your function works on your window and on others of each sort, such as a single day.",
        ),
    }


def _unlike(chronicle: Chronicle, known: Sequence[Any], *slips: Slip) -> list[Slip]:
    """Return the slips that lead to an answer of their own: none of the known ones, nor that of a slip before."""
    seen, kept = list(known), []
    for slip in slips:
        value = slip.value(chronicle)
        if value not in seen:
            kept.append(slip)
            seen.append(value)
    return kept


def _counts(column: pd.Series) -> dict[str, int]:
    return {str(value): int(count) for value, count in column.value_counts().items() if count}


def _later(day: str, days: int) -> str:
    return str(np.datetime64(day) + days * ONE_DAY)


def _day(text: str) -> str:
    day = pd.Timestamp(text)
    return f"{day.day} {day:%B %Y}"


def _windows(chronicle: Chronicle) -> list[dict[str, Any]]:
    """Return windows with a kind of event, by numbers alone: to look at each window as a table would take seconds."""
    events = chronicle.events
    begun = events["date"].to_numpy().astype("M8[D]")
    ended = events["end_date"].fillna(events["date"]).to_numpy().astype("M8[D]")
    level = events["importance"].astype(int).to_numpy()
    codes, kinds = events["kind"].cat.codes.to_numpy(), events["kind"].cat.categories
    starts = np.arange(np.datetime64(FIRST_DAYS[0]), np.datetime64(FIRST_DAYS[1]), ONE_DAY)
    firsts, lengths = np.repeat(starts, len(LENGTHS)), np.tile(LENGTHS, len(starts))
    within = (begun <= (firsts + (lengths - 1) * ONE_DAY)[:, None]) & (ended >= firsts[:, None])
    count = within.sum(axis=1)
    zero, found = 0 * ONE_DAY, []
    for place in np.flatnonzero((count >= EVENTS[0]) & (count <= EVENTS[1])):
        first, length, inside = firsts[place], int(lengths[place]), within[place]
        last = first + (length - 1) * ONE_DAY
        quiet = length - len(np.unique(begun[(begun >= first) & (begun <= last)]))
        if not QUIET[0] <= quiet <= QUIET[1]:
            continue
        first_level, second = int((level[inside] == 1).sum()), int((level[inside] == 2).sum())
        weighty = first_level + second
        before_last = weighty - int(np.isin(level[inside & (begun == last)], WEIGHTY).sum())
        if len({int(inside.sum()), weighty, before_last, first_level, second}) < 5 or not first_level:
            continue
        for code in np.flatnonzero(np.bincount(codes[inside]) >= OF_KIND[0]):
            days = np.sort(begun[inside & (codes == code)])
            one_order = (np.diff(days[-TAKEN - 1 :]) > zero).all() and (np.diff(days[: TAKEN + 1]) > zero).all()
            not_the_last = (begun[codes == code] > last).sum() >= TAKEN
            if len(days) <= OF_KIND[1] and one_order and not_the_last:
                found.append({"first": str(first), "last": str(last), "kind": str(kinds[code])})
    return found


def _clocks(chronicle: Chronicle) -> list[dict[str, Any]]:
    events = chronicle.events
    timed = events[events["start_utc"].notna() & events["date"].between(*CLOCKS)]
    found = []
    for key, local, utc in zip(timed.index, timed["start"], timed["start_utc"], strict=True):
        for city, ahead in CITIES.items():
            there = utc + pd.Timedelta(hours=ahead)
            others = {utc, local, local + pd.Timedelta(hours=ahead), utc - pd.Timedelta(hours=ahead)}
            told_apart = there not in others and len(others) == 4 and there != there.normalize()
            if there.date() != local.date() and told_apart:
                found.append({"clocked": str(key), "city": city, "ahead": ahead})
    return found


def _reports(chronicle: Chronicle) -> list[dict[str, Any]]:
    claims = chronicle.claims
    about = claims["event_id"].to_numpy(dtype=object)
    said = claims["reported_on_until"].to_numpy().astype("M8[D]")
    begun = dict(zip(chronicle.events.index, chronicle.events["date"].to_numpy().astype("M8[D]"), strict=True))
    found = []
    for event in sorted(set(about) & begun.keys()):
        days = np.sort(said[(about == event) & ~np.isnat(said)])
        total = int((about == event).sum())
        for day in np.unique(days[days > begun[event]]):
            known, before = int((days <= day).sum()), int((days < day).sum())
            told_apart = before and len({known, before, known - before, total}) == 4
            if CLAIMS_KNOWN[0] <= known <= CLAIMS_KNOWN[1] and told_apart:
                found.append({"reported": str(event), "known_on": str(day)})
    return found


def _measure(chronicle: Chronicle, variants: list[Mapping[str, Any]] | list[dict[str, Any]]) -> list[float]:
    events, claims = chronicle.events, chronicle.claims
    begun = events["date"].to_numpy().astype("M8[D]")
    ended = events["end_date"].fillna(events["date"]).to_numpy().astype("M8[D]")
    kinds = events["kind"].to_numpy(dtype=object)
    about, said = claims["event_id"].to_numpy(dtype=object), claims["reported_on_until"].to_numpy()
    windows: dict[tuple[str, str, str], float] = {}
    reports: dict[tuple[str, str], float] = {}
    sizes = []
    for one in variants:
        window, report = (one["first"], one["last"], one["kind"]), (one["reported"], one["known_on"])
        if window not in windows:
            first, last = np.datetime64(one["first"]), np.datetime64(one["last"])
            inside = (begun <= last) & (ended >= first)
            length = int((last - first) / ONE_DAY) + 1
            quiet = length - len(np.unique(begun[(begun >= first) & (begun <= last)]))
            of_kind = (inside & (kinds == one["kind"])).sum()
            windows[window] = 2 * log2(inside.sum()) + 2 * log2(of_kind) + log2(quiet)
        if report not in reports:
            reports[report] = log2(((about == one["reported"]) & (said <= np.datetime64(one["known_on"]))).sum())
        sizes.append(float(windows[window] + reports[report]))
    return sizes
