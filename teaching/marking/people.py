"""Whose is what: one counted submission for each student and assignment, and what a person should look at."""

from __future__ import annotations

import hashlib
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from teaching.marking.forms import Note
from teaching.marking.intake import Piece
from teaching.marking.roster import Match, Roster, Student, same_id, tokens

LOOK = "look"


@dataclass(frozen=True, slots=True)
class Entry:
    """The submission of a student that counts.

    ``key`` names the student in folders and in nbgrader's gradebook; ``student_id`` is the id that chose the variant.
    """

    key: str
    student_id: str
    name: str
    piece: Piece
    email: str = ""
    lms: str = ""
    roster_id: str = ""
    notes: tuple[Note, ...] = ()
    aside: tuple[Piece, ...] = ()

    @property
    def assignment(self) -> int:
        """The number of the assignment."""
        return self.piece.assignment


def entries(pieces: Sequence[Piece], roster: Roster, known: Mapping[str, str] | None = None) -> list[Entry]:
    """Return the submissions that count, sorted by name.

    Parameters
    ----------
    pieces
        All notebooks that were handed in.
    roster
        The class list; it may be empty.
    known
        The keys that notebooks had in an earlier run, by where they lay; they stay the same.
    """
    matches = [roster.match(piece.sender, piece.student_id) if roster else Match(None) for piece in pieces]
    namesakes = _namesakes(pieces)
    people = [_person(piece, match.student, namesakes) for piece, match in zip(pieces, matches, strict=True)]
    keys = _keys(people, pieces, known or {})
    groups: dict[tuple[str, int], list[tuple[Piece, Match]]] = defaultdict(list)
    for piece, match, person in zip(pieces, matches, people, strict=True):
        groups[keys[person], piece.assignment].append((piece, match))
    found = [_entry(key, group, roster) for (key, _), group in groups.items()]
    return sorted(_with_doubles(found), key=lambda entry: (entry.assignment, tokens(entry.name), entry.key))


def _namesakes(pieces: Iterable[Piece]) -> set[str]:
    """Return the names that stand with two numbers of the learning platform in one assignment."""
    numbers: dict[tuple[int, str], set[str]] = defaultdict(set)
    for piece in pieces:
        if piece.sender.lms:
            numbers[piece.assignment, piece.sender.name].add(piece.sender.lms)
    return {name for (_, name), found in numbers.items() if len(found) > 1}


def _person(piece: Piece, student: Student | None, namesakes: set[str]) -> tuple[str, ...]:
    """Return what tells this submission's student from others; Moodle's numbers differ between assignments."""
    sender = piece.sender
    if student:
        return ("roster", student.id)
    if sender.lms and (not sender.name or sender.name in namesakes):
        return ("lms", sender.lms, sender.name)
    if sender.name:
        return ("name", *tokens(sender.name))
    return ("id", piece.student_id) if piece.student_id else ("file", piece.found.origin)


def _keys(
    people: Sequence[tuple[str, ...]], pieces: Sequence[Piece], known: Mapping[str, str]
) -> dict[tuple[str, ...], str]:
    keys: dict[tuple[str, ...], str] = {}
    order = sorted(
        zip(people, pieces, strict=True), key=lambda pair: (pair[1].found.origin not in known, pair[1].found.origin)
    )
    for person, piece in order:
        if person in keys:
            continue
        kind, *what = person
        own = what[0] if kind in ("roster", "id") else piece.student_id if piece.sender.style == "plain" else ""
        wished = own or piece.sender.name or piece.sender.lms or piece.student_id
        base = slug(wished or piece.found.parts[-1].rsplit(".", 1)[0])
        before = known.get(piece.found.origin)
        if before and re.fullmatch(rf"{re.escape(base)}(-\d+)?", before) and before not in keys.values():
            keys[person] = before
            continue
        number, taken = 1, set(keys.values())
        while (key := base if number == 1 else f"{base}-{number}") in taken:
            number += 1
        keys[person] = key
    return keys


