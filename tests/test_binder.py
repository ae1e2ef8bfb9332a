"""What Binder would do: repo2docker's plan, and the lessons in the environment that it makes, within its bounds."""

from __future__ import annotations

import re
import sys

import nbformat
import pytest

from bench import footprint
from tests.checker.running import MEGABYTES
from tests.environments import BINDER, ROOT, NoPythonError, copy_tree, pins, run, student
from tests.lessons import lesson_files

pytestmark = pytest.mark.xdist_group("binder")


# Nothing is built and no Docker is asked. In debug mode repo2docker writes the Dockerfile to standard error.
PLAN = "import sys; sys.stderr = sys.stdout; from repo2docker.__main__ import main; sys.exit(main())"


def planned(folder):
    return run([sys.executable, "-c", PLAN, "--no-build", "--debug", "."], folder)


@pytest.fixture(scope="module")
def plan(tmp_path_factory):
    """What repo2docker says of a clean copy of the tree: the build pack and the Dockerfile."""
    pytest.importorskip("repo2docker", reason="repo2docker does not run on Windows")
    folder = tmp_path_factory.mktemp("binder")
    copy_tree(folder)
    return planned(folder)


def test_binder_chooses_conda_and_this_python(plan):
    assert re.search(rf"^Building conda environment for python={re.escape(BINDER)}$", plan, re.MULTILINE)
    assert BINDER == "3.12"
    assert 'env update -p ${NB_PYTHON_PREFIX} --file "environment.yml"' in plan


def test_the_environment_is_laid_before_the_repository_is_copied(plan):
    steps = ["COPY --chown=0:0 src/environment.yml", "env update -p", "COPY --chown=0:0 src/ ", "RUN ./postBuild"]
    places = [plan.index(step) for step in steps]
    assert places == sorted(places), "a change of a text would solve the environment anew"
    before = plan[: places[1]]
    copied = re.findall(r"^COPY .*? (src/\S*) ", before, re.MULTILINE)
    assert copied == ["src/environment.yml"], "what else is copied first must not change with a text"


def test_a_local_path_would_be_noticed(plan, tmp_path):
    """The order above is not repo2docker's habit but our doing: with `-e .` among the packages it is lost."""
    copy_tree(tmp_path)
    text = (tmp_path / "environment.yml").read_text(encoding="utf-8")
    (tmp_path / "environment.yml").write_text(f"{text.rstrip()}\n      - -e .\n", encoding="utf-8")
    other = planned(tmp_path)
    assert other.index("COPY --chown=0:0 src/ ") < other.index("env update -p")


@pytest.fixture(scope="module")
def python():
    """The Python of an environment made as Binder makes it."""
    try:
        return student(BINDER)
    except NoPythonError as error:
        pytest.skip(str(error))


def test_the_environment_is_small_and_as_pinned(python):
    found = footprint.packages(python)
    assert {"jupyterlab", "pandas", "plotly"} <= found.keys()
    assert len(found) <= footprint.PACKAGES
    assert sum(found.values()) <= footprint.ENVIRONMENT
    said = run([str(python), "-m", "pip", "list", "--format=freeze", "--disable-pip-version-check"]).splitlines()
    assert set(pins()) <= set(said)
    run([str(python), "-m", "pip", "check"])


@pytest.mark.parametrize("path", lesson_files(), ids=lambda path: path.stem)
def test_lesson_runs_in_jupyterlab_with_the_network_cut(path, python, record_property):
    taken = footprint.lesson_memory(python, path)
    record_property("server", round(taken.server))
    record_property("kernel", round(taken.kernel))
    assert taken.problems == []
    assert taken.server > 30 and 50 < taken.kernel < MEGABYTES
    assert taken.server + taken.kernel < footprint.MEMORY


def test_what_goes_wrong_in_a_lesson_is_told(python, tmp_path):
    cells = ["import socket\nsocket.create_connection(('192.0.2.1', 80), 1)"]
    cells.append("import warnings\nwarnings.warn('old', FutureWarning)")
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])
    nbformat.write(notebook, tmp_path / "broken.ipynb")
    problems = footprint.lesson_memory(python, tmp_path / "broken.ipynb").problems
    assert len(problems) == 2
    assert "the network is cut" in problems[0] and "FutureWarning" in problems[1]


def test_post_build_stops_at_an_error(python, tmp_path):
    (tmp_path / "postBuild").write_bytes((ROOT / "postBuild").read_bytes())
    with pytest.raises(RuntimeError, match="postBuild"):
        run(["bash", "./postBuild"], cwd=tmp_path, env={"PATH": f"{python.parent}:/usr/bin:/bin", "PIP_NO_INDEX": "1"})
