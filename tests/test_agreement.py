"""Krippendorff's alpha against the published example and the package, its interval, and the ladder of comparisons."""

from __future__ import annotations

import re
from itertools import combinations, permutations

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from helpers.agreement import agreement, alpha, coding_table, disagreements, ladder

# Four observers, twelve units, gaps: the example of the krippendorff package, whose alphas for it are these.
N = None
PUBLISHED = {
    "A": dict(enumerate([1, 2, 3, 3, 2, 1, 4, 1, 2, N, N, N])),
    "B": dict(enumerate([1, 2, 3, 3, 2, 2, 4, 1, 2, 5, N, 3])),
    "C": dict(enumerate([N, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, N])),
    "D": dict(enumerate([1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, N])),
}
SCALES = ["nominal", "ordinal", "interval"]
LEVELS = st.one_of(st.none(), st.integers(1, 5))
CODINGS = st.integers(2, 4).flatmap(
    lambda n: st.lists(st.lists(LEVELS, min_size=n, max_size=n), min_size=2, max_size=9)
)


def table(rows):
    return pd.DataFrame(rows, columns=[f"coder {place}" for place in range(len(rows[0]))], dtype=float)


@pytest.mark.parametrize(("scale", "published"), [*zip(SCALES, [0.743, 0.815, 0.849], strict=True)])
def test_the_published_example(scale, published):
    assert round(alpha(PUBLISHED, scale), 3) == published
    assert round(alpha(pd.DataFrame(PUBLISHED), scale), 3) == published
    assert round(agreement(PUBLISHED, scale, draws=50).alpha, 3) == published


@settings(max_examples=60, deadline=None)
@given(CODINGS, st.sampled_from(SCALES))
def test_the_shares_are_what_makes_alpha_fall(rows, scale):
    """Without the event that brings all disagreement, alpha is 1; events without any bring none."""
    codes = table(rows)
    assume(not np.isnan(alpha(codes, scale)))
    shares = disagreements(codes, scale)["share"]
    paired = codes[codes.notna().sum(axis=1) > 1]
    quiet = paired.nunique(axis=1) == 1
    assert (shares[quiet[quiet].index] == 0).all()
    if alpha(codes, scale) < 1:
        assert shares.sum() == pytest.approx(1) and (shares[quiet[~quiet].index] > 0).all()
        only = shares[shares > 1 - 1e-9]
        if len(only):
            rest = alpha(codes.drop(only.index), scale)
            assert np.isnan(rest) or rest == 1
    else:
        assert shares.sum() == 0


@settings(max_examples=40, deadline=None)
@given(CODINGS, st.sampled_from(SCALES), st.randoms())
def test_order_does_not_matter_and_one_is_the_top(rows, scale, chance):
    codes = table(rows)
    shuffled = codes.sample(frac=1, random_state=chance.randrange(99))[chance.sample(list(codes), len(codes.columns))]
    assert alpha(codes, scale) == pytest.approx(alpha(shuffled, scale), nan_ok=True)
    assert not alpha(codes, scale) > 1 + 1e-12


def test_agreement_disagreement_and_chance():
    same = {"A": {1: 1, 2: 3, 3: 5}, "B": {1: 1, 2: 3, 3: 5}}
    assert all(alpha(same, scale) == 1 for scale in SCALES)
    assert alpha({"A": {1: 1, 2: 5}, "B": {1: 5, 2: 1}}) < 0
    rng = np.random.default_rng(1)
    assert abs(alpha(pd.DataFrame(rng.integers(1, 6, (4000, 3))))) < 0.03


def test_without_two_levels_there_is_no_alpha():
    assert np.isnan(alpha({"A": {1: 3, 2: 3}, "B": {1: 3, 2: 3}}))
    assert np.isnan(alpha({"A": {1: 3, 2: None}, "B": {1: None, 2: 4}}))
    assert "too few" in agreement({"A": {1: 3, 2: 4}, "B": {1: None, 2: 4}}).text


