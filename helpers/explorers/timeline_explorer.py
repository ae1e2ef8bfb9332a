"""The timeline with its controls."""

from __future__ import annotations

import plotly.graph_objects as go

from helpers.cards import event_card
from helpers.chronicle import check
from helpers.explorers import filters
from helpers.explorers.base import Explorer, Found, State
from helpers.explorers.settings import Setting, Value, arguments, capital, one_of
from helpers.figures.timeline import COLOURS, LANES, timeline

DRAWN = {"lanes": "side", "color": None, "links": False, "as_of": None, "labels": "auto", "selected": None}
"""What :func:`timeline` takes besides the record, with its defaults."""


class TimelineExplorer(Explorer):
    """A timeline in which one can search, filter, step from event to event and go back to what was known on a day.

    Settings: ``side``, ``kind``, ``chapter``, ``actor``, ``importance`` (up to which one), ``first`` and ``last`` (days)
    choose the events; ``lanes``, ``color``, ``links``, ``labels`` and ``as_of`` are those of
    :func:`helpers.figures.timeline.timeline`; ``selected`` is the chosen event.

    Examples
    --------
    >>> from helpers import load
    >>> explorer = TimelineExplorer(load(), chapter="march", selected="2020-03-11-taji-rocket-attack")
    >>> explorer.code
    'timeline?chapter=march&selected=2020-03-11-taji-rocket-attack'
    >>> print(explorer.as_code())
    from helpers import timeline
    <BLANKLINE>
    timeline(chronicle.only(chapter="march"), selected="2020-03-11-taji-rocket-attack")
    """

    name = "timeline"
    title = "Timeline explorer"

    def settings(self) -> dict[str, Setting]:
        """Return the filters, what :func:`timeline` takes, and the day of the second clock."""
        self._views, self._known_views = filters.Views(self.chronicle), filters.Views(self.chronicle)
        kinds = self.chronicle.package.tables["links"]["kind"].meanings
        links: dict[Value, str] = {False: "no links", True: "all links", **{kind: capital(kind) for kind in kinds}}
        color = {name: capital(name) for name in COLOURS}
        return {
            **filters.filters(self.chronicle),
            "lanes": one_of("lanes", "Lanes", {name: capital(name) for name in LANES}, "side", width="130px"),
            "color": one_of("color", "Colours", color, none="as the lanes", width="130px"),
            "links": one_of("links", "Who answered whom", links, False, width="160px"),
            "labels": one_of(
                "labels", "Titles", {"auto": "as fit", "all": "all", "none": "none"}, "auto", width="110px"
            ),
            "as_of": filters.as_of_slider(self.chronicle),
        }

    def rows(self) -> list[list[str]]:
        """Return the rows of controls."""
        return [
            ["lanes", "color", "links", "labels", "importance"],
            ["side", "kind", "chapter", "actor", "first", "last"],
            ["as_of"],
        ]

    def items(self, state: State) -> list[str]:
        """Return the events of the view in their order."""
        view = self._known_views(state, known=True) if state["as_of"] else self._views(state)
        return list(view.events.index)

    def draw(self, state: State) -> go.Figure:
        """Return the timeline of a state."""
        return timeline(self._views(state), **{name: state[name] for name in DRAWN})

    def call(self, state: State) -> str:
        """Return the call of :func:`timeline`."""
        told = arguments({name: state[name] for name in DRAWN}, DRAWN)
        return f"timeline({', '.join(filter(None, [filters.view_code(state), told]))})"

    def labels(self, items: list[str], state: State) -> list[str]:
        """Return day, time and title of each event."""
        return filters.event_labels(self.known(state), items)

    def sentence(self, item: str, state: State) -> str:
        """Return when and where an event was and how many claims on it differ."""
        return filters.event_sentence(self.known(state), item)

    def card(self, item: str, state: State) -> str:
        """Return all that was known about an event."""
        return event_card(self.known(state), item)

    def suggestions(self, state: State) -> dict[str, Found]:
        """Return the titles and actors known on the day."""
        return filters.event_suggestions(self.known(state))

    def without_filters(self, state: State) -> State:
        """Return the state without filters, the look and the day as they are."""
        return {**state, **dict.fromkeys(filters.FILTERS)}

    def clean_item(self, item: Value) -> Value:
        """Check the key of an event."""
        check("event", item, self.chronicle.events.index)
        return item
