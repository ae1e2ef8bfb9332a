"""Answers to assignment 1, read a timeline (see :mod:`tests.answers`)."""

RIGHT: dict[str, dict[str, str]] = {
    "conditions on tables, answers as sets and texts": {
        "1.1": """
events = chronicle.events
ends = events["end_date"].fillna(events["date"])
inside = (events["date"] <= mine["last"]) & (ends >= mine["first"])
answer_1_1 = str((inside & (events["importance"] != 3)).sum())
""",
        "1.2": """
answer_1_2 = set(events[inside & (events["kind"] == mine["kind"])].index)
""",
        "1.3": """
chosen = events[inside & (events["kind"] == mine["kind"])]
answer_1_3 = tuple(chosen.sort_values("start").index[::-1][:3])
""",
        "1.4": """
answer_1_4 = {}
for side in events[inside]["side"]:
    answer_1_4[side] = answer_1_4.get(side, 0) + 1
""",
        "1.5": """
moment = events.loc[mine["clocked"], "start_utc"] + pd.Timedelta(minutes=60 * mine["ahead"])
answer_1_5 = moment.strftime("%Y-%m-%d %H:%M")
""",
        "1.6": """
claims = chronicle.claims
known = claims["reported_on_until"] <= mine["known_on"]
answer_1_6 = float((known & (claims["event_id"] == mine["reported"])).sum())
""",
        "1.7": """
def quiet_days(first, last):
    quiet = 0
    for day in pd.date_range(first, last):
        if (chronicle.events["date"] == day).sum() == 0:
            quiet = quiet + 1
    return quiet
""",
    },
    "the whole table as an answer, titles for keys": {
        "1.1": """
answer_1_1 = [chronicle.only(importance=[1, 2]).between(mine["first"], mine["last"]).events.shape[0]]
""",
        "1.2": """
answer_1_2 = chronicle.only(kind=[mine["kind"]]).between(mine["first"], mine["last"]).events
""",
        "1.3": """
answer_1_3 = answer_1_2.sort_values("start").tail(3).iloc[::-1]["title"]
""",
        "1.4": """
answer_1_4 = chronicle.between(mine["first"], mine["last"]).events.groupby("side", observed=False).size()
""",
        "1.5": """
hours = pd.Timedelta(hours=1) * mine["ahead"]
answer_1_5 = chronicle.events.loc[[mine["clocked"]], "start_utc"] + hours
""",
        "1.6": """
answer_1_6 = chronicle.as_of(pd.Timestamp(mine["known_on"])).claims.query("event_id == @mine['reported']").shape[0]
""",
        "1.7": """
def quiet_days(first, last):
    begun = chronicle.events["date"].between(first, last)
    length = pd.Timestamp(last) - pd.Timestamp(first)
    return length.days + 1 - chronicle.events.loc[begun, "date"].nunique()
""",
    },
    "plain Python": {
        "1.1": """
answer_1_1 = sum(1 for level in chronicle.between(mine["first"], mine["last"]).events["importance"] if level in (1, 2))
""",
        "1.2": """
window = chronicle.between(mine["first"], mine["last"]).events
answer_1_2 = ", ".join(key for key in window.index if window.loc[key, "kind"] == mine["kind"])
""",
        "1.3": """
keys = answer_1_2.split(", ")
keys.sort(key=lambda key: window.loc[key, "start"], reverse=True)
answer_1_3 = keys[:3]
""",
        "1.4": """
from collections import Counter
answer_1_4 = Counter(window["side"])
""",
        "1.5": """
from datetime import timedelta
answer_1_5 = chronicle.event(mine["clocked"])["start_utc"].to_pydatetime() + timedelta(hours=mine["ahead"])
""",
        "1.6": """
answer_1_6 = list(chronicle.as_of(mine["known_on"]).claims["event_id"]).count(mine["reported"])
""",
        "1.7": """
def quiet_days(first, last):
    days = set(pd.date_range(first, last))
    return len(days - set(chronicle.events["date"]))
""",
    },
}

WRONG: dict[str, tuple[dict[str, str], dict[str, float]]] = {
    "forgot the window": (
        {
            "1.1": 'answer_1_1 = chronicle.events["importance"].isin([1, 2]).sum()',
            "1.3": """
chosen = chronicle.only(kind=mine["kind"]).events
answer_1_3 = list(chosen.sort_values("start", ascending=False).index[:3])
""",
            "1.4": 'answer_1_4 = chronicle.events["side"].value_counts()',
            "1.6": 'answer_1_6 = (chronicle.claims["event_id"] == mine["reported"]).sum()',
            "1.7": """
def quiet_days(first, last):
    return 3 if first == mine["first"] else 3
""",
        },
        {"1.1": 0, "1.3": 0.5, "1.4": 0.5, "1.6": 0.5, "1.7": 0},
    ),
    "one day too few": (
        {
            "1.1": """
before = pd.Timestamp(mine["last"]) - pd.Timedelta(days=1)
answer_1_1 = len(chronicle.between(mine["first"], before).only(importance=[1, 2]).events)
""",
            "1.6": """
before = pd.Timestamp(mine["known_on"]) - pd.Timedelta(days=1)
answer_1_6 = (chronicle.as_of(before).claims["event_id"] == mine["reported"]).sum()
""",
            "1.7": """
def quiet_days(first, last):
    days = pd.date_range(first, last)
    busy = days.isin(chronicle.events["date"])
    return len(days) - 1 - busy.sum()
""",
        },
        {"1.1": 0.5, "1.6": 1, "1.7": 1},
    ),
    "the wrong way round": (
        {
            "1.3": """
window = chronicle.between(mine["first"], mine["last"])
answer_1_3 = list(window.only(kind=mine["kind"]).events.sort_values("start").index[:3])
""",
            "1.5": """
answer_1_5 = chronicle.event(mine["clocked"])["start_utc"] - pd.Timedelta(hours=mine["ahead"])
""",
            "1.7": """
def quiet_days(first, last):
    return int(pd.date_range(first, last).isin(chronicle.events["date"]).sum())
""",
        },
        {"1.3": 1, "1.5": 0.5, "1.7": 1},
    ),
    "nearly": (
        {
            "1.1": 'answer_1_1 = len(chronicle.between(mine["first"], mine["last"]).events)',
            "1.2": 'answer_1_2 = "2020-01-01"',
            "1.4": """
events = chronicle.between(mine["first"], mine["last"]).events
answer_1_4 = events["side"].value_counts(normalize=True)
""",
            "1.5": 'answer_1_5 = chronicle.event(mine["clocked"])["start_utc"]',
            "1.7": """
def quiet_days(first, last):
    days = pd.date_range(first, last)
    return len(days) - chronicle.between(first, last).events["date"].nunique()
""",
        },
        {"1.1": 0.5, "1.2": 0, "1.4": 1, "1.5": 1, "1.7": 2},
    ),
}
