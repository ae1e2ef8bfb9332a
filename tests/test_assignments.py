"""The sources of the assignments: their anatomy, the copies that students get, and what answers earn."""

from __future__ import annotations

import ast
import json
import re
from dataclasses import replace
from functools import cache
from importlib import import_module
from itertools import pairwise
from textwrap import dedent

import pandas as pd
import pytest

from helpers.answers import Tried
from helpers.assignments.assignment_1 import quiet_days
from helpers.checks import judge as judge_answer
from helpers.network import ties
from helpers.tasks import AnyOf
from helpers.variants import ASSIGNMENTS as NUMBERS
from helpers.variants import variant
from teaching.marking.forms import Outcome
from teaching.marking.freezing import freeze
from teaching.marking.inside.marker import tried
from teaching.marking.judging import judge, points_in
from teaching.marking.release import TEXT_STUB, released
from teaching.marking.sources import MACHINE, PERSON, SOURCES, assignments, grade_id, marking, text_of
from tests.assignments import ASSIGNMENTS, HIDDEN, SOLUTION, answers_to, play
from tests.checker.language import language_problems
from tests.checker.notebook import Lesson

MINUTES = (40, 90)
LEAST_POINTS = 10
STUDENTS = ("model", "kim", "07-zoe")
CARD = ("**Question:**", "**Time:**", "**Level:**", "**Needs:**", "**You will show that you can:**", "**Points:**")
SCHEME = re.compile(r"^### BEGIN MARK SCHEME\n.*?^### END MARK SCHEME\n?", re.MULTILINE | re.DOTALL)

each = pytest.mark.parametrize("number", NUMBERS)


def cells_of(number):
    return ASSIGNMENTS[number].notebook["cells"]


@cache
def release_of(number):
    """Return the students' copy, as nbgrader makes it, in the form of a source."""
    return replace(ASSIGNMENTS[number], notebook=json.loads(released(ASSIGNMENTS[number])))


def scheme_of(number):
    """Return the module with the mark schemes of an assignment."""
    return import_module(f"teaching.marking.schemes.assignment_{number}")


def earned(number, played):
    """Return the points for what was handed over, by the number of the question."""
    frozen = {key: freeze(answer) for key, answer in played.handed.items()}
    frozen = json.loads(json.dumps(frozen))
    schemes = scheme_of(number).schemes(played.variant)
    marks = judge(Outcome({}, frozen, None, 0.0), played.variant, schemes, points_in(ASSIGNMENTS[number].notebook))
    return {mark.key: (mark.points, mark.message) for mark in marks}


# Anatomy


def test_there_are_five_sources():
    assert sorted(assignments(SOURCES)) == list(NUMBERS)


@each
def test_an_assignment_lies_in_a_folder_of_its_name(number):
    path = ASSIGNMENTS[number].path
    assert path.parent.name == path.stem
    assert path.stem.startswith(f"{number}-")
    assert [file.name for file in path.parent.glob("*.ipynb")] == [path.name]


@each
def test_the_card_says_what_an_assignment_asks_for(number):
    assignment = ASSIGNMENTS[number]
    card = text_of(cells_of(number)[0])
    assert card.startswith(f"# Assignment {number}: ")
    for part in CARD:
        assert part in card, part
    assert re.search(r"^\*\*Question:\*\* .+\?$", card, re.MULTILINE)
    first, last = map(int, re.search(r"\*\*Time:\*\* (\d+) to (\d+) minutes", card).groups())
    assert MINUTES[0] <= first < last <= MINUTES[1]
    points = re.search(r"(\d+) in all: (\d+) marked by the machine, (\d+) by your teacher", card)
    assert [int(n) for n in points.groups()] == [
        assignment.points(),
        assignment.points(MACHINE),
        assignment.points(PERSON),
    ]
    assert assignment.points() >= LEAST_POINTS
    assert assignment.points(PERSON) > 0
    prose = " ".join(text_of(cell) for cell in cells_of(number)[:6])
    assert "hand in" in prose
    assert "**Content note.**" in prose


