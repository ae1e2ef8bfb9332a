"""Two looks at the whole of a view: where its sources differ, and whose pages stand behind it."""

from __future__ import annotations

from collections.abc import Callable
from textwrap import wrap
from typing import Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go
from plotly.subplots import make_subplots

from helpers import style
from helpers.chronicle import Chronicle
from helpers.claims import Bias, bias, differences, joined
from helpers.figures.claims_look import day_words, escaped, first_upper, layout, nothing, plural, text_at
from helpers.figures.exhibit import Exhibit, carry
from helpers.packing import TEXT, text_width, wrap_to

NUMBERS, WORDS, REST = style.VIOLET, style.YELLOW, "#D9D9D9"
NOT_KNOWN = "not known"
NAMES = 13
"""The size of names and notes."""

_SHORT = {"us": "US", "uk": "UK", "pmf": "PMF", "igo": "international organisation"}
_LANGUAGES = {
    "ar": "Arabic", "da": "Danish", "de": "German", "el": "Greek", "en": "English", "es": "Spanish", "fa": "Persian",
    "fr": "French", "he": "Hebrew", "hi": "Hindi", "hu": "Hungarian", "id": "Indonesian", "it": "Italian",
    "ku": "Kurdish", "nl": "Dutch", "no": "Norwegian", "pl": "Polish", "pt": "Portuguese", "ro": "Romanian",
    "ru": "Russian", "sl": "Slovene", "tr": "Turkish", "uk": "Ukrainian", "zh": "Chinese",
}  # fmt: skip
_COUNTRIES = {
    "AE": "United Arab Emirates", "AF": "Afghanistan", "AM": "Armenia", "AT": "Austria", "AU": "Australia",
    "AW": "Aruba", "AZ": "Azerbaijan", "BA": "Bosnia and Herzegovina", "BD": "Bangladesh", "BE": "Belgium",
    "BG": "Bulgaria", "BR": "Brazil", "CA": "Canada", "CH": "Switzerland", "CM": "Cameroon", "CN": "China",
    "CY": "Cyprus", "CZ": "Czechia", "DE": "Germany", "DZ": "Algeria", "EC": "Ecuador", "EG": "Egypt", "ES": "Spain",
    "FR": "France", "GB": "United Kingdom", "GR": "Greece", "GU": "Guam", "HK": "Hong Kong", "HU": "Hungary",
    "ID": "Indonesia", "IE": "Ireland", "IL": "Israel", "IN": "India", "IQ": "Iraq", "IR": "Iran", "IT": "Italy",
    "JO": "Jordan", "JP": "Japan", "KE": "Kenya", "KR": "South Korea", "KW": "Kuwait", "KZ": "Kazakhstan",
    "LB": "Lebanon", "LK": "Sri Lanka", "LV": "Latvia", "MA": "Morocco", "MK": "North Macedonia", "MX": "Mexico",
    "MY": "Malaysia", "NG": "Nigeria", "NL": "Netherlands", "NZ": "New Zealand", "PH": "Philippines",
    "PK": "Pakistan", "PL": "Poland", "PS": "Palestine", "QA": "Qatar", "RO": "Romania", "RU": "Russia",
    "RW": "Rwanda", "SA": "Saudi Arabia", "SE": "Sweden", "SG": "Singapore", "SO": "Somalia", "SY": "Syria",
    "TH": "Thailand", "TR": "Türkiye", "UA": "Ukraine", "US": "United States", "UY": "Uruguay",
    "VA": "Vatican City", "VE": "Venezuela", "VN": "Vietnam", "YE": "Yemen", "ZA": "South Africa", "ZM": "Zambia",
}  # fmt: skip


