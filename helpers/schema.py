"""The shape of a record, read from its ``datapackage.json``, and the error that lists what does not fit it.

A record is a `Data Package <https://datapackage.org>`_: one JSON descriptor that names the tables, their columns, types,
constraints and keys, and one CSV file a table. Four properties of ours stand beside the standard ones:

``period``     a date of which only the year or the month may be known (``2020``, ``2020-01``, ``2020-01-08``)
``list``       several values in one cell, parted by a delimiter, each the key of a row in another table
``hindsight``  the column was written later and is hidden when the record is seen as of an earlier day
``categories`` the values of a closed vocabulary with their meanings (Table Schema, version 2)
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from difflib import get_close_matches
from importlib.resources.abc import Traversable
from itertools import islice
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd

DESCRIPTOR = "datapackage.json"

# A record may come from a stranger. What it can make us read, and how long, is bounded.
LARGEST = 256_000_000  # bytes of one table; a hundred thousand events with their claims take a quarter of it
LARGEST_DESCRIPTOR = 5_000_000
MOST_TABLES = 100
MOST_PROBLEMS = 1000  # of one sort in one column or file; the rest is counted

PATTERNS = {
    r"[a-z0-9][a-z0-9\-]*": "a key of small letters, digits and hyphens",
    r"\d{4}-\d{2}-\d{2}-[a-z0-9\-]+": "a key of the form 2020-01-08-short-name",
    r"https?://\S+": "an address that starts with http:// or https://",
    r"[A-Z]{2}": "a country code of two capital letters",
    r"[a-z]{2}": "a language code of two small letters",
    r"\d{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01]))?)?": "a date, a month or a year",
}
"""The patterns that a column may have, in words. Others are refused: a pattern can be made to run for years."""

TYPES = ("string", "date", "time", "number", "integer", "boolean")


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong with a record, and where.

    ``row`` counts as a spreadsheet does: the header is row 1. ``None`` means the whole file or column.
    """

    file: str
    row: int | None
    column: str | None
    value: str | None
    expected: str
    nearest: str | None = None

    @property
    def sort(self) -> tuple[str, str | None, str]:
        """What problems of one sort share: file, column and what was expected."""
        return self.file, self.column, self.expected

    def __str__(self) -> str:
        place = self.file
        if self.row is not None:
            place += f", row {self.row}"
        if self.column is not None:
            place += f", column {self.column}"
        found = "" if self.value is None else f"{_shorten(self.value)!r} found, "
        nearest = f" (nearest: {self.nearest})" if self.nearest else ""
        return f"{place}: {found}{self.expected} expected{nearest}"


