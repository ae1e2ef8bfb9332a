"""Run handed-in notebooks where they can do no harm, several at a time, and read what each hands over.

Each notebook runs in a process of its own (``inside/runner.py``), from which only lines of JSON come back. The process
that knows what is right runs no code of a student. What stands between the two, and what it is worth:

- **bubblewrap** (``bwrap``, on Linux): own namespaces for processes, users, files and network. The notebook sees Python,
  ``helpers`` and ``data`` (read-only) and an empty folder in memory; not ``teaching``, not the other submissions, not
  the home folder, no network, no other process. This is a wall: to get over it takes a hole in the Linux kernel.
- **an audit hook** (``inside/guard.py``, everywhere): refuses to write or read outside, to connect, to start or stop
  processes. This is a fence: it stops accidents and simple tries. Somebody who is determined gets over it, for
  instance with compiled code. Where there is no bubblewrap (macOS, Windows), it is all there is.
- **limits** (``resource``, not on Windows) and **a watcher** (``psutil``, everywhere): memory, time, output, file size.

A notebook can hand over whatever it likes, also answers that it did not compute: it is the student's own work that is
read. It cannot learn here what is right: beyond the hints that every student has, that is computed outside. What it
shows (text, HTML, pictures) is not to be trusted by whoever shows it on.

>>> protection().startswith("Notebooks run")
True
"""

from __future__ import annotations

import copy
import json
import os
import queue
import re
import shutil
import site
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import IO, Any

import psutil

import helpers
from teaching.marking.forms import Note, Outcome
from teaching.marking.inside.freezing import ANSWER

INSIDE = Path(__file__).resolve().parent / "inside"
HELPERS = Path(helpers.__file__).resolve().parent
_SYSTEM = {
    "linux": (
        "/usr",
        "/lib",
        "/lib64",
        "/lib32",
        "/bin",
        "/sbin",
        "/etc",
        "/opt",
        "/nix/store",
        "/sys/devices/system/cpu",
    ),
    "darwin": ("/usr", "/bin", "/System", "/Library", "/etc", "/opt", "/private/etc", "/private/var/db"),
    "win32": (os.environ.get("SYSTEMROOT", r"C:\Windows"),),
}
_UNIX = ("/usr", "/bin", "/lib", "/etc")
_PROCESS = ("/proc/self", "/proc/cpuinfo", "/proc/meminfo", "/proc/stat", "/dev/urandom", "/dev/random", "/dev/zero")
_ETC = ("/etc/ld.so.cache", "/etc/localtime", "/etc/timezone", "/etc/mime.types", "/etc/alternatives", "/etc/fonts")
_GRACE = 3.0


@dataclass(frozen=True, slots=True)
class Limits:
    """How much a notebook may use.

    ``cell_seconds`` stops a cell, and the next ones run; ``notebook_seconds`` ends the notebook. ``restarts`` says how
    often a notebook whose process died is run anew without the cell it died in.
    """

    cell_seconds: float = 30.0
    notebook_seconds: float = 240.0
    megabytes: int = 1500
    file_megabytes: int = 64
    cell_output_kilobytes: int = 1500
    cell_outputs: int = 200
    notebook_output_megabytes: int = 40
    processes: int = 12
    threads: int = 100
    restarts: int = 2


@dataclass(slots=True)
class _Attempt:
    """What one start of a notebook gave: outputs and counts by the place of the cell, and where and why it ended."""

    outputs: dict[int, list[dict[str, Any]]] = field(default_factory=dict)
    counts: dict[int, int] = field(default_factory=dict)
    answers: dict[str, Any] = field(default_factory=dict)
    student: str | None = None
    stopped: list[int] = field(default_factory=list)
    untold: dict[int, str] = field(default_factory=dict)
    at: int = -1
    why: str = ""
    finished: bool = False