def disagreement(chronicle: Chronicle, *, top: int = 15) -> go.Figure:
    """Rank the events by how much their sources differ.

    The measure is a sum over the questions on an event, each from 0 (the claims agree) to 1 (they exclude each other):
    for a figure 1 minus the lowest over the highest, after each claimant's last word; for words the share of the claims
    that the editors judged disputed or denied. :func:`helpers.claims.spreads` has the definition.

    Parameters
    ----------
    chronicle
        The record or a view of it.
    top
        How many events to draw, 1 or more. The table holds them all.

    Returns
    -------
    plotly.graph_objects.Figure
        It carries its text and its table.

    Raises
    ------
    ValueError
        If ``top`` is less than 1.

    Examples
    --------
    >>> from helpers import load
    >>> len(disagreement(load(), top=5).data[0].y)
    5
    """
    _check_top(top)
    ranking = differences(chronicle)
    differing = ranking[ranking["difference"] > 0]
    heading = "Where sources differ most"
    if differing.empty:
        return nothing(heading, "In this view no two claimants differ on an event.")
    shown = differing.head(top)
    figure = Exhibit()
    parts = {
        "figures": ("Figures: how far the lowest falls short of the highest", NUMBERS, ""),
        "words": ("Words: share of the claims judged disputed or denied", WORDS, "/"),
    }
    labels = _event_labels(shown)
    for column, (name, colour, hatch) in parts.items():
        figure.add_bar(
            x=shown[column],
            y=labels,
            orientation="h",
            name=name,
            marker=dict(
                color=colour,
                line=dict(color=style.INK, width=1),
                pattern=dict(shape=hatch, fillmode="overlay", fgcolor=style.INK, size=7, solidity=0.15),
            ),
            customdata=np.stack([shown.index, shown["questions"], shown["claims"], shown["origins"]], axis=1),
            hovertext=escaped([str(widest) for widest in shown["widest"]]),
            hovertemplate="%{x:.2f}<br>%{customdata[1]} questions, %{customdata[2]} claims, %{customdata[3]} origins"
            "<br>widest apart on %{hovertext}<extra></extra>",
        )
    below = ["Sum over the questions on each event.", "1 is one question whose answers exclude each other."]
    figure.update_layout(
        **layout(heading, below, drawing=46 * len(shown), top=0, bottom=84),
        barmode="stack",
        bargap=0.4,
        legend_traceorder="normal",
        yaxis=dict(autorange="reversed", ticklabelstandoff=6, showgrid=False, ticks=""),
        xaxis=dict(rangemode="tozero"),
    )
    first, asked = shown.iloc[0], int(ranking["questions"].sum())
    sentences = [
        f"On {len(differing)} of the {len(ranking)} events with more than one claimant the sources differ.",
        f"They differ most on “{first['title']}” ({day_words(first['date'])}): {first['difference']:.1f} over"
        f" {plural(first['questions'], 'question')}, widest apart on {first['widest']}.",
        f"{plural(asked, 'question')} {'is' if asked == 1 else 'are'} compared: a figure by 1 minus the lowest over the"
        " highest, words by the share of claims judged disputed or denied.",
    ]
    if chronicle.known_on is not None:
        sentences.append(
            f"As of {day_words(chronicle.known_on)} nothing had been judged, so only figures are compared."
        )
    return carry(figure, sentences, ranking.reset_index().rename(columns={"event_id": "event"}))


def bias_card(chronicle: Chronicle, *, top: int = 8) -> go.Figure:
    """Show whose pages stand behind a view: by country, language and affiliation of the publisher, and what is missing.

    Counted are the sources that the events, claims and quotations of the view refer to.

    Parameters
    ----------
    chronicle
        The record or a view of it.
    top
        How many values to draw in each panel, 1 or more; the others are drawn together. The table holds them all.

    Returns
    -------
    plotly.graph_objects.Figure
        It carries its text and its table.

    Raises
    ------
    ValueError
        If ``top`` is less than 1.

    Examples
    --------
    >>> from helpers import load
    >>> from helpers.figures.exhibit import describe
    >>> describe(bias_card(load().only(chapter="march")))[:14]
    'Behind this vi'
    """
    _check_top(top)
    card = bias(chronicle)
    if card.sources == 0:
        return nothing("Whose pages stand behind this view", "This view refers to no source.")
    panels = {
        "Country of the publisher": _rows(card, "country", _country, top),
        "Language of the page": _rows(card, "language", _language, top),
        "Affiliation of the publisher": _rows(card, "affiliation", _affiliation, top),
    }
    read = _how_read(card)
    missing = _missing(card)
    notes = ["<b>How the pages were read</b>", *_note(f"{first_upper('; '.join(read))}.")]
    notes += ["<b>What is missing</b>", *(line for sentence in missing for line in _note(sentence))]
    sizes = [len(rows) for rows in panels.values()]
    drawing = 26 * sum(sizes) + 2 * 44
    figure = make_subplots(rows=3, cols=1, row_heights=sizes, vertical_spacing=44 / drawing, figure=Exhibit())
    for row, (title, rows) in enumerate(panels.items(), start=1):
        _bars(figure, row, title, rows, card.sources)
    # The notes start at the edge of the page, so the place that the names take must be known.
    left = 24 + round(max(text_width(name, NAMES) for rows in panels.values() for name, _ in rows)) + 8
    figure.add_annotation(text_at("<br>".join(notes), x=0, y=0, yref="paper", xshift=24 - left, yshift=-16))
    heading = f"Whose pages stand behind this view: {plural(card.sources, 'source')}"
    space = layout(heading, [], drawing=drawing, top=26, bottom=18 * len(notes) + 36)
    figure.update_layout(**space, bargap=0.3)
    figure.update_layout(margin_l=left)
    country, language, affiliation = (rows[0] for rows in panels.values())
    sentences = [
        f"Behind this view stand {card.sources:,} of the {plural(card.record, 'source')} of the record.",
        f"Country with most pages: {country[0]}, {_of(country[1], card.sources)}; language: {language[0]},"
        f" {_of(language[1], card.sources)}; affiliation: {affiliation[0]}, {_of(affiliation[1], card.sources)}.",
        f"{first_upper('; '.join(read))}.",
        *missing[:2],
    ]
    return carry(figure, sentences, card.counts.assign(share=(card.counts["sources"] / card.sources).round(4)))


