"""One setting of an explorer: a labelled control and the rules by which its value stands in the state."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import ipywidgets as widgets
import pandas as pd

from helpers.chronicle import check
from helpers.explorers.controls import DaySlider

WIDE = "calc(100% - 4px)"
"""The whole width less the margins that Jupyter gives each widget."""
NONE = ""  # a drop-down list shows nothing at all for the value None
Value = Any  # what stands in a state: None, a text, a number, True or False, or a list of texts


def same(value: Value) -> Value:
    """Return the value as it is."""
    return value


@dataclass(frozen=True)
class Setting:
    """A control and what it means.

    ``clean`` checks a value from anywhere (code, a state code, the control) and returns it as it stands in the state, or
    raises a ValueError. ``read`` and ``write`` translate between the control's value and the state's.
    """

    control: Any
    clean: Callable[[Value], Value]
    default: Value = None
    read: Callable[[Any], Value] = same
    write: Callable[[Value], Any] = same

    def get(self) -> Value:
        """Return the control's value as it stands in the state."""
        return self.clean(self.read(self.control.value))

    def put(self, value: Value) -> None:
        """Show a value of the state in the control."""
        wanted = self.write(value)
        if self.control.value != wanted:
            self.control.value = wanted


def several(name: str, label: str, meanings: Mapping[str, str]) -> Setting:
    """Return a list in which several values can be marked; none marked means all.

    Parameters
    ----------
    name
        What a value is called in a message.
    label
        The label.
    meanings
        Value → what the list shows for it.
    """

    def clean(value: Value) -> list[str] | None:
        if value is None or value == "":
            return None
        values = value.split(",") if isinstance(value, str) else list(value)
        for one in values:
            check(name, one, meanings)
        return [one for one in meanings if one in values] or None

    control = widgets.SelectMultiple(
        options=[(text, value) for value, text in meanings.items()],
        description=label,
        rows=4,
        layout=widgets.Layout(width="215px", height="auto"),
    )
    control.add_class("live-items")
    return Setting(control, clean, read=list, write=lambda value: tuple(value or ()))


def one_of(
    name: str,
    label: str,
    meanings: Mapping[Any, str],
    default: Value = None,
    *,
    none: str | None = None,
    width: str = "215px",
) -> Setting:
    """Return a drop-down list. ``none`` is what it shows for no choice; without it, there is always one."""
    options: list[tuple[str, Any]] = [] if none is None else [(none, NONE)]
    options += [(text, value) for value, text in meanings.items()]
    written = {as_text(value): value for value in meanings}

    def clean(value: Value) -> Value:
        if value is None or value == "":
            if none is None:
                raise ValueError(f"{name} needs a value, one of: {', '.join(written)}")
            return None
        value = written.get(as_text(value), value)
        check(name, value, meanings)
        return value

    def written_as(value: Value) -> Any:
        return NONE if value is None else value

    control = widgets.Dropdown(
        options=options,
        value=written_as(default),
        description=label,
        layout=widgets.Layout(width=width, max_width=WIDE),
    )
    control.add_class("live-items")
    return Setting(control, clean, default, write=written_as)


def day(label: str, *, width: str = "145px") -> Setting:
    """Return a date, which may be empty."""

    def written(value: Value) -> dt.date | None:
        return None if value is None else dt.date.fromisoformat(value)

    control = widgets.DatePicker(description=label, layout=widgets.Layout(width=width))
    control.add_class("live-items")
    return Setting(control, clean_day, read=clean_day, write=written)


def sliding_day(slider: DaySlider) -> Setting:
    """Return a slider over days as a setting. A day beyond its ends is moved to the nearer end."""

    def clean(value: Value) -> str | None:
        wanted = clean_day(value)
        if wanted is None:
            return None if slider.optional else slider.days[-1]
        return min(max(wanted, slider.days[0]), slider.days[-1])

    default = None if slider.optional else slider.days[-1]
    return Setting(slider, clean, default, write=lambda value: value or "")


def flag(label: str, default: bool = False) -> Setting:
    """Return a box to tick."""

    def clean(value: Value) -> bool:
        if isinstance(value, bool):
            return value
        check("choice", str(value), ["yes", "no"])
        return value == "yes"

    control = widgets.Checkbox(value=default, description=label, indent=False, layout=widgets.Layout(width="auto"))
    return Setting(control, clean, default)


def clean_day(value: Value) -> str | None:
    """Return a day as ISO text, or None for none.

    >>> clean_day(dt.date(2020, 1, 3)), clean_day("")
    ('2020-01-03', None)
    """
    if value is None or value == "":
        return None
    try:
        found = pd.Timestamp(value)
    except (ValueError, TypeError):
        found = pd.NaT
    if found is pd.NaT:
        raise ValueError(f"{value!r} is no day; write it like 2020-01-09")
    return f"{found:%Y-%m-%d}"


def as_text(value: Value) -> str:
    """Return a value as a state code writes it.

    >>> as_text(["iran", "us-led"]), as_text(True), as_text(None)
    ('iran,us-led', 'yes', '')
    """
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return ",".join(value) if isinstance(value, list) else str(value)


def as_code(value: Value) -> str:
    r"""Return a value as Python code; a list of one as that one.

    >>> as_code(["iran"]), as_code("it's"), as_code(2)
    ('"iran"', '"it\'s"', '2')
    """
    if isinstance(value, list) and len(value) == 1:
        value = value[0]
    if isinstance(value, list):
        return f"[{', '.join(map(as_code, value))}]"
    if isinstance(value, str):
        return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
    return repr(value)


def arguments(values: Mapping[str, Value], leave_out: Mapping[str, Value]) -> str:
    """Return keyword arguments as Python code, without those that have their default.

    >>> arguments({"lanes": "kind", "labels": "auto"}, {"lanes": "side", "labels": "auto"})
    'lanes="kind"'
    """
    return ", ".join(f"{name}={as_code(value)}" for name, value in values.items() if value != leave_out.get(name))


def capital(words: Iterable[str] | str) -> str:
    """Return a key in words: hyphens as spaces, the first letter large.

    >>> capital("rocket-attack")
    'Rocket attack'
    """
    text = (words if isinstance(words, str) else " ".join(words)).replace("-", " ")
    return text[:1].upper() + text[1:]
