"""``python -m bench.peers [--rounds N] [--only BUILDER …]``: install the peers, measure them beside ours, write the section.

With ``--only`` nothing is written into the report; the section is printed.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Error as BrowserError
from playwright.sync_api import sync_playwright

from bench import report
from bench.peers import browsing, installing, lab, record, table
from bench.peers.browsing import Measured
from bench.peers.builders import PAGE
from bench.peers.tools import MAPS, TIMELINES, TOOLS, Tool
from helpers import load
from tests.environments import ROOT, run
from tests.jupyter import Server, start_browser

NPM = ("timelinejs", "vis_timeline")


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.peers", description=__doc__)
    parser.add_argument("--rounds", type=int, default=5, help="how often each time is taken (5)")
    parser.add_argument("--only", nargs="+", default=[], help="builders, such as altair; nothing is written then")
    asked = parser.parse_args(arguments)
    chronicle = load()
    given = {"events": record.events(chronicle), **record.actors(chronicle), "day": record.DAY}
    faults: dict[str, str] = {}
    python = installing.python()  # first: it makes the folder anew
    modules = installing.MODULES
    try:
        modules = installing.node_modules()
    except installing.NotInstalledError as error:
        faults |= dict.fromkeys(NPM, f"not installed: {_last_line(error)}")
    tools = [tool for tool in TOOLS if not asked.only or tool.builder in asked.only]
    before = os.getloadavg()
    found: dict[Tool, Measured] = {}
    with tempfile.TemporaryDirectory(prefix="peers-") as name, sync_playwright() as playwright:
        folder = Path(name)
        (folder / "given.json").write_text(json.dumps(given), encoding="utf-8")
        browser = start_browser(playwright)
        try:
            for tool in tools:
                print(f"{tool.name} …", flush=True)
                rows = given[tool.subject]
                found[tool] = Measured(fault=faults.get(tool.builder, ""))
                if found[tool].fault:
                    continue
                try:
                    if tool.in_lab:
                        found[tool] = _in_lab(browser, tool, rows, asked.rounds)
                    else:
                        seconds = [_build(python, tool, folder, modules) for _ in range(asked.rounds)]
                        page = folder / tool.builder / PAGE
                        found[tool] = browsing.measure(browser, tool, page, rows, asked.rounds)
                        found[tool].build = statistics.median(seconds)
                except (RuntimeError, BrowserError) as error:
                    found[tool].fault = f"failed: {_last_line(error)}"
                print("  " + " · ".join(table.row(tool, found[tool], len(rows))[1:]), flush=True)
        finally:
            browser.close()
    after = os.getloadavg()
    busy = (
        f"Load of the machine over five minutes (other work ran beside): {before[1]:.1f} before, {after[1]:.1f} after"
    )
    counts = {TIMELINES: len(given["events"]), MAPS: len(given["actors"])}
    busy += f", on {os.cpu_count()} cores."
    versions = {**installing.versions(python), "Chromium": _chromium()}
    text = table.section(found, counts, versions, asked.rounds, busy)
    if asked.only:
        print(text)
    else:
        report.write("peers", text)
    return 0


def _build(python: Path, tool: Tool, folder: Path, modules: Path) -> float:
    command = [str(python), "-m", "bench.peers.builders", tool.builder, str(folder / "given.json")]
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1"}
    told = run([*command, str(folder / tool.builder), str(modules)], env=environment)
    return float(json.loads(told.strip().splitlines()[-1])["seconds"])


def _in_lab(browser, tool: Tool, rows: list[dict], rounds: int) -> Measured:
    server = Server()
    try:
        return lab.measure(browser, server, tool, rows, rounds)
    finally:
        server.close()


def _chromium() -> str:
    with sync_playwright() as playwright:
        browser = start_browser(playwright)
        try:
            return browser.version
        finally:
            browser.close()


def _last_line(error: Exception) -> str:
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return (lines[-1] if lines else type(error).__name__)[:160]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
