"""Action and reaction: what answered what in the record, and how often a pattern in time comes about by accident."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from helpers.chronicle import Chronicle, check

ANSWERS = ("retaliation-for", "response-to")
"""The kinds of links by which one event answers another."""

HOSTILE = ("rocket-attack", "airstrike", "missile-strike", "targeted-killing", "embassy-attack")
"""The kinds of events that count as hostile acts: physical force against people, bases or missions. Words, sanctions,
arrests and movements of ships or troops do not count."""

ROLES: dict[str, tuple[str, ...]] = {
    "target": ("target", "victim"),
    "author": ("initiator",),
    "alleged-author": ("initiator", "claimed-responsibility", "alleged-initiator"),
}
"""How an act is put to a side: whom it was aimed at, who did it, or also who is only said (or says) to have done it."""

US_SIDE = ("us-led",)
IRAN_SIDE = ("iran", "iran-aligned", "contested")


def chain(
    chronicle: Chronicle, event: str, *, kinds: Iterable[str] = ANSWERS, depth: int | None = None
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return what an event answered and what answered it, step by step.

    Parameters
    ----------
    chronicle
        The record or a view of it.
    event
        Key of the event.
    kinds
        Which kinds of links to follow.
    depth
        How many steps to go back and on; None means to the end.

    Returns
    -------
    events : DataFrame
        The events of the chain in order of time, with ``step``: 0 the event itself, -1 what it answered, 1 what
        answered it, and so on.
    links : DataFrame
        The links between them, with ``days_low`` and ``days_high``: the days between, which differ where a day is not
        known exactly.

    Raises
    ------
    ValueError
        If the event or a kind is not in the record; it names the nearest one.

    Examples
    --------
    >>> from helpers import load
    >>> events, links = chain(load(), "2020-03-11-taji-rocket-attack", depth=1)
    >>> links.query("to_event == '2020-03-13-us-strikes-iraq'")["days_low"].tolist()
    [2]
    """
    chronicle.event(event)
    if depth is not None and depth < 1:
        raise ValueError(f"depth is {depth}; it must be 1 or more, or None for all steps")
    wanted = [kinds] if isinstance(kinds, str) else list(kinds)
    for kind in wanted:
        check("kind of link", kind, chronicle.package.tables["links"]["kind"].meanings)
    links = chronicle.links
    links = links[links["kind"].isin(wanted)]
    steps = {event: 0}
    for way, near, far in ((-1, "to_event", "from_event"), (1, "from_event", "to_event")):
        edge, step = {event}, 0
        while edge and step != depth:
            step += 1
            edge = set(links.loc[links[near].isin(edge), far]) - set(steps)
            steps.update(dict.fromkeys(edge, way * step))
    events = chronicle.events
    events = events[events.index.isin(list(steps))]
    events = events.assign(step=pd.Series(steps).reindex(events.index)).sort_values(
        ["date", "day_order"], kind="stable"
    )
    links = links[links["from_event"].isin(events.index) & links["to_event"].isin(events.index)]
    return events, days_between(links, events)


def days_between(links: pd.DataFrame, events: pd.DataFrame) -> pd.DataFrame:
    """Return links with ``days_low`` and ``days_high``, the whole days from the earlier to the later event.

    Parameters
    ----------
    links, events
        Tables of a record; every event of a link is in ``events``.
    """
    first = events["date"]
    last = events["end_date"].where(events["date_precision"] != "day").fillna(first)
    start, end = links["from_event"], links["to_event"]

    def days(later: pd.Series, earlier: pd.Series) -> np.ndarray:
        return np.asarray((later.reindex(end).to_numpy() - earlier.reindex(start).to_numpy()) / np.timedelta64(1, "D"))

    return links.assign(
        days_low=np.maximum(days(first, last), 0).astype(int), days_high=np.maximum(days(last, first), 0).astype(int)
    )


def hostile_acts(
    chronicle: Chronicle, sides: str | Iterable[str], *, role: str = "target", kinds: Iterable[str] = HOSTILE
) -> pd.DataFrame:
    """Return the hostile acts that belong to a side.

    Parameters
    ----------
    chronicle
        The record or a view of it.
    sides
        One or more sides of actors.
    role
        ``"target"``: the acts aimed at the sides, whoever did them; ``"author"``: the acts they did (an act whose
        author is not established belongs to nobody); ``"alleged-author"``: also those that somebody lays at their
        door or that they claimed.
    kinds
        The kinds of events that count as hostile acts.

    Raises
    ------
    ValueError
        If a side, the role or a kind is unknown; it names the nearest one.

    Examples
    --------
    >>> from helpers import load
    >>> acts = hostile_acts(load(), "iran", role="author")
    >>> "2020-01-08-iran-missiles-al-asad-erbil" in acts.index
    True
    """
    wanted = [sides] if isinstance(sides, str) else list(sides)
    counted = [kinds] if isinstance(kinds, str) else list(kinds)
    for side in wanted:
        check("side", side, chronicle.package.tables["actors"]["side"].meanings)
    for kind in counted:
        check("kind", kind, chronicle.package.tables["events"]["kind"].meanings)
    check("role", role, ROLES)
    roles, side_of = chronicle.event_actors, chronicle.actors["side"]
    parts = roles[roles["role"].isin(ROLES[role])]
    ids = parts.loc[parts["actor_id"].isin(side_of.index[side_of.isin(wanted)]), "event_id"]
    events = chronicle.events
    return events[events.index.isin(ids) & events["kind"].isin(counted)]


