from __future__ import annotations

import math

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers.claims import (
    RULES,
    bias,
    cited_sources,
    claims_of,
    differences,
    independence,
    reading,
    revisions,
    said,
    spreads,
)

MISSILES = "2020-01-08-iran-missiles-al-asad-erbil"
STRIKES = "2019-12-29-us-strikes-kataib-hezbollah"
INJURED = "US troops with brain injury"


def claims(*rows: dict, **common) -> pd.DataFrame:
    """Rows as claims_of gives them, with only what a test is about spelled out."""
    base = {
        "event_id": "e",
        "field": "killed",
        "counted": "people",
        "low": 1.0,
        "high": 1.0,
        "status": None,
        "who": "a",
        "claimant": "A",
        "named": True,
        "official": False,
        "origin": "wire",
        "reported_on": pd.Timestamp("2020-01-03"),
        "reported_on_until": pd.Timestamp("2020-01-03"),
        "day_known": True,
        "numeric": True,
        "stands": True,
    }
    frame = pd.DataFrame([{**base, **common, **row} for row in rows])
    return frame.set_index(pd.Index([f"c-{n}" for n in range(len(frame))], name="claim_id"))


def day(text: str) -> dict:
    return {"reported_on": pd.Timestamp(text), "reported_on_until": pd.Timestamp(text)}


def test_reprints_of_one_wire_are_one_origin(chronicle):
    sources = chronicle.sources
    found = claims_of(chronicle, MISSILES)
    for claim in found.itertuples():
        source = sources.loc[claim.source_id]
        name = source["via"] if isinstance(source["via"], str) else source["publisher"]
        assert claim.origin == name.removesuffix(" (mirror)").casefold()
    reuters = found[found["origin"] == "reuters"]
    assert reuters["publisher"].nunique() > 1, "the record has several reprints of this agency on this event"
    assert independence(reuters).origins == 1


def test_independence_reads_as_the_issue_asks():
    rows = claims(*({"origin": name} for name in ("ap", "ap", "ap", "reuters", "reuters")))
    assert str(independence(rows)) == "5 reports, 2 origins"


def test_each_rule_gives_another_number():
    rows = claims(
        {"low": 10, "high": 10, "origin": "x", "who": "a"},
        {"low": 20, "high": 20, "origin": "y", "who": "b", "official": True, **day("2020-01-09")},
        {"low": 30, "high": 30, "origin": "z", "who": "c", "status": "confirmed"},
        {"low": 40, "high": 40, "origin": "p", "who": "d"},
        {"low": 40, "high": 40, "origin": "q", "who": "e"},
        {"low": 50, "high": 50, "origin": "r", "who": "f"},
    )
    given = {rule: reading(rows, rule).text for rule in RULES}
    assert given == {
        "lowest": "10",
        "best": "30",
        "highest": "50",
        "latest-official": "20",
        "most-independent": "40",
    }


def test_reprints_do_not_outvote_an_independent_number():
    reprints = [{"low": 40, "high": 40, "origin": "ap", "who": f"outlet {n}"} for n in range(9)]
    own = [{"low": 12, "high": 12, "origin": name, "who": name} for name in ("reuters", "afp")]
    assert reading(claims(*reprints, *own), "most-independent").text == "12"


def test_fallen_and_replaced_claims_are_left_out_of_every_rule(chronicle):
    injured = claims_of(chronicle, MISSILES, "tbi", INJURED)
    assert injured["low"].min() == 0
    for rule in RULES:
        one = reading(injured, rule)
        assert one.low >= 100, rule
        assert set(one.claim_ids) <= set(injured.index[injured["stands"]])
        assert one.left_out == int((~injured["stands"]).sum())


def test_as_known_on_a_day_the_rules_work_without_judgements(chronicle):
    known = chronicle.as_of("2020-01-25")
    injured = claims_of(known, MISSILES, "tbi", INJURED)
    assert injured["status"].isna().all()
    assert reading(injured, "latest-official").text == "34"
    assert reading(injured, "lowest").text == "0"
    assert reading(injured, "best").found
    earlier = claims_of(chronicle.as_of("2020-01-12"), MISSILES, "tbi", INJURED)
    assert reading(earlier, "highest").text == "0"