@each
def test_cells_carry_what_nbgrader_needs(number):
    cells = cells_of(number)
    names = [grade_id(cell) for cell in cells]
    assert all(names) and len(set(names)) == len(names)
    for cell in cells:
        mark = marking(cell)
        assert cell["id"] == mark["grade_id"]
        assert mark["schema_version"] == 3
        assert mark["cell_type"] == cell["cell_type"]
        assert mark["task"] is False
        assert ("points" in mark) == mark["grade"]
        assert mark["locked"] == (not mark["solution"]), grade_id(cell)
        regions = {
            name: text_of(cell).count(f"### BEGIN {name}") for name in ("SOLUTION", "HIDDEN TESTS", "MARK SCHEME")
        }
        assert regions["SOLUTION"] == (mark["solution"] and cell["cell_type"] == "code")
        assert regions["HIDDEN TESTS"] == (mark["grade"] and cell["cell_type"] == "code")
        assert regions["MARK SCHEME"] == (mark["solution"] and cell["cell_type"] == "markdown")
        for name, count in regions.items():
            assert text_of(cell).count(f"### END {name}") == count
        assert cell.get("outputs", []) == [] and cell.get("execution_count") is None


@each
def test_the_first_cells_make_the_students_own_variant(number):
    by = {grade_id(cell): text_of(cell) for cell in cells_of(number)}
    order = list(by)
    assert order.index("setup") < order.index("student-prompt") < order.index("student") < order.index("mine")
    imports = [line for line in by["setup"].splitlines() if line.strip()]
    assert all(re.match(r"(from helpers[.\w]* import |import pandas as pd$)", line) for line in imports), imports
    assert SOLUTION.sub("", by["student"]).strip() == "student = ..."
    assert 'student = "model"' in by["student"]
    lines = by["mine"].splitlines()
    assert lines[0] == f"mine = variant({number}, student)"
    assert "check = mine.check" in lines
    assert lines[-1] == "mine"


@each
def test_questions_say_who_marks_them(number):
    order = [grade_id(cell) for cell in cells_of(number)]
    by = {grade_id(cell): cell for cell in cells_of(number)}
    questions = ASSIGNMENTS[number].questions
    assert [question.key for question in questions] == [f"{number}.{n + 1}" for n in range(len(questions))]
    for question in questions:
        stem = question.key.replace(".", "-")
        places = [order.index(f"q{stem}{part}") for part in ("-prompt", "")]
        assert places == sorted(places)
        prompt = text_of(by[f"q{stem}-prompt"])
        assert re.search(rf"^## {re.escape(question.key)} ", prompt), prompt
        worth = re.search(r"^\*(\d+) points?, marked by (the machine|your teacher)\b", prompt, re.MULTILINE)
        assert worth, f"{question.key} does not say its points"
        assert int(worth[1]) == question.points
        assert (worth[2] == "the machine") == (question.by == MACHINE)
        cell = text_of(by[question.cell])
        if question.by == MACHINE:
            assert order.index(question.cell) > places[1]
            hidden = "".join(HIDDEN.findall(cell))
            assert HIDDEN.sub("", cell).strip().startswith(f'check("{question.key}", ')
            assert len(HIDDEN.sub("", cell).strip().splitlines()) == 1, "the verdict is the cell's value"
            assert f'mark(mine, "{question.key}", ' in hidden
        else:
            assert len(question.rubric.split()) > 20, "a teacher needs a mark scheme"
            assert SCHEME.sub("", cell).strip(), "and a model answer"


@each
def test_what_the_machine_marks_has_a_task_and_a_scheme(number):
    mine = variant(number, "model")
    keys = {question.key for question in ASSIGNMENTS[number].questions if question.by == MACHINE}
    schemes = scheme_of(number).schemes(mine)
    assert set(mine.tasks) == set(schemes) == keys
    for key, scheme in schemes.items():
        assert len(scheme.credit) <= len(scheme.task.slips), key
        assert all(0 <= share < 1 for share in scheme.credit), key


@each
def test_the_prose_is_plain_and_neutral(number):
    prompts = [cell for cell in cells_of(number) if cell["cell_type"] == "markdown" and not marking(cell)["solution"]]
    lesson = Lesson(f"assignment-{number}", {"cells": prompts})
    assert not language_problems(lesson, variant(number, "model").chronicle)
    levels = [len(m) for cell in prompts for m in re.findall(r"^(#{1,6}) ", text_of(cell), re.MULTILINE)]
    assert levels[0] == 1 and levels.count(1) == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))


@each
def test_links_lead_to_notebooks_that_exist(number):
    folder = SOURCES.parents[1] / "notebooks" / "assignments"  # where the students' copy lies
    for cell in cells_of(number):
        for target in re.findall(r"\]\(([^)#:]+\.ipynb)\)", text_of(cell)):
            assert (folder / target).resolve().is_file(), target


# The students' copy


