"""Build the reading edition: run the lessons, two at a time, and write the site."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from plotly.offline import get_plotlyjs

from edition import pages
from edition.run import ROOT, run_lesson
from helpers.chronicle import Chronicle, load

STATIC = Path(__file__).with_name("static")
NOTEBOOKS = ROOT / "notebooks"


class BuildError(RuntimeError):
    """The site can't be written where it should be."""


@dataclass(frozen=True, slots=True)
class Site:
    """A site that was built: its folder and its pages."""

    folder: Path
    pages: tuple[Path, ...]

    @property
    def megabytes(self) -> float:
        """What all its files weigh."""
        return sum(path.stat().st_size for path in self.folder.rglob("*") if path.is_file()) / 1e6


def lesson_files(folder: Path = NOTEBOOKS) -> list[Path]:
    """Return the notebooks of the series in their order."""
    return sorted(folder.glob("[0-9][0-9]-*.ipynb"))


def build(
    out: Path,
    *,
    lessons: Sequence[Path] | None = None,
    record: Chronicle | None = None,
    launch: Mapping[str, Sequence[tuple[str, str]]] | None = None,
    jobs: int = 2,
    say: Callable[[str], None] = lambda _: None,
) -> Site:
    """Run lessons and write them as a site.

    Parameters
    ----------
    out
        The folder to write. What an earlier build left there is replaced; a folder with anything else is refused.
    lessons
        Notebooks; without them, all lessons of the series.
    record
        The record whose glossary and sources are listed; without it, the shipped one.
    launch
        Name of a lesson → labels and addresses that open it where it can be run (:func:`edition.pages.read_launch_links`).
    jobs
        How many lessons run at a time.
    say
        Told about each step in a line.

    Raises
    ------
    BuildError
        If the folder holds something that is not a reading edition.
    LessonError
        If a lesson can't be run to its end.
    """
    paths = list(lessons) if lessons is not None else lesson_files()
    if not paths:
        raise BuildError(f"there is no lesson in {NOTEBOOKS}")
    _check_place(out)
    record = load() if record is None else record
    names = frozenset(path.stem for path in paths)

    def read(path: Path) -> pages.Lesson:
        start = time.perf_counter()
        lesson = pages.read_lesson(path.stem, run_lesson(path), names, launch)
        figures = sum(block.kind in ("figure", "explorer") for block in lesson.blocks)
        say(f"{path.stem}: {figures} figures, {time.perf_counter() - start:.1f} s")
        return lesson

    say(f"running {len(paths)} lessons, {min(jobs, len(paths))} at a time, with the network cut …")
    with ThreadPoolExecutor(max_workers=max(1, jobs)) as pool:
        try:
            ready = list(pool.map(read, paths))
        except BaseException:
            pool.shutdown(cancel_futures=True)
            raise
    return write(out, ready, record)


def write(out: Path, lessons: Sequence[pages.Lesson], record: Chronicle) -> Site:
    """Write the pages of lessons that were run, with all that they need, into a folder."""
    _check_place(out)
    texts = {lesson.file: pages.lesson_page(lesson, lessons) for lesson in lessons}
    texts |= {
        "index.html": pages.index_page(lessons, record),
        "glossary.html": pages.glossary_page(record),
        "sources.html": pages.sources_page(lessons, record),
        "search.html": pages.search_page(),
    }
    if out.exists():
        shutil.rmtree(out)
    assets = out / "assets"
    shutil.copytree(STATIC, assets)
    (assets / "plotly.min.js").write_text(get_plotlyjs(), encoding="utf-8")
    (assets / "search-index.js").write_text(pages.search_index(lessons, record), encoding="utf-8")
    for name, text in texts.items():
        (out / name).write_text(text, encoding="utf-8")
    return Site(out, tuple(out / name for name in texts))


def _check_place(out: Path) -> None:
    if out.exists() and (not out.is_dir() or (any(out.iterdir()) and not (out / "assets" / "site.css").exists())):
        raise BuildError(f"{out} holds something else than a reading edition; name another folder")
