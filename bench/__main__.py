"""``python -m bench [name …]``: run the measurements, print them, and write their sections of bench/RESULTS.md anew."""

from __future__ import annotations

import sys
from importlib import import_module
from pathlib import Path

from bench import report
from bench.measure import Result

HERE = Path(__file__).parent
NOT_MEASUREMENTS = ("__init__", "__main__", "measure", "report")
NAMES = [path.stem for path in sorted(HERE.glob("*.py")) if path.stem not in NOT_MEASUREMENTS]


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
        report.write(name, report.section(name, report.versions(), _table(rows)))
    return broken


def _table(results: list[Result]) -> str:
    rows = [
        (r.what, f"{r.value:.3g} {r.unit}", f"{r.limit:g} {r.unit}", "yes" if r.kept else "**no**", r.how)
        for r in results
    ]
    return report.table(["what", "measured", "limit", "kept", "how"], rows)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
