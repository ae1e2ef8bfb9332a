"""Ties on a day, changes, neighbours, paths, and the fixed layout."""

import json
import subprocess
import sys

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers import load, network

DAYS = st.dates(min_value=pd.Timestamp("2018-01-01").date(), max_value=pd.Timestamp("2021-03-01").date())


def test_quds_force_has_one_leader_at_the_end_of_each_day(chronicle):
    def leaders(day):
        led = network.ties(chronicle, on=day, kinds="led-by")
        return led.loc[led["source_actor"] == "irgc-quds-force", "target_actor"].tolist()

    assert leaders("2020-01-02") == ["qasem-soleimani"]
    assert leaders("2020-01-03") == ["esmail-qaani"]


@given(day=DAYS)
@settings(max_examples=15, deadline=None)
def test_ties_are_those_whose_dates_hold_the_day(day):
    chronicle = load_once()
    when = pd.Timestamp(day)
    expected = set()
    for key, row in chronicle.relations.iterrows():
        started = pd.isna(row["start"]) or row["start"] <= when
        over = not pd.isna(row["end"]) and row["end_until"] <= when
        one_day = row["start"] == when and row["end_until"] == when
        if started and (not over or one_day):
            expected.add(key)
    assert set(network.ties(chronicle, on=when).index) == expected


@given(first=DAYS, last=DAYS)
@settings(max_examples=12, deadline=None)
def test_changes_lead_from_one_day_to_the_other(first, last):
    chronicle = load_once()
    if last < first:
        with pytest.raises(ValueError, match="lies before"):
            network.changes(chronicle, first, last)
        return
    changed = network.changes(chronicle, first, last)
    began = set(changed.index[changed["change"] == "began"])
    ended = set(changed.index[changed["change"] == "ended"])
    before, after = (set(network.ties(chronicle, on=day).index) for day in (first, last))
    assert (before | began) - ended == after


def test_a_month_or_year_counts_from_its_first_to_its_last_day_and_says_it_is_not_certain(chronicle):
    ends = chronicle.relations.query("end.notna() and end != end_until")
    key, row = next(iter(ends.iterrows()))
    middle = row["end"] + (row["end_until"] - row["end"]) / 2
    assert not network.ties(chronicle, on=middle).loc[key, "certain"]
    assert key not in network.ties(chronicle, on=row["end_until"]).index


def test_neighbours_by_hand(chronicle):
    held = network.ties(chronicle, on="2020-01-02", kinds="opposes")
    mine = held[(held["source_actor"] == "kataib-hezbollah") | (held["target_actor"] == "kataib-hezbollah")]
    expected = set(mine["source_actor"]) | set(mine["target_actor"])
    found = network.neighbours(chronicle, "kataib-hezbollah", on="2020-01-02", kinds="opposes")
    assert set(found.index) == expected
    assert found["steps"].iloc[0] == 0
    assert found["steps"].max() == 1
    wider = network.neighbours(chronicle, "kataib-hezbollah", on="2020-01-02", depth=2, kinds="opposes")
    assert set(found.index) < set(wider.index)


def test_a_path_is_a_chain_of_ties_in_force(chronicle):
    way = network.paths(chronicle, "donald-trump", "abu-ali-al-askari", on="2020-01-02")
    held = network.ties(chronicle, on="2020-01-02")
    assert set(way["relation_id"]) <= set(held.index)
    for _, path in way.groupby("path"):
        steps = path.drop_duplicates("step").sort_values("step")
        assert steps["from_actor"].iloc[0] == "donald-trump"
        assert steps["to_actor"].iloc[-1] == "abu-ali-al-askari"
        assert steps["from_actor"].tolist()[1:] == steps["to_actor"].tolist()[:-1]


def test_no_way_is_an_empty_table(chronicle):
    way = network.paths(chronicle, "donald-trump", "brodie-gillon", on="2020-04-01", kinds="nominates")
    assert way.empty
    assert "relation_id" in way.columns


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda c: network.ties(c, kinds="led-bye"), "led-by"),
        (lambda c: network.ties(c, on="yesterday-ish"), "no day"),
        (lambda c: network.neighbours(c, "kataib-hizbollah"), "kataib-hezbollah"),
        (lambda c: network.neighbours(c, "iran", depth=0), "depth"),
        (lambda c: network.paths(c, "iran", "iraqq"), "iraq"),
        (lambda c: network.layout(c, ["irann"]), "iran"),
        (lambda c: network.changes(c, "2020-02-01", "2020-01-01"), "lies before"),
    ],
)
def test_bad_arguments_name_what_would_be_right(chronicle, call, message):
    with pytest.raises(ValueError, match=message):
        call(chronicle)


def test_layout_has_a_place_of_its_own_for_everyone_within_the_block_of_the_side(chronicle):
    plan = network.layout(chronicle)
    actors = chronicle.actors
    assert set(plan.places) == set(actors.index)
    assert len(set(plan.places.values())) == len(actors)
    blocks = {block.side: block for block in plan.blocks}
    for actor, (x, y) in plan.places.items():
        block = blocks[actors.loc[actor, "side"]]
        assert block.left < x < block.right
        assert block.bottom < y < block.top


@pytest.mark.parametrize("count", [None, network.MAIN, 20])
def test_a_body_stands_above_those_who_belong_to_it(chronicle, count):
    chosen = network.ranking(chronicle).index[:count]
    places = network.layout(chronicle, chosen).places
    pairs = [(child, parent) for child, parent in chronicle.actors["parent"].dropna().items()]
    shown = [(child, parent) for child, parent in pairs if child in places and parent in places]
    assert shown
    for child, parent in shown:
        assert places[child][1] < places[parent][1], (child, parent)


def test_layout_is_the_same_for_every_view_of_a_record(chronicle):
    assert network.layout(chronicle.as_of("2020-01-01")) is network.layout(chronicle.only(importance=1))


def test_layout_is_the_same_in_another_process_with_another_hash_seed(chronicle):
    code = "import json; from helpers import load, network; print(json.dumps(dict(network.layout(load()).places)))"
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env=seeded("7"))
    assert {k: tuple(v) for k, v in json.loads(out.stdout).items()} == dict(network.layout(chronicle).places)


@given(
    st.lists(
        st.tuples(st.sampled_from(["iran", "us-led", "igo", "made-up"]), st.integers(0, 30)), min_size=1, max_size=60
    ),
    st.integers(1, 15),
)
@settings(max_examples=25, deadline=None)
def test_any_set_of_actors_can_be_arranged(rows, columns):
    members = tuple(
        network.Member(f"a{n}", side, f"a{parent}" if parent < n else None, n) for n, (side, parent) in enumerate(rows)
    )
    places = network.arrange(members, columns).places
    assert len(set(places.values())) == len(members)


def test_circles_in_the_hierarchy_do_no_harm():
    two = (network.Member("a", "iran", "b", 0), network.Member("b", "iran", "a", 1))
    assert len(network.arrange(two, 3).places) == 2


_LOADED = []


def load_once():
    if not _LOADED:
        _LOADED.append(load())
    return _LOADED[0]


def seeded(seed):
    import os

    return {**os.environ, "PYTHONHASHSEED": seed}
