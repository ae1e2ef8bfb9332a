"""Answers to assignment 2, map the actors (see :mod:`tests.answers`)."""

RIGHT: dict[str, dict[str, str]] = {
    "loops over the rows": {
        "2.1": """
near = []
for a, b in zip(ties(chronicle, on=mine["day"])["source_actor"], ties(chronicle, on=mine["day"])["target_actor"]):
    if a == mine["actor"]:
        near.append(b)
    if b == mine["actor"]:
        near.append(a)
answer_2_1 = near
""",
        "2.2": """
answer_2_2 = {}
for key, tie in ties(chronicle, on=mine["day"]).iterrows():
    if mine["actor"] in (tie["source_actor"], tie["target_actor"]):
        answer_2_2[tie["kind"]] = answer_2_2.get(tie["kind"], 0) + 1
""",
        "2.3": """
before = set(ties(chronicle, on=mine["since"]).index)
answer_2_3 = [key for key in ties(chronicle, on=mine["day"]).index if key not in before]
""",
        "2.4": """
answer_2_4 = []
for name, kinds in [("lines", lines), ("any", None)]:
    way = paths(chronicle, mine["target"], mine["source"], on=mine["day"], kinds=kinds)
    answer_2_4.append((name, max(way["step"])))
""",
        "2.5": """
way = paths(chronicle, mine["source"], mine["target"], on=mine["day"], kinds=lines)
answer_2_5 = way.loc[way["step"] < way["step"].max(), "to_actor"].unique()
""",
        "2.6": """
answer_2_6 = {}
for key in mine["five"]:
    if chronicle.relations.loc[key, "status"] == "alleged":
        answer_2_6[key] = chronicle.relations.loc[key, "stated_by"]
""",
        "2.7": """
def shared(one, other, day):
    count = 0
    held = ties(chronicle, on=day)
    pairs = set(zip(held["source_actor"], held["target_actor"]))
    for actor in chronicle.actors.index:
        with_one = (actor, one) in pairs or (one, actor) in pairs
        with_other = (actor, other) in pairs or (other, actor) in pairs
        if with_one and with_other:
            count = count + 1
    return count
""",
    },
    "names for keys, the counts as a table": {
        "2.1": """
held = ties(chronicle, on=mine["day"])
both = held[["source_actor", "target_actor"]]
rows = both[(both == mine["actor"]).any(axis=1)]
keys = pd.unique(rows.to_numpy().ravel())
names = chronicle.actors.loc[[key for key in keys if key != mine["actor"]], "name"]
answer_2_1 = names
""",
        "2.2": """
answer_2_2 = held.loc[rows.index].groupby("kind", observed=True).size().reset_index()
""",
        "2.3": """
answer_2_3 = changes(chronicle, mine["since"], mine["day"]).query("change == 'began'")
""",
        "2.4": """
ends = mine["source"], mine["target"], mine["day"]
answer_2_4 = pd.Series({"any": paths(chronicle, *ends)["step"].max(), "lines": paths(chronicle, *ends, lines)["step"].max()})
""",
        "2.5": """
way = paths(chronicle, mine["source"], mine["target"], mine["day"], lines)
answer_2_5 = ", ".join(set(way["from_actor"]) - {mine["source"]})
""",
        "2.6": """
alleged = chronicle.relations.query("status == 'alleged'")["stated_by"]
chosen = alleged[alleged.index.isin(mine["five"])]
answer_2_6 = chosen.map(chronicle.actors["name"])
""",
        "2.7": """
def shared(one, other, day):
    now = ties(chronicle, day)
    turned = now.rename(columns={"source_actor": "target_actor", "target_actor": "source_actor"})
    every = pd.concat([now, turned])[["source_actor", "target_actor"]].drop_duplicates()
    mine_too = every[every["source_actor"].isin([one, other])]
    return (mine_too["target_actor"].value_counts() == 2).sum()
""",
    },
    "a helper of one's own": {
        "2.1": """
def near(actor, day):
    rows = ties(chronicle, on=day)
    return {b if a == actor else a for a, b in zip(rows.source_actor, rows.target_actor) if actor in (a, b)}

answer_2_1 = frozenset(near(mine["actor"], mine["day"]))
""",
        "2.2": """
rows = ties(chronicle, on=mine["day"])
answer_2_2 = rows[rows.source_actor.eq(mine["actor"]) | rows.target_actor.eq(mine["actor"])].kind.value_counts().to_dict()
""",
        "2.5": """
way = paths(chronicle, mine["source"], mine["target"], on=mine["day"], kinds=set(lines))
answer_2_5 = tuple(way[way["from_actor"] != mine["source"]]["from_actor"])
""",
        "2.6": """
five = chronicle.relations.loc[mine["five"]]
answer_2_6 = [(key, who) for key, who in five["stated_by"].dropna().items()]
""",
        "2.7": """
def shared(one, other, day):
    return float(len(near(one, day).intersection(near(other, day))))
""",
    },
}

