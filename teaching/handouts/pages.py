"""Lay a handout out as one HTML page for A4 paper that holds all it needs: nothing is fetched when it is opened."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from html import escape
from pathlib import Path

import pandas as pd
import plotly.graph_objects as go

from helpers import as_table, describe, load, style
from helpers.chronicle import Chronicle
from teaching.handouts.sheets import Sheet, sources_of_rows

NOTEBOOKS = Path(__file__).resolve().parents[2] / "notebooks"
STYLE = Path(__file__).with_name("print.css")
BASIS = {"stated-by": "somebody in the story says so", "reported": "a source reports it", "inferred": "our own reading"}


def page(lesson: str, sheet: Sheet, figure: go.Figure, picture: str | None = None) -> str:
    """Return the handout of a lesson as HTML.

    Parameters
    ----------
    lesson
        Number of the lesson, such as ``"03"``.
    sheet
        What stands on it.
    figure
        The figure of the sheet.
    picture
        The figure as a ``data:`` address. Without it the page holds the live figure and the code that draws it.
    """
    title, question, note = _head(lesson)
    record = sheet.record()
    table = chosen(sheet, figure)
    words = describe(figure)
    shown = (
        f'<img class="figure" src="{escape(picture)}" alt="{escape(words)}">'
        if picture
        else figure.to_html(full_html=False, include_plotlyjs=True)
    )
    parts = [
        f'<p class="who">Lesson {lesson} <span>Name: </span> <span>Date: </span></p>',
        f"<h1>{escape(title)}</h1>",
        f'<p class="question"><strong>Question:</strong> {escape(question)}</p>',
        f'<p class="note">{escape(note)}</p>',
        f"<figure>{shown}<figcaption><strong>In words.</strong> {escape(words)}</figcaption></figure>",
        _room(sheet.room) if sheet.room else "",
        _table(table, sheet, len(as_table(figure))) if len(table) else "",
        "<h2>Questions</h2>",
        *(_asked(number, text, sheet.lines) for number, text in enumerate(sheet.questions, start=1)),
        "<h2>Sources</h2>",
        _sources(record, _room_of(sheet.room)["source_ids"] if sheet.room else sources_of_rows(record, table)),
        '<p class="foot">From “The Iraq–US–Iran escalation, December 2019 to March 2020: notebooks and data”. Data and texts: '
        "CC BY 4.0. A claim is what somebody said; blame always has an author.</p>",
    ]
    return (
        f'<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f"<title>Handout {lesson}: {escape(title)}</title>\n<style>\n{STYLE.read_text(encoding='utf-8')}</style>\n"
        f"</head>\n<body>\n<main>\n{chr(10).join(parts)}\n</main>\n</body>\n</html>\n"
    )


def chosen(sheet: Sheet, figure: go.Figure) -> pd.DataFrame:
    """Return the rows of the figure's table that are printed: those with most claims where they are counted."""
    table = as_table(figure)
    table = table.drop_duplicates([name for name in sheet.columns if name in table])
    if "claims" in table and len(table) > sheet.rows:
        most = table.sort_values("claims", ascending=False, kind="stable").index[: sheet.rows]
        return table.loc[table.index.isin(most)]
    return table.head(sheet.rows)


def _head(lesson: str) -> tuple[str, str, str]:
    """Return the title, the question and the content note of a lesson, as its notebook has them."""
    path = next(NOTEBOOKS.glob(f"{lesson}-*.ipynb"))
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    card, note = ("".join(cell["source"]) for cell in cells[:2])
    question = next(line for line in card.splitlines() if line.startswith("**Question:**"))
    return card.splitlines()[0].removeprefix("# "), question.removeprefix("**Question:** "), _first(note)


def _first(note: str) -> str:
    """Return the first paragraph of a content note as plain text."""
    return note.split("\n\n")[0].replace("**", "")


