"""Put a handed-in notebook in order before it is run: every cell of the assignment once, in its place, as it was given.

``repair`` changes nothing that a student wrote, except where two versions stand against each other; then it says so.
It never raises: what cannot be read becomes an untouched copy and a note, and the class goes on.

Every note is one of two kinds: ``repaired`` (nothing to do) or ``look`` (a person should decide).
"""

from __future__ import annotations

import copy
import re
from bisect import bisect_left
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from helpers.handing_in import STUB, asked_in, assigned_in, is_unwritten, question_of, read_notebook, role, said_role
from teaching.marking.forms import Note

CODE_STUB = "# Use as many lines as you like."
_REGION = r"^[ \t]*###\s*BEGIN {0}\b.*?(?:^[ \t]*###\s*END {0}\b[^\n]*\n?|\Z)"
_HIDDEN, _SOLUTION, _SCHEME = (
    re.compile(_REGION.format(name), re.MULTILINE | re.DOTALL) for name in ("HIDDEN TESTS", "SOLUTION", "MARK SCHEME")
)
_VALID_ID = re.compile(r"[a-zA-Z0-9_-]{1,64}").fullmatch
_KERNEL = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}
_SETTLED = {"mine", "student"}  # what these cells say, no other cell may say


@dataclass(frozen=True, slots=True)
class _Part:
    """A cell of the assignment as it was given: its name, what it is, what it says to a student, which names it fills.

    ``kind`` is ``answer`` (code), ``written`` (text), ``marks`` or ``locked``.
    """

    name: str
    kind: str
    cell: Mapping[str, Any]
    shown: str
    names: frozenset[str]

    @property
    def in_words(self) -> str:
        key = question_of(self.name)
        if not key:
            return f"the cell “{self.name}”"
        what = {"answer": "the answer cell", "written": "the text cell", "marks": "the marking cell"}
        return f"{what.get(self.kind, 'the question')} of {key}"


@dataclass(slots=True)
class _Cell:
    """A cell of the submission, and the part that it was found to be."""

    cell: dict[str, Any]
    part: _Part | None = None

    @property
    def text(self) -> str:
        return str(self.cell["source"])

    @property
    def is_code(self) -> bool:
        return bool(self.cell["cell_type"] == "code")


def marking_copy(source: Mapping[str, Any]) -> dict[str, Any]:
    """Return a teacher's source without solutions and mark schemes but with its hidden tests, as :func:`repair` needs it.

    Parameters
    ----------
    source
        The source of an assignment (nbformat 4, with nbgrader's metadata).
    """
    made = copy.deepcopy(dict(source))
    for cell in made["cells"]:
        text, mark = _source(cell), _mark(cell)
        if cell["cell_type"] == "code" and mark.get("solution"):
            text = _SOLUTION.sub(_stub, text)
        elif mark.get("solution"):
            text = STUB
        cell["source"] = _SCHEME.sub("", text).strip("\n")
        if cell["cell_type"] == "code":
            cell["outputs"], cell["execution_count"] = [], None
    return made


class Repaired(NamedTuple):
    """A notebook in order, and what had to be done."""

    notebook: dict[str, Any]
    notes: tuple[Note, ...]


def repair(notebook: bytes | Mapping[str, Any], release: Mapping[str, Any]) -> Repaired:
    """Return a handed-in notebook in order, and what had to be done.

    Parameters
    ----------
    notebook
        What was handed in: the bytes of the file, or a notebook.
    release
        The assignment as it was handed out, with hidden tests if the result is to be marked (:func:`marking_copy`).

    Returns
    -------
    Repaired
        The notebook (nbformat 4.5, without outputs), and the notes. Of what is no notebook, the untouched release.
    """
    try:
        return _repaired(_read(notebook), release)
    except ValueError as error:
        text = f"The file could not be read: {error}. An untouched copy stands in for it. Ask for the file again."
        untouched = _finished([_Cell(_fresh(part), part) for part in _parts(release)], release)
        return Repaired(untouched, (Note("look", text),))


