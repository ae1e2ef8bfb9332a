"""Write links that open the lessons elsewhere: on Binder, and on a school's JupyterHub.

python -m teaching.links --repo https://github.com/owner/name --tag v1.0
python -m teaching.links --repo … --tag … --branch main --hub https://hub.school.example
python -m teaching.links --remove

The links go into README.md between two markers and into teaching/launch.json, where the reading edition finds them.
Binder opens a tag, so that its image is built once. A JupyterHub pulls a branch: nbgitpuller can fetch a tag, but not
bring it up to date at the second click. Colab has no link, because it can't work there: Colab comes with pandas 2, and
the lessons need pandas 3, the helpers installed, and widgets that Colab fetches from elsewhere.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from dataclasses import asdict, dataclass
from pathlib import Path
from urllib.parse import quote, urlencode, urlsplit

ROOT = Path(__file__).resolve().parent.parent
README, LAUNCH = ROOT / "README.md", ROOT / "teaching" / "launch.json"
BEGIN, END = "<!-- launch links: written by make links -->", "<!-- end of launch links -->"
BINDER = "https://mybinder.org"
GENERATOR = "https://nbgitpuller.readthedocs.io/en/latest/link.html"
"""nbgitpuller's own page that makes a link for any hub; its fields can be filled in by its address."""
HOSTS = {"github.com": "gh", "gitlab.com": "gl"}


@dataclass(frozen=True)
class Place:
    """Where the series is published: its address, the tag of a release, the branch a hub follows, and a hub if known."""

    repository: str
    tag: str
    branch: str = "main"
    hub: str = ""

    def __post_init__(self) -> None:
        object.__setattr__(self, "repository", self.repository.strip().rstrip("/").removesuffix(".git"))
        object.__setattr__(self, "hub", self.hub.strip().rstrip("/"))
        if not re.fullmatch(r"https://[\w.-]+(:\d+)?(/[\w.-]+){2,}", self.repository, re.ASCII):
            raise ValueError(f"REPO is an address like https://github.com/owner/name, not {self.repository!r}")
        if self.hub and urlsplit(self.hub).scheme not in ("http", "https"):
            raise ValueError(f"HUB is an address like https://hub.school.example, not {self.hub!r}")
        for name, value in (("TAG", self.tag), ("BRANCH", self.branch)):
            if not re.fullmatch(r"(?!-)[\w./+-]+", value, re.ASCII):
                raise ValueError(f"{name} is a name like v1.0 or main, not {value!r}")


def binder_link(place: Place, path: str) -> str:
    """Return the link that opens a file of the tag on Binder, in JupyterLab."""
    parts = urlsplit(place.repository)
    name = parts.path.strip("/")
    kind = HOSTS.get(parts.hostname or "")
    if kind is None:
        spec = f"git/{quote(place.repository, safe='')}"
    else:
        spec = f"{kind}/{name if kind == 'gh' else quote(name, safe='')}"
    opened = urlencode({"urlpath": _lab_path(path)}, quote_via=quote, safe="")
    return f"{BINDER}/v2/{spec}/{quote(place.tag, safe='')}?{opened}"


def hub_link(place: Place, path: str) -> str:
    """Return the nbgitpuller link for a file: on the hub, or to the page that makes it for a hub not yet known.

    The path is encoded twice: once as a part of an address on the hub, and once more as a value in this link.
    """
    folder = place.repository.rsplit("/", 1)[-1]
    values = {"repo": place.repository, "urlpath": _lab_path(f"{folder}/{path}"), "branch": place.branch}
    base = f"{place.hub}/hub/user-redirect/git-pull" if place.hub else GENERATOR
    return f"{base}?{urlencode(values, quote_via=quote, safe='')}"


def lessons(folder: Path = ROOT / "notebooks") -> dict[str, str]:
    """Return the title of each lesson by its path in the repository."""
    found = {}
    for path in sorted(folder.glob("[0-9][0-9]-*.ipynb")):
        first = "".join(json.loads(path.read_text(encoding="utf-8"))["cells"][0]["source"])
        found[f"notebooks/{path.name}"] = first.splitlines()[0].removeprefix("# ").strip()
    return found


def launch(place: Place) -> dict[str, object]:
    """Return everything that the README and the reading edition need to know."""
    rows = [
        {"lesson": Path(path).stem, "title": title, "path": path, "binder": binder_link(place, path)}
        | {"jupyterhub": hub_link(place, path)}
        for path, title in lessons().items()
    ]
    return {**asdict(place), "lessons": rows}


def block(found: dict[str, object]) -> str:
    """Return what stands between the markers."""
    rows: list[dict[str, str]] = found["lessons"]  # type: ignore[assignment] # made by launch(), above
    school = "your JupyterHub" if found["hub"] else "a link for your JupyterHub"
    lines = [
        f"[![Open the first lesson on Binder]({BINDER}/badge_logo.svg)]({rows[0]['binder']})",
        "",
        f"| lesson | Binder ({found['tag']}) | {school} |",
        "| --- | --- | --- |",
    ]
    for row in rows:
        number, title = row["lesson"][:2], row["title"]
        hub = (
            f"[open {number}]({row['jupyterhub']})"
            if found["hub"]
            else f"[make a link to {number}]({row['jupyterhub']})"
        )
        lines.append(f"| {number} {title} | [open {number} on Binder]({row['binder']}) | {hub} |")
    return "\n".join(lines)


def put(text: str, inner: str) -> str:
    """Return a page with ``inner`` between the markers; what stood there is replaced.

    Raises
    ------
    ValueError
        If the markers are not there, each once and in their order.
    """
    if text.count(BEGIN) != 1 or text.count(END) != 1 or text.index(BEGIN) > text.index(END):
        raise ValueError(f"README.md needs these two lines, once, where the links shall stand:\n{BEGIN}\n{END}")
    before, rest = text.split(BEGIN)
    _, after = rest.split(END)
    middle = f"\n\n{inner}\n\n" if inner else "\n"
    return f"{before}{BEGIN}{middle}{END}{after}"


def write(place: Place | None, readme: Path = README, target: Path = LAUNCH) -> None:
    """Write the links for a place, or take them away if there is none."""
    text = readme.read_text(encoding="utf-8")
    if place is None:
        readme.write_text(put(text, ""), encoding="utf-8")
        target.unlink(missing_ok=True)
        return
    found = launch(place)
    readme.write_text(put(text, block(found)), encoding="utf-8")
    target.write_text(json.dumps(found, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def _lab_path(path: str) -> str:
    return f"lab/tree/{quote(path)}"


def main(arguments: list[str] | None = None) -> int:
    """Read the command line; return 1 with a sentence if something is missing."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name in ("repo", "tag", "branch", "hub"):
        parser.add_argument(f"--{name}", default="")
    parser.add_argument("--remove", action="store_true", help="take the links away")
    options = parser.parse_args(arguments)
    try:
        if options.remove:
            write(None)
            return 0
        if not options.repo or not options.tag:
            raise ValueError(
                "Say where the series is published: make links REPO=https://github.com/owner/name TAG=v1.0"
            )
        place = Place(options.repo, options.tag, options.branch or "main", options.hub)
        write(place)
    except ValueError as error:
        print(error, file=sys.stderr)
        return 1
    print(
        f"{len(lessons())} lessons linked in README.md and teaching/launch.json, for {place.repository} at {place.tag}."
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
