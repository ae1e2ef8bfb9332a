"""What all explorers share: controls and figure in step, the chosen item in words, the view as a code and as Python.

An explorer computes nothing. Its figure for given settings is what the pure figure function returns for them.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from html import escape
from itertools import islice
from typing import Any, ClassVar, NamedTuple
from urllib.parse import parse_qsl, quote, urlencode

import ipywidgets as widgets
import pandas as pd
import plotly.graph_objects as go
from IPython.core.getipython import get_ipython
from IPython.display import display

from helpers import style
from helpers.chronicle import Chronicle, check
from helpers.explorers.controls import CopyBox
from helpers.explorers.settings import WIDE, Setting, Value, as_text
from helpers.figures.exhibit import Exhibit, as_table
from helpers.live import LiveFigure, Point

State = dict[str, Value]
SAFE = ",:"
MOST = 1000
"""So many items stand in the list, and so many suggestions under the search box; more would slow the page down."""


class Found(NamedTuple):
    """What a suggestion of the search box leads to: a setting and its value."""

    setting: str
    value: Value


class Explorer(ABC):
    """A live figure with its controls. Show it by naming it on the last line of a cell.

    Parameters
    ----------
    chronicle
        The record, or a view of it.
    settings
        The view to open on: any of the names in :attr:`state`.

    Raises
    ------
    ValueError
        For an unknown setting or value; it names the nearest.
    """

    name: ClassVar[str]
    """The pure function that draws the figure; also the first word of the state code."""
    title: ClassVar[str]
    item: ClassVar[str] = "event"
    marks_selected: ClassVar[bool] = True
    """Whether the figure marks the chosen item; if not, choosing another one draws nothing anew."""

    def __init__(self, chronicle: Chronicle, **settings: Value) -> None:
        self.chronicle = chronicle
        self._known: dict[str, Chronicle] = {}
        self._drawn: tuple[State, go.Figure] | None = None
        self._suggested: tuple[object, dict[str, Found]] = (self, {})
        self._settings = self.settings()
        self._state: State = {**self.defaults, **self._cleaned(settings)}
        self._start()

    # What each explorer says of itself -------------------------------------------------------------------------------

    @abstractmethod
    def settings(self) -> dict[str, Setting]:
        """Return the settings by name, in the order of the controls; ``selected`` is not among them."""

    @abstractmethod
    def items(self, state: State) -> list[str]:
        """Return the keys of what the view shows, in the order of previous and next."""

    @abstractmethod
    def draw(self, state: State) -> go.Figure:
        """Return the figure of a state: one call of the pure function."""

    @abstractmethod
    def call(self, state: State) -> str:
        """Return that call as Python code."""

    @abstractmethod
    def labels(self, items: list[str], state: State) -> list[str]:
        """Return what the list shows for the items."""

    @abstractmethod
    def sentence(self, item: str, state: State) -> str:
        """Return one line on an item, to follow "Event 3 of 20, "."""

    @abstractmethod
    def card(self, item: str, state: State) -> str:
        """Return the facts on an item as HTML."""

    @abstractmethod
    def rows(self) -> list[list[str]]:
        """Return the names of the settings, row by row, as they stand above the figure."""

    def suggestions(self, state: State) -> dict[str, Found]:
        """Return what the search box suggests; nothing means that there is no search box."""
        return {}

    def zoom(self, state: State) -> str:
        """Return a word that stays the same as long as what the reader zoomed into should stay."""
        return as_text([f"{name}={as_text(value)}" for name, value in state.items() if name != "selected"])

    def without_filters(self, state: State) -> State:
        """Return the state with all filters taken away, so that a sought item shows."""
        return {**self.defaults, "selected": state["selected"]}

    def clean_item(self, item: Value) -> Value:
        """Check the key of an item, whether or not the view shows it."""
        return item

    # State -----------------------------------------------------------------------------------------------------------

    @property
    def defaults(self) -> State:
        """The state after a reset."""
        return {**{name: setting.default for name, setting in self._settings.items()}, "selected": None}

    @property
    def state(self) -> State:
        """The settings by name. Set it to show another view; names left out get their default."""
        return dict(self._state)

    @state.setter
    def state(self, settings: Mapping[str, Value]) -> None:
        self._redraw({**self.defaults, **self._cleaned(settings)})

    def set(self, **settings: Value) -> None:
        """Change some settings and leave the others.

        Raises
        ------
        ValueError
            For an unknown setting or value; it names the nearest. Nothing is changed then.
        """
        self._redraw({**self._state, **self._cleaned(settings)})

    @property
    def code(self) -> str:
        """The state as a short text that restores the view: set it, or paste it into the box below the figure."""
        changed = {name: as_text(value) for name, value in self._state.items() if value != self.defaults[name]}
        return f"{self.name}?{urlencode(changed, safe=SAFE, quote_via=quote)}"

    @code.setter
    def code(self, text: str) -> None:
        name, _, query = text.strip().strip("'\"`").partition("?")
        if name != self.name:
            raise ValueError(f"a state code of this explorer begins with {self.name + '?'!r}, not with {name[:30]!r}")
        self.state = dict(parse_qsl(query, keep_blank_values=True))

    def as_code(self) -> str:
        """Return the Python code that draws the same figure."""
        return f"from helpers import {self.name}\n\n{self.call(self._state)}"

    @property
    def figure(self) -> go.Figure:
        """The figure as it is shown."""
        return self._live.figure

    @property
    def shown(self) -> list[str]:
        """The keys of the items that the view shows, in their order."""
        return list(self._items)

    @property
    def status(self) -> str:
        """The line under the figure."""
        return str(self._live.status)

    # What one can do -------------------------------------------------------------------------------------------------

    def select(self, item: str | None) -> None:
        """Choose an item; None chooses none."""
        self.set(selected=item)

    def next(self) -> None:
        """Choose the next item, the first one if none is chosen."""
        self._step(1)

    def previous(self) -> None:
        """Choose the previous item, the last one if none is chosen."""
        self._step(-1)

    def reset(self) -> None:
        """Go back to the view that everything begins with, also of what was zoomed into."""
        self._resets += 1
        self._redraw(self.defaults)

    def find(self, text: str) -> None:
        """Go to what the search box finds for a text: an exact suggestion, else the first that holds the text."""
        found = self._suggestions(self._state)
        wanted = text.strip().casefold()
        if not wanted:
            return
        hits = [name for name in found if name.casefold() == wanted] or [
            name for name in found if wanted in name.casefold()
        ]
        if not hits:
            self._live.status = f"Nothing in this record is called “{text.strip()}”. Try a part of a name or title."
            return
        setting, value = found[hits[0]]
        state = {**self._state, setting: value}
        said = ""
        if setting == "selected" and value not in self.items(state):
            state, said = self.without_filters(state), "The filters were taken away to show it."
        elif len(hits) > 1:
            said = f"{len(hits)} titles or names hold these words; this is the first."
        self._redraw(state, said)

    # The machinery ---------------------------------------------------------------------------------------------------

    def known(self, state: State) -> Chronicle:
        """Return the whole record as of the day of the state."""
        day = state.get("as_of")
        if day is None:
            return self.chronicle
        if day not in self._known:
            self._known = {day: self.chronicle.as_of(day)}
        return self._known[day]

    def figure_of(self, state: State) -> go.Figure:
        """Return the figure of a state; the last one is kept."""
        wanted = state if self.marks_selected else {**state, "selected": None}
        if self._drawn is None or self._drawn[0] != wanted:
            self._drawn = wanted, self.draw(state)
        return self._drawn[1]

    def _suggestions(self, state: State) -> dict[str, Found]:
        """Return the suggestions of the day that the view is seen from; they change with it alone."""
        day = state.get("as_of") or (state.get("on") if state.get("known") else None)
        if self._suggested[0] != day:
            self._suggested = day, self.suggestions(state)
        return self._suggested[1]

    def _cleaned(self, settings: Mapping[str, Value]) -> State:
        clean = {name: setting.clean for name, setting in self._settings.items()}
        clean["selected"] = lambda item: None if item in (None, "") else self.clean_item(item)
        for name in settings:
            check("setting", name, clean)
        return {name: clean[name](value) for name, value in settings.items()}

    def _start(self) -> None:
        """Make the widgets and show the state in them."""
        self._busy = False
        self._resets = 0
        self._zoomed = ""
        self._shown_card: object = None
        self._plain: widgets.Output | None = None
        self._items: list[str] = []
        self._labels: list[str] = []
        self._listed = slice(0, 0)
        self._live = LiveFigure(keys=True)
        self._live.on_click(self._clicked)
        self._live.on_key(self._pressed)
        self._live.on_failure(self._fall_back)
        self._build()
        self._redraw(self._state)

    def close(self) -> None:
        """Take the widgets from the page. To show the explorer again makes new ones in the same state."""
        for widget in tree(self.widget):
            widget.close()

    def _build(self) -> None:
        wrap = widgets.Layout(flex_flow="row wrap", align_items="flex-end", width="100%")
        self._search = widgets.Combobox(
            description="Search",
            placeholder="a title or a name",
            continuous_update=False,
            ensure_option=False,
            layout=widgets.Layout(width="430px", max_width=WIDE),
        )
        self._search.add_class("live-items")
        self._search.observe(self._sought, "value")
        rows = []
        for number, names in enumerate(self.rows()):
            controls = [self._settings[name].control for name in names]
            if number == 0 and self._suggestions(self._state):
                controls.insert(0, self._search)
            rows.append(widgets.HBox(controls, layout=wrap))
        for setting in self._settings.values():
            setting.control.observe(self._changed, "value")

        self._list = widgets.Select(
            description=f"{self.item.capitalize()}s in this view",
            rows=16,
            layout=widgets.Layout(width=WIDE, height="auto"),
        )
        self._list.add_class("live-items")
        self._list.observe(self._chosen, "index")
        buttons = []
        for text, act in (("Previous", self.previous), ("Next", self.next), ("Reset", self.reset)):
            label = text if act == self.reset else f"{text} {self.item}"
            button = widgets.Button(description=label, layout=widgets.Layout(width="auto"))
            button.on_click(lambda _, act=act: act())
            buttons.append(button)
        self._detail = widgets.HTML(layout=widgets.Layout(flex="2 1 420px", min_width="280px", width="auto"))
        left = widgets.VBox([self._list], layout=widgets.Layout(flex="1 1 280px", min_width="260px", width="auto"))
        self._table_on = widgets.Checkbox(
            description="Show the rows behind the figure as a table", indent=False, layout=widgets.Layout(width="auto")
        )
        self._table_on.observe(lambda _: self._show_table(), "value")
        self._table = widgets.HTML()
        self._code_box = CopyBox("State code of this view (paste one to restore a view)", editable=True)
        self._code_box.on_typed(self._pasted)
        self._call_box = CopyBox("This view as Python code")
        self._stage = widgets.VBox([self._live], layout=widgets.Layout(width="100%"))
        self.widget = widgets.VBox(
            [
                *rows,
                self._stage,
                widgets.HBox(buttons, layout=wrap),
                widgets.HBox([left, self._detail], layout=widgets.Layout(flex_flow="row wrap", width="100%")),
                self._table_on,
                self._table,
                self._code_box,
                self._call_box,
            ],
            layout=widgets.Layout(width="100%"),
        )
        self.widget.add_class("live-explorer")
        self.widget.add_class("live-named-" + self.title.replace(" ", "-"))

    def _redraw(self, state: State, said: str = "") -> None:
        items = self.items(state)
        if state["selected"] not in items:
            state = {**state, "selected": None}
        before = self._state, self._items
        self._state = state
        try:
            # The controls first: the page brings them into step while the figure is still being drawn here.
            self._follow(items)
            figure = self.figure_of(state)
        except ValueError:
            self._state = before[0]
            self._follow(before[1])
            raise
        status = " ".join(filter(None, [self._say(items, state), said]))
        zoom = f"{self._resets} {self.zoom(state)}"
        if figure is self._live.figure and zoom == self._zoomed:
            self._live.status = status
        else:
            self._zoomed = zoom
            self._live.show(figure, zoom=zoom, status=status)
            self._show_plain()
            self._show_table()

    def _say(self, items: list[str], state: State) -> str:
        if not items:
            return f"Nothing matches these settings: no {self.item} is in this view. Widen a filter or press Reset."
        if state["selected"] is None:
            count = f"{len(items)} {self.item}s" if len(items) > 1 else f"1 {self.item}"
            return f"{count} in this view. Choose one in the figure or in the list, or press Next."
        place = f"{self.item.capitalize()} {items.index(state['selected']) + 1} of {len(items)}"
        return f"{place}, {self.sentence(state['selected'], state)}."

    def _follow(self, items: list[str]) -> None:
        """Bring the controls, the list, the card and the codes into step with the state."""
        state, self._busy = self._state, True
        try:
            for name, setting in self._settings.items():
                setting.put(state[name])
            chosen = state["selected"]
            place = None if chosen is None else items.index(chosen)
            listed = around(len(items), place)
            labels = self.labels(items[listed], state)
            if labels != self._labels:
                self._labels = labels
                self._list.options = labels
            self._items, self._listed = items, listed
            self._list.index = None if place is None else place - listed.start
            card = (chosen, state.get("as_of"), state.get("on"))
            if card != self._shown_card:
                self._shown_card = card
                self._detail.value = "" if chosen is None else self.card(chosen, state)
            suggested = tuple(islice(self._suggestions(state), MOST))
            if suggested != self._search.options:
                self._search.options = suggested
            self._code_box.value = self.code
            self._call_box.value = self.as_code()
        finally:
            self._busy = False

    def _show_table(self) -> None:
        self._table.value = table_html(as_table(self.figure)) if self._table_on.value else ""

    def _step(self, by: int) -> None:
        if not self._items:
            return
        chosen = self._state["selected"]
        if chosen is None:
            place = 0 if by > 0 else len(self._items) - 1
        else:
            place = min(max(self._items.index(chosen) + by, 0), len(self._items) - 1)
        self.select(self._items[place])

    def _attempt(self, settings: Mapping[str, Value]) -> None:
        """Change settings from a control: what does not work is said in words."""
        try:
            self.set(**settings)
        except ValueError as error:
            self._live.status = f"This can't be shown: {error}. The figure and its settings are those from before."
            self._follow(self._items)

    def _changed(self, change: Any) -> None:
        if self._busy:
            return
        for name, setting in self._settings.items():
            if setting.control is change["owner"]:
                self._attempt({name: setting.read(setting.control.value)})

    def _chosen(self, change: Any) -> None:
        if not self._busy and change["new"] is not None:
            self._attempt({"selected": self._items[self._listed.start + change["new"]]})

    def _sought(self, change: Any) -> None:
        if not self._busy and change["new"]:
            self.find(change["new"])
            self._busy = True
            self._search.value = ""
            self._busy = False

    def _pasted(self, text: str) -> None:
        try:
            self.code = text
        except ValueError as error:
            self._live.status = f"This state code can't be read: {error}."
            self._code_box.send_state("value")

    def _clicked(self, point: Point) -> None:
        for key in keys_of(point.get("customdata")):
            if key in self._items:
                self._attempt({"selected": key})
                return

    def _pressed(self, key: str) -> None:
        if key in ("Home", "End") and self._items:
            self.select(self._items[0 if key == "Home" else -1])
        else:
            self._step(1 if key == "ArrowRight" else -1)

    def _fall_back(self, _: str) -> None:
        if self._plain is None:
            self._plain = widgets.Output()
            self._stage.children = [self._plain, self._live]
            self._show_plain()

    def _show_plain(self) -> None:
        if self._plain is not None:
            with self._plain:
                self._plain.clear_output(wait=True)
                display(Exhibit(self.figure))  # type: ignore[no-untyped-call]  # IPython gives it no types

    def _repr_mimebundle_(self, **options: Any) -> Any:
        if self.widget.comm is None:
            self._settings = self.settings()
            self._start()
        replace_in_cell(self)
        return self.widget._repr_mimebundle_(**options)


def tree(widget: Any) -> Iterator[Any]:
    """Yield a widget and all that it consists of."""
    for child in getattr(widget, "children", ()):
        yield from tree(child)
    yield from (part for part in (getattr(widget, "layout", None), getattr(widget, "style", None)) if part is not None)
    yield widget


_in_cells: dict[str, tuple[str, list[Explorer]]] = {}
"""Cell of the notebook → the run that showed explorers in it, and these. Belongs to the kernel, as its widgets do."""


def replace_in_cell(explorer: Explorer) -> None:
    """Close the explorers that an earlier run of the cell now running has shown, so that the page does not fill up."""
    shell = get_ipython()
    parent = shell.get_parent() if shell is not None and hasattr(shell, "get_parent") else {}
    cell, run = parent.get("metadata", {}).get("cellId"), parent.get("header", {}).get("msg_id")
    if cell is None:
        return
    last, shown = _in_cells.pop(cell, (run, []))
    others = [one for _, many in _in_cells.values() for one in many]
    if last != run:
        for one in shown:
            if one is not explorer and one not in others:
                one.close()
        shown = []
    _in_cells[cell] = (run, [*shown, explorer])


def around(count: int, place: int | None, most: int = MOST) -> slice:
    """Return the part of a long list that is shown: all of it if it is short, else what lies around a place.

    >>> around(20, 3), around(5000, None), around(5000, 4990)
    (slice(0, 20, None), slice(0, 1000, None), slice(4000, 5000, None))
    """
    start = max(0, min((place or 0) - most // 2, count - most))
    return slice(start, min(start + most, count))


def keys_of(customdata: Any) -> list[str]:
    """Return the keys that a mark stands for, whether as one text, parted by a sign, or in a list.

    >>> keys_of("c-0001,c-0002"), keys_of(["camp-taji|baghdad", 3])
    (['c-0001', 'c-0002'], ['camp-taji', 'baghdad'])
    """
    if isinstance(customdata, (list, tuple)):
        return [key for one in customdata for key in keys_of(one)]
    return customdata.replace("|", ",").split(",") if isinstance(customdata, str) else []


def table_html(table: pd.DataFrame) -> str:
    """Return a table as HTML that can be scrolled with the keyboard; every text escaped, empty cells empty."""
    head = "".join(f'<th scope="col">{escape(str(name))}</th>' for name in table.columns)
    cells = table.astype(object).where(table.notna(), "")
    body = "".join(f"<tr>{''.join(f'<td>{_cell(value)}</td>' for value in row)}</tr>" for row in cells.to_numpy())
    label = f"The {len(table)} rows behind the figure"
    return (
        f'<div class="live-table-box" tabindex="0" role="group" aria-label="{label}"><table><thead><tr>{head}</tr></thead>'
        f"<tbody>{body}</tbody></table></div>"
    )


def side_names() -> dict[str, str]:
    """Return the sides and what they are called."""
    return {side: mark.label for side, mark in style.SIDES.items()}


def _cell(value: Any) -> str:
    if isinstance(value, pd.Timestamp):
        return f"{value:%Y-%m-%d %H:%M}".removesuffix(" 00:00")
    return escape(str(value))