WRONG: dict[str, tuple[dict[str, str], dict[str, float]]] = {
    "ties of one direction": (
        {
            "2.2": """
held = ties(chronicle, on=mine["day"])
answer_2_2 = held.loc[held["source_actor"] == mine["actor"], "kind"].value_counts()
""",
            "2.7": """
def shared(one, other, day):
    held = ties(chronicle, on=day)
    to_one = set(held.loc[held["source_actor"] == one, "target_actor"])
    to_other = set(held.loc[held["source_actor"] == other, "target_actor"])
    return len(to_one & to_other)
""",
        },
        {"2.2": 1, "2.7": 1},
    ),
    "no day, no kinds": (
        {
            "2.2": """
every = ties(chronicle)
touches = (every["source_actor"] == mine["actor"]) | (every["target_actor"] == mine["actor"])
answer_2_2 = every.loc[touches, "kind"].value_counts()
""",
            "2.4": """
way = paths(chronicle, mine["source"], mine["target"], on=mine["day"])
answer_2_4 = {"lines": way["step"].max(), "any": way["step"].max()}
""",
            "2.7": """
def shared(one, other, day):
    every = ties(chronicle)
    near = []
    for actor in [one, other]:
        to = every.loc[every["source_actor"] == actor, "target_actor"]
        of = every.loc[every["target_actor"] == actor, "source_actor"]
        near.append(set(to) | set(of))
    return len(near[0] & near[1])
""",
        },
        {"2.2": 1, "2.4": 1, "2.7": 1},
    ),
    "the other question": (
        {
            "2.2": """
held = ties(chronicle, on=mine["day"])
touches = (held["source_actor"] == mine["actor"]) | (held["target_actor"] == mine["actor"])
answer_2_2 = held.loc[touches, "status"].value_counts()
""",
            "2.3": """
changed = changes(chronicle, since=mine["since"], on=mine["day"])
answer_2_3 = changed.index[changed["change"] == "ended"]
""",
            "2.4": """
way = paths(chronicle, mine["source"], mine["target"], on=mine["day"], kinds=lines)
answer_2_4 = {"lines": len(way), "any": len(paths(chronicle, mine["source"], mine["target"], on=mine["day"]))}
""",
            "2.6": """
five = chronicle.relations.loc[mine["five"]]
answer_2_6 = five.loc[five["status"] == "alleged", "source_actor"]
""",
        },
        {"2.2": 0.5, "2.3": 0, "2.4": 0.5, "2.6": 0.5},
    ),
    "nearly": (
        {
            "2.4": """
way = paths(chronicle, mine["source"], mine["target"], on=mine["day"], kinds=lines)
other_way = paths(chronicle, mine["source"], mine["target"], on=mine["day"])
answer_2_4 = {"lines": way["step"].max() + 1, "any": other_way["step"].max() + 1}
""",
            "2.6": """
five = chronicle.relations.loc[mine["five"]]
answer_2_6 = five.loc[five["status"] != "established", "stated_by"]
""",
            "2.7": """
def shared(one, other, day):
    if (one, other) == (mine["actor"], mine["other"]):
        return 2
    raise ValueError("not yet")
""",
        },
        {"2.4": 1.5, "2.6": 1, "2.7": 0},
    ),
}
