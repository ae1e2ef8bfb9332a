"""The codings of a class: one table of events and students, how well they agree, and a figure to show to the class.

The levels are those that students handed over for question 4.1. Each student codes events of their own and the events
of the whole class; agreement on the latter is what the class can talk about.
"""

from __future__ import annotations

import ast
import csv
import io
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from helpers import style
from helpers.agreement import Agreement, agreement, disagreements
from helpers.assignments.assignment_4 import CORE, LEVELS, by_harm, by_kind, levels_of
from helpers.chronicle import Chronicle, load
from helpers.figures.exhibit import Exhibit, as_table, carry, describe
from helpers.variants import variant
from teaching.marking.forms import Outcome
from teaching.marking.freezing import thaw
from teaching.marking.sources import grade_id, text_of

ASSIGNMENT = 4
QUESTION, CELL = "4.1", "q4-1"
ANSWER = "application/vnd.escalation.answer+json"
CSV, PAGE = "class-codings.csv", "class-codings.html"
FEWEST = 2

Codings = dict[str, dict[str, int | None]]


@dataclass(frozen=True)
class ClassCodings:
    """What a class coded.

    ``table`` has a row for each event in order of time and a column for each student, ``whole`` names the events that
    the whole class codes; ``overall`` is the agreement on them, None if fewer than two students coded.
    """

    table: pd.DataFrame
    whole: tuple[str, ...]
    overall: Agreement | None
    chronicle: Chronicle

    @property
    def shared(self) -> pd.DataFrame:
        """The events coded by the whole class, as far as anybody did."""
        return self.table.loc[[event for event in self.table.index if event in self.whole]]

    @property
    def per_event(self) -> pd.DataFrame:
        """For each event: how many gave a level or none, the median and the ends, the average distance of two coders.

        ``apart`` is the mean difference in levels of two students, over all pairs that gave one: 0 if all agree.
        ``share`` is the part of all disagreement on the events of the whole class that this event brings (0 to 1).
        """
        rows = []
        for event, levels in self.table.iterrows():
            given = np.sort(levels.dropna().to_numpy())
            rows.append(
                {
                    "event": event,
                    "coders": len(given),
                    "without a level": len(self._asked(str(event))) - len(given),
                    "lowest": given.min() if len(given) else np.nan,
                    "median": np.median(given) if len(given) else np.nan,
                    "highest": given.max() if len(given) else np.nan,
                    "apart": _apart(given),
                }
            )
        found = pd.DataFrame(rows, columns=_COLUMNS).set_index("event")
        shares = disagreements(self.shared)["share"] if self.overall else pd.Series(dtype=float)
        return found.assign(share=shares.reindex(found.index))

    def _asked(self, event: str) -> list[str]:
        return list(self.table.attrs.get("asked", {}).get(event, []))


_COLUMNS = ["event", "coders", "without a level", "lowest", "median", "highest", "apart"]


def merged(codings: Mapping[str, Mapping[str, int | None]], chronicle: Chronicle | None = None) -> ClassCodings:
    """Merge the levels of a class into one table.

    Parameters
    ----------
    codings
        For each student, a level or None for each event that they coded, by the key of the event.
    chronicle
        The record; without it, the shipped one.

    Examples
    --------
    >>> found = merged({"Ana": dict.fromkeys(CORE, 3), "Ben": dict(zip(CORE, [2, 4, 2, 5, 5, None]))})
    >>> found.table.shape, found.overall.events
    ((6, 2), 5)
    """
    record = load() if chronicle is None else chronicle
    events = record.events
    order = {event: place for place, event in enumerate(events.sort_values(["date", "day_order"], kind="stable").index)}
    asked: dict[str, list[str]] = {}
    for student, levels in codings.items():
        for event in levels:
            if event in order:
                asked.setdefault(event, []).append(student)
    rows = sorted(asked, key=order.__getitem__)
    columns = {student: [levels.get(event) for event in rows] for student, levels in codings.items()}
    table = pd.DataFrame(columns, index=pd.Index(rows, name="event"), dtype=float)
    table.attrs["asked"] = asked
    shared = table.loc[[event for event in rows if event in CORE]]
    enough = (shared.notna().sum(axis=1) >= FEWEST).any() if len(shared) else False
    return ClassCodings(table, CORE, agreement(shared) if enough else None, record)


