"""`make app`: the explorers as pages without code (Voilà), in Chromium, offline."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

pytest.importorskip("playwright")
pytest.importorskip("voila", reason="Voilà is in the extra named app")

import requests

from tests.clean_notebooks import ROOT, clean
from tests.jupyter import guarded_page
from tests.student import answers, free_port, stop

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("app")]
APP = ROOT / "teaching" / "app"
NAMES = ["Timeline explorer", "Actor map explorer", "Claims explorer", "Place explorer"]


@pytest.fixture(scope="module")
def app():
    """Voilà as `make app` starts it, but on a free port and without opening a browser."""
    port = free_port()
    with tempfile.TemporaryDirectory(prefix="app-") as name, (Path(name) / "log").open("w+") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "voila", "explore.ipynb", "--no-browser", f"--port={port}"],
            cwd=APP,
            env={**os.environ, "JUPYTER_PATH": ".", "JUPYTER_RUNTIME_DIR": name, "IPYTHONDIR": name},
            stdout=log,
            stderr=subprocess.STDOUT,
        )
        address = f"http://127.0.0.1:{port}"
        try:
            # A page of its own, not the app: that would start a kernel.
            started = answers(f"{address}/voila/static/voila.js", requests.Session(), process)
            log.seek(0)
            assert started, log.read()[-3000:]
            yield address
        finally:
            stop(process)


def test_the_explorers_work_without_code_and_offline(browser, app):
    with guarded_page(browser, 1400, 1000) as (page, seen):
        page.goto(app, timeout=120_000, wait_until="domcontentloaded")
        page.wait_for_function("() => document.querySelectorAll('.live-plot[data-drawn]').length >= 4", timeout=120_000)
        assert page.locator("h1").all_inner_texts() == ["The Iraq–US–Iran escalation, December 2019 to March 2020"]
        assert page.locator("h2").count() == 5
        assert "from helpers import" not in page.locator("body").inner_text(), "code is shown"
        assert page.locator(".jp-InputArea-editor, .jp-RenderedText[data-mime-type*='stderr']").count() == 0
        for name in NAMES:
            box = page.get_by_role("region", name=name)
            box.get_by_role("button", name=re.compile("^Next ")).click()
            box.get_by_text(re.compile(r"^\w+ 1 of \d+, ")).wait_for()
            box.locator(".record-card").first.wait_for()
        time = page.get_by_role("region", name=NAMES[0])
        time.get_by_label("only what was published by then").check()
        time.get_by_text(re.compile("as known on 31 March 2020")).first.wait_for(state="attached")
        time.get_by_role("slider").press("ArrowLeft")
        time.get_by_text(re.compile("as known on 30 March 2020")).first.wait_for(state="attached")
        room = page.locator(".decision-room").first
        room.wait_for()
        assert room.get_by_role("radio").count() >= 2
        assert seen.outside == [], "something was fetched from elsewhere"
        assert seen.errors == []


def test_nothing_but_the_page_is_served(app):
    for path in (
        "voila/files/explore.ipynb",
        "voila/files/voila.json",
        "files/explore.ipynb",
        "voila/files/../../README.md",
    ):
        assert requests.get(f"{app}/{path}", timeout=30).status_code in (403, 404), path


def test_nothing_is_left_behind(browser, app):
    names = {path.name for path in APP.iterdir()}
    assert names <= {"explore.ipynb", "voila.json", "voila", ".ipynb_checkpoints"}
    assert not clean(APP / "explore.ipynb", write=False), (
        "run: python tests/clean_notebooks.py teaching/app/explore.ipynb"
    )
