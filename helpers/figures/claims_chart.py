"""The claims chart: who said what about one thing, and when it was reported. A record in, a Plotly figure out."""

from __future__ import annotations

import re

import pandas as pd
import plotly.graph_objects as go

from helpers.chronicle import Chronicle, check
from helpers.claims import RULES, Reading, claims_of, independence, joined, number, reading, revisions, said
from helpers.figures.claims_ledger import drawn_in_words, ledger
from helpers.figures.claims_look import (
    LETTERS,
    date_words,
    day_words,
    escaped,
    field_title,
    first_upper,
    judged,
    layout,
    legend_height,
    legend_traces,
    nothing,
    plain,
    plural,
    table_of,
    text_at,
    wrapped,
)
from helpers.figures.claims_overview import bias_card, disagreement
from helpers.figures.claims_sheet import STRIP, Sheet, calendar_of, marks_of, panel_height
from helpers.figures.exhibit import Exhibit, carry
from helpers.schema import nearest

__all__ = ["bias_card", "claims_chart", "disagreement", "ledger"]

LEFT_OUT = (
    "Left out: figures that their claimant replaced, or that were judged denied, revised or retracted."
    " Reprints of one agency are one origin."
)
QUOTED = 6
"""How many claims in words are written out below the strip; the table has them all."""


def claims_chart(
    chronicle: Chronicle,
    *,
    event: str,
    field: str | None = None,
    counted: str | None = None,
    rule: str | None = "best",
    selected: str | None = None,
) -> go.Figure:
    """Draw who said what about one thing, and when it was reported.

    Figures: the day of the report across, the value up, a mark for what one claimant said on one day. Colour and shape
    are the claimant's side, the fill is the status that the editors gave the claim later. A bar is a range, an arrow an
    open end ("at least"), a line joins what one claimant said on different days. Each group counted stands in a panel
    of its own, with the number of reports and of origins (reprints of one wire are one origin). Reports that came after
    a long silence, whose day is not known or that have no date stand in columns at the right. Claims in words alone
    stand in a strip below.

    Fields without figures (who did it, the wording, the legal ground) are drawn as
    :func:`helpers.figures.claims_ledger.ledger` draws them.

    Parameters
    ----------
    chronicle
        The record or a view of it. A view as of a day holds no status.
    event
        Key of an event.
    field
        What is claimed, such as ``"killed"``; without it, the field with the most figures.
    counted
        One of the groups counted, such as ``"Americans"``; without it, each in a panel of its own.
    rule
        How to read one number out of the claims: ``"lowest"``, ``"best"``, ``"highest"``, ``"latest-official"`` or
        ``"most-independent"``, defined in :data:`helpers.claims.RULES` with the practice it follows and where that is
        written; None for no number.
    selected
        Key of a claim to be ringed.

    Returns
    -------
    plotly.graph_objects.Figure
        It carries its text and its table. ``customdata`` of a mark holds the keys of its claims.

    Raises
    ------
    ValueError
        If the event, field, group, rule or claim is not in the record; it names the nearest that is.

    Examples
    --------
    >>> from helpers import load
    >>> from helpers.figures.exhibit import as_table
    >>> figure = claims_chart(load(), event="2020-01-08-iran-missiles-al-asad-erbil", field="tbi", rule="lowest")
    >>> len(as_table(figure))
    21
    """
    if rule is not None:
        check("rule", rule, RULES)
    title = str(chronicle.event(event)["title"])
    of_event = claims_of(chronicle, event)
    if field is not None:
        check("field", field, chronicle.claims["field"].cat.categories)
    elif len(of_event):
        numeric = of_event[of_event["numeric"]]
        field = str((numeric if len(numeric) else of_event)["field"].value_counts().index[0])
    claims = of_event[of_event["field"] == field]
    if counted is not None:
        _check_group(counted, claims)
        claims = claims[claims["counted"] == counted]
    if selected is not None:
        check("claim", selected, claims.index)
    heading = f"{field_title(field)}: {title}" if field else title
    if claims.empty:
        return nothing(heading, _why_empty(of_event, field))
    if not claims["numeric"].any():
        return drawn_in_words(chronicle, claims, heading, selected)
    return _drawn_in_numbers(chronicle, claims, heading, chronicle.event(event)["date"], rule, selected)


