"""What each lesson costs to run, beside a kernel that only imports pandas and Plotly; medians of three rounds."""

from __future__ import annotations

from collections.abc import Iterator
from statistics import median

from bench.measure import Result
from tests.checker.notebook import Lesson
from tests.checker.running import MEGABYTES, SECONDS, bare
from tests.checker.running import run as run_lesson
from tests.lessons import lesson_files

ROUNDS = 3


def run() -> Iterator[Result]:
    for path in lesson_files():
        lesson = Lesson.read(path)
        pairs = [(bare().seconds, run_lesson(lesson)) for _ in range(ROUNDS)]  # in turn: a busy machine slows both
        costs = [cost for _, cost in pairs]
        seconds, megabytes = (median(values) for values in zip(*((c.seconds, c.megabytes) for c in costs), strict=True))
        yield Result(f"{path.stem}", seconds, SECONDS, "s", "top to bottom, network cut, wall time")
        ratio = median(cost.seconds / base for base, cost in pairs)
        text = "over a kernel that starts and imports pandas and Plotly"
        yield Result(f"{path.stem}, ratio", ratio, 3, "×", text)
        yield Result(f"{path.stem}, memory", megabytes, MEGABYTES, "MB", "resident memory of the kernel")
