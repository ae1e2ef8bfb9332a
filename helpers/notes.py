"""What a student wrote, kept in a file beside the notebook, so that it survives *Restart and run all*.

The file is a journal in JSON Lines: every saved answer adds one line and no line is ever changed. So an earlier answer
is never lost, two notebooks can write at the same time, and a damaged line costs only itself.

>>> import tempfile
>>> notes = Notes(tempfile.mkdtemp())
>>> notes.put("03-1", "I think that both sides had stopped.")
>>> notes.get("03-1")
'I think that both sides had stopped.'
"""

from __future__ import annotations

import datetime as dt
import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

FILE = "my-notes.jsonl"


class NotesError(OSError):
    """An answer could not be written or read. The message says why and what to do, in words for a student."""


@dataclass(frozen=True, slots=True)
class Note:
    """One saved answer: its key, its value (anything that JSON can hold) and when it was saved (UTC)."""

    key: str
    value: Any
    saved: dt.datetime


class Notes:
    """The answers kept in one folder.

    Parameters
    ----------
    folder
        Where the file ``my-notes.jsonl`` lies or will lie; without it, the working directory, which in a notebook is
        the notebook's own folder. Nothing is written before the first :meth:`put`.
    """

    def __init__(self, folder: str | Path | None = None) -> None:
        self.path = (Path.cwd() if folder is None else Path(folder)) / FILE

    def get(self, key: str, default: Any = None) -> Any:
        """Return the latest answer saved under ``key``, or ``default`` if there is none.

        Raises
        ------
        NotesError
            If the file is there and can't be read.
        """
        found = self.history(key)
        return found[-1].value if found else default

    def history(self, key: str) -> list[Note]:
        """Return all answers ever saved under ``key``, the oldest first. Lines that make no sense are passed over."""
        return [note for note in self._read()[0] if note.key == key]

    def keys(self) -> list[str]:
        """Return the keys that have an answer, in the order of their first one."""
        return list(dict.fromkeys(note.key for note in self._read()[0]))

    def put(self, key: str, value: Any) -> None:
        """Save an answer: text, number, yes or no, or a list or dict of these.

        Saving the same value twice in a row writes nothing.

        Raises
        ------
        NotesError
            If it can't be written: nothing that was saved before is touched.
        ValueError
            If the key is empty, or JSON has no form for the value.
        """
        if not key:
            raise ValueError("an answer needs a key, like '03-1'")
        saved = dt.datetime.now(dt.UTC)
        try:
            entry = {"key": key, "saved": saved.isoformat(timespec="seconds"), "value": value}
            line = json.dumps(entry, ensure_ascii=False, allow_nan=False)
            again = json.loads(line)["value"]
        except (TypeError, ValueError) as error:
            raise ValueError(f"this answer can't be kept: {error}") from None
        before = self.history(key)
        if before and before[-1].value == again and type(before[-1].value) is type(again):
            return
        try:
            self._append(line)
        except OSError as error:
            reason = error.strerror or type(error).__name__
            raise NotesError(
                f"Your answer could not be saved in {self.path} ({reason}). Nothing saved before was changed. "
                "Copy your text to another place before you close this notebook."
            ) from error

    @property
    def damage(self) -> str:
        """What is wrong with the file, in a sentence; empty if nothing is. Damaged lines stay as they are."""
        lines = self._read()[1]
        if not lines:
            return ""
        some = ", ".join(map(str, lines[:5])) + (" …" if len(lines) > 5 else "")
        return (
            f"In {self.path.name}, line {some} can't be read as an answer. It was left as it is, all other answers are "
            "used, and you can open the file in any text editor."
        )

    def _append(self, line: str) -> None:
        # One write at the end of the file: the system keeps two writers apart. A line cut short by a crash is ended
        # first, so that it can't swallow the new one.
        with self.path.open("ab+") as file:
            size = file.seek(0, os.SEEK_END)
            start = ""
            if size:
                file.seek(-1, os.SEEK_END)
                start = "" if file.read(1) == b"\n" else "\n"
            file.write(f"{start}{line}\n".encode())
            file.flush()
            os.fsync(file.fileno())

    def _read(self) -> tuple[list[Note], list[int]]:
        """Return the answers in the order of saving, and the numbers of the lines that hold none."""
        try:
            text = self.path.read_bytes().decode("utf-8", errors="replace")
        except FileNotFoundError:
            return [], []
        except OSError as error:
            reason = error.strerror or type(error).__name__
            raise NotesError(f"Your saved answers in {self.path} can't be read ({reason}).") from error
        notes, damaged = [], []
        for number, line in enumerate(text.split("\n"), start=1):
            if not line.strip():
                continue
            try:
                entry = json.loads(line)
                notes.append(Note(str(entry["key"]), entry["value"], dt.datetime.fromisoformat(entry["saved"])))
            except (ValueError, KeyError, TypeError):
                damaged.append(number)
        return notes, damaged
