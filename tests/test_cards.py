"""The cards hold what the view holds, in words, and no text of a record can get out of its place."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpers.cards import actor_card, event_card, place_card, safe_address, source_list
from helpers.chronicle import Chronicle

K1 = "2019-12-27-k1-rocket-attack"
MISSILES = "2020-01-08-iran-missiles-al-asad-erbil"
HOSTILE = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>&amp;"


class Page(HTMLParser):
    """What a browser would make of a card: its elements, links, headings, text and what was left open."""

    VOID = frozenset({"br", "img", "hr", "input", "link", "meta"})

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.pieces: list[str] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open and self.open.pop() == tag, f"</{tag}> closes nothing"

    def handle_data(self, data):
        if "style" not in self.open:
            self.pieces.append(data)

    @property
    def text(self) -> str:
        return re.sub(r"\s+", " ", "".join(self.pieces))

    @property
    def links(self) -> list[str | None]:
        return [attrs["href"] for tag, attrs in self.tags if tag == "a"]

    @property
    def levels(self) -> list[int]:
        return [int(tag[1]) for tag, _ in self.tags if re.fullmatch("h[1-6]", tag)]


def changed(chronicle: Chronicle, table: str, **columns: object) -> Chronicle:
    """Return a record in which columns of a table hold one value everywhere."""
    frames = dict(chronicle._record)
    frames[table] = frames[table].assign(**columns)
    return Chronicle(frames, chronicle.package, chronicle._folder)


def many_cards(view: Chronicle):
    """Return the cards of the events most written about and of every sixth event, actor and place."""
    most = view.claims["event_id"].value_counts().index[:8]
    yield from (event_card(view, key) for key in dict.fromkeys([*most, *view.events.index[::6]]))
    yield from (actor_card(view, key) for key in view.actors.index[::6])
    yield from (place_card(view, key) for key in view.places.index[::6])


@pytest.mark.parametrize("day", [None, "2020-01-08"])
def test_every_card_is_whole_html_with_headings_in_order(chronicle, day):
    view = chronicle if day is None else chronicle.as_of(day)
    for card in many_cards(view):
        page = Page(card)
        assert page.open == []
        assert page.levels[0] == 3
        assert all(later - earlier <= 1 for earlier, later in zip(page.levels, page.levels[1:], strict=False))
        assert {tag for tag, _ in page.tags}.isdisjoint({"script", "iframe", "img", "form", "object"})
        assert all(re.match("https?://", link) for link in page.links)
        assert not re.search(r"\bnan\b|\bNaT\b|<NA>|\bNone\b", page.text)


def test_a_card_says_when_it_was_on_both_clocks(chronicle):
    text = Page(event_card(chronicle, "2020-01-03-soleimani-muhandis-killing")).text
    assert "Friday 3 January 2020, 00:47 local time (UTC+3); Thursday 2 January 2020, 21:47 UTC" in text


def test_an_uncertain_day_is_not_written_as_a_day(chronicle):
    text = Page(event_card(chronicle, "2019-12-15-esper-abdul-mahdi-call")).text
    assert "On one day from Sunday 15 December 2019 to Monday 16 December 2019" in text


def test_each_allegation_names_its_author(chronicle):
    roles = chronicle.event_actors
    for event, rows in list(roles[roles["basis"] == "alleged"].groupby("event_id"))[::3]:
        text = Page(event_card(chronicle, event)).text
        for author in chronicle.actors.loc[rows["alleged_by"], "name"]:
            assert f"alleged by {author}" in text, event


def test_all_claims_quotes_and_links_of_an_event_are_on_its_card(chronicle):
    text = Page(event_card(chronicle, MISSILES)).text
    for table, column in (("claims", "value"), ("quotes", "quote")):
        frame = getattr(chronicle, table)
        for value in frame.loc[frame["event_id"] == MISSILES, column]:
            assert re.sub(r"\s+", " ", value) in text
    links = chronicle.links
    others = [
        *links.loc[links["to_event"] == MISSILES, "from_event"],
        *links.loc[links["from_event"] == MISSILES, "to_event"],
    ]
    assert others
    for other in others:
        assert chronicle.events.loc[other, "title"] in text


def test_a_figure_goes_from_its_lowest_to_its_highest_claim(chronicle):
    claims = chronicle.claims.query(
        "event_id == @MISSILES and field == 'tbi' and counted == 'US troops with brain injury'"
    )
    row = re.search(
        r"brain injuries</span></th><td>US troops with brain injury</td><td>(.*?)</td><td>(\d+)<",
        event_card(chronicle, MISSILES),
    )
    assert row is not None
    assert row[1] == f"{claims['low'].min():.0f} to {claims['high'].max():.0f}"
    assert int(row[2]) == claims["low"].notna().sum()


def test_the_card_of_an_earlier_day_knows_nothing_later(chronicle):
    view = chronicle.as_of("2020-01-12")
    text = Page(event_card(view, MISSILES)).text
    whole = Page(event_card(chronicle, MISSILES)).text
    assert chronicle.events.loc[MISSILES, "summary"] in whole
    assert chronicle.events.loc[MISSILES, "summary"] not in text
    assert "110 diagnosed" in whole
    assert "110" not in text and "Judged later" not in text
    claims = chronicle.claims.query("event_id == @MISSILES and reported_on_until > '2020-01-12'")
    card = event_card(view, MISSILES)
    early = set(chronicle.claims.query("event_id == @MISSILES and reported_on_until <= '2020-01-12'")["value"])
    for value in set(claims["value"]) - early:
        assert f">{value}<" not in card


def test_sources_say_who_stands_behind_them(chronicle):
    row = chronicle.sources[chronicle.sources["via"].notna() & chronicle.sources["url"].notna()].iloc[0]
    page = Page(source_list(chronicle, [row.name]))
    assert page.links == [row["url"]]
    for part in (row["title"], row["publisher"], f"from {row['via']}", "English"):
        assert part in page.text
    assert ("a", "noopener noreferrer") in {(tag, attrs.get("rel")) for tag, attrs in page.tags}


def test_sources_that_a_view_does_not_hold_are_not_listed(chronicle):
    late = chronicle.sources.index[chronicle.sources["published_until"] > "2020-02-01"][0]
    assert Page(source_list(chronicle.as_of("2020-01-05"), [late])).links == []


def test_arabic_and_persian_names_carry_their_language(chronicle):
    card = actor_card(chronicle, "kataib-hezbollah")
    assert re.search(r'<bdi lang="ar" dir="auto">[\u0600-\u06ff]', card)


def test_hostile_texts_stay_text(chronicle):
    text_columns = {
        "events": ("title", "summary", "place_text", "time_note"),
        "claims": ("value", "claimant", "counted"),
        "quotes": ("quote", "speaker"),
        "links": ("note",),
        "sources": ("title", "publisher", "via"),
        "actors": ("name", "name_ar", "name_fa", "description"),
        "places": ("name", "name_ar", "description", "coord_note"),
        "relations": ("description",),
    }
    record = chronicle
    for table, columns in text_columns.items():
        record = changed(record, table, **dict.fromkeys(columns, HOSTILE))
    for address in ("javascript:alert(1)", 'https://a.org/"onmouseover="alert(1)'):
        evil = changed(record, "sources", url=address)
        for card in (event_card(evil, MISSILES), actor_card(evil, "kataib-hezbollah"), place_card(evil, "camp-taji")):
            page = Page(card)
            assert page.open == []
            assert {tag for tag, _ in page.tags}.isdisjoint({"script", "img"})
            assert not any(name.startswith("on") for _, attrs in page.tags for name in attrs)
            assert all(link.startswith("https://a.org/") for link in page.links)
            assert HOSTILE in page.text


@given(st.text())
def test_an_address_is_safe_or_no_link(text):
    address = safe_address(text)
    assert address is None or re.match(r"(?i)https?://[^\s/]", address)


@pytest.mark.parametrize(
    "address",
    [
        "javascript:alert(1)",
        " javascript:alert(1)",
        "java\nscript:alert(1)",
        "JaVaScRiPt:x",
        "data:text/html,x",
        "//a.org",
        "https://",
        None,
        3.0,
    ],
)
def test_other_addresses_become_no_link(address):
    assert safe_address(address) is None


@pytest.mark.parametrize(
    ("card", "wrong", "nearest"),
    [
        (event_card, "2019-12-27-k1-rocket", K1),
        (actor_card, "kataib-hizbollah", "kataib-hezbollah"),
        (place_card, "camp-tajji", "camp-taji"),
    ],
)
def test_an_unknown_key_names_the_nearest(chronicle, card, wrong, nearest):
    with pytest.raises(ValueError, match="nearest") as caught:
        card(chronicle, wrong)
    assert nearest in str(caught.value)


def test_the_heading_follows_the_level_asked_for(chronicle):
    assert Page(event_card(chronicle, K1, level=5)).levels[0] == 5
    assert max(Page(event_card(chronicle, K1, level=5)).levels) == 6


def test_an_event_without_claims_or_links_has_a_card(chronicle):
    events = chronicle.events
    bare = set(events.index) - set(chronicle.claims["event_id"])
    for key in sorted(bare)[:3] or [events.index[0]]:
        assert events.loc[key, "title"] in Page(event_card(chronicle, key)).text
