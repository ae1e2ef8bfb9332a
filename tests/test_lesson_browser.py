"""A lesson in a real JupyterLab: an answer survives a restart, and a term leads to its entry."""

from __future__ import annotations

from pathlib import Path

import pytest

from helpers.notes import FILE, Notes

pytest.importorskip("playwright")

from tests.jupyter import Notebook as Open
from tests.jupyter import guarded_page

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("jupyter")]

EXAMPLE = Path(__file__).parent / "fixtures" / "example-lesson.ipynb"
BOX = "Your answer to question example-1"


def test_an_answer_survives_restart_and_run_all(browser, jupyter):
    for name in ("page.ipynb", EXAMPLE.name):
        (jupyter.root / name).write_bytes(EXAMPLE.read_bytes())
    (jupyter.root / FILE).unlink(missing_ok=True)
    with guarded_page(browser) as (page, seen):
        notebook = Open(page, seen, jupyter, jupyter.root / "page.ipynb", "lab")
        notebook.load()
        notebook.run_all()
        box = page.get_by_label(BOX)
        box.scroll_into_view_if_needed()
        box.fill("Rockets first, then jets.")
        box.press("Tab")
        page.get_by_text("Saved in my-notes.jsonl").first.wait_for()
        assert Notes(jupyter.root).get("example-1") == "Rockets first, then jets."
        link = page.locator("a[href$='#term-pmf']").first
        link.scroll_into_view_if_needed()
        link.click()
        page.locator("#term-pmf").wait_for()
        page.wait_for_timeout(500)
        assert 0 <= page.locator("#term-pmf").bounding_box()["y"] < 900
        page.get_by_role("menuitem", name="Kernel", exact=True).click()
        page.get_by_role("menuitem", name="Restart Kernel and Run All Cells").click()
        page.get_by_role("button", name="Confirm Kernel Restart").click()
        page.wait_for_timeout(2000)
        notebook.wait_idle()
        page.locator(".jp-WindowedPanel-outer").first.evaluate("element => element.scrollTop = 0")
        box = page.get_by_label(BOX)
        box.scroll_into_view_if_needed()
        assert box.input_value() == "Rockets first, then jets."
        assert (seen.outside, seen.errors) == ([], [])
    jupyter.stop_kernels()
