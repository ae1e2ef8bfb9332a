"""Is a lesson built as all lessons are? See `PARTS` and the messages below; the design's page says why."""

from __future__ import annotations

import re
from pathlib import Path

from helpers.checks import lessons_with_practice, tasks_of
from helpers.chronicle import Chronicle
from helpers.lesson import links_in
from tests.checker.notebook import Cell, Lesson, Problem, Section, blocks, spoken, without_code

CELLS = (30, 60)
MINUTES = (30, 50)
STEPS = (3, 6)
CODE_LINES = 10
PARTS = ["Practice", "Limits of the evidence", "Summary", "What next", "Terms", "Sources"]
CARD = ["Question", "Time", "Level", "Needs", "You will be able to"]
SIZES = ["Change a setting", "Change a line", "Write five lines"]
FIGURES = {"timeline", "actor_map", "place_map", "claims_chart", "response_chart", "series_chart"}
DEATH = re.compile(r"\b(kill|killed|killing|dead|deaths?|died|wounded|injured)\b", re.IGNORECASE)
_CALL = re.compile(r"\b(ask|check)\(\s*[\"']([^\"']+)[\"']")
_DETAILS = re.compile(r"<details>(.*?)</details>", re.DOTALL)
_PYTHON = re.compile(r"^```python[ \t]*\n(.*?)^```", re.MULTILINE | re.DOTALL)
_TARGETS = re.compile(r"^#term-(.+)$")


def anatomy_problems(lesson: Lesson, chronicle: Chronicle) -> list[Problem]:
    """List where a lesson departs from the common anatomy."""
    problems = [*_cells(lesson), *_headings(lesson), *_card(lesson), *_sections(lesson), *_figures(lesson)]
    return [*problems, *_practice(lesson), *_links(lesson, chronicle), *_images(lesson), *_terms(lesson, chronicle)]


def solutions(cell: Cell) -> list[str]:
    """Return the code of the worked solutions in a Markdown cell."""
    return [code for inside in _DETAILS.findall(cell.source) for code in _PYTHON.findall(inside)]


def calls(lesson: Lesson, function: str) -> list[tuple[Cell, str]]:
    """Return the cells that call ``ask`` or ``check``, with the number each is called with."""
    return [(cell, key) for cell in lesson.code for name, key in _CALL.findall(cell.source) if name == function]


def ends_in_figure(source: str) -> bool:
    """Tell whether a code cell's last line shows a figure of the helpers."""
    made = set(re.findall(rf"^(\w+)\s*=\s*(?:{'|'.join(FIGURES)})\(", source, re.MULTILINE))
    last = _last_statement(source)
    return bool(re.match(rf"(?:{'|'.join(FIGURES)})\(", last)) or last in made


def ends_in_explorer(source: str) -> bool:
    made = set(re.findall(r"^(\w+)\s*=\s*(?:\w*Explorer|DecisionRoom|LiveFigure)\(", source, re.MULTILINE))
    last = _last_statement(source)
    return bool(re.match(r"(?:\w*Explorer|DecisionRoom|LiveFigure)\(", last)) or last in made


def _last_statement(source: str) -> str:
    lines = [line for line in source.splitlines() if line.strip() and not line.startswith("#")]
    starts = [place for place, line in enumerate(lines) if line[0] not in " \t)]}"]
    return "\n".join(lines[starts[-1] :]).strip() if starts else ""


def _cells(lesson: Lesson) -> list[Problem]:
    problems = []
    if not CELLS[0] <= len(lesson.cells) <= CELLS[1]:
        problems.append(
            lesson.problem(None, "cells", f"{len(lesson.cells)} cells; {CELLS[0]} to {CELLS[1]} are wanted")
        )
    for cell in lesson.cells:
        if not cell.source.strip():
            problems.append(lesson.problem(cell, "cells", "is empty"))
        for code in [cell.source] if cell.kind == "code" else solutions(cell):
            lines = len(code.strip().splitlines())
            if lines > CODE_LINES:
                problems.append(lesson.problem(cell, "code", f"{lines} lines of code; at most {CODE_LINES} are shown"))
            if re.search(r"https?:|\bwww\.", code):
                problems.append(lesson.problem(cell, "code", "holds an address; code fetches nothing"))
    return problems


def _headings(lesson: Lesson) -> list[Problem]:
    problems = []
    levels = [level for _, level, _ in lesson.headings]
    if levels.count(1) != 1 or not lesson.cells or not lesson.cells[0].source.startswith("# "):
        problems.append(
            lesson.problem(None, "headings", "one heading of level 1 is wanted, at the start of the first cell")
        )
    before = 0
    for cell, level, title in lesson.headings:
        if level > before + 1:
            problems.append(
                lesson.problem(cell, "headings", f"{title!r} is of level {level} and stands under level {before}")
            )
        before = level
    titles = [title for _, level, title in lesson.headings if level == 2]
    for title in sorted({title for title in titles if titles.count(title) > 1}):
        problems.append(lesson.problem(None, "headings", f"{title!r} stands twice"))
    for cell in lesson.markdown:
        inside = [owner for owner, level, _ in lesson.headings if owner is cell and level == 2]
        if inside and not cell.source.lstrip().startswith("#"):
            problems.append(lesson.problem(cell, "headings", "a heading starts its cell"))
    return problems


