"""What is said about each event in one glance: its moment, the spread of its figures, sources and disagreements."""

from __future__ import annotations

import numpy as np
import pandas as pd

from helpers import style
from helpers.chronicle import Chronicle
from helpers.claims import said
from helpers.packing import wrap_to
from helpers.style import safe

FIGURES = {
    "killed": "killed",
    "wounded": "wounded",
    "tbi": "brain injuries",
    "missiles": "missiles",
    "rockets-fired": "rockets fired",
    "rockets-landed": "rockets landed",
    "crowd": "crowd",
    "vote-for": "votes for",
    "vote-against": "votes against",
    "arrested": "arrested",
    "designated": "put on a list",
    "troops": "troops",
    "price": "price",
}
"""The figures that a short view of an event tells, in this order: field of a claim and what it is called."""

MOST_FIGURES = 4
NOON = pd.Timedelta(hours=12)
ONE_DAY = pd.Timedelta(days=1)


def common_clock(events: pd.DataFrame) -> float:
    """Return the offset from UTC, in hours, that most events with a clock time have; 0 if none has one.

    Examples
    --------
    >>> from helpers import load
    >>> common_clock(load().events)
    3.0
    """
    offsets = events.loc[events["start_utc"].notna(), "utc_offset_hours"].dropna()
    return float(offsets.mode().iloc[0]) if len(offsets) else 0.0


def zone(offset: float) -> str:
    """Write an offset from UTC.

    >>> zone(3), zone(-4.5), zone(0)
    ('UTC+3', 'UTC−4:30', 'UTC')
    """
    if not offset:
        return "UTC"
    hours, minutes = divmod(round(abs(offset) * 60), 60)
    return f"UTC{'+' if offset > 0 else '−'}{hours}{f':{minutes:02d}' if minutes else ''}"


def moments(events: pd.DataFrame, offset: float) -> pd.DataFrame:
    """Return where events stand on one clock.

    Parameters
    ----------
    events
        Events of a record.
    offset
        The clock: hours from UTC. Local times of different places follow each other rightly only on one clock.

    Returns
    -------
    DataFrame
        ``at``: the moment, noon where the hour is not known, and the middle of the possible days where the day is not;
        ``until``: the last moment of what lasted or may have happened later, else missing; ``uncertain``: the day is
        not known; ``timed``: the hour is known.
    """
    timed = events["start_utc"].notna()
    uncertain = (events["date_precision"] != "day") & events["end_date"].notna()
    noon = events["date"] + NOON
    at = (events["start_utc"] + pd.Timedelta(hours=offset)).where(timed & ~uncertain, noon)
    middle = events["date"] + (events["end_date"] + ONE_DAY - events["date"]) / 2
    lasted = events["end_date"].notna() & ~uncertain & (events["end_date"] > events["date"])
    return pd.DataFrame(
        {
            "at": at.where(~uncertain, middle),
            "until": (events["end_date"] + NOON).where(lasted).where(~uncertain, events["end_date"] + ONE_DAY),
            "uncertain": uncertain,
            "timed": timed,
        }
    )


def claim_counts(chronicle: Chronicle) -> pd.DataFrame:
    """Return, for each event with claims, how many there are and how many of them disagree.

    A figure disagrees with another one on the same group if no number fits both, and if neither was replaced by a later
    figure of its own author (a number that grows is no disagreement). A claim in words disagrees if the editors judged
    it disputed or denied; the record as of an earlier day holds no such judgement.

    Examples
    --------
    >>> from helpers import load
    >>> counts = claim_counts(load()).loc["2020-01-08-iran-missiles-al-asad-erbil"]
    >>> bool(0 < counts["disagreeing"] < counts["claims"])
    True
    """
    claims = chronicle.claims
    low, high = claims["low"].to_numpy(), claims["high"].to_numpy()
    numeric = ~(np.isnan(low) & np.isnan(high))
    group = (
        claims.groupby(["event_id", "field", "counted"], dropna=False, sort=False, observed=True).ngroup().to_numpy()
    )
    author = pd.factorize(claims["claimant_id"].astype(object).fillna(claims["claimant"]))[0]
    day = claims["reported_on"].to_numpy()
    mine = pd.DataFrame({"group": group, "author": author, "day": day})
    last = mine.groupby(["group", "author"], sort=False)["day"].transform("max").to_numpy()
    standing = numeric & ~(claims["reported_on_until"].to_numpy() < last)
    ends = pd.DataFrame(
        {
            "low": np.where(standing, np.nan_to_num(low, nan=0.0), -np.inf),
            "high": np.where(standing, np.where(np.isnan(high), np.inf, high), np.inf),
        }
    )
    extremes = ends.groupby(group, sort=False).agg({"low": "max", "high": "min"})
    most_low, least_high = (extremes[name].reindex(group).to_numpy() for name in ("low", "high"))
    apart = standing & ((ends["low"].to_numpy() > least_high) | (ends["high"].to_numpy() < most_low))
    contested = ~numeric & claims["status"].isin(["disputed", "denied"]).to_numpy()
    counts = pd.DataFrame({"event": claims["event_id"].to_numpy(), "claims": 1, "disagreeing": (apart | contested) * 1})
    return counts.groupby("event", sort=False).sum()


