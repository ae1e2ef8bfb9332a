"""The shared modules of the notebooks: load a record of a crisis and show it.

Everything that a notebook needs is imported from here.
"""

from helpers.chronicle import Chronicle, load
from helpers.new_crisis import new_crisis
from helpers.schema import DataError, Problem

__all__ = ["Chronicle", "DataError", "Problem", "load", "new_crisis"]
