from __future__ import annotations

import itertools
import json
from collections.abc import Iterable

import pandas as pd
import plotly.graph_objects as go
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers import load, style
from helpers.claims import RULES, bias, claims_of, differences, reading
from helpers.figures.claims_chart import bias_card, claims_chart, disagreement, ledger
from helpers.figures.exhibit import as_table, describe

MISSILES = "2020-01-08-iran-missiles-al-asad-erbil"
STRIKES = "2019-12-29-us-strikes-kataib-hezbollah"
MARCH = "2020-03-13-us-strikes-iraq"
TAJI = "2020-03-11-taji-rocket-attack"
LETTER = "2020-01-06-seely-letter"

RECORD = load()
QUESTIONS = sorted(
    {(event, str(field)) for event, field in zip(RECORD.claims["event_id"], RECORD.claims["field"], strict=True)}
)
DAYS = [None, "2019-12-31", "2020-01-10", "2020-01-30", "2020-03-14", "2020-12-31"]


def drawn(figure: go.Figure) -> list[str]:
    """The keys of the claims that have a mark, once each."""
    ids = [key for trace in figure.data for key in (trace.customdata if trace.customdata is not None else ())]
    return sorted({claim for key in ids for claim in str(key).split(",")})


def parts(values: Iterable[float | None]) -> list[list[float]]:
    """The lines of a trace, which it parts by a gap."""
    return [list(some) for gap, some in itertools.groupby(values, lambda value: value is None) if not gap]


def text_of(figure: go.Figure) -> str:
    layout = figure.layout
    texts = [layout.title.text, layout.title.subtitle.text, *(note.text for note in layout.annotations)]
    texts += [
        text for trace in figure.select_traces({"type": "scatter"}) if "text" in trace.mode for text in trace.text
    ]
    return " ".join(text for text in texts if text).replace("<br>", " ")


@settings(max_examples=25, deadline=None)
@given(st.sampled_from(QUESTIONS), st.sampled_from(DAYS), st.sampled_from([*RULES, None]))
def test_what_is_drawn_is_what_is_recorded(question, day, rule):
    event, field = question
    view = RECORD if day is None else RECORD.as_of(day)
    if event not in view.events.index:
        with pytest.raises(ValueError, match="no event"):
            claims_chart(view, event=event, field=field, rule=rule)
        return
    claims = view.claims
    expected = sorted(claims.index[(claims["event_id"] == event) & (claims["field"] == field)])
    figure = claims_chart(view, event=event, field=field, rule=rule)
    assert drawn(figure) == expected
    assert sorted(as_table(figure)["claim"]) == expected
    sentences = figure.layout.meta["text"]
    assert all(isinstance(sentence, str) and sentence for sentence in sentences)
    assert len(sentences) <= 5
    json.loads(figure.to_json())


@settings(max_examples=8, deadline=None)
@given(st.sampled_from(sorted({event for event, _ in QUESTIONS})), st.sampled_from(DAYS))
def test_the_ledger_lists_every_claim_with_its_words(event, day):
    view = RECORD if day is None else RECORD.as_of(day)
    if event not in view.events.index:
        return
    claims = view.claims[view.claims["event_id"] == event]
    figure = ledger(view, event=event)
    assert drawn(figure) == sorted(claims.index)
    if len(claims):
        assert sorted(as_table(figure)["said"]) == sorted(claims["value"])


def test_a_denial_is_not_struck_out():
    """Only what its own author took back is crossed; what others deny stands as an open sign, and so does a denial."""
    claims = RECORD.claims
    for event in claims.loc[claims["status"].isin(["denied", "retracted"]), "event_id"].unique():
        figure = ledger(RECORD, event=event)
        own = claims[claims["event_id"] == event]
        crosses = [trace for trace in figure.data if trace.marker.symbol == "x-thin"]
        assert sum(len(trace.y) for trace in crosses) == (own["status"] == "retracted").sum()
        legend = " ".join(trace.name for trace in figure.data if trace.showlegend is not False and trace.name)
        assert ("a denial, or denied by others" in legend) == (own["status"] == "denied").any()
        assert ("later withdrawn by its author" in legend) == (own["status"] == "retracted").any()
        denials = own[(own["field"] == "denied-responsibility") & (own["status"] == "denied")]
        assert sum("a denial ·" in note.text for note in figure.layout.annotations) >= len(denials)
    known = RECORD.as_of("2019-12-31")
    assert "denied by others" not in str(ledger(known, event="2019-12-27-k1-rocket-attack").to_json())


