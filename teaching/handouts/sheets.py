"""What stands on the handout of each lesson: which figure, which columns of its table, which questions."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

import pandas as pd
import plotly.graph_objects as go

from helpers import (
    actor_map,
    chance,
    claims_chart,
    ledger,
    load,
    response_chain,
    timeline,
)
from helpers.chronicle import Chronicle, shipped_folder

WIDTH = 760
"""Width in pixels at which a figure is drawn; on paper it is a little smaller, so that its text is still read with ease."""
EVENTS = MappingProxyType({"when": "When", "title": "Event", "lane": "Row", "sources": "Sources"})
CLAIMS = MappingProxyType({"reported": "Reported", "claimant": "Who says so", "said": "What", "status": "Judged later"})


@dataclass(frozen=True)
class Sheet:
    """The handout of one lesson.

    Parameters
    ----------
    draw
        Makes the figure out of the record.
    columns
        Columns of the figure's table that are printed, each with its heading.
    questions
        Three questions, each with room to write.
    record
        Gives the record that the figure is drawn from.
    rows
        How many rows of the table are printed.
    lines
        How many ruled lines each question has.
    room
        Day of a decision room whose situation and options are printed, if any.
    """

    draw: Callable[[Chronicle], go.Figure]
    columns: Mapping[str, str]
    questions: tuple[str, str, str]
    record: Callable[[], Chronicle] = load
    rows: int = 8
    lines: int = 3
    room: str = ""


def _gulf() -> Chronicle:
    return load(shipped_folder() / "gulf-2019")


def _story(chronicle: Chronicle) -> go.Figure:
    return timeline(chronicle.only(importance=1).between("2019-12-01", "2020-03-31"), width=WIDTH)


def _explosions(chronicle: Chronicle) -> go.Figure:
    summer = chronicle.between("2019-07-01", "2019-09-30")
    return timeline(summer.only(actor="popular-mobilization-forces"), lanes="kind", width=WIDTH)


def _eight_days(chronicle: Chronicle) -> go.Figure:
    days = chronicle.between("2019-12-26", "2020-01-02").only(importance=[1, 2])
    return timeline(days, lanes="kind", width=WIDTH)


def _answers(chronicle: Chronicle) -> go.Figure:
    fortnight = chronicle.between("2020-01-01", "2020-01-15").only(importance=1)
    return response_chain(fortnight, "2020-01-03-soleimani-muhandis-killing")


def _injuries(chronicle: Chronicle) -> go.Figure:
    missiles = "2020-01-08-iran-missiles-al-asad-erbil"
    return claims_chart(chronicle, event=missiles, field="tbi", counted="US troops with brain injury", rule=None)


def _march(chronicle: Chronicle) -> go.Figure:
    kinds = ["rocket-attack", "troop-movement", "health"]
    return timeline(chronicle.only(chapter="march", kind=kinds), lanes="kind", labels="all", width=WIDTH)


def _ties(chronicle: Chronicle) -> go.Figure:
    return actor_map(chronicle, on="2019-12-29", focus="kataib-hezbollah")


def _killed(chronicle: Chronicle) -> go.Figure:
    strikes = "2019-12-29-us-strikes-kataib-hezbollah"
    return claims_chart(chronicle, event=strikes, field="killed", counted="PMF members", rule="best")


def _accident(chronicle: Chronicle) -> go.Figure:
    quarter = chronicle.between("2019-12-01", "2020-03-31")
    return chance(quarter, first=["iran", "iran-aligned", "contested"], then="us-led", within=7)


def _evening(chronicle: Chronicle) -> go.Figure:
    days = chronicle.between("2019-12-02", "2020-01-03")
    return timeline(days, lanes="kind", as_of="2019-12-28", width=WIDTH)


def _blame(chronicle: Chronicle) -> go.Figure:
    return ledger(chronicle, event="2019-09-14-abqaiq-khurais", field=["responsible", "denied-responsibility"])


SHEETS: Mapping[str, Sheet] = MappingProxyType(
    {
        "00": Sheet(
            _story,
            EVENTS,
            (
                "Which row has the most marks? Give one reason why this does not show who did the most.",
                "Choose two marks that stand close together. What would you need to know before you say that the second "
                "was an answer to the first?",
                "Who lived through these months and has no row of their own? What could their row change?",
            ),
            rows=6,
        ),
        "01": Sheet(
            _explosions,
            EVENTS,
            (
                "Some of these events stand in the row “Airstrike”, some in the row “Other”. What would you need to see "
                "before you move one from the second row to the first?",
                "Only one mark is a statement. Who speaks, how long after the first event, and what could explain the wait?",
                "Nobody claimed these events. Who could gain from the silence, and who could lose by it?",
            ),
            lines=5,
        ),
        "02": Sheet(
            _eight_days,
            EVENTS,
            (
                "Count the marks in the three top rows, and those in the row “Statement”. What does the difference show, "
                "and what does it not show?",
                "Rockets, air strikes, an embassy. At which point could somebody have chosen otherwise? Who, and at what "
                "price?",
                "Choose one statement. Who speaks, to whom, and what should the listener believe or do?",
            ),
        ),
        "03": Sheet(
            _answers,
            MappingProxyType({"from": "First", "to": "Answer", "days_low": "Days", "basis": "How we know"}),
            (
                "A leader says: “this is our answer”. What does that prove, and what does it not prove?",
                "The airliner of 8 January 2020 is not in this chain. Why not? What would be wrong if it were?",
                "The chain begins on 3 January 2020. With which event would somebody in Washington, in Tehran and in "
                "Baghdad begin it?",
            ),
            lines=5,
        ),
        "04": Sheet(
            _injuries,
            CLAIMS,
            (
                "Some marks are joined by a line, others are not. What does the line stand for, and why does it leave "
                "marks out?",
                "Give two explanations for a number that grows. What would you have to find for each?",
                "Write two sentences for a newspaper: one for 9 January and one for 22 February 2020. Each names who "
                "says so, and when.",
            ),
            rows=9,
        ),
        "05": Sheet(
            _march,
            EVENTS,
            (
                "Soldiers leave bases in the same weeks in which rockets fall and an epidemic spreads. Which reasons for "
                "leaving can you think of, and which of them could you check?",
                "Which event of December 2019 would you put beside the rockets of 11 March 2020? What is alike, what is "
                "not, and what does your pair leave out?",
                "What does the picture “as last time” help a reporter to see, and what does it hide?",
            ),
        ),
        "06": Sheet(
            _ties,
            MappingProxyType({"from": "From", "kind": "Tie", "to": "To", "status": "Status", "stated by": "Stated by"}),
            (
                "Find one full and one dashed line. What do you want to know about each before you rely on it?",
                "Choose a tie of the table. Does it come from a law, from a deed that people saw, or from somebody’s "
                "word? How could you find out?",
                "What can this map not tell you about who gives orders to whom?",
            ),
            lines=4,
        ),
        "07": Sheet(
            _killed,
            CLAIMS,
            (
                "The lowest and the highest number lie far apart. Give two reasons why both could be honest.",
                "The words below the figure count reports, and then origins. Why does the second count matter more?",
                "You are an editor on 30 December 2019. Write the sentence that you would print, with who says so.",
            ),
        ),
        "08": Sheet(
            _accident,
            MappingProxyType(
                {
                    "within days": "Within days",
                    "followed in the record": "Followed, record",
                    "followed by accident, low": "by accident: low",
                    "followed by accident, middle": "middle",
                    "followed by accident, high": "high",
                    "calendars with as many or more": "Calendars with as many or more",
                }
            ),
            (
                "Look at the record and at the grey band after a week. Why is the record alone no proof of an answer?",
                "Explain to a friend in two sentences what a shuffled calendar is and what it is good for.",
                "Which evidence, other than dates, would show that one act answered another?",
            ),
            rows=8,
        ),
        "09": Sheet(
            _evening,
            EVENTS,
            (
                "Which of the known reports name an author of the rockets of 27 December, and how sure do they sound?",
                "Choose an option. What does it cost if the suspected group fired, and what if it did not?",
                "How likely do you think a yes is, in percent? What is your best reason for a lower number?",
            ),
            rows=0,
            room="2019-12-28",
        ),
        "10": Sheet(
            _blame,
            CLAIMS,
            (
                "“Who really did it?” Write a better question, one that pages like these can answer.",
                "Who blamed whom, and on what day? Whose voice would you look for next?",
                "Write your own question on another crisis. Which of these is its weakest point: evidence, open, fixed, "
                "fair, small, worth it, risky?",
            ),
            record=_gulf,
            lines=5,
        ),
    }
)


def sources_of_rows(chronicle: Chronicle, rows: pd.DataFrame) -> list[str]:
    """Return the keys of the pages behind the rows of a figure's table, in the order in which they come up."""
    if "event" in rows:
        found = [str(chronicle.events.loc[event, "source_ids"][0]) for event in rows["event"]]
    elif "claim" in rows:
        found = [str(chronicle.claims.loc[claim, "source_id"]) for claim in rows["claim"]]
    elif "relation_id" in rows:
        found = [str(chronicle.relations.loc[tie, "source_ids"][0]) for tie in rows["relation_id"]]
    elif "source_id" in rows:
        found = [str(source) for source in rows["source_id"]]
    else:
        found = []
    return list(dict.fromkeys(found))
