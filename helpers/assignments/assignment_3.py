"""Assignment 3, audit an article: six statements of a news report against the record, with evidence and a figure."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import lru_cache
from hashlib import sha256
from math import log2
from typing import Any

import pandas as pd

from helpers.answers import Fitting, as_text
from helpers.chronicle import Chronicle
from helpers.claims import independence, weighed
from helpers.tasks import Slip, Task

VERDICTS = ("confirmed", "refined", "contradicted", "unverified")
MIX = {"confirmed": 2, "refined": 2, "contradicted": 1, "unverified": 1}
SIZE = sum(MIX.values())
MOST_KEYS = 4  # claims that may be named for one statement: to name them all is no evidence
FIGURES = 4  # other claims that must count the same, for a statement to be the one with a figure
PICKS = 120  # sets of six tried for each figure and day
EVENTS = 3  # events that the six statements are about, at least
DIFFICULTY = (15.0, 19.0)

# What the hint on a verdict points to, by what the statement is about.
LOOK_AT = {
    "killed": "Did anybody give another number of the dead, and did the number change?",
    "wounded": "Did anybody give another number of the wounded, and did the number change?",
    "rockets-landed": "Do the others count the same rockets: those fired, or those that hit?",
    "tbi": "Follow the number over the weeks. Do the words still fit?",
    "distance": "Bring all the distances into one unit first.",
    "attack-count": "Count the origins of this number, and ask whether the others count the same thing.",
    "time": "From whom is the clock time, and by which clock is it told?",
    "date": "By which clock is the day told, and does anybody have another one?",
    "responsible": "Is the sentence about who did it, or about who says so? And does somebody deny it?",
    "denied-responsibility": "Is the sentence about who did it, or about who says so?",
    "targets-hit": "Does everybody say the same of the places, and who besides the first speaker could know?",
    "location": "Do others have the same place, for the same person or thing?",
    "identity": "Do others give the same office, unit or name, and is theirs more exact?",
    "binding": "Is the word of the article the word of the others?",
    "position": "What do others say was in the text?",
    "wording": "Are these the words as they were said, all of them, and with the right speaker?",
    "intent": "Who besides the article says what was meant, and who says something else?",
    "evidence": "Could others see or hear it, or is there one witness only?",
}
STILL = "Is it said by others too, is it more exact elsewhere, is it said otherwise, or does nobody else say it?"

# Claims of one family speak of the same thing.
FAMILIES = (
    {"killed", "death-toll"},
    {"wounded", "tbi"},
    {"rockets-fired", "rockets-landed"},
    {"responsible", "denied-responsibility", "evidence", "intent"},
    {"location", "targets-hit"},
    {"date", "time"},
    {"binding", "position", "content"},
)

Evidence = dict[int, list[str]]

_KEY = re.compile(r"[^\W_]+(-[^\W_]+)+").fullmatch


def choices(chronicle: Chronicle) -> list[dict[str, Any]]:
    """Return all variants: six statements, one of them with a figure, and a day of knowledge.

    In each, two statements are confirmed, two refined, one is contradicted and one unverified. Each has claims on other
    pages that bear on it; no two are about the same thing; together they are about three events or more. As known on
    the day, the figures lie less far apart than today.
    """
    audit, bearing = _audit(chronicle), _bearing(chronicle)
    told = _told(chronicle, audit)
    pools = {name: [n for n in audit.index[audit["verdict"] == name] if n in told and bearing[n]] for name in MIX}
    about = {n: (audit.at[n, "event_id"], audit.at[n, "field"]) for n in audit.index}
    found: dict[tuple[Any, ...], dict[str, Any]] = {}
    for place, (number, days) in enumerate(_figures(chronicle, audit).items()):
        for turn in range(PICKS):
            six = _six(pools, str(audit.at[number, "verdict"]), number, place * PICKS + turn)
            if len({about[n] for n in six}) == SIZE and len({about[n][0] for n in six}) >= EVENTS:
                day = days[turn % len(days)]
                settings = {"statements": sorted(six), "number": number, "known_on": day}
                if DIFFICULTY[0] <= _measure(bearing, settings) <= DIFFICULTY[1]:
                    found[(*sorted(six), day)] = settings
    return list(found.values())


def in_words(chronicle: Chronicle, settings: Mapping[str, Any]) -> str:
    """Say what a variant asks about."""
    numbers = ", ".join(str(number) for number in settings["statements"])
    day = pd.Timestamp(settings["known_on"])
    return (
        f"Your statements are {numbers}. Your statement with a figure is {settings['number']}. "
        f"Your day of knowledge is {day.day} {day:%B %Y}."
    )


def difficulty(chronicle: Chronicle, settings: Mapping[str, Any]) -> float:
    """Return how much there is to read, in doublings: the sum over the six statements of log2 of the claims that bear.

    One is added to each count, so that a statement with a single claim counts 1. The mix of verdicts is the same in all
    variants. Twice as many claims on one statement add about 1.
    """
    return _measure(_bearing(chronicle), settings)


def six_statements(chronicle: Chronicle, settings: Mapping[str, Any]) -> pd.DataFrame:
    """Return the statements of a variant with their speaker, their event and what they are about; no verdicts.

    Examples
    --------
    >>> from helpers.chronicle import load
    >>> six_statements(load(), {"statements": [34, 42]})["field"].to_list()
    ['distance', 'wounded']
    """
    columns = ["claim", "claimant", "event_id", "field", "counted"]
    return _audit(chronicle).loc[list(settings["statements"]), columns]


def other_pages(chronicle: Chronicle, number: int) -> pd.DataFrame:
    """Return the claims that count the same as a statement of the article, from all pages but the article itself.

    Examples
    --------
    >>> from helpers.chronicle import load
    >>> len(other_pages(load(), 34))
    6
    """
    return weighed(chronicle, _others(chronicle, _own(chronicle, number)))


def tasks(chronicle: Chronicle, settings: Mapping[str, Any]) -> dict[str, Task]:
    """Return the questions of a variant that a machine can check."""
    number, known_on = settings["number"], settings["known_on"]

    before = str((pd.Timestamp(known_on) - pd.Timedelta(days=1)).date())

    def all_known(c: Chronicle, *, article: bool = False, groups: bool = False) -> pd.DataFrame:
        return _pages(c, number, None, article=article, groups=groups)

    def then(c: Chronicle, day: str = known_on, *, article: bool = False, groups: bool = False) -> pd.DataFrame:
        return _pages(c, number, day, article=article, groups=groups)

    return {
        "3.1": _verdicts(chronicle, settings),
        "3.2": _evidence(chronicle, settings),
        "3.3": _task(
            chronicle,
            right=lambda c: independence(all_known(c)).origins,
            slips=(
                Slip(lambda c: len(all_known(c)), "These are the reports. How many origins do they go back to?"),
                Slip(
                    lambda c: independence(all_known(c, article=True)).origins,
                    "One origin too many: the article does not count as a check of itself.",
                ),
                Slip(lambda c: independence(all_known(c)).claimants, "These are the speakers. Ask for the origins."),
                Slip(
                    lambda c: len(all_known(c, article=True)),
                    "You counted reports, and the article among them. Leave it out, and count origins.",
                ),
                Slip(
                    lambda c: independence(then(c)).origins,
                    "These are the origins known on your day. Here the whole record counts.",
                ),
            ),
            otherwise="Take the claims that count the same from the other pages, and give them to `independence`. It tells "
            "reports and origins apart.",
            praise="An origin is where a text was first published. Copies add pages, not witnesses.",
            unit="origins",
        ),
        "3.4": _task(
            chronicle,
            right=lambda c: _range(all_known(c)),
            slips=(
                Slip(lambda c: _turned(_range(all_known(c))), "The two are the wrong way round."),
                Slip(
                    lambda c: _range(then(c)), "This is the range as known on your day. Here the whole record counts."
                ),
                Slip(
                    lambda c: _range(all_known(c)[all_known(c)["stands"]]),
                    "You left out claims that were replaced or denied later. Here all of them count.",
                ),
                Slip(
                    lambda c: _range(all_known(c, article=True)),
                    "The article's own figure is among these. Take the other pages only.",
                ),
                Slip(
                    lambda c: _range(all_known(c, groups=True)),
                    "You mixed numbers that count different things. Keep the rows with the same `counted`.",
                ),
                Slip(
                    lambda c: {"lowest": all_known(c)["low"].min(), "highest": all_known(c)["low"].max()},
                    "For the highest, look at the column `high` as well: somebody gave a range, or an upper end.",
                ),
            ),
            otherwise="Take the claims that count the same from the other pages. The lowest number is the smallest `low`, the "
            'highest the largest of `low` and `high`. Answer with a dict that has the labels "lowest" and "highest".',
            praise="Between these two lies what anybody said. Which of them to believe is another question.",
        ),
        "3.5": _task(
            chronicle,
            right=lambda c: _range(then(c)),
            slips=(
                Slip(lambda c: _turned(_range(then(c))), "These two stand the wrong way round."),
                Slip(
                    lambda c: _range(all_known(c)),
                    "This is what the whole record says today. Use `as_of` your day first.",
                ),
                Slip(
                    lambda c: _range(then(c, before)),
                    "This is the view of one day earlier. Your day itself belongs to it.",
                ),
                Slip(
                    lambda c: _range(then(c, article=True)),
                    "The article's own number is among these. Leave it out.",
                ),
                Slip(
                    lambda c: _range(then(c, groups=True)),
                    "Here numbers that count different things are mixed. Keep one value of `counted`.",
                ),
            ),
            otherwise="Do the same as in the question before, but with the record seen by `as_of` your day.",
            praise="A report can be judged by what its writer could know that evening, and by nothing later.",
        ),
    }


def verdicts_of(answer: Any) -> dict[int, str]:
    """Return the verdict for each statement of an answer in any form; what can't be read is left out.

    Examples
    --------
    >>> verdicts_of(pd.Series({34: "Refined ", 42: "..."}))
    {34: 'refined', 42: '...'}
    """
    return {number: as_text(value) or "" for number, value in _pairs(answer)}


def evidence_of(answer: Any) -> dict[int, set[str]]:
    """Return the keys for each statement of an answer in any form.

    A column (a Series) is read by its values; by its labels only if no value is a key of anything. A table is read by
    the labels of its rows.

    Examples
    --------
    >>> found = evidence_of({34: "c-0925, c-0926", "42": ["C-0875"], 7: pd.Series(["25 dead"], index=["c-0001"])})
    >>> {number: sorted(keys) for number, keys in found.items()}
    {34: ['c-0925', 'c-0926'], 42: ['c-0875'], 7: ['c-0001']}
    """
    found: dict[int, set[str]] = {}
    for number, value in _pairs(answer):
        found.setdefault(number, set()).update(_keys(value))
    return found


def _pairs(answer: Any) -> Iterator[tuple[int, Any]]:
    if isinstance(answer, pd.DataFrame):
        if answer.shape[1] not in (1, 2):
            return
        labels = answer.index if answer.shape[1] == 1 else answer.iloc[:, 0]
        pairs: Iterable[Any] = zip(labels, answer.iloc[:, -1], strict=True)
    elif isinstance(answer, Mapping | pd.Series):
        pairs = answer.items()
    elif isinstance(answer, list | tuple):
        pairs = [pair for pair in answer if isinstance(pair, list | tuple) and len(pair) == 2]
    else:
        return
    for label, value in pairs:
        digits = re.fullmatch(r"\D{0,12}(\d{1,3})(\.0)?", str(label).strip(), re.ASCII)
        if digits:
            yield int(digits[1]), value


def _keys(value: Any) -> set[str]:
    if isinstance(value, str):
        parts = (part.strip("[](){}'\"") for part in re.split(r"[,;\s]+", value))
        return {part.casefold() for part in parts if re.search(r"\w", part)}
    if isinstance(value, pd.Series):
        own = value.to_list()
        return _keys(own if any(isinstance(item, str) and _KEY(item.strip()) for item in own) else list(value.index))
    if isinstance(value, Mapping | pd.DataFrame):
        return _keys(list(value.index if isinstance(value, pd.DataFrame) else value))
    if isinstance(value, Iterable):
        items = list(value)
        if len(items) == 1 and isinstance(items[0], list | set | tuple | pd.Index) and items[0] is not value:
            items = list(items[0])
        return {key for item in items if isinstance(item, str) for key in _keys(item)}
    return set()


def _verdicts(chronicle: Chronicle, settings: Mapping[str, Any]) -> Task:
    audit = _audit(chronicle)
    six = list(settings["statements"])
    right = {n: str(audit.at[n, "verdict"]) for n in six}

    def off(answer: Any) -> list[int]:
        given = verdicts_of(answer)
        return [n for n in six if given.get(n) != right[n]] if set(given) <= set(six) else six

    def changed(count: int) -> dict[int, str]:
        return right | {n: VERDICTS[VERDICTS.index(right[n]) - 1] for n in six[:count]}

    def one(n: int) -> Slip:
        other = VERDICTS[VERDICTS.index(right[n]) - 1]
        look = LOOK_AT.get(str(audit.at[n, "field"]), STILL)
        hint = f"You are close: one verdict differs from the editors', on statement {n}. {look}"
        return Slip(lambda c: Fitting(lambda answer: off(answer) == [n], lambda: right | {n: other}), hint)

    def several(count: int, hint: str) -> Slip:
        return Slip(lambda c: Fitting(lambda answer: len(off(answer)) == count, lambda: changed(count)), hint)

    def dotted(answer: Any) -> bool:
        return any(not value.strip(" .…") for value in verdicts_of(answer).values())

    def alike(answer: Any) -> bool:
        given = verdicts_of(answer)
        return len(given) > 1 and len(set(given.values())) == 1

    return Task(
        right=lambda c: Fitting(lambda answer: not off(answer), lambda: right),
        slips=(
            *(one(n) for n in six),
            several(2, "Two verdicts differ from the editors'. Take the statements one at a time."),
            several(3, "Three verdicts agree with the editors' and three don't. Which of yours are guesses?"),
            Slip(
                lambda c: Fitting(dotted, lambda: dict.fromkeys(six, "...")),
                "There are still dots in it. Write a verdict in each place.",
            ),
            Slip(
                lambda c: Fitting(alike, lambda: dict.fromkeys(six, "confirmed")),
                "The same verdict for all six: it is not that simple. Look for later and for opposite claims.",
            ),
        ),
        otherwise="Answer with a dict: the number of each of your six statements, and one of the four words. If it is one, "
        "most of your verdicts differ from the editors': ask of each whether others say the same, more, or the opposite.",
        praise="The editors can be wrong as well. What counts more are your evidence and your reasons.",
    )


def _evidence(chronicle: Chronicle, settings: Mapping[str, Any]) -> Task:
    six = list(settings["statements"])
    bearing, audit = _bearing(chronicle), _audit(chronicle)
    claims = chronicle.claims
    own = set(claims.index[claims["source_id"].isin(_articles(chronicle))])
    model = {n: sorted(bearing[n])[:2] for n in six}
    keys_of = {"events": set(chronicle.events.index), "sources": set(chronicle.sources.index)}

    def off(answer: Any) -> list[int]:
        given = evidence_of(answer)
        return [n for n in six if not 0 < len(given.get(n, set())) <= MOST_KEYS or not given[n] <= bearing[n]]

    def stray(count: int) -> Evidence:
        # The claims on another statement of the six, whose event is another one.
        wrong = {n: next(m for m in six if audit.at[m, "event_id"] != audit.at[n, "event_id"]) for n in six[:count]}
        return {n: model[wrong.get(n, n)] for n in six}

    def all_keys(answer: Any) -> set[str]:
        return {key for keys in evidence_of(answer).values() for key in keys}

    def only_from(names: set[str]) -> Callable[[Any], bool]:
        return lambda answer: bool(all_keys(answer)) and all_keys(answer) <= names

    def one(n: int) -> Slip:
        elsewhere = next(m for m in six if audit.at[m, "event_id"] != audit.at[n, "event_id"])
        hint = (
            f"Five are in order, statement {n} is not yet. Its keys must be claims on its event, from other pages than the "
            f"article, that speak of the same thing; at most {MOST_KEYS} of them."
        )
        return Slip(lambda c: Fitting(lambda answer: off(answer) == [n], lambda: model | {n: model[elsewhere]}), hint)

    def several(count: int, hint: str) -> Slip:
        return Slip(lambda c: Fitting(lambda answer: len(off(answer)) == count, lambda: stray(count)), hint)

    def too_many(answer: Any) -> bool:
        return any(len(keys) > MOST_KEYS for keys in evidence_of(answer).values())

    return Task(
        right=lambda c: Fitting(lambda answer: not off(answer) and set(evidence_of(answer)) <= set(six), lambda: model),
        slips=(
            *(one(n) for n in six),
            Slip(
                lambda c: Fitting(only_from(own), lambda: {n: [audit.at[n, "claim_id"]] for n in six}),
                "These are the article's own claims. It can't be its own witness: take claims of other pages.",
            ),
            Slip(
                lambda c: Fitting(only_from(keys_of["events"]), lambda: {n: [audit.at[n, "event_id"]] for n in six}),
                "These are events. Name claims on them: their keys stand at the left of the table of claims.",
            ),
            Slip(
                lambda c: Fitting(
                    only_from(keys_of["sources"]), lambda: {n: audit.at[n, "source_ids"][:1] for n in six}
                ),
                "These are pages. Name the claims that stand on them.",
            ),
            several(2, "Four of the six are in order. Do the others speak of the same event and of the same thing?"),
            several(
                3, "Half of the six are in order. Check of the others what they are about: the column `field` helps."
            ),
            several(4, "Two of the six are in order. Choose the event first, then what is claimed, then other pages."),
            Slip(
                lambda c: Fitting(too_many, lambda: {n: sorted(claims.index[:9]) for n in six}),
                f"Too many keys for one statement. Choose the strongest, {MOST_KEYS} at most.",
            ),
        ),
        otherwise="Answer with a dict: the number of each statement, and a list of keys of claims, each in quotation marks. A "
        "claim bears on a statement if it is on the same event, says something on the same thing, and stands on another page.",
        praise="Keys show where to look. Whether the claims are strong is what your reasons are for.",
    )


def _task(
    chronicle: Chronicle,
    slips: tuple[Slip, ...],
    right: Callable[[Chronicle], Any],
    otherwise: str,
    praise: str,
    unit: str = "",
) -> Task:
    """Return a task without those slips whose value is right, or the value of an earlier slip, in this variant."""
    seen, kept = [right(chronicle)], []
    for slip in slips:
        value = slip.value(chronicle)
        if value != {} and value not in seen:
            seen.append(value)
            kept.append(slip)
    return Task(right, tuple(kept), otherwise, praise, unit=unit)


@lru_cache(maxsize=4)
def _audit(chronicle: Chronicle) -> pd.DataFrame:
    """Return the audit with what each statement is about: the field, and what is counted, of the article's own claim."""
    audit, claims = chronicle.article_audit, chronicle.claims
    own = claims.loc[audit["claim_id"], ["field", "counted"]].astype(object)
    return audit.assign(field=own["field"].to_numpy(), counted=own["counted"].to_numpy())


