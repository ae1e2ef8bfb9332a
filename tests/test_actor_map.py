"""The actor map as a pure figure."""

import re
import time

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers import load, network
from helpers.chronicle import Chronicle
from helpers.figures.actor_map import FAMILIES, actor_map
from helpers.figures.exhibit import as_table, describe

CHRONICLE = load()
DAYS = st.dates(min_value=pd.Timestamp("2019-01-01").date(), max_value=pd.Timestamp("2020-12-31").date())


def places(figure):
    """Return key → position of the actors drawn."""
    found = {}
    for trace in figure.data:
        if trace.mode == "markers" and trace.customdata is not None and "--" not in str(trace.customdata[0]):
            found |= {key: (x, y) for key, x, y in zip(trace.customdata, trace.x, trace.y, strict=True)}
    return found


def hovers(figure):
    """Return key of actor or tie → hover text."""
    found = {}
    for trace in figure.data:
        if trace.customdata is not None:
            found |= {key: text for key, text in zip(trace.customdata, trace.text, strict=True) if key}
    return found


def test_nothing_moves_when_the_day_does():
    days = ["2019-12-26", "2020-01-02", "2020-01-03", "2020-03-20"]
    figures = [actor_map(CHRONICLE, on=day) for day in days] + [actor_map(CHRONICLE, on=days[2], since=days[0])]
    seen = {}
    for figure in figures:
        for actor, place in places(figure).items():
            assert seen.setdefault(actor, place) == place
        assert figure.layout.xaxis.range == figures[0].layout.xaxis.range
        assert figure.layout.yaxis.range == figures[0].layout.yaxis.range
        assert figure.layout.height == figures[0].layout.height


def test_nothing_moves_in_a_focus_either():
    one, other = (actor_map(CHRONICLE, on=day, focus="kataib-hezbollah") for day in ("2019-12-20", "2020-03-20"))
    both = set(places(one)) & set(places(other))
    assert len(both) > 8
    assert {a: places(one)[a] for a in both} == {a: places(other)[a] for a in both}


@given(day=DAYS)
@settings(max_examples=6, deadline=None)
def test_the_table_and_the_marks_are_the_ties_of_the_day(day):
    figure = actor_map(CHRONICLE, on=day, show="all")
    shown = set(places(figure))
    held = network.ties(CHRONICLE, on=day)
    held = held[held["source_actor"].isin(shown) & held["target_actor"].isin(shown)]
    assert set(as_table(figure)["relation_id"]) == set(held.index)
    assert {key for key in hovers(figure) if "--" in key} == set(held.index)


def test_main_view_shows_about_forty_and_those_of_the_ranking():
    shown = set(places(actor_map(CHRONICLE, on="2020-03-20")))
    assert 35 <= len(shown) <= 45
    assert shown <= set(network.ranking(CHRONICLE).index[: network.MAIN])


def test_who_was_not_there_yet_is_not_shown():
    before, after = (places(actor_map(CHRONICLE, on=day, show="all")) for day in ("2020-03-14", "2020-03-15"))
    assert "usbat-al-thairin" not in before
    assert "usbat-al-thairin" in after


@pytest.mark.parametrize("actor", ["qasem-soleimani", "nawres-hamid", "brodie-gillon", "abu-mahdi-al-muhandis"])
def test_the_dead_are_marked_alike_from_their_day_on(actor):
    until = CHRONICLE.actors.loc[actor, "active_until"]
    words = f"<b>killed {until.day} {until:%B %Y}</b>"
    before = hovers(actor_map(CHRONICLE, on=until - pd.Timedelta(days=1), show="all"))[actor]
    after = actor_map(CHRONICLE, on=until, show="all")
    assert "killed" not in before.split("belongs")[0].split("<br>")[0]
    assert words not in before
    assert words in hovers(after)[actor]
    assert not [key for key in hovers(after) if "--" in key and actor in key.split("--")[0::2]]


def test_a_mark_of_since_is_a_change_of_the_record():
    figure = actor_map(CHRONICLE, on="2020-01-03", since="2020-01-02", show="all")
    table = as_table(figure).set_index("relation_id")["change"]
    expected = network.changes(CHRONICLE, "2020-01-02", "2020-01-03")["change"]
    assert table[table != ""].to_dict() == expected.to_dict()
    assert table["irgc-quds-force--led-by--qasem-soleimani"] == "ended"
    assert {"Began", "Ended"} <= {trace.name for trace in figure.data}


def test_changes_between_actors_not_shown_are_counted():
    figure = actor_map(CHRONICLE, on="2020-01-10", since="2019-12-26")
    whole = len(network.changes(CHRONICLE, "2019-12-26", "2020-01-10"))
    drawn = int((as_table(figure)["change"] != "").sum())
    assert f"{whole - drawn} more" in figure.layout.title.subtitle.text


def test_contested_and_alleged_ties_are_dashed_and_no_others():
    figure = actor_map(CHRONICLE, on="2020-03-20", show="all")
    lines = [t for t in figure.data if t.mode == "lines" and t.line.dash == "dash" and t.legendgroup]
    dashed = sum(int(np.isnan(np.asarray(t.x, dtype=float)).sum()) for t in lines)
    assert dashed == as_table(figure)["status"].isin(["contested", "alleged"]).sum() > 0


