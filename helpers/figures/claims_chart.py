"""The claims chart: who said what about one thing, and when it was reported. A record in, a Plotly figure out."""

from __future__ import annotations

import re
from collections import Counter
from functools import cache
from math import isnan

import pandas as pd
import plotly.graph_objects as go

from helpers.chronicle import Chronicle, check
from helpers.claims import (
    RULES,
    Claim,
    Independence,
    Reading,
    changes,
    claims_of,
    joined,
    main_field,
    number,
    read,
    rows_of,
    said,
)
from helpers.figures.claims_ledger import drawn_in_words, ledger
from helpers.figures.claims_look import (
    BELOW_TITLE,
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
    plural,
    table_of,
    text_at,
    wrapped,
)
from helpers.figures.claims_overview import bias_card, disagreement
from helpers.figures.claims_sheet import STRIP, Places, Sheet, calendar_of, marks_of, panel_height
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
    if field is None:
        field = main_field(rows_of(of_event))
    else:
        check("field", field, chronicle.claims["field"].cat.categories)
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
    rows = rows_of(claims)
    calendar, places = calendar_of(rows, happened)
    numeric, told = [claim for claim in rows if claim.numeric], [claim for claim in rows if not claim.numeric]
    sizes = Counter(claim.counted for claim in numeric if claim.counted is not None)
    panels = {group: [claim for claim in numeric if claim.counted == group] for group, _ in sizes.most_common()}
    marks = {group: marks_of(members, places) for group, members in panels.items()}
    ways = {group: {name: read(members, name) for name in RULES} for group, members in panels.items()}
    readings = {} if rule is None else {group: found[rule] for group, found in ways.items()}
    heights = [panel_height(marks[group]) for group in panels] + [STRIP] * bool(told)
    sheet = Sheet(calendar, heights, selected)
    for row, (group, members) in enumerate(panels.items()):
        parts = [_group_title(group, members), str(Independence.of(members))]
        if rule is not None:
            parts.append(f"{rule}: <b>{readings[group].text}</b>{_in_dispute(members)}")
        levels = {end for one in ways[group].values() if one.found for end in (one.low, one.high)}
        sheet.panel(row, _in_lines(parts), marks[group], readings.get(group), levels)
    if told:
        title = f"<b>In words alone</b> · {plural(len(told), 'claim')} without a figure"
        sheet.strip(len(panels), title, marks_of(told, places))
    quoted = _quoted(told)
    deep = calendar.deep
    note = text_at("<br>".join(escaped(quoted)), x=0, y=0, yref="paper", yshift=-(68 + 17 * deep))
    open_ends = any(isnan(claim.low) or isnan(claim.high) for claim in numeric)
    statuses = [claim.status for claim in rows if claim.status is not None]
    legend = legend_traces({claim.side for claim in rows}, statuses, open_ends=open_ends)
    below = _rule_lines(rule)
    # Room for the rule with the most words: under each of them everything stands where it did.
    top = 44 + BELOW_TITLE * (max(len(_rule_lines(one)) for one in RULES) - len(below))
    bottom = 68 + 17 * deep + 18 * len(quoted)
    space = layout(heading, below, drawing=sheet.drawing, top=top, bottom=bottom, key=8 + legend_height(legend))
    space["margin"]["l"] = sheet.left
    axes = sheet.axes(happened)
    texts = [*sheet.texts, *sheet.axis_titles(happened), *([note] if quoted else [])]
    shapes = [*sheet.shapes(happened), *sheet.rules, *sheet.rings]
    figure = Exhibit.of([*sheet.traces, *legend], {**space, **axes, "annotations": texts, "shapes": shapes})
    used = {claim for one in readings.values() for claim in one.claim_ids}
    table = table_of(claims)
    if rule is not None:
        table[f"read by the rule {rule}"] = table["claim"].isin(used)
    return carry(
        figure, _sentences(rows, places, panels, readings, heading) + judged(statuses, chronicle.known_on), table
    )


