"""A class that does not exist: submissions to try the marking with, named as a learning platform names them.

Most hand in answers of their own variant, right or partly wrong; some hand in what goes wrong in real classes.
"""

from __future__ import annotations

import copy
import csv
import io
import json
import random
import re
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from teaching.marking.release import RELEASED
from teaching.marking.sources import MACHINE, PERSON, SOURCES, Assignment, assignments, grade_id, marking, text_of

Notebook = dict[str, Any]
_SOLUTION = re.compile(r"^[ \t]*### BEGIN SOLUTION\n(.*?)^[ \t]*### END SOLUTION\n?", re.DOTALL | re.MULTILINE)
_HIDDEN = re.compile(r"^### BEGIN (MARK SCHEME|HIDDEN TESTS).*?^### END \1\n?", re.DOTALL | re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Member:
    """A student who does not exist; ``kind`` says what they hand in."""

    id: str
    name: str
    kind: str


@dataclass(frozen=True, slots=True)
class Made:
    """What was made."""

    path: Path
    roster: Path
    members: tuple[Member, ...]

    @property
    def count(self) -> int:
        """How many handed something in."""
        return sum(member.kind != "nothing" for member in self.members)


def make_class(
    folder: Path,
    *,
    students: int = 30,
    style: str = "moodle",
    assignment: int = 1,
    seed: int = 1,
    zipped: bool = False,
    kinds: tuple[str, ...] | None = None,
    sources: Path = SOURCES,
    released: Path = RELEASED,
) -> Made:
    """Write the submissions of a class into a folder, and its roster beside it.

    Parameters
    ----------
    folder
        Where to write; with ``zipped``, the name of the zip without its ending.
    students, seed
        How many students, and which choice of what they hand in.
    style
        Whose names: ``moodle``, ``canvas``, ``google`` or ``plain``.
    assignment
        Which assignment.
    kinds
        What the students hand in, in turn (see ``KINDS``); without it, a mixture.
    """
    task = assignments(sources)[assignment]
    blank = json.loads((released / f"{task.name}.ipynb").read_text(encoding="utf-8"))
    chance = random.Random(seed)
    chosen = list(kinds) if kinds else _mixture(students, chance)
    width = len(str(students))
    files: dict[str, bytes] = {}
    members = []
    for n in range(1, students + 1):
        member = Member(f"class-{n:0{width}}", f"Student {n:0{width}}", chosen[(n - 1) % len(chosen)])
        members.append(member)
        content = submission(task, blank, member, chance)
        if content is not None:
            name = f"{task.name}.ipynb" if member.kind != "renamed" else "my homework final.ipynb"
            files[_STYLES[style](member, n, name)] = content
    roster = folder.with_name(f"{folder.name}-roster.csv")
    roster.parent.mkdir(parents=True, exist_ok=True)
    with roster.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([("id", "name"), *((member.id, member.name) for member in members)])
    return Made(_write(folder, files, zipped=zipped), roster, tuple(members))


def submission(task: Assignment, blank: Mapping[str, Any], member: Member, chance: random.Random) -> bytes | None:
    """Return what a student hands in: the bytes of a notebook, or None."""
    if member.kind == "nothing":
        return None
    notebook = copy.deepcopy(dict(blank))
    if member.kind != "untouched":
        _answer(task, notebook, member, chance)
    spoil = KINDS.get(member.kind)
    if spoil:
        spoil(notebook, task)
    content = json.dumps(notebook, indent=1, ensure_ascii=False).encode("utf-8")
    return content[: len(content) * 2 // 3] if member.kind == "broken file" else content


def _answer(task: Assignment, notebook: Notebook, member: Member, chance: random.Random) -> None:
    """Fill a student's copy with the source's solutions; of some kinds of students, not all of them."""
    source = {grade_id(cell): text_of(cell) for cell in task.notebook["cells"] if grade_id(cell)}
    machine = {question.answer for question in task.questions if question.by == MACHINE}
    person = {question.answer for question in task.questions if question.by == PERSON}
    skipped: set[str] = set()
    if member.kind in ("partly", "half"):
        ordered = sorted(machine)
        skipped = set(chance.sample(ordered, 2) if member.kind == "partly" else ordered[len(ordered) // 2 :])
    for cell in notebook["cells"]:
        name = grade_id(cell)
        if not marking(cell).get("solution"):
            continue
        if name == "student":
            cell["source"] = f"student = {member.id!r}" if member.kind != "no id" else text_of(cell)
        elif name in person:
            cell["source"] = (
                f"This is what {member.name} wrote, who does not exist. It has a *few* words & a <b>tag</b>."
            )
        elif name in skipped:
            stub = re.match(r"(\w+) = \.\.\.", text_of(cell))
            cell["source"] = f"{stub[1]} = 0" if stub and member.kind == "partly" else text_of(cell)
        else:
            cell["source"] = solved(source.get(name, text_of(cell)))


def solved(source: str) -> str:
    """Return a cell of a source with its solution, without the marks around it and what is hidden."""
    return _HIDDEN.sub("", _SOLUTION.sub(r"\1", source)).rstrip("\n")


def _cell(notebook: Notebook, name: str) -> dict[str, Any]:
    found: dict[str, Any] = next(cell for cell in notebook["cells"] if grade_id(cell) == name)
    return found


def _first(task: Assignment) -> str:
    return next(question.answer for question in task.questions if question.by == MACHINE)


def _append(code: str) -> Callable[[Notebook, Assignment], None]:
    def spoil(notebook: Notebook, task: Assignment) -> None:
        cell = _cell(notebook, _first(task))
        cell["source"] = f"{text_of(cell)}\n{code}"

    return spoil


def _duplicate(notebook: Notebook, task: Assignment) -> None:
    cell = _cell(notebook, _first(task))
    notebook["cells"].insert(notebook["cells"].index(cell) + 1, copy.deepcopy(cell))


def _delete(notebook: Notebook, task: Assignment) -> None:
    notebook["cells"].remove(_cell(notebook, f"{_first(task)}-marks"))


def _wrong_kernel(notebook: Notebook, _: Assignment) -> None:
    notebook["metadata"]["kernelspec"] = {"display_name": "R", "language": "R", "name": "ir"}


KINDS: dict[str, Callable[[Notebook, Assignment], None] | None] = {
    "right": None,
    "partly": None,
    "half": None,
    "untouched": None,
    "no id": None,
    "renamed": None,
    "nothing": None,
    "broken file": None,
    "duplicated cell": _duplicate,
    "deleted cell": _delete,
    "wrong kernel": _wrong_kernel,
    "error": _append("undefined_name + 1"),
    "endless": _append("while True:\n    pass"),
    "memory": _append("too_much = bytearray(10_000_000_000)"),
    "exit": _append("import os\nos._exit(1)"),
    "loud": _append("print('x' * 50_000_000)"),
}


def _mixture(students: int, chance: random.Random) -> list[str]:
    odd = [kind for kind in KINDS if kind not in ("right", "partly", "half")]
    few = chance.sample(odd, min(len(odd), students * 2 // 5))
    rest = chance.choices(["right", "partly", "half"], [5, 3, 2], k=students - len(few))
    mixed = [*few, *rest]
    chance.shuffle(mixed)
    return mixed


def _moodle(member: Member, n: int, name: str) -> str:
    return f"{member.name}_{1_000_000 + 37 * n}_assignsubmission_file_/{name}"


def _canvas(member: Member, n: int, name: str) -> str:
    late = "_LATE" if n % 7 == 0 else ""
    squeezed = "".join(reversed(member.name.casefold().split()))  # the sortable name, "07, Student"
    return f"{squeezed}{late}_{4_000 + n}_{90_000 + 13 * n}_{name}"


def _google(member: Member, _: int, name: str) -> str:
    return f"{member.name} - {name}"


def _plain(member: Member, _: int, name: str) -> str:
    return f"{member.name}/{name}"


_STYLES: dict[str, Callable[[Member, int, str], str]] = {
    "moodle": _moodle,
    "canvas": _canvas,
    "google": _google,
    "plain": _plain,
}


def _write(folder: Path, files: Mapping[str, bytes], *, zipped: bool) -> Path:
    if zipped:
        path = folder.with_name(f"{folder.name}.zip")
        memory = io.BytesIO()
        with zipfile.ZipFile(memory, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, content in files.items():
                archive.writestr(name, content)
        path.write_bytes(memory.getvalue())
        return path
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return folder
