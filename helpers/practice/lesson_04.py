"""The tasks of lesson 04: the quiet weeks."""

from helpers.chronicle import Chronicle
from helpers.tasks import AnyOf, Slip, Task

FEBRUARY = "2020-02-01"


def _known_count(c: Chronicle, day: str | None) -> float:
    series = (c.as_of(day) if day else c).series
    return float(series.loc[series["series"] == "us-tbi-count", "value"].max())


def _most_claims(c: Chronicle, place: int = 0) -> str:
    counts = c.claims.groupby("event_id").size().sort_values(ascending=False, kind="stable")
    return str(counts.index[place])


def _value(c: Chronicle, series: str, month: str) -> float:
    rows = c.series[(c.series["series"] == series) & (c.series["date"] == month)]
    return float(rows["value"].max())


def _product(c: Chronicle, month: str = FEBRUARY, barrels: str = "iraq-oil-exports") -> float:
    return _value(c, barrels, month) * _value(c, "iraq-oil-price", month)


def _gap(c: Chronicle, month: str = FEBRUARY) -> float:
    return _value(c, "iraq-oil-revenue", month) - _product(c, month) / 1000


TASKS = {
    "04-1": Task(
        right=lambda c: _known_count(c, "2020-02-05"),
        slips=(
            Slip(
                lambda c: _known_count(c, None),
                "This is the count of the whole record, with later reports. Go back to the day with `as_of` first.",
            ),
            Slip(
                lambda c: _known_count(c, "2020-01-29"),
                "This is the view of the example. Put the new day between the quotation marks of `as_of`.",
            ),
            Slip(
                lambda c: _known_count(c, "2020-02-10"),
                "This was announced a few days later. Check the day that you gave to `as_of`.",
            ),
            Slip(
                lambda c: _known_count(c, "2020-01-24"),
                "This was the first full count. There was news after it: check the day that you gave to `as_of`.",
            ),
        ),
        otherwise="Take the record as of the day, keep the series `us-tbi-count`, and then its largest value.",
        praise="Five days later the count rose by more than two thirds. On 5 February nobody could read that anywhere.",
    ),
    "04-2": Task(
        right=lambda c: _most_claims(c.only(chapter="interlude")),
        slips=(
            Slip(
                lambda c: _most_claims(c),
                "This is the event with the most claims in the whole record. Use `quiet`, the chapter alone.",
            ),
            Slip(
                lambda c: _most_claims(c.only(chapter="interlude"), 1),
                "This one is second in the list. Sort with `ascending=False` and take the first key, number 0.",
            ),
        ),
        otherwise="Group `quiet.claims` by `event_id`, take the size of each group, sort, and read the first key.",
        praise="Nobody claimed this attack, and the sources differ on the rockets, the hurt and the author.",
    ),
    "04-3": Task(
        right=_gap,
        slips=(
            Slip(
                lambda c: AnyOf((_gap(c) * 1000, float(round(_gap(c) * 1000)))),
                "That is in millions of dollars. The question asks for billions.",
            ),
            Slip(lambda c: -_gap(c), "The sign is the wrong way round: begin with the stated income."),
            Slip(lambda c: _gap(c, "2020-03-01"), "These are the figures of March. Take the rows of February."),
            Slip(
                lambda c: _product(c) / 1000,
                "This is barrels times price. How much larger is the income that the ministry stated?",
            ),
            Slip(
                lambda c: _value(c, "iraq-oil-revenue", FEBRUARY) - _product(c),
                "Barrels are in millions, income in billions. Divide the product by 1000 first.",
            ),
            Slip(
                lambda c: _value(c, "iraq-oil-revenue", FEBRUARY) - _product(c, barrels="iraq-oil-exports-rate") / 1000,
                "This uses the barrels of one day. Take the series with the barrels of the whole month.",
            ),
        ),
        otherwise="Find the three values of February, multiply barrels by price, divide by 1000, and compare.",
        praise="The ministry's own numbers do not fit each other. The record keeps them and says so.",
        tolerance=0.006,
    ),
}
