"""Add rows to a record from a draft, and only once everything in the draft is right.

``python -m helpers.add --new draft.toml`` writes a draft to fill in, each column with its meaning; ``python -m helpers.add
draft.toml`` checks it against the whole record and, if nothing is wrong, puts each row in its place. A draft is TOML
(https://toml.io): a table ``[[events]]`` for each row of ``events.csv``, and so on.
"""

from __future__ import annotations

import argparse
import csv
import io
import re
import shutil
import sys
import tempfile
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from helpers.chronicle import check, load, shipped_folder
from helpers.schema import DataError, Field, Package, Problem, Table, read_package

TABLES = ("sources", "actors", "places", "events", "event_actors", "claims", "quotes", "links", "relations")
_NUMBERED = re.compile(r"([a-z]+-)(\d+)", re.ASCII).fullmatch

Draft = Mapping[str, list[dict[str, str]]]


def read_draft(path: str | Path, package: Package) -> Draft:
    """Read a draft: for each table its new rows, as the text of their cells.

    Raises
    ------
    ValueError
        If it is no TOML, or names a table or column that the record doesn't have (the nearest is named).
    """
    try:
        found = tomllib.loads(Path(path).read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ValueError(f"{path} is no TOML: {error}") from None
    draft: dict[str, list[dict[str, str]]] = {}
    for name, rows in found.items():
        check("table", name, package.tables)
        if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
            raise ValueError(f"write [[{name}]], in two brackets, above each row of {name}")
        for row in rows:
            for column in row:
                check(f"column of {name}", column, package.tables[name].names)
        draft[name] = [{column: _cell(value) for column, value in row.items()} for row in rows]
    if not any(draft.values()):
        raise ValueError(f"{path} holds no row yet")
    return draft


def add(draft: Draft, folder: str | Path) -> list[str]:
    """Add the rows of a draft to the tables of a record; every other line stays as it is, byte by byte.

    Parameters
    ----------
    draft
        From :func:`read_draft`. A numbered key such as ``c-0007`` may be left out: the next free number is taken.
    folder
        The folder of the record.

    Returns
    -------
    list of str
        For each row added: its file, row number and key.

    Raises
    ------
    DataError
        If anything would not fit. Its problems name the table, the number of the row in the draft, and the column;
        nothing was written.
    """
    target = Path(folder)
    package = read_package(target)
    texts: dict[str, str] = {}
    where: dict[tuple[str, int], tuple[str, int]] = {}
    added: list[tuple[str, dict[str, str]]] = []
    for name, rows in draft.items():
        table = package.tables[name]
        lines = (target / table.path).read_bytes().decode("utf-8").splitlines(keepends=True)
        new = _with_numbers(table, lines, rows)
        texts[table.path], places = _inserted(table, lines, new)
        for number, (row, place) in enumerate(zip(new, places, strict=True), start=1):
            where[table.path, place] = name, number
            added.append((f"{table.path}, row {place}", row))
    with tempfile.TemporaryDirectory() as trial:
        copy = Path(trial) / "record"
        shutil.copytree(target, copy)
        for path, text in texts.items():
            (copy / path).write_bytes(text.encode("utf-8"))
        try:
            load(copy)
        except DataError as error:
            raise DataError([_in_draft(problem, where) for problem in error.problems]) from None
    for path, text in texts.items():
        beside = target / f".{path}.new"
        beside.write_bytes(text.encode("utf-8"))
        beside.replace(target / path)  # in one step: no half-written table is ever there
    return [f"{place}: {', '.join(row[key] for key in _table_of(package, place).primary_key)}" for place, row in added]


def template(package: Package) -> str:
    """Return an empty draft that explains each column."""
    lines = [
        "# Fill in what is known and delete the rest; copy a block for a second row.",
        "# A page that you read comes first: each statement names its source_id. Then: python -m helpers.add THIS-FILE",
        "",
    ]
    for name in TABLES:
        if name in package.tables:
            table = package.tables[name]
            lines += [f"# {table.title}: {table.description}", f"# [[{name}]]"]
            lines += [line for field in table.fields for line in _explained(field)]
            lines.append("")
    return "\n".join(lines)


def main(arguments: list[str] | None = None) -> int:
    """Run from the command line; return 0 if rows were added or a draft was written, and 1 if not."""
    parser = argparse.ArgumentParser(prog="python -m helpers.add", description=__doc__)
    parser.add_argument("draft", type=Path, help="the draft, a TOML file")
    parser.add_argument("--new", action="store_true", help="write an empty draft there instead of reading one")
    parser.add_argument("--record", type=Path, default=Path(str(shipped_folder())), help="the folder of the record")
    given = parser.parse_args(arguments)
    try:
        package = read_package(given.record)
        if given.new:
            with given.draft.open("x", encoding="utf-8") as file:
                file.write(template(package))
            print(f"Wrote {given.draft}. Fill it in, then run: python -m helpers.add {given.draft}")
            return 0
        added = add(read_draft(given.draft, package), given.record)
    except FileExistsError:
        print(f"{given.draft} is there already; choose another name", file=sys.stderr)
        return 1
    except (ValueError, OSError) as error:
        print(f"Nothing was added. {error}", file=sys.stderr)
        return 1
    print("\n".join(["Added:", *added]))
    return 0


def _cell(value: Any) -> str:
    return ("yes" if value else "no") if isinstance(value, bool) else str(value).strip()


def _with_numbers(table: Table, lines: list[str], rows: list[dict[str, str]]) -> list[dict[str, str]]:
    """Give rows of a numbered table the next numbers, unless they have one."""
    key = table.primary_key[0]
    last = _NUMBERED(_cells(lines[-1])[table.names.index(key)]) if len(lines) > 1 else None
    if last is None:
        return rows
    width, number, numbered = len(last[2]), int(last[2]), []
    for row in rows:
        if not row.get(key):
            number += 1
            row = {**row, key: f"{last[1]}{number:0{width}}"}
        numbered.append(row)
    return numbered


def _inserted(table: Table, lines: list[str], rows: list[dict[str, str]]) -> tuple[str, list[int]]:
    """Return the text of a table with new rows in their places, and the row number of each."""
    header = _cells(lines[0])
    end = "\r\n" if lines[0].endswith("\r\n") else "\n"
    if not lines[-1].endswith("\n"):
        lines = [*lines[:-1], lines[-1] + end]
    body = [(_order(table, dict(zip(header, _cells(line), strict=False))), line, -1) for line in lines[1:]]
    for number, row in enumerate(rows):
        order = _order(table, row)
        place = next((n for n, (other, _, _) in enumerate(body) if other > order), len(body))
        body.insert(place, (order, _line([row.get(name, "") for name in header]) + end, number))
    places = {number: place for place, (_, _, number) in enumerate(body, start=2)}
    return "".join([lines[0], *(line for _, line, _ in body)]), [places[number] for number in range(len(rows))]


def _order(table: Table, row: Mapping[str, str]) -> tuple[Any, ...]:
    """Return what a table is sorted by: events by their day in UTC and their order in it, all others by their key."""
    if table.name == "events":
        order = row.get("day_order", "")
        return row.get("date_utc") or row.get("date", ""), int(order) if order.isdecimal() else 0
    return tuple(row.get(name, "") for name in table.primary_key)


def _cells(line: str) -> list[str]:
    return next(csv.reader([line.removeprefix("\ufeff").rstrip("\r\n")]), [])


def _line(cells: list[str]) -> str:
    out = io.StringIO()
    csv.writer(out, lineterminator="").writerow(cells)
    return out.getvalue()


def _in_draft(problem: Problem, where: Mapping[tuple[str, int], tuple[str, int]]) -> Problem:
    name, number = where.get((problem.file, problem.row or 0), ("", 0))
    if not name:
        return problem
    place = f"draft, [[{name}]] number {number}"
    return Problem(place, None, problem.column, problem.value, problem.expected, problem.nearest)


def _table_of(package: Package, place: str) -> Table:
    return next(table for table in package.tables.values() if place.startswith(f"{table.path},"))


def _explained(field: Field) -> list[str]:
    notes = [field.description, "needed" if field.required else ""]
    if field.meanings:
        notes.append("one of: " + ", ".join(field.meanings))
    return [f"# {'. '.join(filter(None, (note.rstrip('.') for note in notes)))}.", f'# {field.name} = ""']


if __name__ == "__main__":
    sys.exit(main())
