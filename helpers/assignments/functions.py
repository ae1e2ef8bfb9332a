"""Questions whose answer is a function: what it is tried on when it is checked and when it is marked.

Both know the same likely mistakes and give the same hints. So whatever costs points in the marking is told by the check,
though the marking tries a function on other inputs.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from helpers.answers import GAVE_NOTHING, Fitting, Trial, Tried, as_number
from helpers.checks import RETURNS_NOTHING
from helpers.tasks import AnyOf, Slip, Task

Does = Callable[..., Any]
UNMOVED = (
    "Your function gives the same number for everything. It must use what it gets, under the names in its first line."
)


@dataclass(frozen=True, slots=True)
class Mistake:
    """A likely mistake: its hint, and one or several functions that make it."""

    hint: str
    does: tuple[Does, ...]


@dataclass(frozen=True, slots=True)
class Function:
    """A function that is asked for: its name, one that is right, the likely mistakes, and what its numbers count."""

    name: str
    does: Does
    mistakes: tuple[Mistake, ...]
    unit: str = ""

    def checked(
        self, own: Trial, others: Sequence[tuple[str, tuple[Any, ...]]], *, otherwise: str, praise: str
    ) -> Task:
        """Return the question as a student can check it: the answer is the function.

        Parameters
        ----------
        own
            The student's own input, which is tried first.
        others
            Further inputs: what is special about each, and its arguments.
        otherwise, praise
            See :class:`helpers.tasks.Task`.
        """
        trials = (
            own,
            *(Trial(given, said, f"{self.name}({', '.join(map(repr, given))})") for said, given in others),
        )
        always = (
            Slip(lambda c: Fitting(is_silent, lambda: lambda *_: None), RETURNS_NOTHING),
            Slip(lambda c: Fitting(is_unmoved, lambda: lambda *_: 99), UNMOVED),
        )
        return self._task(lambda function: Tried(function, trials, self.unit), always, otherwise, praise)

    def marked(self, inputs: Sequence[tuple[Any, ...]], *, otherwise: str, praise: str) -> Task:
        """Return the question as it is marked: the answer is a list of what the function gave, errors as texts.

        It is what ``tried`` of ``teaching/marking/inside/marker.py`` writes down.

        Parameters
        ----------
        inputs
            The arguments of each call.
        otherwise, praise
            See :class:`helpers.tasks.Task`.
        """

        def gives(function: Does) -> Fitting:
            wanted = [_outcome(function, given) for given in inputs]
            return Fitting(lambda answer: _same_outcomes(wanted, answer, self.unit), lambda: wanted)

        always = (
            Slip(lambda c: Fitting(is_silent, lambda: [GAVE_NOTHING] * len(inputs)), RETURNS_NOTHING),
            Slip(lambda c: Fitting(is_unmoved, lambda: [99] * len(inputs)), UNMOVED),
        )
        return self._task(gives, always, otherwise, praise)

    def _task(self, form: Callable[[Does], Any], always: tuple[Slip, ...], otherwise: str, praise: str) -> Task:
        """Return the question with its right answer and its mistakes in a form; each is worked out when it is needed.

        What goes wrong in any function, such as a missing ``return``, stands behind the mistakes of this one.
        """

        def slip(mistake: Mistake) -> Slip:
            return Slip(lambda c: AnyOf(map(form, mistake.does)), mistake.hint)

        return Task(lambda c: form(self.does), (*map(slip, self.mistakes), *always), otherwise, praise)


def is_silent(results: Any) -> bool:
    """Tell whether a function gave nothing back for any input.

    >>> is_silent([None, None]), is_silent([GAVE_NOTHING]), is_silent([None, 3]), is_silent(None)
    (True, True, False, False)
    """
    if not isinstance(results, list | tuple) or not results:
        return False
    return all(result is None or (isinstance(result, str) and result == GAVE_NOTHING) for result in results)


def is_unmoved(results: Any) -> bool:
    """Tell whether a function gave the same number for each of several inputs.

    >>> is_unmoved([3, 3, 3]), is_unmoved([3, 2, 3]), is_unmoved(3)
    (True, False, False)
    """
    if not isinstance(results, list | tuple) or len(results) < 2:
        return False
    numbers = [as_number(result) for result in results]
    return None not in numbers and len(set(numbers)) == 1


def _outcome(function: Does, given: tuple[Any, ...]) -> Any:
    """Return what a function gives, or an error as the marking writes it down."""
    try:
        return function(*given)
    except Exception as error:
        return f"{type(error).__name__}: {error}"


def _same_outcomes(wanted: Sequence[Any], answer: Any, unit: str) -> bool:
    if not isinstance(answer, list | tuple) or len(answer) != len(wanted):
        return False
    return all(_same_outcome(one, other, unit) for one, other in zip(wanted, answer, strict=True))


def _same_outcome(wanted: Any, given: Any, unit: str) -> bool:
    if isinstance(wanted, str):  # of an error, the kind counts
        return isinstance(given, str) and given.partition(":")[0] == wanted.partition(":")[0]
    return as_number(given, unit) == wanted
