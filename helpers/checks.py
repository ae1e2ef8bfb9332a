"""Self-checks for practice: say whether an answer is right and, if not, why, without giving it away.

The tasks of lesson 02 stand in ``helpers/practice/lesson_02.py``, in a dict ``TASKS`` from their number to a ``Task``.
What is right is computed from the record when an answer is checked; nothing is stored.
"""

from __future__ import annotations

import ast
import pkgutil
import re
from collections.abc import ItemsView, Iterator, KeysView, Mapping, ValuesView
from dataclasses import dataclass
from html import escape
from importlib import import_module
from typing import Any

import numpy as np
import pandas as pd

from helpers import practice
from helpers.answers import (
    Fitting,
    Names,
    Results,
    Tried,
    as_moment,
    as_number,
    as_text,
    belonging,
    collections,
    is_clock_time,
    is_day_alone,
    is_length_of_time,
    is_missing,
    is_unanswered,
    names_in,
    passed_over,
    same,
    word_behind,
)
from helpers.chronicle import Chronicle, shipped
from helpers.chronicle import check as check_choice
from helpers.tasks import AnyOf, Task


@dataclass(frozen=True, slots=True)
class Verdict:
    """What :func:`check` found: ``state`` is ``right``, ``wrong`` or ``unanswered``."""

    key: str
    state: str
    message: str

    def __bool__(self) -> bool:
        return self.state == "right"

    def __repr__(self) -> str:
        return f"{_SIGNS[self.state][0]} {self.key}: {_SIGNS[self.state][1]} {self.message}".rstrip()

    def _repr_html_(self) -> str:
        sign, word, colour = _SIGNS[self.state]
        return (
            f'<p role="status" style="border-left:4px solid {colour};padding:.4em .8em;margin:.2em 0">'
            f"{sign} <strong>{escape(self.key)}: {word}</strong> {escape(self.message)}</p>"
        )


RETURNS_NOTHING = (
    "Your function returns nothing: what it finds is lost. Its last line must hand the result back, with `return`; "
    "`print` only shows it."
)
LONGEST_LITERAL = 20_000  # letters
_SIGNS = {
    "right": ("✓", "Right.", "#009E73"),
    "wrong": ("✗", "Not yet.", "#D55E00"),
    "unanswered": ("…", "Not answered yet.", "#8C8C8C"),
}


def check(key: str, answer: Any = ..., chronicle: Chronicle | None = None) -> Verdict:
    """Check the answer to a task of a lesson.

    Parameters
    ----------
    key
        The number of the task, such as ``"02-3"``.
    answer
        Your answer in any form: a number, with or without its unit, or a text; a list, set, Series or Index; a date or
        how you would write it. If you were asked for a function, the function itself.
    chronicle
        The record from which the right answer is computed; without it, the shipped one.

    Returns
    -------
    Verdict
        Right, not yet (with a hint why), or not answered yet. It is true if the answer is right.

    Raises
    ------
    ValueError
        If there is no task of this number; it names the nearest one.

    Examples
    --------
    >>> check("example-1", ...)
    … example-1: Not answered yet. Put your answer in the place of the three dots and run the cell again.
    >>> check("example-1", "many")
    ✗ example-1: Not yet. The answer is a number, and yours is a text.
    """
    record = shipped() if chronicle is None else chronicle
    return judge(key, find_task(key), answer, record)


def judge(key: str, task: Task, answer: Any, chronicle: Chronicle) -> Verdict:
    """Check the answer to a task that is given itself (see :func:`check`)."""
    answer = _settled(answer)
    names = chronicle.derived(names_in)
    choices = _choices(task.right(chronicle))
    if is_unanswered(answer) and not any(is_unanswered(choice) for choice in choices if not isinstance(choice, str)):
        if emptiness := _emptiness(answer):
            return Verdict(key, "wrong", emptiness)
        return Verdict(key, "unanswered", _first_step(answer))
    if isinstance(choices[0], Tried):  # a function is called once, however many mistakes it is compared with
        answer = choices[0].results(answer)
    if any(same(choice, answer, names, task.tolerance, task.unit) for choice in choices):
        return Verdict(key, "right", task.praise)
    for slip in task.slips:
        if any(same(value, answer, names, task.tolerance, task.unit) for value in _choices(slip.value(chronicle))):
            return Verdict(key, "wrong", slip.hint)
    return Verdict(key, "wrong", _misfit(choices[0], answer, names, task.unit) or task.otherwise)


def find_task(key: str) -> Task:
    """Return a task by its number, or raise a ValueError that names the nearest one."""
    lesson = re.fullmatch(r"(\w+)-\d+", str(key), re.ASCII)
    known = lessons_with_practice()
    tasks = tasks_of(lesson[1]) if lesson and lesson[1] in known else {}
    if key not in tasks:
        check_choice("task", key, [task for name in known for task in tasks_of(name)])
    return tasks[key]


