"""Load a record and see it whole, in part, or as it was known on a day."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Iterable, Mapping
from functools import cached_property
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any, Self, TypeAlias, TypeVar

import numpy as np
import pandas as pd

from helpers.knowledge import as_known
from helpers.reading import read_tables
from helpers.rules import clock, rule_problems
from helpers.schema import DataError, Package, nearest, read_package, shape_problems

Day: TypeAlias = str | dt.date  # "2020-01-09", a date, a datetime or a pandas Timestamp
Some = str | Iterable[str] | None
Found = TypeVar("Found")

NOT_ESTABLISHED = "not-established"
NO_ACTOR = "no-actor"
# How strongly a role says that its actor is the one who acted. An allegation or a claim of responsibility outweighs the
# words spoken about an attack, but it establishes nobody.
UNPROVEN = 5
STRENGTH = {
    "initiator": 6,
    "alleged-initiator": UNPROVEN,
    "claimed-responsibility": UNPROVEN,
    "decision-maker": 4,
    "signatory": 3,
    "speaker": 2,
    "mediator": 1,
}


ABOUT_EVENTS = ("event_actors", "event_places", "claims", "quotes", "article_audit", "rooms")
DAYS_KEPT = 12  # as of which the record is kept ready

# In these somebody acted, whoever it was: words spoken about them say nothing of that.
ATTACKS = ("rocket-attack", "airstrike", "missile-strike", "targeted-killing", "embassy-attack")
# These consist of words and decisions: whoever is accused in them did not make them.
WORDS = ("statement", "diplomacy", "politics", "legislation", "legal", "sanction")


def load(folder: str | Path | Traversable | None = None) -> Chronicle:
    """Load a record of a crisis.

    Parameters
    ----------
    folder
        A folder with a ``datapackage.json`` of the same shape as the shipped one; without it, the shipped record of the
        Iraq-US-Iran escalation, wherever you are.

    Returns
    -------
    Chronicle
        The whole record.

    Raises
    ------
    DataError
        If anything in the folder is not as the descriptor says. The error lists every problem found as file, row,
        column, value, what was expected and the nearest valid value. Rules between cells (:mod:`helpers.rules`) are
        checked once each cell is right by itself.

    Examples
    --------
    >>> chronicle = load()
    >>> chronicle.events.loc["2020-01-08-iran-missiles-al-asad-erbil", "kind"]
    'missile-strike'
    """
    shipped = shipped_folder()
    source: Traversable = shipped if folder is None else Path(folder) if isinstance(folder, str) else folder
    package = read_package(source)
    if folder is not None:
        problems = shape_problems(package, read_package(shipped))
        if problems:
            raise DataError(problems)
    frames, problems = read_tables(source, package)
    problems = problems or rule_problems(frames, package)
    if problems:
        raise DataError(problems)
    chronicle = Chronicle(frames, package, source)
    if folder is None:
        _shipped[:] = [chronicle]
    return chronicle


_shipped: list[Chronicle] = []
"""The shipped record as it was last read."""


def shipped() -> Chronicle:
    """Return the shipped record as it was last read, for helpers that are given no record; nobody can change it."""
    return _shipped[0] if _shipped else load()


def shipped_folder() -> Traversable:
    """Return the folder of the shipped record: inside an installed package, beside it in a checkout."""
    package = files("helpers")
    inside = package.joinpath("data")
    return inside if inside.joinpath("datapackage.json").is_file() else Path(str(package)).parent / "data"


class Chronicle:
    """A record, or a view of it. Views are made by :meth:`as_of`, :meth:`between` and :meth:`only`, in any order.

    Each table is an attribute: ``chapters``, ``events``, ``event_actors``, ``event_places``, ``actors``, ``relations``,
    ``places``, ``claims``, ``links``, ``quotes``, ``sources``, ``indicators``, ``series``, ``glossary``,
    ``article_audit``, ``rooms``, ``room_options``. Tables with a key of one column have it as their index. Every
    attribute is a fresh frame: what you change in it stays yours and changes no other view. The columns are those of
    the codebook (``data/README.md``), and besides:

    - for each date that may be a month or a year (``published``, ``reported_on``, ...), the first possible day under its
      own name and the last possible one as ``..._until``;
    - in ``events``: ``start`` and ``start_utc`` (timestamps; ``start`` is midnight where no clock time is known,
      ``start_utc`` is then missing) and ``side``, the side of whoever acted: ``not-established`` where there is only an
      allegation or a claim of responsibility, or an attack of which nothing more is known, ``no-actor`` where nobody acted.

    Don't call the class; call :func:`load`.
    """

    def __init__(
        self,
        frames: Mapping[str, pd.DataFrame],
        package: Package,
        folder: Traversable,
        *,
        known_on: pd.Timestamp | None = None,
        window: tuple[pd.Timestamp, pd.Timestamp] | None = None,
        filters: tuple[dict[str, frozenset[Any]], ...] = (),
        whole: Chronicle | None = None,
    ) -> None:
        self._record, self._package, self._folder = frames, package, folder
        self._known_on, self._window, self._filters = known_on, window, filters
        self._whole = whole
        self._tables: dict[str, pd.DataFrame] = {}
        self._days: dict[pd.Timestamp | None, dict[str, pd.DataFrame]] = {}
        self._derived: dict[pd.Timestamp | None, dict[Callable[[Chronicle], Any], Any]] = {}

    @property
    def package(self) -> Package:
        """The descriptor: titles, columns, vocabularies with their meanings."""
        return self._package

    @property
    def title(self) -> str:
        """The name of the record."""
        return str(self._package.descriptor.get("title", ""))

    @property
    def known_on(self) -> pd.Timestamp | None:
        """The day as of which the record is seen, or None for the whole record."""
        return self._known_on

    @property
    def whole(self) -> Chronicle:
        """The whole record behind a view: what a layout that must not change from view to view rests on."""
        return self if self._whole is None else self._whole

    @property
    def window(self) -> tuple[pd.Timestamp, pd.Timestamp] | None:
        """The first and last day chosen by :meth:`between`, or None."""
        return self._window

    def as_of(self, day: Day) -> Chronicle:
        """Return what had been published by the end of a day (see :func:`helpers.knowledge.as_known`).

        Parameters
        ----------
        day
            A day, such as ``"2020-01-09"``.

        Examples
        --------
        >>> missiles = "2020-01-08-iran-missiles-al-asad-erbil"
        >>> injured = load().as_of("2020-01-12").claims.query("event_id == @missiles and field == 'tbi'")
        >>> int(injured["high"].max())
        0
        """
        wanted = _day(day)
        known_on = wanted if self._known_on is None else min(self._known_on, wanted)
        return self._view(known_on=known_on)

    def between(self, first: Day, last: Day) -> Chronicle:
        """Return the events that happened, wholly or in part, from ``first`` to ``last`` (both included).

        Examples
        --------
        >>> load().between("2020-01-03", "2020-01-03").events["date"].nunique()
        1
        """
        start, end = _day(first), _day(last)
        if end < start:
            raise ValueError(f"the last day, {end:%Y-%m-%d}, lies before the first, {start:%Y-%m-%d}")
        if self._window is not None:
            start, end = max(start, self._window[0]), min(end, self._window[1])
        return self._view(window=(start, end))

    def only(
        self,
        *,
        actor: Some = None,
        kind: Some = None,
        chapter: Some = None,
        place: Some = None,
        side: Some = None,
        importance: int | Iterable[int] | None = None,
    ) -> Chronicle:
        """Return the events that fulfil all the conditions given; several values of one condition mean any of them.

        Parameters
        ----------
        actor, place, chapter
            Keys of those tables. An event counts for an actor in whatever role, for a place also if it is a further one.
        kind, side
            Values of the columns of `events`.
        importance
            1, 2, 3 or several of them.

        Raises
        ------
        ValueError
            If a value is not in the record; it names the nearest one that is.

        Examples
        --------
        >>> rockets = load().only(kind="rocket-attack", chapter=["december", "march"])
        >>> sorted(rockets.events["chapter"].unique())
        ['december', 'march']
        """
        conditions = {
            "actor": (actor, self._record["actors"].index),
            "kind": (kind, self._vocabulary("events", "kind")),
            "chapter": (chapter, self._record["chapters"].index),
            "place": (place, self._record["places"].index),
            "side": (side, [*self._vocabulary("actors", "side"), NOT_ESTABLISHED, NO_ACTOR]),
            "importance": (importance, [1, 2, 3]),
        }
        wanted = {}
        for name, (value, valid) in conditions.items():
            if value is not None:
                values = [value] if isinstance(value, (str, int)) else list(value)
                for one in values:
                    check(name, one, valid)
                wanted[name] = frozenset(values)
        return self._view(filters=(*self._filters, wanted))

    def event(self, event_id: str) -> pd.Series:
        """Return one event of this view, or raise a ValueError that names the nearest one."""
        events = self._table("events")
        check("event", event_id, events.index)
        return events.loc[event_id]

    def boundaries(self, name: str) -> dict[str, Any]:
        """Return a GeoJSON of the record by the name of its resource, such as ``"countries"``.

        A record without that resource gets the shipped one. The boundaries are Natural Earth's, drawn de facto.
        """
        paths = {r["name"]: r["path"] for r in self._package.descriptor["resources"] if r.get("format") == "geojson"}
        if name in paths:
            return dict(json.loads(self._folder.joinpath(paths[name]).read_text(encoding="utf-8")))
        shipped = read_package(shipped_folder()).descriptor["resources"]
        paths = {r["name"]: r["path"] for r in shipped if r.get("format") == "geojson"}
        check("boundaries", name, paths)
        return dict(json.loads(shipped_folder().joinpath(paths[name]).read_text(encoding="utf-8")))

    def derived(self, make: Callable[[Chronicle], Found]) -> Found:
        """Return what ``make`` finds in the whole record as of the day of this view.

        It is made once for each of the last few days and kept with the record, whatever the views show: what it returns
        must not be changed.

        Examples
        --------
        >>> chronicle = load()
        >>> def titles(whole):
        ...     return list(whole.events["title"])
        >>> chronicle.derived(titles) is chronicle.only(chapter="march").derived(titles)
        True
        """
        day, whole = self._known_on, self.whole
        whole._seen(day)
        kept = whole._derived[day]
        if make not in kept:
            kept[make] = make(whole if day is None else whole.as_of(day))
        return kept[make]

    def _vocabulary(self, table: str, column: str) -> list[str]:
        return list(self._package.tables[table][column].meanings)

    def _view(self, **changes: Any) -> Chronicle:
        settings = {"known_on": self._known_on, "window": self._window, "filters": self._filters}
        return Chronicle(self._record, self._package, self._folder, whole=self.whole, **{**settings, **changes})

    @cached_property
    def _frames(self) -> dict[str, pd.DataFrame]:
        return self.whole._seen(self._known_on)

    def _table(self, name: str) -> pd.DataFrame:
        """Return a table of this view; it is cut out when it is first asked for, since most views need few of them."""
        if self._window is None and not self._filters:
            return self._frames[name]
        if name not in self._tables:
            self._tables[name] = self._cut(name)
        return self._tables[name]

    def _cut(self, name: str) -> pd.DataFrame:
        """Keep the chosen events and the rows about them; actors, ties, places, sources and terms stay as they are."""
        frame = self._frames[name]
        if name == "events":
            return frame[_selected(self._frames, self._window, self._filters)]
        if name in ABOUT_EVENTS:
            return frame[frame["event_id"].isin(self._table("events").index)]
        if name == "links":
            events = self._table("events").index
            return frame[frame["from_event"].isin(events) & frame["to_event"].isin(events)]
        if name == "room_options":
            return frame[frame["room_id"].isin(self._table("rooms").index)]
        return frame

    def _seen(self, day: pd.Timestamp | None) -> dict[str, pd.DataFrame]:
        """Return the whole record as of a day; an explorer asks for the same few days again and again."""
        if day not in self._days:
            if len(self._days) >= DAYS_KEPT:
                oldest = next(known for known in self._days if known is not None)  # the whole record stays
                del self._days[oldest], self._derived[oldest]
            frames = dict(self._record)
            if day is not None:
                frames = as_known(frames, self._package, day)
            frames["events"] = _with_moments(frames)
            self._days[day], self._derived[day] = frames, {}
        return self._days[day]

    def __getattr__(self, name: str) -> pd.DataFrame:
        if name.startswith("_") or name not in self._package.tables:
            raise AttributeError(f"a Chronicle has no attribute or table {name!r}")
        # A shallow copy costs nothing: pandas copies on write.
        return self._table(name).copy(deep=False)

    def __dir__(self) -> list[str]:
        return [*super().__dir__(), *self._package.tables]

    def __repr__(self) -> str:
        counts = ", ".join(f"{len(self._table(name)):,} {name}" for name in ("events", "claims", "actors", "sources"))
        seen = "" if self._known_on is None else f", as known on {self._known_on:%Y-%m-%d}"
        return f"<Chronicle {self.title!r}{seen}: {counts}>"

    def __len__(self) -> int:
        raise TypeError("a Chronicle holds many tables; count the rows of one of them, such as len(chronicle.events)")

    def __bool__(self) -> bool:
        return True

    def __copy__(self) -> Self:
        return self

    def __deepcopy__(self, memo: dict[int, Any]) -> Self:
        return self


def check(name: str, value: Any, valid: Iterable[Any]) -> None:
    """Raise a ValueError that names the nearest valid value, unless ``value`` is one of ``valid``.

    >>> check("kind", "rocket-attack", ["rocket-attack"])
    """
    choices = list(valid)
    if value in choices:
        return
    near = nearest(str(value), [str(choice) for choice in choices])
    if near is None and len(choices) <= 30:
        hint = f"it is one of: {', '.join(map(str, choices))}"
    else:
        hint = f"the nearest is {near!r}" if near else "nothing in the record is like it"
    raise ValueError(f"no {name} {value!r} in this record; {hint}")


def _day(value: Day) -> pd.Timestamp:
    try:
        # A bare number is no date: pandas would take 2020 for nanoseconds since 1970.
        day = pd.NaT if isinstance(value, (int, float)) else pd.Timestamp(value)
    except (ValueError, TypeError):
        day = pd.NaT
    if day is pd.NaT:
        raise ValueError(f"{value!r} is no day; write it like 2020-01-09")
    return day.tz_localize(None).normalize() if day.tzinfo else day.normalize()


def _with_moments(frames: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    events = frames["events"]
    local = clock(events["date"], events["time_local"])
    utc = clock(events["date_utc"].fillna(events["date"]), events["time_utc"])
    return events.assign(start=local.fillna(events["date"]), start_utc=utc, side=_sides(frames))


def _sides(frames: Mapping[str, pd.DataFrame]) -> pd.Categorical:
    """Return the side that acted in each event: that of most of the actors with the strongest role in it."""
    roles, side = frames["event_actors"], frames["actors"]["side"]
    sides = [*side.cat.categories, NOT_ESTABLISHED, NO_ACTOR]
    acting = pd.DataFrame(
        {
            "event": frames["events"].index.get_indexer(roles["event_id"]),
            "strength": roles["role"].astype(object).map(STRENGTH),
            "side": side.cat.codes.to_numpy()[side.index.get_indexer(roles["actor_id"])],
        }
    ).dropna()
    unproven = acting["strength"] == UNPROVEN
    acting.loc[unproven, "side"] = sides.index(NOT_ESTABLISHED)
    kinds = frames["events"]["kind"]
    acting = acting[~(unproven & kinds.isin(WORDS).to_numpy()[acting["event"]])]
    counts = acting.value_counts(sort=False).reset_index()
    counts = counts.sort_values(["event", "strength", "count", "side"], ascending=[True, True, True, False])
    strongest = counts.drop_duplicates("event", keep="last")
    attacks = kinds.isin(ATTACKS).to_numpy()
    deeds = attacks | (kinds == "protest").to_numpy()
    strongest = strongest[(strongest["strength"] >= UNPROVEN) | ~deeds[strongest["event"]]]
    codes = np.where(attacks, sides.index(NOT_ESTABLISHED), sides.index(NO_ACTOR))
    codes[strongest["event"]] = strongest["side"]
    return pd.Categorical.from_codes(codes, categories=sides)


def _selected(
    frames: Mapping[str, pd.DataFrame],
    window: tuple[pd.Timestamp, pd.Timestamp] | None,
    filters: tuple[dict[str, frozenset[Any]], ...],
) -> np.ndarray:
    """Return for each event whether a view holds it."""
    events, roles, further = frames["events"], frames["event_actors"], frames["event_places"]
    keep = np.ones(len(events), dtype=bool)
    if window is not None:
        keep &= (events["date"] <= window[1]).to_numpy()
        keep &= (events["end_date"].fillna(events["date"]) >= window[0]).to_numpy()
    for wanted in filters:
        for name, values in wanted.items():
            if name == "actor":
                keep &= events.index.isin(roles.loc[roles["actor_id"].isin(values), "event_id"])
            elif name == "place":
                elsewhere = further.loc[further["place_id"].isin(values), "event_id"]
                keep &= events["place_id"].isin(values).to_numpy() | events.index.isin(elsewhere)
            else:
                keep &= events[name].isin(values).to_numpy()
    return keep