def _check_top(top: int) -> None:
    if top < 1:
        raise ValueError(f"top is {top!r}; the nearest valid value is 1")


def _event_labels(events: pd.DataFrame) -> list[str]:
    labels = []
    for event in events.itertuples():
        lines = wrap(f"{event.date.day} {event.date:%b %Y}: {event.title}", 36, max_lines=2, placeholder="…")
        labels.append("<br>".join(escaped(lines)))
    return labels


def _rows(card: Bias, dimension: str, named: Callable[[str], str], top: int) -> list[tuple[str, int]]:
    counts = card.counts[card.counts["dimension"] == dimension]
    rows = [(named(value), int(count)) for value, count in zip(counts["value"], counts["sources"], strict=True)]
    if len(rows) > top + 1:
        rows = [*rows[:top], (f"{len(rows) - top} others", sum(count for _, count in rows[top:]))]
    return rows


def _bars(figure: go.Figure, row: int, title: str, rows: list[tuple[str, int]], whole: int) -> None:
    names, counts = zip(*rows, strict=True)
    place: dict[str, Any] = {"row": row, "col": 1}
    figure.add_bar(
        x=counts,
        y=escaped(list(names)),
        orientation="h",
        text=[f"{_of(count, whole)}" for count in counts],
        textposition="outside",
        cliponaxis=False,
        textfont=dict(size=12, color=style.INK),
        marker=dict(
            color=[REST if name == NOT_KNOWN or name.endswith(" others") else NUMBERS for name in names],
            line=dict(color=style.INK, width=1),
        ),
        hovertemplate="%{y}: %{x} sources<extra></extra>",
        showlegend=False,
        **place,
    )
    figure.update_yaxes(autorange="reversed", showgrid=False, ticks="", ticklabelstandoff=6, automargin=False, **place)
    figure.update_xaxes(showticklabels=False, showgrid=False, ticks="", range=[0, max(counts) * 1.25], **place)
    axis = next(figure.select_yaxes(**place)).plotly_name.removeprefix("yaxis")
    figure.add_annotation(text_at(f"<b>{title}</b>", x=0, y=1, yref=f"y{axis} domain", yanchor="bottom"))


def _how_read(card: Bias) -> list[str]:
    counts = {
        "read only as an excerpt": card.excerpts,
        "without a date": card.undated,
        "whose publisher's country is not known": card.no_country,
        "without an address": card.no_address,
    }
    return [f"{_of(count, card.sources)} {words}" for words, count in counts.items()]


def _missing(card: Bias) -> list[str]:
    """Say how near the pages are to the events, and what the record holds but the view lacks."""
    sentences = [
        f"{_country(row.country)}: {plural(row.events, 'event')} of this view happened there,"
        f" {row.sources / card.sources:.0%} of its pages were published there."
        for row in card.where.head(2).itertuples()
    ]
    for dimension, named, noun in (
        ("language", _language, "languages"),
        ("affiliation", _affiliation, "affiliations"),
        ("country", _country, "countries"),
    ):
        names = [named(value) for value in card.missing[dimension]]
        if names:
            listed = joined(names if len(names) <= 9 else [*names[:8], f"{len(names) - 8} more"])
            sentences.append(f"No page here from these {noun} of the record: {listed}.")
    return [*sentences, "What nobody put online, or put online in a language nobody searched, is missing everywhere."]


def _note(sentence: str) -> list[str]:
    return escaped(wrap_to(sentence, (style.NARROWEST - 48) * TEXT / NAMES))


def _of(count: int, whole: int) -> str:
    share = count / whole
    return f"{count:,} ({'under 1%' if 0 < share < 0.01 else f'{share:.0%}'})"


def _country(code: str) -> str:
    return _COUNTRIES.get(code, code) or NOT_KNOWN


def _language(code: str) -> str:
    return _LANGUAGES.get(code, code) or NOT_KNOWN


def _affiliation(name: str) -> str:
    if not name:
        return NOT_KNOWN
    words = " ".join(_SHORT.get(word, word) for word in name.split("-"))
    for ending in ("aligned", "based", "funded", "linked", "led coalition"):
        words = words.replace(f" {ending}", f"-{ending}")
    return first_upper(words)
