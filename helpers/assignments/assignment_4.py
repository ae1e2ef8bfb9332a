"""Assignment 4, code the escalation: levels for twelve events, agreement with two rules, the worst disagreement.

The scheme is that of lesson 08 in its second edition. The two "other coders" are no people: each is a rule that a computer
applies to the record, written out below, and each is blind to something. ``by_kind`` sees only what kind of event it was,
as a scale for kinds of acts does; ``by_harm`` sees only how many people were said to be killed or hurt.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Hashable, Iterable, Mapping
from hashlib import sha256
from math import log2
from typing import Any

import pandas as pd

from helpers.agreement import Scale, alpha, disagreements
from helpers.answers import Fitting, Trial, as_number, as_text, names_in
from helpers.assignments.functions import Function, Mistake
from helpers.assignments.parts import parts_of
from helpers.chronicle import Chronicle
from helpers.tasks import Slip, Task

Levels = dict[str, int | None]
Codes = Mapping[Any, int | None]
Own = Mapping[str, int | None]  # levels that somebody handed over
Numbers = tuple[float | None, ...]  # in the place of None any number will do

LEVELS = range(1, 6)
GAPS = 4  # events that may be left without a level
NEAR = 0.006  # how far an alpha may lie off: it is read to two places
VARIANTS = 150
DIFFICULTY = (35.0, 43.0)

CORE = (
    "2020-01-14-e3-dispute-mechanism",
    "2020-01-26-embassy-hit",
    "2020-02-29-kh-deadline",
    "2020-03-11-albukamal-strikes",
    "2020-03-13-us-strikes-iraq",
    "2020-03-17-al-qaim-handover",
)
"""What the whole class codes."""

CLEAR: dict[str, tuple[int, tuple[str, ...]]] = {
    "words": (
        1,
        (
            "2019-09-30-pm-blames-israel",
            "2019-12-30-iran-condemns-strikes",
            "2019-12-30-state-department-faults-baghdad",
            "2019-12-31-iran-denies-embassy-role",
            "2020-01-01-germany-condemns-embassy-attack",
            "2020-01-03-sistani-statement",
            "2020-03-13-unami-call",
            "2020-03-17-iraq-un-complaint",
        ),
    ),
    "threat": (
        2,
        (
            "2019-12-11-us-official-red-line",
            "2019-12-29-armed-groups-announce-answer",
            "2019-12-31-trump-threatens-iran",
            "2020-01-02-esper-preemptive-warning",
            "2020-01-05-nasrallah-speech",
            "2020-03-13-nujaba-statement",
            "2020-03-15-pompeo-abdulmahdi",
        ),
    ),
    "pressure": (
        2,
        (
            "2019-04-08-iran-designates-centcom",
            "2019-12-06-us-sanctions-khazali",
            "2020-01-30-aeoi-sanctions",
            "2020-02-26-hamidawi-designated",
            "2020-03-17-us-sanctions",
            "2020-03-26-us-sanctions-20",
        ),
    ),
    "show": (
        3,
        (
            "2019-05-05-us-carrier-announcement",
            "2019-10-11-us-forces-to-saudi-arabia",
            "2020-01-03-82nd-airborne-brigade",
            "2020-03-10-air-defences-moving",
            "2020-03-21-dual-carrier-exercise",
        ),
    ),
    "force": (
        4,
        (
            "2019-10-30-green-zone-rockets",
            "2019-12-05-balad-rockets",
            "2019-12-09-baghdad-airport-rockets",
            "2020-01-04-rockets-green-zone-balad",
            "2020-01-12-rockets-balad",
            "2020-01-20-green-zone-rockets",
            "2020-01-31-qayyarah-rockets",
            "2020-02-13-k1-rocket",
            "2020-02-16-union-iii-rockets",
            "2020-03-14-second-taji-attack",
            "2020-03-17-green-zone-rockets",
            "2020-03-26-green-zone-rockets",
        ),
    ),
}
"""Clear cases by rule, with the one level that the rules of the second edition allow: an editor's choice. They say nothing
on who did it, on luck or on harm that is in dispute. The attacks killed fewer than ten people, nobody of high office, and
no state openly fired."""

OPEN: dict[str, tuple[str, ...]] = {
    "grave": (
        "2019-06-13-gulf-of-oman-tankers",
        "2019-08-25-qaim-drone-strike",
        "2019-09-08-albukamal-strike",
        "2020-01-03-yemen-shahlai-strike",
        "2020-01-10-abu-kamal-air-strike",
        "2020-01-22-mojaddami-killed",
    ),
    "step-back": (
        "2020-01-05-coalition-pauses-fight",
        "2020-01-07-allied-troops-relocated",
        "2020-01-08-sadr-crisis-over",
        "2020-02-12-iraq-energy-waiver",
        "2020-03-20-coalition-posture",
        "2020-03-26-qayyarah-handover",
    ),
    "mixed": (
        "2020-01-03-sadr-mahdi-army-ready",
        "2020-01-04-kh-1000-metre-warning",
        "2020-01-23-hook-qaani-threat",
        "2020-01-30-patriot-request",
        "2020-02-09-normandy-interdiction",
        "2020-02-15-nujaba-countdown",
    ),
}
"""Cases that two careful people may well code in two ways; no level is marked as wrong."""

OWN = (("words",), ("threat", "pressure"), ("show",), ("force",), ("grave",), ("step-back", "mixed"))
"""What a student codes besides the events of the whole class: one event from each of these groups of sorts. Four of them
are clear cases, one for each level from 1 to 4, and two are open."""

KIND_LEVELS = {
    "sanction": 2,
    "legislation": 2,
    "troop-movement": 3,
    "naval": 3,
    "rocket-attack": 4,
    "airstrike": 4,
    "embassy-attack": 4,
    "missile-strike": 5,
    "targeted-killing": 5,
}
"""The rule *by kind*: the level of each kind of event; every other kind is 1. Its order is that of scales that know only the
kind of an act: words, pressure, a show, a use, and the gravest use of force."""

TRIALS: tuple[tuple[str, tuple[dict[Any, int | None], dict[Any, int | None]]], ...] = (
    ("a second coder who is higher", ({"a": 1, "b": 2, "c": 3}, {"a": 4, "b": 4, "c": 3})),
    ("a first coder who is higher", ({"a": 5, "b": 4, "c": 3}, {"a": 1, "b": 2, "c": 3})),
    ("levels that lie one step apart", ({"a": 3, "b": 5}, {"a": 4, "b": 4})),
    ("a single event", ({"a": 3}, {"a": 5})),
    ("a gap of the first coder", ({"a": None, "b": 1}, {"a": 5, "b": 5})),
    ("a gap of the second coder", ({"a": 5, "b": 1}, {"a": None, "b": 5})),
    ("a gap of both coders", ({"a": None, "b": 2}, {"a": None, "b": 5})),
    ("numbers as labels, and coders who agree", ({1: 2, 2: 4}, {1: 2, 2: 4})),
)
"""The made-up codings, besides the two rules, on which the check tries the function of question 4.6."""

ATTACKS = {"rocket-attack", "airstrike", "embassy-attack", "missile-strike", "targeted-killing"}


def by_kind(chronicle: Chronicle, events: Iterable[str]) -> dict[str, int]:
    """Return the levels that the rule *by kind* gives: it knows the kind of each event and nothing else.

    Examples
    --------
    >>> from helpers.chronicle import load
    >>> by_kind(load(), ["2020-01-26-embassy-hit", "2020-02-29-kh-deadline"])
    {'2020-01-26-embassy-hit': 4, '2020-02-29-kh-deadline': 1}
    """
    kinds = chronicle.events["kind"]
    return {event: KIND_LEVELS.get(str(kinds[event]), 1) for event in events}


def by_harm(chronicle: Chronicle, events: Iterable[str]) -> dict[str, int]:
    """Return the levels that the rule *by harm* gives: it knows how many people were said to be killed or wounded.

    It takes the largest number in any claim on the event. Ten killed or more are level 5, anybody killed or wounded
    is 4, an attack without such a number is 3, anything else is 1.

    Examples
    --------
    >>> from helpers.chronicle import load
    >>> by_harm(load(), ["2020-03-11-albukamal-strikes", "2020-02-29-kh-deadline"])
    {'2020-03-11-albukamal-strikes': 5, '2020-02-29-kh-deadline': 1}
    """
    claims, kinds = chronicle.claims, chronicle.events["kind"]
    most = claims["high"].fillna(claims["low"]).groupby([claims["event_id"], claims["field"].astype(str)]).max()
    found = {}
    for event in events:
        killed, wounded = (most.get((event, field), 0) for field in ("killed", "wounded"))
        attack = kinds[event] in ATTACKS
        found[event] = 5 if killed >= 10 else 4 if killed > 0 or wounded > 0 else 3 if attack else 1
    return found


def choices(chronicle: Chronicle) -> list[dict[str, Any]]:
    """Return all variants: six events of one's own and six of the whole class, in order of time.

    In each, four of the own events are clear cases, one for each level up to *use of force*; the others are open, as those
    of the whole class are. The two rules differ about as much in each variant.
    """
    events = chronicle.events
    order = events[["date", "day_order"]].apply(tuple, axis=1).to_dict()
    sorts = {name: cases for name, (_, cases) in CLEAR.items()} | OPEN
    known = [*CORE, *(event for cases in sorts.values() for event in cases)]
    kind, harm = by_kind(chronicle, known), by_harm(chronicle, known)
    counts = chronicle.claims["event_id"].value_counts().to_dict()
    found: dict[tuple[str, ...], dict[str, Any]] = {}
    turn = 0
    while len(found) < VARIANTS and turn < 20 * VARIANTS:
        own = [_drawn((event for name in group for event in sorts[name]), turn)[0] for group in OWN]
        twelve = tuple(sorted((*CORE, *own), key=order.__getitem__))
        size = _measure(twelve, kind, harm, counts)
        if DIFFICULTY[0] <= size <= DIFFICULTY[1]:
            found[twelve] = {"events": list(twelve), "core": list(CORE)}
        turn += 1
    return list(found.values())


def in_words(chronicle: Chronicle, settings: Mapping[str, Any]) -> str:
    """Say what a variant asks about."""
    events = settings["events"]
    shared = [str(place) for place, event in enumerate(events, start=1) if event in settings["core"]]
    return (
        f"You code {len(events)} events, numbered in order of time from 1 to {len(events)}. "
        f"Numbers {', '.join(shared[:-1])} and {shared[-1]} are coded by the whole class, the others are your own."
    )


def difficulty(chronicle: Chronicle, settings: Mapping[str, Any]) -> float:
    """Return how much there is to weigh: what is to be read, in doublings, and how far the two rules lie apart.

    It is the sum over the events of log2 of the claims (one added), and of the steps between the levels that the two rules
    give. Twice as many claims on one event, or one step more between the rules, add 1.
    """
    events = settings["events"]
    counts = chronicle.claims["event_id"].value_counts().to_dict()
    return _measure(events, by_kind(chronicle, events), by_harm(chronicle, events), counts)


def events_to_code(chronicle: Chronicle, settings: Mapping[str, Any]) -> pd.DataFrame:
    """Return the events to be coded, numbered from 1 in order of time, with their date, title and summary.

    Examples
    --------
    >>> from helpers.chronicle import load
    >>> chronicle = load()
    >>> len(events_to_code(chronicle, choices(chronicle)[0]))
    12
    """
    events = settings["events"]
    table = chronicle.events.loc[events, ["date", "title", "summary"]].reset_index()
    table["shared"] = ["class" if event in settings["core"] else "own" for event in events]
    return table.set_axis(pd.RangeIndex(1, len(events) + 1, name="event"))


def to_fill_in(chronicle: Chronicle, settings: Mapping[str, Any]) -> str:
    """Return the lines of a dict of levels, with every event of a variant and no level yet, for copying.

    Examples
    --------
    >>> from helpers.chronicle import load
    >>> chronicle = load()
    >>> to_fill_in(chronicle, choices(chronicle)[0]).splitlines()[0]
    'answer_4_1 = {'
    """
    lines = [f'    "{event}": None,  # {place}' for place, event in enumerate(settings["events"], 1)]
    return "\n".join(["answer_4_1 = {", *lines, "}"])


def levels_of(answer: Any, chronicle: Chronicle, settings: Mapping[str, Any]) -> dict[str, int | None]:
    """Return the level for each event of an answer in any form, by the key of the event; what can't be read is left out.

    The labels are the numbers of the events, or their keys or titles; a bare list is read in order of the events. No level
    is ``None``; anything that is no level, also ``...``, is left out.

    Examples
    --------
    >>> from helpers.chronicle import load
    >>> chronicle = load()
    >>> mine = choices(chronicle)[0]
    >>> list(levels_of({1: "4", 2: None, 3: "high"}, chronicle, mine).values())
    [4, None]
    """
    events = list(settings["events"])
    if isinstance(answer, pd.DataFrame):
        if answer.shape[1] not in (1, 2):
            return {}
        labels = answer.index if answer.shape[1] == 1 else answer.iloc[:, 0]
        pairs: Iterable[tuple[Any, Any]] = zip(labels, answer.iloc[:, -1], strict=True)
    elif isinstance(answer, Mapping | pd.Series):
        pairs = answer.items()
    elif isinstance(answer, list | tuple):
        paired = all(isinstance(pair, list | tuple) and len(pair) == 2 for pair in answer)
        pairs = answer if paired and answer else list(zip(events, answer, strict=False))
    else:
        return {}
    titles = names_in(chronicle)
    keys = {as_text(event): event for event in events}
    found: dict[str, int | None] = {}
    for label, level in pairs:
        event = _event(label, events, keys, titles)
        if event is not None and (given := _level(level)) is not ...:
            found[event] = given
    return found


def tasks(chronicle: Chronicle, settings: Mapping[str, Any]) -> dict[str, Task]:
    """Return the questions of a variant that a machine can check."""
    events = list(settings["events"])
    kind, harm = by_kind(chronicle, events), by_harm(chronicle, events)
    model = _model(kind)
    case = _Case(chronicle, settings, kind, harm, model)
    return {
        "4.1": _complete(case),
        "4.2": _clear(case),
        "4.3": _three(case),
        "4.4": _nearer(case),
        "4.5": _worst(case),
        "4.6": far_apart_function().checked(
            Trial((kind, harm), "the two rules and your events", "far_apart(kind, harm)"),
            TRIALS,
            otherwise="Go through the events with `for`. Where both coders gave a level, take the difference, with `abs`, and "
            "count it if it is 2 or more. `count = 0` stands in front of the loop and `return` behind it.",
            praise="Your function works on your events and on other codings, with and without gaps.",
        ),
    }


def far_apart(first: Codes, second: Codes) -> int:
    """Return the number of events on which two coders differ by two steps or more; a gap is no difference.

    Examples
    --------
    >>> far_apart({1: 5, 2: 3, 3: None, 4: 1}, {1: 3, 2: 4, 3: 5, 4: 5})
    2
    """
    return _counted(first, second, lambda a, b: abs(a - b) >= 2)


def far_apart_function() -> Function:
    """Return what is asked for in question 4.6, with its likely mistakes."""

    def counting(far: Callable[[int, int], bool]) -> Callable[[Codes, Codes], int]:
        return lambda first, second: _counted(first, second, far)

    def guarding(*places: int) -> Callable[[Codes, Codes], int]:
        """Return a function that looks for a gap only at the coders in some places, and fails on a gap of another."""

        def count(first: Any, second: Any) -> int:
            pairs = [(first[event], second[event]) for event in first]
            return sum(abs(a - b) >= 2 for a, b in pairs if None not in [(a, b)[place] for place in places])

        return count

    def gap_is_zero(first: Codes, second: Codes) -> int:
        return far_apart(*({event: level or 0 for event, level in codes.items()} for codes in (first, second)))

    def gap_is_far(first: Codes, second: Codes) -> int:
        return far_apart(first, second) + sum(None in (first[event], second[event]) for event in first)

    def up_to_gap(first: Codes, second: Codes) -> int:
        places = [place for place, event in enumerate(first) if None in (first[event], second[event])]
        return far_apart(_only(first, list(first)[: min(places, default=None)]), second)

    def at_place(place: int) -> Callable[[Codes, Codes], int]:
        return lambda first, second: far_apart(_only(first, [list(first)[place]]), second)

    return Function(
        "far_apart",
        far_apart,
        (
            Mistake(
                "On codings without gaps your function is right. Where a coder gave None it ends with an error: `if` can leave "
                "such an event out.",
                (guarding(),),
            ),
            Mistake(
                "Your function looks for None at one of the coders only. Either of them can have given it.",
                (guarding(0), guarding(1)),
            ),
            Mistake(
                "Your function takes None for a level or for a difference. An event to which a coder gave None does not count.",
                (gap_is_zero, gap_is_far),
            ),
            Mistake(
                "Your function stops at the first event to which a coder gave None. Leave out that event, and go on.",
                (up_to_gap,),
            ),
            Mistake(
                "Your function counts every difference. Only two steps or more count.",
                (counting(lambda a, b: a != b),),
            ),
            Mistake(
                "Your function wants more than two steps. Two are enough: look at the sign in the condition.",
                (counting(lambda a, b: abs(a - b) > 2),),
            ),
            Mistake(
                "Your function counts just two steps. Three or four count as well.",
                (counting(lambda a, b: abs(a - b) == 2),),
            ),
            Mistake(
                "Your function counts only events on which the first coder is higher. `abs` takes the sign away.",
                (counting(lambda a, b: a - b >= 2),),
            ),
            Mistake(
                "Your function counts only those events on which the second coder is higher. `abs` takes the sign away.",
                (counting(lambda a, b: b - a >= 2),),
            ),
            Mistake(
                "Your function stops too early: at the first event, or at the first that it counts. `return` stands behind "
                "the loop, not inside it.",
                (at_place(0), lambda first, second: min(far_apart(first, second), 1)),
            ),
            Mistake(
                "Your function begins to count anew at each event. `count = 0` stands in front of the loop.",
                (at_place(-1),),
            ),
            Mistake(
                "Your function counts every event that has two levels. Is there an `if` for the difference?",
                (counting(lambda a, b: True),),
            ),
        ),
    )


def _counted(first: Codes, second: Codes, far: Callable[[int, int], bool]) -> int:
    pairs = [(level, second.get(event)) for event, level in first.items()]
    return sum(far(a, b) for a, b in pairs if a is not None and b is not None)


class _Case:
    """What the tasks of one variant share: the levels of the two rules, and how an answer is read."""

    def __init__(
        self,
        chronicle: Chronicle,
        settings: Mapping[str, Any],
        kind: dict[str, int],
        harm: dict[str, int],
        model: dict[str, int | None],
    ) -> None:
        self.chronicle, self.settings = chronicle, settings
        self.kind, self.harm, self.model = kind, harm, model
        self.events = list(settings["events"])
        self.clear = {event: level for level, cases in CLEAR.values() for event in cases if event in kind}
        # Levels to make examples of: with some of them each mistake leads to something of its own, in all variants.
        self.readings: tuple[Own, ...] = (
            model,
            kind,
            harm,
            {event: 6 - level for event, level in kind.items()},
            {event: 3 if event in settings["core"] else 6 - level for event, level in kind.items()},
        )

    def levels(self, answer: Any) -> dict[str, int | None]:
        return levels_of(answer, self.chronicle, self.settings)

    def complete(self, answer: Any) -> bool:
        levels = self.levels(answer)
        given = [level for level in levels.values() if level is not None]
        return len(levels) == len(self.events) and len(levels) - len(given) <= GAPS and len(set(given)) > 1

    def lacks_levels(self, answer: Any) -> bool:
        """Tell whether an answer that needs all levels beside what was found with them does not have them."""
        return not self.complete(self.told(answer, "levels"))

    def told(self, answer: Any, name: str) -> Any:
        """Return one part of an answer that holds the levels and what was found with them."""
        return parts_of(answer).get(name)


def _complete(case: _Case) -> Task:
    model = case.model

    def unread(answer: Any) -> bool:
        return not case.levels(answer)

    def missing(answer: Any) -> bool:
        return len(case.levels(answer)) < len(case.events)

    def gaps(answer: Any) -> bool:
        return sum(level is None for level in case.levels(answer).values()) > GAPS

    def alike(answer: Any) -> bool:
        return len({level for level in case.levels(answer).values() if level is not None}) < 2

    def off_scale(answer: Any) -> bool:
        values = answer.values() if isinstance(answer, Mapping) else answer if isinstance(answer, list | tuple) else []
        numbers = [as_number(value) for value in values]
        words = any(isinstance(value, str) and _level(value) is ... for value in values)
        return words or any(number is not None and number not in LEVELS for number in numbers)

    return Task(
        right=lambda c: Fitting(case.complete, lambda: model),
        slips=(
            Slip(
                lambda c: Fitting(off_scale, lambda: model | {case.events[0]: 7}),
                "A level is a whole number from 1 to 5, or None. One of yours is neither.",
            ),
            Slip(
                lambda c: Fitting(unread, lambda: "1 to 5"),
                "Answer with a dict: the key of each event, a colon, its level.",
            ),
            Slip(
                lambda c: Fitting(missing, lambda: dict(list(model.items())[:7])),
                f"Some of the {len(case.events)} events have neither a level nor None yet.",
            ),
            Slip(
                lambda c: Fitting(gaps, lambda: dict.fromkeys(model)),
                f"Too many events are left without a level: {GAPS} at most. Take the highest level whose rule fits.",
            ),
            Slip(
                lambda c: Fitting(alike, lambda: dict.fromkeys(model, 3)),
                "All your levels are the same. The events differ: read the rules once more.",
            ),
        ),
        otherwise=f"Give each of the {len(case.events)} events a level from 1 to 5, or None where no rule fits.",
        praise="All events have their code. Whether the levels are well chosen is for you to defend.",
    )


def _clear(case: _Case) -> Task:
    def breaks(answer: Any) -> list[tuple[int, int | None]]:
        levels = case.levels(answer)
        return [(level, levels.get(event)) for event, level in case.clear.items() if levels.get(event) != level]

    def single(condition: Callable[[int, int | None], bool]) -> Callable[[Any], bool]:
        return lambda answer: case.complete(answer) and len(breaks(answer)) == 1 and condition(*breaks(answer)[0])

    def changed(right: int, given: int | None) -> Callable[[], Levels]:
        event = next(event for event, level in case.clear.items() if level == right)
        return lambda: case.model | {event: given}

    def several(count: int) -> Callable[[], Levels]:
        wrong = {event: level % 5 + 1 for event, level in list(case.clear.items())[:count]}
        return lambda: case.model | wrong

    slips = (
        (
            single(lambda right, given: given is None),
            changed(2, None),
            "One event has no level, though a rule fits it without a doubt.",
        ),
        (
            single(lambda right, given: right < 3 <= (given or 0)),
            changed(1, 4),
            "One event has a level above 2, but in it nothing moved and nothing was attacked. Which rule did you use there?",
        ),
        (
            single(lambda right, given: right == 2 and given == 1),
            changed(2, 1),
            "One event has the level of mere words, but more was announced or imposed. Take the highest rule that fits.",
        ),
        (
            single(lambda right, given: right == 1 and given == 2),
            changed(1, 2),
            "One event has the level of a threat or of pressure, but in it somebody only blames, complains or asks.",
        ),
        (
            single(lambda right, given: right == 3),
            changed(3, 4),
            "One event in which troops or weapons moved has another level than the third rule of the second edition gives.",
        ),
        (
            single(lambda right, given: right == 4 and given == 5),
            changed(4, 5),
            "One attack stands on the top level, but it fulfils none of the three conditions for grave force.",
        ),
        (
            single(lambda right, given: right == 4),
            changed(4, 2),
            "One attack stands below the level for the use of force. Code the act, not its luck: harm is no condition.",
        ),
        (
            lambda answer: case.complete(answer) and len(breaks(answer)) == 2,
            several(2),
            "Two of the clear cases break a rule. Take the five levels one at a time, from the top down.",
        ),
        (
            lambda answer: case.complete(answer) and len(breaks(answer)) == 3,
            several(3),
            "Three of the clear cases break a rule. Read the second edition again, with your list beside it.",
        ),
        (
            lambda answer: not case.complete(answer),
            lambda: {1: 4},
            "Answer 4.1 first: this question looks at the same levels.",
        ),
    )
    return Task(
        right=lambda c: Fitting(lambda answer: case.complete(answer) and not breaks(answer), lambda: case.model),
        slips=tuple(_fitting_slip(*slip) for slip in slips),
        otherwise="Most of the clear cases break a rule. For each event ask from the top down: which is the highest level "
        "whose rule fits?",
        praise="No clear case breaks a rule. The others are open: there your reasons count.",
    )


def _three(case: _Case) -> Task:
    def table(levels: Own) -> dict[str, Own]:
        return {"kind": case.kind, "harm": case.harm, "you": levels}

    return _on_own_levels(
        case,
        ("alpha",),
        right=lambda levels: (alpha(table(levels)),),
        slips=(
            (
                lambda levels: (alpha({"kind": case.kind, "harm": case.harm}),),
                "This is the agreement of the two rules with each other. Your own column is missing.",
            ),
            (
                lambda levels: (alpha({"kind": case.kind, "you": levels}),),
                "This is you and the rule by kind. Take all three.",
            ),
            (
                lambda levels: (alpha({"harm": case.harm, "you": levels}),),
                "This is you and the rule by harm. All three count.",
            ),
            (
                lambda levels: (
                    alpha({name: _only(codes, case.settings["core"]) for name, codes in table(levels).items()}),
                ),
                "These are the events of the whole class alone. Take all your events.",
            ),
            (
                lambda levels: (alpha(table(levels), "nominal"),),
                "This takes the levels as mere names. They have an order.",
            ),
            (
                lambda levels: (alpha(table(levels), "interval"),),
                "This takes all steps as equally large. Use the ordinal scale.",
            ),
        ),
        without_levels='Your levels of 4.1, all of them, belong to the answer, under the label "levels".',
        otherwise="Make a table of three columns, the two rules and your own levels, and let `agreement` measure it. Hand over "
        'the same levels, and its number `.alpha`: a dict with the labels "levels" and "alpha".',
        praise="Never quote it without its interval: with so few events it is wide.",
    )


def _nearer(case: _Case) -> Task:
    def pair(levels: Own, scale: Scale = "ordinal") -> tuple[float, float]:
        return alpha({"kind": case.kind, "you": levels}, scale), alpha({"harm": case.harm, "you": levels}, scale)

    return _on_own_levels(
        case,
        ("kind", "harm"),
        right=pair,
        slips=(
            (
                lambda levels: pair(levels)[::-1],
                "The two are exchanged: which of the rules did you put into which table?",
            ),
            (
                lambda levels: pair(levels, "nominal"),
                "Both take the levels as mere names. The scale here is ordinal.",
            ),
            (
                lambda levels: (pair(levels)[0], None),
                "The number for the rule by kind is in order, the other one is not yet.",
            ),
            (
                lambda levels: (None, pair(levels)[1]),
                "The number for the rule by harm is in order, the other is not.",
            ),
        ),
        without_levels='Hand over your complete levels of 4.1 as well, under the label "levels".',
        otherwise="Two tables of two columns each: you and one rule. Let `agreement` measure both, take the number `.alpha` of "
        'each, and hand over a dict with the labels "levels", "kind" and "harm".',
        praise="Whoever agrees more with one rule reads the scheme a little as that rule does.",
    )


def _worst(case: _Case) -> Task:
    def shares(levels: Own) -> pd.Series:
        return disagreements({"kind": case.kind, "harm": case.harm, "you": levels})["share"].dropna()

    def worst(shared: pd.Series) -> set[str]:
        return set(shared.index[shared >= shared.max() - 1e-9])

    def top(levels: Own) -> set[str]:
        return worst(shares(levels))

    def bottom(levels: Own) -> set[str]:
        return worst(-shares(levels))

    def without_you(levels: Own) -> set[str]:
        return worst(disagreements({"kind": case.kind, "harm": case.harm})["share"].dropna())

    def of_class(levels: Own) -> set[str]:
        found = shares(levels)
        return worst(found[found.index.isin(case.settings["core"])])

    titles, keys = names_in(case.chronicle), {as_text(event): event for event in case.events}

    def named(answer: Any) -> str | None:
        return _event(_one(case.told(answer, "event")), case.events, keys, titles)

    def naming(found: Callable[[Own], set[str]], *earlier: Callable[[Own], set[str]]) -> Fitting:
        """Return what holds of answers that name an event that is found, with an example that nothing earlier fits."""

        def holds(answer: Any) -> bool:
            own = case.told(answer, "levels")
            return case.complete(own) and named(answer) in found(case.levels(own))

        def example() -> dict[str, Any]:
            for levels in case.readings:
                events = found(levels).difference(*(other(levels) for other in earlier))
                if events:
                    break
            return {"event": case.events.index(min(events, default=case.events[0])) + 1, "levels": levels}

        return Fitting(holds, example)

    return Task(
        right=lambda c: naming(top),
        slips=(
            Slip(
                lambda c: naming(bottom, top),
                "Here the three agree best. The worst stands at the top of the table.",
            ),
            Slip(
                lambda c: naming(without_you, top, bottom),
                "Here the two rules differ most from each other. Your own column belongs to it.",
            ),
            Slip(
                lambda c: naming(of_class, top, bottom, without_you),
                "This is the worst of those that the whole class codes. Take all your events.",
            ),
            Slip(
                lambda c: Fitting(case.lacks_levels, lambda: {"levels": ..., "event": 1}),
                'Your complete levels of 4.1 belong to the answer, under the label "levels".',
            ),
            Slip(
                lambda c: Fitting(lambda answer: named(answer) is None, lambda: {"levels": case.model, "event": 99}),
                'Name one event under the label "event": by its number in your list, or by its key.',
            ),
        ),
        otherwise="`disagreements` sorts the events of a table of three columns: the two rules, and you. Give the one at the "
        'top, with your levels: a dict with the labels "levels" and "event".',
        praise="A disagreement is a gift: it shows where a rule is unclear.",
    )


def _on_own_levels(
    case: _Case,
    names: tuple[str, ...],
    right: Callable[[Own], Numbers],
    slips: tuple[tuple[Callable[[Own], Numbers], str], ...],
    *,
    without_levels: str,
    otherwise: str,
    praise: str,
) -> Task:
    """Return a task whose right numbers follow from the levels that are handed over with them."""
    wanted = (right, *(found for found, _ in slips))

    def fitting(place: int) -> Fitting:
        """Return what holds of answers with the numbers of one place, with an example that nothing earlier fits."""
        found = wanted[place]

        def holds(answer: Any) -> bool:
            own = case.told(answer, "levels")
            given = [as_number(case.told(answer, name)) for name in names]
            return case.complete(own) and _all_near(given, found(case.levels(own)))

        def example() -> dict[str, Any]:
            for levels in case.readings:
                numbers = [9.0 if number is None else number for number in found(levels)]
                others = [other(levels) for other in wanted[:place]]
                if math.isfinite(sum(numbers)) and not any(_all_near(numbers, other) for other in others):
                    break
            return {**dict(zip(names, numbers, strict=True)), "levels": levels}

        return Fitting(holds, example)

    def slip(place: int, hint: str) -> Slip:
        return Slip(lambda c: fitting(place), hint)

    whole = Fitting(case.lacks_levels, lambda: {"levels": ..., **dict.fromkeys(names, 0.5)})
    return Task(
        lambda c: fitting(0),
        (*(slip(place, hint) for place, (_, hint) in enumerate(slips, 1)), Slip(_constant(whole), without_levels)),
        otherwise,
        praise,
    )


def _model(kind: Mapping[str, int]) -> dict[str, int | None]:
    """Return one coder's levels, as an example: the clear cases by their rule, the open ones by a reading of our own."""
    clear: dict[str, int | None] = {event: level for level, cases in CLEAR.values() for event in cases}
    own: dict[str, int | None] = {
        **dict.fromkeys(OPEN["grave"], 4),
        **dict.fromkeys(OPEN["mixed"], 2),
        "2019-09-08-albukamal-strike": 5,
        "2020-02-09-normandy-interdiction": 3,
        "2020-01-05-coalition-pauses-fight": None,
        "2020-01-14-e3-dispute-mechanism": 2,
        "2020-01-26-embassy-hit": 4,
        "2020-02-29-kh-deadline": 2,
        "2020-03-11-albukamal-strikes": 5,
        "2020-03-13-us-strikes-iraq": 5,
    }
    return {event: clear.get(event, own.get(event)) for event in kind}