class DataError(ValueError):
    """A record can't be loaded. ``problems`` holds every :class:`Problem` found, not only the first.

    >>> error = DataError([Problem("events.csv", 5, "kind", "rocket", "one of the kinds", "rocket-attack")])
    >>> print(error)
    1 problem in the data:
    - events.csv, row 5, column kind: 'rocket' found, one of the kinds expected (nearest: rocket-attack)
    """

    SHOWN = 200
    ALIKE = 10
    """So many problems of one sort are written out: one slip in a column may stand in each of its rows."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = list(problems)
        count = len(self.problems)
        sorts = Counter(problem.sort for problem in self.problems)
        seen: Counter[tuple[str, str | None, str]] = Counter()
        lines = []
        for problem in self.problems:
            sort = problem.sort
            seen[sort] += 1
            if seen[sort] <= self.ALIKE:
                lines.append(f"- {problem}")
            elif seen[sort] == self.ALIKE + 1:
                column = "" if problem.column is None else f", column {problem.column}"
                lines.append(f"- {problem.file}{column}: {sorts[sort] - self.ALIKE} more like these")
        if len(lines) > self.SHOWN:
            lines = [*lines[: self.SHOWN], f"- and more, {count} in all"]
        if count > len(lines):
            lines.append("All of them are in the attribute `problems`, or to_frame(), of this error.")
        super().__init__("\n".join([f"{count} problem{'s' * (count != 1)} in the data:", *lines]))

    def to_frame(self) -> pd.DataFrame:
        """Return the problems as a table with the columns file, row, column, value, expected, nearest."""
        import pandas as pd

        names = list(Problem.__dataclass_fields__)
        return pd.DataFrame([[getattr(p, name) for name in names] for p in self.problems], columns=names)


@dataclass(frozen=True, slots=True)
class Field:
    """One column: its type and what its cells must fulfil."""

    name: str
    type: str
    description: str = ""
    required: bool = False
    unique: bool = False
    pattern: str | None = None
    minimum: float | None = None
    maximum: float | None = None
    max_length: int | None = None
    meanings: dict[str, str] = field(default_factory=dict)
    ordered: bool = False
    period: bool = False
    hindsight: bool = False
    delimiter: str | None = None


@dataclass(frozen=True, slots=True)
class ForeignKey:
    """The cells of ``field`` are keys of ``table``, found there in the column ``key``."""

    field: str
    table: str
    key: str


@dataclass(frozen=True, slots=True)
class Table:
    """One CSV file: its columns and keys."""

    name: str
    path: str
    title: str
    description: str
    fields: tuple[Field, ...]
    primary_key: tuple[str, ...]
    foreign_keys: tuple[ForeignKey, ...]

    def __getitem__(self, name: str) -> Field:
        return next(f for f in self.fields if f.name == name)

    @property
    def names(self) -> list[str]:
        """The column names in their order."""
        return [f.name for f in self.fields]


@dataclass(frozen=True, slots=True)
class Package:
    """A whole descriptor: the tables by name and the descriptor as it stands in the file."""

    tables: dict[str, Table]
    descriptor: dict[str, Any]


def read_package(folder: Traversable) -> Package:
    """Read the descriptor of a record.

    Parameters
    ----------
    folder
        A folder (``pathlib.Path`` or any other `Traversable`) that holds a ``datapackage.json``.

    Raises
    ------
    DataError
        If the descriptor is missing, is no JSON, or describes no table.
    """
    if isinstance(folder, Path) and not folder.is_dir():
        raise DataError([_no_folder(folder)])
    data = read_file(folder, DESCRIPTOR, LARGEST_DESCRIPTOR, f"a file of this name in the folder {folder}")
    try:
        descriptor = json.loads(data.decode("utf-8"))
        tables = [_table(resource) for resource in descriptor["resources"] if "schema" in resource]
    except UnicodeDecodeError:
        raise DataError([Problem(DESCRIPTOR, None, None, None, "text in UTF-8")]) from None
    except json.JSONDecodeError as error:
        raise DataError([Problem(DESCRIPTOR, error.lineno, None, None, f"JSON ({error.msg})")]) from None
    except (KeyError, TypeError, AttributeError, ValueError, IndexError, RecursionError) as error:
        text = f"a Data Package whose resources have name, path and schema ({type(error).__name__}: {error})"
        raise DataError([Problem(DESCRIPTOR, None, None, None, text)]) from None
    found = {table.name: table for table in tables}
    problems = _sense_problems(tables, found)
    if problems:
        raise DataError(problems)
    return Package(found, descriptor)


def _no_folder(folder: Path) -> Problem:
    try:
        beside = [path.name for path in islice(folder.parent.iterdir(), MOST_TABLES) if (path / DESCRIPTOR).is_file()]
    except OSError:
        beside = []
    near = nearest(folder.name, beside)
    return Problem(str(folder), None, None, None, "a folder with a record", near and str(folder.with_name(near)))


def read_file(folder: Traversable, path: str, most: int, missing: str) -> bytes:
    """Return the bytes of a file of a record.

    Parameters
    ----------
    folder, path
        The folder of the record, and the path in it as the descriptor names it.
    most
        How many bytes it may have.
    missing
        What is expected, if there is no such file.

    Raises
    ------
    DataError
        If it is not there, can't be read, is too large, is no ordinary file, or lies outside the folder.
    """

    def refuse(expected: str) -> DataError:
        return DataError([Problem(path, None, None, None, expected)])

    pure = PurePosixPath(path)
    if pure.is_absolute() or PureWindowsPath(path).drive or "\\" in path or ".." in pure.parts or "\0" in path:
        raise refuse("a path inside the folder of the record, with forward slashes")
    item = folder.joinpath(path)
    try:
        if isinstance(item, Path) and item.exists():
            if not item.resolve().is_relative_to(Path(str(folder)).resolve()):
                raise refuse("a file inside the folder of the record, not a link that leads out of it")
            if not item.is_file():
                raise refuse("an ordinary file")
            if item.stat().st_size > most:
                raise refuse(f"a file of at most {most // 1_000_000} MB")
        return item.read_bytes()
    except (FileNotFoundError, NotADirectoryError, KeyError):
        raise refuse(missing) from None
    except OSError as error:
        raise refuse(f"a file that can be read ({error.strerror})") from None


def _sense_problems(tables: list[Table], known: dict[str, Table]) -> list[Problem]:
    """List what a descriptor says of tables and columns that are not there, or that we can't check."""
    if not tables or len(tables) > MOST_TABLES:
        return [Problem(DESCRIPTOR, None, None, None, f"from 1 to {MOST_TABLES} resources with a schema")]
    problems = []

    def wrong(table: Table, column: str | None, value: object, expected: str, near: str | None = None) -> None:
        problems.append(Problem(DESCRIPTOR, None, column, str(value), f"in the table {table.name}, {expected}", near))

    for table in tables:
        names = table.names
        if known[table.name] is not table:
            wrong(table, None, table.name, "a name that no table above has")
        if len(set(names)) < len(names):
            wrong(table, None, ", ".join(names), "each column once")
        for column in table.fields:
            if column.type not in TYPES:
                wrong(
                    table, column.name, column.type, f"one of the types {', '.join(TYPES)}", nearest(column.type, TYPES)
                )
            if column.pattern is not None and column.pattern not in PATTERNS:
                wrong(table, column.name, column.pattern, f"one of the patterns {'  '.join(PATTERNS)}")
            if column.type == "integer" and column.meanings and not all(map(_WHOLE, column.meanings)):
                wrong(table, column.name, ", ".join(column.meanings), "whole numbers as values of an integer column")
        for name in table.primary_key:
            if name not in names:
                wrong(table, name, name, "a column of the table as its key", nearest(name, names))
        for key in table.foreign_keys:
            target = known.get(key.table)
            if key.field not in names:
                wrong(table, key.field, key.field, "a column of the table", nearest(key.field, names))
            elif target is None:
                absent = Problem(DESCRIPTOR, None, None, None, f"a table named {key.table}", nearest(key.table, known))
                problems += [absent] if absent not in problems else []
            elif key.key not in target.names:
                wrong(table, key.field, key.key, f"a column of the table {key.table}", nearest(key.key, target.names))
    return problems


