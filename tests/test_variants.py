"""Variants: each id gets questions of its own, of like difficulty, that can be solved and that nobody can copy."""

from __future__ import annotations

import operator
import random
import time
from functools import cache
from importlib import import_module
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
import pytest

from helpers import load
from helpers.answers import Fitting, Tried, as_text, is_unanswered, names_in, same
from helpers.assignments import assignment_1, assignment_2
from helpers.checks import judge
from helpers.network import changes, ties
from helpers.tasks import AnyOf
from helpers.variants import ASSIGNMENTS, difficulties, variant
from teaching.marking.schemes import assignment_1 as scheme_1
from teaching.marking.schemes import assignment_2 as scheme_2

CHANCE = random.Random(5)
IDS = [f"{CHANCE.choice(['', 'ana-', 'B', 'li '])}{CHANCE.randrange(10**6)}" for _ in range(500)]
SAMPLE = IDS[:8]  # ids whose hints are proved one by one
CLASS = IDS[:30]
SPREAD = 1.4  # the most difficult variant against the easiest
COPIED = 0.25  # the share of a neighbour's answers that may be right by chance

each = pytest.mark.parametrize("assignment", ASSIGNMENTS)
CHRONICLE = load()


@cache
def right(assignment: int, student: str) -> dict[str, object]:
    """Return the expected answers of a student's variant."""
    mine = variant(assignment, student, CHRONICLE)
    return {key: task.right(CHRONICLE) for key, task in mine.tasks.items()}


@each
def test_five_hundred_ids_have_questions_that_can_be_solved(assignment):
    module = import_module(f"helpers.assignments.assignment_{assignment}")
    keys = None
    drawn = {str(mine.settings): mine for mine in (variant(assignment, student, CHRONICLE) for student in IDS)}
    for _, mine in sorted(drawn.items(), key=lambda item: item[0][::-1]):  # like days one behind the other
        keys = keys or set(mine.tasks)
        assert set(mine.tasks) == keys, "all students have the same questions"
        assert all(key.startswith(f"{assignment}.") for key in keys)
        for key, task in mine.tasks.items():
            value = task.right(CHRONICLE)
            choices = list(value) if isinstance(value, AnyOf) else [value]
            assert choices and not any(is_unanswered(choice) for choice in choices), (key, mine)
        assert mine.text == module.in_words(CHRONICLE, mine.settings)
        assert mine.text.strip()


@each
def test_variants_are_of_like_difficulty(assignment, record_property):
    sizes = difficulties(assignment, IDS[:200], CHRONICLE)
    spread = sizes.describe(percentiles=[0.05, 0.5, 0.95]).round(2).to_dict()
    record_property("difficulty", spread)
    print(f"assignment {assignment}: {spread}")
    assert sizes.min() > 0
    assert sizes.max() / sizes.min() <= SPREAD
    assert sizes.std() / sizes.mean() <= 0.1


@each
def test_two_ids_seldom_share_a_variant(assignment):
    drawn = pd.Series([str(variant(assignment, student, CHRONICLE).settings) for student in IDS])
    pairs = len(drawn) * (len(drawn) - 1)
    alike = (drawn.value_counts() * (drawn.value_counts() - 1)).sum()
    assert alike / pairs < 0.02
    assert len(import_module(f"helpers.assignments.assignment_{assignment}").choices(CHRONICLE)) >= 100


@each
def test_a_copied_answer_is_mostly_wrong(assignment):
    # A function must work on any input, so it is the same for all; its points stand for writing it.
    keys = [key for key, value in right(assignment, CLASS[0]).items() if not isinstance(value, Tried)]
    hits = {key: [] for key in keys}
    for place, one in enumerate(CLASS):
        for other in CLASS[place + 1 :]:
            for key in keys:
                mine, theirs = right(assignment, one)[key], right(assignment, other)[key]
                options = mine if isinstance(mine, AnyOf) else [mine]
                given = theirs[0] if isinstance(theirs, AnyOf) else theirs
                hits[key].append(any(same(option, given) for option in options))
    shares = {key: float(np.mean(found)) for key, found in hits.items()}
    print(f"assignment {assignment}, right by copying: { {key: round(share, 3) for key, share in shares.items()} }")
    assert np.mean(list(shares.values())) < COPIED, shares
    assert max(shares.values()) < 0.5, shares


