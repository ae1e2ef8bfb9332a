"""Whatever is wrong with a record is named: file, row, column, value, what was expected, the nearest valid value."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from helpers import DataError, load, new_crisis
from tests.overlay import Overlay

SMALL = Path(__file__).parent.parent / "data" / "gulf-2019"


def text(name):
    return (SMALL / name).read_text(encoding="utf-8")


def problems(**files):
    """Load the small record with some files replaced (``events="..."``), and return what is reported."""
    replaced = {}
    for name, content in files.items():
        path = name if "." in name else f"{name}.csv"
        replaced[path] = content.encode("utf-8") if isinstance(content, str) else content
    with pytest.raises(DataError) as caught:
        load(Overlay(SMALL, replaced))
    return caught.value.problems


def edited(name, row, old, new):
    """Return a table with ``old`` replaced by ``new`` in a row as a spreadsheet numbers it."""
    lines = text(f"{name}.csv").splitlines(keepends=True)
    assert old in lines[row - 1]
    lines[row - 1] = lines[row - 1].replace(old, new, 1)
    return "".join(lines)


def test_the_small_record_loads():
    record = load(SMALL)
    assert len(record.events) == 7
    assert record.only(actor="iran").events["chapter"].nunique() == 2
    assert len(record.as_of("2019-06-20").events) < len(record.events)
    assert record.boundaries("countries")["features"], "a record without boundaries gets the shipped ones"


def test_a_missing_file():
    (one,) = problems(claims=None)
    assert (one.file, one.row) == ("claims.csv", None)
    assert "beside datapackage.json" in one.expected


def test_a_missing_folder(tmp_path):
    (tmp_path / "gulf-2019").mkdir()
    (tmp_path / "gulf-2019" / "datapackage.json").touch()
    with pytest.raises(DataError, match=r"gulf-2091: a folder with a record expected \(nearest: .*gulf-2019\)"):
        load(tmp_path / "gulf-2091")
    with pytest.raises(DataError, match=r"datapackage\.json"):
        load(tmp_path)


def test_a_missing_column_names_the_nearest():
    (one,) = problems(events=text("events.csv").replace("place_text", "place_txt", 1))[:1]
    assert (one.file, one.row, one.column) == ("events.csv", 1, "place_text")
    assert one.nearest == "place_txt"


@pytest.mark.parametrize(
    ("table", "row", "old", "new", "column", "expected", "nearest"),
    [
        ("events", 2, "2019-05-12,,day", "2019-05-32,,day", "date", "calendar", None),
        ("events", 2, "2019-05-12,,day", "12.5.2019,,day", "date", "2020-01-08", None),
        ("events", 2, ",naval,", ",navel,", "kind", "one of", "naval"),
        ("events", 2, ",3,2019-05-12", ",7,2019-05-12", "importance", "one of", None),
        ("events", 2, ",1,may-june", ",first,may-june", "day_order", "whole number", None),
        ("events", 2, ",may-june,", ",may-juni,", "chapter", "chapters.csv", "may-june"),
        ("claims", 2, "united-states", "united-stats", "claimant_id", "actors.csv", "united-states"),
        ("claims", 2, "2019-06-07", "2019-13", "reported_on", "month", None),
        ("places", 2, "25.93402", "205.93402", "lat", "-90 to 90", None),
        ("sources", 2, "https://", "javascript:", "url", "http", None),
        ("quotes", 2, ",2019-06-20,", ",19 of 20,", "date", "date like", None),
    ],
)
def test_a_wrong_cell(table, row, old, new, column, expected, nearest):
    found = problems(**{table: edited(table, row, old, new)})
    (one,) = [p for p in found if p.column == column]
    assert (one.file, one.row) == (f"{table}.csv", row)
    assert expected in one.expected
    if nearest:
        assert one.nearest == nearest


def test_an_unknown_id_in_a_list():
    table = edited("events", 2, "|", "|no-such-page-2019|")
    (one,) = problems(events=table)
    assert (one.row, one.column, one.value) == (2, "source_ids", "no-such-page-2019")


def test_a_duplicate_id():
    lines = text("actors.csv").splitlines(keepends=True)
    (one,) = problems(actors="".join([*lines, lines[3]]))
    assert (one.file, one.row, one.column) == ("actors.csv", len(lines) + 1, "actor_id")


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_a_comma_too_many_and_one_too_few(end):
    lines = text("links.csv").replace("\n", end).split(end)
    lines[1] += ","
    lines[2] = lines[2].rpartition(",")[0]
    found = problems(links=end.join(lines))
    assert [(p.file, p.row) for p in found] == [("links.csv", 2), ("links.csv", 3)]
    assert all("a comma too many or too few" in p.expected for p in found)


def test_an_empty_line_and_an_unclosed_quote():
    lines = text("links.csv").split("\n")
    assert [p.row for p in problems(links="\n".join([*lines[:2], "", *lines[2:]]))] == [3]
    lines[2] = lines[2].replace(",", ',"', 1)
    assert problems(links="\n".join(lines))[0].row == 3


def test_a_wrong_encoding():
    broken = text("actors.csv").replace("Iran", "Irán", 1).encode("latin-1", errors="replace")
    (one,) = problems(actors=broken)
    assert one.file == "actors.csv" and one.row is not None
    assert "UTF-8" in one.expected


@pytest.mark.parametrize("content", ["", "\n", "\ufeff"])
def test_an_empty_file(content):
    (one,) = problems(quotes=content)
    assert one.file == "quotes.csv" and "header row" in one.expected


def test_a_byte_order_mark_and_windows_line_ends_do_no_harm():
    content = "\ufeff" + text("events.csv").replace("\n", "\r\n")
    record = load(Overlay(SMALL, {"events.csv": content.encode("utf-8")}))
    assert record.events["title"].tolist() == load(SMALL).events["title"].tolist()


def test_all_problems_are_listed_at_once():
    found = problems(
        events=edited("events", 2, ",naval,", ",navel,"),
        claims=edited("claims", 3, "2019", "20x9"),
        places=None,
    )
    assert {p.file for p in found} == {"events.csv", "claims.csv", "places.csv"}


def test_the_error_can_be_read_and_made_a_table():
    with pytest.raises(DataError) as caught:
        load(Overlay(SMALL, {"events.csv": edited("events", 2, ",naval,", ",navel,").encode()}))
    assert "events.csv, row 2, column kind: 'navel' found" in str(caught.value)
    assert caught.value.to_frame().loc[0, "nearest"] == "naval"


@pytest.mark.parametrize(
    ("table", "row", "old", "new", "column"),
    [
        ("claims", 2, "2019-06-07", "2019-01-07", "reported_on"),
        ("events", 3, "03:12", "05:12", "time_utc"),
        ("events", 3, "may-june", "july-september", "chapter"),
    ],
)
def test_rules_of_sense(table, row, old, new, column):
    found = problems(**{table: edited(table, row, old, new)})
    assert (f"{table}.csv", row, column) in {(p.file, p.row, p.column) for p in found}


def test_a_descriptor_that_is_no_json_or_lacks_a_table():
    found = problems(**{"datapackage.json": "{"})
    assert found[0].file == "datapackage.json"
    descriptor = json.loads(text("datapackage.json"))
    descriptor["resources"] = [r for r in descriptor["resources"] if r["name"] != "claims"]
    (one,) = problems(**{"datapackage.json": json.dumps(descriptor)})
    assert "a table named claims" in one.expected
    problems(**{"datapackage.json": '{"resources": 3}'})


def test_a_crisis_of_ones_own_can_have_its_own_vocabulary(tmp_path):
    folder = new_crisis(tmp_path / "mine", title="My crisis")
    package = json.loads((folder / "datapackage.json").read_text(encoding="utf-8"))
    assert load(folder).title == "My crisis"
    events = next(r for r in package["resources"] if r["name"] == "events")
    kind = next(f for f in events["schema"]["fields"] if f["name"] == "kind")
    kind["constraints"]["enum"].append("eclipse")
    (folder / "datapackage.json").write_text(json.dumps(package), encoding="utf-8")
    (folder / "chapters.csv").write_text("chapter,title,start,end,question\nall,All,1914-06-28,1918-11-11,Why?\n")
    (folder / "sources.csv").write_text(
        "source_id,publisher,via,title,url,published,kind,publisher_country,language,affiliation,read_how\n"
        "almanac-1914,Almanac,,[Eclipse],,1914-08-21,official,,en,independent,whole\n"
    )
    cells = "1914-08-21-eclipse,1,all,1,1914-08-21,,day,,,,,,,,eclipse,Sun eclipsed,The sun went dark.,almanac-1914"
    header = (folder / "events.csv").read_text(encoding="utf-8")
    (folder / "events.csv").write_text(header + cells + "\n", encoding="utf-8")
    record = load(folder)
    assert record.only(kind="eclipse").events.index.tolist() == ["1914-08-21-eclipse"]
    assert len(record.as_of("1914-08-21").events) == 1


def test_a_new_crisis_overwrites_nothing(tmp_path):
    folder = new_crisis(tmp_path / "mine")
    (folder / "events.csv").write_text("my work")
    with pytest.raises(FileExistsError, match="choose another folder"):
        new_crisis(folder)
    assert (folder / "events.csv").read_text() == "my work"
    guide = (folder / "README.md").read_text(encoding="utf-8")
    assert "## events.csv" in guide and "alleged-initiator" in guide
