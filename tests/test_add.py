"""Adding sourced rows from a draft: all in their places or nothing at all."""

from __future__ import annotations

import csv
import shutil
from pathlib import Path

import pytest

from helpers import load
from helpers.add import main
from tests.test_hostile_folder import SMALL


@pytest.fixture
def folder(tmp_path):
    shutil.copytree(SMALL, tmp_path / "record")
    return tmp_path / "record"


def like(folder, table, **changes):
    """Return a row of a table as TOML, with some cells changed."""
    with (folder / f"{table}.csv").open(encoding="utf-8", newline="") as file:
        row = list(csv.DictReader(file))[-1]
    cells = {name: value for name, value in {**row, **changes}.items() if value != ""}
    return f"[[{table}]]\n" + "".join(f'{name} = "{value}"\n' for name, value in cells.items())


def written(folder, *parts):
    draft = folder.parent / "draft.toml"
    draft.write_text("\n".join(parts), encoding="utf-8")
    return draft


def snapshot(folder):
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}


def test_rows_go_to_their_places_and_no_other_line_changes(folder, capsys):
    before, old = snapshot(folder), load(folder)
    parts = [
        like(folder, "sources", source_id="a-made-up-page", url="https://example.org/a", title="Said, twice"),
        like(folder, "claims", claim_id="", source_id="a-made-up-page"),
        like(folder, "claims", claim_id="", source_id="a-made-up-page"),
    ]
    assert main([str(written(folder, *parts)), "--record", str(folder)]) == 0
    new = load(folder)
    assert len(new.claims) == len(old.claims) + 2 and "a-made-up-page" in new.sources.index
    assert new.claims.index.is_monotonic_increasing and new.sources.index.is_monotonic_increasing
    for name, content in snapshot(folder).items():
        kept = [line for line in content.splitlines() if line in set(before[name].splitlines())]
        assert kept == before[name].splitlines()
    assert "sources.csv, row 3: a-made-up-page" in capsys.readouterr().out


def test_an_event_stands_where_its_day_is(folder):
    last = load(folder).events.iloc[-1]
    text = like(
        folder,
        "events",
        event_id="2019-06-13-test",
        chapter="may-june",
        date="2019-06-13",
        day_order="99",
        end_date="",
        date_utc="",
        time_local="",
        time_utc="",
    )
    assert main([str(written(folder, text)), "--record", str(folder)]) == 0
    events = load(folder).events
    assert events["date"].is_monotonic_increasing and events.index[-1] == last.name
    assert "2019-06-13-test" in events.index


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"kind": "rocket"}, ["[[events]] number 1, column kind", "'rocket' found", "nearest"]),
        ({"source_ids": "nowhere"}, ["[[events]] number 1, column source_ids", "sources.csv"]),
        ({"evnt_id": "x"}, ["column of events 'evnt_id'", "event_id"]),
        ({"date": "2019-02-30"}, ["column date", "in the calendar"]),
    ],
)
def test_what_does_not_fit_is_named_and_nothing_is_written(folder, change, expected, capsys):
    before = snapshot(folder)
    text = like(folder, "events", **{"event_id": "2019-07-21-test", **change})
    assert main([str(written(folder, text)), "--record", str(folder)]) == 1
    said = capsys.readouterr().err
    assert all(part in said for part in expected), said
    assert "Nothing was added" in said and snapshot(folder) == before


@pytest.mark.parametrize("text", ["", "[[events]", "events = 3", "[[evnts]]\nx = 1"])
def test_a_draft_that_is_none(folder, text, capsys):
    assert main([str(written(folder, text)), "--record", str(folder)]) == 1
    assert "Nothing was added" in capsys.readouterr().err


def test_the_empty_draft_explains_itself_and_is_never_overwritten(folder, capsys):
    draft = Path(folder.parent / "new.toml")
    assert main([str(draft), "--new", "--record", str(folder)]) == 0
    text = draft.read_text(encoding="utf-8")
    assert "# [[events]]" in text and "rocket-attack" in text and "# reported_on" in text
    assert main([str(draft), "--new", "--record", str(folder)]) == 1
    assert "there already" in capsys.readouterr().err
    assert main([str(draft), "--record", str(folder)]) == 1
    assert "no row yet" in capsys.readouterr().err
