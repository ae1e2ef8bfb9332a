"""The shared modules of the notebooks: load a record of a crisis and show it.

Everything that a notebook needs is imported from here. A name brings its module along only when it is first used, so
that loading a record does not wait for widgets that nobody asked for.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from helpers.checks import check
    from helpers.chronicle import Chronicle, load
    from helpers.crisis_template import new_crisis
    from helpers.explorers.actor_map_explorer import ActorMapExplorer
    from helpers.explorers.claims_explorer import ClaimsExplorer
    from helpers.explorers.decision_room import DecisionRoom
    from helpers.explorers.place_explorer import PlaceExplorer
    from helpers.explorers.timeline_explorer import TimelineExplorer
    from helpers.figures.actor_map import actor_map
    from helpers.figures.claims_chart import claims_chart
    from helpers.figures.claims_ledger import ledger
    from helpers.figures.claims_overview import bias_card, disagreement
    from helpers.figures.exhibit import as_table, describe
    from helpers.figures.place_map import place_map
    from helpers.figures.response_chart import chance, response_chain
    from helpers.figures.series_chart import series_chart
    from helpers.figures.timeline import timeline
    from helpers.handing_in import before_you_hand_in
    from helpers.lesson import ask, glossary_of, in_words, sources_of, term, terms_of
    from helpers.live import LiveFigure
    from helpers.rooms import brier, decision_rooms
    from helpers.schema import DataError, Problem
    from helpers.selftest import self_test
    from helpers.variants import Variant, variant

_HOME = {
    "chronicle": ["Chronicle", "load"],
    "schema": ["DataError", "Problem"],
    "crisis_template": ["new_crisis"],
    "figures.timeline": ["timeline"],
    "figures.actor_map": ["actor_map"],
    "figures.place_map": ["place_map"],
    "figures.claims_chart": ["claims_chart"],
    "figures.claims_ledger": ["ledger"],
    "figures.claims_overview": ["bias_card", "disagreement"],
    "figures.response_chart": ["chance", "response_chain"],
    "figures.series_chart": ["series_chart"],
    "figures.exhibit": ["as_table", "describe"],
    "live": ["LiveFigure"],
    "explorers.timeline_explorer": ["TimelineExplorer"],
    "explorers.actor_map_explorer": ["ActorMapExplorer"],
    "explorers.claims_explorer": ["ClaimsExplorer"],
    "explorers.place_explorer": ["PlaceExplorer"],
    "explorers.decision_room": ["DecisionRoom"],
    "rooms": ["brier", "decision_rooms"],
    "lesson": ["ask", "glossary_of", "in_words", "sources_of", "term", "terms_of"],
    "checks": ["check"],
    "handing_in": ["before_you_hand_in"],
    "selftest": ["self_test"],
    "variants": ["Variant", "variant"],
}
_MODULE = {name: module for module, names in _HOME.items() for name in names}

__all__ = [
    "ActorMapExplorer",
    "Chronicle",
    "ClaimsExplorer",
    "DataError",
    "DecisionRoom",
    "LiveFigure",
    "PlaceExplorer",
    "Problem",
    "TimelineExplorer",
    "Variant",
    "actor_map",
    "as_table",
    "ask",
    "before_you_hand_in",
    "bias_card",
    "brier",
    "chance",
    "check",
    "claims_chart",
    "decision_rooms",
    "describe",
    "disagreement",
    "glossary_of",
    "in_words",
    "ledger",
    "load",
    "new_crisis",
    "place_map",
    "response_chain",
    "self_test",
    "series_chart",
    "sources_of",
    "term",
    "terms_of",
    "timeline",
    "variant",
]


def __getattr__(name: str) -> Any:
    if name not in _MODULE:
        raise AttributeError(f"module 'helpers' has no attribute {name!r}")
    return getattr(import_module(f"helpers.{_MODULE[name]}"), name)


def __dir__() -> list[str]:
    return __all__
