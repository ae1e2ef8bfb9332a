"""The teacher's pack: plans that add up, links that resolve, plain and neutral words, handouts for every lesson."""

from __future__ import annotations

import importlib.util
import json
import re
import subprocess
import sys
import zlib
from functools import cache
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path

import pandas as pd
import pytest

from helpers import describe, load
from helpers.chronicle import Chronicle
from helpers.figures.exhibit import Exhibit, carry
from teaching.handouts.__main__ import make
from teaching.handouts.pages import chosen, contents, page
from teaching.handouts.sheets import SHEETS, Sheet, sources_of_rows
from tests.checker.language import language_problems, lesson_readability
from tests.checker.notebook import Lesson, blocks, spoken, without_code
from tests.checker.truth import Evidence, numbers_in

ROOT = Path(__file__).resolve().parents[1]
TEACHING = ROOT / "teaching"
LESSONS = {path.name[:2]: path for path in sorted((ROOT / "notebooks").glob("[0-9][0-9]-*.ipynb"))}
PLANS = {path.stem: path for path in sorted((TEACHING / "plans").glob("*.md"))}
PAGES = sorted([*TEACHING.glob("*.md"), *PLANS.values()])
HEADINGS = [
    "Aims",
    "Before the lesson",
    "Plan for 50 minutes",
    "Plan for 80 minutes",
    "To talk about",
    "Misconceptions",
    "Early or stuck",
    "Exit question",
    "Care",
]
SKILLS = {
    "sourcing": "Sourcing",
    "contextualising": "Context",
    "corroborating": "Corroborating",
    "close reading": "Close reading",
    "data: read": "Read data",
    "data: work with": "Work with data",
    "data: analyse": "Analyse data",
    "data: argue with": "Argue with data",
}
GRADE = 10.0
LINK = re.compile(r"\[[^\[\]]*\]\(<?([^()\s<>]+)>?\)")
# Numbers that are about the lesson and not about the world.
OURS = re.compile(
    r"\d+(?: to \d+)? minutes|(?:steps?|questions?|lessons?|assignments?|levels?) \d+(?:-\d)?(?: to \d+)?|\b\d\d-\d\b",
    re.I,
)
PIXEL = "data:image/gif;base64,R0lGODlhAQABAAAAACH5BAEKAAEALAAAAAABAAEAAAICTAEAOw=="


def text_of(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def sections(text: str) -> dict[str, str]:
    parts = re.split(r"^## (.+)$", without_code(text), flags=re.M)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


def rows(text: str) -> list[list[str]]:
    """The rows of the tables of a text, without their heads."""
    lines = [line for line in text.splitlines() if line.startswith("|")]
    rules = [place for place, line in enumerate(lines) if re.fullmatch(r"[|\s:-]+", line)]
    heads = {place - 1 for place in rules} | set(rules)
    return [
        [cell.strip() for cell in line.strip("|").split("|")] for place, line in enumerate(lines) if place not in heads
    ]


def as_lesson(path: Path) -> Lesson:
    cells = [
        {"cell_type": "markdown", "id": name, "source": source}
        for name, source in [("no-card", ""), ("text", text_of(path))]
    ]
    return Lesson(path.relative_to(ROOT).as_posix(), {"cells": cells}, path)


@cache
def cells_of(notebook: Path) -> dict[str, str]:
    return {cell["id"]: "".join(cell["source"]) for cell in json.loads(text_of(notebook))["cells"]}


@cache
def record() -> Chronicle:
    return load()


@cache
def evidence() -> Evidence:
    return Evidence(record())


def anchors(path: Path) -> set[str]:
    titles = re.findall(r"^#{1,6} (.+)$", without_code(text_of(path)), flags=re.M)
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}


# Plans


def test_every_lesson_has_a_plan():
    assert list(PLANS) == list(LESSONS)


@pytest.mark.parametrize("number", PLANS)
def test_a_plan_asks_the_question_of_its_lesson_and_has_all_parts(number: str):
    text = text_of(PLANS[number])
    card = next(iter(cells_of(LESSONS[number]).values()))
    question = re.search(r"^\*\*Question:\*\* .+$", card, re.M)
    assert question and question[0] in text
    assert text.startswith(f"# Plan {number}: ")
    assert list(sections(text)) == HEADINGS
    assert LESSONS[number].name in text


