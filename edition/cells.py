"""The cells of a lesson that was run, as blocks that the templates lay out."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from html import escape, unescape
from typing import Any
from urllib.parse import urlsplit

from edition import prose as words
from edition.clean import Page, clean, marked
from edition.kernel import MIME
from edition.slider import changes_table, slider_svg
from helpers.cards import safe_address

PLOTLY = "application/vnd.plotly.v1+json"
ROWS = 500
"""So many rows of a figure's table are written at most."""
HEIGHT = 450


@dataclass(slots=True)
class Block:
    """One piece of a page: its kind, which names the macro that lays it out, and what that needs."""

    kind: str
    data: dict[str, Any] = field(default_factory=dict)

    def __getattr__(self, name: str) -> Any:
        try:
            return self.data[name]
        except KeyError:
            raise AttributeError(name) from None


def blocks_of(notebook: Mapping[str, Any], page: Page) -> list[Block]:
    """Return the blocks of a lesson in their order.

    The words and the table of a figure stand where the lesson has its ``in_words``, right after it; a figure without
    that carries them itself.
    """
    blocks: list[Block] = []
    waiting: list[Block] = []  # figures whose words may still come
    for number, cell in enumerate(notebook["cells"], start=1):
        source = "".join(cell["source"]).strip()
        if not source:
            continue
        if cell["cell_type"] == "markdown":
            blocks.append(Block("prose", {"html": words.prose(source, page)}))
            waiting = []
            continue
        if cell["cell_type"] != "code":
            continue
        name = f"cell-{number}"
        blocks.append(Block("code", {"html": words.code(source)}))
        shown = list(_outputs(cell.get("outputs", []), page, name, "sources_of(" in source))
        for block in shown:
            if block.kind == "verdict":
                block.data["first"] = not any(other.kind == "verdict" for other in blocks)
        for block in shown:
            owner = next((figure for figure in waiting if _says(block, figure)), None)
            if owner is not None:
                block = Block("words", {"id": owner.words_id, "text": owner.text, "table": owner.table})
                owner.data["alone"] = False
            blocks.append(block)
        waiting = [block for block in shown if block.kind == "figure"] or waiting
    return blocks


def figure_block(figure: Mapping[str, Any], name: str) -> Block:
    """Return a Plotly figure as a block: title, sentences, table, and JSON that may stand inside a script element."""
    layout = {key: value for key, value in figure.get("layout", {}).items() if key not in ("meta", "width")}
    meta = figure.get("layout", {}).get("meta")
    meta = meta if isinstance(meta, Mapping) and "text" in meta else {"text": [], "table": {}, "dates": []}
    title = plain(str((layout.get("title") or {}).get("text") or "")) or "Figure"
    config = {**figure.get("config", {}), "displaylogo": False, "responsive": True, "plotlyServerURL": ""}
    body = {"data": figure.get("data", []), "layout": layout, "config": config}
    height = layout.get("height")
    return Block(
        "figure",
        {
            "id": name,
            "words_id": f"{name}-words",
            "title": title,
            "text": [str(sentence) for sentence in meta["text"]],
            "table": table_html(meta["table"], meta.get("dates", ()), title),
            "height": int(height) if isinstance(height, (int, float)) else HEIGHT,
            "json": script_json(body),
            "alone": True,
        },
    )


def script_json(value: Any) -> str:
    r"""Return JSON that can't end the script element it stands in.

    >>> script_json("</script><b>&")
    '"\\u003c/script\\u003e\\u003cb\\u003e\\u0026"'
    """
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    for sign in "<>&\u2028\u2029":
        text = text.replace(sign, f"\\u{ord(sign):04x}")
    return text


def plain(text: str) -> str:
    """Return a text of Plotly, which knows a few tags and entities, as plain text.

    >>> plain("<b>Rockets</b><br>&lt;K-1&gt;")
    'Rockets <K-1>'
    """
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^<>]*>", " ", text))).strip()


def table_html(columns: Mapping[str, Any], dates: Iterable[str], title: str) -> str:
    """Return the rows behind a figure as an HTML table, or nothing if there are none."""
    names = list(columns)
    rows = list(zip(*columns.values(), strict=True)) if names else []
    if not rows:
        return ""
    days = {names.index(name) for name in dates if name in names}
    head = "".join(f'<th scope="col">{marked(name.replace("_", " "))}</th>' for name in names)
    body = "".join(
        f"<tr>{''.join(f'<td>{_cell(value, place in days)}</td>' for place, value in enumerate(row))}</tr>"
        for row in rows[:ROWS]
    )
    count = f"{len(rows)} row{'' if len(rows) == 1 else 's'}"
    some = f"the first {ROWS} of {count}" if len(rows) > ROWS else count
    label = escape(f"Table: {title}")
    return (
        f"<details><summary>The same as a table ({some})</summary>"
        f'<div class="wide" role="group" tabindex="0" aria-label="{label}"><table><thead><tr>{head}</tr></thead>'
        f"<tbody>{body}</tbody></table></div></details>"
    )


