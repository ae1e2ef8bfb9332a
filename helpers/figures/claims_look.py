"""How claims look and read in every figure: status, legend, dates, words broken into lines, the empty figure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from html import escape
from textwrap import wrap
from typing import Any

import pandas as pd
import plotly.graph_objects as go

from helpers import style
from helpers.figures.exhibit import Exhibit, carry

NARROW = style.NARROWEST - 48
"""The width in pixels of the drawing on the narrowest page, for which labels and marks are placed."""
LETTERS = 80
"""How many letters of small text fit in a line there."""
PIXELS_A_LETTER = 6.8
STATUS = ("confirmed", "claimed", "disputed", "denied", "revised", "retracted")
CROSSED = ("retracted",)
"""What is struck out: only what its own author took back. A denial is somebody's word like any other, and what others
deny is not disproved by that; both stand as open signs, as does all that is disputed."""
OTHERS = "Unnamed, experts, documents"
BELOW_TITLE = 18
"""The pixels of a line below the title."""
MARK = 12
"""The size of a mark in pixels."""
Sign = tuple[str, str, str, float]
"""How an entry of a legend looks: its symbol, fill, outline, and the width of the outline."""


def status_look(status: str, mark: style.Mark) -> tuple[str, str, float]:
    """Return fill, outline and its width: full if said or confirmed, white if disputed or denied, pale if replaced."""
    if status == "confirmed":
        return mark.colour, style.INK, 2.5
    if status in ("disputed", "denied"):
        return style.GROUND, strong(mark.colour), 2.5 if status == "disputed" else 1.2
    if status in ("revised", "retracted"):
        return mixed(mark.colour, style.GROUND, 0.35), style.MUTED, 1.0
    return mark.colour, style.INK, 1.0


def markers(claims: Sequence[tuple[str, str]]) -> dict[str, Any]:
    """Return Plotly's marker for claims, each a side, which gives the symbol, and a status, which gives the fill."""
    marks = [style.mark(side) for side, _ in claims]
    looks = [status_look(status, mark) for (_, status), mark in zip(claims, marks, strict=True)]
    outline = dict(color=[look[1] for look in looks], width=[look[2] for look in looks])
    symbols = [mark.symbol for mark in marks]
    return dict(symbol=symbols, size=MARK, color=[look[0] for look in looks], opacity=1, line=outline)


def cross() -> dict[str, Any]:
    """Return Plotly's marker for the cross over what was denied or withdrawn."""
    return dict(symbol="x-thin", size=15, line=dict(color=style.INK, width=2))


def ring(x: Any, y: float, xaxis: str, yaxis: str) -> dict[str, Any]:
    """Return the ring around the chosen claim. A shape, for Plotly draws one more of them without drawing the rest anew."""
    size = dict(xsizemode="pixel", ysizemode="pixel", xanchor=x, yanchor=y, x0=-12, x1=12, y0=-12, y1=12)
    return dict(type="circle", xref=xaxis, yref=yaxis, **size, line=dict(color=style.INK, width=2.5))


def legend_traces(sides: Collection[str], statuses: Iterable[str], *, open_ends: bool) -> list[dict[str, Any]]:
    """Return the entries of the legend as empty traces: sides, then statuses, then open ends."""
    looks: dict[str, Sign] = {}
    for side in (side for side in style.SIDES if side in sides):
        mark = style.mark(side)
        looks[side_label(side)] = (mark.symbol, mark.colour, style.INK, 1.0)
    looks |= status_signs(statuses)
    if open_ends:
        looks["at least, or up to"] = ("triangle-up", style.INK, style.INK, 1.0)
    return signs(looks)


def status_signs(statuses: Iterable[str], names: Mapping[str, str] | None = None) -> dict[str, Sign]:
    """Return the sign of each status present by its name in the legend; those that look alike share an entry."""
    present = set(statuses)
    alike: dict[Sign, list[str]] = {}
    for status in (status for status in STATUS if status in present):
        fill, outline, width = status_look(status, style.Mark("", style.MUTED, "circle"))
        crossed = status in CROSSED
        sign = ("circle-x" if crossed else "circle", fill, style.INK if crossed else outline, width)
        alike.setdefault(sign, []).append(names[status] if names else status)
    return {"; ".join(together): sign for sign, together in alike.items()}


