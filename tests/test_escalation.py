"""Response chains and shuffled calendars, and the figures that show them."""

from __future__ import annotations

import re
from math import comb

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers import load
from helpers.escalation import (
    ANSWERS,
    HOSTILE,
    IRAN_SIDE,
    ROLES,
    US_SIDE,
    answered_by_chance,
    chain,
    hostile_acts,
)
from helpers.figures.exhibit import as_table, describe
from helpers.figures.response_chart import as_rows, chance, response_chain

RECORD = load()
CORE = RECORD.between("2019-12-01", "2020-03-31")
KILLING, TAJI = "2020-01-03-soleimani-muhandis-killing", "2020-03-11-taji-rocket-attack"
IDS = sorted(RECORD.events.index)


def walk(event, kinds, steps):
    """Return the events reached from one, by hand."""
    pairs = [(a, b) for a, b, kind in RECORD.links[["from_event", "to_event", "kind"]].to_numpy() if kind in kinds]
    found = {event: 0}
    for way in (1, -1):
        edge = [event]
        for step in range(1, steps + 1):
            reached = [b if way == 1 else a for a, b in pairs if (a if way == 1 else b) in edge]
            edge = [one for one in dict.fromkeys(reached) if one not in found]
            found.update(dict.fromkeys(edge, way * step))
    return found


@settings(max_examples=40, deadline=None)
@given(st.sampled_from(IDS), st.integers(1, 4))
def test_chain_holds_what_the_links_hold(event, depth):
    events, links = chain(RECORD, event, depth=depth)
    assert events["step"].to_dict() == walk(event, ANSWERS, depth)
    assert set(links["kind"]) <= set(ANSWERS)
    assert set(links["from_event"]) | set(links["to_event"]) <= set(events.index)
    dates = events["date"]
    exact = (events["date_precision"] == "day").all()
    if exact and len(links):
        between = (dates[links["to_event"]].to_numpy() - dates[links["from_event"]].to_numpy()) / np.timedelta64(1, "D")
        assert (links["days_low"] == between).all() and (links["days_high"] == between).all()
    assert (links["days_low"] <= links["days_high"]).all()


def test_days_between_uncertain_days_are_a_range():
    uncertain = RECORD.events[RECORD.events["date_precision"] != "day"].index
    links = RECORD.links
    about = links[links["from_event"].isin(uncertain) | links["to_event"].isin(uncertain)]
    assert len(about)
    for link in about.itertuples():
        _, found = chain(RECORD, link.from_event, kinds=[link.kind], depth=1)
        (row,) = found[found["to_event"] == link.to_event].itertuples()
        assert row.days_low < row.days_high or row.days_low == 0


def test_response_chain_shows_the_links_with_days_and_basis():
    figure = response_chain(RECORD, TAJI, depth=1)
    events, links = chain(RECORD, TAJI, depth=1)
    table = as_table(figure)
    assert as_rows(figure) == list(events.index)
    assert sorted(zip(table["from_event"], table["to_event"], strict=True)) == sorted(
        zip(links["from_event"], links["to_event"], strict=True)
    )
    beside = next(trace for trace in figure.data if trace.customdata is not None)
    notes = dict(zip(beside.customdata, beside.text, strict=True))
    rows = {event: row + 1 for row, event in enumerate(events.index)}
    assert notes["2020-03-13-us-strikes-iraq"] == f"to {rows[TAJI]}: 2 days, stated"
    assert f"to {rows[KILLING]}: 68 days, stated" in notes[TAJI]
    assert f"1. {events['title'].iloc[0]}"[:20] in re.sub("<[^>]+>", " ", figure.layout.yaxis.ticktext[0])
    dashed = [trace for trace in figure.data if trace.line.dash == "dash"]
    assert bool(dashed) == bool((links["basis"] == "inferred").any())
    assert "1 earlier event" in describe(figure)


def test_other_links_are_not_called_answers():
    figure = response_chain(RECORD, KILLING, kinds=["enables", "consequence-of", "signals", "response-to"], depth=1)
    beside = next(trace for trace in figure.data if trace.customdata is not None)
    words = " ".join([figure.layout.title.text, describe(figure), *(str(trace.name) for trace in figure.data)])
    assert "answer" not in words and "linked to what" in words
    assert "consequence of" in " ".join(beside.text) and "enabled by" in " ".join(beside.text)
    assert "enables" not in " ".join([*beside.text, *beside.hovertext])


def test_long_chains_keep_what_is_near():
    figure = response_chain(RECORD, KILLING, most=10)
    events, _ = chain(RECORD, KILLING)
    assert len(as_rows(figure)) == 10 and KILLING in as_rows(figure)
    left_out = events.index.difference(as_rows(figure))
    assert events.loc[as_rows(figure), "step"].abs().max() <= events.loc[left_out, "step"].abs().min()
    assert f"{len(left_out)} more" in describe(figure)


def test_an_event_without_answers_says_so():
    linked = set(RECORD.links["from_event"]) | set(RECORD.links["to_event"])
    alone = next(event for event in IDS if event not in linked)
    assert "holds no answer" in describe(response_chain(RECORD, alone))