def _articles(chronicle: Chronicle) -> set[str]:
    claims = chronicle.whole.claims
    return set(claims.loc[chronicle.whole.article_audit["claim_id"], "source_id"])


@lru_cache(maxsize=4)
def _bearing(chronicle: Chronicle) -> dict[int, set[str]]:
    """Return, for each statement, the keys of the claims that bear on it.

    These are the claims on the same event, from other pages, that are of the same family of fields, or that stand on a
    page on which the editors' verdict rests.
    """
    audit, claims = _audit(chronicle), chronicle.claims
    theirs = claims[~claims["source_id"].isin(_articles(chronicle))]
    rows: dict[str, list[tuple[str, str, str]]] = {}
    for key, event, about, page in zip(
        theirs.index, theirs["event_id"], theirs["field"].astype(object), theirs["source_id"], strict=True
    ):
        rows.setdefault(event, []).append((key, about, page))
    found = {}
    for n, event, about, pages in zip(audit.index, audit["event_id"], audit["field"], audit["source_ids"], strict=True):
        family = next((names for names in FAMILIES if about in names), {about})
        found[int(n)] = {key for key, other, page in rows.get(event, []) if other in family or page in pages}
    return found


def _told(chronicle: Chronicle, audit: pd.DataFrame) -> set[int]:
    """Return the statements on whose very subject other pages speak as well."""
    claims = chronicle.claims
    theirs = claims[~claims["source_id"].isin(_articles(chronicle))]
    subjects = set(zip(theirs["event_id"], theirs["field"].astype(object), strict=True))
    about = zip(audit.index, audit["event_id"], audit["field"], strict=True)
    return {int(n) for n, event, subject in about if (event, subject) in subjects or subject == "intent"}


