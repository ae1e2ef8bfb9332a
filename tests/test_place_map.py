"""The place map as a pure figure."""

import json

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers import load
from helpers.chronicle import Chronicle
from helpers.figures.exhibit import as_table, describe
from helpers.figures.place_map import CREDIT, PANELS, place_map

CHRONICLE = load()
DAYS = st.dates(min_value=pd.Timestamp("2019-06-01").date(), max_value=pd.Timestamp("2020-04-30").date())
FILL = {"site": 0.95, "town": 0.5, "area": 0.0}


def marks(figure):
    """Return one row a mark: axis, keys of its places, position, size, fill, text."""
    rows = []
    for trace in figure.data:
        if trace.customdata is None:
            continue
        look = trace.marker
        columns = (trace.customdata, trace.x, trace.y, look.size, look.color, look.opacity, trace.text)
        rows += [(trace.xaxis, *row) for row in zip(*columns, strict=True)]
    return pd.DataFrame(rows, columns=["axis", "places", "x", "y", "size", "colour", "opacity", "text"])


def written(figure):
    """Return the texts that stand in a figure."""
    names = [text for trace in figure.data if "text" in trace.mode for text in trace.text]
    return names + [str(note.text) for note in figure.layout.annotations]


@given(first=DAYS, length=st.integers(0, 120))
@settings(max_examples=6, deadline=None)
def test_the_table_holds_every_event_at_its_place(first, length):
    view = CHRONICLE.between(first, pd.Timestamp(first) + pd.Timedelta(days=length))
    figure = place_map(view)
    table = as_table(figure)
    pairs = set(view.events["place_id"].dropna().items())
    further = view.event_places.query("role == 'site'")
    pairs |= set(zip(further["event_id"], further["place_id"], strict=True))
    expected = pd.Series([place for _, place in pairs], dtype=object).value_counts()
    assert table.set_index("place_id")["events"].to_dict() == expected.to_dict()


@given(first=DAYS, length=st.integers(0, 120))
@settings(max_examples=5, deadline=None)
def test_every_place_with_a_position_is_on_a_map_or_in_the_list_below(first, length):
    view = CHRONICLE.between(first, pd.Timestamp(first) + pd.Timedelta(days=length))
    figure = place_map(view)
    table = as_table(figure)
    drawn = {place for keys in marks(figure)["places"] for place in keys.split("|")}
    assert drawn == set(table.loc[table["latitude"].notna(), "place_id"])


def test_precision_is_shown():
    figure = place_map(CHRONICLE)
    precision = CHRONICLE.places["coord_precision"]
    seen = set()
    for row in marks(figure).itertuples():
        wanted = precision[row.places.split("|")[0]]
        seen.add(wanted)
        assert float(row.colour.rstrip(")").split(",")[-1]) == FILL[wanted], row.places
    assert seen == set(FILL)


def test_a_place_known_only_as_an_area_has_its_circle_to_scale():
    view = CHRONICLE.only(place="besmaya-base")
    circles = [t for t in place_map(view).data if t.line.dash == "dot"]
    place = CHRONICLE.places.loc["besmaya-base"]
    assert {t.xaxis for t in circles} == {"x2", "x3"}
    for trace in circles:
        x, y = (np.array([v for v in values if v is not None], dtype=float) for values in (trace.x, trace.y))
        assert np.ptp(y) / 2 * 111.2 == pytest.approx(10, rel=0.01)
        assert np.ptp(x) / 2 * 111.2 * np.cos(np.radians(place["lat"])) == pytest.approx(10, rel=0.01)


def test_degrees_have_the_right_proportions():
    layout = place_map(CHRONICLE).layout
    for panel in PANELS:
        axis = layout[f"yaxis{panel.axis}"]
        assert axis.scaleanchor == f"x{panel.axis}"
        middle = np.radians((panel.north + panel.south) / 2)
        assert axis.scaleratio == pytest.approx(1 / np.cos(middle), rel=1e-3)


def test_a_figure_from_the_claims_sizes_the_marks():
    view = CHRONICLE.between("2020-03-11", "2020-03-11").only(place="camp-taji")
    [event] = view.events.index[view.events["kind"] == "rocket-attack"]
    claims = view.claims[(view.claims["field"] == "killed") & (view.claims["event_id"] == event)]
    claims = claims[~claims["status"].isin(["denied", "retracted", "revised"])]
    groups = claims["low"].groupby(claims["counted"].astype(object))
    expected = groups.min().max()
    table = as_table(place_map(view.only(kind="rocket-attack"), size="killed-low")).set_index("place_id")
    assert table.loc["camp-taji", "killed-low"] == expected > 0


