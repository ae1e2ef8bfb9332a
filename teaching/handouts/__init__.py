"""Printable handouts, one for each lesson: a figure, its words, a short table, three questions, sources.

``make handouts`` or ``python -m teaching.handouts`` writes them to ``build/handouts``: HTML pages that hold all they
need, and PDF where there is Chrome or Chromium.
"""
