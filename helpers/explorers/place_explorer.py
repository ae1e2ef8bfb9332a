"""The map of places with its controls."""

from __future__ import annotations

from collections import Counter

import plotly.graph_objects as go

from helpers.cards import place_card
from helpers.chronicle import Chronicle, check
from helpers.explorers import filters
from helpers.explorers.base import Explorer, Found, State
from helpers.explorers.settings import Setting, Value, arguments, as_code, capital, one_of
from helpers.figures.place_map import COLOURS, place_map

SIZES = {
    "events": "number of events",
    "killed-low": "killed, lowest claim",
    "killed-high": "killed, highest claim",
    "wounded-low": "wounded, lowest claim",
    "wounded-high": "wounded, highest claim",
}
DRAWN = {"color": "side", "size": "events"}


class PlaceExplorer(Explorer):
    """A map on which one can filter the events, choose a place and read what happened there.

    Settings: ``side``, ``kind``, ``chapter``, ``actor``, ``importance``, ``first`` and ``last`` choose the events, ``as_of``
    the day as of which they are seen; ``color`` and ``size`` are those of :func:`helpers.figures.place_map.place_map`;
    ``selected`` is the chosen place.

    Examples
    --------
    >>> from helpers import load
    >>> explorer = PlaceExplorer(load(), chapter="march", selected="camp-taji")
    >>> print(explorer.as_code())
    from helpers import place_map
    <BLANKLINE>
    place_map(chronicle.only(chapter="march"))
    """

    name = "place_map"
    title = "Place explorer"
    item = "place"
    marks_selected = False

    def settings(self) -> dict[str, Setting]:
        """Return the filters, what :func:`place_map` takes, and the day of the second clock."""
        self._views = filters.Views(self.chronicle)
        fields = set(self.chronicle.claims["field"].astype(str))
        sizes = {size: text for size, text in SIZES.items() if size == "events" or size.rpartition("-")[0] in fields}
        return {
            **filters.filters(self.chronicle),
            "color": one_of("color", "Colours", {name: capital(name) for name in COLOURS}, "side", width="130px"),
            "size": one_of("size", "Size of the marks", sizes, "events"),
            "as_of": filters.as_of_slider(self.chronicle),
        }

    def rows(self) -> list[list[str]]:
        """Return the rows of controls."""
        return [["color", "size", "importance"], ["side", "kind", "chapter", "actor", "first", "last"], ["as_of"]]

    def items(self, state: State) -> list[str]:
        """Return the places of the view's events, those with the most events first."""
        seen = self._views(state, known=True)
        visited = seen.derived(_visited)
        counts = Counter(place for event in seen.events.index for place in visited[event])
        return sorted(counts, key=lambda place: (-counts[place], place))

    def draw(self, state: State) -> go.Figure:
        """Return the map of a state."""
        return place_map(self._views(state, known=True), color=state["color"], size=state["size"])

    def call(self, state: State) -> str:
        """Return the call of :func:`place_map`."""
        view = filters.view_code(state) + (f".as_of({as_code(state['as_of'])})" if state["as_of"] else "")
        told = arguments({name: state[name] for name in DRAWN}, DRAWN)
        return f"place_map({', '.join(filter(None, [view, told]))})"

    def labels(self, items: list[str], state: State) -> list[str]:
        """Return the names of the places, and which of them the map does not show."""
        seen = self._views(state, known=True)
        visited, names, placed = seen.derived(_visited), seen.derived(_names), seen.derived(_placed)
        there = {place for event in seen.events.index for place, here in visited[event].items() if here}
        return [names[item] + ("" if item in there & placed else " (not on the map)") for item in items]

    def sentence(self, item: str, state: State) -> str:
        """Return the name of a place and how well it is located."""
        place = self.known(state).places.loc[item]
        precision = place["coord_precision"]
        known = {"site": "located to the site", "town": "located to the town", "area": "located to an area only"}
        return f"{place['name']}, {known.get(precision, 'no position known')}"

    def card(self, item: str, state: State) -> str:
        """Return what was known about a place and its events."""
        return place_card(self.known(state), item)

    def suggestions(self, state: State) -> dict[str, Found]:
        """Return the names of the places known on the day."""
        return {str(name): Found("selected", key) for key, name in self.known(state).places["name"].items()}

    def without_filters(self, state: State) -> State:
        """Return the state without filters, the look and the day as they are."""
        return {**state, **dict.fromkeys(filters.FILTERS)}

    def zoom(self, state: State) -> str:
        """Keep what is zoomed into: the map itself never changes."""
        return "map"

    def clean_item(self, item: Value) -> Value:
        """Check the key of a place."""
        check("place", item, self.chronicle.places.index)
        return item


def _visited(chronicle: Chronicle) -> dict[str, dict[str, bool]]:
    """Return the places of each event of a record, and whether it happened there or only has to do with the place."""
    homes, further = chronicle.events["place_id"], chronicle.event_places
    visited = {event: {place: True} if isinstance(place, str) else {} for event, place in homes.items()}
    for event, place, role in zip(further["event_id"], further["place_id"], further["role"], strict=True):
        visited[event][place] = visited[event].get(place, False) or role == "site"
    return visited


def _placed(chronicle: Chronicle) -> set[str]:
    """Return the places with a known position."""
    places = chronicle.places
    return set(places.index[places["lat"].notna() & places["lon"].notna()])


def _names(chronicle: Chronicle) -> dict[str, str]:
    """Return the names of the places of a record."""
    return {str(place): str(name) for place, name in chronicle.places["name"].items()}