def _entry(key: str, group: Sequence[tuple[Piece, Match]], roster: Roster) -> Entry:
    ordered = sorted(group, key=lambda pair: pair[0].newest)
    piece, match = ordered[-1]
    aside = tuple(other for other, _ in ordered[:-1])
    student, sender = match.student, piece.sender
    notes = [*piece.notes, *_about_id(piece, student, roster)]
    if roster and not student:
        near = f"; the nearest name is {match.near}" if match.near else ""
        notes.append(Note(LOOK, f"nobody on the roster is called {sender.name or piece.student_id or 'so'}{near}"))
    if match.by == "id":
        named = f"the file names {sender.name}" if sender.name else "the file names nobody"
        notes.append(Note(LOOK, f"found on the roster by the id in the notebook alone; {named}"))
    if sender.late:
        notes.append(Note("repaired", "the learning platform says that it came late"))
    others = [other for other in aside if other.found.content != piece.found.content]
    if others:
        names = ", ".join(other.found.origin for other in others)
        notes.append(Note("repaired", f"{len(others) + 1} attempts; counted: {piece.found.origin}; set aside: {names}"))
    if student:
        own_id = piece.student_id if student.known_as(piece.student_id) else same_id(student.id)
        lms = student.lms or sender.lms
        return Entry(key, own_id, student.name, piece, student.email, lms, student.id, tuple(notes), aside)
    name = sender.name or piece.student_id or key
    return Entry(key, piece.student_id, name, piece, lms=sender.lms, notes=tuple(notes), aside=aside)


def _about_id(piece: Piece, student: Student | None, roster: Roster) -> Iterable[Note]:
    given = piece.student_id
    if (student and student.known_as(given)) or not piece.readable:
        return
    if not piece.worked:
        yield Note(LOOK, "nothing was filled in; is it the right file?")
    elif not given:
        yield Note(LOOK, "no id in the notebook, so these are answers to the example")
    elif student:
        owner = roster.owner(given)
        whose = f"is that of {owner.name}" if owner else "is on nobody's row of the roster"
        yield Note(LOOK, f"the id in the notebook, {given!r}, {whose}; marked with {student.id!r}")


def _with_doubles(found: Iterable[Entry]) -> list[Entry]:
    """Add notes to submissions that share an id or are the same file."""
    listed = list(found)
    ids, files = defaultdict(list), defaultdict(list)
    for entry in listed:
        ids[entry.assignment, entry.piece.student_id].append(entry)
        files[hashlib.sha256(entry.piece.found.content).digest()].append(entry)
    noted = []
    for entry in listed:
        notes = list(entry.notes)
        same = [other.name for other in ids[entry.assignment, entry.piece.student_id] if other is not entry]
        if same and entry.piece.student_id:
            notes.append(
                Note(LOOK, f"the id in the notebook, {entry.piece.student_id!r}, stands also in that of {_and(same)}")
            )
        twins = [
            other.name for other in files[hashlib.sha256(entry.piece.found.content).digest()] if other is not entry
        ]
        if twins and entry.piece.worked:
            notes.append(Note(LOOK, f"exactly the same file as that of {_and(twins)}"))
        noted.append(replace(entry, notes=tuple(notes)))
    return noted


def _and(names: Sequence[str]) -> str:
    return ", ".join(names[:5]) + (f" and {len(names) - 5} others" if len(names) > 5 else "")


def slug(text: str) -> str:
    """Return a name for a folder: small letters without accents, digits and hyphens, never a path.

    >>> slug("../Núñez, Ana")
    'nunez-ana'
    """
    plain = "-".join(tokens(text))[:60].strip("-")
    safe = "".join(sign if sign.isascii() else f"{ord(sign):x}" for sign in plain)[:60]
    return safe or f"student-{hashlib.sha256(text.encode('utf-8', 'replace')).hexdigest()[:8]}"
