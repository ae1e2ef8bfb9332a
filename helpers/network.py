"""Who is tied to whom on a day: ties in force, what changed, neighbours, paths, and a layout that never jumps.

The state of a day is its state at the end of that day, as everywhere in these helpers: a tie whose last day it was is
over, and the tie that took its place has begun. Dates known only to the month or the year are given the benefit of the
doubt: such a tie counts as in force from the first possible day to the last, and ``certain`` says where that matters.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd

from helpers.chronicle import Chronicle, Day, check

if TYPE_CHECKING:
    import networkx as nx

MAIN = 42
COLUMNS = 13
EVENT_WEIGHT = {1: 4, 2: 2, 3: 1}
TIE_WEIGHT = 2
STAGE = ("us-led", "iraqi-state", "iraqi-political", "contested", "iran-aligned", "iran")
BELOW = ("third-party", "igo", "jihadist", "observer")


def ties(chronicle: Chronicle, on: Day | None = None, kinds: str | Iterable[str] | None = None) -> pd.DataFrame:
    """Return the ties in force at the end of a day.

    Parameters
    ----------
    chronicle
        The record or a view of it.
    on
        The day; without it, all ties of the record, whenever they held.
    kinds
        Kinds of tie (the values of ``relations.kind``); without it, all.

    Returns
    -------
    pandas.DataFrame
        Rows of ``relations``, and ``certain``: False where a date known only to the month or year leaves open whether
        the tie was in force. An empty start counts as *before*, an empty end as *still*.

    Raises
    ------
    ValueError
        For an unknown kind of tie or something that is no day.

    Examples
    --------
    >>> from helpers import load
    >>> led = ties(load(), on="2020-01-03", kinds="led-by")
    >>> led.loc[led["source_actor"] == "irgc-quds-force", "target_actor"].tolist()
    ['esmail-qaani']
    """
    relations = of_kinds(chronicle, kinds)
    if on is None:
        return relations.assign(certain=True)
    return _in_force(relations, day_of(on))


def changes(chronicle: Chronicle, since: Day, on: Day, kinds: str | Iterable[str] | None = None) -> pd.DataFrame:
    """Return the ties that began or ended between the ends of two days.

    Parameters
    ----------
    chronicle
        The record or a view of it.
    since, on
        The earlier day, which is not counted itself, and the later one, which is.
    kinds
        Kinds of tie; without it, all.

    Returns
    -------
    pandas.DataFrame
        Rows of ``relations`` with ``change``: ``began``, ``ended``, or ``began and ended``.

    Raises
    ------
    ValueError
        If ``since`` lies after ``on``, or for an unknown kind.

    Examples
    --------
    >>> from helpers import load
    >>> changed = changes(load(), "2020-01-02", "2020-01-03", kinds="led-by")
    >>> changed.loc["irgc-quds-force--led-by--qasem-soleimani", "change"]
    'ended'
    """
    first, last = day_of(since), day_of(on)
    if last < first:
        raise ValueError(f"the day shown, {last:%Y-%m-%d}, lies before the day compared with, {first:%Y-%m-%d}")
    relations = of_kinds(chronicle, kinds)
    before, after = _in_force(relations, first).index, _in_force(relations, last).index
    began = relations.index.isin(after.difference(before))
    ended = relations.index.isin(before.difference(after))
    within = (relations["start"] > first) & (relations["end_until"] <= last)
    change = np.select([within, began, ended], ["began and ended", "began", "ended"], default="")
    changed = relations.assign(change=change)
    return changed[changed["change"] != ""]


def neighbours(
    chronicle: Chronicle,
    actor: str,
    on: Day | None = None,
    depth: int = 1,
    kinds: str | Iterable[str] | None = None,
) -> pd.DataFrame:
    """Return the actors within some steps of one, over ties read both ways.

    Parameters
    ----------
    chronicle
        The record or a view of it.
    actor
        An actor's key.
    on
        The day; without it, ties of any time count.
    depth
        The number of steps, at least 1.
    kinds
        Kinds of tie. Without it all count, and so does belonging to a body (``actors.parent``).

    Returns
    -------
    pandas.DataFrame
        Index ``actor_id``; ``steps`` from the actor, who comes first with 0 steps.

    Raises
    ------
    ValueError
        For an unknown actor or kind, or a depth below 1.

    Examples
    --------
    >>> from helpers import load
    >>> near = neighbours(load(), "qasem-soleimani", on="2020-01-02")
    >>> "irgc-quds-force" in near.index
    True
    """
    import networkx as nx

    actors = chronicle.actors
    check("actor", actor, actors.index)
    if isinstance(depth, bool) or not isinstance(depth, int) or depth < 1:
        raise ValueError(f"depth is a whole number of steps, 1 or more; {depth!r} is not")
    graph = _graph(ties(chronicle, on, kinds))
    graph.add_node(actor)
    if kinds is None:
        graph.add_edges_from((child, parent) for child, parent in actors["parent"].dropna().items())
    steps = nx.single_source_shortest_path_length(graph, actor, cutoff=depth)
    found = sorted(steps.items(), key=lambda item: (item[1], item[0]))
    return pd.DataFrame({"steps": [n for _, n in found]}, index=pd.Index([a for a, _ in found], name="actor_id"))


def paths(
    chronicle: Chronicle,
    source: str,
    target: str,
    on: Day | None = None,
    kinds: str | Iterable[str] | None = None,
    most: int = 10,
) -> pd.DataFrame:
    """Return the shortest ways from one actor to another over ties, read both ways.

    A way is a chain of published ties; it says nothing about orders or knowledge passing along it.

    Parameters
    ----------
    chronicle
        The record or a view of it.
    source, target
        Keys of actors.
    on
        The day; without it, ties of any time count.
    kinds
        Kinds of tie; without it, all.
    most
        The largest number of ways returned, in alphabetical order of the actors passed.

    Returns
    -------
    pandas.DataFrame
        One row a tie: ``path`` and ``step`` (from 1), ``from_actor``, ``to_actor``, ``relation_id``, ``kind``,
        ``status``, and ``reading`` (``forward``, or ``backward`` if the tie was read against its direction). Empty if
        there is no way.

    Raises
    ------
    ValueError
        For an unknown actor or kind.

    Examples
    --------
    >>> from helpers import load
    >>> way = paths(load(), "donald-trump", "abu-ali-al-askari", on="2020-01-02")
    >>> int(way["step"].max())
    5
    """
    import networkx as nx

    actors = chronicle.actors
    for one in (source, target):
        check("actor", one, actors.index)
    held = ties(chronicle, on, kinds)
    graph = _graph(held)
    columns = ["path", "step", "from_actor", "to_actor", "relation_id", "kind", "status", "reading"]
    found: list[list[str]] = []
    if source != target and graph.has_node(source) and graph.has_node(target) and nx.has_path(graph, source, target):
        found = sorted(nx.all_shortest_paths(graph, source, target))[:most]
    between: dict[tuple[str, str], list[str]] = defaultdict(list)
    for relation, a, b in zip(held.index, held["source_actor"], held["target_actor"], strict=True):
        between[a, b].append(relation)
    rows = []
    for path, nodes in enumerate(found, start=1):
        for step, (a, b) in enumerate(pairwise(nodes), start=1):
            for reading, pair in (("forward", (a, b)), ("backward", (b, a))):
                for relation in between.get(pair, []):
                    row = held.loc[relation]
                    rows.append([path, step, a, b, relation, row["kind"], row["status"], reading])
    return pd.DataFrame(rows, columns=columns)


def ranking(chronicle: Chronicle) -> pd.Series:
    """Return how much each actor matters in the whole record, the most important first.

    The number is 4 for each event of importance 1 in which the actor has a role, 2 for importance 2, 1 for importance
    3, and 2 for each tie. It counts presence in this record, not power, and news media that appear in no tie rank
    by events alone. It uses the whole record also in a view as of a day, so that the same actors stand on the map on
    every day.

    Examples
    --------
    >>> from helpers import load
    >>> ranking(load()).index[:3].tolist()
    ['united-states', 'iraq', 'iran']
    """
    return chronicle.whole.derived(_ranking).copy()


def _ranking(record: Chronicle) -> pd.Series:
    actors, roles, relations = record.actors, record.event_actors, record.relations
    weight = record.events["importance"].astype(int).map(EVENT_WEIGHT).fillna(1)
    once = roles[["event_id", "actor_id"]].drop_duplicates()
    events = weight.reindex(once["event_id"]).groupby(once["actor_id"].to_numpy()).sum()
    count = pd.concat([relations["source_actor"], relations["target_actor"]]).value_counts()
    score = events.reindex(actors.index, fill_value=0) + TIE_WEIGHT * count.reindex(actors.index, fill_value=0)
    ordered = sorted(score.items(), key=lambda item: (-item[1], str(item[0])))
    return pd.Series({actor: int(value) for actor, value in ordered}, name="score", dtype="int64").rename_axis(
        "actor_id"
    )


class Member(NamedTuple):
    """What the layout needs of an actor: key, side, nearest body above it that is shown too, rank."""

    actor: str
    side: str
    parent: str | None
    rank: int


@dataclass(frozen=True, slots=True)
class Block:
    """The ground of one side: columns from ``left`` to ``right``, rows from ``top`` to ``bottom`` (downwards)."""

    side: str
    left: float
    right: float
    top: float
    bottom: float


@dataclass(frozen=True, slots=True)
class Layout:
    """Where each actor stands (columns across; rows upwards, 0 being the top one) and the block of each side."""

    places: Mapping[str, tuple[float, float]]
    blocks: tuple[Block, ...]


def layout(chronicle: Chronicle, actors: Iterable[str] | None = None) -> Layout:
    """Return the fixed place of each actor, from the whole record, for every day and every view the same.

    Sides stand in columns, the parties to the conflict above, other states and bodies below them; within a side a body
    stands above those who belong to it. No random start and no forces: the same record gives the same places on any
    machine. Every second column is set half a row lower, so that labels of neighbours don't meet.

    Parameters
    ----------
    chronicle
        The record or a view of it; a view gives the places of the whole record.
    actors
        The actors to be arranged; without them, all. Fewer actors stand closer, in the same order of sides and levels.

    Returns
    -------
    Layout
        It is computed once for the same actors (:func:`arrange` remembers) and must not be changed.

    Raises
    ------
    ValueError
        For an unknown actor.

    Examples
    --------
    >>> from helpers import load
    >>> chronicle = load()
    >>> places = layout(chronicle).places
    >>> places["kataib-hezbollah"][1] < places["popular-mobilization-forces"][1]
    True
    >>> layout(chronicle.as_of("2020-01-01")) is layout(chronicle)
    True
    """
    table = chronicle.whole.actors
    chosen = set(table.index) if actors is None else set(actors)
    for actor in sorted(chosen - set(table.index)):
        check("actor", actor, table.index)
    above = {a: p for a, p in table["parent"].items() if isinstance(p, str)}
    side = table["side"].astype(str).to_dict()
    members = tuple(
        Member(actor, side[actor], _nearest_above(actor, above, chosen), rank)
        for rank, actor in enumerate(ranking(chronicle).index)
        if actor in chosen
    )
    return arrange(members, max(COLUMNS, int(np.ceil(np.sqrt(1.2 * len(members))))))


@lru_cache(maxsize=64)
def arrange(members: tuple[Member, ...], columns: int) -> Layout:
    """Arrange actors in columns by side and rows by hierarchy.

    A pure function of its arguments, remembered by value: nothing to invalidate, shared by all views of a record.

    Parameters
    ----------
    members
        The actors, the most important first.
    columns
        How many columns there may be beside each other.

    Examples
    --------
    >>> two = (Member("state", "iran", None, 0), Member("office", "iran", "state", 1))
    >>> arrange(two, 4).places["office"]
    (0.25, -1.0)
    """
    upper = [m for m in members if m.side not in BELOW] or list(members)
    names = {m.actor for m in upper}
    lower = [m for m in members if m.actor not in names]
    places, blocks, depth, breadth = _zone(upper, columns, 0.0, STAGE)
    if lower:
        below, more, _, wide = _zone(lower, columns, depth + 0.75, BELOW)
        stretch = max(1.0, breadth / wide)
        places |= {actor: (x * stretch + (stretch - 1) / 2, y) for actor, (x, y) in below.items()}
        blocks += [
            Block(b.side, (b.left + 0.5) * stretch - 0.5, (b.right + 0.5) * stretch - 0.5, b.top, b.bottom)
            for b in more
        ]
    return Layout(places, tuple(blocks))


GAP = 0.3
NARROWEST = 1.5


def _zone(
    members: list[Member], columns: int, top: float, order: tuple[str, ...]
) -> tuple[dict[str, tuple[float, float]], list[Block], float, float]:
    """Return places and blocks of some sides beside each other, the depth reached and the breadth taken."""
    present = {m.side for m in members}
    sides = [s for s in order if s in present] + sorted(present.difference(order))
    members = _by_level(members)
    widths = dict.fromkeys(sides, 1)
    cells = _cells(members, widths)
    settled: set[str] = set()
    while sum(widths.values()) < columns:
        heights = _heights(members, cells)
        open_sides = [s for s in sides if s not in settled and heights[s] > 1]
        if not open_sides:
            break
        tallest = max(open_sides, key=lambda s: (heights[s], -sides.index(s)))
        wider = {**widths, tallest: widths[tallest] + 1}
        tried = _cells(members, wider)
        if (
            max(_heights(members, tried).values()) > max(heights.values())
            or _heights(members, tried)[tallest] >= heights[tallest]
        ):
            settled.add(tallest)
            continue
        widths, cells = wider, tried
    count, left = 0, -0.5
    before, spans = {}, {}
    for side in sides:  # a block is at least so wide that its heading fits
        before[side] = count
        spans[side] = (left, left + max(float(widths[side]), NARROWEST))
        count, left = count + widths[side], spans[side][1] + GAP
    places = {}
    for m in members:
        row, column = cells[m.actor]
        start, end = spans[m.side]
        lower = (before[m.side] + column) % 2
        x = (start + end - widths[m.side] + 1) / 2 + column
        places[m.actor] = (x, 0.0 - top - row - 0.5 * lower)
    bottom = 0.65 - min(y for _, y in places.values())
    blocks = [Block(side, *spans[side], 0.5 - top, -bottom) for side in sides]
    return places, blocks, bottom + 0.35, left - GAP + 0.5


def _by_level(members: list[Member]) -> list[Member]:
    """Return the members so that each comes after the body above it, siblings together, the important ones first."""
    by_name = {m.actor: m for m in members}
    keys: dict[str, tuple[int, ...]] = {}

    def key(m: Member, below: frozenset[str] = frozenset()) -> tuple[int, ...]:
        if m.actor not in keys:
            parent = by_name.get(m.parent) if m.parent else None
            circular = parent is None or parent.actor in below
            over = () if circular or parent is None else key(parent, below | {m.actor})
            keys[m.actor] = (*over, m.rank)
        return keys[m.actor]

    return sorted(members, key=lambda m: (len(key(m)), key(m)))


def _cells(members: list[Member], widths: Mapping[str, int]) -> dict[str, tuple[int, int]]:
    """Give each member the first free row below the body above it, in the free column nearest to that body."""
    taken: dict[tuple[str, int], set[int]] = defaultdict(set)
    full: dict[tuple[str, int], int] = {}
    cells: dict[str, tuple[int, int]] = {}
    side_of = {m.actor: m.side for m in members}
    for m in members:
        over = cells.get(m.parent) if m.parent else None
        first = over[0] + 1 if over else 0
        row = max(first, full.get((m.side, first), first))
        while len(taken[m.side, row]) >= widths[m.side]:
            row += 1
        full[m.side, first] = row
        middle = (widths[m.side] - 1) / 2
        wanted = over[1] if over and side_of.get(m.parent or "") == m.side else middle
        free = [c for c in range(widths[m.side]) if c not in taken[m.side, row]]
        column = min(free, key=lambda c: (abs(c - wanted), c))
        taken[m.side, row].add(column)
        cells[m.actor] = (row, column)
    return cells


def _heights(members: list[Member], cells: Mapping[str, tuple[int, int]]) -> dict[str, int]:
    heights: dict[str, int] = {}
    for m in members:
        heights[m.side] = max(heights.get(m.side, 0), cells[m.actor][0] + 1)
    return heights


def _nearest_above(actor: str, above: Mapping[str, str], chosen: set[str]) -> str | None:
    seen = {actor}
    parent = above.get(actor)
    while parent is not None and parent not in seen:
        if parent in chosen:
            return parent
        seen.add(parent)
        parent = above.get(parent)
    return None


def day_of(value: Day) -> pd.Timestamp:
    """Return a day as a timestamp at midnight, or raise a ValueError that says how to write one.

    >>> day_of("2020-01-03")
    Timestamp('2020-01-03 00:00:00')
    """
    try:
        day = pd.Timestamp(value)
    except (ValueError, TypeError):
        day = pd.NaT
    if day is pd.NaT:
        raise ValueError(f"{value!r} is no day; write it like 2020-01-09")
    return (day.tz_localize(None) if day.tzinfo else day).normalize()


def of_kinds(chronicle: Chronicle, kinds: str | Iterable[str] | None) -> pd.DataFrame:
    """Return the ties of the kinds wanted, or raise a ValueError that names the nearest kind there is."""
    relations = chronicle.relations
    if kinds is None:
        return relations
    wanted = [kinds] if isinstance(kinds, str) else list(kinds)
    for kind in wanted:
        check("kind of tie", kind, chronicle.package.tables["relations"]["kind"].meanings)
    return relations[relations["kind"].isin(wanted)]


def _in_force(relations: pd.DataFrame, day: pd.Timestamp) -> pd.DataFrame:
    start, start_until = relations["start"], relations["start_until"]
    end, end_until = relations["end"], relations["end_until"]
    one_day = (start == day) & (end_until == day)  # begun and ended on this very day
    holds = (start.isna() | (start <= day)) & (end.isna() | (end_until > day) | one_day)
    certain = (start.isna() | (start_until <= day)) & (end.isna() | (end > day) | one_day)
    return relations.assign(certain=certain)[holds]


def _graph(held: pd.DataFrame) -> nx.Graph:
    import networkx as nx

    graph = nx.Graph()
    graph.add_edges_from(zip(held["source_actor"], held["target_actor"], strict=True))
    return graph