@pytest.mark.parametrize("rule", RULES)
def test_the_rule_is_on_the_chart_in_words_with_its_number(rule):
    figure = claims_chart(RECORD, event=STRIKES, field="killed", rule=rule)
    said = text_of(figure)
    assert RULES[rule].words in said
    members = claims_of(RECORD, STRIKES, "killed", "PMF members")
    number = reading(members, rule)
    assert f"{rule}: <b>{number.text}</b>" in said
    assert any(shape.y0 == number.low and shape.line.dash == "dash" for shape in figure.layout.shapes)
    assert rule in describe(figure)
    used = as_table(figure)
    assert set(used.loc[used[f"read by the rule {rule}"], "claim"]) >= set(number.claim_ids)


def test_the_switch_changes_the_number():
    numbers = {rule: reading(claims_of(RECORD, STRIKES, "killed", "PMF members"), rule).text for rule in RULES}
    assert len(set(numbers.values())) >= 3, numbers


def test_a_number_on_which_every_claim_is_disputed_says_so():
    figure = claims_chart(RECORD, event=STRIKES, field="killed")
    panels = {note.text for note in figure.layout.annotations if "best: " in note.text}
    (iranians,) = [text for text in panels if "Iranians" in text]
    assert "<b>3</b> (all claims are disputed)" in iranians and "(all claims are disputed)" in text_of(figure)
    assert not any("disputed" in text for text in panels - {iranians})
    early = claims_chart(RECORD.as_of("2020-01-05"), event=STRIKES, field="killed")
    assert not any("disputed" in note.text for note in early.layout.annotations)


def test_no_rule_no_line():
    figure = claims_chart(RECORD, event=STRIKES, field="killed", rule=None)
    assert not [shape for shape in figure.layout.shapes if shape.line.dash == "dash"]
    assert "No rule" in text_of(figure)


def test_each_group_counted_has_its_own_panel():
    figure = claims_chart(RECORD, event=MARCH, field="killed")
    table = as_table(figure)
    panel_of = {}
    for trace in figure.data:
        for key in trace.customdata if trace.customdata is not None else ():
            for claim in str(key).split(","):
                panel_of[claim] = figure.layout[f"yaxis{trace.yaxis.removeprefix('y')}"].domain
    groups = {}
    for row in table.dropna(subset=["low"]).itertuples():
        groups.setdefault(row.counted, set()).add(panel_of[row.claim])
    assert len(groups) > 5
    assert all(len(domains) == 1 for domains in groups.values())
    assert len({domain for domains in groups.values() for domain in domains}) == len(groups)


def test_counted_keeps_one_group():
    figure = claims_chart(RECORD, event=MARCH, field="killed", counted="civilians")
    assert set(as_table(figure)["counted"]) == {"civilians"}


def test_colour_and_symbol_are_the_claimants_side():
    figure = claims_chart(RECORD, event=MISSILES, field="killed")
    sides = claims_of(RECORD, MISSILES, "killed")["side"]
    seen = set()
    for trace in figure.data:
        for key, symbol in zip(trace.customdata or (), trace.marker.symbol or (), strict=False):
            (side,) = {sides[claim] for claim in key.split(",")}
            assert symbol == style.SIDES[side].symbol
            seen.add(side)
    assert seen == set(sides) and len(seen) > 2


def test_status_is_shown_and_empty_as_of_a_day():
    whole = claims_chart(RECORD, event=MISSILES, field="killed")
    names = [trace.name for trace in whole.data if trace.showlegend is not False]
    assert {"confirmed", "denied"} <= set(names)
    assert "denied" in describe(whole)
    known = claims_chart(RECORD.as_of("2020-01-20"), event=MISSILES, field="killed")
    assert not {trace.name for trace in known.data} & {"confirmed", "denied", "claimed", "disputed"}
    assert "no claim has been judged yet" in describe(known)


def test_nothing_reported_later_is_in_a_view_as_of_a_day():
    known = claims_chart(RECORD.as_of("2020-01-25"), event=MISSILES, field="tbi")
    assert "110" not in text_of(known) + describe(known)
    assert as_table(known)["reported"].max() <= pd.Timestamp("2020-01-25")


def test_revisions_are_joined_by_a_step():
    figure = claims_chart(RECORD, event=MISSILES, field="tbi")
    steps = [trace for trace in figure.data if trace.mode == "lines" and trace.line.shape == "hv"]
    assert [34, 50, 64, 109, 110] in [line for trace in steps for line in parts(trace.y)]
    assert "Pentagon changed its figure 4 times" in describe(figure)


def test_ranges_are_bars_and_open_ends_are_arrows():
    figure = claims_chart(RECORD, event=TAJI, field="wounded")
    bars = [trace for trace in figure.data if trace.mode == "lines" and trace.line.width == 5]
    assert [14, 17] in [line for trace in bars for line in parts(trace.y)]
    arrows = [trace for trace in figure.data if trace.marker.symbol == "triangle-up" and trace.mode == "lines+markers"]
    feet = {trace.y[n] for trace in arrows for n in range(0, len(trace.y), 3)}
    assert {10, 11, 14} <= feet
    assert all(trace.y[n + 1] > trace.y[n] for trace in arrows for n in range(0, len(trace.y), 3))


