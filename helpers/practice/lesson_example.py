"""Worked examples of tasks, for those who write lessons. The tests' example lesson uses them too."""

from helpers.tasks import AnyOf, Slip, Task

TASKS = {
    "example-1": Task(
        right=lambda c: len(c.only(chapter="december", kind="rocket-attack").events),
        slips=(
            Slip(lambda c: len(c.only(chapter="december").events), "These are events of every kind. Keep one kind."),
            Slip(
                lambda c: len(c.only(kind="rocket-attack").events),
                "These are the rocket attacks of all chapters. Keep one chapter only.",
            ),
        ),
        otherwise='Choose the chapter "december" and the kind "rocket-attack", then count the events that are left.',
        praise="Several attacks came before the one that the world remembers.",
    ),
    "example-2": Task(
        right=lambda c: set(c.only(chapter="december", importance=1).events["place_id"].dropna()),
        slips=(
            Slip(
                lambda c: set(c.only(chapter="december").events["place_id"].dropna()),
                "These are the places of all events. Keep those of importance 1.",
            ),
        ),
        otherwise="Choose the chapter and the importance first; then take the column `place_id`.",
    ),
    "example-3": Task(
        right=lambda c: AnyOf(c.only(chapter="december", kind="rocket-attack").events.index),
        slips=(
            Slip(
                lambda c: AnyOf(c.only(chapter="december", kind="airstrike").events.index),
                "That event is an air strike: look at the column `kind`.",
            ),
        ),
        otherwise="Take any event of December whose `kind` is rocket-attack; its key stands at the left of its row.",
    ),
}
