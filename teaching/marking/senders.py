"""Who handed a file in, as its name and folders tell: Moodle, Canvas, Google Classroom, or plain names.

Checked against Moodle's ``mod/assign/classes/downloader.php`` and Canvas's ``lib/content_zipper.rb``. Google Classroom
hands over a folder of Google Drive: a copy made for each student is called "Name - title", other files as they were.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

from teaching.marking.sources import Assignment

_NOTEBOOK, _ARCHIVE = ".ipynb", ".zip"


@dataclass(frozen=True, slots=True)
class Sender:
    """Who handed a file in, as far as its name and folders tell.

    ``names`` are what may be the student's name, the likeliest first. ``lms`` is the platform's own number of the
    student or of the submission. ``order`` sorts several attempts of one student.
    """

    style: str
    names: tuple[str, ...]
    lms: str = ""
    late: bool = False
    order: tuple[int, ...] = ()

    @property
    def name(self) -> str:
        """The likeliest name; empty if there is none."""
        return self.names[0] if self.names else ""


def clean(text: str) -> str:
    """Return a name without signs that don't show or that steer a terminal."""
    return "".join(sign if sign.isprintable() else "�" for sign in text)[:200]


_MOODLE = re.compile(r"(?P<owner>(?P<name>.+?)_(?P<id>\d+)_assignsubmission_[a-z]+)(?:_(?P<file>.*))?$", re.IGNORECASE)
_CANVAS = re.compile(r"(?P<name>.+?)(?P<late>_LATE)?_(?P<id>\d+)_(?P<upload>\d+)_(?P<file>.+)$")
_CANVAS_BLIND = re.compile(r"anon_(?P<id>[A-Za-z0-9]+)_(?P<upload>\d+)_(?P<file>.+)$")
_COPY = re.compile(r"\s*\((\d{1,3})\)$|[ _-]+copy[ _-]?(\d*)$", re.IGNORECASE)
_PREFIX = re.compile(r"^(?:copy of|copia de|kopie von|copie de)\s+", re.IGNORECASE)
_PLAIN_WORDS = re.compile(
    r"assignment|submissions?|homework|hw|final|draft|notebook|untitled|solution|done|my|the|new|version|downloads?|copy|v\d"
)


def sender(parts: Sequence[str], assignment: Assignment, neighbours: int = 2) -> Sender:
    """Tell from the names of a file and its folders who handed it in.

    Parameters
    ----------
    parts
        The folders, zips and the file's name.
    assignment
        The assignment it belongs to, whose name often stands in the file's name.
    neighbours
        How many notebooks lie in the same folder; a folder with a single one is likely to be the student's own.

    Examples
    --------
    >>> from pathlib import Path
    >>> one = Assignment(1, "1-read-a-timeline", "Read a timeline", Path(), {}, ())
    >>> sender(["Ruiz Ana_123456_assignsubmission_file_", "x.ipynb"], one).names
    ('Ruiz Ana',)
    >>> sender(["ruizana_LATE_12345_678901_1-read-a-timeline-1.ipynb"], one).late
    True
    """
    stem = PurePosixPath(parts[-1]).stem
    for step in reversed(parts):
        if moodle := _moodle(step):
            name = "" if moodle["name"].casefold().startswith("participant") else moodle["name"]
            own = (moodle["file"] or "") if step is parts[-1] else stem
            return Sender("moodle", (name,) if name else (), moodle["id"], order=(_copy_number(own),))
    for step in reversed(parts):
        if canvas := _CANVAS_BLIND.fullmatch(step):
            return Sender("canvas", (), canvas["id"], order=(int(canvas["upload"][:18]),))
        if canvas := _CANVAS.fullmatch(step):
            order = (int(canvas["upload"][:18]),)
            return Sender("canvas", (canvas["name"],), canvas["id"], bool(canvas["late"]), order)
    return _plain(parts, stem, assignment, neighbours)


