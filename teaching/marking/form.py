"""nbgrader's form for written answers, on this computer alone, with nothing else of Jupyter beside it.

nbgrader's form shows what students wrote as it is, and loads MathJax from elsewhere. Here their Markdown is cleaned
(``safe_html``), the marked copies hold nothing that runs (``marked_copy``), and the page may load nothing from outside.
Its lists say in plain words what they show (``templates``), and lead to nothing that is done otherwise here.
"""

from __future__ import annotations

import logging
import os
import socket
import tempfile
import threading
import webbrowser
from collections.abc import Callable
from pathlib import Path
from typing import Any

from teaching.marking.intake import NothingFoundError
from teaching.marking.records import Store, write
from teaching.marking.release import nbgrader_at_home, need_nbgrader
from teaching.marking.sources import ROOT, assignments

_TEMPLATES = Path(__file__).resolve().parent / "templates"
_POLICY = (
    "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data:; font-src 'self' data:; connect-src 'self'; object-src 'none'; base-uri 'none'; "
    "frame-ancestors 'self'; form-action 'self'"
)
_CONFIG = """# Written by the marking; nbgrader reads it when it works in this folder.
import sys

from nbgrader.server_extensions.formgrader import handlers

sys.path.insert(0, {project!r})
c = get_config()
c.CourseDirectory.root = {folder!r}
c.CourseDirectory.source_directory = {sources!r}
c.CourseDirectory.db_url = {database!r}
c.ClearSolutions.code_stub = {{"python": "# Use as many lines as you like."}}
c.ClearSolutions.text_stub = "*Write your answer here.*"
c.HTMLExporter.extra_template_basedirs = [{templates!r}, handlers.template_path]
c.HTMLExporter.sanitize_html = True
c.HTMLExporter.filters = {{"markdown2html": "teaching.marking.safe_html.markdown2html"}}
c.FormgradeExtension.debug = False
"""


def write_config(folder: Path, sources: Path) -> None:
    """Write ``nbgrader_config.py`` into a marking folder, where nbgrader looks for it."""
    here = folder.resolve()
    text = _CONFIG.format(
        templates=str(_TEMPLATES),
        project=str(ROOT),
        folder=str(here),
        sources=str(sources.resolve()),
        database=f"sqlite:///{here / 'gradebook.db'}",
    )
    write(folder / "nbgrader_config.py", text)


def open_form(out: Path, *, port: int = 0, browser: bool = True, say: Callable[[str], None] = print) -> None:
    """Serve the form until it is interrupted.

    Parameters
    ----------
    out
        The marking folder.
    port
        Where to serve; without it, a free one.
    browser
        Whether to open the browser, too.
    say
        Called with the address.

    Raises
    ------
    NothingFoundError
        If nothing has been marked in this folder.
    """
    need_nbgrader()
    store = Store.load(out)
    if not store.records:
        raise NothingFoundError(f"nothing has been marked in {out} yet. First: make grade IN=downloads")
    names = {assignments()[n].name for n, _ in store.records if n in assignments()}
    start = "/formgrader/gradebook" + (f"/{(name := names.pop())}/{name}" if len(names) == 1 else "")
    here = out.resolve()
    with tempfile.TemporaryDirectory(prefix="form-") as folder, nbgrader_at_home():
        for name in ("JUPYTER_CONFIG_DIR", "JUPYTER_RUNTIME_DIR", "JUPYTER_DATA_DIR"):
            os.environ[name] = str(Path(folder) / name.lower())
        os.chdir(here)
        server = _server(here, port or _free_port(), start)
        address = f"http://127.0.0.1:{server.port}{start}?token={server.identity_provider.token}"

        def tell() -> None:
            say(f"The form is at {address}")
            say("Every mark is saved at once. When you are done, press Ctrl and C here, and mark again as before:")
            say("that writes marks.csv, the feedback and the report anew, with your marks.")
            if browser:
                threading.Thread(target=webbrowser.open, args=[address], daemon=True).start()

        server.io_loop.add_callback(tell)  # Jupyter opens its door in such a call, too; this one comes after it
        logging.disable(logging.CRITICAL)  # Jupyter would repeat the address in its own words
        server.start()


def _server(folder: Path, port: int, start: str) -> Any:
    """Return a Jupyter server with nbgrader's form and no other extension, kernel or terminal."""
    from jinja2 import ChoiceLoader, FileSystemLoader, PrefixLoader
    from jupyter_server.serverapp import ServerApp
    from traitlets.config import Config

    class FormServer(ServerApp):
        """A server that takes only the extensions it is given."""

        name = "form"

        def find_server_extensions(self) -> None:
            """Look for no other extension that happens to be installed."""

    settings = Config()
    settings.ServerApp.root_dir = str(folder)
    settings.ServerApp.ip = "127.0.0.1"
    settings.ServerApp.port = port
    settings.ServerApp.port_retries = 0
    settings.ServerApp.open_browser = False
    settings.ServerApp.allow_root = True
    settings.ServerApp.answer_yes = True  # Ctrl+C ends it without a question
    settings.ServerApp.terminals_enabled = False
    settings.ServerApp.default_url = start
    settings.ServerApp.log_level = "ERROR"
    # nbgrader cuts the last slash off the base address, so that the cookie of its first page is not sent to the others.
    settings.IdentityProvider.cookie_options = {"path": "/"}
    settings.ServerApp.tornado_settings = {"headers": {"Content-Security-Policy": _POLICY}}
    settings.ServerApp.jpserver_extensions = {"nbgrader.server_extensions.formgrader": True}
    server = FormServer(config=settings)
    server.initialize(argv=[], new_httpserver=True)
    lists = server.web_app.settings["nbgrader_jinja2_env"]
    lists.loader = ChoiceLoader(
        [FileSystemLoader(_TEMPLATES / "lists"), lists.loader, PrefixLoader({"nbgrader": lists.loader})]
    )
    return server


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
