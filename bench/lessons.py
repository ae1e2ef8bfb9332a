"""What each lesson costs to run, beside a kernel that only imports pandas and Plotly."""

from __future__ import annotations

from collections.abc import Iterator

from bench.measure import Result
from tests.checker.notebook import Lesson
from tests.checker.running import MEGABYTES, SECONDS, bare
from tests.checker.running import run as run_lesson
from tests.lessons import lesson_files


def run() -> Iterator[Result]:
    for path in lesson_files():
        base = bare()
        cost = run_lesson(Lesson.read(path))
        yield Result(f"{path.stem}", cost.seconds, SECONDS, "s", "top to bottom, network cut, wall time")
        text = "over a kernel that starts and imports pandas and Plotly"
        yield Result(f"{path.stem}, ratio", cost.seconds / base.seconds, 3, "×", text)
        yield Result(f"{path.stem}, memory", cost.megabytes, MEGABYTES, "MB", "resident memory of the kernel")
