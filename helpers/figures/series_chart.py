"""An indicator over time, with the events above it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from helpers import style
from helpers.chronicle import Chronicle, check
from helpers.claims import joined, number, said
from helpers.figures.claims_look import strong
from helpers.figures.exhibit import Exhibit, carry
from helpers.packing import TEXT, Rows, text_width, wrap, wrap_to
from helpers.style import safe

LEFT, RIGHT, TOP = 78, 22, 60
PANEL, SPACE, ROW, LABEL_ROWS = 220, 56, 11, 3
MOST_ITEMS, MOST_VOICES, MOST_PILED = 6, 8, 6
ONE_DAY = pd.Timedelta(days=1)


def series_chart(
    chronicle: Chronicle, series: str | Iterable[str], events: bool = True, width: int = style.NARROWEST
) -> go.Figure:
    """Draw one or more indicators over time, each in a panel of its own, with the events above them.

    A mark is a value as one claimant stated it; a vertical bar is a range, a horizontal one says that the value is
    for a whole month or year. A line joins only values of the same item by the same claimant: values of different
    items count different things, and what different claimants say is no curve. Where a series has several claimants,
    colour and symbol tell them apart and the legend names them, unless they are too many. Above stand the events that
    tell the story (importance 1); thin lines carry the labelled ones down.

    Parameters
    ----------
    chronicle
        The record or a view of it.
    series
        Key or keys of `indicators`, such as ``"us-tbi-count"``.
    events
        Whether to draw the events.
    width
        The narrowest width of the figure on the page, in pixels, at which no label may cover another one.

    Returns
    -------
    plotly.graph_objects.Figure

    Raises
    ------
    ValueError
        If a series is not in the record (the nearest one is named), or none is given.

    Examples
    --------
    >>> from helpers import as_table, load
    >>> float(as_table(series_chart(load(), "us-tbi-count"))["value"].max())
    110.0
    """
    names = [series] if isinstance(series, str) else list(dict.fromkeys(series))
    if not names:
        raise ValueError("give at least one series, such as 'us-tbi-count'")
    indicators = chronicle.indicators
    for name in names:
        check("series", name, indicators.index)
    table = chronicle.series
    table = table[table["series"].isin(names)].sort_values(["date", "reported_on", "item"], kind="stable")
    table = _with_voices(table, chronicle.actors)
    title = "A series over time" if len(names) == 1 else f"{len(names)} series over time"
    if events:
        title += " and the events"
    if chronicle.known_on is not None:
        title += f", as known on {_date(chronicle.known_on)}"
    if table.empty:
        return _empty(title, chronicle)

    start, end = _reach(table)
    scale = (width - LEFT - RIGHT) / ((end - start) / ONE_DAY)
    above = _events(chronicle, start, end) if events else chronicle.events.iloc[:0]
    lane, lane_height, marked = _lane(above, start, scale, width - LEFT - RIGHT)
    lines = {
        name: wrap_to(f"{indicators['title'][name]} ({_units(table, name)})", width - LEFT - RIGHT) for name in names
    }
    plot = lane_height + sum(PANEL + SPACE for _ in names)
    keys = list(dict.fromkeys(table.loc[table["key"] != "", "key"]))
    bottom = 62 + 20 * -(-len(keys) // max(1, int((width - LEFT - RIGHT) // _widest(keys))))
    height = TOP + plot + bottom
    layout: dict[str, Any] = {
        "template": style.template(),
        "title": {"text": title, "automargin": False, "font": {"size": 17}}
        | {"yref": "container", "y": 1 - 12 / height, "x": 0, "xref": "container", "pad": {"l": 12}},
        "height": height,
        "margin": {"l": LEFT, "r": RIGHT, "t": TOP, "b": bottom, "autoexpand": False},
        "xaxis": {
            "type": "date",
            "range": _written(pd.Series([start, end])).tolist(),
            "nticks": max(4, (width - LEFT - RIGHT) // 62),
            "tickangle": 0,
            "automargin": False,
            "anchor": f"y{len(names)}" if len(names) > 1 else "y",
            "tickformatstops": [
                {"dtickrange": [None, 14 * 86_400_000], "value": "%a %-d\n%b %Y"},
                {"dtickrange": ["M1", None], "value": "%b\n%Y"},
            ],
        },
        "legend": {"orientation": "h", "yref": "container", "yanchor": "bottom", "y": 0, "xref": "container", "x": 0.01}
        | {"xanchor": "left", "font": {"size": TEXT}, "itemsizing": "trace", "itemclick": False}
        | {"itemdoubleclick": False},
        "annotations": [],
        "shapes": [],
    }
    traces: list[dict[str, Any]] = []
    top = float(lane_height)
    for place, name in enumerate(names):
        axis = "y" if place == 0 else f"y{place + 1}"
        heading = SPACE
        low, high = 1 - (top + heading + PANEL) / plot, 1 - (top + heading) / plot
        layout[f"yaxis{'' if place == 0 else place + 1}"] = {
            "domain": [max(low, 0), min(high, 1)],
            "rangemode": "tozero" if _near_zero(table[table["series"] == name]) else "normal",
            "automargin": False,
            "nticks": 6,
            "separatethousands": True,
            "exponentformat": "none",
        }
        if _all_zero(table[table["series"] == name]):
            layout[f"yaxis{'' if place == 0 else place + 1}"]["range"] = [-0.05, 1.05]  # no people below nobody
        layout["annotations"].append(
            {"text": "<br>".join(map(safe, lines[name])), "xref": "paper", "yref": "paper", "x": 0, "y": min(high, 1)}
            | {"xanchor": "left", "yanchor": "bottom", "showarrow": False, "align": "left", "yshift": 6}
            | {"font": {"size": 13, "color": style.MUTED}}
        )
        traces += _panel(table[table["series"] == name], axis, keys)
        top += heading + PANEL
    if len(above):
        last = f"yaxis{len(names) + 1}"
        layout[last] = {
            "domain": [1 - lane_height / plot, 1],
            "range": [lane_height, -2],
            "visible": False,
            "fixedrange": True,
        }
        traces += _event_traces(above, lane, f"y{len(names) + 1}", marked)
        layout["shapes"] += [
            {
                "type": "line",
                "xref": "x",
                "yref": "paper",
                "x0": moment,
                "x1": moment,
                "y0": 0,
                "y1": 1,
                "layer": "below",
            }
            | {"line": {"color": "rgba(87,96,106,0.30)", "width": 1, "dash": "dot"}}
            for moment in _written(above["at"][[key for key in above.index if key in marked]])
        ]
    figure = Exhibit({"data": traces, "layout": layout})
    columns = [
        "series",
        "date",
        "date_until",
        "item",
        "value",
        "low",
        "high",
        "qualifier",
        "unit",
        "claimant",
        "reported_on",
    ]
    return carry(figure, _sentences(table, names, indicators, above), table[[*columns, "source_id", "note"]])


def _with_voices(table: pd.DataFrame, actors: pd.DataFrame) -> pd.DataFrame:
    """Add ``who``, ``key`` (what the legend calls a value, "" for nothing) and ``joined`` (whether lines may join it).

    Values are told apart by item and claimant; where these are too many by claimant alone, else not at all.
    """
    who = table["claimant_id"].astype(object).fillna(table["claimant"])
    short = table["claimant_id"].map(actors["short_name"]).astype(object)
    voice = short.fillna(table["claimant"].str.replace(r" \(.*\)$", "", regex=True))
    item = table["item"].astype(object).fillna("")
    table = table.assign(who=who, key="", joined=False)
    for _, rows in table.groupby("series", sort=False):
        several = rows["who"].nunique() > 1
        here, said_by = item[rows.index], voice[rows.index]
        keys = here
        if several:
            keys = (here + ": " + said_by).where(here != "", said_by)
        if here.nunique() <= MOST_ITEMS and keys.nunique() <= MOST_VOICES:
            table.loc[rows.index, "key"], table.loc[rows.index, "joined"] = keys, True
        elif several and said_by.nunique() <= MOST_ITEMS:
            table.loc[rows.index, "key"] = said_by
    if table["key"].nunique() > MOST_VOICES:
        table = table.assign(key="", joined=False)
    return table


def _panel(rows: pd.DataFrame, axis: str, keys: list[str]) -> list[dict[str, Any]]:
    """Return one trace for each name in the legend, or one for all where there are too many to tell apart."""
    traces = []
    for key, part in rows.groupby("key", sort=False):
        colour, symbol = style.spare(keys.index(str(key)) if key else 0)
        middle = part["value"].fillna((part["low"].fillna(part["high"]) + part["high"].fillna(part["low"])) / 2)
        at = part["date"] + (part["date_until"] + ONE_DAY - part["date"]) / 2
        half = ((part["date_until"] + ONE_DAY - part["date"]) / 2).where(part["date_until"] > part["date"])
        trace: dict[str, Any] = {
            "type": "scatter",
            "x": _written(at),
            "y": middle.to_numpy(),
            "yaxis": axis,
            "mode": "lines+markers" if key and len(part) > 1 and part["joined"].all() else "markers",
            "line": {"color": strong(colour), "width": 1.5},
            "marker": {"color": colour, "symbol": symbol, "size": 9, "line": {"color": style.INK, "width": 1}},
            "hovertext": [_hover(row) for row in part.to_dict("records")],
            "hovertemplate": "%{hovertext}<extra></extra>",
            "cliponaxis": False,  # a mark at 0 is whole
            "name": safe(str(key)) or "value",
            "showlegend": bool(key),
        }
        if half.notna().any():
            trace["error_x"] = {
                "type": "data",
                "array": (half / pd.Timedelta(milliseconds=1)).fillna(0).to_numpy(),
                "color": strong(colour),
                "thickness": 1.5,
                "width": 4,
            }
        if (part["low"] < part["high"]).any():
            trace["error_y"] = {
                "type": "data",
                "symmetric": False,
                "array": (part["high"] - middle).clip(lower=0).fillna(0).to_numpy(),
                "arrayminus": (middle - part["low"]).clip(lower=0).fillna(0).to_numpy(),
                "color": strong(colour),
                "thickness": 1.5,
                "width": 5,
            }
        traces.append(trace)
    return traces


def _hover(row: dict[str, Any]) -> str:
    figure = said(row["low"], row["high"]) or number(row["value"])
    if row["qualifier"] in ("about", "nearly", "more-than"):
        figure = f"{row['qualifier'].replace('-', ' ')} {number(row['value'])}"
    day = _date(row["date"])
    if row["date_until"] > row["date"]:
        day = f"{day} to {_date(row['date_until'])}"
    lines = [f"<b>{safe(figure)} {safe(row['unit'])}</b>", day]
    if isinstance(row["item"], str):
        lines += map(safe, wrap_to(row["item"], 420))
    lines += map(safe, wrap_to(f"said by {row['claimant']}", 420))
    if pd.notna(row["reported_on"]):
        lines.append(f"reported on {_date(row['reported_on'])}")
    if isinstance(row["note"], str):
        lines += map(safe, wrap_to(row["note"], 420))
    return "<br>".join(lines)


def _events(chronicle: Chronicle, start: pd.Timestamp, end: pd.Timestamp) -> pd.DataFrame:
    events = chronicle.events
    events = events[(events["importance"].astype(int) == 1) & (events["date"] >= start) & (events["date"] < end)]
    return events.assign(
        at=events["start"].where(events["time_local"].notna(), events["date"] + pd.Timedelta(hours=12))
    )


def _lane(
    events: pd.DataFrame, start: pd.Timestamp, scale: float, plot: float
) -> tuple[dict[str, tuple[float, str, bool]], int, set[str]]:
    """Give each event its height in the lane, and as many as fit their title."""
    lane: dict[str, tuple[float, str, bool]] = {}
    rows = Rows()
    if events.empty:
        return lane, 0, set()
    x = ((events["at"] - start) / ONE_DAY * scale).to_dict()
    force = events["kind"].isin(["targeted-killing", "missile-strike", "airstrike", "rocket-attack", "embassy-attack"])
    order = events.assign(first=~force, sources=-events["source_ids"].map(len)).sort_values(
        ["first", "sources"], kind="stable"
    )
    for key, title in order["title"].items():
        lines = wrap(str(title))
        room = max(map(text_width, lines)) + 14
        spots = []
        for left, right, leftward in ((x[key] - 7, x[key] + room, False), (x[key] - room, x[key] + 7, True)):
            if left >= 0 and right <= plot:
                spots.append((rows.room(left, right, LABEL_ROWS), left, right, leftward))
        if spots and min(spots)[0] + LABEL_ROWS <= 4 * LABEL_ROWS:
            row, left, right, leftward = min(spots)
            rows.take(row, left, right, LABEL_ROWS)
            lane[str(key)] = ((row + LABEL_ROWS / 2) * ROW, "<br>".join(map(safe, lines)), leftward)
    marked, first = set(lane), len(rows)
    for key in events.index.difference(list(lane), sort=False):
        row = rows.room(x[key] - 6, x[key] + 6)
        rows.take(row, x[key] - 6, x[key] + 6)
        # A pile higher than that says no more.
        row = row if row < first + MOST_PILED else first + row % MOST_PILED
        lane[str(key)] = ((row + 0.5) * ROW, "", False)
    height = min(len(rows), first + MOST_PILED) * ROW + 8
    return lane, height, marked


def _event_traces(
    events: pd.DataFrame, lane: dict[str, tuple[float, str, bool]], axis: str, marked: set[str]
) -> list[dict[str, Any]]:
    y = np.array([lane[key][0] for key in events.index])
    looks = [style.mark(str(side)) for side in events["side"]]
    shared = {"type": "scatter", "x": _written(events["at"]), "y": y, "yaxis": axis, "showlegend": False}
    return [
        shared
        | {
            "mode": "markers+text",
            "marker": {"size": 18, "opacity": 0},
            "text": [lane[key][1] for key in events.index],
            "textposition": ["middle left" if lane[key][2] else "middle right" for key in events.index],
            "textfont": {"size": TEXT, "color": style.INK, "shadow": ", ".join(["0 0 2px white"] * 4)},
            "hoverinfo": "skip",
            "name": "titles",
        },
        shared
        | {
            "mode": "markers",
            "marker": {
                "symbol": [look.symbol for look in looks],
                "color": [look.outline if "open" in look.symbol else look.colour for look in looks],
                "size": 11,
                "line": {"color": style.INK, "width": 1},
            },
            "cliponaxis": False,
            "customdata": events.index.to_numpy(),
            "hovertext": [
                f"<b>{'<br>'.join(map(safe, wrap_to(title, 420)))}</b><br>{day:%A} {_date(day)}<br>{safe(look.label)}"
                for title, day, look in zip(events["title"], events["date"], looks, strict=True)
            ],
            "hovertemplate": "%{hovertext}<extra></extra>",
            "name": "events",
        },
    ]


def _widest(keys: list[str]) -> float:
    return max([text_width(key) for key in keys], default=100) + 50


def _days(rows: pd.DataFrame) -> str:
    first, last = rows["date"].min(), rows["date_until"].max()
    return f"on {_date(first)}" if first == last else f"from {_date(first)} to {_date(last)}"


def _units(table: pd.DataFrame, name: str) -> str:
    return joined(table.loc[table["series"] == name, "unit"].unique())


def _reach(table: pd.DataFrame) -> tuple[pd.Timestamp, pd.Timestamp]:
    start, end = table["date"].min(), table["date_until"].max() + ONE_DAY
    margin = max((end - start) * 0.04, ONE_DAY * 2)
    return start - margin, end + margin


def _near_zero(rows: pd.DataFrame) -> bool:
    """Whether the axis starts at zero: not where all values lie far from it and close together, as prices do."""
    values = pd.concat([rows["value"], rows["low"], rows["high"]]).dropna()
    return bool(len(values) == 0 or values.min() < 0.6 * values.max())


def _all_zero(rows: pd.DataFrame) -> bool:
    values = pd.concat([rows["value"], rows["low"], rows["high"]]).dropna()
    return bool(len(values) and (values == 0).all())


def _sentences(table: pd.DataFrame, names: list[str], indicators: pd.DataFrame, events: pd.DataFrame) -> list[str]:
    sentences = []
    for name in names[:3]:
        rows = table[table["series"] == name]
        if rows.empty:
            sentences.append(f"{indicators['title'][name]}: no value is known yet.")
            continue
        lowest, highest = rows["low"].fillna(rows["value"]), rows["high"].fillna(rows["value"])
        items = rows["item"].nunique()
        sentences.append(
            f"{indicators['title'][name]}: {_count(len(rows), 'value')} {_days(rows)}, "
            f"from {number(lowest.min())} to {number(highest.max())} "
            f"{_units(table, name)}"
            + (f", of {items} different items" if items > 1 else "")
            + f", stated by {_count(rows['who'].nunique(), 'claimant')}."
        )
    if len(names) > 3:
        rest = len(names) - 3
        sentences.append(f"{rest} more series {'is' if rest == 1 else 'are'} in the table.")
    if len(names) == 1:
        sentences.append(str(indicators["definition"][names[0]]))
        if table["joined"].all() and table["key"].duplicated().any() and table["who"].nunique() > 1:
            sentences.append("A line joins only what one claimant said of one item.")
    if len(events):
        told = (
            "1 event that tells the story stands"
            if len(events) == 1
            else f"{len(events)} events that tell the story stand"
        )
        sentences.append(f"{told} above; standing there explains nothing.")
    return sentences


def _empty(title: str, chronicle: Chronicle) -> go.Figure:
    reason = "No value of this series in this view."
    if chronicle.known_on is not None:
        reason = f"No value of this series was known by the end of {_date(chronicle.known_on)}."
    note = {"text": reason, "showarrow": False, "font": {"size": 15}, "xref": "paper", "yref": "paper"}
    layout = {"template": style.template(), "title": {"text": title}, "height": 240, "annotations": [note]}
    figure = Exhibit({"layout": layout | {"xaxis": {"visible": False}, "yaxis": {"visible": False}}})
    return carry(figure, [reason], pd.DataFrame({"series": [], "date": [], "value": []}))


def _written(moments: pd.Series) -> np.ndarray:
    return np.datetime_as_string(moments.to_numpy("M8[m]"), unit="m").astype(object)


def _date(day: pd.Timestamp) -> str:
    return f"{day.day} {day:%B %Y}"


def _count(count: int, noun: str) -> str:
    return f"{count:,} {noun}{'' if count == 1 else 's'}"