@each
def test_nothing_for_teachers_is_in_the_students_copy(number):
    text = json.dumps(release_of(number).notebook, ensure_ascii=False)
    for word in ("### BEGIN", "### END", "marker", "MARK SCHEME", "mark(mine"):
        assert word not in text
    given = {grade_id(cell): text_of(cell) for cell in release_of(number).notebook["cells"]}
    for cell in cells_of(number):
        mark, name = marking(cell), grade_id(cell)
        if mark["solution"] and cell["cell_type"] == "markdown":
            assert given[name].strip() == TEXT_STUB
        elif mark["solution"]:
            kept = SOLUTION.sub("", text_of(cell))
            assert [line for line in given[name].splitlines() if not line.strip().startswith("#")] == [
                line for line in kept.splitlines() if not line.strip().startswith("#")
            ]
        else:
            assert given[name].strip() == HIDDEN.sub("", text_of(cell)).strip()


@each
def test_an_untouched_copy_runs_and_says_not_answered_yet(number):
    played = play(release_of(number), ..., untouched=True)
    machine = {question.key for question in ASSIGNMENTS[number].questions if question.by == MACHINE}
    assert played.variant.student == "example"
    assert set(played.verdicts) == machine
    assert {verdict.state for verdict in played.verdicts.values()} == {"unanswered"}


@each
def test_an_untouched_notebook_earns_nothing(number):
    played = play(ASSIGNMENTS[number], "ana-7", untouched=True, hidden=True)
    assert {key: points for key, (points, _) in earned(number, played).items() if points} == {}


# What answers earn


@each
@pytest.mark.parametrize("student", STUDENTS)
def test_the_model_answers_earn_all_points(number, student):
    played = play(ASSIGNMENTS[number], student)
    assert all(played.verdicts.values()), played.verdicts
    points = {question.key: question.points for question in ASSIGNMENTS[number].questions if question.by == MACHINE}
    assert {key: got for key, (got, _) in earned(number, played).items()} == points


@each
def test_there_are_enough_answers_of_each_sort(number):
    answers = answers_to(number)
    assert len(answers.RIGHT) >= 3
    assert len(answers.WRONG) >= 4


@each
def test_right_answers_in_other_words_earn_all_points(number):
    points = {question.key: question.points for question in ASSIGNMENTS[number].questions if question.by == MACHINE}
    for place, (name, answers) in enumerate(answers_to(number).RIGHT.items()):
        for student in (STUDENTS[0], f"{name} {place}"):
            played = play(ASSIGNMENTS[number], student, answers)
            assert all(played.verdicts.values()), (name, student, played.verdicts)
            got = earned(number, played)
            assert {key: mark[0] for key, mark in got.items()} == points, (name, student, got)


@each
def test_plausible_wrong_answers_earn_what_is_stated(number):
    points = {question.key: question.points for question in ASSIGNMENTS[number].questions if question.by == MACHINE}
    for place, (name, (answers, stated)) in enumerate(answers_to(number).WRONG.items()):
        assert set(answers) == set(stated), name
        for student in (STUDENTS[0], f"{name} {place}"):
            played = play(ASSIGNMENTS[number], student, answers)
            got = earned(number, played)
            assert {key: mark[0] for key, mark in got.items()} == pytest.approx(points | stated, abs=0.01), (name, got)
            assert sum(mark[0] for mark in got.values()) < sum(points.values())
            for key, verdict in played.verdicts.items():
                assert bool(verdict) == (got[key][0] == points[key]), f"{name}: the check and the mark of {key} differ"


# Functions: the check tries them on other inputs than the marking does, and both know the same mistakes

