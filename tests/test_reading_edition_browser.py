"""The reading edition in a real browser, opened from its folder: no request, quick, drawn, and open to everybody."""

from __future__ import annotations

import json
import re
from contextlib import contextmanager
from pathlib import Path

import pytest

pytest.importorskip("playwright")

from tests.reading_edition import hostile, lesson_names, whole

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("edition")]

PAGES = [f"{name}.html" for name in [*lesson_names(), "index", "glossary", "sources", "search"]]
WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
FIRST_TEXT = 1000  # milliseconds
ALIKE = 3
# Of a long list of things that are made alike, axe sees the first few.
THIN_OUT = f"""() => {{
    for (const list of document.querySelectorAll(
        ".items > ol, .sources, .record-card ul, .record-card ol, .listing ol, tbody, main dl, .results")) {{
        [...list.children].slice(list.matches("main dl") ? 12 : {ALIKE}).forEach((one) => one.remove());
    }}
    document.querySelectorAll("details").forEach((one) => {{ one.open = true; }});
}}"""
# What colours a text has depends on the elements it stands in. Of each such chain axe sees two texts.
MARK_KINDS = """() => {
    const seen = {};
    const letters = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (letters.nextNode()) {
        const holder = letters.currentNode.parentElement;
        if (!letters.currentNode.data.trim() || holder.closest("script, noscript, .plot svg")) continue;
        const chain = [];
        for (let one = holder; one !== document.body; one = one.parentElement) {
            chain.push(`${one.localName}.${one.getAttribute("class")}`);
        }
        const key = chain.join(" < ");
        seen[key] = (seen[key] ?? 0) + 1;
        if (seen[key] <= 2) holder.setAttribute("data-look", "");
    }
    return Object.keys(seen).length;
}"""


@contextmanager
def opened(browser, address, **settings):
    """Open a page of a site from its folder with the network cut; fail on any request out of it and on any error."""
    context = browser.new_context(
        **{"viewport": {"width": 1280, "height": 900}, "offline": True, "bypass_csp": False, **settings}
    )
    page = context.new_page()
    outside, errors = [], []
    folder = Path(address.partition("#")[0].partition("?")[0]).parent.as_uri()
    page.on("request", lambda asked: outside.append(asked.url) if not _inside(asked.url, folder) else None)
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("console", lambda told: errors.append(told.text) if told.type == "error" else None)
    page.goto(f"file://{address}")
    try:
        yield page
        assert (outside, errors) == ([], []), address
    finally:
        context.close()


def _inside(url, folder):
    return url.startswith((folder, "data:", "blob:"))


def draw_all(page):
    page.evaluate("() => window.drawAll?.()")
    assert page.locator(".plot").count() == page.locator(".drawn .plot .main-svg:first-child").count()


def axe(page, where, options):
    package = pytest.importorskip("axe_playwright_python")
    if not page.evaluate("() => 'axe' in window"):
        page.evaluate(Path(package.__file__).with_name("axe.min.js").read_text(encoding="utf-8"))
    settings = {"resultTypes": ["violations"], "preload": False, **options}
    found = page.evaluate("([where, settings]) => axe.run(where, settings)", [where, settings])
    return [(one["id"], [node["html"][:200] for node in one["nodes"][:3]]) for one in found["violations"]]


@pytest.mark.parametrize("name", PAGES)
def test_axe_finds_nothing_by_day_and_by_night_with_everything_open(browser, name):
    with opened(browser, f"{whole().folder}/{name}", bypass_csp=True) as page:
        page.evaluate(THIN_OUT)
        draw_all(page)
        assert axe(page, "html", {"runOnly": WCAG, "rules": {"color-contrast": {"enabled": False}}}) == []
        assert page.evaluate(MARK_KINDS) > 5
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)
            assert axe(page, {"include": [["[data-look]"]]}, {"runOnly": ["color-contrast"]}) == []


def test_no_page_runs_over_at_320_pixels(browser):
    with opened(browser, f"{whole().folder}/index.html", viewport={"width": 320, "height": 700}) as page:
        for name in PAGES:
            page.goto((whole().folder / name).as_uri())
            page.evaluate("() => document.querySelectorAll('details').forEach((one) => { one.open = true; })")
            assert page.evaluate("() => document.documentElement.scrollWidth") <= 320, name


def test_the_heaviest_page_shows_its_first_text_at_once(browser):
    heaviest = max(whole().pages, key=lambda path: path.stat().st_size)
    times = []
    for _ in range(3):
        with opened(browser, str(heaviest)) as page:
            times.append(
                page.evaluate("""() => new Promise((done) => new PerformanceObserver((seen) => {
                    const first = seen.getEntriesByName('first-contentful-paint')[0];
                    if (first) done(first.startTime);
                }).observe({type: 'paint', buffered: true}))""")
            )
            assert page.get_by_role("heading", level=1).is_visible()
    assert min(times) < FIRST_TEXT, times


def test_figures_wait_for_the_reader_and_speak_before_they_are_drawn(browser):
    with opened(browser, f"{whole().folder}/08-escalation.html", viewport={"width": 1280, "height": 300}) as page:
        assert page.locator("script[src*=plotly]").count() == 0
        assert page.get_by_text("In words.").first.is_visible()
        page.locator(".plot").first.scroll_into_view_if_needed()
        page.locator(".drawn").first.wait_for()
        assert page.locator("script[src*=plotly]").count() == 1
        assert page.locator(".modebar [data-title*='loud'], .modebar .plotlyjsicon").count() == 0


