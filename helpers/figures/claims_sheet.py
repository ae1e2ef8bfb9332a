"""The drawing surface of the claims chart: where days and marks stand, and what is drawn for them.

Everything is gathered in plain lists and handed to Plotly in one call; that is what makes the chart quick to redraw.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from textwrap import shorten
from typing import Any

import pandas as pd

from helpers import style
from helpers.claims import Claim, Reading, said
from helpers.figures.claims_look import (
    CROSSED,
    NARROW,
    PIXELS_A_LETTER,
    broken,
    cross,
    date_words,
    escaped,
    markers,
    plural,
    ring,
    strong,
    text_at,
)
from helpers.figures.texts import Text, texts

GAP = 44
"""The pixels between two panels, which the title of the lower one takes."""
STRIP = 46
"""The height in pixels of the strip for claims in words."""
ASIDE = 10
"""The pixels between the axis of days and the columns aside."""
LINE = 17
"""The height of a line of text in pixels."""
COLUMNS = 5
"""How many columns aside there may be before days are put together to months, and months to years."""
WIDE = 15.0
"""The width in pixels that a mark needs to be seen beside another."""
ARROW = 24.0
"""The length in pixels of an open end."""
EXTRA: dict[str, Any] = {"hoverinfo": "skip", "showlegend": False}
Box = tuple[float, float, float, float]
Places = dict[str, tuple[bool, float]]
"""Of each claim whether it stands on the axis of days, and its days since the start or its column."""


@dataclass(frozen=True, slots=True)
class Calendar:
    """Where a report stands: on the axis of days, or in one of the columns aside."""

    start: pd.Timestamp | None
    days: int
    columns: tuple[str, ...]

    @property
    def deep(self) -> int:
        """How many times the labels of the axes break into a further line."""
        return max([1, *(name.count("<br>") for name in self.columns)])

    @property
    def two(self) -> bool:
        """Whether there are both an axis of days and columns aside."""
        return self.start is not None and bool(self.columns)

    @property
    def aside(self) -> float:
        """The part of the width that the columns aside take."""
        if self.start is None:
            return 1.0
        return min(0.6, 0.1 * len(self.columns))

    @property
    def width(self) -> float:
        """The pixels of the axis of days on the narrowest page."""
        return NARROW * (1 - self.aside) - 50

    @property
    def margin(self) -> float:
        """The days that the axis shows before the first and after the last one: room for two marks, or half a day."""
        return max(0.55, 32 * self.days / (self.width - 64))

    @property
    def span(self) -> float:
        """The days that the axis shows, with its margins."""
        return self.days + 2 * self.margin

    def step(self, on_axis: bool, pixels: float) -> float:
        """Return how much of a day, or of a column, so many pixels are on the narrowest page."""
        shown = self.span if on_axis else max(len(self.columns), 1)
        return pixels * shown / self.room(on_axis)[0]

    def where(self, values: Iterable[float], on_axis: bool) -> list[Any]:
        """Return Plotly's x for days since the start, or for columns."""
        if not on_axis or self.start is None:
            return [None if math.isnan(value) else value for value in values]
        start = self.start
        return [None if math.isnan(v) else (start + pd.Timedelta(minutes=round(1440 * v))).isoformat() for v in values]

    def room(self, on_axis: bool) -> tuple[float, float]:
        """Return the pixels of the axis of days, or of the columns, on the narrowest page, and what lies before 0."""
        return (self.width, self.margin) if on_axis else (NARROW * self.aside - 12, 0.5)

    def names(self, on_axis: bool, row: int) -> dict[str, str]:
        """Return Plotly's names of the axes of a panel: the days and the columns aside share its axis of values."""
        aside = not on_axis and self.start is not None
        return {"xaxis": "x2" if aside else "x", "yaxis": f"y{row + 1 if row else ''}"}


