"""bench/RESULTS.md: its head, and its sections, each of which can be written anew while the others stay."""

from __future__ import annotations

import platform
from collections.abc import Iterable, Sequence
from importlib.metadata import version
from pathlib import Path

REPORT = Path(__file__).parent / "RESULTS.md"
HEAD = """# Measured

Made by `make bench`, and the section `peers` by `make peers`. Ratios compare with a stated baseline in the same run;
medians of several rounds in turn.
"""
PACKAGES = ("pandas", "plotly", "ipywidgets", "anywidget", "jupyterlab")


def write(name: str, section: str, report: Path = REPORT) -> None:
    """Put a section into the report in the place of the one of that name, or among the others."""
    parts = report.read_text(encoding="utf-8").split("\n## ")[1:] if report.exists() else []
    sections = {part.split("\n")[0]: f"## {part.rstrip()}\n" for part in parts}
    sections[name] = section
    report.write_text(HEAD + "\n" + "\n".join(sections[key] for key in sorted(sections)), encoding="utf-8")


def versions(packages: Iterable[str] = PACKAGES) -> str:
    """Return one sentence with the versions of Python and of these packages."""
    return f"Python {platform.python_version()}, {', '.join(f'{name} {version(name)}' for name in packages)}."


def section(name: str, *blocks: str) -> str:
    """Return a section: its heading and its paragraphs, lists and tables."""
    return "\n\n".join([f"## {name}", *(block.strip("\n") for block in blocks)]) + "\n"


def table(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Return a table. A bar in a cell is kept from ending it."""
    lines = [columns, ["---"] * len(columns), *rows]
    return "\n".join("| " + " | ".join(str(cell).replace("|", "\\|") for cell in line) + " |" for line in lines)
