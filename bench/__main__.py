"""``python -m bench [name …]``: run the measurements, print them, and write bench/RESULTS.md when all were run."""

from __future__ import annotations

import platform
import sys
from importlib import import_module
from importlib.metadata import version
from pathlib import Path

from bench.measure import Result

HERE = Path(__file__).parent
NAMES = [path.stem for path in sorted(HERE.glob("*.py")) if path.stem not in ("__init__", "__main__", "measure")]


def main(wanted: list[str]) -> int:
    rows: list[Result] = []
    for name in wanted or NAMES:
        print(f"{name} …", flush=True)
        for result in import_module(f"bench.{name}").run():
            rows.append(result)
            print(
                f"  {'kept' if result.kept else 'BROKEN'}: {result.what}: {result.value:.3g} {result.unit}"
                f" (limit {result.limit:g})"
            )
    if not wanted:
        (HERE / "RESULTS.md").write_text(_report(rows), encoding="utf-8")
    return sum(not row.kept for row in rows)


def _report(rows: list[Result]) -> str:
    packages = ("pandas", "plotly", "ipywidgets", "anywidget", "jupyterlab")
    versions = ", ".join(f"{name} {version(name)}" for name in packages)
    lines = [
        "# Measured",
        "",
        "Made by `make bench`. Ratios compare with a stated baseline in the same run; medians of several rounds in turn.",
        f"Python {platform.python_version()}, {versions}.",
        "",
        "| what | measured | limit | kept | how |",
        "| --- | --- | --- | --- | --- |",
    ]
    lines += [
        f"| {r.what} | {r.value:.3g} {r.unit} | {r.limit:g} {r.unit} | {'yes' if r.kept else '**no**'} | {r.how} |"
        for r in rows
    ]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
