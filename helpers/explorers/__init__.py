"""Explorers: live figures with controls, for those who would rather point than type.

Each opens on the view that its arguments name, shows what the pure figure function draws for it, and gives that call as
Python code.
"""

from helpers.explorers.actor_map_explorer import ActorMapExplorer
from helpers.explorers.claims_explorer import ClaimsExplorer
from helpers.explorers.place_explorer import PlaceExplorer
from helpers.explorers.timeline_explorer import TimelineExplorer

__all__ = ["ActorMapExplorer", "ClaimsExplorer", "PlaceExplorer", "TimelineExplorer"]
