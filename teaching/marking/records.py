"""What is kept on each marked submission between runs, so that only what changed is marked again."""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from teaching.marking.forms import Mark, Note
from teaching.marking.intake import Problem
from teaching.marking.sources import ROOT, Assignment

_FILE = "records.json"
_VERSION = 1


@dataclass(frozen=True, slots=True)
class Record:
    """A marked submission.

    ``fingerprint`` tells what it was marked from and by what; ``origin`` is where the file lay; ``file`` is the hash of
    its content; ``written`` holds the hashes of the answers that a person marks.
    """

    key: str
    student_id: str
    name: str
    assignment: int
    origin: str
    file: str
    fingerprint: str
    email: str = ""
    lms: str = ""
    roster_id: str = ""
    seconds: float = 0.0
    marks: tuple[Mark, ...] = ()
    found_notes: tuple[Note, ...] = ()
    run_notes: tuple[Note, ...] = ()
    written: Mapping[str, str] = field(default_factory=dict)

    @property
    def notes(self) -> tuple[Note, ...]:
        """What was odd about finding it, repairing it and running it."""
        return (*self.found_notes, *self.run_notes)

    @property
    def by_machine(self) -> float:
        """The points that the machine gave."""
        return sum(mark.points for mark in self.marks)


@dataclass(slots=True)
class Store:
    """The records of a marking folder, by assignment and student's key, and the files that could not be used."""

    records: dict[tuple[int, str], Record] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()

    @classmethod
    def load(cls, folder: Path) -> Store:
        """Read the records of a marking folder; there are none if it is new."""
        path = folder / _FILE
        if not path.exists():
            return cls()
        stored = json.loads(path.read_text(encoding="utf-8"))
        if stored.get("version") != _VERSION:
            return cls()
        found = [_record(row) for row in stored["records"]]
        problems = tuple(Problem(**row) for row in stored["problems"])
        return cls({(record.assignment, record.key): record for record in found}, problems)

    def save(self, folder: Path) -> None:
        """Write the records of a marking folder."""
        rows = [asdict(self.records[place]) for place in sorted(self.records)]
        stored = {"version": _VERSION, "records": rows, "problems": [asdict(problem) for problem in self.problems]}
        write(folder / _FILE, json.dumps(stored, indent=1, ensure_ascii=False) + "\n")

    def add(self, record: Record) -> None:
        """Enter a record in the place of an earlier one."""
        self.records[record.assignment, record.key] = record


def _record(row: Mapping[str, Any]) -> Record:
    marks = tuple(Mark(**mark) for mark in row["marks"])
    notes = {name: tuple(Note(**note) for note in row[name]) for name in ("found_notes", "run_notes")}
    return Record(**{**row, "marks": marks, **notes})


def write(path: Path, content: str | bytes) -> None:
    """Write a file whole or not at all, so that an interrupted run leaves no half of one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    number, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}-")
    with os.fdopen(number, "wb") as file:
        file.write(content.encode("utf-8") if isinstance(content, str) else content)
    Path(name).chmod(0o644)
    Path(name).replace(path)


def yardstick(assignment: Assignment) -> str:
    """Return a hash of all that decides on the marks of an assignment: its source and scheme, the record, the code."""
    digest = hashlib.sha256()
    marking = ROOT / "teaching" / "marking"
    places = [
        assignment.path,
        marking / "schemes" / f"assignment_{assignment.number}.py",
        *(marking / f"{name}.py" for name in ("repair", "judging", "sandbox", "marked_copy")),
        *sorted((marking / "inside").glob("*.py")),
        *sorted((ROOT / "helpers").rglob("*.py")),
        *sorted(path for path in (ROOT / "data").rglob("*") if path.suffix in (".csv", ".json")),
    ]
    for path in places:
        if path.exists():
            digest.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()
