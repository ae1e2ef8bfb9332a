"""Check lessons: anatomy, truth, language, code, and (with --run) that they run.

python -m tests.lessons                                 all lessons
python -m tests.lessons notebooks/02-december.ipynb --run
python -m tests.lessons --evidence 2020-01-03           what the record holds on a day or event, with links
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from helpers.chronicle import Chronicle, load
from tests.checker.anatomy import anatomy_problems
from tests.checker.code import import_problems, teaching_problems
from tests.checker.language import GRADE, language_problems, lesson_readability
from tests.checker.notebook import Lesson, Problem
from tests.checker.running import run_problems
from tests.checker.truth import Evidence, markers, truth_problems, untold

__all__ = [
    "Evidence",
    "Lesson",
    "Problem",
    "anatomy_problems",
    "evidence_text",
    "import_problems",
    "language_problems",
    "lesson_files",
    "lesson_readability",
    "problems_of",
    "run_problems",
    "teaching_problems",
    "truth_problems",
    "untold",
]

NOTEBOOKS = Path(__file__).resolve().parent.parent / "notebooks"


def lesson_files(folder: Path = NOTEBOOKS) -> list[Path]:
    """Return the lessons of the series in their order."""
    return sorted(folder.glob("[0-9][0-9]-*.ipynb"))


def problems_of(lesson: Lesson, evidence: Evidence, before: Sequence[Lesson] = ()) -> list[Problem]:
    """List all that is wrong with a lesson without running it; ``before`` are the lessons taught before it."""
    taught = [problem for problem in teaching_problems([*before, lesson]) if problem.lesson == lesson.name]
    found = [*anatomy_problems(lesson, evidence.chronicle), *truth_problems(lesson, evidence)]
    return [*found, *language_problems(lesson, evidence.chronicle), *import_problems(lesson), *taught]


def report(lesson: Lesson) -> str:
    """Say in a line how long and readable a lesson is, and how many comments speak to the truth check."""
    found = lesson_readability(lesson)
    counts = ", ".join(f"{count} × {kind!r}" for kind, count in markers(lesson).items())
    size = f"{len(lesson.cells)} cells, {found.words} words"
    return f"{lesson.name}: {size}, Flesch-Kincaid grade {found.grade} (at most {GRADE:g}); {counts}"


def evidence_text(wanted: str, chronicle: Chronicle) -> str:
    """Return what the record holds on the events whose key starts with ``wanted``, with links for a lesson."""
    lines = []
    sources = chronicle.sources
    for key, event in chronicle.events.iterrows():
        if not str(key).startswith(wanted):
            continue
        day_utc = event["date"] if event["date_utc"] != event["date_utc"] else event["date_utc"]
        utc = f" = {day_utc:%Y-%m-%d} {event['time_utc']} UTC" if event["time_utc"] == event["time_utc"] else ""
        time = f" {event['time_local']} local{utc}" if event["time_local"] == event["time_local"] else ""
        lines += [
            f"== {key} (importance {event['importance']}, {event['kind']}){time}",
            event["title"],
            event["summary"],
        ]
        lines += [f"  [{sources.at[i, 'publisher']}]({sources.at[i, 'url']}) {i}" for i in event["source_ids"]]
        for row in chronicle.claims.query("event_id == @key").to_dict("records"):
            count = (
                ""
                if row["low"] != row["low"]
                else f" [{row['low']:g} to {row['high']:g} {row['unit']}]".replace(" to nan", " or more")
            )
            source = f"[{sources.at[row['source_id'], 'publisher']}]({sources.at[row['source_id'], 'url']})"
            day = "no date" if row["reported_on"] != row["reported_on"] else f"{row['reported_on']:%Y-%m-%d}"
            lines.append(
                f"  - {row['field']}: {row['value']}{count} | {row['claimant']}, {day}, {row['status']} {source}"
            )
        for row in chronicle.quotes.query("event_id == @key").to_dict("records"):
            source = f"[{sources.at[row['source_id'], 'publisher']}]({sources.at[row['source_id'], 'url']})"
            lines.append(f'  - "{row["quote"]}" {row["speaker_id"]} {source}')
    return "\n".join(lines) or f"no event starts with {wanted!r}"


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", nargs="*", type=Path)
    parser.add_argument("--run", action="store_true", help="run the lessons, twice")
    parser.add_argument("--evidence", metavar="START", help="show the events whose key starts so")
    options = parser.parse_args(arguments)
    evidence = Evidence(load())
    if options.evidence:
        print(evidence_text(options.evidence, evidence.chronicle))
        return 0
    every = [Lesson.read(path) for path in lesson_files()]
    count = 0
    for path in options.files or lesson_files():
        lesson = Lesson.read(path)
        problems = problems_of(lesson, evidence, [other for other in every if other.name < lesson.name])
        print(report(lesson))
        if options.run:
            run, found = run_problems(lesson)
            problems += found
            cost = f"{run.seconds:.1f} s ({run.cpu_seconds:.1f} s of work), {run.megabytes:.0f} MB"
            print(f"  {cost}, {sum(map(len, run.figures.values()))} figures")
        for problem in problems:
            print(f"  {problem}")
        count += len(problems)
    if not options.files and (missing := untold(every, evidence)):
        print(f"events of importance 1 that no lesson tells: {', '.join(missing)}")
    return int(count > 0)


if __name__ == "__main__":
    sys.exit(main())
