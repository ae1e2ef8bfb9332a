"""The tasks of lesson 00, on the tools and the record."""

from helpers.tasks import Slip, Task

TASKS = {
    "00-1": Task(
        right=lambda c: len(c.only(chapter="march").events),
        slips=(
            Slip(
                lambda c: len(c.only(chapter="december").events),
                "This is the chapter that the code names now. Put the other name between the quotation marks.",
            ),
            Slip(lambda c: len(c.events), "This is the whole record. Keep one chapter with `only` before you count."),
            Slip(
                lambda c: len(c.only(chapter="march", importance=1).events),
                "These are the most important events alone. Leave `importance` out.",
            ),
            Slip(
                lambda c: len(c.only(chapter="march").claims),
                "These are the claims of the chapter. Count its events: take `.events`.",
            ),
        ),
        otherwise='Write chronicle.only(chapter="march").events and count its rows with `len`.',
        praise="A chapter of three weeks holds as many steps as that.",
    ),
    "00-2": Task(
        right=lambda c: len(c.as_of("2020-01-03").events),
        slips=(
            Slip(
                lambda c: len(c.events),
                "This counts the whole record, as known at its end. Put `as_of` in front of `.events`.",
            ),
            Slip(
                lambda c: len(c.between("2020-01-03", "2020-01-03").events),
                "This counts what happened on that day alone. The question is what was known by its end.",
            ),
            Slip(
                lambda c: len(c.as_of("2020-01-03").claims),
                "These are the claims known by then. Count the rows of `.events`.",
            ),
            Slip(lambda c: len(c.as_of("2020-01-12").events), "This is as of another day. Look at the date."),
            Slip(
                lambda c: len(c.as_of("2020-03-01").events),
                "This is as of 1 March. Write the year first, then the month, then the day.",
            ),
            Slip(lambda c: len(c.as_of("2019-01-03").events), "This is as of a day one year too early."),
            Slip(lambda c: 0, "Nothing is left. Does the day stand in quotation marks?"),
        ),
        otherwise='Change the day in chronicle.as_of("..."), take its events and count the rows with `len`.',
        praise="Nobody on that evening could know the rest of the story.",
    ),
    "00-3": Task(
        right=lambda c: len(c.only(chapter="march", kind="rocket-attack").as_of("2020-03-12").claims),
        slips=(
            Slip(
                lambda c: len(c.only(chapter="march", kind="rocket-attack").claims),
                "These are all claims, also those made later. Add `as_of`.",
            ),
            Slip(
                lambda c: len(c.only(chapter="march", kind="rocket-attack").as_of("2020-03-12").events),
                "These are the events. The question asks for the claims on them.",
            ),
            Slip(
                lambda c: len(c.only(chapter="march").as_of("2020-03-12").claims),
                "These are claims on events of every kind. Keep one kind with `only`.",
            ),
            Slip(
                lambda c: len(c.only(kind="rocket-attack").as_of("2020-03-12").claims),
                "These are claims on the rocket attacks of all chapters. Keep one chapter.",
            ),
            Slip(
                lambda c: len(c.as_of("2020-03-12").claims),
                "These are the claims on all events. Keep one chapter and one kind with `only`.",
            ),
            Slip(
                lambda c: len(c.only(chapter="march", kind="rocket-attack").as_of("2020-03-11").claims),
                "This is as of the evening before. Look at the date.",
            ),
        ),
        otherwise="Go step by step: keep the chapter and the kind with `only`, go back in time with `as_of`, count `.claims`.",
        praise="So much was said within two days, and by whom is what this series looks at.",
    ),
}
