"""Who says what: figures under a rule, independence, revisions, disagreement, and whose pages stand behind a view.

Nothing here decides what is true. Each function turns the same claims into a number by a rule that is written out in
words, so that the rule can be argued with. Three terms are used throughout:

origin
    Who a report goes back to: the agency that the page reprints or mainly retells (``sources.via``), else its
    publisher, else, where no page is known, the claimant. Reprints of one wire are one origin.
claimant
    The actor who says so, or where the record has no such actor, the words that describe it.
standing
    A claim stands unless the same claimant later stated another figure for the same thing, or the editors judged it
    denied, revised or retracted. The record as of an earlier day holds no judgements: only the first half applies.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass, fields
from itertools import pairwise
from math import isnan, nan
from typing import Any

import numpy as np
import pandas as pd

from helpers.chronicle import Chronicle, check

FALLEN = ("denied", "revised", "retracted")
OFFICIAL_KINDS = ("state", "government-body", "armed-force", "coalition", "igo")
OBSERVING = ("news-outlet", "monitor")
UNNAMED = ("unnamed-official", "witness")
OTHERS = "not-established"
WORDS = frozenset({"field", "counted", "claimant", "value", "unit", "status", "publisher", "via"})
"""What a claim may leave out."""


@dataclass(frozen=True, slots=True)
class Claim:
    """A row of :func:`claims_of` as plain values, with which one works a hundred times as fast as with pandas' own.

    A word that is missing is None, a number nan and a day NaT. What a table lacks as a column is missing in all rows.
    """

    claim_id: str
    field: str | None
    counted: str | None
    claimant: str | None
    who: str
    named: bool
    side: str
    official: bool
    value: str | None
    low: float
    high: float
    unit: str | None
    status: str | None
    reported_on: pd.Timestamp
    reported_on_until: pd.Timestamp
    day_known: bool
    publisher: str | None
    via: str | None
    origin: str
    numeric: bool
    stands: bool

    @property
    def least(self) -> float:
        """The lower end, or of an open range the one end that is known."""
        return self.high if isnan(self.low) else self.low

    @property
    def most(self) -> float:
        """The upper end, or of an open range the one end that is known."""
        return self.low if isnan(self.high) else self.high


@dataclass(frozen=True, slots=True)
class Rule:
    """A way to read one figure out of several claims: what it does, whose practice it follows, where to read it."""

    name: str
    words: str
    practice: str
    address: str


RULES: dict[str, Rule] = {
    rule.name: rule
    for rule in (
        Rule(
            "lowest",
            "the smallest number among the claims that stand",
            "UCDP's low estimate is the lowest reliable one; ACLED takes the most conservative where reports differ",
            "https://www.humanprogress.org/dataset/battle-related-deaths-low-estimate/",
        ),
        Rule(
            "best",
            "the number that the editors confirmed; if they confirmed none or several, the one with the most origins",
            "UCDP's best estimate is the most likely one, chosen by its coders, between a low and a high",
            "http://uppsalauniversitet.se/en/department/peace-and-conflict-research/research/ucdp/ucdp-methodology",
        ),
        Rule(
            "highest",
            "the largest number among the claims that stand",
            "UCDP's high estimate, and the upper end of the range that Iraq Body Count and others publish",
            "https://everycasualty.org/knowledge-base/how-do-casualty-recorders-deal-with-disagreement-between-sources/",
        ),
        Rule(
            "latest-official",
            "the last number that a state, its forces, a coalition, an international body or their spokesperson stated",
            "some casualty recorders rank their sources and put official findings first",
            "https://everycasualty.org/knowledge-base/rules-that-casualty-recorders-apply-to-assigning-status/",
        ),
        Rule(
            "most-independent",
            "the number that the most origins give, whoever they are; reprints of one agency count once",
            "some casualty recorders take the view of the majority of sources",
            "https://everycasualty.org/knowledge-base/rules-that-casualty-recorders-apply-to-assigning-status/",
        ),
    )
}
"""The rules by name. Where each was read:

