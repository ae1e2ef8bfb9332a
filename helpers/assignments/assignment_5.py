"""Assignment 5, a two-page brief with two figures and its sources, for an office that must decide on a certain day."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from difflib import SequenceMatcher
from functools import cached_property
from itertools import combinations
from math import log2
from typing import Any

import numpy as np
import pandas as pd

from helpers.answers import Fitting, collections
from helpers.assignments.parts import parts_of
from helpers.chronicle import Chronicle
from helpers.tasks import Slip, Task

READERS: dict[str, tuple[str, str]] = {
    "iraq-prime-minister": (
        "the office of Iraq's prime minister",
        "whether foreign troops should go on as before, stay inside their bases, or leave",
    ),
    "european-ministry": (
        "the defence ministry of a European state with trainers in Iraq",
        "whether its trainers stay, move to another country for a time, or come home",
    ),
    "senate-staff": (
        "the staff of a committee of the US Senate",
        "whether to ask the president for a report, to ask for limits, or to ask for nothing now",
    ),
    "iran-foreign-ministry": (
        "the planning staff of Iran's foreign ministry",
        "whether to propose talks, to wait, or to speak only through others",
    ),
    "un-mission": (
        "the mission of the United Nations in Iraq",
        "whether to call all sides to one table, to speak to each alone, or to wait",
    ),
    "airline": (
        "the safety board of an airline",
        "whether to fly over Iraq and Iran, to fly around them, or to land in Baghdad by day only",
    ),
    "aid-organisation": (
        "an aid organisation with staff in Baghdad",
        "whether its staff go on working, stay indoors, or leave the city",
    ),
    "broadcaster": (
        "the news desk of a public broadcaster",
        "which open question to report on first, and how firmly to word it",
    ),
}
"""Who reads the brief, and what they must decide. No office is that of one person, and none is asked for a blow."""

DAYS = (
    "2020-01-01",
    "2020-01-02",
    "2020-01-04",
    "2020-01-06",
    "2020-01-09",
    "2020-01-12",
    "2020-01-15",
    "2020-01-24",
    "2020-01-31",
    "2020-02-14",
    "2020-03-12",
    "2020-03-14",
    "2020-03-16",
    "2020-03-19",
    "2020-03-21",
    "2020-03-27",
)
LENGTHS = (4, 5, 6, 7, 8, 10, 12, 14, 17, 20, 24, 28)
EVENTS = 24  # told by the day; the window is the shortest that holds so many
DIFFICULTY = (10.0, 12.5)

TEXT_WORDS = (25, 130)  # of a text alternative
BRIEF_WORDS = (350, 750)  # two pages, with two figures
SOURCES = 4
IN_WINDOW = 0.8  # share of a figure's rows: what lasted may have begun before
COPIED = 0.6  # likeness to the words that the helpers wrote

CAMPS: dict[str, frozenset[str]] = {
    "US-led": frozenset(
        {"us-government", "us-government-funded", "us-led-coalition", "uk-government", "european-government"}
    ),
    "Iran": frozenset({"iranian-state", "iran-aligned", "iran-based", "pmf-aligned", "hezbollah"}),
    "Iraq": frozenset({"iraqi-state", "kurdistan-region", "kurdish-party"}),
}
"""Which affiliations of a page stand close to which side; all others stand close to none."""

_MONTHS = "January|February|March|April|May|June|July|August|September|October|November|December"
_DATES = re.compile(
    rf"\d{{4}}-\d\d-\d\d|\d{{1,2}} (?:{_MONTHS})(?: \d{{4}})?|(?:{_MONTHS}) \d{{1,2}}(?:,? \d{{4}})?|20[12]\d"
)
_SPOKEN = dict(
    zip(
        ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"),
        range(1, 13),
        strict=True,
    )
)


def choices(chronicle: Chronicle) -> list[dict[str, Any]]:
    """Return all variants: a reader, a day of knowledge, and the window of days before it.

    The window is the shortest that holds as many events told by the day as any other, so that there is about as much to
    choose from.
    """
    sizes = _sizes(chronicle)
    found = []
    for reader in READERS:
        for day in DAYS:
            first = next((f for f in _firsts(day) if sizes(f, day)[0] >= EVENTS), None)
            if first is not None and DIFFICULTY[0] <= _measure(*sizes(first, day)) <= DIFFICULTY[1]:
                found.append({"reader": reader, "first": first, "day": day})
    return found


def in_words(chronicle: Chronicle, settings: Mapping[str, Any]) -> str:
    """Say what a variant asks about."""
    office, question = READERS[settings["reader"]]
    return (
        f"Your reader is {office}. It must decide {question}. "
        f"It is the evening of {_day(settings['day'])}: nothing that was published later may be used. "
        f"Your window runs from {_day(settings['first'])} to that day."
    )


def difficulty(chronicle: Chronicle, settings: Mapping[str, Any]) -> float:
    """Return how much there is to choose from, in doublings: log2 of the events told by the day plus log2 of their claims."""
    return _measure(*_sizes(chronicle)(settings["first"], settings["day"]))


def tasks(chronicle: Chronicle, settings: Mapping[str, Any]) -> dict[str, Task]:
    """Return the questions of a variant that a machine can check."""
    desk = _Desk(chronicle, settings)
    return {
        "5.1": _figure_task(desk, "timeline"),
        "5.2": _figure_task(desk, "map"),
        "5.3": _sources(desk),
        "5.4": _brief(desk),
    }


class Brief:
    """A brief that shows itself as a page: its text, then its figures with their text alternatives, then its sources.

    Parameters
    ----------
    text
        Markdown.
    figures
        For each figure a dict with the labels ``figure`` and ``text``.
    sources
        Keys of the record's sources.
    chronicle
        The record.

    Examples
    --------
    >>> from helpers.chronicle import load
    >>> print(Brief("# A brief", [], [], load()).markdown)
    # A brief
    """

    def __init__(self, text: Any, figures: Iterable[Any], sources: Any, chronicle: Chronicle) -> None:
        self._text, self._figures, self._sources, self._chronicle = text, list(figures), sources, chronicle

    @property
    def markdown(self) -> str:
        """The words of the brief: its text, the text alternatives and the list of sources."""
        parts = [self._text if isinstance(self._text, str) else ""]
        for number, answer in enumerate(self._figures, start=1):
            words = _words_of(answer)
            if words:
                parts.append(f"**Figure {number} in words.** {words}")
        rows = self._chronicle.sources
        keys = [key for key in _keys(self._sources) if key in rows.index]
        if keys:
            parts.append("**Sources**")
            parts.append("\n".join(f"- `{key}`: {rows.at[key, 'publisher']}, {rows.at[key, 'title']}" for key in keys))
        return "\n\n".join(part for part in parts if part)

    def _repr_markdown_(self) -> str:
        return self.markdown or "*The brief is still empty.*"

    def __repr__(self) -> str:
        return self._repr_markdown_()


def problem_of_figure(answer: Any, first: str, day: str) -> str:
    """Return what is not in order with a figure and its text alternative; empty if nothing is.

    It is one of ``figure``, ``title``, ``axis``, ``dates``, ``later``, ``window``, ``text``, ``short``, ``long``,
    ``copied``, ``number``: the first that is found, in this order.
    """
    figure = _figure_of(answer)
    if figure is None:
        return "figure"
    if not re.search(r"\w", re.sub("<[^>]+>", "", str(figure.layout.title.text or ""))):
        return "title"
    if _axes_without_title(figure):
        return "axis"
    table = _rows(figure)
    if table.empty:
        return "dates"
    days = [_days_in(row) for row in table.astype(object).to_numpy()]
    told = [row for row in days if row]
    if not told:
        return "dates"
    start, end = pd.Timestamp(first), pd.Timestamp(day)
    if any(min(row) > end for row in told):  # what was going on that day may have ended later
        return "later"
    inside = [any(start <= moment <= end for moment in row) for row in told]
    standing = "relation_id" in table.columns  # ties hold for years
    if not standing and sum(inside) < IN_WINDOW * len(days):
        return "window"
    return _problem_of_text(_words_of(answer), figure, table)


def words_in(text: Any) -> int:
    """Return the number of words of a text.

    Examples
    --------
    >>> words_in("Two rockets fell, **nobody** was hurt.")
    6
    """
    return len(re.findall(r"[^\W_]+(?:['’\-–][^\W_]+)*", text)) if isinstance(text, str) else 0


class _Desk:
    """What the tasks of one variant share: the settings, and the record as known on the day."""

    def __init__(self, chronicle: Chronicle, settings: Mapping[str, Any]) -> None:
        self.whole, self.settings = chronicle, settings
        self.first, self.day = str(settings["first"]), str(settings["day"])

    @cached_property
    def view(self) -> Chronicle:
        return self.whole.as_of(self.day).between(self.first, self.day)

    @cached_property
    def in_record(self) -> set[str]:
        return set(self.whole.sources.index)

    @cached_property
    def known(self) -> pd.Series:
        """The affiliation of each page known on the day, by its key."""
        return self.whole.as_of(self.day).sources["affiliation"].astype(str)

    @cached_property
    def claims(self) -> pd.DataFrame:
        return self.view.claims

    @cached_property
    def cited(self) -> set[str]:
        """The pages on which the events of the window and the claims on them stand."""
        events = {key for keys in self.view.events["source_ids"] for key in keys}
        return (events | set(self.claims["source_id"].dropna())) & set(self.known.index)

    def apart(self, keys: Iterable[str]) -> bool:
        """Tell whether two of the pages stand close to different sides, or differ on one question."""
        chosen = set(keys)
        camps = {name for name, kinds in CAMPS.items() if any(self.known.get(key) in kinds for key in chosen)}
        if len(camps) > 1:
            return True
        claims = self.claims[self.claims["source_id"].isin(chosen)]
        columns = ["event_id", "field", "counted", "source_id", "value"]
        rows = list(claims[columns].astype(object).fillna("").itertuples(index=False, name=None))
        return any(a[:3] == b[:3] and a[3] != b[3] and a[4] != b[4] for a, b in combinations(rows, 2))

    @cached_property
    def four(self) -> list[str]:
        """Four pages that fit, two of which stand apart, as an example."""
        cited = sorted(self.cited)
        first = {name: next((key for key in cited if self.known[key] in kinds), "") for name, kinds in CAMPS.items()}
        pair = tuple(key for key in first.values() if key)[:2]
        if len(pair) < 2:
            pair = next((two for two in combinations(cited, 2) if self.apart(two)), ("", ""))
        return [*pair, *(key for key in cited if key not in pair)][:SOURCES]

    def figure(self, form: str) -> Any:
        from helpers.figures.place_map import place_map
        from helpers.figures.timeline import timeline

        if form == "map":
            return place_map(self.view).update_layout(title_text="Where it happened")
        return timeline(self.view).update_layout(title_text="What happened")

    def answer(self, form: str, **changes: Any) -> dict[str, Any]:
        figure = self.figure(form)
        count = len(_rows(figure))
        text = (
            f"The figure has {count} rows. It shows when and where the events of the window happened and how thick they lie, "
            "for a reader who can't see it. Some stand alone, others fall on one day or at one place."
        )
        return {"figure": figure, "text": text, **changes}


def _figure_task(desk: _Desk, form: str) -> Task:
    def slip(problem: str, example: Callable[[], Any], hint: str) -> Slip:
        holds = Fitting(lambda answer: problem_of_figure(answer, desk.first, desk.day) == problem, example)
        return Slip(lambda c: holds, hint)

    def figure(**changes: Any) -> Callable[[], Any]:
        def changed() -> Any:
            answer = desk.answer(form)
            answer["figure"].update_layout(**changes)
            return answer

        return changed

    def made(chronicle: Chronicle) -> Any:
        from helpers.figures.timeline import timeline

        shown = timeline(chronicle).update_layout(title_text="What happened")
        return desk.answer(form, figure=shown)

    def long_ago() -> Any:
        return made(desk.whole.as_of(desk.day).between("2019-05-01", "2019-10-31"))

    def nothing() -> Any:
        return made(desk.view.only(kind="cyber").only(kind="rocket-attack"))

    def copied() -> Any:
        answer = desk.answer(form)
        return answer | {"text": " ".join(answer["figure"].layout.meta["text"])[:600]}

    def without_axis() -> Any:
        from helpers.figures.claims_overview import disagreement

        return desk.answer(
            form, figure=disagreement(desk.view).update_layout(title_text="Where sources differ", xaxis_title="")
        )

    short, long_text = TEXT_WORDS
    slips = (
        slip(
            "figure",
            lambda: "my figure",
            'There is no figure in it yet. Hand over a dict with two labels: "figure" and "text".',
        ),
        slip(
            "title", figure(title_text=""), "The figure has no title. A reader who turns the page sees the title first."
        ),
        slip(
            "axis",
            without_axis,
            "An axis with numbers has no title: what do they count? `update_layout` takes xaxis_title and yaxis_title.",
        ),
        slip(
            "dates",
            nothing,
            "The rows behind this figure have no days, or there are none. Choose a figure of events or claims.",
        ),
        slip(
            "later",
            lambda: made(desk.whole.between(desk.first, "2020-12-31")),
            "The figure shows something from after your day. Make it from the record `as_of` your day.",
        ),
        slip("window", long_ago, "Too many rows lie outside your window. Use `between` with your first and last day."),
        slip(
            "text", lambda: desk.answer(form, text=""), "The figure is in order, but its text alternative is missing."
        ),
        slip(
            "short",
            lambda: desk.answer(form, text="12 events."),
            f"The text alternative is too short to stand for the figure: {short} words at least.",
        ),
        slip(
            "long",
            lambda: desk.answer(form, text="Many words. " * 100),
            f"The text alternative is too long to be listened to: {long_text} words at most.",
        ),
        slip("copied", copied, "These are the words of the helpers. Say in your own what your reader should see."),
        slip(
            "number",
            lambda: desk.answer(form, text="There is much to be seen here, on many days and at many places. " * 3),
            "The text names no number that stands in the table behind the figure. `as_table` shows it.",
        ),
    )
    fits = Fitting(lambda answer: not problem_of_figure(answer, desk.first, desk.day), lambda: desk.answer(form))
    return Task(
        right=lambda c: fits,
        slips=slips,
        otherwise='Hand over a dict with the labels "figure" and "text".',
        praise="A figure of your window, with words of your own. Whether it serves your reader, a person judges.",
    )


def _sources(desk: _Desk) -> Task:
    def slip(condition: Callable[[list[str]], bool], example: Callable[[], Any], hint: str) -> Slip:
        holds = Fitting(lambda answer: condition(_keys(answer)), example)
        return Slip(lambda c: holds, hint)

    def unknown(keys: list[str]) -> bool:
        return not set(keys) <= desk.in_record

    def later(keys: list[str]) -> bool:
        return not set(keys) <= set(desk.known.index)

    def few(keys: list[str]) -> bool:
        return len(set(keys)) < SOURCES

    def elsewhere(keys: list[str]) -> bool:
        return len(set(keys) & desk.cited) < SOURCES

    def alike() -> list[str]:
        independent = [key for key in sorted(desk.cited) if desk.known[key] == "independent"]
        claiming = set(desk.claims["source_id"])
        silent = [key for key in independent if key not in claiming]
        return (silent + [key for key in independent if key in claiming])[:SOURCES]

    def not_cited() -> list[str]:
        return sorted(set(desk.known.index) - desk.cited)[:SOURCES]

    def too_late() -> list[str]:
        return [*desk.four, min(desk.in_record - set(desk.known.index))]

    slips = (
        slip(
            unknown,
            lambda: [*desk.four, "c-0001"],
            "One of these is no key of a page in `sources`. Claims and events have a column that names their pages.",
        ),
        slip(later, too_late, "One of these pages was not known on your day: it came later, or its day is not known."),
        slip(few, lambda: desk.four[:2], f"Too few pages: {SOURCES} different ones at least."),
        slip(
            elsewhere,
            not_cited,
            f"Fewer than {SOURCES} of these pages report on an event of your window. Look where its events and claims come from.",
        ),
        slip(
            lambda keys: not desk.apart(keys),
            alike,
            "None of these pages stands on another side than the others, and none differs on a claim. Look at `affiliation`.",
        ),
    )
    right = Fitting(
        lambda answer: bool(_keys(answer)) and not any(wrong.value(desk.whole).holds(answer) for wrong in slips),
        lambda: desk.four,
    )
    return Task(
        right=lambda c: right,
        slips=slips,
        otherwise=f"Give a list of the keys of {SOURCES} pages or more, each in quotation marks.",
        praise="They were known on the day, they report on your window, and they don't all say the same.",
    )


def _brief(desk: _Desk) -> Task:
    least, most = BRIEF_WORDS

    def cited(text: str) -> int:
        return len(set(re.findall(r"[\w-]+", text)) & desk.cited)

    def names_figures(text: str) -> bool:
        return all(
            re.search(rf"\bfigures? {number}\b|\bfigures? 1 (?:and|or) {number}\b", text, re.IGNORECASE)
            for number in (1, 2)
        )

    def written(words: int, ending: str = "") -> str:
        return "## Brief\n\n" + "word " * (words - 1) + ending

    def ending() -> str:
        return " Figure 1 and Figure 2 show it: " + ", ".join(f"[{key}]" for key in desk.four)

    def slip(condition: Callable[[str], bool], example: Callable[[], Any], hint: str) -> Slip:
        holds = Fitting(lambda answer: condition(_text_of(answer)), example)
        return Slip(lambda c: holds, hint)

    slips = (
        slip(
            lambda text: not text,
            lambda: 500,
            "The brief is a text: put it between three quotation marks and three quotation marks.",
        ),
        slip(
            lambda text: words_in(text) < least // 2,
            lambda: written(40),
            f"This is only a beginning. A brief of two pages has {least} words or more.",
        ),
        slip(
            lambda text: words_in(text) < least,
            lambda: written(least - 50),
            f"Still too short: {least} words at least. Is there evidence against your claim in it?",
        ),
        slip(
            lambda text: words_in(text) > most,
            lambda: written(most + 100),
            f"Too long for two pages: {most} words at most. What would your reader skip?",
        ),
        slip(
            lambda text: not re.search(r"^#{1,4} \S", text, re.MULTILINE),
            lambda: "word " * least,
            "The brief has no heading. In Markdown a line with the sign # in front is one.",
        ),
        slip(
            lambda text: not names_figures(text),
            lambda: written(least + 20),
            'The text does not point to both figures. Write "Figure 1" and "Figure 2" where you speak of them.',
        ),
        slip(
            lambda text: cited(text) < SOURCES,
            lambda: written(least + 20, "Figure 1 and Figure 2 show it."),
            f"Fewer than {SOURCES} pages of your window are named in the text. Put their keys in [brackets] where you use them.",
        ),
    )
    fits = Fitting(
        lambda text: (
            isinstance(text, str)
            and least <= words_in(text) <= most
            and bool(re.search(r"^#{1,4} \S", text, re.MULTILINE))
            and names_figures(text)
            and cited(text) >= SOURCES
        ),
        lambda: written(least + 20, ending()),
    )
    return Task(
        right=lambda c: fits,
        slips=slips,
        otherwise="Write the brief as one text with headings.",
        praise="Length and form are in order. What it is worth to its reader, a person judges.",
    )


def _text_of(answer: Any) -> str:
    if isinstance(answer, list | tuple) and len(answer) == 1:
        answer = answer[0]
    return answer if isinstance(answer, str) else ""


def _problem_of_text(text: str, figure: Any, table: pd.DataFrame) -> str:
    words = words_in(text)
    if not words:
        return "text"
    if words < TEXT_WORDS[0]:
        return "short"
    if words > TEXT_WORDS[1]:
        return "long"
    if _likeness(text, " ".join(figure.layout.meta["text"])) > COPIED:
        return "copied"
    return "" if numbers_in(text) & _numbers_of(table) else "number"


def numbers_in(text: str) -> set[float]:
    """Return the numbers that a text names, in digits or as words up to twelve; dates are no numbers.

    Examples
    --------
    >>> sorted(numbers_in("On 3 January 2020 two of 1,250 people were at 12.5 km."))
    [2.0, 12.5, 1250.0]
    """
    bare = _DATES.sub(" ", text)
    digits = {
        float(found.replace(",", "")) for found in re.findall(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?", bare)
    }
    return digits | {float(_SPOKEN[word]) for word in re.findall(r"[a-z]+", bare.casefold()) if word in _SPOKEN}


def _numbers_of(table: pd.DataFrame) -> set[float]:
    """Return the numbers in a table, and how often each of its values occurs in its column, and how many rows there are."""
    found = {float(len(table))}
    for name in table.columns:
        column = table[name].dropna()
        if pd.api.types.is_numeric_dtype(column) and not pd.api.types.is_bool_dtype(column):
            found |= {round(float(value), 6) for value in column} | {float(column.sum())}
        found |= {float(count) for count in column.astype(str).value_counts()} | {float(column.astype(str).nunique())}
    return found


def _likeness(text: str, model: str) -> float:
    """Return the share of a text's words that stand in the model in runs of five words or more."""
    mine, theirs = (re.findall(r"\w+", said.casefold()) for said in (text, model))
    blocks = SequenceMatcher(None, mine, theirs, autojunk=False).get_matching_blocks()
    return sum(block.size for block in blocks if block.size >= 5) / max(len(mine), 1)


