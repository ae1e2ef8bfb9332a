"""The codings of a class: read from what was handed over, merged, measured, shown without names."""

from __future__ import annotations

import csv
import json
from itertools import combinations

import numpy as np
import pandas as pd
import pytest

from helpers import as_table, describe, load
from helpers.agreement import alpha
from helpers.assignments.assignment_4 import CORE
from helpers.variants import variant
from teaching.marking import class_codings
from teaching.marking.class_codings import ANSWER, as_page, chart, from_folder, from_outcomes, merged, write
from teaching.marking.forms import Outcome
from teaching.marking.freezing import freeze

CHRONICLE = load()
NAMES = ("ana-1", "ben-2", "chi-3", "dee-4")


def levels_for(student):
    """Return a level for each event of a student's variant; some have none."""
    mine = variant(4, student, CHRONICLE)
    shift = NAMES.index(student)
    return {
        event: None if (place + shift) % 7 == 0 else (place * 2 + shift * (place % 3)) % 5 + 1
        for place, event in enumerate(mine["events"])
    }


def notebook(student, answer=..., source="answer_4_1 = ...", named=True):
    cells = [
        {"cell_type": "code", "metadata": {"nbgrader": {"grade_id": "student"}}, "source": f"student = {student!r}"},
        {"cell_type": "code", "metadata": {"nbgrader": {"grade_id": "q4-1"}}, "source": source, "outputs": []},
    ]
    if answer is not ...:
        handed = {"key": "4.1", "student": student if named else None, "answer": freeze(answer)}
        cells[1]["outputs"] = [{"output_type": "display_data", "data": {ANSWER: handed}, "metadata": {}}]
    return {"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}


@pytest.fixture
def marked(tmp_path):
    """A marking folder in which each student answered in another form."""
    for student in NAMES:
        levels = levels_for(student)
        numbered = dict(enumerate(levels.values(), start=1))
        made = {
            "ana-1": lambda levels=levels: notebook("ana-1", levels),
            "ben-2": lambda levels=levels: notebook("ben-2", pd.Series(levels, dtype=float)),
            "chi-3": lambda numbered=numbered: notebook("chi-3", numbered, named=False),
            "dee-4": lambda levels=levels: notebook("dee-4", source=f"answer_4_1 = {levels!r}\n"),
        }[student]()
        place = tmp_path / "autograded" / student / "4-code-the-escalation"
        place.mkdir(parents=True)
        (place / "4-code-the-escalation.ipynb").write_text(json.dumps(made), encoding="utf-8")
    return tmp_path


def test_all_forms_give_the_same_levels(marked):
    assert from_folder(marked, CHRONICLE) == {student: levels_for(student) for student in NAMES}


def test_outcomes_give_the_same_as_the_folder(marked):
    outcomes = {student: Outcome({}, {"4.1": freeze(levels_for(student))}, student, 1.0) for student in NAMES}
    outcomes["eve-5"] = Outcome({}, {}, "eve-5", 1.0)
    outcomes["fay-6"] = Outcome({}, {"4.1": {"kind": "nonsense"}}, "fay-6", 1.0)
    outcomes["gus-7"] = Outcome({}, {"4.1": freeze(...)}, "gus-7", 1.0)
    assert from_outcomes(outcomes, CHRONICLE) == from_folder(marked, CHRONICLE)


def test_the_table_holds_each_level_where_it_belongs(marked):
    given = from_folder(marked, CHRONICLE)
    found = merged(given, CHRONICLE)
    for student, levels in given.items():
        for event in found.table.index:
            level = found.table.loc[event, student]
            assert level == levels[event] if levels.get(event) is not None else np.isnan(level)
    assert list(found.shared.index) == [event for event in found.table.index if event in CORE]
    days = CHRONICLE.events.loc[found.table.index, "date"]
    assert days.is_monotonic_increasing


def test_agreement_and_distance_are_those_of_the_definitions(marked):
    found = merged(from_folder(marked, CHRONICLE), CHRONICLE)
    assert found.overall.alpha == pytest.approx(alpha(found.table.loc[list(CORE)]))
    assert found.overall.low <= found.overall.alpha <= found.overall.high
    for event, row in found.per_event.iterrows():
        given = found.table.loc[event].dropna()
        pairs = [abs(a - b) for a, b in combinations(given, 2)]
        assert row["coders"] == len(given)
        assert row["apart"] == pytest.approx(np.mean(pairs)) if pairs else np.isnan(row["apart"])
    assert found.per_event["share"].sum() == pytest.approx(1)
    asked = sum(level is None for levels in from_folder(marked, CHRONICLE).values() for level in levels.values())
    assert found.per_event["without a level"].sum() == asked


def test_the_files_show_no_name_unless_asked(marked):
    table, page = write(marked)
    for path in (table, page):
        text = path.read_text(encoding="utf-8")
        assert not any(student in text for student in NAMES)
    rows = list(csv.reader(table.open(encoding="utf-8")))
    assert rows[0][:7] == ["event", "title", "coded_by", "A", "B", "C", "D"]
    assert {row[2] for row in rows[1:]} == {"class", "own"}
    assert "none" in {cell for row in rows[1:] for cell in row[3:7]}
    named, _ = write(marked, names=True)
    assert set(NAMES) <= set(next(csv.reader(named.open(encoding="utf-8"))))


def test_the_figure_says_the_same_in_words_and_rows(marked):
    found = merged(from_folder(marked, CHRONICLE), CHRONICLE)
    figure = chart(found)
    table = as_table(figure)
    assert set(table["event"]) == set(CORE)
    counted = table[[f"level {level}" for level in range(1, 6)]].to_numpy().sum()
    assert counted == found.shared.notna().to_numpy().sum()
    assert f"{found.overall.alpha:.2f}" in describe(figure)
    assert table["title"].iloc[0] in describe(figure), "the worst disagreement stands on top and is named"
    assert "<script" in as_page(found)
    assert "http-equiv" not in as_page(found)


def test_one_student_or_none_gives_a_clear_figure(tmp_path):
    alone = merged({"ana": dict.fromkeys(CORE, 3)}, CHRONICLE)
    assert alone.overall is None
    assert "no agreement" in describe(chart(alone))
    nobody = merged({}, CHRONICLE)
    assert "Nobody" in describe(chart(nobody))
    with pytest.raises(ValueError, match="assignment 4"):
        write(tmp_path)


@pytest.mark.parametrize(
    "text", ["{", "[]", '{"cells": 3}', '{"cells": [{"metadata": {}, "source": 5}, 7]}', '{"cells": [{"outputs": 5}]}']
)
def test_a_broken_notebook_leaves_the_others(marked, text):
    place = marked / "autograded" / "eve-5" / "4-code-the-escalation"
    place.mkdir(parents=True)
    (place / "4-code-the-escalation.ipynb").write_text(text, encoding="utf-8")
    assert set(from_folder(marked, CHRONICLE)) == set(NAMES)


def test_a_source_is_read_and_never_run(marked):
    made = notebook("eve-5", source="answer_4_1 = __import__('pathlib').Path('ran').touch()")
    place = marked / "autograded" / "eve-5" / "4-code-the-escalation"
    place.mkdir(parents=True)
    (place / "4-code-the-escalation.ipynb").write_text(json.dumps(made), encoding="utf-8")
    assert "eve-5" not in from_folder(marked, CHRONICLE)
    assert not (marked / "ran").exists()


def test_letters_go_on_behind_z():
    names = [class_codings.letters(place) for place in range(60)]
    assert len(set(names)) == 60
    assert names[27] == "AB"
