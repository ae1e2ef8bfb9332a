"""Give points for what a notebook handed over: the trusted side, where what is right is known and no student code runs.

The student whose variant is in force is the one whom the roster names, not the one whom the notebook names.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache
from importlib import import_module
from pathlib import Path
from typing import Any

from helpers.answers import belonging, names_in
from helpers.checks import judge as judge_answer
from helpers.chronicle import Chronicle
from helpers.handing_in import question_of
from helpers.tasks import AnyOf, Task
from helpers.variants import Variant
from teaching.marking.forms import Mark, Outcome, Scheme
from teaching.marking.freezing import thaw, was_cut

SOURCES = Path(__file__).resolve().parent.parent / "assignments"
_NOTHING = object()
_MARKED = re.compile(r"\bmark\(\s*\w+\s*,\s*[\"'](\d+\.\d+)[\"']", re.ASCII)


def points_in(notebook: Mapping[str, Any]) -> dict[str, float]:
    """Return the questions that the machine marks, with their points, from a source or a student's copy.

    >>> mark = {"grade_id": "q1-3-marks", "grade": True, "solution": False, "points": 2}
    >>> points_in({"cells": [{"cell_type": "code", "metadata": {"nbgrader": mark}, "source": ""}]})
    {'1.3': 2.0}
    """
    points = {}
    for cell in notebook.get("cells", []):
        mark = cell.get("metadata", {}).get("nbgrader") or {}
        if cell.get("cell_type") != "code" or not mark.get("grade") or mark.get("solution"):
            continue
        source = cell["source"] if isinstance(cell["source"], str) else "".join(cell["source"])
        named = _MARKED.search(source)
        key = named[1] if named else question_of(mark.get("grade_id"))
        if key:
            points[key] = float(mark.get("points") or 0)
    return points


def schemes_for(variant: Variant) -> Mapping[str, Scheme]:
    """Return how the questions of a student's variant are marked."""
    schemes: Mapping[str, Scheme] = import_module(f"teaching.marking.schemes.assignment_{variant.assignment}").schemes(
        variant
    )
    return schemes


def judge(outcome: Outcome, variant: Variant, schemes: Mapping[str, Scheme], points: Mapping[str, float]) -> list[Mark]:
    """Return the marks for what a notebook handed over, one for each question; it never raises for an answer.

    Parameters
    ----------
    outcome
        What running the notebook gave (:func:`teaching.marking.sandbox.run`).
    variant
        The variant of the student whose notebook it is.
    schemes
        How each question is marked, by its number (:func:`schemes_for`).
    points
        What each question is worth (:func:`points_in`).
    """
    return [
        _mark(key, outcome.answers.get(key, _NOTHING), schemes.get(key), out_of, variant.chronicle)
        for key, out_of in points.items()
    ]


def points_for(variant: Variant, key: str, frozen: Any) -> float:
    """Return the points for one frozen answer, as a plain run of nbgrader needs them."""
    out_of = _points_of_source(variant.assignment).get(key, 0.0)
    return _mark(key, frozen, schemes_for(variant).get(key), out_of, variant.chronicle).points


def _mark(key: str, frozen: Any, scheme: Scheme | None, out_of: float, chronicle: Chronicle) -> Mark:
    if scheme is None:
        return Mark(key, 0.0, out_of, "There is no scheme for this question. Your teacher will mark it.")
    if frozen is _NOTHING:
        return Mark(key, 0.0, out_of, "No answer was handed over: its cell, or one above it, ended with an error.")
    try:
        share, message = _judged(key, thaw(frozen), scheme, chronicle)
    except Exception:  # whatever an answer is made of, the class goes on; it is wrong, not the marking
        share, message = 0.0, "The answer has a form that could not be read."
    earned = out_of if share >= 1 else round(out_of * max(share, 0.0), 2)
    if share < 1 and was_cut(frozen):
        message = f"{message} The answer is very long; only its beginning was looked at.".strip()
    return Mark(key, earned, out_of, message)


def _judged(key: str, answer: Any, scheme: Scheme, chronicle: Chronicle) -> tuple[float, str]:
    """Return the share of the points that an answer earns, and why in words."""
    verdict = judge_answer(key, scheme.task, answer, chronicle)
    if verdict or verdict.state == "unanswered":
        return (1.0, f"Right. {verdict.message}".strip()) if verdict else (0.0, "Not answered.")
    share = _credit(key, answer, scheme, chronicle)
    if scheme.by_share:
        share = max(share, _share(scheme.task, answer, chronicle))
    return share, f"{'Partly right' if share > 0 else 'Not right'}. {verdict.message}".strip()


def _credit(key: str, answer: Any, scheme: Scheme, chronicle: Chronicle) -> float:
    """Return the credit for the first likely mistake that the answer is."""
    for slip, credit in zip(scheme.task.slips, scheme.credit, strict=False):
        if judge_answer(key, replace(scheme.task, right=slip.value, slips=()), answer, chronicle):
            return credit
    return 0.0


def _share(task: Task, answer: Any, chronicle: Chronicle) -> float:
    """Return the share of items that belong there, less those that do not."""
    right = task.right(chronicle)
    shares = [0.0]
    for choice in right if isinstance(right, AnyOf) else [right]:
        if isinstance(choice, (set, frozenset, list, tuple)) and choice:
            good, bad, _ = belonging(choice, answer, _names(chronicle))
            shares.append((good - bad) / len(choice))
    return max(shares)


@lru_cache(maxsize=4)
def _names(chronicle: Chronicle) -> Mapping[str, str]:
    return chronicle.derived(names_in)


@lru_cache(maxsize=8)
def _points_of_source(assignment: int) -> Mapping[str, float]:
    path = next(SOURCES.glob(f"{assignment}-*/{assignment}-*.ipynb"))
    return points_in(json.loads(path.read_text(encoding="utf-8")))
