"""Write the handouts: ``python -m teaching.handouts [--to FOLDER] [--no-pdf] [LESSON ...]``."""

from __future__ import annotations

import argparse
from contextlib import nullcontext
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from teaching.handouts.pages import contents, page, title_of
from teaching.handouts.sheets import SHEETS
from tests.browser import NoBrowserError, chrome

if TYPE_CHECKING:
    from teaching.handouts.drawing import Press

FOLDER = Path(__file__).resolve().parents[2] / "build" / "handouts"


def press_here() -> Press | None:
    """Return a browser that prints, or None if there is none on this machine."""
    missing = "Playwright is not installed here." if find_spec("playwright") is None else ""
    try:
        chrome()
    except NoBrowserError as error:
        missing = str(error)
    if missing:
        print(f"{missing}\nWithout it there are no PDFs. The pages open in any browser; print them from there.")
        return None
    from teaching.handouts.drawing import Press

    return Press()


def make(folder: Path, lessons: list[str], press: Press | None) -> None:
    """Write the handouts of some lessons into a folder, as HTML and, with a browser, as PDF."""
    folder.mkdir(parents=True, exist_ok=True)
    with press or nullcontext() as at_work:
        for lesson in lessons:
            sheet = SHEETS[lesson]
            figure = sheet.draw(sheet.record())
            html = page(lesson, sheet, figure, at_work.picture(figure) if at_work else None)
            (folder / f"{lesson}.html").write_text(html, encoding="utf-8")
            if at_work:
                at_work.pdf(html, folder / f"{lesson}.pdf")
            print(f"  {lesson} {title_of(lesson)}")
    there = [lesson for lesson in SHEETS if (folder / f"{lesson}.html").exists()]
    listed = [(lesson, title_of(lesson), (folder / f"{lesson}.pdf").exists()) for lesson in there]
    (folder / "index.html").write_text(contents(listed), encoding="utf-8")


def main() -> None:
    """Write the handouts that were asked for, or all."""
    parser = argparse.ArgumentParser(prog="python -m teaching.handouts", description="Write the printable handouts.")
    parser.add_argument("lessons", nargs="*", metavar="LESSON", help="numbers of lessons, such as 03; all if none")
    parser.add_argument("--to", type=Path, default=FOLDER, help="the folder to write to (build/handouts)")
    parser.add_argument("--no-pdf", action="store_true", help="write HTML with live figures, use no browser")
    given = parser.parse_args()
    unknown = [lesson for lesson in given.lessons if lesson not in SHEETS]
    if unknown:
        parser.error(f"no lesson {', '.join(unknown)}; there are {', '.join(SHEETS)}")
    make(given.to, given.lessons or list(SHEETS), None if given.no_pdf else press_here())
    print(f"The handouts are in {given.to}. Open index.html there.")


if __name__ == "__main__":
    main()
