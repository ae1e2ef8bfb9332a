"""What was handed in: notebooks out of a folder or a zip, named as Moodle, Canvas, Google Classroom or people name them.

Nothing is unpacked to disk and nothing is written; links are not followed.
"""

from __future__ import annotations

import ast
import io
import json
import re
import stat
import zipfile
import zlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path, PurePosixPath
from typing import Any

from teaching.marking.forms import Note
from teaching.marking.roster import same_id
from teaching.marking.senders import Sender, clean, neighbours_of, sender, words
from teaching.marking.sources import Assignment, grade_id, marking, text_of

MEGABYTE = 1_000_000
FILE_LIMIT = 20 * MEGABYTE
TOTAL_LIMIT = 600 * MEGABYTE
COUNT_LIMIT = 5_000
DEPTH_LIMIT = 3
_NOTEBOOK, _ARCHIVE = ".ipynb", ".zip"
_MAYBE = {".json", ".txt", ""}  # what browsers and mail programs make of .ipynb
_FOREIGN = {".7z", ".rar", ".tar", ".gz", ".tgz", ".bz2", ".xz"}
Release = Callable[[int], Mapping[str, Any]]
_NOISE = re.compile(r"(^|/)(__MACOSX|\.ipynb_checkpoints|\.git)(/|$)|(^|/)(\._.*|\.DS_Store|Thumbs\.db|desktop\.ini)$")


class NothingFoundError(RuntimeError):
    """The folder or zip is missing, or holds nothing to mark; the message says what to do."""


@dataclass(frozen=True, slots=True)
class Found:
    """A file that was found: ``parts`` are the folders, zips and the name on the way to it."""

    parts: tuple[str, ...]
    content: bytes = field(repr=False)
    changed: float

    @property
    def origin(self) -> str:
        """Where it lay, in one line."""
        return "/".join(self.parts)


@dataclass(frozen=True, slots=True)
class Problem:
    """A file that is no submission, and why."""

    origin: str
    text: str


@dataclass(frozen=True, slots=True)
class Piece:
    """A notebook that was handed in: whose it may be, which assignment, and the id that stands in it."""

    found: Found = field(repr=False)
    sender: Sender
    assignment: int
    student_id: str
    worked: bool
    readable: bool = True
    notes: tuple[Note, ...] = ()

    @property
    def newest(self) -> tuple[bool, tuple[int, ...], float]:
        """What tells the attempts of a student apart: a notebook that can be read and was worked in, then the later."""
        return self.worked, self.sender.order, self.found.changed


@dataclass(frozen=True, slots=True)
class Intake:
    """All that a folder or zip held."""

    pieces: tuple[Piece, ...]
    problems: tuple[Problem, ...]


def take_in(path: Path, assignments: Mapping[int, Assignment], release: Release | None = None) -> Intake:
    """Read all submissions in a folder, zip or notebook.

    Parameters
    ----------
    path
        A folder, a zip (zips in it are opened too), or one notebook.
    assignments
        The assignments that a notebook may belong to.
    release
        Gives the student's copy of an assignment, to tell a notebook that nobody worked in; without it, all count as
        worked in.

    Raises
    ------
    NothingFoundError
        If there is no such path, or no notebook of an assignment in it.
    """
    if not path.exists():
        raise NothingFoundError(
            f"there is no {path}. Give the folder or zip that you downloaded: make grade IN=downloads"
        )
    reader = _Reader()
    found = list(reader.read(path))
    pieces, problems = _sorted_out(found, assignments, release)
    if not pieces:
        seen = f" {len(found)} other files are there." if found or reader.problems else " It is empty."
        raise NothingFoundError(f"no notebook of an assignment in {path}.{seen}")
    return Intake(tuple(pieces), (*reader.problems, *problems))


# Reading