def run(notebook: Mapping[str, Any], limits: Limits | None = None) -> Outcome:
    """Run a notebook and return what it handed over; it never raises for what a notebook does.

    Parameters
    ----------
    notebook
        A notebook (nbformat 4), repaired (see :func:`teaching.marking.repair.repair`).
    limits
        What it may use.
    """
    limits = limits or Limits()
    begin = time.monotonic()
    cells = [
        (place, _source(cell))
        for place, cell in enumerate(notebook.get("cells", []))
        if cell.get("cell_type") == "code" and _source(cell).strip()
    ]
    skipped: set[int] = set()
    merged, notes = _Attempt(), []
    for left in range(limits.restarts, -1, -1):
        seconds = limits.notebook_seconds - (time.monotonic() - begin)
        attempt = _start([cell for cell in cells if cell[0] not in skipped], limits, seconds)
        _merge(merged, attempt)
        if attempt.finished:
            break
        again = left > 0 and attempt.at >= 0 and attempt.at not in skipped and attempt.why != "time"
        again = again and limits.notebook_seconds - (time.monotonic() - begin) > 1
        notes.append(_ending(notebook, attempt, limits, again=again))
        if not again:
            break
        skipped.add(attempt.at)
    notes += [_stop_note(notebook, place, limits) for place in sorted(set(merged.stopped))]
    for place, error in merged.untold.items():
        notes.append(
            Note("look", f"The hidden test in {_name(notebook, place)} failed, though the check did not: {error}")
        )
    executed = _executed(notebook, merged, skipped)
    return Outcome(executed, merged.answers, merged.student, round(time.monotonic() - begin, 3), tuple(notes))


def run_all(
    notebooks: Mapping[str, Mapping[str, Any]],
    limits: Limits | None = None,
    workers: int | None = None,
    on_progress: Callable[[str, Outcome, int, int], None] | None = None,
) -> Iterator[tuple[str, Outcome]]:
    """Run notebooks, several at a time, and give each by its key as soon as it is done.

    Parameters
    ----------
    notebooks
        The notebooks by a key of your own, such as the student's id.
    limits
        What each may use.
    workers
        How many run at a time; without it, one for each core.
    on_progress
        Called after each with its key, its outcome, how many are done and how many there are.
    """
    limits = limits or Limits()
    _bubblewrap()  # looked for once, before several need to know
    with ThreadPoolExecutor(max_workers=workers or cores()) as pool:
        running = {pool.submit(run, notebook, limits): key for key, notebook in notebooks.items()}
        total = len(running)
        try:
            while running:
                for future in wait(running, return_when=FIRST_COMPLETED).done:
                    key, outcome = running.pop(future), future.result()
                    if on_progress:
                        on_progress(key, outcome, total - len(running), total)
                    yield key, outcome
        finally:
            for future in running:
                future.cancel()


def cores() -> int:
    """Return how many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def protection() -> str:
    """Say in words what stands between a student's code and this computer."""
    if _bubblewrap():
        return (
            "Notebooks run behind walls (bubblewrap): without network, without other processes, and with nothing to see "
            "but Python, the helpers and the record. Time, memory, output and file size are limited."
        )
    limits = "Time, memory, output and file size" if _has_limits() else "Time, memory and output"
    hint = " On Linux, install bubblewrap for real walls." if sys.platform == "linux" else ""
    return (
        "Notebooks run without walls: there is no working bubblewrap on this computer. A guard inside Python refuses to "
        "write or read outside the notebook's folder, to use the network and to start programs, which stops accidents "
        f"but nobody who is determined. {limits} are limited.{hint} For notebooks of strangers, mark in a virtual machine."
    )


def _has_limits() -> bool:
    return sys.platform != "win32"


def _source(cell: Mapping[str, Any]) -> str:
    source = cell.get("source", "")
    return source if isinstance(source, str) else "".join(map(str, source))


# Starting