def _table(table: pd.DataFrame, sheet: Sheet, of: int) -> str:
    head = "".join(f'<th scope="col">{escape(text)}</th>' for text in sheet.columns.values())
    rows = "".join(
        f"<tr>{''.join(_cell(name, row[name]) for name in sheet.columns)}</tr>" for row in table.to_dict("records")
    )
    more = f"<p class='more'>{len(table)} of {of} rows; the notebook shows all.</p>" if len(table) < of else ""
    return (
        "<section class='rows'><h2>Some of the rows behind the figure</h2>"
        f"<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>{more}</section>"
    )


def _cell(column: str, value: object) -> str:
    """Return one cell of a table, written by what its column holds."""
    if column == "lane" and value in style.SIDES:
        text = style.SIDES[str(value)].label
    else:
        text = BASIS[str(value)] if column == "basis" else _said(value)
    return f"<td{' class=day' if column == 'reported' else ''}>{escape(text)}</td>"


def _said(value: object) -> str:
    """Write one value as it is read."""
    if value is None or value is pd.NaT or value != value:
        return "–"
    if isinstance(value, pd.Timestamp):
        return f"{value.day} {value:%B %Y}"
    if isinstance(value, float):
        return f"{value:.3g}"
    text = str(value).replace(", hour not known", "")
    return text.replace("-", " ") if text.islower() and " " not in text else text


def _room(day: str) -> str:
    """Return the situation, the options and the question of a decision room, and nothing of how it ended."""
    room = _room_of(day)
    options = load().room_options.query("room_id == @room.name").sort_values("order")
    listed = "".join(
        f"<li><strong>{escape(option['label'])}.</strong> {escape(option['description'])}</li>"
        for option in options.to_dict("records")
    )
    return (
        f"<h2>{escape(str(room['title']))}</h2><p>{escape(str(room['situation']))}</p>"
        f"<p><strong>{escape(str(room['question']))}</strong></p><ul>{listed}</ul>"
        f"<p>How likely is a yes? <em>{escape(str(room['prediction']))}</em></p>"
    )


def _room_of(day: str) -> pd.Series:
    rooms = load().rooms
    return rooms[rooms["as_of"] == pd.Timestamp(day)].iloc[0]


def _asked(number: int, text: str, lines: int) -> str:
    room = '<div class="line"></div>' * lines
    return f'<section class="asked"><p><strong>{number}.</strong> {escape(text)}</p>{room}</section>'


def _sources(chronicle: Chronicle, found: Sequence[str]) -> str:
    if not found:
        return (
            "<p class='sources'>Counted from the whole record; its codebook and all pages are in the folder data.</p>"
        )
    return f"<ol class='sources'>{''.join(_source(chronicle.sources.loc[key]) for key in found)}</ol>"


def _source(source: pd.Series) -> str:
    via = f" (via {source['via']})" if isinstance(source["via"], str) else ""
    day = _said(source["published"]) if source["published"] == source["published_until"] else "day not known"
    address = source["url"] if isinstance(source["url"], str) else ""
    link = f' <a href="{escape(address)}">{escape(_short(address))}</a>' if address else ""
    return f"<li>{escape(str(source['publisher']))}{escape(via)}, {day}: {escape(str(source['title']))}.{link}</li>"


def _short(address: str, longest: int = 68) -> str:
    """Cut an address that fills lines; the link behind it stays whole."""
    bare = address.split("://", 1)[-1]
    return bare if len(bare) <= longest else bare[: longest - 1] + "…"


def contents(pages: Iterable[tuple[str, str, bool]]) -> str:
    """Return a page that lists the handouts: number and title of each lesson, and whether there is a PDF."""
    items = "".join(
        f'<li><a href="{lesson}.html">{lesson} {escape(title)}</a>'
        + (f' (<a href="{lesson}.pdf">PDF</a>)' if pdf else "")
        + "</li>"
        for lesson, title, pdf in pages
    )
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><title>Handouts</title>'
        f"<style>{STYLE.read_text(encoding='utf-8')}</style></head><body><main><h1>Handouts</h1>"
        f"<p>Print in black and white or in colour, on A4, both sides.</p><ul>{items}</ul></main></body></html>\n"
    )


def title_of(lesson: str) -> str:
    """Return the title of a lesson."""
    return _head(lesson)[0]