def _drawn_in_numbers(
    chronicle: Chronicle,
    claims: pd.DataFrame,
    heading: str,
    happened: pd.Timestamp,
    rule: str | None,
    selected: str | None,
) -> go.Figure:
    calendar, claims = calendar_of(plain(claims), happened)
    numeric, told = claims[claims["numeric"]], claims[~claims["numeric"]]
    sizes = numeric.groupby("counted", sort=False).size().sort_values(ascending=False, kind="stable")
    panels = {str(group): numeric[numeric["counted"] == group] for group in sizes.index}
    marks = {group: marks_of(members) for group, members in panels.items()}
    readings = {} if rule is None else {group: reading(members, rule) for group, members in panels.items()}
    heights = [panel_height(marks[group]) for group in panels] + [STRIP] * bool(len(told))
    sheet = Sheet(calendar, heights, selected)
    for row, (group, members) in enumerate(panels.items()):
        parts = [_group_title(group, members), str(independence(members))]
        if rule is not None:
            parts.append(f"{rule}: <b>{readings[group].text}</b>{_in_dispute(members)}")
        sheet.panel(row, _in_lines(parts), marks[group], readings.get(group))
    if len(told):
        title = f"<b>In words alone</b> · {plural(len(told), 'claim')} without a figure"
        sheet.strip(len(panels), title, marks_of(told))
    quoted = _quoted(told)
    deep = calendar.deep
    note = text_at("<br>".join(escaped(quoted)), x=0, y=0, yref="paper", yshift=-(68 + 17 * deep))
    open_ends = bool((numeric["low"].isna() | numeric["high"].isna()).any())
    legend = legend_traces(claims, statuses=True, open_ends=open_ends)
    bottom = 68 + 17 * deep + 18 * len(quoted)
    space = layout(
        heading, _rule_lines(rule), drawing=sheet.drawing, top=44, bottom=bottom, key=8 + legend_height(legend)
    )
    space["margin"]["l"] = sheet.left
    axes = sheet.axes(happened)
    texts = [*sheet.texts, *sheet.axis_titles(happened), *([note] if quoted else [])]
    shapes = [*sheet.shapes(happened), *sheet.rules]
    figure = Exhibit.of([*sheet.traces, *legend], {**space, **axes, "annotations": texts, "shapes": shapes})
    used = {claim for one in readings.values() for claim in one.claim_ids}
    table = table_of(claims)
    if rule is not None:
        table[f"read by the rule {rule}"] = table["claim"].isin(used)
    return carry(figure, _sentences(chronicle, claims, panels, readings, heading), table)


def _in_lines(parts: list[str]) -> str:
    """Join the parts of a title, the last one in a line of its own where a narrow page has no room for all."""
    whole = " · ".join(parts)
    return whole if len(re.sub("<[^>]*>", "", whole)) <= LETTERS else "<br>".join([" · ".join(parts[:-1]), parts[-1]])


def _group_title(group: str, members: pd.DataFrame) -> str:
    units = joined(sorted(set(members["unit"].dropna().astype(str))))
    name, unit = escaped([first_upper(group), f" ({units})" if units else ""])
    return f"<b>{name}</b>{unit}"


def _in_dispute(members: pd.DataFrame) -> str:
    """Say beside the number of a rule if the editors judged every claim that it could be read out of disputed."""
    standing = members[members["stands"]]
    if standing.empty or not (standing["status"] == "disputed").all():
        return ""
    if len(standing) == 1:
        return " (the only claim is disputed)" if len(members) == 1 else " (the only claim that stands is disputed)"
    return " (all claims are disputed)" if len(standing) == len(members) else " (all claims that stand are disputed)"


def _quoted(told: pd.DataFrame) -> list[str]:
    """Write out the claims in words, as lines of text."""
    lines = []
    for claim in told.head(QUOTED).itertuples():
        day = claim.date_words.removesuffix(", day not known")
        lines += wrapped(f"{first_upper(day)}, {claim.claimant}: “{claim.value}”", LETTERS)
    more = len(told) - QUOTED
    return [*lines, f"and {more} more in the table"] if more > 0 else lines