def _readable() -> list[str]:
    """Return what a notebook may read: Python with its packages, the helpers, the record."""
    places = [sys.prefix, sys.base_prefix, sys.exec_prefix, sys.base_exec_prefix, *site.getsitepackages()]
    if site.ENABLE_USER_SITE:
        places.append(site.getusersitepackages())
    places += [str(HELPERS), str(_record())]
    return [place for place in dict.fromkeys(places) if Path(place).is_dir()]


def _record() -> Path:
    return next((path for path in (HELPERS / "data", HELPERS.parent / "data") if path.is_dir()), HELPERS)


def _environment(own: str) -> dict[str, str]:
    kept = ("SYSTEMROOT", "SYSTEMDRIVE", "WINDIR", "COMSPEC", "PATHEXT", "NUMBER_OF_PROCESSORS", "LD_LIBRARY_PATH")
    found = {name: os.environ[name] for name in kept if name in os.environ}
    one = dict.fromkeys(("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS", "NUMEXPR_MAX_THREADS"), "1")
    return {
        **found,
        **one,
        "PATH": "/usr/bin:/bin",
        "HOME": own,
        "USERPROFILE": own,
        "TMPDIR": own,
        "TEMP": own,
        "TMP": own,
        "IPYTHONDIR": str(Path(own) / ".ipython"),
        "LC_ALL": "C.UTF-8",
        "TZ": "UTC",
        "PYTHONPATH": str(HELPERS.parent),
        "PYTHONHASHSEED": "0",
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONUTF8": "1",
        "PYTHONWARNINGS": "ignore:::IPython",
        "JUPYTER_PLATFORM_DIRS": "1",
    }


@lru_cache(maxsize=1)
def _bubblewrap() -> tuple[str, ...] | None:
    """Return the start of the command line for bubblewrap if it works here."""
    program = shutil.which("bwrap") if sys.platform == "linux" else None
    for strict in (True, False) if program else ():
        command = (program or "", *_walls(strict=strict))
        probe = [*command, *_program(), "-c", "import json"]
        try:
            subprocess.run(probe, check=True, timeout=20, capture_output=True, stdin=subprocess.DEVNULL)
        except (OSError, subprocess.SubprocessError):
            continue
        return command
    return None


def _walls(*, strict: bool) -> list[str]:
    """Return the options of bubblewrap; the strict ones need version 0.8 (2023)."""
    own, size = "/notebook", ["--size", str(96 * 2**20)] if strict else []
    options = [
        "--unshare-all",
        "--unshare-user",
        "--die-with-parent",
        "--new-session",
        "--cap-drop",
        "ALL",
        "--clearenv",
    ]
    options += ["--disable-userns"] if strict else []
    options += ["--hostname", "marking", "--uid", "65534", "--gid", "65534"]
    for place in _SYSTEM["linux"]:
        if place != "/etc" and not place.startswith("/sys"):
            options += ["--ro-bind-try", place, place]
    for place in _ETC:
        options += ["--ro-bind-try", place, place]
    options += ["--proc", "/proc", "--dev", "/dev", *size, "--tmpfs", "/dev/shm", *size, "--tmpfs", "/tmp"]
    for place in _readable():
        options += ["--ro-bind", place, place]
    options += ["--ro-bind", str(INSIDE), "/marking", *size, "--tmpfs", own, "--chdir", own]
    options += ["--remount-ro", "/dev", "--remount-ro", "/"] if strict else []
    for name, value in _environment(own).items():
        options += ["--setenv", name, value]
    return [*options, "--"]


def _program() -> list[str]:
    return [sys.executable, "-B"]


