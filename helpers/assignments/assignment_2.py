"""Assignment 2, map the actors: ties on a day, what began, ways between two actors, and on whose word a tie rests."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import combinations
from math import log2
from typing import Any

import numpy as np
import pandas as pd

from helpers.answers import Trial
from helpers.assignments.functions import Function, Mistake
from helpers.chronicle import Chronicle
from helpers.network import changes, neighbours, paths, ties
from helpers.tasks import Slip, Task

LINES = ("part-of", "commands", "led-by", "trains", "funds-arms")  # kinds of tie that could carry orders or arms
DAYS = ("2019-12-27", "2020-04-01", 4)  # the first, the one behind the last, and the steps between
EARLIER = (4, 6, 9, 12, 16, 20, 26)  # days from the earlier day to the day of the map; the first that fits
SOURCES = ("iran", "iraq", "iraq-prime-minister-office", "irgc-quds-force", "united-states")  # where ways begin
TIES = (5, 14)
BEGAN = (4, 10)
SHARED = (1, 6)
STEPS = (3, 5)
WAYS = (2, 4)
OTHERS = 7  # at most so many second actors for a day and a first one
DIFFICULTY = (14.5, 17.25)

TRIALS: tuple[tuple[str, tuple[str, str, str]], ...] = (
    ("two actors who are tied to each other", ("popular-mobilization-forces", "kataib-hezbollah", "2019-12-28")),
    ("the same two on a later day", ("popular-mobilization-forces", "kataib-hezbollah", "2020-03-20")),
    ("two actors who share nobody", ("white-house", "kataib-hezbollah", "2019-12-28")),
    ("two actors, one of whom has several ties to the same third", ("united-states", "irgc-quds-force", "2020-01-05")),
    ("these two in the other order", ("irgc-quds-force", "united-states", "2020-01-05")),
    ("others who are tied to each other", ("cjtf-oir", "iraq", "2020-01-05")),
)
"""The actors and days, besides a student's own, on which the check tries the function of question 2.7."""

Neighbours = Mapping[str, set[str]]


def choices(chronicle: Chronicle) -> list[dict[str, Any]]:
    """Return all variants: a day and an earlier one, two actors, a way from one actor to another, five ties.

    On the day the actor has ties in both directions, which are fewer than those of all days. Since the earlier day some
    ties have begun and some ended. Of the way there are two to four variants over the kinds of ``LINES``, and a shorter
    one over ties of any kind. Of the five ties two are alleged, by different authors, one is contested and two are
    established. So each likely mistake leads to another answer than the right one.
    """
    five = _fives(chronicle)
    found: list[dict[str, Any]] = []
    sizes = []
    for one in _maps(chronicle):
        for pair, size in one.pairs:
            way, length = one.ways[len(found) * 7 % len(one.ways)]
            own = five[len(found) * 11 % len(five)]
            found.append({"day": one.day, "since": one.since, **pair, **way, "five": own})
            sizes.append(one.size + size + length)
    return [one for one, size in zip(found, sizes, strict=True) if DIFFICULTY[0] <= size <= DIFFICULTY[1]]


def in_words(chronicle: Chronicle, settings: Mapping[str, Any]) -> str:
    """Say what a variant asks about."""
    names = chronicle.actors["name"]
    return (
        f"Your day is {_day(settings['day'])}, and you look back to {_day(settings['since'])}. "
        f"Your actor is {names[settings['actor']]}, and the other one is {names[settings['other']]}. "
        f"Your way leads from {names[settings['source']]} to {names[settings['target']]}. "
        f"Your five ties are {', '.join(settings['five'])}."
    )


def difficulty(chronicle: Chronicle, settings: Mapping[str, Any]) -> float:
    """Return how much there is to go through, in doublings: the sum, over the questions, of log2 of what is handled.

    These are the actors tied to the actor (2.1 and 2.2), the ties that began (2.3), the steps of the way (2.4), the actors
    between its ends (2.5) and the actors tied to the other one (2.7); the five ties (2.6) are of one pattern in all
    variants. Twice as many for one question add 1.
    """
    day = settings["day"]
    held = ties(chronicle, on=day)
    way = paths(chronicle, settings["source"], settings["target"], on=day, kinds=LINES)
    began = changes(chronicle, settings["since"], day)["change"] == "began"
    return float(
        2 * log2(len(tied(held, settings["actor"])))
        + log2(began.sum())
        + log2(way["step"].max())
        + log2(len(between(way)))
        + log2(len(tied(held, settings["other"])))
    )


