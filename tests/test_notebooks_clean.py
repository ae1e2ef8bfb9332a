"""Committed notebooks are clean: no outputs, no counts, no widget state, stable cell ids, valid format."""

from __future__ import annotations

import json
from pathlib import Path

import nbformat
import pytest

from tests.clean_notebooks import ROOT, as_text, clean, cleaned, main, notebooks

EXAMPLE = Path(__file__).parent / "fixtures" / "example-lesson.ipynb"
FILES = [*notebooks(), EXAMPLE]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_notebook_is_clean(path):
    notebook = json.loads(path.read_text(encoding="utf-8"))
    assert not clean(path, write=False), f"run: python tests/clean_notebooks.py {path.relative_to(ROOT)}"
    nbformat.validate(notebook)
    assert (notebook["nbformat"], notebook["nbformat_minor"]) == (4, 5)
    ids = [cell["id"] for cell in notebook["cells"]]
    assert len(set(ids)) == len(ids)
    for cell in notebook["cells"]:
        assert not cell.get("outputs") and cell.get("execution_count") is None
    assert "widgets" not in notebook["metadata"]


def dirty():
    notebook = json.loads(EXAMPLE.read_text(encoding="utf-8"))
    notebook["nbformat_minor"] = 4
    notebook["metadata"] |= {"widgets": {"state": {}}, "language_info": {"name": "python", "version": "3.13.1"}}
    for place, cell in enumerate(notebook["cells"]):
        cell["metadata"] |= {"collapsed": True, "tags": ["keep"], "nbgrader": {"grade": True}}
        if cell["cell_type"] == "code":
            cell |= {"execution_count": place, "outputs": [{"output_type": "stream", "name": "stdout", "text": "x"}]}
    return notebook


def test_what_running_leaves_is_taken_out(tmp_path):
    path = tmp_path / "a.ipynb"
    path.write_text(json.dumps(dirty()), encoding="utf-8")
    assert main(["--check", str(path)]) == 1
    assert json.loads(path.read_text(encoding="utf-8")) == dirty(), "--check changes nothing"
    assert main([str(path)]) == 0
    assert main(["--check", str(path)]) == 0
    notebook = json.loads(path.read_text(encoding="utf-8"))
    nbformat.validate(notebook)
    assert "widgets" not in notebook["metadata"]
    assert notebook["cells"][0]["metadata"] == {"nbgrader": {"grade": True}, "tags": ["keep"]}
    before, after = dirty()["cells"], notebook["cells"]
    assert [c["source"] for c in before] == [c["source"] for c in after]
    assert [c["id"] for c in before] == [c["id"] for c in after], "valid ids stay"


def test_ids_are_made_once_and_are_stable():
    notebook = dirty()
    for cell in notebook["cells"][:3]:
        del cell["id"]
    notebook["cells"][3]["id"] = notebook["cells"][4]["id"] = "twice"
    notebook["cells"][5]["id"] = "not valid!"
    once = cleaned(notebook)
    ids = [cell["id"] for cell in once["cells"]]
    assert len(set(ids)) == len(ids) and ids[3] == "twice"
    assert ids == [cell["id"] for cell in cleaned(notebook)["cells"]], "the same each time"
    assert as_text(cleaned(once)) == as_text(once)
    same_twice = {"cells": [{"cell_type": "markdown", "metadata": {}, "source": "x"}] * 2}
    assert len({cell["id"] for cell in cleaned(same_twice)["cells"]}) == 2


def test_checkpoints_are_passed_over(tmp_path):
    for name in ("a.ipynb", ".ipynb_checkpoints/a-checkpoint.ipynb", "sub/b.ipynb"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    assert [path.name for path in notebooks(tmp_path)] == ["a.ipynb", "b.ipynb"]
