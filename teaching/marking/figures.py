"""The figures that students made, on a page for the teacher: drawn anew from their data, with one plotly.js beside it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from teaching.marking.safe_html import shown
from teaching.marking.sources import grade_id, key_of, marking

FIGURE = "application/vnd.plotly.v1+json"
SCRIPT = "plotly.min.js"
_MOST, _WEIGHT = 12, 3_000_000


def figures_of(notebook: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Return the figures in a run notebook, but not those of cells that are the same for all: where, and their JSON."""
    found = []
    for cell in notebook.get("cells", ()):
        known = marking(cell)
        if known and not known.get("solution") and not known.get("grade"):
            continue
        for figure in _in(cell):
            text = json.dumps({"data": figure.get("data", []), "layout": figure.get("layout", {})})
            if len(text) <= _WEIGHT:
                found.append((key_of(grade_id(cell)) if known else "a cell of their own", text))
    return found[:_MOST]


def _in(cell: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    outputs = cell.get("outputs")
    for output in outputs if isinstance(outputs, list) else ():
        data = output.get("data") if isinstance(output, Mapping) else None
        figure = data.get(FIGURE) if isinstance(data, Mapping) else None
        if isinstance(figure, Mapping):
            yield figure


def figures_page(name: str, figures: list[tuple[str, str]]) -> str:
    """Return a page with figures; it loads nothing but ``plotly.min.js`` beside it."""
    policy = (
        "default-src 'none'; script-src 'self' file: 'unsafe-inline' 'unsafe-eval'; style-src 'unsafe-inline'; "
        "img-src data: blob:"
    )
    style = "body { font: 16px/1.5 system-ui, sans-serif; margin: 1.5rem; }"
    parts = []
    for number, (where, text) in enumerate(figures, start=1):
        harmless = text.replace("<", "\\u003c").replace("\u2028", " ").replace("\u2029", " ")
        parts.append(
            f'<h2>{number}. From {shown(where)}</h2>\n<div id="figure-{number}"></div>\n'
            f'<script>draw("figure-{number}", {harmless});</script>'
        )
    draw = "const draw = (id, it) => Plotly.newPlot(id, it.data, it.layout, {displaylogo: false, responsive: true});"
    return (
        '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">\n'
        f"<title>Figures of {shown(name)}</title>\n<style>{style}</style>\n"
        f'<script src="{SCRIPT}"></script>\n<script>{draw}</script>\n</head>\n<body><main>\n<h1>Figures of {shown(name)}</h1>\n'
        + "\n".join(parts)
        + "\n</main></body></html>\n"
    )
