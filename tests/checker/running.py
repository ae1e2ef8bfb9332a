"""Run lessons as a student does, top to bottom, each in a kernel of its own with the network cut."""

from __future__ import annotations

import json
import os
import shutil
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

import nbformat
import psutil
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError

from tests.checker.anatomy import calls, is_in_words, solutions
from tests.checker.notebook import Lesson, Problem

ROOT = Path(__file__).resolve().parent.parent.parent
GUARD = Path(__file__).with_name("guard.py")
PLOTLY, WIDGET = "application/vnd.plotly.v1+json", "application/vnd.jupyter.widget-view+json"
SECONDS, MEGABYTES = 20.0, 300.0


@dataclass
class Run:
    """What running a lesson gave: by the id of the cell, its figures as JSON and its text."""

    seconds: float = 0.0  # of wall time
    cpu_seconds: float = 0.0  # of the kernel alone: what else this machine does counts little
    megabytes: float = 0.0
    figures: dict[str, list[str]] = field(default_factory=dict)
    widgets: set[str] = field(default_factory=set)
    texts: dict[str, str] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)


def run(lesson: Lesson, *, seed: int = 1, solved: bool = False, folder: Path | None = None) -> Run:
    """Run a lesson in a folder of its own.

    Parameters
    ----------
    seed
        Sets the order of sets and dicts of text, which differs from start to start in real life.
    solved
        Run each worked solution behind the cell it stands in, followed by its check.
    folder
        Where to run; a new folder, deleted afterwards, if none is given.
    """
    notebook = nbformat.reads(json.dumps(lesson.notebook), as_version=4)
    if solved:
        notebook.cells = [new for cell in notebook.cells for new in (cell, *_solution_cells(cell, lesson))]
    place = folder or Path(tempfile.mkdtemp(prefix="lesson-"))
    if lesson.path:
        shutil.copy(lesson.path, place / lesson.path.name)
    else:
        (place / f"{lesson.name}.ipynb").write_text(json.dumps(lesson.notebook), encoding="utf-8")
    # A kernel runs the first sitecustomize.py on its path before all else.
    guard = Path(tempfile.mkdtemp(prefix="guard-"))
    (guard / "sitecustomize.py").write_text(f"{GUARD.read_text(encoding='utf-8')}\n\ninstall()\n", encoding="utf-8")
    paths = [str(guard), *os.environ.get("PYTHONPATH", "").split(os.pathsep)]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, paths)), "PYTHONHASHSEED": str(seed)}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)  # a student's kernel keeps what it has compiled
    client = NotebookClient(
        notebook,
        timeout=120,
        kernel_name="python3",
        extra_arguments=["--log-level=ERROR"],
        resources={"metadata": {"path": str(place)}},
        store_widget_state=False,
    )
    found = Run()
    start = time.perf_counter()
    try:
        with client.setup_kernel(env=environment):
            for number, cell in enumerate(notebook.cells):
                client.execute_cell(cell, number)
            found.megabytes, found.cpu_seconds = _cost(client)
    except CellExecutionError as error:
        found.problems.append(lesson.problem(None, "run", str(error)[-1500:]))
    finally:
        shutil.rmtree(guard, ignore_errors=True)
        if folder is None:
            shutil.rmtree(place, ignore_errors=True)
    found.seconds = time.perf_counter() - start
    _read_outputs(notebook, lesson, found)
    return found


def run_problems(lesson: Lesson) -> tuple[Run, list[Problem]]:
    """Run a lesson twice, untouched and solved; list errors, warnings, figures that differ or lack words, high cost."""
    first, second = run(lesson, seed=1), run(lesson, seed=2, solved=True)
    problems = [*first.problems, *second.problems]
    if first.problems or second.problems:
        return first, problems
    following = dict(zip(lesson.cells, lesson.cells[1:], strict=False))
    for cell in lesson.code:
        shown = first.figures.get(cell.id, [])
        if shown != second.figures.get(cell.id, []):
            problems.append(lesson.problem(cell, "run", "shows another figure when it is run again"))
        if shown and not (cell in following and is_in_words(following[cell])):
            problems.append(lesson.problem(cell, "figure", "shows a figure, and the next cell doesn't say it in words"))
    for cell, key in calls(lesson, "check"):
        if "Not answered yet" not in first.texts.get(cell.id, ""):
            problems.append(lesson.problem(cell, "tasks", f"{key}, untouched, does not say: not answered yet"))
    for cell, key in calls(lesson, "check"):
        verdicts = [text for name, text in second.texts.items() if name.startswith("solution-")]
        if not any(f"✓ {key}: Right" in text for text in verdicts):
            problems.append(lesson.problem(cell, "tasks", f"the worked solution of {key} is not right"))
    if first.megabytes > MEGABYTES:
        problems.append(lesson.problem(None, "memory", f"{first.megabytes:.0f} MB; below {MEGABYTES:.0f} is wanted"))
    if first.cpu_seconds > SECONDS:
        problems.append(lesson.problem(None, "time", f"{first.cpu_seconds:.1f} s; below {SECONDS:.0f} is wanted"))
    return first, problems


def bare() -> Run:
    """Return what starting a kernel and importing pandas and plotly costs by itself."""
    cells = [nbformat.v4.new_code_cell("import pandas, plotly.graph_objects")]
    return run(Lesson("bare", dict(nbformat.v4.new_notebook(cells=cells))))


def _solution_cells(cell: dict, lesson: Lesson) -> list[dict]:
    own = next(c for c in lesson.cells if c.id == cell["id"])
    if own.kind != "markdown":
        return []
    codes = solutions(own)
    return [nbformat.v4.new_code_cell(code, id=f"solution-{place}-{own.id}"[:64]) for place, code in enumerate(codes)]


def _cost(client: NotebookClient) -> tuple[float, float]:
    """Return the memory of a kernel in megabytes and the seconds it has worked."""
    process = psutil.Process(client.km.provisioner.pid)
    times = process.cpu_times()
    return process.memory_info().rss / 1e6, times.user + times.system


def _read_outputs(notebook: dict, lesson: Lesson, found: Run) -> None:
    for cell in notebook["cells"]:
        texts = []
        for output in cell.get("outputs", []):
            data = output.get("data", {})
            if PLOTLY in data:
                figure = {key: data[PLOTLY][key] for key in ("data", "layout") if key in data[PLOTLY]}
                found.figures.setdefault(cell["id"], []).append(json.dumps(figure, sort_keys=True))
            if WIDGET in data:
                found.widgets.add(cell["id"])
            texts.append(data.get("text/plain", "") or output.get("text", ""))
            if output.get("name") == "stderr":
                found.problems.append(
                    lesson.problem(None, "warning", f"cell {cell['id']} says: {output['text'][-500:]}")
                )
        found.texts[cell["id"]] = "\n".join(texts)