@dataclass(frozen=True, slots=True)
class Shuffled:
    """A pattern in time beside the same pattern in shuffled calendars; made by :func:`answered_by_chance`.

    ``asked`` and ``answering`` are the acts on either side, ``first_day`` and ``last_day`` the window. For each
    number of days 1, 2, ... (``spans``), ``answered`` counts the asked acts that were followed in time, and
    ``by_chance`` (one row a calendar, one column a span) how many were in each shuffled calendar.
    """

    asked: pd.DataFrame
    answering: pd.DataFrame
    first_day: pd.Timestamp
    last_day: pd.Timestamp
    within: int
    spans: np.ndarray
    answered: np.ndarray
    by_chance: np.ndarray

    @property
    def days(self) -> int:
        """The length of the window in days."""
        return int((self.last_day - self.first_day).days) + 1

    @property
    def as_often(self) -> int:
        """In how many shuffled calendars at least as many acts were followed within ``within`` days as really were."""
        return int((self.by_chance[:, self.within - 1] >= self.answered[self.within - 1]).sum())


def answered_by_chance(
    chronicle: Chronicle,
    *,
    first: str | Iterable[str] = US_SIDE,
    then: str | Iterable[str] = IRAN_SIDE,
    role: str = "target",
    within: int = 7,
    kinds: Iterable[str] = HOSTILE,
    calendar: str = "shuffled",
    window: tuple[str, str] | None = None,
    shuffles: int = 1000,
    seed: int = 2020,
) -> Shuffled:
    """Count how many acts of one group were followed by one of another, in the record and in shuffled calendars.

    An act counts as followed if at least one act of the other group happened on one of the ``within`` days after it.
    The same day does not count, since the order within a day is mostly not known.

    The shuffled calendars are a permutation test: the acts of the first group stay where they are; the
    days of the second are dealt out anew over the window,
    each day keeping all its acts, so that the number of acts and of days with acts stays what it was and only their
    place in time is left to accident. ``calendar="rotated"`` moves the whole second calendar on by a random number of
    days instead, its end coming back at its beginning: that keeps its clusters too, and is the stricter test.

    Parameters
    ----------
    chronicle
        The record or a view of it; narrow it with :meth:`~helpers.chronicle.Chronicle.between` to the months that the
        record covers well.
    first, then
        The sides of the acts that are asked about, and of those that may follow.
    role, kinds
        How acts belong to sides and what counts as one; see :func:`hostile_acts`. With the default, no authorship is
        needed: acts aimed at the US and its allies, followed by acts aimed at Iran or the armed groups aligned with it.
    within
        Days.
    calendar
        ``"shuffled"`` or ``"rotated"``.
    window
        First and last day; without it, those given to `between`, or else those of the events in view.
    shuffles
        How many shuffled calendars.
    seed
        Seed of the generator: the same seed deals the same calendars.

    Raises
    ------
    ValueError
        If an argument is unknown or makes no sense.

    Examples
    --------
    >>> from helpers import load
    >>> result = answered_by_chance(load().between("2019-12-01", "2020-03-31"), within=7)
    >>> result.by_chance.shape
    (1000, 14)
    """
    check("calendar", calendar, ("shuffled", "rotated"))
    if within < 1 or shuffles < 1:
        raise ValueError("`within` and `shuffles` must be 1 or more")
    asked = hostile_acts(chronicle, first, role=role, kinds=kinds)
    answering = hostile_acts(chronicle, then, role=role, kinds=kinds)
    start, end = _window(chronicle, window)
    asked, answering = (acts[acts["date"].between(start, end)] for acts in (asked, answering))
    days = int((end - start).days) + 1
    acts_a_day = np.bincount((asked["date"] - start).dt.days.to_numpy(), minlength=days)
    active = np.zeros(days, dtype=bool)
    active[(answering["date"] - start).dt.days.to_numpy()] = True

    spans = np.arange(1, max(2 * within, 14) + 1)
    rng = np.random.default_rng(seed)
    if calendar == "shuffled":
        calendars = rng.permuted(np.tile(active, (shuffles, 1)), axis=1)
    else:
        moved = rng.integers(0, days, size=shuffles)[:, None]
        calendars = active[(np.arange(days)[None, :] - moved) % days]
    return Shuffled(
        asked,
        answering,
        start,
        end,
        within,
        spans,
        _followed(acts_a_day, active[None, :], spans)[0],
        _followed(acts_a_day, calendars, spans),
    )


def _followed(acts_a_day: np.ndarray, calendars: np.ndarray, spans: np.ndarray) -> np.ndarray:
    """Return, for each calendar and span, how many acts have an active day among the days after theirs."""
    days = calendars.shape[1]
    asked = np.flatnonzero(acts_a_day)
    total = np.zeros((calendars.shape[0], days + 1), dtype=np.int64)
    total[:, 1:] = np.cumsum(calendars, axis=1)
    after = np.minimum(asked + 1, days)
    counts = [
        ((total[:, np.minimum(asked + 1 + span, days)] - total[:, after]) > 0) @ acts_a_day[asked] for span in spans
    ]
    return np.stack(counts, axis=1) if counts else np.zeros((calendars.shape[0], 0), dtype=np.int64)


def _window(chronicle: Chronicle, window: tuple[str, str] | None) -> tuple[pd.Timestamp, pd.Timestamp]:
    if window is not None:
        start, end = (pd.Timestamp(day).normalize() for day in window)
        if end < start:
            raise ValueError(f"the last day, {end:%Y-%m-%d}, lies before the first, {start:%Y-%m-%d}")
        return start, end
    events = chronicle.events
    if chronicle.window is not None and not events.empty:
        return chronicle.window
    # What lasted may have begun long before the first day in view.
    dates = events.loc[events["end_date"].isna(), "date"] if events["end_date"].isna().any() else events["date"]
    if dates.empty:
        raise ValueError("there is no event in this view, so no calendar to shuffle")
    return dates.min(), dates.max()