def test_without_javascript_words_and_tables_remain(browser):
    with opened(browser, f"{whole().folder}/03-january.html", java_script_enabled=False) as page:
        assert page.get_by_text("In words.").first.is_visible()
        assert page.locator("noscript .note").first.bounding_box()["height"] > 20
        assert not page.locator(".plot").first.is_visible()
        page.locator("summary", has_text="The same as a table").first.click()
        assert page.locator(".words table").first.is_visible()


def test_a_term_is_explained_at_the_pointer_and_at_the_keyboard(browser):
    with opened(browser, f"{whole().folder}/06-actors.html") as page:
        page.keyboard.press("Tab")
        assert page.evaluate("() => document.activeElement.className") == "skip"
        term = page.locator("a.term").first
        tip = page.get_by_role("tooltip")
        term.focus()
        assert tip.is_visible() and "Kataib Hezbollah" in tip.inner_text()
        assert term.get_attribute("aria-describedby") == "tip"
        page.keyboard.press("Escape")
        assert not tip.is_visible() and term.get_attribute("aria-describedby") is None
        term.blur()
        term.hover()
        assert tip.is_visible()
        tip.hover()  # it stays while the pointer is on it
        page.wait_for_timeout(400)
        assert tip.is_visible()
        page.mouse.move(5, 5)
        tip.wait_for(state="hidden")
        term.click()
        assert page.url.endswith("#term-kataib-hezbollah")


def test_the_map_moves_from_day_to_day_with_the_keyboard(browser):
    with opened(browser, f"{whole().folder}/06-actors.html") as page:
        slider = page.get_by_role("slider", name="Day")
        said = page.locator(".days .said")
        shown = page.locator(".map .tie:visible:not(.ended)")
        slider.focus()
        page.keyboard.press("Home")
        assert slider.get_attribute("aria-valuetext") == "1 December 2019"
        page.get_by_label("Ties of", exact=True).select_option("everybody")
        data = json.loads(page.locator("script[id$='-days-data']").text_content())
        for stop in range(len(data["stops"])):
            assert slider.get_attribute("aria-valuetext") == data["stops"][stop]["day"]
            assert said.inner_text() == data["stops"][stop]["text"]
            assert shown.count() == sum(stop in tie["stops"] for tie in data["ties"])
            slider.press("ArrowRight")
        page.get_by_label("Ties of", exact=True).select_option(label="Qasem Soleimani")
        assert "Qasem Soleimani has no ties on this map on 31 March 2020." in page.locator(".ties").inner_text()
        assert page.locator(".map .actor.gone").count() >= 2


def test_the_search_works_from_the_folder(browser):
    with opened(browser, f"{whole().folder}/index.html") as page:
        page.get_by_role("searchbox").fill("Ain al-Asad")
        page.keyboard.press("Enter")
        page.locator(".results li").first.wait_for()
        assert re.match(r"\d+ places found", page.get_by_role("status").inner_text())
        page.locator(".results a").first.click()
        assert page.get_by_role("heading", level=1).is_visible()
        page.goto(f"{(whole().folder / 'search.html').as_uri()}?q=%3Cimg%20src%3Dx%20onerror%3Dwindow.hit%3D1%3E")
        assert page.get_by_role("status").inner_text().startswith("No places found for “<img")
        assert page.evaluate("() => window.hit") is None


def test_code_can_be_hidden_and_stays_so_in_the_next_lesson(browser):
    with opened(browser, f"{whole().folder}/00-start-here.html") as page:
        code = page.locator(".text > .code").first
        assert code.is_visible()
        button = page.get_by_role("button", name="Code is shown")
        button.focus()
        page.keyboard.press("Enter")
        assert not code.is_visible()
        page.get_by_role("link", name="Next 01").click()
        assert page.get_by_role("button", name="Code is hidden").get_attribute("aria-pressed") == "false"
        assert not page.locator(".text > .code").first.is_visible()


def test_on_paper_figures_fit_and_solutions_stay_closed(browser, tmp_path):
    with opened(browser, f"{whole().folder}/04-interlude.html") as page:
        draw_all(page)
        page.evaluate("() => dispatchEvent(new Event('beforeprint'))")
        page.set_viewport_size({"width": 680, "height": 900})
        page.emulate_media(media="print")
        assert not page.locator(".contents").is_visible()
        assert not page.locator("header.top").is_visible()
        wide = page.evaluate("() => Math.max(...[...document.querySelectorAll('.plot')].map("
                             "(plot) => plot.getBoundingClientRect().right))")  # fmt: skip
        assert wide <= 690
        assert page.locator("details[open]").count() == 0


def test_a_hostile_record_runs_nothing(browser):
    with opened(browser, f"{hostile().folder}/99-hostile.html") as page:
        for path in hostile().pages:
            page.goto(path.as_uri())
            page.evaluate("() => document.querySelectorAll('details').forEach((one) => { one.open = true; })")
            draw_all(page)
            for term in page.locator("a.term").all():
                term.focus()
            for mark in page.locator(".plot .point").all()[:5]:
                mark.hover(force=True)
            assert page.evaluate("() => window.hit") is None, path.name
        page.goto(f"{(hostile().folder / 'search.html').as_uri()}?q=script")
        page.locator(".results li").first.wait_for()
        assert page.evaluate("() => window.hit") is None
