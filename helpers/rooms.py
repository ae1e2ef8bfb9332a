"""Decision rooms: a decision-maker's situation on one day, the options discussed, and what was done.

The data are the tables `rooms` and `room_options`. :func:`open_room` holds nothing that was not known on the room's
day; what came afterwards is only in :func:`outcome_card`, which needs the whole record.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from html import escape
from string import ascii_uppercase
from typing import Any

import pandas as pd

from helpers.cards import STYLE, event_card, source_list
from helpers.chronicle import Chronicle, check

COLUMNS = STYLE.replace(
    "</style>",
    ".record-columns{display:flex;flex-wrap:wrap;gap:0 2rem}.record-columns>*{flex:1 1 20rem;min-width:0}"
    ".record-words{white-space:pre-wrap;border-left:3px solid var(--jp-border-color1,#bdbdbd);padding-left:.8em}"
    "</style>",
)


@dataclass(frozen=True, slots=True)
class Option:
    """One thing that could be done: a letter to call it by, what it is, and the pages on it that were out by then."""

    option_id: str
    letter: str
    label: str
    description: str
    source_ids: tuple[str, ...]
    later_pages: int


@dataclass(frozen=True, slots=True)
class Room:
    """A room as it was on its day. ``known`` is the record as of that day; nothing later can be reached from it."""

    room_id: str
    title: str
    decider: str
    as_of: pd.Timestamp
    event_id: str
    question: str
    situation: str
    prediction: str
    source_ids: tuple[str, ...]
    options: tuple[Option, ...]
    known: Chronicle


@dataclass(frozen=True, slots=True)
class Answer:
    """What somebody answered in a room: the option, the reasons, the probability of a yes in percent."""

    choice: str
    reasons: str
    probability: float
    after_reveal: bool = False
    saved: dt.datetime | None = None

    def to_note(self) -> dict[str, Any]:
        """Return what is kept in the student's notes."""
        kept = asdict(self)
        del kept["saved"]
        return kept

    @classmethod
    def from_note(cls, value: Any, saved: dt.datetime | None = None) -> Answer | None:
        """Read a kept answer; None if it is none, as in a file changed by hand.

        >>> Answer.from_note({"choice": "wait", "reasons": "", "probability": 140}) is None
        True
        """
        try:
            probability = float(value["probability"])
            answer = cls(str(value["choice"]), str(value["reasons"]), probability, bool(value["after_reveal"]), saved)
        except (KeyError, TypeError, ValueError):
            return None
        return answer if 0 <= probability <= 100 else None


def decision_rooms(chronicle: Chronicle) -> pd.DataFrame:
    """List the decision rooms of a record, without a word on what was done.

    Parameters
    ----------
    chronicle
        The record.

    Returns
    -------
    pandas.DataFrame
        One row a room, by day; the index is the room's id. Columns: title, who decides, known until (the last day whose
        reports are known in the room), question, options (how many).

    Examples
    --------
    >>> from helpers import load
    >>> len(decision_rooms(load())) >= 6
    True
    """
    rooms = chronicle.rooms.sort_values(["as_of"], kind="stable")
    names, counts = chronicle.actors["name"], chronicle.room_options["room_id"].value_counts()
    return pd.DataFrame(
        {
            "title": rooms["title"],
            "who decides": rooms["actor_id"].map(names),
            "known until": rooms["as_of"],
            "question": rooms["question"],
            "options": counts.reindex(rooms.index).fillna(0).astype(int),
        }
    )


def open_room(chronicle: Chronicle, room: str) -> Room:
    """Open a room as it was on its day.

    Parameters
    ----------
    chronicle
        The whole record.
    room
        The room's id, or its day (``"2020-01-07"``).

    Raises
    ------
    ValueError
        If there is no such room (the nearest one is named) or several on that day (they are all named).

    Examples
    --------
    >>> from helpers import load
    >>> open_room(load(), "2019-12-28").decider
    'Donald Trump'
    """
    room_id = _find(chronicle, room)
    day: Any = chronicle.rooms.loc[room_id, "as_of"]
    known = chronicle.as_of(day)
    row: Any = known.rooms.loc[room_id]
    actors = chronicle.actors["name"]  # the decider has a name even if nothing known that day refers to the decider
    rows = known.room_options[known.room_options["room_id"] == room_id]
    full = chronicle.room_options["source_ids"].map(len)
    # By the alphabet, so that the order says nothing about what was done.
    options = tuple(
        Option(key, letter, one.label, one.description, one.source_ids, int(full[key]) - len(one.source_ids))
        for letter, one, key in _lettered(rows.sort_values("label"))
    )
    return Room(
        room_id=room_id,
        title=row["title"],
        decider=str(actors[row["actor_id"]]),
        as_of=day,
        event_id=row["event_id"],
        question=row["question"],
        situation=row["situation"],
        prediction=row["prediction"],
        source_ids=row["source_ids"],
        options=options,
        known=known,
    )