class _Reader:
    def __init__(self) -> None:
        self.problems: list[Problem] = []
        self._left, self._count = TOTAL_LIMIT, 0

    def read(self, path: Path) -> Iterator[Found]:
        files = [path] if path.is_file() else sorted(_files(path))
        for file in files:
            parts = (clean(file.name),) if file == path else tuple(map(clean, file.relative_to(path).parts))
            if _NOISE.search("/".join(parts)):
                continue
            if file.is_symlink() or not file.is_file():
                self._refuse(parts, "a link or no plain file; links are not followed")
                continue
            try:
                status = file.stat()
                yield from self._one(parts, status.st_size, status.st_mtime, file.open("rb").read, 0)
            except OSError as error:
                self._refuse(parts, f"can't be read: {error.strerror}")

    def _one(
        self, parts: tuple[str, ...], size: int, changed: float, read: Callable[[int], bytes], depth: int
    ) -> Iterator[Found]:
        kind = PurePosixPath(parts[-1]).suffix.casefold()
        self._count += 1
        if self._count > COUNT_LIMIT:
            if self._count == COUNT_LIMIT + 1:
                self._refuse(parts, f"and what follows is left out: more than {COUNT_LIMIT:,} files")
        elif kind in _FOREIGN:
            self._refuse(parts, "an archive of this kind can't be opened here; unpack it and hand over the folder")
        elif kind not in {_NOTEBOOK, _ARCHIVE, *_MAYBE}:
            self._refuse(parts, f"not a notebook, but {kind}; ask for the .ipynb file")
        elif (content := self._bounded(parts, size, read, kind)) is None:
            return
        elif kind == _ARCHIVE:
            yield from self._zip(parts, content, depth)
        elif kind == _NOTEBOOK or _looks_like_notebook(content):
            yield Found(parts, content, changed)
        else:
            self._refuse(parts, "not a notebook")

    def _bounded(self, parts: tuple[str, ...], size: int, read: Callable[[int], bytes], kind: str) -> bytes | None:
        limit = min(TOTAL_LIMIT if kind == _ARCHIVE else FILE_LIMIT, self._left)
        content = read(limit + 1) if size <= limit else b""
        if size > limit or len(content) > limit:
            self._refuse(parts, f"too large: more than {limit // MEGABYTE} MB")
            return None
        self._left -= len(content)
        return content

    def _zip(self, parts: tuple[str, ...], content: bytes, depth: int) -> Iterator[Found]:
        if depth >= DEPTH_LIMIT:
            self._refuse(parts, f"zips in zips in zips: more than {DEPTH_LIMIT} deep")
            return
        try:
            archive = zipfile.ZipFile(io.BytesIO(content))
        except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError) as error:
            self._refuse(parts, f"a broken zip: {error}")
            return
        inside = parts if depth else ()
        with archive:
            for member in archive.infolist():
                steps = tuple(
                    clean(step) for step in re.split(r"[/\\]", member.filename) if step not in ("", ".", "..")
                )
                if member.is_dir() or not steps or _NOISE.search("/".join(steps)):
                    continue
                where = (*inside, *steps)
                if stat.S_ISLNK(member.external_attr >> 16):
                    self._refuse(where, "a link; links are not followed")
                    continue
                try:
                    with archive.open(member) as stream:
                        yield from self._one(where, member.file_size, _zip_time(member), stream.read, depth + 1)
                except (zipfile.BadZipFile, RuntimeError, NotImplementedError, zlib.error, EOFError, OSError) as error:
                    why = "has a password" if member.flag_bits & 1 else f"is damaged in the zip ({error})"
                    self._refuse(where, why)

    def _refuse(self, parts: Iterable[str], text: str) -> None:
        if len(self.problems) < COUNT_LIMIT:
            self.problems.append(Problem("/".join(parts), text))


def _files(folder: Path) -> Iterator[Path]:
    for item in folder.iterdir():
        if item.is_dir() and not item.is_symlink():
            yield from _files(item)
        else:
            yield item


def _zip_time(member: zipfile.ZipInfo) -> float:
    try:
        return datetime(*member.date_time).timestamp()
    except (ValueError, OverflowError):
        return 0.0


def _looks_like_notebook(content: bytes) -> bool:
    return content.lstrip()[:1] == b"{" and b'"cells"' in content and b'"nbformat"' in content


# Which assignment


