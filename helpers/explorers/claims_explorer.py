"""The claims on an event with their controls."""

from __future__ import annotations

from html import escape

import pandas as pd
import plotly.graph_objects as go

from helpers.cards import event_card, source_list
from helpers.chronicle import check
from helpers.claims import RULES, Claim, claims_of, differences, main_field, rows_of
from helpers.explorers import filters
from helpers.explorers.base import Explorer, Found, State
from helpers.explorers.settings import Setting, Value, arguments, as_code, capital, one_of
from helpers.figures.claims_chart import claims_chart
from helpers.figures.claims_ledger import ledger

DRAWN = {"event": None, "field": None, "rule": "best", "selected": None}
"""What :func:`claims_chart` takes besides the record, with its defaults; :func:`ledger` takes no rule."""


class ClaimsExplorer(Explorer):
    """Who said what about an event, when, and how the figures changed.

    Settings: ``event``, ``field``, ``rule`` (how one number is read out of the claims) and ``as_of``; ``form`` is
    ``"chart"`` for :func:`helpers.figures.claims_chart.claims_chart` or ``"ledger"`` for
    :func:`helpers.figures.claims_ledger.ledger`; ``selected`` is the chosen claim. Without an event, it opens on the one whose
    sources differ most.

    Examples
    --------
    >>> from helpers import load
    >>> missiles = "2020-01-08-iran-missiles-al-asad-erbil"
    >>> explorer = ClaimsExplorer(load(), event=missiles, field="tbi", rule="lowest")
    >>> print(explorer.as_code())
    from helpers import claims_chart
    <BLANKLINE>
    claims_chart(chronicle, event="2020-01-08-iran-missiles-al-asad-erbil", field="tbi", rule="lowest")
    """

    name = "claims_chart"
    title = "Claims explorer"
    item = "claim"

    def settings(self) -> dict[str, Setting]:
        """Return what :func:`claims_chart` takes, and the day of the second clock."""
        record = self.chronicle
        self._told: tuple[object, list[Claim]] = (None, [])
        events, counts = record.events, record.claims["event_id"].value_counts()
        told = events[events.index.isin(counts.index)]
        labels = dict(zip(told.index, filters.event_labels(record, list(told.index)), strict=True))
        if not labels:
            raise ValueError("no event of this view has a claim")
        ranked = differences(record).index
        first = str(ranked[0]) if len(ranked) else next(iter(labels))
        names = {key: f"{text} ({counts[key]})" for key, text in labels.items()}
        fields = record.claims["field"].astype(str)
        meanings = {field: capital(field) for field in sorted(fields.unique())}
        rules = {name: f"{capital(name)}: {rule.words}" for name, rule in RULES.items()}
        return {
            "event": one_of("event", "Event (number of claims)", names, first, width="640px"),
            "field": one_of("field", "What is claimed", meanings, none="that with the most figures (in a ledger: all)"),
            "rule": one_of("rule", "Read one number by the rule", rules, "best", none="no number", width="430px"),
            "form": one_of("form", "Show", {"chart": "chart", "ledger": "ledger in words"}, "chart", width="150px"),
            "as_of": filters.as_of_slider(record),
        }

    def rows(self) -> list[list[str]]:
        """Return the rows of controls."""
        return [["event"], ["field", "form", "rule"], ["as_of"]]

    def items(self, state: State) -> list[str]:
        """Return the claims of the figure, the earliest first."""
        claims = self._claims(state)
        field = state["field"]
        if state["form"] == "chart" and field is None:
            field = main_field(claims)
        return [claim.claim_id for claim in claims if field in (None, claim.field)]

    def draw(self, state: State) -> go.Figure:
        """Return the chart or the ledger of a state."""
        told = {name: state[name] for name in DRAWN}
        if state["form"] == "ledger":
            del told["rule"]
            return ledger(self.known(state), **told)
        return claims_chart(self.known(state), **told)

    def call(self, state: State) -> str:
        """Return the call of :func:`claims_chart` or :func:`ledger`."""
        view = f"chronicle.as_of({as_code(state['as_of'])})" if state["as_of"] else "chronicle"
        told = {name: state[name] for name in DRAWN if (name, state["form"]) != ("rule", "ledger")}
        function = "ledger" if state["form"] == "ledger" else "claims_chart"
        return f"{function}({view}, {_told(told)})"

    def as_code(self) -> str:
        """Return the Python code that draws the same figure."""
        function = "ledger" if self.state["form"] == "ledger" else "claims_chart"
        return f"from helpers import {function}\n\n{self.call(self.state)}"

    def labels(self, items: list[str], state: State) -> list[str]:
        """Return day, claimant and value of each claim."""
        claims = {claim.claim_id: claim for claim in self._claims(state)}
        return [f"{_reported(claim)} · {_who(claim)}: {claim.value}" for claim in map(claims.__getitem__, items)]

    def sentence(self, item: str, state: State) -> str:
        """Return a claim in one line."""
        claim = self._claim(item, state)
        status = f", later judged {claim.status}" if claim.status else ""
        value, field = str(claim.value).rstrip("."), capital(str(claim.field)).lower()
        return f"{_who(claim)}, {_reported(claim)}: {value} ({field}){status}"

    def card(self, item: str, state: State) -> str:
        """Return a claim with its page, and the event it is about."""
        known = self.known(state)
        row, claim = known.claims.loc[item], self._claim(item, state)
        facts = {
            "Claim": claim.value,
            "About": capital(str(claim.field)),
            "Counted": claim.counted,
            "Said by": _who(claim),
            "Reported": _reported(claim),
            "Later judged by the editors": claim.status,
            "Note": row["note"],
        }
        listed = "".join(
            f"<dt>{escape(name)}</dt><dd>{escape(str(value))}</dd>"
            for name, value in facts.items()
            if not _missing(value)
        )
        page = "" if _missing(row["source_id"]) else source_list(known, [row["source_id"]])
        return (
            f'<article class="record-card"><h3 class="record-title">The chosen claim</h3><dl>{listed}</dl>{page}</article>'
            + event_card(known, state["event"])
        )

    def suggestions(self, state: State) -> dict[str, Found]:
        """Return the titles of the events that have claims, those whose sources differ most first."""
        known = self.known(state)
        ranked = differences(known)
        rest = known.events.index[known.events.index.isin(known.claims["event_id"])].difference(
            ranked.index, sort=False
        )
        titles = known.events["title"]
        return {str(titles[key]): Found("event", key) for key in [*ranked.index, *rest]}

    def without_filters(self, state: State) -> State:
        """Return the state with all fields."""
        return {**state, "field": None}

    def clean_item(self, item: Value) -> Value:
        """Check the key of a claim."""
        check("claim", item, self.chronicle.claims.index)
        return item

    def _claims(self, state: State) -> list[Claim]:
        known = self.known(state)
        if state["event"] not in known.events.index:
            raise ValueError(f"nothing had been published about this event by {state['as_of']}")
        wanted = (state["as_of"], state["event"])
        if self._told[0] != wanted:
            self._told = wanted, rows_of(claims_of(known, state["event"]))
        return self._told[1]

    def _claim(self, item: str, state: State) -> Claim:
        return next(claim for claim in self._claims(state) if claim.claim_id == item)


def _told(values: State) -> str:
    return arguments(values, {name: value for name, value in DRAWN.items() if name != "event"})


def _who(claim: Claim) -> str:
    return claim.claimant or "somebody not named"


def _reported(claim: Claim) -> str:
    first, last = claim.reported_on, claim.reported_on_until
    if _missing(first):
        return "day not known"
    return f"{first:%Y-%m-%d}" if first == last else f"{first:%Y-%m}" if first.month == last.month else f"{first:%Y}"


def _missing(value: object) -> bool:
    return value is None or value is pd.NaT or value is pd.NA or (isinstance(value, float) and value != value)
