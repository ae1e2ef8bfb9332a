"""The lessons on the Pythons that the test environment is not: each in an environment of its own, the network cut.

Binder's version is not among them: test_binder.py runs the lessons on it, through a real JupyterLab.
"""

from __future__ import annotations

import sys

import pytest

from tests.checker.anatomy import calls
from tests.checker.notebook import Lesson
from tests.checker.running import MEGABYTES, SECONDS, run
from tests.environments import BINDER, NoPythonError, kernel_of, student
from tests.lessons import lesson_files

RUNNING = f"{sys.version_info.major}.{sys.version_info.minor}"
VERSIONS = [version for version in ("3.11", "3.12", "3.13") if version not in (BINDER, RUNNING)]
CASES = [
    pytest.param(version, path, id=f"{version}-{path.stem}", marks=pytest.mark.xdist_group(f"python-{version}"))
    for version in VERSIONS
    for path in lesson_files()
]


@pytest.fixture
def kernel(version, monkeypatch, tmp_path):
    """Make the kernels of this test those of a student's environment on a version of Python."""
    try:
        python = student(version)
    except NoPythonError as error:
        pytest.skip(str(error))
    monkeypatch.setenv("JUPYTER_PATH", kernel_of(python, tmp_path / "jupyter"))
    return python


@pytest.mark.parametrize(("version", "path"), CASES)
def test_lesson_runs(version, path, kernel, record_property):
    lesson = Lesson.read(path)
    found = run(lesson, solved=True)
    record_property("megabytes", round(found.megabytes))
    assert not found.problems, "\n".join(map(str, found.problems))
    told = "\n".join(text for name, text in found.texts.items() if name.startswith("solution-"))
    for _, key in calls(lesson, "check"):
        assert f"✓ {key}: Right" in told
    assert found.megabytes < MEGABYTES
    assert found.cpu_seconds < SECONDS


@pytest.mark.parametrize(
    "version", [pytest.param(version, marks=pytest.mark.xdist_group(f"python-{version}")) for version in VERSIONS]
)
def test_the_kernel_is_of_that_version_and_sees_a_clean_copy(version, kernel):
    where = "import sys, helpers\nprint('%d.%d' % sys.version_info[:2], helpers.__file__)"
    cell = {"cell_type": "code", "id": "where", "metadata": {}, "source": where, "execution_count": None, "outputs": []}
    told = run(Lesson("where", {"cells": [cell], "metadata": {}, "nbformat": 4, "nbformat_minor": 5})).texts["where"]
    name, _, place = told.strip().partition(" ")
    assert name == version
    assert place.startswith(str(kernel.parent.parent / "tree"))
