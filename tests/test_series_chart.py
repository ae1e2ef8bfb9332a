"""An indicator with the events above it: every value as stated, ranges and months told apart, nothing from later."""

from __future__ import annotations

from itertools import pairwise

import pandas as pd
import pytest

from helpers import load
from helpers.figures.exhibit import as_table, describe
from helpers.figures.series_chart import series_chart

RECORD = load()
NAMES = sorted(RECORD.series["series"].unique())


def values(figure):
    return [trace for trace in figure.data if trace.name not in ("events", "titles")]


@pytest.mark.parametrize("name", NAMES)
def test_every_value_is_drawn_as_stated(name):
    rows = RECORD.series[RECORD.series["series"] == name]
    figure = series_chart(RECORD, name)
    drawn = sorted(y for trace in values(figure) for y in trace.y)
    middle = rows["value"].fillna((rows["low"].fillna(rows["high"]) + rows["high"].fillna(rows["low"])) / 2)
    assert drawn == pytest.approx(sorted(middle))
    months = (rows["date_until"] > rows["date"]).sum()
    assert sum((trace.error_x.array > 0).sum() for trace in values(figure) if trace.error_x.array is not None) == months
    ranges = (rows["low"] < rows["high"]).sum()
    bars = [trace.error_y for trace in values(figure) if trace.error_y.array is not None]
    assert sum(((bar.array > 0) | (bar.arrayminus > 0)).sum() for bar in bars) == ranges
    assert len(as_table(figure)) == len(rows)
    assert f"{len(rows)} value" in describe(figure) and 2 <= len(figure.layout.meta["text"]) <= 5


def test_a_line_joins_only_one_item_of_one_claimant():
    joined = 0
    for name in NAMES:
        rows = RECORD.series[RECORD.series["series"] == name]
        who = rows["claimant_id"].astype(object).fillna(rows["claimant"])
        groups = [sorted(part["value"]) for _, part in rows.groupby([rows["item"].fillna(""), who])]
        for trace in values(series_chart(RECORD, name)):
            if "lines" in trace.mode:
                assert sorted(trace.y) in groups, (name, trace.name)
                joined += 1
    assert joined > 5


def test_claimants_are_told_apart():
    figure = series_chart(RECORD, "iraq-protest-deaths")
    shown = [trace for trace in values(figure) if trace.showlegend]
    assert len({(trace.marker.color, trace.marker.symbol) for trace in shown}) == len(shown) == 6
    dead = {trace.name: list(trace.y) for trace in shown if "all dead" in trace.name}
    assert dead == {"all dead since 1 October: UNAMI": [157], "all dead since 1 October: IHCHR": [485, 489, 543]}
    assert "only what one claimant said" in describe(figure)
    alone = {trace.name for trace in values(series_chart(RECORD, "brent-quotes"))}
    assert alone == set(RECORD.series.query("series == 'brent-quotes'")["item"])


def test_several_series_have_a_panel_each():
    figure = series_chart(RECORD, ["us-tbi-count", "brent-quotes", "us-force-numbers"])
    axes = {trace.yaxis for trace in values(figure)}
    assert axes == {"y", "y2", "y3"}
    domains = sorted(figure.layout[f"yaxis{number}"].domain for number in ("", 2, 3, 4))
    assert all(one[1] <= other[0] for one, other in pairwise(domains))
    headings = " ".join(note.text.replace("<br>", " ") for note in figure.layout.annotations)
    for name in ("us-tbi-count", "brent-quotes", "us-force-numbers"):
        assert RECORD.indicators["title"][name] in headings


def test_events_stand_above():
    figure = series_chart(RECORD, "rocket-attack-tally")
    (events,) = [trace for trace in figure.data if trace.name == "events"]
    first, last = pd.to_datetime(list(figure.layout.xaxis.range))
    expected = RECORD.events[RECORD.events["importance"].astype(int) == 1]
    assert set(events.customdata) == set(expected.index[(expected["date"] >= first) & (expected["date"] < last)])
    lines = {shape.x0 for shape in figure.layout.shapes}
    assert lines and lines <= set(events.x)
    without = series_chart(RECORD, "rocket-attack-tally", events=False)
    assert not [trace for trace in without.data if trace.name == "events"] and not without.layout.shapes


def test_nothing_from_later_is_shown():
    known = RECORD.as_of("2020-01-25")
    figure = series_chart(known, "us-tbi-count")
    table = as_table(figure)
    assert table["value"].max() == 34 and "25 January 2020" in figure.layout.title.text
    assert "No value" in describe(series_chart(RECORD.as_of("2020-01-01"), "us-tbi-count"))


def test_bad_arguments():
    with pytest.raises(ValueError, match="us-tbi-count"):
        series_chart(RECORD, ["us-tbi-counts"])
    with pytest.raises(ValueError, match="at least one series"):
        series_chart(RECORD, [])
