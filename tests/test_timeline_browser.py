"""In the browser: no label covers another one or a mark, none is cut, at every width; nothing asks the network."""

from __future__ import annotations

import pytest

from helpers import load
from helpers.figures.response_chart import chance, response_chain
from helpers.figures.series_chart import series_chart
from helpers.figures.timeline import timeline
from helpers.style import CONFIG

pytestmark = pytest.mark.browser

RECORD = load()
CORE = RECORD.between("2019-12-01", "2020-03-31")
WIDTHS = (1400, 900, 700, 590)
FIGURES = {
    "whole": lambda: timeline(RECORD),
    "wide": lambda: timeline(RECORD, width=1000),
    "kinds": lambda: timeline(RECORD, lanes="kind"),
    "places": lambda: timeline(RECORD, lanes="place", color="kind", as_of="2020-01-31"),
    "chapters": lambda: timeline(RECORD, lanes="chapter", color="importance"),
    "links": lambda: timeline(RECORD.only(chapter="march"), links=True, selected="2020-03-13-us-strikes-iraq"),
    "all": lambda: timeline(RECORD.only(chapter="january"), labels="all"),
    "prelude": lambda: timeline(RECORD.only(chapter="prelude")),
    "3 January": lambda: timeline(RECORD.between("2020-01-03", "2020-01-03"), links=True),
    "8 January": lambda: timeline(RECORD.between("2020-01-08", "2020-01-08")),
    "bars that leave the view": lambda: timeline(RECORD.between("2020-03-20", "2020-03-24")),
    "kinds told by colour": lambda: timeline(RECORD, color="kind"),
    "links of a day by kind": lambda: timeline(RECORD.between("2020-01-08", "2020-01-08"), links=True, color="kind"),
    "the other record": lambda: timeline(load("data/gulf-2019"), lanes="kind", links=True),
    "nothing in view": lambda: timeline(RECORD, as_of="2018-05-08"),
    "one event": lambda: timeline(RECORD.only(kind="cyber")),
    "series": lambda: series_chart(RECORD, "rocket-attack-tally"),
    "several series": lambda: series_chart(RECORD, ["us-tbi-count", "brent-quotes"]),
    "claimants": lambda: series_chart(RECORD, "iraq-protest-deaths"),
    "chain": lambda: response_chain(RECORD, "2019-12-27-k1-rocket-attack"),
    "long chain": lambda: response_chain(RECORD, "2020-01-03-soleimani-muhandis-killing", most=24),
    "chance": lambda: chance(CORE),
}

MEASURE = """() => {
    const GAP = 12;
    const box = e => { const r = e.getBoundingClientRect(); return [r.left, r.top, r.right, r.bottom]; };
    const seen = e => { const r = e.getBoundingClientRect(); return r.width > 0 && r.height > 0; };
    const every = s => [...document.querySelectorAll(s)].filter(seen);
    const all = s => every(s).map(e => [e.textContent, ...box(e)]);
    // The lines of a tick label are of different length; each has a box of its own.
    const lines = s => every(s).flatMap(e => { const parts = [...e.querySelectorAll('tspan.line')];
                                               return parts.length ? parts : [e]; })
                               .map(e => [e.textContent, ...box(e)]);
    return {
        // The wide space that keeps a title off its mark is no part of what is read.
        labels: every('.textpoint text').map(e => {
            const [left, top, right, bottom] = box(e), text = e.textContent;
            const lead = text.startsWith('\u2003') ? GAP : 0, tail = text.endsWith('\u2003') ? GAP : 0;
            return [text, left + lead, top, right - tail, bottom];
        }),
        axes: lines('.xtick text, .ytick text, .x2tick text, .y2tick text, .xtitle, .gtitle, .annotation-text'),
        legend: all('.legend .legendtext'),
        // Marks of events are at least 7 pixels wide; smaller ones belong to links.
        marks: every('.scatterlayer .points path.point')
            .filter(e => getComputedStyle(e).opacity !== '0' && e.getBoundingClientRect().width > 6)
            .map(e => ['mark', ...box(e)]),
        plot: box(document.querySelector('.nsewdrag')),
        page: [0, 0, document.documentElement.clientWidth, document.documentElement.scrollHeight],
        wide: document.documentElement.scrollWidth,
    };
}"""


def overlaps(boxes, others=None, slack=0.5):
    """Return the pairs of boxes that cover each other by more than the slack, in pixels."""
    pairs = []
    for place, (text, *one) in enumerate(boxes):
        for other_text, *other in boxes[place + 1 :] if others is None else others:
            width = min(one[2], other[2]) - max(one[0], other[0])
            height = min(one[3], other[3]) - max(one[1], other[1])
            if width > slack and height > slack:
                pairs.append((text, other_text, round(width, 1), round(height, 1)))
    return pairs


@pytest.fixture(scope="module")
def page(browser):
    context = browser.new_context(viewport={"width": 1400, "height": 1000})
    page = context.new_page()
    page.set_default_timeout(15_000)
    page.problems = []
    page.on("request", lambda request: page.problems.append(request.url) if request.url.startswith("http") else None)
    page.on("console", lambda message: page.problems.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: page.problems.append(str(error)))
    yield page
    context.close()


