"""The marked copy of a submission, as a person sees it in nbgrader's form: answers, results, marks and mark schemes.

It is put together anew from plain parts, so that nothing in a student's notebook can run or load anything there.
"""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from html.parser import HTMLParser
from itertools import zip_longest
from typing import Any

from teaching.marking.forms import Mark
from teaching.marking.inside.freezing import ANSWER
from teaching.marking.safe_html import cut
from teaching.marking.sources import PERSON, Assignment, grade_id, marking, text_of

_CELLS, _OUTPUTS, _SOURCE, _TEXT, _PICTURE, _ANSWER = 400, 40, 50_000, 10_000, 2_000_000, 300_000
_PICTURES = ("image/png", "image/jpeg")
_FIGURE = "application/vnd.plotly.v1+json"
_CRITERION = re.compile(r"(up to )?\d+(\.\d+)? points?\b", re.IGNORECASE)
_LEFT_OUT = re.compile(r"^.* \.\.\.( .*)?$", re.MULTILINE)  # a line of a table from which columns were left out
_KERNEL = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}


def marked_copy(
    assignment: Assignment,
    release: Mapping[str, Any],
    notebook: Mapping[str, Any],
    marks: Sequence[Mark],
    answers: Mapping[str, Any] | None = None,
    student_id: str = "",
) -> dict[str, Any]:
    """Return a notebook for nbgrader's form.

    Parameters
    ----------
    assignment
        The assignment, for its mark schemes.
    release
        The student's copy as it was handed out: what the locked cells say, and nbgrader's metadata.
    notebook
        The notebook as it was run.
    marks
        What the machine gave.
    answers, student_id
        What was handed over, frozen, and whose variant it answers; both are kept beside the marks, unseen, for tables of
        the whole class.
    """
    known = {grade_id(cell): cell for cell in release["cells"] if grade_id(cell)}
    rubrics = {question.answer: question for question in assignment.questions if question.by == PERSON}
    given = {question.cell: mark for question in assignment.questions for mark in marks if mark.key == question.key}
    cells: list[dict[str, Any]] = []
    for cell in _usable(notebook)[:_CELLS]:
        name = grade_id(cell)
        original = known.pop(name, None)
        if question := rubrics.get(name) if original else None:
            cells.append(_cell("markdown", f"mark-scheme-{len(cells)}", _scheme(question.key, question.rubric)))
        cells.append(_copied(cell, original, len(cells)))
        if mark := given.get(name) if original else None:
            cells[-1]["outputs"] = [_text(f"{mark.points:g} of {mark.out_of:g} points. {mark.message}".strip())]
            handed_over = (answers or {}).get(mark.key)
            if handed_over is not None and len(json.dumps(handed_over)) <= _ANSWER:
                cells[-1]["outputs"][0]["data"][ANSWER] = {
                    "key": mark.key,
                    "student": student_id,
                    "answer": handed_over,
                }
    for original in known.values():  # formgrader needs every cell that carries points
        if marking(original).get("grade") or marking(original).get("solution"):
            cells.append(_copied(original, original, len(cells)))
    return {"cells": cells, "metadata": {"kernelspec": _KERNEL}, "nbformat": 4, "nbformat_minor": 5}


def results(cell: Mapping[str, Any]) -> Iterator[str]:
    """Return what a cell of a marked copy shows, as texts; of a picture or figure, that there is one."""
    for output in cell.get("outputs", ()):
        kind = output.get("output_type")
        if kind == "stream":
            yield output["text"]
        elif kind == "error":
            yield f"{output['ename']}: {output['evalue']}"
        elif any(picture in output.get("data", {}) for picture in _PICTURES):
            yield "(a picture)"
        else:
            yield output.get("data", {}).get("text/plain", "")


