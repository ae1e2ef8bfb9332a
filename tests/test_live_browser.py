"""What a live figure shows after many changes: what it would show if it were drawn for the first time."""

import base64

import pytest

pytest.importorskip("playwright")

from plotly import graph_objects as go

from helpers import ActorMapExplorer, ClaimsExplorer, PlaceExplorer, TimelineExplorer
from helpers.live import LiveFigure, PlotlyBundle, wire
from tests.jupyter import guarded_page

pytestmark = pytest.mark.browser

PAGE = """async ([module, code, figures]) => {
    const bytes = (text) => Uint8Array.from(atob(text), (one) => one.charCodeAt(0));
    const model = (values, parts = {}) => {
        const heard = {};
        return {
            get: (name) => values[name],
            set: (changes) => {
                Object.assign(values, changes);
                for (const name in changes) (heard[`change:${name}`] ?? []).forEach((act) => act());
            },
            on: (names, act) => names.split(" ").forEach((name) => (heard[name] ??= []).push(act)),
            off: () => {}, send: () => {}, save_changes: () => {}, ...parts,
        };
    };
    const bundle = model({version: "tested", code: bytes(code)}, {_handle_comm_msg: async () => {}});
    const widget_manager = {get_model: async () => bundle};
    const url = URL.createObjectURL(new Blob([module], {type: "text/javascript"}));
    const widget = (await import(url)).default;
    const shown = (el) => {
        const plot = el.querySelector(".live-plot"), origin = plot.getBoundingClientRect(), found = [];
        for (const one of plot.querySelectorAll(".main-svg text, .main-svg path, .main-svg rect, .main-svg image")) {
            if (one.closest("defs, .hoverlayer, .modebar, .draglayer")) continue;
            const look = getComputedStyle(one), box = one.getBoundingClientRect();
            if (look.display === "none" || look.visibility === "hidden" || !(box.width || box.height)) continue;
            const place = [box.left - origin.left, box.top - origin.top, box.width, box.height].map(Math.round);
            const words = one.tagName === "text" ? one.textContent : "";
            const line = parseFloat(look.strokeWidth) ? [look.stroke, look.strokeWidth] : [];
            found.push(JSON.stringify([one.tagName, words, place, look.fill, line, look.opacity]));
        }
        return found.sort();
    };
    const drawn = (el, act) => new Promise((done) => { el.addEventListener("live-drawn", done, {once: true}); act(); });
    const live = async (figure) => {
        const el = document.createElement("div");
        document.body.replaceChildren(el);
        const [drawing, images] = figure;
        const values = {_config: {responsive: false}, _bundle: "IPY_MODEL_x", _figure: bytes(drawing), _images: bytes(images)};
        const one = model(values, {widget_manager});
        await drawn(el, () => widget.render({model: one, el, signal: new AbortController().signal}));
        return [el, one];
    };
    const [el, one] = await live(figures[0]);
    const changed = [], touched = [];
    for (const figure of figures.slice(1)) {
        let count = 0;
        const watch = new MutationObserver((records) => (count += records.length));
        for (const layer of el.querySelectorAll(".scatterlayer"))
            watch.observe(layer, {subtree: true, childList: true, attributes: true});
        await drawn(el, () => one.set({_figure: bytes(figure[0]), _images: bytes(figure[1])}));
        touched.push(count + watch.takeRecords().length);
        watch.disconnect();
        changed.push(shown(el));
    }
    const fresh = [];
    for (const figure of figures.slice(1)) fresh.push(shown((await live(figure))[0]));
    return [changed, fresh, touched];
}"""


def drawn(browser, figures):
    """Return what each figure but the first shows when it follows the one before, and when it is drawn anew.

    And how often the marks of the one before were touched for it.
    """
    sent = [wire(figure) for figure in figures]
    packed = [[base64.b64encode(one[name]).decode() for name in ("_figure", "_images")] for one in sent]
    code = base64.b64encode(PlotlyBundle.shared().code).decode()
    with guarded_page(browser, width=1000, height=1400) as (page, seen):
        page.goto("about:blank")
        found = page.evaluate(PAGE, [LiveFigure._esm, code, packed])
        assert seen.errors == []
    return found


def steps(explorer, *states):
    for state in states:
        explorer.state = state
        yield explorer.figure


MISSILES = "2020-01-08-iran-missiles-al-asad-erbil"
SEQUENCES = {
    "rules and claims": lambda c: steps(
        ClaimsExplorer(c, event=MISSILES),
        *[{"event": MISSILES, "rule": rule} for rule in ("best", "lowest", "highest", None, "best")],
        *[{"event": MISSILES, "selected": claim} for claim in ClaimsExplorer(c, event=MISSILES).shown[:3]],
        {"event": MISSILES, "form": "ledger"},
        {"event": MISSILES, "form": "ledger", "as_of": "2020-02-01"},
        {},
    ),
    "importance and size of places": lambda c: steps(
        PlaceExplorer(c), {}, {"importance": 1}, {"importance": 2}, {"size": "killed-low"}, {"chapter": "march"}, {}
    ),
    "the timeline": lambda c: steps(
        TimelineExplorer(c),
        {},
        {"importance": 1},
        {"importance": 1, "lanes": "place"},
        {"importance": 1, "selected": MISSILES},
        {"importance": 1},
        {"as_of": "2020-01-05"},
    ),
    "the actor map": lambda c: steps(
        ActorMapExplorer(c), {}, {"focus": "kataib-hezbollah"}, {"on": "2020-01-05"}, {"focus": "esmail-qaani"}, {}
    ),
    "Plotly's own ranges": lambda c: (
        go.Figure(go.Scatter(x=[1, 2, 3], y=values), {"title": title, "width": 600, "height": 400})
        for title, values in (("a", [1, 2, 3]), ("b", [1, 2, 3]), ("b", [1, 20, 3]), ("c", [1, 20, 3]), ("c", [5]))
    ),
}


@pytest.mark.parametrize("sequence", SEQUENCES)
def test_a_changed_figure_looks_like_a_new_one(browser, chronicle, sequence):
    changed, fresh, _ = drawn(browser, list(SEQUENCES[sequence](chronicle)))
    assert all(len(marks) > 10 for marks in fresh)
    for number, (now, anew) in enumerate(zip(changed, fresh, strict=True), start=1):
        missing, left = sorted(set(anew) - set(now)), sorted(set(now) - set(anew))
        assert now == anew, (number, missing[:5], left[:5])


def test_another_rule_or_claim_leaves_the_marks_alone(browser, chronicle):
    explorer = ClaimsExplorer(chronicle, event=MISSILES)
    still = [{"rule": "lowest"}, {"rule": "highest"}, {"rule": None}, {"selected": explorer.shown[2]}]
    figures = list(steps(explorer, *[{"event": MISSILES, **state} for state in [{}, *still, {"field": "tbi"}]]))
    *_, touched = drawn(browser, figures)
    assert touched[:-1] == [0, 0, 0, 0]
    assert touched[-1] > 0