@pytest.mark.parametrize("number", PLANS)
@pytest.mark.parametrize("length", [50, 80])
def test_the_minutes_of_a_plan_add_up(number: str, length: int):
    table = rows(sections(text_of(PLANS[number]))[f"Plan for {length} minutes"])
    minutes = [int(row[0]) for row in table]
    assert sum(minutes) == length
    assert min(minutes) >= 3 and len(table) >= 5
    assert all(len(row) == 3 and row[1] and row[2] for row in table)
    assert table[-1][1] == "Exit question"


@pytest.mark.parametrize("number", PLANS)
def test_a_plan_is_complete(number: str):
    part = sections(text_of(PLANS[number]))
    assert 3 <= len(rows(part["Aims"])) <= 5
    assert re.findall(r"\(\d+ minutes\)$", part["Before the lesson"], re.M), "what is prepared takes time"
    assert len(re.findall(r"^\*\*.+\?\*\*|^\*\*.+\*\*", part["To talk about"], re.M)) >= 3
    wrong = [row[0] for row in rows(part["Misconceptions"])]
    assert sum(row.startswith("About data:") for row in wrong) >= 2
    assert sum(row.startswith(("About the story:", "About the subject:")) for row in wrong) >= 2
    assert "**Early:**" in part["Early or stuck"] and "**Stuck" in part["Early or stuck"]
    assert "A good answer holds" in part["Exit question"]
    assert len(part["Care"].split()) >= 30


@pytest.mark.parametrize("number", PLANS)
def test_the_skills_of_a_plan_are_those_of_the_page_of_aims(number: str):
    named = [skill.strip() for _, cell in rows(sections(text_of(PLANS[number]))["Aims"]) for skill in cell.split(";")]
    assert set(named) <= set(SKILLS), f"unknown skill: {set(named) - set(SKILLS)}"
    part = sections(text_of(TEACHING / "aims.md"))["Lessons"]
    head = [cell.strip() for cell in part.strip().splitlines()[0].strip("|").split("|")]
    marks = dict(zip(head, next(row for row in rows(part) if row[0].startswith(f"[{number}]")), strict=True))
    assert {SKILLS[skill] for skill in named} == {skill for skill, mark in marks.items() if mark == "●"}


def unproven(number: str, text: str) -> list[str]:
    """The blocks of a plan with a number, date or time that is not in the parts of the lesson that they link."""
    cell = Lesson("plan", {"cells": [{"cell_type": "markdown", "source": text}]}).cells[0]
    names = evidence().names_with_digits
    found = []
    for block in blocks(cell):
        if block.kind == "heading" or "not a fact" in block.comments or block.text.startswith("**Question:**"):
            continue
        said = block.text.strip().strip("|").split("|", 1)[-1] if block.kind == "row" else block.text
        wanted = numbers_in(OURS.sub(" ", spoken(said)), names)
        linked = re.findall(r"notebooks/([\w-]+\.ipynb)#cell-id=([\w-]+)", block.text)
        notes = [pair for note in block.comments for pair in re.findall(r"lesson: (\d\d)#([\w-]+)", note)]
        linked += [(LESSONS[lesson].name, part) for lesson, part in notes]
        there = numbers_in(" ".join(spoken(cells_of(ROOT / "notebooks" / name)[part]) for name, part in linked), names)
        figures = {value for value, shown in wanted.amounts.items() if re.search(r"\d", shown)}
        if not (
            figures <= set(there.amounts)
            and wanted.years <= there.years | {date[2] for date in there.dates}
            and {date[:2] for date in wanted.dates} <= {date[:2] for date in there.dates}
            and wanted.times <= there.times
        ):
            found.append(block.text)
    return found


@pytest.mark.parametrize("number", PLANS)
def test_numbers_of_a_plan_stand_in_the_part_of_the_lesson_that_it_links(number: str):
    """A number or a date in a plan is the lesson's, is about the lesson itself, or is marked as no fact."""
    assert not unproven(number, text_of(PLANS[number]))


@pytest.mark.parametrize(
    "text",
    [
        "The strikes killed 26 people.",
        "See [the step](../../notebooks/02-december.ipynb#cell-id=step-3): 34 rockets.",
        "| 5 | It was on 28 December 2019. | At 19:20. |",
    ],
)
def test_a_number_without_its_part_of_the_lesson_would_be_found(text: str):
    assert unproven("02", text) == [text]


