"""The tools that are measured: what draws their page, where their marks are, and how each filters."""

from __future__ import annotations

from dataclasses import dataclass

from bench.peers.record import SIDE

TIMELINES, MAPS = "events", "actors"
POINTS = ".scatterlayer .points path.point"
IN_LAB = (
    "first draw: from running the cell; axe and titles: inside the explorer; "
    "its figure is one Tab stop, in which arrow keys step through all"
)


@dataclass(frozen=True)
class Tool:
    """One tool. ``marks`` is a CSS selector of its marks, empty where it paints on a canvas."""

    name: str
    builder: str
    subject: str
    marks: str = ""
    covers: str = ""
    """A selector of what hides the drawing while it is made ready."""
    idiom: str = ""
    """How it filters, in words; empty if it doesn't."""
    act: str = ""
    """JavaScript that filters, or ``dblclick TEXT`` for a legend's entry."""
    ours: bool = False
    note: str = ""
    in_lab: bool = False


TOOLS = [
    Tool(
        "TimelineJS3",
        "timelinejs",
        TIMELINES,
        marks=".tl-timemarker-content-container",
        covers=".tl-loading, .tl-message-full",
        note="without its own fonts, which it fetches from fonts.gstatic.com unless told not to",
    ),
    Tool(
        "vis-timeline",
        "vis_timeline",
        TIMELINES,
        marks=".vis-item.vis-point, .vis-item.vis-range",
        idiom="`DataView`, by script; it has no control",
        act=f"window.show('{SIDE}')",
    ),
    Tool(
        "anytimeline",
        "anytimeline",
        TIMELINES,
        note="paints on a canvas",
    ),
    Tool(
        "Altair",
        "altair",
        TIMELINES,
        marks=".mark-symbol path",
        idiom="list bound to a selection",
        act="""(() => {
            const list = document.querySelector('.vega-bind select');
            list.selectedIndex = [...list.options].findIndex(o => o.text === 'US and allies');
            for (const kind of ['input', 'change']) list.dispatchEvent(new Event(kind, {bubbles: true}));
        })()""",
        note="SVG, as its canvas, the default, has no named marks",
    ),
    Tool(
        "plotly.express.timeline",
        "plotly_express",
        TIMELINES,
        marks=".barlayer .point path",
        idiom="double click on a name in the legend",
        act="dblclick US and allies",
        note="draws bars alone: an event of a moment got a bar of a day",
    ),
    Tool("ours: `timeline()`", "our_timeline", TIMELINES, marks=POINTS, ours=True),
    Tool(
        "ours: reading edition",
        "our_timeline_edition",
        TIMELINES,
        marks=POINTS,
        ours=True,
        note="a page of one figure with its words and its table; `assets` as the whole series has them",
    ),
    Tool(
        "ours: `TimelineExplorer` in JupyterLab",
        "timeline_explorer",
        TIMELINES,
        marks=POINTS,
        idiom="list “Side that acted”, computed in the kernel",
        act='["Side that acted", "US and allies"]',
        ours=True,
        note=IN_LAB,
        in_lab=True,
    ),
    Tool(
        "pyvis",
        "pyvis",
        MAPS,
        covers="#loadingBar",
        idiom="its filter menu",
        act=f"""(() => {{
            filter.item = 'node'; filter.property = 'group'; filter.value = ['{SIDE}']; highlightFilter(filter);
        }})()""",
        note="`cdn_resources='in_line'`; paints on a canvas and goes on moving; the filter hides the others",
    ),
    Tool("ipysigma", "ipysigma", MAPS),
    Tool(
        "ours: `actor_map()`",
        "our_actor_map",
        MAPS,
        marks=POINTS,
        idiom="double click in the legend: a family of ties",
        act="dblclick Opposes, objects to, accuses",
        ours=True,
    ),
    Tool(
        "ours: reading edition",
        "our_actor_map_edition",
        MAPS,
        marks=POINTS,
        idiom="double click in the legend: a family of ties",
        act="dblclick Opposes, objects to, accuses",
        ours=True,
        note="a page of one figure with its words and its table",
    ),
    Tool(
        "ours: `ActorMapExplorer` in JupyterLab",
        "actor_map_explorer",
        MAPS,
        marks=POINTS,
        idiom="list “Kinds of tie”, computed in the kernel",
        act='["Kinds of tie", "Opposes"]',
        ours=True,
        note=IN_LAB,
        in_lab=True,
    ),
]