- UCDP (Uppsala Conflict Data Program) keeps a best, a low and a high estimate for each event:
  http://uppsalauniversitet.se/en/department/peace-and-conflict-research/research/ucdp/ucdp-methodology. Low is the
  lowest *reliable* estimate: https://www.humanprogress.org/dataset/battle-related-deaths-low-estimate/. So denied and
  withdrawn claims are left out here, of the high as of the low.
- ACLED (Armed Conflict Location & Event Data) takes the most conservative estimate where reports differ, and corrects
  it as better information comes; read in a copy of its questions and answers of 2024:
  https://amorecanecorsos.com/article/fatalities-acled/3805.
- Iraq Body Count records a minimum and a maximum for each incident: https://www.iraqbodycount.org/about/methods/3.
- Every Casualty lists what recorders do where sources differ: ranges, the majority of sources, or a ranking of sources:
  https://everycasualty.org/knowledge-base/how-do-casualty-recorders-deal-with-disagreement-between-sources/ and
  https://everycasualty.org/knowledge-base/rules-that-casualty-recorders-apply-to-assigning-status/.

None of them is applied by a machine there: people judge. The rules here are the nearest that can be written down.
"""


@dataclass(frozen=True, slots=True)
class Reading:
    """What a rule makes of some claims: the number (``low`` to ``high``) and its words, the claims that carry it."""

    rule: str
    low: float
    high: float
    text: str
    claim_ids: tuple[str, ...]
    origins: int
    left_out: int

    @property
    def found(self) -> bool:
        """Whether the rule gives a number at all."""
        return bool(self.claim_ids)


@dataclass(frozen=True, slots=True)
class Independence:
    """How many reports there are, from how many origins, and how many claimants they quote."""

    reports: int
    origins: int
    claimants: int

    @classmethod
    def of(cls, claims: Sequence[Claim]) -> Independence:
        """Count over rows as plain values; see :func:`independence`."""
        return cls(len(claims), len({claim.origin for claim in claims}), len({claim.who for claim in claims}))

    def __str__(self) -> str:
        return f"{_count(self.reports, 'report')}, {_count(self.origins, 'origin')}"


@dataclass(frozen=True, slots=True)
class Change:
    """How the figures of a claimant changed from one day to a later one."""

    counted: str
    who: str
    claimant: str | None
    before: pd.Timestamp
    after: pd.Timestamp
    from_low: float
    from_high: float
    to_low: float
    to_high: float
    days: int


@dataclass(frozen=True, slots=True)
class Bias:
    """Whose pages stand behind a view; see :func:`bias`."""

    counts: pd.DataFrame
    sources: int
    record: int
    undated: int
    excerpts: int
    no_address: int
    no_country: int
    missing: dict[str, list[str]]
    where: pd.DataFrame


def claims_of(chronicle: Chronicle, event: str, field: str | None = None, counted: str | None = None) -> pd.DataFrame:
    """Return the claims on an event, oldest first, with what is needed to weigh them.

    Parameters
    ----------
    chronicle
        The record or a view of it.
    event
        Key of an event.
    field
        What is claimed, such as ``"killed"``; without it, all.
    counted
        Which group is counted, such as ``"Americans"``; without it, all.

    Returns
    -------
    pandas.DataFrame
        The columns of ``claims`` and besides: ``who`` (the key of the claimant), ``named`` (whether two claims of this
        ``who`` surely have the same author), ``side`` (the claimant's; media and monitors are ``observer``, and whoever
        the record has no actor for is ``not-established``), ``official``, ``publisher``, ``via``, ``url``, ``origin``,
        ``day_known``, ``numeric``, ``stands``.

    Raises
    ------
    ValueError
        If the event, field or group is not in the record; it names the nearest that is.

    Examples
    --------
    >>> from helpers import load
    >>> claims_of(load(), "2020-01-08-iran-missiles-al-asad-erbil", "tbi")["origin"].nunique() > 5
    True
    """
    chronicle.event(event)
    whole, places = chronicle.derived(_all_weighed)
    found = whole.take(places.get(event, []))
    if field is not None:
        check("field", field, chronicle.claims["field"].cat.categories)
        found = found[found["field"] == field]
    if counted is not None:
        check("group counted", counted, found["counted"].dropna().unique())
        found = found[found["counted"] == counted]
    return found


def weighed(chronicle: Chronicle, claims: pd.DataFrame) -> pd.DataFrame:
    """Return claims with the columns that :func:`claims_of` adds."""
    actors, sources = chronicle.actors, chronicle.sources
    kind = claims["claimant_kind"].astype(object)
    side = _looked_up(claims["claimant_id"], actors["side"].astype(object))
    side = side.fillna(kind.map(lambda value: "observer" if value in OBSERVING else OTHERS))
    publisher = _looked_up(claims["source_id"], sources["publisher"])
    via = _looked_up(claims["source_id"], sources["via"])
    who = claims["claimant_id"].astype(object).fillna(claims["claimant"]).fillna("not named")
    named = claims["claimant_id"].notna() | ~kind.isin(UNNAMED)
    added = claims.assign(
        who=who,
        named=named,
        side=side,
        official=claims["claimant_id"].isin(_officials(actors)),
        publisher=publisher,
        via=via,
        url=_looked_up(claims["source_id"], sources["url"]),
        origin=[_origin(*row) for row in zip(via, publisher, who, strict=True)],
        day_known=claims["reported_on"].notna() & (claims["reported_on"] == claims["reported_on_until"]),
        numeric=claims["low"].notna() | claims["high"].notna(),
    )
    fallen = added["status"].astype(object).isin(FALLEN)
    return added.reset_index().assign(stands=(~_replaced(added) & ~fallen).to_numpy()).set_index("claim_id")


def _all_weighed(chronicle: Chronicle) -> tuple[pd.DataFrame, dict[Hashable, np.ndarray]]:
    """Return all claims, the oldest first, and the rows of each event."""
    found = weighed(chronicle, chronicle.claims)
    found = found.sort_values(["reported_on", "reported_on_until", "claim_id"], na_position="last")
    return found, found.groupby("event_id").indices


def rows_of(claims: pd.DataFrame) -> list[Claim]:
    """Return the rows of :func:`claims_of` as plain values.

    Examples
    --------
    >>> from helpers import load
    >>> rows = rows_of(claims_of(load(), "2020-01-08-iran-missiles-al-asad-erbil", "tbi"))
    >>> max(row.most for row in rows if row.numeric)
    110.0
    """
    missing = [None] * len(claims)
    columns = [
        missing if name not in claims else _words(claims[name]) if name in WORDS else claims[name].tolist()
        for name in Claim.__slots__[1:]
    ]
    return [Claim(*row) for row in zip(claims.index, *columns, strict=True)]


def main_field(claims: Sequence[Claim]) -> str | None:
    """Return the field with the most figures, or if there are none, with the most claims; the first by name of several.

    Examples
    --------
    >>> from helpers import load
    >>> main_field(rows_of(claims_of(load(), "2020-01-06-seely-letter")))
    'content'
    """
    count = Counter(claim.field for claim in [claim for claim in claims if claim.numeric] or claims)
    return min(count, key=lambda field: (-count[field], str(field)), default=None)


def _words(column: pd.Series) -> list[str | None]:
    return [value if isinstance(value, str) else None for value in column.tolist()]


def independence(claims: pd.DataFrame) -> Independence:
    """Count the reports, their origins and their claimants; reprints of one wire are one origin.

    Parameters
    ----------
    claims
        Rows of :func:`claims_of`.

    Examples
    --------
    >>> from helpers import load
    >>> print(independence(claims_of(load(), "2020-01-08-iran-missiles-al-asad-erbil", "tbi").head(1)))
    1 report, 1 origin
    """
    return Independence.of(rows_of(claims))


def reading(claims: pd.DataFrame, rule: str) -> Reading:
    """Read one number out of claims that count the same thing.

    Parameters
    ----------
    claims
        Rows of :func:`claims_of` with one value of ``counted``. Claims in words alone are passed over.
    rule
        A key of :data:`RULES`. "At least 25" and "up to 25" are read as the number 25; a range is a number of its own.

    Raises
    ------
    ValueError
        If there is no such rule, or if the claims count different groups.

    Examples
    --------
    >>> from helpers import load
    >>> claims = claims_of(load(), "2020-01-08-iran-missiles-al-asad-erbil", "tbi", "US troops with brain injury")
    >>> reading(claims, "best").text
    '110'
    """
    return read(rows_of(claims), rule)


def read(claims: Iterable[Claim], rule: str) -> Reading:
    """Do what :func:`reading` does, with rows as plain values.

    Examples
    --------
    >>> from helpers import load
    >>> rows = rows_of(claims_of(load(), "2020-01-08-iran-missiles-al-asad-erbil", "tbi", "US troops with brain injury"))
    >>> read(rows, "lowest").text, read(rows, "highest").text
    ('at least 100', '110')
    """
    check("rule", rule, RULES)
    numeric = [claim for claim in claims if claim.numeric]
    groups = dict.fromkeys(claim.counted for claim in numeric)
    if len(groups) > 1:
        names = ", ".join(repr(str(group)) for group in groups)
        raise ValueError(f"these claims count different groups, which one number can't stand for: {names}")
    standing = [claim for claim in numeric if claim.stands]
    left_out = len(numeric) - len(standing)
    found = _CHOICES[rule](standing)
    if found is None:
        return Reading(rule, np.nan, np.nan, "no official figure" if standing else "no claim stands", (), 0, left_out)
    low, high, chosen = found
    ids, origins = tuple(one.claim_id for one in chosen), {one.origin for one in chosen}
    return Reading(rule, low, high, _in_words(chosen, low, high), ids, len(origins), left_out)


def revisions(claims: pd.DataFrame) -> pd.DataFrame:
    """Return how the figures of each claimant changed from one day to a later one.

    Parameters
    ----------
    claims
        Rows of :func:`claims_of`. Several figures of one day are one range, as their order is not known. Claimants who
        are not named, and reports whose day is not known, are passed over.

    Returns
    -------
    pandas.DataFrame
        One row a change: ``counted``, ``who``, ``claimant``, ``before``, ``after`` (days), ``from_low``, ``from_high``,
        ``to_low``, ``to_high``, ``days``.

    Examples
    --------
    >>> from helpers import load
    >>> changes = revisions(claims_of(load(), "2020-01-08-iran-missiles-al-asad-erbil", "tbi"))
    >>> int(changes.query("who == 'us-department-of-defense'")["to_low"].max())
    110
    """
    return pd.DataFrame(changes(rows_of(claims)), columns=[field.name for field in fields(Change)])


def changes(claims: Iterable[Claim]) -> list[Change]:
    """Do what :func:`revisions` does, with rows as plain values.

    Examples
    --------
    >>> from helpers import load
    >>> rows = rows_of(claims_of(load(), "2020-01-08-iran-missiles-al-asad-erbil", "tbi"))
    >>> [said(change.to_low, change.to_high) for change in changes(rows) if change.who == "us-department-of-defense"]
    ['50', '64', '109', '110']
    """
    said_on: dict[tuple[str, str], dict[pd.Timestamp, list[Claim]]] = {}
    for claim in claims:
        if claim.numeric and claim.named and claim.day_known and claim.counted is not None:
            said_on.setdefault((claim.counted, claim.who), {}).setdefault(claim.reported_on, []).append(claim)
    found = []
    for (counted, who), days in sorted(said_on.items()):
        for (before, earlier), (after, later) in pairwise(sorted(days.items())):
            was, became = _ends(earlier), _ends(later)
            if was != became:
                claimant = next((claim.claimant for claim in later if claim.claimant is not None), None)
                found.append(Change(counted, who, claimant, before, after, *was, *became, (after - before).days))
    return found


def _ends(claims: Iterable[Claim]) -> tuple[float, float]:
    return min(claim.least for claim in claims), max(claim.most for claim in claims)


def spreads(chronicle: Chronicle) -> pd.DataFrame:
    """Return how much the sources differ on each question of each event, from 0 (they agree) to 1.

    A question is a field and, for figures, the group counted. Only questions with two claimants or more are asked.

    - *Figures*: of each claimant only the last word counts, so that a number that grows is no disagreement. Let ``L``
      be the largest lower end and ``U`` the smallest upper end that anybody gives ("at least" has no upper end, "up to"
      no lower one). If ``U >= L``, one number fits all claims: 0. Else ``1 - U / L``: how far the lowest falls short of
      the highest; 1 if somebody says none at all.
    - *Words*: the share of the claims that the editors judged disputed or denied. The record as of an earlier day holds
      no such judgement; there it is missing.

    Returns
    -------
    pandas.DataFrame
        One row a question: ``event_id``, ``field``, ``counted``, ``form`` (figures or words), ``claims``,
        ``claimants``, ``origins``, ``least``, ``most`` (the ends ``U`` and ``L`` where they differ), ``spread``.

    Examples
    --------
    >>> from helpers import load
    >>> table = spreads(load())
    >>> bool(table["spread"].dropna().between(0, 1).all())
    True
    """
    return _spreads(weighed(chronicle, chronicle.claims))


def _spreads(claims: pd.DataFrame) -> pd.DataFrame:
    claims = claims.assign(
        counted=claims["counted"].astype(object).where(claims["numeric"], ""), field=claims["field"].astype(object)
    )
    keys = ["event_id", "field", "counted"]
    last = claims[claims["numeric"] & ~_replaced(claims)]
    ends = last.assign(high=last["high"].fillna(np.inf), low=last["low"].fillna(0.0)).groupby(keys)
    figures = ends.agg(
        least=("high", "min"),
        most=("low", "max"),
        claims=("who", "size"),
        claimants=("who", "nunique"),
        origins=("origin", "nunique"),
    )
    differ = figures["least"] < figures["most"]
    ratio = figures["least"] / figures["most"].where(figures["most"] > 0)
    figures = figures.assign(
        spread=(1 - ratio).where(differ, 0.0).clip(0, 1),
        least=figures["least"].where(differ),
        most=figures["most"].where(differ),
        form="figures",
    )
    status = claims["status"].astype(object)
    contested = status.isin(["disputed", "denied"]).where(status.notna()).astype(float)
    told = claims.assign(contested=contested)[~claims["numeric"]].groupby(keys)
    words = told.agg(
        spread=("contested", "mean"),
        claims=("who", "size"),
        claimants=("who", "nunique"),
        origins=("origin", "nunique"),
    )
    both = pd.concat([figures, words.assign(form="words", least=np.nan, most=np.nan)]).reset_index()
    both = both[both["claimants"] > 1]
    order = [*keys, "form", "claims", "claimants", "origins", "least", "most", "spread"]
    return both[order].sort_values(
        ["spread", "event_id", "field", "counted"], ascending=[False, True, True, True], ignore_index=True
    )


def differences(chronicle: Chronicle) -> pd.DataFrame:
    """Rank the events by how much their sources differ.

    The measure of an event is the sum of the spreads of its questions (:func:`spreads`): 2.0 is as much as two
    questions on which the claims exclude each other altogether. So an event that many looked at closely can reach more.

    Returns
    -------
    pandas.DataFrame
        Indexed by event, the most disputed first: ``title``, ``date``, ``figures`` and ``words`` (the two parts),
        ``difference`` (their sum), ``questions``, ``claims``, ``origins``, ``widest`` (the question with the largest
        spread).

    Examples
    --------
    >>> from helpers import load
    >>> differences(load()).index[0]
    '2020-01-08-iran-missiles-al-asad-erbil'
    """
    events = chronicle.events
    weighed_claims = weighed(chronicle, chronicle.claims)
    questions = _spreads(weighed_claims)
    questions = questions[questions["event_id"].isin(events.index)]
    parts = questions.pivot_table(index="event_id", columns="form", values="spread", aggfunc="sum")
    parts = parts.reindex(columns=["figures", "words"]).fillna(0.0)
    groups = questions.groupby("event_id")
    widest = groups.first().apply(
        lambda row: f"{row['field']}: {row['counted']}" if row["counted"] else row["field"], axis=1
    )
    claims = weighed_claims.groupby("event_id")
    table = events[["title", "date"]].loc[events.index.isin(parts.index)].join(parts)
    table = table.assign(
        difference=table["figures"] + table["words"],
        questions=groups.size(),
        claims=claims.size(),
        origins=claims["origin"].nunique(),
        widest=widest if len(questions) else "",
    )
    return table.sort_values(["difference", "date"], ascending=[False, True], kind="stable")


def cited_sources(chronicle: Chronicle) -> pd.DataFrame:
    """Return the sources that the events, claims and quotations of a view refer to.

    Examples
    --------
    >>> from helpers import load
    >>> chronicle = load()
    >>> len(cited_sources(chronicle.only(chapter="march"))) < len(cited_sources(chronicle))
    True
    """
    pages = pd.concat(
        [chronicle.events["source_ids"].explode(), chronicle.claims["source_id"], chronicle.quotes["source_id"]]
    )
    sources = chronicle.sources
    return sources[sources.index.isin(pages.dropna().unique())]


def bias(chronicle: Chronicle) -> Bias:
    """Count whose pages stand behind a view: the publishers' countries, languages, affiliations, and what is missing.

    Returns
    -------
    Bias
        ``counts`` with one row a ``dimension`` (country, language, affiliation) and ``value`` (the code; empty where it
        is not known), and the number of ``sources``; the totals of the view and of the record; pages without a date,
        read as an excerpt only, without an address; what the record knows but this view lacks (``missing``); for each
        country, how many events of the view happened there and how many pages were published there (``where``).

    Examples
    --------
    >>> from helpers import load
    >>> card = bias(load().only(chapter="march"))
    >>> int(card.counts.query("dimension == 'language'")["sources"].sum()) == card.sources
    True
    """
    cited, record = cited_sources(chronicle), chronicle.sources
    columns = {"country": "publisher_country", "language": "language", "affiliation": "affiliation"}
    counts = []
    missing = {}
    for dimension, column in columns.items():
        values = cited[column].astype(object).fillna("").value_counts().rename_axis("value").reset_index(name="sources")
        values = values.sort_values(["sources", "value"], ascending=[False, True])
        counts.append(values.assign(dimension=dimension)[["dimension", "value", "sources"]])
        most_first = (
            record[column]
            .dropna()
            .astype(object)
            .value_counts()
            .sort_index()
            .sort_values(ascending=False, kind="stable")
        )
        missing[dimension] = [value for value in most_first.index if value not in set(values["value"])]
    happened = _looked_up(chronicle.events["place_id"], chronicle.places["country"]).value_counts()
    published = cited["publisher_country"].value_counts()
    where = (
        happened.rename_axis("country")
        .reset_index(name="events")
        .sort_values(["events", "country"], ascending=[False, True])
    )
    where["sources"] = published.reindex(where["country"]).fillna(0).astype(int).to_numpy()
    return Bias(
        counts=pd.concat(counts, ignore_index=True),
        sources=len(cited),
        record=len(record),
        undated=int(cited["published"].isna().sum()),
        excerpts=int((cited["read_how"] == "excerpt").sum()),
        no_address=int(cited["url"].isna().sum()),
        no_country=int(cited["publisher_country"].isna().sum()),
        missing=missing,
        where=where.reset_index(drop=True),
    )


def said(low: float, high: float) -> str:
    """Write the ends of a claim as people say it.

    >>> said(25, 25), said(25, float("nan")), said(float("nan"), 30), said(14, 17)
    ('25', 'at least 25', 'up to 30', '14 to 17')
    """
    if pd.isna(low) and pd.isna(high):
        return ""
    if pd.isna(high):
        return f"at least {number(low)}"
    if pd.isna(low):
        return f"up to {number(high)}"
    return number(low) if low == high else f"{number(low)} to {number(high)}"


def number(value: float) -> str:
    """Write a number plainly: 14,000 and 62.5.

    >>> number(14000.0), number(62.5)
    ('14,000', '62.5')
    """
    return f"{value:,.0f}" if float(value).is_integer() else f"{value:,g}"


def _looked_up(keys: pd.Series, values: pd.Series) -> pd.Series:
    return pd.Series(values.reindex(keys).to_numpy(), index=keys.index, dtype=object)


def _origin(via: object, publisher: object, who: str) -> str:
    for name in (via, publisher):
        if isinstance(name, str) and name:
            return name.removesuffix(" (mirror)").strip().casefold()
    return who.casefold()


def _officials(actors: pd.DataFrame) -> set[str]:
    """Return the states and their bodies, and the people who belong to one."""
    bodies = set(actors.index[actors["kind"].isin(OFFICIAL_KINDS)])
    people = actors.index[(actors["kind"] == "person") & actors["parent"].isin(bodies)]
    return bodies | set(people)


def _replaced(claims: pd.DataFrame) -> pd.Series:
    """Return which figures the same claimant surely followed by a later and different one on the same thing."""
    dated = claims[claims["numeric"] & claims["named"]]
    thing = [dated[name].astype(object) for name in ("event_id", "field", "counted", "who")]
    last = dated["reported_on"].groupby(thing, dropna=False).transform("max")
    ends = [dated["low"].fillna(-np.inf), dated["high"].fillna(np.inf)]
    repeated = dated["reported_on"].groupby([*thing, *ends], dropna=False).transform("max") == last
    return ((dated["reported_on_until"] < last) & ~repeated).reindex(claims.index, fill_value=False)


Found = tuple[float, float, list[Claim]] | None
"""The number or range that a rule gives and the claims that gave it; None if there are none."""


def _lowest(figures: list[Claim]) -> Found:
    least = min((one.least for one in figures), default=nan)
    return (least, least, [one for one in figures if one.least == least]) if figures else None


def _highest(figures: list[Claim]) -> Found:
    most = max((one.most for one in figures), default=nan)
    return (most, most, [one for one in figures if one.most == most]) if figures else None


def _best(figures: list[Claim]) -> Found:
    confirmed = [one for one in figures if one.status == "confirmed"]
    found = _most_origins(confirmed or figures, later_first=True)
    return None if found is None else _alike(figures, *found[:2])


def _latest_official(figures: list[Claim]) -> Found:
    official = [one for one in figures if one.official]
    days = [one.reported_on for one in official if not pd.isna(one.reported_on)]
    return _most_origins([one for one in official if not days or one.reported_on == max(days)], later_first=False)


def _most_independent(figures: list[Claim]) -> Found:
    return _most_origins(figures, later_first=False)


def _most_origins(figures: list[Claim], *, later_first: bool) -> Found:
    """Return the claims with the number that the most origins give.

    Ties fall to the one reported last (``later_first``) or given by more claimants, then to the lower.
    """
    if not figures:
        return None
    alike: dict[tuple[float, float], list[Claim]] = {}
    for one in figures:
        alike.setdefault((one.least, one.most), []).append(one)

    def rank(key: tuple[float, float]) -> tuple[int, Any, float]:
        own = alike[key]
        last = max((one.reported_on for one in own if not pd.isna(one.reported_on)), default=pd.Timestamp.min)
        return len({one.origin for one in own}), last if later_first else len({one.who for one in own}), -key[0]

    return _alike(figures, *max(alike, key=rank))


def _alike(figures: list[Claim], least: float, most: float) -> Found:
    return least, most, [one for one in figures if (one.least, one.most) == (least, most)]


_CHOICES = {
    "lowest": _lowest,
    "best": _best,
    "highest": _highest,
    "latest-official": _latest_official,
    "most-independent": _most_independent,
}


def _in_words(chosen: list[Claim], low: float, high: float) -> str:
    if low != high or any(not isnan(one.low) and not isnan(one.high) for one in chosen):
        return said(low, high)
    return said(nan, high) if all(isnan(one.low) for one in chosen) else said(low, nan)


def _count(count: int, noun: str) -> str:
    return f"{count} {noun}{'' if count == 1 else 's'}"


def joined(words: Iterable[str]) -> str:
    """Join words as prose does.

    >>> joined(["Iran", "Iraq", "Syria"])
    'Iran, Iraq and Syria'
    """
    items = list(words)
    return items[0] if len(items) == 1 else f"{', '.join(items[:-1])} and {items[-1]}" if items else ""