def _start(cells: Sequence[tuple[int, str]], limits: Limits, seconds: float) -> _Attempt:
    """Start the runner, feed it and read it until it ends or must end."""
    walls = _bubblewrap()
    with tempfile.TemporaryDirectory(prefix="marking-", ignore_cleanup_errors=True) as folder:
        own = "/notebook" if walls else str(Path(folder).resolve())
        runner = "/marking/runner.py" if walls else str(INSIDE / "runner.py")
        readable = [*_readable(), *_SYSTEM.get(sys.platform, _UNIX), *_PROCESS, str(Path(runner).parent)]
        job = {
            "cells": cells,
            "own": own,
            "readable": [*readable, "/tmp"] if walls else readable,
            "walled": bool(walls),
            "cell_seconds": limits.cell_seconds,
            "seconds": max(seconds, 1),
            "megabytes": limits.megabytes,
            "file_megabytes": limits.file_megabytes,
            "output_bytes": limits.cell_output_kilobytes * 1000,
            "outputs": limits.cell_outputs,
            "threads": limits.threads // 4,
        }
        process = subprocess.Popen(
            [*(walls or ()), *_program(), runner],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            cwd=folder,
            env={"PATH": os.environ.get("PATH", "")} if walls else _environment(own),
            start_new_session=True,
        )
        try:
            return _follow(process, json.dumps(job).encode(), limits, seconds, Path(folder))
        finally:
            _end(process)


def _end(process: subprocess.Popen[bytes]) -> None:
    """End a process and all that it started."""
    try:
        family = psutil.Process(process.pid).children(recursive=True) if process.poll() is None else []
    except psutil.Error:
        family = []
    for member in family:
        try:
            member.kill()
        except psutil.Error:
            continue
    process.kill()
    process.wait()
    for pipe in (process.stdin, process.stdout, process.stderr):
        if pipe:
            try:
                pipe.close()
            except OSError:
                continue


# Following


def _follow(process: subprocess.Popen[bytes], job: bytes, limits: Limits, seconds: float, folder: Path) -> _Attempt:
    """Read what a runner tells until it ends, takes too long, or takes too much."""
    attempt = _Attempt()
    lines: queue.Queue[bytes | None] = queue.Queue(maxsize=200)
    words: list[bytes] = []
    threading.Thread(target=_feed, args=(process.stdin, job), daemon=True).start()
    threading.Thread(target=_read_lines, args=(process.stdout, lines), daemon=True).start()
    threading.Thread(target=_read_words, args=(process.stderr, words), daemon=True).start()
    begin = now = time.monotonic()
    cell_begin, looked, told = now, now, 0
    pause = 0.5 if sys.platform == "linux" else 0.25
    while True:
        try:
            line = lines.get(timeout=pause)
        except queue.Empty:
            line = b""
        now = time.monotonic()
        if line is None:
            attempt.why = attempt.why or "died"
            break
        told += len(line)
        message = _message(line)
        if message:
            if _take(attempt, message):
                cell_begin = now
            if attempt.finished or attempt.why:
                break
        if told > limits.notebook_output_megabytes * 1_000_000:
            attempt.why = "output"
        elif now - begin > seconds:
            attempt.why = "time"
        elif now - cell_begin > limits.cell_seconds + _GRACE and attempt.at >= 0:
            attempt.why = "stuck"
        elif now - cell_begin > 60 + limits.cell_seconds:
            attempt.why = "start"
        elif now - looked > pause:
            looked = now
            attempt.why = _excess(process.pid, limits, folder)
        if attempt.why:
            break
    _end(process)
    if attempt.why == "died" and attempt.at < 0:
        attempt.why = "start: " + b"".join(words)[-300:].decode("utf-8", "replace").strip()
    return attempt


def _feed(pipe: IO[bytes] | None, job: bytes) -> None:
    try:
        if pipe:
            pipe.write(job)
            pipe.close()
    except (OSError, ValueError):
        return  # it ended before it had read everything


def _read_lines(pipe: IO[bytes] | None, lines: queue.Queue[bytes | None], longest: int = 8_000_000) -> None:
    """Put whole lines into a queue; one that is too long is left out."""
    try:
        while pipe and (line := pipe.readline(longest)):
            if line.endswith(b"\n"):
                lines.put(line)
                continue
            while (rest := pipe.readline(longest)) and not rest.endswith(b"\n"):
                pass
    except (OSError, ValueError):
        pass
    lines.put(None)


