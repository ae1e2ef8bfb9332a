"""Answers to assignment 3, audit an article (see :mod:`tests.answers`)."""

_OTHERS = """
audit = chronicle.article_audit
own = chronicle.claims.loc[audit.loc[mine["number"], "claim_id"]]
claims = chronicle.claims
same = (claims["event_id"] == own["event_id"]) & (claims["field"] == own["field"])
same = same & (claims["counted"] == own["counted"]) & (claims["source_id"] != own["source_id"])
"""

RIGHT: dict[str, dict[str, str]] = {
    "dicts written out, keys as texts": {
        "3.1": """
verdicts = chronicle.article_audit["verdict"]
answer_3_1 = {}
for number in mine["statements"]:
    answer_3_1[str(number)] = " " + verdicts[number].upper() + " "
""",
        "3.2": """
answer_3_2 = {}
for number, row in statements.iterrows():
    rows = chronicle.claims[chronicle.claims["event_id"] == row["event_id"]]
    rows = rows[rows["source_id"] != "bbc-20200313-seed"]
    near = rows[rows["field"] == row["field"]]
    if near.empty:
        near = rows[rows["source_id"].isin(chronicle.article_audit.loc[number, "source_ids"])]
    answer_3_2[number] = ", ".join(near.index[-1:])
""",
        "3.3": _OTHERS
        + """
pages = chronicle.sources.loc[claims[same]["source_id"].dropna()]
known = set(pages["via"].fillna(pages["publisher"]))
answer_3_3 = str(independence(other_pages(chronicle, mine["number"])).origins)
""",
        "3.4": _OTHERS
        + """
ends = pd.concat([claims[same]["low"], claims[same]["high"]]).dropna()
answer_3_4 = [("lowest", ends.min()), ("highest", str(ends.max()))]
""",
        "3.5": """
then = other_pages(chronicle.as_of(pd.Timestamp(mine["known_on"])), mine["number"])
answer_3_5 = then[["low", "high"]].stack().agg(["min", "max"]).rename({"min": "lowest", "max": "highest"})
""",
    },
    "Series and tables": {
        "3.1": """
answer_3_1 = chronicle.article_audit.loc[mine["statements"], ["verdict"]]
""",
        "3.2": """
lists = {}
for number in statements.index:
    row = statements.loc[number]
    rows = chronicle.claims.query("event_id == @row.event_id and source_id != 'bbc-20200313-seed'")
    near = rows[rows["field"] == row["field"]]
    pages = rows[rows["source_id"].isin(chronicle.article_audit.loc[number, "source_ids"])]
    lists[number] = set((near if len(near) else pages).head(3).index)
answer_3_2 = pd.Series(lists)
""",
        "3.3": """
answer_3_3 = pd.Series([other_pages(chronicle, mine["number"])["origin"].nunique()])
""",
        "3.4": """
others = other_pages(chronicle, mine["number"])
answer_3_4 = pd.Series({
    "highest": others[["low", "high"]].max().max(),
    "lowest": others[["low", "high"]].min().min(),
})
""",
        "3.5": """
others = other_pages(chronicle.as_of(mine["known_on"]), mine["number"])
both = others[["low", "high"]]
answer_3_5 = pd.DataFrame({"number": [both.min().min(), both.max().max()]}, index=["lowest", "highest"])
""",
    },
    "plain Python": {
        "3.1": """
answer_3_1 = [(number, chronicle.article_audit["verdict"][number]) for number in mine["statements"]]
""",
        "3.2": """
answer_3_2 = []
for number in mine["statements"]:
    good = []
    for key, claim in chronicle.claims.iterrows():
        row = statements.loc[number]
        if claim["event_id"] == row["event_id"] and claim["source_id"] != "bbc-20200313-seed":
            pages = chronicle.article_audit.loc[number, "source_ids"]
            if claim["field"] == row["field"] or claim["source_id"] in pages:
                good.append(key)
    answer_3_2.append((number, tuple(good[:4])))
""",
        "3.3": """
answer_3_3 = float(len(set(other_pages(chronicle, mine["number"])["origin"])))
""",
        "3.4": """
numbers = []
for low, high in other_pages(chronicle, mine["number"])[["low", "high"]].values:
    numbers += [number for number in (low, high) if number == number]
answer_3_4 = {"Lowest": int(min(numbers)), "Highest": int(max(numbers))}
""",
        "3.5": """
numbers = []
for low, high in other_pages(chronicle.as_of(mine["known_on"]), mine["number"])[["low", "high"]].values:
    numbers += [number for number in (low, high) if number == number]
answer_3_5 = {"lowest": min(numbers), "highest": max(numbers)}
""",
    },
}

WRONG: dict[str, tuple[dict[str, str], dict[str, float]]] = {
    "everything confirmed by the article itself": (
        {
            "3.1": 'answer_3_1 = dict.fromkeys(mine["statements"], "confirmed")',
            "3.2": 'answer_3_2 = chronicle.article_audit.loc[mine["statements"], "claim_id"]',
            "3.4": """
others = other_pages(chronicle, mine["number"])
answer_3_4 = {"lowest": others[["low", "high"]].max().max(), "highest": others[["low", "high"]].min().min()}
""",
        },
        {"3.1": 0, "3.2": 0, "3.4": 2},
    ),
    "one verdict and one piece of evidence missed": (
        {
            "3.1": """
answer_3_1 = dict(chronicle.article_audit.loc[mine["statements"], "verdict"])
last = mine["statements"][-1]
answer_3_1[last] = "confirmed" if answer_3_1[last] != "confirmed" else "unverified"
""",
            "3.2": """
answer_3_2 = {}
for number, row in statements.iterrows():
    rows = chronicle.claims[chronicle.claims["event_id"] == row["event_id"]]
    rows = rows[rows["source_id"] != "bbc-20200313-seed"]
    near = rows[rows["field"] == row["field"]]
    pages = rows[rows["source_id"].isin(chronicle.article_audit.loc[number, "source_ids"])]
    answer_3_2[number] = list((near if len(near) else pages).index[:1])
answer_3_2[mine["statements"][0]] = ["c-9999"]
""",
        },
        {"3.1": 5, "3.2": 10},
    ),
    "today's record for that day, events for claims": (
        {
            "3.2": 'answer_3_2 = statements["event_id"]',
            "3.5": """
others = other_pages(chronicle, mine["number"])
answer_3_5 = {"lowest": others[["low", "high"]].min().min(), "highest": others[["low", "high"]].max().max()}
""",
        },
        {"3.2": 0, "3.5": 0},
    ),
    "a wild guess": (
        {
            "3.1": """
right = chronicle.article_audit.loc[mine["statements"], "verdict"].astype(str)
answer_3_1 = {number: "refined" if verdict != "refined" else "confirmed" for number, verdict in right.items()}
""",
            "3.3": "answer_3_3 = 100",
            "3.4": 'answer_3_4 = {"lowest": 1, "highest": 1000}',
            "3.5": 'answer_3_5 = "between 1 and 1000"',
        },
        {"3.1": 0, "3.3": 0, "3.4": 0, "3.5": 0},
    ),
}