def _sorted_out(
    found: Sequence[Found], assignments: Mapping[int, Assignment], release: Release | None
) -> tuple[list[Piece], list[Problem]]:
    read = [(one, _parsed(one.content)) for one in found]
    numbers = [_assignment(one, notebook, assignments) for one, notebook in read]
    only = {number for number in numbers if number}
    stubs = {number: _answers(release(number)) for number in sorted({n for n in numbers if n})} if release else {}
    neighbours = neighbours_of([one.parts for one in found])
    pieces, problems = [], []
    for (one, notebook), number in zip(read, numbers, strict=True):
        notes = []
        if not number and notebook is None and len(only) == 1:
            number = next(iter(only))
            notes.append(Note("look", f"nothing in it says which assignment it is; taken for assignment {number}"))
        if not number:
            problems.append(Problem(one.origin, "a notebook, but none of the assignments; ask for the right file"))
            continue
        if PurePosixPath(one.parts[-1]).suffix.casefold() != _NOTEBOOK:
            notes.append(Note("repaired", f"the file was called {one.parts[-1]}, not .ipynb"))
        answers = _answers(notebook or {})
        stub = stubs.get(number, {})
        worked = notebook is not None and (not stub or any(answers.get(name) != stub[name] for name in stub))
        who = sender(one.parts, assignments[number], neighbours[one.parts])
        own_id = _student_id(notebook) if notebook is not None else _raw_id(one.content)
        pieces.append(Piece(one, who, number, own_id, worked, notebook is not None, tuple(notes)))
    return pieces, problems


def _parsed(content: bytes) -> Mapping[str, Any] | None:
    try:
        notebook = json.loads(content.decode("utf-8-sig"))
        return notebook if all(isinstance(cell, Mapping) for cell in notebook["cells"]) else None
    except (ValueError, KeyError, TypeError, RecursionError):
        return None


def _assignment(one: Found, notebook: Mapping[str, Any] | None, assignments: Mapping[int, Assignment]) -> int | None:
    if notebook is None:
        ids = re.findall(rb'"grade_id"\s*:\s*"q(\d)-', one.content)
        text = one.content[:20_000].decode("utf-8", "replace")
    else:
        ids = [m[1].encode() for cell in notebook["cells"] if (m := re.match(r"q(\d)-", grade_id(cell)))]
        text = "\n".join(text_of(cell) for cell in notebook["cells"][:3])
    for name, _ in Counter(ids).most_common():
        if int(name) in assignments:
            return int(name)
    for number, assignment in assignments.items():
        if assignment.title and assignment.title in text:
            return number
    stem = words(one.parts[-1])
    named = [number for number, assignment in assignments.items() if f" {words(assignment.name)} " in f" {stem} "]
    return named[0] if len(named) == 1 and (notebook is None or (not ids and _has_answers(notebook))) else None


def _has_answers(notebook: Mapping[str, Any]) -> bool:
    """Say whether answers of an assignment stand in a notebook that lost its metadata (as Colab may do)."""
    return any(re.search(r"\banswer_\d_\w+\s*=|\bvariant\(", text_of(cell)) for cell in notebook["cells"])


def _answers(notebook: Mapping[str, Any]) -> dict[str, str]:
    return {
        grade_id(cell): text_of(cell).strip() for cell in notebook.get("cells", ()) if marking(cell).get("solution")
    }


def _student_id(notebook: Mapping[str, Any] | None) -> str:
    """Return the id that a student wrote into the notebook, read without running it; empty if there is none."""
    for cell in (notebook or {}).get("cells", ()):
        if cell.get("cell_type") != "code" or "student" not in text_of(cell) or len(text_of(cell)) > 5_000:
            continue
        try:
            tree = ast.parse(text_of(cell))
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            continue
        for node in tree.body:
            if not isinstance(node, ast.Assign) or not isinstance(node.value, ast.Constant):
                continue
            value, names = node.value.value, [one.id for one in node.targets if isinstance(one, ast.Name)]
            if "student" in names and isinstance(value, str | int) and not isinstance(value, bool):
                return same_id(value)
    return ""


def _raw_id(content: bytes) -> str:
    """Return the id that stands in a file that is too damaged to be read as a notebook."""
    found = re.search(rb"""\bstudent\s*=\s*(?:\\"([^"\\]{1,80})\\"|'([^'\\]{1,80})')""", content)
    return same_id((found[1] or found[2]).decode("utf-8", "replace")) if found else ""