def _card(lesson: Lesson) -> list[Problem]:
    problems = []
    card = lesson.cells[0] if lesson.cells else Cell("-", "markdown", "")
    for part in CARD:
        if not re.search(rf"\*\*{part}:?\*\*", card.source):
            problems.append(lesson.problem(card, "card", f"**{part}:** is missing"))
    question = re.search(r"\*\*Question:\*\*[ \t]*(.+)", card.source)
    if question and not re.fullmatch(r"[^?.!]*\?", spoken(question[1])):
        problems.append(lesson.problem(card, "card", "the question is one sentence that ends with a question mark"))
    time = re.search(r"\*\*Time:\*\*[ \t]*(\d+) minutes", card.source)
    if not time or not MINUTES[0] <= int(time[1]) <= MINUTES[1]:
        problems.append(
            lesson.problem(card, "card", f"the time is wanted as {MINUTES[0]} to {MINUTES[1]}, as in: 45 minutes")
        )
    goals = card.source.partition("**You will be able to")[2]
    if len(re.findall(r"^\s*[-*] ", goals, re.MULTILINE)) < 2:
        problems.append(
            lesson.problem(card, "card", "at least two things that you will be able to do are wanted, as a list")
        )
    prose = " ".join(cell.source for cell in lesson.markdown)
    if DEATH.search(prose) and not any("**Content note.**" in cell.source for cell in lesson.cells[:3]):
        problems.append(
            lesson.problem(card, "card", "tells of death or injury: a **Content note.** stands in the first cells")
        )
    return problems


def _sections(lesson: Lesson) -> list[Problem]:
    problems = []
    titles = [section.title for section in lesson.sections]
    if titles[-len(PARTS) :] != PARTS:
        problems.append(lesson.problem(None, "sections", f"the last sections are wanted as: {', '.join(PARTS)}"))
    steps = [section for section in lesson.sections if section.title not in PARTS]
    if not STEPS[0] <= len(steps) <= STEPS[1]:
        problems.append(lesson.problem(None, "sections", f"{len(steps)} steps; {STEPS[0]} to {STEPS[1]} are wanted"))
    for step in steps:
        code = "\n".join(cell.source for cell in step.cells if cell.kind == "code")
        prose = "\n".join(cell.source for cell in step.cells if cell.kind == "markdown")
        if not code:
            problems.append(lesson.problem(step.cells[0], "step", f"{step.title!r} has no code cell"))
        if "in_words(" not in code and "**In words.**" not in prose and not _any_explorer(step):
            problems.append(
                lesson.problem(step.cells[0], "step", f"{step.title!r} says nothing in words: in_words(figure)")
            )
        thought = re.search(r"\*\*Stop and think\.\*\*(.*?)(?:\n\n|\Z)", prose, re.DOTALL)
        if not thought or "?" not in thought[1]:
            text = f"{step.title!r} has no **Stop and think.** with a question"
            problems.append(lesson.problem(step.cells[0], "step", text))
    for title, call in (("Terms", "terms_of"), ("Sources", "sources_of")):
        for section in lesson.sections:
            wanted = f'{call}("{lesson.name}"'
            if section.title == title and not any(c.kind == "code" and wanted in c.source for c in section.cells):
                problems.append(lesson.problem(section.cells[0], "sections", f"{title} has no cell with {wanted})"))
    return problems


def _any_explorer(step: Section) -> bool:
    return any(cell.kind == "code" and ends_in_explorer(cell.source) for cell in step.cells)


def _figures(lesson: Lesson) -> list[Problem]:
    problems = []
    for cell, following in zip(lesson.cells, [*lesson.cells[1:], Cell("-", "markdown", "")], strict=True):
        if cell.kind != "code":
            continue
        if ends_in_figure(cell.source) and not is_in_words(following):
            problems.append(
                lesson.problem(cell, "figure", "the next cell says in words what the figure shows: in_words(figure)")
            )
        questions = any(b.kind == "item" and re.match(r"\s*\d", b.text) and "?" in b.text for b in blocks(following))
        if ends_in_explorer(cell.source) and not (following.kind == "markdown" and questions):
            problems.append(lesson.problem(cell, "explorer", "the next cell asks numbered questions about it"))
    return problems


def is_in_words(cell: Cell) -> bool:
    """Tell whether a cell says in words what the figure before it shows."""
    return "in_words(" in cell.source if cell.kind == "code" else "**In words.**" in cell.source


