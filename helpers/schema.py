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
from collections.abc import Iterable
from dataclasses import dataclass, field
from difflib import get_close_matches
from importlib.resources.abc import Traversable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd

DESCRIPTOR = "datapackage.json"


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

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = list(problems)
        count = len(self.problems)
        lines = [f"{count} problem{'s' * (count != 1)} in the data:"]
        lines += [f"- {problem}" for problem in self.problems[: self.SHOWN]]
        if count > self.SHOWN:
            lines.append(f"- and {count - self.SHOWN} more: see the attribute `problems`, or to_frame(), of this error")
        super().__init__("\n".join(lines))

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
    try:
        descriptor = json.loads(folder.joinpath(DESCRIPTOR).read_text(encoding="utf-8"))
        tables = [_table(resource) for resource in descriptor["resources"] if "schema" in resource]
    except (FileNotFoundError, NotADirectoryError):
        raise DataError(
            [Problem(DESCRIPTOR, None, None, None, f"a file of this name in the folder {folder}")]
        ) from None
    except UnicodeDecodeError:
        raise DataError([Problem(DESCRIPTOR, None, None, None, "text in UTF-8")]) from None
    except json.JSONDecodeError as error:
        raise DataError([Problem(DESCRIPTOR, error.lineno, None, None, f"JSON ({error.msg})")]) from None
    except (KeyError, TypeError, AttributeError) as error:
        text = f"a Data Package whose resources have name, path and schema ({type(error).__name__}: {error})"
        raise DataError([Problem(DESCRIPTOR, None, None, None, text)]) from None
    return Package({table.name: table for table in tables}, descriptor)


def shape_problems(package: Package, shape: Package) -> list[Problem]:
    """List the tables and columns of ``shape`` that ``package`` lacks, so that figures can rely on them."""
    problems = []
    for name, table in shape.tables.items():
        if name not in package.tables:
            problems.append(
                Problem(DESCRIPTOR, None, None, None, f"a table named {name}", nearest(name, package.tables))
            )
            continue
        have = package.tables[name].names
        problems += [
            Problem(DESCRIPTOR, None, column, None, f"a column of this name in the table {name}", nearest(column, have))
            for column in table.names
            if column not in have
        ]
    return problems


def nearest(value: str, valid: Iterable[str]) -> str | None:
    """Return the valid value that looks most like ``value``, or None if none is like it.

    >>> nearest("kataib-hizbollah", ["kataib-hezbollah", "badr"])
    'kataib-hezbollah'
    """
    found = get_close_matches(value, list(valid), n=1, cutoff=0.5)
    return found[0] if found else None


def _table(resource: dict[str, Any]) -> Table:
    schema = resource["schema"]
    key = schema.get("primaryKey", [])
    fields = tuple(_field(f) for f in schema["fields"])
    links = [
        ForeignKey(_one(k["fields"]), k["reference"]["resource"], _one(k["reference"]["fields"]))
        for k in schema.get("foreignKeys", [])
    ]
    links += [ForeignKey(f["name"], f["list"]["resource"], f["list"]["field"]) for f in schema["fields"] if "list" in f]
    return Table(
        name=resource["name"],
        path=resource["path"],
        title=resource.get("title", resource["name"]),
        description=resource.get("description", ""),
        fields=fields,
        primary_key=(key,) if isinstance(key, str) else tuple(key),
        foreign_keys=tuple(links),
    )


def _field(spec: dict[str, Any]) -> Field:
    rules = spec.get("constraints", {})
    labels = {str(c["value"]): str(c.get("label", "")) for c in spec.get("categories", [])}
    return Field(
        name=spec["name"],
        type=spec["type"],
        description=spec.get("description", ""),
        required=rules.get("required", False),
        unique=rules.get("unique", False),
        pattern=rules.get("pattern"),
        minimum=rules.get("minimum"),
        maximum=rules.get("maximum"),
        max_length=rules.get("maxLength"),
        meanings={str(value): labels.get(str(value), "") for value in rules.get("enum", [])},
        ordered=spec.get("categoriesOrdered", False),
        period=spec.get("period", False),
        hindsight=spec.get("hindsight", False),
        delimiter=spec.get("list", {}).get("delimiter"),
    )


def _one(fields: str | list[str]) -> str:
    return fields if isinstance(fields, str) else fields[0]


def _shorten(text: str, most: int = 80) -> str:
    return text if len(text) <= most else text[: most - 1] + "…"
