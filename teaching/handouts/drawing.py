"""Turn figures into pictures and pages into PDF, in Chrome or Chromium and without the network."""

from __future__ import annotations

import json
from pathlib import Path
from types import TracebackType
from typing import Self

import plotly.graph_objects as go
from playwright.sync_api import sync_playwright
from plotly.offline import get_plotlyjs

from teaching.handouts.sheets import WIDTH
from tests.browser import ARGUMENTS, chrome

TO_SVG = """async ([figure, width, height]) => {
  const place = document.getElementById("figure");
  await Plotly.newPlot(place, figure.data, figure.layout, {staticPlot: true});
  const picture = await Plotly.toImage(place, {format: "svg", width: width, height: height});
  Plotly.purge(place);
  return picture;
}"""


class Press:
    """A browser that draws figures and prints pages; use it in a ``with``."""

    def __enter__(self) -> Self:
        self._playwright = sync_playwright().start()
        self._browser = self._playwright.chromium.launch(executable_path=chrome(), args=ARGUMENTS)
        self._context = self._browser.new_context(offline=True)
        self._easel = self._context.new_page()
        self._easel.set_content('<!doctype html><div id="figure"></div>')
        self._easel.add_script_tag(content=get_plotlyjs())
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._browser.close()
        self._playwright.stop()

    def picture(self, figure: go.Figure) -> str:
        """Return a figure as an SVG picture in a ``data:`` address."""
        height = int(figure.layout.height or 500)
        return self._easel.evaluate(TO_SVG, [json.loads(figure.to_json()), WIDTH, height])

    def pdf(self, html: str, path: Path) -> None:
        """Print a page to a PDF file."""
        page = self._context.new_page()
        page.set_content(html)
        page.pdf(path=path, prefer_css_page_size=True, tagged=True)
        page.close()
