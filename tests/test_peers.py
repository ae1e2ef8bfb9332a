"""The comparison with other tools: what each is given, and the section that is written. Nothing is installed here."""

from __future__ import annotations

import re
from datetime import datetime

import pytest

pytest.importorskip("axe_playwright_python")

from bench import report
from bench.peers import record, table
from bench.peers.browsing import Measured
from bench.peers.builders import BUILDERS
from bench.peers.tools import MAPS, TIMELINES, TOOLS, Tool
from helpers import load

RECORD = load()
PEER = Tool("a|peer", "peer", TIMELINES, marks=".mark", idiom="a list", act="go()")
OURS = Tool("ours", "ours", TIMELINES, ours=True)
BLANK = Tool("blank", "blank", MAPS)


def fast(**changed):
    """Return values of a tool that was measured."""
    told = {"build": 0.01, "size": 2000, "draws": [5, 9, 7], "filters": [30], "shown": 4, "stops": 3, "named_stops": 2}
    told |= {"by_keyboard": True, "axe": [("a-rule", "serious", 3), ("other", "minor", 1)], "outside": [], "titles": 4}
    return Measured(**{**told, **changed})


def rows_of(section):
    return [re.split(r"(?<!\\)\|", line)[1:-1] for line in section.splitlines() if line.startswith("|")]


def test_every_tool_is_given_the_whole_record():
    events = record.events(RECORD)
    assert {event["id"] for event in events} == set(RECORD.events.index)
    assert {event["title"] for event in events} == set(RECORD.events["title"])
    starts = [datetime.fromisoformat(event["start"]) for event in events]
    assert starts == sorted(starts)
    lasting = [event for event in events if event["end"]]
    assert len(lasting) == RECORD.events["end_date"].notna().sum()
    assert all(datetime.fromisoformat(event["end"]) > datetime.fromisoformat(event["start"]) for event in lasting)
    assert any(event["side"] == record.SIDE for event in events)


def test_every_tool_is_given_the_same_actors_and_ties():
    given = record.actors(RECORD)
    known = {actor["id"] for actor in given["actors"]}
    assert known == set(RECORD.actors.index)
    assert given["ties"]
    assert {tie[end] for tie in given["ties"] for end in ("source", "target")} <= known
    assert all(isinstance(tie["words"], str) for tie in given["ties"])


def test_each_tool_has_its_builder_and_ours_stands_beside_the_peers():
    assert {tool.builder for tool in TOOLS if not tool.in_lab} == set(BUILDERS)
    for subject in (TIMELINES, MAPS):
        assert {tool.ours for tool in TOOLS if tool.subject == subject} == {True, False}


def test_the_section_tells_where_a_peer_wins_and_why_a_row_is_empty():
    found = {
        PEER: fast(build=0.001),
        OURS: fast(size=1000, axe=[], filters=[]),
        BLANK: Measured(build=0.5, size=10, outside=["https://a.example/x"], fault="blank offline: needs a.example"),
    }
    text = table.section(found, {TIMELINES: 4, MAPS: 2}, {"peer": "1.0"}, 3, "Idle.")
    assert len({len(row) for row in rows_of(text)}) == 1
    peer, ours, blank = (row for row in rows_of(text) if row[0].strip() in (r"a\|peer", "ours", "blank"))
    assert [cell.strip() for cell in peer[1:]] == ["1", "2", "7", "30", "2 / 3", "yes", "3 / 4", "0", "4 of 4", "4"]
    assert ours[4].strip() == "none"
    assert "needs a.example" in blank[3]
    assert "A peer is ahead of all of ours in: build (a|peer 1 ms, the best of ours 10 ms)." in text
    assert "Ours is ahead or level in: page, first draw" in text


def test_a_section_is_replaced_and_the_others_stay(tmp_path):
    path = tmp_path / "RESULTS.md"
    for name, words in (("peers", "old"), ("loading", "kept\n\n### below"), ("peers", "new")):
        report.write(name, report.section(name, words), path)
    text = path.read_text(encoding="utf-8")
    assert text.startswith(report.HEAD)
    assert [line for line in text.splitlines() if line.startswith("## ")] == ["## loading", "## peers"]
    assert "### below" in text and "new" in text and "old" not in text