def tasks_of(lesson: str) -> Mapping[str, Task]:
    """Return the tasks of a lesson by their numbers; ``lesson`` is its number, such as ``"02"``."""
    tasks: Mapping[str, Task] = import_module(f"{practice.__name__}.lesson_{lesson}").TASKS
    return tasks


def lessons_with_practice() -> list[str]:
    """Return the numbers of the lessons that have tasks."""
    modules = [module.name for module in pkgutil.iter_modules(practice.__path__)]
    return sorted(name.removeprefix("lesson_") for name in modules if name.startswith("lesson_"))


def _choices(right: Any) -> list[Any]:
    return list(right) if isinstance(right, AnyOf) else [right]


def _settled(answer: Any) -> Any:
    """Return an answer without its wrapping: what can be walked through only once, a dict in a list, a list as a text."""
    if isinstance(answer, (Iterator, KeysView, ValuesView, ItemsView)):
        answer = list(answer)
    if isinstance(answer, str) and len(answer) < LONGEST_LITERAL and re.match(r"\s*[\[({]", answer):
        try:  # only a value is read, nothing is run
            answer = ast.literal_eval(answer.strip())
        except (ValueError, SyntaxError, TypeError, MemoryError, RecursionError):
            return answer
    if isinstance(answer, (list, tuple)) and len(answer) == 1 and isinstance(answer[0], Mapping):
        return answer[0]
    return answer


def _emptiness(answer: Any) -> str:
    """Return what to say of an answer that was computed and came out empty; nothing if it was not given at all."""
    if answer is not None and is_missing(answer):
        return "Your computation gave no value (NaN): something that it needs is missing in the rows you chose."
    if isinstance(answer, (pd.DataFrame, pd.Series, pd.Index, np.ndarray)):
        return (
            "Your answer is empty: no row fits what you asked for. Check each condition, and how the words are spelled."
        )
    if isinstance(answer, (list, tuple, set, frozenset, Mapping)) and not answer:
        return "Your answer is empty. If you computed it, no row fits; check each condition."
    return ""


def _first_step(answer: Any) -> str:
    """Return what to do where nothing has been answered."""
    if callable(answer):
        return (
            "The function does nothing yet. Write its lines below the first one, and run its cell and this one again."
        )
    if answer is None:
        return "Your answer is None, which stands for nothing. That is what `print` gives back, or a function without `return`."
    return "Put your answer in the place of the three dots and run the cell again."


def _misfit(right: Any, answer: Any, names: Names, unit: str = "") -> str:
    """Return what is wrong with the form of an answer or by how little it misses; empty if there is nothing to say."""
    if isinstance(right, Tried):
        return _misfit_function(right, answer, names)
    if callable(answer) and not isinstance(answer, pd.DataFrame | pd.Series):
        return "This is a function, not what it returns: add round brackets () to call it."
    if isinstance(answer, Chronicle):
        return "This is the whole record. Choose one of its tables, such as chronicle.events, and go on from there."
    if isinstance(answer, pd.Series) and answer.dtype == "bool" and len(answer) > 1 and not isinstance(right, Mapping):
        return "This is a column of True and False. Put it into square brackets behind the table to choose rows."
    if isinstance(right, Fitting):
        return ""
    if isinstance(right, Mapping):
        return _misfit_mapping(right, answer)
    if isinstance(right, (set, frozenset, list, tuple)):
        return _misfit_collection(right, answer, names)
    if isinstance(answer, pd.DataFrame) and answer.size > 1:
        return f"This is a table with {len(answer)} rows. The answer is {_kind(right)}."
    if (
        isinstance(answer, (pd.Series, pd.Index, np.ndarray, list, tuple, set, dict))
        and len(collections(answer)[0]) > 1
    ):
        return f"These are several values. The answer is {_kind(right)}."
    if isinstance(right, (bool, np.bool_)):
        return "The answer is yes or no: write True or False." if not isinstance(answer, (bool, np.bool_)) else ""
    if isinstance(right, (int, float, np.number)):
        return _misfit_number(float(right), answer, unit)
    if isinstance(right, str):
        return f"The answer is {_kind(right)}, and yours is a number." if as_number(answer) is not None else ""
    return _misfit_day(right, answer)


def _misfit_function(right: Tried, answer: Any, names: Names) -> str:
    """Return with which input a function is first wrong, and how; of the first input a wrong number is not told."""
    if not isinstance(answer, Results):
        return "The answer is the function itself: give its name, without round brackets behind it."
    if all(result is None for result in answer):
        return RETURNS_NOTHING
    wanted = right.results(right)
    places = range(len(answer))
    first = next((place for place in places if not same(wanted[place], answer[place], names, unit=right.unit)), None)
    if first is None:
        return ""
    result = answer[first]
    if isinstance(result, Exception):
        fault = f"it ends with an error ({type(result).__name__}: {str(result)[:120]})."
    elif result is None:
        fault = "it returns nothing. Does each way through it come to a `return`?"
    elif as_number(result, right.unit) is None:
        fault = f"it returns something else. {_misfit(wanted[first], result, names, right.unit)}".rstrip()
    elif first > 0:
        fault = "it returns a wrong number."
    else:
        return ""
    trial = right.trials[first]
    return f"Your function with {trial.said}: {fault} Run `{trial.call}` in a cell of your own, and look."