def _practice(lesson: Lesson) -> list[Problem]:
    problems = []
    prose = "\n".join(without_code(cell.source) for cell in lesson.markdown)
    problems += [
        lesson.problem(None, "tasks", f"no task of the size **{size}**")
        for size in SIZES
        if not re.search(rf"(?:\*\*|#+ .*){size}", prose)
    ]
    tasks = tasks_of(lesson.number) if lesson.number in lessons_with_practice() else {}
    if not tasks:
        problems.append(lesson.problem(None, "tasks", f"helpers/practice/lesson_{lesson.number}.py has no tasks"))
    checked, asked = calls(lesson, "check"), calls(lesson, "ask")
    for cell, key in checked:
        if key not in tasks:
            problems.append(lesson.problem(cell, "tasks", f"there is no task {key!r} in lesson_{lesson.number}.py"))
        if not any(f"olution {key}" in inside for c in lesson.markdown for inside in _DETAILS.findall(c.source)):
            text = f"<details><summary>Solution {key}</summary> with its code is missing"
            problems.append(lesson.problem(cell, "tasks", text))
    for key in tasks:
        if key not in [k for _, k in checked]:
            problems.append(lesson.problem(None, "tasks", f"the task {key} stands in the module and not in the lesson"))
    for found in (checked, asked):
        keys = [key for _, key in found]
        for cell, key in found:
            if keys.count(key) > 1:
                problems.append(lesson.problem(cell, "tasks", f"the number {key} is used {keys.count(key)} times"))
            if not re.fullmatch(rf"{lesson.number}-\d+", key):
                problems.append(
                    lesson.problem(cell, "tasks", f"{key!r} is no number of this lesson, like {lesson.number}-1")
                )
    for cell in lesson.markdown:
        if cell.source.count("<details>") != cell.source.count("</details>"):
            problems.append(lesson.problem(cell, "details", "<details> and </details> don't match"))
        for inside in _DETAILS.findall(cell.source):
            if not re.match(r"\s*<summary>.+?</summary>\s*\n\s*\n", inside) or not inside.endswith("\n\n"):
                text = "<details> starts with <summary>…</summary>, and empty lines stand around what it holds"
                problems.append(lesson.problem(cell, "details", text))
    return problems


def _links(lesson: Lesson, chronicle: Chronicle) -> list[Problem]:
    problems = []
    anchors = {title.replace(" ", "-") for _, _, title in lesson.headings}
    folder = lesson.path.parent if lesson.path else None
    for cell in lesson.markdown:
        for target in links_in(without_code(cell.source)):
            if found := _TARGETS.match(target):
                if found[1] not in chronicle.glossary.index:
                    problems.append(lesson.problem(cell, "terms", f"the glossary has no entry {found[1]!r}"))
            elif target.startswith("#"):
                if target[1:] not in anchors:
                    problems.append(lesson.problem(cell, "links", f"there is no heading for {target}"))
            elif not re.match(r"[a-z]+:", target) and folder and not (folder / Path(target.partition("#")[0])).exists():
                problems.append(lesson.problem(cell, "links", f"there is no file {target}"))
        for text, target in re.findall(r"\[([^\[\]]*)\]\(([^)]*)", cell.source):
            if spoken(text).strip().lower() in ("", "here", "link", "this", "source", "click here"):
                problems.append(
                    lesson.problem(cell, "links", f"the words of a link say where it leads: {text!r} → {target}")
                )
    last = next((s for s in lesson.sections if s.title == "What next"), None)
    if last and not any(target.endswith(".ipynb") for c in last.cells for target in links_in(c.source)):
        problems.append(lesson.problem(last.cells[0], "links", "What next links to a notebook"))
    return problems


def _images(lesson: Lesson) -> list[Problem]:
    problems = []
    for cell in lesson.markdown:
        images = [alt for alt, _ in re.findall(r"!\[([^\]]*)\]\(([^)]*)\)", cell.source)]
        images += [
            (re.search(r"alt\s*=\s*[\"']([^\"']*)[\"']", tag) or ["", ""])[1]
            for tag in re.findall(r"<img\b[^>]*>", cell.source, re.IGNORECASE)
        ]
        problems += [
            lesson.problem(cell, "images", "has no text alternative") for alt in images if len(alt.strip()) < 5
        ]
    return problems


def _terms(lesson: Lesson, chronicle: Chronicle) -> list[Problem]:
    """A term of the glossary is linked where it first occurs, or at least once."""
    linked = {target for cell in lesson.markdown for target in links_in(cell.source) if target.startswith("#term-")}
    prose = " ".join(spoken(block.text) for block in lesson.blocks if block.cell is not lesson.cells[0])
    problems = []
    for key, term in chronicle.glossary["term"].items():
        if f"#term-{key}" in linked:
            continue
        for name in names_of_term(str(term)):
            flags = 0 if name.isupper() else re.IGNORECASE
            if re.search(rf"(?<![\w-]){re.escape(name)}(?![\w-])", prose, flags):
                problems.append(
                    lesson.problem(None, "terms", f"{name!r} is in the glossary: link it once to #term-{key}")
                )
                break
    return problems


def names_of_term(term: str) -> list[str]:
    """Return the names of a glossary entry that can't be mistaken for plain words.

    >>> names_of_term("Popular Mobilisation Forces (PMF, Hashd)"), names_of_term("Claim")
    (['Popular Mobilisation Forces', 'PMF'], [])
    """
    names = [name.strip() for name in re.split(r"[(),]", term)]
    return [name for name in names if " " in name or re.search(r"[A-Z].*[A-Z]", name)]
