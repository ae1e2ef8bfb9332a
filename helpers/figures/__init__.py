"""Figures: pure functions, a Chronicle in, a Plotly figure out that carries its words and its table with it."""
