"""Figures made without Plotly's check of each value pass it all the same."""

from __future__ import annotations

import json

import plotly.graph_objects as go
import pytest

from helpers import load
from helpers.figures.actor_map import actor_map
from helpers.figures.claims_chart import claims_chart
from helpers.figures.exhibit import Exhibit, as_table
from helpers.figures.place_map import place_map
from helpers.figures.timeline import COLOURS, LANES, timeline

RECORD = load()
MARCH = RECORD.only(chapter="march")
KILLING, MISSILES = "2020-01-03-soleimani-muhandis-killing", "2020-01-08-iran-missiles-al-asad-erbil"
FIGURES = {
    **{f"timeline by {lanes}": lambda lanes=lanes: timeline(RECORD, lanes=lanes) for lanes in LANES},
    **{f"timeline in {color}": lambda color=color: timeline(RECORD, color=color) for color in COLOURS},
    "timeline with links": lambda: timeline(MARCH, links=True, as_of="2020-03-14", labels="all"),
    "timeline of one": lambda: timeline(RECORD.only(kind="cyber"), selected="2020-01-08-kuna-hack"),
    "timeline of none": lambda: timeline(RECORD.only(kind="cyber", chapter="march")),
    "actors": lambda: actor_map(RECORD, on="2020-01-03"),
    "all actors": lambda: actor_map(RECORD, on="2020-01-03", show="all", since="2019-12-01"),
    "one actor": lambda: actor_map(RECORD, on="2020-01-03", focus="qasem-soleimani", depth=2),
    "places": lambda: place_map(RECORD),
    "places by the killed": lambda: place_map(RECORD, color="side", size="killed-low"),
    "no place": lambda: place_map(RECORD.only(kind="cyber", chapter="march")),
    "claims": lambda: claims_chart(RECORD, event=MISSILES),
    "claims in words": lambda: claims_chart(RECORD, event=KILLING, field="justification"),
}


def plain(figure: go.Figure) -> dict:
    return json.loads(figure.to_json(validate=False))


@pytest.mark.parametrize("name", list(FIGURES))
def test_plotly_finds_nothing_to_mend(name):
    figure = FIGURES[name]()
    assert isinstance(figure, Exhibit)
    shown = plain(figure)
    # Plotly refuses what it does not know, and writes out what is short for something.
    assert plain(go.Figure({"data": shown["data"], "layout": shown["layout"]})) == shown


def test_what_one_changes_in_a_figure_is_checked():
    figure = timeline(MARCH)
    with pytest.raises(ValueError, match="Invalid"):
        figure.update_layout(heigth=300)
    with pytest.raises(ValueError, match="Invalid"):
        figure.data[0].mode = "dots"
    figure.update_traces(marker_size=9, selector={"mode": "markers"})
    figure.update_layout(title_text="Another title")
    assert figure.layout.title.text == "Another title"
    assert all(trace.marker.size == 9 for trace in figure.data if trace.mode == "markers")


def test_a_copy_of_a_figure_keeps_its_table():
    figure = timeline(MARCH)
    assert as_table(go.Figure(figure)).equals(as_table(figure))
