"""The reading edition: what is on its pages, that it stands alone, and that no text of a record becomes markup."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edition import cells, pages
from edition.build import BuildError, build
from edition.clean import TAGS, Links, Page, clean, marked
from edition.run import LessonError, run_lesson
from edition.slider import slider_data
from helpers import network
from helpers.lesson import links_in
from tests.reading_edition import ROOT, Tree, hostile, is_outside, lesson_names, whole, write_lesson

pytestmark = pytest.mark.xdist_group("edition")

MEGABYTES = 12


@pytest.fixture(scope="session")
def trees():
    return {path.name: Tree(path.read_text(encoding="utf-8")) for path in whole().pages}


def figures_of(tree):
    """Return the title, the text of the words and the JSON of each figure of a page."""
    for _, found, _ in tree.elements:
        if found.get("class") == "plot":
            yield found["data-figure"], tree.text_of(tree.place(id=found["data-figure"]))


# The whole site


def test_every_lesson_has_its_page_and_all_weighs_little(trees):
    assert set(trees) == {f"{name}.html" for name in [*lesson_names(), "index", "glossary", "sources", "search"]}
    assert whole().megabytes < MEGABYTES


def test_nothing_a_page_loads_lies_outside_the_folder(trees):
    for name, tree in trees.items():
        assert tree.unclosed == [], name
        for tag, found, _ in tree.elements:
            if tag in ("script", "link", "img", "iframe", "source", "form", "object", "embed"):
                for address in (found.get(key) for key in ("src", "href", "action", "data")):
                    assert not address or address == "data:," or not is_outside(address), (name, tag, address)
                    if address and address != "data:,":
                        assert (whole().folder / address).is_file(), (name, address)
            assert not [key for key in found if key.startswith("on")], (name, tag, found)
    for path in (whole().folder / "assets").glob("*"):
        if path.name not in ("plotly.min.js", "search-index.js"):
            assert not re.search(r"https?://|@import|url\(", path.read_text(encoding="utf-8")), path


def test_links_lead_to_pages_that_are_there_or_to_the_web(trees):
    ids = {name: [found["id"] for _, found, _ in tree.elements if "id" in found] for name, tree in trees.items()}
    for name, tree in trees.items():
        assert len(ids[name]) == len(set(ids[name])), name
        for link in tree.all("a"):
            address = link["href"]
            if is_outside(address):
                assert address.startswith(("http://", "https://")), (name, address)
                continue
            page, _, anchor = address.partition("#")
            assert (page or name) in trees, (name, address)
            assert not anchor or anchor in ids[page or name], (name, address)


def test_headings_landmarks_and_the_way_on(trees):
    order = [f"{name}.html" for name in lesson_names()]
    for name, tree in trees.items():
        levels = [int(tag[1]) for tag, _, _ in tree.elements if re.fullmatch("h[1-6]", tag)]
        assert levels[0] == 1 and levels.count(1) == 1, name
        assert all(after <= before + 1 for before, after in pairwise(levels)), (name, levels)
        assert [len(tree.all(tag)) for tag in ("main", "header", "footer")] == [1, 1, 1]
        assert tree.all("html")[0]["lang"] == "en" and tree.all("a")[0]["href"] == "#main"
        if name in order:
            place = order.index(name)
            before, after = order[place - 1 : place] if place else [], order[place + 1 : place + 2]
            assert [link["href"] for link in tree.all("a", rel="prev")] == before
            assert [link["href"] for link in tree.all("a", rel="next")] == after


def test_every_figure_has_a_title_words_and_a_table(trees):
    count = 0
    for name in lesson_names():
        tree = trees[f"{name}.html"]
        for stage in tree.all("div", **{"class": "stage"}):
            if "aria-label" not in stage:
                continue  # the map day by day has its own words
            count += 1
            assert stage["aria-label"].startswith("Figure: ") and len(stage["aria-label"]) > 12
            words = tree.place(id=stage["aria-describedby"])
            assert len(tree.text_of(words)) > 60, (name, stage)
            inside = [tag for tag, _, within in tree.elements if words in within]
            assert "table" in inside and "details" in inside, (name, stage)
        for _, text in figures_of(tree):
            figure = json.loads(text)
            assert figure["data"] and not figure["config"]["displaylogo"] and "meta" not in figure["layout"]
    assert count > 50


def test_what_is_to_be_found_out_stays_closed(trees):
    closed = 0
    for name in lesson_names():
        tree = trees[f"{name}.html"]
        for place, (tag, found, _) in enumerate(tree.elements):
            if tag == "details" and re.match(r"Solution|Decide first|Open this", tree.text_of(place)):
                closed += 1
                assert "open" not in found, name
        text = tree.text_of(0)
        for said in ("Not answered yet", "You gave no answer", "LiveFigure(", "DecisionRoom(children", "<IPython"):
            assert said not in text, (name, said)
    assert closed > 40


def test_arabic_and_persian_carry_their_language(trees):
    seen = set()
    for name, tree in trees.items():
        for text, inside in tree.texts:
            if re.search("[\u0600-\u06ff]", text) and tree.elements[inside[-1]][0] not in ("script", "title", "option"):
                languages = [tree.elements[place][1].get("lang") for place in inside]
                assert languages[-1] not in (None, "en") or set(languages) - {None, "en"}, (name, text)
                seen |= set(languages)
    assert {"ar", "fa"} <= seen


def test_the_list_of_sources_holds_what_the_lessons_cite(trees, chronicle):
    known = set(chronicle.sources["url"].dropna())
    cited = set()
    for name in lesson_names():
        notebook = json.loads((ROOT / "notebooks" / f"{name}.ipynb").read_text(encoding="utf-8"))
        for cell in notebook["cells"]:
            if cell["cell_type"] == "markdown":
                cited |= set(links_in("".join(cell["source"]))) & known
    listed = {link["href"] for link in trees["sources.html"].all("a")}
    assert len(cited) > 300 and cited <= listed


def test_the_index_of_the_search_leads_to_the_right_places(trees):
    text = (whole().folder / "assets" / "search-index.js").read_text(encoding="utf-8")
    entries = json.loads(text.removeprefix("window.searchIndex = ").rstrip(";\n"))
    for entry in entries:
        page, _, anchor = entry["link"].partition("#")
        assert not anchor or trees[page].place(id=anchor)
    titles = {entry["title"] for entry in entries if "Camp Taji" in entry["text"]}
    assert any(title.startswith("March 2020") for title in titles)


# The map day by day


@pytest.mark.parametrize("stop", [0, 5, -1])
def test_the_slider_shows_the_ties_that_were_in_force(chronicle, stop):
    data = slider_data(chronicle, focus="kataib-hezbollah")
    stop %= len(data["stops"])
    day = data["stops"][stop]["day"]
    names = chronicle.actors["name"]
    shown = {actor["name"] for actor in data["actors"]}
    held = network.ties(chronicle, on=day)
    wanted = [
        (names[a], str(k).replace("-", " "), names[b])
        for a, k, b in held[["source_actor", "kind", "target_actor"]].to_numpy()
    ]
    found = [
        (data["actors"][tie["from"]]["name"], tie["kind"], data["actors"][tie["to"]]["name"])
        for tie in data["ties"]
        if stop in tie["stops"]
    ]
    assert sorted(found) == sorted(tie for tie in wanted if tie[0] in shown and tie[2] in shown)


def test_the_slider_stops_on_every_day_of_change(chronicle):
    data = slider_data(chronicle)
    days = [stop["day"] for stop in data["stops"]]
    assert "3 January 2020" in days and len(days) == len(set(days))
    said = next(stop["text"] for stop in data["stops"] if stop["day"] == "3 January 2020")
    assert "Qasem Soleimani" in said and "Dead: " in said
    for tie in data["ties"]:
        assert tie["stops"] == sorted(tie["stops"])


# Hostile texts


def test_a_hostile_record_stays_text():
    for path in hostile().pages:
        tree = Tree(path.read_text(encoding="utf-8"))
        for tag, found, _ in tree.elements:
            assert tag not in ("img", "iframe", "object", "embed", "svg" if path.name != "99-hostile.html" else ""), (
                found
            )
            assert not [key for key in found if key.startswith("on")], (path.name, tag, found)
            assert not re.match(r"\s*(javascript|data|vbscript):", found.get("href", "").replace("data:,", "")), found
        for script in tree.all("script"):
            assert script.get("src", "").startswith("assets/") or script["type"] == "application/json", script
    lesson = Tree((hostile().folder / "99-hostile.html").read_text(encoding="utf-8"))
    assert "onerror=window.hit=1" in lesson.text_of(0)  # it was on the page, and as text
    assert all(json.loads(text)["data"] for _, text in figures_of(lesson))
    assert len([tag for tag, _, _ in lesson.elements if tag == "svg"]) == 1  # the map day by day, none of the text


PIECES = (
    "<script>¦</script>¦<p>¦</p>¦<a href='javascript:x()'>¦<a href=http://a.org/>¦</a>¦<b onclick=x>¦<svg>¦<style>¦</b>¦"
    "<th>¦<table>¦<tr>¦<td>¦</table>¦<!--¦-->¦<details open>¦&¦&lt;¦\"¦'¦<img src=x onerror=y>¦الحشد¦<h2>¦</h2>¦<math>¦"
    "<textarea>¦<title>¦</title>¦<plaintext>¦<![CDATA[¦]]>¦<li>¦<template>¦</template>¦<br/>¦text¦</style>¦<dt id=term-a>"
)


@given(st.lists(st.sampled_from(PIECES.split("¦")) | st.text(max_size=8), max_size=25).map("".join))
def test_whatever_is_cleaned_is_harmless(html):
    page = Page(Links(frozenset()))
    cleaned = clean(html, page, anchors=True)

    class Check(HTMLParser):
        def handle_starttag(self, tag, attrs):
            assert tag in TAGS
            for name, value in attrs:
                assert name in {
                    "href", "lang", "dir", "scope", "open", "class", "id", "role", "tabindex", "aria-label",
                    "title", "colspan", "rowspan", "start",
                }, name  # fmt: skip
                if name == "href":
                    assert value.startswith(("http://", "https://"))

        def handle_comment(self, data):
            raise AssertionError(data)

    Check().feed(cleaned)
    assert clean(cleaned, Page(Links(frozenset()))).count("<") == cleaned.count("<") or "<table" in cleaned
    assert not Tree(cleaned).unclosed


@given(st.text())
def test_a_marked_text_is_the_text(text):
    assert "".join(part for part, _ in Tree(f"<p>{marked(text)}</p>").texts) == text


@given(
    st.recursive(
        st.text() | st.none() | st.integers(), lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner)
    )
)
def test_json_in_a_page_can_not_end_its_element(value):
    text = cells.script_json(value)
    assert json.loads(text) == value and not re.search("[<>&\u2028\u2029]", text)


# Building


def test_a_lesson_that_fails_is_named(tmp_path):
    path = write_lesson(tmp_path / "77-broken.ipynb", ("markdown", "# Broken"), ("code", "load_it()"))
    with pytest.raises(LessonError, match=r"77-broken\.ipynb stops with NameError.*load_it"):
        build(tmp_path / "site", lessons=[path])
    assert not (tmp_path / "site").exists()


def test_a_lesson_runs_with_the_network_cut(tmp_path):
    calls = "import socket\nsocket.create_connection(('192.0.2.1', 80), timeout=1)"
    with pytest.raises(LessonError, match=r"the network is cut: no connection to 192\.0\.2\.1"):
        run_lesson(write_lesson(tmp_path / "77-calls.ipynb", ("code", calls)))


def test_another_folder_is_not_overwritten(tmp_path):
    (tmp_path / "thesis.txt").write_text("years of work")
    with pytest.raises(BuildError, match="something else"):
        build(tmp_path, lessons=[tmp_path / "any.ipynb"])
    assert (tmp_path / "thesis.txt").read_text() == "years of work"


def test_launch_links_stand_where_they_are_configured(tmp_path):
    from teaching import links

    path = tmp_path / "launch.json"
    assert pages.read_launch_links(path) == {}
    place = links.Place("https://github.com/owner/name", "v1.0")
    path.write_text(json.dumps(links.launch(place)))
    launch = pages.read_launch_links(path)
    assert list(launch) == lesson_names()
    notebook = {"cells": [{"cell_type": "markdown", "source": "# Title"}]}
    lesson = pages.read_lesson("02-december", notebook, frozenset(["02-december"]), launch)
    page = Tree(pages.lesson_page(lesson, [lesson]))
    assert [one["href"] for one in page.all("a") if "mybinder.org" in one["href"]] == [launch["02-december"][0][1]]
    path.write_text('{"lessons": [{"lesson": "01-one", "binder": "javascript:x()"}]}')
    with pytest.raises(ValueError, match="no http"):
        pages.read_launch_links(path)
