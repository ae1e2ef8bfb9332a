"""What the tests share: the shipped record, a browser, a Jupyter server."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from helpers import load

if TYPE_CHECKING:
    from playwright.sync_api import Browser

    from helpers.chronicle import Chronicle
    from tests.jupyter import Server


@pytest.fixture(scope="session")
def chronicle() -> Chronicle:
    """Return the shipped record."""
    return load()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Return a running Chrome or Chromium."""
    from playwright.sync_api import sync_playwright

    from tests.jupyter import start_browser

    with sync_playwright() as playwright:
        browser = start_browser(playwright)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def jupyter() -> Iterator[Server]:
    """Return a running Jupyter server (JupyterLab and Notebook 7)."""
    from tests.jupyter import Server

    server = Server()
    yield server
    server.close()