FUNCTIONS = {1: "1.7", 2: "2.7", 4: "4.6"}
LIKELY = {
    "1.7": [
        ("without return", "days = pd.date_range(first, last)", "`return`"),
        ("only shown", "print(len(pd.date_range(first, last)))", "`return`"),
        ("own window", "return 4", "same number for everything"),
        (
            "a name from above",
            """
            window = chronicle.between(mine["first"], mine["last"])
            return len(set(pd.date_range(first, last)) - set(window.events["date"]))
            """,
            "whole record",
        ),
        (
            "events for days",
            """
            begun = chronicle.events["date"].between(first, last)
            return len(pd.date_range(first, last)) - begun.sum()
            """,
            "one day",
        ),
        (
            "without the last day",
            """
            days = pd.date_range(first, last)[:-1]
            return len(days) - days.isin(chronicle.events["date"]).sum()
            """,
            "leaves out one day",
        ),
        (
            "days, not their number",
            'return set(pd.date_range(first, last)) - set(chronicle.events["date"])',
            "one number",
        ),
        (
            "mine inside",
            """
            days = pd.date_range(mine["first"], last)
            return len(days) - days.isin(chronicle.events["date"]).sum()
            """,
            "wrong number",
        ),
    ],
    "2.7": [
        ("without return", "near = one, other", "`return`"),
        (
            "the two themselves",
            """
            held = ties(chronicle, on=day)
            near = []
            for actor in [one, other]:
                rows = held[(held["source_actor"] == actor) | (held["target_actor"] == actor)]
                near.append(set(rows["source_actor"]) | set(rows["target_actor"]))
            return len(near[0] & near[1])
            """,
            "themselves",
        ),
        (
            "two taken off",
            """
            held = ties(chronicle, on=day)
            near = []
            for actor in [one, other]:
                rows = held[(held["source_actor"] == actor) | (held["target_actor"] == actor)]
                near.append(set(rows["source_actor"]) | set(rows["target_actor"]))
            return len(near[0] & near[1]) - 2
            """,
            "in any case",
        ),
        (
            "what it gets is not used",
            """
            held = ties(chronicle, on=mine["day"])
            near = []
            for actor in [mine["actor"], mine["other"]]:
                to = held.loc[held["source_actor"] == actor, "target_actor"]
                of = held.loc[held["target_actor"] == actor, "source_actor"]
                near.append(set(to) | set(of))
            return len(near[0] & near[1])
            """,
            "it gets",
        ),
        (
            "the own day",
            """
            held = ties(chronicle, on=mine["day"])
            near = []
            for actor in [one, other]:
                to = held.loc[held["source_actor"] == actor, "target_actor"]
                of = held.loc[held["target_actor"] == actor, "source_actor"]
                near.append(set(to) | set(of))
            return len(near[0] & near[1])
            """,
            "never `mine`",
        ),
        (
            "lists in the place of sets",
            """
            held = ties(chronicle, on=day)
            near = []
            for actor in [one, other]:
                to = held.loc[held["source_actor"] == actor, "target_actor"]
                of = held.loc[held["target_actor"] == actor, "source_actor"]
                near.append(list(to) + list(of))
            return len([actor for actor in near[0] if actor in near[1]])
            """,
            "each actor once",
        ),
    ],
    "4.6": [
        ("without return", "count = 0", "`return`"),
        ("no abs, no gaps", "return sum(first[e] - second[e] >= 2 for e in first)", "a second coder who is higher"),
        ("no gaps", "return sum(abs(first[e] - second[e]) >= 2 for e in first)", "ends with an error"),
        (
            "gaps of the first alone",
            "return sum(abs(first[e] - second[e]) >= 2 for e in first if first[e] is not None)",
            "one of the coders only",
        ),
        (
            "no abs",
            "return sum(first[e] - second[e] >= 2 for e in first if first[e] and second[e])",
            "the first coder is higher",
        ),
        ("gaps as zero", "return sum(abs((first[e] or 0) - (second[e] or 0)) >= 2 for e in first)", "takes None"),
        (
            "the end at a gap",
            """
            count = 0
            for e in first:
                if first[e] is None or second[e] is None:
                    break
                count = count + (abs(first[e] - second[e]) >= 2)
            return count
            """,
            "and go on",
        ),
        (
            "anew at each event",
            """
            for e in first:
                count = 0
                if first[e] is not None and second[e] is not None and abs(first[e] - second[e]) >= 2:
                    count = count + 1
            return count
            """,
            "anew",
        ),
        (
            "one step",
            "return sum(abs(first[e] - second[e]) >= 1 for e in first if first[e] and second[e])",
            "difference",
        ),
        ("the names of the cells above", "return sum(abs(kind[e] - harm[e]) >= 2 for e in kind)", "everything"),
    ],
}
HEADS = {"1.7": "quiet_days(first, last)", "2.7": "shared(one, other, day)", "4.6": "far_apart(first, second)"}

each_function = pytest.mark.parametrize(("number", "key"), FUNCTIONS.items())


def tasks_of(number, student="model"):
    """Return the question for a function as it is checked and as it is marked."""
    mine, key = variant(number, student), FUNCTIONS[number]
    return mine.tasks[key], scheme_of(number).schemes(mine)[key].task