def tied(held: pd.DataFrame, actor: str) -> set[str]:
    """Return the actors at the other ends of an actor's ties."""
    to, of = held["source_actor"] == actor, held["target_actor"] == actor
    return set(held.loc[to, "target_actor"]) | set(held.loc[of, "source_actor"])


def between(way: pd.DataFrame) -> set[str]:
    """Return the actors whom the ways of :func:`helpers.network.paths` pass, without their ends."""
    return set(way.loc[way["step"] > 1, "from_actor"])


def shared(held: pd.DataFrame, one: str, other: str) -> int:
    """Return the number of actors that are tied to both of two."""
    return len(tied(held, one) & tied(held, other))


def shared_function(chronicle: Chronicle, settings: Mapping[str, Any]) -> Function:
    """Return what is asked for in question 2.7, with its likely mistakes."""
    ends = ("source_actor", "target_actor")

    @cache
    def held(day: str | None) -> pd.DataFrame:
        return ties(chronicle, on=day)

    def others(actor: str, day: str, start: Sequence[str] = ends) -> list[str]:
        """Return who stands at the other ends of an actor's ties, once for each tie, where the actor is at ``start``."""
        rows = held(day)
        return [other for at, to in (ends, ends[::-1]) if at in start for other in rows.loc[rows[at] == actor, to]]

    def one_way(end: str) -> Callable[[str, str, str], int]:
        return lambda one, other, day: len(set(others(one, day, [end])) & set(others(other, day, [end])))

    def several_times(one: str, other: str, day: str) -> int:
        near = others(other, day)
        return sum(actor in near for actor in others(one, day))

    def with_both(one: str, other: str, day: str) -> int:
        return len({one, *others(one, day)} & {other, *others(other, day)})

    def belonging(one: str, other: str, day: str) -> int:
        near = [set(neighbours(chronicle, actor, on=day).index) for actor in (one, other)]
        return len((near[0] & near[1]) - {one, other})

    def right(one: str, other: str, day: str) -> int:
        return shared(held(day), one, other)

    return Function(
        "shared",
        right,
        (
            Mistake(
                "Your function counts ties of all days. It must use the day that it gets.",
                (lambda one, other, day: shared(held(None), one, other),),
            ),
            Mistake(
                "Your function reads ties in one direction only. Both ends of a tie count.",
                (one_way("source_actor"), one_way("target_actor")),
            ),
            Mistake(
                "Your function counts those tied to the one or to the other. Count those tied to both: `&`.",
                (lambda one, other, day: len({*others(one, day), *others(other, day)}),),
            ),
            Mistake(
                "Your function counts the two actors themselves where a tie joins them. Take them out of the sets.",
                (with_both,),
            ),
            Mistake(
                "Your function takes off the two actors in any case. They are among those counted only if a tie joins them.",
                (lambda one, other, day: with_both(one, other, day) - 2,),
            ),
            Mistake(
                "Your function counts an actor once for each tie. Count each actor once: `set` makes a set of a column.",
                (several_times, lambda one, other, day: several_times(other, one, day)),
            ),
            Mistake(
                "`neighbours` also counts belonging to a body, which is no tie of the table. Look at both ends of the ties.",
                (belonging,),
            ),
            Mistake(
                "Your function does not use all that it gets. Inside stand `one`, `other` and `day`, never `mine`.",
                (
                    lambda one, other, day: right(one, other, settings["day"]),
                    lambda one, other, day: right(settings["actor"], settings["other"], day),
                ),
            ),
        ),
    )


