"""``python -m bench [name …]``: run the measurements, print them, and write their sections of bench/RESULTS.md anew."""

from __future__ import annotations

import platform
import sys
from importlib import import_module
from importlib.metadata import version
from pathlib import Path

from bench.measure import Result

HERE = Path(__file__).parent
REPORT = HERE / "RESULTS.md"
NAMES = [path.stem for path in sorted(HERE.glob("*.py")) if path.stem not in ("__init__", "__main__", "measure")]
HEAD = """# Measured

Made by `make bench`. Ratios compare with a stated baseline in the same run; medians of several rounds in turn.
"""


def main(wanted: list[str]) -> int:
    broken = 0
    for name in wanted or NAMES:
        print(f"{name} …", flush=True)
        rows = []
        for result in import_module(f"bench.{name}").run():
            rows.append(result)
            verdict = "kept" if result.kept else "BROKEN"
            print(f"  {verdict}: {result.what}: {result.value:.3g} {result.unit} (limit {result.limit:g})", flush=True)
        broken += sum(not row.kept for row in rows)
        _write(name, _section(name, rows))
    return broken


def _write(name: str, section: str) -> None:
    parts = REPORT.read_text(encoding="utf-8").split("\n## ")[1:] if REPORT.exists() else []
    sections = {part.split("\n")[0]: f"## {part.rstrip()}\n" for part in parts}
    sections[name] = section
    REPORT.write_text(HEAD + "\n" + "\n".join(sections[key] for key in sorted(sections)), encoding="utf-8")


def _section(name: str, rows: list[Result]) -> str:
    packages = ("pandas", "plotly", "ipywidgets", "anywidget", "jupyterlab")
    versions = ", ".join(f"{package} {version(package)}" for package in packages)
    lines = [
        f"## {name}",
        "",
        f"Python {platform.python_version()}, {versions}.",
        "",
        "| what | measured | limit | kept | how |",
        "| --- | --- | --- | --- | --- |",
    ]
    for r in rows:
        kept = "yes" if r.kept else "**no**"
        lines.append(f"| {r.what} | {r.value:.3g} {r.unit} | {r.limit:g} {r.unit} | {kept} | {r.how} |")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
