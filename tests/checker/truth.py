"""Does the prose agree with the record? Every fact has a source, every number stands in what the source says.

A paragraph, list item or table row states a fact if it holds a number (in figures, or in words from two to twelve), a
date or month, or - outside questions and sentences about the lesson itself - the name of an actor or a place.

- Such a block links to an address of ``data/sources.csv``, or is marked ``<!-- not a fact -->``.
- Each of its numbers, dates and times occurs in a row of the record that one of the linked sources stands behind: a
  claim, a value of a series, a quotation, an event, a tie, an actor, a place, a term, a line of the audit, a room.
- ``<!-- not a fact: 3, 10 -->`` takes single numbers out. ``<!-- event: 2020-01-08-... -->`` adds all that the record
  holds on an event. ``<!-- computed: 73 = len(c.article_audit) -->`` proves a number by counting; `c` is the record.

The card (the first cell), headings, code, links to other notebooks and hidden comments are not looked at.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import pandas as pd

from helpers.chronicle import Chronicle
from helpers.lesson import links_in
from tests.checker.notebook import Block, Lesson, Problem, sentences, spoken

MONTHS = tuple(calendar.month_name)[1:]
WORDS = {
    word: number
    for number, word in enumerate(
        ["two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"], start=2
    )
}
SCALES = {"thousand": 1e3, "million": 1e6, "billion": 1e9}
_MONTH = "(?P<month>" + "|".join(MONTHS) + ")"
_DAY = r"\d{1,2}(?:st|nd|rd|th)?"
_DAY_MONTH = re.compile(
    rf"(?<![\w.,:])(?P<days>{_DAY}(?:(?:\s*[–,-]\s*|\s+(?:and|to|or)\s+){_DAY})*)\s+{_MONTH}\b(?:,?\s+(?P<year>\d{{4}})\b)?"
)
_MONTH_DAY = re.compile(rf"\b{_MONTH}\s+(?P<days>\d{{1,2}})(?!\d|[:,.]\d)\b(?:,\s*(?P<year>\d{{4}})\b)?")
_MONTH_YEAR = re.compile(rf"\b{_MONTH}\s+(?P<year>\d{{4}})\b")
_ISO = re.compile(r"(?<![\w-])(?P<year>\d{4})-(?P<month>\d{2})-(?P<days>\d{2})(?![\w-])")
_TIME = re.compile(r"(?<![\d:])([01]?\d|2[0-3]):([0-5]\d)(?![\d:])")
_AMOUNT = re.compile(
    r"(?<![A-Za-z\d_.,])(?<![A-Za-z][-‑])(\d{1,3}(?:,\d{3})+|\d+)(\.\d+)?(?![A-Za-z_\d]|[.,]\d|-[A-Za-z])"
    r"(?:\s+(thousand|million|billion)\b)?"
)
_SPELLED = re.compile(
    r"(?<![-‑])\b(" + "|".join(WORDS) + r")\b(?!-(?:third|quarter|fifth))(?:\s+(thousand|million|billion)\b)?", re.I
)
_NOT_A_FACT = re.compile(r"not a fact(?::\s*(.*))?$", re.DOTALL)
_ABOUT_US = re.compile(
    r"\b(you|your|yours|yourself|we|our|us|let|this (lesson|series|notebook|page|figure|map|chart|table|question|step)"
    r"|next (lesson|step)|(the|each) (lesson|figure|map|chart|table|timeline|record|column|row|cell|code|slider)s?)\b",
    re.IGNORECASE,
)

Date = tuple[int | None, int, int | None]  # day, month, year


@dataclass
class Numbers:
    """What can be counted and dated in a text."""

    dates: set[Date] = field(default_factory=set)
    years: set[int] = field(default_factory=set)
    times: set[str] = field(default_factory=set)
    amounts: dict[float, str] = field(default_factory=dict)

    def update(self, other: Numbers) -> None:
        self.dates |= other.dates
        self.years |= other.years
        self.times |= other.times
        self.amounts |= other.amounts

    def __bool__(self) -> bool:
        return bool(self.dates or self.years or self.times or self.amounts)


def numbers_in(text: str, names: Iterable[str] = ()) -> Numbers:
    """Find the numbers, dates and clock times of a text; ``names`` with digits in them are passed over."""
    found = Numbers()
    for name in names:
        text = text.replace(name, " ")

    def dated(match: re.Match[str]) -> str:
        groups = match.groupdict()
        month = int(groups["month"]) if groups["month"].isdigit() else MONTHS.index(groups["month"]) + 1
        year = int(groups["year"]) if groups.get("year") else None
        days = re.findall(r"\d+", groups.get("days") or "") or [None]
        found.dates.update((int(day) if day else None, month, year) for day in days)
        return " "

    for pattern in (_ISO, _DAY_MONTH, _MONTH_YEAR, _MONTH_DAY):
        text = pattern.sub(dated, text)

    def timed(match: re.Match[str]) -> str:
        found.times.add(f"{int(match[1]):02d}:{match[2]}")
        return " "

    text = _TIME.sub(timed, text)
    for match in _AMOUNT.finditer(text):
        plain = match[1].replace(",", "") + (match[2] or "")
        if match[3] is None and re.fullmatch(r"(1[89]|20)\d\d", match[1]) and not match[2]:
            found.years.add(int(plain))
        else:
            value = round(float(plain) * SCALES.get(match[3] or "", 1), 6)
            found.amounts[value] = match[0]
    for match in _SPELLED.finditer(text):
        value = WORDS[match[1].lower()] * SCALES.get((match[2] or "").lower(), 1)
        found.amounts[float(value)] = match[0]
    return found


class Evidence:
    """What the record holds, by source and by event."""

    def __init__(self, chronicle: Chronicle) -> None:
        self.chronicle = chronicle
        self._of_source: dict[str, Numbers] = {}
        self._of_event: dict[str, Numbers] = {}

    @cached_property
    def addresses(self) -> dict[str, list[str]]:
        sources = self.chronicle.sources["url"].dropna()
        return {str(url): list(ids) for url, ids in sources.groupby(sources).groups.items()}

    @cached_property
    def names(self) -> list[str]:
        """The names of actors and places, the longest first."""
        c = self.chronicle
        columns = (c.actors["name"], c.actors["short_name"], c.places["name"])
        found = {str(name) for column in columns for name in column if len(str(name)) > 1}
        return sorted((name for name in found if name[0].isupper() or name[0].isdigit()), key=len, reverse=True)

    @cached_property
    def names_with_digits(self) -> list[str]:
        terms = {part.strip() for term in self.chronicle.glossary["term"] for part in re.split(r"[(),]", term)}
        return sorted((name for name in {*self.names, *terms} if re.search(r"\d", name)), key=len, reverse=True)

    @cached_property
    def name_pattern(self) -> re.Pattern[str]:
        return re.compile(r"(?<!\w)(" + "|".join(map(re.escape, self.names)) + r")(?!\w)")

    @cached_property
    def _rows(self) -> dict[str, list[tuple[str, dict[str, Any]]]]:
        """Source → the rows it stands behind, each with the name of its table."""
        rows: dict[str, list[tuple[str, dict[str, Any]]]] = {}
        for table in self.chronicle.package.tables:
            frame = getattr(self.chronicle, table)
            if table == "sources":
                for key, row in frame.iterrows():
                    rows.setdefault(str(key), []).append((table, row.drop("url").to_dict()))
                continue
            columns = [c for c in ("source_id", "source_ids", "outcome_source_ids") if c in frame]
            for row in frame.reset_index().to_dict("records") if columns else []:
                ids = {i for c in columns for i in ([row[c]] if isinstance(row[c], str) else row[c] or ()) if i == i}
                for source in ids:
                    rows.setdefault(source, []).append((table, row))
        return rows

    def of_source(self, source_id: str) -> Numbers:
        if source_id not in self._of_source:
            found = Numbers()
            for table, row in self._rows.get(source_id, []):
                found.update(self._of_row(row))
                about = row.get("event_id")
                if table not in ("events", "rooms") and isinstance(about, str):
                    event = self.chronicle.events.loc[about]
                    found.update(self._of_row(event.drop("summary").to_dict()))
            self._of_source[source_id] = found
        return self._of_source[source_id]

    def of_event(self, event_id: str) -> Numbers:
        if event_id not in self._of_event:
            c = self.chronicle
            found = self._of_row(c.event(event_id).to_dict())
            for table in ("claims", "quotes"):
                frame = getattr(c, table)
                for row in frame[frame["event_id"] == event_id].to_dict("records"):
                    found.update(self._of_row(row))
            self._of_event[event_id] = found
        return self._of_event[event_id]

    def _of_row(self, row: dict[str, Any]) -> Numbers:
        found = Numbers()
        for column, value in row.items():
            if column.endswith("_id") or column in (
                "claim_no",
                "paragraph",
                "day_order",
                "importance",
                "lat",
                "lon",
                "order",
            ):
                continue
            if isinstance(value, pd.Timestamp):
                if value is not pd.NaT:
                    found.dates.add((value.day, value.month, value.year))
            elif isinstance(value, float) or (hasattr(value, "dtype") and value.dtype.kind in "fi"):
                if value == value:
                    found.amounts[round(float(value), 6)] = f"{value:g}"
            elif isinstance(value, str):
                found.update(numbers_in(value, self.names_with_digits))
        return found


@dataclass(frozen=True)
class Notice:
    """What the comments of a block say."""

    exempt: bool
    numbers: Numbers
    computed: Numbers
    events: tuple[str, ...]
    faults: tuple[str, ...]


def truth_problems(lesson: Lesson, evidence: Evidence) -> list[Problem]:
    """List the facts without a source, the unknown addresses and the numbers that the record doesn't bear out."""
    problems = []
    for block in lesson.blocks:
        card = block.cell is lesson.cells[0]
        addresses = [target for target in links_in(block.text) if re.match(r"(https?:)?//", target)]
        unknown = [address for address in addresses if address not in evidence.addresses]
        problems += [
            lesson.problem(block.cell, "address", f"not in data/sources.csv: {address}") for address in unknown
        ]
        if not card and block.kind != "heading":
            faults = _block_faults(block, [a for a in addresses if a in evidence.addresses], bool(addresses), evidence)
            problems += [lesson.problem(block.cell, rule, f"{text} In: {_start(block)}") for rule, text in faults]
    return problems


