"""A frozen and thawed answer is judged as the original is; thawing runs nothing, whatever it reads."""

import datetime as dt
import json
from collections import Counter
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pandas as pd
import plotly.graph_objects as go
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from helpers import load
from helpers.checks import judge
from helpers.tasks import Slip, Task
from teaching.marking.freezing import Function, Other, freeze, thaw, was_cut
from teaching.marking.inside.freezing import ITEMS

KEYS = ["2019-12-27-k1-rocket-attack", "a", "b", "iran", "2020-01-08"]
RIGHT = [
    12,
    0.5,
    "a",
    True,
    pd.Timestamp("2020-01-08"),
    pd.Timestamp("2020-01-08 01:34"),
    pd.Timedelta(hours=3),
    {"a", "b"},
    ["b", "a"],
    {1, 2, 3},
    [1, 2],
    {"a": 1, "b": 2},
    {pd.Timestamp("2020-01-08"), pd.Timestamp("2020-01-09")},
]
TASKS = [Task(lambda _, right=right: right, (Slip(lambda _: 3, "three"),), "otherwise") for right in RIGHT]
QUIET = settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))

numbers = st.one_of(st.integers(-3, 13), st.floats(allow_nan=True, width=32), st.integers(-(2**70), 2**70))
days = st.datetimes(dt.datetime(2019, 12, 1), dt.datetime(2020, 4, 1)).map(lambda day: day.replace(microsecond=0))
scalars = st.one_of(
    numbers,
    st.sampled_from([*KEYS, "12", "yes", "8 January 2020", "…", ""]),
    st.booleans(),
    st.none(),
    st.just(...),
    days,
    days.map(pd.Timestamp),
    days.map(lambda day: pd.Timestamp(day, tz="Asia/Baghdad")),
    days.map(dt.datetime.date),
    days.map(np.datetime64),
    st.integers(0, 6).map(lambda hours: pd.Timedelta(hours=hours)),
    st.sampled_from([np.int64(12), np.float64(0.5), np.bool_(True), np.str_("a"), Fraction(1, 2), Decimal("12")]),
    st.sampled_from([pd.NA, pd.NaT, np.datetime64("NaT"), np.timedelta64("NaT"), pd.Period("2020-01-08", "D")]),
    st.sampled_from([len, dt.time(3, 4)]),
)
same_kind = st.one_of(
    st.lists(st.sampled_from(KEYS), max_size=5),
    st.lists(st.integers(0, 4), max_size=5),
    st.lists(st.floats(0, 3), max_size=4),
    st.lists(st.booleans(), max_size=4),
    st.lists(days.map(pd.Timestamp), max_size=3),
)
mixed = st.lists(scalars.filter(lambda item: not isinstance(item, str) or item), max_size=4)
collections = st.one_of(
    same_kind,
    mixed,
    same_kind.map(tuple),
    same_kind.map(set),
    same_kind.map(frozenset),
    same_kind.map(lambda items: dict.fromkeys(items, 1)),
    same_kind.map(Counter),
    same_kind.map(np.array),
    same_kind.map(lambda items: np.array(items)[None]),
    same_kind.map(pd.Index),
    same_kind.map(pd.Series),
    mixed.map(lambda items: pd.Series(items, dtype=object)),
    same_kind.map(lambda items: pd.Series(items, index=items)),
    same_kind.map(lambda items: pd.Series(items).value_counts()),
    same_kind.map(lambda items: pd.Series(items).unique()),
    same_kind.map(lambda items: pd.Series(items, dtype="category")),
    same_kind.map(lambda items: pd.DataFrame({"one": items, "two": 1})),
    same_kind.map(lambda items: pd.DataFrame({"one": items}, index=items)),
    same_kind.map(lambda items: pd.DataFrame({"one": items, "two": 1}).groupby(["one", "two"]).size()),
)
answers = st.one_of(scalars, collections, st.lists(collections, max_size=2))


@pytest.fixture(scope="module")
def chronicle():
    return load()


def carried(answer):
    return thaw(json.loads(json.dumps(freeze(answer))))


@QUIET
@given(answer=answers, tasks=st.lists(st.sampled_from(TASKS), min_size=1, max_size=2))
def test_a_thawed_answer_is_judged_as_the_original(chronicle, answer, tasks):
    thawed = carried(answer)
    for task in tasks:
        before, after = judge("x", task, answer, chronicle), judge("x", task, thawed, chronicle)
        assert (after.state, after.message) == (before.state, before.message)


