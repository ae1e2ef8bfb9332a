"""The decision room: read what was known on a day, decide, state a probability, and only then see what was done."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from html import escape
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, quote, urlencode

import ipywidgets as widgets
import pandas as pd
import traitlets

from helpers.cards import event_card
from helpers.chronicle import Chronicle, check
from helpers.explorers.base import SAFE, State
from helpers.explorers.controls import CopyBox
from helpers.explorers.settings import WIDE, Value, as_code, as_text
from helpers.notes import Notes, NotesError
from helpers.rooms import (
    Answer,
    Room,
    open_room,
    options_card,
    outcome_card,
    parse_probability,
    scored,
    situation_card,
)
from helpers.steady import SteadyWidget, module_of

RECENT = 14
SPANS = {"the last 3 days": 3, "the last two weeks": RECENT, "everything known": None}
NAME = "decision_room"
FIELD = {"description_width": "initial"}
STYLE = """<style>
.decision-room{max-width:60rem}
.decision-room :is(textarea,input):disabled{opacity:1;color:inherit}
.decision-room .widget-html-content{flex:1 1 0;min-width:0;overflow-wrap:anywhere;line-height:1.5;white-space:normal}
.decision-room .room-tall{flex-direction:column;align-items:stretch;height:auto}
.decision-room .room-tall>.widget-label{width:100%;height:auto;text-align:left;white-space:normal;line-height:1.5}
.decision-room .room-tall :is(select,textarea,input[type=text]){width:100%;box-sizing:border-box}
.decision-room .widget-radio-box{width:100%;height:auto}
.decision-room .widget-radio-box label{height:auto;line-height:1.5;white-space:normal;padding:.15em 0}
.decision-room :is(select,textarea,input,button):focus-visible{outline:2px solid currentColor;outline-offset:1px}
.decision-room .room-heading{font-size:16px;font-weight:600;margin:.8em 0 .2em}
</style>"""


class Announcer(SteadyWidget):
    """A line of text that a screen reader reads out whenever it changes.

    It also keeps Jupyter's own shortcuts away from the room it stands in: without that, an arrow key in a list would
    move to another cell. Ctrl and Command stay Jupyter's, so that saving the notebook works everywhere.
    """

    _esm = module_of(Path(__file__).with_name("announcer.js"))
    text = traitlets.Unicode("").tag(sync=True)


class DecisionRoom(widgets.VBox):
    """A room in which one decides with what was known that day, and sees only afterwards what was done.

    What one writes is kept in ``my-notes.jsonl`` beside the notebook, line by line, so that it survives a restart and
    is there again when the cell is run again: each saved answer under ``room/<room id>``, what is being written under
    ``room/<room id>/draft``. No answer is ever overwritten; of several, the last one given before the outcome was
    seen is scored.

    Parameters
    ----------
    chronicle
        The whole record. The room shows it as of its own day; before the reveal nothing later is sent to the page.
    room
        The room's id or its day, such as ``"2020-01-07"``; :func:`helpers.rooms.decision_rooms` lists them.
    answers
        Where the answers are kept: a folder, or :class:`helpers.notes.Notes`. Without it, the notebook's own folder.
    settings
        What to read first, any of the names in :attr:`state`: ``days`` (3, 14 or None for all that was known),
        ``search`` and ``event``. An event is named by its day and its place among the events known of that day, such
        as ``"2019-12-27.1"``, for the keys of some say more than was known; its key does as well.

    Raises
    ------
    ValueError
        If there is no such room, setting or event; the message names the nearest one.

    Examples
    --------
    >>> import tempfile
    >>> from helpers import load
    >>> place = tempfile.mkdtemp()
    >>> room = DecisionRoom(load(), "2019-12-28", answers=place)
    >>> room.set(choice="B", reasons="Nobody knows yet who fired.", probability=30)
    >>> room.save()
    True
    >>> again = DecisionRoom(load(), "2019-12-28", answers=place, days=3)
    >>> again.history[0].probability
    30.0
    >>> again.code
    'decision_room?room=2019-12-28-washington-after-k1&days=3'
    """

    def __init__(
        self, chronicle: Chronicle, room: str, answers: Notes | str | Path | None = None, **settings: Value
    ) -> None:
        self._chronicle = chronicle
        self.room: Room = open_room(chronicle, room)
        self._notes = answers if isinstance(answers, Notes) else Notes(answers)
        self._key = f"room/{self.room.room_id}"
        self._unsaved: list[Answer] = []  # answers that the file would not take: tried again at the next save
        self._restoring = self._filling = self._seen = False
        self._make_reading()
        self._make_form()
        self._make_outcome()
        super().__init__(
            [
                widgets.HTML(STYLE + situation_card(self.room)),
                _heading("What was known: read before you decide"),
                widgets.HBox([self.span, self.search], layout=widgets.Layout(flex_flow="row wrap")),
                self.listing,
                widgets.HBox([self.earlier, self.later], layout=widgets.Layout(flex_flow="row wrap")),
                self.position,
                self.card,
                widgets.HTML(options_card(self.room)),
                _heading("Your decision"),
                self.choice,
                self.reasons,
                self.probability,
                widgets.HBox([self.save_button, self.change_button], layout=widgets.Layout(flex_flow="row wrap")),
                self.status,
                _heading("The outcome"),
                self.reveal_button,
                self.outcome,
                _heading("To come back to this list"),
                self._code_box,
                self._call_box,
            ]
        )
        self.add_class("decision-room")
        self._restore()
        if settings:
            self.state = settings

    # Reading ----------------------------------------------------------------------------------------------------------

    def _make_reading(self) -> None:
        self._events = self.room.known.events.sort_values(["date", "day_order"], ascending=False)
        self.span = widgets.Dropdown(options=list(SPANS), value="the last two weeks", description="Show", style=FIELD)
        self.search = widgets.Text(description="Search in the titles", continuous_update=False, style=FIELD)
        self.listing = widgets.Select(description="Events, the latest first", rows=8, layout=_wide(), style=FIELD)
        self.listing.add_class("room-tall")
        self.earlier = widgets.Button(description="Earlier event")
        self.later = widgets.Button(description="Later event")
        self.position = Announcer()
        self.card = widgets.HTML(layout=_wide())
        for control in (self.span, self.search):
            control.observe(lambda _: self._list(), names="value")
        self.listing.observe(lambda _: self._show(), names="value")
        self.earlier.on_click(lambda _: self._step(1))
        self.later.on_click(lambda _: self._step(-1))
        self._code_box = CopyBox("State code of this list, without your answer (paste one)", editable=True)
        self._code_box.on_typed(self._pasted)
        self._call_box = CopyBox("This list as Python code")
        keys = [str(key) for key in self._events.index]
        days = [f"{day:%Y-%m-%d}" for day in self._events["date"]]
        self._marks = {
            key: f"{day}.{days[place:].count(day)}" for place, (key, day) in enumerate(zip(keys, days, strict=True))
        }
        self._default: State = {"days": RECENT, "search": "", "event": None}
        self._list(prefer=self.room.event_id)
        self._default["event"] = self._marks.get(self.listing.value)
        self._tell()

    def _list(self, prefer: str | None = None) -> None:
        if self._filling:
            return
        events, days = self._events, SPANS[self.span.value]
        if days is not None:
            events = events[events["date"] > self.room.as_of - pd.Timedelta(days=days)]
        wanted = self.search.value.strip().casefold()
        if wanted:
            events = events[events["title"].str.casefold().str.contains(wanted, regex=False)]
        selected = prefer or self.listing.value
        # Only the labels go to the page, never the keys: some say more than was known that day.
        options = [(f"{row.date:%d %b %Y}: {row.title}", str(row.Index)) for row in events.itertuples()]
        keys = [key for _, key in options]
        self._filling = True  # new options make the list choose its first entry: not worth a card
        self.listing.options = options
        self.listing.value = selected if selected in keys else keys[0] if keys else None
        self._filling = False
        self._show()

    def _show(self) -> None:
        if self._filling:
            return
        keys = [key for _, key in self.listing.options]
        self._tell()
        if self.listing.value is None:
            self.position.text, self.card.value = "No event fits. Choose a longer time or search for another word.", ""
            self.earlier.disabled = self.later.disabled = True
            return
        place = keys.index(self.listing.value)
        self.earlier.disabled, self.later.disabled = place == len(keys) - 1, place == 0
        self.position.text = f"Event {place + 1} of {len(keys)}. {self.listing.options[place][0]}"
        self.card.value = event_card(self.room.known, self.listing.value, level=5)

    def _step(self, by: int) -> None:
        keys = [key for _, key in self.listing.options]
        if self.listing.value is not None:
            self.listing.value = keys[min(max(keys.index(self.listing.value) + by, 0), len(keys) - 1)]

    # State: what one reads, never what one answers --------------------------------------------------------------------

    @property
    def state(self) -> State:
        """What is read: ``room``, ``days``, ``search`` and ``event``. Set it; names left out get their default.

        The answer is no part of it: a state can be handed in, an answer is one's own and stays as it is.
        """
        event = self._marks.get(self.listing.value)
        return {
            "room": self.room.room_id,
            "days": SPANS[self.span.value],
            "search": self.search.value.strip(),
            "event": event,
        }

    @state.setter
    def state(self, settings: Mapping[str, Value]) -> None:
        wanted = {**self._default, **settings}
        for name in wanted:
            check("setting", name, ["room", *self._default])
        check("room", wanted.pop("room", self.room.room_id), [self.room.room_id])
        days = None if wanted["days"] in (None, "all") else wanted["days"]
        spans = {as_text(value): text for text, value in SPANS.items()}
        check("number of days", as_text(days), spans)
        event = wanted["event"]
        if event is not None and event not in self._marks:
            check("event", event, self._marks.values())
            event = next(key for key, mark in self._marks.items() if mark == event)
        self._filling = True
        self.span.value, self.search.value = spans[as_text(days)], str(wanted["search"])
        self._filling = False
        self._list(prefer=event)

    @property
    def code(self) -> str:
        """The state as a short text that restores the view: set it, or paste it into the box below the room."""
        default = self._default | {"room": None}
        changed = {name: value for name, value in self.state.items() if value != default[name] and name != "event"}
        if self.state["event"] not in (None, default["event"]):
            changed["event"] = self.state["event"]
        told = {name: "all" if value is None else as_text(value) for name, value in changed.items()}
        return f"{NAME}?{urlencode(told, safe=SAFE, quote_via=quote)}"

    @code.setter
    def code(self, text: str) -> None:
        name, _, query = text.strip().strip("'\"`").partition("?")
        if name != NAME:
            raise ValueError(f"a state code of a decision room begins with {NAME + '?'!r}, not with {name[:30]!r}")
        self.state = dict(parse_qsl(query, keep_blank_values=True))

    def as_code(self) -> str:
        """Return the Python code that lists the same events from the record as it was known."""
        state = self.state
        lines = [f"events = chronicle.as_of({as_code(f'{self.room.as_of:%Y-%m-%d}')}).events"]
        if state["days"] is not None:
            after = self.room.as_of - pd.Timedelta(days=state["days"])
            lines.append(f'events = events[events["date"] > {as_code(f"{after:%Y-%m-%d}")}]')
        if state["search"]:
            words = as_code(state["search"])
            lines.append(f'events = events[events["title"].str.contains({words}, case=False, regex=False)]')
        lines.append('events = events.sort_values(["date", "day_order"], ascending=False)')
        return "\n".join([*lines, 'events.set_index("date")["title"]'])

    def _tell(self) -> None:
        self._code_box.value, self._call_box.value = self.code, self.as_code()

    def _pasted(self, text: str) -> None:
        try:
            self.code = text
        except ValueError as error:
            self.position.text = f"This state code can't be read: {error}."
            self._code_box.send_state("value")

    # Deciding ---------------------------------------------------------------------------------------------------------

    def _make_form(self) -> None:
        self.choice = widgets.RadioButtons(
            options=[(f"{option.letter}. {option.label}", option.option_id) for option in self.room.options],
            value=None,
            description="What would you have done?",
            layout=_wide(),
            style=FIELD,
        )
        self.reasons = widgets.Textarea(
            description="Your reasons. What speaks against them? (Kept when you leave the box.)",
            rows=5,
            continuous_update=False,
            layout=_wide(),
            style=FIELD,
        )
        self.probability = widgets.Text(
            description=f"{self.room.prediction} How likely is a yes, in percent? 0 is surely not, 100 is surely.",
            placeholder="0 to 100",
            continuous_update=False,
            layout=_wide(),
            style=FIELD,
        )
        for control in self._controls:
            control.add_class("room-tall")
            control.observe(lambda _: self._keep_draft(), names="value")
        self.save_button = widgets.Button(description="Save my answer", button_style="primary")
        self.change_button = widgets.Button(description="Change my answer")
        for button in (self.save_button, self.change_button):
            button.layout.width = "auto"
        self.save_button.on_click(lambda _: self.save())
        self.change_button.on_click(lambda _: self.change())
        self.status = Announcer()

    @property
    def _controls(self) -> tuple[Any, Any, Any]:
        return self.choice, self.reasons, self.probability

    @property
    def history(self) -> list[Answer]:
        """All answers given in this room, the oldest first, from this run and all earlier ones."""
        kept = (Answer.from_note(note.value, note.saved) for note in self._notes.history(self._key))
        return [answer for answer in kept if answer is not None] + self._unsaved

    def set(self, *, choice: str, reasons: str, probability: float) -> None:
        """Fill in the form from code; :meth:`save` then saves it.

        Parameters
        ----------
        choice
            The letter or the id of an option.
        reasons
            Why, in words.
        probability
            Of a yes to the room's prediction, in percent, 0 to 100.

        Raises
        ------
        ValueError
            If there is no such option.
        """
        found = [o.option_id for o in self.room.options if choice in (o.letter, o.option_id)]
        if not found:
            letters = ", ".join(option.letter for option in self.room.options)
            raise ValueError(f"no option {choice!r} in this room; it is one of: {letters}")
        self.choice.value, self.reasons.value, self.probability.value = found[0], reasons, f"{probability:g}"

    def save(self) -> bool:
        """Save the answer in the form. Return whether it is saved; the status line says what is missing."""
        try:
            probability = parse_probability(self.probability.value)
        except ValueError as error:
            self.status.text = str(error)
            return False
        missing = [
            name
            for name, empty in (
                ("choose an option", self.choice.value is None),
                ("write down your reasons", not self.reasons.value.strip()),
                ("state a probability", probability is None),
            )
            if empty
        ]
        if missing or probability is None:
            self.status.text = f"Not complete yet: {', '.join(missing)}."
            return False
        answer = Answer(self.choice.value, self.reasons.value, probability, after_reveal=self._revealed())
        saved = self._put(answer)
        self._lock(True)
        return saved

    def change(self) -> None:
        """Open the form again. The answers given so far stay in the history."""
        self.outcome.value = ""
        self._lock(False)
        self.status.text = "Change your answer and save it again. What you said before is kept too."

    def _put(self, answer: Answer) -> bool:
        waiting, self._unsaved = [*self._unsaved, answer], []
        try:
            for number, one in enumerate(waiting):
                failed = waiting[number:]
                self._notes.put(self._key, one.to_note())
        except NotesError as error:
            self._unsaved = failed
            self.status.text = f"{error} Your answer stays in this room as long as the notebook is open."
            return False
        self.status.text = f"Saved in {self._notes.path.name}, beside this notebook. Now you can see what happened."
        return True

    def _keep_draft(self) -> None:
        if self._restoring:
            return
        draft = {name: control.value for name, control in zip(_NAMES, self._controls, strict=True)}
        try:
            self._notes.put(f"{self._key}/draft", draft)
        except NotesError as error:
            self.status.text = str(error)

    def _restore(self) -> None:
        self._restoring = True
        try:
            answers = self.history
            drafts = self._notes.history(f"{self._key}/draft")
            draft = drafts[-1].value if drafts and isinstance(drafts[-1].value, dict) else {}
            message = self._notes.damage
        except NotesError as error:
            answers, draft, message = [], {}, str(error)
        last = answers[-1] if answers else None
        if last is not None and not draft:
            draft = {"choice": last.choice, "reasons": last.reasons, "probability": f"{last.probability:g}"}
        self.choice.value = draft.get("choice") if draft.get("choice") in self._option_ids else None
        self.reasons.value, self.probability.value = (str(draft.get(name) or "") for name in ("reasons", "probability"))
        self._restoring = False
        same = last is not None and self._filled() == (last.choice, last.reasons, last.probability)
        self._lock(same)
        if same:
            message = f"Your answer from before is back. {message}"
        elif draft:
            message = f"What you had written is back; it is not saved as your answer yet. {message}"
        self.status.text = message.strip()

    @property
    def _option_ids(self) -> list[str]:
        return [option.option_id for option in self.room.options]

    def _filled(self) -> tuple[str | None, str, float | None]:
        try:
            probability = parse_probability(self.probability.value)
        except ValueError:
            probability = None
        return self.choice.value, self.reasons.value, probability

    def _lock(self, locked: bool) -> None:
        for control in (*self._controls, self.save_button):
            control.disabled = locked
        self.change_button.disabled = not locked
        self.reveal_button.disabled = not locked

    # The outcome ------------------------------------------------------------------------------------------------------

    def _make_outcome(self) -> None:
        self.reveal_button = widgets.Button(description="Show what happened", disabled=True)
        self.reveal_button.layout.width, self.reveal_button.layout.align_self = "auto", "flex-start"
        self.reveal_button.on_click(lambda _: self.reveal())
        self.outcome = widgets.HTML(layout=_wide())

    def reveal(self) -> bool:
        """Show what was done, what came out later, one's own words and their score. Return whether it is shown.

        Without an answer nothing is shown, and the status line says so.
        """
        answers = self._known_answers()
        if not answers:
            self.status.text = "Save your answer first; then you can see what happened."
            return False
        if not self._revealed():
            with suppress(NotesError):  # then the answer could not be saved either, and the status line has said so
                self._notes.put(f"{self._key}/revealed", True)
        self._seen = True
        card = outcome_card(self._chronicle, self.room.room_id, answers)
        self.outcome.value = f'<section aria-label="{escape("The outcome: " + self.room.title)}">{card}</section>'
        counted = scored(answers)
        score = "" if counted is None else f" You had said {counted.probability:g} % for a yes."
        self.status.text = f"What happened is shown below, with your own words beside it.{score}"
        return True

    def _known_answers(self) -> list[Answer]:
        try:
            return self.history
        except NotesError:
            return list(self._unsaved)

    def _revealed(self) -> bool:
        try:
            return self._seen or bool(self._notes.get(f"{self._key}/revealed", False))
        except NotesError:
            return self._seen


_NAMES = ("choice", "reasons", "probability")


def _wide() -> widgets.Layout:
    return widgets.Layout(width=WIDE, height="auto")


def _heading(text: str) -> widgets.HTML:
    return widgets.HTML(f'<h4 class="room-heading">{escape(text)}</h4>')
