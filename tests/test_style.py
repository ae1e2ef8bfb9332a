"""The palette: told apart by people with the common colour-vision deficiencies, printed in grey, read as text.

The matrices are those of Machado, Oliveira and Fernandes (2009), "A Physiologically-based Model for Simulation of Color
Vision Deficiency", IEEE Transactions on Visualization and Computer Graphics 15(6), doi:10.1109/TVCG.2009.113, severity
1.0, applied to linear RGB; read in R/color-blindness.R of https://github.com/EmilHvitfeldt/prismatic.
"""

from __future__ import annotations

import itertools

import numpy as np
import plotly.graph_objects as go
import pytest

from helpers import load, style
from helpers.figures.claims_look import STATUS, luminance, markers, mixed, status_look, strong

SIGHT = {
    "usual": np.eye(3),
    "protanopia": np.array(
        [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]]
    ),
    "deuteranopia": np.array(
        [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]]
    ),
    "tritanopia": np.array(
        [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]]
    ),
}
GREY = np.array([0.2126, 0.7152, 0.0722])
# The sides that carry the story, and those that stand beside them in every figure.
PARTIES = ("us-led", "iran", "iran-aligned", "contested", "iraqi-state", "iraqi-political", "third-party", "igo")


def linear(colour: str) -> np.ndarray:
    parts = np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)]) / 255
    return np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)


def lab(light: np.ndarray) -> np.ndarray:
    """CIE L*a*b* of linear sRGB, white point D65."""
    to_xyz = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])
    xyz = to_xyz @ light / np.array([0.9505, 1.0, 1.089])
    f = np.where(xyz > (6 / 29) ** 3, np.cbrt(xyz), xyz / (3 * (6 / 29) ** 2) + 4 / 29)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


def seen(colour: str, matrix: np.ndarray) -> np.ndarray:
    return lab(np.clip(matrix @ linear(colour), 0, 1))


def lightness(colour: str) -> float:
    return float(lab(np.full(3, GREY @ linear(colour)))[0])


def contrast(one: str, other: str) -> float:
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def shape(symbol: str) -> str:
    """The outline of a symbol, which is what is left of it when fill and dot are hard to see."""
    return symbol.removesuffix("-dot").removesuffix("-open")


@pytest.mark.parametrize("sight", SIGHT)
def test_the_parties_are_told_apart_by_colour(sight):
    colours = {side: style.SIDES[side].colour for side in PARTIES}
    for one, other in itertools.combinations(PARTIES, 2):
        distance = np.linalg.norm(seen(colours[one], SIGHT[sight]) - seen(colours[other], SIGHT[sight]))
        # 2.3 is just noticeable side by side; marks lie apart.
        assert distance >= 12, f"{one} and {other} look alike with {sight}: {distance:.1f}"


@pytest.mark.parametrize("sight", SIGHT)
def test_whoever_looks_alike_has_another_shape(sight):
    for one, other in itertools.combinations(style.SIDES.values(), 2):
        distance = np.linalg.norm(seen(one.colour, SIGHT[sight]) - seen(other.colour, SIGHT[sight]))
        assert distance >= 20 or shape(one.symbol) != shape(other.symbol), (one.label, other.label)


def test_in_grey_print_fill_or_shape_differs():
    for one, other in itertools.combinations(style.SIDES.values(), 2):
        apart = abs(lightness(one.colour) - lightness(other.colour))
        assert apart >= 20 or shape(one.symbol) != shape(other.symbol), (one.label, other.label)


def test_symbols_are_all_different_and_known_to_plotly():
    symbols = [mark.symbol for mark in style.SIDES.values()]
    assert len(set(symbols)) == len(symbols)
    for symbol in symbols:
        go.scatter.Marker(symbol=symbol)  # raises if there is none of this name
    assert len(set(style.SPARE_SYMBOLS)) == len(style.SPARE_SYMBOLS)


def test_a_white_mark_is_no_open_symbol():
    """Plotly draws the outline of an open symbol in the colour of its fill: white on white."""
    for mark in style.SIDES.values():
        assert "open" not in mark.symbol or contrast(mark.colour, style.GROUND) >= 3, mark.label