def _all_near(given: Iterable[float | None], wanted: Numbers) -> bool:
    return all(other is None or _near(one, other) for one, other in zip(given, wanted, strict=True))


def _near(one: float | None, other: float) -> bool:
    return one is not None and math.isfinite(one) and math.isfinite(other) and abs(one - other) <= NEAR


def _only(codes: Mapping[str, int | None], events: Iterable[str]) -> dict[str, int | None]:
    return {event: codes.get(event) for event in events}


def _one(answer: Any) -> Any:
    if isinstance(answer, pd.Series | pd.Index | list | tuple | set) and len(answer) == 1:
        return next(iter(answer))
    return answer


def _event(label: Any, events: list[str], keys: Mapping[Any, str], titles: Mapping[str, str]) -> str | None:
    """Return the key of the event that a label stands for: its number, key or title."""
    number = as_number(label)
    if number is not None:
        return events[int(number) - 1] if number in range(1, len(events) + 1) else None
    text = as_text(label) or ""
    return keys.get(titles.get(text, text))


def _level(value: Any) -> Any:
    """Return a level, None for no level, or ``...`` for something that is neither."""
    if value is None or value is pd.NA or value is pd.NaT or (isinstance(value, float) and math.isnan(value)):
        return None
    if isinstance(value, str) and re.fullmatch(r"\s*(none|nan|no level|-)\s*", value, re.IGNORECASE):
        return None
    number = as_number(value)
    return int(number) if number is not None and number in LEVELS else ...


def _drawn(cases: Iterable[str], turn: int) -> list[str]:
    return sorted(cases, key=lambda event: sha256(f"{turn}:{event}".encode()).digest())


def _measure(
    events: Iterable[str], kind: Mapping[str, int], harm: Mapping[str, int], counts: Mapping[Hashable, int]
) -> float:
    return sum(log2(1 + counts.get(event, 0)) + abs(kind[event] - harm[event]) for event in events)


def _fitting_slip(condition: Callable[[Any], bool], example: Callable[[], Any], hint: str) -> Slip:
    return Slip(_constant(Fitting(condition, example)), hint)


def _constant(value: Any) -> Callable[[Chronicle], Any]:
    return lambda chronicle: value
