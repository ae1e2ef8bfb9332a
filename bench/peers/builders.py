"""How each tool makes its page. ``python -m bench.peers.builders NAME INPUT OUT MODULES`` is run in the peers' environment.

A builder imports its tool and reads the record first, and returns what is then timed: from plain rows (for ours, from the
loaded record) to the page on the disk, with everything beside it that it needs. That happens once in a new process, so
that nothing is remembered from an earlier time.
"""

from __future__ import annotations

import json
import shutil
import sys
import time
from collections.abc import Callable
from html import escape
from pathlib import Path
from typing import Any

PAGE = "index.html"
Build = Callable[[Path], None]
Rows = list[dict[str, Any]]


def timelinejs(given: dict[str, Any], modules: Path) -> Build:
    """TimelineJS3: a slide and a marker for each event, one row of markers for each side."""
    dist = modules / "@knight-lab" / "timelinejs" / "dist"

    def moment(iso: str) -> dict[str, int]:
        date, clock = iso.split("T")
        parts = dict(zip(("year", "month", "day"), map(int, date.split("-")), strict=True))
        hour, minute = map(int, clock.split(":")[:2])
        return parts if clock.startswith("00:00") else {**parts, "hour": hour, "minute": minute}

    def build(out: Path) -> None:
        slides = [
            {
                "unique_id": event["id"],
                "group": event["label"],
                "start_date": moment(event["start"]),
                **({"end_date": moment(event["end"])} if event["end"] else {}),
                "text": {"headline": escape(event["title"]), "text": escape(event["words"])},
            }
            for event in given["events"]
        ]
        shutil.copytree(dist / "css" / "icons", out / "css" / "icons")
        shutil.copy(dist / "css" / "timeline.css", out / "css")
        (out / "js").mkdir()
        shutil.copy(dist / "js" / "timeline.js", out / "js")
        # Its own fonts come from fonts.gstatic.com; without them it takes those of the browser.
        script = f"new TL.Timeline('timeline', {_script({'events': slides})}, {{font: null}});"
        body = f'<div id="timeline" style="width:100%;height:760px"></div><script>{script}</script>'
        _write(out, body, styles=["css/timeline.css"], scripts=["js/timeline.js"])

    return build


def vis_timeline(given: dict[str, Any], modules: Path) -> Build:
    """vis-timeline: a group for each side; a DataView, as its filter is, between the events and the timeline."""
    standalone = modules / "vis-timeline" / "standalone" / "umd" / "vis-timeline-graph2d.min.js"
    styles = modules / "vis-timeline" / "styles" / "vis-timeline-graph2d.min.css"

    def build(out: Path) -> None:
        items = [
            {
                "id": event["id"],
                "group": event["side"],
                "content": escape(event["title"]),
                "title": escape(event["words"]),
                "start": event["start"],
                **({"end": event["end"], "type": "range"} if event["end"] else {"type": "point"}),
            }
            for event in given["events"]
        ]
        labels = {event["side"]: event["label"] for event in given["events"]}
        groups = [{"id": side, "content": escape(label)} for side, label in labels.items()]
        shutil.copy(standalone, out / "vis.js")
        shutil.copy(styles, out / "vis.css")
        script = f"""
            let only = null;
            const items = new vis.DataSet({_script(items)});
            const view = new vis.DataView(items, {{filter: item => only === null || item.group === only}});
            new vis.Timeline(document.getElementById("timeline"), view, new vis.DataSet({_script(groups)}), {{}});
            window.show = side => {{ only = side; view.refresh(); }};"""
        _write(out, f'<div id="timeline"></div><script>{script}</script>', styles=["vis.css"], scripts=["vis.js"])

    return build


def anytimeline(given: dict[str, Any], modules: Path) -> Build:
    """anytimeline: a lane for each side, marks for events and bars for those that lasted, titles where there is room."""
    import pandas as pd
    from anytimeline import Timeline

    frame = _frame(pd, given["events"])

    def build(out: Path) -> None:
        plot = Timeline(title="Events", height=700)
        look = {"lane": "label", "color": "label", "text": "title", "tooltip": ["title", "words"]}
        plot.events(frame[frame["end"].isna()], time="start", **look, name="events")
        plot.intervals(frame[frame["end"].notna()], start="start", end="end", **look, name="lasting")
        plot.save_html(out / PAGE, title="Events")

    return build


def altair(given: dict[str, Any], modules: Path) -> Build:
    """Altair: points and bars in lanes by side, SVG for its named marks, a drop-down list that filters."""
    import altair as alt
    import pandas as pd
    import vl_convert

    assert vl_convert  # what puts the libraries into the page; imported before the clock runs
    frame = _frame(pd, given["events"])

    def build(out: Path) -> None:
        sides = sorted(frame["label"].unique())
        choice = alt.binding_select(options=[None, *sides], labels=["All", *sides], name="Side ")
        pick = alt.selection_point(fields=["label"], bind=choice)
        base = (
            alt.Chart(frame)
            .encode(
                x=alt.X("start:T", title=None),
                y=alt.Y("label:N", title=None),
                color=alt.Color("label:N", legend=None),
                tooltip=["title:N", "start:T", "words:N"],
                description="title:N",
            )
            .transform_filter(pick)
        )
        bars = base.transform_filter("isValid(datum.end)").mark_bar(height=6).encode(x2="end:T")
        points = base.mark_point(filled=True, size=60).add_params(pick)
        chart = (bars + points).properties(width=1000, height=500, title="Events").interactive()
        chart.save(out / PAGE, inline=True, embed_options={"renderer": "svg"})

    return build