def _others(chronicle: Chronicle, own: pd.Series) -> pd.DataFrame:
    """Return the claims that count the same as the article's own one, from all other pages."""
    claims = _on(chronicle, own)
    return claims[(claims["counted"] == own["counted"]) & (claims["source_id"] != own["source_id"])]


def _on(chronicle: Chronicle, own: pd.Series) -> pd.DataFrame:
    claims = chronicle.claims
    claims = claims[claims["event_id"] == own["event_id"]]
    return claims[claims["field"] == own["field"]]


def _own(chronicle: Chronicle, number: int) -> pd.Series:
    return chronicle.whole.claims.loc[chronicle.whole.article_audit.at[number, "claim_id"]]


@lru_cache(maxsize=64)
def _pages(chronicle: Chronicle, number: int, day: str | None, *, article: bool, groups: bool) -> pd.DataFrame:
    """Return the claims on what a statement's figure says, weighed, as known on a day or, without one, in all.

    With ``article`` the article's own claim is among them, with ``groups`` those that count something else.
    """
    own = _own(chronicle, number)
    view = chronicle if day is None else chronicle.as_of(day)
    claims = _on(view, own)
    kept = pd.Series(True, index=claims.index)
    if not groups:
        kept &= claims["counted"] == own["counted"]
    if not article:
        kept &= claims["source_id"] != own["source_id"]
    return weighed(view, claims[kept])


