"""A decision room shows what was known, keeps what one answers, and says what came later only afterwards."""

from __future__ import annotations

import json
import re

import ipywidgets as widgets
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpers import load
from helpers.explorers.decision_room import DecisionRoom
from helpers.notes import Notes
from helpers.rooms import (
    Answer,
    brier,
    decision_rooms,
    open_room,
    options_card,
    outcome_card,
    parse_probability,
    scored,
    situation_card,
)

ROOMS = sorted(load().rooms.index)
K1 = "2019-12-28-washington-after-k1"
AFTER = "2020-01-02"


def everything(widget: widgets.Widget) -> str:
    """Return all that a widget and those inside it send to the page."""
    seen: dict[str, object] = {}

    def collect(one: widgets.Widget) -> None:
        if one.model_id in seen:
            return
        seen[one.model_id] = {k: v for k, v in one.get_state().items() if not k.startswith("_esm")}
        for name in ("children", "layout", "style"):
            inner = getattr(one, name, ())
            for child in inner if isinstance(inner, (list, tuple)) else (inner,):
                if isinstance(child, widgets.Widget):
                    collect(child)

    collect(widget)
    return json.dumps(list(seen.values()), default=str, ensure_ascii=False)


@pytest.fixture
def room(chronicle, tmp_path):
    return DecisionRoom(chronicle, K1, answers=tmp_path)


def test_the_table_lists_each_room_and_no_outcome(chronicle):
    table = decision_rooms(chronicle)
    assert sorted(table.index) == ROOMS and len(ROOMS) >= 6
    assert table["known until"].is_monotonic_increasing
    assert (table["options"] >= 3).all()
    text = table.to_string(max_colwidth=None)
    assert not any(outcome in text for outcome in chronicle.rooms["outcome"])


