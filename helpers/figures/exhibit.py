"""A figure that says what it shows: its words and its table travel with it, so that they can't part from the picture."""

from __future__ import annotations

import json
import os
import re
import sys
from functools import cache
from pathlib import Path
from typing import Any, Self

import pandas as pd
import plotly.graph_objects as go

from helpers import style
from helpers.style import CONFIG

_MIME = "application/vnd.plotly.v1+json"


class Exhibit(go.Figure):
    """A Plotly figure whose toolbar is quiet wherever it is shown: no logo, no button that uploads it.

    Plotly takes these settings not from the figure but from each call that shows or writes it; here they are the default.
    Each call gets a copy, for Plotly takes entries out of it.
    """

    @classmethod
    def of(cls, traces: list[dict[str, Any]], layout: dict[str, Any]) -> Self:
        """Return a figure of parts that are right as they are.

        Plotly looks at each value of a figure, and at each key of its template, which takes longer than to find the
        values out. The tests have it do so. What is changed in the figure later it checks as ever.
        """
        figure = cls({"data": traces, "layout": {"template": _template(), **layout}}, _validate=False)
        for part in (figure, figure.layout, *figure.data):
            part._validate = True
        return figure

    def show(self, *args: Any, **kwargs: Any) -> None:
        """Show the figure, as :meth:`plotly.graph_objects.Figure.show` does."""
        super().show(*args, **{"config": dict(CONFIG), **kwargs})

    def to_html(self, *args: Any, **kwargs: Any) -> str:
        """Return the figure as HTML, as :meth:`plotly.graph_objects.Figure.to_html` does."""
        return self._titled(super().to_html(*args, **_quiet(args, kwargs)))

    def write_html(self, file: Any, *args: Any, **kwargs: Any) -> None:
        """Write the figure as HTML, as :meth:`plotly.graph_objects.Figure.write_html` does."""
        super().write_html(file, *args, **_quiet(args, kwargs))
        if isinstance(file, str | Path):
            page = Path(file)
            page.write_text(self._titled(page.read_text(encoding="utf-8")), encoding="utf-8")

    def _titled(self, page: str) -> str:
        """Give a whole page its language and title, which Plotly leaves out and a screen reader reads first."""
        title = re.sub(r"<[^>]*>", " ", self.layout.title.text or "A figure")
        return page.replace("<html>", '<html lang="en">', 1).replace("<head>", f"<head><title>{title}</title>", 1)

    def _ipython_display_(self) -> None:
        # Plotly's own way first loads a validator of notebooks, which takes longer than all else a lesson does. It is
        # for those who chose a renderer of Plotly's, and for Colab, which knows no figures.
        if os.environ.get("PLOTLY_RENDERER") or {"google.colab", "plotly.io._renderers"} & sys.modules.keys():
            self.show()
        else:
            from IPython.display import display

            display(self._repr_mimebundle_(), raw=True)  # type: ignore[no-untyped-call]  # IPython gives it no types

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None, validate: bool = True, **kwargs: Any) -> Any:
        figure = json.loads(self.to_json(validate=False))
        words = " ".join((figure["layout"].get("meta") or {}).get("text", [])) or "A figure."
        return {_MIME: {**figure, "config": dict(CONFIG)}, "text/plain": words}


def carry(figure: go.Figure, sentences: list[str], table: pd.DataFrame, narrowest: int = 480) -> go.Figure:
    """Give a figure its text and its table, for :func:`describe` and :func:`as_table`; return the figure.

    Parameters
    ----------
    figure
        Any Plotly figure.
    sentences
        Two to five plain sentences that say what the figure shows: extremes, counts, range, what is unusual.
    table
        The rows behind the figure, columns named as a reader would.
    narrowest
        So many pixels it needs; where the page has less, a live figure can be moved sideways.
    """
    dates = [name for name in table.columns if pd.api.types.is_datetime64_any_dtype(table[name])]
    columns = _Columns({str(name): _values(table[name]) for name in table.columns})
    figure.update_layout(meta={"text": sentences, "table": columns, "dates": dates, "narrowest": narrowest})
    return figure


def describe(figure: go.Figure) -> str:
    """Return what a figure shows, in two to five plain sentences.

    Raises
    ------
    ValueError
        If the figure was not made by these helpers.

    Examples
    --------
    >>> figure = carry(Exhibit(), ["Nothing is shown."], pd.DataFrame({"day": []}))
    >>> describe(figure)
    'Nothing is shown.'
    """
    return " ".join(_meta(figure)["text"])


def as_table(figure: go.Figure) -> pd.DataFrame:
    """Return the rows behind a figure.

    Raises
    ------
    ValueError
        If the figure was not made by these helpers.
    """
    meta = _meta(figure)
    table = pd.DataFrame(meta["table"])
    for name in meta["dates"]:
        table[name] = pd.to_datetime(table[name])
    return table


def _quiet(args: tuple[Any, ...], kwargs: dict[str, Any]) -> dict[str, Any]:
    # The settings are Plotly's first argument after the file; whoever gives them by place knows what they want.
    return kwargs if args else {"config": dict(CONFIG), **kwargs}


def _meta(figure: go.Figure) -> dict[str, Any]:
    meta = figure.layout.meta
    if not isinstance(meta, dict) or "text" not in meta:
        raise ValueError("this figure carries no text and table; only figures made by the helpers do")
    return meta


class _Columns(dict[str, list[Any]]):
    """The rows behind a figure. Nobody changes them, so Plotly, which copies a figure's parts often, need not copy them."""

    def __deepcopy__(self, memo: dict[int, Any]) -> Self:
        return self


@cache
def _template() -> dict[str, Any]:
    return dict(style.template().to_plotly_json())


def _values(column: pd.Series) -> list[Any]:
    """Return a column as a list of what JSON knows."""
    if pd.api.types.is_datetime64_any_dtype(column):
        column = column.astype("str").where(column.notna(), None)
    elif pd.api.types.is_numeric_dtype(column) and not pd.api.types.is_extension_array_dtype(column):
        return [None if value != value else value for value in column.tolist()]
    values = column.astype(object)
    return [value if type(value) is str else _plain(value) for value in values.tolist()]


def _plain(value: Any) -> Any:
    if value is None or value is pd.NA or (isinstance(value, float) and value != value):
        return None
    if isinstance(value, tuple):
        return ", ".join(map(str, value))
    return value.item() if hasattr(value, "item") else value
