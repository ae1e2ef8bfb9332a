"""A lesson as the checks see it: cells, headings, and the blocks of its prose."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

FENCE = re.compile(r"^(```|~~~)[^\n]*\n.*?^\1[ \t]*$", re.MULTILINE | re.DOTALL)
COMMENT = re.compile(r"<!--(.*?)-->", re.DOTALL)
CODE_SPAN = re.compile(r"(`+)(?!`)(.+?)(?<!`)\1(?!`)", re.DOTALL)
HEADING = re.compile(r"^(#{1,6})[ \t]+(.+?)[ \t#]*$", re.MULTILINE)
ITEM = re.compile(r"^[ \t]*(?:[-*+]|\d{1,2}[.)])[ \t]+")
IMAGE = re.compile(r"!\[([^\]]*)\]\([^)]*\)")
LINK = re.compile(r"\[([^\[\]]*)\]\((?:<[^<>]*>|(?:[^()\s]|\([^()\s]*\))+)(?:\s+\"[^\"]*\")?\)")


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong with a lesson, and where."""

    lesson: str
    cell: str
    rule: str
    text: str

    def __str__(self) -> str:
        return f"{self.lesson}, cell {self.cell}: [{self.rule}] {self.text}"


@dataclass(frozen=True)
class Cell:
    id: str
    kind: str
    source: str


@dataclass(frozen=True)
class Block:
    """A paragraph, a list item, a row of a table or a heading, with the comments that belong to it."""

    cell: Cell
    kind: str
    text: str
    comments: tuple[str, ...]


@dataclass(frozen=True)
class Section:
    level: int
    title: str
    cells: tuple[Cell, ...]


class Lesson:
    """A notebook read from its file, or from a dict of the same shape."""

    def __init__(self, name: str, notebook: dict, path: Path | None = None) -> None:
        self.name, self.path, self.notebook = name, path, notebook
        self.cells = tuple(
            Cell(cell.get("id", str(place)), cell["cell_type"], "".join(cell["source"]))
            for place, cell in enumerate(notebook["cells"], start=1)
        )

    @classmethod
    def read(cls, path: Path) -> Lesson:
        return cls(path.stem, json.loads(path.read_text(encoding="utf-8")), path)

    @property
    def number(self) -> str:
        return self.name.split("-")[0]

    @cached_property
    def markdown(self) -> list[Cell]:
        return [cell for cell in self.cells if cell.kind == "markdown"]

    @cached_property
    def code(self) -> list[Cell]:
        return [cell for cell in self.cells if cell.kind == "code"]

    @cached_property
    def headings(self) -> list[tuple[Cell, int, str]]:
        return [(cell, len(h[1]), h[2]) for cell in self.markdown for h in HEADING.finditer(without_code(cell.source))]

    @cached_property
    def blocks(self) -> list[Block]:
        return [block for cell in self.markdown for block in blocks(cell)]

    @cached_property
    def sections(self) -> list[Section]:
        """The parts under each heading of the second level, with all cells up to the next one."""
        found: list[tuple[int, str]] = [
            (place, title)
            for place, cell in enumerate(self.cells)
            for owner, level, title in self.headings
            if owner is cell and level == 2
        ]
        ends = [place for place, _ in found[1:]] + [len(self.cells)]
        return [Section(2, title, self.cells[start:end]) for (start, title), end in zip(found, ends, strict=True)]

    def problem(self, cell: Cell | None, rule: str, text: str) -> Problem:
        return Problem(self.name, cell.id if cell else "-", rule, text)


def without_code(markdown: str) -> str:
    """Take fenced code out of a Markdown text."""
    return FENCE.sub("", markdown)


def blocks(cell: Cell) -> list[Block]:
    """Part the prose of a cell into blocks. A comment on its own belongs to the block above it."""
    found: list[tuple[str, str, list[str]]] = []
    for chunk in re.split(r"\n[ \t]*\n", without_code(cell.source)):
        lines: list[str] = []
        pieces: list[tuple[str, list[str]]] = []
        for line in chunk.splitlines():
            line = re.sub(r"^[ \t]*(>[ \t]?)+", "", line)
            kind = _kind(line)
            if kind == "paragraph" and pieces:
                pieces[-1][1].append(line)
            elif kind == "paragraph":
                lines = [line]
                pieces.append(("paragraph", lines))
            elif kind != "rule":
                pieces.append((kind, [line]))
                if kind in ("heading", "row"):
                    pieces.append(("paragraph", []))
        for kind, own in pieces:
            text = "\n".join(own)
            comments = [comment.strip() for comment in COMMENT.findall(text)]
            text = COMMENT.sub("", text).strip()
            if text:
                found.append((kind, text, comments))
            elif comments and found:
                found[-1][2].extend(comments)
    return [Block(cell, kind, text, tuple(comments)) for kind, text, comments in found]


def _kind(line: str) -> str:
    if HEADING.match(line):
        return "heading"
    if re.fullmatch(r"[ \t|:\-]+", line) or re.fullmatch(r"[ \t]*</?(details|div|p)[^>]*>[ \t]*", line):
        return "rule"
    if line.lstrip().startswith("|"):
        return "row"
    return "item" if ITEM.match(line) else "paragraph"


def spoken(text: str) -> str:
    """Return the words of a block as they are read: no code, no addresses, no tags, no emphasis signs."""
    text = IMAGE.sub(" ", COMMENT.sub(" ", text))
    text = LINK.sub(r"\1", text)
    text = CODE_SPAN.sub(" ", text)
    text = re.sub(r"<summary>.*?</summary>", " ", text, flags=re.DOTALL)
    text = re.sub(r"</?[a-zA-Z][^>]*>", " ", text)
    text = ITEM.sub("", re.sub(r"^#+[ \t]+", "", text))
    text = re.sub(r"\*\*|__|(?<!\w)[*_]|[*_](?!\w)", "", text).replace("|", " ")
    return re.sub(r"\s+", " ", text).strip()


def sentences(text: str) -> list[str]:
    """Part spoken text into sentences."""
    text = re.sub(
        r"\b(Mr|Mrs|Ms|Dr|St|No|vs|e\.g|i\.e|a\.m|p\.m|U\.S|U\.N)\.", lambda m: m[0].replace(".", "\u2024"), text
    )
    parts = re.split(r"(?<=[.!?…])[\"”’)]*\s+(?=[\"“‘(]?[A-Z0-9])", text)
    return [part.replace("\u2024", ".").strip() for part in parts if re.search(r"\w", part)]