# All pages


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.relative_to(TEACHING).as_posix())
def test_links_resolve(path: Path):
    for target in LINK.findall(without_code(text_of(path))):
        if re.match(r"https?://", target):
            assert path.parent == TEACHING, f"{target}: a plan links to the lesson, which links to the page"
            continue
        name, _, anchor = target.partition("#")
        there = (path.parent / name).resolve() if name else path
        assert there.exists(), f"{path.name}: no {target}"
        if anchor.startswith("cell-id="):
            assert anchor.removeprefix("cell-id=") in cells_of(there), target
        elif anchor:
            assert anchor in anchors(there), f"{path.name}: {target}"


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.relative_to(TEACHING).as_posix())
def test_words_are_plain_and_neutral(path: Path):
    lesson = as_lesson(path)
    problems = language_problems(lesson, record())
    wanted = ("neutral", "readability", "acronym") if path in PLANS.values() else ("neutral", "readability")
    assert not [str(problem) for problem in problems if problem.rule in wanted]
    assert lesson_readability(lesson).grade <= GRADE


def test_a_loaded_word_would_be_found(tmp_path: Path):
    path = ROOT / "teaching" / "plans" / "00.md"
    cells = [
        {"cell_type": "markdown", "id": "a", "source": ""},
        {"cell_type": "markdown", "id": "b", "source": "The regime did it."},
    ]
    lesson = Lesson("plan", {"cells": cells}, path)
    assert [problem.rule for problem in language_problems(lesson, record())] == ["neutral"]


def test_headings_do_not_skip_a_level():
    for path in PAGES:
        levels = [len(signs) for signs in re.findall(r"^(#{1,6}) ", without_code(text_of(path)), flags=re.M)]
        assert levels[0] == 1 and levels.count(1) == 1, path
        assert all(after - before <= 1 for before, after in pairwise(levels)), path


def test_the_start_page_has_the_way_in_ten_lines_and_every_plan():
    part = sections(text_of(TEACHING / "README.md"))
    way = part["The whole way in ten lines"].split("\n### ")[0]
    assert [int(number) for number in re.findall(r"^(\d+)\. ", way, re.M)] == list(range(1, 11))
    for step in ("make lab", "make grade IN=downloads/", "make mark", "marks.csv"):
        assert step in way
    assert [row[0] for row in rows(part["The plans"])] == [f"[{number}](plans/{number}.md)" for number in LESSONS]


def test_assignments_on_the_start_page_are_those_of_their_sources():
    table = rows(sections(text_of(TEACHING / "README.md"))["The assignments"])
    sources = sorted((TEACHING / "assignments").glob("[0-9]-*/[0-9]-*.ipynb"))
    assert len(table) == 5
    for row, source in zip(table, sources, strict=True):
        cells = json.loads(text_of(source))["cells"]
        points = {"code": 0, "markdown": 0}
        for cell in cells:
            marking = cell["metadata"].get("nbgrader", {})
            points[cell["cell_type"]] += marking.get("points", 0) if marking.get("grade") else 0
        time = re.search(r"\*\*Time:\*\* (\d+ to \d+) minutes", "".join(cells[0]["source"]))
        assert time, source.name
        assert row[2:] == [time[1], str(points["code"]), str(points["markdown"])], source.name
        assert source.name in row[0]


def test_commands_that_the_pages_name_exist():
    targets = set(re.findall(r"^([a-z-]+):", text_of(ROOT / "Makefile"), re.M))
    for path in PAGES:
        text = text_of(path)
        assert set(re.findall(r"`make ([a-z-]+)", text)) <= targets, path.name
        for module in re.findall(r"python -m (teaching[\w.]*)", text):
            assert importlib.util.find_spec(module), f"{path.name}: python -m {module}"


def test_care_and_answers_speak_of_every_lesson():
    care = rows(sections(text_of(TEACHING / "care.md"))["What the lessons hold"])
    assert [row[0] for row in care] == [f"[{number}](plans/{number}.md)" for number in LESSONS]
    points = rows(sections(text_of(TEACHING / "answers.md"))["Points for the handouts"])
    assert [row[0] for row in points] == list(LESSONS)
    assert all(len(row) == 4 and all(row) for row in points)


# Handouts


