"""A live figure: light, changed in place, without a button that uploads."""

import gzip
import json

import plotly.graph_objects as go
import pytest

from helpers import style
from helpers.figures.exhibit import carry
from helpers.live import LiveFigure, PlotlyBundle, wire


def scatter(count=200, title="A figure"):
    return go.Figure(
        go.Scatter(
            x=list(range(count)), y=list(range(count)), mode="markers", customdata=[f"k{i}" for i in range(count)]
        ),
        {"title": title, "template": style.template()},
    )


def sent(live):
    return json.loads(gzip.decompress(live._figure))


def test_plotly_is_carried_once_however_many_figures_there_are():
    lives = [LiveFigure(scatter()) for _ in range(6)]
    assert len({id(live._bundle) for live in lives}) == 1
    state = lives[0].get_state()
    assert len(state["_esm"]) < 10_000
    assert len(state["_figure"]) < 10_000
    assert len(PlotlyBundle.shared().code) < 2_000_000
    assert b"plotly.js v" in gzip.decompress(PlotlyBundle.shared().code)[:100]


def test_a_closed_bundle_is_made_anew():
    first = PlotlyBundle.shared()
    first.close()
    assert PlotlyBundle.shared() is not first
    assert PlotlyBundle.shared() is PlotlyBundle.shared()


def test_what_is_set_is_what_is_sent():
    live = LiveFigure(scatter(3))
    assert sent(live)["data"][0]["customdata"] == ["k0", "k1", "k2"]
    live.figure = scatter(2, "Another")
    assert live._title == "Another"
    assert len(sent(live)["data"][0]["x"]) == 2
    with live.batch_update() as figure:
        figure.update_traces(marker_size=20)
    assert sent(live)["data"][0]["marker"]["size"] == 20


def test_zoom_stays_as_long_as_its_word_does():
    live = LiveFigure(scatter())
    live.show(scatter(), zoom="january")
    assert sent(live)["layout"]["uirevision"] == "january"
    assert "uirevision" not in live.figure.to_dict()["layout"]


def test_the_table_stays_in_python_and_the_text_goes_along():
    import pandas as pd

    figure = carry(scatter(), ["Two things.", "Nothing else."], pd.DataFrame({"a": [1, 2]}))
    live = LiveFigure(figure)
    assert live._text == "Two things. Nothing else."
    assert "meta" not in sent(live)["layout"]
    assert figure.layout.meta["table"] == {"a": [1, 2]}
    assert live._repr_mimebundle_()[0]["text/plain"] == live._text


def test_clicks_and_keys_are_told():
    live, told = LiveFigure(scatter(), keys=True), []
    live.on_click(lambda point: told.append(point["customdata"]))
    live.on_key(told.append)
    live.on_failure(told.append)
    live._heard(None, {"type": "click", "point": {"customdata": "k7"}}, [])
    live._heard(None, {"type": "key", "key": "End"}, [])
    live._heard(None, {"type": "failed", "reason": "why"}, [])
    live._heard(None, {"type": "unknown"}, [])
    assert told == ["k7", "End", "why"]


@pytest.mark.parametrize("figure", [go.Figure(), scatter()])
def test_no_logo_and_no_upload_button(figure):
    config = LiveFigure(figure)._config
    assert config["displaylogo"] is False
    assert config["showSendToCloud"] is False
    assert config["plotlyServerURL"] == ""


def test_the_same_figure_is_the_same_bytes():
    assert wire(scatter())["_figure"] == wire(scatter())["_figure"]
