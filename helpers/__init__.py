"""The shared modules of the notebooks: load a record of a crisis and show it.

Everything that a notebook needs is imported from here.
"""

from importlib import import_module
from typing import Any

from helpers.actor_map import actor_map
from helpers.checks import check
from helpers.chronicle import Chronicle, load
from helpers.claims_chart import claims_chart
from helpers.claims_ledger import ledger
from helpers.claims_overview import bias_card, disagreement
from helpers.describe import as_table, describe
from helpers.lesson import ask, glossary_of, in_words, sources_of, term, terms_of
from helpers.new_crisis import new_crisis
from helpers.place_map import place_map
from helpers.response_chart import chance, response_chain
from helpers.rooms import decision_rooms
from helpers.schema import DataError, Problem
from helpers.series_chart import series_chart
from helpers.timeline import timeline

_LIVE = {
    "TimelineExplorer": "explorers.timeline_explorer",
    "ActorMapExplorer": "explorers.actor_map_explorer",
    "ClaimsExplorer": "explorers.claims_explorer",
    "PlaceExplorer": "explorers.place_explorer",
    "DecisionRoom": "explorers.decision_room",
    "LiveFigure": "live",
}


def __getattr__(name: str) -> Any:
    if name not in _LIVE:
        raise AttributeError(f"module 'helpers' has no attribute {name!r}")
    return getattr(import_module(f"helpers.{_LIVE[name]}"), name)
