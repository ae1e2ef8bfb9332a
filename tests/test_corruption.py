"""Random cells of the real tables are corrupted: each corruption is valid by the schema or reported where it is.

What is valid is judged by another reader of the same schema (frictionless), so that the test does not repeat the code.
"""

from __future__ import annotations

import csv
import io
from functools import cache
from pathlib import Path

from frictionless import Package
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from helpers import DataError, load
from tests.overlay import Overlay

DATA = Path(__file__).parent.parent / "data"
AT_ONCE = 10
LOADS = 300  # of AT_ONCE corruptions each: 3,000 corrupted cells in all


@cache
def package():
    return Package(str(DATA / "datapackage.json"))


@cache
def rows(path):
    with (DATA / path).open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file))


def tables():
    return [
        resource for resource in package().resources if resource.path.endswith(".csv") and len(rows(resource.path)) > 1
    ]


corruption = st.fixed_dictionaries(
    {
        "table": st.integers(0, 10_000),
        "row": st.integers(0, 100_000),
        "column": st.integers(0, 10_000),
        "how": st.sampled_from(["empty", "cut", "upper", "space", "swap", "other", "text", "number", "date"]),
        "text": st.text(st.characters(codec="utf-8", exclude_characters="\x00\r\n"), min_size=1, max_size=12),
        "number": st.floats(-1e6, 1e6).map(lambda x: f"{x:.2f}")
        | st.sampled_from(["1e5", "nan", "--1", "１２", "0x1F"]),
        "date": st.sampled_from(
            ["2020-02-30", "2020-1-5", "2020-13", "20200105", "2020-01-05T00:00", "1820", "0000-00-00"]
        ),
    }
)


def corrupted(cell, spec, path, column):
    match spec["how"]:
        case "empty":
            return ""
        case "cut":
            return cell[:-1]
        case "upper":
            return cell.upper()
        case "space":
            return f" {cell}"
        case "swap":
            return cell[1::-1] + cell[2:]
        case "other":
            lines = rows(path)
            return lines[1 + spec["row"] * 7 % (len(lines) - 1)][column]
    return spec[spec["how"]]


def is_valid(resource, field, value, keys):
    """Judge one cell by frictionless, by the keys of other tables and by the parts of a list."""
    spec = field.to_descriptor()
    _, notes = field.read_cell(value)
    if notes:
        return False
    if value == "":
        return True
    foreign = [k for k in resource.schema.foreign_keys if field.name in k["fields"]]
    parts = value.split(spec["list"]["delimiter"]) if "list" in spec else [value]
    targets = [(k["reference"]["resource"] or resource.name, k["reference"]["fields"][0]) for k in foreign]
    if "list" in spec:
        targets.append((spec["list"]["resource"], spec["list"]["field"]))
    return all(part in keys[target] for target in targets for part in parts)


@cache
def key_values():
    found = {}
    for resource in package().resources:
        if resource.path.endswith(".csv"):
            header, *lines = rows(resource.path)
            for place, name in enumerate(header):
                found[resource.name, name] = {line[place] for line in lines}
    return found


@settings(max_examples=LOADS, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(corruption, min_size=AT_ONCE, max_size=AT_ONCE))
def test_a_corrupted_cell_is_valid_or_reported_at_its_place(specs):
    changed, cells = {}, {}
    for spec in specs:
        resource = tables()[spec["table"] % len(tables())]
        lines = changed.setdefault(resource.path, [list(line) for line in rows(resource.path)])
        row, column = 1 + spec["row"] % (len(lines) - 1), spec["column"] % len(lines[0])
        old = rows(resource.path)[row][column]
        lines[row][column] = new = corrupted(old, spec, resource.path, column)
        cells[resource.path, row + 1, lines[0][column]] = (resource, resource.schema.fields[column], old, new)
    cells = {place: cell for place, cell in cells.items() if cell[2] != cell[3]}

    def text(lines):
        buffer = io.StringIO(newline="")
        csv.writer(buffer, lineterminator="\n").writerows(lines)
        return buffer.getvalue().encode("utf-8")

    keys = dict(key_values())
    for (_, _, name), (resource, _, _, new) in cells.items():
        keys[resource.name, name] = keys[resource.name, name] | {new}
    invalid = {place for place, (resource, field, _, new) in cells.items() if not is_valid(resource, field, new, keys)}
    try:
        load(Overlay(DATA, {path: text(lines) for path, lines in changed.items()}))
        reported = set()
    except DataError as error:  # anything else, a bare pandas traceback above all, fails the test
        found = error.problems
        reported = {(p.file, p.row, name) for p in found for name in (p.column or "").split(" + ")}
        assert all(p.file and p.expected for p in found)
        if invalid:
            touched = {(path, row) for path, row, _ in cells}
            gone = {old for _, _, old, _ in cells.values()}
            came = {new for _, _, _, new in cells.values()}
            for p in found:  # no false alarm: a problem lies in a corrupted row, or refers to a corrupted key
                words = set((p.value or "").split(" + "))
                assert (p.file, p.row) in touched or words & (gone | came), p
    assert invalid <= reported, [cells[place] for place in invalid - reported]
