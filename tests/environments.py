"""Fresh environments, kept in the folder .envs so that the next run finds them.

python -m tests.environments 3.12      what a student has, on that Python: the pins of environment.yml, then postBuild
python -m tests.environments newest    the newest packages that pyproject.toml allows, with those for the tests
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

try:
    import fcntl
except ImportError:  # Windows, where the tests run in one process
    fcntl = None

ROOT = Path(__file__).resolve().parent.parent
HOME = ROOT / ".envs"
MADE = "made-of.json"
BINDER = re.findall(r"^ +- python=(\S+)$", (ROOT / "environment.yml").read_text(encoding="utf-8"), re.MULTILINE)[0]
"""The version of Python that environment.yml names: that of conda and Binder."""


class NoPythonError(RuntimeError):
    """The wanted version of Python is not on this machine."""


def pins() -> list[str]:
    """Return the packages that environment.yml pins, as pip writes them."""
    text = (ROOT / "environment.yml").read_text(encoding="utf-8")
    return re.findall(r"^ +- ([A-Za-z0-9_.-]+==\S+)$", text, re.MULTILINE)


def find_python(version: str) -> str:
    """Return the path of a Python of a version such as ``"3.12"`` that can make environments.

    It may stand on the PATH, or among those of pyenv, uv or conda.

    Raises
    ------
    NoPythonError
        If there is none.
    """
    if version == f"{sys.version_info.major}.{sys.version_info.minor}":
        return sys.executable
    home = Path.home()
    pyenv = Path(os.environ.get("PYENV_ROOT", home / ".pyenv"))
    found = [shutil.which(f"python{version}"), *sorted(pyenv.glob(f"versions/{version}.*/bin/python"), reverse=True)]
    found += sorted(home.glob(f".local/share/uv/python/cpython-{version}.*/bin/python"), reverse=True)
    for place in filter(None, found):
        asked = f"import ensurepip, venv, sys; print('%d.%d' % sys.version_info[:2] == {version!r})"
        try:
            done = subprocess.run([place, "-c", asked], capture_output=True, text=True, timeout=60, check=False)
        except (OSError, subprocess.TimeoutExpired):
            continue
        if done.stdout.strip() == "True":  # pyenv's stand-ins for versions that are not there say nothing
            return str(place)
    raise NoPythonError(f"Python {version} is not on this machine (looked on the PATH and where pyenv and uv keep it)")


def student(version: str) -> Path:
    """Return the Python of an environment made as Binder makes it, from a clean copy of the tree."""
    base = find_python(version)
    folder = HOME / version
    asked = {"python": base, "pins": pins(), "postBuild": (ROOT / "postBuild").read_text(encoding="utf-8")}
    with _alone(version):
        made = _is_made(folder, asked)
        python = _python_of(folder) if made else _new(folder, base)
        copy_tree(folder / "tree")
        if not made:
            _pip(python, *pins())
            path = os.pathsep.join([str(python.parent), os.environ["PATH"]])
            quiet = {**_quiet(), "PATH": path, "VIRTUAL_ENV": str(folder)}
            run(["bash", "./postBuild"], cwd=folder / "tree", env=quiet)
            _note(folder, asked)
    return python


def special(name: str, packages: Sequence[str], version: str | None = None, *, editable: bool = False) -> Path:
    """Return the Python of an environment of a purpose, such as ``hub``, with these packages in it."""
    base = sys.executable if version is None else find_python(version)
    folder = HOME / name
    asked = {"python": base, "packages": list(packages), "editable": editable}
    with _alone(name):
        if _is_made(folder, asked):
            return _python_of(folder)
        python = _new(folder, base)
        _pip(python, *packages, *(["-e", str(ROOT)] if editable else []))
        _note(folder, asked)
    return python


def newest() -> Path:
    """Return the Python of a new environment with the newest packages that pyproject.toml allows, on the newest Python.

    Some packages give their newest versions to newer Pythons only.
    """
    base = sys.executable
    for version in ("3.12", "3.13"):
        with suppress(NoPythonError):
            base = find_python(version)
    python = _new(HOME / "newest", base)
    _pip(python, "--upgrade", "--upgrade-strategy", "eager", "-e", f"{ROOT}[test,teach]")
    return python


def copy_tree(target: Path) -> None:
    """Copy what git holds or would take, as it stands now, and nothing else."""
    listed = run(["git", "ls-files", "-coz", "--exclude-standard"], cwd=ROOT).split("\0")
    names = {name for name in listed if name and (ROOT / name).is_file()}
    for path in target.rglob("*"):
        if path.is_file() and path.relative_to(target).as_posix() not in names:
            path.unlink()
    for name in names:
        place = target / name
        place.parent.mkdir(parents=True, exist_ok=True)
        if not place.is_file() or place.read_bytes() != (ROOT / name).read_bytes():
            shutil.copy2(ROOT / name, place)


def run(command: Sequence[str], cwd: Path = ROOT, env: dict[str, str] | None = None) -> str:
    """Run a command and return what it says.

    Raises
    ------
    RuntimeError
        If it fails; the message is the end of what it said.
    """
    done = subprocess.run(command, cwd=cwd, env=env, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"{' '.join(map(str, command))}\n{(done.stdout + done.stderr)[-3000:]}")
    return done.stdout


def kernel_of(python: Path, folder: Path) -> str:
    """Write a kernel named python3 that runs this Python; return what JUPYTER_PATH must be to find it first."""
    place = folder / "kernels" / "python3"
    place.mkdir(parents=True, exist_ok=True)
    argv = [str(python), "-m", "ipykernel_launcher", "-f", "{connection_file}"]
    kernel = {"argv": argv, "display_name": python.parent.parent.name, "language": "python"}
    (place / "kernel.json").write_text(json.dumps(kernel), encoding="utf-8")
    return str(folder)


@contextmanager
def _alone(name: str) -> Iterator[None]:
    """Let one process at a time make or bring up to date an environment: tests run in several."""
    HOME.mkdir(exist_ok=True)
    with (HOME / f"{name}.lock").open("w", encoding="utf-8") as file:
        if fcntl is not None:
            fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _new(folder: Path, base: str) -> Path:
    shutil.rmtree(folder, ignore_errors=True)
    HOME.mkdir(exist_ok=True)
    (HOME / ".gitignore").write_text("*\n", encoding="utf-8")
    print(f"Setting up {folder.relative_to(ROOT)} (once, a minute or two)…", file=sys.stderr, flush=True)
    run([base, "-m", "venv", str(folder)])
    return _python_of(folder)


def _pip(python: Path, *what: str) -> None:
    run([str(python), "-m", "pip", "install", "--quiet", *what], env=_quiet())


def _quiet() -> dict[str, str]:
    """Return an environment in which pip speaks of nothing else and no other Python interferes."""
    kept = {key: value for key, value in os.environ.items() if key not in ("PYTHONPATH", "PYTHONHOME")}
    return {**kept, "PIP_DISABLE_PIP_VERSION_CHECK": "1", "PIP_ROOT_USER_ACTION": "ignore"}


def _python_of(folder: Path) -> Path:
    return folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def _is_made(folder: Path, asked: dict[str, object]) -> bool:
    try:
        return json.loads((folder / MADE).read_text(encoding="utf-8")) == asked
    except (OSError, json.JSONDecodeError):
        return False


def _note(folder: Path, asked: dict[str, object]) -> None:
    (folder / MADE).write_text(json.dumps(asked, indent=1), encoding="utf-8")


def main(names: list[str]) -> int:
    for name in names:
        try:
            print(newest() if name == "newest" else student(name))
        except (NoPythonError, RuntimeError) as error:
            print(error, file=sys.stderr)
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
