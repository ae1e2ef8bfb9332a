"""Every event of importance 1 or 2 stands in a figure of some lesson."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from tests.checker.notebook import Lesson
from tests.checker.running import run
from tests.lessons import lesson_files


def events_in(figure: str, events: set[str]) -> set[str]:
    """Return the events that a figure shows: the keys in its table and behind its marks."""
    shown = json.loads(figure)
    table = shown["layout"].get("meta", {}).get("table", {})
    return events & set(texts([list(table.values()), [trace.get("customdata") for trace in shown["data"]]]))


def texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield from value.replace("|", ",").split(",")
    elif isinstance(value, list):
        for part in value:
            yield from texts(part)


def test_a_figure_is_asked_for_its_events():
    figure = {"data": [{"customdata": ["a|b", ["c,d"]]}], "layout": {"meta": {"table": {"event": ["e", None]}}}}
    assert events_in(json.dumps(figure), set("abcdefg")) == set("abcde")


def test_each_event_that_matters_stands_in_a_figure_of_some_lesson(chronicle):
    events = chronicle.events
    wanted = set(events.index[events["importance"].astype(int) <= 2])
    for path in lesson_files():
        for figures in run(Lesson.read(path)).figures.values():
            for figure in figures:
                wanted -= events_in(figure, wanted)
        if not wanted:
            return
    assert not wanted, f"{len(wanted)} events stand in no figure: {', '.join(sorted(wanted))}"