def tasks(chronicle: Chronicle, settings: Mapping[str, Any]) -> dict[str, Task]:
    """Return the questions of a variant that a machine can check."""
    day, since, actor, other = settings["day"], settings["since"], settings["actor"], settings["other"]
    source, target, five = settings["source"], settings["target"], list(settings["five"])

    def held(c: Chronicle) -> pd.DataFrame:
        return ties(c, on=day)

    def touching(rows: pd.DataFrame, ends: Iterable[str] = ("source_actor", "target_actor")) -> pd.DataFrame:
        return rows[(rows[list(ends)] == actor).any(axis=1)]

    def changed(c: Chronicle, *kinds: str) -> set[str]:
        rows = changes(c, since=since, on=day)
        return set(rows.index[rows["change"].isin(kinds)] if kinds else rows.index)

    def way(c: Chronicle, kinds: Iterable[str] | None = LINES) -> pd.DataFrame:
        return paths(c, source, target, on=day, kinds=kinds)

    def steps(c: Chronicle, kinds: Iterable[str] | None = LINES) -> int:
        return int(way(c, kinds)["step"].max())

    def of_five(c: Chronicle, column: str, *statuses: str) -> dict[str, Any]:
        rows = c.relations.loc[five]
        chosen = rows.loc[rows["status"].isin(statuses), column]
        return {str(key): value if isinstance(value, str) else None for key, value in chosen.items()}

    def belonging(c: Chronicle) -> set[str]:
        return set(neighbours(c, actor, on=day).index) - {actor}

    now = held(chronicle)
    of_any_kind = Slip(
        lambda c: between(way(c, None)),
        "These stand on ways over ties of any kind. Add the kinds.",
    )
    near = Slip(
        belonging,
        "`neighbours` also counts belonging to a body, which is no tie of the table. Look at both ends of the ties.",
    )
    return {
        "2.1": Task(
            right=lambda c: tied(held(c), actor),
            slips=(
                Slip(
                    lambda c: set(touching(held(c), ["source_actor"])["target_actor"]),
                    "These are the ties that start at your actor. Those that end at it count too.",
                ),
                Slip(
                    lambda c: set(touching(held(c), ["target_actor"])["source_actor"]),
                    "These are the ties that end at your actor. Those that start at it count too.",
                ),
                Slip(
                    lambda c: tied(ties(c), actor),
                    "These are the ties of all days. Give `ties` your day.",
                ),
                Slip(
                    lambda c: tied(held(c), actor) | {actor},
                    'Your actor itself is among them. Take it out: `- {mine["actor"]}`. In curly brackets it is a set of one.',
                ),
                Slip(
                    lambda c: set(touching(held(c)).index),
                    "These are the keys of the ties. The actors stand in `source_actor` and `target_actor`.",
                ),
                Slip(
                    lambda c: {actor},
                    "This is your actor alone. `&` keeps what is in both sets; `|` joins them.",
                ),
                *([near] if belonging(chronicle) not in (tied(now, actor), tied(ties(chronicle), actor)) else []),
            ),
            otherwise="Take the ties in force at the end of your day. Your actor may stand in `source_actor` or in "
            "`target_actor`; collect those at the other end. `set` makes a set of a column, and `|` joins two sets.",
            praise="Who is tied to whom says nothing yet about how: enemies are tied too.",
        ),
        "2.2": Task(
            right=lambda c: _counts(touching(held(c))["kind"]),
            slips=(
                Slip(
                    lambda c: _counts(held(c)["kind"]),
                    "These are the kinds of all ties of the day. Keep those of your actor.",
                ),
                Slip(
                    lambda c: _counts(touching(held(c), ["source_actor"])["kind"]),
                    "These are the ties that start at your actor. Those that end at it count too.",
                ),
                Slip(
                    lambda c: _counts(touching(ties(c))["kind"]),
                    "These are the ties of all days. Give `ties` your day.",
                ),
                Slip(
                    lambda c: _counts(touching(held(c))["status"]),
                    "You counted how sure the ties are. The question is about their kinds.",
                ),
            ),
            otherwise="Take the ties of your day that have your actor at one end, and let `value_counts` count their kinds.",
        ),
        "2.3": Task(
            right=lambda c: changed(c, "began"),
            slips=(
                Slip(lambda c: changed(c, "ended"), "These ties ended. The others are asked for."),
                Slip(lambda c: changed(c), "Some of these ended. Look at the column `change`."),
                Slip(
                    lambda c: set(held(c).index),
                    "These are all ties in force on your day. Which of them had not begun on the earlier day?",
                ),
            ),
            otherwise="Call `changes` with the earlier day as `since` and your day as `on`, and keep the rows that say "
            "that a tie began.",
            praise="That a tie began in the record often means that somebody said something in public on that day.",
        ),
        "2.4": Task(
            right=lambda c: {"lines": steps(c), "any": steps(c, None)},
            slips=(
                Slip(
                    lambda c: {"lines": steps(c, None), "any": steps(c, None)},
                    "Both are the way over ties of any kind, also opponents. Add the kinds for the first.",
                ),
                Slip(
                    lambda c: {"lines": steps(c), "any": steps(c)},
                    "Both are the way over your five kinds. Leave the kinds out for the second.",
                ),
                Slip(lambda c: {"lines": steps(c, None), "any": steps(c)}, "You have mixed up the two."),
                Slip(
                    lambda c: {"lines": len(way(c)), "any": len(way(c, None))},
                    "These are all rows of the tables, and they hold several ways. Look at the column `step`.",
                ),
                Slip(
                    lambda c: {"lines": steps(c) + 1, "any": steps(c, None) + 1},
                    "These are the numbers of actors on the way, both ends included. Count the steps from one to the next.",
                ),
            ),
            otherwise="Call `paths` from your first actor to your last one on your day, once with the five kinds and once "
            "without. The largest number of the column `step` is asked for.",
            praise="A way is a chain of published ties. No order need ever have gone along it, and over opponents it "
            "means even less.",
        ),
        "2.5": Task(
            right=lambda c: between(way(c)),
            slips=(
                Slip(
                    lambda c: between(way(c)) | {source, target},
                    'The two ends are among them. Take them out of your set: `- {mine["source"], mine["target"]}`.',
                ),
                Slip(
                    lambda c: between(way(c)[lambda rows: rows["path"] == 1]),
                    "These stand on the first way. There is more than one.",
                ),
                Slip(lambda c: between(way(c)) | {source}, "Your first actor is the start, so it is not between."),
                Slip(lambda c: between(way(c)) | {target}, "Your last actor is the end, so it is not between."),
                *([of_any_kind] if between(way(chronicle, None)) else []),
            ),
            otherwise="Take the same table as for the steps. Each row leads from one actor to the next; collect them over "
            "all ways and leave out the two ends.",
            praise="If one of them drops out, another way may remain. So nobody on several ways is a single link.",
        ),
        "2.6": Task(
            right=lambda c: of_five(c, "stated_by", "alleged"),
            slips=(
                Slip(
                    lambda c: of_five(c, "stated_by", "alleged", "contested"),
                    "“contested” means that sources disagree. Keep the ties that rest on one party's word: “alleged”.",
                ),
                Slip(
                    lambda c: of_five(c, "stated_by", "alleged", "contested", "established"),
                    "These are all five. Keep the ties that rest on one party's word: “alleged”.",
                ),
                Slip(
                    lambda c: {who: tie for tie, who in of_five(c, "stated_by", "alleged").items()},
                    "The other way round: the key of the tie first, then who states it.",
                ),
                Slip(
                    lambda c: of_five(c, "source_actor", "alleged"),
                    "These are the actors at which the ties start. Who states them stands in another column.",
                ),
            ),
            otherwise="Take the rows of your five ties from `chronicle.relations`, keep those with the status “alleged”, "
            "and give the column `stated_by`.",
            praise="Such a tie may well be real. But it leans on one voice, and that voice has an interest.",
        ),
        "2.7": shared_function(chronicle, settings).checked(
            Trial((actor, other, day), "your own two actors", 'shared(mine["actor"], mine["other"], mine["day"])'),
            TRIALS,
            otherwise="Make the set of those tied to the one, and the set of those tied to the other, on the day. Count "
            "what is in both.",
            praise="Your function works on your two actors and on others, who are tied to each other or not.",
        ),
    }


