"""The second clock: for real cases, what was and what was not known on a day."""

from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers import load

MISSILES = "2020-01-08-iran-missiles-al-asad-erbil"
PS752 = "2020-01-08-ps752-crash"
TAJI = "2020-03-11-taji-rocket-attack"

RECORD = load()


def known(day):
    return RECORD.as_of(day)


@pytest.mark.parametrize(
    ("day", "count"),
    [
        ("2020-01-09", 0),
        ("2020-01-15", 0),
        ("2020-01-17", 11),
        ("2020-01-24", 34),
        ("2020-01-28", 50),
        ("2020-01-30", 64),
        ("2020-02-10", 109),
        ("2020-02-21", 110),
    ],
)
def test_the_number_of_brain_injuries_grew(day, count):
    claims = known(day).claims.query("event_id == @MISSILES and field == 'tbi'")
    claims = claims[claims["counted"] == "US troops with brain injury"]
    assert claims["high"].max() == count


@pytest.mark.parametrize(
    ("event", "last_unknown", "first_known"),
    [
        # A strike in Yemen on the night of 3 January, of which the first report came a week later.
        ("2020-01-03-yemen-shahlai-strike", "2020-01-09", "2020-01-10"),
        # A debate in the White House of 12 March, told by a newspaper on the 21st.
        ("2020-03-12-white-house-debate", "2020-03-20", "2020-03-21"),
        ("2020-01-11-iran-admits-shootdown", "2020-01-10", "2020-01-11"),
        ("2020-02-06-k1-attribution-doubts", "2020-02-05", "2020-02-06"),
        ("2020-02-14-white-house-memo", "2020-02-13", "2020-02-14"),
        ("2020-03-27-nyt-pentagon-plan", "2020-03-26", "2020-03-27"),
    ],
)
def test_an_event_is_known_from_its_first_report(event, last_unknown, first_known):
    assert event in RECORD.events.index
    assert event not in known(last_unknown).events.index
    assert event in known(first_known).events.index


def test_who_shot_down_the_airliner_was_not_known_at_once():
    def causes(day):
        claims = known(day).claims.query("event_id == @PS752 and field in ('cause', 'responsible')")
        return set(claims["claimant_id"].dropna())

    assert not causes("2020-01-08") & {"justin-trudeau", "canada", "iran-armed-forces-general-staff"}
    assert causes("2020-01-09") & {"justin-trudeau", "canada"}
    texts = known("2020-01-10").claims.query("event_id == @PS752")["value"].str.cat(sep=" ")
    assert "human error" not in texts
    assert "human error" in known("2020-01-11").claims.query("event_id == @PS752")["value"].str.cat(sep=" ")


def test_a_new_group_is_unknown_before_its_first_words():
    assert "usbat-al-thairin" not in known("2020-03-14").actors.index
    assert "usbat-al-thairin" in known("2020-03-15").actors.index


def test_offices_change_hands_on_their_day():
    led = "irgc-quds-force--led-by--esmail-qaani"
    assert led not in known("2020-01-02").relations.index
    assert led in known("2020-01-03").relations.index
    assert pd.isna(known("2020-01-02").actors.loc["qasem-soleimani", "active_until"])
    assert known("2020-01-04").actors.loc["qasem-soleimani", "active_until"] == pd.Timestamp("2020-01-03")


def test_the_wounded_of_taji_were_first_fewer():
    wounded = "event_id == @TAJI and field == 'wounded' and counted == 'all wounded'"
    assert known("2020-03-11").claims.query(wounded)["low"].max() < 12
    assert known("2020-03-12").claims.query(wounded)["low"].max() >= 14


def test_the_report_of_13_march_appears_on_its_day_without_verdicts():
    assert known("2020-03-12").article_audit.empty
    audit = known("2020-03-13").article_audit
    assert len(audit) == 73
    assert audit["verdict"].isna().all()
    assert (audit["source_ids"].map(len) == 0).all()


def test_what_was_written_later_is_gone():
    view = known("2020-01-05")
    assert view.events["summary"].isna().all()
    assert view.actors["description"].isna().all()
    assert view.claims["status"].isna().all()
    assert view.claims["note"].isna().all()
    assert view.events["title"].notna().all()
    assert view.rooms["outcome"].isna().all()
    assert view.room_options["taken"].isna().all()


@settings(max_examples=40, deadline=None)
@given(day=st.dates(min_value=pd.Timestamp("2018-05-01").date(), max_value=pd.Timestamp("2021-02-01").date()))
def test_nothing_published_later_is_in_sight(day):
    view, last = known(day), pd.Timestamp(day)
    assert (view.sources["published_until"] <= last).all()
    assert (view.claims["reported_on_until"] <= last).all()
    assert (view.quotes["date_until"] <= last).all()
    assert (view.events["date"] <= last).all()
    series = view.series
    assert (series["reported_on"].fillna(series["date_until"]) <= last).all()
    starts = view.relations["start"].dropna()
    assert (starts <= last).all()
    assert not (view.relations["end"] > last).any()
    assert not (view.events.query("date_precision == 'day'")["end_date"] > last).any()
    # Nothing points at what is not there.
    for name, table in view.package.tables.items():
        for key in table.foreign_keys:
            cells = getattr(view, name)[key.field].explode().dropna()
            target = getattr(view, key.table)
            valid = target.index if target.index.name == key.key else target[key.key]
            assert cells.isin(valid).all(), (name, key.field, cells[~cells.isin(valid)].head(3).tolist())


def test_knowledge_only_grows():
    days = pd.date_range("2019-10-01", "2020-04-01", freq="9D")
    events, claims = set(), set()
    for day in days:
        view = known(day)
        assert events <= set(view.events.index)
        assert claims <= set(view.claims.index)
        events, claims = set(view.events.index), set(view.claims.index)
