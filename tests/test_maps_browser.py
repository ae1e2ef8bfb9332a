"""Actor map and place map in a real browser: names don't collide, names are shaped right, nothing is requested."""

import re
from html import unescape
from itertools import combinations

import plotly.graph_objects as go
import pytest

from helpers import style
from helpers.figures.actor_map import actor_map
from helpers.figures.place_map import place_map

pytestmark = pytest.mark.browser
WIDTHS = (1400, 1000, 700)
NARROWEST = style.NARROWEST + 16  # and the page's margins
BOXES = """() => [...document.querySelectorAll('.infolayer .annotation, .textpoint:not(:empty)')].flatMap(note => {
    const lines = note.querySelectorAll('tspan.line');
    return [...(lines.length ? lines : note.querySelectorAll('text'))].map(line => {
        const box = line.getBoundingClientRect();
        return [note.textContent, box.left, box.top, box.right, box.bottom];
    });
})"""
KEYS = """() => [...document.querySelectorAll(
    '.infolayer .legendtext, .subplot.x4y4 path.point:not([style*="opacity: 0;"]), .shapelayer path[d*="A"]')].map(key => {
        const box = key.getBoundingClientRect();
        return [key.textContent || key.tagName, box.left, box.top, box.right, box.bottom];
    })"""
EDGES = """() => { const {left, right} = document.querySelector('.main-svg').getBoundingClientRect();
    return [left, right]; }"""
SIZES = """() => [...document.querySelectorAll('.infolayer text, .cartesianlayer text')].map(
    text => parseFloat(getComputedStyle(text).fontSize))"""


@pytest.fixture(scope="module")
def show(browser, tmp_path_factory):
    """Return a function that draws a figure in a page; requests that leave the page are refused and recorded."""
    path = tmp_path_factory.mktemp("maps") / "page.html"
    go.Figure().write_html(path, include_plotlyjs=True, config=dict(style.CONFIG))
    page = browser.new_page(viewport={"width": WIDTHS[0], "height": 900})
    page.asked, page.errors = [], []
    local = ("file:", "data:", "blob:")
    page.route("**/*", lambda r: r.continue_() if r.request.url.startswith(local) else r.abort())
    page.on("request", lambda r: None if r.url.startswith(local) else page.asked.append(r.url))
    page.on("console", lambda m: page.errors.append(m.text) if m.type == "error" else None)
    page.on("pageerror", lambda e: page.errors.append(str(e)))
    page.goto(path.as_uri())
    page.wait_for_selector(".js-plotly-plot .main-svg")

    def drawn(figure, width):
        page.set_viewport_size({"width": width, "height": 900})
        page.evaluate(
            """([figure, config]) => {
                const old = document.querySelector('.js-plotly-plot'), fresh = document.createElement('div');
                old.replaceWith(fresh); Plotly.purge(old);
                const {data, layout} = JSON.parse(figure);
                return Plotly.newPlot(fresh, data, layout, config).then(() => null);
            }""",
            [figure.to_json(), style.CONFIG],
        )
        return page

    yield drawn
    page.close()


def overlaps(boxes, slack=1.0):
    """Return the pairs of names that have lines whose boxes share more than ``slack`` pixels both ways."""
    found = []
    for (a, l1, t1, r1, b1), (b, l2, t2, r2, b2) in combinations(boxes, 2):
        if a != b and min(r1, r2) - max(l1, l2) > slack and min(b1, b2) - max(t1, t2) > slack:
            found.append((a, b))
    return found


def written(figure):
    """Return each text of a figure as the page has it, and the axis that it belongs to."""
    found = [(note.text, note.xref) for note in figure.layout.annotations]
    for trace in figure.data:
        if "text" in trace.mode:
            found += [(text, trace.xaxis) for text in trace.text if text]
    return [(unescape(re.sub("<[^>]*>", "", text)), axis) for text, axis in found]


FIGURES = {
    "actors": lambda c: actor_map(c, on="2020-01-03"),
    "actors-since": lambda c: actor_map(c, on="2020-03-20", since="2019-12-26"),
    "actors-focus": lambda c: actor_map(c, on="2020-01-02", focus="kataib-hezbollah"),
    "actors-president": lambda c: actor_map(c, on="2020-01-02", focus="donald-trump", depth=2),
    "actors-us": lambda c: actor_map(c, on="2020-03-20", focus="united-states"),
    "places": place_map,
    "places-killed": lambda c: place_map(c, color="kind", size="killed-high"),
    "places-march": lambda c: place_map(c.between("2020-03-11", "2020-03-31")),
}