def figures(chronicle: Chronicle) -> dict[str, list[str]]:
    """Return the spread of the main figures of each event, over all claims, in words.

    Examples
    --------
    >>> from helpers import load
    >>> figures(load())["2020-01-08-iran-missiles-al-asad-erbil"][0]
    'killed (Americans): 0 to 109, 6 claims'
    """
    claims = chronicle.claims
    field = claims["field"].astype(object)
    main = claims[field.isin(FIGURES) & (claims["low"].notna() | claims["high"].notna())]
    counted = main["counted"].fillna("")
    table = pd.DataFrame(
        {
            "event": main["event_id"].to_numpy(),
            "rank": main["field"].astype(object).map({name: place for place, name in enumerate(FIGURES)}).to_numpy(),
            "counted": counted.to_numpy(),
            "unit": main["unit"].astype(object).to_numpy(),
            "low": main["low"].fillna(main["high"]).to_numpy(),
            "high": main["high"].fillna(main["low"]).to_numpy(),
            "open": (main["high"].isna()).to_numpy(),
        }
    )
    groups = table.groupby(["event", "rank", "counted"], sort=False)
    spread = groups.agg(
        low=("low", "min"), high=("high", "max"), claims=("low", "size"), unit=("unit", "first")
    ).reset_index()
    # The group that most claims count speaks for its figure; another one only where room is left.
    spread = spread.sort_values(["event", "rank", "claims"], ascending=[True, True, False], kind="stable")
    spread = spread.drop_duplicates(["event", "rank"])
    names = list(FIGURES.values())
    told: dict[str, list[str]] = {}
    for event, rank, group, low, high, count, unit in spread.itertuples(index=False, name=None):
        lines = told.setdefault(event, [])
        if len(lines) < MOST_FIGURES:
            what = (group if names[rank] in group else f"{names[rank]} ({group})") if group else names[rank]
            of = f" {unit}" if names[rank] == "price" else ""
            lines.append(f"{what}: {said(low, high)}{of}, {count} {'claim' if count == 1 else 'claims'}")
    return told


def when(events: pd.DataFrame) -> list[str]:
    """Return, for each event, its local time and its UTC time in words.

    Examples
    --------
    >>> from helpers import load
    >>> when(load().events.loc[["2020-01-03-soleimani-muhandis-killing"]])
    ['Friday 3 January 2020, 00:47 local time (UTC+3); 2 January, 21:47 UTC']
    """
    day = _days(events["date"])
    end = _days(events["end_date"])
    utc = events["start_utc"]
    utc_day = utc.dt.day.astype("Int64").astype(str) + " " + utc.dt.strftime("%B, %H:%M").fillna("")
    words = []
    for date, last, precision, clock, offset, universal in zip(
        day,
        end,
        events["date_precision"],
        events["time_local"],
        events["utc_offset_hours"],
        utc_day,
        strict=True,
    ):
        if precision == "between" and last:
            words.append(f"on one day from {date} to {last}; which is not known")
        elif precision == "month":
            words.append(f"from {date} to {last or 'the end of the month'}; the day is not known")
        elif isinstance(clock, str) and clock:
            there = "" if pd.isna(offset) else f" ({zone(offset)}); {universal} UTC"
            words.append(f"{date}, {clock} local time{there}" + (f"; until {last}" if last else ""))
        else:
            words.append(f"{date}{f' to {last}' if last else ''}, hour not known")
    return words


