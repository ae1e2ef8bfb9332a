"""Make the pictures of the README from the real thing, in Chrome or Chromium: ``make pictures``."""

from __future__ import annotations

import tempfile
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from helpers import actor_map, claims_chart, load, timeline
from tests.jupyter import Server, guarded_page, open_notebook, start_browser

HERE = Path(__file__).resolve().parent
WIDTH = 1200
TALLEST = 1250  # an explorer goes on below; its head is enough
ROOM = """from helpers import DecisionRoom, load
DecisionRoom(load(), "{room}")"""
EXPLORER = """from helpers import TimelineExplorer, load
TimelineExplorer(load(), chapter="january", selected="2020-01-08-iran-missiles-al-asad-erbil")"""


def main() -> None:
    """Write the pictures beside this script."""
    chronicle = load()
    missiles = "2020-01-08-iran-missiles-al-asad-erbil"
    story = chronicle.only(importance=1).between("2019-12-01", "2020-03-31")
    figures = {
        "timeline": timeline(story, links="retaliation-for", width=1100),
        "actor-map-before": actor_map(chronicle, on="2020-01-01"),
        "actor-map-after": actor_map(chronicle, on="2020-03-31", since="2020-01-01"),
        "claims-chart": claims_chart(chronicle, event=missiles, field="tbi"),
    }
    with sync_playwright() as playwright:
        browser = start_browser(playwright)
        with tempfile.TemporaryDirectory() as folder:
            for name, figure in figures.items():
                page_file = Path(folder) / f"{name}.html"
                figure.write_html(page_file, include_plotlyjs=True)
                _figure(browser, page_file, HERE / f"{name}.png")
        server = Server()
        try:
            _cell(browser, server, EXPLORER, HERE / "explorer.png")
            room = chronicle.rooms.index[0]
            _cell(browser, server, ROOM.format(room=room), HERE / "decision-room.png")
        finally:
            server.close()
        browser.close()


def _figure(browser: Browser, page_file: Path, picture: Path) -> None:
    with guarded_page(browser, WIDTH, 800) as (page, _):
        page.goto(page_file.as_uri())
        page.locator(".js-plotly-plot .main-svg").first.wait_for()
        page.wait_for_timeout(1000)
        page.locator(".js-plotly-plot").screenshot(path=picture)


def _cell(browser: Browser, server: Server, code: str, picture: Path) -> None:
    with open_notebook(browser, server, [code], width=WIDTH + 120, height=2000) as notebook:
        notebook.run_all()
        notebook.page.wait_for_timeout(3000)
        box = notebook.page.locator(".jp-OutputArea-output").first.bounding_box()
        notebook.page.screenshot(path=picture, clip={**box, "height": min(box["height"], TALLEST)})


if __name__ == "__main__":
    main()
