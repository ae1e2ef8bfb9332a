"""The ledger: what was said about an event, in words, one row a claim."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Hashable, Iterable
from dataclasses import dataclass, field
from itertools import groupby, pairwise
from typing import Any

import pandas as pd
import plotly.graph_objects as go

from helpers import style
from helpers.chronicle import Chronicle, check
from helpers.claims import claims_of, independence, joined, said
from helpers.figures.claims_look import (
    CROSSED,
    broken,
    cross,
    date_words,
    day_words,
    escaped,
    field_title,
    judged,
    layout,
    legend_height,
    legend_traces,
    markers,
    nothing,
    plural,
    ring,
    short_date,
    side_label,
    signs,
    status_signs,
    strong,
    table_of,
    text_at,
)
from helpers.figures.exhibit import Exhibit, carry
from helpers.packing import TEXT, wrap_to

LANES = (0.25, 0.45)
"""The part of the width that the lanes of days take; the claimants stand at their left, the words at their right."""
LINE = 17
"""The height of a line of text in pixels."""
BETWEEN = 0.015
"""The part of the width that keeps the words off the lanes."""
WIDTH = style.NARROWEST - 48
"""The pixels of the narrowest page that margins leave."""
NAMES, WORDS = LANES[0] * WIDTH, (1 - LANES[1] - BETWEEN) * WIDTH
"""The pixels that the claimants and the words take there."""
LARGE = 13
"""The size of the claimants and the words; that of the lines below them is the common one of small text."""

DENIAL = "denied-responsibility"
MEANINGS = {
    "confirmed": "confirmed by others",
    "claimed": "one party's word",
    "disputed": "disputed by others",
    "denied": "a denial, or denied by others",
    "revised": "later replaced by its author",
    "retracted": "later withdrawn by its author",
}
"""What the legend calls each status. The record has one word for a denial and for what was denied."""


def ledger(
    chronicle: Chronicle,
    *,
    event: str,
    field: str | Iterable[str] | None = None,
    selected: str | None = None,
) -> go.Figure:
    """List what was said about an event, in words: figures, wording and attributions alike.

    One row a claim, under the heading of its field: the claimant, a mark at the day of the report (the days stand in
    their order, not to scale), the claim in words, and below it its status, what it counts, what the claimant had said
    before, and the page. A line joins the rows of one claimant. A full sign stands for a claim that is confirmed or that
    nobody contradicts, an open one for a claim that is disputed or denied and for a denial; only what its own author
    withdrew is crossed out.

    Parameters
    ----------
    chronicle
        The record or a view of it. A view as of a day holds no status.
    event
        Key of an event.
    field
        One field or several; without it, all.
    selected
        Key of a claim to be ringed.

    Returns
    -------
    plotly.graph_objects.Figure
        It carries its text and its table.

    Raises
    ------
    ValueError
        If the event, a field or the claim is not in the record; it names the nearest that is.

    Examples
    --------
    >>> from helpers import load
    >>> from helpers.figures.exhibit import as_table
    >>> len(as_table(ledger(load(), event="2020-01-06-seely-letter", field="content")))
    7
    """
    heading = f"Ledger: {chronicle.event(event)['title']}"
    claims = claims_of(chronicle, event)
    if field is not None:
        fields = [field] if isinstance(field, str) else list(field)
        for one in fields:
            check("field", one, chronicle.claims["field"].cat.categories)
        claims = claims[claims["field"].isin(fields)]
    if selected is not None:
        check("claim", selected, claims.index)
    if claims.empty:
        return nothing(heading, "No claim on this event is in this view.")
    return drawn_in_words(chronicle, claims, heading, selected)


def drawn_in_words(chronicle: Chronicle, claims: pd.DataFrame, heading: str, selected: str | None) -> go.Figure:
    """Draw claims (rows of :func:`helpers.claims.claims_of`, at least one) as a ledger."""
    claims = _in_order(claims)
    page = _Page()
    several = claims["field"].nunique() > 1
    for name, of_field in groupby(claims.itertuples(), key=lambda row: row.field):
        rows = list(of_field)
        if several:
            page.heading(str(name), len(rows))
        before = _said_before(rows)
        for _, own in groupby(rows, key=lambda row: row.who):
            page.claimant(list(own), before)
    claims = claims.assign(y=pd.Series(page.places))
    by_day = claims.sort_values(["reported_on", "reported_on_until"], na_position="last", kind="stable")
    columns = list(dict.fromkeys(by_day["column"]))
    claims["x"] = claims["column"].map(columns.index)
    legend = [
        *legend_traces(set(claims["side"]), (), open_ends=False),
        *signs(status_signs(claims["status_word"], MEANINGS)),
    ]
    below = ["Days of the reports stand in their order, not to scale.", "A line joins what one claimant said."]
    space = layout(heading, below, drawing=page.height, top=108, bottom=16, key=8 + legend_height(legend))
    chosen = claims[claims.index == selected]
    rings = [ring(x, y, "x", "y") for x, y in zip(chosen["x"], chosen["y"], strict=True)]
    texts = {"annotations": page.texts, "shapes": page.rules + rings}
    axes = {"xaxis": _days(columns), "yaxis": dict(range=[page.height, 0], visible=False, fixedrange=True)}
    figure = Exhibit(data=[*_lanes(claims), *legend], layout={**space, **texts, **axes})
    return carry(figure, _sentences(chronicle, claims, heading), table_of(claims))


@dataclass(slots=True)
class _Page:
    """The texts of a ledger and where they stand, in pixels from the top."""

    height: float = 0.0
    places: dict[Hashable, float] = field(default_factory=dict)
    texts: list[dict[str, Any]] = field(default_factory=list)
    rules: list[dict[str, Any]] = field(default_factory=list)

    def heading(self, name: str, count: int) -> None:
        self.height += 6
        text = f"<b>{broken(field_title(name))}</b> · {plural(count, 'claim')}"
        self.texts.append(text_at(text, x=0, y=self.height, font=dict(size=14, color=style.INK)))
        y = self.height + 26
        line = dict(color=style.MUTED, width=1)
        self.rules.append(dict(type="line", xref="paper", x0=0, x1=1, y0=y, y1=y, line=line, layer="below"))
        self.height += 34

    def claimant(self, claims: list[Any], before: dict[Hashable, str]) -> None:
        names = Counter(str(claim.claimant) for claim in claims)
        most = max(names.values())
        name = _lines(min((name for name, count in names.items() if count == most), key=len), NAMES, LARGE)
        top = self.height
        self.texts.append(text_at("<br>".join(name), x=0, y=top))
        for claim in claims:
            text = _lines(str(claim.value), WORDS, LARGE)
            small = _lines(_small(claim, before.get(claim.Index, "")), WORDS, TEXT)
            grey = [f'<span style="font-size:{TEXT}px;color:{style.MUTED}">{line}</span>' for line in small]
            self.texts.append(text_at("<br>".join([*text, *grey]), x=LANES[1] + BETWEEN, y=self.height))
            self.places[claim.Index] = self.height + 9
            self.height += LINE * (len(text) + len(small)) + 12
        self.height = max(self.height, top + LINE * len(name) + 12) + 4


def _in_order(claims: pd.DataFrame) -> pd.DataFrame:
    """Sort by field, claimant and day, each field and claimant by its first report; add the column of the day."""
    first = {
        "field_first": claims.groupby("field", observed=True)["reported_on"].transform("min"),
        "who_first": claims.groupby(["field", "who"], observed=True)["reported_on"].transform("min"),
        "denial": claims["field"] == DENIAL,  # of one day it stands below what it answers
        "field_name": claims["field"].astype(str),
    }
    by = ["field_first", "denial", "field_name", "who_first", "who", "reported_on"]
    ordered = claims.assign(**first).sort_values(by, na_position="last", kind="stable")
    dates = [short_date(row.reported_on, row.reported_on_until) for row in ordered.itertuples()]
    whole = [date_words(row.reported_on, row.reported_on_until) for row in ordered.itertuples()]
    return ordered.assign(column=dates, date_words=whole, status_word=ordered["status"].astype(object).fillna(""))


def _lines(text: str, width: float, size: int) -> list[str]:
    """Break a text into lines that fit so many pixels, without markup; one line at least."""
    return escaped(wrap_to(text, width * TEXT / size)) or [""]


def _lanes(claims: pd.DataFrame) -> list[dict[str, Any]]:
    quiet: dict[str, Any] = dict(type="scatter", hoverinfo="skip", showlegend=False)
    traces = []
    for _, own in claims[claims["named"]].groupby(["field", "who"], observed=True, sort=False):
        if len(own) > 1:
            line = dict(color=strong(style.mark(str(own["side"].iloc[0])).colour), width=1.5)
            traces.append(dict(x=own["x"], y=own["y"], mode="lines", line=line, **quiet))
    traces.append(
        dict(
            type="scatter",
            x=claims["x"],
            y=claims["y"],
            mode="markers",
            showlegend=False,
            marker=markers(list(zip(claims["side"], claims["status_word"], strict=True))),
            customdata=list(claims.index),
            hovertext=[_hover(claim) for claim in claims.itertuples()],
            hoverinfo="text",
        )
    )
    crossed = claims[claims["status_word"].isin(CROSSED)]
    traces.append(dict(x=crossed["x"], y=crossed["y"], mode="markers", marker=cross(), **quiet))
    return [trace for trace in traces if len(trace["x"])]


def _days(columns: list[str]) -> dict[str, Any]:
    """Return the axis of the days, with at most seven of them named."""
    ticks = list(range(0, len(columns), math.ceil(len(columns) / 7)))
    return dict(
        domain=list(LANES),
        range=[-0.6, len(columns) - 0.4],
        tickvals=ticks,
        ticktext=[columns[tick] for tick in ticks],
        tickangle=-90,
        side="top",
        zeroline=False,
        fixedrange=True,
    )


def _said_before(claims: list[Any]) -> dict[Hashable, str]:
    """Return for each figure of a field what its claimant had said of the same thing before, if it was another one."""
    own: dict[tuple[str, str], dict[pd.Timestamp, list[Any]]] = {}
    for claim in claims:
        if claim.numeric and claim.named and claim.day_known:
            own.setdefault((claim.counted, claim.who), {}).setdefault(claim.reported_on, []).append(claim)
    before: dict[Hashable, str] = {}
    for days in own.values():
        for earlier, later in pairwise(sorted(days)):
            texts = sorted({said(claim.low, claim.high) for claim in days[earlier]})
            for claim in days[later]:
                if texts != [said(claim.low, claim.high)]:
                    before[claim.Index] = f"before, on {day_words(earlier)}: {joined(texts)}"
    return before


def _small(claim: Any, before: str) -> str:
    """Return the line below a claim: status, figure, what was said before, page, day."""
    figure = said(claim.low, claim.high)
    page = claim.publisher if isinstance(claim.publisher, str) else "page not known"
    via = f" via {claim.via}" if isinstance(claim.via, str) else ""
    counted = f"{figure} {claim.counted}" if figure and isinstance(claim.counted, str) else figure
    return " · ".join(part for part in (_status(claim), counted, before, page + via, claim.date_words) if part)


def _status(claim: Any) -> str:
    """Return the status of a claim in words. Whether it is a denial or was denied, its field or its figure tells."""
    if claim.status_word != "denied":
        return str(claim.status_word)
    if claim.field == DENIAL:
        return "a denial"
    return "denied by others" if claim.low > 0 or claim.high > 0 else MEANINGS["denied"]


def _hover(claim: Any) -> str:
    return f"<b>{broken(str(claim.claimant))}</b><br>{broken(str(claim.value))}<br>{broken(_small(claim, ''))}"


def _sentences(chronicle: Chronicle, claims: pd.DataFrame, heading: str) -> list[str]:
    count = independence(claims)
    fields = claims["field"].nunique()
    sides = claims["side"].value_counts()
    sentences = [
        f"{heading}. {plural(count.reports, 'claim')} by {plural(count.claimants, 'claimant')} from"
        f" {plural(count.origins, 'origin')}{f', on {fields} fields' if fields > 1 else ''}.",
        f"By side of the claimant: {joined(f'{side_label(str(side))} {n}' for side, n in sides.items())}.",
    ]
    dated = claims[claims["reported_on"].notna()]
    if len(dated) > 1:
        first, last = dated.loc[dated["reported_on"].idxmin()], dated.loc[dated["reported_on"].idxmax()]
        sentences.append(
            f"The first report, of {first['date_words']}, is from {first['claimant']}: “{first['value']}”; the last, of"
            f" {last['date_words']}, from {last['claimant']}: “{last['value']}”."
        )
    undated = len(claims) - len(dated)
    if undated:
        sentences.append(f"{plural(undated, 'claim')} without a date: at the right of the lanes, and last.")
    return [*sentences, *judged(claims["status"].tolist(), chronicle.known_on)]