def _range(claims: pd.DataFrame) -> dict[str, float]:
    low, high = claims["low"].fillna(claims["high"]), claims["high"].fillna(claims["low"])
    return {"lowest": float(low.min()), "highest": float(high.max())} if low.notna().any() else {}


def _turned(span: Mapping[str, float]) -> dict[str, float]:
    return {"lowest": span["highest"], "highest": span["lowest"]}


def _figures(chronicle: Chronicle, audit: pd.DataFrame) -> dict[int, list[str]]:
    """Return the statements with a figure that enough others give too, each with its days of knowledge.

    On such a day two claims or more were known, and their range was another one than it is today.
    """
    claims, found = chronicle.claims, {}
    for n, claim in audit["claim_id"].items():
        own = claims.loc[claim]
        if pd.isna(own["counted"]):
            continue
        others = _others(chronicle, own)
        if int((others["low"].notna() | others["high"].notna()).sum()) < FIGURES:
            continue
        whole = _range(others)
        days = []
        for day in sorted(others["reported_on_until"].dropna().unique()):
            known = others[others["reported_on_until"] <= day]
            if len(known) > 1 and _range(known) != whole and _range(known)["lowest"] != _range(known)["highest"]:
                days.append(str(pd.Timestamp(day).date()))
        if days and whole["lowest"] != whole["highest"]:
            found[int(n)] = days
    return found


def _six(pools: Mapping[str, list[int]], verdict: str, number: int, turn: int) -> list[int]:
    """Return six statements in the mix of verdicts, with a given one among them; each turn gives others."""
    six = [number]
    for name, count in MIX.items():
        drawn = sorted(set(pools[name]) - {number}, key=lambda n: sha256(f"{turn}:{n}".encode()).digest())
        six += drawn[: count - (name == verdict)]
    return six


def _measure(bearing: Mapping[int, set[str]], settings: Mapping[str, Any]) -> float:
    return sum(log2(1 + len(bearing[n])) for n in settings["statements"])
