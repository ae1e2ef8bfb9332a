"""The frame of the project: one place for versions, commands that explain themselves, nothing of a workplace."""

from __future__ import annotations

import re
import shutil
import subprocess
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement

ROOT = Path(__file__).parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
ENVIRONMENT = (ROOT / "environment.yml").read_text(encoding="utf-8")
PINS = dict(re.findall(r"^\s+- ([a-z0-9-]+)==([0-9][0-9a-z.]*)$", ENVIRONMENT, re.MULTILINE))


def test_pyproject_and_environment_agree():
    wanted = {Requirement(text).name: Requirement(text).specifier for text in PROJECT["dependencies"]}
    assert wanted.keys() == PINS.keys()
    for name, bounds in wanted.items():
        assert bounds.contains(PINS[name]), f"{name} {PINS[name]} is not {bounds}"


def test_exact_versions_stand_in_one_place():
    for text in PROJECT["dependencies"]:
        assert "==" not in text
    extras = [Requirement(text).name for group in PROJECT["optional-dependencies"].values() for text in group]
    assert not set(extras) & PINS.keys()


def test_binder_gets_what_it_can_read():
    assert re.search(r"^\s+- python=3\.12$", ENVIRONMENT, re.MULTILINE), "repo2docker reads python=3.12 with a single ="
    assert not re.search(r"^\s+- (-e|\.|-r)", ENVIRONMENT, re.MULTILINE), "a local path would undo Binder's cache"
    assert (ROOT / "postBuild").stat().st_mode & 0o111, "postBuild must be executable"
    assert "set -e" in (ROOT / "postBuild").read_text(encoding="utf-8")


@pytest.mark.skipif(shutil.which("make") is None, reason="make is not installed, as on Windows")
def test_make_help_lists_every_target():
    said = subprocess.run(["make", "-s", "help"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = set(" ".join(re.findall(r"^\.PHONY: (.*)$", makefile, re.MULTILINE)).split())
    assert targets == set(re.findall(r"^ +make ([a-z-]+)", said, re.MULTILINE))


def test_readme_links_lead_somewhere():
    for page in (ROOT / "README.md", ROOT / "data" / "README.md"):
        for target in re.findall(r"\]\(([^)#\s]+)\)", page.read_text(encoding="utf-8")):
            if not target.startswith(("http://", "https://")):
                assert (page.parent / target).exists(), f"{page.name}: {target}"


def test_no_path_of_a_machine_stands_in_the_tree():
    listed = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    pattern = re.compile(
        "(?:" + "|".join(["/ro" + "ot/", "/ho" + "me/", "/wo" + "rk/", "/Us" + "ers/", "C:" + r"\\Users"]) + ")"
    )
    for name in listed.stdout.split("\n"):
        path = ROOT / name
        if path.suffix in {".py", ".md", ".toml", ".yml", ".ipynb", ".csv", ".json"} and path.is_file():
            for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
                found = pattern.search(re.sub(r"https?://\S+", "", line))
                assert not found, f"{name}:{number}: {line.strip()[:120]}"
