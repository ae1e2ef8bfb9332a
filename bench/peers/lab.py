"""Ours in JupyterLab: the explorers, which have the filters that a figure on a page has not."""

from __future__ import annotations

import json
import time
from typing import Any

from playwright.sync_api import Browser

from bench.peers.browsing import Measured, axe, probes, titles, walk
from bench.peers.record import DAY
from bench.peers.tools import Tool
from tests.jupyter import Notebook, Server, open_notebook

SETUP = "from helpers import ActorMapExplorer, TimelineExplorer, load\nchronicle = load()"
PLACE = ".live-explorer"
CELLS = {
    "timeline_explorer": "TimelineExplorer(chronicle)",
    "actor_map_explorer": f"ActorMapExplorer(chronicle, on='{DAY}', show='all')",
}
FILTER = """async ([name, wanted]) => {
    const plot = document.querySelector('.live-plot');
    const label = [...document.querySelectorAll('.live-explorer label')].find(one => one.textContent.trim() === name);
    const list = label.control, started = performance.now();
    const drawn = new Promise((done, fail) => {
        plot.addEventListener('live-drawn', done, {once: true});
        setTimeout(() => fail(new Error('the filter changed nothing')), 30000);
    });
    for (const option of list.options) option.selected = option.text.replaceAll('\u00a0', ' ') === wanted;
    list.dispatchEvent(new Event('change', {bubbles: true}));
    await drawn;
    await new Promise(requestAnimationFrame);
    return performance.now() - started;
}"""


def measure(browser: Browser, server: Server, tool: Tool, rows: list[dict[str, Any]], rounds: int) -> Measured:
    """Run an explorer's cell several times, filter several times, and walk it; its page is JupyterLab itself."""
    told = Measured()
    script = probes(tool)
    with open_notebook(browser, server, [SETUP, CELLS[tool.builder]], height=1600, script=script) as notebook:
        notebook.run_all()
        notebook.wait_drawn()
        for _ in range(rounds):
            told.draws.append(_run_again(notebook))
        page = notebook.page
        page.wait_for_timeout(1500)
        told.shown = page.evaluate("probes.count()")
        told.titles = titles(page, rows, PLACE)
        told.axe = axe(page, PLACE)
        name, wanted = json.loads(tool.act)
        for _ in range(rounds):
            told.filters.append(page.evaluate(FILTER, [name, wanted]))
            page.wait_for_timeout(1000)
            page.evaluate(FILTER, [name, ""])  # all again
            page.wait_for_timeout(1000)
        page.evaluate(f"(e => {{ e.tabIndex = -1; e.focus(); }})(document.querySelector('{PLACE}'))")
        walk(page, told, rows)
        told.outside = list(notebook.seen.outside)
    return told


def _run_again(notebook: Notebook) -> float:
    page = notebook.page
    page.locator(".jp-CodeCell").nth(1).locator(".jp-InputArea-editor").click()
    page.evaluate("document.querySelectorAll('.live-plot').forEach(plot => { plot.dataset.old = 'yes'; })")
    started = time.perf_counter()
    page.keyboard.press("Control+Enter")
    page.wait_for_function("document.querySelectorAll('.live-plot[data-drawn]:not([data-old])').length > 0")
    return (time.perf_counter() - started) * 1000
