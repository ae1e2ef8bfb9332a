"""The place map: where it happened, in the region, in Iraq and around Baghdad, with shipped boundaries only.

Plain lon/lat axes with the right proportions carry it: there is no map layer, so nothing is ever fetched.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from html import escape
from math import cos, hypot, inf, isnan, nan, pi, radians, sin, sqrt
from typing import Any

import pandas as pd
import plotly.graph_objects as go

from helpers import style
from helpers.chronicle import Chronicle, check
from helpers.figures.exhibit import Exhibit, carry
from helpers.figures.outlines import Box, Feature, Layer, ground, name_spots
from helpers.figures.texts import Text, texts
from helpers.packing import text_width, wrap, wrap_to

CREDIT = "Made with Natural Earth; boundaries drawn de facto"
SEA, LAND, HERE, BORDER, INNER = "#dfe8ee", "#f3f1ec", "#fffdf7", "#8b949e", "#c9ced4"
KM_A_DEGREE = 111.2
AREA_KM = 10
SMALLEST, LARGEST = 8.0, 44.0
FULLNESS = {"site": 0.95, "town": 0.5, "area": 0.0}
OUTLINE = {"site": 1.0, "town": 1.5, "area": 2.2}
MENTIONED = 5
COLUMNS, CELLS = 5, 15
LONG = 120  # pixels: a longer name is broken if it can be, and leaves room for others
HOVER = 440  # pixels: the width of a line in a hover box
COLOURS = ("side", "kind", "chapter", "importance")
COUNTABLE = ("people", "deaths", "rockets", "missiles", "ships", "bases", "sites", "attacks")
SUPERSEDED = ("denied", "retracted", "revised")
SIDES = 16
NARROW = style.NARROWEST - 2 * SIDES
"""The width of the plotting area on the narrowest page, where what stands below the maps still must not collide."""
NAMED = 640
"""The width of the plotting area for which names are placed: a little more, for with less many would find no room."""
AROUND = ("middle right", "middle left", "top center", "bottom center")
"""Where a name may stand beside its mark, the best place first."""
ISOLATE, POP = "\u2068", "\u2069"


@dataclass(frozen=True, slots=True)
class Panel:
    """One map: its title, its part of the earth and of the figure, and how near places share a mark (km)."""

    title: str
    axis: str
    west: float
    east: float
    south: float
    north: float
    across: tuple[float, float]
    upward: tuple[float, float]
    together: float
    scale_km: int
    labels: int

    @property
    def box(self) -> Box:
        """West, east, south and north, in degrees."""
        return self.west, self.east, self.south, self.north

    @property
    def squeeze(self) -> float:
        """Length of a degree of longitude as part of a degree of latitude, in the middle of the panel."""
        return cos(radians((self.south + self.north) / 2))

    def holds(self, lat: float, lon: float) -> bool:
        """Tell whether a position lies in the panel."""
        return self.west <= lon <= self.east and self.south <= lat <= self.north

    def pixels(self) -> float:
        """Pixels of a degree of latitude on a narrow screen."""
        wide = NAMED * (self.across[1] - self.across[0]) / ((self.east - self.west) * self.squeeze)
        high = HEIGHT * (self.upward[1] - self.upward[0]) / (self.north - self.south)
        return min(wide, high)


HEIGHT = 640
SIZES_HIGH = 52
"""Pixels below the maps for the key of sizes."""
REGION = Panel("The region", "", 30, 72, 12.5, 41, (0, 0.56), (0.22, 1), 45, 500, 14)
IRAQ = Panel("Iraq", "2", 37.4, 50.3, 28.9, 37.6, (0.58, 1), (0.58, 1), 12, 200, 10)
BAGHDAD = Panel("Baghdad", "3", 43.85, 44.9, 33.05, 33.66, (0.58, 1), (0.22, 0.55), 0.4, 20, 8)
PANELS = (REGION, IRAQ, BAGHDAD)
ELSEWHERE_UP = (0, 0.15)
MAPS_UP = 0.17
"""Where the maps and the line of credit begin; what lies below is left out if nothing lies beyond the region."""


@dataclass(frozen=True, slots=True)
class Event:
    """An event as plain values.

    ``sites`` are the places where it happened, its main place first; ``linked`` are the events that a link joins to it;
    ``claimed`` holds the lowest and the highest number of each figure.
    """

    title: str
    date: pd.Timestamp
    importance: int
    sites: tuple[str, ...]
    linked: set[str]
    claimed: dict[str, tuple[float, float]]
    values: dict[str, str]

    @property
    def home(self) -> str | None:
        """The main place, if it is known."""
        return self.sites[0] if self.sites else None


@dataclass(frozen=True, slots=True)
class Place:
    """A place as plain values; where its position is not known, ``lat`` and ``lon`` are NaN."""

    key: str
    name: str
    translated: tuple[str, ...]
    country: str | None
    lat: float
    lon: float
    precision: str
    note: str
    drawn: str

    @property
    def short(self) -> str:
        """The short name: what stands before a comma or a bracket."""
        return self.name.split(",")[0].split(" (")[0]


@dataclass(frozen=True, slots=True)
class Spot:
    """Places that share one mark, the one with most events first; position and precision are that place's.

    A mark has the look of the value that most of its events have, or that brings most of its number. It is pale if it
    stands back: only unlinked details, or nothing to measure.
    """

    places: list[Place]
    events: list[str]
    value: float
    look: style.Mark
    pale: bool

    @property
    def main(self) -> Place:
        """The place that lends the mark its name, position and precision."""
        return self.places[0]


@dataclass(frozen=True, slots=True)
class Scene:
    """What every mark is drawn from: events and places as plain values, and the choices made.

    ``visits`` holds the events at each place, the place with most events first; ``placed`` are those places of them that
    have a known position; ``lost`` counts the events that happened at none.
    """

    events: dict[str, Event]
    places: dict[str, Place]
    visits: dict[str, list[str]]
    placed: list[Place]
    lost: int
    numbers: dict[str, float]
    details: frozenset[str]
    looks: dict[str, style.Mark]
    color: str
    size: str

    def number(self, event: str, places: Sequence[str]) -> float:
        """Return what an event brings to the mark of some places: a figure from the claims only to its main place."""
        return self.numbers[event] if self.size == "events" or self.events[event].home in places else 0.0

    def total(self, place: str) -> float:
        """Return what its events bring to one place."""
        return sum(self.number(event, [place]) for event in self.visits[place])

    def spot(self, places: list[Place]) -> Spot:
        """Return the mark that some places share."""
        keys = [place.key for place in places]
        events = list(dict.fromkeys(event for key in keys for event in self.visits[key]))
        brought: dict[str, float] = defaultdict(float)
        for event in events:
            brought[self.events[event].values[self.color]] += self.number(event, keys)
        value = sum(brought.values())
        # Of values that bring as much, the first in the order of the legend.
        look = self.looks[max(self.looks, key=lambda name: brought.get(name, -inf))]
        return Spot(places, events, value, look, value == 0 or self.details.issuperset(events))


def place_map(chronicle: Chronicle, color: str = "side", size: str = "events") -> go.Figure:
    """Draw where the events happened.

    The mark says how well a position is known: full for a site (about 100 m), pale for a town (about 1 km), hollow for
    an area (about 10 km or more; in the two closer maps its dotted circle has a radius of 10 km). Places too close
    together for the scale share a mark. Places beyond the region are listed below the map; events without a position
    are counted in the text. Marks of details that nothing in the record answers or follows are drawn pale.

    Parameters
    ----------
    chronicle
        The record or a view of it.
    color
        ``"side"`` (who acted), ``"kind"``, ``"chapter"`` or ``"importance"``: a mark has the look of the value that
        most of its events have, or that brings most of its number.
    size
        ``"events"``, or a figure from the claims and its end, as ``"killed-low"`` or ``"wounded-high"``: the lowest or
        highest number that any claim gives (denied, retracted and revised ones apart) for the same people counted; of
        several groups counted in one event the largest, because they may contain each other. Events are added up
        at their main place; two events about the same dead, such as an attack and an inquiry into it, count both. The
        area of a mark grows with the number.

    Returns
    -------
    plotly.graph_objects.Figure
        With text and table for `describe`, `as_table`; ``customdata`` holds the place keys of a mark, parted by ``|``.

    Raises
    ------
    ValueError
        For an unknown ``color`` or ``size``, naming the nearest.

    Examples
    --------
    >>> from helpers import load
    >>> from helpers.figures.exhibit import as_table
    >>> figure = place_map(load().between("2020-03-11", "2020-03-31"))
    >>> as_table(figure).set_index("place_id").loc["camp-taji", "precision"]
    'town'
    """
    check("color", color, COLOURS)
    scene = _scene(chronicle, color, size)
    spots = {panel.title: _spots(scene, _within(scene.placed, panel), panel.together) for panel in PANELS}
    far = _spots(scene, [place for place in scene.placed if not REGION.holds(place.lat, place.lon)], 60.0)
    every = [spot for some in (*spots.values(), far) for spot in some]
    largest = max((spot.value for spot in every), default=0.0)

    grounds = chronicle.whole.derived(_grounds)
    traces: list[dict[str, Any]] = []
    for panel in PANELS:
        here = spots[panel.title]
        traces += [_scale(panel), *_circles(here, panel), *_marks(scene, here, panel.axis, largest)]
        traces += texts(_names(here, panel, largest, grounds[panel.title].names), **_axes(panel.axis))
    key = _key(scene, every)
    traces += _strip(scene, far, largest) + key
    sizes = _sizes(scene, every, largest)
    layout = _layout(scene, sizes, [entry["name"] for entry in key], far=bool(far))
    layout["images"] = [_below(panel, grounds[panel.title].image) for panel in PANELS]
    return carry(Exhibit.of(traces, layout), _sentences(scene), _table(scene), narrowest=NAMED + 2 * SIDES)


# What is shown where


def _scene(chronicle: Chronicle, color: str, size: str) -> Scene:
    known, places = chronicle.derived(_events), chronicle.derived(_places)
    events = {key: known[key] for key in chronicle.events.index}
    numbers = _numbers(events, size)
    there: dict[str, list[str]] = defaultdict(list)
    for key, event in events.items():
        for place in event.sites:
            there[place].append(key)
    visits = {place: there[place] for place in sorted(there, key=lambda place: (-len(there[place]), place))}
    placed = {place: places[place] for place in visits if not isnan(places[place].lat)}
    return Scene(
        events=events,
        places=places,
        visits=visits,
        placed=list(placed.values()),
        lost=sum(event.home not in placed for event in events.values()),
        numbers=numbers,
        details=_details(events),
        looks=_looks(events, color, _order(chronicle, events, color, numbers)),
        color=color,
        size=size,
    )


def _events(chronicle: Chronicle) -> dict[str, Event]:
    """Return the events of a record by key."""
    events, claimed, linked, sites = chronicle.events, _claimed(chronicle), _linked(chronicle), _sites(chronicle)
    columns = [events["title"], events["date"], events["importance"].astype(int)]
    columns += [events[color].astype(str) for color in COLOURS]
    rows = zip(events.index.tolist(), *(column.tolist() for column in columns), strict=True)
    return {
        key: Event(
            title=title,
            date=date,
            importance=importance,
            sites=sites.get(key, ()),
            linked=linked.get(key, set()),
            claimed=claimed.get(key, {}),
            values=dict(zip(COLOURS, values, strict=True)),
        )
        for key, title, date, importance, *values in rows
    }


def _sites(chronicle: Chronicle) -> dict[str, tuple[str, ...]]:
    """Return where each event happened: its main place, then the further ones where it happened too."""
    homes, further = chronicle.events["place_id"].dropna(), chronicle.event_places
    sites = {event: [place] for event, place in homes.items()}
    for event, place, role in zip(*(further[name].tolist() for name in ("event_id", "place_id", "role")), strict=True):
        if role == "site" and event in sites:
            sites[event].append(place)
    return {event: tuple(dict.fromkeys(places)) for event, places in sites.items()}


def _linked(chronicle: Chronicle) -> dict[str, set[str]]:
    """Return the events that a link joins to each event."""
    links = chronicle.links
    linked: dict[str, set[str]] = defaultdict(set)
    for one, other in zip(links["from_event"].tolist(), links["to_event"].tolist(), strict=True):
        linked[one].add(other)
        linked[other].add(one)
    return linked


def _claimed(chronicle: Chronicle) -> dict[str, dict[str, tuple[float, float]]]:
    """Return the lowest and the highest number of each event for each figure that can be added up.

    They are those of its largest group: several groups counted in one event may contain each other.
    """
    claims = chronicle.claims.fillna({"counted": ""})
    names = ("event_id", "field", "unit", "status", "counted", "low", "high")
    groups: dict[tuple[str, str], dict[str, tuple[float, float]]] = defaultdict(dict)
    for event, field, unit, status, counted, low, high in zip(*(claims[name].tolist() for name in names), strict=True):
        if unit in COUNTABLE:
            lowest, highest = groups[event, field].get(counted, (inf, -inf))
            if status not in SUPERSEDED:
                # A number that is missing is NaN, which comes second: min and max pass it over there.
                lowest, highest = min(lowest, low), max(highest, low if isnan(high) else high)
            groups[event, field][counted] = lowest, highest
    found: dict[str, dict[str, tuple[float, float]]] = defaultdict(dict)
    for (event, field), ends in groups.items():
        low = max((lowest for lowest, _ in ends.values() if lowest < inf), default=0.0)
        high = max((highest for _, highest in ends.values() if highest > -inf), default=0.0)
        found[event][field] = low, high
    return found


def _places(chronicle: Chronicle) -> dict[str, Place]:
    """Return the places of a record by key."""
    columns = ["name", "name_ar", "name_fa", "country", "lat", "lon", "coord_precision", "coord_note"]
    found = {}
    for key, name, *names, country, lat, lon, precision, note in chronicle.places[columns].itertuples(name=None):
        spelt = zip(("Arabic", "Persian"), names, strict=True)
        placed = not (isnan(lat) or isnan(lon))
        maps = [panel.title for panel in PANELS if panel.holds(lat, lon)]
        found[key] = Place(
            key=key,
            name=name,
            translated=tuple(
                f"{tongue}: {ISOLATE}{_clean(word)}{POP}" for tongue, word in spelt if isinstance(word, str)
            ),
            country=country if isinstance(country, str) else None,
            lat=lat if placed else nan,
            lon=lon if placed else nan,
            precision=(precision if isinstance(precision, str) else "area") if placed else "not known",
            note=f"; {note}" if isinstance(note, str) else "",
            drawn=(", ".join(maps) or "elsewhere") if placed else "not on the map",
        )
    return found


def _numbers(events: dict[str, Event], size: str) -> dict[str, float]:
    """Return the number that each event brings to its place."""
    fields = sorted({"killed", "wounded"}.union(*(event.claimed for event in events.values())))
    check("size", size, ["events", *(f"{field}-{end}" for field in fields for end in ("low", "high"))])
    if size == "events":
        return dict.fromkeys(events, 1.0)
    field, end = size.rsplit("-", 1)
    none = (0.0, 0.0)
    return {key: event.claimed.get(field, none)[0 if end == "low" else 1] for key, event in events.items()}


def _details(events: dict[str, Event]) -> frozenset[str]:
    """Return the events of importance 3 that no link joins to another one of the view."""
    details = (key for key, event in events.items() if event.importance == 3)
    return frozenset(key for key in details if events.keys().isdisjoint(events[key].linked))


def _table(scene: Scene) -> pd.DataFrame:
    places = [scene.places[key] for key in scene.visits]
    days = [[scene.events[event].date for event in events] for events in scene.visits.values()]
    columns = {
        "place_id": pd.Index([place.key for place in places], dtype=object),
        "place": [place.name for place in places],
        "country": [place.country for place in places],
        "latitude": [place.lat for place in places],
        "longitude": [place.lon for place in places],
        "precision": [place.precision for place in places],
        "events": [len(there) for there in days],
        "first day": pd.DatetimeIndex([min(there) for there in days]),
        "last day": pd.DatetimeIndex([max(there) for there in days]),
    }
    if scene.size != "events":
        columns[scene.size] = [scene.total(key) for key in scene.visits]
    return pd.DataFrame({**columns, "drawn in": [place.drawn for place in places]})


def _within(places: list[Place], panel: Panel) -> list[Place]:
    return [place for place in places if panel.holds(place.lat, place.lon)]


def _spots(scene: Scene, places: list[Place], together: float) -> list[Spot]:
    """Return marks: places nearer than ``together`` km to one with more events join that one."""
    groups: list[list[Place]] = []
    for place in places:
        near = next((group for group in groups if _distance(group[0], place) <= together), None)
        if near is None:
            groups.append([place])
        else:
            near.append(place)
    return sorted(map(scene.spot, groups), key=lambda spot: (-spot.value, spot.main.key))


def _distance(one: Place, other: Place) -> float:
    """Return the distance of two places in km, on a plane, which is exact enough for places that near."""
    squeeze = cos(radians((one.lat + other.lat) / 2))
    return KM_A_DEGREE * hypot(one.lat - other.lat, (one.lon - other.lon) * squeeze)


# Ground


@dataclass(frozen=True, slots=True)
class Ground:
    """What a map shows whatever happened: the image of its land, and the names that its land can bear."""

    image: str
    names: list[tuple[str, float, float]]


def _grounds(chronicle: Chronicle) -> dict[str, Ground]:
    """Return the ground of each map by its title."""
    countries = chronicle.boundaries("countries")["features"]
    governorates = chronicle.boundaries("iraq-governorates")["features"]
    within = [
        (f["properties"]["name"], f["properties"]["label_lat"], f["properties"]["label_lon"]) for f in governorates
    ]
    names = {REGION.title: name_spots(countries, REGION.box), IRAQ.title: within, BAGHDAD.title: []}
    return {panel.title: Ground(_land(countries, governorates, panel), names[panel.title]) for panel in PANELS}


def _land(countries: list[Feature], governorates: list[Feature], panel: Panel) -> str:
    """Return the image of land and borders of a panel."""
    iraq = [feature for feature in countries if feature["properties"].get("iso_a3") == "IRQ"]
    layers = [Layer(countries, LAND, BORDER, 1.0)]
    if panel is not REGION:
        layers.append(Layer(governorates, HERE, INNER, 0.8))
    return ground([*layers, Layer(iraq, HERE if panel is REGION else "none", BORDER, 1.6)], panel.box)


def _below(panel: Panel, image: str) -> dict[str, Any]:
    """Return the ground as Plotly's image in a panel."""
    size = dict(x=panel.west, y=panel.north, sizex=panel.east - panel.west, sizey=panel.north - panel.south)
    return dict(source=image, xref=f"x{panel.axis}", yref=f"y{panel.axis}", sizing="stretch", layer="below", **size)


