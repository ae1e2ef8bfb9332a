"""How fast the figures are made, in Python."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator

import numpy as np
import pandas as pd
import plotly.express as px

from bench.measure import Result, ratio
from helpers import actor_map, load, timeline
from helpers.chronicle import Chronicle
from helpers.network import layout

COLUMNS = ["title", "place_text", "summary", "kind", "chapter", "date", "time_local", "importance"]


def run() -> Iterator[Result]:
    record = load()
    events = record.events
    timeline(record)  # what is loaded at the first call is not measured
    bare = _seconds(lambda: px.scatter(events, x="start", y="side", color="side", hover_data=COLUMNS))
    text = "the whole record; baseline `px.scatter` of the same rows with eight hover columns"
    yield Result("`timeline()`", ratio(_seconds(lambda: timeline(record)), bare), 1.5, "×", text)

    smaller, larger = _repeated(record, 20_000), _repeated(record, 100_000)
    growth = ratio(_seconds(lambda: timeline(larger)), _seconds(lambda: timeline(smaller)), rounds=3)
    yield Result("`timeline()` of 100,000 events", growth, 6, "×", "baseline: of 20,000 events; linear is 5")

    big = _network(record, actors=1000, ties=5000)
    layout(big)
    took = _seconds(lambda: actor_map(big, on="2020-01-02", show="all"))
    text = "1,000 actors and 5,000 ties, all shown, after the layout"
    yield Result("`actor_map()` of a large network", min(took() for _ in range(3)), 1, "s", text)


def _seconds(work: Callable[[], object]) -> Callable[[], float]:
    def timed() -> float:
        start = time.perf_counter()
        work()
        return time.perf_counter() - start

    return timed


def _repeated(record: Chronicle, count: int) -> Chronicle:
    """Return the record with its events repeated under new keys, spread over its days."""
    frames = {name: getattr(record, name) for name in record.package.tables}
    events = frames["events"].drop(columns=["start", "start_utc", "side"])
    rows = np.arange(count) % len(events)
    many = events.iloc[rows].copy()
    many.index = pd.Index([f"{key}-{n}" for n, key in enumerate(many.index)], name="event_id", dtype="str")
    return Chronicle({**frames, "events": many}, record.package, record._folder)


def _network(record: Chronicle, actors: int, ties: int) -> Chronicle:
    """Return a record of so many actors and ties, drawn at random from the shipped ones."""
    random = np.random.default_rng(0)
    frames = {name: getattr(record, name) for name in record.package.tables}
    frames["events"] = frames["events"].drop(columns=["start", "start_utc", "side"])
    people = frames["actors"].iloc[random.integers(0, len(frames["actors"]), actors)].copy()
    people.index = pd.Index([f"actor-{n}" for n in range(actors)], name="actor_id", dtype="str")
    parents = [None if n < 20 else f"actor-{random.integers(0, n)}" for n in range(actors)]
    people["parent"] = pd.array(parents, dtype="str")
    edges = frames["relations"].iloc[random.integers(0, len(frames["relations"]), ties)].copy()
    edges.index = pd.Index([f"tie-{n}" for n in range(ties)], name="relation_id", dtype="str")
    for end in ("source_actor", "target_actor"):
        edges[end] = pd.array([f"actor-{n}" for n in random.integers(0, actors, ties)], dtype="str")
    edges["stated_by"] = pd.array([None] * ties, dtype="str")
    frames |= {"actors": people, "relations": edges, "event_actors": frames["event_actors"].iloc[:0]}
    return Chronicle(frames, record.package, record._folder)