def _repaired(read: Mapping[str, Any], release: Mapping[str, Any]) -> Repaired:
    parts = _parts(release)
    cells = [_Cell(dict(cell)) for cell in read["cells"]]
    notes: list[Note] = []
    _label(cells, parts, notes)
    if not any(cell.part for cell in cells):
        notes.append(Note("look", "Nothing in this notebook belongs to the assignment. Is it the right file?"))
    for part in parts:
        cells = _settle(part, cells, notes)
    for part in parts:
        cells = _restored(part, cells, notes)
    cells = _in_order(cells, parts, notes)
    cells = _completed(cells, parts, notes)
    cells = _behind_answers(cells, notes)
    notes += _about_kernel(read["metadata"], release)
    return Repaired(_finished(cells, release), tuple(dict.fromkeys(notes)))


def _read(notebook: bytes | Mapping[str, Any]) -> dict[str, Any]:
    if isinstance(notebook, bytes):
        return read_notebook(notebook)
    cells = [{"metadata": {}, **cell, "source": _source(cell)} for cell in notebook.get("cells", [])]
    return {"cells": cells, "metadata": notebook.get("metadata", {})}


# What belongs where


def _parts(release: Mapping[str, Any]) -> list[_Part]:
    parts = []
    for place, cell in enumerate(release["cells"]):
        mark, shown = _mark(cell), _visible(_source(cell))
        names: Iterable[str] = ()
        if mark.get("solution"):
            kind = "written" if cell["cell_type"] != "code" else "answer"
            names = assigned_in(shown) if kind == "answer" else ()
        else:
            kind = "marks" if mark.get("grade") else "locked"
            names = [name for asked in asked_in(shown).values() for name in asked] if kind == "marks" else ()
        name = str(mark.get("grade_id") or cell.get("id") or f"part-{place}")
        parts.append(_Part(name, kind, cell, shown, frozenset(names)))
    return parts


def _label(cells: list[_Cell], parts: list[_Part], notes: list[Note]) -> None:
    """Find out which part of the assignment each cell is: by its metadata or id; then by its text; then by its place."""
    known = {part.name: part for part in parts}
    for cell in cells:
        name = role(cell.cell)
        carried = cell.cell["metadata"].get("nbgrader") or cell.cell.get("id") == name
        if name in known and carried:
            cell.part = known[name]
        elif cell.cell.get("id") in known:
            cell.part = known[cell.cell["id"]]
    claimed = {cell.part.name for cell in cells if cell.part}
    lost = [part for part in parts if part.name not in claimed]
    found = []
    for part in [*lost]:
        match = next((cell for cell in cells if not cell.part and _says(cell, part)), None)
        if match and not (part.kind == "written" and is_unwritten(match.text)):
            match.part = part
            found.append(part)
    found += _label_texts(cells, parts)
    if found:
        some = ", ".join(part.in_words for part in found[:3])
        more = f" and {len(found) - 3} others" if len(found) > 3 else ""
        notes.append(
            Note("repaired", f"{_capital(some)}{more} had lost what marks them, and were known by what they say.")
        )


def _says(cell: _Cell, part: _Part) -> bool:
    if _same(cell.text, part.shown) and part.shown.strip():
        return True
    said = said_role(cell.cell)
    if part.kind == "answer":
        return cell.is_code and (said == part.name or bool(part.names & assigned_in(cell.text).keys()))
    return part.kind == "marks" and said == part.name


def _label_texts(cells: list[_Cell], parts: list[_Part]) -> list[_Part]:
    """Take the first text behind a question that is answered in words as its answer, if the answer's own cell is lost."""
    found = []
    for part in parts:
        if part.kind != "written" or any(cell.part is part for cell in cells):
            continue
        seen = False
        for cell in cells:
            if cell.part:
                if seen and cell.part.kind != "locked":
                    break
                seen = seen or cell.part.name == f"{part.name}-prompt"
            elif seen and cell.cell["cell_type"] == "markdown":
                cell.part = part
                found.append(part)
                break
    return found


# Cells that stand twice