def states_fact(text: str, evidence: Evidence) -> bool:
    """Tell whether spoken text states a fact that needs a source."""
    if numbers_in(text, evidence.names_with_digits):
        return True
    for sentence in sentences(text):
        if sentence.rstrip('"”’)').endswith("?") or _ABOUT_US.search(sentence):
            continue
        if evidence.name_pattern.search(sentence) or re.search(rf"\b(?!May\b){_MONTH}\b", sentence):
            return True
    return False


def markers(lesson: Lesson) -> dict[str, int]:
    """Count the comments that take something out of the check or add to it."""
    kinds = ("not a fact", "computed", "event")
    comments = [comment for block in lesson.blocks for comment in block.comments]
    return {kind: sum(comment.startswith(kind) for comment in comments) for kind in kinds}


def untold(lessons: Iterable[Lesson], evidence: Evidence) -> list[str]:
    """List the events of importance 1 that no block tells by linking to a source of theirs and naming their date."""
    told: set[str] = set()
    events = evidence.chronicle.events.query("importance == 1")
    for lesson in lessons:
        for block in lesson.blocks:
            notice = _notice(block, evidence)
            told.update(notice.events)
            linked = {i for target in links_in(block.text) for i in evidence.addresses.get(target, [])}
            if linked:
                dates = {date[:2] for date in numbers_in(spoken(block.text), evidence.names_with_digits).dates}
                for key, event in events.iterrows():
                    if linked & set(event["source_ids"]) and (event["date"].day, event["date"].month) in dates:
                        told.add(str(key))
    return [str(key) for key in events.index if key not in told]


