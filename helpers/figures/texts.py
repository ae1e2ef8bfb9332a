"""Texts inside a plot, as one trace. Plotly draws each annotation twice whenever it draws a figure, a trace only once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from helpers import style

SIZE = 12
HALO = ", ".join(f"{x}px {y}px 1px #fff" for x, y in ((1, 1), (-1, 1), (1, -1), (-1, -1), (2, 0), (-2, 0)))
"""A white edge, so that lines that pass behind a text leave it readable."""


@dataclass(frozen=True, slots=True)
class Text:
    """A text beside a point: Plotly's markup in it is obeyed.

    ``place`` is Plotly's ``textposition``, such as ``"middle right"``; ``away`` are the pixels between point and text.
    """

    x: Any
    y: Any
    text: str
    place: str = "middle center"
    away: float = 0.0
    colour: str = style.INK


def texts(rows: Sequence[Text], *, halo: bool = False, **look: Any) -> list[dict[str, Any]]:
    """Return the trace of texts, or nothing if there are none.

    Plotly keeps a text as far from its point as the marker of the point is large, 1.25 times its radius and one pixel
    more; so each text gets a marker that nobody sees.

    Parameters
    ----------
    rows
        The texts.
    halo
        Whether each gets a white edge.
    look
        What else the trace is given, such as its axes.

    Examples
    --------
    >>> texts([Text(1, 2, "Erbil", "middle right", away=9)])[0]["marker"]["size"]
    [12.8]
    """
    if not rows:
        return []
    return [
        dict(
            type="scatter",
            mode="markers+text" if any(row.away > 1 for row in rows) else "text",
            x=[row.x for row in rows],
            y=[row.y for row in rows],
            text=[row.text for row in rows],
            textposition=[row.place for row in rows],
            textfont=dict(size=SIZE, color=_one([row.colour for row in rows]), **({"shadow": HALO} if halo else {})),
            marker=dict(size=[round(max(0.0, 1.6 * (row.away - 1)), 2) for row in rows], opacity=0, color=style.INK),
            hoverinfo="skip",
            showlegend=False,
            **look,
        )
    ]


def _one(values: list[str]) -> str | list[str]:
    return values[0] if len(set(values)) == 1 else values