@pytest.mark.parametrize("name", FIGURES)
def test_names_never_collide_and_nothing_leaves_the_page(show, chronicle, name):
    figure = FIGURES[name](chronicle)
    for width in WIDTHS:
        page = show(figure, width)
        boxes = page.evaluate(BOXES)
        assert {text for text, *_ in boxes} == {text for text, _ in written(figure)}
        if name.startswith("places"):
            boxes += page.evaluate(KEYS)
        assert not overlaps(boxes), width
        first, last = page.evaluate(EDGES)
        assert min(left for _, left, *_ in boxes) >= first, width
        assert max(right for _, _, _, right, _ in boxes) <= last, width
    assert min(page.evaluate(SIZES)) >= 12
    assert page.asked == []
    assert page.errors == []


@pytest.mark.parametrize("name", FIGURES)
def test_on_the_narrowest_page_what_stands_around_the_maps_never_collides(show, chronicle, name):
    figure = FIGURES[name](chronicle)
    page = show(figure, NARROWEST)
    boxes = [*page.evaluate(BOXES), *page.evaluate(KEYS)]
    if name.startswith("places"):  # their maps can be moved sideways there
        within = {text for text, axis in written(figure) if axis in ("x", "x2", "x3")}
        boxes = [box for box in boxes if box[0] not in within]
    first, last = page.evaluate(EDGES)
    assert len(boxes) > 10
    assert not overlaps(boxes)
    assert min(left for _, left, *_ in boxes) >= first and max(right for _, _, _, right, _ in boxes) <= last


def test_no_button_that_uploads(show, chronicle):
    page = show(place_map(chronicle), 1000)
    titles = page.evaluate("() => [...document.querySelectorAll('.modebar-btn')].map(b => b.dataset.title || '')")
    assert titles
    assert not [title for title in titles if "share" in title.lower() or "cloud" in title.lower()]
    assert page.locator(".modebar-btn--logo").count() == 0


def test_hover_of_an_actor_and_of_a_tie(show, chronicle):
    page = show(actor_map(chronicle, on="2020-01-02", focus="kataib-hezbollah", depth=2), 1400)
    spot = """key => {
        const plot = document.querySelector('.js-plotly-plot'), size = plot._fullLayout._size;
        for (const trace of plot._fullData) {
            const at = (trace.customdata || []).lastIndexOf(key);
            if (trace.mode !== 'markers' || at < 0) continue;
            const n = key.includes('--') ? trace.customdata.indexOf(key) + 1 : at, box = plot.getBoundingClientRect();
            return [box.left + size.l + plot._fullLayout.xaxis.l2p(trace.x[n]),
                    box.top + size.t + plot._fullLayout.yaxis.l2p(trace.y[n])];
        }
    }"""
    said = "() => document.querySelector('.hoverlayer')?.textContent || ''"
    for key, words in (
        ("qasem-soleimani", ["Qasem Soleimani", chronicle.actors.loc["qasem-soleimani", "name_fa"]]),
        (
            "united-states--accuses--kataib-hezbollah",
            ["alleged, stated by United States", "27 December 2019", "source"],
        ),
    ):
        x, y = page.evaluate(spot, key)
        page.mouse.move(x - 3, y - 3)
        page.mouse.move(x, y)
        page.wait_for_function(
            "words => (document.querySelector('.hoverlayer')?.textContent || '').includes(words)", arg=words[0]
        )
        text = page.evaluate(said)
        assert all(word in text for word in words), text


def test_arabic_letters_join_in_the_drawing(show, chronicle):
    """A word of joined letters is narrower than the same letters kept apart: the browser shapes what we hand it."""
    page = show(actor_map(chronicle, on="2020-01-02"), 1000)
    widths = page.evaluate(
        """() => {
            const svg = document.querySelector('.main-svg');
            const width = words => {
                const text = document.createElementNS('http://www.w3.org/2000/svg', 'text');
                text.textContent = words; svg.append(text);
                const wide = text.getComputedTextLength(); text.remove(); return wide;
            };
            const word = 'سليماني';
            return [width('\u2068' + word + '\u2069'), width([...word].join('\u200c'))];
        }"""
    )
    assert widths[0] < widths[1] * 0.95
