"""HTML that may go on a page: only known tags and attributes, only web addresses, every text escaped, languages marked.

Whatever a lesson shows comes through here, also what the helpers have escaped already. It is parsed and written anew from
a short list of what is allowed, so that no text of a record, a notebook or a student becomes markup or script.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from html import escape, unescape
from html.parser import HTMLParser

from helpers.cards import safe_address

PLAIN = (
    "abbr article b bdi blockquote br caption cite code dd details div dl dt em h1 h2 h3 h4 h5 h6 hr i kbd li mark ol p "
    "pre q s section small span strong sub summary sup table tbody td tfoot th thead tr u ul var"
)
TAGS = frozenset([*PLAIN.split(), "a"])
VOID = frozenset(["br", "hr"])
SILENT = frozenset(
    [
        *("iframe", "math", "noembed", "noframes", "noscript", "object", "script"),
        *("select", "style", "svg", "template", "textarea", "title"),
    ]
)
"""What is left out with all that is in it."""
HEADINGS = frozenset(["h1", "h2", "h3", "h4", "h5", "h6"])
LONE = frozenset(["li", "p", "td", "th", "tr", "dt", "dd"])
"""Elements that HTML lets an author leave open: another one of the kind ends it."""
CLASSES = re.compile(r"record-[a-z]+|glossary|in-words|think|note|highlight|[a-z]{1,3}[0-9a-f]?|language-\w+", re.ASCII)
NAME = re.compile(r"term-[\w-]+", re.ASCII)
LANGUAGE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*", re.ASCII)
NUMBER = re.compile(r"\d{1,3}", re.ASCII)
ARABIC = "\u0600-\u06ff\u0750-\u077f\u08a0-\u08ff\ufb50-\ufdff\ufe70-\ufefc"
SCRIPTS = re.compile(
    f"[{ARABIC}](?:[{ARABIC}\\s.,:/()«»–-]*[{ARABIC}])?|[\u0590-\u05ff](?:[\u0590-\u05ff\\s.,:\"'-]*[\u0590-\u05ff])?"
)


@dataclass(frozen=True, slots=True)
class Links:
    """Where the links of a lesson lead on the site: other lessons to their pages, web pages to the web, terms down."""

    lessons: frozenset[str]

    def resolve(self, address: str) -> dict[str, str] | None:
        """Return the attributes of a link, or None if it leads nowhere a page without a server can go.

        >>> links = Links(frozenset(["02-december"]))
        >>> links.resolve("02-december.ipynb")
        {'href': '02-december.html'}
        >>> links.resolve("javascript:alert(1)")
        """
        if address.startswith("#") and NAME.fullmatch(address[1:]):
            return {"href": address, "class": "term"}
        if address.startswith("#") and re.fullmatch(r"[\w-]+", address[1:], re.ASCII):
            return {"href": address}
        page = re.fullmatch(r"([\w-]+)\.ipynb(?:#.*)?", address, re.ASCII)
        if page and page[1] in self.lessons:
            return {"href": f"{page[1]}.html"}
        safe = safe_address(address)
        return None if safe is None else {"href": safe}


@dataclass(slots=True)
class Page:
    """What must be unique on a page or is gathered from all its cells: ids, headings, terms linked to."""

    links: Links
    ids: set[str] = field(default_factory=set)
    headings: list[tuple[int, str, str]] = field(default_factory=list)
    """Level, text, id."""
    terms: set[str] = field(default_factory=set)

    def name(self, text: str) -> str:
        """Return an id for a heading that nothing else on the page has."""
        base = re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-") or "part"
        base = base if base[0].isalpha() else f"part-{base}"
        found, number = base, 2
        while found in self.ids:
            found, number = f"{base}-{number}", number + 1
        self.ids.add(found)
        return found


def clean(html: str, page: Page, *, anchors: bool = False) -> str:
    """Return HTML that is safe and fit for the page.

    Parameters
    ----------
    html
        Any HTML, from whomever.
    page
        The page it goes on.
    anchors
        Whether its headings get ids and go into the page's list of contents.

    Examples
    --------
    >>> page = Page(Links(frozenset()))
    >>> clean('<p onclick="x()">Hello<script>alert(1)</script> <a href="javascript:x()">you</a></p>', page)
    '<p>Hello <span>you</span></p>'
    """
    cleaner = _Cleaner(page, anchors)
    cleaner.feed(html)
    cleaner.close()
    return cleaner.result()


def marked(text: object) -> str:
    """Return a text escaped, its Arabic, Persian and Hebrew parts marked with language and direction.

    >>> marked("PMF <الحشد الشعبي>")
    'PMF &lt;<bdi lang="ar" dir="rtl">الحشد الشعبي</bdi>&gt;'
    """
    parts, last = [], 0
    whole = str(text)
    for found in SCRIPTS.finditer(whole):
        parts.append(escape(whole[last : found.start()]))
        parts.append(f'<bdi lang="{language_of(found[0])}" dir="rtl">{escape(found[0])}</bdi>')
        last = found.end()
    return "".join([*parts, escape(whole[last:])])


def language_of(text: str) -> str:
    """Return the likeliest language of a text in Arabic or Hebrew letters, by the letters that only one of them uses.

    >>> language_of("سپاه پاسداران"), language_of("الحشد الشعبي")
    ('fa', 'ar')
    """
    for language, letters in (("he", "\u05d0-\u05ea"), ("ckb", "ێۆڕڵە"), ("ur", "ٹڈڑےں"), ("fa", "پچژگیکۀ")):
        if re.search(f"[{letters}]", text):
            return language
    return "ar"


def words_of(html: str) -> str:
    """Return the text of HTML without its tags.

    >>> words_of("<p>One<br>two &amp; <b>three</b></p>")
    'One two & three'
    """
    text = re.sub(r"</?(?:b|i|em|strong|code|a|span|bdi|sub|sup|mark|s|u|q|abbr|kbd|var)\b[^>]*>", "", html)
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]*>", " ", text))).strip()


class _Cleaner(HTMLParser):
    def __init__(self, page: Page, anchors: bool) -> None:
        super().__init__(convert_charrefs=True)
        self._page, self._anchors = page, anchors
        self._out: list[str] = []
        self._open: list[tuple[str, str, bool]] = []  # tag as read, what closes it, whether a language is set in it
        self._silent: list[str] = []
        self._empty_head: int | None = None  # where a header cell stands in the output that has no text so far
        self._heading: int | None = None
        self._in_head = False

    def result(self) -> str:
        while self._open:
            self._end()
        return "".join(self._out)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if self._silent or tag in SILENT:
            if tag in SILENT:
                self._silent.append(tag)
            return
        if tag not in TAGS:
            return
        if tag in VOID:
            self._out.append(f"<{tag}>")
            return
        if tag in LONE and self._open and self._open[-1][0] == tag:
            self._end()
        given = {name: value or "" for name, value in attrs}
        kept = self._attributes(tag, given)
        close = f"</{tag}>"
        if tag == "a":
            target = self._page.links.resolve(given.get("href", ""))
            if target is None:
                self._start("a", "span", {}, "</span>")
                return
            if target.get("class") == "term":
                self._page.terms.add(target["href"].removeprefix("#term-"))
            kept |= target
        if tag == "thead":
            self._in_head = True
        if tag == "table" and not any("record-wide" in self._out[at] for at in self._recent()):
            label = "Table, to be moved sideways if it is wide"
            self._out.append(f'<div class="wide" role="group" tabindex="0" aria-label="{label}">')
            close = "</table></div>"
        if tag == "th" and "scope" not in kept:
            kept["scope"] = "col" if self._in_head else "row"
        if tag == "details" and "open" in given:
            kept["open"] = ""
        self._empty_head = len(self._out) if tag == "th" else None
        if self._anchors and tag in HEADINGS:
            self._heading = len(self._out)
        self._start(tag, tag, kept, close)

    def handle_endtag(self, tag: str) -> None:
        if self._silent:
            if tag == self._silent[-1]:
                self._silent.pop()
            return
        if tag not in TAGS or tag not in [one[0] for one in self._open]:
            return
        while self._open[-1][0] != tag:
            self._end()
        self._end()

    def handle_data(self, data: str) -> None:
        if self._silent or not data:
            return
        if data.strip():
            self._empty_head = None
        self._out.append(escape(data) if any(one[2] for one in self._open) else marked(data))

    def _recent(self) -> Iterable[int]:
        """Return the place of the last start tag: of what this table stands in."""
        return [place for place in range(len(self._out) - 1, -1, -1) if self._out[place].startswith("<")][:1]

    def _start(self, read: str, written: str, kept: dict[str, str], close: str) -> None:
        text = "".join(f' {name}="{escape(value)}"' if value else f" {name}" for name, value in kept.items())
        self._out.append(f"<{written}{text}>")
        self._open.append((read, close, "lang" in kept))

    def _end(self) -> None:
        tag, close, _ = self._open.pop()
        if tag == "thead":
            self._in_head = False
        if tag == "th" and self._empty_head is not None:
            self._out[self._empty_head :] = ["<td>"]
            close = "</td>"
        self._empty_head = None
        if self._heading is not None and tag in HEADINGS:
            text = words_of("".join(self._out[self._heading + 1 :]))
            name = self._page.name(text)
            self._out[self._heading] = f'<{tag} id="{name}">'
            self._page.headings.append((int(tag[1]), text, name))
            self._heading = None
        self._out.append(close)

    def _attributes(self, tag: str, given: dict[str, str]) -> dict[str, str]:
        kept: dict[str, str] = {}
        checks: dict[str, Callable[[str], bool]] = {
            "lang": lambda value: LANGUAGE.fullmatch(value) is not None,
            "dir": lambda value: value in ("rtl", "ltr", "auto"),
            "title": lambda value: bool(value),
            "colspan": lambda value: NUMBER.fullmatch(value) is not None,
            "rowspan": lambda value: NUMBER.fullmatch(value) is not None,
            "scope": lambda value: value in ("col", "row", "colgroup", "rowgroup"),
            "start": lambda value: NUMBER.fullmatch(value) is not None,
        }
        for name, value in given.items():
            if name in checks and checks[name](value):
                kept[name] = value
        classes = [name for name in given.get("class", "").split() if CLASSES.fullmatch(name)]
        if classes:
            kept["class"] = " ".join(classes)
        name = given.get("id", "")
        if tag == "dt" and NAME.fullmatch(name) and name not in self._page.ids:
            self._page.ids.add(name)
            kept["id"] = name
        if "record-wide" in classes:
            kept |= {"role": "group", "tabindex": "0", "aria-label": given.get("aria-label") or "Table"}
        elif tag == "a" and given.get("aria-label"):
            kept["aria-label"] = given["aria-label"]
            if kept.get("title") == given["aria-label"]:
                del kept["title"]
        return kept
