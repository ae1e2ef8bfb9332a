"""HTML that is safe to show: what students wrote can't run scripts, load anything or change the page."""

from __future__ import annotations

import re
from html import escape

_TAGS = {
    *(
        "p",
        "br",
        "hr",
        "em",
        "strong",
        "b",
        "i",
        "code",
        "pre",
        "blockquote",
        "ul",
        "ol",
        "li",
        "a",
        "span",
        "div",
        "del",
    ),
    *("h1", "h2", "h3", "h4", "h5", "h6", "table", "thead", "tbody", "tr", "th", "td", "sub", "sup", "dl", "dt", "dd"),
}
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]|\x1b\[[0-9;]*[A-Za-z]")


def markdown2html(source: str) -> str:
    """Return Markdown as HTML in which nothing runs and nothing is loaded; nbconvert calls it in place of its own."""
    import bleach
    from nbconvert.filters.markdown import markdown2html_mistune

    html = markdown2html_mistune(source[:100_000])
    safe: str = bleach.clean(
        html, tags=_TAGS, attributes={"a": ["href", "title"]}, protocols=["https", "http", "mailto"]
    )
    return safe


def shown(text: str, limit: int = 4_000) -> str:
    """Return a text escaped for HTML, without control signs, and cut if it is long.

    >>> shown("<b>5 > 4</b>")
    '&lt;b&gt;5 &gt; 4&lt;/b&gt;'
    """
    return escape(cut(text, limit))


def cut(text: str, limit: int) -> str:
    """Return a text without control signs; of a long one, its beginning and how much was left out."""
    text = _CONTROL.sub("", text)
    return text if len(text) <= limit else f"{text[:limit]}\n… ({len(text) - limit:,} more signs)"