def _cell(value: Any, is_date: bool) -> str:
    if value is None or value != value:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, (list, tuple)):
        return "; ".join(marked(one) for one in value)
    if isinstance(value, float):
        return f"{value:g}"
    address = safe_address(value)
    if address is not None:
        host = (urlsplit(address).hostname or address).removeprefix("www.")
        return f'<a href="{escape(address)}">{escape(host)}</a>'
    text = str(value)
    return marked(text.removesuffix(" 00:00:00").removesuffix("T00:00:00") if is_date else text)


def _outputs(outputs: Iterable[Mapping[str, Any]], page: Page, name: str, is_sources: bool) -> Iterator[Block]:
    printed: list[str] = []
    number = 0
    for output in outputs:
        if output["output_type"] == "stream":
            if output["name"] == "stdout":
                printed.append("".join(output["text"]))
            continue
        if printed:
            yield _text("".join(printed))
            printed = []
        number += 1
        own = name if number == 1 else f"{name}-{number}"
        data = output.get("data", {})
        if MIME in data:
            yield from _told(data[MIME], page, own)
        elif PLOTLY in data:
            yield figure_block(data[PLOTLY], own)
        elif "text/html" in data:
            text = "".join(data.get("text/plain", ""))
            kind = "sources" if is_sources else "html"
            yield Block(kind, {"html": clean("".join(data["text/html"]), page), "text": text})
        elif "text/plain" in data:
            yield _text("".join(data["text/plain"]))
    if printed:
        yield _text("".join(printed))


def _text(text: str) -> Block:
    return Block("text", {"html": marked(text.rstrip("\n")), "text": text})


def _told(told: Mapping[str, Any], page: Page, name: str) -> Iterator[Block]:
    kind = told["kind"]
    if kind == "figure":
        yield figure_block(told["figure"], name)
    elif kind == "question":
        yield Block("question", {"html": clean(told["question"], page), "rows": int(told["rows"])})
    elif kind == "verdict":
        yield Block("verdict", {"key": told["key"], "state": told["state"], "text": told["text"]})
    elif kind == "explorer":
        slider = told.get("slider")
        yield Block(
            "explorer",
            {
                "id": name,
                "title": told["title"],
                "item": told["item"],
                "count": told["count"],
                "figure": figure_block(told["figure"], name),
                "items": [_item(item, page) for item in told["items"]],
                "code": words.code(told["code"]),
                "slider": _slider(slider, f"{name}-days") if slider else None,
            },
        )
    elif kind == "room":
        yield Block(
            "room",
            {
                "id": name,
                "title": told["title"],
                "situation": clean(told["situation"], page),
                "items": [_item(item, page) for item in told["items"]],
                "options": clean(told["options"], page),
                "labels": told["labels"],
                "prediction": told["prediction"],
                "outcome": clean(told["outcome"], page),
            },
        )


def _item(item: Mapping[str, Any], page: Page) -> dict[str, Any]:
    return {"label": marked(item["label"]), "card": clean(item["card"], page), "open": bool(item["open"])}


def _slider(data: dict[str, Any], name: str) -> dict[str, Any]:
    lean = {
        "stops": data["stops"],
        "actors": [{"name": actor["name"], "gone": actor["gone"]} for actor in data["actors"]],
        "ties": [
            {key: tie[key] for key in ("from", "to", "kind", "mutual", "dashed", "stops")} for tie in data["ties"]
        ],
    }
    return {
        "id": name,
        "stop": data["stop"],
        "focus": data["focus"],
        "stops": data["stops"],
        "actors": sorted(((actor["name"], number) for number, actor in enumerate(data["actors"])), key=_folded),
        "svg": slider_svg(data, name),
        "changes": changes_table(data),
        "json": script_json(lean),
    }


def _folded(named: tuple[str, int]) -> str:
    return named[0].casefold()


def _says(block: Block, figure: Block) -> bool:
    return block.kind == "html" and block.text == f"In words: {' '.join(figure.text)}"