def _counts(column: pd.Series) -> dict[str, int]:
    return {str(value): int(count) for value, count in column.value_counts().items() if count}


def _day(text: str) -> str:
    day = pd.Timestamp(text)
    return f"{day.day} {day:%B %Y}"


@dataclass(frozen=True, slots=True)
class _Map:
    """What can be asked about a day: pairs of actors and ways, each with its share of the difficulty."""

    day: str
    since: str
    size: float
    pairs: list[tuple[dict[str, str], float]]
    ways: list[tuple[dict[str, str], float]]


def _maps(chronicle: Chronicle) -> list[_Map]:
    """Return what can be asked about each day, by numbers and plain loops: it must take a blink of an eye."""
    relations = chronicle.relations
    start, end_until = (relations[name].to_numpy().astype("M8[D]") for name in ("start", "end_until"))
    ends = list(zip(relations["source_actor"], relations["target_actor"], strict=True))
    on_lines = relations["kind"].isin(LINES).to_numpy()
    ever = _graph(ends, np.ones(len(ends), dtype=bool))

    def in_force(day: np.datetime64) -> np.ndarray:
        one_day = (start == day) & (end_until == day)
        return (np.isnat(start) | (start <= day)) & (np.isnat(end_until) | (end_until > day) | one_day)

    found = []
    days: np.ndarray = np.arange(np.datetime64(DAYS[0]), np.datetime64(DAYS[1]), np.timedelta64(DAYS[2], "D"))
    for day in days:
        now = in_force(day)
        for since in day - np.array(EARLIER, dtype="m8[D]"):
            then = in_force(since)
            began, ended = int((now & ~then).sum()), int((then & ~now).sum())
            passing = ((start > since) & (end_until <= day)).any()
            if BEGAN[0] <= began <= BEGAN[1] and ended and not passing:
                break
        else:
            continue
        graph = _graph(ends, now)
        lines = _graph(ends, now & on_lines)
        pairs, ways = _pairs(graph, ever, _forward(ends, now)), _ways(lines, graph)
        if ways:
            found.append(_Map(str(day), str(since), log2(began), pairs, ways))
    return found