def _figure_of(answer: Any) -> Any:
    """Return the figure of an answer that was made by the helpers, or None."""
    for part in _parts(answer):
        meta = getattr(getattr(part, "layout", None), "meta", None)
        if isinstance(meta, Mapping) and {"text", "table"} <= set(meta):
            return part
    return None


def _words_of(answer: Any) -> str:
    said = " ".join(part for part in _parts(answer) if isinstance(part, str)).strip()
    return said if words_in(said) else ""


def _parts(answer: Any) -> list[Any]:
    named = parts_of(answer)
    return list(named.values()) if named else list(answer) if isinstance(answer, list | tuple) else [answer]


def _rows(figure: Any) -> pd.DataFrame:
    try:
        return pd.DataFrame(dict(figure.layout.meta["table"]))
    except (TypeError, ValueError):
        return pd.DataFrame()


def _axes_without_title(figure: Any) -> list[str]:
    """Return the first axes of a figure that show numbers and have no title; days and lanes with names need none."""
    drawn = figure.to_plotly_json()
    bare = []
    for letter in "xy":
        axis = drawn["layout"].get(f"{letter}axis") or {}
        values = [value for trace in drawn["data"] for value in _some(trace, letter)]
        hidden = axis.get("visible") is False or axis.get("showticklabels") is False
        named = (
            axis.get("ticktext") is not None or axis.get("type") == "date" or any(isinstance(v, str) for v in values)
        )
        title = axis.get("title")
        said = title.get("text") if isinstance(title, Mapping) else title
        if values and not hidden and not named and not str(said or "").strip():
            bare.append(f"{letter}axis")
    return bare


