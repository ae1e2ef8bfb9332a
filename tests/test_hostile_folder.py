"""A folder from a stranger: whatever stands in it, loading it ends soon, in little memory, in a clear error or a record."""

from __future__ import annotations

import copy
import json
import os
import resource
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from helpers import Chronicle, DataError, load
from tests.overlay import Overlay

SMALL = Path(__file__).parent.parent / "data" / "gulf-2019"
DESCRIPTOR = json.loads((SMALL / "datapackage.json").read_text(encoding="utf-8"))
EVENTS = (SMALL / "events.csv").read_text(encoding="utf-8")
MEMORY, SECONDS = 1_500_000_000, 30

needs_posix = pytest.mark.skipif(os.name != "posix", reason="Windows has neither named pipes nor limits of this sort")


def said(folder):
    with pytest.raises(DataError) as caught:
        load(folder)
    return str(caught.value)


def within_bounds(folder):
    """Load a folder in a process of its own that may take so much memory and time and no more; return what it said."""
    code = "import sys\nfrom helpers import load\nfrom helpers.schema import DataError\n"
    code += "try:\n    load(sys.argv[1])\nexcept DataError as error:\n    print(str(error)[:2000])\n"
    limit = (MEMORY, MEMORY)
    done = subprocess.run(
        [sys.executable, "-c", code, str(folder)],
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_DATA, limit),
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout


@pytest.fixture
def folder(tmp_path):
    """A folder of its own with the small record in it."""
    for path in SMALL.iterdir():
        if path.is_file():
            (tmp_path / path.name).write_bytes(path.read_bytes())
    load(tmp_path)
    return tmp_path


def rewritten(folder, change):
    descriptor = copy.deepcopy(DESCRIPTOR)
    change(descriptor, {r["name"]: r for r in descriptor["resources"]})
    (folder / "datapackage.json").write_text(json.dumps(descriptor), encoding="utf-8")
    return folder


@pytest.mark.parametrize(
    "path", ["../../secret.csv", "/etc/passwd", "C:\\secret.csv", "..\\secret.csv", "a/../../b.csv"]
)
def test_a_path_never_leads_out_of_the_folder(folder, path):
    rewritten(folder, lambda _, tables: tables["events"].update(path=path))
    assert "a path inside the folder" in said(folder)


@needs_posix
def test_links_that_lead_out_and_things_that_are_no_files(folder, tmp_path_factory):
    secret = tmp_path_factory.mktemp("elsewhere") / "secret.csv"
    secret.write_text("secret", encoding="utf-8")
    events = folder / "events.csv"
    for make, expected in [
        (lambda: events.symlink_to(secret), "not a link that leads out of it"),
        (lambda: events.symlink_to("/dev/zero"), "not a link that leads out of it"),
        (lambda: events.symlink_to("events.csv"), "a file"),
        (lambda: os.mkfifo(events), "an ordinary file"),
        (events.mkdir, "an ordinary file"),
    ]:
        events.unlink() if not events.is_dir() else events.rmdir()
        make()
        text = said(folder)
        assert expected in text and "secret" not in text.replace(str(secret), "")


def test_a_link_to_the_folder_itself_is_fine(folder, tmp_path_factory):
    if os.name != "posix":
        pytest.skip("links need rights on Windows that a student lacks")
    link = tmp_path_factory.mktemp("links") / "record"
    link.symlink_to(folder)
    assert isinstance(load(link), Chronicle)


@needs_posix
def test_huge_files(folder):
    with (folder / "events.csv").open("wb") as file:
        file.truncate(3_000_000_000)  # takes no room on the disk
    assert "at most 256 MB" in within_bounds(folder)
    (folder / "events.csv").write_text(EVENTS, encoding="utf-8")
    with (folder / "datapackage.json").open("wb") as file:
        file.truncate(3_000_000_000)
    assert "at most 5 MB" in within_bounds(folder)


@needs_posix
@pytest.mark.parametrize(
    "content",
    [
        "\n" * 20_000_000,
        "a,b\n" * 5_000_000,
        ",".join(["x"] * 5_000_000),
        EVENTS.splitlines()[0] + "\n" + '"' + "x" * 50_000_000,
        EVENTS.splitlines()[0] + "\n" + "\n".join("," * EVENTS.splitlines()[0].count(",") for _ in range(300_000)),
        EVENTS.splitlines()[0]
        + "\n"
        + "\n".join(f"bad{n}" + f",bad{n}" * EVENTS.splitlines()[0].count(",") for n in range(60_000)),
    ],
    ids=["empty lines", "short rows", "a wide header", "an open quote", "empty cells", "all cells wrong"],
)
def test_large_nonsense(folder, content):
    (folder / "events.csv").write_text(content, encoding="utf-8")
    text = within_bounds(folder)
    assert "events.csv" in text and "expected" in text


@pytest.mark.parametrize("encoding", ["utf-16", "utf-32", "utf-8-sig", "cp1252", "shift_jis", "utf-7"])
def test_odd_encodings(folder, encoding):
    (folder / "events.csv").write_bytes(EVENTS.replace("Strait", "Straße").encode(encoding, errors="replace"))
    try:
        assert isinstance(load(folder), Chronicle)
    except DataError as error:
        assert "events.csv" in str(error)


def test_a_deep_descriptor_and_one_with_a_huge_number(folder):
    (folder / "datapackage.json").write_text("[" * 200_000, encoding="utf-8")
    assert "a Data Package" in said(folder)
    (folder / "datapackage.json").write_text('{"resources": ' + "9" * 10_000 + "}", encoding="utf-8")
    assert "a Data Package" in said(folder)


def test_a_pattern_that_would_run_for_years_is_refused(folder):
    def change(_, tables):
        tables["events"]["schema"]["fields"][0]["constraints"]["pattern"] = "(a+)+$"

    assert "one of the patterns" in said(rewritten(folder, change))


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (lambda e: e["schema"].update(primaryKey="evnt_id"), "nearest: event_id"),
        (lambda e: e["schema"]["fields"][0].update(type="strng"), "nearest: string"),
        (lambda e: e["schema"]["fields"].append(dict(e["schema"]["fields"][0])), "each column once"),
        (lambda e: e["schema"]["foreignKeys"][0]["reference"].update(resource="plcaes"), "a table named plcaes"),
        (lambda e: e["schema"]["foreignKeys"][0]["reference"].update(fields="nothing"), "a column of the table"),
    ],
)
def test_a_descriptor_that_makes_no_sense(folder, change, expected):
    assert expected in said(rewritten(folder, lambda _, tables: change(tables["events"])))


def places(value, path=()):
    """List the ways to every value in a nest of dicts and lists."""
    found = [path]
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in items:
        found += places(inner, (*path, key))
    return found


WAYS = [way for way in places(DESCRIPTOR) if way]
ODD = [None, True, -1, 2.5, "", "x", [], {}, [[]], {"a": 1}, "é" * 300, 10**30]


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.sampled_from(WAYS), st.sampled_from(ODD))
def test_any_value_of_the_descriptor_may_be_odd(way, odd):
    descriptor = copy.deepcopy(DESCRIPTOR)
    inner = descriptor
    for key in way[:-1]:
        inner = inner[key]
    inner[way[-1]] = odd
    try:
        record = load(Overlay(SMALL, {"datapackage.json": json.dumps(descriptor).encode()}))
    except DataError as error:
        assert all(problem.file and problem.expected for problem in error.problems)
    else:
        assert repr(record) and len(record.events) >= 0
