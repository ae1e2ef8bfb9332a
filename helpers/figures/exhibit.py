"""A figure that says what it shows: its words and its table travel with it, so that they can't part from the picture."""

from __future__ import annotations

from typing import Any

import pandas as pd
import plotly.graph_objects as go

from helpers.style import CONFIG


class Exhibit(go.Figure):
    """A Plotly figure whose toolbar is quiet wherever it is shown: no logo, no button that uploads it.

    Plotly takes these settings not from the figure but from each call that shows or writes it; here they are the default.
    Each call gets a copy, for Plotly takes entries out of it.
    """

    def show(self, *args: Any, **kwargs: Any) -> None:
        """Show the figure, as :meth:`plotly.graph_objects.Figure.show` does."""
        super().show(*args, **{"config": dict(CONFIG), **kwargs})

    def to_html(self, *args: Any, **kwargs: Any) -> str:
        """Return the figure as HTML, as :meth:`plotly.graph_objects.Figure.to_html` does."""
        return super().to_html(*args, **_quiet(args, kwargs))

    def write_html(self, file: Any, *args: Any, **kwargs: Any) -> None:
        """Write the figure as HTML, as :meth:`plotly.graph_objects.Figure.write_html` does."""
        super().write_html(file, *args, **_quiet(args, kwargs))

    def _ipython_display_(self) -> None:
        self.show()

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None, validate: bool = True, **kwargs: Any) -> Any:
        return super()._repr_mimebundle_(include, exclude, validate, **{"config": dict(CONFIG), **kwargs})


def carry(figure: go.Figure, sentences: list[str], table: pd.DataFrame) -> go.Figure:
    """Give a figure its text and its table, for :func:`describe` and :func:`as_table`; return the figure.

    Parameters
    ----------
    figure
        Any Plotly figure.
    sentences
        Two to five plain sentences that say what the figure shows: extremes, counts, range, what is unusual.
    table
        The rows behind the figure, columns named as a reader would.
    """
    dates = [name for name in table.columns if pd.api.types.is_datetime64_any_dtype(table[name])]
    columns = {}
    for name in table.columns:
        values = table[name].astype("str") if name in dates else table[name].astype(object)
        columns[str(name)] = [_plain(value) for value in values.where(table[name].notna(), None)]
    figure.update_layout(meta={"text": sentences, "table": columns, "dates": dates})
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


def _plain(value: Any) -> Any:
    if value is None or value is pd.NA or (isinstance(value, float) and value != value):
        return None
    if isinstance(value, tuple):
        return ", ".join(map(str, value))
    return value.item() if hasattr(value, "item") else value
