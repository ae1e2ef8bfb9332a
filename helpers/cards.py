"""Cards: all that the record holds about one event, actor or place, as HTML.

Every text of a record is treated as untrusted: it is escaped, and an address becomes a link only if it leads to a web
page. The cards take their colours from JupyterLab's theme, light or dark, and have plain ones where there is none.

A card of a view (``chronicle.as_of(day)``) holds what the view holds, and nothing else.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from html import escape
from typing import Any
from urllib.parse import urlsplit

import pandas as pd

from helpers.chronicle import Chronicle, check

LANGUAGES = {
    "ar": "Arabic", "az": "Azerbaijani", "bn": "Bengali", "ckb": "Sorani Kurdish", "de": "German", "el": "Greek",
    "en": "English", "es": "Spanish", "fa": "Persian", "fr": "French", "he": "Hebrew", "hi": "Hindi",
    "hu": "Hungarian", "hy": "Armenian", "id": "Indonesian", "it": "Italian", "ja": "Japanese", "ku": "Kurdish",
    "nl": "Dutch", "no": "Norwegian", "pl": "Polish", "pt": "Portuguese", "ro": "Romanian", "ru": "Russian",
    "sv": "Swedish", "tr": "Turkish", "uk": "Ukrainian", "ur": "Urdu", "zh": "Chinese",
}  # fmt: skip
COUNTRIES = {
    "AE": "United Arab Emirates", "AF": "Afghanistan", "AT": "Austria", "BE": "Belgium", "BH": "Bahrain",
    "CA": "Canada", "CH": "Switzerland", "CN": "China", "DE": "Germany", "FR": "France", "GB": "United Kingdom",
    "GI": "Gibraltar",
    "IL": "Israel", "IQ": "Iraq", "IR": "Iran", "JO": "Jordan", "KE": "Kenya", "KW": "Kuwait", "LB": "Lebanon",
    "OM": "Oman", "QA": "Qatar", "RU": "Russia", "SA": "Saudi Arabia", "SO": "Somalia", "SY": "Syria", "TR": "Turkey",
    "UA": "Ukraine", "US": "United States", "YE": "Yemen",
}  # fmt: skip

# Read from the earlier and from the later event: "this event answers ...", "this event was answered by ...".
LINK_WORDS = {
    "retaliation-for": ("done or announced as an answer in kind to", "answered in kind by"),
    "response-to": ("answers", "answered by"),
    "consequence-of": ("came about through", "led to"),
    "signals": ("announced or foreshadowed by", "announced or foreshadowed"),
    "enables": ("made possible by", "made possible"),
}
ROLE_WORDS = {
    "initiator": "Did it",
    "alleged-initiator": "Is said to have done it",
    "claimed-responsibility": "Said that it did it",
    "denied-responsibility": "Said that it did not do it",
    "decision-maker": "Decided it",
    "signatory": "Signed or agreed",
    "speaker": "Said it",
    "mediator": "Carried messages or mediated",
    "host": "On its ground or in its house",
    "target": "It was aimed at",
    "victim": "Killed, wounded or held",
    "affected": "Touched by it in another way",
}
FIELD_WORDS = {"tbi": "brain injuries", "rockets-unfired": "rockets not fired", "responsible": "who is behind it"}
FEW = 5
MANY = 12
CLOCKS = {"Iran time", "Iraq time", "US Eastern time", "UTC"}

STYLE = """<style>
.record-card{box-sizing:border-box;max-width:60rem;padding:.75rem 1rem;margin:.25rem 0;
border:1px solid var(--jp-border-color1,#bdbdbd);border-radius:4px;background:var(--jp-layout-color0,#fff);
color:var(--jp-content-font-color0,#1b1f24);font-family:var(--jp-content-font-family,system-ui,sans-serif);
font-size:14px;line-height:1.5;overflow-wrap:anywhere}
.record-card :is(h2,h3,h4,h5,h6){margin:.9em 0 .3em;line-height:1.3;font-weight:600;font-size:15px;color:inherit}
.record-card .record-title{margin-top:0;font-size:18px}
.record-card p,.record-card ul,.record-card ol,.record-card dl{margin:.3em 0}
.record-card ul,.record-card ol{padding-left:1.6em}
.record-card dt{font-weight:600;float:none;width:auto;margin:.2em 0 0}.record-card dd{margin:0 0 .2em 1em;float:none}
.record-card a{color:var(--jp-content-font-color0,#1b1f24);text-decoration:underline}
.record-card a:focus-visible,.record-card summary:focus-visible,.record-card .record-wide:focus-visible{
outline:2px solid currentColor;outline-offset:2px}
.record-card .record-wide{overflow-x:auto}
.record-card table{border-collapse:collapse;margin:.3em 0;font-size:13px;width:100%;overflow-wrap:normal}
.record-card caption{text-align:left;padding:.2em 0}
.record-card th,.record-card td{border:1px solid var(--jp-border-color1,#bdbdbd);padding:.25em .5em;text-align:left;
vertical-align:top;white-space:normal;background:var(--jp-layout-color0,#fff);color:inherit;max-width:none}
.record-card blockquote{margin:.4em 0;padding:0 0 0 .8em;
border-left:3px solid var(--jp-border-color1,#bdbdbd);color:inherit}
.record-card summary{cursor:pointer;font-weight:600}
</style>"""


class Pages:
    """The numbered pages of one card. Its own come first, the better ones first; others as they are referred to."""

    def __init__(self, chronicle: Chronicle, own: Iterable[str]) -> None:
        self._sources = chronicle.sources
        self.ids: dict[str, int] = {}
        self.mark(own)
        self._own = len(self.ids)

    def mark(self, ids: str | Iterable[str] | None) -> str:
        """Return the marks of pages, such as ``[2]``, each a link to its page where there is a safe one."""
        wanted = () if _missing(ids) else (ids,) if isinstance(ids, str) else tuple(ids or ())
        marks = []
        for source in wanted:
            if source not in self._sources.index:
                continue
            number = self.ids.setdefault(source, len(self.ids) + 1)
            row = self._sources.loc[source]
            label = f"Source {number}: {row['publisher']}, {_period(row['published'], row['published_until'])}"
            marks.append(_link(row["url"], f"[{number}]", label=label))
        return " " + " ".join(marks) if marks else ""

    def first(self) -> str:
        """Say in words which pages the text of the card was read on: those that were marked before anything else."""
        if not self._own:
            return ""
        return " (source 1 below)" if self._own == 1 else f" (sources 1 to {self._own} below)"


def event_card(chronicle: Chronicle, event_id: str, *, level: int = 3) -> str:
    """Return all that a view of the record holds about one event, as HTML.

    When and where it was and how well that is known; who took which part, an allegation always with who makes it; the
    summary, unless the view is an earlier day's; the figures claimed, lowest to highest; what else was claimed; which
    events it answered and which answered it, with the basis of each link; quotations; and the pages it all comes from.

    Parameters
    ----------
    chronicle
        The record, or a view of it. The card of a view says nothing that the view doesn't hold.
    event_id
        The event.
    level
        The level of the card's heading, 2 to 5; those inside it are one level lower.

    Returns
    -------
    str
        HTML that is safe whatever the record holds.

    Raises
    ------
    ValueError
        If the view has no such event; the message names the nearest one.

    Examples
    --------
    >>> from helpers import load
    >>> card = event_card(load(), "2020-01-03-soleimani-muhandis-killing")
    >>> "Friday 3 January 2020, 00:47" in card
    True
    """
    event = chronicle.event(event_id)
    pages = Pages(chronicle, event["source_ids"])
    lower = level + 1
    seen = chronicle.known_on
    parts = [
        f"<p>{escape(_when(event))}{_note(event['time_note'])}.</p>",
        f"<p>{_where(chronicle, event)}</p>",
    ]
    if not _missing(event["summary"]):
        parts.append(f"<p>{escape(event['summary'])}{pages.first()}</p>")
    elif seen is not None:
        hidden = f"As known on {_day(seen)}. The summary was written later and is hidden."
        parts.append(f"<p>{hidden}</p>")
    parts += _roles(chronicle, event_id, pages, lower)
    parts += _claims(chronicle, event_id, pages, lower)
    parts += _links(chronicle, event_id, pages, lower)
    parts += _quotes(chronicle, event_id, pages, lower)
    return _card(event["title"], parts, chronicle, pages, level)


def actor_card(chronicle: Chronicle, actor_id: str, *, level: int = 3) -> str:
    """Return all that a view of the record holds about one actor, as HTML: names, dated ties, part in events.

    Parameters
    ----------
    chronicle
        The record, or a view of it.
    actor_id
        The actor.
    level
        The level of the card's heading, 2 to 5.

    Raises
    ------
    ValueError
        If the view has no such actor; the message names the nearest one.

    Examples
    --------
    >>> from helpers import load
    >>> 'dir="auto"' in actor_card(load(), "kataib-hezbollah")
    True
    """
    actors = chronicle.actors
    check("actor", actor_id, actors.index)
    actor: Any = actors.loc[actor_id]
    pages = Pages(chronicle, actor["source_ids"])
    facts = [_meaning(chronicle, "actors", "kind", actor["kind"]), _meaning(chronicle, "actors", "side", actor["side"])]
    if not _missing(actor["country"]):
        facts.append(COUNTRIES.get(actor["country"], actor["country"]))
    parts = [_names(actor), f"<p>{escape('; '.join(facts))}.</p>"]
    if not _missing(actor["parent"]):
        parts.append(f"<p>On paper part of: {_actor(chronicle, actor['parent'])}.</p>")
    for column, words in (("active_from", "Active from"), ("active_until", "Active until")):
        if not _missing(actor[column]):
            parts.append(f"<p>{words} {_day(actor[column])}.</p>")
    if not _missing(actor["description"]):
        parts.append(f"<p>{escape(actor['description'])}{pages.first()}</p>")
    parts += _ties(chronicle, actor_id, pages, level + 1)
    roles = chronicle.event_actors
    roles = roles[(roles["actor_id"] == actor_id) & roles["event_id"].isin(chronicle.events.index)]
    parts_taken: dict[str, list[str]] = {event: [] for event in roles["event_id"]}
    for role in _rows(roles):
        word = ROLE_WORDS.get(role.role, role.role).lower()
        if not _missing(role.alleged_by):
            word += f", alleged by {_actor_name(chronicle, role.alleged_by)}"
        parts_taken[role.event_id].append(f"{word}, {role.basis}" if role.basis == "reported" else word)
    parts += _event_list(chronicle, parts_taken, "Part in events", level + 1)
    return _card(actor["name"], parts, chronicle, pages, level)


def place_card(chronicle: Chronicle, place_id: str, *, level: int = 3) -> str:
    """Return all that a view of the record holds about one place, as HTML: names, how well it is located, its events.

    Parameters
    ----------
    chronicle
        The record, or a view of it.
    place_id
        The place.
    level
        The level of the card's heading, 2 to 5.

    Raises
    ------
    ValueError
        If the view has no such place; the message names the nearest one.

    Examples
    --------
    >>> from helpers import load
    >>> "Camp Taji" in place_card(load(), "camp-taji")
    True
    """
    places = chronicle.places
    check("place", place_id, places.index)
    place: Any = places.loc[place_id]
    pages = Pages(chronicle, place["source_ids"])
    facts = [_meaning(chronicle, "places", "kind", place["kind"])]
    if not _missing(place["country"]):
        facts.append(COUNTRIES.get(place["country"], place["country"]))
    parts = [_names(place), f"<p>{escape(', '.join(facts))}.</p>"]
    if not _missing(place["lat"]):
        north = f"{abs(place['lat']):.4f}° {'N' if place['lat'] >= 0 else 'S'}"
        east = f"{abs(place['lon']):.4f}° {'E' if place['lon'] >= 0 else 'W'}"
        known = _meaning(chronicle, "places", "coord_precision", place["coord_precision"])
        parts.append(f"<p>{north}, {east}, known to {escape(known)}{_note(place['coord_note'])}.</p>")
    else:
        parts.append("<p>The record has no position for this place.</p>")
    if not _missing(place["description"]):
        parts.append(f"<p>{escape(place['description'])}{pages.first()}</p>")
    events, further = chronicle.events, chronicle.event_places
    words: dict[str, list[str]] = {event: ["main place"] for event in events.index[events["place_id"] == place_id]}
    for row in _rows(further[further["place_id"] == place_id]):
        if row.event_id in events.index:
            words.setdefault(row.event_id, []).append(_meaning(chronicle, "event_places", "role", row.role))
    parts += _event_list(chronicle, words, "Events here", level + 1)
    return _card(place["name"], parts, chronicle, pages, level)


def source_list(chronicle: Chronicle, ids: Iterable[str]) -> str:
    """Return pages as a numbered HTML list: title as a link, publisher, date, language, who stands behind it, via whom.

    Parameters
    ----------
    chronicle
        The record, or a view of it. Pages that the view doesn't hold are left out.
    ids
        Keys of the table `sources`, in the order wanted.

    Returns
    -------
    str
        An ordered list, or a sentence if there is nothing to list. Only addresses of web pages become links.

    Examples
    --------
    >>> from helpers import load
    >>> source_list(load(), ["voa-20200102-esper-preemptive"]).count("<li>")
    1
    """
    sources = chronicle.sources
    known = [source for source in dict.fromkeys(ids) if source in sources.index]
    if not known:
        return "<p>No page of this view.</p>"
    items = []
    for source in known:
        row: Any = sources.loc[source]
        title = escape(str(row["title"]))
        if row["language"] != "en" and not row["title"].startswith(("[", "(")):
            title = f'<bdi lang="{escape(row["language"])}" dir="auto">{title}</bdi>'
        facts = [
            str(row["publisher"]),
            _period(row["published"], row["published_until"]),
            LANGUAGES.get(row["language"], f"language code {row['language']}"),
            _meaning(chronicle, "sources", "affiliation", row["affiliation"]),
        ]
        if not _missing(row["via"]):
            facts.insert(1, f"from {row['via']}")
        address = _link(row["url"], title, html=True)
        lost = "" if address != title else " (no address kept)"
        items.append(f"<li>{address}{lost}. {escape('; '.join(facts))}.</li>")
    return f"<ol>{''.join(items)}</ol>"


def safe_address(url: object) -> str | None:
    """Return an address if it leads to a web page, else None: no ``javascript:``, no ``data:``, no control characters.

    >>> safe_address("https://example.org/a")
    'https://example.org/a'
    >>> safe_address("javascript:alert(1)")
    """
    if not isinstance(url, str) or any(ord(sign) < 33 or ord(sign) == 127 for sign in url):
        return None
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    return url if parts.scheme in ("http", "https") and parts.netloc else None


def _card(title: str, parts: list[str], chronicle: Chronicle, pages: Pages, level: int) -> str:
    level = min(max(level, 2), 5)
    if pages.ids:
        listed = source_list(chronicle, pages.ids)
        if len(pages.ids) > MANY:
            listed = f"<details><summary>All {len(pages.ids)} sources</summary>{listed}</details>"
        parts = [*parts, _heading("Sources", level + 1), listed]
    head = f'<h{level} class="record-title">{escape(str(title))}</h{level}>'
    return f'{STYLE}<article class="record-card">{head}{"".join(parts)}</article>'


def _roles(chronicle: Chronicle, event_id: str, pages: Pages, level: int) -> list[str]:
    roles = chronicle.event_actors
    roles = roles[roles["event_id"] == event_id].sort_values("role", kind="stable")
    if roles.empty:
        return []
    entries = []
    for role, rows in roles.groupby("role", observed=True):
        people = []
        for row in _rows(rows):
            known = f"alleged by {_author(chronicle, row.alleged_by)}" if row.basis == "alleged" else _basis(row.basis)
            # A state or a body is not killed or wounded: people of it are.
            of = "people of " if role == "victim" and _kind(chronicle, row.actor_id) != "person" else ""
            people.append(f"<dd>{of}{_actor(chronicle, row.actor_id)} ({known}){pages.mark(row.source_id)}</dd>")
        entries.append(f"<dt>{escape(ROLE_WORDS.get(str(role), str(role)))}</dt>{''.join(people)}")
    return [_heading("Who took which part", level), f"<dl>{''.join(entries)}</dl>"]


def _kind(chronicle: Chronicle, actor_id: str) -> str:
    actors = chronicle.actors
    return str(actors.at[actor_id, "kind"]) if actor_id in actors.index else ""


def _basis(basis: str) -> str:
    words = {"admitted": "it says so itself", "self-evident": "clear from the event itself", "reported": "reported"}
    return escape(words.get(basis, basis))


def _author(chronicle: Chronicle, actor_id: object) -> str:
    return "somebody not named here" if _missing(actor_id) else _actor(chronicle, str(actor_id))


def _claims(chronicle: Chronicle, event_id: str, pages: Pages, level: int) -> list[str]:
    claims = chronicle.claims
    claims = claims[claims["event_id"] == event_id].sort_values(["field", "reported_on"], kind="stable")
    if claims.empty:
        return []
    parts: list[str] = []
    numbers = claims[(claims["low"].notna() | claims["high"].notna()) & ~claims["unit"].isin(CLOCKS)]
    rows = []
    for (field, unit, counted), group in numbers.groupby(["field", "unit", "counted"], observed=True, dropna=False):
        whom = "" if _missing(counted) else str(counted)
        measure = "" if _missing(unit) or unit in ("not stated", "people", whom) else f" {unit}"
        names = list(dict.fromkeys(group["claimant"]))
        cells = (whom, f"{_span(group)}{measure}", str(len(group)), _some(names))
        rows.append(_row(_field(chronicle, str(field)), map(escape, cells)))
    if rows:
        head = ("Figure", "Counted", "Lowest to highest", "Claims", "Who says so")
        parts += [_heading("Figures claimed", level), _table("Each row compares like with like.", head, rows)]
    differing = {field for field, group in claims.groupby("field", observed=True) if _differ(group)}
    for title, chosen in (
        ("Claims that differ", claims[claims["field"].isin(differing)]),
        ("Other claims", claims[~claims["field"].isin(differing)]),
    ):
        if chosen.empty:
            continue
        judged = bool(chosen["status"].notna().any())
        head = ("About", "Claim", "Who says so", "Reported", *(("Judged later",) if judged else ()), "Source")
        rows = []
        for row in _rows(chosen):
            texts = [
                escape(str(row.value)),
                escape(str(row.claimant)),
                escape(_period(row.reported_on, row.reported_on_until, missing="day not known")),
            ]
            if judged:
                texts.append("" if _missing(row.status) else escape(str(row.status)))
            texts.append(pages.mark(row.source_id).strip())
            rows.append(_row(_field(chronicle, row.field), texts))
        fields = chosen["field"].nunique()
        count = f"{_count(len(chosen), 'claim')} about {_count(fields, 'matter')}"
        table = _table("The earlier ones come first.", head, rows)
        parts += [_heading(title, level), f"<details><summary>{count}</summary>{table}</details>"]
    return parts


def _differ(claims: pd.DataFrame) -> bool:
    """Tell whether claims on one matter differ: in a figure for the same group, or in words where there are none."""
    numbers = claims[claims["low"].notna() | claims["high"].notna()]
    for _, group in numbers.groupby(["unit", "counted"], observed=True, dropna=False):
        if len(group[["low", "high"]].drop_duplicates()) > 1:
            return True
    words = claims.drop(numbers.index)["value"].str.casefold()
    return bool(words.nunique() > 1)


def _span(claims: pd.DataFrame) -> str:
    """Return the lowest and highest figure of claims, an open end in words.

    >>> _span(pd.DataFrame({"low": [0.0, 80.0], "high": [0.0, float("nan")]}))
    '0 to at least 80'
    """
    low, high = claims["low"].fillna(claims["high"]), claims["high"].fillna(claims["low"])
    lowest, highest = low.min(), high.max()
    at_top = claims["high"].isna() & (high == highest)
    open_top = bool(at_top.any()) and not bool((claims["high"] == highest).any())
    top = f"at least {_number(highest)}" if open_top else _number(highest)
    if lowest == highest:
        only_upper = bool(claims["low"].isna().all())
        return f"up to {top}" if only_upper else top
    return f"{_number(lowest)} to {top}"


def _rows(frame: pd.DataFrame) -> Iterator[Any]:
    yield from frame.itertuples()


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def _number(value: float) -> str:
    return f"{value:,.0f}" if float(value).is_integer() else f"{value:,g}"


def _some(names: list[str], most: int = FEW) -> str:
    rest = len(names) - most
    return "; ".join(names[:most]) + (f"; and {rest} more" if rest > 0 else "")


def _links(chronicle: Chronicle, event_id: str, pages: Pages, level: int) -> list[str]:
    links, parts = chronicle.links, []
    for title, here, there, side in (
        ("What it answered or came from", "to_event", "from_event", 0),
        ("What answered it or came of it", "from_event", "to_event", 1),
    ):
        items = []
        for row in links[links[here] == event_id].to_dict("records"):
            other = chronicle.events.loc[row[there]]
            words = LINK_WORDS.get(str(row["kind"]), (str(row["kind"]), str(row["kind"])))[side]
            if row["basis"] == "stated-by":
                basis = f"so says {_author(chronicle, row['stated_by'])}"
            else:
                basis = "our own reading, a hypothesis" if row["basis"] == "inferred" else "reported"
            # A note may begin with the same words ("Our reading: ..."); it is hidden in the view of an earlier day.
            note = "" if _missing(row["note"]) else f" {escape(row['note'])}"
            items.append(
                f"<li>{escape(words)}: {escape(other['title'])}, {escape(_date(other))} ({basis}).{note}"
                f"{pages.mark(row['source_id'])}</li>"
            )
        if items:
            parts += [_heading(title, level), _folded(items, "event")]
    return parts


def _quotes(chronicle: Chronicle, event_id: str, pages: Pages, level: int) -> list[str]:
    quotes = chronicle.quotes
    quotes = quotes[quotes["event_id"] == event_id].sort_values("date", kind="stable")
    if quotes.empty:
        return []
    said = []
    for row in _rows(quotes):
        speaker = _actor(chronicle, row.speaker_id)
        if not _missing(row.speaker):
            speaker = f"{escape(row.speaker)}, for {speaker}"
        said.append(
            f"<blockquote><p>“{escape(row.quote)}”</p><p>{speaker}, {escape(_period(row.date, row.date_until))}"
            f"{pages.mark(row.source_id)}</p></blockquote>"
        )
    return [_heading("In their own words", level), *said]


def _ties(chronicle: Chronicle, actor_id: str, pages: Pages, level: int) -> list[str]:
    ties = chronicle.relations
    ties = ties[(ties["source_actor"] == actor_id) | (ties["target_actor"] == actor_id)].sort_values(
        "start", kind="stable"
    )
    if ties.empty:
        return []
    items = []
    for row in _rows(ties):
        meaning = escape(_meaning(chronicle, "relations", "kind", row.kind))
        words = f'<em title="{meaning}">{escape(str(row.kind).replace("-", " "))}</em>'
        dates = []
        if not _missing(row.start):
            dates.append(f"from {_period(row.start, row.start_until)}")
        if not _missing(row.end):
            dates.append(f"until {_period(row.end, row.end_until)}")
        when = " ".join(dates) or "dates not known"
        status = "" if row.status == "established" else f"; {row.status}"
        if row.status == "alleged":
            status = f"; alleged by {_author(chronicle, row.stated_by)}"
        text = "" if _missing(row.description) else f" {escape(row.description)}"
        items.append(
            f"<li>{_actor(chronicle, row.source_actor)} {words} {_actor(chronicle, row.target_actor)} "
            f"({escape(when)}{status}).{text}{pages.mark(row.source_ids)}</li>"
        )
    return [_heading("Ties", level), _folded(items, "tie")]


def _event_list(chronicle: Chronicle, words: dict[str, list[str]], title: str, level: int) -> list[str]:
    events = chronicle.events
    events = events[events.index.isin(words)]
    if events.empty:
        return [_heading(title, level), "<p>None in this view.</p>"]
    chosen = events
    if len(events) > MANY:
        # The editors' judgement of what matters was made later, so an earlier day's view shows the latest ones instead.
        hindsight = chronicle.known_on is None
        chosen = (
            events.sort_values("importance", kind="stable").head(MANY) if hindsight else events.tail(MANY)
        ).sort_index()

    def listed(rows: pd.DataFrame) -> str:
        items = "".join(
            f"<li>{escape(_date(row))}: {escape(row['title'])} ({escape('; '.join(words[str(event)]))})</li>"
            for event, row in rows.sort_values(["date", "day_order"]).iterrows()
        )
        return f"<ul>{items}</ul>"

    parts = [_heading(f"{title}: {len(events)}", level), listed(chosen)]
    rest = events.drop(chosen.index)
    if len(rest):
        parts.append(f"<details><summary>{len(rest)} more</summary>{listed(rest)}</details>")
    return parts


def _where(chronicle: Chronicle, event: Any) -> str:
    places, parts = chronicle.places, []
    if not _missing(event["place_id"]) and event["place_id"] in places.index:
        place = places.loc[event["place_id"]]
        country = "" if _missing(place["country"]) else f", {escape(COUNTRIES.get(place['country'], place['country']))}"
        precision = _meaning(chronicle, "places", "coord_precision", place["coord_precision"])
        known = f" (position known to {escape(precision)})" if precision else " (no position known)"
        parts.append(f"Place: {escape(place['name'])}{_scripts(place)}{country}{known}")
        if not _missing(event["place_text"]) and event["place_text"] != place["name"]:
            parts.append(escape(event["place_text"]))
    elif not _missing(event["place_text"]):
        parts.append(f"Place: {escape(event['place_text'])}")
    else:
        parts.append("Place: not stated")
    further = chronicle.event_places
    for row in _rows(further[further["event_id"] == event.name]):
        if row.place_id in places.index:
            role = _meaning(chronicle, "event_places", "role", row.role)
            parts.append(f"also {escape(places.loc[row.place_id, 'name'])} ({escape(role)})")
    return "; ".join(parts) + "."


def _when(event: Any) -> str:
    """Say when an event was, in local time and UTC, and what is not known about it."""
    if event["date_precision"] == "month":
        return f"In {event['date'].month_name()} {event['date'].year}; the day is not known"
    if event["date_precision"] == "between":
        return f"On one day from {_weekday(event['date'])} to {_weekday(event['end_date'])}; which one is not known"
    text = _weekday(event["date"])
    if not _missing(event["time_local"]):
        offset = event["utc_offset_hours"]
        hours, minutes = divmod(round(abs(offset) * 60), 60)
        zone = f"UTC{'-' if offset < 0 else '+'}{hours}" + (f":{minutes:02d}" if minutes else "")
        text += f", {event['time_local']} local time ({zone})"
        text += f"; {_weekday(event['start_utc'])}, {event['start_utc']:%H:%M} UTC"
    else:
        text += "; the hour is not known"
    if not _missing(event["end_date"]):
        text += f"; it lasted until {_weekday(event['end_date'])}"
    return text


def _date(event: Any) -> str:
    if event["date_precision"] == "month":
        return f"{event['date'].month_name()} {event['date'].year}"
    if event["date_precision"] == "between":
        return f"{_day(event['date'])} or later"
    return _day(event["date"])


def _weekday(day: pd.Timestamp) -> str:
    return f"{day.day_name()} {_day(day)}"


def _day(day: pd.Timestamp) -> str:
    return f"{day.day} {day.month_name()} {day.year}"


def _period(first: Any, last: Any, missing: str = "not dated") -> str:
    """Write a day, a month or a year, as far as it is known.

    >>> _period(pd.Timestamp("2020-01-01"), pd.Timestamp("2020-01-31"))
    'January 2020'
    """
    if _missing(first):
        return missing
    if first == last:
        return _day(first)
    return str(first.year) if first.month != last.month else f"{first.month_name()} {first.year}"


def _names(row: Any) -> str:
    scripts = _scripts(row)
    return f"<p>{scripts.strip()}</p>" if scripts else ""


def _scripts(row: Any) -> str:
    """Return the Arabic and the Persian name, each with its language, so that it is shaped and read aloud rightly."""
    found = []
    for column, language in (("name_ar", "ar"), ("name_fa", "fa")):
        name = row[column]
        if not _missing(name) and not (column == "name_fa" and name == row["name_ar"]):
            found.append(f'<bdi lang="{language}" dir="auto">{escape(name)}</bdi>')
    return "".join(f" {name}" for name in found)


def _actor(chronicle: Chronicle, actor_id: str) -> str:
    return escape(_actor_name(chronicle, actor_id))


def _actor_name(chronicle: Chronicle, actor_id: str) -> str:
    actors = chronicle.actors
    return str(actors.loc[actor_id, "name"]) if actor_id in actors.index else actor_id


def _meaning(chronicle: Chronicle, table: str, column: str, value: object) -> str:
    """Return what a value of a closed vocabulary means, in the words of the codebook."""
    if _missing(value):
        return ""
    return chronicle.package.tables[table][column].meanings.get(str(value)) or str(value).replace("-", " ")


def _folded(items: list[str], noun: str) -> str:
    """Return a list that shows its first entries; the rest unfolds."""
    shown, rest = "".join(items[:FEW]), "".join(items[FEW:])
    if len(items) <= FEW + 1:
        return f"<ul>{shown}{rest}</ul>"
    more = _count(len(items) - FEW, f"more {noun}")
    return f"<ul>{shown}</ul><details><summary>{more}</summary><ul>{rest}</ul></details>"


def _field(chronicle: Chronicle, field: str) -> str:
    """Return what a claim is about: its short name, the codebook's words for it as the pointer's hint."""
    meaning = _meaning(chronicle, "claims", "field", field)
    return f'<span title="{escape(meaning)}">{escape(FIELD_WORDS.get(field, field.replace("-", " ")))}</span>'


def _row(head: str, cells: Iterable[str]) -> str:
    return f'<tr><th scope="row">{head}</th>{"".join(f"<td>{cell}</td>" for cell in cells)}</tr>'


def _table(caption: str, head: Iterable[str], rows: list[str]) -> str:
    cells = "".join(f'<th scope="col">{escape(name)}</th>' for name in head)
    return (
        f'<div class="record-wide" tabindex="0" role="group" aria-label="{escape(caption)}"><table>'
        f"<caption>{escape(caption)}</caption><thead><tr>{cells}</tr></thead><tbody>{''.join(rows)}</tbody></table></div>"
    )


def _heading(text: str, level: int) -> str:
    level = min(level, 6)
    return f"<h{level}>{escape(text)}</h{level}>"


def _link(url: object, text: str, *, label: str | None = None, html: bool = False) -> str:
    shown = text if html else escape(text)
    address = safe_address(url)
    named = "" if label is None else f' aria-label="{escape(label)}" title="{escape(label)}"'
    if address is None:
        return f"<span{named}>{shown}</span>" if named else shown
    return f'<a href="{escape(address)}" target="_blank" rel="noopener noreferrer"{named}>{shown}</a>'


def _note(note: object) -> str:
    return "" if _missing(note) else f" ({escape(str(note).rstrip('.'))})"


def _missing(value: object) -> bool:
    return value is None or value is pd.NaT or value is pd.NA or (isinstance(value, float) and value != value)
