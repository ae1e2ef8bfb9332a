"""A real JupyterLab or Notebook 7 on loopback and a page in Chromium that can reach nothing else."""

from __future__ import annotations

import json
import os
import re
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.client import HTTPException
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import nbformat
from playwright.sync_api import Browser, Page, Playwright

from tests.browser import ARGUMENTS, chrome

LOOPBACK = {"127.0.0.1", "localhost", "::1"}
PATIENCE = 120_000  # milliseconds
ROOT = Path(__file__).parent.parent
SETTINGS = {
    "@jupyterlab/apputils-extension/notification.jupyterlab-settings": '{"fetchNews": "false", "checkForUpdates": false}',
    # The heaviest case for a saved notebook: the state of all widgets goes with it.
    "@jupyter-widgets/jupyterlab-manager/plugin.jupyterlab-settings": '{"saveState": true}',
}
# Jupyter's own noise, not ours: pages that ask for what a bare server does not have, and two errors of Notebook 7.6. The
# first stands on every page of it, also on an empty one (a test looks); the second names a command of its file browser,
# comes seldom, and nothing of ours runs a command.
NOISE = re.compile(
    r"favicon|/api/(contents|me|terminals)|lsp|workspaces"
    r"|^(TypeError: )?Cannot read properties of undefined \(reading 'schema'\)"
    r"|^(Error: )?Command 'filebrowser:open-path' (already|not) registered"
    # anywidget says so when a page is too busy to load a widget's module within two seconds; ours recover (helpers/steady.py).
    r"|^\[anywidget\] Failed to initialize model\.$"
)


