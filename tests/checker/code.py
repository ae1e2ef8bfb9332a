"""Does the code of the lessons import only what it may, and use only what has been taught?

An idea of pandas (a method such as ``groupby``), of Python (``for``, ``def``, ...) or a function of the helpers counts
as taught once a Markdown cell has named it in `code style`: in an earlier lesson, earlier in the same lesson, or in the
cell right behind its first use.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable

import pandas as pd

from tests.checker.anatomy import solutions
from tests.checker.notebook import CODE_SPAN, Cell, Lesson, Problem, without_code

FURNITURE = {"ask", "check", "in_words", "terms_of", "sources_of", "term", "glossary_of"}
_SYNTAX = {
    ast.For: "for",
    ast.comprehension: "for",
    ast.While: "while",
    ast.If: "if",
    ast.IfExp: "if",
    ast.FunctionDef: "def",
    ast.Lambda: "lambda",
    ast.With: "with",
    ast.Try: "try",
    ast.ClassDef: "class",
    ast.JoinedStr: "f",
}


def _public(thing: object) -> set[str]:
    return {name for name in dir(thing) if not name.startswith("_")}


PANDAS = _public(pd.DataFrame) | _public(pd.Series) | _public(type(pd.Series(dtype="int64").groupby([])))
ACCESSORS = {"str": _public(pd.Series.str), "dt": _public(pd.Series(dtype="datetime64[us]").dt)}


def import_problems(lesson: Lesson) -> list[Problem]:
    """List imports from elsewhere than helpers and pandas, imports outside the setup cell, and shell commands."""
    problems = []
    setup = lesson.code[0] if lesson.code else None
    for cell, tree in _trees(lesson, problems):
        for node in ast.walk(tree):
            if not isinstance(node, (ast.Import, ast.ImportFrom)):
                continue
            if cell is not setup:
                problems.append(lesson.problem(cell, "imports", "imports stand in the setup cell, the first code cell"))
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else [node.module or ""]
            problems += [
                lesson.problem(cell, "imports", f"imports {name}; only helpers and pandas may be imported")
                for name in names
                if name.split(".")[0] not in ("helpers", "pandas")
            ]
            if any(alias.name == "*" for alias in node.names):
                problems.append(lesson.problem(cell, "imports", "imports everything (*); name what you need"))
    return problems


def teaching_problems(lessons: Iterable[Lesson]) -> list[Problem]:
    """List the ideas that a lesson uses before any lesson, in their order, has named them."""
    problems: list[Problem] = []
    known: set[str] = set()
    for lesson in lessons:
        helpers = _imported_helpers(lesson)
        for place, cell in enumerate(lesson.cells):
            if cell.kind == "markdown":
                known |= _named(cell)
                codes = solutions(cell)
            else:
                codes = [cell.source]
            following = lesson.cells[place + 1] if place + 1 < len(lesson.cells) else None
            ahead = _named(following) if following and following.kind == "markdown" else set()
            for code in codes:
                tree = _parse(code)
                used = ideas(tree, helpers) if tree else set()
                for idea in sorted(used - known - ahead):
                    text = f"`{idea}` is used before a lesson has named it in `code style` and said what it does"
                    problems.append(lesson.problem(cell, "teaching", text))
                known |= used  # once is enough
    return problems


def ideas(tree: ast.AST, helpers: set[str]) -> set[str]:
    """Return the ideas that code uses: methods of pandas, words of Python, functions of the helpers."""
    found: set[str] = set()
    for node in ast.walk(tree):
        found |= {word for kind, word in _SYNTAX.items() if isinstance(node, kind)}
        if isinstance(node, ast.Attribute):
            owner = node.value.attr if isinstance(node.value, ast.Attribute) else ""
            if owner in ACCESSORS:
                found |= {node.attr} & ACCESSORS[owner]
            elif isinstance(node.value, ast.Name) and node.value.id == "pd":
                found.add(node.attr)
            else:
                found |= {node.attr} & PANDAS
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
            found |= {node.id} & (helpers - FURNITURE)
    return found


def _named(cell: Cell) -> set[str]:
    return {
        word for _, span in CODE_SPAN.findall(without_code(cell.source)) for word in re.findall(r"[A-Za-z_]\w*", span)
    }


def _imported_helpers(lesson: Lesson) -> set[str]:
    found: set[str] = set()
    for cell in lesson.code:
        for node in ast.walk(_parse(cell.source) or ast.Module([], [])):
            if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == "helpers":
                found |= {alias.asname or alias.name for alias in node.names}
    return found


def _trees(lesson: Lesson, problems: list[Problem]) -> list[tuple[Cell, ast.AST]]:
    found = []
    for cell in lesson.code:
        tree = _parse(cell.source)
        if tree is None:
            problems.append(
                lesson.problem(cell, "imports", "is no plain Python (shell commands and magics are not for lessons)")
            )
        else:
            found.append((cell, tree))
    return found


def _parse(code: str) -> ast.Module | None:
    try:
        return ast.parse(code)
    except SyntaxError:
        return None
