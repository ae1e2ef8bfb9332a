"""Turn an answer into plain JSON and back, so that it can leave the place where a student's code runs.

``freeze`` works inside, next to code that nobody trusts; ``thaw`` works outside. Nothing is pickled: what cannot be said
in JSON is named by its type only, and ``thaw`` builds plain values, tables and lists, and calls nothing that it reads.
What is frozen is bounded: of a million rows the first are kept, with a mark (``"cut"``) that there were more.
"""

from __future__ import annotations

import datetime as dt
import json
import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sized
from decimal import Decimal
from fractions import Fraction
from itertools import islice
from typing import Any

import numpy as np
import pandas as pd

ANSWER = "application/vnd.escalation.answer+json"
ITEMS, LETTERS, TEXT, FIGURE, DEPTH = 20_000, 1_000_000, 50_000, 3_000_000, 10
_HUGE = 2**64
_KIND = "kind"


class Function:
    """Stands for a function (or anything else that can be called) in a thawed answer; calling it is an error."""

    def __init__(self, name: str = "") -> None:
        self.name = name

    def __call__(self, *_: Any, **__: Any) -> Any:
        """Refuse to be called."""
        raise TypeError("a function that was handed in cannot be called here")


class Other:
    """Stands for anything in a thawed answer that has no plain form."""

    def __init__(self, type_name: str) -> None:
        self.type_name = type_name

    def __repr__(self) -> str:
        return f"<{self.type_name}>"


class _Budget:
    """How much of an answer may still be kept."""

    def __init__(self) -> None:
        self.items, self.letters = ITEMS, LETTERS

    def text(self, text: str) -> str:
        kept = text[: max(min(self.letters, TEXT), 0)]
        self.letters -= len(kept)
        return kept


def freeze(answer: Any) -> Any:
    """Return an answer as what JSON can say.

    Parameters
    ----------
    answer
        Anything: a number, a text, a date; a list, tuple, set, dict; an array, Series, Index or table; a Plotly figure.

    Returns
    -------
    object
        None, True, False, a number, a text, a list, or a dict with the key ``"kind"``. It never raises: what fails to
        be read is kept by the name of its type.

    Examples
    --------
    >>> freeze({"a", }), freeze(...), freeze(3)
    ({'kind': 'set', 'items': ['a']}, {'kind': 'ellipsis'}, 3)
    """
    return _freeze(answer, _Budget(), DEPTH)


def thaw(frozen: Any) -> Any:
    """Return the answer that was frozen; numbers of numpy come back as Python's, times as Timestamps.

    Raises
    ------
    ValueError
        If it is not what :func:`freeze` returns.

    Examples
    --------
    >>> thaw(freeze((1, pd.Timestamp("2020-01-08"))))
    (1, Timestamp('2020-01-08 00:00:00'))
    """
    try:
        if _size(frozen) > 10 * ITEMS:
            raise ValueError("it holds more than is ever frozen")
        return _thaw(frozen)
    except (KeyError, TypeError, ValueError, OverflowError, RecursionError, AttributeError, IndexError) as error:
        raise ValueError(f"this is no frozen answer: {type(error).__name__}: {error}"[:300]) from None


def was_cut(frozen: Any) -> bool:
    """Tell whether something was left out when an answer was frozen."""
    if isinstance(frozen, list):
        return any(was_cut(item) for item in frozen)
    return isinstance(frozen, dict) and ("cut" in frozen or any(was_cut(value) for value in frozen.values()))


def _freeze(answer: Any, budget: _Budget, depth: int) -> Any:
    budget.items -= 1
    try:
        if depth <= 0:
            return _other(answer)
        for kinds, form in _FORMS:
            if isinstance(answer, kinds):
                return form(answer, budget, depth - 1)
        return _freeze_rare(answer, budget, depth - 1)
    except Exception:  # a student's own class may raise anything when it is looked at
        return _other(answer)


def _freeze_int(answer: Any, budget: _Budget, depth: int) -> Any:
    number = int(answer)
    if abs(number) <= _HUGE:
        return number
    return {_KIND: "int", "value": hex(number)} if number.bit_length() <= 1024 else _other(answer)


def _freeze_float(answer: Any, budget: _Budget, depth: int) -> Any:
    number = float(answer)
    return number if math.isfinite(number) else {_KIND: "float", "value": str(number)}


def _freeze_fraction(answer: Decimal | Fraction, budget: _Budget, depth: int) -> Any:
    number = float(answer)
    return number if math.isfinite(number) else _other(answer)