def test_open_ends_are_kept():
    rows = claims({"low": 25, "high": math.nan}, {"low": math.nan, "high": 30, "who": "b"})
    assert reading(rows, "lowest").text == "at least 25"
    assert reading(rows, "highest").text == "up to 30"
    exact = claims({"low": 25, "high": math.nan}, {"low": 25, "high": 25, "who": "b"})
    assert reading(exact, "lowest").text == "25"


def test_a_range_is_a_number_of_its_own():
    rows = claims({"low": 14, "high": 17, "origin": "x"}, {"low": 14, "high": 17, "origin": "y", "who": "b"})
    one = reading(rows, "most-independent")
    assert (one.low, one.high, one.text) == (14, 17, "14 to 17")
    assert reading(rows, "lowest").text == "14"
    assert reading(rows, "highest").text == "17"


def test_unlike_groups_are_not_read_as_one(chronicle):
    with pytest.raises(ValueError, match="different groups"):
        reading(claims_of(chronicle, MISSILES, "missiles"), "best")


def test_a_rule_without_a_claim_says_so():
    none = reading(claims({"stands": False}), "best")
    assert not none.found
    assert none.text == "no claim stands"
    assert reading(claims({}), "latest-official").text == "no official figure"


def test_every_rule_is_defined_in_words_with_an_address():
    for rule in RULES.values():
        assert len(rule.words) > 30
        assert len(rule.practice) > 30
        assert rule.address.startswith("http")


@pytest.mark.parametrize(
    ("call", "nearest"),
    [
        (lambda c: claims_of(c, "2020-01-08-iran-missiles-al-asad"), MISSILES),
        (lambda c: claims_of(c, MISSILES, "kiled"), "killed"),
        (lambda c: claims_of(c, MISSILES, "killed", "American"), "Americans"),
        (lambda c: reading(claims_of(c, MISSILES, "tbi", INJURED), "higest"), "highest"),
    ],
)
def test_a_wrong_argument_names_the_nearest(chronicle, call, nearest):
    with pytest.raises(ValueError, match=nearest):
        call(chronicle)


def test_revisions_follow_one_claimant(chronicle):
    changes = revisions(claims_of(chronicle, MISSILES, "tbi"))
    own = changes[changes["who"] == "us-department-of-defense"]
    assert own["to_low"].tolist() == [50, 64, 109, 110]
    assert own["from_low"].tolist() == [34, 50, 64, 109]
    assert (own["days"] > 0).all()


def test_a_repetition_is_no_revision_and_nobody_unnamed_revises():
    again = claims({}, day("2020-01-05"))
    assert revisions(again).empty
    unnamed = claims({}, {"low": 9, "high": 9, **day("2020-01-05")}, named=False)
    assert revisions(unnamed).empty


def test_unnamed_officials_are_never_taken_for_one_person(chronicle):
    found = claims_of(chronicle, STRIKES)
    unnamed = found[(found["claimant_kind"] == "unnamed-official") & found["claimant_id"].isna()]
    assert len(unnamed)
    assert not unnamed["named"].any()


def test_a_later_word_of_the_same_claimant_replaces_the_earlier(chronicle):
    found = claims_of(chronicle.as_of("2020-02-01"), MISSILES, "tbi", INJURED)
    pentagon = found[found["who"] == "us-department-of-defense"]
    assert pentagon.loc[pentagon["low"] == 64, "stands"].all()
    assert not pentagon.loc[pentagon["low"] < 64, "stands"].any()


def test_spread_is_measured_as_documented(chronicle):
    table = spreads(chronicle)
    assert table["spread"].dropna().between(0, 1).all()
    killed = table.query("event_id == @MISSILES and field == 'killed' and counted == 'Americans'").iloc[0]
    assert killed["spread"] == 1, "somebody says none, somebody says eighty"
    rows = table[table["form"] == "figures"].dropna(subset=["least"])
    assert ((1 - rows["least"] / rows["most"] - rows["spread"]).abs() < 1e-9).all()
    assert (table["claimants"] > 1).all()


