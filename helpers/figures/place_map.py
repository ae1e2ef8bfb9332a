"""The place map: where it happened, in the region, in Iraq and around Baghdad, with shipped boundaries only.

Plain lon/lat axes with the right proportions carry it: there is no map layer, so nothing is ever fetched.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape
from math import cos, pi, radians, sin
from typing import Any

import numpy as np
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


@dataclass(slots=True)
class Spot:
    """Places that share one mark, the one with most events first; position and precision are that place's."""

    places: list[str]
    lat: float
    lon: float
    precision: str
    events: list[str]
    value: float


@dataclass(frozen=True, slots=True)
class Scene:
    """What every mark is drawn from: events and places as plain values, and the choices made."""

    places: dict[str, dict[str, Any]]
    titles: dict[str, str]
    dates: dict[str, pd.Timestamp]
    importance: dict[str, int]
    values: dict[str, str]
    numbers: dict[str, float]
    homes: dict[str, str]
    details: frozenset[str]
    looks: dict[str, style.Mark]
    color: str
    size: str

    def look(self, spot: Spot) -> style.Mark:
        """Return the look of the value that most of the events of a mark have, or that brings most of its number."""
        count: dict[str, float] = defaultdict(float)
        for event in spot.events:
            count[self.values[event]] += self.number(event, *spot.places)
        order = list(self.looks)
        return self.looks[min(count, key=lambda value: (-count[value], order.index(value)))]

    def number(self, event: str, *places: str) -> float:
        """Return what an event brings to the mark of some places: a figure from the claims only to its main place."""
        return self.numbers[event] if self.size == "events" or self.homes[event] in places else 0.0

    def pale(self, spot: Spot) -> bool:
        """Tell whether a mark stands back: only unlinked details, or nothing to measure."""
        return spot.value == 0 or self.details.issuperset(spot.events)

    def name(self, place: str) -> str:
        """Return the short name of a place: what stands before a comma or a bracket."""
        return str(self.places[place]["name"]).split(",")[0].split(" (")[0]


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
    check("size", size, ["events", *(f"{field}-{end}" for field in _countable(chronicle) for end in ("low", "high"))])
    sites = _sites(chronicle)
    scene = _scene(chronicle, color, size)
    table = _table(chronicle, sites, scene)
    placed = table[table["latitude"].notna()]
    by_place: dict[str, list[str]] = {}
    for event, place in zip(sites["event_id"], sites["place_id"], strict=True):
        by_place.setdefault(place, []).append(event)
    spots = {panel.title: _spots(placed[_within(placed, panel)], by_place, scene, panel.together) for panel in PANELS}
    far = _spots(placed[~_within(placed, REGION)], by_place, scene, 60.0)
    every = [spot for some in (*spots.values(), far) for spot in some]
    largest = max((spot.value for spot in every), default=0.0)

    grounds = chronicle.whole.derived(_grounds)
    traces: list[dict[str, Any]] = []
    for panel in PANELS:
        here = spots[panel.title]
        traces += [_scale(panel), *_circles(here, panel), *_marks(scene, here, panel.axis, largest)]
        traces += texts(_names(scene, here, panel, largest, grounds[panel.title].names), **_axes(panel.axis))
    key = _key(scene, every)
    traces += _strip(scene, far, largest) + key
    names = [entry["name"] for entry in key]
    lost = _lost(chronicle, table)
    text = _sentences(chronicle, sites, table, scene, lost)
    sizes = _sizes(scene, every, largest)
    layout = _layout(chronicle, table, lost, sizes, names, far=bool(far))
    layout["images"] = [_below(panel, grounds[panel.title].image) for panel in PANELS]
    return carry(Exhibit.of(traces, layout), text, table, narrowest=NAMED + 2 * SIDES)


# What is shown where


def _scene(chronicle: Chronicle, color: str, size: str) -> Scene:
    events = chronicle.events
    numbers = _numbers(chronicle, size)
    return Scene(
        places=chronicle.places.astype(object).to_dict("index"),
        titles=events["title"].astype(object).to_dict(),
        dates=events["date"].to_dict(),
        importance=events["importance"].astype(int).to_dict(),
        values=events[color].astype(str).to_dict(),
        numbers=numbers.to_dict(),
        homes=events["place_id"].astype(object).to_dict(),
        details=frozenset(_details(chronicle)),
        looks=_looks(events, color, _order(chronicle, color, numbers)),
        color=color,
        size=size,
    )


