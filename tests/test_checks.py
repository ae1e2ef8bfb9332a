"""Self-checks: a right answer passes in any reasonable form, a wrong one hears why, and nothing is given away."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers.answers import Trial, Tried, as_moment, as_number, as_text, belonging, is_unanswered, names_in, same
from helpers.checks import check, find_task, judge, lessons_with_practice, tasks_of
from helpers.tasks import AnyOf, Slip, Task

TASKS = [(key, task) for lesson in lessons_with_practice() for key, task in tasks_of(lesson).items()]
DAY = pd.Timestamp("2020-01-08")
MOMENT = pd.Timestamp("2020-01-08 01:34")
KEYS = {"kataib-hezbollah", "camp-taji", "baghdad"}


def task(right, *slips, otherwise="Look again.", **settings):
    return Task(lambda c: right, tuple(slips), otherwise, **settings)


def hear(right, answer, chronicle, *slips, **settings):
    return judge("x-1", task(right, *slips, **settings), answer, chronicle)


FORMS = {
    "number": (
        12,
        [
            12,
            12.0,
            np.int64(12),
            np.float32(12),
            "12",
            " 12 ",
            Decimal(12),
            Fraction(12),
            [12],
            (12,),
            {12},
            pd.Series([12]),
            pd.Series([12], index=["x"]),
            pd.Index([12]),
            np.array(12),
            np.array([12]),
            pd.DataFrame({"n": [12]}),
            "12.",
            "'12'",
            "[12]",
        ],
        [13, "13", True, "twelve rockets", [12, 13], pd.Series([12, 13]), 0, -12, 12.5, print, 1 + 2j, {"a": 1}],
    ),
    "large number": (1234.0, ["1,234", "1 234", 1234, "1234.0"], ["12,34", "1.234"]),
    "share": (0.25, [0.25, "0.25", 1 / 4, np.float64(0.25)], [25, 0.2]),
    "text": (
        "kataib-hezbollah",
        [
            "kataib-hezbollah",
            "Kataib Hezbollah",
            " KATAIB_HEZBOLLAH ",
            ["kataib-hezbollah"],
            pd.Series(["Kataib Hezbollah"]),
        ],
        ["hezbollah", 3, ["a", "b"], True],
    ),
    "yes": (True, [True, np.bool_(True), "yes", " True", [True]], [False, "no", 1, "maybe"]),
    "day": (
        DAY,
        [
            DAY,
            "2020-01-08",
            "8 January 2020",
            "January 8, 2020",
            "8 Jan 2020",
            dt.date(2020, 1, 8),
            dt.datetime(2020, 1, 8, 1),
            np.datetime64("2020-01-08"),
            pd.Series([DAY]),
            DAY.tz_localize("Asia/Baghdad"),
            pd.Period("2020-01-08"),
        ],
        ["2020-01-09", "08/01/2020", "8 January", 8, "2019-01-08", pd.NaT, "32 January 2020"],
    ),
    "moment": (
        MOMENT,
        [
            "2020-01-08 01:34",
            "2020-01-08T01:34",
            pd.Timestamp("2020-01-08 01:34:20"),
            "2020-01-08 01:34:00+03:00",
            "2020/01/08 01:34",
            "2020-01-08 1:34 AM",
            "8 January 2020, 01:34:00",
            "Wednesday, 8th January 2020 at 01:34",
            "01:34 on January 8th, 2020",
            "1:34 am, 8 Jan 2020",
        ],
        [
            "2020-01-08",
            "1:34 pm, 8 Jan 2020",
            "08/01/2020 01:34",
            "1:34 am",
            "2020-01-08 01:43",
            "01:34",
            dt.time(1, 34),
            dt.date(2020, 1, 8),
        ],
    ),
    "duration": (
        pd.Timedelta(hours=5),
        ["5 hours", dt.timedelta(hours=5), np.timedelta64(5, "h")],
        ["4 hours", 5, "soon"],
    ),
    "set": (
        KEYS,
        [
            KEYS,
            sorted(KEYS),
            tuple(KEYS),
            frozenset(KEYS),
            pd.Series(sorted(KEYS)),
            pd.Index(KEYS),
            np.array(sorted(KEYS)),
            ["Baghdad", "Camp Taji", "Kataib Hezbollah"],
            "baghdad, camp-taji, kataib-hezbollah",
            "baghdad, camp-taji and kataib-hezbollah",
            "baghdad camp-taji kataib-hezbollah",
            "- Baghdad\n- Camp Taji\n- Kataib Hezbollah",
            "['baghdad', 'camp-taji', 'kataib-hezbollah']",
            "{'kataib-hezbollah', 'camp-taji', 'baghdad'}",
            [KEYS],
            [sorted(KEYS)],
            ['"baghdad"', " 'camp-taji'", "“kataib-hezbollah”"],
            [*KEYS, "baghdad"],
            pd.Series(1, index=sorted(KEYS)),
            pd.DataFrame({"place_id": sorted(KEYS)}),
            pd.DataFrame(index=sorted(KEYS)),
            pd.DataFrame({"n": 1}, index=sorted(KEYS)),
            pd.DataFrame({"name": "a", "n": 1}, index=sorted(KEYS)),
            pd.DataFrame({"place_id": sorted(KEYS), "n": 1}),
            pd.Series(sorted(KEYS), index=["x", "y", "z"]),
            pd.Series(DAY, index=sorted(KEYS)),
            pd.Series(True, index=sorted(KEYS)),
            dict.fromkeys(KEYS, 1),
            dict.fromkeys(KEYS, 1).keys(),
            (key for key in KEYS),
            pd.Categorical(sorted(KEYS)),
        ],
        [
            ["baghdad"],
            "baghdad",
            [*KEYS, "erbil"],
            ["a", "b", "c"],
            3,
            pd.Series([True, False, True]),
            pd.Series(["a", "b", "c"], index=sorted(KEYS)),
            pd.DataFrame({"name": ["a", "b", "c"]}, index=sorted(KEYS)),
            pd.DataFrame({"place_id": sorted(KEYS), "n": 1}, index=["x", "y", "z"]),
            pd.Series([True, False], index=["baghdad", "camp-taji"]),
            dict.fromkeys(KEYS, "a"),
        ],
    ),
    "set of one": ({"baghdad"}, ["baghdad", ["Baghdad"], {"baghdad"}, pd.Index(["baghdad"])], ["erbil"]),
    "set of days": (
        {DAY},
        ["2020-01-08", [DAY], pd.DatetimeIndex([DAY]), np.array(["2020-01-08"], "M8[ns]")],
        ["2020-01-09"],
    ),
    "list": (
        ["b", "a", "c"],
        [
            ["b", "a", "c"],
            ("B", "a", "c"),
            pd.Series(["b", "a", "c"]),
            "b, a, c",
            pd.Series([3, 2, 1], ["b", "a", "c"]),
        ],
        [["a", "b", "c"], pd.Series(["x", "y", "z"], index=["b", "a", "c"])],
    ),
    "counts": (
        {"rocket-attack": 2, "protest": 1},
        [
            {"rocket-attack": 2, "protest": 1},
            Counter(["protest", "rocket-attack", "rocket-attack"]),
            pd.Series(["rocket-attack", "rocket-attack", "protest"]).value_counts(),
            [("protest", 1), ("Rocket attack", 2.0)],
            pd.DataFrame({"kind": ["protest", "rocket-attack"], "n": [1, 2]}),
            pd.Series(
                ["protest", "rocket-attack", "rocket-attack"],
                dtype=pd.CategoricalDtype(["protest", "x", "rocket-attack"]),
            ).value_counts(),
        ],
        [{"rocket-attack": 1, "protest": 2}, {"rocket-attack": 2}, 3, pd.Series([2, 1]), ["protest"], {"a": 1}],
    ),
    "set of numbers": (
        {34, 42},
        [{34, 42}, pd.Series([34, 42], index=[1, 2]), pd.Series(["a", "b"], index=[34, 42])],
        [pd.Series([1, 2], index=[34, 42]), [34]],
    ),
    "any of": (AnyOf(["a", "b"]), ["a", "B", ["b"]], ["c", ["a", "b"], 1]),
}
RIGHT = [(name, right, form) for name, (right, forms, _) in FORMS.items() for form in forms]
WRONG = [(name, right, form) for name, (right, _, forms) in FORMS.items() for form in forms]


@pytest.mark.parametrize(("name", "right", "answer"), RIGHT)
def test_a_right_answer_passes_in_any_form(name, right, answer, chronicle):
    assert hear(right, answer, chronicle).state == "right", name


@pytest.mark.parametrize(("name", "right", "answer"), WRONG)
def test_a_wrong_answer_does_not_pass(name, right, answer, chronicle):
    verdict = hear(right, answer, chronicle)
    assert not verdict, name
    assert verdict.message


@pytest.mark.parametrize(
    ("answer", "said"),
    [([], "empty"), ({}, "empty"), (set(), "empty"), (pd.Series(dtype="str"), "empty"), (np.nan, "NaN")],
)
def test_what_came_out_empty_is_not_taken_for_untouched(answer, said, chronicle):
    verdict = hear(12, answer, chronicle)
    assert verdict.state == "wrong" and said in verdict.message
    assert hear(set(), set(), chronicle).state == "right", "unless nothing is the right answer"


@pytest.mark.parametrize("answer", [..., "", "  ", "...", "…", "___", [...]])
def test_untouched_is_not_answered_yet(answer, chronicle):
    verdict = hear(12, answer, chronicle)
    assert verdict.state == "unanswered"
    assert "Not answered yet" in repr(verdict) and "three dots" in verdict.message


def test_nothing_that_came_back_is_not_taken_for_three_dots(chronicle):
    verdict = hear(12, None, chronicle)
    assert verdict.state == "unanswered"
    assert "`return`" in verdict.message and "dots" not in verdict.message


# A function as an answer


def untouched(a, b):
    """Add two numbers."""


def passes(a, b):
    pass


def dots(a, b):
    """Add two numbers."""
    ...


def shows(a, b):
    print(a + b)


def forgets(a, b):
    total = a + b  # noqa: F841 - a student forgets to hand it back


def sometimes(a, b):
    if a > 0:
        return a + b


def changes(a, b):
    a.extend(b)
    return sum(a)


SUMS = (
    Trial((1, 2), "your own numbers", "add(1, 2)"),
    Trial((0, 5), "a zero", "add(0, 5)"),
    Trial((-4, 1), "a number below zero", "add(-4, 1)"),
)
ADD = Tried(lambda a, b: a + b, SUMS)
TIMES = Slip(lambda c: Tried(lambda a, b: a * b, SUMS), "You multiply.")


@pytest.mark.parametrize("function", [lambda a, b: b + a, lambda *both: float(sum(both)), lambda a, b: [a + b], ADD])
def test_a_function_that_gives_the_same_is_right(function, chronicle):
    assert hear(ADD, function, chronicle, TIMES).state == "right"


@pytest.mark.parametrize("function", [untouched, passes, dots])
def test_a_function_without_a_line_is_not_answered_yet(function, chronicle):
    verdict = hear(ADD, function, chronicle, TIMES)
    assert verdict.state == "unanswered"
    assert "does nothing yet" in verdict.message and "three dots" not in verdict.message


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (shows, "`return`"),
        (forgets, "`return`"),
        (lambda a, b: a * b, "You multiply."),
        (lambda a, b: 99, "Look again."),
        (lambda a, b: abs(a) + abs(b), "with a number below zero: it returns a wrong number. Run `add(-4, 1)`"),
        (sometimes, "with a zero: it returns nothing"),
        (lambda a, b: a + b if a else 1 // a, "with a zero: it ends with an error (ZeroDivisionError"),
        (lambda a: a, "an error (TypeError"),
        (
            lambda a, b: "three",
            "with your own numbers: it returns something else. The answer is a number, and yours is a text",
        ),
        (lambda a, b: [a, b], "several values"),
        (lambda a, b: a < b, "True or False"),
        (3, "the function itself"),
        ("add", "the function itself"),
        (pd.Series([3, 5]), "the function itself"),
    ],
)
def test_what_is_wrong_with_a_function_is_told(answer, said, chronicle, capsys):
    verdict = hear(ADD, answer, chronicle, TIMES)
    assert verdict.state == "wrong"
    assert said in verdict.message


def test_a_function_that_changes_what_it_gets_is_tried_like_any_other():
    lists = tuple(Trial(pair, "lists", "") for pair in (([1], [2]), ([], [5])))
    right = Tried(lambda a, b: sum(a) + sum(b), lists)
    assert same(right, changes) and same(right, changes)
    assert [trial.given for trial in lists] == [([1], [2]), ([], [5])]


def test_a_function_is_called_once_for_each_input(chronicle):
    called = []
    hear(ADD, lambda a, b: called.append((a, b)) or 99, chronicle, TIMES, Slip(lambda c: Tried(min, SUMS), "No."))
    assert called == [trial.given for trial in SUMS]


def test_each_slip_has_its_own_hint(chronicle):
    slips = [Slip(lambda c: 5, "All kinds."), Slip(lambda c: AnyOf([7, 8]), "All months.")]
    assert [hear(12, n, chronicle, *slips).message for n in (5, "8", 9)] == ["All kinds.", "All months.", "Look again."]


@pytest.mark.parametrize(
    ("right", "answer", "said"),
    [
        (12, "many", "a text"),
        (12, True, "True or False"),
        (12, len, "round brackets"),
        (12, [1, 2], "several values"),
        (12, pd.DataFrame({"a": [1, 2]}), "2 rows"),
        (0.25, 25, "percentage"),
        (25, 0.25, "percentage"),
        (12, -12, "sign"),
        (33.3333, 33, "round"),
        (True, "maybe", "True or False"),
        ("a", 3, "a number"),
        (DAY, "8/1/2020", "2020-01-31"),
        (DAY, "01:34", "a clock time"),
        (MOMENT, "01:34", "the day is missing"),
        (MOMENT, " 1:34 am", "the day is missing"),
        (MOMENT, dt.time(1, 34), "the day is missing"),
        (MOMENT, "8 January 2020", "the clock time is missing"),
        (MOMENT, dt.date(2020, 1, 8), "the clock time is missing"),
        (MOMENT, "early", "with a clock time"),
        (MOMENT, [1, 2], "one date with its clock time"),
        (DAY, "2019-01-08", "year"),
        (KEYS, "baghdad", "Yours belongs there"),
        (KEYS, 3, "several items"),
        (KEYS, ["baghdad", "camp-taji"], "All 2 of yours"),
        (KEYS, [*KEYS, "erbil"], "1 of yours does not belong"),
        (KEYS, ["baghdad", "erbil"], "1 belongs there and 1 does not"),
        (KEYS, pd.Series([True, False]), "square brackets"),
        (KEYS, pd.Series(["a", "b", "c"], index=sorted(KEYS)), "`.index`"),
        (KEYS, dict.fromkeys(KEYS, "a"), "labels of your dict"),
        (KEYS, pd.DataFrame({"place_id": sorted(KEYS), "n": 1}, index=["x", "y", "z"]), "Choose the column"),
        (["b", "a"], ["a", "b"], "order"),
        ({"a": 1}, 1, "each label"),
        ({"a": 1}, {"b": 1}, "labels"),
    ],
)
def test_a_wrong_form_is_named(right, answer, said, chronicle):
    assert said in hear(right, answer, chronicle).message


def test_what_belongs_is_read_by_the_same_rule():
    """A column of other texts earns nothing by its labels."""
    assert belonging(KEYS, pd.Series("a", index=sorted(KEYS)))[0] == 0
    assert belonging(KEYS, pd.Series(1, index=["baghdad", "erbil"])) == (1, 1, 2)


def test_the_whole_record_is_no_answer(chronicle):
    assert "whole record" in hear(12, chronicle, chronicle).message


@settings(deadline=None)
@given(st.one_of(st.integers(), st.floats(), st.text(), st.lists(st.integers() | st.text()), st.binary(), st.dates()))
def test_no_answer_breaks_a_check(answer):
    for right, _, _ in FORMS.values():
        assert same(right, answer) in (True, False)
    is_unanswered(answer)


@settings(deadline=None)
@given(st.integers(-(10**9), 10**9))
def test_numbers_are_read_as_they_are_written(number):
    assert as_number(f"{number:,}") == as_number(str(number)) == as_number(np.int64(number)) == number


@settings(deadline=None)
@given(st.dates(dt.date(1700, 1, 1), dt.date(2200, 1, 1)))
def test_days_are_read_as_they_are_written(day):
    written = (day, day.isoformat(), f"{day.day} {day:%B} {day.year:04d}", f"{day:%B} {day.day}, {day.year:04d}")
    assert {as_moment(form) for form in written} == {pd.Timestamp(day)}


def test_names_stand_for_keys(chronicle):
    names = names_in(chronicle)
    event = chronicle.events.iloc[0]
    assert names[as_text(event["title"])] == as_text(event.name)
    assert same(event.name, event["title"], names)


def test_an_unknown_number_names_the_nearest():
    with pytest.raises(ValueError, match="example-1"):
        check("exampel-1", 3)
    with pytest.raises(ValueError, match="no task"):
        check("99", 3)


def test_a_verdict_can_be_shown(chronicle):
    verdict = hear("a", "b", chronicle, Slip(lambda c: "b", "Not <b>."))
    assert "Not &lt;b&gt;." in verdict._repr_html_()
    assert 'role="status"' in verdict._repr_html_()
    assert repr(verdict) == "✗ x-1: Not yet. Not <b>."


# The tasks of all lessons


@pytest.mark.parametrize(("key", "task"), TASKS, ids=[key for key, _ in TASKS])
def test_a_task_knows_right_from_wrong(key, task, chronicle):
    right = task.right(chronicle)
    choices = list(right) if isinstance(right, AnyOf) else [right]
    names = names_in(chronicle)
    assert choices, "there is a right answer"
    assert not any(is_unanswered(choice) for choice in choices)
    for choice in choices:
        assert check(key, choice, chronicle).state == "right"
        if isinstance(choice, (set, list)):
            assert check(key, pd.Series(list(choice)), chronicle).state == "right"
        elif not isinstance(choice, (dict, bool)):
            assert check(key, str(choice), chronicle).state == "right"
    assert check(key, ..., chronicle).state == "unanswered"
    assert task.slips, "likely mistakes have their hints"
    hints = [slip.hint for slip in task.slips]
    assert len(set(hints)) == len(hints)
    for place, slip in enumerate(task.slips):
        value = slip.value(chronicle)
        for wrong in list(value) if isinstance(value, AnyOf) else [value]:
            verdict = check(key, wrong, chronicle)
            assert verdict.state == "wrong", f"slip {place} of {key} is a right answer or none"
            assert verdict.message == slip.hint, f"slip {place} of {key} is hidden by one before it"
    said = as_text(" ".join([*hints, task.otherwise])).split()
    for choice in choices:
        if isinstance(choice, (str, int, float)) and not isinstance(choice, bool):
            shown = as_text(choice) if isinstance(choice, str) else f"{choice:g}"
            assert not same(choice, shown, names) or f" {shown} " not in f" {' '.join(said)} ".replace(".", ""), (
                "gives it away"
            )


def test_the_chapter_in_the_place_of_the_days_is_seen_in_task_02_1(chronicle):
    for kept in (chronicle.only(chapter="december"), chronicle.between("2019-12-26", "2020-01-02")):
        verdict = check("02-1", len(kept.only(kind="statement").events), chronicle)
        assert verdict.state == "wrong" and "chapter" in verdict.message


def test_tasks_are_numbered_by_their_lesson():
    assert TASKS
    for lesson in lessons_with_practice():
        for key in tasks_of(lesson):
            assert key.startswith(f"{lesson}-")
            assert find_task(key) is tasks_of(lesson)[key]


# Numbers with their unit


@pytest.mark.parametrize(
    ("unit", "answer"),
    [
        ("hours", "47 hours"),
        ("hours", " 47h "),
        ("hours", "47.0 hrs."),
        ("hours", 47),
        ("hours", pd.Timedelta(hours=47)),
        ("hours", dt.timedelta(hours=47)),
        ("hours", np.timedelta64(47, "h")),
        ("hours", pd.Series([pd.Timedelta(hours=47)])),
        ("hours", str(pd.Timedelta(hours=47))),
        ("hours", str(dt.timedelta(hours=47))),
        ("days", pd.Timedelta(days=47)),
        ("days", "47 days"),
        ("days", "47 Days"),
        ("minutes", "47 min"),
        ("events", "47 events"),
        ("events", ["47 events"]),
    ],
)
def test_a_number_may_have_the_unit_that_is_asked_for(unit, answer, chronicle):
    assert hear(47, answer, chronicle, unit=unit).state == "right"
    assert hear({"a": 47}, {"a": answer}, chronicle, unit=unit).state == "right"


@pytest.mark.parametrize(
    ("unit", "answer", "said"),
    [
        ("hours", "47 days", "Behind your number stands “days”. The question asks for hours."),
        ("hours", "2820 minutes", "asks for hours"),
        ("hours", pd.Timedelta(days=47), "Look again."),
        ("hours", "46 hours", "Look again."),
        ("events", "47 claims", "asks for events"),
        ("events", pd.Timedelta(days=47), "a length of time"),
        ("", "47 hours", "the number alone"),
        ("", pd.Timedelta(hours=47), "a length of time"),
        ("", np.timedelta64(47, "h"), "a length of time"),
        ("hours", "many hours", "a text"),
        ("hours", pd.NaT, "no value"),
    ],
)
def test_another_unit_is_told_in_words(unit, answer, said, chronicle):
    verdict = hear(47, answer, chronicle, unit=unit)
    assert verdict.state == "wrong" and said in verdict.message
    assert "47" not in verdict.message


def endless():
    found = []
    found.append(found)
    return found


def test_no_odd_answer_ends_a_check(chronicle):
    odd = [
        endless(),
        [[["a"], 1], [["b"], 2]],
        pd.Series([1], index=pd.Index([("a", 1)], tupleize_cols=False)),
        "[" * 5000,
        "{[]: 1}",
        "{1: [2}",
        [{}],
        np.array([[None, {}]], dtype=object),
        pd.DataFrame([[1, 2], [3, 4]], columns=["a", "a"]),
        10**400,
        {"a": {"b": 1}},
        object(),
    ]
    for answer in odd:
        for right in (12, "baghdad", DAY, MOMENT, KEYS, ["a", "b"], {"a": 1, "b": 2}):
            assert not hear(right, answer, chronicle)


@pytest.mark.parametrize(
    "answer",
    [
        [{"a": 1, "b": 2}],
        "{'a': 1, 'b': 2}",
        np.array([["a", 1], ["b", 2]], dtype=object),
        pd.DataFrame([{"a": 1, "b": 2}]),
        {"a": 1, "b": 2}.items(),
    ],
)
def test_a_value_for_each_label_may_be_wrapped(answer, chronicle):
    assert hear({"a": 1, "b": 2}, answer, chronicle)