def calendar_of(claims: Sequence[Claim], happened: pd.Timestamp) -> tuple[Calendar, Places]:
    """Part the reports into those on the axis of days and those aside; return the place of each by its key.

    On the axis stand the days up to the first long silence: one of more than 14 days that is also longer than twice
    the time covered until then, or than 60 days. The axis begins with the event if it is at most 14 days away.
    """
    days = sorted({claim.reported_on for claim in claims if claim.day_known})
    kept = days[:1]
    for day in days[1:]:
        if (day - kept[-1]).days > max(14, min(60, 2 * (kept[-1] - kept[0]).days)):
            break
        kept.append(day)
    start = kept[0] if kept else None
    if start is not None and 0 < (start - happened).days <= 14:
        start = happened
    shown = set(kept)
    aside = [claim for claim in claims if not (claim.day_known and claim.reported_on in shown)]
    dated = [claim for claim in aside if not pd.isna(claim.reported_on)]
    dated.sort(key=lambda claim: (claim.reported_on, claim.reported_on_until))
    names: dict[str, str] = {}
    for form in ("%d", "%b %Y", "%Y"):
        names = {claim.claim_id: _column_name(claim, form) for claim in dated}
        names |= {claim.claim_id: "no<br>date" for claim in aside if claim.claim_id not in names}
        if len(set(names.values())) <= COLUMNS:
            break
    columns = tuple(dict.fromkeys(names.values()))
    calendar = Calendar(start, (kept[-1] - start).days if kept else 0, columns)
    places: Places = {claim: (False, float(columns.index(name))) for claim, name in names.items()}
    for claim in claims:
        if claim.claim_id not in names:
            places[claim.claim_id] = True, float((claim.reported_on - start).days)
    return calendar, places


def _column_name(claim: Claim, form: str) -> str:
    first, last = claim.reported_on, claim.reported_on_until
    if claim.day_known:
        return f"{first.day} {first:%b}<br>{first:%Y}" if form == "%d" else f"{first:{form}}".replace(" ", "<br>")
    return f"{first:%b}<br>{first:%Y},<br>no day" if (last - first).days < 32 else f"{first:%Y},<br>no day"


@dataclass(slots=True)
class Mark:
    """What one claimant said on one day; reports that say the same are one mark."""

    claimant: str
    who: str
    side: str
    named: bool
    on_axis: bool
    x: float
    low: float
    high: float
    status: str
    value: str
    date_words: str
    ids: list[str]
    origins: set[str]
    pages: list[str]
    via: list[str]
    at: float = 0.0

    @property
    def bottom(self) -> float:
        """The lower end, or the only number."""
        return self.high if math.isnan(self.low) else self.low

    @property
    def top(self) -> float:
        """The upper end, or the only number."""
        return self.low if math.isnan(self.high) else self.high

    @property
    def up(self) -> float:
        """The pixels that the mark takes above its upper end."""
        return 9 + ARROW * (math.isnan(self.high) and not math.isnan(self.low))

    @property
    def down(self) -> float:
        """The pixels that the mark takes below its lower end."""
        return 9 + ARROW * (math.isnan(self.low) and not math.isnan(self.high))

    @property
    def hover(self) -> str:
        """What the mark says when pointed at."""
        figure = said(self.low, self.high)
        pages, via = ", ".join(self.pages) or "page not known", f" (via {', '.join(self.via)})" if self.via else ""
        lines = [
            f"<b>{broken(self.claimant)}</b>",
            (f"<b>{figure}</b>: " if figure else "") + broken(self.value),
            f"reported {self.date_words}",
            f"later judged {self.status}" if self.status else "",
            f"{plural(len(self.ids), 'report')}, {plural(len(self.origins), 'origin')}: " + broken(pages + via),
        ]
        return "<br>".join(line for line in lines if line)


def marks_of(claims: Iterable[Claim], places: Places) -> list[Mark]:
    """Return the marks for claims to which :func:`calendar_of` has given places."""
    marks: dict[tuple[Any, ...], Mark] = {}
    for claim in claims:
        on_axis, x = places[claim.claim_id]
        judged, value, low, high = claim.status or "", str(claim.value), claim.low, claim.high
        key = (claim.who, on_axis, x, said(low, high), judged, "" if claim.numeric else value)
        if key not in marks:
            author = (str(claim.claimant), claim.who, claim.side, claim.named)
            words = (value, date_words(claim.reported_on, claim.reported_on_until))
            marks[key] = Mark(*author, on_axis, x, low, high, judged, *words, [], set(), [], [])
        mark = marks[key]
        mark.ids.append(claim.claim_id)
        mark.origins.add(claim.origin)
        for names, name in ((mark.pages, claim.publisher), (mark.via, claim.via)):
            if name is not None and name not in names:
                names.append(name)
    return list(marks.values())


def panel_height(marks: Sequence[Mark]) -> int:
    """Return the height in pixels of a panel, by how much stands in it."""
    return {1: 90, 2: 120, 3: 150}.get(len(marks), 270)


