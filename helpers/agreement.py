"""How well coders agree on the levels of events, and a ladder of acts made from comparisons of two.

Agreement is Krippendorff's alpha, computed by the ``krippendorff`` package (https://pypi.org/project/krippendorff/). Its
interval comes from drawing the events anew, with replacement. The ladder is the model of Bradley and Terry ("The many
routes to the ubiquitous Bradley-Terry model", https://arxiv.org/html/2312.13619v2), fitted by repeated rescaling of the
strengths.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias, get_args

import krippendorff
import numpy as np
import pandas as pd

from helpers.chronicle import check

Scale: TypeAlias = Literal["nominal", "ordinal", "interval"]
SCALES = get_args(Scale)
"""What the levels are: mere names; steps in an order; steps of the same size."""

Codings: TypeAlias = "Mapping[str, Mapping[Any, Any]] | pd.DataFrame"


@dataclass(frozen=True, slots=True)
class Agreement:
    """How well coders agree; made by :func:`agreement`.

    ``low`` and ``high`` enclose nineteen in twenty of the alphas of redrawn events. ``events`` counts those with a
    level from two coders or more; the others say nothing about agreement.
    """

    alpha: float
    low: float
    high: float
    events: int
    coders: int
    scale: str

    @property
    def text(self) -> str:
        """The result in words."""
        spread = "no interval: too few events" if np.isnan(self.low) else f"from {self.low:.2f} to {self.high:.2f}"
        return f"alpha {self.alpha:.2f} ({spread}); {self.events} events, {self.coders} coders, {self.scale} scale"

    def __repr__(self) -> str:
        return self.text


def coding_table(codings: Codings) -> pd.DataFrame:
    """Return codings as a table: a row for each event, a column for each coder, empty where a coder gave no level.

    Parameters
    ----------
    codings
        For each coder, a level for each event; or such a table. ``None`` and ``...`` stand for no level.

    Raises
    ------
    ValueError
        If there is no coder, a coder's levels don't say for which events they are, or something is not a number.

    Examples
    --------
    >>> coding_table({"Ana": {1: 4, 2: 5}, "Ben": {1: 4, 2: None}})
       Ana  Ben
    1  4.0  4.0
    2  5.0  NaN
    """
    if not isinstance(codings, pd.DataFrame):
        for coder, levels in codings.items():
            if not isinstance(levels, (Mapping, pd.Series)):
                what = f"{type(levels).__name__} found"
                raise ValueError(f"the levels of {coder!r}: {what}, a dict with a level for each event expected")
    table = pd.DataFrame(codings if isinstance(codings, pd.DataFrame) else {k: dict(v) for k, v in codings.items()})
    if table.shape[1] == 0:
        raise ValueError("there is no coder; give a dict with a dict of levels for each coder")
    table = table.astype(object).where(table.map(lambda level: level is not ...), None)
    try:
        return table.apply(pd.to_numeric).astype(float)
    except (TypeError, ValueError) as error:
        raise ValueError(f"a level is a number or None ({error})") from None


def alpha(codings: Codings, scale: Scale = "ordinal") -> float:
    """Return Krippendorff's alpha: 1 is full agreement, 0 what chance would give, below 0 less than that.

    Alpha is 1 minus the disagreement seen within events, divided by the disagreement that would be expected if the
    same levels were dealt out over the events by chance. Gaps and any number of coders are allowed.

    Parameters
    ----------
    codings
        For each coder, a level for each event (see :func:`coding_table`).
    scale
        ``"ordinal"``: levels have an order, and a disagreement weighs more the more levels given lie between;
        ``"nominal"``: they are names, and every disagreement weighs the same; ``"interval"``: steps are of one size.

    Returns
    -------
    float
        Alpha; not a number if no event has two levels, or if everybody gave one and the same level throughout.

    Raises
    ------
    ValueError
        If the scale is unknown (the nearest is named) or a level is no number.

    Examples
    --------
    >>> codes = {"Ana": {"a": 1, "b": 2, "c": 4, "d": 5}, "Ben": {"a": 1, "b": 2, "c": 5, "d": 5}}
    >>> round(alpha(codes), 2), round(alpha(codes, "nominal"), 2)
    (0.91, 0.7)
    """
    check("scale", scale, SCALES)
    values, counts = _counts(coding_table(codings))
    return _alpha(values, counts, scale)


def agreement(codings: Codings, scale: Scale = "ordinal", draws: int = 2000, seed: int = 2020) -> Agreement:
    """Return alpha with its interval.

    The interval answers: how far might alpha have come out with other events of this sort? As many events as there are
    are drawn from them, with replacement, ``draws`` times; the interval leaves out the lowest and highest 2.5 per cent
    of the alphas. With few events it is wide, and that is its message. Draws in which all levels are the same have no
    alpha and are left out.

    Parameters
    ----------
    codings, scale
        As in :func:`alpha`.
    draws
        How many times the events are drawn.
    seed
        Seed of the generator: the same seed gives the same interval.

    Raises
    ------
    ValueError
        As in :func:`alpha`, or if ``draws`` is below 1.

    Examples
    --------
    >>> agreement({"Ana": {"a": 1, "b": 2, "c": 4, "d": 5}, "Ben": {"a": 1, "b": 3, "c": 4, "d": 4}})
    alpha 0.89 (from -0.17 to 1.00); 4 events, 2 coders, ordinal scale
    """
    check("scale", scale, SCALES)
    if draws < 1:
        raise ValueError("`draws` must be 1 or more")
    table = coding_table(codings)
    values, counts = _counts(table)
    events = len(counts)
    low = high = np.nan
    if events > 1:
        drawn = np.random.default_rng(seed).integers(events, size=(draws, events))
        found = np.array([_alpha(values, counts[chosen], scale) for chosen in drawn])
        if not np.isnan(found).all():
            low, high = np.nanquantile(found, [0.025, 0.975])
    coders = int(table.notna().any().sum())
    return Agreement(_alpha(values, counts, scale), float(low), float(high), events, coders, scale)


def disagreements(codings: Codings, scale: Scale = "ordinal") -> pd.DataFrame:
    """Return the events with the levels that each coder gave, the worst disagreement first.

    Parameters
    ----------
    codings, scale
        As in :func:`alpha`.

    Returns
    -------
    DataFrame
        The columns of :func:`coding_table`, then ``share``: the part of all disagreement that this event brings
        (0 to 1). Events with fewer than two levels have none: alpha can't see them.

    Examples
    --------
    >>> disagreements({"Ana": {"a": 1, "b": 2, "c": 4}, "Ben": {"a": 1, "b": 5, "c": 5}})["share"].round(2)
    b    0.74
    c    0.26
    a    0.00
    Name: share, dtype: float64
    """
    check("scale", scale, SCALES)
    table = coding_table(codings)
    values, counts = _counts(table)
    # How often each pair of levels meets in an event: each level meets the m - 1 others, and counts once in all.
    pairs = counts[:, :, None] * (counts[:, None, :] - np.eye(len(values)))
    pairs = pairs / np.maximum(counts.sum(axis=1) - 1, 1)[:, None, None]
    seen = (pairs * _distances(values, pairs.sum(axis=(0, 1)), scale)).sum(axis=(1, 2))
    share = pd.Series(seen / seen.sum() if seen.sum() else seen, index=table.index[table.notna().sum(axis=1) > 1])
    table = table.assign(share=share.reindex(table.index))
    return table.sort_values("share", ascending=False, na_position="last", kind="stable")


def ladder(duels: Iterable[tuple[Any, Any]], caution: float = 0.5) -> pd.DataFrame:
    """Return a ladder of acts, made from comparisons that say which of two is graver.

    In the model of Bradley and Terry each act has a strength, and an act of strength a is called graver than one of
    strength b with the chance a / (a + b). The strengths that fit the comparisons best make the ladder. So that an act
    that won or lost every time stays on it, each also has ``caution`` wins and losses against an average act.

    Parameters
    ----------
    duels
        One pair for each comparison: first the graver act, then the other.
    caution
        Wins and losses against an average act, added to each; more than 0.

    Returns
    -------
    DataFrame
        A row for each act, the gravest first: ``wins``, ``comparisons``, and ``beats_average``, the chance that it would
        be called graver than an average act (0 to 1).

    Raises
    ------
    ValueError
        If there is no comparison, something is no pair, an act is compared with itself, or ``caution`` is not above 0.

    Examples
    --------
    >>> ladder([("raid", "note"), ("raid", "threat"), ("threat", "note")])["wins"].to_dict()
    {'raid': 2, 'threat': 1, 'note': 0}
    """
    pairs = [tuple(pair) if isinstance(pair, (tuple, list)) else (pair,) for pair in duels]
    for pair in pairs:
        if len(pair) != 2:
            raise ValueError(f"{pair} found, a pair expected: first the graver act, then the other")
    if not pairs:
        raise ValueError("there is no comparison yet; give pairs: first the graver act, then the other")
    if not caution > 0:
        raise ValueError("`caution` must be above 0")
    acts = list(dict.fromkeys(act for pair in pairs for act in pair))
    place = {act: number for number, act in enumerate(acts)}
    won = np.zeros((len(acts), len(acts)))
    for graver, other in pairs:
        if graver == other:
            raise ValueError(f"{graver!r} is compared with itself")
        won[place[graver], place[other]] += 1
    met = won + won.T
    strength = np.ones(len(acts))
    for _ in range(10_000):
        against = (met / (strength[:, None] + strength[None, :])).sum(axis=1) + 2 * caution / (strength + 1)
        better = (won.sum(axis=1) + caution) / against
        done = np.allclose(better, strength, rtol=1e-12, atol=0)
        strength = better
        if done:
            break
    table = pd.DataFrame(
        {
            "wins": won.sum(axis=1).astype(int),
            "comparisons": met.sum(axis=1).astype(int),
            "beats_average": strength / (1 + strength),
        },
        index=pd.Index(acts, name="act"),
    )
    return table.sort_values("beats_average", ascending=False, kind="stable")


def _counts(table: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    """Return the levels given, and how often each was given to each event that has two levels or more."""
    codes = table.to_numpy()
    codes = codes[(~np.isnan(codes)).sum(axis=1) > 1]
    values = np.unique(codes[~np.isnan(codes)])
    return values, (codes[:, :, None] == values).sum(axis=1)


def _alpha(values: np.ndarray, counts: np.ndarray, scale: Scale) -> float:
    """Return alpha, or not a number where everybody gave one and the same level."""
    if (counts.sum(axis=0) > 0).sum() < 2:
        return np.nan
    return float(krippendorff.alpha(value_counts=counts, value_domain=values, level_of_measurement=scale))


def _distances(values: np.ndarray, totals: np.ndarray, scale: str) -> np.ndarray:
    """Return the squared distances between levels; ``totals`` tells how often each level was given."""
    if scale == "nominal":
        return 1 - np.eye(len(values))
    # On an ordinal scale a level lies in the middle of all levels given so far, its own counted half.
    places = values if scale == "interval" else np.cumsum(totals) - totals / 2
    return (places[:, None] - places[None, :]) ** 2
