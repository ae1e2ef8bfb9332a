"""The parts of a lesson that the helpers show: words, terms, sources, note boxes."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pandas as pd
import plotly.graph_objects as go
import pytest

from helpers.figures.exhibit import carry
from helpers.lesson import ask, glossary_of, in_words, links_in, sources_of, term, terms_of
from helpers.notes import FILE, Notes

EXAMPLE = Path(__file__).parent / "fixtures" / "example-lesson.ipynb"


def test_words_come_with_the_table():
    table = pd.DataFrame({"day": pd.to_datetime(["2020-01-03", "2020-01-08"]), "what": ["<b>", None]})
    shown = in_words(carry(go.Figure(), ["Two events & <more>."], table))
    assert str(shown) == "In words: Two events & <more>."
    html = shown._repr_html_()
    assert "Two events &amp; &lt;more&gt;." in html
    assert "2 rows" in html and "&lt;b&gt;" in html and 'scope="col"' in html and "NaN" not in html
    assert "the first 1 of 2 rows" in in_words(carry(go.Figure(), ["x"], table), rows=1)._repr_html_()
    assert "<details>" not in in_words(carry(go.Figure(), ["Nothing."], table.head(0)))._repr_html_()
    with pytest.raises(ValueError, match="no text"):
        in_words(go.Figure())


def test_terms_show_their_names_and_can_be_linked_to(chronicle):
    shown = term("irgc", chronicle)
    assert 'id="term-irgc"' in shown._repr_html_()
    assert str(shown).startswith("Islamic Revolutionary Guard Corps (IRGC)")
    for language in ("ar", "fa"):
        name = chronicle.glossary.at["irgc", f"name_{language}"]
        assert not isinstance(name, str) or f'<bdi lang="{language}" dir="rtl">{name}</bdi>' in shown._repr_html_()
    assert len(glossary_of(chronicle=chronicle).table) == len(chronicle.glossary)
    assert glossary_of("utc", "as-of", "utc", chronicle=chronicle).table.index.to_list() == ["as-of", "utc"]
    with pytest.raises(ValueError, match="jcpoa"):
        term("jcpao", chronicle)


def test_a_lesson_lists_its_own_links(tmp_path, monkeypatch, chronicle):
    shutil.copy(EXAMPLE, tmp_path)
    monkeypatch.chdir(tmp_path)
    listed = sources_of("example-lesson", chronicle)
    cells = json.loads(EXAMPLE.read_text(encoding="utf-8"))["cells"]
    targets = {t for c in cells if c["cell_type"] == "markdown" for t in links_in("".join(c["source"]))}
    wanted = {target for target in targets if target.startswith("http")}
    assert set(listed.table["url"]) == wanted
    assert all(f'href="{url}"' in listed._repr_html_().replace("&amp;", "&") for url in wanted)
    assert all(url in str(listed) for url in wanted)
    assert terms_of("example-lesson", chronicle).table.index.to_list() == ["kataib-hezbollah", "pmf"]
    with pytest.raises(ValueError, match="example-lesson"):
        sources_of("exampel-lesson", chronicle)
    with pytest.raises(ValueError, match="no lesson"):
        sources_of("../secrets", chronicle)


def test_a_lesson_without_links_says_so(tmp_path, monkeypatch, chronicle):
    (tmp_path / "77-empty.ipynb").write_text(json.dumps({"cells": [{"cell_type": "markdown", "source": ["# Empty"]}]}))
    monkeypatch.chdir(tmp_path)
    assert "0 sources" in str(sources_of("77-empty", chronicle))
    assert "no term" in str(terms_of("77-empty", chronicle))


def test_every_kind_of_link_is_found():
    text = '[a](https://a.org/x_(y)?q=1 "t") ![b](c.png) [d](<https://e.org/f g>) [h](#term-utc) [i](j.ipynb#K)'
    assert links_in(text) == ["https://a.org/x_(y)?q=1", "c.png", "https://e.org/f g", "#term-utc", "j.ipynb#K"]


def test_a_box_keeps_what_is_written(tmp_path):
    ask("03-1", "Why?", folder=tmp_path).box.value = "Because."
    again = ask("03-1", "Why?", folder=tmp_path)
    assert again.box.value == "Because."
    assert "from before" in again.status.value
    again.box.value = ""
    assert ask("03-1", folder=tmp_path).box.value == ""
    assert [note.value for note in Notes(tmp_path).history("03-1")] == ["Because.", ""], "nothing is lost"
    assert ask("03-2", folder=tmp_path).box.value == ""


def test_a_box_says_when_it_cannot_save(tmp_path):
    box = ask("03-1", "Why?", folder=tmp_path / "gone")
    box.box.value = "My text"
    assert "could not be saved" in box.status.value
    assert box.box.value == "My text"
    (tmp_path / FILE).mkdir()
    assert "can&#x27;t be read" in ask("03-1", folder=tmp_path).status.value


def test_a_box_speaks_of_a_damaged_file(tmp_path):
    (tmp_path / FILE).write_text("rubbish\n")
    assert "line 1" in ask("03-1", folder=tmp_path).status.value


def test_a_box_is_labelled_and_has_words_without_a_widget(tmp_path):
    box = ask("03-1", "Why <now>?", folder=tmp_path)
    assert box.box.description == "Your answer to question 03-1"
    box.box.value = "One\n<two>"
    bundle = box._repr_mimebundle_()
    assert "application/vnd.jupyter.widget-view+json" in bundle
    assert bundle["text/plain"] == "03-1 Why <now>?\nOne\n<two>"
    assert "One<br>&lt;two&gt;" in bundle["text/html"]
    with pytest.raises(ValueError, match="03-1"):
        ask("")
