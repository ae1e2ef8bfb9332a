"""The lessons: built alike, true, plain, taught in order, and running; and the proof that the checks can fail."""

from __future__ import annotations

import copy
import re
from pathlib import Path

import pytest

from helpers.notes import Notes
from tests.checker.code import teaching_problems
from tests.checker.language import readability, syllables
from tests.checker.notebook import Lesson, sentences, spoken
from tests.checker.running import run, run_problems
from tests.checker.truth import Evidence, numbers_in, states_fact, truth_problems, untold
from tests.lessons import evidence_text, lesson_files, problems_of, report

EXAMPLE = Path(__file__).parent / "fixtures" / "example-lesson.ipynb"
FILES = lesson_files()


@pytest.fixture(scope="session")
def evidence(chronicle):
    return Evidence(chronicle)


@pytest.fixture
def example():
    return Lesson.read(EXAMPLE)


def changed(lesson, cell_id, new, old=None):
    """Return a lesson with one cell changed: as a whole, or `old` in it replaced by `new`."""
    notebook = copy.deepcopy(lesson.notebook)
    for cell in notebook["cells"]:
        if cell["id"] == cell_id:
            source = "".join(cell["source"])
            assert old is None or old in source
            cell["source"] = new if old is None else source.replace(old, new)
            return Lesson(lesson.name, notebook, lesson.path)
    raise AssertionError(f"no cell {cell_id}")


def without(lesson, *cell_ids):
    notebook = copy.deepcopy(lesson.notebook)
    notebook["cells"] = [cell for cell in notebook["cells"] if cell["id"] not in cell_ids]
    return Lesson(lesson.name, notebook, lesson.path)


# The real lessons


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_lesson_is_in_order(path, evidence):
    lesson = Lesson.read(path)
    before = [Lesson.read(other) for other in FILES if other.name < path.name]
    problems = problems_of(lesson, evidence, before)
    assert not problems, "\n".join([report(lesson), *map(str, problems)])


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_lesson_runs(path, record_property):
    found, problems = run_problems(Lesson.read(path))
    record_property("seconds", round(found.cpu_seconds, 1))
    record_property("megabytes", round(found.megabytes))
    assert not problems, "\n".join(map(str, problems))


def test_every_main_event_is_told(evidence):
    assert untold(map(Lesson.read, FILES), evidence) == []


# The example lesson, and what is wrong with it once something is planted


def test_the_example_is_in_order(example, evidence):
    assert [str(problem) for problem in problems_of(example, evidence)] == []
    assert "Flesch-Kincaid grade" in report(example)