def _sites(chronicle: Chronicle) -> pd.DataFrame:
    """Return event and place, once each: the place of each event and the further places where it happened too."""
    main = chronicle.events["place_id"].dropna().rename_axis("event_id").reset_index()
    further = chronicle.event_places
    further = further.loc[further["role"] == "site", ["event_id", "place_id"]]
    return pd.concat([main, further[further["event_id"].isin(main["event_id"])]]).astype(object).drop_duplicates()


def _countable(chronicle: Chronicle) -> list[str]:
    claims = chronicle.claims
    usable = claims[claims["unit"].isin(COUNTABLE) & claims["event_id"].notna()]
    fields = set(usable["field"].astype(str))
    return sorted(fields | {"killed", "wounded"})


def _numbers(chronicle: Chronicle, size: str) -> pd.Series:
    """Return the number that each event brings to its place."""
    events = chronicle.events.index
    if size == "events":
        return pd.Series(1.0, index=events)
    field, end = size.rsplit("-", 1)
    claims = chronicle.claims
    claims = claims[(claims["field"] == field) & claims["unit"].isin(COUNTABLE) & ~claims["status"].isin(SUPERSEDED)]
    number = claims["low"] if end == "low" else claims["high"].fillna(claims["low"])
    number = number.astype(float)
    groups = number.groupby([claims["event_id"].astype(object), claims["counted"].astype(object)], dropna=False)
    alike = groups.min() if end == "low" else groups.max()
    return alike.groupby(level=0).max().reindex(events).fillna(0.0)


def _details(chronicle: Chronicle) -> set[str]:
    """Return the events of importance 3 that no link joins to another one."""
    events, links = chronicle.events, chronicle.links
    linked = set(links["from_event"]) | set(links["to_event"])
    return {event for event in events.index[events["importance"].astype(int) == 3] if event not in linked}


def _table(chronicle: Chronicle, sites: pd.DataFrame, scene: Scene) -> pd.DataFrame:
    numbers = [scene.number(*pair) for pair in zip(sites["event_id"], sites["place_id"], strict=True)]
    sites = sites.assign(date=[scene.dates[event] for event in sites["event_id"]], number=numbers)
    sites["date"] = pd.to_datetime(sites["date"])
    groups = sites.groupby("place_id")
    places = chronicle.places
    found = pd.Index(sorted(sites["place_id"].unique()), dtype=object)
    known = places.reindex(found)
    table = pd.DataFrame(
        {
            "place_id": found,
            "place": known["name"].astype(object).where(known["name"].notna(), found.to_series()).to_numpy(),
            "country": known["country"].astype(object).to_numpy(),
            "latitude": known["lat"].to_numpy(dtype=float, na_value=np.nan),
            "longitude": known["lon"].to_numpy(dtype=float, na_value=np.nan),
            "precision": known["coord_precision"].astype(object).fillna("area").to_numpy(),
            "events": groups.size().reindex(found).to_numpy(dtype=int),
            "first day": groups["date"].min().reindex(found).to_numpy(),
            "last day": groups["date"].max().reindex(found).to_numpy(),
        }
    )
    unknown = table["latitude"].isna() | table["longitude"].isna()
    table = table.assign(
        latitude=table["latitude"].mask(unknown),
        longitude=table["longitude"].mask(unknown),
        precision=table["precision"].mask(unknown, "not known"),
    )
    if scene.size != "events":
        table[scene.size] = groups["number"].sum().reindex(found).to_numpy(dtype=float)
    table["drawn in"] = [
        "not on the map" if missing else ", ".join(p.title for p in PANELS if p.holds(lat, lon)) or "elsewhere"
        for missing, lat, lon in zip(unknown, table["latitude"], table["longitude"], strict=True)
    ]
    return table.sort_values(["events", "place_id"], ascending=[False, True], ignore_index=True)


def _within(table: pd.DataFrame, panel: Panel) -> pd.Series:
    return table["longitude"].between(panel.west, panel.east) & table["latitude"].between(panel.south, panel.north)


