"""The sources of the assignments: their anatomy, the copies that students get, and what answers earn."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from functools import cache
from importlib import import_module
from itertools import pairwise

import pytest

from helpers.variants import ASSIGNMENTS as NUMBERS
from helpers.variants import variant
from teaching.marking.forms import Outcome
from teaching.marking.freezing import freeze
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


def earned(number, played):
    """Return the points for what was handed over, by the number of the question."""
    frozen = {key: freeze(answer) for key, answer in played.handed.items()}
    frozen = json.loads(json.dumps(frozen))
    schemes = import_module(f"teaching.marking.schemes.assignment_{number}").schemes(played.variant)
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
    schemes = import_module(f"teaching.marking.schemes.assignment_{number}").schemes(mine)
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
            got = earned(number, play(ASSIGNMENTS[number], student, answers))
            assert {key: mark[0] for key, mark in got.items()} == pytest.approx(points | stated, abs=0.01), (name, got)
            assert sum(mark[0] for mark in got.values()) < sum(points.values())
