"""What a hidden test calls: ``mark`` hands an answer over, and ``tried`` tries a function on several inputs.

In the sandbox (``teaching/marking/sandbox.py``) this only records. Where the marking can be imported, as in a plain
``nbgrader autograde`` with this folder on the path, ``mark`` judges at once and gives the points as the cell's value.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from importlib import import_module
from typing import Any

from IPython.display import display

from helpers.answers import GAVE_NOTHING, is_unanswered

# In the sandbox this folder is all there is, and modules stand in no package.
_freezing = import_module("freezing" if __name__ == "marker" else "teaching.marking.inside.freezing")
ANSWER, freeze = _freezing.ANSWER, _freezing.freeze


def mark(variant: Any, key: str, answer: Any) -> float | None:
    """Hand over the answer to a question.

    Parameters
    ----------
    variant
        The student's variant, as ``helpers.variants.variant`` gives it.
    key
        The number of the question, such as ``"1.3"``.
    answer
        The answer in any form.

    Returns
    -------
    float or None
        In a plain run of nbgrader, the points; in the sandbox, nothing.
    """
    student = getattr(variant, "student", None)
    frozen = freeze(answer)
    payload = {"key": str(key), "student": student if isinstance(student, str) else None, "answer": frozen}
    display({ANSWER: payload, "text/plain": f"{key}: handed over"}, raw=True)  # type: ignore[no-untyped-call]  # IPython gives it no types
    try:
        from teaching.marking.judging import points_for
    except (ImportError, PermissionError):
        return None
    return points_for(variant, key, frozen)


def tried(function: Any, inputs: Iterable[Any]) -> list[Any]:
    """Return what a function gives for each input: a tuple is spread over its arguments; an error is kept as a text.

    So is it that a function with lines gave nothing back. Without a line it is not answered, and None stands there.

    Examples
    --------
    >>> tried(lambda a, b: a / b, [(1, 2), (1, 0)])
    [0.5, 'ZeroDivisionError: division by zero']
    """
    results: list[Any] = []
    for given in inputs:
        try:
            result = _call(function, given)
            results.append(GAVE_NOTHING if result is None and not is_unanswered(function) else result)
        except KeyboardInterrupt:
            results.append("KeyboardInterrupt: it took too long")
            return results
        except Exception as error:
            results.append(f"{type(error).__name__}: {error}"[:200])
    return results


def _call(function: Callable[..., Any], given: Any) -> Any:
    return function(*given) if isinstance(given, tuple) else function(given)
