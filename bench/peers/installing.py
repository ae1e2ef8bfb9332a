"""Get the peers from PyPI and npm into an environment of their own, .envs/peers."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

from tests.environments import HOME, NoPythonError, find_python, pins, run, special

PYTHONS = ("3.13", "3.12", "3.14")
"""anytimeline needs 3.12."""
PEERS = [
    "altair==6.3.0",
    "anytimeline==0.3.0",
    "ipysigma==0.24.6",
    "pyvis==0.3.2",
    "vl-convert-python==1.9.0.post1",
]
OWN = ("anywidget", "ipywidgets", "krippendorff", "networkx", "pandas", "plotly")
"""What ours needs to draw, at the versions of environment.yml; plotly.express is there with it."""
SITE = ("jinja2", "markupsafe", "mistune", "pygments", "nbformat", "nbclient", "ipykernel")
"""What the reading edition needs to write a page."""
NPM = ["@knight-lab/timelinejs@3.9.11", "vis-timeline@8.5.4", "vis-data@8.0.6"]
FOLDER = HOME / "peers"
MODULES = FOLDER / "node_modules"


class NotInstalledError(RuntimeError):
    """A peer could not be installed. The message says what was seen."""


def python() -> Path:
    """Return the Python that the peers from PyPI are installed in."""
    for version in PYTHONS:
        try:
            find_python(version)
        except NoPythonError:
            continue
        own = [pin for pin in pins() if pin.split("==")[0] in OWN]
        return special("peers", [*PEERS, *own, *SITE], version)
    raise NotInstalledError(f"none of Python {', '.join(PYTHONS)} is on this machine, and anytimeline needs 3.12")


def node_modules() -> Path:
    """Return the folder that the peers from npm are installed in; no script of theirs is run on the way."""
    npm = shutil.which("npm")
    if npm is None:
        raise NotInstalledError("npm is not on this machine")
    if any(_npm_version(name) != wanted for name, wanted in (pin.rsplit("@", 1) for pin in NPM)):
        FOLDER.mkdir(parents=True, exist_ok=True)
        quiet = ["--ignore-scripts", "--no-audit", "--no-fund", "--no-save", "--loglevel=error"]
        environment = {**os.environ, "npm_config_update_notifier": "false"}
        try:
            run([npm, "install", *quiet, "--prefix", str(FOLDER), *NPM], cwd=FOLDER, env=environment)
        except RuntimeError as error:
            raise NotInstalledError(str(error)) from error
    return MODULES


def versions(interpreter: Path | None) -> dict[str, str]:
    """Return the versions of the peers, as they are installed."""
    found = {name: version for name in (pin.rsplit("@", 1)[0] for pin in NPM) if (version := _npm_version(name))}
    if interpreter is not None:
        names = [pin.split("==")[0] for pin in PEERS] + ["pandas", "plotly"]
        code = (
            "import json, platform; from importlib.metadata import version; "
            f"print(json.dumps({{'Python': platform.python_version(), **{{n: version(n) for n in {names}}}}}))"
        )
        found = {**json.loads(run([str(interpreter), "-c", code])), **found}
    return found


def _npm_version(name: str) -> str | None:
    try:
        return str(json.loads((MODULES / name / "package.json").read_text(encoding="utf-8"))["version"])
    except (OSError, json.JSONDecodeError, KeyError):
        return None