def _misfit_number(right: float, answer: Any, unit: str) -> str:
    number = as_number(answer, unit)
    if number is None:
        return _misfit_unit(answer, unit) or f"The answer is a number{_and_yours(answer)}."
    if right and (np.isclose(number * 100, right) or np.isclose(number, right * 100)):
        return "Is it a share (from 0 to 1) or a percentage (from 0 to 100)? Read the question again."
    if right and np.isclose(number, -right):
        return "Look at the sign: which of the two is taken from the other?"
    if right != round(right) and abs(number - right) <= abs(right) * 0.02:
        return "Very near. Don't round before the last step."
    return ""


def _misfit_unit(answer: Any, unit: str) -> str:
    """Return what to say of a number with a word behind it that is not the unit asked for."""
    if not (word := word_behind(answer)):
        return ""
    if unit:
        return f"Behind your number stands “{word[:30]}”. The question asks for {unit}."
    return "The answer is a number, and yours is a text: write the number alone, without a word."


def _and_yours(answer: Any) -> str:
    if isinstance(answer, (bool, np.bool_)):
        return ", and yours is True or False"
    if is_length_of_time(answer):
        return ", and yours is a length of time"
    return ", and yours is a text" if isinstance(answer, str) else ""


def _misfit_day(right: Any, answer: Any) -> str:
    moment, wanted = as_moment(answer), as_moment(right)
    if wanted is None:
        return ""
    if wanted != wanted.normalize():
        return _misfit_moment(answer)
    if is_clock_time(answer):
        return "This is a clock time. The answer is a date, like 2020-01-31: year, month, day."
    if moment is None:
        return "The answer is a date. Write it like 2020-01-31: year, month, day."
    if (moment.month, moment.day) == (wanted.month, wanted.day) and moment.year != wanted.year:
        return "Look at the year."
    return ""


def _misfit_moment(answer: Any) -> str:
    """Return which part of a day with its clock time is missing; the day in the examples lies far from the record's."""
    if is_clock_time(answer):
        return "This is a clock time alone, and the day is missing. Write both, like 2018-06-30 14:05."
    if is_day_alone(answer):
        return "This is a day alone, and the clock time is missing. Write both, like 2018-06-30 14:05."
    if as_moment(answer) is None:
        return "The answer is a date with a clock time. Write it like 2018-06-30 14:05."
    return ""


def _misfit_collection(right: Any, answer: Any, names: Names) -> str:
    if len(right) > 1 and all(len(given) == 1 for given in collections(answer)) and not isinstance(answer, str):
        kept = "It belongs there. " if belonging(right, answer, names)[0] else ""
        return f"{kept}The answer has several items: give a list of them, in square brackets."
    if place := passed_over(answer, right, names):
        return _PASSED_OVER["dict" if isinstance(answer, Mapping) else place]
    good, bad, missing = belonging(right, answer, names)
    if not missing and not bad:
        return "The items are right, but not their order."
    if not missing:
        return f"Nothing is missing, but {bad} of yours {'does' if bad == 1 else 'do'} not belong there."
    if good and not bad:
        return (
            f"All {good} of yours belong there, but something is missing."
            if good > 1
            else ("Yours belongs there, but something is missing.")
        )
    return f"Of yours, {good} belong{'s' * (good == 1)} there and {bad} do{'es' * (bad == 1)} not." if good else ""


_PASSED_OVER = {
    "labels": "You chose the right rows. What is asked for is their labels, and here the values were read: add `.index`.",
    "dict": "What is asked for are the labels of your dict, and its values were read: make a list of it, with `list`.",
    "column": "You chose the right rows, but of a table the labels at the left are read. Choose the column that you mean.",
}


def _misfit_mapping(right: Mapping, answer: Any) -> str:
    if not isinstance(answer, (Mapping, pd.Series, pd.DataFrame, list)):
        return "The answer has a value for each label: a Series, as value_counts() or groupby() give it, or a dict."
    given = collections(answer)
    labels = {as_text(label) for label in right}
    if labels and not any(labels & {as_text(label) for label in labels_given} for labels_given in given):
        return "The labels are not those that the question asks about."
    return ""


def _kind(right: Any) -> str:
    if isinstance(right, (bool, np.bool_)):
        return "yes or no (True or False)"
    if isinstance(right, (int, float, np.number)):
        return "one number"
    if isinstance(right, str):
        return "one name or key, in quotation marks"
    moment = as_moment(right)
    return "one date" if moment is None or moment == moment.normalize() else "one date with its clock time"