def from_outcomes(outcomes: Mapping[str, Outcome], chronicle: Chronicle | None = None) -> Codings:
    """Return the codings of marked notebooks, by student: what they handed over for question 4.1.

    Parameters
    ----------
    outcomes
        For each student's id, what running their notebook gave.
    """
    record = load() if chronicle is None else chronicle
    found = {student: _levels(student, one.answers.get(QUESTION), record) for student, one in outcomes.items()}
    return {student: levels for student, levels in found.items() if levels}


def from_folder(folder: Path, chronicle: Chronicle | None = None) -> Codings:
    """Return the codings in a marking folder, by student: those of the notebooks in its folder ``autograded``.

    What a notebook handed over is read from its outputs. Where they are missing, the levels are read from the answer cell
    itself, if they stand there as a plain dict or list. Nothing of a notebook is run.

    Parameters
    ----------
    folder
        The marking folder, such as ``grading``.
    """
    record = load() if chronicle is None else chronicle
    found: Codings = {}
    for path in sorted((folder / "autograded").glob(f"*/{ASSIGNMENT}-*/{ASSIGNMENT}-*.ipynb")):
        student = path.parent.parent.name
        levels = _in_notebook(path, student, record)
        if levels:
            found[student] = levels
    return found


def chart(codings: ClassCodings) -> go.Figure:
    """Return a figure for the class: the levels given to each event that all coded, the worst disagreement on top.

    The larger a circle, the more students gave that level. A line joins the lowest and the highest level; a cross and a
    square stand for the two rules of the assignment, which are no students.

    Parameters
    ----------
    codings
        What :func:`merged` returns.
    """
    shared = codings.shared
    students = int(shared.notna().any().sum())
    if shared.empty or not students:
        figure = Exhibit(layout={"template": style.template(), "title": {"text": "No codings yet"}, "height": 300})
        return carry(figure, ["Nobody has handed over a coding yet."], pd.DataFrame({"event": []}))
    per_event = codings.per_event.loc[shared.index]
    order = per_event.sort_values("apart", ascending=True, kind="stable", na_position="first").index
    titles = codings.chronicle.events["title"]
    rows = {event: place for place, event in enumerate(order)}
    counts = [(event, int(level), int(n)) for event in order for level, n in shared.loc[event].value_counts().items()]
    most = max(n for _, _, n in counts)
    figure = Exhibit(layout=_layout([_lines(titles[event]) for event in order], codings.overall, students))
    for event in order:
        given = per_event.loc[event]
        if given["coders"]:
            ends = [given["lowest"], given["highest"]]
            figure.add_scatter(
                x=ends,
                y=[rows[event]] * 2,
                mode="lines",
                line={"color": "#BDBDBD", "width": 2},
                hoverinfo="skip",
                showlegend=False,
            )
    figure.add_scatter(
        x=[level for _, level, _ in counts],
        y=[rows[event] for event, _, _ in counts],
        mode="markers+text",
        name="students (the number says how many)",
        text=[str(n) for _, _, n in counts],
        textfont={"color": "white", "size": 13},
        marker={
            "size": [22 + 20 * (n / most) ** 0.5 for _, _, n in counts],
            "color": "#00527A",
            "opacity": 1,
            "line": {"color": "white", "width": 1},
        },
        hovertext=[f"{escape(titles[event])}<br>level {level}: {_count(n, 'student')}" for event, level, n in counts],
        hoverinfo="text",
    )
    for name, rule, symbol, lift in (
        ("rule by kind (no person)", by_kind(codings.chronicle, order), "x", 0.36),
        ("rule by harm (no person)", by_harm(codings.chronicle, order), "square-open", -0.36),
    ):
        figure.add_scatter(
            x=[rule[event] for event in order],
            y=[rows[event] + lift for event in order],
            mode="markers",
            name=name,
            marker={"symbol": symbol, "size": 9, "color": "#A04000", "line": {"width": 2, "color": "#A04000"}},
            hovertext=[f"{name}: level {rule[event]}" for event in order],
            hoverinfo="text",
        )
    return carry(figure, _sentences(codings, per_event, students), _shown(codings, per_event.loc[order[::-1]]))


def write(folder: Path, names: bool = False) -> list[Path]:
    """Write the codings of a class as a table and as a page to show; return the paths.

    Parameters
    ----------
    folder
        The marking folder; the files are written there.
    names
        Write the students' names; without it they are A, B, C, ..., in an order of its own that is not the alphabet's.

    Raises
    ------
    ValueError
        If no notebook of assignment 4 in the folder holds a coding.
    """
    given = from_folder(folder)
    if not given:
        raise ValueError(f"no coding of assignment 4 was found in {folder / 'autograded'}: mark that assignment first")
    found = merged(given if names else _anonymous(given))
    table, page = folder / CSV, folder / PAGE
    table.write_text(as_csv(found), encoding="utf-8", newline="\n")
    page.write_text(as_page(found), encoding="utf-8", newline="\n")
    return [table, page]


