"""Run one notebook and tell each output as it comes: the program inside the sandbox.

It reads a job (JSON) from its standard input and writes one JSON object a line to its standard output: ``output``,
``clear``, ``update`` or ``done`` for the cell ``at``, and ``end``. There is no Jupyter kernel and no socket: the cells run
in an IPython shell in this very process, which starts in a third of the time. Nothing that is told here is believed by
the one who reads it.
"""

from __future__ import annotations

import _thread
import base64
import builtins
import contextlib
import io
import json
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from importlib import import_module
from typing import Any

ANSWER = "application/vnd.escalation.answer+json"
HIDDEN = "### BEGIN HIDDEN TESTS"


class Wire:
    """Tells outputs to whoever started this process, within bounds for each cell."""

    def __init__(self, number: int, limit: int, most: int) -> None:
        self._file = os.fdopen(number, "wb", buffering=0)
        self._lock = threading.RLock()
        self._process = os.getpid()
        self._limit, self._most = limit, most
        self._text: list[tuple[str, str]] = []
        self._waiting = 0
        self.start(-1)

    def start(self, at: int) -> None:
        """Begin a cell."""
        self.at, self._left, self._outputs, self._silent, self.hidden = at, self._limit, self._most, False, False

    def write(self, name: str, text: str) -> None:
        """Take what a cell prints; it is told when there is enough of it, or before anything else is."""
        with self._lock:
            if not text or self._silent or self.hidden:
                return
            kept = text[: max(self._left, 0)]
            self._left -= len(kept)
            self._text.append((name, kept))
            self._waiting += len(kept)
            if len(kept) < len(text):
                self._cut()
            if self._waiting > 8192 or len(self._text) > 500:
                self.flush()

    def flush(self) -> None:
        """Tell what was printed."""
        with self._lock:
            waiting, self._text, self._waiting = self._text, [], 0
            joined: list[list[str]] = []
            for name, text in waiting:
                if joined and joined[-1][0] == name:
                    joined[-1][1] += text
                else:
                    joined.append([name, text])
            for name, text in joined:
                self.tell({"output": {"output_type": "stream", "name": name, "text": text}})

    def show(self, message: dict[str, Any], size: int) -> None:
        """Tell an output if there is room for it."""
        with self._lock:
            self.flush()
            if self._silent or self.hidden:
                return
            self._outputs -= 1
            if self._outputs < 0:
                self._cut()
                self.flush()
            elif size > self._left:
                note = f"[An output of {size / 1e6:.1f} MB was left out.]"
                self.tell({"output": {"output_type": "stream", "name": "stderr", "text": note}})
            else:
                self._left -= size
                self.tell(message)

    def tell(self, message: dict[str, Any]) -> None:
        """Write one line, whole."""
        if os.getpid() != self._process:
            return  # a copy of this process has nothing to say
        line = json.dumps({"at": self.at, **message}, default=str).encode("ascii", "replace") + b"\n"
        with self._lock:
            while line:
                line = line[self._file.write(line) or 0 :]

    def _cut(self) -> None:
        self._silent = True
        self._text.append(("stderr", "\n[More was shown; it was cut here.]\n"))


class Stream(io.TextIOBase):
    """Standard output or standard error of the cells."""

    encoding, errors = "utf-8", "replace"

    def __init__(self, wire: Wire, name: str) -> None:
        self._wire, self.name = wire, f"<{name}>"
        self._stream = name

    def write(self, text: str) -> int:
        """Take what is printed."""
        if not isinstance(text, str):
            raise TypeError(f"write() argument must be str, not {type(text).__name__}")
        self._wire.write(self._stream, text)
        return len(text)

    def writable(self) -> bool:
        """Say that something can be printed."""
        return True

    def flush(self) -> None:
        """Do nothing: what is printed is told in time."""

    def isatty(self) -> bool:
        """Say that nobody sits before it."""
        return False


class TooLong(KeyboardInterrupt):
    """A cell ran longer than it may."""


class Alarm:
    """Interrupts a cell after some seconds."""

    def __init__(self, seconds: float) -> None:
        self._seconds, self._on, self.rang = seconds, False, False
        self.text = f"stopped: the cell ran for more than {seconds:g} seconds"
        self._timed = hasattr(signal, "setitimer")
        if self._timed:
            signal.signal(signal.SIGALRM, self._ring)
        else:
            signal.signal(signal.SIGINT, self._ring)

    @contextlib.contextmanager
    def set(self) -> Iterator[None]:
        """Watch what runs in this context."""
        self._on, self.rang = True, False
        timer = None
        if self._timed:
            signal.setitimer(signal.ITIMER_REAL, self._seconds)
        else:
            timer = threading.Timer(self._seconds, _thread.interrupt_main)
            timer.daemon = True
            timer.start()
        try:
            yield
        finally:
            self._on = False
            if timer is not None:
                timer.cancel()
            else:
                signal.setitimer(signal.ITIMER_REAL, 0)

    def _ring(self, *_: Any) -> None:
        if self._on:
            self.rang = True
            raise TooLong(self.text)


