"""Outlines of land for a small map: cut to it, thinned to what can be seen, with the places where a name can stand."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

import numpy as np

Feature = dict[str, Any]
Box = tuple[float, float, float, float]
"""West, east, south and north of a map, in degrees."""
FINEST = 900  # so many steps across a map can be told apart
ACROSS = 1800  # units of the image each way
PLAIN = " '=/:,"  # what an address need not escape
NAMED = 8.0  # square degrees: land of which less is in the map gets no name


@dataclass(frozen=True, slots=True)
class Layer:
    """Areas that are drawn alike: their fill, the colour of their outline and its width in pixels."""

    features: Sequence[Feature]
    fill: str
    line: str
    width: float


def ground(layers: Iterable[Layer], box: Box) -> str:
    """Return the ground of a map as an SVG image in a ``data:`` address, which fills the map whatever its size.

    As an image it is read once and then only shown; as lines of a figure Plotly would draw it anew at each change.

    Parameters
    ----------
    layers
        What is drawn, the lowest first: GeoJSON features, polygons or multipolygons, in degrees.
    box
        The map.

    Examples
    --------
    >>> square = {"geometry": {"type": "Polygon", "coordinates": [[[0, 0], [9, 0], [9, 9], [0, 9], [0, 0]]]}}
    >>> image = ground([Layer([square], "#fff", "#000", 1.0)], (-1, 10, -1, 10))
    >>> image[:19], "M164,1636L1636,1636" in image
    ('data:image/svg+xml,', True)
    """
    paths = [
        f"<path d='{_path(layer.features, box)}' fill='{layer.fill}' stroke='{layer.line}'"
        f" stroke-width='{layer.width}' vector-effect='non-scaling-stroke'/>"
        for layer in layers
    ]
    size = f"viewBox='0 0 {ACROSS} {ACROSS}' width='{ACROSS}' height='{ACROSS}' preserveAspectRatio='none'"
    image = f"<svg xmlns='http://www.w3.org/2000/svg' {size}>{''.join(paths)}</svg>"
    return f"data:image/svg+xml,{quote(image, safe=PLAIN)}"


def _path(features: Iterable[Feature], box: Box) -> str:
    """Return the outer rings of areas, cut a little outside the map, as a path from its north-western corner."""
    west, east, south, north = box
    margin, fine = 0.02 * (east - west), (east - west) / FINEST
    wider = (west - margin, east + margin, south - margin, north + margin)
    parts = []
    for ring in _rings(features):
        cut = _cut(_thinned(ring, fine), wider)
        if len(cut) > 3:
            x = np.rint((cut[:-1, 0] - west) / (east - west) * ACROSS).astype(int)
            y = np.rint((north - cut[:-1, 1]) / (north - south) * ACROSS).astype(int)
            parts.append("M" + "L".join(f"{a},{b}" for a, b in zip(x.tolist(), y.tolist(), strict=True)) + "Z")
    return "".join(parts)


def name_spots(features: Iterable[Feature], box: Box) -> list[tuple[str, float, float]]:
    """Return name, latitude and longitude for land of which enough is in the map, the largest part first."""
    named = []
    for feature in features:
        ring = max((_cut(ring, box) for ring in _rings([feature])), key=_surface)
        if _surface(ring) > NAMED:
            x, y = _centre(ring)
            named.append((-_surface(ring), feature["properties"]["name"], y, x))
    return [(name, lat, lon) for _, name, lat, lon in sorted(named)]


def _rings(features: Iterable[dict[str, Any]]) -> Iterator[np.ndarray]:
    for feature in features:
        shape = feature["geometry"]
        many = [shape["coordinates"]] if shape["type"] == "Polygon" else shape["coordinates"]
        for polygon in many:
            yield np.asarray(polygon[0], dtype=float)


def _cut(ring: np.ndarray, box: tuple[float, float, float, float]) -> np.ndarray:
    """Cut a ring to a box, one side after another (Sutherland and Hodgman 1974)."""
    for axis, limit, sign in ((0, box[0], 1), (0, box[1], -1), (1, box[2], 1), (1, box[3], -1)):
        inside = sign * (ring[:, axis] - limit) >= 0
        if inside.all():
            continue
        if not inside.any():
            return ring[:0]
        following, next_inside = np.roll(ring, -1, axis=0), np.roll(inside, -1)
        crossing = np.flatnonzero(inside != next_inside)
        here, there = ring[crossing], following[crossing]
        share = (limit - here[:, axis]) / (there[:, axis] - here[:, axis])
        points = np.vstack([ring[inside], here + (there - here) * share[:, None]])
        order = np.concatenate([np.flatnonzero(inside).astype(float), crossing + 0.5])
        ring = points[np.argsort(order, kind="stable")]
        ring = np.vstack([ring, ring[:1]])
    return ring


def _thinned(ring: np.ndarray, fine: float) -> np.ndarray:
    """Leave out points that fall on the same fine grid cell as the point before: nobody could see them."""
    cells = np.floor(ring / fine)
    moved = np.any(cells[1:] != cells[:-1], axis=1)
    keep = np.concatenate([[True], moved])
    keep[-1] = True
    return ring[keep]


def _surface(ring: np.ndarray) -> float:
    if len(ring) < 3:
        return 0.0
    x, y = ring[:, 0], ring[:, 1]
    return abs(float(np.sum(x * np.roll(y, -1) - np.roll(x, -1) * y))) / 2


def _centre(ring: np.ndarray) -> tuple[float, float]:
    x, y = ring[:, 0], ring[:, 1]
    cross = x * np.roll(y, -1) - np.roll(x, -1) * y
    total = 3 * cross.sum()
    return float(((x + np.roll(x, -1)) * cross).sum() / total), float(((y + np.roll(y, -1)) * cross).sum() / total)
