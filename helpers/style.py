"""The one look of all figures: a colour and a symbol for each side, the Plotly template, the settings of its toolbar.

The hues are Okabe and Ito's (https://jfly.uni-koeln.de/color/), which people with the common colour-vision deficiencies
can tell apart, darkened where they must carry text; every colour is doubled by a symbol.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from html import escape

import plotly.graph_objects as go

INK = "#1b1f24"
MUTED = "#57606a"
GRID = "rgba(27, 31, 36, 0.11)"  # not grey: a dashed line below a grid line stays dark
GROUND = "#ffffff"
BAND = "#f5f6f8"
FONT = "system-ui, -apple-system, 'Segoe UI', 'Noto Sans', 'Noto Sans Arabic', Arial, sans-serif"


@dataclass(frozen=True, slots=True)
class Mark:
    """How a side or a kind looks: label, fill, outline, Plotly symbol."""

    label: str
    colour: str
    symbol: str
    outline: str = INK


SIDES: dict[str, Mark] = {
    "us-led": Mark("US and allies", "#0072B2", "circle"),
    "iran": Mark("Iran", "#D55E00", "square"),
    "iran-aligned": Mark("Iran-aligned armed groups", "#E69F00", "diamond"),
    "contested": Mark("Iraqi state or Iran-aligned (contested)", "#CC79A7", "hexagon"),
    "iraqi-state": Mark("Iraqi state", "#009E73", "triangle-up"),
    "iraqi-political": Mark("Iraqi politics and society", "#56B4E9", "triangle-down"),
    "third-party": Mark("Other states", "#666666", "cross"),
    "igo": Mark("International organisations", "#4B3B8F", "star"),
    "jihadist": Mark("Islamic State", "#1b1f24", "x"),
    "observer": Mark("Media and monitors", "#B8B8B8", "pentagon"),
    "not-established": Mark("Not established who", "#FFFFFF", "circle-dot"),
    "no-actor": Mark("Nobody in particular", "#D9D9D9", "bowtie"),
}
"""Side → mark, in the order in which lanes and legends show them."""

CRIMSON, VIOLET, BROWN, OLIVE = "#AA2255", "#9977DD", "#664411", "#999933"
PLUM, YELLOW, ROSE = "#770066", "#F0E442", "#CC6666"
SPARE = (CRIMSON, VIOLET, BROWN, OLIVE, PLUM, YELLOW, ROSE)
"""The colours of all that is no side. None of them is a side's: who learnt that blue is the US is not misled."""
SPARE_SYMBOLS = ("circle", "square", "triangle-up", "hexagon", "diamond", "triangle-down", "cross", "star")
"""Seven colours and eight symbols, counted on together, make 56 pairs before one comes again."""

_KINDS = {
    CRIMSON: {"rocket-attack": "triangle-up", "missile-strike": "diamond-tall"},
    BROWN: {"airstrike": "triangle-down", "targeted-killing": "pentagon"},
    PLUM: {"embassy-attack": "square", "protest": "star"},
    OLIVE: {"troop-movement": "triangle-right", "naval": "diamond-wide", "aviation": "cross"},
    YELLOW: {"diplomacy": "diamond", "statement": "circle"},
    VIOLET: {"politics": "hexagram", "legislation": "pentagon", "sanction": "x", "legal": "hourglass"},
    ROSE: {"health": "triangle-left", "economy": "bowtie", "cyber": "star-square", "other": "hexagon"},
}
KINDS: dict[str, Mark] = {
    kind: Mark(kind.replace("-", " ").capitalize(), colour, symbol)
    for colour, kinds in _KINDS.items()
    for kind, symbol in kinds.items()
}
"""Kind of event → mark, the same in every figure. Kinds near in meaning share a colour; each has its own symbol in it."""

CONFIG = {
    "displaylogo": False,
    "showSendToCloud": False,  # plotly.js 4 shows a button that uploads the figure to a company's cloud unless told not to
    "plotlyServerURL": "",
    "responsive": True,
    "scrollZoom": False,
    "modeBarButtonsToRemove": ["select2d", "lasso2d", "autoScale2d", "sendChartToCloud"],
}
"""The settings of every figure, live or not."""

NARROWEST = 590
"""What JupyterLab leaves a figure of a page of 700 pixels: the narrowest width at which nothing may collide."""


def safe(text: object) -> str:
    """Return a text of the record fit for a figure: Plotly takes < and & for markup, but shows an escaped quote as it is.

    >>> safe('<b>"Wait"</b>')
    '&lt;b&gt;"Wait"&lt;/b&gt;'
    """
    return escape(str(text), quote=False)


def mark(value: str, among: list[str] | None = None) -> Mark:
    """Return how a value looks: a side or a kind of event its own mark, anything else one by its place among the values.

    Parameters
    ----------
    value
        A side, a kind of event, or a value of another column.
    among
        All values of that column, in order.

    Examples
    --------
    >>> mark("iran").symbol, mark("rocket-attack").symbol
    ('square', 'triangle-up')
    """
    if value in SIDES:
        return SIDES[value]
    if value in KINDS:
        return KINDS[value]
    return Mark(value.replace("-", " ").capitalize(), *spare((among or [value]).index(value)))


def spare(place: int) -> tuple[str, str]:
    """Return the colour and the symbol of the value at a place, for values that are neither sides nor kinds of events.

    >>> spare(0), spare(7)
    (('#AA2255', 'circle'), ('#AA2255', 'star'))
    """
    pairs = _spare()
    return pairs[place % len(pairs)]


@cache
def _spare() -> list[tuple[str, str]]:
    # A kind of event that another record adds must not look like one that is known.
    taken = {(mark.colour, mark.symbol) for mark in KINDS.values()}
    counts = range(len(SPARE) * len(SPARE_SYMBOLS))
    pairs = [(SPARE[n % len(SPARE)], SPARE_SYMBOLS[n % len(SPARE_SYMBOLS)]) for n in counts]
    return [pair for pair in pairs if pair not in taken]


@cache
def template() -> go.layout.Template:
    """Return the Plotly template: white ground, quiet grid, generous margins, one type scale. Don't change it."""
    axis = dict(
        gridcolor=GRID,
        linecolor=GRID,
        zerolinecolor=GRID,
        ticks="outside",
        tickcolor=GRID,
        title_font_size=13,
        automargin=True,
    )
    return go.layout.Template(
        layout=go.Layout(
            font=dict(family=FONT, size=13, color=INK),
            title=dict(
                font=dict(size=18, color=INK), x=0, xref="paper", xanchor="left", y=0.98, yanchor="top", automargin=True
            ),
            paper_bgcolor=GROUND,
            plot_bgcolor=GROUND,
            margin=dict(l=24, r=24, t=64, b=48),
            xaxis=axis,
            yaxis=dict(axis, ticklabeloverflow="allow"),  # none leaves the figure, and to look takes Plotly long
            hoverlabel=dict(
                bgcolor=GROUND, bordercolor=MUTED, font=dict(family=FONT, size=13, color=INK), align="left"
            ),
            legend=dict(orientation="h", yanchor="bottom", y=1.0, xanchor="left", x=0, font_size=12, title_text=""),
            hovermode="closest",
            dragmode="pan",
            modebar=dict(orientation="h", bgcolor="rgba(0,0,0,0)", color=MUTED, activecolor=INK),
            colorway=list(SPARE),
        )
    )
