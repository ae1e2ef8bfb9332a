"""How long a class of 30 takes to mark, beside a plain ``nbgrader autograde`` of the same submissions."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import sysconfig
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from bench.measure import Result
from teaching.marking.fake_class import Made, make_class
from teaching.marking.release import CODE_STUB, TEXT_STUB, generate
from teaching.marking.sources import ROOT, Assignment, assignments

STUDENTS, JOBS = 30, 2
KINDS = ("right", "partly", "half")  # what goes wrong in other ways, nbgrader can't mark at all


def run() -> Iterator[Result]:
    task = assignments()[1]
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        place = Path(folder)
        generate(place / "released", [task])
        made = make_class(
            place / "downloads", students=STUDENTS, style="plain", kinds=KINDS, released=place / "released"
        )
        ours = _timed([sys.executable, "-m", "teaching.marking", "grade", *_options(made, place)], ROOT)
        again = _timed([sys.executable, "-m", "teaching.marking", "grade", *_options(made, place)], ROOT)
        theirs = _nbgrader(task, made, place / "course")
    what = f"{STUDENTS} submissions of assignment 1"
    text = f"{JOBS} at a time, {ours:.0f} s; baseline: `nbgrader autograde` of the same, {theirs:.0f} s"
    yield Result(what, ours / theirs, 0.6, "×", text)
    yield Result("The same again, nothing changed", again / theirs, 0.1, "×", f"{again:.1f} s; the same baseline")


def _options(made: Made, place: Path) -> list[str]:
    return [str(made.path), "--roster", str(made.roster), "--out", str(place / "grading"), "--jobs", str(JOBS)]


def _nbgrader(task: Assignment, made: Made, course: Path) -> float:
    """Return the seconds that nbgrader takes, after it has been told of the assignment."""
    (course / "source" / task.name).mkdir(parents=True)
    shutil.copy(task.path, course / "source" / task.name)
    for path in sorted(made.path.rglob("*.ipynb")):
        own = course / "submitted" / path.parent.name.replace(" ", "-").casefold() / task.name
        own.mkdir(parents=True)
        shutil.copy(path, own / f"{task.name}.ipynb")
    lines = [
        "c = get_config()",
        f"c.ClearSolutions.code_stub = {{'python': {CODE_STUB!r}}}",
        f"c.ClearSolutions.text_stub = {TEXT_STUB!r}",
    ]
    (course / "nbgrader_config.py").write_text("\n".join(lines), encoding="utf-8")
    program = [sys.executable, "-m", "nbgrader"]
    _timed([*program, "generate_assignment", task.name], course)
    seconds = _timed([*program, "autograde", task.name], course)
    marked = len(list(course.glob(f"autograded/*/{task.name}/*.ipynb")))
    if marked != STUDENTS:
        raise RuntimeError(f"nbgrader marked {marked} of {STUDENTS}")
    return seconds


def _timed(command: list[str], folder: Path) -> float:
    inside = ROOT / "teaching" / "marking" / "inside"
    environment = {
        **os.environ,
        "PATH": os.pathsep.join([sysconfig.get_path("scripts"), os.environ.get("PATH", "")]),
        "PYTHONPATH": os.pathsep.join([str(ROOT), str(inside)]),
    }
    start = time.perf_counter()
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(f"{' '.join(command[1:4])} failed:\n{done.stderr[-2000:]}")
    return time.perf_counter() - start
