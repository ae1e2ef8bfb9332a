"""Tell whether two answers say the same, in whatever form they were given.

What is right decides how an answer is read. If a number is right, ``12``, ``numpy.int64(12)``, ``"12"`` and a Series
that holds only 12 all say it, and where hours are asked for, ``"12 hours"`` and a Timedelta of so many hours too. If a
set of keys is right, a list, an Index, a Series or a table with these keys says it. If a function is right, another that
gives the same for the same inputs says the same.
"""

from __future__ import annotations

import datetime as dt
import dis
import math
import re
import textwrap
from collections.abc import Callable, Hashable, Iterable, Mapping
from copy import deepcopy
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from functools import cache
from types import CodeType
from typing import Any

import numpy as np
import pandas as pd

from helpers.chronicle import Chronicle

Names = Mapping[str, str]
SHOWN = 400  # letters of an example
GAVE_NOTHING = "Nothing: the function returned None"
"""What the marking writes down for a call of a function that has lines and gives nothing back."""


@dataclass(frozen=True, slots=True)
class Fitting:
    """Whatever answer a condition holds of, in the place of a right value or of a likely mistake.

    For answers of which no single value is right: own levels, own figures, own choices.

    Parameters
    ----------
    condition
        Takes an answer in any form and tells whether it fits; it raises nothing.
    example
        Makes an answer that fits, for the tests. Given as an answer itself, a ``Fitting`` stands for its example.

    Examples
    --------
    >>> even = Fitting(lambda answer: isinstance(answer, int) and answer % 2 == 0, lambda: 4)
    >>> same(even, 10), same(even, "ten"), same(even, even)
    (True, False, True)
    """

    condition: Callable[[Any], bool]
    example: Callable[[], Any] = field(repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "example", cache(self.example))

    def holds(self, answer: Any) -> bool:
        """Tell whether an answer fits."""
        return bool(self.condition(answer.example() if isinstance(answer, Fitting) else answer))

    def __str__(self) -> str:
        return f"whatever fits, such as {textwrap.shorten(str(self.example()), SHOWN, placeholder=' …')}"


@dataclass(frozen=True, slots=True)
class Trial:
    """One input that a function is tried on.

    Parameters
    ----------
    given
        Its arguments.
    said
        What is special about it, to follow "with": "a single day".
    call
        How a student can try it in a cell of their own.
    """

    given: tuple[Any, ...]
    said: str
    call: str