def _scale(panel: Panel) -> dict[str, Any]:
    """Return the scale bar of a panel."""
    degrees = panel.scale_km / KM_A_DEGREE / panel.squeeze
    x0 = panel.west + 0.04 * (panel.east - panel.west)
    y0 = panel.south + 0.04 * (panel.north - panel.south)
    return dict(
        type="scatter",
        x=[x0, x0 + degrees],
        y=[y0, y0],
        mode="lines+text",
        line=dict(color=style.INK, width=2),
        text=["", f" {panel.scale_km} km"],
        textposition="middle right",
        textfont=dict(size=12, color=style.INK),
        hoverinfo="skip",
        showlegend=False,
        **_axes(panel.axis),
    )


def _circles(spots: list[Spot], panel: Panel) -> list[dict[str, Any]]:
    """Return the dotted circles of 10 km round positions that are only an area."""
    x: list[float | None] = []
    y: list[float | None] = []
    for spot in spots if panel is not REGION else []:
        place = spot.main
        if place.precision == "area":
            squeeze = cos(radians(place.lat))
            for step in range(41):
                angle = 2 * pi * step / 40
                x.append(round(place.lon + AREA_KM / KM_A_DEGREE / squeeze * cos(angle), 4))
                y.append(round(place.lat + AREA_KM / KM_A_DEGREE * sin(angle), 4))
            x.append(None)
            y.append(None)
    look = dict(color=style.MUTED, width=1, dash="dot")
    if not x:
        return []
    return [
        dict(type="scatter", x=x, y=y, mode="lines", line=look, hoverinfo="skip", showlegend=False, **_axes(panel.axis))
    ]


