"""A last look at a saved assignment before it is handed in: what is missing, doubled or not answered yet.

Nothing is changed. The same reading of a notebook (which cell belongs to which question, what it assigns) serves your
teacher's computer when it repairs a file that came in damaged.
"""

from __future__ import annotations

import ast
import json
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Any

from helpers.variants import variant

STUB = "*Write your answer here.*"
_QUESTION = re.compile(r"q(\d+)-(\d+)(-\w+)?", re.ASCII).fullmatch
_CHECK = re.compile(r"""^\s*check\(\s*["'](\d+)\.(\d+)["']""", re.MULTILINE | re.ASCII)
_ANSWER = re.compile(r"answer_(\d+)_(\d+)", re.ASCII).fullmatch
_MOST_BYTES = 200_000_000


@dataclass(frozen=True, slots=True)
class Finding:
    """Something to look at: ``kind`` is ``missing``, ``doubled``, ``unanswered``, ``failed``, ``id`` or ``file``."""

    kind: str
    question: str
    text: str


@dataclass(frozen=True, slots=True)
class Advice:
    """What :func:`before_you_hand_in` found; true if there is nothing to do."""

    file: str
    findings: tuple[Finding, ...]

    def __bool__(self) -> bool:
        return not self.findings

    @property
    def text(self) -> str:
        """The advice in words, a line for each finding."""
        return "\n".join([self._head(), *(f"- {finding.text}" for finding in self.findings)])

    def __repr__(self) -> str:
        return self.text

    def _head(self) -> str:
        if not self.findings:
            return f"{self.file}: nothing is missing. You can hand it in."
        count = len(self.findings)
        return f"{self.file}: look at {'this' if count == 1 else f'these {count} things'} before you hand it in."

    def _repr_html_(self) -> str:
        items = "".join(f"<li>{escape(finding.text)}</li>" for finding in self.findings)
        return f'<div role="status"><p><strong>{escape(self._head())}</strong></p>{f"<ul>{items}</ul>" if items else ""}</div>'


def before_you_hand_in(which: int | str | Path) -> Advice:
    """Say what is missing, doubled or not answered in an assignment as it was last saved. Save it first.

    Parameters
    ----------
    which
        The number of the assignment, 1 to 5, or the path of the notebook's file.

    Returns
    -------
    Advice
        In words what to look at; it is true if there is nothing. Nothing is changed.

    Raises
    ------
    FileNotFoundError
        If there is no such file here.

    Examples
    --------
    >>> before_you_hand_in("no-such-notebook.ipynb")
    Traceback (most recent call last):
        ...
    FileNotFoundError: there is no file no-such-notebook.ipynb here; give the path of the notebook that you saved
    """
    path = _find(which)
    try:
        notebook = read_notebook(path.read_bytes())
    except ValueError as error:
        return Advice(path.name, (Finding("file", "", f"The file cannot be read: {error}"),))
    return Advice(path.name, tuple(findings(notebook)))


def findings(notebook: Mapping[str, Any]) -> list[Finding]:
    """List what is missing, doubled or not answered in an assignment (a notebook as :func:`read_notebook` gives it)."""
    cells = notebook["cells"]
    number = assignment_of(notebook)
    if number is None:
        return [
            Finding("file", "", "This is not one of the five assignments, or its cell with “variant(…)” is missing.")
        ]
    roles = [role(cell) for cell in cells]
    counts = Counter(name for name in roles if name)
    found = [*_about_id(cells), *_doubled(counts)]
    assigned: dict[str, bool] = {}
    for cell in cells:
        if cell["cell_type"] == "code":
            for name, answered in assigned_in(cell["source"]).items():
                assigned[name] = assigned.get(name, False) or answered
    asked = {
        key: names for cell in cells if cell["cell_type"] == "code" for key, names in asked_in(cell["source"]).items()
    }
    for key in variant(number).tasks:
        found += _about_question(key, counts, asked, assigned)
    found += _about_texts(cells, roles, counts, number)
    return found + _about_errors(cells, roles)


def read_notebook(content: bytes) -> dict[str, Any]:
    """Read the bytes of a notebook's file into plain cells, whatever its age.

    Returns
    -------
    dict
        ``cells`` (each with ``cell_type``, ``id`` or none, ``metadata``, ``source`` as one text, and ``outputs`` if it
        holds code) and ``metadata``.

    Raises
    ------
    ValueError
        If it is no notebook; it says why.
    """
    if not content.strip():
        raise ValueError("the file is empty")
    if len(content) > _MOST_BYTES:
        raise ValueError(f"the file has {len(content) / 1e6:.0f} MB; a notebook has less than 200")
    try:
        data = json.loads(content.decode("utf-8-sig"))
    except UnicodeDecodeError:
        raise ValueError("it is not a text as notebooks are (UTF-8)") from None
    except json.JSONDecodeError as error:
        raise ValueError(f"it is not a notebook, or it is damaged in line {error.lineno}") from None
    except (ValueError, RecursionError):
        raise ValueError("it is not a notebook, or it is damaged") from None
    if isinstance(data, dict) and isinstance(data.get("worksheets"), list):
        data = _modern(data)
    if not isinstance(data, dict) or not isinstance(data.get("cells"), list):
        raise ValueError("it is not a notebook: it holds no cells")
    metadata = data.get("metadata")
    cells = [_plain(cell) for cell in data["cells"] if isinstance(cell, dict)]
    return {"cells": cells, "metadata": metadata if isinstance(metadata, dict) else {}}


