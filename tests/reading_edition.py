"""The reading edition as the tests see it: built once a run, taken apart again, and one made from a hostile record."""

from __future__ import annotations

import atexit
import csv
import re
import shutil
import tempfile
from collections.abc import Callable
from functools import cache
from html.parser import HTMLParser
from pathlib import Path

import nbformat

from edition.build import Site, build, lesson_files
from helpers import load

ROOT = Path(__file__).resolve().parent.parent
VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
HIT = '</script><img src=x onerror=window.hit=1>" onmouseover="window.hit=1'
"""A text that would run a script wherever it got onto a page as anything else than text."""
HOSTILE_CELLS = (
    (
        "markdown",
        "# Hostile\n\n**Question:** <img src=x onerror=window.hit=1>?\n\n- **Time:** 5 minutes\n\n"
        "[a](javascript:window.hit=1) <a href='data:text/html,x'>b</a> <svg onload=window.hit=1></svg> "
        "<iframe src=https://example.org></iframe>\n\n## Step\n\n[A term](#term-pmf)",
    ),
    (
        "code",
        "from helpers import *\nfrom helpers import ActorMapExplorer, DecisionRoom, TimelineExplorer\n"
        "chronicle = load({folder!r})",
    ),
    ("code", "figure = timeline(chronicle.only(importance=1))\nfigure"),
    ("code", "in_words(figure)"),
    ("code", "chronicle.events[['title']].head(3)"),
    ("code", "print(chronicle.events['title'].iloc[0])"),
    ("code", "TimelineExplorer(chronicle, importance=1, chapter='march')"),
    ("code", "ActorMapExplorer(chronicle, on='2020-01-03')"),
    ("code", "DecisionRoom(chronicle, '2019-12-28')"),
    ("code", "ask('x-1', {hit!r})"),
    ("code", "from helpers.lesson import glossary_of\nglossary_of('pmf', chronicle=chronicle)"),
    (
        "code",
        "from IPython.display import HTML, display\ndisplay(HTML('<p onclick=window.hit=1>x<script>window.hit=1</script>'))",
    ),
)


class Tree(HTMLParser):
    """What stands on a page: elements with attributes, their text, and what each one stands in."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str], list[int]]] = []
        self.texts: list[tuple[str, list[int]]] = []
        self._open: list[int] = []
        self._said: dict[int, list[str]] = {}
        self.unclosed: list[str] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, {name: value or "" for name, value in attrs}, list(self._open)))
        if tag not in VOID:
            self._open.append(len(self.elements) - 1)

    def handle_endtag(self, tag):
        if tag in VOID:
            return
        while self._open and self.elements[self._open[-1]][0] != tag:
            self.unclosed.append(self.elements[self._open.pop()][0])
        if self._open:
            self._open.pop()

    def handle_data(self, data):
        self.texts.append((data, list(self._open)))
        for place in self._open:
            self._said.setdefault(place, []).append(data)

    def all(self, tag: str, **wanted: str) -> list[dict[str, str]]:
        """Return the attributes of the elements with a tag and some attributes."""
        return [
            found
            for name, found, _ in self.elements
            if name == tag and all(found.get(k) == v for k, v in wanted.items())
        ]

    def text_of(self, place: int) -> str:
        """Return the text of the element at a place."""
        return "".join(self._said.get(place, [])).strip()

    def place(self, **wanted: str) -> int:
        """Return the place of the first element with some attributes."""
        return next(
            n for n, (_, found, _) in enumerate(self.elements) if all(found.get(k) == v for k, v in wanted.items())
        )


@cache
def whole() -> Site:
    """Return the edition of all lessons."""
    return build(_folder() / "site")


@cache
def hostile() -> Site:
    """Return the edition of one lesson that shows a record whose texts are all attacks."""
    place = _folder()
    data = place / "data"
    shutil.copytree(ROOT / "data", data)
    _rewrite(data / "sources.csv", lambda row: row.update(title=HIT, publisher=HIT, url=_attack(row["url"])))
    _rewrite(data / "glossary.csv", lambda row: row.update(term=HIT, definition=HIT))
    _rewrite(data / "events.csv", lambda row: row.update(title=HIT))
    _rewrite(
        data / "actors.csv", lambda row: row.update(name=f"{row['actor_id']} {HIT}", short_name='"><b onclick=hit()>')
    )
    cited = load(data).sources["url"].dropna().iloc[0]
    write_lesson(
        place / "99-hostile.ipynb",
        *(
            (kind, text.replace("{folder!r}", repr(str(data))).replace("{hit!r}", repr(HIT)))
            for kind, text in HOSTILE_CELLS
        ),
        ("markdown", f"## Sources\n\n[cited](<{cited}>)"),
    )
    return build(place / "site", lessons=[place / "99-hostile.ipynb"], record=load(data))


def write_lesson(path: Path, *cells: tuple[str, str]) -> Path:
    """Write a notebook of Markdown and code cells; return its path."""
    makers = {"markdown": nbformat.v4.new_markdown_cell, "code": nbformat.v4.new_code_cell}
    notebook = nbformat.v4.new_notebook(cells=[makers[kind](text) for kind, text in cells])
    notebook.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3", "language": "python"}
    nbformat.write(notebook, path)
    return path


def lesson_names() -> list[str]:
    """Return the names of all lessons."""
    return [path.stem for path in lesson_files()]


def _attack(url: str) -> str:
    return f'{url}#"onmouseover="window.hit=1"><img/src=x/onerror=window.hit=1>' if url else url


def _rewrite(path: Path, change: Callable[[dict[str, str]], object]) -> None:
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    for row in rows:
        change(row)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def _folder() -> Path:
    place = Path(tempfile.mkdtemp(prefix="reading-edition-"))
    atexit.register(shutil.rmtree, place, ignore_errors=True)
    return place


def is_outside(address: str) -> bool:
    """Tell whether an address leads out of the folder."""
    return re.match(r"[a-zA-Z][a-zA-Z0-9+.-]*:|//|/", address) is not None
