"""Run the cells of an assignment in this process, as a student would, and note what is checked and handed over."""

from __future__ import annotations

import ast
import contextlib
import io
import re
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib import import_module
from types import ModuleType
from typing import Any
from unittest.mock import patch

from helpers.checks import Verdict
from helpers.chronicle import Chronicle, load
from helpers.variants import Variant
from teaching.marking.inside.marker import tried
from teaching.marking.sources import Assignment, assignments, grade_id, marking, text_of

ASSIGNMENTS = assignments()
HIDDEN = re.compile(r"^### BEGIN HIDDEN TESTS\n.*?^### END HIDDEN TESTS\n?", re.MULTILINE | re.DOTALL)
SOLUTION = re.compile(r"^ *### BEGIN SOLUTION\n.*?^ *### END SOLUTION(\n|\Z)", re.MULTILINE | re.DOTALL)


@dataclass
class Played:
    """What running an assignment gave: the student's variant, what each check said, and what was handed to be marked."""

    variant: Variant
    verdicts: dict[str, Verdict] = field(default_factory=dict)
    handed: dict[str, Any] = field(default_factory=dict)


def play(
    assignment: Assignment,
    student: Any,
    answers: Mapping[str, str] | None = None,
    *,
    untouched: bool = False,
    hidden: bool = False,
) -> Played:
    """Run the cells of an assignment's source.

    Parameters
    ----------
    assignment
        Its source.
    student
        The id that the student gives; ``...`` for none.
    answers
        Source of answer cells by the number of their question, in the place of the model's solutions.
    untouched
        Leave out all solutions and hidden lines, as in the student's copy.
    hidden
        Keep the hidden lines nevertheless, as when an untouched copy is marked.
    """
    given = dict(answers or {})
    names: dict[str, Any] = {"__name__": "__main__"}
    found: dict[str, Any] = {"handed": {}}
    verdicts: dict[str, Verdict] = {}
    with _marker(found["handed"]), contextlib.redirect_stdout(io.StringIO()), patch("helpers.variants.load", _record):
        for cell in assignment.notebook["cells"]:
            if cell["cell_type"] != "code":
                continue
            name, source = grade_id(cell), text_of(cell)
            if untouched and marking(cell)["solution"]:
                source = SOLUTION.sub("", source)
            if name == "student":
                source = f"student = {student!r}" if student is not ... else "student = ..."
            for question in assignment.questions:
                if name == question.answer and question.key in given:
                    source = given.pop(question.key)
            kept = source if hidden or not untouched else HIDDEN.sub("", source)
            value = _run(kept, names, f"<{name}>")
            if isinstance(value, Verdict):
                verdicts[value.key] = value
    assert not given, f"there is no answer cell for {list(given)}"
    return Played(names["mine"], verdicts, found["handed"])


def answers_to(number: int) -> ModuleType:
    """Return the right and wrong answers to an assignment that stand as data in ``tests/answers``."""
    return import_module(f"tests.answers.assignment_{number}")


@cache
def _record() -> Chronicle:
    """Return the record, read once for all notebooks that this process runs."""
    return load()


def _run(source: str, names: dict[str, Any], where: str) -> Any:
    """Run the source of a cell; return the value of its last visible expression, as a notebook shows it."""
    visible, hidden = HIDDEN.sub("", source), "".join(HIDDEN.findall(source))
    tree = ast.parse(visible, where)
    last = tree.body.pop() if tree.body and isinstance(tree.body[-1], ast.Expr) else None
    exec(compile(tree, where, "exec"), names)
    value = eval(compile(ast.Expression(last.value), where, "eval"), names) if last else None
    exec(compile(hidden, where, "exec"), names)
    return value


@contextlib.contextmanager
def _marker(handed: dict[str, Any]) -> Iterator[None]:
    def mark(variant: Variant, key: str, answer: Any) -> None:
        handed[key] = answer

    module = ModuleType("marker")
    module.mark, module.tried = mark, tried  # type: ignore[attr-defined]  # a module made for the purpose
    before = sys.modules.get("marker")
    sys.modules["marker"] = module
    try:
        yield
    finally:
        if before is None:
            del sys.modules["marker"]
        else:
            sys.modules["marker"] = before
