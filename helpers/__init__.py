"""The shared modules of the notebooks: load a record of a crisis and show it.

Everything that a notebook needs is imported from here. What is heavy is imported only when it is first used.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from helpers.chronicle import Chronicle, load
    from helpers.new_crisis import new_crisis
    from helpers.schema import DataError, Problem

_HOME = {
    "load": "chronicle",
    "Chronicle": "chronicle",
    "DataError": "schema",
    "Problem": "schema",
    "new_crisis": "new_crisis",
}

__all__ = ["Chronicle", "DataError", "Problem", "load", "new_crisis"]


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module 'helpers' has no attribute {name!r}")
    return getattr(import_module(f"helpers.{_HOME[name]}"), name)


def __dir__() -> list[str]:
    return sorted(__all__)
