"""The actor map with a date slider that needs no kernel: every tie drawn once, shown on the days it was in force."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from html import escape
from itertools import pairwise
from textwrap import wrap
from typing import Any

import pandas as pd

from edition.clean import marked
from helpers import network, style
from helpers.chronicle import Chronicle
from helpers.figures.actor_map import FAMILIES, SHORT, SIZES

FIRST, LAST = "2019-12-01", "2020-03-31"
COLUMN, ROW = 76, 92  # pixels of a place in the layout, at full size
SIZE = 14
KEY = 36  # height of the legend, in pixels
NAMED = 6
"""So many changes of a day are named one by one."""


@dataclass(frozen=True, slots=True)
class Stop:
    """A day at which the map changes, and what changed since the stop before it, in words."""

    day: pd.Timestamp
    text: str


def slider_data(
    chronicle: Chronicle, *, on: str | None = None, focus: str | None = None, first: str = FIRST, last: str = LAST
) -> dict[str, Any]:
    """Return what the page needs: the days at which ties change, the actors at their places, the ties with their days.

    Parameters
    ----------
    chronicle
        The record. The map shows its main actors, and those tied to the one in focus.
    on
        The day on which the slider stands at first.
    focus
        The actor whose ties stand out at first.
    first, last
        The days between which the slider moves.

    Examples
    --------
    >>> from helpers import load
    >>> data = slider_data(load(), on="2020-01-03")
    >>> data["stops"][data["stop"]]["day"], len(data["stops"]) > 10
    ('3 January 2020', True)
    """
    stage = list(network.ranking(chronicle).index[: network.MAIN])
    if focus is not None:
        stage = list(dict.fromkeys([*stage, *network.neighbours(chronicle, focus).index]))
    places = network.layout(chronicle, stage)
    actors = chronicle.actors.reindex(stage)
    days = pd.date_range(first, last)
    held = _held(chronicle, set(stage), days)
    died = {
        actor: until
        for actor, until, kind in zip(actors.index, actors["active_until"], actors["kind"], strict=True)
        if pd.notna(until) and kind == "person"
    }
    turning = _turning_days(held, died, days)
    names = actors["name"].to_dict()
    stops, before = [], days[0]
    for day in turning:
        text = _first_words(held, day) if day == days[0] else _change_words(chronicle, held, names, died, before, day)
        stops.append(Stop(day, text))
        before = day
    here = pd.Timestamp(on) if on is not None else days[-1]
    order = {actor: number for number, actor in enumerate(stage)}
    family = {kind: number for number, kin in enumerate(FAMILIES) for kind in kin.kinds}
    relations = chronicle.relations.loc[list(held)]
    ties = [
        {
            "from": order[row.source_actor],
            "to": order[row.target_actor],
            "family": family.get(str(row.kind), len(FAMILIES) - 1),
            "kind": str(row.kind).replace("-", " "),
            "dashed": row.status in ("contested", "alleged"),
            "mutual": row.direction == "mutual",
            "stops": [number for number, stop in enumerate(stops) if stop.day in held[str(row.Index)]],
        }
        for row in relations.itertuples()
    ]
    return {
        "stops": [{"day": _words(stop.day), "text": stop.text} for stop in stops],
        "stop": max([number for number, stop in enumerate(stops) if stop.day <= here], default=0),
        "focus": order.get(focus, -1) if focus else -1,
        "actors": [
            {
                "name": str(row["name"]),
                "label": _label(row),
                "side": str(row["side"]),
                "size": SIZES.get(str(row["kind"]), SIZE),
                "x": places.places[str(key)][0],
                "y": places.places[str(key)][1],
                "gone": next((n for n, stop in enumerate(stops) if key in died and stop.day >= died[key]), -1),
            }
            for key, row in actors.iterrows()
        ],
        "ties": ties,
        "blocks": [[block.side, block.left, block.right, block.top, block.bottom] for block in places.blocks],
    }


def slider_svg(data: dict[str, Any], name: str) -> str:
    """Return the map as SVG, in the state of its first stop to be shown; ``name`` begins its ids.

    Every text is escaped. Actors and ties are in the order of the data, so that a script finds them by their number.
    """
    actors = data["actors"]
    left = min(block[1] for block in data["blocks"]) - 0.15
    right = max(block[2] for block in data["blocks"]) + 0.15
    top = max(block[3] for block in data["blocks"]) + 0.75
    bottom = min(block[4] for block in data["blocks"]) - 0.15

    def x(value: float) -> float:
        return round((value - left) * COLUMN, 1)

    def y(value: float) -> float:
        return round((top - value) * ROW, 1)

    parts = [
        f'<svg class="map" id="{name}-map" viewBox="0 0 {x(right):g} {y(bottom) + KEY:g}" role="img" '
        f'aria-labelledby="{name}-title {name}-said"><defs>{_markers(name)}</defs>'
    ]
    sides = [block[0] for block in data["blocks"]]
    for side, a, b, high, low in data["blocks"]:
        size = f'width="{x(b) - x(a):g}" height="{y(low) - y(high):g}"'
        parts.append(f'<rect class="ground" x="{x(a)}" y="{y(high)}" {size}/>')
        lines = wrap(SHORT.get(side, style.mark(side, sides).label), max(9, int(8 * (b - a))))
        for number, line in enumerate(reversed(lines)):
            at = y(high) - 6 - 15 * number
            parts.append(f'<text class="side" x="{(x(a) + x(b)) / 2:g}" y="{at:g}">{escape(line)}</text>')
    nth: Counter[frozenset[int]] = Counter()
    for tie in data["ties"]:
        pair = frozenset((tie["from"], tie["to"]))
        bow = _bow(actors[tie["from"]], actors[tie["to"]], nth[pair], tie["from"] < tie["to"])
        nth[pair] += 1
        a, c, m, d, b = (f"{x(px):g} {y(py):g}" for px, py in bow)
        kin = FAMILIES[tie["family"]]
        classes = ["tie", *(["dashed"] if tie["dashed"] else []), *([] if data["stop"] in tie["stops"] else ["off"])]
        if data["focus"] >= 0 and data["focus"] not in pair:
            classes.append("faint")
        mark = f"{name}-{'both' if tie['mutual'] else 'way'}-{tie['family']}"
        parts.append(
            f'<path class="{" ".join(classes)}" d="M{a}Q{c} {m}Q{d} {b}" '
            f'stroke="{kin.colour}" marker-mid="url(#{mark})"/>'
        )
    for number, actor in enumerate(actors):
        look = style.mark(actor["side"], sides)
        classes = ["actor", *(["gone"] if 0 <= actor["gone"] <= data["stop"] else [])]
        if number == data["focus"]:
            classes.append("chosen")
        shape = _shape(look.symbol, actor["size"] / 2)
        below = actor["size"] / 2 + 13
        label = "".join(
            f'<tspan x="0" dy="{below if not line else 14:g}">{escape(text)}</tspan>'
            for line, text in enumerate(actor["label"])
        )
        parts.append(
            f'<g class="{" ".join(classes)}" transform="translate({x(actor["x"]):g} {y(actor["y"]):g})">'
            f'<circle class="ring" r="17"/><path class="shape" d="{shape}" fill="{look.colour}"/><text>{label}</text></g>'
        )
    return "".join([*parts, _key(name, 12, y(bottom) + KEY / 2), "</svg>"])


def changes_table(data: dict[str, Any]) -> str:
    """Return all stops as a list in words: the same as the slider for those who read."""
    items = [
        f"<li><strong>{escape(stop['day'])}.</strong> {marked(stop['text'].partition(': ')[2] or stop['text'])}</li>"
        for stop in data["stops"]
    ]
    return f"<ul>{''.join(items)}</ul>"


def _held(chronicle: Chronicle, stage: set[str], days: pd.DatetimeIndex) -> dict[str, set[pd.Timestamp]]:
    """Return for each tie between actors of the stage the days on whose evening it was in force."""
    held: dict[str, set[pd.Timestamp]] = {}
    for day in days:
        found = network.ties(chronicle, on=day)
        for key in found.index[found["source_actor"].isin(stage) & found["target_actor"].isin(stage)]:
            held.setdefault(str(key), set()).add(day)
    return held


def _turning_days(
    held: dict[str, set[pd.Timestamp]], died: dict[str, pd.Timestamp], days: pd.DatetimeIndex
) -> list[pd.Timestamp]:
    """Return the first day and every day whose ties, or living, differ from those of the day before."""
    turning = {days[0], *(day for day in died.values() if days[0] <= day <= days[-1])}
    for when in held.values():
        for before, day in pairwise(days):
            if (before in when) != (day in when):
                turning.add(day)
    return sorted(turning)


def _first_words(held: dict[str, set[pd.Timestamp]], day: pd.Timestamp) -> str:
    return f"{_words(day)}: {sum(day in when for when in held.values())} ties are in force on the map at the start."


def _change_words(
    chronicle: Chronicle,
    held: dict[str, set[pd.Timestamp]],
    names: dict[str, str],
    died: dict[str, pd.Timestamp],
    before: pd.Timestamp,
    day: pd.Timestamp,
) -> str:
    began = [key for key, when in held.items() if day in when and before not in when]
    ended = [key for key, when in held.items() if day not in when and before in when]
    dead = [names[actor] for actor, when in died.items() if before < when <= day]
    parts = [f"{_words(day)}: since {_words(before)}, {_count(len(began))} began and {len(ended)} ended."]
    if dead:
        parts.append(f"Dead: {', '.join(dead)}.")
    relations = chronicle.relations
    for word, keys in (("Began", began), ("Ended", ended)):
        told = [
            f"{names[row.source_actor]} – {str(row.kind).replace('-', ' ')} – {names[row.target_actor]}"
            for row in relations.loc[keys[:NAMED]].itertuples()
        ]
        more = f"; and {len(keys) - NAMED} more" if len(keys) > NAMED else ""
        if told:
            parts.append(f"{word}: {'; '.join(told)}{more}.")
    return " ".join(parts)


def _bow(source: dict[str, Any], target: dict[str, Any], nth: int, forward: bool) -> list[tuple[float, float]]:
    """Return a tie as two quadratic curves that meet in its middle, where its arrow stands."""
    ax, ay, bx, by = source["x"], source["y"], target["x"], target["y"]
    dx, dy = bx - ax, by - ay
    length = max((dx * dx + dy * dy) ** 0.5, 1e-9)
    bend = (0.45 if abs(dx) < 0.4 and abs(dy) > 1.2 else min(0.1 * length, 0.5)) + 0.28 * nth
    sign = 1 if forward else -1
    cx = (ax + bx) / 2 - 2 * bend * sign * dy / length
    cy = (ay + by) / 2 + 1.2 * bend * sign * dx / length
    first, second = ((ax + cx) / 2, (ay + cy) / 2), ((cx + bx) / 2, (cy + by) / 2)
    middle = ((first[0] + second[0]) / 2, (first[1] + second[1]) / 2)
    return [(ax, ay), first, middle, second, (bx, by)]


_SIGNS = (  # one-way and mutual, on a square of 8 by 8; open ones are white inside
    ("M.7 .7L7.3 4L.7 7.3Z", "M4 1A3 3 0 1 0 4.01 1Z"),
    ("M0 0L8 4L0 8Z", "M4 .5A3.5 3.5 0 1 0 4.01 .5Z"),
    ("M0 0L5.5 4L0 8ZM6 0H8V8H6Z", "M0 1L1 0L4 3L7 0L8 1L5 4L8 7L7 8L4 5L1 8L0 7L3 4Z"),
    ("M0 0H4L8 4L4 8H0Z", "M.5 .5H7.5V7.5H.5Z"),
    ("M0 0L8 4L0 8L3 4Z", "M4 0L8 4L4 8L0 4Z"),
)
_OPEN = 0


def _markers(name: str) -> str:
    """Return the signs on the middle of ties: a shape for each family, so that colour is not all that tells them apart."""
    made = []
    for number, (kin, shapes) in enumerate(zip(FAMILIES, _SIGNS, strict=True)):
        look = f'fill="#fff" stroke="{kin.colour}"' if number == _OPEN else f'fill="{kin.colour}"'
        for kind, shape in zip(("way", "both"), shapes, strict=True):
            made.append(
                f'<marker id="{name}-{kind}-{number}" viewBox="0 0 8 8" refX="4" refY="4" markerWidth="10" '
                f'markerHeight="10" markerUnits="userSpaceOnUse" orient="auto"><path d="{shape}" {look}/></marker>'
            )
    return "".join(made)


def _key(name: str, x: float, y: float) -> str:
    """Return the legend: a line with its sign for each family, from left to right."""
    parts = []
    for number, kin in enumerate(FAMILIES):
        line = f'd="M{x:g} {y:g}h18h18" stroke="{kin.colour}" marker-mid="url(#{name}-way-{number})"'
        parts.append(
            f'<path class="sample" {line}/><text class="key" x="{x + 44:g}" y="{y + 4:g}">{escape(kin.label)}</text>'
        )
        x += 56 + 6.2 * len(kin.label)
    return "".join(parts)


_CORNERS: dict[str, list[tuple[float, float]]] = {
    "square": [(-0.9, -0.9), (0.9, -0.9), (0.9, 0.9), (-0.9, 0.9)],
    "diamond": [(0, -1.2), (1.2, 0), (0, 1.2), (-1.2, 0)],
    "hexagon": [(-0.55, -1), (0.55, -1), (1.1, 0), (0.55, 1), (-0.55, 1), (-1.1, 0)],
    "triangle-up": [(0, -1.15), (1.1, 0.85), (-1.1, 0.85)],
    "triangle-down": [(0, 1.15), (1.1, -0.85), (-1.1, -0.85)],
    "pentagon": [(0, -1.1), (1.05, -0.34), (0.65, 0.9), (-0.65, 0.9), (-1.05, -0.34)],
    "bowtie": [(-1.1, -0.9), (1.1, 0.9), (1.1, -0.9), (-1.1, 0.9)],
    "cross": [
        *((-0.4, -1.1), (0.4, -1.1), (0.4, -0.4), (1.1, -0.4), (1.1, 0.4), (0.4, 0.4)),
        *((0.4, 1.1), (-0.4, 1.1), (-0.4, 0.4), (-1.1, 0.4), (-1.1, -0.4), (-0.4, -0.4)),
    ],
    "x": [
        *((-1.1, -0.55), (-0.55, -1.1), (0, -0.55), (0.55, -1.1), (1.1, -0.55), (0.55, 0)),
        *((1.1, 0.55), (0.55, 1.1), (0, 0.55), (-0.55, 1.1), (-1.1, 0.55), (-0.55, 0)),
    ],
    "star": [
        *((0, -1.25), (0.29, -0.4), (1.19, -0.39), (0.48, 0.15), (0.73, 1.01)),
        *((0, 0.5), (-0.73, 1.01), (-0.48, 0.15), (-1.19, -0.39), (-0.29, -0.4)),
    ],
}


def _shape(symbol: str, radius: float) -> str:
    """Return a side's symbol as the data of a path around 0."""
    corners = _CORNERS.get(symbol)
    if corners is None:
        return f"M{-radius:g} 0A{radius:g} {radius:g} 0 1 0 {radius:g} 0A{radius:g} {radius:g} 0 1 0 {-radius:g} 0Z"
    return "M" + "L".join(f"{px * radius:.1f} {py * radius:.1f}" for px, py in corners) + "Z"


def _label(row: Any) -> list[str]:
    lines = wrap(str(row["short_name"]), 14, break_long_words=False)
    return [*lines[:1], "…"] if len(lines) > 1 and len(lines[1]) > 16 else lines[:2]


def _count(number: int) -> str:
    return "1 tie" if number == 1 else f"{number} ties"


def _words(day: pd.Timestamp) -> str:
    return f"{day.day} {day:%B %Y}"