@each
def test_the_same_id_gives_the_same_variant(assignment):
    forms = ["ana 7", " Ana  7 ", "ANA 7", "ana\u00a07"]
    assert len({str(variant(assignment, form, CHRONICLE)) for form in forms}) == 1
    assert variant(assignment, 1207, CHRONICLE) == variant(assignment, "1207", load())
    assert variant(assignment, np.int64(1207), CHRONICLE) == variant(assignment, "1207", CHRONICLE)
    assert variant(assignment, "Zoë", CHRONICLE) == variant(assignment, "Zoe\u0308", CHRONICLE)
    for nothing in (..., None, "", "  "):
        assert variant(assignment, nothing, CHRONICLE).student == "example"


@each
def test_what_a_student_changes_stays_with_that_student(assignment):
    first = variant(assignment, "ana", CHRONICLE)
    untouched = str(first.settings)
    for value in first.settings.values():
        if isinstance(value, list):
            value.clear()
    first.settings.clear()
    assert str(variant(assignment, "ana", CHRONICLE).settings) == untouched


@each
def test_the_choices_are_cheap_and_plain(assignment):
    module = import_module(f"helpers.assignments.assignment_{assignment}")
    module.choices(CHRONICLE)
    begun = time.process_time()
    choices = module.choices(CHRONICLE)
    taken = time.process_time() - begun
    assert choices == module.choices(CHRONICLE)
    assert taken < 0.25, "it runs at the top of the notebook"
    plain = (str, int, float, bool, type(None))
    for settings in choices:
        for value in settings.values():
            items = value if isinstance(value, (list, tuple)) else [value]
            assert all(type(item) in plain for item in items), settings


@each
def test_a_variant_can_be_shown(assignment):
    mine = variant(assignment, "<b>Ana</b>", CHRONICLE)
    assert "&lt;b&gt;ana" in mine._repr_html_()
    assert "<b>" not in mine._repr_html_()
    assert mine.text in repr(mine)
    assert "example" in repr(variant(assignment, ..., CHRONICLE))
    for name in mine.settings:
        assert f'mine["{name}"]' in mine._repr_html_()


@each
def test_errors_name_what_is_near(assignment):
    mine = variant(assignment, "ana", CHRONICLE)
    with pytest.raises(ValueError, match=f"the nearest is '{assignment}"):
        mine.check(f"{assignment}.1a", 3)
    name = next(iter(mine.settings))
    with pytest.raises(ValueError, match=f"the nearest is '{name}'"):
        mine[name + "x"]


@pytest.mark.parametrize("given", [True, 3.5, ["ana"], {"id": 1}])
def test_an_id_is_a_text_or_a_whole_number(given):
    with pytest.raises(ValueError, match="quotation marks"):
        variant(1, given, CHRONICLE)


def test_there_are_five_assignments():
    with pytest.raises(ValueError, match="no assignment 6"):
        variant(6, "ana", CHRONICLE)


@each
@pytest.mark.parametrize("student", SAMPLE)
def test_each_question_knows_right_from_wrong(assignment, student):
    mine = variant(assignment, student, CHRONICLE)
    names = names_in(CHRONICLE)
    for key, task in mine.tasks.items():
        value = task.right(CHRONICLE)
        choices = list(value) if isinstance(value, AnyOf) else [value]
        for choice in choices:
            for form in _forms(choice):
                assert mine.check(key, form).state == "right", (key, form)
        assert mine.check(key).state == "unanswered"
        _hints_fit(key, task)
        said = f" {as_text(' '.join([*(slip.hint for slip in task.slips), task.otherwise]))} ".replace(".", " ")
        for choice in choices:
            for shown in _shown(choice):
                assert not same(choice, shown, names) or f" {shown} " not in said, f"{key} gives {shown} away"


