"""The section ``peers`` of bench/RESULTS.md: the method in words, one table for each subject, and who is ahead in what."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from bench import report
from bench.peers.browsing import Measured
from bench.peers.tools import MAPS, TIMELINES, Tool

Found = Mapping[Tool, Measured]
METHOD = """The same events, or actors and ties, in each tool, as one page that may reach nothing but its own files
(a request to anywhere else is refused and counted), in one run on one machine, beside ours.
**Build**: plain rows to a written page, each time in a new process, import apart.
**Page**: bytes of all the files that the page asked for.
**First draw**: from navigation to the frame after the first mark was seen (on a canvas: painted, and no longer covered).
**Filter**: to one side or one kind, in the tool's own way, to the frame after the drawing had changed.
These three times are medians of {rounds}.
**Tab stops**: how many events or actors are named by the first 100 stops of the Tab key / how many stops there are.
**Words by keyboard**: whether Tab, then Enter on a named or unfolding stop or arrow keys elsewhere, bring words of an event
or actor into view that were not there before.
**axe**: places with findings at WCAG 2.2 A and AA, serious or worse / all.
**Requests**: to outside, tried in one opening.
**Titles**: how many titles or names stand in the page as text, names of marks and closed parts included.
**Marks**: seen after the first draw, with those of ties; a canvas has none to count."""
COLUMNS = (
    "tool",
    "build ms",
    "page kB",
    "first draw ms",
    "filter ms",
    "Tab stops",
    "words by keyboard",
    "axe",
    "requests",
    "titles",
    "marks",
)
Value = Callable[[Measured], float | None]
CONTESTS: list[tuple[str, str, Value, bool]] = [
    ("build", "{:.0f} ms", lambda m: None if m.build is None else m.build * 1000, False),
    ("page", "{:,.0f} kB", lambda m: None if m.size is None else m.size / 1000, False),
    ("first draw", "{:,.0f} ms", lambda m: m.draw, False),
    ("filter", "{:,.0f} ms", lambda m: m.filter, False),
    ("events or actors at Tab stops", "{:.0f}", lambda m: m.named_stops, True),
    ("axe, serious or worse", "{:.0f}", lambda m: m.findings("serious", "critical"), False),
    ("titles as text", "{:.0f}", lambda m: m.titles, True),
]
SUBJECTS = {TIMELINES: "Timelines", MAPS: "Actor maps"}


def section(found: Found, given: Mapping[str, int], versions: Mapping[str, str], rounds: int, load: str) -> str:
    """Return the whole section as Markdown."""
    named = ", ".join(f"{name} {version}" for name, version in versions.items())
    blocks = [METHOD.format(rounds=rounds), f"{named}. {load}"]
    for subject, title in SUBJECTS.items():
        here = {tool: told for tool, told in found.items() if tool.subject == subject}
        blocks += [
            f"### {title}: {given[subject]} {subject}",
            report.table(COLUMNS, [row(tool, told, given[subject]) for tool, told in here.items()]),
            ahead(here),
            notes(here),
        ]
    return report.section("peers", *filter(None, blocks))


def row(tool: Tool, told: Measured, given: int) -> list[str]:
    """Return the cells of one tool."""
    if told.fault:
        first = [tool.name, _number(told.build, 1000), _number(told.size, 1 / 1000), told.fault]
        return [*first, *["–"] * 4, _requests(told), "–", "–"]
    stops = "–" if told.stops is None else f"{told.named_stops} / {told.stops}"
    axe = "–" if told.axe is None else f"{told.findings('serious', 'critical')} / {told.findings()}"
    keys = {None: "–", True: "yes", False: "**no**"}[told.by_keyboard]
    return [
        tool.name,
        _number(told.build, 1000),
        _number(told.size, 1 / 1000),
        _number(told.draw),
        _number(told.filter) if tool.idiom else "none",
        stops,
        keys,
        axe,
        _requests(told),
        "–" if told.titles is None else f"{told.titles} of {given}",
        "canvas" if told.shown is None else str(told.shown),
    ]


def ahead(found: Found) -> str:
    """Return a sentence on where a peer is ahead of all of ours, and one on where none is.

    JupyterLab is already there when an explorer is drawn in it, so its first draw is no match for a page's.
    """
    behind, level = [], []
    for name, form, value, more_is_better in CONTESTS:
        ours = [
            v
            for tool, told in found.items()
            if tool.ours and not (tool.in_lab and name == "first draw")
            if not told.fault and (v := value(told)) is not None
        ]
        theirs = [
            (v, tool.name)
            for tool, told in found.items()
            if not tool.ours and not told.fault and (v := value(told)) is not None
        ]
        if not ours or not theirs:
            continue
        pick = max if more_is_better else min
        best, own = pick(theirs, key=lambda one: one[0]), pick(ours)
        if best[0] != own and pick(best[0], own) == best[0]:
            behind.append(f"{name} ({best[1]} {form.format(best[0])}, the best of ours {form.format(own)})")
        else:
            level.append(name)
    lost = f"A peer is ahead of all of ours in: {'; '.join(behind)}." if behind else ""
    won = f"Ours is ahead or level in: {', '.join(level)}." if level else ""
    return " ".join(filter(None, (lost, won)))


def notes(found: Found) -> str:
    """Return what has to be known of each tool: its filter, its settings, what axe found."""
    lines = []
    for tool, told in found.items():
        said = [tool.note, f"filter: {tool.idiom}" if tool.idiom and not told.fault else ""]
        if told.axe:
            said.append("axe: " + ", ".join(f"{rule} ({impact}, {count})" for rule, impact, count in told.axe))
        text = "; ".join(filter(None, said))
        if text:
            lines.append(f"- {tool.name}: {text}")
    return "\n".join(lines)


def _number(value: float | None, factor: float = 1) -> str:
    return "–" if value is None else f"{value * factor:,.0f}"


def _requests(told: Measured) -> str:
    return "–" if told.outside is None else str(len(told.outside))