def test_what_has_no_date_stands_aside_and_is_said_so():
    figure = claims_chart(RECORD, event=STRIKES, field="killed")
    undated = claims_of(RECORD, STRIKES, "killed").query("reported_on.isna()").index
    assert len(undated)
    for trace in figure.data:
        for at, key in zip(trace.x or (), trace.customdata if trace.customdata is not None else (), strict=False):
            for claim in str(key).split(","):
                if claim in undated:
                    assert trace.xaxis == "x2"
                    assert figure.layout.xaxis2.ticktext[round(at)] == "no<br>date"
    assert "without any date" in describe(figure)


def test_no_mark_hides_another():
    for event, field in [(MISSILES, "missiles"), (STRIKES, "killed"), (TAJI, "wounded"), (MARCH, "killed")]:
        figure = claims_chart(RECORD, event=event, field=field)
        places: dict[tuple, set] = {}
        for trace in figure.data:
            if trace.customdata is not None:
                for x, y, key in zip(trace.x, trace.y, trace.customdata, strict=True):
                    places.setdefault((trace.yaxis, x, y), set()).add(key)
        assert all(len(keys) == 1 for keys in places.values()), field


def test_claims_in_words_have_their_own_strip_and_are_written_out():
    figure = claims_chart(RECORD, event=MISSILES, field="tbi")
    told = claims_of(RECORD, MISSILES, "tbi").query("not numeric")
    said = text_of(figure)
    for value in told["value"]:
        assert value in said


def test_fields_without_figures_become_lanes_with_the_words():
    figure = claims_chart(RECORD, event=TAJI, field="responsible")
    said = text_of(figure)
    for value in as_table(figure)["said"]:
        assert value in said


def test_reports_and_origins_are_on_the_chart():
    from helpers.claims import independence

    figure = claims_chart(RECORD, event=STRIKES, field="killed")
    assert str(independence(claims_of(RECORD, STRIKES, "killed", "PMF members"))) in text_of(figure)


@pytest.mark.parametrize(
    ("wrong", "nearest"),
    [
        ({"event": "2020-01-08-iran-missiles"}, "2020-01-08-iran"),
        ({"event": MISSILES, "field": "kiled"}, "killed"),
        ({"event": MISSILES, "field": "killed", "counted": "American"}, "'Americans'.*'Iraqi forces'"),
        ({"event": MISSILES, "field": "killed", "rule": "besst"}, "best"),
        ({"event": MISSILES, "field": "killed", "selected": "c-99999"}, "c-"),
    ],
)
def test_wrong_arguments_name_the_nearest(wrong, nearest):
    with pytest.raises(ValueError, match=nearest):
        claims_chart(RECORD, **wrong)


def test_an_empty_selection_says_why():
    figure = claims_chart(RECORD, event=LETTER, field="killed")
    assert "There are claims on" in describe(figure)
    assert "There are claims on" in text_of(figure)
    silent = set(RECORD.events.index) - set(RECORD.claims["event_id"])
    for figure in (claims_chart(RECORD, event=min(silent)), ledger(RECORD, event=min(silent))):
        assert "No claim" in describe(figure)
        assert len(as_table(figure)) == 0
    nothing = RECORD.as_of("2000-01-01")
    assert "no source" in describe(bias_card(nothing))
    assert "no two claimants" in describe(disagreement(nothing))


def test_a_chosen_claim_is_ringed():
    claim = claims_of(RECORD, MISSILES, "tbi").index[0]
    for figure in (
        claims_chart(RECORD, event=MISSILES, field="tbi", selected=claim),
        ledger(RECORD, event=MISSILES, field="tbi", selected=claim),
    ):
        assert [shape for shape in figure.layout.shapes if shape.type == "circle"]


def test_markup_in_the_data_is_not_obeyed():
    frames = {name: getattr(RECORD, name) for name in RECORD.package.tables}
    bad = '<a href="javascript:1">x</a> & <b>bold</b>'
    claims = frames["claims"]
    rows = claims["event_id"].isin([MISSILES, LETTER])
    for column in ("value", "claimant", "counted"):
        claims[column] = claims[column].astype(object).mask(rows & claims[column].notna(), bad)
    frames["claims"] = claims
    frames["events"]["title"] = bad
    hurt = type(RECORD)(frames, RECORD.package, RECORD._folder)
    for figure in (
        claims_chart(hurt, event=MISSILES, field="tbi"),
        ledger(hurt, event=LETTER),
        disagreement(hurt),
        bias_card(hurt),
    ):
        shown = figure.to_dict()
        shown["layout"].pop("meta")
        assert "<a" not in json.dumps(shown, default=str)


