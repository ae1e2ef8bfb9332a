"""The launch links: well formed, to what is there, written twice the same, and taken away without a trace."""

from __future__ import annotations

import json
import subprocess
from urllib.parse import parse_qs, unquote, urlsplit

import pytest

from teaching.links import BEGIN, END, ROOT, Place, binder_link, hub_link, launch, lessons, main, put, write

PLACE = Place("https://github.com/owner/name", "v1.0", hub="https://hub.school.example")
PAGE = f"# Title\n\nBefore.\n\n{BEGIN}\n{END}\n\nAfter.\n"


@pytest.fixture
def page(tmp_path):
    path = tmp_path / "README.md"
    path.write_text(PAGE, encoding="utf-8")
    return path


def test_every_target_is_in_the_repository():
    listed = subprocess.run(["git", "ls-files", "-co"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    rows = launch(PLACE)["lessons"]
    assert len(rows) == 11 and rows[2]["title"] == lessons()["notebooks/02-december.ipynb"]
    for row in rows:
        path = parse_qs(urlsplit(row["binder"]).query)["urlpath"][0].removeprefix("lab/tree/")
        pulled = unquote(parse_qs(urlsplit(row["jupyterhub"]).query)["urlpath"][0])
        assert path in listed.splitlines()
        assert pulled == f"lab/tree/name/{path}", "nbgitpuller clones into a folder of the repository's name"


@pytest.mark.parametrize("name", ["notebooks/02-december.ipynb", "a b/c&d?é%41#+.ipynb"])
def test_paths_survive_each_decoding(name):
    link = urlsplit(hub_link(PLACE, name))
    assert link.path == "/hub/user-redirect/git-pull"
    values = parse_qs(link.query, strict_parsing=True)
    assert {key: len(value) for key, value in values.items()} == {"repo": 1, "urlpath": 1, "branch": 1}
    assert values["repo"] == [PLACE.repository] and values["branch"] == ["main"]
    once = values["urlpath"][0]
    assert urlsplit(once).path == once, "what is left after one decoding is a path and nothing else"
    assert unquote(once) == f"lab/tree/name/{name}"
    binder = urlsplit(binder_link(PLACE, name))
    assert unquote(parse_qs(binder.query)["urlpath"][0]) == f"lab/tree/{name}"
    for part in (link, binder):
        assert part.fragment == "" and " " not in part.geturl() and part.geturl().isascii()


def test_a_link_is_what_it_should_be():
    path = "notebooks/02-december.ipynb"
    assert binder_link(PLACE, path) == (
        "https://mybinder.org/v2/gh/owner/name/v1.0?urlpath=lab%2Ftree%2Fnotebooks%2F02-december.ipynb"
    )
    assert hub_link(PLACE, path) == (
        "https://hub.school.example/hub/user-redirect/git-pull?repo=https%3A%2F%2Fgithub.com%2Fowner%2Fname"
        "&urlpath=lab%2Ftree%2Fname%2Fnotebooks%2F02-december.ipynb&branch=main"
    )
    unknown = hub_link(Place("https://github.com/owner/name.git/", "v1.0"), path)
    assert unknown.startswith("https://nbgitpuller.readthedocs.io/") and "name.git" not in unknown
    assert "/v2/gl/group%2Fsub%2Fname/" in binder_link(Place("https://gitlab.com/group/sub/name", "v1"), path)
    assert "/v2/git/https%3A%2F%2Fgit.example%2Fowner%2Fname/v1%2F0?" in binder_link(
        Place("https://git.example/owner/name", "v1/0"), path
    )


def test_written_twice_is_written_once_and_removed_is_gone(page, tmp_path):
    target = tmp_path / "launch.json"
    write(PLACE, page, target)
    first = page.read_text(encoding="utf-8"), target.read_text(encoding="utf-8")
    assert first[0].count("](https://mybinder.org/v2/gh/owner/name/v1.0?") == 1 + len(lessons())
    assert json.loads(first[1])["tag"] == "v1.0" and "colab" not in first[1].lower()
    write(PLACE, page, target)
    assert (page.read_text(encoding="utf-8"), target.read_text(encoding="utf-8")) == first
    write(Place(PLACE.repository, "v1.1"), page, target)
    assert "v1.0" not in page.read_text(encoding="utf-8") + target.read_text(encoding="utf-8")
    write(None, page, target)
    assert page.read_text(encoding="utf-8") == PAGE and not target.exists()
    write(None, page, target)
    assert page.read_text(encoding="utf-8") == PAGE


@pytest.mark.parametrize("text", ["no markers", f"{BEGIN}\n{BEGIN}\n{END}", f"{END}\n{BEGIN}"])
def test_a_page_without_room_is_left_alone(text, page, tmp_path):
    page.write_text(text, encoding="utf-8")
    with pytest.raises(ValueError, match="needs these two lines"):
        write(PLACE, page, tmp_path / "launch.json")
    assert page.read_text(encoding="utf-8") == text and not (tmp_path / "launch.json").exists()


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ([], "make links REPO="),
        (["--repo", "https://github.com/owner/name"], "make links REPO="),
        (["--repo", "git@github.com:owner/name.git", "--tag", "v1"], "REPO is an address"),
        (["--repo", "https://github.com/owner", "--tag", "v1"], "REPO is an address"),
        (["--repo", "https://github.com/owner/na me", "--tag", "v1"], "REPO is an address"),
        (["--repo", "https://github.com/owner/name?x=y)", "--tag", "v1"], "REPO is an address"),
        (["--repo", "https://github.com/owner/name", "--tag", "v 1"], "TAG is a name"),
        (["--repo", "https://github.com/owner/name", "--tag", "v1", "--hub", "hub.example"], "HUB is an address"),
    ],
)
def test_what_is_missing_is_said(options, said, capsys):
    before = (ROOT / "README.md").read_bytes()
    assert main(options) == 1
    assert said in capsys.readouterr().err
    assert (ROOT / "README.md").read_bytes() == before


def test_the_real_readme_has_room():
    put((ROOT / "README.md").read_text(encoding="utf-8"), "")