# Marks


def _order(chronicle: Chronicle, events: dict[str, Event], color: str, numbers: dict[str, float]) -> list[str]:
    if color == "side":
        return list(style.SIDES)
    if color == "chapter":
        return list(map(str, chronicle.chapters.index))
    if color == "importance":
        return ["1", "2", "3"]
    count: Counter[str] = Counter()
    brought: dict[str, float] = defaultdict(float)
    for key, event in events.items():
        count[event.values[color]] += 1
        brought[event.values[color]] += numbers[key]
    return sorted(count, key=lambda value: (-brought[value], -count[value], value))


def _looks(events: dict[str, Event], color: str, order: list[str]) -> dict[str, style.Mark]:
    """Return the mark of each value present; beyond seven, the rest share one."""
    present = {event.values[color] for event in events.values()}
    values = [value for value in order if value in present] + sorted(present.difference(order))
    if color == "side":
        return {value: style.mark(value, values) for value in values}
    other = style.Mark("All other", "#8C8C8C", "circle")
    looks = {value: style.mark(value, values) if n < 7 else other for n, value in enumerate(values)}
    if color == "importance":
        names = {"1": "Importance 1", "2": "Importance 2", "3": "Importance 3"}
        looks = {v: style.Mark(names.get(v, v), m.colour, m.symbol) for v, m in looks.items()}
    return looks


