"""The marking from the command line: ``python -m teaching.marking --help``."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from teaching.marking.sources import ROOT, SOURCES, assignments

OUT = Path("grading")
_OTHER_PYTHON = (
    "In the project's folder, type .venv/bin/python in the place of python; make lab sets it up. "
    "On Windows type first: conda activate escalation"
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Do what the command says; return 0, or 1 after a message."""
    options = _parser().parse_args(arguments)
    try:
        from teaching.marking.intake import NothingFoundError
        from teaching.marking.release import NotInstalledError
        from teaching.marking.roster import BadRosterError
    except ModuleNotFoundError as error:  # another Python than the project's
        print(f"Stopped: this Python lacks {error.name}. {_OTHER_PYTHON}", file=sys.stderr)
        return 1

    try:
        options.do(options)
    except (NothingFoundError, BadRosterError, NotInstalledError) as error:
        print(f"Stopped: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("Stopped. What was marked is kept; run the same command to go on.", file=sys.stderr)
        return 1
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m teaching.marking", description="Hand out, mark and give back assignments."
    )
    commands = parser.add_subparsers(required=True, metavar="command")

    one = commands.add_parser("grade", help="mark a folder or zip of downloads")
    one.add_argument("source", type=Path, metavar="IN", help="the folder or zip; it is only read")
    one.add_argument("--roster", type=Path, help="the class list, a CSV file with id and name")
    one.add_argument("--out", type=Path, default=OUT, help="where to write (default: grading)")
    one.add_argument("--jobs", type=_count, help="how many notebooks run at a time (default: one for each core)")
    one.add_argument("--seconds", type=float, default=60, help="how long a notebook may run (default: 60)")
    one.add_argument("--memory", type=_count, default=1500, help="how many MB it may take (default: 1500)")
    one.set_defaults(do=_grade)

    one = commands.add_parser("mark", help="open the form for written answers")
    one.add_argument("--out", type=Path, default=OUT)
    one.add_argument("--port", type=int, default=0)
    one.add_argument("--no-browser", action="store_true")
    one.set_defaults(do=_mark)

    one = commands.add_parser("return", help="write marks, feedback and report anew after marking by hand")
    one.add_argument("--out", type=Path, default=OUT)
    one.set_defaults(do=_return)

    one = commands.add_parser("release", help="make the students' copies from the sources")
    one.set_defaults(do=_release)

    one = commands.add_parser("codings", help="merge the class's codings of assignment 4")
    one.add_argument("--out", type=Path, default=OUT)
    one.add_argument("--names", action="store_true", help="with the students' names (without: A, B, C …)")
    one.set_defaults(do=_codings)

    one = commands.add_parser("key", help="print the right answers for a student, for your eyes")
    one.add_argument("assignment", type=int)
    one.add_argument("student", help="the student's id")
    one.set_defaults(do=_key)

    one = commands.add_parser("fake-class", help="make the submissions of a class that does not exist, to try all this")
    one.add_argument("folder", type=Path)
    one.add_argument("--students", type=_count, default=30)
    one.add_argument("--style", choices=("moodle", "canvas", "google", "plain"), default="moodle")
    one.add_argument("--assignment", type=int, default=1)
    one.add_argument("--seed", type=int, default=1)
    one.add_argument("--zip", action="store_true", help="make a zip, as the platform would")
    one.set_defaults(do=_fake_class)
    return parser


def _count(text: str) -> int:
    value = int(text)
    if value < 1:
        raise argparse.ArgumentTypeError("must be 1 or more")
    return value


def _grade(options: argparse.Namespace) -> None:
    from teaching.marking.grade import grade

    limits = {"jobs": options.jobs, "seconds": options.seconds, "memory": options.memory}
    grade(options.source, options.out, options.roster, **limits, say=_say)


def _mark(options: argparse.Namespace) -> None:
    from teaching.marking.form import open_form

    open_form(options.out, port=options.port, browser=not options.no_browser, say=_say)


def _return(options: argparse.Namespace) -> None:
    from teaching.marking.grade import give_back

    give_back(options.out, say=_say)


def _release(_: argparse.Namespace) -> None:
    from teaching.marking.release import RELEASED, generate

    changed = generate()
    for path in changed:
        _say(f"made {path.relative_to(ROOT)}")
    if not changed:
        _say(
            f"{len(assignments())} copies in {RELEASED.relative_to(ROOT)} are as the sources in {SOURCES.relative_to(ROOT)}."
        )


def _codings(options: argparse.Namespace) -> None:
    from teaching.marking.class_codings import write
    from teaching.marking.intake import NothingFoundError

    try:
        for path in write(options.out, names=options.names):
            _say(f"made {path}")
    except ValueError as error:
        raise NothingFoundError(str(error)) from error


def _key(options: argparse.Namespace) -> None:
    from teaching.marking.key import key

    _say(key(options.assignment, options.student))


def _fake_class(options: argparse.Namespace) -> None:
    from teaching.marking.fake_class import make_class

    made = make_class(
        options.folder,
        students=options.students,
        style=options.style,
        assignment=options.assignment,
        seed=options.seed,
        zipped=options.zip,
    )
    _say(f"{made.count} of {len(made.members)} handed in: {made.path}. The class list: {made.roster}. Now:")
    if os.name == "nt":
        _say(f'  python -m teaching.marking grade "{made.path}" --roster "{made.roster}"')
    else:
        _say(f'  make grade IN="{made.path}" ROSTER="{made.roster}"')


def _say(text: str) -> None:
    print(text, flush=True)


if __name__ == "__main__":
    sys.exit(main())