def as_csv(codings: ClassCodings) -> str:
    """Return the table with the figures for each event as CSV. A level that was asked for and not given is ``none``."""
    per_event, titles = codings.per_event, codings.chronicle.events["title"]
    asked = codings.table.attrs.get("asked", {})
    students = [str(student) for student in codings.table.columns]
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(
        ["event", "title", "coded_by", *map(_safe, students), *(name.replace(" ", "_") for name in per_event.columns)]
    )
    for event, levels in codings.table.iterrows():
        cells = [
            f"{level:g}" if pd.notna(level) else "none" if student in asked.get(event, ()) else ""
            for student, level in levels.items()
        ]
        figures = ["" if pd.isna(value) else f"{value:.4g}" for value in per_event.loc[event]]
        whose = "class" if event in codings.whole else "own"
        writer.writerow([event, _safe(str(titles[event])), whose, *cells, *figures])
    return text.getvalue()


def as_page(codings: ClassCodings) -> str:
    """Return a page to show to the class: the figure, the same in words, and the table. It needs no network."""
    figure = chart(codings)
    rows = as_table(figure).drop(columns=["event", "lowest", "highest", "share"], errors="ignore")
    table = rows.to_html(index=False, border=0, na_rep="", escape=True)
    return "\n".join(
        [
            '<!doctype html><html lang="en"><head><meta charset="utf-8">',
            '<meta name="viewport" content="width=device-width, initial-scale=1">',
            "<title>How the class coded</title>",
            "<style>body{font:16px/1.5 'Open Sans',Verdana,sans-serif;max-width:75rem;margin:1rem auto;padding:0 1rem;color:#222}"
            "table{border-collapse:collapse}th,td{padding:.3em .7em;border-bottom:1px solid #ccc;text-align:left}"
            "td:first-child{min-width:16rem}div.wide{overflow-x:auto}</style></head><body><main>",
            "<h1>How the class coded</h1>",
            figure.to_html(full_html=False, include_plotlyjs=True),
            f"<h2>In words</h2><p>{escape(describe(figure))}</p>",
            f'<h2>As a table</h2><div class="wide">{table}</div>',
            "</main></body></html>\n",
        ]
    )