PENTAGON = "https://missilethreat.csis.org/us-airstrikes-target-iran-backed-militia-in-iraq-and-syria/"
PLANTED = {
    "a wrong number": ("number", "step-1-k1", "Nine US", "Four US"),
    "a wrong number in figures": ("number", "step-3", "counted 26 dead", "counted 25 dead"),
    "a wrong day": ("number", "step-1-k1", "On 26 December 2019", "On 27 December 2019"),
    "a wrong year": ("number", "step-1-k1", "27 December 2018", "27 December 2019"),
    "a wrong month": ("number", "limits", "in March 2020", "in February 2020"),
    "a wrong hour": ("number", "step-1-k1", "At 03:15 on 27 December", "On 27 December"),
    "a wrong count": ("comment", "step-3-count", "computed: 30", "computed: 31"),
    "a count that fails": ("comment", "step-3-count", "pd.Stamp", "pd.Timestamp"),
    "an unknown event": (
        "comment",
        "step-3",
        "event: 2019-12-29-us-strikes",
        "event: 2019-12-29-us-strikes-kataib-hezbollah",
    ),
    "an address that is not in the record": ("address", "step-1-k1", "https://example.org/k1", PENTAGON),
    "a number without a source": ("source", "summary", "You saw that 25 people died."),
    "a number in words without a source": ("source", "summary", "Then five people died."),
    "an actor without a source": ("source", "summary", "Kataib Hezbollah fired the rockets."),
    "a month without a source": ("source", "summary", "It all began in October."),
    "a loaded word": ("neutral", "summary", "The regime answered at last."),
    "another loaded word": ("neutral", "summary", "Some call it terrorism now."),
    "an acronym": ("acronym", "summary", "Then the XYZ answered."),
    "hard prose": (
        "readability",
        "step-1-read",
        "Notwithstanding considerable heterogeneity, intermediaries demonstrate disproportionate predispositions. "
        * 12,
    ),
    "a term that is not linked": ("terms", "summary", "They met in the Green Zone."),
    "an unknown term": ("terms", "step-3", "#term-kataib", "#term-kataib-hezbollah"),
    "no question": ("card", "card", "**Topic:**", "**Question:**"),
    "a question without a mark": ("card", "card", "in two countries.", "in two countries?"),
    "a long lesson": ("card", "card", "90 minutes", "30 minutes"),
    "no goals": ("card", "card", "**Goals:**", "**You will be able to:**"),
    "no content note": ("card", "note", "Read on."),
    "a second title": ("headings", "step-2", "# One number", "## One number"),
    "a skipped level": ("headings", "practice-1", "#### Change a setting", "### Change a setting"),
    "a part that is missing": ("sections", "limits", "## What we do not know\n\nMuch."),
    "no stop and think": ("step", "step-2-think", "Think of it."),
    "a step without code": ("step", "summary", "## A step more\n\nIt says nothing.\n\n**Stop and think.** Why?"),
    "a figure without words": ("figure", "step-3-words", "len(strikes.data)"),
    "long code": ("code", "step-2-claims", "\n".join(f"a{n} = {n}" for n in range(11))),
    "an address in code": ("code", "step-2-claims", 'page = "https://example.org"'),
    "a foreign import": ("imports", "setup", "import os\nfrom helpers import load", "from helpers import load"),
    "an import of all": (
        "imports",
        "setup",
        "from helpers import *\nfrom helpers import load",
        "from helpers import load",
    ),
    "a late import": ("imports", "step-2-claims", "import pandas as pd"),
    "a shell command": ("imports", "step-2-claims", "!pip list"),
    "an idea that was not taught": ("teaching", "step-2-claims", 'chronicle.claims.groupby("field").size()'),
    "a loop that was not taught": (
        "teaching",
        "step-2-claims",
        "for claim in chronicle.claims.index:\n    print(claim)",
    ),
    "a missing size": ("tasks", "practice-3", "### Write more", "### Write five lines"),
    "an unknown task": ("tasks", "practice-1-answer", 'check("example-9", answer)', 'check("example-1", answer)'),
    "no solution": ("tasks", "practice-1-solution", "Think again."),
    "a question number used twice": ("tasks", "step-2-ask", 'ask("example-1")'),
    "another lesson's number": ("tasks", "step-2-ask", 'ask("03-1")'),
    "open details": ("details", "practice-1-solution", "", "</details>"),
    "details that swallow their text": ("details", "practice-1-solution", "</summary>\n", "</summary>\n\n"),
    "an image without words": ("images", "summary", "![](map.png)"),
    "an image tag without words": ("images", "summary", '<img src="map.png">'),
    "a link that says nothing": (
        "links",
        "next",
        "[here](example-lesson.ipynb)",
        "[the next lesson](example-lesson.ipynb)",
    ),
    "a link to no file": ("links", "card", "nowhere.ipynb", "example-lesson.ipynb"),
    "a link to no heading": ("links", "summary", "See [the start](#Nowhere)."),
    "the sources of another lesson": ("sections", "sources-list", 'sources_of("02-december")'),
    "an empty cell": ("cells", "summary", " "),
}


@pytest.mark.parametrize(
    ("rule", "cell", "new", "old"), [(*plant, None)[:4] for plant in PLANTED.values()], ids=PLANTED
)
def test_a_planted_error_is_found(rule, cell, new, old, example, evidence):
    problems = problems_of(changed(example, cell, new, old), evidence)
    assert rule in {problem.rule for problem in problems}, [str(problem) for problem in problems]


def test_too_few_cells_are_found(example, evidence):
    few = without(example, *[cell.id for cell in example.cells if cell.id.startswith("step-")])
    rules = {problem.rule for problem in problems_of(few, evidence)}
    assert {"cells", "sections"} <= rules