def _some(trace: Mapping[str, Any], letter: str) -> list[Any]:
    """Return the first values that a trace has on the first axis of a direction; days come as texts."""
    values = trace.get(letter)
    if trace.get(f"{letter}axis") not in (None, letter):
        return []
    if isinstance(values, Mapping) and isinstance(values.get("bdata"), str):  # numbers that Plotly has packed
        return [0.0]
    if isinstance(values, np.ndarray):
        return list(values[:50].astype(str)) if values.dtype.kind == "M" else list(values[:50])
    return list(values)[:50] if isinstance(values, list | tuple | pd.Series) else []


def _days_in(row: Iterable[Any]) -> list[pd.Timestamp]:
    """Return the days that the cells of a row name: days, keys of events, and days in words."""
    found = []
    for cell in row:
        if isinstance(cell, str) and len(cell) < 80:
            iso = re.match(r"\d{4}-\d\d-\d\d", cell)
            worded = re.findall(rf"\d{{1,2}} (?:{_MONTHS}) \d{{4}}", cell)
            found += [pd.Timestamp(text) for text in ([iso[0]] if iso else worded)]
    return found


def _keys(answer: Any) -> list[str]:
    if answer is None or answer is ...:
        return []
    if isinstance(answer, str):
        parts = (part.strip("[]'\"").casefold() for part in re.split(r"[\s,;]+", answer))
        return list(dict.fromkeys(part for part in parts if re.search(r"[a-z]", part)))  # no numbers of a list
    readings = [
        [text.casefold() for item in given if isinstance(item, str) and (text := item.strip())]
        for given in collections(answer)
    ]
    # Of the ways to read a table the one with most keys of pages counts; a key of a page has a day or "nd" in it.
    return max(readings, key=lambda keys: sum(bool(re.search(r"-(\d{4,8}|nd)-", key)) for key in keys), default=[])


