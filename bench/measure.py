"""What the benchmarks share: a result with its limit, and timing whole Python processes side by side."""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Result:
    """One measured value, the limit it must keep, and how it was measured."""

    what: str
    value: float
    limit: float
    unit: str
    how: str

    @property
    def kept(self) -> bool:
        return self.value <= self.limit


def process_seconds(code: str) -> float:
    """Return the seconds that a new Python process takes for ``code``, its start included."""
    start = time.perf_counter()
    subprocess.run([sys.executable, "-c", code], check=True, capture_output=True)
    return time.perf_counter() - start


def ratio(ours: Callable[[], float], theirs: Callable[[], float], rounds: int = 9) -> float:
    """Return the median of ours over theirs, measured in turn so that a noisy machine disturbs both alike."""
    pairs = [(ours(), theirs()) for _ in range(rounds)]
    return statistics.median(a / b for a, b in pairs)


def seconds(work: Callable[[], object], rounds: int = 9) -> float:
    """Return the median seconds of calling ``work``."""
    times = []
    for _ in range(rounds):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return statistics.median(times)
