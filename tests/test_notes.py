"""A student's answers: kept, never lost, whatever happens to the file."""

from __future__ import annotations

import os
import sys
import threading

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers.notes import FILE, Notes, NotesError

ANSWERS = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)


@settings(deadline=None, max_examples=30)  # each example writes to the disk
@given(st.lists(st.tuples(st.text(min_size=1, max_size=8), ANSWERS), max_size=8))
def test_what_was_put_comes_back(tmp_path_factory, entries):
    folder = tmp_path_factory.mktemp("notes")
    for key, value in entries:
        Notes(folder).put(key, value)
    latest = dict(entries)
    assert {key: Notes(folder).get(key) for key in latest} == latest
    assert Notes(folder).keys() == list(dict.fromkeys(key for key, _ in entries))
    assert Notes(folder).damage == ""


def test_earlier_answers_stay(tmp_path):
    notes = Notes(tmp_path)
    for text in ("first", "second", "second", "first"):
        notes.put("03-1", text)
    assert [note.value for note in notes.history("03-1")] == ["first", "second", "first"]
    assert all(note.saved.tzinfo for note in notes.history("03-1"))


def test_nothing_is_written_before_the_first_answer(tmp_path):
    notes = Notes(tmp_path)
    assert (notes.get("03-1"), notes.get("03-1", "none"), notes.keys(), notes.history("03-1")) == (None, "none", [], [])
    assert list(tmp_path.iterdir()) == []


def test_one_and_true_are_two_answers(tmp_path):
    notes = Notes(tmp_path)
    notes.put("a", 1)
    notes.put("a", True)
    assert notes.get("a") is True


@pytest.mark.parametrize(
    "damage", [b"\xff\xfe\x00rubbish\n", b'{"key": "03-2"}\n', b"[1, 2]\n", b'{"key": "03-2", "val']
)
def test_a_damaged_line_costs_only_itself(tmp_path, damage):
    notes = Notes(tmp_path)
    notes.put("03-1", "kept")
    before = (tmp_path / FILE).read_bytes()
    (tmp_path / FILE).write_bytes(before + damage)
    assert notes.get("03-1") == "kept"
    assert "line 2" in notes.damage
    notes.put("03-1", "new")
    assert notes.get("03-1") == "new"
    assert (tmp_path / FILE).read_bytes().startswith(before + damage), "what was there is left as it was"


def test_a_folder_that_is_gone_is_said_in_words(tmp_path):
    notes = Notes(tmp_path / "gone")
    with pytest.raises(NotesError, match=r"could not be saved.*Copy your text"):
        notes.put("03-1", "text")


@pytest.mark.skipif(sys.platform == "win32" or os.geteuid() == 0, reason="this user may write anywhere")
def test_a_file_that_is_read_only_is_said_in_words(tmp_path):
    notes = Notes(tmp_path)
    notes.put("03-1", "kept")
    notes.path.chmod(0o400)
    with pytest.raises(NotesError, match="Permission"):
        notes.put("03-1", "new")
    assert notes.get("03-1") == "kept"


def test_a_file_that_cannot_be_read_is_said_in_words(tmp_path):
    (tmp_path / FILE).mkdir()
    with pytest.raises(NotesError, match="can't be read"):
        Notes(tmp_path).get("03-1")


@pytest.mark.parametrize(("key", "value"), [("", "text"), ("03-1", {1, 2}), ("03-1", float("nan"))])
def test_what_cannot_be_kept_is_refused(tmp_path, key, value):
    with pytest.raises(ValueError, match="answer"):
        Notes(tmp_path).put(key, value)
    assert list(tmp_path.iterdir()) == []


def test_two_writers_lose_nothing(tmp_path):
    def write(name):
        for number in range(25):
            Notes(tmp_path).put(f"{name}-{number}", "x" * 500)

    threads = [threading.Thread(target=write, args=(name,)) for name in "abcd"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(Notes(tmp_path).keys()) == 100
    assert Notes(tmp_path).damage == ""
