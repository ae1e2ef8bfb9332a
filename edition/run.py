"""Run a lesson from top to bottom in a kernel of its own, in a folder of its own, with the network cut."""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError

ROOT = Path(__file__).resolve().parent.parent
PREPARE = "from edition.kernel import prepare as _prepare\n_prepare()\ndel _prepare"
SECONDS = 120  # for one cell


class LessonError(RuntimeError):
    """A lesson can't be run to its end. The message names it and says what its cell raised."""


def run_lesson(path: Path) -> nbformat.NotebookNode:
    """Run a notebook and return it with its outputs; the file itself stays as it is.

    Parameters
    ----------
    path
        The notebook.

    Raises
    ------
    LessonError
        If a cell raises, takes too long or ends the kernel.
    """
    notebook = nbformat.read(path, as_version=4)  # type: ignore[no-untyped-call]  # nbformat gives it no types
    first = nbformat.v4.new_code_cell(PREPARE)  # type: ignore[no-untyped-call]  # nor this
    notebook.cells.insert(0, first)
    place = Path(tempfile.mkdtemp(prefix="edition-"))
    paths = [str(ROOT), *os.environ.get("PYTHONPATH", "").split(os.pathsep)]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, paths)), "PYTHONHASHSEED": "1"}
    client = NotebookClient(
        notebook,
        timeout=SECONDS,
        kernel_name="python3",
        extra_arguments=["--log-level=ERROR"],
        resources={"metadata": {"path": str(place)}},
        store_widget_state=False,
    )
    try:
        shutil.copy(path, place / path.name)  # a lesson lists its own terms and sources from its file
        with client.setup_kernel(env=environment):
            for number, cell in enumerate(notebook.cells):
                client.execute_cell(cell, number)
    except CellExecutionError as error:
        raise LessonError(f"{path.name} stops with {error.ename}: {error.evalue}\n{error}") from None
    except (CellTimeoutError, DeadKernelError) as error:
        raise LessonError(f"{path.name} stops: {error}") from None
    finally:
        shutil.rmtree(place, ignore_errors=True)
    del notebook.cells[0]
    return notebook
