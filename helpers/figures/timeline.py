"""The timeline: events in lanes along one clock, with what lasted, what is uncertain, and what answered what."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from helpers import style
from helpers.chronicle import Chronicle, Day, check
from helpers.escalation import days_between
from helpers.facts import ONE_DAY, common_clock, glances, short_glances, told, zone
from helpers.figures.exhibit import Exhibit, carry
from helpers.figures.texts import HALO
from helpers.packing import LINE, TEXT, Rows, text_width, wrap, wrap_to
from helpers.style import safe

LANES = ("side", "kind", "place", "chapter")
COLOURS = ("side", "kind", "chapter", "importance")
LABELS = ("auto", "all", "none")

MANY = 3000
"""From so many events on, marks are drawn with WebGL and stand in a few rows, and only some labels are tried."""
FEW = 40
"""Up to so many events in view, all labels are shown."""
WHOLE = 60
"""Fewer events than that are all in view when the figure opens."""

ROW = 11  # pixels: the height of one row of marks
LABEL_ROWS = {1: 2, 2: 3, 3: 5}  # the rows that a label of one, two or three lines takes
PAD = 5
LEFT, RIGHT, TOP, HEADER = 152, 18, 58, 24
ABOVE_LEGEND = 68  # pixels from the plot to the legend
MARK = 10  # the width that a mark takes
SPACE = "\u2003"
"""As wide as the text is high, it keeps a title off its mark. Plotly's own way would be an unseen mark below each title."""
GAP = TEXT  # from the middle of a mark, or the end of its bar, to its label
SIZES = {1: 12, 2: 9, 3: 6}
MOST_PLACES = 11
OVER = 10  # pixels that the name of a chapter may run over into the next one, whose name then gives way
CROSSED = 6  # rows that a label goes further rather than lie on the as-of line
MINUTE, DAY = np.timedelta64(1, "m"), np.timedelta64(1, "D")

Columns = dict[str, np.ndarray]


def timeline(
    chronicle: Chronicle,
    lanes: str = "side",
    color: str | None = None,
    links: bool | str = False,
    as_of: Day | None = None,
    labels: str = "auto",
    selected: str | None = None,
    width: int = style.NARROWEST,
) -> go.Figure:
    """Draw events along one clock.

    A mark is an event; larger marks are more important. A bar says how long it lasted. A hollow mark with a whisker
    says that the day is not known exactly: it happened once, somewhere along the whisker. Events whose hour is not
    known stand at noon, one below the other. The figure opens on all events if they are fewer than 60. If there are
    more, and most lie in a few chapters, it opens there and its text says so; drag to see the rest.

    Parameters
    ----------
    chronicle
        The record or a view of it.
    lanes
        What parts the lanes: ``"side"`` (who acted), ``"kind"``, ``"place"`` (the busiest ones) or ``"chapter"``.
    color
        What the colours and symbols mean: ``"side"``, ``"kind"``, ``"chapter"`` or ``"importance"``. Without it, the
        same as the lanes where that is a side, a kind or a chapter, else the side.
    links
        True draws who answered whom and the other links as arcs from the earlier event to the later, dashed where only
        inferred; a kind of link, such as ``"retaliation-for"``, draws that kind alone.
    as_of
        A day: shows what had been published by its end, with a line there, on an unchanged time axis.
    labels
        ``"auto"``: as many titles as fit, the more important first; ``"all"`` makes room for all in view; ``"none"``.
    selected
        Key of an event to ring and to label.
    width
        The narrowest width of the figure on the page, in pixels, at which no label may cover another one. A larger
        value leaves room for more labels.

    Returns
    -------
    plotly.graph_objects.Figure
        ``describe`` and ``as_table`` say the same in words and rows. From 3,000 events on drawn with WebGL.

    Raises
    ------
    ValueError
        If an argument is none of those named, or ``selected`` is not in the record (the nearest one is named).

    Examples
    --------
    >>> from helpers import load
    >>> figure = timeline(load().only(chapter="march"), selected="2020-03-11-taji-rocket-attack")
    >>> figure.layout.title.text
    'Timeline: 48 events by side'
    """
    check("lanes", lanes, LANES)
    check("labels", labels, LABELS)
    color = color or ("side" if lanes == "place" else lanes)
    check("color", color, COLOURS)
    if isinstance(links, str):
        check("kind of link", links, chronicle.package.tables["links"]["kind"].meanings)
    if width < 400:
        raise ValueError(f"width is {width}; a timeline needs 400 pixels or more")
    whole, known = chronicle, chronicle if as_of is None else chronicle.as_of(as_of)
    events = known.events.index
    if selected is not None:
        check("event", selected, events)
    title = f"Timeline: {_count(len(events), 'event')} by {lanes}"
    if known.known_on is not None:
        title += f", as known on {_date(known.known_on)}"
    if events.empty:
        return _empty(title, known)

    scene = _Scene(whole, known, lanes, color, width)
    scene.lay_out(labels, selected)
    arcs = _links(known, links) if links else pd.DataFrame()
    traces = [
        *scene.frame(),
        *scene.spans(),
        *scene.arcs(arcs, selected),
        *scene.known_line(known.known_on),
        *scene.marks(),
        *scene.labels(halo=len(arcs) > 0 or scene.line is not None),
        *scene.ring(selected),
    ]
    figure = Exhibit.of(traces, scene.layout(title, traces))
    return carry(figure, _sentences(scene, arcs), _table(scene), narrowest=width)


