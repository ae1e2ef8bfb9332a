"""The tasks of the lessons: one module a lesson, ``lesson_02.py`` for lesson 02, each with a dict ``TASKS``."""