def test_the_ranking_is_drawn_as_measured():
    figure = disagreement(RECORD, top=10)
    ranking = differences(RECORD).head(10)
    assert [round(x, 9) for x in figure.data[0].x] == [round(x, 9) for x in ranking["figures"]]
    assert [round(x, 9) for x in figure.data[1].x] == [round(x, 9) for x in ranking["words"]]
    assert len(as_table(figure)) == len(differences(RECORD))
    assert figure.data[1].marker.pattern.shape, "the two parts differ by more than colour"
    with pytest.raises(ValueError, match="nearest valid value is 1"):
        disagreement(RECORD, top=0)


def test_the_bias_card_counts_as_bias_does():
    view = RECORD.only(chapter="march")
    figure, card = bias_card(view), bias(view)
    for trace in figure.data:
        assert sum(trace.x) == card.sources
    said = text_of(figure)
    for count in (card.excerpts, card.undated, card.no_country):
        assert f"{count:,} (" in said
    assert "What is missing" in said
    assert len(as_table(figure)) == len(card.counts)
    with pytest.raises(ValueError, match="nearest valid value is 1"):
        bias_card(view, top=0)


def test_the_card_names_what_the_view_lacks():
    view = RECORD.between("2020-01-06", "2020-01-06")
    missing = bias(view).missing
    assert missing["language"]
    assert "No page here from these languages" in text_of(bias_card(view))


def test_figures_are_light_and_have_no_small_print():
    for figure in (claims_chart(RECORD, event=MISSILES, field="missiles"), ledger(RECORD, event=LETTER)):
        assert len(figure.to_json()) < 150_000
        assert min(note.font.size for note in figure.layout.annotations) >= 12


CHARTS = {
    "growth": lambda: claims_chart(RECORD, event=MISSILES, field="tbi"),
    "many panels": lambda: claims_chart(RECORD, event=MARCH, field="killed"),
    "one group": lambda: claims_chart(RECORD, event=STRIKES, field="killed", counted="PMF members"),
    "short ledger": lambda: ledger(RECORD, event="2019-09-14-abqaiq-khurais", field=["responsible", "missiles"]),
    "crowded": lambda: claims_chart(RECORD, event=STRIKES, field="killed"),
    "late reports": lambda: claims_chart(RECORD, event=MISSILES, field="missiles", rule="most-independent"),
    "words": lambda: claims_chart(RECORD, event=TAJI, field="responsible"),
    "ledger": lambda: ledger(RECORD, event=STRIKES),
    "ranking": lambda: disagreement(RECORD),
    "bias": lambda: bias_card(RECORD.only(chapter="march")),
}
TEXTS = """() => {
  const plot = document.querySelector('.js-plotly-plot');
  const shown = [...plot.querySelectorAll(
    '.annotation-text, .xtick text, .x2tick text, .ytick text, .gtitle, .gtitle-subtitle, .xtitle, .x2title,'
    + '.legendtext, .bartext, .textpoint text'
  )].filter(node => node.textContent.trim());
  return shown.map(node => {
    const box = node.getBoundingClientRect();
    return [node.textContent.trim(), box.left, box.top, box.right, box.bottom];
  });
}"""


@pytest.mark.browser
@pytest.mark.parametrize("chart", CHARTS)
def test_no_text_touches_another_or_is_cut(browser, tmp_path, chart):
    path = tmp_path / "chart.html"
    CHARTS[chart]().write_html(path, include_plotlyjs=True, config=dict(style.CONFIG))
    page = browser.new_page()
    requests = []
    page.on("request", lambda request: requests.append(request.url) if request.url.startswith("http") else None)
    try:
        page.goto(path.as_uri())
        for width in (1400, 860, 700, style.NARROWEST + 16):
            page.set_viewport_size({"width": width, "height": 900})
            page.wait_for_function(
                "width => { const p = document.querySelector('.js-plotly-plot');"
                " return p && p._fullLayout && Math.abs(p._fullLayout.width - width) < 40; }",
                arg=width,
            )
            page.wait_for_timeout(250)
            texts = page.evaluate(TEXTS)
            assert len(texts) > 5
            for text, left, top, right, _ in texts:
                assert left >= -1 and right <= width + 1 and top >= -1, f"{text!r} is cut at {width} px"
            for (one, l1, t1, r1, b1), (other, l2, t2, r2, b2) in itertools.combinations(texts, 2):
                over, down = min(r1, r2) - max(l1, l2), min(b1, b2) - max(t1, t2)
                assert over <= 2 or down <= 3, f"{one!r} and {other!r} overlap at {width} px"
        assert page.locator("a[data-title*='hare'], .modebar-btn--logo").count() == 0
        assert not requests
    finally:
        page.close()
