"""Answers to the assignments as data, for the tests of the marking: one module an assignment, ``assignment_1`` to ``5``.

Each module has two dicts. Their keys say in words what kind of student answered so.

``RIGHT``
    Three entries, name -> {question key: source of its answer cell}. All machine-marked questions that are named earn
    full points, though they are answered in another way than in the source.
``WRONG``
    Four entries, name -> ({question key: source of its answer cell}, {question key: points that it earns}). Every
    question that is answered here has its points stated.

Questions that are not named are answered as the model does (the solution in the source). The source of an answer cell
replaces the whole cell ``q1-3``, runs on any variant (the student's id is set in the cell ``student``), and may use all
that the cells above define: ``mine``, ``chronicle``, ``pd``.
"""