@given(field=st.sampled_from(["killed", "wounded"]), chapter=st.sampled_from(list(CHRONICLE.chapters.index)))
@settings(max_examples=4, deadline=None)
def test_the_lowest_figures_are_not_above_the_highest(field, chapter):
    view = CHRONICLE.only(chapter=chapter)
    low, high = (as_table(place_map(view, size=f"{field}-{end}")).set_index("place_id") for end in ("low", "high"))
    assert (low[f"{field}-low"] <= high[f"{field}-high"]).all()


def test_events_without_a_position_are_counted():
    figure = place_map(CHRONICLE)
    table = as_table(figure)
    unknown = set(table.loc[table["latitude"].isna(), "place_id"])
    lost = int(CHRONICLE.events["place_id"].isin(unknown).sum() + CHRONICLE.events["place_id"].isna().sum())
    assert lost > 0
    assert f"{lost} of {len(CHRONICLE.events)} have no known position" in describe(figure)
    assert f"{lost} without a known position" in figure.layout.title.subtitle.text


@pytest.mark.parametrize(
    ("event", "place"), [("2020-01-05-manda-bay-attack", "manda-bay"), ("2020-01-27-e11a-crash-rumour", "ghazni")]
)
def test_unlinked_details_stand_back_but_are_there(event, place):
    found = marks(place_map(CHRONICLE)).set_index("places")
    links = CHRONICLE.links
    linked = event in set(links["from_event"]) | set(links["to_event"])
    detail = CHRONICLE.events.loc[event, "importance"] == 3 and not linked
    assert (found.loc[place, "opacity"] < 1) == detail


def test_hover_lists_the_most_important_events_and_counts_the_rest():
    found = marks(place_map(CHRONICLE))
    row = found[found["places"].str.split("|").str[0] == "baghdad"].iloc[-1]
    events = CHRONICLE.events.query("place_id == 'baghdad'")
    best = events[events["importance"].astype(int) == 1].sort_values("date").iloc[0]["title"]
    assert " ".join(best.split()[:3]) in row.text.replace("<br>", " ")
    assert "more" in row.text.split("<br>")[-1]
    assert "position known to about 1 km" in row.text


def test_credit_line_and_no_layer_that_loads_anything():
    figure = place_map(CHRONICLE)
    assert CREDIT in [note.text for note in figure.layout.annotations]
    assert {trace.type for trace in figure.data} == {"scatter"}
    assert "geo" not in json.loads(figure.to_json())["layout"]


def test_weight_of_a_figure_on_a_page():
    assert len(place_map(CHRONICLE).to_json()) < 300_000


def test_empty_selection_is_a_clear_empty_figure():
    figure = place_map(CHRONICLE.between("1990-01-01", "1990-01-02"))
    assert describe(figure).startswith("Nothing is shown")
    assert as_table(figure).empty
    assert any("No event" in str(note.text) for note in figure.layout.annotations)


@pytest.mark.parametrize(
    ("wrong", "message"),
    [(dict(color="sid"), "side"), (dict(size="kiled-low"), "killed-low"), (dict(size="killed"), "killed-")],
)
def test_bad_arguments_name_what_would_be_right(wrong, message):
    with pytest.raises(ValueError, match=message):
        place_map(CHRONICLE, **wrong)


@pytest.mark.parametrize("color", ["side", "kind", "chapter", "importance"])
def test_every_colour_has_its_legend(color):
    figure = place_map(CHRONICLE, color=color)
    names = [trace.name for trace in figure.data if trace.showlegend is not False]
    assert len(names) == len(set(names)) >= 6


def test_every_lonely_mark_has_a_name_and_the_key_of_sizes_grows():
    december = CHRONICLE.only(chapter="december", kind=["rocket-attack", "airstrike", "embassy-attack"])
    figure = place_map(december, color="kind")
    texts = [text.replace("<br>", " ") for text in written(figure)]
    assert "Kataib Hezbollah headquarters" in texts and not any("Beyond this map" in text for text in texts)
    assert figure.layout.height < place_map(CHRONICLE).layout.height - 100
    figure = place_map(CHRONICLE)
    sizes = [shape.x1 - shape.x0 for shape in figure.layout.shapes if shape.type == "circle"]
    assert len(sizes) == 3 and sizes == sorted(set(sizes))
    assert {"1 event", "50 events"} <= set(written(figure))


def test_strings_of_the_record_are_never_markup():
    frames = dict(CHRONICLE._record)
    frames["places"] = frames["places"].assign(name="<a href='x'>&y</a>")
    frames["events"] = frames["events"].assign(title="<b>&t</b>")
    figure = place_map(Chronicle(frames, CHRONICLE.package, CHRONICLE._folder))
    texts = [*marks(figure)["text"], *written(figure)]
    assert not [text for text in texts if "<a " in text or "&t" in text or "&y" in text]