def letters(place: int) -> str:
    """Return the name of a student who is not named: A to Z, then AA, AB and so on.

    >>> [letters(place) for place in (0, 25, 26)]
    ['A', 'Z', 'AA']
    """
    name = chr(ord("A") + place % 26)
    return name if place < 26 else letters(place // 26 - 1) + name


def _anonymous(codings: Codings) -> Codings:
    # The order follows the levels themselves, so that the place in the class list does not give a name away.
    order = sorted(codings, key=lambda student: (sorted(map(str, codings[student].items())), student))
    return {letters(place): codings[student] for place, student in enumerate(order)}


def _levels(student: str, frozen: Any, chronicle: Chronicle) -> dict[str, int | None]:
    if frozen is None:
        return {}
    try:
        return levels_of(thaw(frozen), chronicle, variant(ASSIGNMENT, student, chronicle).settings)
    except (ValueError, TypeError):
        return {}


def _in_notebook(path: Path, student: str, chronicle: Chronicle) -> dict[str, int | None]:
    try:
        notebook = json.loads(path.read_text(encoding="utf-8"))
        cells = [cell for cell in notebook["cells"] if isinstance(cell, dict)]
    except (OSError, ValueError, KeyError, TypeError):
        return {}
    for cell in cells:
        for output in _outputs(cell):
            handed = output.get(ANSWER)
            if isinstance(handed, Mapping) and handed.get("key") == QUESTION:
                levels = _levels(str(handed.get("student") or student), handed.get("answer"), chronicle)
                if levels:
                    return levels
    named = next((_literal(text_of(cell)) for cell in cells if grade_id(cell) == "student"), None)
    whose = str(named) if isinstance(named, str | int) else student
    source = next((text_of(cell) for cell in cells if grade_id(cell) == CELL), "")
    return levels_of(_literal(source), chronicle, variant(ASSIGNMENT, whose, chronicle).settings)


def _outputs(cell: Mapping[str, Any]) -> Iterable[Mapping[str, Any]]:
    outputs = cell.get("outputs")
    for output in outputs if isinstance(outputs, list) else ():
        data = output.get("data") if isinstance(output, Mapping) else None
        if isinstance(data, Mapping):
            yield data


def _literal(source: str) -> Any:
    """Return the last plain value that a cell gives to a name; None if there is none. Nothing is run."""
    try:
        lines = ast.parse(source).body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    for line in reversed(lines):
        if isinstance(line, ast.Assign):
            try:
                return ast.literal_eval(line.value)
            except (ValueError, TypeError, SyntaxError, RecursionError, MemoryError):
                continue
    return None


def _apart(given: np.ndarray) -> float:
    if len(given) < FEWEST:
        return float("nan")
    pairs = np.abs(given[:, None] - given[None, :])
    return float(pairs.sum() / (len(given) * (len(given) - 1)))


def _sentences(codings: ClassCodings, per_event: pd.DataFrame, students: int) -> list[str]:
    titles = codings.chronicle.events["title"]
    said = [f"{_count(students, 'student')} coded {_count(len(per_event), 'event')} that the whole class codes."]
    if codings.overall is None:
        return [*said, "With fewer than two coders of an event there is no agreement to measure."]
    said.append(f"Agreement: {codings.overall.text}. With so few events the interval says little.")
    apart = per_event["apart"].dropna().sort_values(kind="stable")
    if len(apart) and not apart.iloc[-1]:
        said.append("On each of them all students gave the same level.")
    elif len(apart):
        worst, best = apart.index[-1], apart.index[0]
        ends = per_event.loc[worst]
        said.append(
            f"They differ most on “{titles[worst]}”: levels from {ends['lowest']:g} to {ends['highest']:g}, two students "
            f"lie {apart.iloc[-1]:.1f} levels apart on average."
        )
        if best != worst:
            said.append(f"They differ least on “{titles[best]}”: {apart.iloc[0]:.1f} levels apart.")
    without = int(per_event["without a level"].sum())
    if without:
        said.append(f"{_count(without, 'time')} a student gave no level; such a gap does not enter the number.")
    return said


def _shown(codings: ClassCodings, per_event: pd.DataFrame) -> pd.DataFrame:
    titles = codings.chronicle.events["title"]
    order = list(per_event.index)
    shown = per_event.round(2).reset_index()
    shown.insert(1, "title", [titles[event] for event in order])
    given = codings.table.loc[order]
    for level in LEVELS:
        shown[f"level {level}"] = (given == level).sum(axis=1).to_numpy()
    shown["rule by kind"] = list(by_kind(codings.chronicle, order).values())
    shown["rule by harm"] = list(by_harm(codings.chronicle, order).values())
    return shown


def _layout(names: list[str], overall: Agreement | None, students: int) -> dict[str, Any]:
    text = "no agreement can be measured yet"
    if overall is not None:
        spread = "" if np.isnan(overall.low) else f", {overall.low:.2f} to {overall.high:.2f}"
        text = f"alpha {overall.alpha:.2f}{spread}"
    return {
        "template": style.template(),
        "title": {
            "text": f"How {_count(students, 'student')} coded the same events: {text}",
            "x": 0,
            "xref": "paper",
            "y": 0.97,
        },
        "height": 190 + 80 * len(names),
        "margin": {"l": 20, "r": 20, "t": 110, "b": 60},
        "legend": {"orientation": "h", "x": 0, "y": 1.02, "yanchor": "bottom"},
        "xaxis": {"title": {"text": "level"}, "range": [0.5, 5.5], "tickvals": list(LEVELS), "showgrid": True},
        "yaxis": {
            "tickvals": list(range(len(names))),
            "ticktext": names,
            "range": [-0.7, len(names) - 0.3],
            "automargin": True,
            "showgrid": False,
            "zeroline": False,
        },
    }


def _lines(title: str, width: int = 34) -> str:
    lines = [""]
    for word in title.split():
        if lines[-1] and len(lines[-1]) + 1 + len(word) > width:
            lines.append("")
        lines[-1] = f"{lines[-1]} {word}".strip()
    return "<br>".join(escape(line) for line in lines)


def _safe(text: str) -> str:
    """Return a cell that no spreadsheet takes for a formula."""
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t", "\r") else text


def _count(count: int, noun: str) -> str:
    return f"{count} {noun}{'' if count == 1 else 's'}"