def _hints_fit(key, task):
    assert task.slips, "likely mistakes have their hints"
    hints = [slip.hint for slip in task.slips]
    assert len(set(hints)) == len(hints)
    for place, slip in enumerate(task.slips):
        value = slip.value(CHRONICLE)
        for wrong in list(value) if isinstance(value, AnyOf) else [value]:
            verdict = judge(key, task, wrong, CHRONICLE)
            assert verdict.state == "wrong", f"slip {place} of {key} is a right answer or none"
            assert verdict.message == slip.hint, f"slip {place} of {key} is hidden by one before it"


def _forms(choice):
    """Return an answer in several forms."""
    if isinstance(choice, Fitting):
        example = choice.example()
        return [choice, example] if isinstance(example, str) else [choice, *_forms(example)]
    if isinstance(choice, Tried):
        return [choice, choice.does, lambda *given: choice.does(*given)]
    if isinstance(choice, dict):
        return [choice, pd.Series(choice), list(choice.items())]
    if isinstance(choice, (set, frozenset)):
        return [choice, sorted(choice), pd.Series(sorted(choice)), pd.Index(sorted(choice)), np.array(sorted(choice))]
    if isinstance(choice, (list, tuple)):
        return [list(choice), tuple(choice), pd.Series(list(choice))]
    if isinstance(choice, pd.Timestamp):
        return [choice, str(choice), choice.to_pydatetime(), choice.to_datetime64(), pd.Series([choice])]
    if isinstance(choice, bool):
        return [choice, np.bool_(choice)]
    if isinstance(choice, (int, float)):
        return [choice, str(choice), np.float64(choice), [choice], pd.Series([choice])]
    return [choice, str(choice), [choice]]


def _shown(choice):
    """Return how an answer of one value would read in a hint."""
    if isinstance(choice, (str, pd.Timestamp)):
        return [as_text(str(choice))]
    return [f"{choice:g}"] if isinstance(choice, (int, float)) and not isinstance(choice, bool) else []


# Assignments 1 and 2


def test_the_clocks_of_assignment_1_are_those_of_its_cities():
    zones = {
        "Washington": "America/New_York",
        "Kyiv": "Europe/Kyiv",
        "Abu Dhabi": "Asia/Dubai",
        "Islamabad": "Asia/Karachi",
        "New Delhi": "Asia/Kolkata",
        "Beijing": "Asia/Shanghai",
        "Tokyo": "Asia/Tokyo",
        "Canberra": "Australia/Sydney",
    }
    assert set(zones) == set(assignment_1.CITIES)
    for settings in assignment_1.choices(CHRONICLE):
        moment = CHRONICLE.event(settings["clocked"])["start_utc"].tz_localize("UTC")
        there = moment.tz_convert(ZoneInfo(zones[settings["city"]]))
        assert there.utcoffset() == pd.Timedelta(hours=settings["ahead"])