def _settle(part: _Part, cells: list[_Cell], notes: list[Note]) -> list[_Cell]:
    """Leave one cell for each part; what a student wrote in the others is kept where a person can see it."""
    own = [cell for cell in cells if cell.part is part]
    if len(own) < 2:
        return cells
    if part.kind == "written":
        return _settle_texts(part, own, cells, notes)
    if part.kind == "answer":
        return _settle_answers(part, own, cells, notes)
    same = [cell for cell in own if _same(cell.text, part.shown)]
    keep = (same or own)[0]
    others = [cell for cell in own if cell is not keep]
    dropped = [cell for cell in others if not _adds(cell, part)]
    for cell in others:
        cell.part = None
    notes.append(Note("repaired", f"{_capital(part.in_words)} stood {len(own)} times; one of them was kept."))
    return [cell for cell in cells if not any(cell is one for one in dropped)]


def _settle_texts(part: _Part, own: list[_Cell], cells: list[_Cell], notes: list[Note]) -> list[_Cell]:
    texts = list(dict.fromkeys(cell.text.strip() for cell in own if not is_unwritten(cell.text)))
    keep = next((cell for cell in own if not is_unwritten(cell.text)), own[0])
    kind, text = "repaired", f"{_capital(part.in_words)} stood {len(own)} times; one of them was kept."
    if len(texts) > 1:
        keep.cell["source"] = "\n\n".join(texts)
        kind, text = (
            "look",
            f"{_capital(part.in_words)} stood {len(own)} times with different texts, which now stand in one cell.",
        )
    notes.append(Note(kind, text))
    return [cell for cell in cells if cell is keep or not any(cell is one for one in own)]


def _settle_answers(part: _Part, own: list[_Cell], cells: list[_Cell], notes: list[Note]) -> list[_Cell]:
    filled = [cell for cell in own if _fills(cell, part)]
    pieces = [cell for cell in own if not _fills(cell, part) and _says_more(cell, part)]
    marks = next(
        (place for place, cell in enumerate(cells) if cell.part and cell.part.name == f"{part.name}-marks"), None
    )
    before = [cell for cell in filled if marks is None or _place(cells, cell) < marks]
    keep = (before or filled or pieces or own)[-1]
    rivals = [cell for cell in filled if cell is not keep and not _same(cell.text, keep.text)]
    gone = [cell for cell in own if cell is not keep and cell not in rivals and cell not in pieces]
    for cell in own:
        if cell is not keep:
            cell.part = None
    for cell in rivals:
        cell.cell = {**cell.cell, "cell_type": "raw", "source": f"[Another answer, not run]\n{cell.text}"}
    if rivals:
        where = "before its marking cell" if before else "last"
        text = f"{_capital(part.in_words)} stood {len(own)} times with different answers. The one that stands {where} counts."
        notes.append(Note("look", text))
    elif pieces and filled:
        notes.append(Note("repaired", f"{_capital(part.in_words)} was split into {len(own)}; all were run."))
    else:
        notes.append(Note("repaired", f"{_capital(part.in_words)} stood {len(own)} times; one of them was kept."))
    return [cell for cell in cells if not any(cell is one for one in gone)]


def _fills(cell: _Cell, part: _Part) -> bool:
    """Tell whether a cell gives more than three dots to a name that the answer is to fill."""
    return cell.is_code and any(assigned_in(cell.text).get(name) for name in part.names)


def _says_more(cell: _Cell, part: _Part) -> bool:
    return bool(_extra(cell.text, part.shown))


def _adds(cell: _Cell, part: _Part) -> bool:
    """Tell whether a changed copy of a locked cell holds something that is a student's own."""
    if _same(cell.text, part.shown):
        return False
    if part.kind == "marks":
        return any(assigned_in(cell.text).get(name) for name in part.names)
    return _says_more(cell, part) and part.name not in _SETTLED


# Cells that were changed


def _restored(part: _Part, cells: list[_Cell], notes: list[Note]) -> list[_Cell]:
    """Give a cell back its type and, if it was not for a student to change, its text."""
    place = next((place for place, cell in enumerate(cells) if cell.part is part), None)
    if place is None:
        return cells
    cell = cells[place]
    if cell.cell["cell_type"] != part.cell["cell_type"]:
        notes.append(
            Note("repaired", f"{_capital(part.in_words)} had become {cell.cell['cell_type']}, and was turned back.")
        )
        cell.cell = {**cell.cell, "cell_type": part.cell["cell_type"]}
    if part.kind in ("answer", "written") or _same(cell.text, part.shown):
        return cells
    own = _own_words(cell, part)
    cell.cell = {**cell.cell, "source": part.shown}
    if own is None:
        notes.append(Note("repaired", f"{_capital(part.in_words)} had been changed; the original was used."))
        return cells
    kept = _Cell({"cell_type": part.cell["cell_type"], "metadata": {}, "source": own})
    kind = "repaired" if part.cell["cell_type"] == "code" else "look"
    text = "the original was used, and what the student wrote stands in a cell of its own"
    notes.append(Note(kind, f"{_capital(part.in_words)} had been changed; {text}."))
    behind = place if part.kind == "marks" else place + 1
    return [*cells[:behind], kept, *cells[behind:]]


