"""What answered what, and how often the same pattern comes about by accident."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from helpers import style
from helpers.chronicle import Chronicle
from helpers.claims import joined
from helpers.escalation import ANSWERS, HOSTILE, IRAN_SIDE, US_SIDE, Shuffled, answered_by_chance, chain
from helpers.figures.exhibit import Exhibit, carry
from helpers.packing import TEXT, text_width, wrap_to
from helpers.style import safe

LEFT, RIGHT, TOP, BOTTOM = 262, 176, 64, 116
ONE_DAY = pd.Timedelta(days=1)
RING = 14  # pixels from the middle of a mark to the outside of the ring around it
LINE = 16
LATER = {"enables": "enabled by", "signals": "signalled by"}
"""What the later event of a link is called where the name of the link tells of the earlier one."""
BASIS = {"stated-by": "stated", "reported": "reported", "inferred": "inferred"}


def response_chain(
    chronicle: Chronicle,
    event: str,
    kinds: Iterable[str] = ANSWERS,
    depth: int | None = None,
    most: int = 16,
) -> go.Figure:
    """Draw what an event answered and what answered it, with the days between and the basis of each link.

    One row is one event, from the earliest down; a line runs from each event to those that answered it, dashed where
    the link is only inferred. Beside each mark stands which row it answers, after how many days, and who says so. With
    other kinds of links, such as ``"enables"``, the words speak of links and name the kind instead.

    Parameters
    ----------
    chronicle
        The record or a view of it.
    event
        Key of the event; it is ringed.
    kinds
        Which kinds of links to follow; by default those by which one event answers another.
    depth
        How many steps to go back and on; None means to the end.
    most
        How many events to show at most: those fewer steps away first, then the more important.

    Returns
    -------
    plotly.graph_objects.Figure

    Raises
    ------
    ValueError
        If the event or a kind is unknown (the nearest is named), or ``most`` is below 2.

    Examples
    --------
    >>> from helpers import load
    >>> figure = response_chain(load(), "2019-12-27-k1-rocket-attack", depth=1)
    >>> as_rows(figure)
    ['2019-12-27-k1-rocket-attack', '2019-12-29-us-strikes-kataib-hezbollah']
    """
    if most < 2:
        raise ValueError(f"most is {most}; a chain needs 2 events or more")
    kinds = _several(kinds)
    events, links = chain(chronicle, event, kinds=kinds, depth=depth)
    total, answering = len(events), set(kinds) <= set(ANSWERS)
    events = _in_order(_nearest(events, most), links)
    links = links[links["from_event"].isin(events.index) & links["to_event"].isin(events.index)]
    rows = pd.Series(range(len(events)), index=events.index)
    actors = chronicle.actors["name"]
    titles = [
        (
            wrap_to(f"{row + 1}. {title}", LEFT - 20),
            wrap_to(f"{date.day} {date:%B %Y} · {style.mark(side).label}", LEFT - 20),
        )
        for row, (title, date, side) in enumerate(
            zip(events["title"], events["date"], events["side"].astype(object), strict=True)
        )
    ]
    heights = np.array([(len(title) + len(about)) * LINE + 12 for title, about in titles])
    middles = np.cumsum(heights) - heights / 2
    y = pd.Series(middles, index=events.index)
    x = events["date"] + pd.Timedelta(hours=12)
    height = int(heights.sum())

    traces: list[dict[str, Any]] = []
    inferred = links["basis"] == "inferred"
    for chosen, name, dash in ((~inferred, "stated or reported", "solid"), (inferred, "only inferred", "dash")):
        across: list[Any] = []
        down: list[Any] = []
        for start, end in links.loc[chosen, ["from_event", "to_event"]].itertuples(index=False, name=None):
            across += [x[start], x[start], x[end], None]
            down += [y[start], y[end], y[end], None]
        if across:
            line = {"color": style.MUTED, "width": 1.5, "dash": dash}
            traces.append(_line(across, down, line=line, name=f"{'answer' if answering else 'link'}, {name}"))
    traces += _marks(events, x, y)
    traces.append(_ring(x, y, event))
    notes = [_answers(links[links["to_event"] == key], rows, actors, answering) for key in events.index]
    traces.append(
        {
            "type": "scatter",
            "x": _written(x),
            "y": y.to_numpy(),
            "mode": "markers+text",
            "marker": {"size": 24, "opacity": 0},
            "text": ["<br>".join(map(safe, lines)) for lines, _ in notes],
            "textposition": "middle right",
            "textfont": {"size": TEXT, "color": style.INK},
            "customdata": events.index.to_numpy(),
            "hovertext": [
                f"<b>{'<br>'.join(map(safe, wrap_to(title, 420)))}</b><br>{date:%A} {date.day} {date:%B %Y}{hover}"
                for title, date, (_, hover) in zip(events["title"], events["date"], notes, strict=True)
            ],
            "hovertemplate": "%{hovertext}<extra></extra>",
            "cliponaxis": False,
            "showlegend": False,
        }
    )
    # What stands beside the last mark needs room, and the names of other links are longer than "to".
    widest = 0 if answering else round(max([text_width(line) for lines, _ in notes for line in lines], default=0))
    right = max(RIGHT, widest)
    # On the narrowest page no mark and no ring leaves the plot.
    margin = (x.max() - x.min()) * (RING / (style.NARROWEST - LEFT - right - 2 * RING))
    margin = max(margin, ONE_DAY * (0.75 if len(events) > 1 else 1.5))
    layout = {
        "template": style.template(),
        "title": _title(
            f"What {'answered' if answering else 'is linked to'} what: {_count(len(events), 'event')}",
            TOP + height + BOTTOM,
        ),
        "height": TOP + height + BOTTOM,
        "margin": {"l": LEFT, "r": right, "t": TOP, "b": BOTTOM, "autoexpand": False},
        "xaxis": {
            "type": "date",
            "range": _written(pd.Series([x.min() - margin, x.max() + margin])).tolist(),
            "nticks": 3 if widest <= RIGHT else 2,
            "tickangle": 0,
            "tickfont": {"size": TEXT},
            "automargin": False,
            "tickformatstops": [
                {"dtickrange": [None, 14 * 86_400_000], "value": "%a %-d\n%b %Y"},
                {"dtickrange": ["M1", None], "value": "%b\n%Y"},
            ],
        },
        "yaxis": {
            "range": [height, 0],
            "tickvals": middles.tolist(),
            "ticktext": [_row_name(*row, key == event) for row, key in zip(titles, events.index, strict=True)],
            "tickfont": {"size": TEXT},
            "fixedrange": True,
            "showgrid": False,
            "ticks": "",
            "ticklabelstandoff": 8,
            "automargin": False,
        },
        "legend": _legend(),
    }
    table = links.assign(
        **{
            "from": links["from_event"].map(events["title"]),
            "to": links["to_event"].map(events["title"]),
        }
    )[
        [
            "from_event",
            "from",
            "to_event",
            "to",
            "kind",
            "basis",
            "stated_by",
            "days_low",
            "days_high",
            "source_id",
            "note",
        ]
    ]
    figure = Exhibit({"data": traces, "layout": layout})
    return carry(figure, _chain_sentences(events, links, event, total, answering), table)


def as_rows(figure: go.Figure) -> list[str]:
    """Return the keys of the events in a chain, from the earliest to the latest."""
    return [str(key) for trace in figure.data if trace.customdata is not None for key in trace.customdata]


def chance(
    chronicle: Chronicle,
    first: str | Iterable[str] = US_SIDE,
    then: str | Iterable[str] = IRAN_SIDE,
    within: int = 7,
    role: str = "target",
    kinds: Iterable[str] = HOSTILE,
    calendar: str = "shuffled",
    window: tuple[str, str] | None = None,
    shuffles: int = 1000,
    seed: int = 2020,
) -> go.Figure:
    """Draw how many acts were followed by one of the other group within some days, and the same in shuffled calendars.

    On the left, the share of acts that were followed within 1, 2, 3, ... days, in the record and in the shuffled
    calendars (their middle and the range of nine in ten). On the right, how many of the shuffled calendars gave which
    number for the chosen span, and where the record stands among them.

    The method, and what counts as a hostile act: :func:`helpers.escalation.answered_by_chance` and
    :data:`helpers.escalation.HOSTILE`. With acts on many days, nearly every act is "answered within a week" by
    accident; a share says something only if shuffled calendars seldom reach it. And even a share that they seldom
    reach does not say that one act caused the other.

    Parameters
    ----------
    chronicle
        The record or a view of it. Narrow it to the months that it covers well:
        ``chronicle.between("2019-12-01", "2020-03-31")``.
    first, then
        The sides whose acts are asked about, and whose acts may follow.
    within
        Days; the same day does not count.
    role
        ``"target"``: acts belong to the side that they were aimed at, so that no authorship is assumed; ``"author"``:
        to the side that did them; ``"alleged-author"``: also where that is only alleged or claimed.
    kinds
        The kinds of events that count as hostile acts.
    calendar
        ``"shuffled"`` deals the days out anew; ``"rotated"`` only moves the calendar on, which keeps its clusters.
    window
        First and last day of the calendar; without it, those of the events in view.
    shuffles, seed
        How many calendars, and the seed of the generator; the same seed gives the same figure.

    Returns
    -------
    plotly.graph_objects.Figure

    Raises
    ------
    ValueError
        If an argument is unknown; it names the nearest.

    Examples
    --------
    >>> from helpers import load
    >>> figure = chance(load().between("2019-12-01", "2020-03-31"), within=7)
    >>> figure.layout.title.text.split("<br>")[0]
    'Followed within 7 days: by pattern or by accident?'
    """
    first, then = _several(first), _several(then)
    kinds = _several(kinds)
    result = answered_by_chance(
        chronicle,
        first=first,
        then=then,
        role=role,
        within=within,
        kinds=kinds,
        calendar=calendar,
        window=window,
        shuffles=shuffles,
        seed=seed,
    )
    asked = len(result.asked)
    title = f"Followed within {_count(within, 'day')}: by pattern or by accident?"
    who, whom = _acts(first, role), _acts(then, role)
    if not asked or result.answering.empty:
        missing = who if not asked else whom
        reason = f"No hostile act {missing} in this view, so there is nothing to shuffle."
        return carry(_empty(title, reason), [reason], _chance_table(result))
    words = _method(result, who, whom, kinds, calendar)
    lines = [line for paragraph in words for line in wrap_to(paragraph, style.NARROWEST - 44)]
    plot, bottom, top = 300, 84 + len(lines) * 17, 96
    traces = [*_curve(result), *_counts(result)]
    most = int(result.by_chance[:, within - 1].max())
    layout = {
        "template": style.template(),
        "title": _title(title, plot + top + bottom),
        "height": plot + top + bottom,
        "margin": {"l": 66, "r": 24, "t": top, "b": bottom, "autoexpand": False},
        "xaxis": {
            "domain": [0, 0.44],
            "title": {"text": "followed within … days", "standoff": 6, "font": {"size": TEXT}},
            "range": [0.5, result.spans[-1] + 0.5],
            "nticks": 8,
            "automargin": False,
        },
        "yaxis": {
            "title": {"text": "share of acts", "font": {"size": TEXT}},
            "range": [-0.03, 1.05],
            "tickformat": ".0%",
            "automargin": False,
        },
        "xaxis2": {
            "domain": [0.58, 1],
            "anchor": "y2",
            "title": {
                "text": f"of {asked} acts followed in {_count(within, 'day')}",
                "standoff": 6,
                "font": {"size": TEXT},
            },
            "range": [-0.6, max(most, int(result.answered[within - 1])) + 0.6],
            "nticks": 8,
            "tickformat": "d",
            "automargin": False,
        },
        "yaxis2": {
            "anchor": "x2",
            "title": {"text": "calendars", "font": {"size": TEXT}},
            "rangemode": "tozero",
            "automargin": False,
        },
        "legend": {
            "orientation": "h",
            "yref": "container",
            "y": 1 - 40 / (plot + top + bottom),
            "yanchor": "top",
            "x": 0,
        }
        | {"xref": "paper", "xanchor": "left", "font": {"size": TEXT}, "itemclick": False, "itemdoubleclick": False},
        "annotations": [
            {
                "text": "<br>".join(map(safe, lines)),
                "xref": "paper",
                "yref": "paper",
                "x": 0,
                "y": 0,
                "xanchor": "left",
                "yanchor": "top",
                "xshift": -50,
                "yshift": -62,
                "align": "left",
                "showarrow": False,
                "font": {"size": TEXT, "color": style.INK},
            }
        ],
        "bargap": 0.1,
    }
    return carry(Exhibit({"data": traces, "layout": layout}), words, _chance_table(result))


def _curve(result: Shuffled) -> list[dict[str, Any]]:
    share = result.by_chance / len(result.asked)
    low, middle, high = np.quantile(share, [0.05, 0.5, 0.95], axis=0)
    spans = result.spans
    grey = {"color": style.MUTED, "width": 1.5, "dash": "dash"}
    hover = {"hovertemplate": "within %{x} days: %{y:.0%}<extra></extra>"}
    return [
        {
            "type": "scatter",
            "x": np.concatenate([spans, spans[::-1]]),
            "y": np.concatenate([high, low[::-1]]),
            "fill": "toself",
            "fillcolor": "rgba(87,96,106,0.18)",
            "line": {"width": 0},
            "hoverinfo": "skip",
            "name": "nine in ten shuffled calendars",
        },
        {"type": "scatter", "x": spans, "y": middle, "mode": "lines", "line": grey, "name": "their middle", **hover},
        {
            "type": "scatter",
            "x": spans,
            "y": result.answered / len(result.asked),
            "mode": "lines+markers",
            "line": {"color": style.INK, "width": 2.5},
            "marker": {"size": 7, "symbol": "circle"},
            "name": "the record",
            **hover,
        },
    ]


def _counts(result: Shuffled) -> list[dict[str, Any]]:
    drawn = result.by_chance[:, result.within - 1]
    heights = np.bincount(drawn)
    real = int(result.answered[result.within - 1])
    return [
        {
            "type": "bar",
            "x": np.arange(len(heights)),
            "y": heights,
            "xaxis": "x2",
            "yaxis": "y2",
            "marker": {"color": "rgba(87,96,106,0.45)", "line": {"color": style.MUTED, "width": 1}},
            "hovertemplate": "%{x} acts followed: in %{y} calendars<extra></extra>",
            "showlegend": False,
        },
        {
            "type": "scatter",
            "x": [real, real],
            "y": [0, int(heights.max()) * 1.08],
            "xaxis": "x2",
            "yaxis": "y2",
            "mode": "lines+markers",
            "line": {"color": style.INK, "width": 2.5},
            "marker": {"size": [0, 9], "symbol": "circle"},
            "hovertemplate": f"the record: {real} acts followed<extra></extra>",
            "showlegend": False,
        },
    ]


def _method(result: Shuffled, who: str, whom: str, kinds: list[str], calendar: str) -> list[str]:
    asked, within = len(result.asked), result.within
    real = int(result.answered[within - 1])
    drawn = result.by_chance[:, within - 1]
    dealt = (
        "each calendar deals the days with such acts out anew"
        if calendar == "shuffled"
        else "each calendar moves those days on together, by a random number of days"
    )
    words = [
        f"Of {_count(asked, 'hostile act')} {who}, {real} ({real / asked:.0%}) {'was' if real == 1 else 'were'} followed within "
        f"{_count(within, 'day')} by a hostile act {whom} ({_count(len(result.answering), 'act')}).",
        f"In {len(drawn):,} calendars dealt by accident it was {int(np.median(drawn))} in the middle, and from "
        f"{int(np.quantile(drawn, 0.05))} to {int(np.quantile(drawn, 0.95))} in nine of ten; {result.as_often:,} of "
        f"them had as many or more.",
        f"How: from {_date(result.first_day)} to {_date(result.last_day)} ({result.days} days) the acts asked about "
        f"stay where they are; {dealt}. The same day does not count.",
        f"Counted as hostile: {joined(kind.replace('-', ' ') for kind in kinds)}. Following is not yet answering.",
    ]
    days = pd.concat([result.asked["date"], result.answering["date"]]).nunique()
    if result.days > 200:
        words.append(
            f"Only {days} of these days {'has' if days == 1 else 'have'} such an act: a record that is thin in parts "
            "makes any pattern look strong. Narrow it with between()."
        )
    return words


def _acts(sides: list[str], role: str) -> str:
    names = joined(style.mark(side).label for side in sides)
    return {
        "target": f"aimed at {names}",
        "author": f"by {names}",
        "alleged-author": f"by {names}, alleged ones included",
    }[role]


def _chance_table(result: Shuffled) -> pd.DataFrame:
    """Return, for each number of days, how many acts were followed in the record and in the shuffled calendars."""
    low, middle, high = np.quantile(result.by_chance, [0.05, 0.5, 0.95], axis=0)
    return pd.DataFrame(
        {
            "within days": result.spans,
            "acts": len(result.asked),
            "followed in the record": result.answered,
            "followed by accident, low": low,
            "followed by accident, middle": middle,
            "followed by accident, high": high,
            "calendars with as many or more": (result.by_chance >= result.answered).sum(axis=0),
        }
    )


def _nearest(events: pd.DataFrame, most: int) -> pd.DataFrame:
    ranks = events.assign(away=events["step"].abs(), rank=events["importance"].astype(int))
    kept = ranks.sort_values(["away", "rank", "date"], kind="stable").index[:most]
    return events[events.index.isin(kept)]


def _marks(events: pd.DataFrame, x: pd.Series, y: pd.Series) -> list[dict[str, Any]]:
    traces = []
    for side, rows in events.groupby("side", observed=True, sort=True):
        look = style.mark(str(side))
        traces.append(
            {
                "type": "scatter",
                "x": _written(x[rows.index]),
                "y": y[rows.index].to_numpy(),
                "mode": "markers",
                "marker": {
                    "symbol": look.symbol,
                    "color": look.outline if "open" in look.symbol else look.colour,
                    "size": 13,
                    "line": {"color": look.outline, "width": 1},
                },
                "hoverinfo": "skip",
                "showlegend": False,
                "name": look.label,
            }
        )
    return traces


def _ring(x: pd.Series, y: pd.Series, event: str) -> dict[str, Any]:
    marker = {"symbol": "circle-open", "size": 24, "color": style.INK, "line": {"width": 3}}
    return {
        "type": "scatter",
        "x": _written(x[[event]]),
        "y": [y[event]],
        "mode": "markers",
        "marker": marker,
        "hoverinfo": "skip",
        "cliponaxis": False,
        "name": "chosen event",
    }


def _answers(links: pd.DataFrame, rows: pd.Series, actors: pd.Series, answering: bool) -> tuple[list[str], str]:
    """Return what stands beside a mark and what its hover adds: what it answers, after how long, on what basis.

    If not all links are answers, the kind of each stands beside the mark too.
    """
    short, long = [], ""
    for link in links.itertuples():
        days = f"{link.days_low}" if link.days_low == link.days_high else f"{link.days_low} to {link.days_high}"
        span = "same day" if days == "0" else f"{days} {'day' if days == '1' else 'days'}"
        kind = LATER.get(str(link.kind), str(link.kind).replace("-", " "))
        told = f"to {rows[link.from_event] + 1}:" if answering else f"{kind} {rows[link.from_event] + 1}:"
        short.append(f"{told} {span}, {BASIS[str(link.basis)]}")
        by = f" by {actors[link.stated_by]}" if link.basis == "stated-by" and link.stated_by in actors.index else ""
        long += (
            f"<br>{safe(kind)} {rows[link.from_event] + 1}, {span if days == '0' else f'{span} later'}, "
            f"{BASIS[str(link.basis)]}{safe(by)}"
        )
        if isinstance(link.note, str):
            long += "".join(f"<br>  {safe(line)}" for line in wrap_to(link.note, 420))
    if len(short) > 3:
        short = [*short[:2], f"and {len(short) - 2} more"]
    return short, long


def _chain_sentences(events: pd.DataFrame, links: pd.DataFrame, event: str, total: int, answering: bool) -> list[str]:
    before, after = (
        _count(count, noun) if count else f"no {noun}"
        for count, noun in (
            (int((events["step"] < 0).sum()), "earlier event"),
            (int((events["step"] > 0).sum()), "later event"),
        )
    )
    title = f"“{events['title'][event]}”"
    sentences = [
        f"{title} answered {before} of those shown, directly or through others, and {after} answered it."
        if answering
        else f"Links lead from {before} of those shown to {title}, directly or through others, and from it to {after}."
    ]
    if total > len(events):
        more = total - len(events)
        sentences.append(f"{more} more in the chain {_are(more)} left out; raise `most` to see more.")
    if len(links):
        fast, slow = links["days_low"].min(), links["days_high"].max()
        stated, inferred = (links["basis"] == "stated-by").sum(), (links["basis"] == "inferred").sum()
        between = "an event and its answer" if answering else "the two events of a link"
        if fast == slow:
            sentences.append(f"Between {between} {'lies' if fast == 1 else 'lie'} {_count(int(fast), 'day')}.")
        else:
            middle = f"{links['days_low'].median():g} in the middle"
            sentences.append(f"Between {between} lie {fast} to {_count(int(slow), 'day')}, {middle}.")
        parts = {
            "stated by an actor": stated,
            "reported by a source": len(links) - stated - inferred,
            "only inferred": inferred,
        }
        told = joined(f"{count} {_are(count)} {words}" for words, count in parts.items() if count)
        only = next(words for words, count in parts.items() if count)
        sentences.append(f"Of {len(links):,} links, {told}." if len(links) > 1 else f"The link is {only}.")
    else:
        none = "no answer to it and names nothing that it answered" if answering else "no such link to or from it"
        sentences.append(f"The record holds {none}.")
    return sentences


def _in_order(events: pd.DataFrame, links: pd.DataFrame) -> pd.DataFrame:
    """Move what answers an event of its own day behind it, where no clock says so; else the order stays."""
    days = events["date"]
    earlier: dict[str, set[str]] = {str(key): set() for key in events.index}
    for start, end in links[["from_event", "to_event"]].itertuples(index=False, name=None):
        if start in earlier and end in earlier and days[start] == days[end]:
            earlier[end].add(start)
    left, order = [str(key) for key in events.index], []
    while left:
        ready = [key for key in left if days[key] == days[left[0]] and not earlier[key] & set(left)]
        order.append(ready[0] if ready else left[0])
        left.remove(order[-1])
    return events.loc[order]


def _are(count: int) -> str:
    return "is" if count == 1 else "are"


def _row_name(title: list[str], about: list[str], chosen: bool) -> str:
    name, rest = ("<br>".join(map(safe, lines)) for lines in (title, about))
    return f"{f'<b>{name}</b>' if chosen else name}<br><span style='color:{style.MUTED}'>{rest}</span>"


def _line(x: list[Any], y: list[Any], **options: Any) -> dict[str, Any]:
    texts = [None if moment is None else f"{moment:%Y-%m-%dT%H:%M}" for moment in x]
    return {"type": "scatter", "x": texts, "y": y, "mode": "lines", "hoverinfo": "skip", **options}


def _written(moments: pd.Series) -> np.ndarray:
    return np.datetime_as_string(moments.to_numpy("M8[m]"), unit="m").astype(object)


def _title(text: str, height: float) -> dict[str, Any]:
    return {"text": text, "automargin": False, "yref": "container", "y": 1 - 12 / height, "x": 0} | {
        "xref": "container",
        "pad": {"l": 12},
        "font": {"size": 17},
    }


def _legend() -> dict[str, Any]:
    return {"orientation": "h", "yref": "container", "yanchor": "bottom", "y": 0, "xref": "container", "x": 0.01} | {
        "xanchor": "left",
        "font": {"size": TEXT},
        "itemsizing": "trace",
        "itemclick": False,
        "itemdoubleclick": False,
    }


def _empty(title: str, reason: str) -> go.Figure:
    note = {"text": "<br>".join(map(safe, wrap_to(reason, 560))), "showarrow": False, "font": {"size": 15}}
    layout = {"template": style.template(), "title": {"text": title}, "height": 240, "annotations": [note]}
    return Exhibit({"layout": layout | {"xaxis": {"visible": False}, "yaxis": {"visible": False}}})


def _several(values: str | Iterable[str]) -> list[str]:
    return [values] if isinstance(values, str) else list(values)


def _date(day: pd.Timestamp) -> str:
    return f"{day.day} {day:%B %Y}"


def _count(count: int, noun: str) -> str:
    return f"{count:,} {noun}{'' if count == 1 else 's'}"