def _usable(notebook: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    cells = notebook.get("cells")
    return [cell for cell in cells if isinstance(cell, Mapping)] if isinstance(cells, list) else []


def _copied(cell: Mapping[str, Any], original: Mapping[str, Any] | None, place: int) -> dict[str, Any]:
    known = marking(original) if original else {}
    own = not known or known.get("solution")  # what is locked is shown as it was handed out
    kind = str((original or cell).get("cell_type"))
    copy = _cell(
        "code" if kind == "code" else "markdown",
        f"cell-{place}",
        cut(text_of(cell if own else original or cell), _SOURCE),
    )
    if known:
        copy["metadata"] = {"nbgrader": dict(known)}
    if kind == "code":
        copy["outputs"] = list(_outputs(cell))
    return copy


def _cell(kind: str, name: str, source: str) -> dict[str, Any]:
    rest: dict[str, Any] = {"execution_count": None, "outputs": []} if kind == "code" else {}
    return {"cell_type": kind, "id": name, "metadata": {}, "source": source, **rest}


def _scheme(key: str, rubric: str) -> str:
    listed = (f"- {line}" if _CRITERION.match(line) else line for line in (rubric or "No mark scheme.").splitlines())
    lines = "\n".join(f"> {line}" for line in listed)
    return f"> **Mark scheme of {key}**, for you alone\n>\n{lines}"


def _outputs(cell: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    outputs = cell.get("outputs")
    for output in outputs[:_OUTPUTS] if isinstance(outputs, list) else ():
        if not isinstance(output, Mapping):
            continue
        kind, data = output.get("output_type"), output.get("data")
        if kind == "stream":
            yield {"output_type": "stream", "name": "stdout", "text": cut(_joined(output.get("text")), _TEXT)}
        elif kind == "error":
            yield _text(cut(f"{_joined(output.get('ename'))}: {_joined(output.get('evalue'))}", _TEXT))
        elif isinstance(data, Mapping):
            yield from _shown(data)


def _shown(data: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    for kind in _PICTURES:
        if picture := _picture(data.get(kind)):
            yield {"output_type": "display_data", "metadata": {}, "data": {kind: picture}}
            return
    said = _joined(data.get("text/plain"))
    if _FIGURE in data:
        yield _text(_figure(data[_FIGURE]))
    elif said:
        whole = _whole_table(_joined(data.get("text/html"))) if _LEFT_OUT.search(said) else ""
        yield _text(cut(whole or said, _TEXT))


class _Table(HTMLParser):
    """Reads the texts of a table, and whether a row stands in its head."""

    def __init__(self) -> None:
        super().__init__()
        self.head: list[list[str]] = []
        self.body: list[list[str]] = []
        self._rows, self._inside = self.body, False

    def handle_starttag(self, tag: str, attrs: Sequence[tuple[str, str | None]]) -> None:
        """Begin a part, a row or a cell."""
        if tag in ("thead", "tbody"):
            self._rows = self.head if tag == "thead" else self.body
        elif tag == "tr":
            self._rows.append([])
        elif tag in ("th", "td") and self._rows:
            self._rows[-1].append("")
            self._inside = True

    def handle_endtag(self, tag: str) -> None:
        """End a cell."""
        self._inside = self._inside and tag not in ("th", "td")

    def handle_data(self, data: str) -> None:
        """Take a cell's text."""
        if self._inside:
            self._rows[-1][-1] += data


def _whole_table(html: str) -> str:
    """Return a table that pandas shortens as text, but shows whole as HTML, as lines of text."""
    table = _Table()
    table.feed(html[:_PICTURE])
    names = [next((name for name in column if name), "") for column in zip_longest(*table.head, fillvalue="")]
    return "\n\n".join(" | ".join(row) for row in (names, *table.body)) if table.body else ""


def _figure(figure: Any) -> str:
    layout = figure.get("layout") if isinstance(figure, Mapping) else None
    title = layout.get("title") if isinstance(layout, Mapping) else None
    title = title.get("text") if isinstance(title, Mapping) else title
    return f"(a figure: {cut(re.sub('<[^>]*>', ' ', title), 200)})" if isinstance(title, str) else "(a figure)"


def _text(said: str) -> dict[str, Any]:
    return {"output_type": "display_data", "metadata": {}, "data": {"text/plain": said}}


def _picture(encoded: Any) -> str:
    text = "".join(_joined(encoded).split())
    try:
        return text if text and len(text) <= _PICTURE and base64.b64decode(text, validate=True) else ""
    except (binascii.Error, ValueError):
        return ""


def _joined(text: Any) -> str:
    return "".join(str(part) for part in text) if isinstance(text, list) else text if isinstance(text, str) else ""