def _ends(marks: Sequence[Mark], height: int) -> tuple[float, float]:
    """Return the ends of the axis of values: from 0, unless the figures lie close together far above it."""
    lowest, highest = min(mark.bottom for mark in marks), max(mark.top for mark in marks)
    if 20 < 0.6 * highest < lowest < highest:
        pad = 0.35 * (highest - lowest)
        return lowest - pad, highest + pad
    room = max(highest, 1.0) / (height - 64)
    return min(0.0, lowest) - 16 * room, max(highest, 1.0) + 42 * room


class Sheet:
    """The drawing: its traces, texts and shapes, gathered for one call of Plotly."""

    def __init__(self, calendar: Calendar, heights: list[int], selected: str | None) -> None:
        self.calendar, self.heights, self.selected = calendar, heights, selected
        self.drawing = sum(heights) + GAP * (len(heights) - 1)
        self.traces: list[dict[str, Any]] = []
        self.texts: list[dict[str, Any]] = []
        self.rules: list[dict[str, Any]] = []
        self.rings: list[dict[str, Any]] = []
        self.values: dict[int, dict[str, Any]] = {}

    def panel(self, row: int, title: str, marks: Sequence[Mark], rule: Reading | None, levels: Iterable[float]) -> None:
        """Draw one group counted; names keep clear of the levels, which are those of all rules.

        So they stay where they are when another rule is chosen: only its line moves, and a live figure is redrawn in half
        the time.
        """
        height = self.heights[row]
        least, most = _ends(marks, height)
        a_pixel = (most - least) / height
        _spread_out(marks, self.calendar, a_pixel)
        self._title(row, title)
        self.values[row] = dict(
            range=[least, most],
            **({"dtick": 1} if most <= 6 else {}),
            nticks=max(3, height // 45),
            tickformat=",",
            zeroline=True,
        )
        if rule is not None and rule.found:
            self._rule(row, rule)
        for on_axis in (False, True):
            own = [mark for mark in marks if mark.on_axis == on_axis]
            paths = _paths(own) if on_axis else []
            self._lines(row, paths)
            self._ranges(row, own, on_axis)
            self._open_ends(row, own, on_axis, a_pixel)
            self._points(row, own, on_axis)
            self._names(row, own, on_axis, _Scale(self.calendar, on_axis, least, a_pixel), paths, levels)

    def strip(self, row: int, title: str, marks: Sequence[Mark]) -> None:
        """Draw the claims in words."""
        self._title(row, title)
        self.values[row] = dict(range=[-1, 1], showticklabels=False, showgrid=False, ticks="", zeroline=True)
        for mark in marks:
            mark.low = mark.high = 0.0
        _spread_out(marks, self.calendar, 1.0)
        for on_axis in (False, True):
            self._points(row, [mark for mark in marks if mark.on_axis == on_axis], on_axis)

    def axes(self, happened: pd.Timestamp) -> dict[str, Any]:
        """Return the axes: the days and the columns aside, shared by all panels, and the values of each panel."""
        calendar, last = self.calendar, len(self.heights) - 1
        split = 1 - calendar.aside
        gap = ASIDE / NARROW if calendar.two else 0
        axes: dict[str, Any] = {}
        if calendar.start is not None:
            axes["xaxis"] = dict(
                type="date",
                domain=[0, split - gap] if calendar.two else [0, 1],
                anchor=calendar.names(True, last)["yaxis"],
                range=calendar.where([-calendar.margin, calendar.days + calendar.margin], True),
                **({"dtick": 86_400_000} if calendar.days <= 6 else {}),
                nticks=7,
                tickformat="%-d %b\n%Y",
                ticklabeloverflow="allow",
            )
        if calendar.columns:
            count = len(calendar.columns)
            axes["xaxis2" if calendar.two else "xaxis"] = dict(
                type="linear",
                domain=[split, 1] if calendar.two else [0, 1],
                anchor=calendar.names(False, last)["yaxis"],
                range=[-0.5, count - 0.5],
                tickvals=list(range(count)),
                ticktext=list(calendar.columns),
                tickangle=0,
                ticklabeloverflow="allow",
                showgrid=False,
                zeroline=False,
            )
        drawn = {(trace["xaxis"], trace["yaxis"]) for trace in self.traces}
        for row, values in self.values.items():
            names = calendar.names(True, row)
            axes[_layout_name(names["yaxis"])] = dict(values, domain=self._domain(row), anchor="x")
            for on_axis in (True, False) if calendar.two else ():  # Plotly draws no axes where there is no trace.
                if tuple(calendar.names(on_axis, row).values()) not in drawn:
                    self._add(row, on_axis, [math.nan], [math.nan], mode="markers", **EXTRA)
        return axes

    @property
    def left(self) -> int:
        """The pixels that the labels of the values take: were the margin too small, Plotly would draw all of it twice."""
        digits = max((len(f"{most:,.0f}") for values in self.values.values() for most in values["range"]), default=1)
        return 18 + round(8.5 * digits)

    def axis_titles(self, happened: pd.Timestamp) -> list[dict[str, Any]]:
        """Return the titles below the axes: texts at a set distance, for Plotly's own may touch labels of three lines."""
        calendar = self.calendar
        split, gap = 1 - calendar.aside, ASIDE / NARROW if calendar.two else 0
        days = "Day of the report" + (" (dotted: day of the event)" if self._shows(happened) else "")
        aside = "Later, or no day" if calendar.two else "Reports whose day is not known"
        titles = [(days, (split - gap) / 2 if calendar.two else 0.5)] if calendar.start is not None else []
        titles += [(aside, (split + 1) / 2 if calendar.two else 0.5)] if calendar.columns else []
        place = dict(y=0, yref="paper", yshift=-(30 + LINE * calendar.deep), xanchor="center")
        return [text_at(text, x=x, **place) for text, x in titles]

    def shapes(self, happened: pd.Timestamp) -> list[dict[str, Any]]:
        """Return the ground of the columns aside and the line of the day of the event, each one path for all panels."""
        shapes = []
        panels = [self._domain(row) for row in self.values]
        if self.calendar.two:
            left = 1 - self.calendar.aside
            path = " ".join(f"M{left:.5f},{low:.5f}H1V{high:.5f}H{left:.5f}Z" for low, high in panels)
            ground = dict(fillcolor=style.BAND, line=dict(width=0))
            shapes.append(dict(type="path", xref="paper", yref="paper", path=path, layer="below", **ground))
        if self._shows(happened):
            day = f"{happened:%Y-%m-%d}"
            path = " ".join(f"M{day},{low:.5f}L{day},{high:.5f}" for low, high in panels)
            line = dict(color=style.MUTED, width=1.5, dash="dot")
            shapes.append(dict(type="path", xref="x", yref="paper", path=path, layer="below", line=line))
        return shapes

    def _shows(self, happened: pd.Timestamp) -> bool:
        start = self.calendar.start
        return start is not None and 0 <= (happened - start).days <= self.calendar.days

    def _domain(self, row: int) -> list[float]:
        top = sum(self.heights[:row]) + GAP * row
        return [max(0.0, 1 - (top + self.heights[row]) / self.drawing), 1 - top / self.drawing]

    def _title(self, row: int, text: str) -> None:
        self.texts.append(text_at(text, x=0, y=self._domain(row)[1], yref="paper", yanchor="bottom", yshift=4))

    def _add(self, row: int, on_axis: bool, x: Iterable[float], y: Iterable[float], **look: Any) -> None:
        values = [None if math.isnan(value) else float(value) for value in y]
        names = self.calendar.names(on_axis, row)
        self.traces.append(dict(type="scatter", x=self.calendar.where(x, on_axis), y=values, **names, **look))

    def _rule(self, row: int, rule: Reading) -> None:
        """Draw the number of a rule across the panel, a range as a box."""
        line = dict(color=style.INK, width=1.5, dash="dash")
        kind = "line" if rule.low == rule.high else "rect"
        for on_axis in (True, False) if self.calendar.two else (True,):
            names = self.calendar.names(on_axis, row)
            ends = dict(xref=f"{names['xaxis']} domain", yref=names["yaxis"], x0=0, x1=1, y0=rule.low, y1=rule.high)
            self.rules.append(dict(type=kind, **ends, line=line, layer="below"))

    def _lines(self, row: int, paths: list[list[Mark]]) -> None:
        """Join what one named claimant said on different days."""
        x, y = _by_colour((path[0].side, [(mark.at, (mark.bottom + mark.top) / 2) for mark in path]) for path in paths)
        for colour in x:
            line = dict(color=colour, width=1.5, shape="hv")
            self._add(row, True, x[colour], y[colour], mode="lines", line=line, **EXTRA)

    def _ranges(self, row: int, marks: Sequence[Mark], on_axis: bool) -> None:
        x, y = _by_colour(
            (mark.side, [(mark.at, mark.bottom), (mark.at, mark.top)]) for mark in marks if mark.bottom < mark.top
        )
        for colour in x:
            self._add(row, on_axis, x[colour], y[colour], mode="lines", line=dict(color=colour, width=5), **EXTRA)

    def _open_ends(self, row: int, marks: Sequence[Mark], on_axis: bool, a_pixel: float) -> None:
        for symbol, direction in (("triangle-up", 1), ("triangle-down", -1)):
            own = [mark for mark in marks if math.isnan(mark.high if direction > 0 else mark.low)]
            x = [value for mark in own for value in (mark.at, mark.at, math.nan)]
            length = ARROW * a_pixel * direction
            y = [value for mark in own for value in (mark.bottom, mark.bottom + length, math.nan)]
            sign = dict(symbol=symbol, size=[0, 8, 0] * len(own), color=style.INK, opacity=1)
            line = dict(color=style.INK, width=1.5)
            if own:
                self._add(row, on_axis, x, y, mode="lines+markers", line=line, marker=sign, **EXTRA)

    def _points(self, row: int, marks: Sequence[Mark], on_axis: bool) -> None:
        ends = [(mark, mark.bottom) for mark in marks] + [(mark, mark.top) for mark in marks if mark.bottom < mark.top]
        look = dict(
            mode="markers",
            marker=markers([(mark.side, mark.status) for mark, _ in ends]),
            customdata=[",".join(mark.ids) for mark, _ in ends],
            hovertext=[mark.hover for mark, _ in ends],
            hoverinfo="text",
            showlegend=False,
        )
        self._signs(row, on_axis, ends, **look)
        crossed = [(mark, y) for mark, y in ends if mark.status in CROSSED]
        self._signs(row, on_axis, crossed, mode="markers", marker=cross(), **EXTRA)
        axes = self.calendar.names(on_axis, row)
        for mark, y in ends:
            if self.selected in mark.ids:
                self.rings.append(ring(self.calendar.where([mark.at], on_axis)[0], y, **axes))

    def _signs(self, row: int, on_axis: bool, ends: list[tuple[Mark, float]], **look: Any) -> None:
        if ends:
            self._add(row, on_axis, [mark.at for mark, _ in ends], [y for _, y in ends], **look)

    def _names(
        self,
        row: int,
        marks: Sequence[Mark],
        on_axis: bool,
        scale: _Scale,
        paths: list[list[Mark]],
        levels: Iterable[float],
    ) -> None:
        """Write claimants' names beside their last marks wherever they fit on the narrowest page."""
        own = {id(mark): scale.box(mark) for mark in marks}
        taken = list(own.values())
        taken += [scale.level(value) for value in levels]
        for path in paths:
            taken += scale.steps(path)
        names = []
        for mark in _by_interest(marks):
            text = shorten(mark.claimant.split(" (")[0], 34, placeholder="…")
            box = own[id(mark)]
            others = [other for other in taken if other is not box]
            for place, y, away, label in _beside(box, PIXELS_A_LETTER * len(text), mark):
                inside = label[0] >= 2 and label[2] <= scale.width - 2 and label[1] >= 0
                if inside and label[3] <= self.heights[row] and not _touches(label, others):
                    taken.append(label)
                    at = self.calendar.where([mark.at], on_axis)[0]
                    names.append(Text(at, y, escaped([text])[0], place, away))
                    break
        axes: dict[str, Any] = dict(self.calendar.names(on_axis, row))
        self.traces += texts(names, cliponaxis=False, **axes)


class _Scale:
    """Where things stand in pixels of a panel on the narrowest page, from its lower left corner."""

    def __init__(self, calendar: Calendar, on_axis: bool, least: float, a_pixel: float) -> None:
        self.width, self.edge = calendar.room(on_axis)
        self.step, self.least, self.a_pixel = calendar.step(on_axis, 1), least, a_pixel

    def x(self, at: float) -> float:
        return (at + self.edge) / self.step

    def y(self, value: float) -> float:
        return (value - self.least) / self.a_pixel

    def box(self, mark: Mark) -> Box:
        x = self.x(mark.at)
        return x - 9, self.y(mark.bottom) - mark.down, x + 9, self.y(mark.top) + mark.up

    def level(self, value: float) -> Box:
        return 0, self.y(value) - 2, self.width, self.y(value) + 2

    def steps(self, path: list[Mark]) -> list[Box]:
        corners = [(self.x(mark.at), self.y((mark.bottom + mark.top) / 2)) for mark in path]
        boxes = []
        for (x, y), (next_x, next_y) in pairwise(corners):
            boxes.append((min(x, next_x), y - 1, max(x, next_x), y + 1))
            boxes.append((next_x - 1, min(y, next_y), next_x + 1, max(y, next_y)))
        return boxes


def _layout_name(axis: str) -> str:
    return f"yaxis{axis.removeprefix('y')}"


def _paths(marks: Sequence[Mark]) -> list[list[Mark]]:
    """Return what each named claimant said, by day, for those who spoke on several days."""
    own: dict[str, list[Mark]] = {}
    for mark in marks:
        if mark.named:
            own.setdefault(mark.who, []).append(mark)
    several = [path for path in own.values() if len({mark.x for mark in path}) > 1]
    return [sorted(path, key=lambda mark: (mark.x, mark.bottom)) for path in several]


def _by_interest(marks: Sequence[Mark]) -> list[Mark]:
    """Return the last mark of each claimant: those who spoke on several days first, then the extremes."""
    if not marks:
        return []
    last: dict[str, Mark] = {}
    days: dict[str, set[float]] = {}
    for mark in sorted(marks, key=lambda mark: (mark.x, mark.bottom)):
        last[mark.who] = mark
        days.setdefault(mark.who, set()).add(mark.x)
    most, least = max(mark.top for mark in marks), min(mark.bottom for mark in marks)
    return sorted(
        last.values(),
        key=lambda mark: (len(days[mark.who]) == 1, mark.top < most and mark.bottom > least, mark.x),
    )


def _beside(box: Box, wide: float, mark: Mark) -> list[tuple[str, float, float, Box]]:
    """Return the places that a name can take beside a mark, best first.

    Each is Plotly's name of the place, the value and the pixels away from it, and the box in pixels that it then fills.
    """
    left, low, right, high = box
    x = (left + right) / 2
    y = (low + mark.down + high - mark.up) / 2
    middle = (mark.bottom + mark.top) / 2
    return [
        ("middle right", middle, 10, (right, y - 8, right + 3 + wide, y + 8)),
        ("middle left", middle, 10, (left - 3 - wide, y - 8, left, y + 8)),
        ("top center", mark.top, mark.up, (x - wide / 2, high, x + wide / 2, high + 17)),
        ("bottom center", mark.bottom, mark.down, (x - wide / 2, low - 17, x + wide / 2, low)),
        ("top right", mark.top, mark.up, (x + mark.up, high, x + mark.up + wide, high + 17)),
        ("top left", mark.top, mark.up, (x - mark.up - wide, high, x - mark.up, high + 17)),
        ("bottom right", mark.bottom, mark.down, (x + mark.down, low - 17, x + mark.down + wide, low)),
        ("bottom left", mark.bottom, mark.down, (x - mark.down - wide, low - 17, x - mark.down, low)),
    ]


def _by_colour(lines: Iterable[tuple[str, list[tuple[float, float]]]]) -> tuple[dict[str, list[float]], ...]:
    """Return x and y of the lines of each side's colour, with a gap after each line: Plotly draws them in one go."""
    x: dict[str, list[float]] = {}
    y: dict[str, list[float]] = {}
    for side, points in lines:
        colour = strong(style.mark(side).colour)
        x.setdefault(colour, []).extend([*(point[0] for point in points), math.nan])
        y.setdefault(colour, []).extend([*(point[1] for point in points), math.nan])
    return x, y


def _touches(one: Box, others: Iterable[Box]) -> bool:
    return any(one[0] < box[2] and box[0] < one[2] and one[1] < box[3] and box[1] < one[3] for box in others)


def _spread_out(marks: Sequence[Mark], calendar: Calendar, a_pixel: float) -> None:
    """Move marks that would hide each other sideways, by the width of a mark each."""
    high = WIDE * a_pixel
    placed: list[Mark] = []
    for mark in sorted(marks, key=lambda mark: (mark.x, mark.bottom, mark.claimant)):
        unit = calendar.step(mark.on_axis, WIDE)
        near = [
            other.at
            for other in placed
            if other.on_axis == mark.on_axis and mark.bottom <= other.top + high and mark.top >= other.bottom - high
        ]
        places = [mark.x + step * unit for step in (0, 1, -1, 2, -2, 3, -3, 4, -4, 5, -5)]
        free = [place for place in places if all(abs(place - x) >= 0.98 * unit for x in near)]
        mark.at = free[0] if free else mark.x
        placed.append(mark)
