"""Outlines of land for a small map: cut to it, thinned to what can be seen, with the places where a name can stand."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np

Feature = dict[str, Any]
Box = tuple[float, float, float, float]
"""West, east, south and north of a map, in degrees."""
FINEST = 900  # so many steps across a map can be told apart
DIGITS = 4  # of a degree: ten metres
NAMED = 8.0  # square degrees: land of which less is in the map gets no name


class Line(list[float | None]):
    """One coordinate of a drawn line. Nobody changes it, so Plotly, which copies a figure's parts often, need not copy it."""

    def __deepcopy__(self, memo: dict[int, Any]) -> Line:
        return self


def outlines(features: Iterable[Feature], box: Box) -> tuple[Line, Line]:
    """Return the outer rings of areas as one line with gaps (None): longitudes and latitudes.

    Parameters
    ----------
    features
        GeoJSON features, polygons or multipolygons, in degrees.
    box
        The map; the rings are cut a little outside it.

    Examples
    --------
    >>> square = {"geometry": {"type": "Polygon", "coordinates": [[[0, 0], [9, 0], [9, 9], [0, 9], [0, 0]]]}}
    >>> outlines([square], (-1, 10, -1, 10))[0]
    [0.0, 9.0, 9.0, 0.0, 0.0, None]
    """
    west, east, south, north = box
    margin, fine = 0.02 * (east - west), (east - west) / FINEST
    wider = (west - margin, east + margin, south - margin, north + margin)
    x, y = Line(), Line()
    for ring in _rings(features):
        cut = _cut(_thinned(ring, fine), wider)
        if len(cut) > 3:
            x += [*cut[:, 0].round(DIGITS).tolist(), None]
            y += [*cut[:, 1].round(DIGITS).tolist(), None]
    return x, y


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
