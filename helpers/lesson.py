"""What a lesson needs besides its figures: their words and tables, terms, sources, boxes for a student's own words.

What can be plain Markdown is plain Markdown (the card, the content note, a solution in ``<details>``), so that a lesson
can be read without a kernel. The functions here show what must agree with the record, and keep what a student writes.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from html import escape
from importlib.resources import files
from pathlib import Path
from typing import Any

import ipywidgets as widgets
import pandas as pd
import plotly.graph_objects as go

from helpers.cards import source_list
from helpers.chronicle import Chronicle, check, shipped
from helpers.figures.exhibit import as_table, describe
from helpers.notes import Notes, NotesError

ROWS_SHOWN = 30
_TARGET = re.compile(r"\]\(\s*(?:<([^<>\n]*)>|((?:[^()\s\\]|\\.|\([^()\s]*\))+))")
_LESSON = re.compile(r"[\w-]+", re.ASCII).fullmatch


@dataclass(frozen=True, slots=True)
class Shown:
    """Something to read: HTML in a notebook, plain text elsewhere. ``table`` holds the rows behind it."""

    text: str
    html: str
    table: pd.DataFrame = field(default_factory=pd.DataFrame, repr=False, compare=False)

    def __repr__(self) -> str:
        return self.text

    def __str__(self) -> str:
        return self.text

    def _repr_html_(self) -> str:
        return self.html


def in_words(figure: go.Figure, rows: int = ROWS_SHOWN) -> Shown:
    """Show what a figure says in sentences, and the rows behind it in a table that opens on a click.

    Parameters
    ----------
    figure
        A figure made by the helpers.
    rows
        How many rows of the table to show at most; ``as_table(figure)`` gives all of them.

    Raises
    ------
    ValueError
        If the figure carries no text.

    Examples
    --------
    >>> from helpers.figures.exhibit import carry
    >>> in_words(carry(go.Figure(), ["Two rockets fell."], pd.DataFrame({"rockets": [2]})))
    In words: Two rockets fell.
    """
    text, table = describe(figure), as_table(figure)
    html = f'<p class="in-words"><strong>In words.</strong> {escape(text)}</p>'
    if len(table):
        count = f"{len(table)} row{'s' * (len(table) != 1)}"
        some = f"the first {rows} of {count}" if len(table) > rows else count
        first = table.head(rows)
        part = first.astype(object).where(first.notna(), "").to_html(index=False, border=0, justify="left")
        part = part.replace("<th>", '<th scope="col">')
        html += f"<details><summary>The same as a table ({some})</summary>{part}</details>"
    return Shown(f"In words: {text}", html, table)


def term(term_id: str, chronicle: Chronicle | None = None) -> Shown:
    """Show one entry of the glossary.

    Parameters
    ----------
    term_id
        The key of the entry, such as ``"jcpoa"``.
    chronicle
        The record whose glossary is meant; without it, the shipped one.

    Raises
    ------
    ValueError
        If the glossary has no such entry; it names the nearest one.

    Examples
    --------
    >>> term("pmf").table["term"].item()
    'Popular Mobilisation Forces (PMF, Hashd)'
    """
    return glossary_of(term_id, chronicle=chronicle)


def glossary_of(*term_ids: str, chronicle: Chronicle | None = None) -> Shown:
    """Show entries of the glossary in the order of the alphabet, with their Arabic and Persian names.

    Parameters
    ----------
    term_ids
        Keys of entries; without any, the whole glossary.
    chronicle
        The record whose glossary is meant; without it, the shipped one.

    Raises
    ------
    ValueError
        If the glossary has no such entry; it names the nearest one.

    Examples
    --------
    >>> print(glossary_of("utc", "as-of").table.index.to_list())
    ['as-of', 'utc']
    """
    glossary = (shipped() if chronicle is None else chronicle).glossary
    for term_id in term_ids:
        check("term", term_id, glossary.index)
    entries = glossary.loc[list(dict.fromkeys(term_ids))] if term_ids else glossary
    entries = entries.sort_values("term", key=lambda names: names.str.casefold())
    lines, parts = [], []
    for entry in entries.rename_axis("term_id").reset_index().to_dict("records"):
        names = [(entry["name_ar"], "ar", "Arabic"), (entry["name_fa"], "fa", "Persian")]
        names = [name for name in names if isinstance(name[0], str)]
        definition = entry["definition"] if isinstance(entry["definition"], str) else ""
        also = "".join(f"; {language}: {name}" for name, _, language in names)
        lines.append(f"{entry['term']}{also}: {definition}")
        scripts = " · ".join(f'<bdi lang="{code}" dir="rtl">{escape(name)}</bdi>' for name, code, _ in names)
        parts.append(
            f'<dt id="term-{escape(entry["term_id"])}"><strong>{escape(entry["term"])}</strong></dt>'
            f"<dd>{escape(definition)}{f'<br>{scripts}' if scripts else ''}</dd>"
        )
    return Shown("\n".join(lines), f'<dl class="glossary">{"".join(parts)}</dl>', entries)


def terms_of(lesson: str, chronicle: Chronicle | None = None) -> Shown:
    """Show the glossary entries that a lesson links to, as in ``[Green Zone](#term-green-zone)``.

    Parameters
    ----------
    lesson
        The file name of the lesson without its ending, such as ``"02-december"``.
    chronicle
        The record whose glossary is meant; without it, the shipped one.

    Raises
    ------
    ValueError
        If there is no such lesson, or it links to an entry that the glossary lacks.
    """
    found = [target.removeprefix("#term-") for target in _targets(lesson) if target.startswith("#term-")]
    if not found:
        text = "This lesson links to no term of the glossary."
        return Shown(text, f"<p>{text}</p>")
    return glossary_of(*found, chronicle=chronicle)


def sources_of(lesson: str, chronicle: Chronicle | None = None) -> Shown:
    """List the sources that a lesson links to: who published what, when, in which language, and whose voice it is.

    Parameters
    ----------
    lesson
        The file name of the lesson without its ending, such as ``"02-december"``.
    chronicle
        The record whose sources are meant; without it, the shipped one.

    Returns
    -------
    Shown
        A list to read. Its ``table`` holds the rows of the sources.

    Raises
    ------
    ValueError
        If there is no such lesson.
    """
    record = shipped() if chronicle is None else chronicle
    addresses = [target for target in _targets(lesson) if target.startswith(("http://", "https://"))]
    cited = record.sources[record.sources["url"].isin(addresses)].drop_duplicates("url")
    rows = cited.sort_values("published").sort_values("publisher", key=lambda p: p.str.casefold(), kind="stable")
    head = f"{len(rows)} source{'s' * (len(rows) != 1)}, as listed in the record"
    lines = [f"- {row['publisher']}: {row['title']}\n  {row['url']}" for row in rows.to_dict("records")]
    html = f"<p>{head}:</p>{source_list(record, map(str, rows.index))}"
    return Shown("\n".join([f"{head}:", *lines]), html, rows)


def links_in(markdown: str) -> list[str]:
    """Return the targets of the links of a Markdown text in their order.

    Examples
    --------
    >>> links_in("See [one](https://a.org/x_(y)) and [two](<#term-utc>).")
    ['https://a.org/x_(y)', '#term-utc']
    """
    return [angled or re.sub(r"\\(.)", r"\1", plain) for angled, plain in _TARGET.findall(markdown)]


class NoteBox(widgets.VBox):
    """A question with a box to write in. What is written is saved when the box is left; made by :func:`ask`."""

    def __init__(self, key: str, question: str, notes: Notes, rows: int) -> None:
        self._key, self._question, self._notes = key, question, notes
        self.box = widgets.Textarea(
            placeholder="Write here. Your text is saved when you leave the box.",
            rows=rows,
            continuous_update=False,
            layout=widgets.Layout(width="calc(100% - 4px)", max_width="60em"),  # less the margins of a widget
            description=f"Your answer to question {key}",
            style={"description_width": "0px"},
            tooltip=f"Your answer to question {key}: {question}" if question else f"Your answer to question {key}",
        )
        self.status = widgets.HTML()
        head = widgets.HTML(f"<strong>{escape(key)}</strong> {escape(question)}")
        try:
            text = notes.get(key, "")
            self._say(notes.damage)
        except NotesError as error:
            text = ""
            self._say(str(error))
        self.box.value = text if isinstance(text, str) else json.dumps(text, ensure_ascii=False)
        if self.box.value:
            self._say(f"Your answer from before is back. {self._said}".strip())
        self.box.observe(self._save, names="value")
        super().__init__([head, self.box, self.status])

    def _say(self, text: str) -> None:
        self._said = text
        self.status.value = f'<small role="status">{escape(text)}</small>' if text else ""

    def _save(self, change: Any) -> None:
        try:
            self._notes.put(self._key, change["new"])
        except NotesError as error:
            self._say(str(error))
        else:
            self._say(f"Saved in {self._notes.path.name}, beside this notebook.")

    def _repr_mimebundle_(self, **settings: Any) -> dict[str, Any]:
        # Where no widget can be drawn (a printed page, a preview), the question and the answer are shown as text.
        bundle = dict(super()._repr_mimebundle_(**settings))
        answer = self.box.value or "…"
        bundle["text/plain"] = f"{self._key} {self._question}\n{answer}"
        shown = escape(answer).replace("\n", "<br>")
        bundle["text/html"] = f"<p><strong>{escape(self._key)}</strong> {escape(self._question)}</p><p>{shown}</p>"
        return bundle


def ask(key: str, question: str = "", *, rows: int = 4, folder: str | Path | None = None) -> NoteBox:
    """Show a question with a box for free text. The text is kept beside the notebook and is back after a restart.

    Parameters
    ----------
    key
        The number of the question, such as ``"03-1"``; each number once in the whole series.
    question
        The question in words, shown above the box.
    rows
        The height of the box in lines.
    folder
        Where the answers are kept; without it, the folder of the notebook (see :class:`helpers.notes.Notes`).

    Raises
    ------
    ValueError
        If the key is empty.

    Examples
    --------
    >>> import tempfile
    >>> place = tempfile.mkdtemp()
    >>> ask("03-1", "Who answered whom?", folder=place).box.value = "Both sides did."
    >>> ask("03-1", "Who answered whom?", folder=place).box.value
    'Both sides did.'
    """
    if not key:
        raise ValueError("a question needs a number, like '03-1'")
    return NoteBox(key, question, Notes(folder), rows)


def _targets(lesson: str) -> list[str]:
    """Return the link targets of a lesson, each once, in their order."""
    cells = json.loads(_notebook(lesson).read_text(encoding="utf-8"))["cells"]
    texts = ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "markdown"]
    return list(dict.fromkeys(target for text in texts for target in links_in(text)))


def _notebook(lesson: str) -> Path:
    """Return the file of a lesson: beside the running notebook, or in the folder `notebooks` of a checkout."""
    folders: Iterable[Path] = (Path.cwd(), Path(str(files("helpers"))).parent / "notebooks")
    if _LESSON(lesson):
        for folder in folders:
            if (path := folder / f"{lesson}.ipynb").is_file():
                return path
    check("lesson", lesson, [path.stem for folder in folders for path in sorted(folder.glob("*.ipynb"))])
    raise ValueError(f"there is no lesson {lesson!r}")