def _read_words(pipe: IO[bytes] | None, words: list[bytes]) -> None:
    try:
        while pipe and (some := pipe.read1(4096)):  # type: ignore[attr-defined]  # a pipe is buffered
            words[:] = [*words[-3:], some]
    except (OSError, ValueError):
        return


def _message(line: bytes) -> dict[str, Any] | None:
    try:
        message = json.loads(line) if line else None
    except (ValueError, RecursionError):
        return None
    return message if isinstance(message, dict) and isinstance(message.get("at"), int) else None


def _take(attempt: _Attempt, message: Mapping[str, Any]) -> bool:
    """Enter a message into what is known; return whether a cell began."""
    at = message["at"]
    shown = attempt.outputs.setdefault(at, [])
    if "output" in message:
        output = _output(message["output"])
        if output is None:
            return False
        payload = output.get("data", {}).get(ANSWER)
        if payload is not None:
            _take_answer(attempt, payload)
        elif (
            shown
            and output["output_type"] == "stream" == shown[-1]["output_type"]
            and shown[-1]["name"] == output["name"]
        ):
            shown[-1]["text"] += output["text"]
        else:
            shown.append(output)
    elif "clear" in message:
        shown.clear()
    elif "update" in message and isinstance(message["update"], dict):
        _update(attempt, message["update"])
    elif "done" in message:
        attempt.counts[at] = message["done"] if isinstance(message["done"], int) else 0
        if message.get("stopped"):
            attempt.stopped.append(at)
        if message.get("untold"):
            attempt.untold[at] = str(message["untold"])[:300]
        return True
    elif "exhausted" in message:
        attempt.at, attempt.why = at, "processes" if message["exhausted"] == "processes" else "memory"
    elif "end" in message:
        attempt.finished = True
    elif "start" in message:
        attempt.at = at
        return True
    return False


def _take_answer(attempt: _Attempt, payload: Any) -> None:
    if isinstance(payload, dict) and isinstance(payload.get("key"), str) and "answer" in payload:
        attempt.answers[payload["key"][:40]] = payload["answer"]
        student = payload.get("student")
        attempt.student = student[:200] if isinstance(student, str) else attempt.student


def _update(attempt: _Attempt, update: Mapping[str, Any]) -> None:
    if not isinstance(update.get("data"), dict):
        return
    for shown in attempt.outputs.values():
        for output in shown:
            if output.get("_name") and output["_name"] == update.get("name"):
                output["data"] = update["data"]


def _output(given: Any) -> dict[str, Any] | None:
    """Return an output in the form that nbformat asks for, or None if it cannot be read so."""
    if not isinstance(given, dict):
        return None
    kind = given.get("output_type")
    if kind == "stream":
        name = "stderr" if given.get("name") == "stderr" else "stdout"
        return {"output_type": kind, "name": name, "text": str(given.get("text", ""))}
    if kind == "error":
        lines = given.get("traceback")
        told = [str(line) for line in lines] if isinstance(lines, list) else []
        return {
            "output_type": kind,
            "ename": str(given.get("ename", "")),
            "evalue": str(given.get("evalue", "")),
            "traceback": told,
        }
    if kind in ("display_data", "execute_result") and isinstance(given.get("data"), dict):
        metadata = given["metadata"] if isinstance(given.get("metadata"), dict) else {}
        output = {"output_type": kind, "data": given["data"], "metadata": metadata}
        if kind == "execute_result":
            output["execution_count"] = (
                given["execution_count"] if isinstance(given.get("execution_count"), int) else None
            )
        if isinstance(given.get("name"), str):
            output["_name"] = given["name"]
        return output
    return None