def _own_words(cell: _Cell, part: _Part) -> str | None:
    """Return what a student wrote in a cell that was not for it, or None if there is nothing to keep."""
    if not _adds(cell, part):
        return None
    return cell.text if part.cell["cell_type"] == "code" else _extra(cell.text, part.shown)


def _extra(text: str, given: str) -> str:
    """Return the lines of a text that were not in the one that was given."""
    known = {line.strip() for line in given.splitlines()}
    return "\n".join(line for line in text.splitlines() if line.strip() and line.strip() not in known)


# Cells that are elsewhere, or nowhere


def _in_order(cells: list[_Cell], parts: list[_Part], notes: list[Note]) -> list[_Cell]:
    """Move the cells of the assignment that are out of order behind the ones that they follow; leave the others."""
    rank = {part.name: place for place, part in enumerate(parts)}
    own = [cell for cell in cells if cell.part]
    steady = _longest_rise([rank[cell.part.name] for cell in own if cell.part])
    moved = [cell for place, cell in enumerate(own) if place not in steady]
    ordered = [cell for cell in cells if not any(cell is one for one in moved)]
    for cell in sorted(moved, key=lambda one: rank[one.part.name] if one.part else 0):
        if cell.part:
            ordered.insert(_slot(ordered, rank, rank[cell.part.name]), cell)
            notes.append(
                Note("repaired", f"{_capital(cell.part.in_words)} stood elsewhere, and was put back in its place.")
            )
    return ordered


def _completed(cells: list[_Cell], parts: list[_Part], notes: list[Note]) -> list[_Cell]:
    """Put back what is missing."""
    rank = {part.name: place for place, part in enumerate(parts)}
    filled = {name for cell in cells if cell.is_code for name, full in assigned_in(cell.text).items() if full}
    there = {cell.part.name for cell in cells if cell.part}
    completed = list(cells)
    for part in parts:
        if part.name in there:
            continue
        fresh = _Cell(_fresh(part), part)
        elsewhere = part.kind == "answer" and bool(part.names & filled)
        if elsewhere:  # the three dots would undo it
            fresh.cell["source"] = "# The answer stands in another cell."
        completed.insert(_slot(completed, rank, rank[part.name]), fresh)
        if not _mark(part.cell) and part.cell["cell_type"] != "code":
            continue  # a heading or the like: nobody misses it here
        if part.kind in ("answer", "written") and not elsewhere:
            notes.append(
                Note("look", f"{_capital(part.in_words)} was deleted; it was put back empty and is not answered.")
            )
        else:
            notes.append(Note("repaired", f"{_capital(part.in_words)} was deleted, and was put back."))
    return completed


def _behind_answers(cells: list[_Cell], notes: list[Note]) -> list[_Cell]:
    """Move a marking cell behind the answer, if the answer is given only in a later cell."""
    ordered = list(cells)
    for cell in [one for one in cells if one.part and one.part.kind == "marks"]:
        part = cell.part
        if part is None:
            continue
        place = _place(ordered, cell)
        filling = [spot for spot, one in enumerate(ordered) if one is not cell and _fills(one, part)]
        if filling and min(filling) > place:
            ordered.remove(cell)
            ordered.insert(filling[-1], cell)  # one less stands before it now
            notes.append(
                Note(
                    "repaired", f"The answer to {question_of(part.name)} stands in a later cell, and was marked there."
                )
            )
    return ordered