class Reader(HTMLParser):
    """What a page fetches, where it leads, and what stands in it."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.fetched: list[str] = []
        self.links: list[str] = []
        self.alternatives: list[str] = []
        self.tags: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        for name, value in attrs:
            if name in ("src", "href", "srcset", "data", "poster", "action") and not (value or "").startswith(
                ("data:", "#")
            ):
                (self.links if tag == "a" else self.fetched).append(value or "")
        if tag == "img":
            self.alternatives.append(dict(attrs).get("alt") or "")


@cache
def sheet_and_page(lesson: str) -> tuple[Sheet, Exhibit, str]:
    sheet = SHEETS[lesson]
    figure = sheet.draw(sheet.record())
    return sheet, figure, page(lesson, sheet, figure, PIXEL)


def test_every_lesson_has_a_handout():
    assert list(SHEETS) == list(LESSONS)


@pytest.mark.parametrize("lesson", SHEETS)
def test_a_handout_holds_all_it_needs(lesson: str):
    _, figure, html = sheet_and_page(lesson)
    read = Reader(html)
    assert not read.fetched and "script" not in read.tags
    assert not re.search(r"url\(|@import", html)
    assert read.alternatives == [describe(figure)]
    assert html.count('class="asked"') == 3 and html.count('class="line"') >= 9
    assert all(link.startswith(("https://", "http://")) for link in read.links)
    card, note = list(cells_of(LESSONS[lesson]).values())[:2]
    assert card.splitlines()[0].removeprefix("# ") in html
    assert note.split("\n\n")[0].replace("**", "")[:40] in html


@pytest.mark.parametrize("lesson", SHEETS)
def test_rows_and_sources_of_a_handout_are_those_of_the_figure(lesson: str):
    sheet, figure, html = sheet_and_page(lesson)
    shown = chosen(sheet, figure)
    assert len(shown) <= sheet.rows and html.count("<tr>") == (len(shown) + 1 if len(shown) else 0)
    known = sheet.record().sources
    behind = sources_of_rows(sheet.record(), shown)
    assert set(behind) <= set(known.index)
    assert behind or sheet.room or lesson == "08", "no page behind the rows"


def test_a_handout_for_a_decision_room_does_not_tell_the_end():
    html = sheet_and_page("09")[2]
    room = record().rooms[record().rooms["as_of"] == pd.Timestamp("2019-12-28")].iloc[0]
    assert room["situation"][:40] in html
    assert room["outcome"][:40] not in html and room["later"][:40] not in html


def test_loaded_words_stay_out_of_the_questions():
    cells = [{"cell_type": "markdown", "id": "a", "source": ""}]
    cells += [{"cell_type": "markdown", "id": n, "source": "\n\n".join(sheet.questions)} for n, sheet in SHEETS.items()]
    assert not language_problems(Lesson("handouts", {"cells": cells}), record())


def test_without_a_browser_the_figure_is_live_and_fetches_nothing(tmp_path: Path):
    make(tmp_path, ["07"], None)
    html = text_of(tmp_path / "07.html")
    assert "Plotly.newPlot" in html and not Reader(html).fetched
    assert describe(sheet_and_page("07")[1])[:60] in html
    assert not (tmp_path / "07.pdf").exists()
    assert Reader(text_of(tmp_path / "index.html")).links == ["07.html"]


def test_words_of_the_record_are_no_markup():
    hostile = "<script>alert(1)</script>"
    table = pd.DataFrame(
        {"claim": ["c-0001"], "reported": [hostile], "claimant": [hostile], "said": [hostile], "status": ["x"]}
    )
    html = page("07", SHEETS["07"], carry(Exhibit(), [hostile, '" onload="x'], table), PIXEL)
    assert (
        hostile not in html
        and "script" not in Reader(html).tags
        and "onload" not in re.findall(r"<img[^>]*>", html)[0].split('alt="')[0]
    )
    assert hostile not in contents([("00", hostile, True)])


def pages_of(pdf: bytes) -> int:
    """Count the pages of a PDF file, in its compressed parts too."""
    parts = [pdf]
    for match in re.finditer(rb"stream\r?\n(.*?)endstream", pdf, re.DOTALL):
        try:
            parts.append(zlib.decompress(match[1]))
        except zlib.error:
            continue
    return sum(len(re.findall(rb"/Type\s*/Page\b(?!s)", part)) for part in parts)


@pytest.mark.browser
def test_all_handouts_are_made_and_fit_on_two_pages(tmp_path: Path):
    # In a process of its own, as `make handouts` runs it: another browser may be at work in this one.
    command = [sys.executable, "-m", "teaching.handouts", "--to", str(tmp_path)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    for lesson in SHEETS:
        html = text_of(tmp_path / f"{lesson}.html")
        read = Reader(html)
        assert "data:image/svg+xml" in html and "script" not in read.tags and not read.fetched
        assert len(html) < 300_000
        pdf = (tmp_path / f"{lesson}.pdf").read_bytes()
        assert pdf.startswith(b"%PDF") and 1 <= pages_of(pdf) <= 2, lesson
    assert len(Reader(text_of(tmp_path / "index.html")).links) == 2 * len(SHEETS)