def situation_card(room: Room) -> str:
    """Return the situation of a room as HTML: the question, what was known, its sources."""
    return (
        f'{STYLE}<article class="record-card"><h3 class="record-title">{escape(room.title)}</h3>'
        f"<p><strong>You decide for: {escape(room.decider)}.</strong> It is the evening of {_day(room.as_of)}. "
        "You know what had been published by then, and nothing that came later.</p>"
        f"<h4>What is to be decided</h4><p>{escape(room.question)}</p>"
        f"<h4>The situation</h4><p>{escape(room.situation)}</p>"
        f"<details><summary>Sources of the situation: {len(room.source_ids)}</summary>"
        f"{source_list(room.known, room.source_ids)}</details></article>"
    )


def options_card(room: Room) -> str:
    """Return the options of a room as HTML: what each would mean, and where it was discussed by that day."""
    items = []
    for option in room.options:
        pages = source_list(room.known, option.source_ids) if option.source_ids else ""
        later = ""
        if option.later_pages:
            some = "One page" if option.later_pages == 1 else f"{option.later_pages} pages"
            later = f"<p>{some} on this option came out after this day; you will find them with the outcome.</p>"
        items.append(
            f"<h5>{option.letter}. {escape(option.label)}</h5><p>{escape(option.description)}</p>"
            f"<details><summary>Sources of {option.letter}</summary>{pages}{later}</details>"
        )
    late = any(option.later_pages and not option.source_ids for option in room.options)
    voiced_late = " Some of them are on record only in pages that came out after this evening." if late else ""
    return (
        f'{STYLE}<article class="record-card"><h4 class="record-title">The options</h4>'
        f"<p>They stand in the order of the alphabet.{voiced_late}</p>{''.join(items)}</article>"
    )


def outcome_card(chronicle: Chronicle, room_id: str, answers: Sequence[Answer]) -> str:
    """Return what was done and what came out later, beside somebody's own answer and its score, as HTML.

    Parameters
    ----------
    chronicle
        The whole record.
    room_id
        The room.
    answers
        All answers given in the room, the oldest first. The last one given before the reveal is scored.

    Raises
    ------
    ValueError
        If the record is seen as of a day, so that the outcome is not in it.
    """
    _whole(chronicle)
    rooms, options = chronicle.rooms, chronicle.room_options
    check("room", room_id, rooms.index)
    row: Any = rooms.loc[room_id]
    room = open_room(chronicle, room_id)
    happened = bool(row["prediction_outcome"])
    done = []
    for option in room.options:
        full: Any = options.loc[option.option_id]
        mark = "✔ done" if full["taken"] else "✘ not done"
        note = "" if not isinstance(full["note"], str) else f" {escape(full['note'])}"
        listed = source_list(chronicle, full["source_ids"])
        pages = f"<details><summary>Sources of {option.letter}</summary>{listed}</details>"
        done.append(f"<li><strong>{option.letter}. {escape(option.label)}: {mark}.</strong>{note}{pages}</li>")
    event = ""
    if isinstance(row["outcome_event_id"], str):
        card = event_card(chronicle, row["outcome_event_id"], level=5)
        event = f"<details><summary>The event in full</summary>{card}</details>"
    return (
        f'{COLUMNS}<article class="record-card"><h4 class="record-title">What happened</h4><div class="record-columns">'
        f"<section><h5>What was done</h5><p>{escape(row['outcome'])}</p>"
        f"<h5>What came out later</h5><p>{escape(row['later'])}</p></section>"
        f"<section>{_own_words(room, answers)}</section></div>"
        f"<h5>The prediction</h5><p>{escape(row['prediction'])} <strong>{'Yes' if happened else 'No'}.</strong></p>"
        f"{_score_words(answers, happened)}"
        f'<h5>The options once more</h5><ul style="list-style:none;padding-left:0">{"".join(done)}</ul>'
        f"<h5>Sources of the outcome</h5>{source_list(chronicle, row['outcome_source_ids'])}{event}</article>"
    )


