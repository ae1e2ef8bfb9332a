"""Questions whose answer is a function: what it is tried on when it is checked and when it is marked.

Both know the same likely mistakes and give the same hints. So whatever costs points in the marking is told by the check,
though the marking tries a function on other inputs.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from helpers.answers import Fitting, Trial, Tried, as_number
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
    """A function that is asked for: its name, one that is right, and the likely mistakes."""

    name: str
    does: Does
    mistakes: tuple[Mistake, ...]

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
        unmoved = Fitting(is_unmoved, lambda: lambda *_: 99)
        return self._task(lambda function: Tried(function, trials), unmoved, otherwise, praise)

    def marked(self, inputs: Sequence[tuple[Any, ...]], *, otherwise: str, praise: str) -> Task:
        """Return the question as it is marked: the answer is a list of what the function gave, errors as texts.

        Parameters
        ----------
        inputs
            The arguments of each call.
        otherwise, praise
            See :class:`helpers.tasks.Task`.
        """

        def gives(function: Does) -> Fitting:
            wanted = [_outcome(function, given) for given in inputs]
            return Fitting(lambda answer: _same_outcomes(wanted, answer), lambda: wanted)

        unmoved = Fitting(is_unmoved, lambda: [99] * len(inputs))
        return self._task(gives, unmoved, otherwise, praise)

    def _task(self, form: Callable[[Does], Any], unmoved: Fitting, otherwise: str, praise: str) -> Task:
        """Return the question with its right answer and its mistakes in a form; each is worked out when it is needed."""

        def slip(mistake: Mistake) -> Slip:
            return Slip(lambda c: AnyOf(map(form, mistake.does)), mistake.hint)

        slips = (*map(slip, self.mistakes), Slip(lambda c: unmoved, UNMOVED))
        return Task(lambda c: form(self.does), slips, otherwise, praise)


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


def _same_outcomes(wanted: Sequence[Any], answer: Any) -> bool:
    return isinstance(answer, list | tuple) and len(answer) == len(wanted) and all(map(_same_outcome, wanted, answer))


def _same_outcome(wanted: Any, given: Any) -> bool:
    if isinstance(wanted, str):  # of an error, the kind counts
        return isinstance(given, str) and given.partition(":")[0] == wanted.partition(":")[0]
    return as_number(given) == wanted