def _spots(placed: pd.DataFrame, by_place: dict[str, list[str]], scene: Scene, together: float) -> list[Spot]:
    """Return marks: places nearer than ``together`` km to one with more events join that one."""
    spots: list[Spot] = []
    columns = (placed[name] for name in ("place_id", "latitude", "longitude", "precision"))
    for place, lat, lon, precision in zip(*columns, strict=True):
        near = next((spot for spot in spots if _distance(spot.lat, spot.lon, lat, lon) <= together), None)
        if near is None:
            near = Spot([], lat, lon, precision, [], 0.0)
            spots.append(near)
        near.places.append(place)
        near.events += [event for event in by_place[place] if event not in near.events]
    for spot in spots:
        spot.value = float(sum(scene.number(event, *spot.places) for event in spot.events))
    return sorted(spots, key=lambda spot: (-spot.value, spot.places[0]))


def _distance(lat: float, lon: float, other_lat: float, other_lon: float) -> float:
    """Return the distance of two places in km, on a plane, which is exact enough for places that near."""
    squeeze = cos(radians((lat + other_lat) / 2))
    return KM_A_DEGREE * float(np.hypot(lat - other_lat, (lon - other_lon) * squeeze))


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
        if spot.precision == "area":
            squeeze = cos(radians(spot.lat))
            for step in range(41):
                angle = 2 * pi * step / 40
                x.append(round(spot.lon + AREA_KM / KM_A_DEGREE / squeeze * cos(angle), 4))
                y.append(round(spot.lat + AREA_KM / KM_A_DEGREE * sin(angle), 4))
            x.append(None)
            y.append(None)
    look = dict(color=style.MUTED, width=1, dash="dot")
    if not x:
        return []
    return [
        dict(type="scatter", x=x, y=y, mode="lines", line=look, hoverinfo="skip", showlegend=False, **_axes(panel.axis))
    ]


# Marks


def _order(chronicle: Chronicle, color: str, numbers: pd.Series) -> list[str]:
    events = chronicle.events
    if color == "side":
        return list(style.SIDES)
    if color == "chapter":
        return list(map(str, chronicle.chapters.index))
    if color == "importance":
        return ["1", "2", "3"]
    brought = pd.Series(numbers).groupby(events[color].astype(str)).agg(["sum", "size"])
    ranked = brought.reset_index().sort_values(["sum", "size", color], ascending=[False, False, True])
    return list(ranked[color])


