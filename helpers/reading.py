"""From CSV bytes to checked pandas frames.

Each distinct value of a column is checked and converted once, however often it stands there; every value that does not
fit is reported with its file, row and column. Nothing is guessed and nothing is dropped in silence.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
from collections.abc import Callable
from importlib.resources.abc import Traversable
from typing import Any

import numpy as np
import pandas as pd

from helpers.schema import (
    LARGEST,
    MOST_PROBLEMS,
    PATTERNS,
    DataError,
    Field,
    ForeignKey,
    Package,
    Problem,
    Table,
    nearest,
    read_file,
)

# An unknown key may stand in thousands of rows; looking for its like costs time, so only the first ones get a suggestion.
SUGGESTIONS = 25

LARGE = 1_000_000  # bytes; below it the csv module is the faster reader

DATES = "datetime64[us]"  # the resolution that pandas itself gives to dates read from text
NO_DATE = np.datetime64("NaT", "us")


class Column:
    """One column as read: for each row the number of its distinct value, and the distinct values themselves."""

    def __init__(self, cells: np.ndarray) -> None:
        self.codes, self.distinct = pd.factorize(cells)

    def rows_of(self, numbers: list[int]) -> np.ndarray:
        """Return the positions of the rows that hold the distinct values with these numbers."""
        return np.flatnonzero(np.isin(self.codes, numbers))


class Sheet:
    """One file as read: its columns, and the row number of each row as a spreadsheet shows it.

    ``broken`` holds the cells of the rows left out because they have too many or too few, so that a key in one of them
    is not reported again wherever it is referred to.
    """

    def __init__(self, table: Table, columns: dict[str, Column], rows: np.ndarray, broken: set[str]) -> None:
        self.table, self.columns, self.rows, self.broken = table, columns, rows, broken


def read_tables(folder: Traversable, package: Package) -> tuple[dict[str, pd.DataFrame], list[Problem]]:
    """Read and check all tables of a package.

    Parameters
    ----------
    folder
        The folder that the paths in the package are relative to.
    package
        The descriptor, from :func:`helpers.schema.read_package`.

    Returns
    -------
    tuple
        The frames by table name, and the problems found. The frames are complete only if there are no problems.
    """
    frames: dict[str, pd.DataFrame] = {}
    problems: list[Problem] = []
    sheets: dict[str, Sheet] = {}
    for name, table in package.tables.items():
        sheet, found = _read_sheet(folder, table)
        problems += found
        if sheet is not None:
            sheets[name] = sheet
            frames[name], found = _frame(sheet)
            problems += found + _key_problems(sheet)
    valid: dict[tuple[str, str], set[str]] = {}
    for sheet in sheets.values():
        for key in sheet.table.foreign_keys:
            if key.table in sheets:
                target = sheets[key.table]
                if (key.table, key.key) not in valid:
                    valid[key.table, key.key] = target.broken.union(target.columns[key.key].distinct)
                problems += _foreign_key_problems(sheet, key, target.table.path, valid[key.table, key.key])
    return frames, problems


def _read_sheet(folder: Traversable, table: Table) -> tuple[Sheet | None, list[Problem]]:
    try:
        data = read_file(folder, table.path, LARGEST, "a file of this name beside datapackage.json")
    except DataError as error:
        return None, error.problems
    try:
        return _parse(data, table)
    except UnicodeDecodeError:
        return None, [_encoding_problem(data, table)]


def _encoding_problem(data: bytes, table: Table) -> Problem:
    try:
        data.decode("utf-8")
    except UnicodeDecodeError as error:
        row, found = data.count(b"\n", 0, error.start) + 1, repr(data[error.start : error.start + 1])[2:-1]
    return Problem(table.path, row, None, found, "text in UTF-8; save the file again as “CSV UTF-8”: that is")


def _parse(data: bytes, table: Table) -> tuple[Sheet | None, list[Problem]]:
    reader = csv.reader(io.TextIOWrapper(io.BytesIO(data), encoding="utf-8-sig", newline=""), strict=True)
    try:
        header = next(reader, [])
    except csv.Error as error:
        return None, [Problem(table.path, 1, None, None, f"well-formed CSV ({error})")]
    problems = _header_problems(header, table)
    if problems:
        return None, problems
    width = len(header)
    if len(data) > LARGE and _is_regular(data, width):
        # pandas reads a large file in a third of the time, but fills up short rows in silence: hence the check before.
        options: dict[str, Any] = {"dtype": object, "na_filter": False, "skip_blank_lines": False}
        cells = pd.read_csv(io.BytesIO(data), names=header, header=0, index_col=False, encoding="utf-8-sig", **options)
        columns = {name: Column(cells[name].to_numpy()) for name in header}
        return Sheet(table, columns, np.arange(2, len(cells) + 2), set()), []

    records: list[list[str]] = []
    uneven: list[int] = []
    try:
        for record in reader:
            if len(record) != width:
                uneven.append(len(records))
                if len(uneven) == MOST_PROBLEMS:
                    expected = (
                        f"fewer than {MOST_PROBLEMS:,} rows with too many or too few cells; nothing below was read"
                    )
                    problems.append(Problem(table.path, len(records) + 2, None, None, expected))
                    break
            records.append(record)
    except csv.Error as error:
        problems.append(Problem(table.path, len(records) + 2, None, None, f"well-formed CSV ({error})"))
    uneven = uneven[: MOST_PROBLEMS - 1]
    for place in uneven:
        count = len(records[place])
        shown = "an empty line" if count == 0 else f"{count} cell{'s' * (count != 1)}"
        advice = f"{width} cells (a comma too many or too few, or a text with a comma that is not in quotes)"
        problems.append(Problem(table.path, place + 2, None, shown, advice))
    broken = {cell for place in uneven for cell in records[place]}
    rows = np.delete(np.arange(2, len(records) + 2), uneven)
    even = np.array([record for record in records if len(record) == width], dtype=object).reshape(-1, width)
    columns = {name: Column(even[:, place]) for place, name in enumerate(header)}
    return Sheet(table, columns, rows, broken), problems


def _header_problems(header: list[str], table: Table) -> list[Problem]:
    if not any(header):
        return [Problem(table.path, None, None, None, f"a header row with the columns {', '.join(table.names)}")]
    if len(header) > MOST_PROBLEMS:
        return [Problem(table.path, 1, None, f"{len(header):,} columns", f"the {len(table.names)} of the table")]
    problems, extra = [], set(header) - set(table.names)
    for name in table.names:
        if name not in header:
            problems.append(Problem(table.path, 1, name, None, "a column of this name", nearest(name, extra)))
    for place, name in enumerate(header):
        if name in extra:
            near = nearest(name, table.names)
            problems.append(Problem(table.path, 1, name, name, "a column of the table", near))
        elif name in header[:place]:
            problems.append(Problem(table.path, 1, name, name, "each column once"))
    return problems


def _is_regular(data: bytes, width: int) -> bool:
    """Tell whether every line has ``width`` cells, each wholly in quotes or wholly without."""
    raw = np.frombuffer(data if data.endswith(b"\n") else data + b"\n", dtype="uint8")
    quote, comma, newline, carriage = (ord(sign) for sign in '",\n\r')
    special = np.zeros(256, dtype="bool")
    special[[0, quote, comma, newline]] = True
    places = np.flatnonzero(special[raw])
    signs = raw[places]
    if (signs == 0).any():
        return False
    # Before and behind a quoted cell stands the end of a cell; inside it, quotes are doubled.
    inside = np.cumsum(signs == quote, dtype="uint8") & 1
    if inside[-1]:
        return False  # a quote is never closed
    quotes = places[signs == quote]
    opens = inside[signs == quote] == 1
    before, behind = raw[quotes[opens] - 1], raw[quotes[~opens] + 1]
    if (
        not np.isin(before, (quote, comma, newline)).all()
        or not np.isin(behind, (quote, comma, newline, carriage)).all()
    ):
        return False
    ends = np.flatnonzero(signs[(inside == 0) & (signs != quote)] == newline)
    return bool((np.diff(ends, prepend=-1) == width).all())


def _frame(sheet: Sheet) -> tuple[pd.DataFrame, list[Problem]]:
    data: dict[str, Any] = {}
    problems: list[Problem] = []
    for field in sheet.table.fields:
        column = sheet.columns[field.name]
        values, faults = _convert(field, column.distinct)
        if faults:
            problems += _cell_problems(sheet, field, column, faults)
        if field.period:
            first, last = values
            data[field.name], data[f"{field.name}_until"] = first[column.codes], last[column.codes]
        elif field.meanings:
            categories = [int(v) for v in field.meanings] if field.type == "integer" else list(field.meanings)
            codes = values[column.codes] if len(values) else np.array([], dtype="int16")
            data[field.name] = pd.Categorical.from_codes(codes, categories=categories, ordered=field.ordered)
        else:
            data[field.name] = _array(field, values[column.codes])
    frame = pd.DataFrame(data, copy=False)
    if len(sheet.table.primary_key) == 1:
        frame = frame.set_index(sheet.table.primary_key[0])
    return frame, problems


def _cell_problems(sheet: Sheet, field: Field, column: Column, faults: dict[int, str]) -> list[Problem]:
    wrong = column.rows_of(list(faults))
    path, shown = sheet.table.path, wrong[:MOST_PROBLEMS]
    numbers = [int(column.codes[place]) for place in shown]
    near = {n: nearest(column.distinct[n], field.meanings) for n in dict.fromkeys(numbers)} if field.meanings else {}
    problems = [
        Problem(path, int(sheet.rows[place]), field.name, column.distinct[number], faults[number], near.get(number))
        for place, number in zip(shown, numbers, strict=True)
    ]
    if len(wrong) > len(shown):
        text = f"{len(wrong) - len(shown):,} more cells of this column are wrong; their correction"
        problems.append(Problem(path, None, field.name, None, text))
    return problems


def _convert(field: Field, distinct: np.ndarray) -> tuple[Any, dict[int, str]]:
    """Convert the distinct values of a column; return them with the faults by number of the distinct value."""
    faults: dict[int, str] = {}
    if field.period:
        pair = np.full((2, len(distinct)), NO_DATE)
        for number, value in enumerate(distinct):
            if value == "":
                if field.required:
                    faults[number] = "a date"
                continue
            try:
                pair[:, number] = _period(value)
            except ValueError as error:
                faults[number] = str(error)
        return pair, faults
    if field.meanings:
        order = {value: code for code, value in enumerate(field.meanings)}
        codes = np.array([order.get(value, -1) for value in distinct], dtype="int16")
        for place in np.flatnonzero(codes < 0):
            if distinct[place] != "" or field.required:
                faults[int(place)] = "one of: " + ", ".join(field.meanings)
        return codes, faults

    if field.type == "string" and not field.delimiter:
        values = distinct.copy()
        values[values == ""] = np.nan
        return values, _text_faults(field, distinct)
    parse, missing = _parser(field), _MISSING[field.type]
    values = np.empty(len(distinct), dtype=object)
    for number, value in enumerate(distinct):
        if value == "":
            values[number] = () if field.delimiter else missing
            if field.required:
                faults[number] = "a value"
            continue
        try:
            values[number] = parse(value)
        except ValueError as error:
            values[number] = () if field.delimiter else missing
            faults[number] = str(error)
    return values, faults


_MISSING: dict[str, Any] = {
    "string": np.nan,
    "time": np.nan,
    "integer": None,
    "number": np.nan,
    "boolean": None,
    "date": NO_DATE,
}


def _array(field: Field, values: np.ndarray) -> Any:
    if field.delimiter:
        return values
    if field.type in ("string", "time"):
        return pd.array(values, dtype="str")
    if field.type == "number":
        return values.astype("float64")
    if field.type == "date":
        return values.astype(DATES)
    whole = {"integer": ("int64", "Int64"), "boolean": ("bool", "boolean")}[field.type]
    complete = field.required and not any(value is None for value in values)
    return values.astype(whole[0]) if complete else pd.array(values, dtype=whole[1])


def _text_faults(field: Field, distinct: np.ndarray) -> dict[int, str]:
    faults: dict[int, str] = {}
    if field.pattern is not None:
        match = re.compile(field.pattern).fullmatch
        expected = PATTERNS[field.pattern]
        faults |= {number: expected for number, value in enumerate(distinct) if not match(value) and value != ""}
    if field.max_length is not None:
        most = field.max_length
        expected = f"a text of at most {most} characters"
        faults |= {number: expected for number, value in enumerate(distinct) if len(value) > most}
    if field.required:
        faults |= dict.fromkeys(np.flatnonzero(distinct == "").tolist(), "a value")
    return faults


def _parser(field: Field) -> Callable[[str], Any]:
    """Return the function that converts one cell of a column that is not plain text."""
    if field.delimiter:
        delimiter = field.delimiter
        return lambda value: _parts(value, delimiter)
    if field.type in ("integer", "number"):
        kind, form, convert = _NUMBERS[field.type]
        low, high = field.minimum, field.maximum

        def number(value: str) -> float:
            if not form(value):
                raise ValueError(kind)
            result: float = convert(value)
            if (low is not None and result < low) or (high is not None and result > high):
                raise ValueError(f"{kind} {_range(low, high)}")
            return result

        return number
    return {"date": _date, "time": _time, "boolean": _boolean}[field.type]


_NUMBERS: dict[str, tuple[str, Callable[[str], Any], Callable[[str], Any]]] = {
    "integer": ("a whole number", re.compile(r"-?\d{1,15}", re.ASCII).fullmatch, int),
    "number": ("a number", re.compile(r"-?\d{1,15}(\.\d{1,15})?", re.ASCII).fullmatch, float),
}


def _range(low: float | None, high: float | None) -> str:
    if high is None:
        return f"of {low:g} or more"
    return f"of {high:g} or less" if low is None else f"from {low:g} to {high:g}"


def _date(value: str) -> np.datetime64:
    if not _DAY(value):
        raise ValueError("a date like 2020-01-08")
    try:
        dt.date.fromisoformat(value)
    except ValueError:
        raise ValueError("a day that is in the calendar") from None
    return np.datetime64(value, "us")


def _period(value: str) -> tuple[np.datetime64, np.datetime64]:
    """Return the first and the last day of a year, a month or a day."""
    if not _PERIOD(value):
        raise ValueError("a date like 2020-01-08, a month like 2020-01, or a year")
    if len(value) == 10:
        day = _date(value)
        return day, day
    if len(value) == 7 and not 1 <= int(value[5:]) <= 12:
        raise ValueError("a month from 01 to 12")
    unit: Any = np.datetime64(value)  # a year or a month, by its length
    behind = unit + np.timedelta64(1, "Y" if len(value) == 4 else "M")
    return unit.astype(DATES), behind.astype("datetime64[D]").astype(DATES) - np.timedelta64(1, "D")


def _time(value: str) -> str:
    if not _CLOCK(value):
        raise ValueError("a clock time like 09:05")
    return value


def _boolean(value: str) -> bool:
    if value not in ("yes", "no"):
        raise ValueError("yes or no")
    return value == "yes"


def _parts(value: str, delimiter: str) -> tuple[str, ...]:
    parts = tuple(value.split(delimiter))
    if "" in parts or len(set(parts)) < len(parts):
        raise ValueError(f"keys parted by {delimiter}, none empty and none twice,")
    return parts


_DAY = re.compile(r"[12]\d{3}-\d{2}-\d{2}", re.ASCII).fullmatch
_PERIOD = re.compile(r"[12]\d{3}(-\d{2}(-\d{2})?)?", re.ASCII).fullmatch
_CLOCK = re.compile(r"([01]\d|2[0-3]):[0-5]\d", re.ASCII).fullmatch


def _key_problems(sheet: Sheet) -> list[Problem]:
    problems = []
    keys = [sheet.table.primary_key] if sheet.table.primary_key else []
    keys += [(f.name,) for f in sheet.table.fields if f.unique and (f.name,) not in keys]
    for key in keys:
        if len(key) == 1:
            again = pd.Series(sheet.columns[key[0]].codes).duplicated()
        else:
            again = pd.DataFrame({name: sheet.columns[name].codes for name in key}).duplicated()
        for place in np.flatnonzero(again):
            cells = [sheet.columns[name].distinct[sheet.columns[name].codes[place]] for name in key]
            text = "a key that stands in no row above"
            problems.append(Problem(sheet.table.path, int(sheet.rows[place]), " + ".join(key), " + ".join(cells), text))
    return problems


def _foreign_key_problems(sheet: Sheet, key: ForeignKey, path: str, valid: set[str]) -> list[Problem]:
    column = sheet.columns[key.field]
    delimiter = sheet.table[key.field].delimiter
    unknown: dict[int, list[str]] = {}
    for number, value in enumerate(column.distinct):
        parts = value.split(delimiter) if delimiter else [value]
        absent = [part for part in parts if part != "" and part not in valid]
        if absent:
            unknown[number] = absent
    if not unknown:
        return []
    text = f"a key that stands in {path}"
    first = list(dict.fromkeys(part for parts in unknown.values() for part in parts))[:SUGGESTIONS]
    near = {part: nearest(part, valid) for part in first}
    return [
        Problem(sheet.table.path, int(sheet.rows[place]), key.field, part, text, near.get(part))
        for place in column.rows_of(list(unknown))
        for part in unknown[int(column.codes[place])]
    ]