def assignment_of(notebook: Mapping[str, Any]) -> int | None:
    """Return the number of the assignment that a notebook is, or None."""
    numbers: Counter[int] = Counter()
    for cell in notebook["cells"]:
        if match := _QUESTION(role(cell) or ""):
            numbers[int(match[1])] += 1
        if cell["cell_type"] == "code" and (call := re.search(r"\bvariant\(\s*([1-5])\s*,", cell["source"])):
            numbers[int(call[1])] += 10
    likely = [number for number, _ in numbers.most_common() if number in range(1, 6)]
    return likely[0] if likely else None


def role(cell: Mapping[str, Any]) -> str | None:
    """Return the name of the cell that this is, such as ``"q1-3"`` or ``"q1-3-marks"``: by what it carries, or says."""
    mark = cell["metadata"].get("nbgrader")
    name = mark.get("grade_id") if isinstance(mark, dict) else None
    if isinstance(name, str) and name:
        return name
    if isinstance(cell.get("id"), str) and _QUESTION(cell["id"]):
        return str(cell["id"])
    return said_role(cell)


def said_role(cell: Mapping[str, Any]) -> str | None:
    """Return the name of the cell that this is by what it says alone."""
    if cell["cell_type"] != "code":
        return None
    names = assigned_in(cell["source"])
    for name in names:
        if match := _ANSWER(name):
            return f"q{match[1]}-{match[2]}"
    if match := _CHECK.search(cell["source"]):
        return f"q{match[1]}-{match[2]}-marks"
    return "student" if set(names) == {"student"} else None


def question_of(name: str | None) -> str:
    """Return the number of the question that a cell's name speaks of; empty if none.

    >>> question_of("q1-3-marks"), question_of("setup")
    ('1.3', '')
    """
    match = _QUESTION(name or "")
    return f"{match[1]}.{match[2]}" if match else ""


def assigned_in(source: str) -> dict[str, bool]:
    r"""Return the names that code assigns or defines, and whether each gets more than three dots.

    >>> assigned_in("a = 1; b = ...")
    {'a': True, 'b': False}
    >>> assigned_in("def f(x):\n    '''Not written yet.'''")
    {'f': False}
    """
    tree = _parsed(source)
    if tree is None:
        found = re.findall(r"^[ \t]*(\w+)[ \t]*=(?!=)[ \t]*(.*)$", source, re.MULTILINE)
        return {name: value.strip() not in ("...", "…", "") for name, value in found}
    names: dict[str, bool] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            names[node.name] = names.get(node.name, False) or not all(_is_nothing(line) for line in node.body)
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            names.setdefault(node.id, True)
    for node in tree.body:
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant) and node.value.value is ...:
            targets = [target.id for target in node.targets if isinstance(target, ast.Name)]
            names |= {name: _stores(tree, name) > 1 for name in targets}
    return names


def asked_in(source: str) -> dict[str, set[str]]:
    """Return the names on which the checks in a cell rest, by the number of the question.

    >>> asked_in('check("1.7", quiet_days(mine["first"]))')
    {'1.7': {'quiet_days'}}
    """
    tree = _parsed(source)
    asked: dict[str, set[str]] = {}
    for node in ast.walk(tree) if tree else ():
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "check"):
            continue
        if len(node.args) == 2 and isinstance(node.args[0], ast.Constant):
            parts = [part for part in ast.walk(node.args[1]) if isinstance(part, ast.Name)]
            asked[str(node.args[0].value)] = {part.id for part in parts} - {"mine", "check", "chronicle"}
    return asked


def is_unwritten(text: str) -> bool:
    """Tell whether a written answer is still what stood there at first."""
    return text.replace(STUB, "").strip(" \t\n*_.…") == ""


def _find(which: int | str | Path) -> Path:
    if isinstance(which, int):
        near = Path(__file__).resolve().parent.parent / "notebooks" / "assignments"
        for folder in dict.fromkeys([Path.cwd(), Path.cwd() / "notebooks" / "assignments", near]):
            found = sorted(folder.glob(f"{which}-*.ipynb"), key=lambda path: path.stat().st_mtime)
            if found:
                return found[-1]
        raise FileNotFoundError(
            f"there is no notebook of assignment {which} here; give the path of the one that you saved"
        )
    path = Path(which)
    if not path.is_file():
        raise FileNotFoundError(f"there is no file {which} here; give the path of the notebook that you saved")
    return path


def _about_id(cells: Iterable[Mapping[str, Any]]) -> list[Finding]:
    for cell in cells:
        if cell["cell_type"] == "code" and assigned_in(cell["source"]).get("student"):
            return []
    return [Finding("id", "", "Your id is missing: write it into the cell “student = …” and run the notebook again.")]


