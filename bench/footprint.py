"""What a student's computer needs: the environment of environment.yml on Binder's Python, and a lesson's memory in it."""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from bench.measure import Result
from tests.checker.running import GUARD
from tests.environments import BINDER, student
from tests.environments import run as run_command
from tests.lessons import lesson_files
from tests.student import megabytes, serve

PACKAGES, ENVIRONMENT, MEMORY = 110, 450, 400
"""The most: packages, MB of their files, MB of a lesson's server and kernel together."""
COUNT = """
import importlib.metadata, json
found = {}
for one in importlib.metadata.distributions():
    files = [file.locate() for file in one.files or []]
    found[one.metadata["Name"]] = sum(file.stat().st_size for file in files if file.is_file())
print(json.dumps(found))
"""
NOT_COUNTED = {"pip", "setuptools", "escalation-notebooks"}  # Python's own, and ours


@dataclass(frozen=True)
class Memory:
    """What one lesson took, run through JupyterLab: MB of the server and of the kernel, and what went wrong."""

    server: float
    kernel: float
    problems: list[str]


def packages(python: Path) -> dict[str, float]:
    """Return the packages of an environment with the MB of their files, compiled code included."""
    found = json.loads(run_command([str(python), "-c", COUNT]))
    return {name: size / 1e6 for name, size in found.items() if name not in NOT_COUNTED}


def lesson_memory(python: Path, lesson: Path) -> Memory:
    """Run a lesson from top to bottom through JupyterLab of this environment, the network cut for server and kernel."""
    with tempfile.TemporaryDirectory(prefix="footprint-") as name:
        folder = Path(name)
        shutil.copy(lesson, folder)
        (folder / "guard").mkdir()
        guard = GUARD.read_text(encoding="utf-8")
        (folder / "guard" / "sitecustomize.py").write_text(f"{guard}\n\ninstall()\n", encoding="utf-8")
        own = {name: str(folder / name) for name in ("JUPYTER_CONFIG_DIR", "JUPYTER_RUNTIME_DIR", "IPYTHONDIR")}
        path = os.pathsep.join([str(python.parent), os.environ["PATH"]])
        environment = {**os.environ, **own, "PATH": path, "PYTHONPATH": str(folder / "guard")}
        with serve(python, folder, {**environment, "PYTHONDONTWRITEBYTECODE": "1"}) as (one, server):
            replies = [one.run(code) for code in one.open(lesson.name)]
            kernels = server.children(recursive=True)
            problems = [said for reply in replies for said in (reply.error, reply.warnings) if said]
            taken = Memory(megabytes(server), sum(map(megabytes, kernels)), problems)
            one.close()
    return taken


def run() -> Iterator[Result]:
    python = student(BINDER)
    found = packages(python)
    yield Result("Packages", len(found), PACKAGES, "", f"environment.yml on Python {BINDER}, without pip")
    yield Result("Their files", sum(found.values()), ENVIRONMENT, "MB", "compiled code included")
    for path in lesson_files():
        taken = lesson_memory(python, path)
        how = f"JupyterLab {taken.server:.0f} and kernel {taken.kernel:.0f}, resident, after all cells"
        yield Result(f"{path.stem}, server and kernel", taken.server + taken.kernel, MEMORY, "MB", how)