def test_hostile_acts_belong_by_role():
    aimed = hostile_acts(RECORD, US_SIDE)
    assert set(aimed["kind"].astype(str)) <= set(HOSTILE)
    roles, side = RECORD.event_actors, RECORD.actors["side"]
    for event in aimed.index:
        parts = roles[(roles["event_id"] == event) & roles["role"].isin(ROLES["target"])]
        assert "us-led" in set(side.reindex(parts["actor_id"]).astype(str))
    proven = hostile_acts(RECORD, IRAN_SIDE, role="author")
    alleged = hostile_acts(RECORD, IRAN_SIDE, role="alleged-author")
    assert set(proven.index) < set(alleged.index) and TAJI in alleged.index and TAJI not in proven.index
    assert set(hostile_acts(RECORD, US_SIDE, kinds="airstrike")["kind"].astype(str)) <= {"airstrike"}


@pytest.mark.parametrize("role", list(ROLES))
@pytest.mark.parametrize("within", [1, 3, 7])
def test_answers_counted_by_hand(role, within):
    result = answered_by_chance(CORE, role=role, within=within, shuffles=5)
    days = set(result.answering["date"])
    by_hand = sum(
        any(date + pd.Timedelta(days=step) in days for step in range(1, within + 1)) for date in result.asked["date"]
    )
    assert result.answered[within - 1] == by_hand


def test_shuffled_calendars_agree_with_the_exact_expectation():
    """Of D days, m have an answering act: the chance that none of k given days has one is C(D-k, m) / C(D, m)."""
    result = answered_by_chance(CORE, shuffles=4000, seed=1)
    active = result.answering["date"].nunique()
    for place, span in enumerate(result.spans):
        left = [min(int(span), (result.last_day - date).days) for date in result.asked["date"]]
        expected = sum(1 - comb(result.days - after, active) / comb(result.days, active) for after in left)
        spread = result.by_chance[:, place].std() / np.sqrt(len(result.by_chance))
        assert abs(result.by_chance[:, place].mean() - expected) < 5 * spread + 1e-9


@pytest.mark.parametrize("calendar", ["shuffled", "rotated"])
def test_a_longer_span_catches_no_fewer_acts(calendar):
    result = answered_by_chance(CORE, calendar=calendar, shuffles=300)
    assert (np.diff(result.by_chance, axis=1) >= 0).all() and (np.diff(result.answered) >= 0).all()
    assert result.by_chance.max() <= len(result.asked) and result.by_chance[:, -1].min() < len(result.asked)


@pytest.mark.parametrize("calendar", ["shuffled", "rotated"])
def test_the_same_seed_deals_the_same_calendars(calendar):
    one, same = (answered_by_chance(CORE, calendar=calendar, seed=3).by_chance for _ in range(2))
    other = answered_by_chance(CORE, calendar=calendar, seed=4).by_chance
    assert (one == same).all() and (one != other).any()
    assert one.shape[0] == 1000


def test_rotated_by_nothing_is_the_record():
    result = answered_by_chance(CORE, calendar="rotated", shuffles=3000)
    assert (result.by_chance == result.answered).all(axis=1).any()


def test_chance_says_its_numbers_and_its_method():
    figure = chance(CORE, within=7)
    result = answered_by_chance(CORE, within=7)
    text, table = describe(figure), as_table(figure).set_index("within days")
    note = figure.layout.annotations[0].text.replace("<br>", " ")
    assert f"Of {len(result.asked)} hostile acts aimed at US and allies, {result.answered[6]}" in text
    assert table["followed in the record"].tolist() == result.answered.tolist()
    for words in (
        f"{result.as_often:,} of them had as many or more",
        "1,000 calendars",
        "deals the days",
        "rocket attack",
    ):
        assert words in text and words in note
    bars = next(trace for trace in figure.data if trace.type == "bar")
    assert sum(bars.y) == 1000
    assert 2 <= len(figure.layout.meta["text"]) <= 5
    assert "Narrow it" in describe(chance(RECORD)) and "Narrow it" not in text


def test_nothing_to_shuffle_says_so():
    quiet = RECORD.between("2020-02-18", "2020-02-20")
    assert "No hostile act" in describe(chance(quiet))
    with pytest.raises(ValueError, match="no event in this view"):
        chance(RECORD.between("2017-01-01", "2017-01-02"))


@pytest.mark.parametrize(
    ("call", "hint"),
    [
        (lambda: response_chain(RECORD, "2020-03-11-taji-attack"), TAJI),
        (lambda: response_chain(RECORD, TAJI, kinds=["answers"]), "no kind of link"),
        (lambda: response_chain(RECORD, TAJI, depth=0), "depth is 0"),
        (lambda: response_chain(RECORD, TAJI, most=1), "most is 1"),
        (lambda: chance(CORE, first="us"), "us-led"),
        (lambda: chance(CORE, role="authors"), "'author'"),
        (lambda: chance(CORE, kinds=["rockets"]), "rocket-attack"),
        (lambda: chance(CORE, calendar="shuffle"), "'shuffled'"),
        (lambda: chance(CORE, within=0), "1 or more"),
        (lambda: chance(CORE, window=("2020-02-01", "2020-01-01")), "before the first"),
    ],
)
def test_bad_arguments_name_the_nearest(call, hint):
    with pytest.raises(ValueError, match=re.escape(hint)):
        call()


@pytest.mark.parametrize("event", ["2020-03-13-us-strikes-iraq", "2019-06-20-us-strike-called-off"])
def test_in_a_chain_an_answer_stands_behind_what_it_answers(chronicle, event):
    figure = response_chain(chronicle, event, most=60)
    rows = as_rows(figure)
    table = as_table(figure)
    assert len(table)
    assert all(rows.index(a) < rows.index(b) for a, b in zip(table["from_event"], table["to_event"], strict=True))
