"""Measurements of speed and weight, as ratios against a stated baseline in the same run."""