class Results(tuple[Any, ...]):
    """What a function gave for each input, in their order; where it ended with an error, the error."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class Tried:
    """A function in the place of a right value or of a likely mistake, known by what it gives for some inputs.

    Parameters
    ----------
    does
        The function. Given as an answer itself, a ``Tried`` stands for it.
    trials
        What it is tried on.
    unit
        What its numbers count (see :class:`helpers.tasks.Task`).

    Examples
    --------
    >>> double = Tried(lambda n: 2 * n, (Trial((1,), "a one", "f(1)"), Trial((5,), "a five", "f(5)")))
    >>> same(double, lambda n: n + n), same(double, lambda n: n + 1)
    (True, False)
    """

    does: Callable[..., Any] = field(repr=False)
    trials: tuple[Trial, ...] = field(repr=False)
    unit: str = ""

    def results(self, answer: Any) -> Any:
        """Return what an answer that is a function gives for each input; any other answer is returned as it is."""
        function = answer.example() if isinstance(answer, Fitting) else answer
        function = function.does if isinstance(function, Tried) else function
        return Results(_outcome(function, trial.given) for trial in self.trials) if callable(function) else answer

    def matches(self, answer: Any) -> bool:
        """Tell whether a function, or its results, are the same as those of this one."""
        given, wanted = (one if isinstance(one, Results) else self.results(one) for one in (answer, self))
        return isinstance(given, Results) and all(
            _same_outcome(one, other, self.unit) for one, other in zip(wanted, given, strict=False)
        )

    def __str__(self) -> str:
        return f"a function that gives {', '.join(map(str, self.results(self)))}"


def _outcome(function: Callable[..., Any], given: tuple[Any, ...]) -> Any:
    try:
        return function(*deepcopy(given))  # a function may change what it gets
    except Exception as error:  # a student's function may end with any
        return error


def _same_outcome(wanted: Any, given: Any, unit: str) -> bool:
    if isinstance(wanted, Exception) or isinstance(given, Exception):
        return type(wanted) is type(given)
    return same(wanted, given, unit=unit)


_THOUSANDS = re.compile(r"-?\d{1,3}([ , ]\d{3})+(\.\d+)?", re.ASCII).fullmatch
_NUMBER = re.compile(r"[-+]?\d+(\.\d*)?", re.ASCII).fullmatch
_WITH_WORD = re.compile(r"([-+]?\d[\d ,.]*?) ?([a-z]+)\.?", re.ASCII | re.IGNORECASE).fullmatch
_DURATION = re.compile(r"(-?\d+ days?,? )?[-+]?\d{1,2}:\d{2}:\d{2}(\.\d+)?", re.ASCII).fullmatch  # as Python shows it
_TIMES = ("second", "minute", "hour", "day", "week")
_SHORT = {"s": "second", "sec": "second", "min": "minute", "h": "hour", "hr": "hour", "d": "day"}
_TIME = r"\d{1,2}:\d{2}(:\d{2}(\.\d+)?)?( ?[ap]m)?"
_ISO_DAY = re.compile(
    rf"\d{{4}}([-/])\d{{2}}\1\d{{2}}([ t]{_TIME}( ?(z|[-+]\d{{2}}:?\d{{2}}))?)?", re.ASCII | re.IGNORECASE
).fullmatch
_NAMED_DAY = re.compile(
    rf"(\d{{1,2}} [a-z]{{3,9}} \d{{4}}|[a-z]{{3,9}} \d{{1,2}} \d{{4}})( {_TIME})?", re.ASCII
).fullmatch
_TIME_FIRST = re.compile(rf"(?P<time>{_TIME}) (?![ap]m)(?P<day>\w.+)", re.ASCII).fullmatch
_NO_PART_OF_A_DAY = re.compile(r"\b(at|on|of|the|(mon|tues|wednes|thurs|fri|satur|sun)day)\b", re.ASCII)
_ITEM_BEGINS = re.compile(r"(?:[-*•]|\d{1,2}[.)]) +")
_CLOCK_TIME = re.compile(r"\d{1,2}([:.]\d{2}){1,2}( ?[ap]\.?m\.?)?", re.ASCII | re.IGNORECASE).fullmatch
_RETURNING = ("LOAD_CONST", "RETURN_CONST", "RETURN_VALUE")  # the steps of `return None`, by the age of Python
_YES_NO = {"yes": True, "true": True, "no": False, "false": False}
_AROUND = " \"'`\u2018\u2019\u201c\u201d"  # spaces and quotation marks
_LISTS = (list, tuple, set, frozenset, pd.Index, np.ndarray, pd.api.extensions.ExtensionArray)


def is_unanswered(answer: Any) -> bool:
    """Tell whether nothing has been answered: ``...``, None, an empty text or collection, a function without a line.

    Examples
    --------
    >>> is_unanswered(...), is_unanswered(" … "), is_unanswered(0)
    (True, True, False)
    """
    if answer is Ellipsis or is_missing(answer) or _does_nothing(answer):
        return True
    if isinstance(answer, str):
        return answer.strip(" \t\n.…_?") == ""
    if isinstance(answer, (pd.DataFrame, pd.Series, Mapping, *_LISTS)):
        if np.size(answer) == 0 if isinstance(answer, np.ndarray) else len(answer) == 0:
            return True
        try:
            return isinstance(answer, (list, tuple, set, frozenset)) and all(is_unanswered(item) for item in answer)
        except RecursionError:  # a list that holds itself
            return False
    return False


def is_missing(value: Any) -> bool:
    """Tell whether a single value is missing, as pandas and numpy write it.

    Examples
    --------
    >>> is_missing(np.nan), is_missing(pd.NaT), is_missing(np.datetime64("NaT", "D")), is_missing("")
    (True, True, True, False)
    """
    return value is None or (pd.api.types.is_scalar(value) and bool(pd.isna(value)))


def _does_nothing(answer: Any) -> bool:
    """Tell whether an answer is a function whose lines do nothing: a docstring, ``pass``, three dots."""
    code = getattr(answer, "__code__", None)
    if not isinstance(code, CodeType):
        return False
    steps = [(step.opname, step.argval) for step in dis.get_instructions(code)]
    return all(name in ("RESUME", "NOP") or (name in _RETURNING and value is None) for name, value in steps)


def as_number(answer: Any, unit: str = "") -> float | None:
    """Return the number that an answer says, or None. True and False are no numbers.

    Parameters
    ----------
    answer
        An answer in any form.
    unit
        What the number counts, if that is known. Then a text may name it behind its number, and a length of time is
        measured in it.

    Examples
    --------
    >>> as_number("1,234"), as_number(pd.Series([5])), as_number(True)
    (1234.0, 5.0, None)
    >>> as_number("36 hours", "hours"), as_number(dt.timedelta(days=1.5), "hours"), as_number("2 days", "hours")
    (36.0, 36.0, None)
    """
    value = _only(answer)
    if isinstance(value, (bool, np.bool_)):
        return None
    if is_length_of_time(value):  # numpy counts one among the integers
        return _measured(value, _unit_of(unit))
    if isinstance(value, (int, float, np.integer, np.floating, Decimal, Fraction)):
        try:
            number = float(value)
        except (OverflowError, ValueError):
            return None
        return None if math.isnan(number) else number
    if isinstance(value, str):
        text = value.strip(_AROUND + "\n\t").replace("\u2212", "-")
        if _THOUSANDS(text):
            return float(re.sub(r"[ , ]", "", text))
        if _NUMBER(text):
            return float(text)
        found = _WITH_WORD(text) if unit else None
        return as_number(found[1]) if found and _unit_of(found[2]) == _unit_of(unit) else None
    return None


def is_length_of_time(answer: Any) -> bool:
    """Tell whether an answer is a length of time: a Timedelta, or the text that Python shows of one.

    Examples
    --------
    >>> is_length_of_time(pd.Timedelta(hours=5)), is_length_of_time("1 days 11:00:00"), is_length_of_time("5 hours")
    (True, True, False)
    """
    value = _only(answer)
    return isinstance(value, (dt.timedelta, np.timedelta64)) or (
        isinstance(value, str) and _DURATION(value.strip()) is not None
    )


def word_behind(answer: Any) -> str:
    """Return the word that an answer has behind its number, such as a unit; empty if it has none.

    Examples
    --------
    >>> word_behind("36 hours"), word_behind("3h"), word_behind("36"), word_behind("hours")
    ('hours', 'h', '', '')
    """
    value = _only(answer)
    found = _WITH_WORD(value.strip()) if isinstance(value, str) else None
    return found[2] if found else ""


def _unit_of(word: str) -> str:
    """Return a unit in the singular, written out."""
    word = word.casefold()
    word = word[:-1] if len(word) > 1 and word.endswith("s") else word
    return _SHORT.get(word, word)


def _measured(value: Any, unit: str) -> float | None:
    """Return how many units of time a length of time has."""
    duration = _as_duration(value)
    return None if duration is None or unit not in _TIMES else float(duration / pd.Timedelta(1, unit))


def as_moment(answer: Any) -> pd.Timestamp | None:
    """Return the day, or day and time, that an answer says, or None. A time zone is taken off as it stands.

    Examples
    --------
    >>> as_moment("8 January 2020") == as_moment(dt.date(2020, 1, 8)) == as_moment("2020-01-08")
    True
    >>> as_moment("8/1/2020")  # the eighth of January or the first of August?
    """
    value = _only(answer)
    if isinstance(value, pd.Period):
        value = value.start_time
    if isinstance(value, str):
        value = _plain_day(value)
        if not (_ISO_DAY(value) or _NAMED_DAY(value)):
            return None
    if not isinstance(value, (str, dt.date, np.datetime64)):  # a datetime and a Timestamp are dates too
        return None
    try:
        moment = pd.Timestamp(value)
    except (ValueError, OverflowError):
        return None
    return None if pd.isna(moment) else moment.tz_localize(None)


def _plain_day(text: str) -> str:
    """Return a day, or day and time, in one order and without words that add nothing.

    Examples
    --------
    >>> _plain_day("14:05 on Saturday, June 30th, 2018")
    'june 30 2018 14:05'
    """
    text = re.sub(r"(\d)(st|nd|rd|th)\b", r"\1", text.casefold())
    text = " ".join(_NO_PART_OF_A_DAY.sub(" ", text.replace(",", " ")).split())
    found = _TIME_FIRST(text)
    return f"{found['day']} {found['time']}" if found else text


def is_clock_time(answer: Any) -> bool:
    """Tell whether an answer is a clock time alone, without its day.

    Examples
    --------
    >>> is_clock_time("14:05"), is_clock_time(dt.time(14, 5)), is_clock_time("2018-06-30 14:05")
    (True, True, False)
    """
    value = _only(answer)
    return isinstance(value, dt.time) or (isinstance(value, str) and _CLOCK_TIME(value.strip()) is not None)


def is_day_alone(answer: Any) -> bool:
    """Tell whether an answer is a day without a clock time, as somebody writes it.

    Examples
    --------
    >>> is_day_alone("30 June 2018"), is_day_alone(dt.date(2018, 6, 30)), is_day_alone("2018-06-30 00:00")
    (True, True, False)
    """
    value = _only(answer)
    if isinstance(value, str):
        return as_moment(value) is not None and ":" not in value
    return isinstance(value, dt.date) and not isinstance(value, dt.datetime)


def as_yes_no(answer: Any) -> bool | None:
    """Return whether an answer says yes or no, or None if it says neither.

    Examples
    --------
    >>> as_yes_no(np.bool_(True)), as_yes_no(" No "), as_yes_no(1)
    (True, False, None)
    """
    value = _only(answer)
    if isinstance(value, (bool, np.bool_)):
        return bool(value)
    return _YES_NO.get(value.strip().casefold()) if isinstance(value, str) else None


def as_text(answer: Any) -> str | None:
    """Return a text in small letters, without spaces and quotation marks around it.

    Hyphens, underscores and spaces count as the same.

    Examples
    --------
    >>> as_text(" Kataib  Hezbollah"), as_text("kataib-hezbollah")
    ('kataib hezbollah', 'kataib hezbollah')
    """
    value = _only(answer)
    if not isinstance(value, str):
        return None
    return re.sub(r"[\s_\-\u2010-\u2015]+", " ", value).strip(_AROUND).casefold()


def names_in(chronicle: Chronicle) -> dict[str, str]:
    """Return the names of events, actors and places with the key that each stands for, unless two share the name.

    Examples
    --------
    >>> from helpers.chronicle import load
    >>> names_in(load())["camp taji"]
    'camp taji'
    """
    names: dict[str, set[str]] = {}
    columns = (("events", "title"), ("actors", "name"), ("actors", "short_name"), ("places", "name"))
    for table, column in columns:
        for key, name in getattr(chronicle, table)[column].items():
            names.setdefault(as_text(name) or "", set()).add(as_text(key) or "")
    return {name: min(keys) for name, keys in names.items() if len(keys) == 1}


def same(right: Any, answer: Any, names: Names | None = None, tolerance: float = 0.0, unit: str = "") -> bool:
    """Tell whether an answer says the same as the right one.

    Parameters
    ----------
    right
        A bool, number, text, day (Timestamp or date), Timedelta; a ``set`` (order doesn't matter), a ``list`` (it
        does), a ``dict`` (a value for each key), a :class:`Fitting` (whatever fits), or a :class:`Tried` (a function).
    answer
        What the student gave, in any form.
    names
        Other names of texts (see :func:`names_in`).
    tolerance
        How far a number may lie off.
    unit
        What a number counts (see :class:`helpers.tasks.Task`).

    Examples
    --------
    >>> same({"a", "b"}, pd.Series(["B", "A "]))
    True
    >>> same(["a", "b"], ["b", "a"])
    False
    >>> same({"rocket-attack": 2}, pd.Series(["rocket-attack"] * 2).value_counts())
    True
    """
    names = names or {}
    if isinstance(right, Fitting):
        return right.holds(answer)
    if isinstance(right, Tried):
        return right.matches(answer)
    if is_missing(right):
        return is_missing(_only(answer))
    if isinstance(right, Mapping):
        return any(_same_mapping(right, given, names, tolerance, unit) for given in _mappings(answer))
    if isinstance(right, (set, frozenset)):
        kept = {_key(item, item, names) for item in right}
        return any({_key(item, _like(right), names) for item in given} == kept for given in listed(answer, right))
    if isinstance(right, (list, tuple)):
        order = [_key(item, item, names) for item in right]
        return any([_key(item, _like(right), names) for item in given] == order for given in listed(answer, right))
    if isinstance(right, (int, float, np.number)) and not isinstance(right, bool):
        number = as_number(answer, unit)
        return number is not None and math.isclose(number, float(right), rel_tol=1e-9, abs_tol=max(tolerance, 1e-12))
    wanted = _key(right, right, names)
    return wanted is not None and _key(answer, right, names) == wanted


def belonging(right: Iterable[Any], answer: Any, names: Names | None = None) -> tuple[int, int, int]:
    """Return how many items of a collection belong to the right ones, how many don't, and how many are missing.

    Of the ways to read the answer the kindest counts.
    """
    names = names or {}
    wanted = {_key(item, item, names) for item in right}
    counts = [(0, 0, len(wanted))]
    for given in listed(answer, right):
        keys = {_key(item, _like(right), names) for item in given}
        counts.append((len(keys & wanted), len(keys - wanted), len(wanted - keys)))
    return max(counts, key=lambda count: (count[0], -count[1]))


def listed(answer: Any, right: Iterable[Any]) -> list[list[Any]]:
    """Return the lists that an answer is read as where several things are asked for.

    What has labels is read by one rule. A Series, a dict and a table of one column are read by their values; by their
    labels only if no value is a thing of the kind asked for, as with counts where keys are asked for. A wider table is
    read by the labels of its rows; only if these are not of the kind asked for, by any one of its columns.

    Examples
    --------
    >>> listed(pd.Series([2, 1], index=["protest", "naval"]), {"protest"})
    [['protest', 'naval']]
    >>> listed(pd.Series(["iran", "iraq"], index=["tie-1", "tie-2"]), {"tie-1"})
    [['iran', 'iraq']]
    """
    if not isinstance(answer, pd.DataFrame | pd.Series | Mapping):
        return collections(answer)
    labels, *columns = _by_labels(answer)
    if len(columns) == 1:
        return columns if _speaks_of(columns[0], right) else [labels]
    return [labels] if _speaks_of(labels, right) else columns


def passed_over(answer: Any, right: Iterable[Any], names: Names | None = None) -> str:
    """Return where the right things stand in an answer if it was read elsewhere: ``labels``, ``column`` or nowhere.

    Examples
    --------
    >>> passed_over(pd.Series(["iran", "iraq"], index=["tie-1", "tie-2"]), {"tie-1", "tie-2"})
    'labels'
    """
    if not isinstance(answer, pd.DataFrame | pd.Series | Mapping):
        return ""
    labels, *columns = _by_labels(answer)
    if same(right, labels, names):
        return "labels"
    return "column" if any(same(right, column, names) for column in columns) else ""


def _by_labels(answer: pd.DataFrame | pd.Series | Mapping) -> list[list[Any]]:
    """Return the labels of an answer, then the values of each of its columns."""
    if isinstance(answer, pd.DataFrame):
        return [answer.index.to_list(), *(answer.iloc[:, place].to_list() for place in range(answer.shape[1]))]
    if isinstance(answer, pd.Series):
        return [answer.index.to_list(), answer.to_list()]
    return [list(answer), list(answer.values())]


def _speaks_of(items: Iterable[Any], right: Iterable[Any]) -> bool:
    """Tell whether any of the items is of the kind of the right ones, be it right or wrong."""
    return any(_key(item, _like(right), {}) is not None for item in items)


def collections(answer: Any) -> list[list[Any]]:
    """Return all lists that an answer could be read as: a Series by its values or its labels, a text by its commas."""
    if isinstance(answer, pd.DataFrame | pd.Series | Mapping):
        labels, *columns = _by_labels(answer)
        numbered = isinstance(getattr(answer, "index", None), pd.RangeIndex)
        return columns if numbered else [*columns, labels]
    if isinstance(answer, np.ndarray):
        return [answer.ravel().tolist() if answer.dtype.kind != "M" else list(answer.ravel())]
    if isinstance(answer, str):
        return _lists_in(answer)
    if isinstance(answer, Iterable):
        items = list(answer)
        nested = len(items) == 1 and isinstance(items[0], _LISTS) and items[0] is not answer
        return [items, *collections(items[0])] if nested else [items]
    return [[answer]]


def _lists_in(text: str) -> list[list[Any]]:
    """Return the lists that a text could be: a single item, items between commas, lines, or keys between spaces.

    Examples
    --------
    >>> _lists_in("ana-7, bo-2 and kim-3")[-1]
    ['ana-7', 'bo-2', 'kim-3']
    """
    parts = [_ITEM_BEGINS.sub("", part.strip(), count=1) for part in re.split(r"[,;\n]", text) if part.strip()]
    words = [word for word in re.split(r"[,;\s]+", text) if word and word.casefold() not in ("and", "&")]
    return [[text], parts, words]


def _only(answer: Any) -> Any:
    """Return the one value of a collection that holds just one, and anything else as it is."""
    if isinstance(answer, pd.DataFrame):
        return answer.iloc[0, 0] if answer.shape == (1, 1) else answer
    if isinstance(answer, pd.Series):
        return answer.iloc[0] if len(answer) == 1 else answer
    if isinstance(answer, np.ndarray):
        return answer.ravel()[0] if answer.size == 1 else answer
    if isinstance(answer, _LISTS) and len(answer) == 1:
        return next(iter(answer))
    return answer


def _like(right: Iterable[Any]) -> Any:
    return next(iter(right), "")


def _key(item: Any, like: Any, names: Names) -> Hashable:
    """Return what an item says in one form, read as a thing of the kind of ``like``; None if it says nothing of it."""
    if isinstance(like, (bool, np.bool_)):
        return as_yes_no(item)
    if isinstance(like, pd.Timedelta):
        return _as_duration(item)
    if isinstance(like, (dt.date, np.datetime64)):
        moment = as_moment(item)
        whole_days = pd.Timestamp(like) == pd.Timestamp(like).normalize()
        return None if moment is None else moment.normalize() if whole_days else moment.floor("min")
    if isinstance(like, (int, float, np.number)):
        number = as_number(item)
        return None if number is None else round(number, 9)
    if isinstance(like, str) and _ISO_DAY(like) and (moment := as_moment(item)) is not None:
        return moment
    text = as_text(item)
    return None if text is None else names.get(text, text)


def _as_duration(item: Any) -> pd.Timedelta | None:
    value = _only(item)
    if not isinstance(value, (str, dt.timedelta, np.timedelta64)):
        return None
    try:
        duration = pd.Timedelta(value)
    except ValueError:
        return None
    return None if pd.isna(duration) else duration


def _mappings(answer: Any) -> list[dict[Any, Any]]:
    if isinstance(answer, Mapping):
        return [dict(answer)]
    if isinstance(answer, pd.Series):
        return _as_dict(zip(answer.index, answer, strict=True))
    if isinstance(answer, pd.DataFrame):
        columns = [answer.iloc[:, place] for place in range(answer.shape[1])]
        row = [dict(zip(answer.columns, answer.iloc[0], strict=True))] if len(answer) == 1 else []
        if len(columns) not in (1, 2):
            return row
        keys = answer.index if len(columns) == 1 else columns[0]
        return [*_as_dict(zip(keys, columns[-1], strict=True)), *row]
    if isinstance(answer, np.ndarray) and answer.ndim == 2:
        answer = answer.tolist()
    if isinstance(answer, (list, tuple)) and all(isinstance(pair, (list, tuple)) and len(pair) == 2 for pair in answer):
        return _as_dict(answer)
    return []


def _as_dict(pairs: Iterable[tuple[Any, Any]]) -> list[dict[Any, Any]]:
    try:
        return [dict(pairs)]
    except TypeError:  # a list is no label
        return []


def _same_mapping(right: Mapping, given: Mapping, names: Names, tolerance: float, unit: str) -> bool:
    def keyed(mapping: Mapping) -> dict[Hashable, Any]:
        # A count of zero says as much as no count.
        return {_key(k, _like(right), names): v for k, v in mapping.items() if as_number(v) != 0}

    wanted, found = keyed(right), keyed(given)
    return wanted.keys() == found.keys() and all(same(wanted[k], found[k], names, tolerance, unit) for k in wanted)