def encode(data: dict[str, Any]) -> dict[str, Any]:
    """Return a bundle of representations as JSON can carry it, as a kernel does: pictures in base 64."""
    return {
        str(kind): base64.b64encode(value).decode("ascii") if isinstance(value, bytes) else value
        for kind, value in data.items()
        if value is not None
    }


def make_shell(wire: Wire) -> Any:
    """Return an IPython shell that tells what it shows through the wire."""
    from IPython.core.displayhook import DisplayHook
    from IPython.core.displaypub import DisplayPublisher
    from IPython.core.interactiveshell import InteractiveShell
    from traitlets import Type
    from traitlets.config import Config

    def show(kind: str, data: dict, metadata: dict | None, **more: Any) -> None:
        output = {"output_type": kind, "data": encode(data), "metadata": metadata or {}, **more}
        if (
            list(data) == ["text/html"]
            and "plotly" in str(data["text/html"])[-20_000:]
            and "<script" in data["text/html"][:200]
        ):
            return  # the drawing library itself, which Plotly shows before its first figure
        try:
            size = 0 if ANSWER in data else len(json.dumps(output["data"], default=str))
        except (TypeError, ValueError, RecursionError):
            return
        if ANSWER in data:
            wire.flush()
            wire.tell({"output": output})
        else:
            wire.show({"output": output}, size)

    class Publisher(DisplayPublisher):
        def publish(self, data: Any, metadata: Any = None, source: Any = None, **more: Any) -> None:
            transient, update = more.get("transient"), more.get("update")
            name = (transient or {}).get("display_id")
            if update:
                changed = {"data": encode(data), "metadata": metadata or {}, "name": str(name)}
                wire.show({"update": changed}, len(json.dumps(changed, default=str)))
            else:
                show("display_data", data, metadata, **({"name": str(name)} if name else {}))

        def clear_output(self, wait: bool = False) -> None:
            wire.flush()
            wire.tell({"clear": bool(wait)})

    class Hook(DisplayHook):
        def write_output_prompt(self) -> None:
            pass

        def write_format_data(self, format_dict: dict, md_dict: dict | None = None) -> None:
            show("execute_result", format_dict, md_dict, execution_count=self.prompt_count)

        def finish_displayhook(self) -> None:
            pass

    class Shell(InteractiveShell):
        displayhook_class = Type(Hook)
        display_pub_class = Type(Publisher)

        def init_io(self) -> None:
            pass

        def ask_exit(self) -> None:
            self.exit_now = False

        def enable_gui(self, gui: Any = None) -> None:
            pass

        def _showtraceback(self, etype: Any, evalue: Any, stb: Any) -> None:
            try:
                text = str(evalue)
            except Exception:
                text = ""
            lines = [str(line)[:20_000] for line in (stb if isinstance(stb, list) else [stb])][-40:]
            if issubclass(etype, TooLong):
                return  # told when the cell is done
            error = {"output_type": "error", "ename": etype.__name__[:200], "evalue": text[:2000], "traceback": lines}
            wire.show({"output": error}, 0)

    config = Config()
    config.HistoryManager.enabled = False
    config.HistoryManager.hist_file = ":memory:"
    config.InteractiveShell.colors = "nocolor"
    config.InteractiveShell.cache_size = 100
    config.InteractiveShell.xmode = "Plain"  # the richer ones take seconds for an endless recursion
    shell = Shell.instance(config=config)
    shell.user_ns.update(exit=lambda *_: None, quit=lambda *_: None)
    return shell


def limit(job: dict[str, Any]) -> None:
    """Bound what this process may use, for good; the system where this is unknown goes without."""
    try:
        import resource
    except ImportError:
        return
    megabyte = 2**20
    wanted = {
        "RLIMIT_DATA": job["megabytes"] * megabyte,  # what is really asked for; robust with pandas' libraries
        "RLIMIT_AS": (job["megabytes"] * 2 + 4000) * megabyte,  # and a wide bound for the rest, such as shared memory
        "RLIMIT_FSIZE": job["file_megabytes"] * megabyte,
        "RLIMIT_NOFILE": 128,
        "RLIMIT_CORE": 0,
        "RLIMIT_CPU": int(job["seconds"]) + 10,
        "RLIMIT_NPROC": 64 if job["walled"] else None,  # without walls it would count all that the user runs
    }
    for name, value in wanted.items():
        number = getattr(resource, name, None)
        if number is None or value is None:
            continue
        with contextlib.suppress(ValueError, OSError):
            _, hard = resource.getrlimit(number)
            value = value if hard == resource.RLIM_INFINITY else min(value, hard)
            resource.setrlimit(number, (value, value))
    with contextlib.suppress(AttributeError, OSError):
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)  # then a file that is too large is an error in the cell