def _graph(ends: list[tuple[str, str]], chosen: np.ndarray) -> dict[str, set[str]]:
    graph: dict[str, set[str]] = defaultdict(set)
    for place in np.flatnonzero(chosen):
        a, b = ends[place]
        graph[a].add(b)
        graph[b].add(a)
    return dict(graph)


def _forward(ends: list[tuple[str, str]], chosen: np.ndarray) -> dict[str, set[str]]:
    graph: dict[str, set[str]] = defaultdict(set)
    for place in np.flatnonzero(chosen):
        graph[ends[place][0]].add(ends[place][1])
    return graph


def _pairs(graph: Neighbours, ever: Neighbours, forward: Neighbours) -> list[tuple[dict[str, str], float]]:
    """Return pairs of actors in which no likely mistake leads to the right answer."""
    fit = {
        actor: len(near)
        for actor, near in sorted(graph.items())
        if TIES[0] <= len(near) <= TIES[1]
        and near != ever[actor]
        and forward.get(actor, set()) not in (set(), near)
        and near - forward.get(actor, set())
    }
    found = []
    others = [other for other in sorted(graph) if TIES[0] <= len(graph[other]) <= TIES[1]]
    for place, actor in enumerate(fit):
        chosen: list[tuple[dict[str, str], float]] = []
        for other in others[place:] + others[:place]:
            if other == actor:
                continue
            both = len(graph[actor] & graph[other])
            either = len(graph[actor] | graph[other])
            one_way = len(forward.get(actor, set()) & forward.get(other, set()))
            if SHARED[0] <= both <= SHARED[1] and len({both, either, one_way}) == 3:
                chosen.append(({"actor": actor, "other": other}, 2 * log2(fit[actor]) + log2(len(graph[other]))))
        found += chosen[:OTHERS]
    return found


def _ways(lines: Neighbours, graph: Neighbours) -> list[tuple[dict[str, str], float]]:
    """Return starts and ends of ways over the lines of command that are longer than over ties of any kind."""
    found = []
    for source in SOURCES:
        if source not in lines:
            continue
        steps, count = _walk(lines, source)
        short, _ = _walk(graph, source)
        for target in sorted(steps):
            length = steps[target]
            if STEPS[0] <= length <= STEPS[1] and WAYS[0] <= count[target] <= WAYS[1] and short[target] < length:
                passed = _passed(lines, steps, source, target)
                size = log2(length) + log2(len(passed))
                found.append(({"source": source, "target": target}, size))
    return found


def _walk(graph: Neighbours, source: str) -> tuple[dict[str, int], dict[str, int]]:
    """Return for each actor that can be reached the number of steps and the number of shortest ways."""
    steps, count, order = {source: 0}, {source: 1}, [source]
    for actor in order:
        for near in graph[actor]:
            if near not in steps:
                steps[near], count[near] = steps[actor] + 1, 0
                order.append(near)
            if steps[near] == steps[actor] + 1:
                count[near] += count[actor]
    return steps, count


def _passed(graph: Neighbours, steps: Mapping[str, int], source: str, target: str) -> set[str]:
    passed, edge = set(), {target}
    while edge:
        edge = {near for actor in edge for near in graph[actor] if steps.get(near) == steps[actor] - 1} - {source}
        passed |= edge
    return passed


def _fives(chronicle: Chronicle) -> list[list[str]]:
    """Return fives of ties: two alleged by different authors, one contested, two established, in no telling order."""
    relations = chronicle.relations
    by = {
        status: relations.index[relations["status"] == status].tolist() for status in relations["status"].cat.categories
    }
    author = relations["stated_by"].to_dict()
    source = relations["source_actor"].to_dict()
    found = []
    for place, (a, b) in enumerate(combinations(by["alleged"], 2)):
        telling = {source[a], source[b]} & {author[a], author[b]}
        if author[a] == author[b] or telling:
            continue
        contested = by["contested"][(place * 3) % len(by["contested"])]
        established = [by["established"][(place * step) % len(by["established"])] for step in (17, 29)]
        five = {a, b, contested, *established}
        if len(five) == 5:
            found.append(sorted(five))
    return found
