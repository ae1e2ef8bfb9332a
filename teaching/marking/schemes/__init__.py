"""The mark schemes of the assignments: ``assignment_N.schemes(variant)`` for each N."""