def told(chronicle: Chronicle) -> pd.DataFrame:
    """Return what figures tell of each event of a view; it is found out once for each day and kept with the record.

    Parameters
    ----------
    chronicle
        The record or a view of it.

    Returns
    -------
    DataFrame
        One row for each event: the columns of :func:`moments` on the clock that most events of the record have,
        ``when`` in words, the number of ``sources``, and the columns of :func:`claim_counts`.

    Examples
    --------
    >>> from helpers import load
    >>> told(load()).loc["2020-01-08-iran-missiles-al-asad-erbil", "when"]
    'Wednesday 8 January 2020, 01:30 local time (UTC+3); 7 January, 22:30 UTC'
    """
    facts = chronicle.derived(_told)
    return facts.iloc[facts.index.get_indexer(chronicle.events.index)]


def glances(chronicle: Chronicle) -> np.ndarray:
    """Return the hover text of each event: title, time, side and kind, place, figures, sources and disagreement.

    Everything that comes from the record is escaped: Plotly reads some HTML.

    Parameters
    ----------
    chronicle
        The record or a view of it.
    """
    texts = chronicle.derived(_glances)
    return np.asarray(texts.to_numpy()[texts.index.get_indexer(chronicle.events.index)])


def short_glances(chronicle: Chronicle) -> np.ndarray:
    """Return a short hover text of each event, its title and its time, for figures of very many events."""
    texts = chronicle.derived(_short_glances)
    return np.asarray(texts.to_numpy()[texts.index.get_indexer(chronicle.events.index)])


def _told(chronicle: Chronicle) -> pd.DataFrame:
    events = chronicle.events
    counts = claim_counts(chronicle).reindex(events.index).fillna(0).astype(int)
    table = moments(events, common_clock(chronicle.whole.events)).join(counts)
    return table.assign(when=when(events), sources=[len(pages) for pages in events["source_ids"]])


def _glances(chronicle: Chronicle) -> pd.Series:
    events, facts, spreads = chronicle.events, chronicle.derived(_told), figures(chronicle)
    texts = []
    for event, title, moment, kind, side, place, sources, claims, apart in zip(
        events.index,
        events["title"],
        facts["when"],
        events["kind"].astype(object),
        events["side"].astype(object),
        events["place_text"].fillna(""),
        facts["sources"],
        facts["claims"],
        facts["disagreeing"],
        strict=True,
    ):
        about = f"{style.mark(side).label} · {kind.replace('-', ' ')}"
        lines = [_bold(title), safe(moment), safe(about)]
        if place:
            lines += map(safe, wrap_to(place, 420))
        lines += map(safe, spreads.get(event, ()))
        lines.append(_evidence(sources, claims, apart))
        texts.append("<br>".join(lines))
    return pd.Series(texts, index=events.index, dtype=object)


def _short_glances(chronicle: Chronicle) -> pd.Series:
    events, moment = chronicle.events, chronicle.derived(_told)["when"]
    texts = [f"{_bold(title)}<br>{safe(at)}" for title, at in zip(events["title"], moment, strict=True)]
    return pd.Series(texts, index=events.index, dtype=object)


def _bold(title: str) -> str:
    return f"<b>{'<br>'.join(map(safe, wrap_to(title, 420)))}</b>"


def _evidence(sources: int, claims: int, apart: int) -> str:
    pages = f"{sources} {'source' if sources == 1 else 'sources'}"
    if not claims:
        return f"{pages}, no claim"
    words = f"{pages}, {claims} {'claim' if claims == 1 else 'claims'}"
    if not apart:
        return f"{words}, none of them disagree" if claims > 1 else words
    return f"{words}, {apart} of them disagree{'s' if apart == 1 else ''}"


def _days(dates: pd.Series) -> list[str]:
    """Write days as people do, ``""`` where there is none; each day is written once."""
    days = {day: f"{day:%A} {day.day} {day:%B %Y}" for day in dates.dropna().unique()}
    return [days.get(day, "") for day in dates]
