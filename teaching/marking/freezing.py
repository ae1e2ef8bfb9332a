"""Answers as plain JSON and back (see ``inside/freezing.py``, which also stands where students' code runs)."""

from teaching.marking.inside.freezing import Function, Other, freeze, thaw, was_cut

__all__ = ["Function", "Other", "freeze", "thaw", "was_cut"]