def _doubled(counts: Mapping[str, int]) -> list[Finding]:
    found = []
    for name in sorted(name for name, count in counts.items() if count > 1):
        key = question_of(name)
        what = f"of question {key}" if key else f"“{name}”"
        part = "cell for the answer" if key and not name.endswith(("-marks", "-prompt")) else "cell"
        text = f"The {part} {what} is there {counts[name]} times. Keep the one with your answer, and delete the others."
        found.append(Finding("doubled", key, text))
    return found


def _about_question(
    key: str, counts: Mapping[str, int], asked: Mapping[str, set[str]], assigned: Mapping[str, bool]
) -> list[Finding]:
    """Say what is wrong with one question that the machine marks."""
    name = f"q{key.replace('.', '-')}"
    names = asked.get(key) or {f"answer_{key.replace('.', '_')}"}
    if not any(assigned.get(part) for part in names):
        if name not in counts and not names & assigned.keys():
            text = f"The cell for the answer to {key} is missing. Copy it from a fresh copy of the assignment."
            return [Finding("missing", key, text)]
        return [Finding("unanswered", key, f"Question {key} is not answered yet.")]
    if f"{name}-marks" not in counts:
        text = f'The cell “check("{key}", …)” is missing. Your answer will be marked all the same.'
        return [Finding("missing", key, text)]
    return []


def _about_texts(
    cells: list[Mapping[str, Any]], roles: list[str | None], counts: Mapping[str, int], number: int
) -> list[Finding]:
    """Say which written answers are missing."""
    found = []
    machine = set(variant(number).tasks)
    for name in counts:
        key = question_of(name)
        if not name.endswith("-prompt") or not key or key in machine:
            continue
        own = [cell for cell, cell_role in zip(cells, roles, strict=True) if cell_role == name.removesuffix("-prompt")]
        if not own:
            found.append(
                Finding("missing", key, f"The cell for your text on {key} is missing. Write it into a new cell.")
            )
        elif all(is_unwritten(cell["source"]) for cell in own):
            found.append(Finding("unanswered", key, f"Question {key}, which you answer in words, is not answered yet."))
    return found


def _about_errors(cells: list[Mapping[str, Any]], roles: list[str | None]) -> list[Finding]:
    found = []
    for place, (cell, name) in enumerate(zip(cells, roles, strict=True), start=1):
        errors = [output for output in cell.get("outputs", []) if output.get("output_type") == "error"]
        if errors:
            key = question_of(name)
            where = f"A cell of question {key}" if key else f"Cell number {place}"
            text = f"{where} ended with an error ({errors[0].get('ename', 'error')}) when it last ran."
            found.append(Finding("failed", key, text))
    return found


def _plain(cell: Mapping[str, Any]) -> dict[str, Any]:
    source, metadata, kind = cell.get("source", ""), cell.get("metadata"), cell.get("cell_type")
    text = "".join(map(str, source)) if isinstance(source, list) else source if isinstance(source, str) else ""
    plain: dict[str, Any] = {
        "cell_type": kind if kind in ("code", "markdown") else "raw",
        "metadata": metadata if isinstance(metadata, dict) else {},
        "source": text.replace("\r\n", "\n"),
    }
    if isinstance(cell.get("id"), str):
        plain["id"] = cell["id"]
    if isinstance(cell.get("attachments"), dict):
        plain["attachments"] = cell["attachments"]
    if kind == "code":
        outputs = cell.get("outputs")
        plain["outputs"] = [one for one in outputs if isinstance(one, dict)] if isinstance(outputs, list) else []
    return plain


def _modern(data: dict[str, Any]) -> dict[str, Any]:
    """Return a notebook of the years before 2015 (nbformat 3 and older) in today's form."""
    cells = []
    for sheet in data["worksheets"]:
        for cell in sheet.get("cells", []) if isinstance(sheet, dict) else []:
            if not isinstance(cell, dict):
                continue
            kind, source = cell.get("cell_type"), cell.get("input" if "input" in cell else "source", "")
            if kind == "heading":
                text = "".join(map(str, source)) if isinstance(source, list) else str(source)
                level = cell.get("level")
                kind, source = "markdown", f"{'#' * (level if isinstance(level, int) and 0 < level < 7 else 1)} {text}"
            cells.append({**cell, "cell_type": kind, "source": source, "outputs": []})
    return {"cells": cells, "metadata": data.get("metadata")}


def _parsed(source: str) -> ast.Module | None:
    lines = ["" if line.lstrip().startswith(("%", "!")) else line for line in source.splitlines()]
    try:
        return ast.parse("\n".join(lines))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def _is_nothing(line: ast.stmt) -> bool:
    return isinstance(line, ast.Pass) or (isinstance(line, ast.Expr) and isinstance(line.value, ast.Constant))


def _stores(tree: ast.AST, name: str) -> int:
    return sum(
        isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store) and node.id == name for node in ast.walk(tree)
    )