def _freeze_text(answer: str, budget: _Budget, depth: int) -> Any:
    whole = str.__str__(answer)
    kept = budget.text(whole)
    kept = kept.encode("utf-8", "replace").decode("utf-8")
    return kept if len(kept) == len(whole) else {_KIND: "str", "value": kept, "cut": len(whole)}


def _freeze_moment(answer: Any, budget: _Budget, depth: int) -> Any:
    moment = pd.Timestamp(answer)
    return {_KIND: "NaT"} if pd.isna(moment) else {_KIND: "timestamp", "value": moment.isoformat()}


def _freeze_duration(answer: Any, budget: _Budget, depth: int) -> Any:
    duration = pd.Timedelta(answer)
    return {_KIND: "NaT"} if pd.isna(duration) else {_KIND: "timedelta", "value": duration.isoformat()}


def _freeze_period(answer: pd.Period, budget: _Budget, depth: int) -> Any:
    return {_KIND: "period", "value": str(answer), "freq": str(answer.freqstr)}


def _freeze_list(answer: Iterable[Any], budget: _Budget, depth: int) -> Any:
    items, cut = _items(answer, budget, depth)
    return {_KIND: "list", "items": items, **cut} if cut else items


def _collection(kind: str) -> Callable[[Any, _Budget, int], Any]:
    def form(answer: Any, budget: _Budget, depth: int) -> Any:
        items, cut = _items(answer, budget, depth)
        return {_KIND: kind, "items": items, **cut}

    return form


def _freeze_mapping(answer: Mapping, budget: _Budget, depth: int) -> Any:
    pairs, cut = _items(answer.items(), budget, depth, lambda pair: [_freeze(part, budget, depth) for part in pair])
    return {_KIND: "dict", "items": pairs, **cut}


def _freeze_array(answer: np.ndarray, budget: _Budget, depth: int) -> Any:
    if answer.dtype.kind not in "biufMmUSO":
        return _other(answer)
    flat = answer.ravel()
    items, cut = _items(flat, budget, depth)
    shape = [len(items)] if cut else list(answer.shape)
    return {_KIND: "array", "dtype": answer.dtype.kind, "shape": shape, "items": items, **cut}


def _freeze_index(answer: pd.Index, budget: _Budget, depth: int) -> Any:
    if type(answer) is pd.RangeIndex:
        rows = {_KIND: "rows", "count": min(len(answer), ITEMS), "start": answer.start, "step": answer.step}
        return rows | ({"cut": len(answer)} if len(answer) > ITEMS else {})
    items, cut = _items(answer, budget, depth)
    names = [None if name is None else _freeze(name, budget, depth) for name in answer.names]
    return {_KIND: "index", "dtype": _dtype(answer.dtype), "items": items, "names": names, **cut}


def _freeze_series(answer: pd.Series, budget: _Budget, depth: int) -> Any:
    rows = _rows(answer, budget, 2)
    kept = answer.iloc[:rows]
    frozen = {
        _KIND: "series",
        "name": None if answer.name is None else _freeze(answer.name, budget, depth),
        "index": _freeze(kept.index, budget, depth),
        "dtype": _dtype(answer.dtype),
        "items": _items(kept, budget, depth)[0],
    }
    return frozen | ({"cut": len(answer)} if rows < len(answer) else {})


def _freeze_table(answer: pd.DataFrame, budget: _Budget, depth: int) -> Any:
    width = min(answer.shape[1], 200)
    rows = _rows(answer, budget, width + 1)
    kept = answer.iloc[:rows, :width]
    columns = [kept.iloc[:, place] for place in range(width)]
    frozen = {
        _KIND: "table",
        "columns": _freeze(kept.columns, budget, depth),
        "index": _freeze(kept.index, budget, depth),
        "dtypes": [_dtype(column.dtype) for column in columns],
        "items": [_items(column, budget, depth)[0] for column in columns],
    }
    return frozen | ({"cut": list(answer.shape)} if kept.shape != answer.shape else {})


def _freeze_rare(answer: Any, budget: _Budget, depth: int) -> Any:
    if answer is None or answer is Ellipsis or answer is pd.NA or answer is pd.NaT:
        return None if answer is None else {_KIND: {Ellipsis: "ellipsis", pd.NA: "NA"}.get(answer, "NaT")}
    origin = f"{type(answer).__module__}.{type(answer).__name__}"
    if origin == "helpers.chronicle.Chronicle":
        return {_KIND: "record"}
    if callable(getattr(answer, "to_plotly_json", None)) and callable(getattr(answer, "to_json", None)):
        text = answer.to_json()
        return (
            {_KIND: "figure", "value": json.loads(text)} if len(text) <= FIGURE else _other(answer) | {"cut": len(text)}
        )
    if callable(answer):
        return {_KIND: "function", "name": budget.text(str(getattr(answer, "__name__", ""))[:80])}
    if isinstance(answer, Iterator | range) or origin in _WALKED:
        return _freeze_list(answer, budget, depth)
    return _other(answer)


