"""What a school sets up: the files for its server are sound, its numbers are the measured ones, and their commands work."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml

from bench.footprint import MEMORY
from bench.hub import PACKAGES, percentile, published
from tests.audit import PACKAGES as AUDITOR
from tests.audit import SILENCE, audit
from tests.environments import BINDER, ROOT, NoPythonError, run, special, student

DEPLOY = ROOT / "teaching" / "deploy"
VALUES = yaml.safe_load((DEPLOY / "z2jh" / "values.yaml").read_text(encoding="utf-8"))
README = (DEPLOY / "README.md").read_text(encoding="utf-8")
RESULTS = (ROOT / "bench" / "RESULTS.md").read_text(encoding="utf-8")
UNITS = {"M": 2**20, "G": 2**30}  # as JupyterHub and systemd count


def size(text: str) -> float:
    number, unit = re.fullmatch(r"([\d.]+)([MG])", text).groups()
    return float(number) * UNITS[unit] / 1e6


def measured(what: str) -> float:
    """Return a value of the section `hub` of bench/RESULTS.md."""
    section = RESULTS.split("## hub\n")[1].split("\n## ")[0]
    return float(re.search(rf"^\| {re.escape(what)} \| ([\d.e+]+) ", section, re.MULTILINE)[1])


def test_each_student_is_promised_what_was_measured():
    memory, cpu = VALUES["singleuser"]["memory"], VALUES["singleuser"]["cpu"]
    taken = measured("Memory of a student")
    assert taken <= MEMORY < size(memory["guarantee"]) < size(memory["limit"]) <= 2000
    assert size(memory["limit"]) > 2 * taken, "two lessons open at once must not stop a kernel"
    assert 0 < cpu["guarantee"] < cpu["limit"]
    setup = (DEPLOY / "tljh" / "setup.sh").read_text(encoding="utf-8")
    assert size(re.search(r"MEMORY:-(\w+)", setup)[1]) == size(memory["limit"])


def test_the_readme_counts_right():
    """Each line of arithmetic in the README that states a result is recomputed."""
    found = re.findall(r"`([\d.]+(?: [×+/] [\d.]+)+) = ([\d.]+)( GB| machines| cores)?`", README)
    assert len(found) >= 4
    for formula, result, _ in found:
        assert re.fullmatch(r"[\d. ×+/]+", formula)
        assert eval(formula.replace("×", "*")) == pytest.approx(float(result), rel=0.01), formula


def test_the_readme_quotes_what_was_measured():
    quoted = re.search(r"([\d.]+) MB of memory \(server and kernel", README)[1]
    assert float(quoted) == pytest.approx(measured("Memory of a student"), rel=0.1)


def test_no_price_is_invented():
    assert not re.search(r"[$€£] ?\d|\d ?(USD|EUR|dollars?|euros?)\b", README)


def test_links_in_the_guide_lead_somewhere():
    for target in re.findall(r"\]\(([^)#\s]+)\)", README):
        assert target.startswith("https://") or (DEPLOY / target).exists(), target


@pytest.mark.skipif(shutil.which("bash") is None, reason="no bash, as on Windows")
@pytest.mark.xdist_group("binder")
def test_setup_on_one_machine_does_what_it_says(tmp_path):
    """The script for The Littlest JupyterHub, on an environment like its own and a stand-in for its configuration."""
    try:
        base = student(BINDER)
    except NoPythonError as error:
        pytest.skip(str(error))
    users = tmp_path / "user"
    run([str(base), "-m", "venv", str(users)])
    ask = "import sysconfig; print(sysconfig.get_path('purelib'))"
    there, here = (Path(run([str(python), "-c", ask]).strip()) for python in (base, users / "bin" / "python"))
    (here / "installed.pth").write_text(
        f"{there}\n", encoding="utf-8"
    )  # the pins are there already, as on a second run
    config = tmp_path / "tljh-config"
    config.write_text(f'#!/bin/sh\necho "$@" >> "{tmp_path}/said"\n', encoding="utf-8")
    config.chmod(0o755)
    repository = published(tmp_path)
    run(["git", "tag", "v1.0"], cwd=tmp_path / "series")
    environment = {**os.environ, "USER_ENV": str(users), "CONFIG": str(config), "REPO": repository, "TAG": "v1.0"}
    script = ["bash", str(DEPLOY / "tljh" / "setup.sh")]
    run(script, env={key: value for key, value in environment.items() if key != "PYTHONPATH"})
    place = run([str(users / "bin" / "python"), "-P", "-c", "import helpers; print(helpers.__file__)"], cwd=tmp_path)
    assert Path(place.strip()).is_relative_to(here), "the shared modules are installed, not linked to the tree"
    said = (tmp_path / "said").read_text(encoding="utf-8").splitlines()
    assert {"set limits.memory 1G", "set limits.cpu 1"} <= set(said) and said[-1] == "reload"
    del environment["TAG"]
    assert (
        "which release" in subprocess.run(script, env=environment, capture_output=True, text=True, check=False).stderr
    )


def test_percentiles():
    assert percentile(list(range(1, 21)), 95) == 19
    assert percentile([3.0], 95) == 3
    assert percentile([5, 1], 50) == 1


def test_the_hub_is_pinned():
    assert all("==" in package for package in [*PACKAGES, *AUDITOR])


def test_an_audit_that_reaches_nobody_says_so(monkeypatch):
    """No address of the outside is asked: all go to a port of this machine where nobody listens."""
    auditor = special("audit", AUDITOR)
    for name in ("HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    monkeypatch.setenv("NO_PROXY", "")
    where = run([str(auditor), "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"]).strip()
    code, told = audit(auditor, where)
    assert (code, told) == (2, SILENCE)
