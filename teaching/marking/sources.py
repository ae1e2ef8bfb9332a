"""The assignments as the teacher's sources have them: their questions, points, prompts and mark schemes."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
SOURCES = ROOT / "teaching" / "assignments"
MACHINE, PERSON = "machine", "person"

_GRADE_ID = re.compile(r"q(\d+)-(.+?)(?:-marks)?")
_SCHEME = re.compile(r"^\s*### BEGIN MARK SCHEME *\n(.*?)^\s*### END MARK SCHEME *$", re.DOTALL | re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Question:
    """A question of an assignment.

    ``key`` is like ``"1.3"``, ``cell`` the grade id of the cell that carries the points, ``answer`` that of the
    answer's cell (the same one if a person marks it); ``rubric`` is the mark scheme of a written answer.
    """

    key: str
    cell: str
    answer: str
    points: float
    by: str
    prompt: str
    rubric: str = ""


@dataclass(frozen=True, slots=True)
class Assignment:
    """An assignment: ``name`` is that of its folder and file, such as ``1-read-a-timeline``."""

    number: int
    name: str
    title: str
    path: Path
    notebook: Mapping[str, Any] = field(repr=False)
    questions: tuple[Question, ...]

    def points(self, by: str | None = None) -> float:
        """Return the points that can be had, in all or from the machine or a person."""
        return sum(question.points for question in self.questions if by in (None, question.by))


def assignments(folder: Path = SOURCES) -> dict[int, Assignment]:
    """Return the assignments by their numbers."""
    found = (read(path) for path in sorted(folder.glob("[0-9]-*/[0-9]-*.ipynb")) if path.stem == path.parent.name)
    return {assignment.number: assignment for assignment in found}


def read(path: Path) -> Assignment:
    """Read the source of an assignment."""
    stamp = path.stat()
    return _read(path, stamp.st_mtime_ns, stamp.st_size)


@cache
def _read(path: Path, _changed: int, _size: int) -> Assignment:
    notebook = json.loads(path.read_text(encoding="utf-8"))
    cells = {grade_id(cell): cell for cell in notebook["cells"] if grade_id(cell)}
    questions = tuple(_question(name, cell, cells) for name, cell in cells.items() if marking(cell).get("grade"))
    title = next((m[1] for cell in notebook["cells"] if (m := re.search(r"^# (.+)$", text_of(cell), re.MULTILINE))), "")
    return Assignment(int(path.stem[0]), path.stem, title or path.stem, path, notebook, questions)


def _question(name: str, cell: Mapping[str, Any], cells: Mapping[str, Mapping[str, Any]]) -> Question:
    answer = name.removesuffix("-marks")
    written = bool(marking(cell).get("solution"))
    scheme = _SCHEME.search(text_of(cell)) if written else None
    return Question(
        key=key_of(name),
        cell=name,
        answer=answer,
        points=float(marking(cell)["points"]),
        by=PERSON if written else MACHINE,
        prompt=text_of(cells.get(f"{answer}-prompt", {})),
        rubric=scheme[1].strip() if scheme else "",
    )


def key_of(name: str) -> str:
    """Return the number of the question that a cell belongs to.

    >>> key_of("q1-3-marks"), key_of("q1-7")
    ('1.3', '1.7')
    """
    found = _GRADE_ID.fullmatch(name)
    return f"{found[1]}.{found[2]}" if found else name


def marking(cell: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return what nbgrader knows of a cell; empty if it knows nothing, or if it is no mapping."""
    metadata = cell.get("metadata")
    found = metadata.get("nbgrader") if isinstance(metadata, Mapping) else None
    return found if isinstance(found, Mapping) else {}


def grade_id(cell: Mapping[str, Any]) -> str:
    """Return the grade id of a cell; empty if it has none."""
    found = marking(cell).get("grade_id")
    return found if isinstance(found, str) else ""


def text_of(cell: Mapping[str, Any]) -> str:
    """Return the source of a cell, which may be stored as one text or as lines."""
    source = cell.get("source", "")
    return source if isinstance(source, str) else "".join(str(line) for line in source)