def _looks(events: pd.DataFrame, color: str, order: list[str]) -> dict[str, style.Mark]:
    """Return the mark of each value present; beyond seven, the rest share one."""
    present = set(events[color].astype(str))
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
    looks = [scene.look(spot) for spot in spots]
    faint = [_faint(look.colour) for look in looks]
    return [
        dict(
            type="scatter",
            x=[round(s.lon, 5) for s in spots],
            y=[round(s.lat, 5) for s in spots],
            mode="markers",
            marker=dict(
                symbol=[look.symbol.replace("-open", "") for look in looks],
                color=[_rgba(k.colour, FULLNESS.get(s.precision, 0.0)) for k, s in zip(looks, spots, strict=True)],
                size=[_diameter(spot.value, largest) for spot in spots],
                opacity=[0.45 if scene.pale(spot) else 1.0 for spot in spots],
                line=dict(
                    color=[style.MUTED if dim else k.colour for dim, k in zip(faint, looks, strict=True)],
                    width=[OUTLINE.get(spot.precision, 2.2) for spot in spots],
                ),
            ),
            text=[_hover(scene, spot) for spot in spots],
            customdata=["|".join(spot.places) for spot in spots],
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
        lines = wrap_to(scene.name(spot.places[0]) + more, (NARROW / COLUMNS - SMALLEST - away) / 0.9)[:2]
        captions.append(Text(x, y, _text(lines), "middle right", away))
    if len(shown) < len(far):
        captions.append(Text(*cells[len(shown)], f"and {len(far) - len(shown)} more", "middle right"))
    return marks + texts(captions, cliponaxis=False, **_axes("4"))


def _names(
    scene: Scene, spots: list[Spot], panel: Panel, largest: float, land: list[tuple[str, float, float]]
) -> list[Text]:
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
        taken.append(spot_box(*at(spot.lat, spot.lon), _diameter(spot.value, largest) / 2))
    names: list[Text] = []

    def put(lines: Sequence[str], lat: float, lon: float, away: float, places: Iterable[str], colour: str) -> bool:
        wide, high = 7.0 * max(map(len, lines)) + 4, 16.0 * len(lines)
        x, y = at(lat, lon)
        for place in places:
            upward, across = place.split()
            left = {"right": x + away, "left": x - away - wide, "center": x - wide / 2}[across]
            low = {"middle": y - high / 2, "top": y + away, "bottom": y - away - high}[upward]
            box = (left, low, left + wide, low + high)
            inside = box[0] > 2 and box[1] > 2 and box[2] < width - 2 and box[3] < height - 2
            if inside and not any(_meet(box, other) for other in taken):
                taken.append(box)
                names.append(Text(lon, lat, _text(lines), place, away, colour))
                return True
        return False

    done = 0
    for spot in spots:
        if done >= panel.labels:
            break
        if scene.pale(spot):
            continue
        name, away = scene.name(spot.places[0]), _diameter(spot.value, largest) / 2 + 4
        forms = sorted(
            [[name], wrap(name), wrap(name, 3)], key=lambda lines: len(lines) == 1 and text_width(name) > LONG
        )
        done += any(put(lines, spot.lat, spot.lon, away, AROUND, style.INK) for lines in forms)
    for name, lat, lon in land:
        put([name], lat, lon, 0, ("middle center",), style.MUTED)
    return names


def _key(scene: Scene, spots: list[Spot]) -> list[dict[str, Any]]:
    """Return the legend: values of the colour, precision."""
    if not spots:
        return []
    shown = {scene.look(spot).label for spot in spots}
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
    chronicle: Chronicle,
    table: pd.DataFrame,
    lost: int,
    sizes: tuple[list[dict[str, Any]], list[dict[str, Any]]],
    keys: list[str],
    *,
    far: bool,
) -> dict[str, Any]:
    cut = 0.0 if far else MAPS_UP
    drawing = round(HEIGHT * (1 - cut))

    def up(level: float) -> float:
        return round((level - cut) / (1 - cut), 5)

    # In Plotly's legend all columns are as wide as the widest entry.
    columns = max(1, int(NARROW // max([0.9 * text_width(key) + 46 for key in keys], default=1)))
    bottom = (SIZES_HIGH if sizes[0] else 8) + 20 * -(-len(keys) // columns) + 14
    title = "Where it happened"
    dates = chronicle.events["date"]
    if len(dates):
        first, last = dates.min(), dates.max()
        title += f", {_date(first)}" + ("" if first == last else f" to {_date(last)}")
    subtitle = f"{_count(len(dates), 'event')} at {_count(int(table['latitude'].notna().sum()), 'place')}"
    subtitle += f"; {lost} without a known position" if lost else ""
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
    if table.empty:
        middle: dict[str, Any] = dict(
            x=0.28, y=0.6, xref="paper", yref="paper", bgcolor="rgba(255,255,255,0.9)", borderpad=6
        )
        large = dict(size=16, color=style.INK)
        notes.append(middle | dict(text="No event with a place to show", showarrow=False, font=large))
    return layout | dict(shapes=shapes + sizes[0], annotations=notes + sizes[1])


# Words


def _hover(scene: Scene, spot: Spot) -> str:
    main = scene.places[spot.places[0]]
    lines = [f"<b>{_clean(main['name'])}</b>"]
    for column, language in (("name_ar", "Arabic"), ("name_fa", "Persian")):
        if isinstance(main[column], str):
            lines.append(f"{language}: {ISOLATE}{_clean(main[column])}{POP}")
    known = {"site": "position known to about 100 m", "town": "position known to about 1 km"}
    note = f"; {main['coord_note']}" if isinstance(main["coord_note"], str) else ""
    lines += _lines(known.get(spot.precision, "position known to 10 km or worse") + note)
    if len(spot.places) > 1:
        others = "with " + ", ".join(str(scene.places[place]["name"]) for place in spot.places[1:7])
        lines += _lines(others + (f" and {len(spot.places) - 7} more" if len(spot.places) > 7 else ""))
    count = Counter(scene.values[event] for event in spot.events)
    parts = sorted(count.items(), key=lambda item: (-item[1], item[0]))
    words = ", ".join(f"{_word(scene.color, value)} {number}" for value, number in parts)
    lines += _lines(f"{_count(len(spot.events), 'event')}: {words}")
    counted = scene.size != "events"
    if counted:
        lines.append(f"{_clean(scene.size.replace('-', ' '))}: {spot.value:,.0f} in all")
    first = sorted(spot.events, key=lambda e: (scene.importance[e], -scene.numbers[e], scene.dates[e], e))
    for event in first[:MENTIONED]:
        number = f" ({scene.numbers[event]:,.0f})" if counted else ""
        lines += _lines(f"• {_date(scene.dates[event])}: {scene.titles[event]}{number}")
    if len(first) > MENTIONED:
        lines.append(f"and {len(first) - MENTIONED} more")
    return "<br>".join(lines)


def _lost(chronicle: Chronicle, table: pd.DataFrame) -> int:
    """Return how many events happened at no place with a known position."""
    placed = set(table.loc[table["latitude"].notna(), "place_id"])
    return sum(place not in placed for place in chronicle.events["place_id"])


def _sentences(chronicle: Chronicle, sites: pd.DataFrame, table: pd.DataFrame, scene: Scene, lost: int) -> list[str]:
    if not scene.titles:
        return ["Nothing is shown: no event fits the choice."]
    placed = table[table["latitude"].notna()]
    first = f"The map shows {_count(len(scene.titles) - lost, 'event')} at {_count(len(placed), 'place')}"
    top = ", ".join(f"{row.place} ({row.events})" for row in placed.head(3).itertuples())
    text = [first + (f"; most are put at {top}." if top else ".")]
    if scene.size != "events" and len(placed):
        best = placed.sort_values(scene.size, ascending=False).iloc[0]
        total = placed[scene.size].sum()
        most = f"most of them, {best[scene.size]:,.0f}, at {best['place']}"
        none = f"No claim gives the figure {scene.size} here."
        text.append(f"By the figure {scene.size} the marks add up to {total:,.0f}, {most}." if total else none)
    known = placed["precision"].value_counts()
    site, town, area = (int(known.get(name, 0)) for name in ("site", "town", "area"))
    if len(placed):
        text.append(_known(site, town, area))
    beyond = sites[sites["place_id"].isin(placed.loc[placed["drawn in"] == "elsewhere", "place_id"])]
    distant = beyond["event_id"].nunique()
    words = "lies beyond the region and is listed" if distant == 1 else "lie beyond the region and are listed"
    away = [f"{distant} {words} below it"] if distant else []
    words = "has no known position and is not drawn" if lost == 1 else "have no known position and are not drawn"
    away += [f"{lost} of {len(scene.titles)} {words}"] if lost else []
    if away:
        text.append(f"Of the events, {' and '.join(away)}.")
    pale = scene.details.intersection(sites["event_id"])
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
    return round(max(SMALLEST, LARGEST * float(np.sqrt(max(value, 0.0) / max(largest, 12.0)))), 1)


def _round_numbers(largest: float) -> list[int]:
    """Return two or three round numbers for the legend of sizes."""
    steps = [n * 10**k for k in range(6) for n in (1, 2, 5) if n * 10**k <= largest]
    return steps if len(steps) <= 2 else [steps[0], steps[-1 - len(steps) // 3], steps[-1]]


def _meet(a: tuple[float, float, float, float], b: tuple[float, float, float, float]) -> bool:
    return a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]


def _axes(axis: str) -> dict[str, Any]:
    return dict(xaxis=f"x{axis}", yaxis=f"y{axis}")


def _rgba(colour: str, strong: float) -> str:
    red, green, blue = (int(colour[i : i + 2], 16) for i in (1, 3, 5))
    return f"rgba({red},{green},{blue},{strong})"


def _date(day: pd.Timestamp) -> str:
    return f"{day.day} {day:%B %Y}"


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def _lines(text: str) -> list[str]:
    return [_clean(line) for line in wrap_to(text, HOVER)]


def _faint(colour: str) -> bool:
    """Tell whether a colour is too light to show as an outline on the ground."""
    return sum(int(colour[i : i + 2], 16) for i in (1, 3, 5)) > 3 * 170


def _text(lines: Sequence[str]) -> str:
    return "<br>".join(map(_clean, lines))


def _clean(text: object) -> str:
    return escape(str(text), quote=False)
