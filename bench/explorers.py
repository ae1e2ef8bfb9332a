"""How light and how quick live figures and explorers are, in real JupyterLab in Chromium."""

from __future__ import annotations

import json
import statistics
import time
from collections.abc import Iterable, Iterator, Sequence

from playwright.sync_api import Browser, sync_playwright

from bench.measure import Result
from tests.jupyter import Notebook, Server, open_notebook, start_browser

SIX = """import plotly.graph_objects as go
from helpers import LiveFigure
def figure(number):
    trace = go.Scatter(x=list(range(200)), y=[(7 * i) % 50 for i in range(200)], mode="markers")
    return {kind}(go.Figure(trace, {{"title": f"Figure {{number}}", "height": 300}}))"""
SETUP = """from helpers import TimelineExplorer, load
from bench.figures import _repeated
chronicle = load()"""
NAIVE = """import ipywidgets as w
import pandas as pd
import plotly.express as px
from IPython.display import display
out, pick = w.Output(), w.Dropdown(options=[("all", 3), ("main", 1), ("more", 2)], description="Importance")
def draw(_):
    e = chronicle.only(importance=range(1, pick.value + 1)).events
    frame = e[["start", "title"]].assign(end=e["start"] + pd.Timedelta("6h"), side=e["side"].astype(str))
    with out:
        out.clear_output(wait=True)
        display(px.timeline(frame, x_start="start", x_end="end", y="side", hover_name="title"))
pick.observe(draw, "value"); draw(None)
w.VBox([pick, out])"""
DRAWN = "document.querySelectorAll('.jp-OutputArea .main-svg .points path.point').length >= 1200"
TIMED = """async ([cell, name, indices]) => {
    const root = document.querySelectorAll('.jp-CodeCell')[cell].querySelector('.jp-OutputArea');
    const label = [...root.querySelectorAll('label')].find(one => one.textContent.trim() === name);
    const control = label.control, live = root.querySelector('.live-plot'), took = [];
    for (const index of indices) {
        await new Promise(done => setTimeout(done, 1500));
        const old = root.querySelector('.js-plotly-plot'), started = performance.now();
        const drawn = new Promise(done => {
            if (live) return live.addEventListener('live-drawn', done, {once: true});
            const look = () => {
                const plot = root.querySelector('.js-plotly-plot');
                plot && plot !== old && plot.querySelector('.barlayer .point') ? done() : requestAnimationFrame(look);
            };
            look();
        });
        control.selectedIndex = index;
        control.dispatchEvent(new Event('change', {bubbles: true}));
        await drawn;
        took.push(performance.now() - started);
    }
    return took;
}"""


def run() -> Iterator[Result]:
    with sync_playwright() as playwright:
        browser, server = start_browser(playwright), Server()
        try:
            yield from _weight(browser, server)
            yield from _reruns(browser, server)
            yield from _redraws(browser, server)
        finally:
            server.close()
            browser.close()


def _weight(browser: Browser, server: Server) -> Iterator[Result]:
    seconds = {"LiveFigure": [], "go.FigureWidget": []}
    received, saved = {}, {}
    for kind in ["LiveFigure", "go.FigureWidget"] * 2:
        cells = [SIX.format(kind=kind), *[f"figure({number})" for number in range(6)]]
        with open_notebook(browser, server, cells, height=2600) as notebook:
            started = time.monotonic()
            notebook.run_all()
            notebook.page.wait_for_function(DRAWN, timeout=120_000)
            seconds[kind].append(time.monotonic() - started)
            received[kind] = notebook.seen.received / 1e6
            saved[kind] = len(json.dumps(notebook.save())) / 1e3
    text = "six figures of 200 points; six `FigureWidget`s take {:.3g}"
    yield Result(
        "Received for six live figures", received["LiveFigure"], 5.6, "MB", text.format(received["go.FigureWidget"])
    )
    share = min(seconds["LiveFigure"]) / min(seconds["go.FigureWidget"])
    yield Result("Six live figures until drawn", share, 0.5, "×", "baseline: six `FigureWidget`s; the best of two each")
    how = "with the state of all widgets; with six `FigureWidget`s {:,.0f}".format(saved["go.FigureWidget"])
    yield Result("The notebook with six live figures, saved", saved["LiveFigure"], 300, "kB", how)


def _reruns(browser: Browser, server: Server) -> Iterator[Result]:
    with open_notebook(browser, server, [SETUP, "TimelineExplorer(chronicle)"]) as notebook:
        notebook.run_all()
        notebook.wait_drawn()
        before = notebook.heap()
        notebook.page.locator(".jp-CodeCell").nth(1).locator(".jp-InputArea-editor").click()
        for _ in range(30):
            notebook.page.keyboard.press("Control+Enter")
            notebook.page.wait_for_timeout(150)
            notebook.wait_idle()
            notebook.wait_drawn()
        yield Result("An explorer's cell run 30 times", notebook.heap() - before, 30, "MB", "growth of the tab's heap")


def _redraws(browser: Browser, server: Server) -> Iterator[Result]:
    with open_notebook(browser, server, [SETUP, "TimelineExplorer(chronicle)", NAIVE], height=1600) as notebook:
        ours, naive = _medians(notebook, [1, 2], ["Importance"] * 2)
    text = "from the control's change to the redrawn timeline, whole record, median of 9"
    yield Result("A filter in the timeline explorer", ours, 150, "ms", text)
    text = "baseline: the same filter with a new `px.timeline` in an `Output`, which draws bars alone: {:.0f} ms"
    yield Result("The same, against the naive way", ours / naive, 2, "×", text.format(naive))
    shown = {
        "PlaceExplorer": "Importance",
        "ClaimsExplorer": "Read one number by the rule",
        "ActorMapExplorer": "Focus on",
    }
    for name, control in shown.items():
        cells = ["from helpers import *\nchronicle = load()", f"{name}(chronicle)"]
        with open_notebook(browser, server, cells, height=1600) as notebook:
            (took,) = _medians(notebook, [1], [control])
        yield Result(f"“{control}” in {name}", took, 150, "ms", "the same, in another explorer")
    cells = [SETUP + "\nchronicle = _repeated(chronicle, 20_000)", "TimelineExplorer(chronicle)"]
    with open_notebook(browser, server, cells, height=1600) as notebook:
        (ours,) = _medians(notebook, [1], ["Importance"])
    yield Result("A filter in the timeline explorer, large", ours, 400, "ms", "the same with 20,000 events")


def _medians(notebook: Notebook, cells: Iterable[int], controls: Sequence[str]) -> list[float]:
    notebook.run_all()
    notebook.wait_idle()
    notebook.wait_drawn()
    orders = [(cell, name, [1, 2, 0] * 3) for cell, name in zip(cells, controls, strict=True)]
    return [statistics.median(notebook.page.evaluate(TIMED, list(order))) for order in orders]