def _slot(cells: list[_Cell], rank: Mapping[str, int], wanted: int) -> int:
    """Return where a part belongs: behind the nearest one before it, or before the nearest one behind it."""
    best, slot = -1, None
    for place, cell in enumerate(cells):
        if cell.part and best < rank[cell.part.name] < wanted:
            best, slot = rank[cell.part.name], place + 1
    if slot is not None:
        return slot
    return next((place for place, cell in enumerate(cells) if cell.part and rank[cell.part.name] > wanted), len(cells))


def _longest_rise(numbers: list[int]) -> set[int]:
    """Return the places of a longest run of rising numbers, with others between them."""
    tails: list[int] = []
    ends: list[int] = []
    before: dict[int, int] = {}
    for place, value in enumerate(numbers):
        spot = bisect_left(tails, value)
        tails[spot : spot + 1] = [value]
        ends[spot : spot + 1] = [place]
        before[place] = ends[spot - 1] if spot else -1
    place, run = ends[-1] if ends else -1, set()
    while place >= 0:
        run.add(place)
        place = before[place]
    return run


def _place(cells: list[_Cell], cell: _Cell) -> int:
    return next(place for place, one in enumerate(cells) if one is cell)


# The notebook as a whole


def _about_kernel(metadata: Mapping[str, Any], release: Mapping[str, Any]) -> list[Note]:
    spec, info = metadata.get("kernelspec"), metadata.get("language_info")
    name = str(spec.get("name", "")) if isinstance(spec, dict) else ""
    language = str(info.get("name", "python")) if isinstance(info, dict) else "python"
    wanted = release.get("metadata", {}).get("kernelspec", _KERNEL).get("name", "python3")
    if language.lower() not in ("python", "ipython"):
        return [Note("look", f"The notebook was saved for {language[:40]}, not Python; it was run with Python.")]
    if name in ("", wanted):
        return []
    return [Note("repaired", f"The notebook named another kernel ({name[:40]}); it was run with Python.")]


def _finished(cells: list[_Cell], release: Mapping[str, Any]) -> dict[str, Any]:
    """Return the notebook with the metadata and ids of the release, and without outputs."""
    taken = {str(cell.part.cell.get("id") or cell.part.name) for cell in cells if cell.part}
    finished = []
    for number, cell in enumerate(cells):
        made: dict[str, Any] = {"cell_type": cell.cell["cell_type"], "metadata": {}, "source": cell.text}
        if cell.part:
            made["id"] = str(cell.part.cell.get("id") or cell.part.name)
            made["metadata"] = copy.deepcopy(dict(cell.part.cell.get("metadata", {})))
            if cell.part.kind in ("marks", "locked"):
                made["source"] = _source(cell.part.cell)
        else:
            given = cell.cell.get("id", "")
            made["id"] = (
                given if isinstance(given, str) and _VALID_ID(given) and given not in taken else f"own-{number}"
            )
            while cell.part is None and made["id"] in taken:
                made["id"] += "-x"
        taken.add(made["id"])
        if cell.is_code:
            made |= {"execution_count": None, "outputs": []}
        if cell.cell.get("attachments") and not cell.is_code:
            made["attachments"] = cell.cell["attachments"]
        finished.append(made)
    spec = release.get("metadata", {}).get("kernelspec", _KERNEL)
    metadata = {"kernelspec": dict(spec), "language_info": {"name": "python"}}
    return {"cells": finished, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}


def _fresh(part: _Part) -> dict[str, Any]:
    return {"cell_type": part.cell["cell_type"], "metadata": {}, "source": part.shown}


def _visible(source: str) -> str:
    return _HIDDEN.sub("", source).rstrip("\n")


def _stub(match: re.Match[str]) -> str:
    indent = re.match(r"[ \t]*", match[0])
    return f"{indent[0] if indent else ''}{CODE_STUB}\n"


def _source(cell: Mapping[str, Any]) -> str:
    source = cell.get("source", "")
    return source if isinstance(source, str) else "".join(map(str, source))


def _mark(cell: Mapping[str, Any]) -> Mapping[str, Any]:
    mark = cell.get("metadata", {}).get("nbgrader")
    return mark if isinstance(mark, Mapping) else {}


def _same(one: str, other: str) -> bool:
    return [line.rstrip() for line in one.strip().splitlines()] == [
        line.rstrip() for line in other.strip().splitlines()
    ]


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