@pytest.mark.parametrize("module", [assignment_1, assignment_2], ids=["1", "2"])
def test_all_choices_lie_in_the_band_of_difficulty(module):
    choices = module.choices(CHRONICLE)
    sizes = [module.difficulty(CHRONICLE, settings) for settings in choices[:: max(1, len(choices) // 40)]]
    low, high = module.DIFFICULTY
    assert low - 1e-9 <= min(sizes) <= max(sizes) <= high + 1e-9


# Functions: no likely mistake gives what is right on the inputs of the marking, nor what another mistake gives


def _given_by(does, inputs):
    """Return what a function gives for each input; an error by its kind."""
    found = []
    for given in inputs:
        try:
            found.append(does(*given))
        except Exception as error:
            found.append(type(error).__name__)
    return tuple(found)


def _told_apart(right, mistakes, least):
    """Say which mistakes cannot be told from what is right, or from a mistake with another hint."""
    assert all(sum(map(operator.ne, right, gave)) >= least for _, gave in mistakes), (right, mistakes)
    hints = {}
    for hint, gave in mistakes:
        hints.setdefault(gave, set()).add(hint)
    assert all(len(same_hints) == 1 for same_hints in hints.values()), hints


def _functions_of(number):
    """Return what is asked of the five hundred ids, and in which variant; what differs in nothing here, once."""
    function = {1: assignment_1.quiet_days_function, 2: assignment_2.shared_function}[number]
    own = {1: ("first", "last", "kind"), 2: ("actor", "other", "day")}[number]
    drawn = {tuple(mine[name] for name in own): mine for mine in (variant(number, one, CHRONICLE) for one in IDS)}
    return [(function(CHRONICLE, mine.settings), mine) for mine in drawn.values()]


def _gave(mistakes, tried):
    return [(mistake.hint, _given_by(does, tried)) for mistake in mistakes for does in mistake.does]


def test_quiet_days_are_marked_on_windows_that_tell_each_mistake_apart():
    tried, found = scheme_1.TRIED, _functions_of(1)
    right, fixed = _given_by(found[0][0].does, tried), _gave(found[0][0].mistakes[:-2], tried)
    for function, _ in found:  # the last two mistakes are those with the variant's own window and kind
        _told_apart(right, [*fixed, *_gave(function.mistakes[-2:], tried)], least=1)


def test_shared_actors_are_marked_on_inputs_that_tell_each_mistake_apart():
    """Only the mistakes of the last hint differ from variant to variant: they are counted here by a quicker way."""
    tried = scheme_2.TRIED

    @cache
    def near(actor, day):
        return assignment_2.tied(held(day), actor)

    @cache
    def held(day):
        return ties(CHRONICLE, on=day)

    def count(one, other, day):
        return len(near(one, day) & near(other, day))

    found = _functions_of(2)
    function, _ = found[0]
    right, fixed = _given_by(function.does, tried), _gave(function.mistakes[:-1], tried)
    assert right == _given_by(count, tried)
    for _, mine in found:
        actor, other, day = mine["actor"], mine["other"], mine["day"]
        assert (actor, other, day) not in tried
        theirs = (
            lambda one, two, _, day=day: count(one, two, day),
            lambda *given, a=actor, o=other: count(a, o, given[2]),
        )
        _told_apart(right, [*fixed, *(("own", _given_by(does, tried)) for does in theirs)], least=2)
        halves = [
            _given_by(lambda one, two, when, a=actor: count(a, two, when), tried),
            _given_by(lambda one, two, when, o=other: count(one, o, when), tried),
            _given_by(lambda one, two, when, since=mine["since"]: count(one, two, since), tried),
        ]
        assert right not in halves, mine


@pytest.mark.parametrize("student", SAMPLE)
def test_keys_are_not_read_from_the_labels_of_another_column(student):
    mine = variant(2, student, CHRONICLE)
    changed = changes(CHRONICLE, since=mine["since"], on=mine["day"])
    began = changed[changed["change"] == "began"]
    assert mine.check("2.3", began) and mine.check("2.3", began.index), "a table stands for its rows"
    assert mine.check("2.3", began["target_actor"].str.len()), "a number is no key"
    for column in ("target_actor", "change"):
        verdict = mine.check("2.3", began[column].astype(str))
        assert verdict.state == "wrong" and "`.index`" in verdict.message
    assert not mine.check("2.3", changed["change"] == "began")


@pytest.mark.parametrize("student", SAMPLE)
def test_a_part_of_a_moment_hears_which_part_is_missing(student):
    mine = variant(1, student, CHRONICLE)
    there = right(1, student)["1.5"]
    alone = mine.check("1.5", f"{there:%H:%M}")
    assert "day" in alone.message or "Begin with `start_utc`" in alone.message
    assert "clock time is missing" in mine.check("1.5", f"{there:%Y-%m-%d}").message


@pytest.mark.parametrize("student", SAMPLE[:3])
def test_evidence_is_read_from_a_column_by_its_values(student):
    mine = variant(3, student, CHRONICLE)
    claims = {n: CHRONICLE.claims.loc[keys] for n, keys in right(3, student)["3.2"].example().items()}
    assert mine.check("3.2", claims) and mine.check("3.2", {n: rows["low"] for n, rows in claims.items()})
    assert "These are pages" in mine.check("3.2", {n: rows["source_id"] for n, rows in claims.items()}).message


def test_what_is_right_can_be_shown_to_a_teacher():
    shown = {key: str(value) for number in (3, 4) for key, value in right(number, SAMPLE[0]).items()}
    assert "such as" in shown["3.1"] and "confirmed" in shown["3.1"]
    assert shown["4.6"].startswith("a function that gives ")
    assert not [key for key, text in shown.items() if " at 0x" in text]
