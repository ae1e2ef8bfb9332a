"""The pages of the reading edition, laid out by the templates beside this module."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pandas as pd
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from edition.cells import Block, blocks_of, script_json
from edition.clean import Links, Page, clean, marked, words_of
from edition.prose import first_question, minutes
from helpers.cards import LANGUAGES, safe_address
from helpers.chronicle import Chronicle
from helpers.lesson import glossary_of, links_in

HERE = Path(__file__).parent
LINKS = HERE.parent / "teaching" / "launch.json"
"""Where ``make links`` writes what launches each lesson. Without the file no page shows a launch link."""
LAUNCHERS = {"binder": "Open in Binder", "jupyterhub": "Open on your school's server"}
SERIES = "The Iraq–US–Iran escalation, December 2019 to March 2020"


@dataclass(slots=True)
class Lesson:
    """A lesson that was run, ready to be laid out."""

    name: str
    title: str
    question: str
    time: str
    page: Page
    blocks: list[Block]
    addresses: list[str]
    launch: list[tuple[str, str]] = field(default_factory=list)

    @property
    def number(self) -> str:
        """The number that its name begins with."""
        return self.name.split("-")[0]

    @property
    def file(self) -> str:
        """The file of its page."""
        return f"{self.name}.html"


@dataclass(frozen=True, slots=True)
class Source:
    """A page that a lesson links to, as the list of sources shows it."""

    title: str
    language: str
    address: str
    facts: str
    lessons: tuple[Lesson, ...]
    publisher: str


def read_lesson(
    name: str,
    notebook: Mapping[str, Any],
    lessons: frozenset[str],
    launch: Mapping[str, Sequence[tuple[str, str]]] | None = None,
) -> Lesson:
    """Make a lesson out of a notebook that was run.

    Parameters
    ----------
    name
        The file name of the notebook without its ending.
    notebook
        The notebook with its outputs.
    lessons
        The names of all lessons on the site, so that links between them lead to pages.
    launch
        Name of a lesson → labels and addresses that open it where it can be run.
    """
    page = Page(Links(lessons))
    blocks = blocks_of(notebook, page)
    texts = ["".join(cell["source"]) for cell in notebook["cells"] if cell["cell_type"] == "markdown"]
    first = texts[0] if texts else ""
    return Lesson(
        name=name,
        title=next((text for level, text, _ in page.headings if level == 1), name),
        question=first_question(first),
        time=minutes(first),
        page=page,
        blocks=blocks,
        addresses=[address for text in texts for address in links_in(text) if safe_address(address)],
        launch=list((launch or {}).get(name, ())),
    )


def lesson_page(lesson: Lesson, lessons: Sequence[Lesson]) -> str:
    """Return the page of a lesson, with the ways to the one before and the one after."""
    place = next(number for number, other in enumerate(lessons) if other.name == lesson.name)
    html = _template("lesson.html").render(
        lesson=lesson,
        contents=[(text, name) for level, text, name in lesson.page.headings if level == 2],
        before=lessons[place - 1] if place else None,
        after=lessons[place + 1] if place + 1 < len(lessons) else None,
        has_slider=any(block.kind == "explorer" and block.slider for block in lesson.blocks),
        has_figures=any(block.kind in ("figure", "explorer") for block in lesson.blocks),
    )
    for term in lesson.page.terms:  # a term that the lesson itself doesn't list stands in the glossary of the series
        if f"term-{term}" not in lesson.page.ids:
            html = html.replace(f'href="#term-{term}"', f'href="glossary.html#term-{term}"')
    return html


def index_page(lessons: Sequence[Lesson], record: Chronicle) -> str:
    """Return the first page: what this is, and the lessons in their order."""
    counts = {"events": len(record.events), "claims": len(record.claims), "sources": len(record.sources)}
    return _template("index.html").render(lessons=lessons, counts=counts)


def glossary_page(record: Chronicle) -> str:
    """Return the page with all terms of the record."""
    page = Page(Links(frozenset()))
    return _template("glossary.html").render(html=clean(glossary_of(chronicle=record).html, page))


def sources_page(lessons: Sequence[Lesson], record: Chronicle) -> str:
    """Return the page with every source that a lesson links to, by publisher."""
    groups: dict[str, list[Source]] = {}
    for source in sources_used(lessons, record):
        initial = source.publisher[:1].upper()
        groups.setdefault(initial if initial.isascii() and initial.isalpha() else "#", []).append(source)
    return _template("sources.html").render(groups=groups, count=sum(map(len, groups.values())))


def search_page() -> str:
    """Return the page that searches the index; it needs the script beside it."""
    return _template("search.html").render()


def sources_used(lessons: Sequence[Lesson], record: Chronicle) -> list[Source]:
    """Return the sources of the record that the lessons link to, by publisher and day, each with its lessons."""
    table = record.sources
    kinds = record.package.tables["sources"]["affiliation"].meanings
    users: dict[str, list[Lesson]] = {}
    for lesson in lessons:
        for address in dict.fromkeys(lesson.addresses):
            users.setdefault(address, []).append(lesson)
    rows = table[table["url"].isin(list(users))].drop_duplicates("url")
    rows = rows.sort_values("published").sort_values("publisher", key=lambda names: names.str.casefold(), kind="stable")
    found = []
    for row in rows.to_dict("records"):
        affiliation = str(row["affiliation"]) if isinstance(row["affiliation"], str) else ""
        facts = [
            str(row["publisher"]),
            f"from {row['via']}" if isinstance(row["via"], str) else "",
            _period(row["published"], row["published_until"]),
            LANGUAGES.get(row["language"], str(row["language"])),
            kinds.get(affiliation) or affiliation.replace("-", " "),
        ]
        language = "" if row["language"] == "en" or str(row["title"]).startswith(("[", "(")) else str(row["language"])
        found.append(
            Source(
                title=str(row["title"]),
                language=language,
                address=safe_address(row["url"]) or "",
                facts="; ".join(filter(None, facts)),
                lessons=tuple(users[row["url"]]),
                publisher=str(row["publisher"]),
            )
        )
    return found


def search_index(lessons: Sequence[Lesson], record: Chronicle) -> str:
    """Return the index as a script, so that a page opened from a folder can read it without a request."""
    entries: list[dict[str, str]] = []
    for lesson in lessons:
        entries += _sections(lesson)
    for term in record.glossary.rename_axis("term_id").reset_index().to_dict("records"):
        names = [str(term[column]) for column in ("name_ar", "name_fa") if isinstance(term[column], str)]
        text = " · ".join([*names, str(term["definition"]) if isinstance(term["definition"], str) else ""])
        link = f"glossary.html#term-{term['term_id']}"
        entries.append({"kind": "Term", "title": str(term["term"]), "link": link, "text": text})
    for source in sources_used(lessons, record):
        for lesson in source.lessons[:1]:
            text = f"{source.facts}; used in {lesson.title}"
            entries.append({"kind": "Source", "title": source.title, "link": "sources.html", "text": text})
    return f"window.searchIndex = {script_json(entries)};\n"


def read_launch_links(path: Path) -> dict[str, list[tuple[str, str]]]:
    """Read what launches each lesson: name of the lesson → labels and addresses; nothing if the file is missing.

    Raises
    ------
    ValueError
        If an address is none of a web page.
    """
    if not path.exists():
        return {}
    found = json.loads(path.read_text(encoding="utf-8"))
    launch: dict[str, list[tuple[str, str]]] = {}
    for row in found["lessons"]:
        for key, label in LAUNCHERS.items():
            if key == "jupyterhub" and not found.get("hub"):
                continue  # then it leads to a form that makes a link, which is for teachers
            if safe_address(row.get(key)) is None:
                raise ValueError(f"{path}: {row.get(key)!r} is no http(s) address; run make links again")
            launch.setdefault(str(row["lesson"]), []).append((label, str(row[key])))
    return launch


def _sections(lesson: Lesson) -> list[dict[str, str]]:
    """Return the parts of a lesson under each heading, as entries of the index."""
    entries = [{"kind": "Lesson", "title": lesson.title, "link": lesson.file, "text": ""}]
    names = {name: text for _, text, name in lesson.page.headings}
    for block in lesson.blocks:
        if block.kind in ("figure", "words"):
            entries[-1]["text"] += f" {' '.join(block.text)}"
        if block.kind != "prose":
            continue
        for part in re.split(r'(?=<h[1-4] id=")', re.sub(r"<pre.*?</pre>", "", str(block.html), flags=re.DOTALL)):
            heading = re.match(r'<h([1-4]) id="([^"]+)">.*?</h\1>', part, re.DOTALL)
            if heading and heading[1] != "1":
                title = f"{lesson.title} · {names[heading[2]]}"
                entries.append({"kind": "Lesson", "title": title, "link": f"{lesson.file}#{heading[2]}", "text": ""})
            entries[-1]["text"] += f" {words_of(part[heading.end() :] if heading else part)}"
    for entry in entries:
        entry["text"] = entry["text"].strip()
    return entries


def _period(first: Any, last: Any) -> str:
    if pd.isna(first):
        return "not dated"
    if pd.isna(last) or first == last:
        return f"{first.day} {first:%B %Y}"
    return f"{first:%B %Y}" if (first.year, first.month) == (last.year, last.month) else str(first.year)


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["ready"] = Markup  # HTML that came through `clean` or was written by this package
    environment.filters["marked"] = lambda text: Markup(marked(text))
    environment.globals |= {"series": SERIES, "plotly_version": version("plotly")}
    return environment


def _template(name: str) -> Any:
    return _environment().get_template(name)