def _firsts(day: str) -> list[str]:
    return [str((pd.Timestamp(day) - pd.Timedelta(days=length - 1)).date()) for length in LENGTHS]


def _sizes(chronicle: Chronicle) -> Callable[[str, str], tuple[int, int]]:
    """Return a function that counts the events from a first to a last day that were told by the last, and their claims."""
    events, claims = chronicle.events, chronicle.claims
    begun = dict(zip(events.index, events["date"].to_numpy().astype("M8[D]"), strict=True))
    said = claims["reported_on_until"].to_numpy().astype("M8[D]")
    about = claims["event_id"].to_numpy(dtype=object)
    when = np.array([begun.get(event, np.datetime64("NaT", "D")) for event in about], dtype="M8[D]")
    days = np.array(list(begun.values()), dtype="M8[D]")

    def sizes(first: str, last: str) -> tuple[int, int]:
        start, end = np.datetime64(first), np.datetime64(last)
        known = int(((when >= start) & (when <= end) & (said <= end)).sum())
        return int(((days >= start) & (days <= end)).sum()), known

    return sizes


def _measure(events: int, claims: int) -> float:
    return log2(max(events, 1)) + log2(max(claims, 1))


def _day(text: str) -> str:
    day = pd.Timestamp(text)
    return f"{day.day} {day:%B %Y}"
