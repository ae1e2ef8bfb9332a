"""What a figure says, in words and as a table. Both travel with the figure, so that they can't part from the picture."""

from __future__ import annotations

from typing import Any

import pandas as pd
import plotly.graph_objects as go
import plotly.io as pio

from helpers.style import CONFIG


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
    >>> figure = carry(go.Figure(), ["Nothing is shown."], pd.DataFrame({"day": []}))
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


def quiet() -> None:
    """Set the toolbar of plain figures for the whole session: no logo, no upload button."""
    for name in ("plotly_mimetype", "notebook", "notebook_connected", "browser", "iframe"):
        renderer: Any = pio.renderers[name]
        renderer.config = {**(renderer.config or {}), **CONFIG}


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
