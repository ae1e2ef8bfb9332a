"""The map of actors with its controls."""

from __future__ import annotations

import pandas as pd
import plotly.graph_objects as go

from helpers.cards import actor_card
from helpers.chronicle import Chronicle, check
from helpers.explorers import filters
from helpers.explorers.base import Explorer, Found, State, keys_of, side_names
from helpers.explorers.controls import DaySlider
from helpers.explorers.settings import (
    Setting,
    Value,
    arguments,
    as_code,
    capital,
    day,
    flag,
    one_of,
    several,
    sliding_day,
)
from helpers.figures.actor_map import actor_map
from helpers.figures.claims_look import day_words
from helpers.network import ties

DRAWN = {"on": None, "focus": None, "depth": 1, "kinds": None, "since": None, "show": "main"}
"""What :func:`actor_map` takes besides the record, with its defaults."""


class ActorMapExplorer(Explorer):
    """A map of who is tied to whom, played day by day, with what is published about each actor beside it.

    Settings: ``on`` (the day), ``since`` (an earlier day: what began and ended after it), ``focus``, ``depth``, ``kinds``
    and ``show`` are those of :func:`helpers.figures.actor_map.actor_map`; ``known`` takes only what had been published by ``on``;
    ``selected`` is the chosen actor.

    Examples
    --------
    >>> from helpers import load
    >>> explorer = ActorMapExplorer(load(), on="2020-01-03", focus="kataib-hezbollah")
    >>> print(explorer.as_code())
    from helpers import actor_map
    <BLANKLINE>
    actor_map(chronicle, on="2020-01-03", focus="kataib-hezbollah")
    """

    name = "actor_map"
    title = "Actor map explorer"
    item = "actor"
    marks_selected = False

    def settings(self) -> dict[str, Setting]:
        """Return what :func:`actor_map` takes."""
        record = self.chronicle
        names = record.actors["name"].astype(str).sort_values().to_dict()
        kinds = record.relations["kind"].astype(str).value_counts().index
        shown = {"main": "the main actors", "all": "all actors"}
        return {
            "focus": one_of("actor", "Focus on", names, none="nobody: the whole map"),
            "depth": one_of("depth", "Steps around it", {1: "1", 2: "2", 3: "3"}, 1, width="110px"),
            "show": one_of("show", "Show", shown, "main", width="150px"),
            "since": day("Compare with", width="150px"),
            "known": flag("Only what was published by the day"),
            "kinds": several("kind of tie", "Kinds of tie", {kind: capital(kind) for kind in kinds}),
            "on": sliding_day(DaySlider("Day", *filters.span(record), play=True)),
        }

    def rows(self) -> list[list[str]]:
        """Return the rows of controls."""
        return [["focus", "depth"], ["show", "kinds", "since", "known"], ["on"]]

    def items(self, state: State) -> list[str]:
        """Return the actors on the map, by name."""
        figure = self.figure_of(state)
        keys = {key for trace in figure.data if trace.customdata is not None for key in keys_of(list(trace.customdata))}
        return [key for key in self._view(state).derived(_by_name) if key in keys]

    def draw(self, state: State) -> go.Figure:
        """Return the map of a state."""
        return actor_map(self._view(state), **{name: state[name] for name in DRAWN})

    def call(self, state: State) -> str:
        """Return the call of :func:`actor_map`."""
        told = arguments({name: state[name] for name in DRAWN}, DRAWN)
        view = f"chronicle.as_of({as_code(state['on'])})" if state["known"] else "chronicle"
        return f"actor_map({', '.join([view, told])})"

    def labels(self, items: list[str], state: State) -> list[str]:
        """Return the names of the actors."""
        names = self._view(state).derived(_by_name)
        return [names[item] for item in items]

    def sentence(self, item: str, state: State) -> str:
        """Return the name of an actor, its side, and how many ties it has on the day."""
        view = self._view(state)
        actor = view.actors.loc[item]
        held = ties(view, on=state["on"], kinds=state["kinds"])
        count = int(((held["source_actor"] == item) | (held["target_actor"] == item)).sum())
        number = "no tie" if not count else "1 tie" if count == 1 else f"{count} ties"
        side = side_names().get(str(actor["side"]), actor["side"])
        return f"{actor['name']}, {side}, {number} on {day_words(pd.Timestamp(state['on']))}"

    def card(self, item: str, state: State) -> str:
        """Return what is published about an actor."""
        return actor_card(self._view(state), item)

    def suggestions(self, state: State) -> dict[str, Found]:
        """Return the names of the actors, the short ones and those in Arabic and Persian script too."""
        actors = self._view(state).actors
        found: dict[str, Found] = {}
        for column in ("name", "short_name", "name_ar", "name_fa"):
            for key, name in actors[column].dropna().items():
                found.setdefault(str(name), Found("selected", key))
        return found

    def without_filters(self, state: State) -> State:
        """Return the state with all ties and the sought actor in focus, because the whole map may not show it."""
        return {**state, "kinds": None, "focus": state["selected"]}

    def zoom(self, state: State) -> str:
        """Keep what is zoomed into as long as the same actors may be on the map: a change of the day moves nothing."""
        return f"{state['focus']} {state['depth']} {state['show']}"

    def clean_item(self, item: Value) -> Value:
        """Check the key of an actor."""
        check("actor", item, self.chronicle.actors.index)
        return item

    def _view(self, state: State) -> Chronicle:
        return self.known({"as_of": state["on"] if state["known"] else None})


def _by_name(chronicle: Chronicle) -> dict[str, str]:
    """Return the names of all actors, in alphabetical order."""
    return {str(key): str(name) for key, name in chronicle.actors["name"].sort_values().items()}
