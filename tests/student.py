"""A student as a program: opens a notebook on a Jupyter server, runs its cells and moves its widgets, as a browser does."""

from __future__ import annotations

import json
import re
import secrets
import socket
import subprocess
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil
import requests
import websocket
from jupyter_server.services.kernels.connection.base import deserialize_binary_message

PATIENCE = 120.0  # seconds for one cell or one answer


@dataclass
class Reply:
    """What came back for one request: its seconds, its error if there is one, and what the widgets were told."""

    seconds: float = 0.0
    error: str = ""
    warnings: str = ""
    updates: list[tuple[str, set[str]]] = field(default_factory=list)
    """Per message to a widget, its model and the names of the traits that were sent."""


class Student:
    """One who works on a Jupyter server.

    Parameters
    ----------
    address
        Of the server, without a slash at its end.
    session
        Holds the cookies or the token that let the student in.
    """

    def __init__(self, address: str, session: requests.Session, patience: float = PATIENCE) -> None:
        self.address, self.session, self.patience = address, session, patience
        self.models: dict[str, dict[str, Any]] = {}
        """The state of each widget by the key of its model."""
        self._client = uuid.uuid4().hex
        self._socket: websocket.WebSocket | None = None

    def open(self, path: str) -> list[str]:
        """Open a notebook and start its kernel; return its code cells."""
        content = self._call("GET", f"api/contents/{path}")["content"]
        wanted = {"path": path, "name": path, "type": "notebook", "kernel": {"name": "python3"}}
        self.kernel = self._call("POST", "api/sessions", json=wanted)["kernel"]["id"]
        address = self.address.replace("http", "ws", 1)
        self._socket = websocket.create_connection(
            f"{address}/api/kernels/{self.kernel}/channels?session_id={self._client}&_xsrf={self._xsrf()}",
            header=[f"{key}: {value}" for key, value in self.session.headers.items() if key == "Authorization"],
            cookie="; ".join(f"{one.name}={one.value}" for one in self._cookies()),
            timeout=self.patience,
        )
        self._ask("kernel_info_request", {})
        return ["".join(cell["source"]) for cell in content["cells"] if cell["cell_type"] == "code"]

    def run(self, code: str) -> Reply:
        """Run a cell."""
        content = {"code": code, "silent": False, "store_history": True, "allow_stdin": False, "stop_on_error": True}
        return self._ask("execute_request", {**content, "user_expressions": {}})

    def set(self, model: str, **state: object) -> Reply:
        """Tell Python that the browser has changed some traits of a widget; wait until it has done with it."""
        data = {"method": "update", "state": state, "buffer_paths": []}
        return self._ask("comm_msg", {"comm_id": model, "data": data})

    def find(self, fits: Callable[[dict[str, Any]], object]) -> str:
        """Return the key of the one widget whose state fits."""
        found = [key for key, state in self.models.items() if fits(state)]
        if len(found) != 1:
            raise LookupError(f"{len(found)} of {len(self.models)} widgets fit")
        return found[0]

    def close(self) -> None:
        """Stop the kernel."""
        if self._socket is not None:
            self._socket.close()
            self._call("DELETE", f"api/kernels/{self.kernel}")

    def _call(self, method: str, path: str, **more: Any) -> Any:
        headers = {"X-XSRFToken": self._xsrf()}
        url = f"{self.address}/{path}"
        answer = self.session.request(method, url, headers=headers, timeout=self.patience, **more)
        answer.raise_for_status()
        return answer.json() if answer.content else None

    def _cookies(self) -> list[Any]:
        path = requests.compat.urlparse(self.address).path + "/"
        return [one for one in self.session.cookies if path.startswith(one.path)]

    def _xsrf(self) -> str:
        """Return the proof that a page of this server asks: the cookie of the longest path is the server's own."""
        found = [one for one in self._cookies() if one.name == "_xsrf"]
        return max(found, key=lambda one: len(one.path)).value if found else ""

    def _ask(self, kind: str, content: dict[str, Any]) -> Reply:
        assert self._socket is not None
        key, reply, start = uuid.uuid4().hex, Reply(), time.monotonic()
        header = {"msg_id": key, "msg_type": kind, "session": self._client, "username": "", "version": "5.3"}
        message = {"header": header, "parent_header": {}, "metadata": {}, "content": content, "channel": "shell"}
        self._socket.send(json.dumps({**message, "buffers": []}))
        while time.monotonic() < start + self.patience:
            told = self._socket.recv()
            if not told:
                raise ConnectionError("the server closed the connection")
            message = json.loads(told) if isinstance(told, str) else deserialize_binary_message(told)
            if message["parent_header"].get("msg_id") != key:
                continue
            kind, content = message["header"]["msg_type"], message["content"]
            if kind == "status" and content["execution_state"] == "idle":
                reply.seconds = time.monotonic() - start
                return reply
            self._take(kind, content, reply)
        raise TimeoutError(f"no end of {kind} after {self.patience:.0f} s")

    def _take(self, kind: str, content: dict[str, Any], reply: Reply) -> None:
        if kind == "error":
            reply.error = re.sub(r"\x1b\[[0-9;]*m", "", "\n".join(content["traceback"]))[-1500:]
        elif kind == "stream" and content["name"] == "stderr":
            reply.warnings += content["text"]
        elif kind == "comm_open":
            self.models[content["comm_id"]] = content["data"].get("state", {})
        elif kind == "comm_msg" and content["data"].get("method") == "update":
            state, paths = content["data"]["state"], content["data"].get("buffer_paths", [])
            self.models.setdefault(content["comm_id"], {}).update(state)
            reply.updates.append((content["comm_id"], set(state) | {path[0] for path in paths}))


