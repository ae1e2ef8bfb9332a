"""The shipped record holds what it promises: size, sources, precision, no row that nobody uses."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest
from frictionless import Package

from helpers import load

DATA = Path(__file__).parent.parent / "data"


@pytest.fixture(scope="module")
def record():
    return load()


@pytest.mark.parametrize("folder", [DATA, DATA / "gulf-2019"], ids=["shipped", "gulf-2019"])
def test_frictionless_finds_the_package_valid(folder):
    report = Package(str(folder / "datapackage.json")).validate()
    assert report.valid, report.flatten(["name", "rowNumber", "fieldName", "note"])[:10]
    checked = {task.name for task in report.tasks}
    assert {"events", "claims", "sources", "countries"} - {"countries"} <= checked


def test_it_is_as_large_as_promised(record):
    events = record.events
    assert len(events) >= 250
    assert 45 <= (events["importance"] == 1).sum() <= 60
    assert len(record.claims) >= 950
    assert len(record.actors) >= 150
    assert len(record.relations) >= 200
    assert len(record.places) >= 85
    assert len(record.glossary) >= 60
    assert len(record.article_audit) == 73
    assert {"prelude", "december", "january", "interlude", "march", "epilogue"} == set(events["chapter"])


def test_claims_have_report_dates(record):
    assert record.claims["reported_on"].notna().mean() >= 0.95


def test_located_events_have_coordinates_of_stated_precision(record):
    located = record.events["place_id"].dropna()
    places = record.places.loc[located]
    assert (places["lat"].notna() & places["coord_precision"].notna()).mean() >= 0.9


def test_backbone_events_have_two_independent_publishers(record):
    origin = record.sources["via"].fillna(record.sources["publisher"])
    backbone = record.events.query("importance == 1")
    few = [event for event, ids in backbone["source_ids"].items() if origin.loc[list(ids)].nunique() < 2]
    assert not few


def test_every_event_comes_to_be_known(record):
    assert set(record.as_of("2021-12-31").events.index) == set(record.events.index)


def test_every_source_has_an_address_or_says_so(record):
    without = record.sources.index[record.sources["url"].isna()]
    assert len(without) <= 2
    assert not record.sources["url"].dropna().duplicated().any()


def test_nothing_lies_unused(record):
    places = set(record.events["place_id"]) | set(record.event_places["place_id"])
    assert set(record.places.index) <= places
    named = [record.event_actors["actor_id"], record.claims["claimant_id"], record.quotes["speaker_id"]]
    named += [record.relations["source_actor"], record.relations["target_actor"]]
    assert set(record.actors.index) <= set(pd.concat(named))
    cited: set[str] = set()
    for name, table in record.package.tables.items():
        for key in table.foreign_keys:
            if key.table == "sources":
                column = getattr(record, name)[key.field]
                cited |= set(column.explode().dropna())
    assert set(record.sources.index) <= cited


def test_the_report_of_13_march_is_audited_whole(record):
    audit = record.article_audit
    assert audit.index.tolist() == list(range(1, 74))
    assert audit["claim_id"].notna().all()
    judged = audit[audit["verdict"] != "unverified"]
    assert judged["source_ids"].map(len).min() >= 1
    independent = judged["source_ids"].explode()
    assert not record.sources.loc[independent, "publisher"].str.startswith("BBC").groupby(independent.index).all().any()


def test_ids_begin_with_a_day_of_the_event(record):
    events = record.events
    day = pd.to_datetime(events.index.str[:10])
    assert ((day >= events["date"]) & (day <= events["end_date"].fillna(events["date"]))).all()


def test_tables_are_sorted_so_that_a_diff_reads_well(record):
    events = record.events
    order = list(zip(events["date_utc"].fillna(events["date"]), events["day_order"], strict=True))
    assert order == sorted(order)
    for name in ("actors", "places", "claims", "sources", "quotes", "relations", "glossary", "rooms"):
        frame = getattr(record, name)
        assert frame.index.is_monotonic_increasing, name


def test_titles_carry_no_word_of_one_side(record):
    loaded = r"\b(?:regime|martyr\w*|assassinat\w*|terroris[mt]s?|thugs?|puppet\w*|prox(?:y|ies)|so-called|murder\w*)\b"
    events = record.events
    titles = (
        events["title"]
        .str.replace("terrorist organisation", "", case=False)
        .str.replace(r'".*?"|\'.*?\'', "", regex=True)
    )
    listing = titles.index.str.contains("designat|lists|irgc|centcom")
    hits = titles[titles.str.contains(loaded, case=False) & ~listing]
    assert hits.empty, hits.to_dict()


def test_an_allegation_is_never_booked_as_done(record):
    """Attacks whose author was disputed have no initiator: only alleged ones, each with whoever alleges it."""
    disputed = ["2019-12-27-k1-rocket-attack", "2020-03-11-taji-rocket-attack", "2020-03-14-second-taji-attack"]
    disputed += ["2020-01-26-embassy-hit", "2020-03-11-albukamal-strikes", "2019-05-12-fujairah-tankers"]
    roles = record.event_actors[record.event_actors["event_id"].isin(disputed)]
    assert "initiator" not in set(roles["role"].astype(str))
    alleged = roles[roles["role"] == "alleged-initiator"]
    assert len(alleged) >= 4
    assert (alleged.query("basis == 'alleged'")["alleged_by"].notna()).all()


def test_the_descriptor_states_licences_and_contributors():
    descriptor = json.loads((DATA / "datapackage.json").read_text(encoding="utf-8"))
    assert descriptor["licenses"][0]["name"] == "CC-BY-4.0"
    assert descriptor["contributors"]
