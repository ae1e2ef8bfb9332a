"""The class list: who is in the class, and whose a submission is.

A roster is a CSV file with an id and a name a row, and perhaps an e-mail address and the learning platform's own number.
The lists that Moodle, Canvas and Google Classroom export are read as they are.
"""

from __future__ import annotations

import csv
import difflib
import io
import itertools
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from helpers.variants import EXAMPLE
from teaching.marking.senders import Sender, clean

_COLUMNS = {
    "id": ("id", "student id", "student", "student number", "sis user id", "id number", "username", "sis login id"),
    "name": ("name", "full name", "student name", "student"),
    "first": ("first name", "given name", "firstname"),
    "last": ("last name", "surname", "family name", "lastname"),
    "email": ("e-mail", "email", "email address", "e-mail address", "sis login id"),
    "lms": ("lms id", "lms", "moodle id", "canvas id", "identifier", "user id", "id"),
    "also": ("also", "other ids"),
}
_LETTERS = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i", "’": "'"})
_NEAR = 0.6


class BadRosterError(ValueError):
    """The roster can't be read; the message says what is missing."""


@dataclass(frozen=True, slots=True)
class Student:
    """A student of the class; ``also`` are other ids that this student may have used in a notebook."""

    id: str
    name: str
    email: str = ""
    lms: str = ""
    also: tuple[str, ...] = ()

    def known_as(self, student_id: str) -> bool:
        """Say whether an id in a notebook is this student's; ``example`` among the others allows to give none."""
        return same_id(student_id) in {same_id(one) for one in (self.id, *self.also)}


@dataclass(frozen=True, slots=True)
class Match:
    """Whose a submission is: ``by`` says how that was found, ``near`` names the nearest guess if it was not."""

    student: Student | None
    by: str = ""
    near: str = ""


@dataclass(frozen=True, slots=True)
class Roster:
    """The students of a class."""

    students: tuple[Student, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.students)

    def owner(self, student_id: str) -> Student | None:
        """Return whose id this is."""
        return _single(one for one in self.students if student_id and one.known_as(student_id))

    def match(self, sender: Sender, student_id: str) -> Match:
        """Find whose a submission is: by the platform's number, the name, or the id in the notebook alone.

        Parameters
        ----------
        sender
            What the names of file and folders tell.
        student_id
            The id in the notebook.
        """
        if sender.lms and (one := _single(s for s in self.students if s.lms and s.lms == sender.lms)):
            return Match(one, "number")
        for name in sender.names:
            for fits in (_is_id, _same_name, _part_of_name):
                if one := _single(s for s in self.students if fits(name, s)):
                    return Match(one, "name")
        if one := self.owner(student_id):
            return Match(one, "id")
        return Match(None, near=self._nearest((*sender.names, student_id)))

    def _nearest(self, texts: Sequence[str]) -> str:
        scores = [
            (difflib.SequenceMatcher(None, squeezed(text), form).ratio(), student.name or student.id)
            for text in texts
            for student in self.students
            if squeezed(text)
            for form in {
                squeezed(student.name),
                squeezed(" ".join(reversed(student.name.split()))),
                squeezed(student.id),
            }
        ]
        score, name = max(scores, default=(0.0, ""))
        return name if score >= _NEAR else ""


def read_roster(path: Path) -> Roster:
    """Read a class list.

    Raises
    ------
    BadRosterError
        If it is missing, is no CSV file, has no column of ids or names, or an id twice.
    """
    if not path.is_file():
        raise BadRosterError(f"there is no roster {path}")
    rows = _rows(path)
    if not rows:
        raise BadRosterError(f"{path.name} has no rows. It needs a heading such as: id,name,email")
    heading = [cell.strip().casefold() for cell in rows[0]]
    place = {what: _first(heading, names) for what, names in _COLUMNS.items()}
    if place["name"] == place["id"]:  # Canvas calls the column of names "Student" and has an "ID" beside it
        place["id" if place["email"] is None and place["lms"] is None else "name"] = None
    if place["id"] is None and place["email"] is None:
        raise BadRosterError(f"{path.name} has no column of ids. Its first line must name one, such as: id,name,email")
    students = [student for row in rows[1:] if (student := _student(row, place))]
    twice = [name for name, count in Counter(same_id(student.id) for student in students).items() if count > 1]
    if twice:
        raise BadRosterError(f"{path.name} has the id {twice[0]!r} twice; each student needs their own")
    return Roster(tuple(students))


def _rows(path: Path) -> list[list[str]]:
    raw = path.read_bytes()
    try:
        text = raw.decode("utf-8-sig" if not raw.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-16")
    except UnicodeDecodeError:
        text = raw.decode("cp1252", "replace")
    heading = text.split("\n", 1)[0]
    delimiter = max(",;\t", key=heading.count)
    return [row for row in csv.reader(io.StringIO(text), delimiter=delimiter) if any(cell.strip() for cell in row)]


def _first(heading: list[str], names: Iterable[str]) -> int | None:
    return next((heading.index(name) for name in names if name in heading), None)


def _student(row: list[str], place: dict[str, int | None]) -> Student | None:
    def cell(what: str) -> str:
        column = place[what]
        return clean(row[column].strip()) if column is not None and column < len(row) else ""

    name = cell("name")
    if "," in name:  # "Ruiz, Ana"
        name = " ".join(part.strip() for part in reversed(name.split(",", 1)))
    name = name or " ".join(part for part in (cell("first"), cell("last")) if part)
    own = cell("id") or cell("email").split("@")[0]
    if not own or name.strip().casefold() == "points possible":
        return None
    lms = (
        cell("lms").removeprefix("Participant ") if place["lms"] != place["id"] else ""
    )  # as Moodle's worksheet has it
    also = tuple(part.strip() for part in cell("also").split(";") if part.strip())
    return Student(own, name or own, cell("email"), lms, also)


def _is_id(name: str, student: Student) -> bool:
    mail = student.email.casefold()
    return student.known_as(name) or (bool(mail) and name.casefold() in (mail, mail.split("@")[0]))


def _same_name(name: str, student: Student) -> bool:
    """Say whether two names are the same but for case, accents, order and blanks."""
    given, known = tokens(name), tokens(student.name)
    if sorted(given) == sorted(known) and given:
        return True
    joined = "".join(given)
    return len(known) <= 5 and any("".join(order) == joined for order in itertools.permutations(known))


def _part_of_name(name: str, student: Student) -> bool:
    """Say whether all words of the shorter name stand in the longer one, two at the least."""
    given, known = set(tokens(name)), set(tokens(student.name))
    return min(len(given), len(known)) > 1 and (given <= known or known <= given)


def tokens(text: str) -> list[str]:
    """Return the words of a name without accents, in small letters.

    >>> tokens("Núñez-Øst, Ana")
    ['nunez', 'ost', 'ana']
    """
    plain = unicodedata.normalize("NFKD", text.casefold().translate(_LETTERS))
    return re.findall(r"[^\W_]+", "".join(sign for sign in plain if not unicodedata.combining(sign)))


def squeezed(text: str) -> str:
    """Return the words of a name joined."""
    return "".join(tokens(text))


def same_id(given: object) -> str:
    """Return an id as the variants read it: capitals and blanks around it don't matter; the example is none.

    >>> same_id(" Ana 7 ")
    'ana 7'
    """
    found = clean(" ".join(str(given).split()).casefold())
    return "" if found == EXAMPLE else found


def _single(students: Iterable[Student]) -> Student | None:
    found = list(itertools.islice(students, 2))
    return found[0] if len(found) == 1 else None