@pytest.mark.parametrize("key", ROOMS)
def test_nothing_later_reaches_the_page_before_the_reveal(chronicle, tmp_path, key):
    room = DecisionRoom(chronicle, key, answers=tmp_path)
    room.span.value = "everything known"
    day = room.room.as_of
    row = chronicle.rooms.loc[key]
    late_pages = chronicle.sources[~(chronicle.sources["published_until"] <= day)]["url"].dropna()
    later_events = chronicle.events[chronicle.events["date"] > day + pd.Timedelta(days=1)]["title"]
    own = set(room._events["title"])
    events = [event for _, event in room.listing.options]
    for event in (events[0], events[-1], events[len(events) // 2]):
        room.listing.value = event
        sent = everything(room)
        for column in ("outcome", "later"):
            assert json.dumps(row[column], ensure_ascii=False)[1:-1] not in sent
        links = set(re.findall(r'href=\\"([^"\\]+)', sent))
        assert links and links.isdisjoint({url.replace("&", "&amp;") for url in late_pages})
        assert not [title for title in later_events if title not in own and title in sent]
        summary = chronicle.events.loc[event, "summary"]
        assert json.dumps(summary, ensure_ascii=False)[1:-1] not in sent
        assert row["outcome_event_id"] not in sent and str(row["event_id"]) not in sent
    notes = chronicle.room_options.loc[chronicle.room_options["room_id"] == key, "note"].dropna()
    assert not [note for note in notes if note in sent]


@pytest.mark.parametrize("key", ROOMS)
def test_the_order_of_the_options_says_nothing(chronicle, key):
    labels = [option.label for option in open_room(chronicle, key).options]
    assert labels == sorted(labels)


@pytest.mark.parametrize("key", ROOMS)
def test_the_reveal_says_what_was_done_with_its_sources(chronicle, key):
    room = open_room(chronicle, key)
    card = outcome_card(chronicle, key, [Answer(room.options[0].option_id, "Because.", 70)])
    assert len(re.findall("✔ done", card)) == chronicle.room_options.query("room_id == @key")["taken"].sum()
    for source in chronicle.rooms.loc[key, "outcome_source_ids"]:
        url = chronicle.sources.loc[source, "url"]
        assert not isinstance(url, str) or url.replace("&", "&amp;") in card
    assert "Brier score" in card and "Because." in card


def test_the_room_shows_the_situation_and_the_options(room, chronicle):
    assert chronicle.rooms.loc[K1, "question"] in situation_card(room.room)
    for option in room.room.options:
        assert option.label in options_card(room.room)
        assert f"{option.letter}. {option.label}" in room.choice._options_labels


def test_the_first_card_is_the_event_that_brought_it_about(room, chronicle):
    assert chronicle.events.loc["2019-12-27-k1-rocket-attack", "title"] in room.card.value
    assert room.position.text.startswith("Event ")


def test_one_goes_through_the_events_and_finds_one(room):
    room.span.value = "everything known"
    total = len(room.listing.options)
    room.listing.value = room.listing.options[0][1]
    assert room.later.disabled and not room.earlier.disabled
    room.earlier.click()
    assert room.position.text.startswith(f"Event 2 of {total}.")
    room.search.value = "POMPEO"
    assert 0 < len(room.listing.options) < total
    assert all("pompeo" in label.casefold() for label, _ in room.listing.options)
    room.search.value = "zzz"
    assert room.listing.options == () and room.card.value == "" and "No event fits" in room.position.text
    room.search.value = ""
    assert len(room.listing.options) == total


def test_nothing_is_revealed_without_an_answer(room):
    assert room.reveal_button.disabled
    assert not room.reveal()
    assert room.outcome.value == "" and "first" in room.status.text


@pytest.mark.parametrize("leave_out", ["choice", "reasons", "probability"])
def test_an_incomplete_answer_is_not_saved_and_the_gap_is_named(room, leave_out):
    room.set(choice="A", reasons="Because.", probability=30)
    getattr(room, leave_out).value = None if leave_out == "choice" else " "
    assert not room.save()
    assert room.history == [] and "Not complete" in room.status.text and room.reveal_button.disabled


@pytest.mark.parametrize("text", ["101", "-1", "often", "1e3", "7 0", "٥٠", "nan"])
def test_a_probability_that_is_none_is_refused_in_words(room, text):
    room.set(choice="A", reasons="Because.", probability=30)
    room.probability.value = text
    assert not room.save()
    assert "from 0" in room.status.text


def test_an_answer_survives_a_restart_and_a_second_run(room, chronicle, tmp_path):
    room.set(choice="B", reasons="Nobody knows who fired.", probability=30)
    assert room.save()
    again = DecisionRoom(chronicle, "2019-12-28", answers=tmp_path)
    assert again.choice.value == room.choice.value
    assert (again.reasons.value, again.probability.value) == ("Nobody knows who fired.", "30")
    assert "back" in again.status.text and not again.reveal_button.disabled
    assert again.outcome.value == ""
    assert len(again.history) == 1


def test_words_not_saved_yet_are_not_lost_by_running_again(room, chronicle, tmp_path):
    room.reasons.value = "Half a thought"
    again = DecisionRoom(chronicle, K1, answers=tmp_path)
    assert again.reasons.value == "Half a thought" and again.history == []
    assert "not saved as your answer yet" in again.status.text and again.reveal_button.disabled


def test_a_change_of_mind_keeps_the_first_answer(room, chronicle, tmp_path):
    room.set(choice="A", reasons="First thought.", probability=80)
    room.save()
    assert room.reasons.disabled
    room.change()
    assert not room.reasons.disabled and room.reveal_button.disabled
    room.set(choice="B", reasons="Second thought.", probability=20)
    room.save()
    assert [answer.reasons for answer in room.history] == ["First thought.", "Second thought."]
    assert room.reveal()
    assert "First thought." in room.outcome.value and "Second thought." in room.outcome.value
    assert f"{brier(20, bool(chronicle.rooms.loc[K1, 'prediction_outcome'])):.2f}" in room.outcome.value
    other = DecisionRoom(chronicle, K1, answers=tmp_path)
    assert len(other.history) == 2


def test_what_is_said_after_the_reveal_is_kept_and_not_scored(room):
    room.set(choice="A", reasons="Before.", probability=80)
    room.save()
    room.reveal()
    room.change()
    assert room.outcome.value == ""
    room.set(choice="B", reasons="Now I know.", probability=100)
    room.save()
    assert [answer.after_reveal for answer in room.history] == [False, True]
    counted = scored(room.history)
    assert counted is not None and counted.probability == 80


def test_the_reveal_is_remembered_after_a_restart(room, chronicle, tmp_path):
    room.set(choice="A", reasons="Before.", probability=80)
    room.save()
    room.reveal()
    again = DecisionRoom(chronicle, K1, answers=tmp_path)
    again.change()
    again.set(choice="B", reasons="After.", probability=100)
    again.save()
    assert again.history[-1].after_reveal


def test_reasons_stay_text(room):
    room.set(choice="A", reasons='<img src=x onerror="alert(1)">', probability=80)
    room.save()
    room.reveal()
    assert "<img" not in room.outcome.value and "&lt;img" in room.outcome.value


def test_a_file_that_takes_nothing_loses_nothing(chronicle, tmp_path):
    blocked = tmp_path / "file"
    blocked.write_text("no folder")
    room = DecisionRoom(chronicle, K1, answers=blocked)
    room.set(choice="A", reasons="My words.", probability=80)
    assert not room.save()
    assert "could not be saved" in room.status.text or "can't be read" in room.status.text
    assert room.reasons.value == "My words."
    assert room.reveal() and "My words." in room.outcome.value
    blocked.unlink()
    blocked.mkdir()
    room.change()
    room.reasons.value = "More words."
    assert room.save()
    assert [answer.reasons for answer in DecisionRoom(chronicle, K1, answers=blocked).history] == [
        "My words.",
        "More words.",
    ]


def test_a_damaged_file_is_told_and_left_as_it_is(room, chronicle, tmp_path):
    room.set(choice="A", reasons="Kept.", probability=80)
    room.save()
    path = Notes(tmp_path).path
    before = path.read_bytes() + b'{"key": "room/' + K1.encode() + b'", "value": {"choi\n'
    path.write_bytes(before)
    again = DecisionRoom(chronicle, K1, answers=tmp_path)
    assert again.reasons.value == "Kept." and path.name in again.status.text
    again.change()
    again.reasons.value = "More."
    again.save()
    assert path.read_bytes().startswith(before)


@pytest.mark.parametrize(
    "value",
    [
        3,
        None,
        {},
        {"choice": "x"},
        {"choice": "x", "reasons": "", "probability": "a lot"},
        {"choice": "x", "reasons": "", "probability": 400},
    ],
)
def test_a_value_changed_by_hand_is_no_answer(chronicle, tmp_path, value):
    Notes(tmp_path).put(f"room/{K1}", value)
    Notes(tmp_path).put(f"room/{K1}/draft", value)
    room = DecisionRoom(chronicle, K1, answers=tmp_path)
    assert room.history == [] and room.reveal_button.disabled


def test_rooms_do_not_mix_their_answers(room, chronicle, tmp_path):
    room.set(choice="A", reasons="In the first room.", probability=80)
    room.save()
    other = DecisionRoom(chronicle, AFTER, answers=tmp_path)
    assert other.history == [] and other.reasons.value == ""


def test_a_wrong_room_names_the_nearest_one(chronicle, tmp_path):
    with pytest.raises(ValueError, match=K1):
        DecisionRoom(chronicle, "2019-12-28-washington-k1", answers=tmp_path)
    with pytest.raises(ValueError, match="no room"):
        DecisionRoom(chronicle, "2001-01-01", answers=tmp_path)
    with pytest.raises(ValueError, match="whole record"):
        DecisionRoom(chronicle.as_of("2020-03-01"), K1, answers=tmp_path)
    with pytest.raises(ValueError, match="no option"):
        DecisionRoom(chronicle, K1, answers=tmp_path).set(choice="Z", reasons="", probability=3)


def test_each_control_has_a_label(room):
    for control in (room.span, room.search, room.listing, room.choice, room.reasons, room.probability):
        assert control.description
    assert room.room.prediction in room.probability.description


@given(st.floats(0, 100), st.booleans())
def test_the_brier_score_is_the_squared_distance(probability, happened):
    score = brier(probability, happened)
    assert 0 <= score <= 1
    assert brier(100 - probability, not happened) == pytest.approx(score, abs=1e-5)


def test_known_brier_scores():
    assert [brier(p, True) for p in (0, 50, 70, 100)] == [1, 0.25, 0.09, 0]
    with pytest.raises(ValueError, match="0 to 100"):
        brier(101, True)


@given(st.integers(0, 100))
def test_a_whole_percentage_is_read_as_it_is_written(number):
    assert parse_probability(f" {number} %") == number == parse_probability(f"{number},0")


@pytest.mark.parametrize("settings", [{}, {"days": 3}, {"days": None, "search": "iran"}, {"days": 3, "search": "zzz"}])
def test_a_state_code_brings_back_what_was_read_and_touches_no_answer(chronicle, tmp_path, settings):
    room = DecisionRoom(chronicle, K1, answers=tmp_path, **settings)
    room.set(choice="A", reasons="Mine.", probability=30)
    room.save()
    if room.listing.options:
        room.listing.value = room.listing.options[-1][1]
    other = DecisionRoom(chronicle, K1, answers=tmp_path, search="pompeo")
    other.code = room.code
    assert other.state == room.state and other.code == room.code
    assert other.listing.options == room.listing.options and other.card.value == room.card.value
    other.state = {}
    assert other.state == DecisionRoom(chronicle, K1, answers=tmp_path).state
    assert [(answer.reasons, answer.probability) for answer in other.history] == [("Mine.", 30)]
    assert other.reasons.value == "Mine." and other.outcome.value == ""
    assert "Mine." not in room.code + room.as_code() and "choice" not in room.code


@pytest.mark.parametrize("key", ROOMS)
def test_the_codes_of_a_room_name_no_event_by_its_key(chronicle, tmp_path, key):
    room = DecisionRoom(chronicle, key, answers=tmp_path, days=None)
    for _, event in room.listing.options[:: max(1, len(room.listing.options) // 8)]:
        room.listing.value = event
        assert event not in room.code + room.as_code()
        assert DecisionRoom(chronicle, **room.state, answers=tmp_path).listing.value == event


@pytest.mark.parametrize("settings", [{}, {"days": 3}, {"days": None, "search": "Pompeo"}])
def test_the_python_code_lists_the_same_events(chronicle, tmp_path, settings):
    room = DecisionRoom(chronicle, K1, answers=tmp_path, **settings)
    *lines, last = room.as_code().splitlines()
    names = {"chronicle": chronicle}
    exec("\n".join(lines), names)
    listed = eval(last, names)
    assert [f"{day:%d %b %Y}: {title}" for day, title in listed.items()] == [label for label, _ in room.listing.options]


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        ({"day": 3}, "'days'"),
        ({"days": 5}, "3"),
        ({"event": "2019-12-27.9"}, "2019-12-27"),
        ({"event": "2020-01-03-soleimani-muhandis-killing"}, "no event"),
        ({"room": "2020-01-02-washington"}, "no room"),
    ],
)
def test_a_state_that_cannot_be_is_refused(room, settings, told):
    before = room.state
    with pytest.raises(ValueError, match=told):
        room.state = settings
    assert room.state == before


def test_a_pasted_code_that_cannot_be_read_is_said_so(room):
    room._code_box._handle_custom_msg({"type": "typed", "value": "timeline?chapter=march"}, [])
    assert "begins with 'decision_room?'" in room.position.text
    room._code_box._handle_custom_msg({"type": "typed", "value": "decision_room?days=3"}, [])
    assert room.state["days"] == 3