@pytest.fixture(scope="module")
def library(tmp_path_factory):
    from plotly.offline import get_plotlyjs

    folder = tmp_path_factory.mktemp("figures")
    (folder / "plotly.min.js").write_text(get_plotlyjs(), encoding="utf-8")
    return folder


def show(page, folder, name, figure):
    path = folder / f"{name.replace(' ', '-')}.html"
    figure.write_html(path, include_plotlyjs="plotly.min.js", config=dict(CONFIG))
    page.set_viewport_size({"width": WIDTHS[0], "height": int(figure.layout.height or 450) + 20})
    page.goto(path.as_uri())
    page.wait_for_selector(".main-svg .xtick", state="attached")


@pytest.mark.parametrize("name", list(FIGURES))
def test_no_label_covers_another(page, library, name):
    figure = FIGURES[name]()
    show(page, library, name, figure)
    marks_told = name not in ("chain", "long chain")  # there the lines and marks of a row run into its words by design
    for width in (1400, 1000) if name == "wide" else WIDTHS:
        # The body has a margin of 8 pixels on each side.
        page.set_viewport_size({"width": width + 16, "height": int(figure.layout.height or 450) + 20})
        page.wait_for_function(
            f"Math.abs(document.querySelector('.main-svg').getBoundingClientRect().width - {width}) < 3"
        )
        page.wait_for_timeout(120)
        seen = page.evaluate(MEASURE)
        left, _, right, _ = seen["plot"]
        inside = [label for label in seen["labels"] if label[3] > left and label[1] < right]
        assert not overlaps(inside), width
        assert not overlaps(seen["axes"]), width
        assert not overlaps(seen["legend"]), width
        assert not overlaps(inside, seen["axes"]), width
        assert not overlaps(seen["legend"], seen["axes"] + inside), width
        edge = right if marks_told else seen["page"][2]
        assert [text for text, x0, _, x1, _ in inside if x0 < left - 1 or x1 > edge + 1] == [], width
        assert all(x0 >= 0 and x1 <= width + 16 for _, x0, _, x1, _ in seen["axes"] + seen["legend"]), width
        assert seen["wide"] <= width + 16
        if marks_told:
            assert not overlaps(inside, seen["marks"], slack=2), width
        if name == "whole":
            assert len(inside) >= 12
    assert not page.problems


def test_zooming_in_keeps_labels_apart_and_names_the_weekday(page, library):
    show(page, library, "zoom", timeline(RECORD))
    for first, last in (("2020-01-08", "2020-01-09"), ("2020-01-03", "2020-01-04"), ("2020-03-09", "2020-03-23")):
        page.evaluate(
            f"Plotly.relayout(document.querySelector('.js-plotly-plot'), {{'xaxis.range': ['{first}', '{last}']}})"
        )
        page.wait_for_timeout(150)
        seen = page.evaluate(MEASURE)
        left, _, right, _ = seen["plot"]
        inside = [label for label in seen["labels"] if label[3] > left and label[1] < right]
        assert inside and not overlaps(inside) and not overlaps(seen["axes"])
        assert any(day in text for text, *_ in seen["axes"] for day in ("Wed", "Fri", "Mon", "Thu"))
    assert not page.problems


def test_hovering_a_mark_tells_the_event(page, library):
    figure = timeline(RECORD.between("2020-01-08", "2020-01-08"))
    show(page, library, "hover", figure)
    page.evaluate(
        """() => { const gd = document.querySelector('.js-plotly-plot');
        const curve = gd.data.findIndex(t => t.customdata && [...t.customdata].includes('2020-01-08-ps752-crash'));
        const point = [...gd.data[curve].customdata].indexOf('2020-01-08-ps752-crash');
        Plotly.Fx.hover(gd, [{curveNumber: curve, pointNumber: point}]); }"""
    )
    page.wait_for_selector(".hoverlayer .hovertext")
    told = page.text_content(".hoverlayer .hovertext")
    assert "06:12 local time (UTC+3:30)" in told and "02:42 UTC" in told and "claims" in told


def test_no_button_leads_to_a_company(page, library):
    show(page, library, "buttons", timeline(RECORD.only(kind="cyber")))
    names = page.eval_on_selector_all(".modebar-btn", "buttons => buttons.map(b => b.dataset.title || b.href || '')")
    assert names and not [
        name for name in names if "cloud" in name.lower() or "share" in name.lower() or "Produced" in name
    ]


def test_many_events_are_drawn_with_webgl(page, library):
    from tests.test_timeline import copies

    show(page, library, "many", timeline(copies(RECORD, 8_000)))
    page.wait_for_selector(".gl-container canvas")
    seen = page.evaluate(MEASURE)
    left, _, right, _ = seen["plot"]
    assert not overlaps([label for label in seen["labels"] if label[3] > left and label[1] < right])
    assert page.evaluate("document.querySelectorAll('svg *').length") < 3000