def _in_lines(parts: list[str]) -> str:
    """Join the parts of a title, the last one in a line of its own where a narrow page has no room for all."""
    whole = " · ".join(parts)
    return whole if len(re.sub("<[^>]*>", "", whole)) <= LETTERS else "<br>".join([" · ".join(parts[:-1]), parts[-1]])


def _group_title(group: str, members: list[Claim]) -> str:
    units = joined(sorted({claim.unit for claim in members if claim.unit is not None}))
    name, unit = escaped([first_upper(group), f" ({units})" if units else ""])
    return f"<b>{name}</b>{unit}"


def _in_dispute(members: list[Claim]) -> str:
    """Say beside the number of a rule if the editors judged every claim that it could be read out of disputed."""
    standing = [claim for claim in members if claim.stands]
    if not standing or any(claim.status != "disputed" for claim in standing):
        return ""
    if len(standing) == 1:
        return " (the only claim is disputed)" if len(members) == 1 else " (the only claim that stands is disputed)"
    return " (all claims are disputed)" if len(standing) == len(members) else " (all claims that stand are disputed)"


def _quoted(told: list[Claim]) -> list[str]:
    """Write out the claims in words, as lines of text."""
    lines = []
    for claim in told[:QUOTED]:
        day = date_words(claim.reported_on, claim.reported_on_until).removesuffix(", day not known")
        lines += wrapped(f"{first_upper(day)}, {claim.claimant}: “{claim.value}”", LETTERS)
    more = len(told) - QUOTED
    return [*lines, f"and {more} more in the table"] if more > 0 else lines


@cache
def _rule_lines(rule: str | None) -> tuple[str, ...]:
    if rule is None:
        return ("No rule is applied: no number is read out of the claims.",)
    one = RULES[rule]
    lines = wrapped(f"Rule “{one.name}” (dashed line): {one.words}.", LETTERS)
    return (*lines, *wrapped(f"Practice: {one.practice}.", LETTERS), *wrapped(LEFT_OUT, LETTERS))


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
    claims: list[Claim], places: Places, panels: dict[str, list[Claim]], readings: dict[str, Reading], heading: str
) -> list[str]:
    group, members = next(iter(panels.items()))
    count = Independence.of(members)
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
    aside = sum(not on_axis for on_axis, _ in places.values())
    if aside:
        undated = sum(pd.isna(claim.reported_on) for claim in claims)
        dates = f", {undated} of them without any date" if undated else ""
        asides.append(f"{plural(aside, 'report')} that came late or whose day is not known: at the side{dates}")
    told = sum(not claim.numeric for claim in claims)
    if told:
        asides.append(f"{plural(told, 'claim')} without a figure: in the strip below")
    return [*sentences, f"{first_upper('; '.join(asides))}."] if asides else sentences


def _extremes(members: list[Claim]) -> str:
    lowest, highest = min(members, key=lambda claim: claim.least), max(members, key=lambda claim: claim.most)
    if lowest.least == highest.most:
        return f"all say {number(highest.most)}"
    ends = [
        f"{number(value)} ({claim.claimant}, {date_words(claim.reported_on, claim.reported_on_until)})"
        for value, claim in ((lowest.least, lowest), (highest.most, highest))
    ]
    return f"from {ends[0]} to {ends[1]}"


def _changes(members: list[Claim]) -> list[str]:
    """Say how the claimant who changed a figure most often did so."""
    found = changes(members)
    if not found:
        return []
    ((who, count),) = Counter(change.who for change in found).most_common(1)
    own = sorted((change for change in found if change.who == who), key=lambda change: change.after)
    first, last = own[0], own[-1]
    times = {1: "once", 2: "twice"}.get(count, f"{count} times")
    return [
        f"{last.claimant} changed its figure {times}: from {said(first.from_low, first.from_high)} on"
        f" {day_words(first.before)} to {said(last.to_low, last.to_high)} on {day_words(last.after)}."
    ]
