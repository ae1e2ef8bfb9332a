"""The tasks of lesson 09, on decisions under uncertainty."""

from helpers.chronicle import Chronicle
from helpers.rooms import brier
from helpers.tasks import Slip, Task

K1 = "2019-12-27-k1-rocket-attack"
LAST_KNOWN = ("2019-12-28", "2020-01-04", "2020-01-06", "2020-03-13")  # of the four rooms, in their order
SAID = (80.0, 60.0, 40.0, 30.0)


def outcome(chronicle: Chronicle, last_known: str) -> bool:
    """Tell whether the question of the room with that last known day came out as a yes."""
    rooms = chronicle.rooms
    return bool(rooms.loc[rooms["as_of"] == last_known, "prediction_outcome"].iloc[0])


def scores(chronicle: Chronicle) -> list[float]:
    """Return the Brier score of what somebody said in each of the four rooms."""
    return [brier(said, outcome(chronicle, day)) for said, day in zip(SAID, LAST_KNOWN, strict=True)]


def gaps(chronicle: Chronicle) -> list[float]:
    """Return how far what somebody said lies from what happened, in each of the four rooms."""
    return [said / 100 - outcome(chronicle, day) for said, day in zip(SAID, LAST_KNOWN, strict=True)]


def claimants(chronicle: Chronicle, day: str, field: str = "responsible") -> set[str]:
    """Return who had said something on K-1 by the end of a day."""
    claims = chronicle.as_of(day).claims
    return set(claims.loc[(claims["event_id"] == K1) & (claims["field"] == field), "claimant"])


TASKS = {
    "09-1": Task(
        right=lambda c: brier(90, outcome(c, "2020-03-13")),
        slips=(
            Slip(
                lambda c: brier(90, not outcome(c, "2020-03-13")),
                "That score would be right if the base had stayed free. Did it?",
            ),
            Slip(lambda c: brier(50, True), "That is the score of the first number. Change `said` and run it again."),
            Slip(
                lambda c: abs(0.9 - outcome(c, "2020-03-13")),
                "That is the gap. The score is the gap times itself.",
            ),
            Slip(
                lambda c: brier(90, outcome(c, "2020-03-13")) - brier(50, True),
                "That is how much the score changed. The task asks for the score after the change.",
            ),
        ),
        otherwise="Change `said` to the new number. Of the two scores take the one for what happened in the room.",
        praise="To be very sure and wrong is costly: more than three times the score of somebody who says 50.",
        tolerance=1e-6,
    ),
    "09-2": Task(
        right=lambda c: claimants(c, "2019-12-30") - claimants(c, "2019-12-28"),
        slips=(
            Slip(
                lambda c: claimants(c, "2019-12-30"),
                "These are all who had spoken by the later day. Leave out those who are in the list of the 28th too.",
            ),
            Slip(
                lambda c: claimants(c, "2019-12-28"),
                "These had spoken by the earlier day. Change the line with the day, and look for the new ones.",
            ),
            Slip(
                lambda c: claimants(c, "2019-12-29") - claimants(c, "2019-12-28"),
                "You have the new one of the 29th. Another one follows a day later.",
            ),
            Slip(
                lambda c: claimants(c, "2019-12-31", "denied-responsibility"),
                "That is a denial. Stay with the field `responsible`.",
            ),
        ),
        otherwise="Run the cell for both days and compare the column `claimant`.",
        praise="Both voices are from Washington, and both came out after that evening.",
    ),
    "09-3": Task(
        right=lambda c: sum(scores(c)) / len(SAID),
        slips=(
            Slip(lambda c: sum(scores(c)), "That is the sum of the scores. Take their mean."),
            Slip(
                lambda c: brier(50, True),
                "That is the score of a 50 in each room. Put the four new numbers in the column `said`.",
            ),
            Slip(
                lambda c: (
                    sum((said - outcome(c, day)) ** 2 for said, day in zip(SAID, LAST_KNOWN, strict=True)) / len(SAID)
                ),
                "The numbers are still in percent. Divide them by 100 before you take away what happened.",
            ),
            Slip(
                lambda c: sum(abs(gap) for gap in gaps(c)) / len(SAID),
                "That is the mean of the gaps without their signs. Multiply each gap by itself first.",
            ),
            Slip(lambda c: sum(gaps(c)) / len(SAID), "That is the mean of the gaps. Multiply each by itself first."),
            Slip(
                lambda c: sum(brier(said, True) for said in SAID) / len(SAID),
                "You counted each question as a yes. One of the rooms ended with a no.",
            ),
            Slip(
                lambda c: (
                    sum(brier(said, not outcome(c, day)) for said, day in zip(SAID, LAST_KNOWN, strict=True))
                    / len(SAID)
                ),
                "You have yes and no the wrong way round. A yes is 1.",
            ),
        ),
        otherwise="Divide by 100, take away 1 for a yes or 0 for a no, multiply by itself, and take the mean.",
        praise="A little better than always saying 50. With four rooms that may be luck.",
        tolerance=0.0006,
    ),
}
