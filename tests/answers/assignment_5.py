"""Answers to assignment 5, write a brief (see :mod:`tests.answers`)."""

_WORDS = (
    "This figure stands for what happened in these days, told for somebody who can't see it. It has {count} rows, and they "
    "are spread unevenly, so that some days or places carry much more than others do."
)
_PAGES = """
sources = known.sources
near = {"us-government": 1, "us-government-funded": 1, "iranian-state": 2, "iran-aligned": 2, "iraqi-state": 3}
near |= {"kurdish-party": 3}
cited = set(known.claims["source_id"].dropna()) | {key for keys in known.events["source_ids"] for key in keys}
cited = [key for key in sources.index if key in cited]
groups = {}
for key in cited:
    groups.setdefault(near.get(sources.loc[key, "affiliation"], 0), []).append(key)
pages = [keys[0] for group, keys in sorted(groups.items()) if group] + groups[0][:4]
"""

RIGHT: dict[str, dict[str, str]] = {
    "a list of figure and text, a Series of keys": {
        "5.1": f"""
figure = timeline(known, lanes="kind")
figure.update_layout(title="What happened, by kind")
text = {_WORDS!r}.format(count=len(as_table(figure)))
answer_5_1 = [figure, text]
""",
        "5.2": f"""
figure = disagreement(known)
figure.update_layout(title_text="Where sources differ", xaxis_title="Difference")
text = {_WORDS!r}.format(count=len(as_table(figure)))
answer_5_2 = (figure, text)
""",
        "5.3": _PAGES + "answer_5_3 = pd.Series(pages)",
    },
    "the whole record, seen and narrowed in another order": {
        "5.1": f"""
view = chronicle.between(mine["first"], mine["day"]).as_of(mine["day"])
figure = timeline(view)
figure.layout.title.text = "What happened"
answer_5_1 = pd.Series({{"figure": figure, "text": {_WORDS!r}.format(count=len(view.events))}})
""",
        "5.2": f"""
view = chronicle.between(mine["first"], mine["day"]).as_of(mine["day"])
event = view.claims["event_id"].value_counts().index[0]
figure = ledger(view, event=event)
figure.update_layout(title_text="Who says what")
answer_5_2 = {{"text": {_WORDS!r}.format(count=len(as_table(figure))), "figure": figure}}
""",
        "5.3": _PAGES + "answer_5_3 = known.sources.loc[pages]",
    },
    "keys in one text": {
        "5.1": f"""
figure = actor_map(known, on=mine["day"])
figure.update_layout(title_text="Who is tied to whom")
count = len(as_table(figure))
answer_5_1 = {{"figure": figure, "text": {_WORDS!r}.format(count=count)}}
""",
        "5.3": _PAGES + 'answer_5_3 = ", ".join(pages)',
        "5.4": """
answer_5_4 = "# A brief\\n\\n" + "Nobody can be sure of everything that is told tonight. " * 45
answer_5_4 = answer_5_4 + "\\n\\n## Evidence\\n\\nSee figures 1 and 2: [" + "] [".join(answer_5_3.split(", ")) + "]"
""",
    },
}

WRONG: dict[str, tuple[dict[str, str], dict[str, float]]] = {
    "hindsight": (
        {
            "5.1": f"""
figure = timeline(chronicle.between(mine["first"], "2020-12-31"))
figure.update_layout(title_text="What happened")
answer_5_1 = {{"figure": figure, "text": {_WORDS!r}.format(count=len(as_table(figure)))}}
""",
            "5.3": """
late = chronicle.sources[chronicle.sources["published"] > mine["day"]]
answer_5_3 = list(late.index[:5])
""",
        },
        {"5.1": 0, "5.3": 0},
    ),
    "the words of the helpers, no text, all pages alike": (
        {
            "5.1": """
figure = timeline(known).update_layout(title_text="What happened")
answer_5_1 = {"figure": figure, "text": " ".join(describe(figure).split()[:100])}
""",
            "5.2": """
figure = place_map(known).update_layout(title_text="Where it happened")
answer_5_2 = {"figure": figure}
""",
            "5.3": """
claiming = set(known.claims["source_id"])
pages = [key for keys in known.events["source_ids"] for key in keys]
affiliation = known.sources["affiliation"]
alike = [key for key in pages if affiliation.get(key) == "independent" and key not in claiming]
answer_5_3 = list(dict.fromkeys(alike))[:4]
""",
        },
        {"5.1": 6, "5.2": 6, "5.3": 4},
    ),
    "no title, an old window, too short": (
        {
            "5.1": f"""
figure = timeline(known).update_layout(title_text="")
answer_5_1 = {{"figure": figure, "text": {_WORDS!r}.format(count=len(as_table(figure)))}}
""",
            "5.2": f"""
figure = timeline(chronicle.as_of(mine["day"]).between("2019-05-01", "2019-09-30"))
figure.update_layout(title_text="What happened")
answer_5_2 = {{"figure": figure, "text": {_WORDS!r}.format(count=len(as_table(figure)))}}
""",
            "5.4": """
answer_5_4 = "# A brief\\n\\n" + "Nobody can be sure of everything that is told tonight. " * 25
""",
        },
        {"5.1": 2, "5.2": 2, "5.4": 4},
    ),
    "things that are no figure and no text": (
        {
            "5.1": "answer_5_1 = known.events",
            "5.2": 'answer_5_2 = {"figure": "see above", "text": "12 events"}',
            "5.3": "answer_5_3 = known.claims.index[:6]",
            "5.4": "answer_5_4 = 500",
        },
        {"5.1": 0, "5.2": 0, "5.3": 0, "5.4": 0},
    ),
}