def moodle_name(parts: Sequence[str]) -> str:
    """Return what Moodle put before a student's files when they were downloaded; empty if they came from elsewhere.

    >>> moodle_name(["Ruiz Ana_123456_assignsubmission_file_", "x.ipynb"])
    'Ruiz Ana_123456_assignsubmission_file'
    """
    return next((moodle["owner"] for step in reversed(parts) if (moodle := _moodle(step))), "")


def _moodle(step: str) -> re.Match[str] | None:
    return _MOODLE.fullmatch(step.removesuffix(_NOTEBOOK).removesuffix(_ARCHIVE))


def _plain(parts: Sequence[str], stem: str, assignment: Assignment, neighbours: int) -> Sender:
    copy = _copy_number(stem)
    stem = _PREFIX.sub("", _COPY.sub("", stem))
    pieces = [piece.strip() for piece in stem.split(" - ") if piece.strip()]
    if len(pieces) > 1:
        titled = [piece for piece in pieces if _is_title(piece, assignment)]
        name = next((piece for piece in pieces if piece not in titled), "") if titled else pieces[0]
        if name:
            return Sender("google", (name,), order=(copy,))
    rest = _without_title(stem, assignment)
    zips = {step.removesuffix(_ARCHIVE) for step in parts[:-1] if step.endswith(_ARCHIVE)}
    folders = [
        step.removesuffix(_ARCHIVE)
        for step in reversed(parts[:-1])
        if _without_title(step, assignment) and _telling(step)
    ]
    folders.sort(key=lambda step: step in zips)  # a zip in a student's folder may have any name
    own = [rest] if _telling(rest) else []
    names = [*folders[:1], *own, *folders[1:]] if folders and (neighbours < 2 or not own) else [*own, *folders]
    return Sender("plain", tuple(names), order=(copy,))


def neighbours_of(paths: Sequence[tuple[str, ...]]) -> dict[tuple[str, ...], int]:
    """Return for each file how many of the files lie in its folder; those in no folder count as among several."""
    counts = Counter(parts[:-1] for parts in paths)
    return {parts: counts[parts[:-1]] if len(parts) > 1 else 2 for parts in paths}


def _copy_number(stem: str) -> int:
    found = _COPY.search(stem)
    return int(found[1] or found[2] or 1) if found else 0


def _is_title(text: str, assignment: Assignment) -> bool:
    return words(text) in {words(assignment.name), words(assignment.title), words(_bare(assignment.title))} or (
        words(_bare(assignment.name)) in words(text)
    )


def _without_title(text: str, assignment: Assignment) -> str:
    """Return a name without that of the assignment, and the separators that are left over."""
    shapes = (assignment.name, assignment.title, _bare(assignment.title), _bare(assignment.name))
    for title in sorted({words(shape) for shape in shapes} - {""}, key=len, reverse=True):
        pattern = r"[\W_]+".join(re.escape(word) for word in title.split())
        text = re.sub(rf"(?<![^\W_]){pattern}(?![^\W_])", " ", text, flags=re.IGNORECASE)
    text = re.sub(
        rf"(?<![^\W_])(assignment|homework|hw|a)[\W_]*{assignment.number}(?![^\W_])", " ", text, flags=re.IGNORECASE
    )
    return " ".join(re.split(r"[\s_,;()\[\]]+|(?<=\s)-|-(?=\s)|^-+|-+$", text)).strip(" -.")


def _bare(title: str) -> str:
    return re.sub(r"^(assignment\s*)?\d+\W*", "", title, flags=re.IGNORECASE)


def _telling(text: str) -> bool:
    found = words(text).split()
    return any(len(word) > 2 if word.isdecimal() else not _PLAIN_WORDS.fullmatch(word) for word in found)


def words(text: str) -> str:
    """Return the words of a name or file name in small letters, with single blanks between them."""
    return " ".join(re.findall(r"[^\W_]+", PurePosixPath(text).name.removesuffix(_NOTEBOOK).casefold()))
