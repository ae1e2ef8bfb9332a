"""A whole decision, in a real JupyterLab and Notebook 7, with the keyboard alone and nothing but loopback to reach."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from helpers import load
from helpers.notes import FILE
from helpers.rooms import open_room

pytest.importorskip("playwright")

from tests.jupyter import open_notebook

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("jupyter")]

ROOM = "2019-12-28-washington-after-k1"
CELL = f"""from helpers import load
from helpers.explorers.decision_room import DecisionRoom
DecisionRoom(load(), {ROOM!r})"""


@pytest.fixture
def clean(jupyter):
    """Return the server without answers from another test."""
    (jupyter.root / FILE).unlink(missing_ok=True)
    return jupyter


def opened(notebook):
    """Run the notebook and return its decision room."""
    notebook.run_all()
    room = notebook.page.locator(".decision-room")
    room.get_by_role("button", name="Save my answer").wait_for()
    notebook.page.wait_for_timeout(500)
    return room


def tab_to(page, name, most=80):
    """Press Tab until the control whose label or text has these words has the focus."""
    words = re.compile(name)
    for _ in range(most):
        page.keyboard.press("Tab")
        told = page.evaluate(
            """() => {
                const one = document.activeElement;
                const label = one.labels?.length ? [...one.labels].map(l => l.textContent).join(' ') : '';
                return `${one.getAttribute('aria-label') ?? ''} ${label} ${one.textContent ?? ''}`;
            }"""
        )
        if words.search(told):
            return
    raise AssertionError(f"Tab never reaches {name}")


def axe(page):
    """Return what axe-core finds moderate, serious or critical inside the decision room."""
    package = pytest.importorskip("axe_playwright_python")
    page.evaluate((Path(package.__file__).parent / "axe.min.js").read_text(encoding="utf-8"))
    # The headings above ours are those of the lesson; the notebooks here hold none.
    options = {"resultTypes": ["violations"], "rules": {"heading-order": {"enabled": False}}}
    found = page.evaluate("options => axe.run('.decision-room', options)", options)
    return [
        (one["id"], [node["html"][:160] for node in one["nodes"][:3]])
        for one in found["violations"]
        if one["impact"] in ("moderate", "serious", "critical")
    ]


@pytest.mark.parametrize("front", ["lab", "notebook"])
def test_a_decision_with_the_keyboard_alone(browser, clean, front):
    outcome = load().rooms.loc[ROOM, "outcome"]
    letter_b = open_room(load(), ROOM).options[1]
    with open_notebook(browser, clean, [CELL], front=front) as notebook:
        page, room = notebook.page, opened(notebook)
        assert outcome[:40] not in page.content()
        assert room.get_by_role("button", name="Show what happened").is_disabled()
        room.get_by_label("Show", exact=True).focus()
        tab_to(page, "Events, the latest first")
        first = room.get_by_role("status").first.text_content()
        page.keyboard.press("ArrowDown")
        page.wait_for_function(
            "([el, old]) => el.textContent !== old", arg=[room.get_by_role("status").first.element_handle(), first]
        )
        tab_to(page, re.escape(f"A. {open_room(load(), ROOM).options[0].label}"))
        page.keyboard.press("Space")
        page.keyboard.press("ArrowDown")
        tab_to(page, "Your reasons")
        page.keyboard.type("Nobody has shown who fired. <b>Wait.</b>")
        tab_to(page, "How likely is a yes")
        page.keyboard.type("35")
        tab_to(page, "Save my answer")
        page.keyboard.press("Enter")
        status = room.get_by_role("status").nth(1)
        page.wait_for_function("el => /^Saved/.test(el.textContent)", arg=status.element_handle())
        assert outcome[:40] not in page.content()
        tab_to(page, "Show what happened")
        page.keyboard.press("Enter")
        page.wait_for_function("el => /shown below/.test(el.textContent)", arg=status.element_handle())
        region = room.get_by_role("region", name=re.compile("^The outcome"))
        region.wait_for()
        text = region.inner_text()
        assert outcome[:40] in text and "Nobody has shown who fired. <b>Wait.</b>" in text
        assert f"B. {letter_b.label}" in text and "Brier score is" in text
        assert axe(page) == []
        assert notebook.seen.errors == [] and notebook.seen.outside == []


def test_the_answer_survives_a_new_kernel_and_the_outcome_is_hidden_again(browser, clean):
    with open_notebook(browser, clean, [CELL]) as notebook:
        room = opened(notebook)
        room.get_by_label(re.compile("^A\\. ")).check()
        room.get_by_label(re.compile("^Your reasons")).fill("Words that must last.")
        room.get_by_label(re.compile("How likely is a yes")).fill("60")
        room.get_by_role("button", name="Save my answer").click()
        room.get_by_text("Saved in").wait_for()
        clean.stop_kernels()
    with open_notebook(browser, clean, [CELL]) as notebook:
        room = opened(notebook)
        assert room.get_by_label(re.compile("^Your reasons")).input_value() == "Words that must last."
        assert room.get_by_label(re.compile("^A\\. ")).is_checked()
        assert room.get_by_role("region", name=re.compile("^The outcome")).count() == 0
        assert (clean.root / FILE).read_text(encoding="utf-8").count("Words that must last.") >= 1


@pytest.mark.parametrize("width", [1400, 700])
def test_nothing_is_cut_off_and_axe_is_content(browser, clean, width):
    with open_notebook(browser, clean, [CELL]) as notebook:
        room = opened(notebook)
        notebook.page.set_viewport_size({"width": width, "height": 900})
        notebook.page.wait_for_timeout(500)
        assert axe(notebook.page) == []
        wide = room.evaluate(
            """el => [...el.querySelectorAll('*')]
                .filter(e => !e.closest('.record-wide'))
                .filter(e => e.getBoundingClientRect().right > el.getBoundingClientRect().right + 2)
                .map(e => e.outerHTML.slice(0, 120))"""
        )
        assert wide == []
