"""How fast and how light a record loads."""

from __future__ import annotations

import csv
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from bench.measure import Result, process_seconds, ratio, seconds
from helpers import load

DATA = Path(__file__).parent.parent / "data"
EVENTS, CLAIMS = 100_000, 400_000


def run() -> Iterator[Result]:
    start = ratio(
        lambda: process_seconds("import helpers; helpers.load()"),
        lambda: process_seconds("import pandas, plotly.graph_objects"),
        rounds=15,
    )
    yield Result(
        "`import helpers; load()`",
        start,
        1.25,
        "×",
        "a new process each; baseline `import pandas, plotly.graph_objects`",
    )

    record, days = load(), iter(range(1, 1000))
    view = seconds(lambda: record.as_of(f"2020-01-{next(days) % 28 + 1:02}").events, rounds=25)
    yield Result("`as_of(day).events`", 1000 * view, 50, "ms", "on the shipped record, another day each time")

    with tempfile.TemporaryDirectory() as folder:
        large = synthetic(Path(folder) / "large")
        times = ratio(
            lambda: float(_child(_LOAD, large).split()[0]), lambda: float(_child(_READ, large).split()[0]), rounds=5
        )
        text = f"{EVENTS:,} events and {CLAIMS:,} claims; baseline `pandas.read_csv` of the same files"
        yield Result("loading a large record", times, 3, "×", text)
        _, peak, own = map(float, _child(_LOAD, large).split())
        text = "the growth of the process's peak memory over the frames' own size (`memory_usage(deep=True)`)"
        yield Result("memory while loading it", peak / own, 3, "×", text)


_READ = """
import sys, time, glob, pandas
start = time.perf_counter()
frames = [pandas.read_csv(path) for path in glob.glob(sys.argv[1] + "/*.csv")]
print(time.perf_counter() - start)
"""
_LOAD = """
import resource, sys, time
from helpers import load
peak = lambda: resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)
before, start = peak(), time.perf_counter()
record = load(sys.argv[1])
took = time.perf_counter() - start
after = peak()
own = sum(getattr(record, name).memory_usage(deep=True).sum() for name in record.package.tables)
print(took, after - before, own)
"""


def _child(code: str, folder: Path) -> str:
    done = subprocess.run([sys.executable, "-c", code, str(folder)], check=True, capture_output=True, text=True)
    return done.stdout


def synthetic(target: Path) -> Path:
    """Write the shipped record with its events and claims repeated under new keys and titles."""
    shutil.copytree(DATA, target, ignore=shutil.ignore_patterns("gulf-2019", "*.md"))
    for name, key, text, count in (("events", "event_id", "title", EVENTS), ("claims", "claim_id", "value", CLAIMS)):
        with (DATA / f"{name}.csv").open(encoding="utf-8", newline="") as file:
            reader = csv.DictReader(file)
            rows, columns = list(reader), list(reader.fieldnames or [])
        with (target / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, columns, lineterminator="\n")
            writer.writeheader()
            for number in range(count):
                row = rows[number % len(rows)]
                if number >= len(rows):
                    row = {**row, key: f"{row[key]}-{number}", text: f"{row[text][:70]} {number}"}
                writer.writerow(row)
    return target
