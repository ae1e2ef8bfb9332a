"""Two controls that ipywidgets lacks: a slider over days that a screen reader can read, and a text to copy."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import traitlets

from helpers.steady import SteadyWidget, module_of

HERE = Path(__file__).parent


class DaySlider(SteadyWidget):
    """A slider over the days of a record, with steps of a day and, if wanted, play.

    Parameters
    ----------
    description
        The label.
    first, last
        The first and the last day.
    optional
        Whether it can be off; its value is then ``""``.
    on, off
        With ``optional``: what the checkbox says, and what stands in the place of the day while it is off.
    play
        Whether it has a button that steps through the days.

    Examples
    --------
    >>> slider = DaySlider("As known on", "2020-01-01", "2020-01-03")
    >>> slider.days, slider.value
    (['2020-01-01', '2020-01-02', '2020-01-03'], '2020-01-03')
    """

    _esm = module_of(HERE / "controls.js")
    _css = HERE / "controls.css"

    kind = traitlets.Unicode("days").tag(sync=True)
    description = traitlets.Unicode("").tag(sync=True)
    days = traitlets.List(traitlets.Unicode()).tag(sync=True)
    words = traitlets.List(traitlets.Unicode()).tag(sync=True)
    optional = traitlets.Bool(False).tag(sync=True)
    on = traitlets.Unicode("").tag(sync=True)
    off = traitlets.Unicode("").tag(sync=True)
    play = traitlets.Bool(False).tag(sync=True)
    pace = traitlets.Int(900, help="Milliseconds a day lasts while it plays.").tag(sync=True)
    value = traitlets.Unicode("").tag(sync=True)

    def __init__(
        self,
        description: str,
        first: Any,
        last: Any,
        *,
        optional: bool = False,
        on: str = "",
        off: str = "",
        play: bool = False,
    ) -> None:
        days = pd.date_range(first, last, freq="D")
        super().__init__(
            description=description,
            days=[f"{day:%Y-%m-%d}" for day in days],
            words=[f"{day:%a} {day.day} {day:%B %Y}" for day in days],
            optional=optional,
            on=on,
            off=off,
            play=play,
            value="" if optional else f"{days[-1]:%Y-%m-%d}",
        )


class CopyBox(SteadyWidget):
    """A text with a label and a button that copies it; if ``editable``, what is typed in is told to :meth:`on_typed`."""

    _esm = module_of(HERE / "controls.js")
    _css = HERE / "controls.css"

    kind = traitlets.Unicode("copy").tag(sync=True)
    description = traitlets.Unicode("").tag(sync=True)
    editable = traitlets.Bool(False).tag(sync=True)
    value = traitlets.Unicode("").tag(sync=True)

    def __init__(self, description: str, *, editable: bool = False) -> None:
        super().__init__(description=description, editable=editable)

    def on_typed(self, act: Callable[[str], None]) -> None:
        """Call ``act`` with each text that is typed or pasted in."""

        def heard(_: Any, content: dict[str, Any], __: Any) -> None:
            if content.get("type") == "typed":
                act(str(content.get("value", "")))

        self.on_msg(heard)
