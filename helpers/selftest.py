"""Try the machine before the first lesson, and say in plain words what works and what to do about the rest.

The module isn't named like its function: a module `self_test` would stand in the place of the function in `helpers` as
soon as it is loaded, and the second `from helpers import self_test` would fetch the module.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from html import escape
from importlib import metadata
from pathlib import Path

import pandas as pd

from helpers.chronicle import load
from helpers.figures.exhibit import describe
from helpers.figures.timeline import timeline
from helpers.lesson import Shown
from helpers.notes import Notes

PROJECT = "escalation-notebooks"
OLDEST_PYTHON = (3, 11)
SET_UP = (
    "Close JupyterLab, open a terminal in the folder of the series and run: make lab (with conda, see the README). "
    "On Binder or a school server, show this line to your teacher."
)
FETCH = "Download the series again: a file of it is missing or was changed."
MOVE = (
    "You can read and run everything, but your answers won't be kept. Move the folder of the series to a place where you "
    "may write, such as your documents, and start again. On a school server, ask your teacher for a copy of your own."
)


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was tried: what it is, whether it works, and what was found or what to do."""

    what: str
    well: bool
    text: str


def self_test(folder: str | Path | None = None) -> Shown:
    """Try what the series needs on this machine and say in plain words what works and what to do about the rest.

    It tries the version of Python, the packages, the record, a figure, and whether answers can be kept. Nothing is left
    behind. A failure is a line to read, never an error.

    Parameters
    ----------
    folder
        Where the answers are to be kept; without it, the folder of the notebook.

    Returns
    -------
    Shown
        The list to read. Its ``table`` has a row for each thing tried: ``what``, ``well``, ``text``.

    Examples
    --------
    >>> self_test().table["well"].all()
    np.True_
    """
    place = Path.cwd() if folder is None else Path(folder)
    findings = [
        _tried("Python", _python, SET_UP),
        _tried("Packages", _packages, SET_UP),
        _tried("The record", _record, FETCH),
        _tried("Figures", _figure, SET_UP),
        _tried("Your answers", lambda: _answers(place), MOVE),
    ]
    bad = sum(not finding.well for finding in findings)
    head = "Everything works. Go on." if not bad else f"{bad} of {len(findings)} did not work. Read what to do."
    lines = [f"{'✓' if finding.well else '✗'} {finding.what}: {finding.text}" for finding in findings]
    html = "".join(f"<li>{escape(line)}</li>" for line in lines)
    html = f'<p role="status"><strong>{escape(head)}</strong></p><ul style="list-style: none">{html}</ul>'
    return Shown("\n".join([head, *lines]), html, pd.DataFrame(findings))


def _tried(what: str, test: Callable[[], str], remedy: str) -> Finding:
    """Run a test. It returns what it found, or raises an error whose words say what is wrong."""
    try:
        return Finding(what, True, test())
    except Exception as error:  # whatever is broken on this machine is a finding
        reason = " ".join(str(error).split())[:300] or type(error).__name__
        return Finding(what, False, f"{reason.rstrip('.')}. {remedy}")


def _python() -> str:
    version = ".".join(map(str, sys.version_info[:3]))
    if sys.version_info[:2] < OLDEST_PYTHON:
        raise RuntimeError(f"this is version {version}, and {'.'.join(map(str, OLDEST_PYTHON))} or later is needed")
    return f"version {version} is new enough."


def _packages() -> str:
    from packaging.requirements import Requirement

    needed = [Requirement(line) for line in metadata.requires(PROJECT) or ()]
    needed = [package for package in needed if package.marker is None or package.marker.evaluate({"extra": ""})]
    missing, wrong = [], []
    for package in needed:
        try:
            version = metadata.version(package.name)
        except metadata.PackageNotFoundError:
            missing.append(package.name)
        else:
            if not package.specifier.contains(version, prereleases=True):
                wrong.append(f"{package.name} is {version}, and {package.specifier} is needed")
    if missing or wrong:
        raise RuntimeError("; ".join([*(f"{name} is missing" for name in missing), *wrong]))
    return f"all {len(needed)} are here in a version that fits."


def _record() -> str:
    record = load()
    return f"{len(record.events)} events and {len(record.sources):,} sources were read."


def _figure() -> str:
    describe(timeline(load().only(importance=1)))
    return "a timeline was drawn."


def _answers(place: Path) -> str:
    own = Notes(place)
    damage = own.damage  # raises an error if the file is there and can't be read
    with tempfile.TemporaryDirectory(prefix=".self-test-", dir=place) as trial:
        notes = Notes(trial)
        notes.put("test", "kept")
        if notes.get("test") != "kept":
            raise RuntimeError("a test answer was written and did not come back")
    if own.path.exists():
        with own.path.open("ab"):
            pass
    return f"they can be kept in {own.path.name}, beside this notebook. {damage}".strip()