def test_every_mark_stands_out_from_the_ground():
    for mark in style.SIDES.values():
        assert max(contrast(mark.colour, style.GROUND), contrast(mark.outline, style.GROUND)) >= 3, mark.label


@pytest.mark.parametrize("ground", [style.GROUND, style.BAND])
@pytest.mark.parametrize("text", [style.INK, style.MUTED])
def test_text_is_readable(text, ground):
    assert contrast(text, ground) >= 4.5


def test_text_in_figures_is_large_enough():
    layout = style.template().layout
    sizes = [layout.font.size, layout.title.font.size, layout.legend.font.size, layout.hoverlabel.font.size]
    assert min(sizes) >= 12


def test_spare_colours_are_told_apart():
    for name, matrix in SIGHT.items():
        for one, other in itertools.combinations(style.SPARE, 2):
            assert np.linalg.norm(seen(one, matrix) - seen(other, matrix)) >= 12, (name, one, other)


@pytest.mark.parametrize("sight", SIGHT)
def test_no_kind_and_no_spare_value_wears_the_colour_of_a_side(sight):
    """Who learnt that blue is the United States must not meet blue rockets."""
    for colour in style.SPARE:
        for side, mark in style.SIDES.items():
            distance = np.linalg.norm(seen(colour, SIGHT[sight]) - seen(mark.colour, SIGHT[sight]))
            assert distance >= (20 if sight == "usual" else 9), (colour, side, round(distance, 1))


@pytest.mark.parametrize("sight", SIGHT)
def test_kinds_that_look_alike_have_another_shape(sight):
    for one, other in itertools.combinations(style.KINDS.values(), 2):
        distance = np.linalg.norm(seen(one.colour, SIGHT[sight]) - seen(other.colour, SIGHT[sight]))
        apart = abs(lightness(one.colour) - lightness(other.colour))
        assert min(distance, apart) >= 20 or shape(one.symbol) != shape(other.symbol), (one.label, other.label)


def test_every_kind_of_the_records_has_its_own_mark():
    for record in (load(), load("data/gulf-2019")):
        kinds = list(record.package.tables["events"]["kind"].meanings)
        assert set(kinds) <= set(style.KINDS)
    pairs = {(mark.colour, mark.symbol) for mark in style.KINDS.values()}
    assert len(pairs) == len(style.KINDS)
    for mark in style.KINDS.values():
        go.scatter.Marker(symbol=[mark.symbol, f"{mark.symbol}-open"])  # raises if there is none of this name


def test_no_two_values_of_a_column_look_the_same():
    kinds = [*style.KINDS, *(f"new kind {number}" for number in range(20))]
    marks = [style.mark(kind, kinds) for kind in kinds]
    assert len({(mark.colour, mark.symbol) for mark in marks}) == len(kinds)
    assert len({style.spare(place) for place in range(40)}) == 40
    assert len({style.spare(place)[0] for place in range(len(style.SPARE))}) == len(style.SPARE)
    assert style.mark("iran") is style.SIDES["iran"] and style.mark("protest") is style.KINDS["protest"]


def test_lines_are_strong_enough():
    for mark in style.SIDES.values():
        assert contrast(strong(mark.colour), style.GROUND) >= 3, mark.label


def test_each_status_looks_different_without_colour():
    """Fill, outline width or cross: a reader of a grey print can tell each status from the others."""
    mark = style.SIDES["us-led"]
    looks = set()
    for status in STATUS:
        fill, outline, width = status_look(status, mark)
        looks.add((round(lightness(fill) / 10), round(lightness(outline) / 40), width, status == "retracted"))
    assert len(looks) == len(STATUS)
    sign = markers([("iran", "confirmed"), ("iran", "disputed")])
    assert set(sign["symbol"]) == {style.SIDES["iran"].symbol}
    assert len(sign["color"]) == 2


def test_mixing_and_luminance():
    assert mixed("#ffffff", "#000000", 0.5) == "#808080"
    assert luminance("#ffffff") == pytest.approx(1)
    assert luminance("#000000") == 0


def test_no_toolbar_offers_an_upload():
    assert style.CONFIG["showSendToCloud"] is False
    assert style.CONFIG["displaylogo"] is False
    assert style.CONFIG["plotlyServerURL"] == ""