def test_an_empty_coder_changes_nothing():
    empty = dict.fromkeys(PUBLISHED["A"])
    found, wider = agreement(PUBLISHED), agreement(PUBLISHED | {"you": empty})
    assert found == wider and found.coders == 4
    dots = agreement(PUBLISHED | {"you": dict.fromkeys(PUBLISHED["A"], ...)})
    assert dots == found


def test_the_interval():
    found = agreement(PUBLISHED)
    assert found.low < found.alpha < found.high <= 1
    assert found == agreement(PUBLISHED) and found != agreement(PUBLISHED, seed=1)
    many = agreement(pd.concat([pd.DataFrame(PUBLISHED)] * 20, ignore_index=True))
    assert many.high - many.low < (found.high - found.low) / 3
    assert f"alpha {found.alpha:.2f} (from {found.low:.2f} to {found.high:.2f})" in found.text


def test_the_interval_by_a_plain_loop():
    codes = pd.DataFrame(PUBLISHED).iloc[:11]  # the twelfth unit has one level only
    rng = np.random.default_rng(2020)
    drawn = rng.integers(11, size=(400, 11))
    slow = [alpha(codes.iloc[places].reset_index(drop=True)) for places in drawn]
    found = agreement(PUBLISHED, draws=400)
    assert [found.low, found.high] == pytest.approx(np.nanquantile(slow, [0.025, 0.975]))


def test_the_worst_disagreements_come_first():
    worst = disagreements(PUBLISHED)
    assert worst.index[0] == 5, "the sixth unit has the levels 1, 2, 3 and 4"
    assert worst["share"].sum() == pytest.approx(1)
    assert pd.isna(worst["share"].iloc[-1]) and worst.index[-1] == 11
    without = {coder: {unit: level for unit, level in codes.items() if unit != 5} for coder, codes in PUBLISHED.items()}
    assert alpha(without) > alpha(PUBLISHED)
    assert (disagreements({"A": {1: 2, 2: 3}, "B": {1: 2, 2: 3}})["share"] == 0).all()


@pytest.mark.parametrize(
    ("call", "hint"),
    [
        (lambda: alpha(PUBLISHED, "ordnal"), "ordinal"),
        (lambda: agreement(PUBLISHED, draws=0), "1 or more"),
        (lambda: coding_table({}), "no coder"),
        (lambda: coding_table({"A": {1: "grave"}}), "a number"),
        (lambda: ladder([]), "no comparison"),
        (lambda: ladder([("a", "a")]), "with itself"),
        (lambda: ladder([("a", "b")], caution=0), "above 0"),
    ],
)
def test_bad_arguments_say_what_is_wrong(call, hint):
    with pytest.raises(ValueError, match=re.escape(hint)):
        call()


def test_the_ladder_keeps_a_clear_order():
    acts = list("edcba")
    found = ladder(combinations(acts, 2))
    assert list(found.index) == acts
    assert found["wins"].tolist() == [4, 3, 2, 1, 0] and (found["comparisons"] == 4).all()
    assert found["beats_average"].between(0, 1, inclusive="neither").all()
    assert found["beats_average"].iloc[2] == pytest.approx(0.5)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.sampled_from(list(permutations("abcd", 2))), min_size=1, max_size=40))
def test_the_ladder_expects_the_wins_that_were_seen(duels):
    """The property of the best fit: each act's expected wins, those against the average act included, are its wins."""
    found = ladder(duels, caution=1)
    strength = found["beats_average"] / (1 - found["beats_average"])
    for act, wins in found["wins"].items():
        expected = sum(strength[act] / (strength[one] + strength[other]) for one, other in duels if act in (one, other))
        assert expected + 2 * strength[act] / (1 + strength[act]) == pytest.approx(wins + 1, abs=1e-5)
    assert found.equals(ladder(duels, caution=1))


def test_two_acts_in_closed_form():
    """With little caution 75 wins of 100 make odds of 3 to 1, and both lie equally far from the average act."""
    found = ladder([("a", "b")] * 75 + [("b", "a")] * 25, caution=0.1)["beats_average"]
    strength = found / (1 - found)
    assert strength["a"] / strength["b"] == pytest.approx(3, rel=0.01)
    assert strength["a"] * strength["b"] == pytest.approx(1, rel=1e-4)