def shape_problems(package: Package, shape: Package) -> list[Problem]:
    """List the tables and columns of ``shape`` that ``package`` lacks, so that figures can rely on them."""
    problems = []
    for name, table in shape.tables.items():
        if name not in package.tables:
            problems.append(
                Problem(DESCRIPTOR, None, None, None, f"a table named {name}", nearest(name, package.tables))
            )
            continue
        theirs = package.tables[name]
        if theirs.primary_key != table.primary_key:
            expected = f"the key {', '.join(table.primary_key)} in the table {name}"
            problems.append(Problem(DESCRIPTOR, None, None, ", ".join(theirs.primary_key), expected))
        for column in table.fields:
            if column.name not in theirs.names:
                expected = f"a column of this name in the table {name}"
                near = nearest(column.name, theirs.names)
                problems.append(Problem(DESCRIPTOR, None, column.name, None, expected, near))
            elif (found := _sort(theirs[column.name])) != _sort(column):
                expected = f"in the table {name}, {_sort(column)}"
                problems.append(Problem(DESCRIPTOR, None, column.name, found, expected))
    return problems


def nearest(value: str, valid: Iterable[str]) -> str | None:
    """Return the valid value that looks most like ``value``, or None if none is like it.

    >>> nearest("kataib-hizbollah", ["kataib-hezbollah", "badr"])
    'kataib-hezbollah'
    """
    found = get_close_matches(value[:100], list(valid), n=1, cutoff=0.5)
    return found[0] if found else None


def _sort(column: Field) -> str:
    """Return in words what figures rely on in a column."""
    more = [(column.period, "period"), (column.delimiter, "list"), (column.meanings, "enum")]
    return ", ".join([f"type {column.type}", *(f"with {word}" for there, word in more if there)])


def _table(resource: dict[str, Any]) -> Table:
    schema = resource["schema"]
    key = schema.get("primaryKey", [])
    fields = tuple(_field(f) for f in schema["fields"])
    links = [
        ForeignKey(_one(k["fields"]), _text(k["reference"]["resource"]), _one(k["reference"]["fields"]))
        for k in schema.get("foreignKeys", [])
    ]
    links += [
        ForeignKey(_text(f["name"]), _text(f["list"]["resource"]), _text(f["list"]["field"]))
        for f in schema["fields"]
        if "list" in f
    ]
    return Table(
        name=_text(resource["name"]),
        path=_text(resource["path"]),
        title=resource.get("title", resource["name"]),
        description=resource.get("description", ""),
        fields=fields,
        primary_key=(key,) if isinstance(key, str) else tuple(map(_text, key)),
        foreign_keys=tuple(links),
    )


def _field(spec: dict[str, Any]) -> Field:
    rules = spec.get("constraints", {})
    labels = {str(c["value"]): str(c.get("label", "")) for c in spec.get("categories", [])}
    return Field(
        name=_text(spec["name"]),
        type=_text(spec["type"]),
        description=str(spec.get("description", "")),
        required=bool(rules.get("required", False)),
        unique=bool(rules.get("unique", False)),
        pattern=None if rules.get("pattern") is None else _text(rules["pattern"]),
        minimum=_number(rules.get("minimum")),
        maximum=_number(rules.get("maximum")),
        max_length=None if rules.get("maxLength") is None else int(rules["maxLength"]),
        meanings={str(value): labels.get(str(value), "") for value in rules.get("enum", [])},
        ordered=bool(spec.get("categoriesOrdered", False)),
        period=bool(spec.get("period", False)),
        hindsight=bool(spec.get("hindsight", False)),
        delimiter=_text(spec["list"]["delimiter"]) if "list" in spec else None,
    )


_WHOLE = re.compile(r"-?\d{1,9}", re.ASCII).fullmatch


def _one(fields: str | list[str]) -> str:
    return _text(fields if isinstance(fields, str) else fields[0])


def _text(value: object) -> str:
    if not isinstance(value, str) or not value:
        raise TypeError(f"a text is expected, not {_shorten(str(value))}")
    return value


def _number(value: Any) -> float | None:
    if value is not None and (isinstance(value, bool) or not isinstance(value, int | float)):
        raise TypeError(f"a number is expected, not {_shorten(str(value))}")
    return value


def _shorten(text: str, most: int = 80) -> str:
    return text if len(text) <= most else text[: most - 1] + "…"
