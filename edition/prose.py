"""The prose and the code of a lesson as HTML."""

from __future__ import annotations

import re
from functools import cache
from html import escape

import mistune
from mistune.renderers.html import HTMLRenderer
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import PythonLexer

from edition.clean import Page, clean

BOXES = {"Stop and think.": "think", "Content note.": "note"}


def prose(markdown: str, page: Page) -> str:
    """Return a Markdown cell as HTML; its headings become anchors of the page.

    Examples
    --------
    >>> from edition.clean import Links
    >>> prose("**Stop and think.** Why? <!-- not a fact -->", Page(Links(frozenset()))).strip()
    '<p class="think"><strong>Stop and think.</strong> Why? </p>'
    """
    html = str(_reader()(markdown))
    for words, name in BOXES.items():
        html = html.replace(f"<p><strong>{words}</strong>", f'<p class="{name}"><strong>{words}</strong>')
    return clean(html, page, anchors=True)


def code(source: str) -> str:
    """Return Python code with its words marked by what they are.

    >>> code("load()")
    '<span class="n">load</span><span class="p">()</span>'
    """
    return highlight(source, PythonLexer(), HtmlFormatter(nowrap=True)).rstrip("\n")


class _Renderer(HTMLRenderer):
    def block_code(self, code_text: str, info: str | None = None) -> str:
        known = info is not None and info.split()[:1] in (["python"], ["py"])
        shown = code(code_text) if known else escape(code_text)
        return f'<pre class="highlight"><code>{shown}</code></pre>\n'


@cache
def _reader() -> mistune.Markdown:
    return mistune.create_markdown(renderer=_Renderer(escape=False), plugins=["table", "strikethrough"])


def first_question(markdown: str) -> str:
    r"""Return the question of a lesson from its card, as plain Markdown.

    >>> first_question("# Title\n\n**Question:** Who *did* it?\n\n- **Time:** 50 minutes")
    'Who did it?'
    """
    return _line(r"^\*\*Question:\*\*\s*(.+)$", markdown)


def minutes(markdown: str) -> str:
    """Return how long a lesson takes, from its card.

    >>> minutes("- **Time:** 50 minutes")
    '50 minutes'
    """
    return _line(r"^- \*\*Time:\*\*\s*(.+)$", markdown)


def _line(pattern: str, markdown: str) -> str:
    found = re.search(pattern, re.sub(r"<!--.*?-->", "", markdown, flags=re.DOTALL), re.MULTILINE)
    return re.sub(r"[*_`]", "", found[1]).strip() if found else ""
