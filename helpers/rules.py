"""What must hold between the cells of a record beyond types and keys: order in time, ranges, the two clocks."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from helpers.schema import Package, Problem

LONGEST_QUOTE = 25  # words: a short public quotation, not a copied passage


def rule_problems(frames: dict[str, pd.DataFrame], package: Package) -> list[Problem]:
    """List the rows that break a rule of sense.

    Parameters
    ----------
    frames
        The frames as :func:`helpers.reading.read_tables` returns them, all of them complete.
    package
        Their descriptor.

    Returns
    -------
    list of Problem
        Empty if all rules hold: no end before its start, no range upside down, no coordinate alone, no UTC time that
        contradicts local time and offset, no event outside its chapter, no report more than a day before its event
        (time zones being what they are), no link that runs backwards, no quotation above 25 words, and the author of
        an allegation named wherever a row says that there is one.
    """
    problems = []
    for table, column, wrong, expected in _rules(frames):
        frame = frames[table]
        for place in np.flatnonzero(wrong):
            value = frame[column].iloc[place] if column in frame.columns else frame.index[place]
            shown = None if not isinstance(value, tuple) and pd.isna(value) else _plain(value)
            problems.append(Problem(package.tables[table].path, int(place) + 2, column, shown, expected))
    return problems


def _rules(frames: dict[str, pd.DataFrame]) -> Iterator[tuple[str, str, np.ndarray, str]]:
    events, claims, links, quotes = (frames[name] for name in ("events", "claims", "links", "quotes"))

    for table, start, end in (
        ("events", "date", "end_date"),
        ("relations", "start", "end_until"),
        ("chapters", "start", "end"),
    ):
        frame = frames[table]
        column = end.removesuffix("_until")
        yield table, column, (frame[end] < frame[start]).to_numpy(), f"a date not before the {start}"
    for table in ("claims", "series"):
        frame = frames[table]
        yield table, "high", (frame["high"] < frame["low"]).to_numpy(), "a number not below `low`"

    places = frames["places"]
    alone = (places["lat"].isna() != places["lon"].isna()).to_numpy()
    yield "places", "lon", alone, "latitude and longitude, both or none"
    unstated = (places["lat"].notna() & places["coord_precision"].isna()).to_numpy()
    yield "places", "coord_precision", unstated, "the precision of the position"

    open_range = (events["date_precision"].astype("str") != "day") & events["end_date"].isna()
    yield "events", "end_date", open_range.to_numpy(), "the last possible day, as the date is not exact,"
    bounds = frames["chapters"].reindex(events["chapter"])
    outside = (events["date"].to_numpy() < bounds["start"].to_numpy()) | (
        events["date"].to_numpy() > bounds["end"].to_numpy()
    )
    yield "events", "chapter", outside, "the chapter that the date falls in"

    timed = events["time_local"].notna()
    half = timed & (events["time_utc"].isna() | events["utc_offset_hours"].isna() | events["time_note"].isna())
    yield "events", "time_local", half.to_numpy(), "a local time together with time_utc, utc_offset_hours and time_note"
    utc = clock(events["date"], events["time_local"]) - pd.to_timedelta(events["utc_offset_hours"], unit="h")
    stated = clock(events["date_utc"].fillna(events["date"]), events["time_utc"])
    wrong = (timed & utc.notna() & stated.notna() & (utc != stated)).to_numpy()
    yield "events", "time_utc", wrong, "local time less the offset"

    about = events["date"].reindex(claims["event_id"]).to_numpy()
    early = claims["reported_on_until"].to_numpy() < about - np.timedelta64(1, "D")
    yield "claims", "reported_on", early, "a report not more than a day before its event"
    before = (
        events["date"].reindex(links["to_event"]).to_numpy() < events["date"].reindex(links["from_event"]).to_numpy()
    )
    yield "links", "to_event", before, "an event not before from_event"
    words = quotes["quote"].str.split().str.len()
    yield "quotes", "quote", (words > LONGEST_QUOTE).to_numpy(), f"at most {LONGEST_QUOTE} words"

    for table, column, value, author in (
        ("event_actors", "basis", "alleged", "alleged_by"),
        ("relations", "status", "alleged", "stated_by"),
        ("links", "basis", "stated-by", "stated_by"),
    ):
        frame = frames[table]
        nameless = (frame[column].astype("str") == value) & frame[author].isna()
        yield table, author, nameless.to_numpy(), f"who says so, as {column} is {value},"


def clock(dates: pd.Series, times: pd.Series) -> pd.Series:
    """Join dates and clock times (``HH:MM``) to timestamps; NaT where either is missing.

    >>> clock(pd.Series(pd.to_datetime(["2020-01-03"])), pd.Series(["00:47"], dtype="str")).iloc[0]
    Timestamp('2020-01-03 00:47:00')
    """
    codes, distinct = pd.factorize(times)
    minutes = np.array([int(text[:2]) * 60 + int(text[3:]) for text in distinct] + [np.nan])
    return dates + pd.to_timedelta(pd.Series(minutes[codes], index=dates.index), unit="m")


def _plain(value: object) -> str:
    return f"{value:%Y-%m-%d}" if isinstance(value, pd.Timestamp) else str(value)