@pytest.mark.parametrize(
    "answer",
    [
        pd.DataFrame({"a": [1, 2], "b": ["x", None], "c": pd.to_datetime(["2020-01-01", None])}),
        pd.DataFrame([[1, 2], [3, 4]], columns=["same", "same"]),
        pd.DataFrame(index=["a", "b"]),
        pd.DataFrame({"a": [1.5]}, index=pd.MultiIndex.from_tuples([("x", 1)], names=["one", "two"])),
        pd.DataFrame(),
    ],
)
def test_a_table_comes_back_as_it_was(answer):
    thawed = carried(answer)
    pd.testing.assert_frame_equal(thawed, answer, check_dtype=False, check_index_type=False, check_column_type=False)


def test_columns_of_true_and_false_stay_such():
    assert carried(pd.Series([True, False])).dtype == bool
    assert carried(np.array([[True], [False]])).shape == (2, 1)


def test_the_record_itself_and_a_figure_come_back(chronicle):
    assert type(carried(chronicle)) is type(chronicle)
    figure = go.Figure(go.Bar(x=["a", "b"], y=np.array([1, 2])), layout_title="One")
    assert carried(figure).layout.title.text == "One"
    assert len(carried(figure).data) == 1


def test_a_function_stays_a_function_that_does_nothing():
    thawed = carried(lambda: 1)
    assert isinstance(thawed, Function)
    with pytest.raises(TypeError):
        thawed()


class Hostile:
    """Raises whenever it is looked at."""

    def __getattr__(self, name):
        raise RuntimeError(name)

    def __len__(self):
        raise RuntimeError

    def __repr__(self):
        raise RuntimeError


class HostileList(list):
    def __iter__(self):
        raise RuntimeError


@pytest.mark.parametrize(
    "answer",
    [Hostile(), HostileList([1]), object(), 1j, type("Odd", (dict,), {"items": None})(), 10**400, b"bytes"],
    ids=["hostile", "hostile list", "object", "complex", "odd dict", "huge", "bytes"],
)
def test_what_has_no_form_is_named_by_its_type(answer):
    assert isinstance(carried(answer), Other)


def test_a_list_that_holds_itself_ends():
    answer = []
    answer.append(answer)
    assert "other" in json.dumps(freeze(answer))


def endless():
    while True:
        yield 1


@pytest.mark.parametrize(
    "answer",
    [
        list(range(10**6)),
        pd.Series(range(10**6)),
        pd.DataFrame(np.zeros((10**6, 3))),
        pd.DataFrame(np.zeros((3, 5000))),
        np.zeros(10**6),
        pd.RangeIndex(10**9),
        range(10**12),
        endless(),
        "x" * 10**8,
        ["x" * 10**6] * 50,
        {number: number for number in range(10**6)},
        [[[0] * 100] * 100] * 100,
    ],
    ids=lambda answer: type(answer).__name__,
)
def test_what_is_too_large_is_cut_and_says_so(answer):
    frozen = freeze(answer)
    assert was_cut(frozen)
    assert len(json.dumps(frozen)) < 5_000_000
    thaw(frozen)


def test_what_is_small_is_not_cut():
    assert not was_cut(freeze(list(range(1000))))
    assert len(carried(range(ITEMS // 2))) == ITEMS // 2


json_values = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=5)),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=5), inner, max_size=3)),
    max_leaves=8,
)
KINDS = {
    *("ellipsis", "NA", "NaT", "int", "float", "str", "timestamp", "timedelta", "period", "date", "time"),
    *("list", "tuple", "set", "frozenset", "dict", "array", "rows", "index", "series", "table", "values", "figure"),
    *("function", "other"),
}
FIELDS = {
    *("value", "items", "dtype", "shape", "names", "name", "index", "columns", "dtypes", "count", "start", "step"),
    *("freq", "type", "cut"),
}
forged = st.recursive(
    json_values,
    lambda inner: st.builds(
        lambda kind, fields: {"kind": kind, **fields},
        st.sampled_from(sorted(KINDS)),
        st.dictionaries(st.sampled_from(sorted(FIELDS)), inner, max_size=6),
    ),
    max_leaves=6,
)


@QUIET
@given(frozen=forged)
def test_what_was_forged_is_thawed_or_refused(frozen):
    try:
        thaw(frozen)
    except ValueError:
        return


@pytest.mark.parametrize(
    "frozen",
    [
        {"kind": "rows", "count": 10**12, "start": 0, "step": 1},
        {"kind": "array", "dtype": "i", "shape": [10**9, 10**9], "items": [1]},
        {"kind": "__import__('os')"},
        {"kind": "int", "value": "__import__"},
        {"no kind": 1},
        {"kind": ["list"]},
    ],
)
def test_forgeries_that_would_cost_much_are_refused(frozen):
    with pytest.raises(ValueError):
        thaw(frozen)
