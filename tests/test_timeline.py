"""The timeline shows what the record holds: every event, once, at its time, in its lane, told in full."""

from __future__ import annotations

import re
import statistics
import time
from html import unescape

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers import load
from helpers.chronicle import Chronicle
from helpers.facts import claim_counts, figures, when
from helpers.figures.exhibit import as_table, describe
from helpers.figures.timeline import COLOURS, LANES, MANY, SPACE, timeline

RECORD = load()
MISSILES = "2020-01-08-iran-missiles-al-asad-erbil"
KILLING = "2020-01-03-soleimani-muhandis-killing"
KINDS = sorted(RECORD.events["kind"].astype(str).unique())


def marks(figure):
    """Return the traces that carry events."""
    return [trace for trace in figure.data if trace.customdata is not None]


def places(figure):
    """Return x, y and hover of each event in a figure."""
    rows = [
        row for trace in marks(figure) for row in zip(trace.customdata, trace.x, trace.y, trace.hovertext, strict=True)
    ]
    frame = pd.DataFrame(rows, columns=["event", "x", "y", "hover"]).set_index("event")
    return frame.assign(x=pd.to_datetime(frame["x"]))


def named(figure, name):
    return [trace for trace in figure.data if trace.name == name]


def titles(figure):
    """Return the titles beside marks, without the spaces that keep them off."""
    texts = [text for trace in named(figure, "titles") for text in trace.text]
    return [unescape(text).replace(SPACE, "").replace("<br>", " ") for text in texts]


def with_events(chronicle, events, **tables):
    """Return a record with other events."""
    frames = {name: getattr(chronicle, name) for name in chronicle.package.tables} | tables
    frames["events"] = events.drop(columns=["start", "start_utc", "side"])
    return Chronicle(frames, chronicle.package, chronicle._folder)