@contextmanager
def serve(python: Path, root: Path, environment: dict[str, str]) -> Iterator[tuple[Student, psutil.Process]]:
    """Start JupyterLab of an environment on loopback in a folder; give a student who may come in, and its process."""
    token, port = secrets.token_hex(16), free_port()
    options = ["--no-browser", "--allow-root", "--ip=127.0.0.1", f"--port={port}", "--ServerApp.port_retries=0"]
    with (root / "server.log").open("w+") as log:
        process = subprocess.Popen(
            [str(python), "-m", "jupyterlab", *options, f"--ServerApp.root_dir={root}"],
            env={**environment, "JUPYTER_TOKEN": token},
            stdout=log,
            stderr=subprocess.STDOUT,
        )
        session = requests.Session()
        session.headers["Authorization"] = f"token {token}"
        try:
            address = f"http://127.0.0.1:{port}"
            if not answers(f"{address}/api/status", session, process):
                log.seek(0)
                raise RuntimeError(f"JupyterLab did not start:\n{log.read()[-3000:]}")
            yield Student(address, session), psutil.Process(process.pid)
        finally:
            stop(process)


def answers(url: str, session: requests.Session, process: subprocess.Popen[Any], patience: float = 90) -> bool:
    """Wait until a server answers; return whether it does before it ends or the time is over."""
    until = time.monotonic() + patience
    while process.poll() is None and time.monotonic() < until:
        with suppress(requests.ConnectionError):
            if session.get(url, timeout=30).ok:
                return True
        time.sleep(0.2)
    return False


def stop(process: subprocess.Popen[Any]) -> None:
    """End a process and what it has started."""
    started = psutil.Process(process.pid).children(recursive=True) if process.poll() is None else []
    process.terminate()
    try:
        process.wait(30)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    _, left = psutil.wait_procs(started, 5)
    for one in left:
        with suppress(psutil.NoSuchProcess):
            one.kill()


def free_port() -> int:
    """Return a port of loopback that nobody uses."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def megabytes(process: psutil.Process) -> float:
    """Return the resident memory of a process, in MB."""
    return process.memory_info().rss / 1e6


def own_megabytes(process: psutil.Process) -> float:
    """Return a process's share of the machine's memory: pages that several use are split among them (Linux; else RSS)."""
    found = process.memory_full_info()
    return getattr(found, "pss", found.rss) / 1e6