def nobody_answers(*_: Any, **__: Any) -> str:
    """Stand in for ``input``."""
    raise EOFError("input() has no one to ask while a notebook is marked")


def exhausted() -> bool:
    """Tell whether so little memory is left that the next cells would fail for lack of it."""
    try:
        bytearray(64 * 2**20)
    except MemoryError:
        return True
    return False


def run_cells(job: dict[str, Any], wire: Wire, shell: Any) -> None:
    """Run the cells one after another, whatever each of them does."""
    alarm, streams = Alarm(job["cell_seconds"]), (sys.stdout, sys.stderr)
    for at, source in job["cells"]:
        wire.start(at)
        wire.tell({"start": True})
        sys.stdout, sys.stderr = streams
        visible, marked, hidden = source.partition(HIDDEN)
        errors: list[BaseException] = []
        untold = ""
        try:
            with alarm.set():
                if (
                    marked
                ):  # first, so that an answer is handed over whatever its check does; and nothing of it is shown
                    wire.hidden = True
                    errors += run_code(shell, hidden, store=False)
                    wire.hidden = False
                if not alarm.rang:
                    seen = run_code(shell, visible, store=True)
                    if errors and not seen:  # then nobody has seen why no answer was handed over
                        untold = f"{type(errors[0]).__name__}: {errors[0]}"[:300]
                    errors += seen
        except TooLong as error:
            errors.append(error)
        except BaseException as error:  # whatever escapes the shell, the next cell is run
            wire.hidden = False
            wire.show({"output": _told(type(error).__name__, str(error)[:2000])}, 0)
        wire.hidden = False
        if alarm.rang:
            wire.show({"output": _told("KeyboardInterrupt", alarm.text)}, 0)
        wire.flush()
        wire.tell({"done": shell.execution_count - 1, "stopped": alarm.rang, "untold": untold})
        short = any(isinstance(error, MemoryError) for error in errors)
        errors.clear()
        if short:
            for name in ("last_value", "last_traceback", "last_type", "last_exc"):
                setattr(sys, name, None)  # they would keep what filled the memory
            if exhausted():
                wire.tell({"exhausted": "memory"})
                os._exit(3)
        if threading.active_count() > job["threads"]:
            wire.tell({"exhausted": "processes"})
            os._exit(3)


def run_code(shell: Any, code: str, *, store: bool) -> list[BaseException]:
    """Run code in the shell; return the error that it ended with, if any."""
    result = shell.run_cell(code, store_history=store)
    error = result.error_before_exec or result.error_in_exec
    return [] if error is None else [error]


def _told(name: str, text: str) -> dict[str, Any]:
    return {"output_type": "error", "ename": name, "evalue": text, "traceback": [f"{name}: {text}"]}


def main() -> None:
    """Read the job, close the doors, run the cells."""
    job = json.loads(sys.stdin.buffer.read())
    wire = Wire(os.dup(1), job["output_bytes"], job["outputs"])
    nothing = os.open(os.devnull, os.O_RDWR)
    for number in (0, 1):
        os.dup2(nothing, number)
    os.chdir(job["own"])
    limit(job)
    stop: Callable[[int], None] = os._exit
    sys.modules["rfc3987_syntax"] = None  # type: ignore[assignment]  # seconds of import that only checks of URLs need
    for name in ("ctypes", "sqlite3", "pandas", "helpers"):  # what is imported now need not be allowed later
        import_module(name)
    shell = make_shell(wire)
    sys.stdin = io.StringIO("")
    sys.stdout, sys.stderr = Stream(wire, "stdout"), Stream(wire, "stderr")
    builtins.input = nobody_answers
    vars(import_module("getpass"))["getpass"] = nobody_answers
    os.dup2(nothing, 2)
    os.close(nothing)
    vars(import_module("shutil"))["_use_fd_functions"] = False  # the guard lets no folder be opened to remove it
    import_module("guard").install(job["own"], job["readable"])
    wire.tell({"ready": True})
    run_cells(job, wire, shell)
    wire.flush()
    wire.tell({"end": True})
    stop(0)


if __name__ == "__main__":
    main()