def signs(looks: Mapping[str, Sign]) -> list[dict[str, Any]]:
    """Return the entries of a legend as empty traces."""
    traces = []
    for text, (symbol, fill, outline, width) in looks.items():
        sign = dict(symbol=symbol, size=MARK, color=fill, opacity=1, line=dict(color=outline, width=width))
        traces.append(
            dict(type="scatter", x=[None], y=[None], mode="markers", name=text, marker=sign, hoverinfo="skip")
        )
    return traces


def legend_height(traces: list[dict[str, Any]]) -> int:
    """Return the pixels that a legend takes on the narrowest page; its columns are as wide as its longest text."""
    widest = max((PIXELS_A_LETTER * len(trace["name"]) + 46 for trace in traces), default=1.0)
    in_a_row = max(1, int(NARROW // widest))
    return 20 * -(-len(traces) // in_a_row)


def legend() -> dict[str, Any]:
    """Return the place of a legend: below everything, at the left."""
    return dict(
        orientation="h",
        yref="container",
        y=0,
        yanchor="bottom",
        xref="paper",
        x=0,
        xanchor="left",
        font=dict(size=12),
        itemclick=False,
        itemdoubleclick=False,
    )


def layout(
    heading: str, below: Sequence[str], *, drawing: float, top: float, bottom: float, key: float = 0
) -> dict[str, Any]:
    """Return the layout of a figure: its title, the lines below it, its height and margins.

    ``drawing`` pixels are left for the drawing; ``top`` and ``bottom`` are the pixels that axes and panel titles need
    above and below it, ``key`` those of a legend at the very bottom.
    """
    lines = escaped(wrap(heading, 66))
    head = 12 + 34 * len(lines) + BELOW_TITLE * len(below)
    height, bottom = drawing + head + top + bottom + key, bottom + key
    return dict(
        template=style.template(),
        title=dict(
            text="<br>".join(lines),
            subtitle=dict(text="<br>".join(escaped(below)), font=dict(size=13, color=style.MUTED)),
            automargin=False,
            xref="container",
            x=0,
            yref="container",
            y=1,
            yanchor="top",
            pad=dict(t=4 + 10 * len(lines), l=24),
        ),
        height=height,
        margin=dict(l=24, r=24, t=head + top, b=bottom),
        hovermode="closest",
        # At the top of its room, so that on a wide page, where it is lower, no gap parts it from what stands above.
        legend=legend() | (dict(y=key / height, yanchor="top") if key else {}),
    )


def nothing(heading: str, why: str) -> go.Figure:
    """Return the figure of an empty selection, which says why it is empty."""
    note = text_at(
        "<br>".join(escaped(wrapped(why, 80))), x=0.5, y=0.5, yref="paper", xanchor="center", yanchor="middle"
    )
    hidden = dict(visible=False)
    space = layout(heading, [], drawing=120, top=0, bottom=24)
    figure = Exhibit.of([], {**space, "annotations": [note], "xaxis": hidden, "yaxis": hidden})
    return carry(figure, [f"{heading}. {why}"], pd.DataFrame({"claim": []}))


def text_at(text: str, **place: Any) -> dict[str, Any]:
    """Return a text (Plotly's markup in it is obeyed) at a place, as an annotation without an arrow."""
    look = dict(text=text, showarrow=False, align="left", borderpad=0, font=dict(size=13, color=style.INK))
    return {**look, "xref": "paper", "xanchor": "left", "yanchor": "top", **place}


def table_of(claims: pd.DataFrame) -> pd.DataFrame:
    """Return the rows behind a figure on claims, columns named as a reader would."""
    names = {
        "claim_id": "claim",
        "field": "field",
        "counted": "counted",
        "claimant": "claimant",
        "side": "side",
        "value": "said",
        "low": "low",
        "high": "high",
        "unit": "unit",
        "reported_on": "reported",
        "reported_on_until": "reported until",
        "status": "status",
        "origin": "origin",
        "publisher": "publisher",
        "via": "via",
        "url": "url",
    }
    return claims.reset_index()[list(names)].rename(columns=names)


def judged(statuses: Iterable[object], known_on: pd.Timestamp | None) -> list[str]:
    """Say how claims were judged, or why they weren't."""
    if known_on is not None:
        return [f"As of {day_words(known_on)} no claim has been judged yet, so no status is shown."]
    counts = Counter(status for status in statuses if isinstance(status, str))
    texts = [f"{count} {status}" for status, count in counts.most_common()]
    return [f"Judged later: {', '.join(texts)}."] if texts else []


def side_label(side: str) -> str:
    """Return the name of a claimant's side."""
    return OTHERS if side == "not-established" else style.mark(side).label


def field_title(field: str) -> str:
    """Return a field's name as a heading.

    >>> field_title("rockets-fired")
    'Rockets fired'
    """
    return "Brain injuries" if field == "tbi" else first_upper(field.replace("-", " "))


def first_upper(text: str) -> str:
    """Return the text with its first letter as a capital and the others as they are."""
    return text[:1].upper() + text[1:]


def plural(count: int, noun: str) -> str:
    """Write a count with its noun.

    >>> plural(1, "claim"), plural(1200, "claim")
    ('1 claim', '1,200 claims')
    """
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


def day_words(day: pd.Timestamp) -> str:
    """Write a day as prose does.

    >>> day_words(pd.Timestamp("2020-01-08"))
    '8 January 2020'
    """
    return f"{day.day} {day:%B %Y}"


def date_words(first: pd.Timestamp, last: pd.Timestamp) -> str:
    """Write the day of a report, or what is known of it.

    >>> date_words(pd.Timestamp("2020-03-01"), pd.Timestamp("2020-03-31"))
    'March 2020, day not known'
    """
    if pd.isna(first):
        return "without a date"
    if first == last:
        return day_words(first)
    return f"{first:%B %Y}, day not known" if (last - first).days < 32 else f"{first:%Y}, day not known"


def short_date(first: pd.Timestamp, last: pd.Timestamp) -> str:
    """Write the day of a report for an axis.

    >>> short_date(pd.Timestamp("2020-01-08"), pd.Timestamp("2020-01-08"))
    '8 Jan 2020'
    """
    if pd.isna(first):
        return "no date"
    if first == last:
        return f"{first.day} {first:%b %Y}"
    return f"{first:%b %Y}" if (last - first).days < 32 else f"{first:%Y}"


def wrapped(text: str, width: int) -> list[str]:
    """Break a text into lines of at most so many letters, one line at least."""
    return wrap(text, width) or [""]


def escaped(lines: Sequence[str]) -> list[str]:
    """Return lines in which Plotly finds no markup; quotation marks stay, as it does not know their entity."""
    return [escape(line, quote=False) for line in lines]


def broken(text: str, width: int = 60) -> str:
    """Return a text for a hover box: in lines, without markup."""
    return "<br>".join(escaped(wrapped(text, width)))


def strong(colour: str) -> str:
    """Return the colour, darkened as far as a line needs to stand out from white (3 : 1, WCAG 2.1, 1.4.11).

    >>> strong("#0072B2"), strong("#E69F00")
    ('#0072B2', '#bd8507')
    """
    share, darker = 0.0, colour
    while luminance(darker) > 0.3 and share < 1:
        share += 0.1
        darker = mixed(style.INK, colour, share)
    return darker


def mixed(one: str, other: str, share: float) -> str:
    """Mix two colours, ``share`` of the first."""
    parts = [round(share * a + (1 - share) * b) for a, b in zip(_rgb(one), _rgb(other), strict=True)]
    return "#" + "".join(f"{value:02x}" for value in parts)


def luminance(colour: str) -> float:
    """Return the relative luminance of a colour (WCAG 2.1), from 0 for black to 1 for white."""
    red, green, blue = (v / 255 / 12.92 if v <= 10 else ((v / 255 + 0.055) / 1.055) ** 2.4 for v in _rgb(colour))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _rgb(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)
