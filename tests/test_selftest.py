"""The self-test: it says what works and what doesn't, with what to do, and never raises an error or leaves a trace."""

from __future__ import annotations

from importlib import import_module, metadata

import pytest

import helpers
from helpers import selftest
from helpers.notes import FILE, Notes
from helpers.schema import DataError

PARTS = ["Python", "Packages", "The record", "Figures", "Your answers"]


def broken(*_, **__):
    raise DataError([])


def found(folder, what):
    table = selftest.self_test(folder).table.set_index("what")
    return bool(table.loc[what, "well"]), str(table.loc[what, "text"])


def test_all_is_well_here(tmp_path):
    shown = selftest.self_test(tmp_path)
    assert list(shown.table["what"]) == PARTS
    assert shown.table["well"].all(), shown.text
    assert shown.text.startswith("Everything works.")
    assert all(line in shown._repr_html_() for line in shown.text.splitlines()[1:])
    assert list(tmp_path.iterdir()) == []


def test_the_name_stays_the_function_when_its_module_is_loaded():
    assert import_module("helpers.selftest").self_test is helpers.self_test
    assert callable(helpers.self_test)


def test_answers_that_are_there_are_left_alone(tmp_path):
    Notes(tmp_path).put("00-1", "mine")
    before = (tmp_path / FILE).read_bytes()
    assert found(tmp_path, "Your answers")[0]
    assert (tmp_path / FILE).read_bytes() == before


@pytest.mark.parametrize(
    ("patch", "what", "remedy"),
    [
        (("OLDEST_PYTHON", (99, 0)), "Python", selftest.SET_UP),
        (("load", broken), "The record", selftest.FETCH),
        (("timeline", broken), "Figures", selftest.SET_UP),
        (("Notes", broken), "Your answers", selftest.MOVE),
    ],
)
def test_what_is_broken_is_a_line_with_a_remedy(tmp_path, monkeypatch, patch, what, remedy):
    monkeypatch.setattr(selftest, *patch)
    well, text = found(tmp_path, what)
    assert not well
    assert text.endswith(remedy)
    assert " did not work. Read what to do." in selftest.self_test(tmp_path).text


def test_missing_and_old_packages_are_named(tmp_path, monkeypatch):
    lines = ["nobody-has-this>=1", "pandas>=99", "pytest; extra == 'test'"]
    monkeypatch.setattr(metadata, "requires", lambda name: lines)
    well, text = found(tmp_path, "Packages")
    assert not well
    assert "nobody-has-this is missing; pandas is " in text
    assert "and >=99 is needed" in text


def test_a_folder_that_is_not_there_is_a_finding(tmp_path):
    well, text = found(tmp_path / "nowhere", "Your answers")
    assert not well
    assert text.endswith(selftest.MOVE)


def test_signs_in_a_message_do_no_harm_in_html(tmp_path, monkeypatch):
    def trap():
        raise ValueError("<script>")

    monkeypatch.setattr(selftest, "load", trap)
    assert "<script>" not in selftest.self_test(tmp_path)._repr_html_()