@dataclass(slots=True)
class _Label:
    """A title: its lines, how high it stands, whether to the left of its mark, and where it begins if above its bar."""

    text: str
    y: float
    leftward: bool = False
    above: float | None = None


@dataclass(slots=True)
class _Opening:
    """The part of time that the figure opens on, and how many pixels a minute takes at the narrowest width."""

    start: np.datetime64
    end: np.datetime64
    scale: float

    def pixels(self, moments: Any) -> np.ndarray:
        return np.asarray((moments - self.start) / MINUTE * self.scale, dtype=float)

    def time(self, pixels: Any) -> Any:
        return pd.to_timedelta(pixels / self.scale, unit="min").to_numpy()


class _Scene:
    """Events with their places in the figure: x in time, y in pixels from the top of the plot."""

    def __init__(self, whole: Chronicle, known: Chronicle, lanes: str, color: str, width: int) -> None:
        self.known, self.lanes, self.color, self.width = known, lanes, color, width
        self.offset = whole.whole.derived(_clock)
        self.plot_width = width - LEFT - RIGHT
        self.chapters = [known.chapters[name].to_numpy() for name in ("title", "start", "end")]
        self.events = _events(known)
        self.ids, self.titles = self.events["event"], self.events["title"]
        self.at, self.until = self.events["at"], self.events["until"]
        self.uncertain, self.importance = self.events["uncertain"], self.events["importance"]
        self.lasted = ~np.isnat(self.until) & ~self.uncertain
        self.many = len(self.ids) >= MANY
        self.texts = short_glances(known) if self.many else glances(known)
        all_events = self.events if whole is known else _events(whole)
        self.opening = _opening(all_events, whole.chapters, whole.window, self.plot_width)
        self.days = (self.opening.end - self.opening.start) / np.timedelta64(1, "D")
        self.values, lines = _lanes(known, self.events, lanes)
        self.lane_keys, self.lane_labels = list(lines), list(lines.values())
        self.text: dict[int, _Label] = {}
        day = known.known_on
        self.line = None if day is None else float(self.opening.pixels((day + ONE_DAY).to_datetime64()))

    def lay_out(self, labels: str, selected: str | None) -> None:
        """Give each event its row, and those that get one their label; then stack the lanes."""
        self.x = self.opening.pixels(self.at)
        end = self.opening.pixels(np.where(np.isnat(self.until), self.at, self.until))
        start = np.where(self.uncertain, 2 * self.x - end, self.x)
        self.box = np.stack([start - MARK / 2, np.maximum(end, self.x) + MARK / 2], axis=1)
        self.inside = (self.x >= 0) & (self.x <= self.plot_width)
        self.seen = (self.box[:, 1] - MARK / 2 > 0) & (self.box[:, 0] + MARK / 2 < self.plot_width)
        self.tops, self.heights = [], []
        self.y = np.zeros(len(self.ids))
        order = self._priority(labels, selected)
        codes = self.values
        members = [np.flatnonzero(codes == lane) for lane in range(len(self.lane_labels))]
        wanted = order[codes[order].argsort(kind="stable")] if len(order) else order
        firsts = np.searchsorted(codes[wanted], range(len(members) + 1))
        top = 0.0
        for lane, rows in enumerate(members):
            used = self._fill(rows, wanted[firsts[lane] : firsts[lane + 1]], selected)
            height = max(used * ROW, len(self.lane_labels[lane]) * (TEXT + 4), ROW) + 2 * PAD
            down = top + (height - used * ROW) / 2
            self.y[rows] += down
            for row in self.text.keys() & set(rows.tolist()):
                self.text[row].y += down
            self.tops.append(top)
            self.heights.append(height)
            top += height
        self.height = top

    def _priority(self, labels: str, selected: str | None) -> np.ndarray:
        """Return the events that a label is tried for, the most important first."""
        self.all_labels = labels == "all" or (labels == "auto" and int(self.seen.sum()) <= FEW)
        if labels == "none":
            return self._chosen(selected)
        importance, claims = self.importance, self.events["claims"]
        wanted = np.flatnonzero((importance <= 2) | self.all_labels)
        wanted = wanted[np.lexsort((-claims[wanted], importance[wanted]))]
        if self.many:
            wanted = wanted[:200]
        chosen = self._chosen(selected)
        return np.concatenate([chosen, wanted[~np.isin(wanted, chosen)]])

    def _chosen(self, selected: str | None) -> np.ndarray:
        return np.flatnonzero(self.ids == selected)

    def _fill(self, members: np.ndarray, wanted: np.ndarray, selected: str | None) -> int:
        """Put the events of one lane into rows; return how many rows it took."""
        rows = Rows()
        important = int((self.inside[members] & (self.importance[members] == 1)).sum())
        most = LABEL_ROWS[3] * len(members) if self.all_labels else LABEL_ROWS[2] * min(1 + important // 4, 4)
        placed: dict[int, None] = {}
        for event in wanted.tolist():
            for count in (2, 3):
                lines = wrap(self.titles[event], count)
                height = LABEL_ROWS[len(lines)]
                spot = self._spot(rows, event, GAP + max(map(text_width, lines)), height)
                if spot is not None and (spot[0] + height <= most or not placed):
                    row, left, right, leftward = spot
                    rows.take(row, left, right, height)
                    self.y[event] = (row + height / 2) * ROW
                    self.text[event] = _Label(_title(lines, leftward), self.y[event], leftward)
                    placed[event] = None
                    break
            else:
                if self.seen[event] and (self.all_labels or self.ids[event] == selected):
                    # No room beside its mark or bar: the title stands above the part of it that is seen.
                    lines = wrap(self.titles[event], 2)
                    wide = GAP + max(map(text_width, lines))
                    begin = max(min(max(float(self.x[event]), 0), self.plot_width - wide), 0)
                    height, (left, right) = LABEL_ROWS[len(lines)], self.box[event].tolist()
                    left, right = min(left, begin), max(right, begin + wide)
                    row = rows.room(left, right, height + 1)
                    rows.take(row, left, right, height + 1)
                    self.y[event] = (row + height + 0.5) * ROW
                    self.text[event] = _Label(_title(lines), (row + height / 2) * ROW, above=begin)
                    placed[event] = None
        rest = members[~np.isin(members, list(placed))] if placed else members
        if self.many:
            return self._sow(rest, len(rows))
        for event in rest[self.box[rest, 0].argsort(kind="stable")].tolist():
            left, right = self.box[event].tolist()
            row = rows.room(left, right)
            rows.take(row, left, right)
            self.y[event] = (row + 0.5) * ROW
        return len(rows)

    def _spot(self, rows: Rows, event: int, room: float, height: int) -> tuple[int, float, float, bool] | None:
        """Return the upper row, the ends and the direction of the better place for a label beside its mark."""
        left, right = self.box[event].tolist()
        best, least = None, 0
        for start, end, leftward in ((left, right + room, False), (left - room, right, True)):
            # In view, a label stands wholly within the plot; out of view, wholly outside, so that no edge cuts it.
            anchor, far = (left + MARK / 2, start) if leftward else (right - MARK / 2, end)
            visible = 0 <= anchor <= self.plot_width
            within, outside = 0 <= far <= self.plot_width, max(anchor, far) < 0 or min(anchor, far) > self.plot_width
            if (visible and not within) or not (visible or outside) or (self.seen[event] and not visible):
                continue
            row = rows.room(start, end, height)
            cost = row + CROSSED * (self.line is not None and start < self.line < end)
            if best is None or cost < least:
                best, least = (row, start, end, leftward), cost
        return best

    def _sow(self, members: np.ndarray, first: int) -> int:
        """Put very many events into six rows by turns: linear, and still showing where they are dense."""
        column = pd.Series((self.x[members] // MARK).astype(int))
        turn = column.groupby(column, sort=False).cumcount().to_numpy() % 6
        self.y[members] = (first + turn + 0.5) * ROW
        return first + (int(turn.max()) + 1 if len(turn) else 0)

    def frame(self) -> list[dict[str, Any]]:
        """Return the lines between lanes and the names of the chapters above them."""
        first, last = self.opening.start, self.opening.end
        ends = _written(np.array([min(self.at.min(), first), max(self.at.max(), last)]))
        x: list[str | None] = []
        y: list[float | None] = []
        for top in [*self.tops, self.height]:
            x += [ends[0], ends[1], None]
            y += [top, top, None]
        lines = _trace(x, y, mode="lines", line={"color": style.GRID, "width": 1}, hoverinfo="skip", showlegend=False)
        names, starts, free = [], [], first
        for title, start, end in zip(*self.chapters, strict=True):
            start = max(start, first) if end >= first else start
            end = min(end + DAY, last) if start <= last else end
            start = max(start, free) if end > first else start
            space = (end - start) / MINUTE * self.opening.scale
            if space > text_width(title) - OVER:
                names.append(safe(title))
                starts.append(start)
                free = max(free, start + self.opening.time(text_width(title) + 6))
        if self.days <= 4:
            days = pd.unique(self.at[self.inside & ~self.events["timed"] & ~self.uncertain])
            names += ["hour not known"] * len(days)
            starts += list(days)
        header = _trace(
            _written(np.array(starts, dtype="M8[s]")),
            [-HEADER / 2] * len(names),
            mode="text",
            text=names,
            textposition="middle right",
            textfont={"color": style.MUTED, "size": TEXT},
            hoverinfo="skip",
            showlegend=False,
        )
        return [lines, header]

    def spans(self) -> list[dict[str, Any]]:
        """Return a bar for what lasted, and a whisker for what happened on an unknown day."""
        lasted, unsure, kind = self.lasted, self.uncertain, self._gl()
        traces = []
        if lasted.any():
            x, y = self._lines(self.at[lasted], self.until[lasted], self.y[lasted])
            line = {"color": "rgba(87,96,106,0.38)", "width": 7}
            texts = [value for text in self.texts[lasted] for value in (text, text, None)]
            hover = {"hovertext": texts, "hovertemplate": "%{hovertext}<extra></extra>"}
            traces.append(_trace(x, y, kind, mode="lines", line=line, name="how long it lasted", **hover))
        if unsure.any():
            at, until = self.at[unsure], self.until[unsure]
            x, y = self._lines(at - (until - at), until, self.y[unsure])
            traces.append(
                _trace(
                    x,
                    y,
                    kind,
                    mode="lines+markers",
                    line={"color": style.INK, "width": 1.5},
                    marker={"symbol": "line-ns-open", "size": 9, "color": style.INK, "line": {"width": 1.5}},
                    hoverinfo="skip",
                    name="day not known exactly",
                )
            )
        return traces

    def marks(self) -> list[dict[str, Any]]:
        """Return the marks, one trace for each colour."""
        values, names = _colours(self.known, self.events, self.color)
        # Of very many, Plotly reads milliseconds faster than text.
        x = self.at.astype("M8[ms]").astype(np.int64) if self.many else _written(self.at)
        size = np.array([0, *(SIZES[rank] for rank in (1, 2, 3))])[self.importance]
        traces = []
        for place, (value, name) in enumerate(names.items()):
            rows = np.flatnonzero(values == place)
            if not len(rows):
                continue
            look = _look(self.color, value, list(map(str, names)))
            hollow = _hollow(look.symbol)
            # An open symbol is drawn in its own colour, a filled one outlined in ink.
            colour = look.outline if "open" in look.symbol else look.colour
            unsure_here = self.uncertain[rows]
            mixed = unsure_here.any()
            marker = {
                "symbol": np.where(unsure_here, hollow, look.symbol) if mixed else look.symbol,
                "color": np.where(unsure_here, look.outline, colour) if mixed else colour,
                "size": size[rows],
                "line": {"color": look.outline, "width": 1},
                "opacity": 1,
            }
            traces.append(
                _trace(
                    x[rows],
                    self.y[rows],
                    self._gl(),
                    mode="markers",
                    marker=marker,
                    customdata=self.ids[rows],
                    hovertext=self.texts[rows],
                    hovertemplate="%{hovertext}<extra></extra>",
                    name=safe(name),
                    showlegend=self.color != self.lanes,
                )
            )
        return traces

    def labels(self, halo: bool) -> list[dict[str, Any]]:
        """Return the titles beside their marks, behind the bar where there is one."""
        if not self.text:
            return []
        rows = np.array(list(self.text))
        labels = list(self.text.values())
        leftward = np.array([label.leftward for label in labels])
        above = np.array([label.above for label in labels], dtype=float)
        at, until = self.at[rows], self.until[rows]
        start = np.where(self.uncertain[rows], at - (until - at), at)
        x = np.where(leftward, start, np.where(np.isnat(until), at, until))
        x = np.where(np.isnan(above), x, self.opening.start + self.opening.time(above))
        return [
            _trace(
                _written(x),
                np.array([label.y for label in labels]),
                mode="text",
                text=[label.text for label in labels],
                textposition=np.where(leftward, "middle left", "middle right").tolist(),
                textfont={"size": TEXT, "color": style.INK} | ({"shadow": HALO} if halo else {}),
                hoverinfo="skip",
                showlegend=False,
                name="titles",
            )
        ]

    def arcs(self, links: pd.DataFrame, selected: str | None) -> list[dict[str, Any]]:
        """Return the links as arcs with an arrow at the later event, dashed where only inferred.

        Beside the links of the chosen event the others step back.
        """
        if links.empty:
            return []
        place = self.known.events.index
        start, end = place.get_indexer(links["from_event"]), place.get_indexer(links["to_event"])
        minutes = self.at.astype("M8[m]").astype(np.int64)
        along = np.linspace(0, 1, 13)
        x0, x1, y0, y1 = minutes[start], minutes[end], self.y[start], self.y[end]
        rise = np.clip(np.abs(self.x[end] - self.x[start]) * 0.35 + 12, 12, 60)
        rise = np.minimum(rise, np.minimum(y0, y1) + HEADER - 6)  # none leaves the plot
        x = x0[:, None] + (x1 - x0)[:, None] * along
        y = y0[:, None] + (y1 - y0)[:, None] * along - 4 * rise[:, None] * along * (1 - along)
        inferred = (links["basis"] == "inferred").to_numpy()
        arrow = [0] * (len(along) - 1) + [9, 0]
        traces = []
        own = ((links["from_event"] == selected) | (links["to_event"] == selected)).to_numpy()
        groups = [
            (~inferred, "answer or other link", "solid", style.MUTED, 0.35 if own.any() else 0.75),
            (inferred, "link only inferred", "dash", style.MUTED, 0.35 if own.any() else 0.75),
            (~inferred & own, "", "solid", style.INK, 1),
            (inferred & own, "", "dash", style.INK, 1),
        ]
        for rows, name, dash, colour, opacity in groups:
            if not rows.any():
                continue
            nothing = np.full((int(rows.sum()), 1), np.nan)
            days = np.hstack([x[rows], nothing]).ravel()
            written = _written(np.where(np.isnan(days), np.datetime64("NaT", "m"), np.nan_to_num(days).astype("M8[m]")))
            traces.append(
                _trace(
                    [None if missing else value for value, missing in zip(written, np.isnan(days), strict=True)],
                    np.hstack([y[rows], y[rows, -1:]]).ravel(),  # no NaN: with one in it, Plotly writes a figure twice
                    mode="lines+markers",
                    line={"color": colour, "width": 1.2, "dash": dash},
                    marker={
                        "symbol": "arrow",
                        "angleref": "previous",
                        "size": arrow * int(rows.sum()),
                        "color": colour,
                        "line": {"width": 0},
                    },
                    opacity=opacity,
                    hoverinfo="skip",
                    name=name,
                    showlegend=bool(name),
                )
            )
        middle = len(along) // 2
        traces.append(
            _trace(
                _written(x[:, middle].astype("M8[m]")),
                y[:, middle],
                mode="markers",
                marker={"size": 5, "color": style.MUTED, "opacity": 0.75},
                hovertext=_link_texts(self.known, links),
                hovertemplate="%{hovertext}<extra></extra>",
                showlegend=False,
                name="links",
            )
        )
        return traces

    def ring(self, selected: str | None) -> list[dict[str, Any]]:
        """Return the ring around the chosen event."""
        if selected is None:
            return []
        row = self._chosen(selected)
        marker = {"symbol": "circle-open", "size": 17, "color": style.INK, "line": {"width": 2}}
        x, y = _written(self.at[row]), self.y[row]
        return [_trace(x, y, mode="markers", marker=marker, hoverinfo="skip", name="chosen event")]

    def known_line(self, day: pd.Timestamp | None) -> list[dict[str, Any]]:
        """Return the line at the end of the day as of which the record is seen."""
        if day is None:
            return []
        x = _written(np.array([day + ONE_DAY] * 2, dtype="M8[s]"))
        line = {"color": style.INK, "width": 2, "dash": "dot"}
        name = f"known by the end of {_date(day)}"
        return [_trace(x, [-HEADER, self.height], mode="lines", line=line, hoverinfo="skip", name=name)]

    def layout(self, title: str, traces: list[dict[str, Any]]) -> dict[str, Any]:
        """Return axes, bands and margins. All heights are pixels, and nothing may move the plot: labels rely on it."""
        keys = [trace["name"] for trace in traces if trace.get("showlegend", True) and trace.get("name")]
        middles = [top + height / 2 for top, height in zip(self.tops, self.heights, strict=True)]
        first, last = _written(np.array([self.opening.start, self.opening.end]))
        clock = f"Time at {zone(self.offset)}" if self.events["timed"].any() else "Local days"
        unknown = "; events of unknown hour stand at noon" if self.days <= 4 else ""
        # A title of the axis would touch labels of two lines on some widths; this text keeps its distance.
        words = [f"{clock}{unknown}.", "Larger mark = more important"]
        words = [" ".join(words)] if text_width(" ".join(words)) <= self.plot_width else words
        room = (len(words) - 1) * LINE
        below: dict[str, Any] = {"text": "<br>".join(words), "font": {"size": TEXT, "color": style.INK}}
        below |= {"xref": "paper", "x": 0.5, "yref": "paper", "y": 0, "yanchor": "top", "yshift": -49}
        plot = self.height + HEADER
        legend, bottom = _legend(keys, self.plot_width)
        bottom += room
        # At the top of its room, so that on a wide page, where it is lower, no gap parts it from the plot.
        legend |= {"yanchor": "top", "y": (bottom - ABOVE_LEGEND - room) / (TOP + plot + bottom)}
        xaxis: dict[str, Any] = {
            "type": "date",
            "range": [first, last],
            "tickformatstops": [
                {"dtickrange": [None, 43200000], "value": "%H:%M\n%a %-d %b %Y"},
                {"dtickrange": [43200000, "M1"], "value": "%a %-d\n%b %Y"},
                {"dtickrange": ["M1", "M3"], "value": "%a %-d %b\n%Y"},
                {"dtickrange": ["M3", None], "value": "%b\n%Y"},
            ],
            "nticks": max(4, self.plot_width // (54 if self.days < 60 else 44 if self.days < 250 else 62)),
            "tickangle": 0,
            "zeroline": False,
            "automargin": False,
            "tickfont": {"size": TEXT},
        }
        yaxis = {
            "range": [self.height, -HEADER],
            "tickvals": middles,
            "ticktext": ["<br>".join(map(safe, lines)) for lines in self.lane_labels],
            "showgrid": False,
            "zeroline": False,
            "fixedrange": True,
            "ticks": "",
            "automargin": False,
            "ticklabelstandoff": 6,  # a mark that half leaves the view does not touch the name of its lane
            "tickfont": {"size": TEXT},
        }
        return {
            "title": {
                "text": title,
                "automargin": False,
                "yref": "container",
                "y": 1 - 12 / (TOP + plot + bottom),
                "x": 0,
                "xref": "container",
                "pad": {"l": 12},
                "font": {"size": 17},
            },
            "height": TOP + plot + bottom,
            "margin": {"l": LEFT, "r": RIGHT, "t": TOP, "b": bottom, "autoexpand": False},
            "xaxis": xaxis,
            "yaxis": yaxis,
            "shapes": self._bands(),
            "annotations": [note | {"showarrow": False, "borderpad": 0} for note in (below, *self._nothing_here())],
            "legend": legend,
            "uirevision": "timeline",
        }

    def _nothing_here(self) -> list[dict[str, Any]]:
        """Say so where all events lie outside of the days on which the figure opens."""
        if self.seen.any():
            return []
        count = len(self.ids)
        text = (
            f"No event on these days. {_count(count, 'event')} {'lies' if count == 1 else 'lie'} outside: drag to see."
        )
        place = {"xref": "paper", "x": 0.5, "yref": "paper", "y": 0.5, "bgcolor": style.GROUND}
        return [place | {"text": "<br>".join(wrap_to(text, self.plot_width)), "font": {"size": 13, "color": style.INK}}]

    def _bands(self) -> list[dict[str, Any]]:
        _, start, end = self.chapters
        return [
            {
                "type": "rect",
                "layer": "below",
                "yref": "paper",
                "y0": 0,
                "y1": 1,
                "x0": first,
                "x1": last,
                "fillcolor": style.BAND if place % 2 else style.GROUND,
                "line": {"width": 0},
            }
            for place, (first, last) in enumerate(zip(_written(start), _written(end + DAY), strict=True))
            if place % 2
        ]

    def _gl(self) -> str:
        return "scattergl" if self.many else "scatter"

    @staticmethod
    def _lines(start: np.ndarray, end: np.ndarray, y: np.ndarray) -> tuple[list[Any], list[Any]]:
        x = [value for a, b in zip(_written(start), _written(end), strict=True) for value in (a, b, None)]
        return x, [value for level in y.tolist() for value in (level, level, None)]


def _clock(record: Chronicle) -> float:
    return common_clock(record.events)


def _columns(record: Chronicle) -> tuple[pd.Index, Columns]:
    """Return what the timeline needs of each event of a record."""
    events = record.events.join(told(record))
    words = ["title", "when", "side", "kind", "chapter", "place_id", "place_text"]
    days = ["at", "until", "date", "end_date"]
    columns = {name: events[name].to_numpy(dtype=object) for name in words}
    columns |= {name: events[name].to_numpy("M8[s]") for name in days}
    columns |= {name: events[name].to_numpy() for name in ("uncertain", "timed", "sources", "claims", "disagreeing")}
    columns["importance"] = events["importance"].astype(int).to_numpy()
    columns["event"] = events.index.to_numpy(dtype=object)
    return events.index, columns


def _events(chronicle: Chronicle) -> Columns:
    """Return what the timeline needs of each event of a view, picked from the record: pandas is slow with small tables."""
    index, columns = chronicle.derived(_columns)
    rows = index.get_indexer(chronicle.events.index)
    return {name: values[rows] for name, values in columns.items()}


def _opening(
    events: Columns,
    chapters: pd.DataFrame,
    window: tuple[pd.Timestamp, pd.Timestamp] | None,
    plot_width: int,
) -> _Opening:
    """Return the days of a few events; of many, the shortest run of chapters with four fifths of them, if it is short.

    What began before the days that a view was narrowed to, and lasted into them, does not widen them.
    """
    at, unsure = events["at"].astype("M8[D]"), events["uncertain"]
    if not len(at):
        start = end = np.datetime64("2020-01-01", "s")
    elif len(at) < WHOLE:
        first, last = events["date"], np.where(unsure, events["end_date"], at)
        if window is not None:  # a mark at the middle of its possible days stays in view
            begin, close = (day.to_datetime64() for day in window)
            first = np.where(unsure & (first < begin), np.minimum(at, begin), np.maximum(first, begin))
            last = np.where(unsure & (last > close), np.maximum(at, close), np.minimum(last, close))
        start, end = first.min(), max(first.max(), last.max())
    else:
        # What lasted may have begun long before the first day in view, and ended long after the last.
        brief = at[np.isnat(events["until"])]
        at = brief if len(brief) else at
        start, end = at.min(), at.max()
        chapters = chapters.sort_values("start")
        starts, ends, held = chapters["start"].to_numpy(), chapters["end"].to_numpy(), Counter(events["chapter"])
        counts = np.array([held[chapter] for chapter in chapters.index])
        runs = [
            (ends[to] - starts[since], starts[since], ends[to])
            for since in range(len(chapters))
            for to in range(since, len(chapters))
            if counts[since : to + 1].sum() >= 0.8 * counts.sum()
        ]
        if runs and 3 * min(runs)[0] < end - start:
            _, start, end = min(runs)
    days = (end - start) / DAY + 1
    margin = pd.Timedelta(hours=24 * min(days * 0.012, 20)) if days > 4 else pd.Timedelta(minutes=40)
    left, right = (
        moment.to_datetime64().astype("M8[s]") for moment in (_stamp(start) - margin, _stamp(end) + ONE_DAY + margin)
    )
    return _Opening(left, right, plot_width / ((right - left) / MINUTE))


def _lanes(chronicle: Chronicle, events: Columns, lanes: str) -> tuple[np.ndarray, dict[Any, list[str]]]:
    """Return the lane of each event, −1 for none, and the lines of each lane's name; those without events are left out."""
    if lanes == "place":
        busiest = list(chronicle.events["place_id"].value_counts().index[:MOST_PLACES])
        names = chronicle.places["name"].reindex(busiest)
        labels = {place: str(name) for place, name in names.fillna("").items()} | {"other": "Other places"}
        values = _placed(events["place_id"], labels)
        values[values < 0] = len(busiest)
    else:
        values, labels = _colours(chronicle, events, lanes)
    used = np.unique(values[values >= 0])
    keys = list(labels)
    lines = {keys[place]: wrap_to(labels[keys[place]], LEFT - 16)[:4] for place in used}
    return np.where(values < 0, -1, np.searchsorted(used, values)), lines


def _colours(chronicle: Chronicle, events: Columns, column: str) -> tuple[np.ndarray, dict[Any, str]]:
    """Return the place of each event's value among the names of a column's values, −1 for none, and these names."""
    names: dict[Any, str]
    if column == "side":
        names = {side: look.label for side, look in style.SIDES.items()}
        names |= {side: side for side in chronicle.events["side"].cat.categories if side not in names}
    elif column == "kind":
        kinds = chronicle.package.tables["events"]["kind"].meanings
        names = {kind: kind.replace("-", " ").capitalize() for kind in kinds}
    elif column == "chapter":
        names = chronicle.chapters["title"].to_dict()
    else:
        meanings = chronicle.package.tables["events"]["importance"].meanings
        names = {int(value): f"{value}: {meaning}" for value, meaning in meanings.items()}
    return _placed(events[column], names), names


def _placed(values: np.ndarray, names: Iterable[Any]) -> np.ndarray:
    places = {name: place for place, name in enumerate(names)}
    return np.array([places.get(value, -1) for value in values.tolist()], dtype=int)


def _look(column: str, value: Any, names: list[str]) -> style.Mark:
    """Return how a value looks; a side and a kind of event look the same in every figure."""
    if column in ("side", "kind"):
        return style.mark(value, names)
    return style.Mark(str(value), *style.spare(names.index(str(value))))


def _title(lines: tuple[str, ...], leftward: bool = False) -> str:
    return "<br>".join(f"{safe(line)}{SPACE}" if leftward else f"{SPACE}{safe(line)}" for line in lines)


def _hollow(symbol: str) -> str:
    """Return the symbol that is drawn as an outline only."""
    if "open" in symbol:
        return symbol
    return f"{symbol.removesuffix('-dot')}-open-dot" if symbol.endswith("-dot") else f"{symbol}-open"


def _links(chronicle: Chronicle, links: bool | str) -> pd.DataFrame:
    table, events = chronicle.links, chronicle.events
    if isinstance(links, str):
        table = table[table["kind"] == links]
    table = table[table["from_event"].isin(events.index) & table["to_event"].isin(events.index)]
    return days_between(table, events)


def _link_texts(chronicle: Chronicle, links: pd.DataFrame) -> list[str]:
    names, titles = chronicle.actors["name"], chronicle.events["title"]
    texts = []
    for link in links.itertuples():
        days = f"{link.days_low}" if link.days_low == link.days_high else f"{link.days_low} to {link.days_high}"
        basis = str(link.basis).replace("-", " ")
        if link.basis == "stated-by" and link.stated_by in names.index:
            basis = f"stated by {names[link.stated_by]}"
        elif link.basis == "inferred":
            basis = "inferred: our own reading"
        lines = [
            f"<b>{safe(str(link.kind).replace('-', ' '))}</b>, {days} {'day' if days == '1' else 'days'}",
            safe(basis),
            *map(safe, wrap_to(f"from: {titles[link.from_event]}", 420)),
            *map(safe, wrap_to(f"to: {titles[link.to_event]}", 420)),
        ]
        texts.append("<br>".join(lines))
    return texts


def _legend(names: list[str], width: int) -> tuple[dict[str, Any], int]:
    """Return the legend below the plot and the bottom margin that it needs at the narrowest width."""
    wide = [text_width(name) + 50 for name in names]
    # Plotly makes a legend no wider than the plot. What does not fit in one line stands in columns, as wide as the widest.
    columns = len(names) if sum(wide) <= width else max(1, int(width // max(wide)))
    lines = -(-len(names) // columns) if names else 0
    legend = {
        "orientation": "h",
        "yref": "container",
        "xref": "container",
        "xanchor": "left",
        "x": 0.01,
        "font": {"size": TEXT},
        "itemsizing": "trace",
        "itemclick": False,
        "itemdoubleclick": False,
    }
    return legend, ABOVE_LEGEND + 6 + lines * 20  # the ring of the chosen event is larger than a line


def _trace(x: Any, y: Any, kind: str = "scatter", **options: Any) -> dict[str, Any]:
    return {"type": kind, "x": x, "y": y, **options}


def _written(moments: np.ndarray) -> np.ndarray:
    """Write moments as text, which every front end and saved page reads alike."""
    return np.datetime_as_string(moments.astype("M8[m]"), unit="m").astype(object)


def _stamp(moment: np.datetime64) -> pd.Timestamp:
    return pd.Timestamp(moment)


def _date(day: pd.Timestamp) -> str:
    return f"{day.day} {day:%B %Y}"


def _count(count: int, noun: str) -> str:
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


def _table(scene: _Scene) -> pd.DataFrame:
    events = scene.events
    return pd.DataFrame(
        {
            "event": scene.ids,
            "when": events["when"],
            "title": scene.titles,
            "lane": np.array([*scene.lane_keys, np.nan], dtype=object)[scene.values],
            "side": events["side"],
            "kind": events["kind"],
            "chapter": events["chapter"],
            "importance": scene.importance,
            "place": events["place_text"],
            "sources": events["sources"],
            "claims": events["claims"],
            "disagreeing claims": events["disagreeing"],
        }
    )


def _sentences(scene: _Scene, links: pd.DataFrame) -> list[str]:
    dates, counts = np.unique(scene.events["date"], return_counts=True)
    first, last = _stamp(dates[0]), _stamp(dates[-1])
    days = f"on {_date(first)}" if first == last else f"from {_date(first)} to {_date(last)}"
    sentences = [f"{_count(len(scene.ids), 'event')} {days}, in {_count(len(scene.tops), 'lane')}{_opens(scene)}."]
    names = [" ".join(lines) for lines in scene.lane_labels]
    sizes = np.bincount(scene.values[scene.values >= 0], minlength=len(names))
    if len(names) > 1 and sizes.min() < sizes.max():
        most, fewest = (_lanes_of(names, sizes, int(size)) for size in (sizes.max(), sizes.min()))
        sentences.append(f"Most stand in {most}, fewest in {fewest}.")
    elif len(names) > 1:
        sentences.append(f"Each lane holds {_count(int(sizes[0]), 'event')}.")
    if counts.max() > 1 and len(counts) > 1:
        day = _stamp(dates[counts.argmax()])
        sentences.append(f"The busiest day is {day:%A} {_date(day)} with {_count(int(counts.max()), 'event')}.")
    lasted, unsure, timed = (int(which.sum()) for which in (scene.lasted, scene.uncertain, scene.events["timed"]))
    parts = [f"{lasted} lasted longer than a day"] if lasted else []
    parts += [f"{'of' if lasted else 'Of'} {unsure} the day is not known exactly"] if unsure else []
    unknown = f"{'no' if parts else 'No'} clock time is known"
    parts += [{0: unknown, 1: "1 has a clock time"}.get(timed, f"{timed} have a clock time")]
    sentences.append(f"{'; '.join(parts)}.")
    if len(links):
        inferred = int((links["basis"] == "inferred").sum())
        if len(links) == 1:
            sentences.append(f"1 link between them is drawn{', only inferred' if inferred else ''}.")
        else:
            sentences.append(
                f"{len(links):,} links between them are drawn, {inferred or 'none'} of them only inferred."
            )
    else:
        disagreeing = scene.events["disagreeing"]
        contested = int((disagreeing > 0).sum())
        if contested:
            event = disagreeing.argmax()
            where = f"“{scene.titles[event]}” ({_count(int(disagreeing[event]), 'claim')})"
            on = f"On 1 event sources disagree: {where}"
            on = on if contested == 1 else f"On {contested:,} events sources disagree, most on {where}"
            sentences.append(f"{on}.")
    return sentences


def _opens(scene: _Scene) -> str:
    """Say on which days the figure opens, if some events lie outside of them."""
    outside = int((~scene.inside).sum())
    if not outside:
        return ""
    start = _stamp(scene.opening.start).ceil("D")
    end = max(_stamp(scene.opening.end).floor("D") - ONE_DAY, start)
    days = _date(start) if start == end else f"{_date(start)} to {_date(end)}"
    return (
        f"; the figure opens on {days}, and {outside:,} {'lies' if outside == 1 else 'lie'} to the left or right of it"
    )


def _lanes_of(names: list[str], sizes: np.ndarray, size: int) -> str:
    """Name the lanes that hold so many events, or count them where they are more than two."""
    own = [name for name, other in zip(names, sizes, strict=True) if other == size]
    if len(own) > 2:
        return f"{len(own)} lanes ({size:,} each)"
    return f"the lane {own[0]} ({size:,})" if len(own) == 1 else f"the lanes {own[0]} and {own[1]} ({size:,} each)"


def _empty(title: str, chronicle: Chronicle) -> go.Figure:
    reason = "No event fits this selection."
    if chronicle.known_on is not None:
        reason = f"No event of this selection was known by the end of {_date(chronicle.known_on)}."
    layout = {
        "title": {"text": title},
        "height": 240,
        "xaxis": {"visible": False},
        "yaxis": {"visible": False},
        "annotations": [{"text": reason, "showarrow": False, "font": {"size": 15}, "xref": "paper", "yref": "paper"}],
    }
    return carry(Exhibit.of([], layout), [reason], pd.DataFrame({"event": [], "when": [], "title": []}))
