"""The second clock: a record as it was publicly known at the end of a day.

An event has the time it happened; a claim has the day it was reported. :func:`as_known` keeps what had been published and
takes away what was written, found out or judged later.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from helpers.schema import Package, Table

Frames = dict[str, pd.DataFrame]


def as_known(frames: Frames, package: Package, day: pd.Timestamp) -> Frames:
    """Return the record as it was known at the end of ``day``.

    What stays:

    - claims, quotations, series values and sources published by then; of a month or a year alone, its last day counts,
      and what has no date at all does not count as known;
    - an event that had begun by then, if a claim, a quotation or a dated page on it had been published by then;
    - links and roles between known events, if the page they were read on had been published by then, or if they follow
      from the event itself;
    - ties that had begun by then (or whose start is not known); an end that lay ahead is taken away;
    - actors and places that something known refers to.

    What goes everywhere: columns marked ``hindsight`` in the descriptor (summaries, descriptions, notes, the status of a
    claim, outcomes), which become empty.

    Parameters
    ----------
    frames
        The whole record. It is not changed.
    package
        Its descriptor.
    day
        The last day whose reports are known.
    """
    known = dict(frames)
    known["sources"] = _published(frames["sources"], "published_until", day)
    known["claims"] = _published(frames["claims"], "reported_on_until", day)
    known["quotes"] = _published(frames["quotes"], "date_until", day)
    series = frames["series"]
    known["series"] = series[series["reported_on"].fillna(series["date_until"]) <= day]

    known["events"] = _events(frames, known, day)
    event_ids = known["events"].index
    for name in ("event_actors", "event_places", "claims", "quotes"):
        about = known[name]["event_id"]
        known[name] = known[name][about.isin(event_ids) | about.isna()]
    links = frames["links"]
    known["links"] = links[links["from_event"].isin(event_ids) & links["to_event"].isin(event_ids)]
    source_ids = known["sources"].index
    known["links"] = known["links"][known["links"]["source_id"].isin(source_ids)]
    roles = known["event_actors"]
    known["event_actors"] = roles[roles["source_id"].isin(source_ids) | (roles["basis"] == "self-evident")]

    relations = frames["relations"]
    begun = relations[relations["start"].isna() | (relations["start"] <= day)]
    known["relations"] = begun.assign(
        end=begun["end"].where(begun["end"] <= day), end_until=begun["end_until"].where(begun["end_until"] <= day)
    )
    known["actors"] = _actors(frames["actors"], known)
    known["actors"] = known["actors"].assign(
        active_until=known["actors"]["active_until"].where(known["actors"]["active_until"] <= day)
    )
    for end in ("source_actor", "target_actor"):
        known["relations"] = known["relations"][known["relations"][end].isin(known["actors"].index)]
    seen = pd.concat([known["events"]["place_id"], known["event_places"]["place_id"]])
    known["places"] = frames["places"][frames["places"].index.isin(seen)]
    known["rooms"] = frames["rooms"][frames["rooms"]["as_of"] <= day]
    known["room_options"] = frames["room_options"][frames["room_options"]["room_id"].isin(known["rooms"].index)]
    audit = frames["article_audit"]
    known["article_audit"] = audit[audit["event_id"].isin(event_ids) & audit["claim_id"].isin(known["claims"].index)]
    known["chapters"] = frames["chapters"][frames["chapters"]["start"] <= day]

    for name, table in package.tables.items():
        known[name] = _without_hindsight(
            known[name], [f.name for f in table.fields if f.hindsight and f.name != "active_until"]
        )
    return {name: _without_dangling(frame, package.tables[name], known) for name, frame in known.items()}


def _published(frame: pd.DataFrame, column: str, day: pd.Timestamp) -> pd.DataFrame:
    return frame[frame[column] <= day]


def _events(frames: Frames, known: Frames, day: pd.Timestamp) -> pd.DataFrame:
    events = frames["events"]
    begun = events[events["date"] <= day]
    told = pd.Series(
        begun.index.isin(known["claims"]["event_id"]) | begun.index.isin(known["quotes"]["event_id"]), begun.index
    )
    # A page that appeared before the event is background to it, not a report of it.
    pages = begun["source_ids"].explode()
    published = frames["sources"]["published_until"].reindex(pages).to_numpy()
    happened = begun["date"].reindex(pages.index).to_numpy()
    reports = pages.index[(published <= day.to_datetime64()) & (published >= happened - np.timedelta64(1, "D"))]
    begun = begun[told | begun.index.isin(reports)]
    lasted = begun["end_date"].where((begun["end_date"] <= day) | (begun["date_precision"] != "day"))
    return begun.assign(end_date=lasted)


def _actors(actors: pd.DataFrame, known: Frames) -> pd.DataFrame:
    """Return the actors that a known event, claim, quotation or dated tie refers to, and the bodies they belong to."""
    relations = known["relations"][known["relations"]["start"].notna()]
    seen = set(
        pd.concat(
            [
                known["event_actors"]["actor_id"],
                known["claims"]["claimant_id"],
                known["quotes"]["speaker_id"],
                relations["source_actor"],
                relations["target_actor"],
            ]
        ).dropna()
    )
    parents = actors["parent"].dropna().to_dict()
    for actor in list(seen):
        while (parent := parents.get(actor)) is not None and parent not in seen:
            seen.add(parent)
            actor = parent
    return actors[actors.index.isin(seen)]


def _without_hindsight(frame: pd.DataFrame, columns: list[str]) -> pd.DataFrame:
    def emptied(column: pd.Series) -> object:
        if column.dtype == object:  # keys parted by a delimiter
            return [()] * len(column)
        if column.dtype == "bool":
            return pd.array([None] * len(column), dtype="boolean")
        return pd.Series(pd.NA if column.dtype == "boolean" else np.nan, index=column.index).astype(column.dtype)

    return frame.assign(**{name: emptied(frame[name]) for name in columns})


def _without_dangling(frame: pd.DataFrame, table: Table, known: Frames) -> pd.DataFrame:
    """Empty the references to rows that are not known yet: to a page read later than the claim it carries, for one."""
    changes: dict[str, object] = {}
    for key in table.foreign_keys:
        target = known[key.table]
        valid = set(target.index if target.index.name == key.key else target[key.key])
        cells = frame[key.field]
        if table[key.field].delimiter:
            changes[key.field] = [tuple(part for part in parts if part in valid) for parts in cells]
        else:
            changes[key.field] = cells.where(cells.isin(valid))
    return frame.assign(**changes)