def plotly_express(given: dict[str, Any], modules: Path) -> Build:
    """plotly.express.timeline: a bar for each event; it draws no points, so an event of a day gets that day."""
    import pandas as pd
    import plotly.express as px

    frame = _frame(pd, given["events"])

    def build(out: Path) -> None:
        ends = frame["end"].fillna(frame["start"] + pd.Timedelta(days=1))
        figure = px.timeline(
            frame.assign(end=ends),
            x_start="start",
            x_end="end",
            y="label",
            color="label",
            hover_name="title",
            hover_data=["words"],
            title="Events",
        )
        figure.write_html(out / PAGE, include_plotlyjs=True)

    return build


def pyvis(given: dict[str, Any], modules: Path) -> Build:
    """pyvis: with its libraries in the page and its own filter menu."""
    from pyvis.network import Network

    def build(out: Path) -> None:
        net = Network(height="700px", directed=True, filter_menu=True, cdn_resources="in_line")
        for actor in given["actors"]:
            net.add_node(actor["id"], label=actor["title"], title=actor["words"], group=actor["side"])
        for tie in given["ties"]:
            net.add_edge(tie["source"], tie["target"], title=tie["words"], kind=tie["kind"])
        (out / PAGE).write_text(net.generate_html(), encoding="utf-8")

    return build


def ipysigma(given: dict[str, Any], modules: Path) -> Build:
    """ipysigma: its page of one graph."""
    import networkx as nx
    from ipysigma import Sigma

    def build(out: Path) -> None:
        graph = nx.MultiDiGraph()
        for actor in given["actors"]:
            graph.add_node(actor["id"], **{key: actor[key] for key in ("title", "words", "side")})
        for tie in given["ties"]:
            graph.add_edge(tie["source"], tie["target"], kind=tie["kind"])
        Sigma.write_html(graph, out / PAGE, node_label="title", node_color="side", edge_color="kind", start_layout=5)

    return build


def our_timeline(given: dict[str, Any], modules: Path) -> Build:
    """Ours: what `timeline()` returns, written as a page."""
    from helpers import load, timeline

    chronicle = load()
    return lambda out: timeline(chronicle).write_html(out / PAGE, include_plotlyjs=True)


def our_actor_map(given: dict[str, Any], modules: Path) -> Build:
    """Ours: what `actor_map()` returns for all actors, written as a page."""
    from helpers import actor_map, load

    chronicle = load()
    return lambda out: actor_map(chronicle, on=given["day"], show="all").write_html(out / PAGE, include_plotlyjs=True)


def our_timeline_edition(given: dict[str, Any], modules: Path) -> Build:
    """Ours: the reading edition's page of one figure, with its words and its table."""
    from helpers import load, timeline

    chronicle = load()
    return _edition(lambda: timeline(chronicle), chronicle)


def our_actor_map_edition(given: dict[str, Any], modules: Path) -> Build:
    """Ours: the reading edition's page of one figure, with its words and its table."""
    from helpers import actor_map, load

    chronicle = load()
    return _edition(lambda: actor_map(chronicle, on=given["day"], show="all"), chronicle)


def _edition(draw: Callable[[], Any], chronicle: Any) -> Build:
    from edition.build import write
    from edition.pages import read_lesson

    def build(out: Path) -> None:
        shown = {"output_type": "display_data", "metadata": {}, "data": draw()._repr_mimebundle_()}
        cells = [
            {"cell_type": "markdown", "metadata": {}, "source": "# Events"},
            {"cell_type": "code", "metadata": {}, "source": "figure", "outputs": [shown]},
        ]
        shutil.rmtree(out)
        write(out, [read_lesson("index-of-one", {"cells": cells}, frozenset({"index-of-one"}))], chronicle)
        (out / "index-of-one.html").replace(out / PAGE)

    return build


BUILDERS: dict[str, Callable[[dict[str, Any], Path], Build]] = {
    "timelinejs": timelinejs,
    "vis_timeline": vis_timeline,
    "anytimeline": anytimeline,
    "altair": altair,
    "plotly_express": plotly_express,
    "our_timeline": our_timeline,
    "our_timeline_edition": our_timeline_edition,
    "pyvis": pyvis,
    "ipysigma": ipysigma,
    "our_actor_map": our_actor_map,
    "our_actor_map_edition": our_actor_map_edition,
}


def main(name: str, given: Path, out: Path, modules: Path) -> None:
    build = BUILDERS[name](json.loads(given.read_text(encoding="utf-8")), modules)
    shutil.rmtree(out, ignore_errors=True)
    out.mkdir(parents=True)
    start = time.perf_counter()
    build(out)
    print(json.dumps({"seconds": time.perf_counter() - start}))


def _frame(pd: Any, events: Rows) -> Any:
    frame = pd.DataFrame(events)
    return frame.assign(start=pd.to_datetime(frame["start"], format="ISO8601"), end=pd.to_datetime(frame["end"]))


def _script(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False).replace("</", "<\\/")


def _write(out: Path, body: str, *, styles: list[str], scripts: list[str]) -> None:
    head = "".join(f'<link rel="stylesheet" href="{name}">' for name in styles)
    head += "".join(f'<script src="{name}"></script>' for name in scripts)
    start = '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Events</title>'
    (out / PAGE).write_text(f"{start}{head}</head><body>{body}</body></html>", encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1], *map(Path, sys.argv[2:5]))
