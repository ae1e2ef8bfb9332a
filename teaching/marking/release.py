"""The students' copies, made by nbgrader from the sources: without solutions, hidden tests and mark schemes."""

from __future__ import annotations

import io
import json
import logging
import os
import shutil
import sys
import sysconfig
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, redirect_stdout
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from teaching.marking.sources import ROOT, Assignment, assignments
from tests.clean_notebooks import as_text, cleaned

if TYPE_CHECKING:
    from traitlets.config import Config

RELEASED = ROOT / "notebooks" / "assignments"
CODE_STUB = "# Use as many lines as you like."
TEXT_STUB = "*Write your answer here.*"


class NotInstalledError(RuntimeError):
    """nbgrader is missing; the message says how to get it."""


def need_nbgrader() -> None:
    """Raise :class:`NotInstalledError` with the command that installs nbgrader, if it is missing."""
    if find_spec("nbgrader") is None:
        text = "nbgrader is not installed here. This command, in the project's folder, adds it:\n"
        raise NotInstalledError(f'{text}  python -m pip install -e ".[teach]"')


def skip_grammars() -> None:
    """Keep jsonschema from compiling 38 grammars for addresses as nbgrader is imported: half the time of a start."""
    sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]  # this is how an import is called off


def configured(course: Path, sources: Path, gradebook: Path) -> Config:
    """Return the settings of nbgrader for a course folder."""
    from traitlets.config import Config

    settings = Config()
    settings.CourseDirectory.root = str(course)
    settings.CourseDirectory.source_directory = str(sources)
    settings.CourseDirectory.release_directory = "release"
    settings.CourseDirectory.submitted_directory = "submitted"
    settings.CourseDirectory.autograded_directory = "autograded"
    settings.CourseDirectory.db_url = f"sqlite:///{gradebook}"
    settings.ClearSolutions.code_stub = {"python": CODE_STUB}
    settings.ClearSolutions.text_stub = TEXT_STUB
    settings.NbGraderAPI.log_level = logging.ERROR
    return settings


def make(assignment: Assignment, course: Path, gradebook: Path) -> Path:
    """Make the student's copy of an assignment in ``course``, write its questions into the gradebook; return its path.

    Raises
    ------
    RuntimeError
        If nbgrader can't make it; the text is nbgrader's own.
    """
    need_nbgrader()
    skip_grammars()
    from nbgrader.apps import NbGraderAPI
    from nbgrader.coursedir import CourseDirectory

    with tempfile.TemporaryDirectory(prefix="sources-") as folder:
        sources = Path(folder)
        (sources / assignment.name).mkdir()
        shutil.copy(assignment.path, sources / assignment.name / assignment.path.name)
        settings = configured(course, sources, gradebook)
        with _quiet():
            done = NbGraderAPI(CourseDirectory(config=settings), config=settings).generate_assignment(assignment.name)
    if not done["success"]:
        raise RuntimeError(f"{assignment.name}: {done.get('log')}\n{done.get('error')}")
    return course / "release" / assignment.name / f"{assignment.name}.ipynb"


def released(assignment: Assignment) -> str:
    """Return the text of a student's copy as the repository keeps it."""
    with tempfile.TemporaryDirectory(prefix="release-") as folder:
        course = Path(folder)
        made = make(assignment, course, course / "gradebook.db")
        return as_text(cleaned(json.loads(made.read_text(encoding="utf-8"))))


def generate(folder: Path = RELEASED, wanted: Sequence[Assignment] | None = None) -> list[Path]:
    """Write the students' copies of all assignments into a folder; return the paths of those that changed."""
    changed = []
    for assignment in assignments().values() if wanted is None else wanted:
        path, text = folder / f"{assignment.name}.ipynb", released(assignment)
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            folder.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8", newline="\n")
            changed.append(path)
    return changed


@contextmanager
def nbgrader_at_home() -> Iterator[None]:
    """Let nbgrader find its own commands: it calls ``alembic``, which a Python that was not activated does not show."""
    before = os.environ.get("PATH", "")
    os.environ["PATH"] = os.pathsep.join([sysconfig.get_path("scripts"), before])
    try:
        yield
    finally:
        os.environ["PATH"] = before


@contextmanager
def _quiet() -> Iterator[None]:
    before = logging.root.manager.disable
    logging.disable(logging.WARNING)
    try:
        with redirect_stdout(io.StringIO()), nbgrader_at_home():
            yield
    finally:
        logging.disable(before)