def copies(chronicle, count):
    """Return a record of ``count`` events, made of copies of the shipped ones."""
    events = chronicle.events
    turns = -(-count // len(events))
    many = pd.concat([events.set_axis(events.index + f"-{turn}") for turn in range(turns)]).iloc[:count]
    many.index.name = "event_id"
    tables = {}
    for name in ("event_actors", "claims"):
        table = getattr(chronicle, name)
        parts = [table.assign(event_id=table["event_id"] + f"-{turn}") for turn in range(turns)]
        rows = pd.concat(parts)
        tables[name] = rows[rows["event_id"].isin(many.index)]
    return with_events(chronicle, many, **tables)


@st.composite
def views(draw):
    view = RECORD
    if draw(st.booleans()):
        view = view.only(kind=draw(st.lists(st.sampled_from(KINDS), min_size=1, max_size=6, unique=True)))
    if draw(st.booleans()):
        view = view.only(importance=draw(st.lists(st.sampled_from([1, 2, 3]), min_size=1, max_size=2, unique=True)))
    if draw(st.booleans()):
        first = draw(st.dates(pd.Timestamp("2019-11-20").date(), pd.Timestamp("2020-03-20").date()))
        view = view.between(first, pd.Timestamp(first) + pd.Timedelta(days=draw(st.integers(0, 60))))
    if draw(st.integers(0, 3)) == 0:
        view = view.as_of(draw(st.dates(pd.Timestamp("2019-12-20").date(), pd.Timestamp("2020-04-20").date())))
    return view


@settings(max_examples=25, deadline=None)
@given(views(), st.sampled_from(LANES), st.sampled_from([None, *COLOURS]), st.booleans())
def test_figure_holds_what_the_view_holds(view, lanes, color, links):
    figure = timeline(view, lanes=lanes, color=color, links=links)
    events = view.events
    shown = [event for trace in marks(figure) for event in trace.customdata]
    assert sorted(shown) == sorted(events.index)
    assert sorted(as_table(figure)["event"]) == sorted(events.index)
    if events.empty:
        assert "No event" in describe(figure) and figure.layout.annotations[0].text in describe(figure)
        return
    at = places(figure)["x"].reindex(events.index)
    timed = events["start_utc"].notna() & (events["date_precision"] == "day")
    if timed.any():  # one clock for all places, so that what came first stands first
        assert (at - events["start_utc"])[timed].nunique() == 1
    plain = ~timed & (events["date_precision"] == "day")
    assert ((at - events["date"])[plain] == pd.Timedelta(hours=12)).all()
    inside = at.between(*pd.to_datetime(list(figure.layout.xaxis.range)))
    assert inside.sum() >= 0.5 * len(events)
    assert f"{len(events)} event" in describe(figure)


@pytest.mark.parametrize("lanes", LANES)
def test_events_stand_in_their_lanes(lanes):
    figure = timeline(RECORD, lanes=lanes)
    table = as_table(figure).set_index("event")
    y = places(figure)["y"]
    spans = y.groupby(table["lane"]).agg(["min", "max"]).sort_values("min")
    assert (spans["min"].to_numpy()[1:] > spans["max"].to_numpy()[:-1]).all()
    middles = np.array(figure.layout.yaxis.tickvals)
    assert len(middles) == len(spans)
    assert ((spans["min"] <= middles) & (middles <= spans["max"])).all() or len(set(middles)) == len(middles)
    if lanes in ("side", "kind", "chapter"):
        assert (table["lane"] == RECORD.events[lanes].astype(str).reindex(table.index)).all()
    assert y.min() > 0 and y.max() < figure.layout.yaxis.range[0]


def test_no_two_marks_of_a_row_stand_on_the_same_spot():
    spots = places(timeline(RECORD.between("2020-01-01", "2020-01-15")))[["x", "y"]]
    assert not spots.duplicated().any()


def test_ranges_and_uncertain_days_are_told_apart():
    events = RECORD.events
    figure = timeline(RECORD)
    lasted = events[(events["end_date"] > events["date"]) & (events["date_precision"] == "day")]
    unsure = events[events["date_precision"] != "day"]
    (bars,), (whiskers,) = named(figure, "how long it lasted"), named(figure, "day not known exactly")
    assert bars.mode == "lines" and len([x for x in bars.x if x]) == 2 * len(lasted)
    ends = pd.to_datetime(pd.Series([x for x in whiskers.x if x]))
    assert set(ends.iloc[::2]) == set(unsure["date"])
    assert set(ends.iloc[1::2]) == set(unsure["end_date"] + pd.Timedelta(days=1))
    at = places(figure)["x"]
    assert (at[unsure.index] > unsure["date"]).all() and (
        at[unsure.index] < unsure["end_date"] + pd.Timedelta(days=1)
    ).all()
    for trace in marks(figure):
        symbol = trace.marker.symbol
        symbols = [symbol] * len(trace.customdata) if isinstance(symbol, str) else symbol
        hollow = {event for event, name in zip(trace.customdata, symbols, strict=True) if "open" in name}
        assert hollow == set(unsure.index) & set(trace.customdata)


def test_chapters_are_bands_and_the_figure_opens_where_the_events_are():
    figure = timeline(RECORD)
    chapters = RECORD.chapters
    first, last = pd.to_datetime(list(figure.layout.xaxis.range))
    assert first > pd.Timestamp("2019-11-20") and last < pd.Timestamp("2020-04-10")
    bands = {shape.x0[:10] for shape in figure.layout.shapes}
    assert bands <= set(chapters["start"].dt.strftime("%Y-%m-%d")) and len(bands) == len(chapters) // 2
    assert {"December", "January", "March"} <= {name for trace in figure.data if trace.text for name in trace.text}


@pytest.mark.parametrize(
    ("view", "lanes"),
    [
        (RECORD.only(chapter="prelude", importance=1), "side"),
        (RECORD.only(kind="protest"), "place"),
        (RECORD.only(kind="rocket-attack"), "side"),
    ],
)
def test_a_small_selection_opens_on_all_of_its_events(view, lanes):
    figure = timeline(view, lanes=lanes)
    assert places(figure)["x"].between(*pd.to_datetime(list(figure.layout.xaxis.range))).all()
    assert "opens on" not in describe(figure) and "opens on" in describe(timeline(RECORD))


def test_labels():
    view = RECORD.only(chapter="january")
    none, some, all_ = (timeline(view, labels=labels) for labels in ("none", "auto", "all"))
    assert not titles(none)
    assert 3 < len(titles(some)) < len(view.events)
    assert len(titles(all_)) == len(view.events)
    assert set(titles(all_)) == set(view.events["title"])
    assert view.events["title"][KILLING] in titles(some)
    assert len(titles(timeline(view, width=1400))) > len(titles(timeline(view, width=500)))


def test_more_important_events_are_labelled_first():
    shown = timeline(RECORD, lanes="kind")
    events = RECORD.between("2019-12-01", "2020-03-31").events
    rank = events.set_index("title")["importance"].astype(int)
    labelled = rank[rank.index.isin(titles(shown))]
    assert labelled.mean() < rank.mean()
    for lane in ("missile-strike", "targeted-killing", "rocket-attack"):
        kind = events[events["kind"] == lane]
        if (kind["importance"].astype(int) == 1).any():
            assert set(kind.loc[kind["importance"].astype(int) == 1, "title"]) & set(titles(shown))


def test_selected_event_is_ringed_and_labelled():
    small = RECORD.events.query("chapter == 'interlude' and importance == 3").index[5]
    figure = timeline(RECORD, selected=small)
    (ring,) = named(figure, "chosen event")
    spot = places(figure).loc[small]
    assert pd.Timestamp(ring.x[0]) == spot["x"] and ring.y[0] == spot["y"]
    assert RECORD.events["title"][small] in titles(figure)
    assert titles(timeline(RECORD, selected=small, labels="none")) == [RECORD.events["title"][small]]


def test_links():
    view = RECORD.only(chapter=["december", "january"])
    links = view.links
    figure = timeline(view, links=True)
    arcs = [trace for trace in figure.data if trace.line.dash and trace.marker.symbol == "arrow"]
    count = {trace.line.dash: sum(x is None for x in trace.x) for trace in arcs}
    inferred = int((links["basis"] == "inferred").sum())
    assert count == {"solid": len(links) - inferred, "dash": inferred} and inferred
    at = places(figure)
    starts = {(trace.x[place], trace.y[place]) for trace in arcs for place in range(0, len(trace.x), 14)}
    expected = at.loc[links["from_event"].unique()]
    written = expected["x"].dt.strftime("%Y-%m-%dT%H:%M")
    assert starts == set(zip(written, expected["y"], strict=True))
    lowest, highest = sorted(figure.layout.yaxis.range)
    assert all(lowest <= y <= highest for trace in arcs for y in trace.y if y == y)  # none is cut off at the edge
    (middles,) = named(figure, "links")
    assert len(middles.hovertext) == len(links) and any("our own reading" in text for text in middles.hovertext)
    one = timeline(view, links="retaliation-for")
    assert len(named(one, "links")[0].x) == (links["kind"] == "retaliation-for").sum()
    assert not named(timeline(view), "links")


def test_as_of_shows_what_was_known_on_the_same_axis():
    view = RECORD.only(chapter="january")
    figure = timeline(view, as_of="2020-01-08")
    assert set(places(figure).index) == set(view.as_of("2020-01-08").events.index)
    assert figure.layout.xaxis.range == timeline(view).layout.xaxis.range
    (line,) = named(figure, "known by the end of 8 January 2020")
    assert {pd.Timestamp(x) for x in line.x} == {pd.Timestamp("2020-01-09")}
    assert "as known on 8 January 2020" in figure.layout.title.text
    same = timeline(view.as_of("2020-01-08"))
    assert set(places(same).index) == set(places(figure).index) and named(same, line.name)
    assert "110" not in places(figure)["hover"][MISSILES]
    assert "brain injuries" in places(timeline(view))["hover"][MISSILES]


def test_hover_tells_the_facts():
    hover = unescape(places(timeline(RECORD))["hover"][MISSILES])
    claims = RECORD.claims.query("event_id == @MISSILES")
    tbi = claims[(claims["field"] == "tbi") & (claims["counted"] == "US troops with brain injury")]
    counts = claim_counts(RECORD).loc[MISSILES]
    assert "Wednesday 8 January 2020, 01:30 local time (UTC+3); 7 January, 22:30 UTC" in hover
    assert f"0 to {tbi['high'].max():.0f}, {tbi['low'].notna().sum()} claims" in hover
    assert f"{len(RECORD.events['source_ids'][MISSILES])} sources, {len(claims)} claims" in hover
    assert f"{counts['disagreeing']} of them disagree" in hover
    for word in ("killed (Americans)", "missiles fired", "Iran · missile strike", "Ain al-Asad"):
        assert word in hover


def test_spread_and_disagreement_against_a_plain_count():
    told, counts, claims = figures(RECORD), claim_counts(RECORD), RECORD.claims
    for event in RECORD.events.query("importance == 1").index:
        own = claims[claims["event_id"] == event]
        assert counts["claims"].get(event, 0) == len(own)
        killed = own[(own["field"] == "killed") & own["low"].notna() & own["high"].notna()]
        if len(killed) == len(own[own["field"] == "killed"]) > 0 and killed["counted"].nunique() == 1:
            low, high = killed["low"].min(), killed["high"].max()
            words = f"{low:,.0f}" if low == high else f"{low:,.0f} to {high:,.0f}"
            assert any(f": {words}, {len(killed)} claim" in line for line in told[event])
    agreeing = [
        event
        for event, group in claims.groupby("event_id")
        if len(group) > 1 and group["status"].eq("confirmed").all() and not group.duplicated(["field", "counted"]).any()
    ]
    assert agreeing and (counts.loc[agreeing, "disagreeing"] == 0).all()
    assert (counts["disagreeing"] <= counts["claims"]).all() and (counts["disagreeing"] > 0).sum() > 20


def test_unknown_hours_and_days_are_said():
    words = dict(zip(RECORD.events.index, when(RECORD.events), strict=True))
    for event, row in RECORD.events.iterrows():
        if row["date_precision"] != "day":
            assert "not known" in words[event]
        elif not isinstance(row["time_local"], str):
            assert "hour not known" in words[event]
        else:
            assert row["time_local"] in words[event] and "UTC" in words[event]


def test_a_day_reads_in_its_order():
    figure = timeline(RECORD.between("2020-01-08", "2020-01-08"))
    at = places(figure)["x"]
    order = [MISSILES, "2020-01-08-ps752-crash", "2020-01-08-trump-address", "2020-01-08-rockets-green-zone"]
    assert at[order].is_monotonic_increasing and at[order].diff().min() > pd.Timedelta(hours=1)
    assert at["2020-01-08-trump-address"] == pd.Timestamp("2020-01-08 19:30")  # 11:30 in Washington
    first, last = pd.to_datetime(list(figure.layout.xaxis.range))
    assert pd.Timedelta(hours=24) <= last - first < pd.Timedelta(hours=30)
    assert any("hour not known" in (trace.text or ()) for trace in figure.data)
    noon = places(figure)[at == pd.Timestamp("2020-01-08 12:00")]
    assert len(noon) > 3 and not noon["y"].duplicated().any()
    inside = [event for event in figure_ids(figure) if RECORD.events["date"][event] == pd.Timestamp("2020-01-08")]
    assert len(titles(figure)) >= len(inside)


def figure_ids(figure):
    return [event for trace in marks(figure) for event in trace.customdata]


def test_axis_names_the_weekday():
    stops = timeline(RECORD).layout.xaxis.tickformatstops
    assert all("%a" in stop.value for stop in stops if stop.dtickrange[0] != "M3")


def test_text_from_the_record_is_escaped():
    events = RECORD.events
    events.loc[MISSILES, "title"] = '<a href="javascript:alert(1)">Missiles</a> & <b>more</b>'
    events.loc[MISSILES, "place_text"] = "<img src=x onerror=alert(1)>"
    figure = timeline(with_events(RECORD, events).between("2020-01-08", "2020-01-08"), links=True)
    texts = [
        text
        for trace in figure.data
        for several in (trace.text, trace.hovertext)
        for text in ([] if several is None else several)
        if text
    ]
    assert sum("&lt;a" in text for text in texts) >= 2 and any("&lt;img" in text for text in texts)
    assert not any(re.search(r"<(?!/?b>|br>)", text) for text in texts)


@pytest.mark.parametrize(
    ("arguments", "hint"),
    [
        ({"lanes": "sides"}, "'side'"),
        ({"color": "kin"}, "'kind'"),
        ({"labels": "some"}, "'none'"),
        ({"links": "response"}, "'response-to'"),
        ({"selected": "2020-01-03-soleimani-killing"}, KILLING),
        ({"as_of": "yesterday-ish"}, "is no day"),
        ({"width": 10}, "400"),
    ],
)
def test_bad_arguments_name_the_nearest(arguments, hint):
    with pytest.raises(ValueError, match=re.escape(hint)):
        timeline(RECORD, **arguments)


def test_an_empty_selection_says_so():
    empty = RECORD.between("2018-01-01", "2018-01-02")
    figure = timeline(empty, links=True, as_of="2020-01-01")
    assert "No event" in figure.layout.annotations[0].text and "1 January 2020" in describe(figure)
    assert as_table(figure).empty


def test_words():
    text = describe(timeline(RECORD, links=True))
    busiest = RECORD.events["date"].value_counts().index[0]
    assert f"{busiest:%A} {busiest.day} {busiest:%B %Y}" in text
    assert (
        2 <= len(timeline(RECORD).layout.meta["text"]) <= 5
        and 2 <= len(timeline(RECORD, links=True).layout.meta["text"]) <= 5
    )
    assert (
        f"{len(RECORD.links)} links" in text
        and f"{(RECORD.links['basis'] == 'inferred').sum()} of them only inferred" in text
    )


def test_words_fit_the_count():
    assert describe(timeline(RECORD.only(kind="cyber"))).startswith("1 event on 8 January 2020, in 1 lane.")
    for view in (RECORD.only(chapter="prelude", importance=1), RECORD.only(kind="cyber"), RECORD.only(kind="protest")):
        for lanes in LANES:
            text = describe(timeline(view, lanes=lanes, links=True))
            assert not re.search(r"\b[01] (have|are|lie)\b|\bof 0\b|\b0 lasted|\b1 (events|links|lanes)\b", text), text
            ends = re.search(r"Most stand in .*?\((\d+)( each)?\), fewest in .*?\((\d+)", text)
            assert ends is None or ends[1] != ends[3]


def test_many_events_switch_to_webgl_and_few_labels():
    many = copies(RECORD, MANY + 500)
    figure = timeline(many)
    assert {trace.type for trace in marks(figure)} == {"scattergl"}
    assert sorted(figure_ids(figure)) == sorted(many.events.index)
    assert len(titles(figure)) < 60 and figure.layout.height < 2500
    assert {trace.type for trace in marks(timeline(RECORD))} == {"scatter"}


def test_time_grows_with_the_number_of_events():
    def seconds(chronicle):
        taken = []
        for _ in range(2):
            start = time.perf_counter()
            timeline(chronicle)
            taken.append(time.perf_counter() - start)
        return min(taken)

    few, many = copies(RECORD, 4000), copies(RECORD, 16000)
    assert len(few.events) < len(many.events)
    assert seconds(many) < 4 * 2 * seconds(few)


def test_as_quick_as_a_bare_scatter():
    import plotly.express as px

    events, counts = RECORD.events, claim_counts(RECORD)
    told = figures(RECORD)
    columns = {
        "full_title": events["title"],
        "when": when(events),
        "what": events["kind"],
        "where": events["place_text"],
        "figures": ["; ".join(told.get(event, ())) for event in events.index],
        "pages": events["source_ids"].map(len),
        "claims": counts["claims"].reindex(events.index),
        "disagreeing": counts["disagreeing"].reindex(events.index),
    }
    rows = events.assign(**columns)
    bare, ours = [], []
    for _ in range(9):
        start = time.perf_counter()
        px.scatter(rows, x="start", y="side", color="side", hover_data=list(columns))
        middle = time.perf_counter()
        timeline(RECORD)
        bare.append(middle - start)
        ours.append(time.perf_counter() - middle)
    assert statistics.median(ours[2:]) <= 1.5 * statistics.median(bare[2:])


@pytest.mark.parametrize("chapter", sorted(RECORD.chapters.index))
@pytest.mark.parametrize("width", [590, 700, 1000])
def test_all_means_every_title_even_beside_a_bar_that_leaves_the_view(chapter, width):
    view = RECORD.only(chapter=chapter)
    figure = timeline(view, labels="all", width=width)
    table = as_table(figure).set_index("event")
    at = places(figure)["x"]
    inside = at[at.between(*pd.to_datetime(list(figure.layout.xaxis.range)))].index
    assert set(table["title"][inside]) <= set(titles(figure))


@pytest.mark.parametrize("width", [590, 700, 1000])
def test_a_bar_that_begins_before_the_view_has_its_title_where_it_is_seen(width):
    view = RECORD.between("2020-03-20", "2020-03-24")
    figure = timeline(view, width=width)
    first, last = pd.to_datetime(list(figure.layout.xaxis.range))
    events = view.events
    through = events[(events["date"] < first) & (events["end_date"] > last)]
    assert len(through) >= 2
    (trace,) = named(figure, "titles")
    at = dict(zip(titles(figure), pd.to_datetime(trace.x), strict=True))
    assert set(at) == set(events["title"])
    assert all(first <= at[title] <= last for title in at)


def test_a_view_without_events_says_where_they_are():
    figure = timeline(RECORD, as_of="2018-05-08")
    texts = [note.text.replace("<br>", " ") for note in figure.layout.annotations]
    assert any("No event on these days. 1 event lies outside" in text for text in texts)
    assert not any("No event" in note.text for note in timeline(RECORD).layout.annotations)


def test_titles_have_a_halo_only_where_something_may_run_behind_them():
    for figure, behind in (
        (timeline(RECORD), False),
        (timeline(RECORD, links=True), True),
        (timeline(RECORD, as_of="2020-01-08"), True),
    ):
        (trace,) = named(figure, "titles")
        assert bool(trace.textfont.shadow) == behind
        assert trace.mode == "text"  # no unseen marks to be drawn


def test_what_is_said_of_an_event_does_not_depend_on_the_view():
    whole = places(timeline(RECORD))["hover"]
    for view in (RECORD.only(chapter="march"), RECORD.between("2020-01-03", "2020-01-08"), RECORD.only(importance=1)):
        some = places(timeline(view))["hover"]
        assert some.equals(whole.reindex(some.index))
    day = RECORD.as_of("2020-01-09")
    then = places(timeline(day))["hover"]
    some = places(timeline(day.only(importance=1)))["hover"]
    assert some.equals(then.reindex(some.index))
    assert then[MISSILES] != whole[MISSILES]