def test_hover_of_an_allegation_says_who_says_so_and_where_it_was_read():
    relation = CHRONICLE.relations.loc["united-states--accuses--kataib-hezbollah"]
    text = hovers(actor_map(CHRONICLE, on="2020-01-02", focus="kataib-hezbollah"))[relation.name]
    assert "United States of America → Kataib Hezbollah" in text
    assert "alleged, stated by United States of America" in text
    assert "27 December 2019 – no end known" in text
    assert re.search(r"\d+ sources?: \w+", text)


def test_arabic_and_persian_names_stand_isolated_in_hover():
    text = hovers(actor_map(CHRONICLE, on="2020-01-02"))["qasem-soleimani"]
    row = CHRONICLE.actors.loc["qasem-soleimani"]
    assert f"Arabic: \u2068{row['name_ar']}\u2069" in text
    assert f"Persian: \u2068{row['name_fa']}\u2069" in text


def test_each_kind_of_tie_of_the_record_belongs_to_a_family():
    named = {kind for family in FAMILIES for kind in family.kinds}
    assert named <= set(CHRONICLE.package.tables["relations"]["kind"].meanings)


def test_as_of_shows_only_what_was_known():
    known = CHRONICLE.as_of("2020-01-02")
    figure = actor_map(known)
    assert figure.layout.title.text.endswith("2 January 2020")
    assert set(places(figure)) <= set(known.actors.index)
    assert "killed" not in describe(figure).lower()


def test_no_ties_of_a_kind_is_said_in_words():
    figure = actor_map(CHRONICLE, on="2019-12-01", kinds="nominates")
    assert "No tie of the kinds chosen" in describe(figure)
    assert as_table(figure).empty


def test_nobody_known_is_an_empty_figure_with_a_sentence():
    figure = actor_map(CHRONICLE.as_of("1900-01-01"))
    assert "Nothing" in describe(figure) or "0 of" in describe(figure)


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        (dict(focus="kataib-hizbollah"), "kataib-hezbollah"),
        (dict(kinds=["led-by", "sanction"]), "sanctions"),
        (dict(on="soon"), "no day"),
        (dict(on="2020-01-01", since="2020-01-02"), "lies before"),
        (dict(focus="iran", depth=0), "depth"),
        (dict(show="al"), "all"),
        (dict(show=["irann"]), "iran"),
    ],
)
def test_bad_arguments_name_what_would_be_right(wrong, message):
    with pytest.raises(ValueError, match=message):
        actor_map(CHRONICLE, **{"on": "2020-01-01", **wrong})


def test_strings_of_the_record_are_never_markup():
    frames = dict(CHRONICLE._record)
    actors = frames["actors"].copy()
    actors["short_name"] = "<a href='x'>y</a>"
    actors["name"] = "<b>&name</b>"
    frames["actors"] = actors
    figure = actor_map(Chronicle(frames, CHRONICLE.package, CHRONICLE._folder), on="2020-01-02")
    names = [text for trace in figure.data if "text" in trace.mode for text in trace.text]
    drawn = [*hovers(figure).values(), *names, *(note.text for note in figure.layout.annotations)]
    assert len(names) > 30
    assert not [text for text in drawn if "<a " in text or "&name</b>" in text.replace("&amp;", "?&amp;")]
    assert any("&lt;" in text for text in drawn)


def many(count, edges):
    """Return a record of many actors and ties made from the shipped one."""
    rng = np.random.default_rng(0)
    frames = dict(CHRONICLE._record)
    actors = frames["actors"]
    actors = actors.iloc[rng.integers(0, len(actors), count)].copy()
    actors.index = pd.Index([f"actor-{n}" for n in range(count)], name="actor_id", dtype=actors.index.dtype)
    actors["parent"] = [None if n < 20 else f"actor-{rng.integers(0, n)}" for n in range(count)]
    ties = frames["relations"].iloc[rng.integers(0, len(frames["relations"]), edges)].copy()
    ties.index = pd.Index([f"a--{n}--b" for n in range(edges)], name="relation_id", dtype=ties.index.dtype)
    ends = rng.integers(0, count, (edges, 2))
    for column, end in (("source_actor", 0), ("target_actor", 1)):
        ties[column] = pd.array([f"actor-{n}" for n in ends[:, end]], dtype=frames["relations"][column].dtype)
    ties["stated_by"] = pd.array([None] * edges, dtype=frames["relations"]["stated_by"].dtype)
    empty = frames["event_actors"].iloc[:0]
    frames |= dict(actors=actors, relations=ties, event_actors=empty)
    return Chronicle(frames, CHRONICLE.package, CHRONICLE._folder)


def test_a_thousand_actors_and_five_thousand_ties_are_drawn_fast_after_the_layout():
    big = many(1000, 5000)
    actor_map(CHRONICLE, on="2020-01-02")  # imports
    network.layout(big)
    start = time.perf_counter()
    figure = actor_map(big, on="2020-01-02", show="all")
    taken = time.perf_counter() - start
    start = time.perf_counter()
    actor_map(CHRONICLE, on="2020-01-02", show="all")
    unit = time.perf_counter() - start
    assert len(places(figure)) > 900
    # The same work grows with the number of ties; the ratio holds on a slow machine too.
    assert taken < 1 or taken < 25 * unit
