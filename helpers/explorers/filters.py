"""The filters on events that several explorers share, and what they are in Python."""

from __future__ import annotations

import pandas as pd

from helpers.chronicle import Chronicle
from helpers.explorers.base import Found, State, side_names
from helpers.explorers.controls import DaySlider
from helpers.explorers.settings import Setting, arguments, as_code, capital, day, one_of, several, sliding_day
from helpers.facts import told

LEVELS = {1: "the main events", 2: "main and further events"}
TOWNS = ("city", "town", "village", "district", "province")
FILTERS = ("side", "kind", "chapter", "importance", "actor", "first", "last")


def filters(chronicle: Chronicle) -> dict[str, Setting]:
    """Return the filters of a record: those of :meth:`Chronicle.only` and of :meth:`Chronicle.between`."""
    events, actors = chronicle.events, chronicle.actors
    present = set(events["side"].astype(str))
    kinds = events["kind"].astype(str).value_counts().index
    part = set(chronicle.event_actors["actor_id"])
    named = actors[actors.index.isin(part)].sort_values("name")
    return {
        "side": several("side", "Side that acted", {key: text for key, text in side_names().items() if key in present}),
        "kind": several("kind", "Kind of event", {kind: capital(kind) for kind in kinds}),
        "chapter": several("chapter", "Chapter", chronicle.chapters["title"].astype(str).to_dict()),
        "importance": one_of("importance", "Importance", LEVELS, none="all events"),
        "actor": one_of("actor", "Actor", named["name"].astype(str).to_dict(), none="any actor"),
        "first": day("From"),
        "last": day("To"),
    }


def as_of_slider(chronicle: Chronicle) -> Setting:
    """Return the slider of the second clock: what had been published by the end of a day."""
    return sliding_day(
        DaySlider(
            "As known on",
            *span(chronicle),
            optional=True,
            on="only what was published by then",
            off="the whole record, with hindsight",
            play=True,
        )
    )


def span(chronicle: Chronicle) -> tuple[pd.Timestamp, pd.Timestamp]:
    """Return the days that a slider covers: from the first day of the busiest chapters to the end of the record's last.

    Chapters with less than an event a week (a prelude, an epilogue) are left out: a slider over years is of no use.
    """
    chapters, events = chronicle.chapters, chronicle.events
    counts = events["chapter"].astype(str).value_counts()
    weeks = (chapters["end"] - chapters["start"]).dt.days / 7 + 1
    busy = chapters[counts.reindex(chapters.index).fillna(0) / weeks >= 1]
    among = busy if len(busy) else chapters
    if among.empty:
        return events["date"].min(), events["date"].max()
    return among["start"].min(), min(among["end"].max(), max(events["date"].max(), among["start"].min()))


class Views:
    """The views of a record that an explorer asks for; the last one is kept, so that its tables are cut out once."""

    def __init__(self, chronicle: Chronicle) -> None:
        self._chronicle = chronicle
        self._last: tuple[object, Chronicle] = (None, chronicle)

    def __call__(self, state: State, *, known: bool = False) -> Chronicle:
        """Return the view that the filters ask for; with ``known``, as of the day of the state."""
        key = (repr(conditions(state)), window(state), state["as_of"] if known else None)
        if self._last[0] != key:
            wanted = conditions(state)
            seen = self._chronicle.only(**wanted) if wanted else self._chronicle
            seen = seen.between(*window(state)) if window(state) else seen
            self._last = key, seen.as_of(key[2]) if key[2] else seen
        return self._last[1]


def view_code(state: State) -> str:
    """Return that view as Python code."""
    wanted = arguments(conditions(state), {})
    code = f"chronicle.only({wanted})" if wanted else "chronicle"
    return f"{code}.between({', '.join(map(as_code, window(state)))})" if window(state) else code


def conditions(state: State) -> State:
    """Return what :meth:`Chronicle.only` is called with."""
    wanted = {name: state[name] for name in ("side", "kind", "chapter", "actor") if state[name] is not None}
    if state["importance"] is not None:
        wanted["importance"] = list(range(1, state["importance"] + 1))
    return wanted


def window(state: State) -> tuple[str, ...]:
    """Return what :meth:`Chronicle.between` is called with; one end alone reaches to the far past or future."""
    if state["first"] is None and state["last"] is None:
        return ()
    return (state["first"] or "1900-01-01", state["last"] or "2100-12-31")


def event_suggestions(chronicle: Chronicle) -> dict[str, Found]:
    """Return the titles of the events and the names of the actors in them, for the search box."""
    found = {str(title): Found("selected", key) for key, title in chronicle.events["title"].items()}
    part = set(chronicle.event_actors["actor_id"])
    for key, name in chronicle.actors["name"].items():
        if key in part:
            found.setdefault(f"{name} (events with this actor)", Found("actor", key))
    return found


def event_labels(chronicle: Chronicle, items: list[str]) -> list[str]:
    """Return events as a list shows them: day, local time where known, title."""
    labels = chronicle.derived(_labels)
    return [labels[item] for item in items]


def _labels(chronicle: Chronicle) -> dict[str, str]:
    rows = chronicle.events[["date", "date_precision", "time_local", "title"]]
    return {
        str(event): f"{_moment(date, precision, time)} · {title}"
        for event, date, precision, time, title in rows.itertuples(name=None)
    }


def event_sentence(chronicle: Chronicle, event: str) -> str:
    """Return an event in one line: when, where, how many claims differ, title."""
    row = chronicle.events.loc[event]
    parts = [_moment(row["date"], row["date_precision"], row["time_local"], words=True)]
    if isinstance(row["place_id"], str) and row["place_id"] in chronicle.places.index:
        place = chronicle.places.loc[row["place_id"]]
        parts[0] += f"{' in ' if place['kind'] in TOWNS else ', '}{place['name']}"
    claims, differ = (int(count) for count in told(chronicle).loc[event, ["claims", "disagreeing"]])
    if not claims:
        parts.append("no claims")
    elif not differ:
        parts.append("1 claim" if claims == 1 else f"{claims} claims, none differ")
    else:
        parts.append(f"{differ} of {claims} claims differ")
    return f"{', '.join(parts)}: {str(row['title']).rstrip('.')}"


def _moment(date: pd.Timestamp, precision: str, time: object, *, words: bool = False) -> str:
    day = f"{date.day} {date:%B %Y}" if words else f"{date:%Y-%m-%d}"
    if precision == "month":
        return f"{date:%B %Y}" if words else f"{date:%b %Y}"
    if precision == "between":
        return f"{day} or later"
    return f"{day}, {time}" if isinstance(time, str) and time else day
