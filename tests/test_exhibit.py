"""Every figure, wherever it is shown: a quiet toolbar, its words as plain text, and nothing slow loaded to show it."""

from __future__ import annotations

import subprocess
import sys

import pytest

import helpers
from helpers import style
from helpers.figures.exhibit import describe

MISSILES = "2020-01-08-iran-missiles-al-asad-erbil"
FIGURES = {
    "timeline": lambda c: helpers.timeline(c.only(importance=1)),
    "actor_map": lambda c: helpers.actor_map(c, on="2020-01-03"),
    "place_map": helpers.place_map,
    "claims_chart": lambda c: helpers.claims_chart(c, event=MISSILES, field="tbi"),
    "ledger": lambda c: helpers.ledger(c, event=MISSILES),
    "disagreement": helpers.disagreement,
    "bias_card": helpers.bias_card,
    "response_chain": lambda c: helpers.response_chain(c, "2019-12-27-k1-rocket-attack"),
    "chance": helpers.chance,
    "series_chart": lambda c: helpers.series_chart(c, series=["brent-quotes"]),
}


@pytest.mark.parametrize("name", FIGURES)
def test_a_shown_figure_is_quiet_and_speaks(name, chronicle):
    figure = FIGURES[name](chronicle)
    shown = figure._repr_mimebundle_()
    config = shown["application/vnd.plotly.v1+json"]["config"]
    assert config == style.CONFIG
    assert config["displaylogo"] is False and config["showSendToCloud"] is False
    assert shown["text/plain"] == describe(figure)
    page = figure.to_html(include_plotlyjs=False)
    assert '"displaylogo": false' in page


def test_showing_a_figure_loads_no_validator_of_notebooks():
    code = (
        "import sys\n"
        "from IPython.core.interactiveshell import InteractiveShell\n"
        "from helpers import load, timeline\n"
        "InteractiveShell.instance().display_formatter.format(timeline(load().only(importance=1)))\n"
        "assert not {'nbformat', 'jsonschema'} & set(sys.modules)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "events" in done.stdout or "application/vnd.plotly" in done.stdout


def test_a_renderer_that_was_chosen_is_used(chronicle, monkeypatch):
    monkeypatch.setenv("PLOTLY_RENDERER", "json")
    figure = FIGURES["timeline"](chronicle)
    used = []
    monkeypatch.setattr(type(figure), "show", lambda self: used.append(self))
    figure._ipython_display_()
    assert used == [figure]