def _excess(number: int, limits: Limits, folder: Path) -> str:
    """Return what a family of processes has too much of; empty if nothing."""
    try:
        top = psutil.Process(number)
        family = [top, *top.children(recursive=True)]
    except psutil.Error:
        return ""
    memory = threads = 0
    for member in family:
        try:
            with member.oneshot():
                memory += member.memory_info().rss
                threads += member.num_threads()
        except psutil.Error:
            continue
    if memory > (limits.megabytes * 1.25 + 100) * 1e6:
        return "memory"
    if len(family) > limits.processes or threads > limits.threads:
        return "processes"
    if not _bubblewrap() and _weight(folder) > 4 * limits.file_megabytes * 1e6:
        return "files"
    return ""


def _weight(folder: Path) -> int:
    weight = 0
    for base, _, names in os.walk(folder):
        for name in names:
            try:
                weight += (Path(base) / name).lstat().st_size
            except OSError:
                continue
    return weight


# Telling


def _merge(merged: _Attempt, attempt: _Attempt) -> None:
    """Add what a later start gave; where both gave something, the later one holds."""
    merged.outputs |= {place: shown for place, shown in attempt.outputs.items() if shown or place in attempt.counts}
    merged.counts |= attempt.counts
    merged.answers |= attempt.answers
    merged.student = attempt.student or merged.student
    merged.stopped += attempt.stopped
    merged.untold |= attempt.untold


def _name(notebook: Mapping[str, Any], place: int) -> str:
    cells = notebook.get("cells", [])
    if not 0 <= place < len(cells):
        return "the start"
    cell = cells[place]
    name = cell.get("metadata", {}).get("nbgrader", {}).get("grade_id") or cell.get("id")
    if question := re.fullmatch(r"q(\d+)-(\d+)", name or ""):
        return f"the answer to {question[1]}.{question[2]}"
    return f'cell "{name}"' if name else f"cell number {place + 1}"


def _ending(notebook: Mapping[str, Any], attempt: _Attempt, limits: Limits, *, again: bool) -> Note:
    """Say how a start ended that should not have."""
    where = _name(notebook, attempt.at)
    why, _, words = attempt.why.partition(": ")
    said = {
        "died": f"{where} ended Python itself",
        "memory": f"{where} asked for more memory than {limits.megabytes} MB",
        "output": f"{where} showed more than {limits.notebook_output_megabytes} MB",
        "time": f"the notebook ran for more than {limits.notebook_seconds:g} seconds, and was stopped in {where}",
        "stuck": f"{where} ran for more than {limits.cell_seconds:g} seconds and would not stop",
        "processes": f"{where} started too many processes or threads",
        "files": f"{where} wrote too much",
        "start": "the notebook could not be started" + (f" ({words})" if words else ""),
    }[why]
    after = "The notebook was run again without this cell." if again else "What was handed over before it is marked."
    return Note("look", f"{said[0].upper()}{said[1:]}. {after}")


def _stop_note(notebook: Mapping[str, Any], place: int, limits: Limits) -> Note:
    where = _name(notebook, place)
    return Note(
        "look", f"{where[0].upper()}{where[1:]} was stopped after {limits.cell_seconds:g} seconds; the next ones ran."
    )


def _executed(notebook: Mapping[str, Any], merged: _Attempt, skipped: set[int]) -> dict[str, Any]:
    """Return the notebook with what its cells showed."""
    executed = copy.deepcopy(dict(notebook))
    for place, cell in enumerate(executed.get("cells", [])):
        if cell.get("cell_type") != "code":
            continue
        outputs = merged.outputs.get(place, [])
        cell["outputs"] = [{key: value for key, value in shown.items() if key != "_name"} for shown in outputs]
        cell["execution_count"] = merged.counts.get(place)
        if place in skipped:
            text = "[Python ended in this cell; the others were run without it.]"
            cell["outputs"].append({"output_type": "stream", "name": "stderr", "text": text})
    return executed