def test_a_number_that_grows_is_no_disagreement(chronicle):
    """The Pentagon's figures rose from 34 to 110; only its last word is compared with the others'."""
    table = spreads(chronicle)
    row = table.query("event_id == @MISSILES and field == 'tbi' and counted == @INJURED").iloc[0]
    assert row["most"] == 110
    assert row["least"] in (0, 11)


def test_differences_add_up(chronicle):
    ranking, questions = differences(chronicle), spreads(chronicle)
    sums = questions.groupby("event_id")["spread"].sum()
    assert (ranking["difference"] - sums.reindex(ranking.index)).abs().max() < 1e-9
    assert ranking["difference"].is_monotonic_decreasing
    assert not ranking["difference"].isna().any()


def test_words_are_not_judged_before_their_time(chronicle):
    ranking = differences(chronicle.as_of("2020-01-12"))
    assert len(ranking)
    assert (ranking["words"] == 0).all()


def test_bias_counts_every_source_once(chronicle):
    view = chronicle.only(chapter="march")
    card = bias(view)
    assert card.sources == len(cited_sources(view)) < card.record == len(chronicle.sources)
    for dimension in ("country", "language", "affiliation"):
        counts = card.counts[card.counts["dimension"] == dimension]
        assert counts["sources"].sum() == card.sources
        assert not set(card.missing[dimension]) & set(counts["value"])
    cited = cited_sources(view)
    assert card.undated == cited["published"].isna().sum()
    assert card.excerpts == (cited["read_how"] == "excerpt").sum()
    assert card.where["events"].sum() <= len(view.events)


def test_bias_follows_the_view(chronicle):
    one = chronicle.between("2020-01-07", "2020-01-07")
    ids = set(one.events["source_ids"].explode()) | set(one.claims["source_id"]) | set(one.quotes["source_id"])
    assert set(cited_sources(one).index) == {i for i in ids if isinstance(i, str)}
    empty = bias(chronicle.as_of("2000-01-01"))
    assert empty.sources == 0


def test_nothing_is_changed_in_the_record(chronicle):
    before = chronicle.claims
    claims_of(chronicle, MISSILES)
    spreads(chronicle)
    pd.testing.assert_frame_equal(before, chronicle.claims)


numbers = st.integers(0, 200).map(float)
ends = st.one_of(
    numbers.map(lambda n: (n, n)),
    st.tuples(numbers, numbers).map(lambda pair: (min(pair), max(pair))),
    numbers.map(lambda n: (n, math.nan)),
    numbers.map(lambda n: (math.nan, n)),
)
row = st.builds(
    lambda low_high, origin, who, status, official, stands, date: {
        "low": low_high[0],
        "high": low_high[1],
        "origin": origin,
        "who": who,
        "status": status,
        "official": official,
        "stands": stands,
        **day(f"2020-01-{date:02}"),
    },
    ends,
    st.sampled_from("pqr"),
    st.sampled_from("abcd"),
    st.sampled_from([None, "confirmed", "claimed", "disputed"]),
    st.booleans(),
    st.booleans(),
    st.integers(1, 28),
)


@settings(max_examples=30, deadline=None)
@given(st.lists(row, min_size=1, max_size=6))
def test_every_rule_gives_a_number_that_somebody_stated(rows):
    frame = claims(*rows)
    standing = frame[frame["stands"]]
    stated = set(standing["low"].dropna()) | set(standing["high"].dropna())
    read = {rule: reading(frame, rule) for rule in RULES}
    for rule, one in read.items():
        assert one.found == (
            len(standing[standing["official"]]) > 0 if rule == "latest-official" else len(standing) > 0
        )
        if one.found:
            assert {one.low, one.high} <= stated
            assert one.origins == frame.loc[list(one.claim_ids), "origin"].nunique()
            assert read["lowest"].low <= one.high
            assert one.low <= read["highest"].high


@given(numbers, numbers)
def test_said_names_both_ends(one, other):
    low, high = min(one, other), max(one, other)
    assert said(low, high) == (f"{low:.0f}" if low == high else f"{low:.0f} to {high:.0f}")