def _rule_lines(rule: str | None) -> list[str]:
    if rule is None:
        return ["No rule is applied: no number is read out of the claims."]
    one = RULES[rule]
    lines = wrapped(f"Rule “{one.name}” (dashed line): {one.words}.", LETTERS)
    return [*lines, *wrapped(f"Practice: {one.practice}.", LETTERS), *wrapped(LEFT_OUT, LETTERS)]


def _why_empty(of_event: pd.DataFrame, field: str | None) -> str:
    if of_event.empty:
        return "No claim on this event is in this view."
    fields = joined(sorted({str(value) for value in of_event["field"]}))
    return f"No claim on “{field}” is in this view of the event. There are claims on {fields}."


def _check_group(counted: str, claims: pd.DataFrame) -> None:
    groups = [str(group) for group in claims["counted"].dropna().unique()]
    if counted not in groups:
        near = nearest(counted, groups)
        hint = f"; the nearest is {near!r}" if near else ""
        names = ", ".join(map(repr, groups)) or "none"
        raise ValueError(f"no group counted {counted!r} here{hint}; the groups are: {names}")


def _sentences(
    chronicle: Chronicle,
    claims: pd.DataFrame,
    panels: dict[str, pd.DataFrame],
    readings: dict[str, Reading],
    heading: str,
) -> list[str]:
    group, members = next(iter(panels.items()))
    count = independence(members)
    sentences = [
        f"{heading}. On “{group}” there are {count} and {plural(count.claimants, 'claimant')}: {_extremes(members)}."
    ]
    if readings:
        rule = readings[group].rule
        given = joined(f"{one.text} for “{name}”{_in_dispute(panels[name])}" for name, one in readings.items())
        left_out = sum(one.left_out for one in readings.values())
        passed = f" {plural(left_out, 'claim')} did not stand." if left_out else ""
        sentences.append(f"The rule “{rule}” ({RULES[rule].words}) gives {given}.{passed}")
    sentences += _changes(members)
    asides = []
    if len(panels) > 1:
        asides.append(f"{len(panels)} groups are counted apart, each in a panel of its own")
    aside = int((~claims["on_axis"]).sum())
    if aside:
        undated = int(claims["reported_on"].isna().sum())
        dates = f", {undated} of them without any date" if undated else ""
        asides.append(f"{plural(aside, 'report')} that came late or whose day is not known: at the side{dates}")
    told = int((~claims["numeric"]).sum())
    if told:
        asides.append(f"{plural(told, 'claim')} without a figure: in the strip below")
    if asides:
        sentences.append(f"{first_upper('; '.join(asides))}.")
    return [*sentences, *judged(claims, chronicle.known_on)]


def _extremes(members: pd.DataFrame) -> str:
    least, most = members["low"].fillna(members["high"]), members["high"].fillna(members["low"])
    if least.min() == most.max():
        return f"all say {number(most.max())}"
    ends = []
    for value, claim in ((least.min(), members.loc[least.idxmin()]), (most.max(), members.loc[most.idxmax()])):
        day = date_words(claim["reported_on"], claim["reported_on_until"])
        ends.append(f"{number(value)} ({claim['claimant']}, {day})")
    return f"from {ends[0]} to {ends[1]}"


def _changes(members: pd.DataFrame) -> list[str]:
    """Say how the claimant who changed a figure most often did so."""
    changes = revisions(members)
    if changes.empty:
        return []
    most = changes["who"].value_counts().index[0]
    own = changes[changes["who"] == most].sort_values("after")
    first, last = own.iloc[0], own.iloc[-1]
    times = {1: "once", 2: "twice"}.get(len(own), f"{len(own)} times")
    return [
        f"{last['claimant']} changed its figure {times}: from {said(first['from_low'], first['from_high'])} on"
        f" {day_words(first['before'])} to {said(last['to_low'], last['to_high'])} on {day_words(last['after'])}."
    ]