def _items(
    answer: Iterable[Any], budget: _Budget, depth: int, form: Callable[[Any], Any] | None = None
) -> tuple[list[Any], dict[str, Any]]:
    """Return as many frozen items as may be kept and, if there are more, how many there were (-1 if nobody knows)."""
    freeze_one = form or (lambda item: _freeze(item, budget, depth))
    walk = iter(answer)
    kept: list[Any] = []
    while budget.items > 0 and budget.letters > 0:
        some = list(islice(walk, 1))
        if not some:
            return kept, {}
        kept.append(freeze_one(some[0]))
    if not list(islice(walk, 1)):
        return kept, {}
    return kept, {"cut": len(answer) if isinstance(answer, Sized) else -1}


def _rows(answer: pd.Series | pd.DataFrame, budget: _Budget, width: int) -> int:
    """Return how many rows can be kept whole."""
    return min(len(answer), max(budget.items - 100, 0) // max(width, 1))


def _dtype(dtype: Any) -> str:
    return "b" if dtype == "bool" else getattr(dtype, "kind", "O") if isinstance(dtype, np.dtype) else "O"


def _other(answer: Any) -> dict[str, Any]:
    return {_KIND: "other", "type": type(answer).__name__[:80]}


_WALKED = {"builtins.dict_keys", "builtins.dict_values", "builtins.dict_items", "collections.deque"}
_FORMS: tuple[tuple[Any, Callable[[Any, _Budget, int], Any]], ...] = (
    ((bool, np.bool_), lambda answer, budget, depth: bool(answer)),
    (str, _freeze_text),
    ((np.datetime64, dt.datetime), _freeze_moment),
    ((np.timedelta64, dt.timedelta), _freeze_duration),
    ((int, np.integer), _freeze_int),
    ((float, np.floating), _freeze_float),
    ((Decimal, Fraction), _freeze_fraction),
    (dt.date, lambda answer, budget, depth: {_KIND: "date", "value": answer.isoformat()}),
    (dt.time, lambda answer, budget, depth: {_KIND: "time", "value": answer.isoformat()}),
    (pd.Period, _freeze_period),
    (list, _freeze_list),
    (tuple, _collection("tuple")),
    (frozenset, _collection("frozenset")),
    (set, _collection("set")),
    (Mapping, _freeze_mapping),
    (np.ndarray, _freeze_array),
    (pd.Index, _freeze_index),
    (pd.Series, _freeze_series),
    (pd.DataFrame, _freeze_table),
    (pd.api.extensions.ExtensionArray, _collection("values")),
)


def _thaw(frozen: Any) -> Any:
    if isinstance(frozen, list):
        return [_thaw(item) for item in frozen]
    if isinstance(frozen, str):
        return frozen[:TEXT]
    if not isinstance(frozen, dict):
        return frozen
    return _THAWED[frozen[_KIND]](frozen)


def _size(frozen: Any) -> int:
    """Return how many parts there are to thaw; a figure is one, for Plotly reads it."""
    if isinstance(frozen, list):
        return 1 + sum(map(_size, frozen))
    if isinstance(frozen, dict) and frozen.get(_KIND) != "figure":
        return 1 + sum(map(_size, frozen.values()))
    return 1


def _thaw_all(frozen: Mapping) -> list[Any]:
    if not isinstance(frozen["items"], list):
        raise TypeError("the items are no list")
    return [_thaw(item) for item in frozen["items"]]


def _thaw_dict(frozen: Mapping) -> dict[Any, Any]:
    return {_thaw(key): _thaw(value) for key, value in frozen["items"]}


def _thaw_array(frozen: Mapping) -> np.ndarray:
    flat = np.empty(len(frozen["items"]), dtype=object)
    for place, item in enumerate(_thaw_all(frozen)):
        flat[place] = item
    typed = _typed(flat, frozen["dtype"])
    return typed.reshape([int(length) for length in frozen["shape"]])


def _thaw_rows(frozen: Mapping) -> pd.Index:
    start, step, count = int(frozen["start"]), int(frozen["step"]), int(frozen["count"])
    if not 0 <= count <= ITEMS:
        raise ValueError("an index of so many rows is never frozen")
    return pd.RangeIndex(start, start + step * count, step)


def _thaw_index(frozen: Mapping) -> pd.Index:
    items, names = _thaw_all(frozen), [_thaw(name) for name in frozen["names"]]
    if len(names) > 1:
        return pd.MultiIndex.from_tuples(items, names=names)
    return pd.Index(_typed(_column(items), frozen["dtype"]), name=names[0] if names else None, tupleize_cols=False)


def _thaw_series(frozen: Mapping) -> pd.Series:
    values = _typed(_column(_thaw_all(frozen)), frozen["dtype"])
    return pd.Series(values, index=_index_for(len(values), frozen["index"]), name=_thaw(frozen["name"])).infer_objects()


def _thaw_table(frozen: Mapping) -> pd.DataFrame:
    columns = [
        _typed(_column([_thaw(item) for item in items]), dtype)
        for items, dtype in zip(frozen["items"], frozen["dtypes"], strict=True)
    ]
    labels = _thaw(frozen["columns"])
    length = len(columns[0]) if columns else len(_thaw(frozen["index"]))
    table = pd.DataFrame(dict(enumerate(columns)), index=_index_for(length, frozen["index"])).infer_objects()
    table.columns = labels[: len(columns)]
    return table


def _thaw_figure(frozen: Mapping) -> Any:
    from plotly.graph_objects import Figure

    return Figure(frozen["value"], skip_invalid=True)


def _thaw_record(frozen: Mapping) -> Any:
    from helpers.chronicle import load

    return load()


def _column(items: list[Any]) -> np.ndarray:
    column = np.empty(len(items), dtype=object)
    for place, item in enumerate(items):
        column[place] = item
    return column


def _index_for(length: int, frozen: Any) -> pd.Index:
    """Return an index of this length; a count of rows alone may claim anything."""
    if isinstance(frozen, dict) and frozen.get(_KIND) == "rows" and frozen["count"] != length:
        raise ValueError("the index is longer than the values")
    index = _thaw(frozen)
    if len(index) != length:
        raise ValueError("the index is longer than the values")
    return index


def _typed(values: np.ndarray, dtype: Any) -> np.ndarray:
    """Give an array of objects the type that it had, if they have it."""
    wanted: dict[str, tuple[Any, Any]] = {
        "b": (bool, bool),
        "i": (int, np.int64),
        "u": (int, np.uint64),
        "f": ((float, int), np.float64),
        "M": (dt.datetime, "datetime64[ns]"),
        "m": (dt.timedelta, "timedelta64[ns]"),
    }
    kind, numpys = wanted.get(dtype, (object, None))
    if numpys is None or not all(isinstance(value, kind) or value is pd.NaT for value in values.ravel()):
        return values
    try:
        return values.astype(numpys)
    except (TypeError, ValueError, OverflowError):
        return values


_THAWED: Mapping[str, Callable[[Mapping], Any]] = {
    "ellipsis": lambda frozen: Ellipsis,
    "NA": lambda frozen: pd.NA,
    "NaT": lambda frozen: pd.NaT,
    "int": lambda frozen: int(frozen["value"][:300], 16),
    "float": lambda frozen: float(frozen["value"]),
    "str": lambda frozen: str(frozen["value"])[:TEXT],
    "timestamp": lambda frozen: pd.Timestamp(frozen["value"]),
    "timedelta": lambda frozen: pd.Timedelta(frozen["value"]),
    "period": lambda frozen: pd.Period(frozen["value"], freq=frozen["freq"]),
    "date": lambda frozen: dt.date.fromisoformat(frozen["value"]),
    "time": lambda frozen: dt.time.fromisoformat(frozen["value"]),
    "list": _thaw_all,
    "tuple": lambda frozen: tuple(_thaw_all(frozen)),
    "set": lambda frozen: set(_thaw_all(frozen)),
    "frozenset": lambda frozen: frozenset(_thaw_all(frozen)),
    "dict": _thaw_dict,
    "array": _thaw_array,
    "rows": _thaw_rows,
    "index": _thaw_index,
    "series": _thaw_series,
    "table": _thaw_table,
    "values": lambda frozen: pd.array(_thaw_all(frozen)),
    "figure": _thaw_figure,
    "record": _thaw_record,
    "function": lambda frozen: Function(str(frozen["name"])),
    "other": lambda frozen: Other(str(frozen["type"])),
}
