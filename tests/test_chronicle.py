"""Views of a record: whole, in part, in any order; nothing changes the loaded one."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import helpers
from helpers import load
from helpers.chronicle import NO_ACTOR, NOT_ESTABLISHED

ROOT = Path(__file__).parent.parent
RECORD = load()
TABLES = list(RECORD.package.tables)


def same(one, other):
    for name in TABLES:
        pd.testing.assert_frame_equal(getattr(one, name), getattr(other, name))


def test_frames_have_real_types():
    events, claims = RECORD.events, RECORD.claims
    assert events.index.name == "event_id"
    assert events["date"].dtype == "datetime64[us]"
    assert isinstance(events["importance"].dtype, pd.CategoricalDtype) and events["importance"].cat.ordered
    assert claims["low"].dtype == "float64"
    assert RECORD.article_audit["checkable"].dtype == "bool"
    assert events["source_ids"].map(lambda ids: isinstance(ids, tuple)).all()
    assert isinstance(events["side"].dtype, pd.CategoricalDtype)


STEPS = {
    "as_of": lambda c: c.as_of("2020-01-20"),
    "as_of later": lambda c: c.as_of("2020-03-15"),
    "between": lambda c: c.between("2019-12-27", "2020-03-14"),
    "kind": lambda c: c.only(kind=["rocket-attack", "airstrike", "missile-strike"]),
    "actor": lambda c: c.only(actor="kataib-hezbollah"),
    "importance": lambda c: c.only(importance=[1, 2]),
    "side": lambda c: c.only(side=NOT_ESTABLISHED),
}


@settings(max_examples=25, deadline=None)
@given(st.permutations(list(STEPS)), st.integers(1, len(STEPS)))
def test_views_compose_in_any_order(order, count):
    steps = order[:count]
    one = other = RECORD
    for name in steps:
        one = STEPS[name](one)
    for name in sorted(steps):
        other = STEPS[name](other)
    same(one, other)


def test_views_are_what_they_say():
    attacks = RECORD.only(kind="rocket-attack", chapter="march")
    assert set(attacks.events["kind"]) == {"rocket-attack"}
    assert set(attacks.claims["event_id"]) <= set(attacks.events.index)
    near = RECORD.only(place="camp-taji").events
    assert "2020-03-11-taji-rocket-attack" in near.index
    week = RECORD.between("2020-01-02", "2020-01-08").events
    assert (week["date"] <= "2020-01-08").all()
    assert (week["end_date"].fillna(week["date"]) >= "2020-01-02").all()


def test_a_view_narrows_and_never_widens():
    narrow = RECORD.as_of("2020-01-05").as_of("2020-03-01")
    same(narrow, RECORD.as_of("2020-01-05"))
    assert RECORD.only(kind="protest").only(kind="naval").events.empty


def test_nothing_mutates_the_loaded_record():
    before = RECORD.events
    frame = RECORD.events
    frame.loc[:, "title"] = "changed"
    del frame["date"]
    claims = RECORD.claims
    claims["low"] = -1
    assert len(RECORD.events) == len(before) and "date" in RECORD.events
    assert "changed" not in set(RECORD.events["title"])
    assert not (RECORD.claims["low"] == -1).any()


@pytest.mark.parametrize(
    ("wish", "hint"),
    [
        ({"actor": "kataib-hizbollah"}, "kataib-hezbollah"),
        ({"kind": "rocket"}, "rocket-attack"),
        ({"chapter": "jan"}, "january"),
        ({"place": "taji"}, "camp-taji"),
        ({"importance": 4}, "1, 2, 3"),
        ({"side": "usa"}, "us-led"),
    ],
)
def test_an_unknown_value_names_the_nearest(wish, hint):
    with pytest.raises(ValueError, match=hint):
        RECORD.only(**wish)


def test_an_unknown_event_names_the_nearest():
    with pytest.raises(ValueError, match="2020-03-11-taji-rocket-attack"):
        RECORD.event("2020-03-11-taji-attack")


@pytest.mark.parametrize("day", ["9 Januar 2020", "2020-02-30", None, "soon", 3.5j, 2016])
def test_a_wrong_day_is_explained(day):
    with pytest.raises(ValueError, match="write it like 2020-01-09"):
        RECORD.as_of(day)


def test_a_record_has_no_length_of_its_own():
    with pytest.raises(TypeError, match=r"len\(chronicle\.events\)"):
        len(RECORD)
    assert RECORD


def test_an_end_before_a_start_is_explained():
    with pytest.raises(ValueError, match="lies before"):
        RECORD.between("2020-02-01", "2020-01-01")


def test_sides_tell_acts_from_allegations():
    sides = RECORD.events["side"]
    assert sides["2020-01-08-iran-missiles-al-asad-erbil"] == "iran"
    assert sides["2020-01-03-soleimani-muhandis-killing"] == "us-led"
    assert sides["2020-03-11-taji-rocket-attack"] == NOT_ESTABLISHED
    assert sides["2019-12-27-k1-rocket-attack"] == NOT_ESTABLISHED
    assert NO_ACTOR in sides.cat.categories


def test_moments_have_two_clocks():
    killing = RECORD.events.loc["2020-01-03-soleimani-muhandis-killing"]
    assert killing["start"] == pd.Timestamp("2020-01-03 00:47")
    assert killing["start_utc"] == pd.Timestamp("2020-01-02 21:47")


def test_it_loads_from_any_working_directory(tmp_path):
    code = "from helpers import load; print(len(load().events))"
    found = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert int(found.stdout) == len(RECORD.events)


def test_it_loads_from_a_wheel_and_from_a_zip(tmp_path):
    """The data travels inside the wheel, and can be read without being unpacked."""
    build = [
        sys.executable,
        "-m",
        "pip",
        "wheel",
        "--quiet",
        "--disable-pip-version-check",
        "--no-deps",
        "-w",
        tmp_path,
        ROOT,
    ]
    subprocess.run(build, check=True, capture_output=True)
    (wheel,) = tmp_path.glob("*.whl")
    code = "import helpers; record = helpers.load(); record.boundaries('countries')"
    code += "; print(helpers.__file__, len(record.events), '.')"
    env = {**os.environ, "PYTHONPATH": str(wheel)}
    zipped = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, env=env, capture_output=True, text=True, check=True
    )
    assert wheel.name in zipped.stdout and f" {len(RECORD.events)} " in zipped.stdout
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(tmp_path / "installed")
    env["PYTHONPATH"] = str(tmp_path / "installed")
    found = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, env=env, capture_output=True, text=True, check=True
    )
    assert "installed" in found.stdout and f" {len(RECORD.events)} " in found.stdout


def test_the_public_names_are_all_there():
    for name in helpers.__all__:
        assert getattr(helpers, name).__doc__, name
    with pytest.raises(AttributeError):
        _ = helpers.nothing_of_the_kind