def _block_faults(block: Block, known: list[str], linked: bool, evidence: Evidence) -> list[tuple[str, str]]:
    notice = _notice(block, evidence)
    faults = [("comment", fault) for fault in notice.faults]
    text = spoken(block.text)
    if notice.exempt or not states_fact(text, evidence):
        return faults
    wanted = _without(numbers_in(text, evidence.names_with_digits), notice.numbers)
    unproven = _without(wanted, notice.computed)
    if not linked and (unproven or not notice.computed):
        if not unproven and notice.numbers:
            return faults
        return [*faults, ("source", "states a fact and links to no source.")]
    allowed = Numbers()
    for address in known:
        for source in evidence.addresses[address]:
            allowed.update(evidence.of_source(source))
    for event in notice.events:
        allowed.update(evidence.of_event(event))
    return faults + [("number", fault) for fault in _unsupported(unproven, allowed)]


def _unsupported(wanted: Numbers, allowed: Numbers) -> list[str]:
    faults = []
    for date in sorted(wanted.dates, key=str):
        if not any(_fits(date, other) for other in allowed.dates):
            faults.append(f"the linked sources have no date {_say(date)}.")
    for year in sorted(wanted.years):
        if year not in allowed.years and year not in allowed.amounts and year not in {d[2] for d in allowed.dates}:
            faults.append(f"the linked sources have no year {year}.")
    for time in sorted(wanted.times - allowed.times):
        near = ", ".join(sorted(allowed.times)) or "none"
        faults.append(f"the linked sources have no time {time} (they have: {near}).")
    for value, shown in sorted(wanted.amounts.items()):
        if value not in allowed.amounts and value not in allowed.years:
            near = ", ".join(allowed.amounts[v] for v in sorted(allowed.amounts, key=lambda v: abs(v - value))[:8])
            faults.append(f"the linked sources have no number {shown} (nearest: {near or 'none'}).")
    return faults


