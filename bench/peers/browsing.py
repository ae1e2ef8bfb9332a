"""What a page does in Chromium, where it can reach nothing but its own files."""

from __future__ import annotations

import json
import re
import statistics
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import axe_playwright_python
from playwright.sync_api import Browser, Page

from bench.peers.tools import Tool
from tests.jupyter import Seen, guarded_page

PROBES = Path(__file__).with_name("probes.js").read_text(encoding="utf-8")
AXE = Path(axe_playwright_python.__file__).with_name("axe.min.js").read_text(encoding="utf-8")
LEVELS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
LONGEST = 45  # seconds until a page counts as blank
SETTLED = 1_500  # milliseconds
STOPS = 100
ARROWS = 6
WORDS = 60  # letters that tell one text from the others
FOUND = """async ([levels, place]) => {
    const only = {runOnly: levels, resultTypes: ['violations']};
    const found = await axe.run(place ? {include: [place]} : document, only);
    return found.violations.map(v => [v.id, v.impact, v.nodes.length]);
}"""


@dataclass
class Measured:
    """What was measured of one tool; None where there is nothing to measure."""

    build: float | None = None
    size: int | None = None
    draws: list[float] = field(default_factory=list)
    filters: list[float] = field(default_factory=list)
    shown: int | None = None
    stops: int | None = None
    named_stops: int | None = None
    by_keyboard: bool | None = None
    axe: list[tuple[str, str, int]] | None = None
    outside: list[str] | None = None
    titles: int | None = None
    fault: str = ""

    @property
    def draw(self) -> float | None:
        return statistics.median(self.draws) if self.draws else None

    @property
    def filter(self) -> float | None:
        return statistics.median(self.filters) if self.filters else None

    def findings(self, *impacts: str) -> int | None:
        """Return at how many places axe found something, of these impacts alone if any are named."""
        if self.axe is None:
            return None
        return sum(count for _, impact, count in self.axe if not impacts or impact in impacts)


def measure(browser: Browser, tool: Tool, page_file: Path, rows: list[dict[str, Any]], rounds: int) -> Measured:
    """Open a page several times; time it, then walk it with the keyboard, and search and check it."""
    told = Measured()
    for number in range(rounds):
        with _opened(browser, tool, page_file) as (page, seen, files):
            drawn = page.evaluate("probes.drawn")
            if number == 0:
                told.outside = list(seen.outside)
                told.size = sum(path.stat().st_size for path in files)
            if drawn is None:
                told.fault = _why(seen)
                break
            if number == 0:
                told.shown = page.evaluate("probes.count()")
                told.titles = titles(page, rows)
                told.axe = axe(page)
            told.draws.append(drawn)
            if tool.act:
                told.filters.append(filter_once(page, tool))
    if not told.fault:
        with _opened(browser, tool, page_file) as (page, _, _):
            walk(page, told, rows)
    return told


@contextmanager
def _opened(browser: Browser, tool: Tool, page_file: Path) -> Iterator[tuple[Page, Seen, set[Path]]]:
    with guarded_page(browser) as (page, seen):
        files: set[Path] = set()
        page.on("request", lambda request: files.update(_local(request.url)))
        page.add_init_script(probes(tool))
        page.goto(page_file.as_uri(), wait_until="load", timeout=LONGEST * 1000)
        # A page of ours forbids `eval`, which Playwright's own way to wait would need.
        until = time.monotonic() + LONGEST
        while page.evaluate("probes.drawn") is None and time.monotonic() < until:
            page.wait_for_timeout(250)
        page.wait_for_timeout(SETTLED)
        yield page, seen, files


def probes(tool: Tool) -> str:
    """Return the script that watches a page of this tool."""
    return PROBES.replace("MARKS", json.dumps(tool.marks)).replace("COVERS", json.dumps(tool.covers))


def _local(address: str) -> set[Path]:
    parts = urlsplit(address)
    path = Path(unquote(parts.path))
    return {path} if parts.scheme == "file" and path.is_file() else set()


def _why(seen: Seen) -> str:
    hosts = sorted({str(urlsplit(address).hostname) for address in seen.outside})
    if hosts:
        return f"blank offline: needs {', '.join(hosts)}"
    return f"nothing drawn: {seen.errors[0][:120]}" if seen.errors else "nothing drawn"


def titles(page: Page, rows: list[dict[str, Any]], place: str = "") -> int:
    """Return how many titles stand in the page as text."""
    text = page.evaluate("place => probes.text(place ? document.querySelector(place) : document)", place)
    return sum(squeezed(row["title"]) in text for row in rows)


def axe(page: Page, place: str = "") -> list[tuple[str, str, int]]:
    """Return what axe finds at WCAG 2.2 A and AA: rule, impact, number of places."""
    page.evaluate(AXE)
    return [tuple(found) for found in page.evaluate(FOUND, [LEVELS, place])]


def filter_once(page: Page, tool: Tool) -> float:
    """Filter in the tool's own way; return the milliseconds until the next frame in which the drawing is another."""
    changed = "() => probes.count()" if tool.marks else "() => probes.paints"
    if tool.act.startswith("dblclick "):
        entry = page.locator(".legend .traces").filter(has_text=tool.act.removeprefix("dblclick "))
        page.evaluate(f"probes.watch('mouseup', {changed})")
        entry.locator(".legendtoggle").first.dblclick(force=True)
    else:
        page.evaluate(f"() => {{ probes.watch(null, {changed}); {tool.act}; }}")
    for _ in range(100):
        page.wait_for_timeout(200)
        took = page.evaluate("probes.took")
        if took is not None:
            return float(took)
    raise RuntimeError("the filter changed nothing")


def walk(page: Page, told: Measured, rows: list[dict[str, Any]], most: int = STOPS) -> None:
    """Walk through the first Tab stops: what they are named, and whether words come into view that were not before.

    Enter is pressed on a stop that is named after an event, and on what unfolds; arrow keys where they are not those of
    a control.
    """
    names = {squeezed(row["title"]) for row in rows}
    words = {squeezed(row["words"])[:WORDS] for row in rows if row["words"]}
    at_first = _words(page, words)
    stops: dict[int, dict[str, Any]] = {}
    named: set[str] = set()
    told.by_keyboard = False
    last = 0
    for _ in range(most):
        page.keyboard.press("Tab")
        stop = page.evaluate("probes.stop()")
        if (stop is None and not stops) or (stop and stop["number"] == last):
            continue  # not in the page yet, or in the next part of the same control
        if stop is None or stop["number"] in stops:
            break  # round once
        last = stop["number"]
        stops[stop["number"]] = stop
        own = {name for name in names if name in stop["name"]}
        named |= own
        if told.by_keyboard:
            continue
        if own or stop["opens"]:
            page.keyboard.press("Enter")
            page.wait_for_timeout(400)
        elif not stop["control"]:
            for _ in range(ARROWS):
                page.keyboard.press("ArrowRight")
                page.wait_for_timeout(400)
                if _words(page, words) - at_first:
                    break
        told.by_keyboard = bool(_words(page, words) - at_first)
    told.stops, told.named_stops = len(stops), len(named)


def _words(page: Page, words: set[str]) -> set[str]:
    text = page.evaluate("probes.seen()")
    return {word for word in words if word in text}


def squeezed(text: str) -> str:
    """Return a text without spaces, in small letters, as the probes see it."""
    return re.sub(r"\s+", "", text).lower()
