"""What every tool is given: the events of the record, and the actors with the ties of one day, as plain values."""

from __future__ import annotations

from typing import Any

import pandas as pd

from helpers import network, style
from helpers.chronicle import Chronicle

DAY = "2020-01-03"
"""The day of the actor map: ties in force at its end."""
SIDE = "us-led"
"""The side that a filter leaves."""


def events(chronicle: Chronicle) -> list[dict[str, Any]]:
    """Return the events by time, each with its key, title, words, side, kind, importance, start and end.

    A start without a clock time is the beginning of its day; the end is empty if the event was over on the same day,
    and otherwise the end of its last day.
    """
    rows = chronicle.events.sort_values(["start", "day_order"])
    return [
        {
            "id": str(row.Index),
            "title": row.title,
            "words": row.summary,
            "side": row.side,
            "label": style.mark(row.side).label,
            "kind": row.kind,
            "importance": int(row.importance),
            "start": row.start.isoformat(),
            "end": None if pd.isna(row.end_date) else (row.end_date + pd.Timedelta(hours=23, minutes=59)).isoformat(),
        }
        for row in rows.itertuples()
    ]


def actors(chronicle: Chronicle) -> dict[str, list[dict[str, Any]]]:
    """Return all actors, and the ties in force at the end of the day."""
    held = network.ties(chronicle, DAY)
    return {
        "actors": [
            {
                "id": str(row.Index),
                "title": row.name,
                "words": row.description,
                "side": row.side,
                "label": style.mark(row.side).label,
            }
            for row in chronicle.actors.rename_axis(None).itertuples()
        ],
        "ties": [
            {
                "source": row.source_actor,
                "target": row.target_actor,
                "kind": row.kind,
                "words": "" if pd.isna(row.description) else row.description,
            }
            for row in held.itertuples()
        ],
    }
