"""Credit for likely mistakes, given to the beginnings of their hints: a variant may lack some of them."""

from __future__ import annotations

from collections.abc import Mapping

from helpers.tasks import Task
from teaching.marking.forms import Scheme


def credited(task: Task, credit: Mapping[str, float]) -> Scheme:
    """Return a scheme in which a slip earns what the beginning of its hint earns; others earn nothing.

    Examples
    --------
    >>> from helpers.tasks import Slip
    >>> task = Task(lambda c: 1, (Slip(lambda c: 2, "One too many."), Slip(lambda c: 0, "None.")), "Count.")
    >>> credited(task, {"One too": 0.5}).credit
    (0.5, 0.0)
    """
    earned = (
        next((part for begins, part in credit.items() if slip.hint.startswith(begins)), 0.0) for slip in task.slips
    )
    return Scheme(task, credit=tuple(earned))
