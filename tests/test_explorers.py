"""Explorers compute nothing: what they show for some settings is what the pure function returns for them."""

import gzip
import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from helpers import actor_map, as_table, claims_chart, describe, ledger, place_map, timeline
from helpers.explorers import ActorMapExplorer, ClaimsExplorer, PlaceExplorer, TimelineExplorer
from helpers.explorers.base import Explorer, keys_of, table_html

EXPLORERS = [TimelineExplorer, ActorMapExplorer, ClaimsExplorer, PlaceExplorer]
PURE = {
    "timeline": timeline,
    "actor_map": actor_map,
    "claims_chart": claims_chart,
    "ledger": ledger,
    "place_map": place_map,
}
DAYS = ["2019-12-27", "2020-01-03", "2020-01-08", "2020-01-15", "2020-02-20", "2020-03-12", "2020-03-31"]
TAJI = "2020-03-11-taji-rocket-attack"
few = settings(
    max_examples=5,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


@pytest.fixture(scope="module")
def explorers(chronicle):
    return {kind: kind(chronicle) for kind in EXPLORERS}


def same(figure, other):
    return json.loads(figure.to_json()) == json.loads(other.to_json())


def pure(explorer):
    """Return what the code that the explorer gives draws, run as a reader would run it."""
    space = {"chronicle": explorer.chronicle}
    first, _, call = explorer.as_code().partition("\n\n")
    exec(first, space)
    return eval(call, space)


def choices(explorer: Explorer):
    """Return a strategy for settings of an explorer, from its own controls."""
    by_name = {}
    for name, setting in explorer._settings.items():
        options = getattr(setting.control, "options", None)
        if name == "event":  # a chart of a hundred claims is slow, and tells nothing more
            options = None
            values = some.sampled_from([TAJI, "2020-01-06-seely-letter", "2019-12-29-us-airstrikes-kataib-hezbollah"])
            values = values.filter(lambda one: one in explorer.chronicle.events.index)
        elif name in ("first", "last", "since", "as_of"):
            values = some.none() | some.sampled_from(DAYS)
        elif name == "on":
            values = some.sampled_from(DAYS)
        elif isinstance(setting.default, bool) and not options:
            values = some.booleans()
        else:
            keys = [key for _, key in options]
            is_list = isinstance(setting.control.value, tuple)
            values = (
                some.lists(some.sampled_from(keys), max_size=3, unique=True) if is_list else some.sampled_from(keys)
            )
        by_name[name] = values
    return some.fixed_dictionaries({}, optional=by_name)


@pytest.mark.parametrize("kind", EXPLORERS)
def test_for_random_sequences_of_settings_the_figure_is_the_pure_functions(explorers, kind):
    explorer = explorers[kind]

    @few
    @given(data=some.data(), steps=some.lists(some.sampled_from(["next", "previous"]), max_size=2))
    def check(data, steps):
        wanted = data.draw(choices(explorer))
        before = explorer.state, explorer.figure
        try:
            explorer.set(**wanted)
        except ValueError:
            # An end before a start, an event not known yet: nothing has changed, and the pure call fails as well.
            assert explorer.state == before[0]
            assert explorer.figure is before[1]
            explorer.reset()
        for step in steps:
            getattr(explorer, step)()
        assert same(explorer.figure, pure(explorer))
        assert explorer.state["selected"] in [None, *explorer.shown]
        seen, code = explorer.state, explorer.code
        explorer.reset()
        explorer.code = code
        assert explorer.state == seen

    check()


@pytest.mark.parametrize("kind", EXPLORERS)
def test_steps_through_all_items_in_their_order(explorers, kind):
    explorer = explorers[kind]
    explorer.reset()
    if kind is TimelineExplorer:
        explorer.set(chapter="march", importance=1)
    if kind is ClaimsExplorer:
        explorer.set(event="2020-01-06-seely-letter")
    walked = []
    explorer.next()
    for _ in range(min(len(explorer.shown), 6)):
        walked.append(explorer.state["selected"])
        assert explorer.status.startswith(f"{explorer.item.capitalize()} {len(walked)} of {len(explorer.shown)}, ")
        explorer.next()
    assert walked == explorer.shown[: len(walked)]
    explorer.reset()
    assert explorer.state == explorer.defaults


def test_one_event_in_words(chronicle):
    explorer = TimelineExplorer(chronicle, selected="2020-01-03-soleimani-muhandis-killing")
    assert "3 January 2020, 00:47, Place of the strike" in explorer.status
    assert "claims differ" in explorer.status
    assert "Soleimani" in explorer._detail.value


def test_click_list_and_arrow_keys_choose_the_same(explorers):
    explorer = explorers[TimelineExplorer]
    explorer.state = {"chapter": "march"}
    wanted = explorer.shown[4]
    explorer._live._heard(None, {"type": "click", "point": {"customdata": wanted}}, [])
    clicked = explorer.state
    explorer.state = {"chapter": "march"}
    explorer._list.index = 4
    assert explorer.state == clicked
    explorer._live._heard(None, {"type": "key", "key": "ArrowRight"}, [])
    assert explorer.state["selected"] == explorer.shown[5]
    explorer._live._heard(None, {"type": "key", "key": "Home"}, [])
    assert explorer.state["selected"] == explorer.shown[0]


def test_controls_and_state_are_one(explorers):
    explorer = explorers[TimelineExplorer]
    explorer.reset()
    explorer._settings["chapter"].control.value = ("march",)
    explorer._settings["as_of"].control.value = "2020-03-15"
    assert explorer.state["chapter"] == ["march"]
    assert explorer.state["as_of"] == "2020-03-15"
    explorer.set(lanes="kind", importance=2)
    assert explorer._settings["lanes"].control.value == "kind"
    assert explorer._settings["importance"].control.value == 2
    assert "as known on 15 March 2020" in explorer.figure.layout.title.text


def test_search_goes_to_an_event_and_takes_filters_away_that_hide_it(explorers):
    explorer = explorers[TimelineExplorer]
    explorer.state = {"chapter": "december", "lanes": "kind"}
    explorer.find("taji and kill three")
    assert explorer.state["selected"] == TAJI
    assert explorer.state["chapter"] is None
    assert explorer.state["lanes"] == "kind"
    assert "filters were taken away" in explorer.status
    explorer.find("no such thing at all")
    assert "Nothing in this record is called" in explorer.status


def test_search_finds_an_actor_off_the_map_by_any_name(explorers, chronicle):
    explorer = explorers[ActorMapExplorer]
    explorer.reset()
    off = next(key for key in chronicle.relations["target_actor"] if key not in explorer.shown)
    explorer.find(chronicle.actors.loc[off, "name"])
    assert explorer.state["focus"] == explorer.state["selected"] == off
    persian = chronicle.actors.loc["qasem-soleimani", "name_fa"]
    explorer.find(persian)
    assert explorer.state["selected"] == "qasem-soleimani"


def test_the_view_as_of_a_day_shows_nothing_published_later(explorers):
    explorer = explorers[TimelineExplorer]
    explorer.state = {"as_of": "2020-01-09"}
    dates = explorer.known(explorer.state).events.loc[explorer.shown, "date"]
    assert f"{dates.max():%Y-%m-%d}" <= "2020-01-09"
    assert not [name for name in explorer._search.options if "kill three coalition" in name]
    with pytest.raises(ValueError, match="no event"):
        TimelineExplorer(explorer.chronicle, selected="2020-03-11-taji")


def test_a_selection_that_is_empty_is_said_in_words(explorers):
    explorer = explorers[TimelineExplorer]
    explorer.state = {"first": "2019-12-24", "last": "2019-12-24", "kind": "cyber"}
    assert explorer.shown == []
    assert explorer.status.startswith("Nothing matches")
    assert describe(explorer.figure)
    explorer.next()
    assert explorer.state["selected"] is None


def test_what_cannot_be_shown_is_said_and_changes_nothing(explorers):
    explorer = explorers[TimelineExplorer]
    explorer.state = {"first": "2020-01-10"}
    before = explorer.figure
    explorer._settings["last"].control.value = explorer._settings["last"].write("2020-01-01")
    assert explorer.status.startswith("This can't be shown: the last day")
    assert explorer.figure is before
    assert explorer.state["last"] is None
    assert explorer._settings["last"].control.value is None
    explorer._pasted("timeline?chapter=mars")
    assert "march" in explorer.status
    explorer._pasted("actor_map?focus=iran")
    assert "begins with 'timeline?'" in explorer.status


@pytest.mark.parametrize(
    ("kind", "wrong", "nearest"),
    [
        (TimelineExplorer, {"chapter": "marhc"}, "march"),
        (TimelineExplorer, {"lane": "side"}, "lanes"),
        (TimelineExplorer, {"selected": "2020-03-11-taji-rocket-atack"}, TAJI),
        (TimelineExplorer, {"as_of": "ides of March"}, "no day"),
        (ActorMapExplorer, {"focus": "kataib-hizbollah"}, "kataib-hezbollah"),
        (ActorMapExplorer, {"on": "2020-01-03", "since": "2020-02-01"}, "2020"),
        (ClaimsExplorer, {"event": "2020-03-11-taji-rocket-atack"}, TAJI),
        (ClaimsExplorer, {"field": "kiled"}, "killed"),
        (PlaceExplorer, {"selected": "camp-taij"}, "camp-taji"),
        (PlaceExplorer, {"size": "killed"}, "killed-low"),
    ],
)
def test_a_wrong_setting_names_the_nearest(chronicle, kind, wrong, nearest):
    with pytest.raises(ValueError, match=nearest):
        kind(chronicle, **wrong)


def test_code_as_a_student_pastes_it(explorers):
    explorer = explorers[TimelineExplorer]
    explorer.state = {"chapter": ["march", "january"], "links": True, "importance": 2}
    assert explorer.code == "timeline?chapter=january,march&importance=2&links=yes"
    explorer.reset()
    explorer.code = " 'timeline?chapter=january,march&importance=2&links=yes'\n"
    assert explorer.state["links"] is True
    assert explorer.state["importance"] == 2


def test_one_live_figure_for_the_life_of_an_explorer(explorers):
    from ipywidgets import Widget

    explorer = explorers[TimelineExplorer]
    live, before = explorer._live, len(Widget._instances) if hasattr(Widget, "_instances") else 0
    for chapter in ("march", "january", None):
        explorer.set(chapter=chapter)
        explorer.next()
    assert explorer._live is live
    assert (len(Widget._instances) if hasattr(Widget, "_instances") else 0) == before


def test_where_the_page_cannot_draw_live_a_plain_figure_stands(chronicle):
    explorer = TimelineExplorer(chronicle, chapter="march")
    explorer._live._heard(None, {"type": "failed", "reason": "no such thing"}, [])
    assert explorer._plain in explorer._stage.children
    explorer.set(chapter="january")
    assert same(explorer.figure, pure(explorer))


def test_text_from_the_record_is_escaped(explorers):
    import pandas as pd

    assert "<b>" not in table_html(pd.DataFrame({"<b>": ["<b>bold</b>"]}))
    assert keys_of(None) == []


def test_every_control_has_a_label(explorers):
    for explorer in explorers.values():
        for setting in explorer._settings.values():
            assert setting.control.description
        assert {name for row in explorer.rows() for name in row} == set(explorer._settings)


@pytest.mark.parametrize("kind", EXPLORERS)
def test_a_reset_takes_back_what_was_zoomed_into(chronicle, kind):
    def kept():
        return json.loads(gzip.decompress(explorer._live._figure))["layout"]["uirevision"]

    explorer = kind(chronicle)
    zoomed = kept()
    explorer.next()
    assert kept() == zoomed
    explorer.reset()
    assert kept() != zoomed


def test_the_list_says_which_places_the_map_does_not_show(chronicle):
    explorer = PlaceExplorer(chronicle, importance=1)
    table = as_table(explorer.figure).set_index("place_id")
    labels = dict(zip(explorer.shown, explorer.labels(explorer.shown, explorer.state), strict=True))
    drawn = {place for place, label in labels.items() if "(not on the map)" not in label}
    assert drawn == set(table.index[table["latitude"].notna()])
    assert len(drawn) < len(labels)