def test_an_explorer_needs_numbered_questions(example, evidence):
    bare = changed(example, "step-3-figure", "explorer = TimelineExplorer(chronicle)\nexplorer")
    assert "explorer" in {problem.rule for problem in problems_of(bare, evidence)}
    asked = changed(bare, "step-3-words", "")
    for cell in asked.notebook["cells"]:
        if cell["id"] == "step-3-words":
            cell |= {"cell_type": "markdown", "source": "1. Which mark is the largest?\n2. What stands next to it?"}
    asked = Lesson(asked.name, asked.notebook, asked.path)
    assert "explorer" not in {problem.rule for problem in problems_of(asked, evidence)}


@pytest.mark.parametrize(
    ("text", "is_wrong"),
    [
        ("Iran fired missiles. <!-- not a fact -->", False),
        ("Change 3 to 5. <!-- not a fact: 3, 5 -->", False),
        ("Change 3 to 5. <!-- not a fact: 3 -->", True),
        ("Why did Iran answer?", False),
        ("You will look at Iran next.", False),
        ('He called it "a big price".', False),
        ("The audit has 73 lines. <!-- computed: 73 = len(c.article_audit) -->", False),
        ("The audit has 73 lines and 9 columns. <!-- computed: 73 = len(c.article_audit) -->", True),
        ("Iraq signed Article 51.", True),
        ("`3` and `5` stand in code.", False),
        ("Words alone say nothing that counts.", False),
    ],
)
def test_what_is_a_fact(text, is_wrong, example, evidence):
    problems = truth_problems(changed(example, "summary", text), evidence)
    assert bool(problems) == is_wrong, [str(problem) for problem in problems]


def test_every_summary_of_the_record_agrees_with_its_own_sources(example, evidence, chronicle):
    """A lesson may tell any event in the words of the record, if it links to a source of it."""
    sources = chronicle.sources["url"]
    for _, event in chronicle.events.query("importance == 1").iterrows():
        url = next(sources[i] for i in event["source_ids"] if isinstance(sources[i], str))
        text = f"{event['summary'].replace('<', '')} [One source](<{url}>)"
        numbers = [p for p in truth_problems(changed(example, "summary", text), evidence) if p.rule == "number"]
        assert not numbers, list(map(str, numbers))


def test_numbers_are_read_as_people_write_them():
    found = numbers_in("On 3 and 8 January 2020, at 1:30, 1,234 of 1.5 million; K-1, F-15E, PS752; two; May 2018; 2019")
    assert found.dates == {(3, 1, 2020), (8, 1, 2020), (None, 5, 2018)}
    assert (found.times, found.years) == ({"01:30"}, {2019})
    assert set(found.amounts) == {1234.0, 1_500_000.0, 2.0}
    assert set(numbers_in("11 to 30 rockets, or 11-30, 12.5 percent, 7.").amounts) == {11.0, 30.0, 12.5, 7.0}
    assert not numbers_in("the 46th Brigade and the 101st")
    assert numbers_in("January 3, 2020 and 2020-01-08").dates == {(3, 1, 2020), (8, 1, 2020)}


def test_a_name_may_begin_with_a_digit(evidence):
    assert states_fact("The 46th Brigade was there.", evidence) and not states_fact("The brigade was there.", evidence)


def test_main_events_that_nobody_tells_are_listed(example, evidence):
    missing = untold([example], evidence)
    assert "2019-12-29-us-strikes-kataib-hezbollah" not in missing
    assert "2019-12-27-k1-rocket-attack" not in missing
    assert "2020-01-03-soleimani-muhandis-killing" in missing


def test_teaching_counts_from_lesson_to_lesson(example):
    use = changed(example, "step-2-claims", 'chronicle.claims.groupby("field")')
    first = changed(example, "step-2", "`groupby` makes groups.\n\n## One number", "## One number")
    assert [p.rule for p in teaching_problems([use])] == ["teaching"]
    assert teaching_problems([first, use]) == []