def test_these_are_all_functions():
    for number in NUMBERS:
        mine = variant(number, "model")
        found = [key for key, task in mine.tasks.items() if isinstance(task.right(mine.chronicle), Tried)]
        assert found == [key for key in [FUNCTIONS.get(number)] if key]


@each_function
@pytest.mark.parametrize("student", STUDENTS)
def test_the_check_and_the_marking_of_a_function_know_the_same_mistakes(number, key, student):
    chronicle = variant(number, student).chronicle
    checked, marked = tasks_of(number, student)
    assert [slip.hint for slip in checked.slips] == [slip.hint for slip in marked.slips]
    for task in (checked, marked):
        for slip in task.slips:
            value = slip.value(chronicle)
            for wrong in value if isinstance(value, AnyOf) else [value]:
                verdict = judge_answer(key, task, wrong, chronicle)
                assert (verdict.state, verdict.message) == ("wrong", slip.hint)


@each_function
def test_the_marking_tells_a_function_without_return_from_one_without_a_line(number, key):
    mine, points = variant(number, "model"), {key: 8.0}
    for body, said in (("pass", "Not answered."), ("...", "Not answered."), ("count = 0", "`return`")):
        names = {}
        exec(f"def {HEADS[key]}:\n    {body}", names)
        gave = tried(names[HEADS[key].partition("(")[0]], scheme_of(number).TRIED)
        outcome = Outcome({}, {key: json.loads(json.dumps(freeze(gave)))}, None, 0.0)
        (mark,) = judge(outcome, mine, scheme_of(number).schemes(mine), points)
        assert mark.points == 0 and said in mark.message, (body, mark)


def test_quiet_days_may_come_as_a_length_of_time():
    task = tasks_of(1)[1]
    chronicle = variant(1, "model").chronicle
    for unit, good in (("days", True), ("hours", False)):
        gave = [pd.Timedelta(quiet_days(chronicle, *given), unit) for given in scheme_of(1).TRIED]
        assert bool(judge_answer("1.7", task, gave, chronicle)) == good


@each_function
def test_a_function_is_marked_on_inputs_of_its_own(number, key):
    cell = next(text_of(cell) for cell in cells_of(number) if grade_id(cell) == f"q{key.replace('.', '-')}-marks")
    hidden = ast.parse("".join(HIDDEN.findall(cell)))
    given = [ast.literal_eval(line.value) for line in hidden.body if isinstance(line, ast.Assign)]
    assert given == [scheme_of(number).TRIED]
    own, *others = tasks_of(number)[0].right(variant(number, "model").chronicle).trials
    assert not [trial for trial in others if trial.given in given[0]]
    for trial in others:
        assert ast.literal_eval(f"({trial.call.partition('(')[2]}") in (trial.given, trial.given[0])
    assert own.call == f"{key and HEADS[key].partition('(')[0]}({own.call.partition('(')[2]}"


@each_function
def test_likely_mistakes_in_a_function_are_told_in_words(number, key):
    head = HEADS[key]
    for student in STUDENTS:
        mine = variant(number, student)
        names = {"mine": mine, "chronicle": mine.chronicle, "pd": pd, "ties": ties}
        if number == 4:
            rules = import_module("helpers.assignments.assignment_4")
            names |= {rule: getattr(rules, f"by_{rule}")(mine.chronicle, mine["events"]) for rule in ("kind", "harm")}
        for name, lines, said in LIKELY[key]:
            body = "\n".join(f"    {line}" for line in dedent(lines).strip().splitlines())
            exec(f"def {head}:\n{body}", names)
            verdict = mine.check(key, names[head.partition("(")[0]])
            assert verdict.state == "wrong" and said in verdict.message, (student, name, verdict)


def test_what_is_special_about_the_actors_of_a_trial_is_true():
    mine = variant(2, "model")
    task = tasks_of(2)[0].right(mine.chronicle)
    tied, later, nobody, several, turned, others = (trial.given for trial in task.trials[1:])

    def between(one, other, day):
        held = ties(mine.chronicle, on=day)
        return held[held[["source_actor", "target_actor"]].isin([one, other]).all(axis=1)]

    assert len(between(*tied)) and len(between(*others)) and later[:2] == tied[:2] and later[2] > tied[2]
    assert task.does(*nobody) == 0
    assert turned == (several[1], several[0], several[2]) and between(*several).empty
    held = ties(mine.chronicle, on=several[2])
    assert held.loc[held["source_actor"] == several[0], "target_actor"].duplicated().any()