def _marks(scene: Scene, spots: list[Spot], axis: str, largest: float) -> list[dict[str, Any]]:
    """Return the marks of a panel, the large ones below the small ones."""
    if not spots:
        return []
    looks = [spot.look for spot in spots]
    places = [spot.main for spot in spots]
    return [
        dict(
            type="scatter",
            x=[round(place.lon, 5) for place in places],
            y=[round(place.lat, 5) for place in places],
            mode="markers",
            marker=dict(
                symbol=[look.symbol.replace("-open", "") for look in looks],
                color=[_rgba(k.colour, FULLNESS.get(p.precision, 0.0)) for k, p in zip(looks, places, strict=True)],
                size=[_diameter(spot.value, largest) for spot in spots],
                opacity=[0.45 if spot.pale else 1.0 for spot in spots],
                line=dict(
                    color=[style.MUTED if _faint(look.colour) else look.colour for look in looks],
                    width=[OUTLINE.get(place.precision, 2.2) for place in places],
                ),
            ),
            text=[_hover(scene, spot) for spot in spots],
            customdata=["|".join(place.key for place in spot.places) for spot in spots],
            hovertemplate="%{text}<extra></extra>",
            name="Places",
            showlegend=False,
            cliponaxis=axis != "4",
            **_axes(axis),
        )
    ]