def _fits(date: Date, other: Date) -> bool:
    return all(a is None or b is None or a == b for a, b in zip(date[1:], other[1:], strict=True)) and (
        date[0] is None or date[0] == other[0]
    )


def _without(numbers: Numbers, taken: Numbers) -> Numbers:
    return Numbers(
        {date for date in numbers.dates if not any(_fits(other, date) for other in taken.dates)},
        numbers.years - taken.years,
        numbers.times - taken.times,
        {value: shown for value, shown in numbers.amounts.items() if value not in taken.amounts},
    )


def _notice(block: Block, evidence: Evidence) -> Notice:
    exempt, numbers, computed, events, faults = False, Numbers(), Numbers(), [], []
    for comment in block.comments:
        if match := _NOT_A_FACT.match(comment):
            if match[1]:
                numbers.update(numbers_in(match[1].strip()))
            else:
                exempt = True
        elif comment.startswith("event:"):
            for key in re.split(r"[,\s]+", comment.removeprefix("event:").strip()):
                if key in evidence.chronicle.events.index:
                    events.append(key)
                else:
                    faults.append(f"the record has no event {key!r}.")
        elif comment.startswith("computed:"):
            for part in comment.removeprefix("computed:").split(";"):
                said, _, expression = part.partition("=")
                fault = _check_computed(said.strip(), expression.strip(), evidence.chronicle)
                faults += [fault] if fault else []
                computed.update(numbers_in(said.strip()))
    return Notice(exempt, numbers, computed, tuple(events), tuple(faults))


def _check_computed(said: str, expression: str, chronicle: Chronicle) -> str:
    names = {"c": chronicle, "pd": pd, "len": len, "sum": sum, "max": max, "min": min, "set": set, "round": round}
    try:
        value = float(eval(expression, {"__builtins__": {}}, names))  # the expressions stand in our own notebooks
        stated = float(said.replace(",", ""))
    except Exception as error:
        return f"can't compute {said!r} from {expression!r} ({type(error).__name__}: {error})."
    return "" if abs(value - stated) < 1e-9 else f"{said} is stated, and the record gives {value:g} for {expression}."


def _say(date: Date) -> str:
    return " ".join(str(part) for part in (date[0], MONTHS[date[1] - 1], date[2]) if part)


def _start(block: Block) -> str:
    text = spoken(block.text)
    return repr(text if len(text) <= 70 else text[:69] + "…")
