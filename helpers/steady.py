"""Widgets of our own that hear Python on a busy page, too."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from uuid import uuid4

import anywidget
import traitlets


class SteadyWidget(anywidget.AnyWidget):
    """A widget that asks for what it missed.

    anywidget gives a widget's module two seconds to load; if the page is too busy for that, no later change of a value
    reaches the widget. The module of a class made from this one, ``module_of(file)``, exports ``{ render: steady(render) }``.
    """

    _own_id = traitlets.Unicode("").tag(sync=True)

    def __init__(self, **values: Any) -> None:
        own = uuid4().hex
        super().__init__(model_id=own, _own_id=own, **values)
        self.on_msg(self._asked)

    def _asked(self, _: Any, content: dict[str, Any], __: Any) -> None:
        if content.get("type") == "resend":
            self.send_state()


def module_of(file: Path) -> str:
    """Return the module of a steady widget: the common part and its own."""
    return Path(__file__).with_name("steady.js").read_text(encoding="utf-8") + file.read_text(encoding="utf-8")