def _strip(scene: Scene, far: list[Spot], largest: float) -> list[dict[str, Any]]:
    """Return the marks of places beyond the region, in rows under the map, and their captions."""
    shown = far if len(far) <= CELLS else far[: CELLS - 1]
    marks = _marks(scene, shown, "4", largest)
    if not marks:
        return []
    cells = [(number % COLUMNS, -(number // COLUMNS)) for number in range(len(far))]
    marks[0] |= dict(x=[x for x, _ in cells[: len(shown)]], y=[y for _, y in cells[: len(shown)]])
    captions = []
    for (x, y), spot in zip(cells, shown, strict=False):
        more = f" +{len(spot.places) - 1}" if len(spot.places) > 1 else ""
        away = _diameter(spot.value, largest) / 2 + 4
        lines = wrap_to(spot.main.short + more, (NARROW / COLUMNS - SMALLEST - away) / 0.9)[:2]
        captions.append(Text(x, y, _text(lines), "middle right", away))
    if len(shown) < len(far):
        captions.append(Text(*cells[len(shown)], f"and {len(far) - len(shown)} more", "middle right"))
    return marks + texts(captions, cliponaxis=False, **_axes("4"))


def _names(spots: list[Spot], panel: Panel, largest: float, land: list[tuple[str, float, float]]) -> list[Text]:
    """Return as many names as fit in a panel: first the places with most events, then land names."""
    pixel = panel.pixels()
    taken: list[tuple[float, float, float, float]] = []

    def spot_box(x: float, y: float, half: float) -> tuple[float, float, float, float]:
        return (x - half, y - half, x + half, y + half)

    def at(lat: float, lon: float) -> tuple[float, float]:
        return (lon - panel.west) * panel.squeeze * pixel, (lat - panel.south) * pixel

    width, height = (panel.east - panel.west) * panel.squeeze * pixel, (panel.north - panel.south) * pixel
    taken.append((0, height - 24, 7.5 * len(panel.title) + 16, height))
    taken.append((0, 0, width * 0.3 + 50, 0.1 * height))
    for spot in spots:
        taken.append(spot_box(*at(spot.main.lat, spot.main.lon), _diameter(spot.value, largest) / 2))
    names: list[Text] = []

    def put(lines: Sequence[str], lat: float, lon: float, away: float, places: Iterable[str], colour: str) -> bool:
        wide, high = 7.0 * max(map(len, lines)) + 4, 16.0 * len(lines)
        x, y = at(lat, lon)
        for place in places:
            upward, across = place.split()
            left = {"right": x + away, "left": x - away - wide, "center": x - wide / 2}[across]
            low = {"middle": y - high / 2, "top": y + away, "bottom": y - away - high}[upward]
            right, top = left + wide, low + high
            inside = left > 2 and low > 2 and right < width - 2 and top < height - 2
            if inside and not any(left < e and w < right and low < n and s < top for w, s, e, n in taken):
                taken.append((left, low, right, top))
                names.append(Text(lon, lat, _text(lines), place, away, colour))
                return True
        return False

    done = 0
    for spot in spots:
        if done >= panel.labels:
            break
        if spot.pale:
            continue
        place, name, away = spot.main, spot.main.short, _diameter(spot.value, largest) / 2 + 4
        forms = sorted(
            dict.fromkeys([(name,), wrap(name), wrap(name, 3)]),
            key=lambda lines: len(lines) == 1 and text_width(name) > LONG,
        )
        done += any(put(lines, place.lat, place.lon, away, AROUND, style.INK) for lines in forms)
    for name, lat, lon in land:
        put([name], lat, lon, 0, ("middle center",), style.MUTED)
    return names


def _key(scene: Scene, spots: list[Spot]) -> list[dict[str, Any]]:
    """Return the legend: values of the colour, precision."""
    if not spots:
        return []
    shown = {spot.look.label for spot in spots}
    traces = []
    for look in {look.label: look for look in scene.looks.values() if look.label in shown}.values():
        outline = style.MUTED if _faint(look.colour) else look.colour
        marker = dict(symbol=look.symbol.replace("-open", ""), size=12, color=look.colour)
        traces.append(_sample(look.label, marker | dict(line=dict(color=outline, width=1))))
    for name, precision in (("Site", "site"), ("Town, ~1 km", "town"), ("Area, 10 km or more", "area")):
        line = dict(color=style.MUTED, width=OUTLINE[precision])
        traces.append(_sample(name, dict(size=12, color=_rgba(style.MUTED, FULLNESS[precision]), line=line)))
    return traces


def _sizes(scene: Scene, spots: list[Spot], largest: float) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Return the key of sizes, circles and texts in a row below the maps; Plotly's legend draws no circle so large."""
    circles: list[dict[str, Any]] = []
    texts: list[dict[str, Any]] = []
    if not spots:
        return circles, texts
    noun = "events"
    if scene.size != "events":
        field, end = scene.size.rsplit("-", 1)
        noun = f"{field.replace('-', ' ')}, {'lowest' if end == 'low' else 'highest'}"
    left = 4.0
    for number in _round_numbers(largest):
        wide = _diameter(number, largest)
        circles.append(
            dict(type="circle", xref="paper", yref="paper", xsizemode="pixel", ysizemode="pixel", xanchor=0, yanchor=0)
            | dict(x0=left, x1=left + wide, y0=-SIZES_HIGH / 2 - wide / 2, y1=-SIZES_HIGH / 2 + wide / 2)
            | dict(line=dict(color=style.INK, width=1), fillcolor="rgba(0,0,0,0)")
        )
        text = f"{number:,} {'event' if noun == 'events' and number == 1 else noun}"
        place = dict(xref="paper", yref="paper", x=0, y=0, xanchor="left", yanchor="middle", borderpad=0)
        look = dict(text=text, showarrow=False, font=dict(size=12, color=style.INK))
        texts.append(place | look | dict(xshift=round(left + wide + 6, 1), yshift=-SIZES_HIGH / 2))
        left += wide + 6 + text_width(text) + 14
    return circles, texts


def _sample(name: str, marker: dict[str, Any]) -> dict[str, Any]:
    return dict(type="scatter", x=[None], y=[None], mode="markers", marker=marker, name=name, **_axes(""))


def _layout(
    scene: Scene, sizes: tuple[list[dict[str, Any]], list[dict[str, Any]]], keys: list[str], *, far: bool
) -> dict[str, Any]:
    cut = 0.0 if far else MAPS_UP
    drawing = round(HEIGHT * (1 - cut))

    def up(level: float) -> float:
        return round((level - cut) / (1 - cut), 5)

    # In Plotly's legend all columns are as wide as the widest entry.
    columns = max(1, int(NARROW // max([0.9 * text_width(key) + 46 for key in keys], default=1)))
    bottom = (SIZES_HIGH if sizes[0] else 8) + 20 * -(-len(keys) // columns) + 14
    title = "Where it happened"
    if scene.events:
        dates = [event.date for event in scene.events.values()]
        first, last = min(dates), max(dates)
        title += f", {_date(first)}" + ("" if first == last else f" to {_date(last)}")
    subtitle = f"{_count(len(scene.events), 'event')} at {_count(len(scene.placed), 'place')}"
    subtitle += f"; {scene.lost} without a known position" if scene.lost else ""
    quiet = dict(size=12, color=style.MUTED)
    layout: dict[str, Any] = dict(
        title=dict(
            text=title,
            subtitle=dict(text=subtitle, font=dict(size=13, color=style.MUTED)),
            automargin=False,
            y=1,
            yref="container",
            pad=dict(t=14),
        ),
        plot_bgcolor=SEA,
        margin=dict(l=SIDES, r=SIDES, t=78, b=bottom, autoexpand=False),
        height=drawing + 78 + bottom,
        legend=dict(
            y=-(SIZES_HIGH if sizes[0] else 8) / drawing, yanchor="top", x=0, itemsizing="trace", font=dict(size=12)
        )
        | dict(itemclick=False, itemdoubleclick=False),
    )
    shapes: list[dict[str, Any]] = []
    notes: list[dict[str, Any]] = []
    for panel in PANELS:
        fixed = dict(showgrid=False, zeroline=False, showticklabels=False, ticks="", mirror=True, showline=True)
        edge = dict(linecolor=BORDER, constrain="domain")
        layout[f"xaxis{panel.axis}"] = dict(
            range=[panel.west, panel.east], domain=panel.across, anchor=f"y{panel.axis}", **fixed, **edge
        ) | dict(constraintoward="left")
        layout[f"yaxis{panel.axis}"] = dict(
            range=[panel.south, panel.north],
            domain=[up(level) for level in panel.upward],
            anchor=f"x{panel.axis}",
            **fixed,
            **edge,
        ) | dict(scaleanchor=f"x{panel.axis}", scaleratio=round(1 / panel.squeeze, 4), constraintoward="top")
        corner = dict(xref=f"x{panel.axis} domain", yref=f"y{panel.axis} domain", x=0, y=1, showarrow=False)
        look = dict(font=dict(size=13, color=style.INK), bgcolor="rgba(255,255,255,0.85)", borderpad=3)
        notes.append(dict(text=f"<b>{panel.title}</b>", xanchor="left", yanchor="top") | look | corner)
    for outer, inner in ((REGION, IRAQ), (IRAQ, BAGHDAD)):
        frame = dict(type="rect", x0=inner.west, x1=inner.east, y0=inner.south, y1=inner.north)
        look = dict(line=dict(color=style.INK, width=1), fillcolor="rgba(0,0,0,0)", layer="above")
        shapes.append(frame | dict(xref=f"x{outer.axis}", yref=f"y{outer.axis}") | look)
    if far:
        layout["xaxis4"] = dict(domain=[0, 1], anchor="y4", range=[-0.16, 4.95], visible=False, fixedrange=True)
        layout["yaxis4"] = dict(domain=ELSEWHERE_UP, anchor="x4", range=[-2.5, 0.5], visible=False, fixedrange=True)
        shapes.append(
            dict(type="rect", xref="paper", yref="paper", x0=0, x1=1, y0=0, y1=ELSEWHERE_UP[1] + 0.05)
            | dict(fillcolor=style.GROUND, line=dict(width=0), layer="below")
        )
        above = dict(x=0, y=ELSEWHERE_UP[1] + 0.015, xref="paper", yref="paper", xanchor="left", yanchor="bottom")
        words = "<b>Beyond this map</b> (not to scale)"
        notes.append(above | dict(text=words, showarrow=False, font=dict(size=12, color=style.INK)))
    credit = up(ELSEWHERE_UP[1] + 0.015) if far else 0
    at_edge: dict[str, Any] = dict(x=1, y=credit, xref="paper", yref="paper", xanchor="right", yanchor="bottom")
    notes.append(at_edge | dict(text=CREDIT, showarrow=False, font=quiet))
    if not scene.visits:
        middle: dict[str, Any] = dict(
            x=0.28, y=0.6, xref="paper", yref="paper", bgcolor="rgba(255,255,255,0.9)", borderpad=6
        )
        large = dict(size=16, color=style.INK)
        notes.append(middle | dict(text="No event with a place to show", showarrow=False, font=large))
    return layout | dict(shapes=shapes + sizes[0], annotations=notes + sizes[1])


# Words


def _hover(scene: Scene, spot: Spot) -> str:
    main, events = spot.main, scene.events
    lines = [f"<b>{_clean(main.name)}</b>", *main.translated]
    known = {"site": "position known to about 100 m", "town": "position known to about 1 km"}
    lines += _lines(known.get(main.precision, "position known to 10 km or worse") + main.note)
    if len(spot.places) > 1:
        others = "with " + ", ".join(place.name for place in spot.places[1:7])
        lines += _lines(others + (f" and {len(spot.places) - 7} more" if len(spot.places) > 7 else ""))
    count = Counter(events[key].values[scene.color] for key in spot.events)
    parts = sorted(count.items(), key=lambda item: (-item[1], item[0]))
    words = ", ".join(f"{_word(scene.color, value)} {number}" for value, number in parts)
    lines += _lines(f"{_count(len(spot.events), 'event')}: {words}")
    counted = scene.size != "events"
    if counted:
        lines.append(f"{_clean(scene.size.replace('-', ' '))}: {spot.value:,.0f} in all")
    first = sorted(spot.events, key=lambda key: (events[key].importance, -scene.numbers[key], events[key].date, key))
    for key in first[:MENTIONED]:
        number = f" ({scene.numbers[key]:,.0f})" if counted else ""
        lines += _lines(f"• {_date(events[key].date)}: {events[key].title}{number}")
    if len(first) > MENTIONED:
        lines.append(f"and {len(first) - MENTIONED} more")
    return "<br>".join(lines)


def _sentences(scene: Scene) -> list[str]:
    if not scene.events:
        return ["Nothing is shown: no event fits the choice."]
    placed, lost = scene.placed, scene.lost
    first = f"The map shows {_count(len(scene.events) - lost, 'event')} at {_count(len(placed), 'place')}"
    top = ", ".join(f"{place.name} ({len(scene.visits[place.key])})" for place in placed[:3])
    text = [first + (f"; most are put at {top}." if top else ".")]
    if scene.size != "events" and placed:
        totals = pd.Series([scene.total(place.key) for place in placed], [place.name for place in placed])
        totals = totals.sort_values(ascending=False)
        total, most = totals.sum(), f"most of them, {totals.iloc[0]:,.0f}, at {totals.index[0]}"
        none = f"No claim gives the figure {scene.size} here."
        text.append(f"By the figure {scene.size} the marks add up to {total:,.0f}, {most}." if total else none)
    known = Counter(place.precision for place in placed)
    if placed:
        text.append(_known(known["site"], known["town"], known["area"]))
    beyond = [scene.visits[place.key] for place in placed if place.drawn == "elsewhere"]
    distant = len({event for events in beyond for event in events})
    words = "lies beyond the region and is listed" if distant == 1 else "lie beyond the region and are listed"
    away = [f"{distant} {words} below it"] if distant else []
    words = "has no known position and is not drawn" if lost == 1 else "have no known position and are not drawn"
    away += [f"{lost} of {len(scene.events)} {words}"] if lost else []
    if away:
        text.append(f"Of the events, {' and '.join(away)}.")
    pale = [event for event in scene.details if scene.events[event].sites]
    if pale:
        words = "without a link to another event; marks of such details alone are pale and have no name."
        text.append(f"{_count(len(pale), 'event')} {'is a detail' if len(pale) == 1 else 'are details'} {words}")
    return text


def _known(site: int, town: int, area: int) -> str:
    """Say how well the places are known, leaving out what holds for none."""
    known = {"to about 100 m": site, "to about 1 km": town, "only as an area": area}
    parts = [f"{count} {words}" for words, count in known.items() if count]
    listed = parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"
    return f"How well the places are known: {listed}."


def _word(color: str, value: str) -> str:
    return style.SIDES[value].label if color == "side" and value in style.SIDES else value.replace("-", " ")


def _diameter(value: float, largest: float) -> float:
    if largest <= 0:
        return SMALLEST
    return round(max(SMALLEST, LARGEST * sqrt(max(value, 0.0) / max(largest, 12.0))), 1)


def _round_numbers(largest: float) -> list[int]:
    """Return two or three round numbers for the legend of sizes."""
    steps = [n * 10**k for k in range(6) for n in (1, 2, 5) if n * 10**k <= largest]
    return steps if len(steps) <= 2 else [steps[0], steps[-1 - len(steps) // 3], steps[-1]]


def _axes(axis: str) -> dict[str, Any]:
    return dict(xaxis=f"x{axis}", yaxis=f"y{axis}")


def _rgba(colour: str, strong: float) -> str:
    red, green, blue = (int(colour[i : i + 2], 16) for i in (1, 3, 5))
    return f"rgba({red},{green},{blue},{strong})"


@lru_cache(maxsize=10_000)  # the same days and lines come again in every view
def _date(day: pd.Timestamp) -> str:
    return f"{day.day} {day:%B %Y}"


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


@lru_cache(maxsize=10_000)
def _lines(text: str) -> tuple[str, ...]:
    return tuple(_clean(line) for line in wrap_to(text, HOVER))


def _faint(colour: str) -> bool:
    """Tell whether a colour is too light to show as an outline on the ground."""
    return sum(int(colour[i : i + 2], 16) for i in (1, 3, 5)) > 3 * 170


def _text(lines: Sequence[str]) -> str:
    return "<br>".join(map(_clean, lines))


def _clean(text: object) -> str:
    return escape(str(text), quote=False)
