"""Answers to assignment 4, code the escalation (see :mod:`tests.answers`)."""

_READ = """
from helpers.assignments.assignment_4 import CLEAR
right = {event: level for level, cases in CLEAR.values() for event in cases}
levels = {}
for event in mine["events"]:
    levels[event] = right.get(event, 4 if harm_of(event) else 2)
"""
_HARM = """
def harm_of(event):
    return by_harm(chronicle, [event])[event] > 1
"""

RIGHT: dict[str, dict[str, str]] = {
    "numbers of the events as labels, levels as texts": {
        "4.1": _HARM
        + _READ
        + """
answer_4_1 = {number: str(levels[event]) for number, event in enumerate(mine["events"], start=1)}
""",
        "4.2": "answer_4_2 = dict(answer_4_1)",
        "4.3": """
three = agreement({"harm": harm, "you": levels, "kind": kind}, scale="ordinal")
answer_4_3 = {"levels": answer_4_1, "alpha": round(three.alpha, 2)}
""",
        "4.4": """
a = agreement({"kind": kind, "you": levels}).alpha
b = agreement({"harm": harm, "you": levels}).alpha
answer_4_4 = pd.Series({"levels": answer_4_1, "kind": f"{a:.3f}", "harm": f"{b:.3f}"})
""",
        "4.5": """
worst = disagreements({"kind": kind, "harm": harm, "you": levels}).index[0]
answer_4_5 = {"levels": answer_4_1, "event": mine["events"].index(worst) + 1}
""",
        "4.6": """
def far_apart(first, second):
    return sum(
        1 for event in first
        if first[event] is not None and second[event] is not None and abs(first[event] - second[event]) > 1
    )
""",
    },
    "a table, gaps for what is open": {
        "4.1": """
from helpers.assignments.assignment_4 import CLEAR
right = {event: level for level, cases in CLEAR.values() for event in cases}
levels = {event: right.get(event) for event in mine["events"]}
open_events = [event for event in levels if levels[event] is None]
for event in open_events[:6]:
    levels[event] = kind_of = by_kind(chronicle, [event])[event]
answer_4_1 = pd.Series(levels, dtype="float")
""",
        "4.2": 'answer_4_2 = pd.DataFrame({"level": answer_4_1})',
        "4.3": """
table = pd.DataFrame({"kind": kind, "harm": harm, "you": answer_4_1})
answer_4_3 = {"alpha": agreement(table).alpha, "levels": answer_4_1}
""",
        "4.4": """
answer_4_4 = {"levels": answer_4_1}
for name, rule in [("kind", kind), ("harm", harm)]:
    answer_4_4[name] = agreement(pd.DataFrame({name: rule, "you": answer_4_1})).alpha
""",
        "4.5": """
worst = disagreements(table)
title = chronicle.events.loc[worst.index[0], "title"]
answer_4_5 = {"levels": answer_4_1, "event": title}
""",
        "4.6": """
def far_apart(first, second):
    both = pd.DataFrame({"a": first, "b": second}).astype(float).dropna()
    return (abs(both["a"] - both["b"]) >= 2).sum()
""",
    },
    "lists and pairs": {
        "4.1": _HARM
        + _READ
        + """
answer_4_1 = [levels[event] for event in mine["events"]]
""",
        "4.2": "answer_4_2 = list(levels.items())",
        "4.3": """
columns = {"a": list(kind.values()), "b": list(harm.values()), "c": answer_4_1}
answer_4_3 = [("levels", answer_4_1), ("alpha", agreement(pd.DataFrame(columns)).alpha)]
""",
        "4.4": """
answer_4_4 = {"levels": levels}
answer_4_4["kind"] = agreement(pd.DataFrame({"a": list(kind.values()), "c": answer_4_1})).alpha
answer_4_4["harm"] = agreement(pd.DataFrame({"b": list(harm.values()), "c": answer_4_1})).alpha
""",
        "4.5": """
shares = disagreements({"kind": kind, "harm": harm, "you": levels})["share"]
answer_4_5 = {"levels": levels, "event": [shares.idxmax()]}
""",
        "4.6": """
def far_apart(first, second):
    found = []
    for event, level in first.items():
        other = second[event]
        if level is None or other is None:
            continue
        if level - other >= 2 or other - level >= 2:
            found.append(event)
    return len(found)
""",
    },
}

_MODEL = """
from helpers.assignments.assignment_4 import CLEAR
right = {event: level for level, cases in CLEAR.values() for event in cases}
levels = {event: right.get(event, 3) for event in mine["events"]}
"""

WRONG: dict[str, tuple[dict[str, str], dict[str, float]]] = {
    "half coded, and nothing after it": (
        {
            "4.1": """
levels = {event: 4 for event in mine["events"][:6]}
levels[mine["events"][0]] = 2
answer_4_1 = levels
""",
            "4.2": "answer_4_2 = answer_4_1",
            "4.3": 'answer_4_3 = {"levels": answer_4_1, "alpha": 0.5}',
            "4.4": 'answer_4_4 = {"kind": 0.5, "harm": 0.5}',
            "4.5": 'answer_4_5 = {"levels": answer_4_1, "event": 1}',
        },
        {"4.1": 1, "4.2": 0, "4.3": 0, "4.4": 0, "4.5": 0},
    ),
    "one attack coded by its luck": (
        {
            "4.1": _MODEL
            + """
attack = [event for event in CLEAR["force"][1] if event in levels][0]
levels[attack] = 3
answer_4_1 = levels
""",
            "4.2": "answer_4_2 = answer_4_1",
            "4.6": """
def far_apart(first, second):
    count = 0
    for event in first:
        if abs(first[event] - second[event]) >= 2:
            count = count + 1
    return count
""",
        },
        {"4.1": 2, "4.2": 4, "4.6": 4},
    ),
    "the wrong scale": (
        {
            "4.3": """
three = agreement({"kind": kind, "harm": harm, "you": answer_4_1}, scale="nominal")
answer_4_3 = {"levels": answer_4_1, "alpha": three.alpha}
""",
            "4.4": """
answer_4_4 = {
    "levels": answer_4_1,
    "kind": agreement({"harm": harm, "you": answer_4_1}).alpha,
    "harm": agreement({"kind": kind, "you": answer_4_1}).alpha,
}
""",
            "4.6": """
def far_apart(first, second):
    count = 0
    for event in first:
        if first[event] is not None and second[event] is not None:
            if first[event] != second[event]:
                count = count + 1
    return count
""",
        },
        {"4.3": 3, "4.4": 3, "4.6": 4},
    ),
    "a return inside the loop, a number alone": (
        {
            "4.3": """
answer_4_3 = agreement({"kind": kind, "harm": harm, "you": answer_4_1}).alpha
""",
            "4.5": """
answer_4_5 = disagreements({"kind": kind, "harm": harm, "you": answer_4_1}).index[0]
""",
            "4.6": """
def far_apart(first, second):
    for event in first:
        if first[event] is None or second[event] is None:
            return 0
        return int(abs(first[event] - second[event]) >= 2)
""",
        },
        {"4.3": 0, "4.5": 0, "4.6": 2},
    ),
}
