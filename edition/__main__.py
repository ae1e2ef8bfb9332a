"""``python -m edition [OUT]``: write the reading edition into a folder."""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

from edition.build import BuildError, build
from edition.pages import LINKS, read_launch_links
from edition.run import LessonError


def main(arguments: list[str] | None = None) -> int:
    """Build the edition; return 1 if a lesson fails, after saying which one and why."""
    parser = argparse.ArgumentParser(prog="python -m edition", description=__doc__)
    parser.add_argument("out", nargs="?", type=Path, default=Path("build/site"), help="the folder to write")
    parser.add_argument("--lessons", nargs="+", type=Path, metavar="NOTEBOOK", help="only these notebooks")
    parser.add_argument("--links", type=Path, default=LINKS, help="what make links has written")
    parser.add_argument("--jobs", type=int, default=2, help="how many lessons run at a time (2)")
    options = parser.parse_args(arguments)
    start = time.perf_counter()
    try:
        site = build(
            options.out,
            lessons=options.lessons,
            launch=read_launch_links(options.links),
            jobs=options.jobs,
            say=lambda text: print(text, flush=True),
        )
    except (BuildError, LessonError) as error:
        print(f"The reading edition was not built: {error}", file=sys.stderr)
        return 1
    seconds = time.perf_counter() - start
    print(f"{len(site.pages)} pages, {site.megabytes:.1f} MB in {seconds:.0f} s. Open {site.folder / 'index.html'}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
