"""The actor map: who is tied to whom on a day, on a layout that stays where it is when the day moves."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from html import escape
from textwrap import wrap
from typing import Any, Literal

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from helpers import network, style
from helpers.chronicle import Chronicle, Day, check
from helpers.figures.exhibit import Exhibit, carry
from helpers.figures.texts import Text, texts

ROW = 86
"""Height of a row of the layout, in pixels."""
LABELLED = 240
"""With more actors than this, only the most important ones have a label."""
STEPS = 13
ISOLATE, POP = "\u2068", "\u2069"  # keep a right-to-left name from reordering what stands beside it


@dataclass(frozen=True, slots=True)
class Family:
    """Kinds of tie that look alike: label, colour, midpoint symbols for one-way and two-way ties, the kinds."""

    label: str
    colour: str
    arrow: str
    mutual: str
    kinds: tuple[str, ...]


FAMILIES = (
    Family(
        "Belongs to, led by, commands",
        "#6b7480",
        "triangle-up-open",
        "circle-open",
        ("part-of", "member-of", "led-by", "commands"),
    ),
    Family(
        "Works with, supports, arms, hosts",
        "#1f6fb2",
        "triangle-up",
        "circle",
        ("allied", "supports", "works-with", "close-to", "funds-arms", "trains", "advises", "hosts"),
    ),
    Family("Opposes, objects to, accuses", "#b3261e", "arrow-bar-up", "x", ("opposes", "objects-to", "accuses")),
    Family(
        "Sanctions, designates as terrorist",
        "#7a5200",
        "star-triangle-up",
        "star-square",
        ("sanctions", "designates-terrorist"),
    ),
    Family("Other ties", "#4b3b8f", "arrow-wide", "diamond", ()),
)
SIZES = {"state": 20, "igo": 18, "coalition": 18, "person": 10}
SIZE = 14
SHORT = {"contested": "Contested", "iraqi-political": "Iraqi politics"}
OVER = ("ended", "began and ended")
DEATHS = ("killed", "died")

Columns = dict[str, np.ndarray]
"""What is drawn of some actors or ties. It is picked from that of the whole record: pandas is slow with small tables."""


def actor_map(
    chronicle: Chronicle,
    on: Day | None = None,
    focus: str | None = None,
    depth: int = 1,
    kinds: str | Iterable[str] | None = None,
    since: Day | None = None,
    show: Literal["main", "all"] | Iterable[str] = "main",
) -> go.Figure:
    """Draw who is tied to whom at the end of a day.

    Sides stand in columns, a body above those who belong to it; the places come from the whole record
    (:func:`helpers.network.layout`), so nothing moves when the day does and what changes is what one sees. The colour
    and symbol of an actor are its side's, the size tells states and alliances from bodies and groups and from persons.
    The colour of a tie is its family, the mark on its middle has its direction and, on hover, its dates, status, who
    states it and the sources; contested and alleged ties are dashed. Who died by the day is drawn hollow.

    Parameters
    ----------
    chronicle
        The record or a view of it.
    on
        The day. Without it: the day as of which the view is seen, or the last day of the record.
    focus
        An actor: only this one and those within ``depth`` steps are shown; ties that don't touch it are faint.
    depth
        Number of steps from ``focus``, at least 1.
    kinds
        Kinds of tie, values of ``relations.kind``; without it, all.
    since
        An earlier day: ties that began after it are thick, ties that ended are dotted and crossed, all others faint.
    show
        Without ``focus``: ``"main"``, the 42 actors with the highest :func:`helpers.network.ranking` (roles in events,
        weighted by importance, and ties, over the whole record); ``"all"``; or keys of actors.

    Returns
    -------
    plotly.graph_objects.Figure
        With text and table for `describe` and `as_table`; ``customdata`` holds the keys of actors and ties.

    Raises
    ------
    ValueError
        For an unknown actor or kind of tie (naming the nearest), a depth below 1, a day that is none, or ``since``
        after ``on``.

    Examples
    --------
    >>> from helpers import load
    >>> from helpers.figures.exhibit import describe
    >>> figure = actor_map(load(), on="2020-01-03", focus="qasem-soleimani", since="2020-01-02")
    >>> "Qasem Soleimani (3 January 2020)" in describe(figure)
    True
    """
    day = _day(chronicle, on)
    earlier = None if since is None else network.day_of(since)
    kinds = kinds if kinds is None or isinstance(kinds, str) else list(kinds)
    held = _ties(chronicle, day, earlier, kinds)
    stage = _stage(chronicle, focus, depth, kinds, show)
    shown = _present(chronicle, day, stage, held, focus, depth, kinds)
    stands = set(shown["key"])
    ends = zip(held["source"], held["target"], strict=True)
    drawn = _pick(held, _which(a in stands and b in stands for a, b in ends))
    places = network.layout(chronicle, stage)

    traces: list[dict[str, Any]] = []
    if len(stands):
        spots = np.array([places.places[actor] for actor in shown["key"]])
        shown |= {"x": spots[:, 0], "y": spots[:, 1]}
        traces += _belonging(shown, drawn) if kinds is None else []
        traces += _tie_traces(shown, drawn, focus, earlier)
        traces += _actor_traces(shown, drawn, focus)
        traces += texts(_names(chronicle, shown, focus), halo=True, cliponaxis=False, name="Names") + _key(shown, drawn)
    layout = _layout(places, _title(day, focus, chronicle), _subtitle(shown, drawn, held, earlier), empty=not stands)
    figure = Exhibit.of(traces, layout)
    words = _sentences(chronicle, day, earlier, focus, show, shown, drawn, held)
    return carry(figure, words, _table(chronicle, drawn), narrowest=style.NARROWEST)


def _day(chronicle: Chronicle, on: Day | None) -> pd.Timestamp:
    if on is not None:
        return network.day_of(on)
    if chronicle.known_on is not None:
        return chronicle.known_on
    return pd.Timestamp(chronicle.whole.events["date"].max())


def _ties(
    chronicle: Chronicle, day: pd.Timestamp, earlier: pd.Timestamp | None, kinds: str | list[str] | None
) -> Columns:
    """Return the ties of the day and, if compared with an earlier one, those that ended since, with ``change``."""
    held = network.ties(chronicle, day, kinds)
    keys, certain = held.index.to_list(), held["certain"].to_list()
    change = [""] * len(keys)
    if earlier is not None:
        changed = network.changes(chronicle, earlier, day, kinds)["change"].to_dict()
        gone = {tie: what for tie, what in changed.items() if what != "began"}
        change = ["began" if changed.get(tie) == "began" else "" for tie in keys] + list(gone.values())
        keys, certain = keys + list(gone), certain + [True] * len(gone)
    index, every = chronicle.derived(_every_tie)
    ties = _pick(every, index.get_indexer(keys))
    return ties | {"change": np.array(change, dtype=object), "certain": np.array(certain)}


def _stage(
    chronicle: Chronicle,
    focus: str | None,
    depth: int,
    kinds: str | list[str] | None,
    show: Literal["main", "all"] | Iterable[str],
) -> list[str]:
    """Return the actors that have a place in this view on any day."""
    everyone = chronicle.whole.actors.index
    if focus is not None:
        check("actor", focus, everyone)
        network.of_kinds(chronicle, kinds)
        return list(network.neighbours(chronicle.whole, focus, depth=depth, kinds=kinds).index)
    if isinstance(show, str):
        check("way to show actors", show, ["main", "all"])
        return list(network.ranking(chronicle).index[: network.MAIN if show == "main" else None])
    wanted = list(show)
    for actor in wanted:
        check("actor", actor, everyone)
    return wanted


def _present(
    chronicle: Chronicle,
    day: pd.Timestamp,
    stage: list[str],
    held: Columns,
    focus: str | None,
    depth: int,
    kinds: str | list[str] | None,
) -> Columns:
    """Return the actors of the view that are known and active, or were before; with ``gone``: killed, died, ended."""
    every = chronicle.derived(_every_actor)
    actors = _pick(every, np.isnat(every["from"]) | (every["from"] <= day.to_datetime64()))
    near = set(stage)
    if focus is not None:
        near = {focus} & set(actors["key"])
        edges = list(zip(held["source"], held["target"], strict=True))
        if kinds is None:
            belong = zip(actors["key"], actors["parent"], strict=True)
            edges += [(child, parent) for child, parent in belong if isinstance(parent, str)]
        for _ in range(depth if near else 0):
            near |= {b for a, b in edges if a in near} | {a for a, b in edges if b in near}
    near &= set(stage)
    shown = _pick(actors, _which(actor in near for actor in actors["key"]))
    return shown | {"gone": np.array(_gone(chronicle, shown, day), dtype=object)}


def _gone(chronicle: Chronicle, actors: Columns, day: pd.Timestamp) -> list[str]:
    """Return for each actor what ended its part by the day: ``killed``, ``died`` if no more is known, ``ended``."""
    struck, events = chronicle.derived(_struck), chronicle.events.index
    words = []
    for actor, kind, until in zip(actors["key"], actors["kind"], actors["until"], strict=True):
        if pd.isna(until) or until > day:
            words.append("")
        elif kind != "person":
            words.append("ended")
        else:
            words.append("killed" if any(event in events for event in struck.get((actor, until), ())) else "died")
    return words


def _pick(columns: Columns, rows: np.ndarray) -> Columns:
    return {name: values[rows] for name, values in columns.items()}


def _which(chosen: Iterable[bool]) -> np.ndarray:
    return np.fromiter(chosen, dtype=bool)


# What does not depend on the day shown; found out once for each day as of which the record is seen


def _every_actor(record: Chronicle) -> Columns:
    """Return what is drawn of each actor, with the three parts of its text that stay the same."""
    actors, names = record.actors, record.derived(_all_names)
    publishers = record.derived(_publishers)
    first, middle, last = [], [], []
    for row in actors.to_dict("records"):
        lines = [f"<b>{_clean(row['name'])}</b>"]
        for column, language in (("name_ar", "Arabic"), ("name_fa", "Persian")):
            if isinstance(row[column], str):
                lines.append(f"{language}: {ISOLATE}{_clean(row[column])}{POP}")
        kind = str(row["kind"]).replace("-", " ")
        lines.append(f"{_clean(kind)} · {_clean(style.mark(str(row['side']), [str(row['side'])]).label)}")
        if isinstance(row["parent"], str):
            lines.append(f"belongs, on paper, to {_clean(names.get(row['parent'], row['parent']))}")
        first.append("<br>".join(lines))
        lines = [f"since {_date(row['active_from'])}"] if pd.notna(row["active_from"]) else []
        lines += _lines(row["description"]) if isinstance(row["description"], str) else []
        middle.append("<br>".join(lines))
        last.append("<br>".join(_cited(row["source_ids"], publishers)))
    texts = {"first": first, "middle": middle, "last": last, "side": actors["side"].astype(str)}
    texts |= {"key": actors.index, "until": actors["active_until"]}
    texts |= {name: actors[name] for name in ("name", "short_name", "kind", "parent")}
    columns = {name: np.array(list(values), dtype=object) for name, values in texts.items()}
    return columns | {"from": actors["active_from"].to_numpy(), "size": _sizes(actors)}


def _every_tie(record: Chronicle) -> tuple[pd.Index, Columns]:
    """Return what is drawn of each tie, with the two parts of its text that stay the same; and the keys of the ties."""
    ties, names, publishers = record.relations, record.derived(_all_names), record.derived(_publishers)
    meanings = record.package.tables["relations"]["kind"].meanings
    first, last = [], []
    for row in ties.itertuples(index=False):
        arrow = "↔" if row.direction == "mutual" else "→"
        kind = meanings.get(str(row.kind)) or str(row.kind).replace("-", " ")
        status = str(row.status) if row.status == row.status and row.status is not None else "status not known that day"
        if isinstance(row.stated_by, str):
            status += f", stated by {names.get(row.stated_by, row.stated_by)}"
        lines = [
            f"<b>{_clean(names[row.source_actor])} {arrow} {_clean(names[row.target_actor])}</b>",
            f"{_clean(kind)} · {_clean(status)}",
            f"{_began(row.start, row.start_until)} – {_ends(row.end, row.end_until)}",
        ]
        first.append("<br>".join(lines))
        lines = _lines(row.description) if isinstance(row.description, str) else []
        last.append("<br>".join([*lines, *_cited(row.source_ids, publishers)]))
    texts = {"first": first, "last": last, "key": ties.index, "kind": ties["kind"], "status": ties["status"]}
    texts |= {"source": ties["source_actor"], "target": ties["target_actor"]}
    family = ties["kind"].astype(str).map(_family_of()).fillna(len(FAMILIES) - 1)
    return ties.index, {name: np.array(list(values), dtype=object) for name, values in texts.items()} | {
        "row": np.arange(len(ties)),
        "family": family.to_numpy(dtype=int),
        "dashed": ties["status"].isin(["contested", "alleged"]).to_numpy(),
        "mutual": (ties["direction"] == "mutual").to_numpy(),
    }


def _struck(record: Chronicle) -> dict[tuple[str, pd.Timestamp], list[str]]:
    """Return the events that struck an actor on a day."""
    roles, dates = record.event_actors, record.events["date"]
    hit = roles[roles["role"].isin(["victim", "target"])]
    struck: dict[tuple[str, pd.Timestamp], list[str]] = {}
    for event, actor, day in zip(hit["event_id"], hit["actor_id"], dates.reindex(hit["event_id"]), strict=True):
        struck.setdefault((actor, day), []).append(event)
    return struck


def _all_names(record: Chronicle) -> dict[str, str]:
    return record.actors["name"].to_dict()


def _publishers(record: Chronicle) -> dict[str, str]:
    return record.sources["publisher"].to_dict()


# Drawing


def _belonging(shown: Columns, drawn: Columns) -> list[dict[str, Any]]:
    """Return thin lines from each actor to the body it belongs to on paper, where no tie says so already."""
    tied = {frozenset(pair) for pair in zip(drawn["source"], drawn["target"], strict=True)}
    x, y = (dict(zip(shown["key"], shown[axis].tolist(), strict=True)) for axis in ("x", "y"))
    across: list[float | None] = []
    upward: list[float | None] = []
    for child, parent, gone in zip(shown["key"], shown["parent"], shown["gone"], strict=True):
        if parent in x and not gone and frozenset((child, parent)) not in tied:
            across += [x[parent], x[child], None]
            upward += [y[parent], y[child], None]
    if not across:
        return []
    look = dict(color="#c9ced4", width=1)
    return [_line(across, upward, look, name="Part of it on paper, undated", hoverinfo="skip")]


def _tie_traces(
    shown: Columns, drawn: Columns, focus: str | None, earlier: pd.Timestamp | None
) -> list[dict[str, Any]]:
    if not len(drawn["key"]):
        return []
    x, y = _curves(shown, drawn)
    family, dashed, mutual, change = drawn["family"], drawn["dashed"], drawn["mutual"], drawn["change"]
    touching = np.ones(len(family), dtype=bool)
    if focus is not None:
        touching = (drawn["source"] == focus) | (drawn["target"] == focus)
    changed = np.where(change == "began", 2, np.where(change == "", 0, 3))
    strength = np.where(touching, 1, 0) if earlier is None else changed
    text = np.array(_tie_texts(drawn), dtype=object)
    looks = {0: (1.0, 0.3), 1: (1.5, 0.75), 2: (3.5, 1.0), 3: (2.0, 0.9)}  # strength → width, opacity
    traces: list[dict[str, Any]] = []
    middle = STEPS // 2
    for number, kin in enumerate(FAMILIES):
        of_family = family == number
        if not of_family.any():
            continue
        group = dict(name=kin.label, legendgroup=kin.label)
        for level, (width, opacity) in looks.items():
            for broken in (False, True):
                chosen = of_family & (strength == level) & (dashed == broken)
                if chosen.any():
                    dash = "dot" if level == 3 else "dash" if broken else "solid"
                    look = dict(color=kin.colour, width=width, dash=dash)
                    hidden = dict(opacity=opacity, hoverinfo="skip", showlegend=False, **group)
                    traces.append(_line(_parted(x[chosen]), _parted(y[chosen]), look, **hidden))
        levels = strength[of_family]
        symbols = np.where(levels == 3, "x-thin", np.where(mutual[of_family], kin.mutual, kin.arrow))
        # The point before the middle, of size 0, gives the arrow its direction on any screen.
        traces.append(
            dict(
                type="scatter",
                mode="markers",
                x=_parted(x[of_family][:, middle - 1 : middle + 1]),
                y=_parted(y[of_family][:, middle - 1 : middle + 1]),
                marker=dict(
                    symbol=_tripled(symbols),
                    size=_tripled(np.array([6, 9, 13, 11])[levels], before=0),
                    color=kin.colour,
                    opacity=_tripled(np.array([0.5, 0.9, 1.0, 1.0])[levels]),
                    angleref="previous",
                    line=dict(color=kin.colour, width=1.5),
                ),
                text=_tripled(text[of_family]),
                customdata=_tripled(drawn["key"][of_family]),
                hovertemplate="%{text}<extra></extra>",
                showlegend=False,
                **group,
            )
        )
        sign = dict(symbol=kin.arrow, size=9, color=kin.colour)
        traces.append(
            _line([None], [None], dict(color=kin.colour, width=2), mode="lines+markers", marker=sign, **group)
        )
    return traces


def _curves(shown: Columns, drawn: Columns) -> tuple[np.ndarray, np.ndarray]:
    """Return the points of each tie: a bow, wider for each further tie of the same two actors."""
    place = {actor: row for row, actor in enumerate(shown["key"])}
    row = tuple(np.array([place[actor] for actor in drawn[end]]) for end in ("source", "target"))
    px, py = shown["x"], shown["y"]
    ax, ay, bx, by = px[row[0]], py[row[0]], px[row[1]], py[row[1]]
    low, high = np.minimum(*row), np.maximum(*row)
    before: Counter[tuple[int, int]] = Counter()
    nth = np.zeros(len(low), dtype=int)
    for tie, pair in enumerate(zip(low.tolist(), high.tolist(), strict=True)):
        nth[tie] = before[pair]
        before[pair] += 1
    dx, dy = bx - ax, by - ay
    length = np.maximum(np.hypot(dx, dy), 1e-9)
    upright = (np.abs(dx) < 0.4) & (np.abs(dy) > 1.2)  # would run through what stands between
    bend = np.where(upright, 0.45, np.minimum(0.1 * length, 0.5)) + 0.28 * nth
    forward = np.where(row[0] == low, 1.0, -1.0)  # ties of the same two actors bow apart whichever way they point
    cx = (ax + bx) / 2 - 2 * bend * forward * dy / length
    cy = (ay + by) / 2 + 2 * bend * forward * dx / length * 0.6
    t = np.linspace(0, 1, STEPS)[None, :]
    x = (1 - t) ** 2 * ax[:, None] + 2 * t * (1 - t) * cx[:, None] + t**2 * bx[:, None]
    y = (1 - t) ** 2 * ay[:, None] + 2 * t * (1 - t) * cy[:, None] + t**2 * by[:, None]
    return x, y


def _actor_traces(shown: Columns, drawn: Columns, focus: str | None) -> list[dict[str, Any]]:
    texts = np.array(_actor_texts(shown, drawn), dtype=object)
    of, sizes, hollow = shown["side"], shown["size"], shown["gone"] != ""
    x, y, keys = shown["x"], shown["y"], shown["key"]
    sides = list(dict.fromkeys(of))
    traces: list[dict[str, Any]] = []
    if focus in keys:
        ring = dict(symbol="circle-open", size=34, color=style.INK, line=dict(color=style.INK, width=2))
        here = keys == focus
        traces.append(_points(x[here], y[here], ring, hoverinfo="skip", showlegend=False, name="In focus"))
    for side in sides:
        among = of == side
        look = style.mark(side, sides)
        marker = dict(
            symbol=look.symbol,
            size=sizes[among],
            color=np.where(hollow[among], style.GROUND, look.colour),
            line=dict(color=np.where(hollow[among], look.colour, style.INK), width=np.where(hollow[among], 2.5, 1.0)),
            opacity=1,
        )
        facts = dict(text=texts[among], customdata=keys[among], hovertemplate="%{text}<extra></extra>")
        traces.append(_points(x[among], y[among], marker, name=look.label, showlegend=False, **facts))
    return traces


def _names(chronicle: Chronicle, shown: Columns, focus: str | None) -> list[Text]:
    """Return the names under the actors: of all, or of the most important ones if there are very many."""
    stands = set(shown["key"])
    named = set([actor for actor in network.ranking(chronicle).index if actor in stands][:LABELLED])
    x, y = shown["x"].tolist(), shown["y"].tolist()
    rows = zip(shown["key"], x, y, shown["short_name"], shown["gone"], shown["until"], strict=True)
    return [
        Text(
            x,
            y,
            _label(actor, short, gone, until, focus),
            "bottom center",
            size / 2 + (9 if actor == focus else 3),
            style.MUTED if gone else style.INK,
        )
        for size, (actor, x, y, short, gone, until) in zip(shown["size"], rows, strict=True)
        if actor in named
    ]


def _key(shown: Columns, drawn: Columns) -> list[dict[str, Any]]:
    """Return what the legend must say besides the families: dashes, changes, sizes, the dead."""
    none = [None]
    traces = []
    changes, kinds = set(drawn["change"]), set(shown["kind"])
    if drawn["dashed"].any():
        traces.append(_line(none, none, dict(color=style.INK, dash="dash", width=1.5), name="Contested or alleged"))
    if "began" in changes:
        traces.append(_line(none, none, dict(color=style.INK, width=3.5), name="Began"))
    if not changes.isdisjoint(OVER):
        traces.append(_line(none, none, dict(color=style.INK, dash="dot", width=2), name="Ended"))
    grey = dict(symbol="circle", color="#b9bec5", line=dict(color=style.INK, width=1))
    if kinds & {"state", "igo", "coalition"}:
        traces.append(_points(none, none, dict(size=18, **grey), name="State, alliance"))
    if kinds - set(SIZES):
        traces.append(_points(none, none, dict(size=SIZE, **grey), name="Body, group"))
    if "person" in kinds:
        traces.append(_points(none, none, dict(size=10, **grey), name="Person"))
    for word in ("killed", "died", "ended"):
        if word in shown["gone"]:
            look = dict(symbol="circle", size=10, color=style.GROUND, line=dict(color=style.INK, width=2))
            traces.append(_points(none, none, look, name=f"{word.capitalize()} by this day"))
    return traces


def _layout(places: network.Layout, title: str, subtitle: str, *, empty: bool) -> dict[str, Any]:
    blocks = places.blocks  # all of them on every day, so that nothing moves
    sides = [b.side for b in blocks]
    bottom = min(b.bottom for b in blocks) - 0.1
    top = max(b.top for b in blocks) + 0.95
    heads = []
    for block in blocks:
        label = style.mark(block.side, sides).label
        width = max(9, int(5.5 * (block.right - block.left)))
        lines = wrap(SHORT.get(block.side, label), width, break_on_hyphens=False, break_long_words=False)
        heads.append(
            dict(
                x=(block.left + block.right) / 2,
                y=block.top,
                text="<br>".join(f"<b>{_clean(line)}</b>" for line in lines),
                hovertext=_clean(label),
                showarrow=False,
                yanchor="bottom",
                font=dict(size=12, color=style.INK),
            )
        )
    if empty:
        look = dict(size=16, color=style.MUTED)
        heads.append(dict(x=0.5, y=0.5, xref="paper", yref="paper", text="Nothing to show", showarrow=False, font=look))
    head, foot = 76, 104
    small = dict(size=13, color=style.MUTED)
    return dict(
        title=dict(
            text=title,
            subtitle=dict(text=subtitle, font=small),
            automargin=False,
            y=1,
            yref="container",
            pad=dict(t=14),
        ),
        annotations=heads,
        shapes=[
            dict(type="rect", x0=b.left, x1=b.right, y0=b.top, y1=b.bottom, fillcolor=style.BAND, layer="below")
            | dict(line=dict(width=0))
            for b in blocks
        ],
        xaxis=dict(visible=False, range=[min(b.left for b in blocks) - 0.1, max(b.right for b in blocks) + 0.1]),
        yaxis=dict(visible=False, range=[bottom, top]),
        margin=dict(l=16, r=16, t=head, b=foot),
        height=int((top - bottom) * ROW) + head + foot,
        legend=dict(yref="container", y=0.005, yanchor="bottom", x=0, itemsizing="trace", font=dict(size=12)),
    )


def _line(x: Any, y: Any, look: dict[str, Any], **more: Any) -> dict[str, Any]:
    return dict(type="scatter", x=x, y=y, line=look, **{"mode": "lines", **more})


def _points(x: Any, y: Any, look: dict[str, Any], **more: Any) -> dict[str, Any]:
    return dict(type="scatter", x=x, y=y, mode="markers", marker=look, **more)


def _sizes(actors: pd.DataFrame) -> np.ndarray:
    return actors["kind"].astype(object).map(SIZES).fillna(SIZE).to_numpy(dtype=int)


# Words


def _title(day: pd.Timestamp, focus: str | None, chronicle: Chronicle) -> str:
    if focus is None:
        return f"Who is tied to whom, {_date(day)}"
    name = chronicle.whole.actors.loc[focus, "short_name"]
    return f"Ties of {escape(str(name), quote=False)}, {_date(day)}"


def _subtitle(shown: Columns, drawn: Columns, held: Columns, earlier: pd.Timestamp | None) -> str:
    text = f"{_count(len(shown['key']), 'actor')}, {len(drawn['key'])} of {_count(len(held['key']), 'tie')}"
    if earlier is None:
        return text
    changed, all_changed = (int((ties["change"] != "").sum()) for ties in (drawn, held))
    text = f"{_count(changed, 'change')} since {_date(earlier)}"
    missed = all_changed - changed
    return text + (f", {missed} more between actors not shown" if missed else "")


def _sentences(
    chronicle: Chronicle,
    day: pd.Timestamp,
    earlier: pd.Timestamp | None,
    focus: str | None,
    show: Literal["main", "all"] | Iterable[str],
    shown: Columns,
    drawn: Columns,
    held: Columns,
) -> list[str]:
    names = chronicle.derived(_all_names)
    if not len(shown["key"]):
        who = chronicle.whole.actors.loc[focus, "name"] if focus else "no actor"
        return [
            f"Nothing is shown: {who} is {'not ' if focus else ''}in the record as known and active on {_date(day)}."
        ]
    now, held_now = (_pick(ties, _which(change not in OVER for change in ties["change"])) for ties in (drawn, held))
    part = f"{len(now['key'])} of {_count(len(held_now['key']), 'tie')} in force"
    first = f"On {_date(day)} the map shows {len(shown['key'])} of {len(names)} actors and {part}"
    if focus is not None:
        first += f": {names.get(focus, focus)} and its neighbours"
    elif show == "main":
        first += "; the actors are those with most roles in events and most ties in the whole record"
    text = [first + "."]
    if earlier is not None:
        rows = list(zip(drawn["source"], drawn["kind"], drawn["target"], drawn["change"], strict=True))
        ended, began = [row for row in rows if row[3] in OVER], [row for row in rows if row[3] == "began"]
        change = f"Since {_date(earlier)}, {_count(len(began), 'tie')} began and {len(ended)} ended"
        examples = [_spelled(*row, names) for row in [*ended, *began][:4]]
        change += f", among them: {'; '.join(examples)}" if examples else ""
        missed = int((held["change"] != "").sum() - len(began) - len(ended))
        more = "1 more change lies" if missed == 1 else f"{missed} more changes lie"
        text.append(change + (f"; {more} between actors not shown." if missed else "."))
    if len(now["key"]):
        count = Counter([*now["source"], *now["target"]])
        top = sorted(count.items(), key=lambda item: (-item[1], item[0]))[:3]
        text.append("Most ties here: " + ", ".join(f"{names[a]} ({n})" for a, n in top) + ".")
    else:
        text.append("No tie of the kinds chosen holds between them on this day.")
    unsure = Counter(now["status"])
    contested, alleged = unsure["contested"], unsure["alleged"]
    if contested or alleged:
        parts = [f"{contested} {'is' if contested == 1 else 'are'} contested"] if contested else []
        parts += [f"{alleged} {'rests' if alleged == 1 else 'rest'} on one party's word"] if alleged else []
        dashed = "it is dashed" if contested + alleged == 1 else "they are dashed"
        text.append(f"Of the ties, {' and '.join(parts)}; {dashed}.")
    dead = [row for row in zip(shown["until"], shown["name"], shown["gone"], strict=True) if row[2] in DEATHS]
    if dead:
        known = [f"{name} ({_date(until)})" for until, name, _ in sorted(dead, key=lambda row: row[0])]
        word = "Killed" if all(gone == "killed" for _, _, gone in dead) else "Dead"
        text.append(f"{word} by this day: " + ", ".join(known) + ".")
    return text


def _table(chronicle: Chronicle, drawn: Columns) -> pd.DataFrame:
    table = chronicle.derived(_every_row).iloc[drawn["row"]]
    table.insert(9, "change", drawn["change"])
    return table


def _every_row(record: Chronicle) -> pd.DataFrame:
    """Return the rows behind a map of all ties, whatever has changed."""
    ties, names = record.relations, record.actors["name"]
    return pd.DataFrame(
        {
            "relation_id": ties.index.to_numpy(),
            "from": names.reindex(ties["source_actor"]).to_numpy(),
            "kind": ties["kind"].astype(str).to_numpy(),
            "to": names.reindex(ties["target_actor"]).to_numpy(),
            "began": [_began(a, b) for a, b in zip(ties["start"], ties["start_until"], strict=True)],
            "ends": [_ends(a, b) for a, b in zip(ties["end"], ties["end_until"], strict=True)],
            "direction": ties["direction"].astype(str).to_numpy(),
            "status": ties["status"].astype(str).to_numpy(),
            "stated by": names.reindex(ties["stated_by"]).to_numpy(),
            "sources": [len(ids) for ids in ties["source_ids"]],
        }
    )


def _tie_texts(drawn: Columns) -> list[str]:
    rows = zip(drawn["first"], drawn["change"], drawn["certain"], drawn["last"], strict=True)
    return [
        first
        + (f" · <b>{change} in this time</b>" if change else "")
        + ("" if certain else "<br>the exact day is not known")
        + f"<br>{last}"
        for first, change, certain, last in rows
    ]


def _actor_texts(shown: Columns, drawn: Columns) -> list[str]:
    count = Counter([*drawn["source"], *drawn["target"]])
    texts = []
    rows = zip(*(shown[name] for name in ("key", "first", "gone", "until", "middle", "last")), strict=True)
    for actor, first, gone, until, middle, last in rows:
        ended = f"<b>{gone} {_date(until)}</b>" if gone else ""
        texts.append("<br>".join(filter(None, [first, ended, middle, f"{_count(count[actor], 'tie')} drawn", last])))
    return texts


def _label(actor: str, short: object, gone: str, until: pd.Timestamp, focus: str | None) -> str:
    lines = wrap(str(short), 14, break_long_words=False)
    lines = [*lines[:1], "…"] if len(lines) > 1 and len(lines[1]) > 16 else lines[:2]
    text = "<br>".join(_clean(line) for line in lines)
    if actor == focus:
        text = f"<b>{text}</b>"
    return text + (f"<br><i>{gone} {until.day} {until:%b}</i>" if gone else "")


def _spelled(source: str, kind: object, target: str, change: str, names: Mapping[str, str]) -> str:
    return f"{names[source]} – {str(kind).replace('-', ' ')} – {names[target]} ({change})"


def _cited(ids: object, publishers: Mapping[str, str]) -> list[str]:
    known = [publishers[i] for i in ids if i in publishers] if isinstance(ids, (tuple, list)) else []
    if not known:
        return ["no source published by that day"]
    unique = list(dict.fromkeys(map(str, known)))
    more = f" and {len(unique) - 3} more" if len(unique) > 3 else ""
    return _lines(f"{_count(len(known), 'source')}: {', '.join(unique[:3])}{more}")


def _began(first: pd.Timestamp, last: pd.Timestamp) -> str:
    return "start not known" if pd.isna(first) else _period(first, last)


def _ends(first: pd.Timestamp, last: pd.Timestamp) -> str:
    return "no end known" if pd.isna(first) else _period(first, last)


def _period(first: pd.Timestamp, last: pd.Timestamp) -> str:
    if pd.isna(last) or first == last:
        return _date(first)
    return f"{first:%B %Y}" if (first.year, first.month) == (last.year, last.month) else f"{first.year}"


def _date(day: pd.Timestamp) -> str:
    return f"{day.day} {day:%B %Y}"


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def _clean(text: object) -> str:
    return escape(str(text), quote=False)


def _lines(text: str) -> list[str]:
    return _wrapped(text).split("<br>")


@lru_cache(maxsize=8192)
def _wrapped(text: str) -> str:
    """Wrap and escape a text; remembered, since a step to the next day shows nearly the same texts again."""
    return "<br>".join(_clean(line) for line in wrap(text, 64))


def _family_of() -> dict[str, int]:
    return {kind: number for number, family in enumerate(FAMILIES) for kind in family.kinds}


def _parted(points: np.ndarray) -> list[float | None]:
    """Return rows of points as one line with a gap after each row."""
    return [value for row in points.round(3).tolist() for value in (*row, None)]


def _tripled(values: np.ndarray, before: object = None) -> np.ndarray:
    """Return each value for the point before the middle, the middle, and the gap."""
    first = values if before is None else np.full(len(values), before, dtype=values.dtype)
    return np.column_stack([first, values, values]).ravel()