def test_prose_is_measured_as_the_formula_says():
    found = readability("The cat sat on the mat. The dog ran.")
    assert (found.words, found.sentences, found.syllables) == (9, 2, 9)
    assert found.grade == round(0.39 * 4.5 + 11.8 * 1 - 15.59, 1)
    assert [syllables(word) for word in ("rocket", "escalation", "Baghdad", "strikes", "named")] == [2, 4, 2, 1, 1]
    assert len(sentences("Mr. Trump spoke at 3 p.m. in Iraq. He left. “Why?” Nobody said.")) == 4
    assert spoken("**A** [link](https://a.org/x) and `code` <!-- no -->*b*") == "A link and b"


def test_evidence_can_be_looked_up(chronicle):
    text = evidence_text("2019-12-27-k1", chronicle)
    assert "31" in text and PENTAGON in text
    assert evidence_text("1999", chronicle) == "no event starts with '1999'"


# Running


def test_the_example_runs(example):
    found, problems = run_problems(example)
    assert [str(problem) for problem in problems] == []
    assert sum(map(len, found.figures.values())) == 3
    assert {"step-1-ask", "step-2-ask", "step-3-ask"} <= found.widgets
    assert "Popular Mobilisation Forces" in found.texts["terms-list"]
    assert "5 sources, as listed in the record" in found.texts["sources-list"]
    assert PENTAGON in found.texts["sources-list"]


def short(*sources):
    cells = [
        {
            "cell_type": "code",
            "id": f"cell-{n}",
            "metadata": {},
            "source": source,
            "execution_count": None,
            "outputs": [],
        }
        for n, source in enumerate(sources)
    ]
    return Lesson("example-lesson", {"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5})


TRY_TO_CONNECT = """
import socket

def is_refused(call, *arguments):
    try:
        call(*arguments)
    except OSError as error:
        return "the network is cut" in str(error)

print(is_refused(socket.create_connection, ("192.0.2.1", 80), 1))
print(is_refused(socket.getaddrinfo, "example.org", 80))
with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as datagrams:
    print(is_refused(datagrams.sendto, b"", ("192.0.2.1", 53)))
"""


def test_a_kernel_is_cut_off_and_warnings_are_errors():
    found = run(
        short(
            TRY_TO_CONNECT,
            "import sys\nprint('careful', file=sys.stderr)",
            "import warnings\nwarnings.warn('old', FutureWarning)",
            "print('never reached')",
        )
    )
    assert found.texts["cell-0"].split() == ["True"] * 3
    assert {problem.rule for problem in found.problems} == {"run", "warning"}
    assert "FutureWarning" in next(problem.text for problem in found.problems if problem.rule == "run")
    assert found.texts["cell-3"] == ""


def test_what_is_wrong_in_running_is_found():
    setup = "from helpers.checks import check"
    figure = "import plotly.graph_objects as go\ngo.Figure(go.Bar(x=list({'a', 'b', 'c', 'd', 'e', 'f'})))"
    lesson = short(setup, figure, "answer = 3", "check('example-1', answer)", "check('example-2', ...)")
    lesson.notebook["cells"] += [
        {
            "cell_type": "markdown",
            "id": f"solution-{n}",
            "metadata": {},
            "source": f"<details>\n\n```python\n{code}\n```\n\n</details>",
        }
        for n, code in enumerate(["check('example-1', 3)", "check('example-2', ['baghdad'])"])
    ]
    texts = [problem.text for problem in run_problems(Lesson(lesson.name, lesson.notebook))[1]]
    assert any("another figure" in text for text in texts)
    assert any("doesn't say it in words" in text for text in texts)
    assert any("example-1, untouched, does not say" in text for text in texts)
    assert any("the worked solution of example-1 is not right" in text for text in texts)
    assert any("the worked solution of example-2 is not right" in text for text in texts)


def test_answers_survive_a_second_run(tmp_path):
    lesson = short(
        "from helpers.lesson import ask\nbox = ask('example-1', 'Why?')\nbox",
        "print(repr(box.box.value))\nbox.box.value = 'Because of the siege.'",
    )
    assert run(lesson, folder=tmp_path).texts["cell-1"].strip() == "''"
    again = run(lesson, folder=tmp_path)
    assert again.texts["cell-1"].strip() == "'Because of the siege.'"
    assert re.search(r"Because of the siege\.", again.texts["cell-0"])
    assert Notes(tmp_path).get("example-1") == "Because of the siege."