class Server:
    """A Jupyter server on loopback without a token, whose root is a folder that goes away with it."""

    def __init__(self) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="jupyter-")
        self.root = Path(self._folder.name) / "root"
        self.root.mkdir()
        self._written = 0
        self.address = f"http://127.0.0.1:{_free_port()}"
        config = Path(self._folder.name) / "config"
        settings = config / "lab" / "user-settings"
        for name, text in SETTINGS.items():
            (settings / name).parent.mkdir(parents=True, exist_ok=True)
            (settings / name).write_text(text)
        environment = {
            **os.environ,
            "JUPYTER_CONFIG_DIR": str(config),
            "JUPYTERLAB_SETTINGS_DIR": str(settings),
            "JUPYTERLAB_WORKSPACES_DIR": str(config / "lab" / "workspaces"),
            "JUPYTER_RUNTIME_DIR": str(Path(self._folder.name) / "runtime"),
            "IPYTHONDIR": str(Path(self._folder.name) / "ipython"),
            "PYTHONPATH": os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")]),
        }
        self._log = (Path(self._folder.name) / "server.log").open("w+")
        self._process = subprocess.Popen(
            [
                *(sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root", "--ip=127.0.0.1"),
                *(
                    f"--port={urlsplit(self.address).port}",
                    "--ServerApp.port_retries=0",
                    f"--ServerApp.root_dir={self.root}",
                ),
                *("--IdentityProvider.token=", "--ServerApp.password=", "--ServerApp.disable_check_xsrf=True"),
            ],
            env=environment,
            stdout=self._log,
            stderr=subprocess.STDOUT,
        )
        self._wait()

    def write(self, cells: Sequence[str]) -> Path:
        """Write a new notebook of code cells into the root; return its path."""
        self._written += 1
        notebook = nbformat.v4.new_notebook(
            cells=[nbformat.v4.new_code_cell(cell) for cell in cells],
            metadata={"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}},
        )
        path = self.root / f"page-{self._written}.ipynb"
        nbformat.write(notebook, path)
        return path

    def call(self, path: str, method: str = "GET") -> Any:
        """Call the server's own interface, such as ``api/sessions``."""
        request = urllib.request.Request(f"{self.address}/{path}", method=method)
        with urllib.request.urlopen(request, timeout=30) as answer:
            text = answer.read()
        return json.loads(text) if text else None

    def stop_kernels(self) -> None:
        """Shut down all kernels."""
        for kernel in self.call("api/kernels"):
            self.call(f"api/kernels/{kernel['id']}", "DELETE")

    def close(self) -> None:
        """Stop the server and remove its folder."""
        with suppress(OSError):
            self.stop_kernels()
        self._process.terminate()
        try:
            self._process.wait(15)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._log.close()
        self._folder.cleanup()

    def _wait(self) -> None:
        until = time.monotonic() + 60
        while time.monotonic() < until:
            if self._process.poll() is not None:
                break
            try:
                self.call("api/status")
                return
            except (OSError, HTTPException):  # the latter: something else has taken the port
                time.sleep(0.2)
        self._log.seek(0)
        told = self._log.read()[-3000:]
        self._process.kill()
        raise RuntimeError(f"the Jupyter server did not start:\n{told}")


@dataclass
class Seen:
    """What a page did: requests it tried off loopback, errors in its console, ours and Jupyter's own, bytes over its
    websockets.
    """

    outside: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    noise: list[str] = field(default_factory=list)
    received: int = 0
    sent: int = 0


class Notebook:
    """An open notebook in a page."""

    def __init__(self, page: Page, seen: Seen, server: Server, path: Path, front: str) -> None:
        self.page, self.seen, self.server, self.path, self.front = page, seen, server, path, front

    def load(self) -> None:
        """Load the notebook's page, or load it anew, and wait until it has a kernel."""
        folder = {"lab": "doc/tree", "notebook": "notebooks"}[self.front]
        self.page.goto(f"{self.server.address}/{folder}/{self.path.name}")
        self.page.locator(".jp-CodeCell").first.wait_for(timeout=PATIENCE)
        until = time.monotonic() + PATIENCE / 1000
        while time.monotonic() < until:
            kernels = [session["kernel"] for session in self.server.call("api/sessions")]
            if any(kernel["connections"] and kernel["execution_state"] == "idle" for kernel in kernels):
                break
            self.page.wait_for_timeout(100)
        idle = self.page.locator(".jp-Notebook-ExecutionIndicator[data-status='idle']").first
        idle.wait_for(state="attached", timeout=PATIENCE)  # a narrow page has no room to show it
        self.page.wait_for_timeout(300)  # the page has yet to take note of the kernel

    def run_all(self, patience: int = PATIENCE) -> None:
        """Run all cells and wait until the kernel is idle."""
        self.page.get_by_role("menuitem", name="Run", exact=True).click()
        self.page.get_by_role("menuitem", name=re.compile("^Run All Cells")).click()
        self.wait_idle(patience)

    def wait_idle(self, patience: int = PATIENCE) -> None:
        """Wait until no cell waits or runs any more."""
        self.page.wait_for_function(
            """() => {
                const cells = [...document.querySelectorAll('.jp-CodeCell')];
                const prompts = cells.map(c => c.querySelector('.jp-InputPrompt')?.textContent).filter(Boolean);
                const status = document.querySelector('.jp-Notebook-ExecutionIndicator')?.dataset.status;
                return status === 'idle' && prompts.length && prompts.every(p => /\\[\\d+\\]/.test(p));
            }""",
            timeout=patience,
        )

    def wait_drawn(self, count: int = 1, patience: int = PATIENCE) -> None:
        """Wait until so many live figures are drawn."""
        self.page.wait_for_function(
            "n => document.querySelectorAll('.live-plot[data-drawn]').length >= n", arg=count, timeout=patience
        )

    def save(self) -> dict[str, Any]:
        """Save the notebook; return what is in the file."""
        path = self.path
        before = path.stat().st_mtime_ns
        self.page.keyboard.press("Control+s")
        until = time.monotonic() + 30
        while time.monotonic() < until:
            self.page.wait_for_timeout(200)
            try:
                if path.stat().st_mtime_ns != before:
                    return json.loads(path.read_text(encoding="utf-8"))
            except json.JSONDecodeError:
                continue  # half written
        raise TimeoutError("the notebook was not saved")

    def heap(self) -> float:
        """Return the size of the page's heap in megabytes, garbage collected first."""
        client = self.page.context.new_cdp_session(self.page)
        client.send("HeapProfiler.enable")
        for _ in range(3):
            client.send("HeapProfiler.collectGarbage")
        used = client.send("Runtime.getHeapUsage")["usedSize"]
        client.detach()
        return used / 1e6


def start_browser(playwright: Playwright) -> Browser:
    """Start the Chrome or Chromium of this machine."""
    return playwright.chromium.launch(executable_path=chrome(), args=ARGUMENTS)


@contextmanager
def guarded_page(
    browser: Browser, width: int = 1400, height: int = 900, scale: float = 1
) -> Iterator[tuple[Page, Seen]]:
    """Open a page that can reach nothing but loopback, and note what it tries, logs and receives."""
    seen = Seen()
    context = browser.new_context(viewport={"width": width, "height": height}, device_scale_factor=scale)
    page = context.new_page()
    page.set_default_timeout(30_000)

    def gate(route: Any) -> None:
        host = urlsplit(route.request.url).hostname
        if urlsplit(route.request.url).scheme in ("http", "https", "ws", "wss") and host not in LOOPBACK:
            seen.outside.append(route.request.url)
            route.abort()
        else:
            route.continue_()

    def listen(socket_: Any) -> None:
        if urlsplit(socket_.url).hostname not in LOOPBACK:
            seen.outside.append(socket_.url)
        socket_.on("framereceived", lambda data: _add(seen, "received", data))
        socket_.on("framesent", lambda data: _add(seen, "sent", data))

    context.route("**/*", gate)
    page.on("websocket", listen)
    page.on("pageerror", lambda error: (seen.noise if NOISE.search(str(error)) else seen.errors).append(str(error)))
    page.on("console", lambda told: _console(seen, told))
    try:
        yield page, seen
    finally:
        context.close()


@contextmanager
def open_notebook(
    browser: Browser,
    server: Server,
    cells: Sequence[str],
    *,
    front: str = "lab",
    width: int = 1400,
    height: int = 900,
    scale: float = 1,
    script: str = "",
) -> Iterator[Notebook]:
    """Open a notebook with these cells in JupyterLab (``front="lab"``) or Notebook 7 (``front="notebook"``).

    ``scale`` is the zoom, ``width`` the page's own pixels at it; ``script`` is run in the page before anything else.
    """
    path = server.write(cells)
    with guarded_page(browser, width, height, scale) as (page, seen):
        if script:
            page.add_init_script(script)
        notebook = Notebook(page, seen, server, path, front)
        try:
            notebook.load()
            yield notebook
        finally:
            page.goto("about:blank")
            server.stop_kernels()


def _console(seen: Seen, told: Any) -> None:
    if told.type == "error":
        noise = NOISE.search(told.text + str(told.location.get("url", "")))
        (seen.noise if noise else seen.errors).append(told.text)


def _add(seen: Seen, name: str, data: Any) -> None:
    setattr(seen, name, getattr(seen, name) + len(data))


def _free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])