def brier(probability: float, happened: bool) -> float:
    """Return the Brier score of one stated probability: its squared distance from what happened.

    0 is perfect, 1 is the worst; who always says 50 percent gets 0.25.

    Parameters
    ----------
    probability
        In percent, 0 to 100.
    happened
        Whether it came true.

    Raises
    ------
    ValueError
        If the probability is not from 0 to 100.

    Notes
    -----
    G. W. Brier (1950): Verification of forecasts expressed in terms of probability. Monthly Weather Review 78 (1), 1-3;
    here in the form for one yes-or-no question, which runs from 0 to 1.

    Examples
    --------
    >>> brier(70, True), brier(50, False)
    (0.09, 0.25)
    """
    if not 0 <= probability <= 100:
        raise ValueError(f"a probability in percent lies from 0 to 100; {probability!r} does not")
    return round((probability / 100 - happened) ** 2, 6)


def scored(answers: Sequence[Answer]) -> Answer | None:
    """Return the answer that counts: the last one given before the outcome was seen."""
    before = [answer for answer in answers if not answer.after_reveal]
    return before[-1] if before else None


def parse_probability(text: str) -> float | None:
    """Read a probability in percent as a person writes it; None if the field is empty.

    Raises
    ------
    ValueError
        If it is no number from 0 to 100. The message is meant for the person.

    Examples
    --------
    >>> parse_probability(" 70 % "), parse_probability("12,5"), parse_probability("")
    (70.0, 12.5, None)
    """
    shown = text.strip().removesuffix("%").strip().replace(",", ".")
    if not shown:
        return None
    if not re.fullmatch(r"\d{1,3}(\.\d{1,3})?", shown, re.ASCII) or float(shown) > 100:
        raise ValueError("Write the probability as a number from 0 (surely not) to 100 (surely).")
    return float(shown)


def _own_words(room: Room, answers: Sequence[Answer]) -> str:
    labels = {option.option_id: f"{option.letter}. {option.label}" for option in room.options}

    def told(answer: Answer) -> str:
        choice = labels.get(answer.choice, answer.choice)
        saved = "" if answer.saved is None else f" (saved {answer.saved:%Y-%m-%d %H:%M} UTC)"
        return (
            f"<p><strong>{escape(choice)}</strong>; {_percent(answer.probability)} for a yes{saved}</p>"
            f'<p class="record-words" dir="auto">{escape(answer.reasons)}</p>'
        )

    counted = scored(answers)
    if counted is None:
        return "<h5>What you said</h5><p>You gave no answer before you saw the outcome.</p>"
    parts = ["<h5>What you said</h5>", told(counted)]
    for title, some in (
        ("What you had said before", [a for a in answers if not a.after_reveal and a is not counted]),
        ("What you said after you had seen the outcome", [a for a in answers if a.after_reveal]),
    ):
        if some:
            parts += [f"<h5>{title}</h5>", *map(told, some)]
    return "".join(parts)


def _score_words(answers: Sequence[Answer], happened: bool) -> str:
    counted = scored(answers)
    if counted is None:
        return "<p>Without a probability stated before, there is nothing to score.</p>"
    score, share = brier(counted.probability, happened), counted.probability / 100
    verdict = "better than" if score < 0.25 else "the same as" if score == 0.25 else "worse than"
    return (
        f"<p>You said {_percent(counted.probability)}, and it {'happened' if happened else 'did not happen'}. Your "
        f"<strong>Brier score is {score:.2f}</strong>: the distance between {share:g} and {int(happened)}, squared. "
        f"0 is the best and 1 the worst score. Yours is {verdict} the 0.25 of somebody who always says 50 %. One score "
        "says little, because a good forecast can have bad luck: compare the mean of several rooms.</p>"
    )


def _find(chronicle: Chronicle, room: str) -> str:
    _whole(chronicle)
    rooms = chronicle.rooms
    if re.fullmatch(r"\d{4}-\d{2}-\d{2}", str(room)):
        found = [key for key in map(str, rooms.index) if key.startswith(room)]
        found = found or [str(key) for key in rooms.index[rooms["as_of"] == pd.Timestamp(room)]]
        if len(found) == 1:
            return str(found[0])
        if found:
            raise ValueError(f"there are several rooms on {room}; choose one of: {', '.join(found)}")
    check("room", room, rooms.index)
    return room


def _lettered(rows: pd.DataFrame) -> Iterator[tuple[str, Any, str]]:
    for letter, row in zip(ascii_uppercase, rows.itertuples(), strict=False):
        yield letter, row, str(row.Index)


def _whole(chronicle: Chronicle) -> None:
    if chronicle.known_on is not None:
        raise ValueError("a decision room needs the whole record, from load(); it goes back to its day by itself")


def _percent(value: float) -> str:
    return f"{value:g} %"


def _day(day: pd.Timestamp) -> str:
    return f"{day.day_name()} {day.day} {day.month_name()} {day.year}"
