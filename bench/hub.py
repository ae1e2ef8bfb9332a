"""A class on a school's server: a real JupyterHub with its proxy, on loopback, and students who all come at once.

Each logs in, fetches the series by the nbgitpuller link, opens lesson 02, runs all its cells and moves its timeline.
The environment variable STUDENTS says how many come (20). Needs Node and npm, for the proxy that JupyterHub runs behind.
"""

from __future__ import annotations

import json
import os
import re
import secrets
import shutil
import statistics
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import psutil
import requests

from bench.measure import Result
from teaching.links import Place, hub_link
from tests.environments import BINDER, HOME, NoPythonError, copy_tree, find_python, pins, special
from tests.environments import run as run_command
from tests.student import Student, answers, free_port, own_megabytes, stop

PACKAGES = ["jupyterhub==6.1.1", "nbgitpuller==1.3.0"]
PROXY = "configurable-http-proxy@5.3.0"
LESSON = "notebooks/02-december.ipynb"
STUDENTS = int(os.environ.get("STUDENTS", "20"))
PATIENCE = 600  # seconds for any one step of a student; all of them share the cores of this machine
REQUESTS = 400  # the most that one student may send
CONFIG = """
import os
c = get_config()
c.JupyterHub.bind_url = "http://127.0.0.1:{port}"
c.JupyterHub.hub_bind_url = "http://127.0.0.1:{hub_port}"
c.ConfigurableHTTPProxy.api_url = "http://127.0.0.1:{proxy_port}"
c.ConfigurableHTTPProxy.command = ["{proxy}"]
c.JupyterHub.db_url = "sqlite:///{folder}/hub.sqlite"
c.JupyterHub.cookie_secret_file = "{folder}/cookie_secret"
c.JupyterHub.authenticator_class = "shared-password"
c.SharedPasswordAuthenticator.user_password = "{secret}"
c.Authenticator.allow_all = True
c.JupyterHub.spawner_class = "simple"
c.SimpleLocalProcessSpawner.home_dir_template = "{folder}/homes/{{username}}"
c.Spawner.ip = "127.0.0.1"
c.Spawner.cmd = ["{python}", "-m", "jupyterhub.singleuser"]
c.Spawner.args = ["--allow-root"] if os.name == "posix" and os.geteuid() == 0 else []
c.Spawner.environment = {{"GIT_CONFIG_GLOBAL": "{folder}/gitconfig", "GIT_CONFIG_NOSYSTEM": "1"}}
c.Spawner.start_timeout = c.Spawner.http_timeout = {patience}
"""


class Bounded(requests.Session):
    """A session that talks to loopback alone, and not without end."""

    def __init__(self) -> None:
        super().__init__()
        self.count, self.trust_env = 0, False

    def request(self, method, url, *args, **more):
        self.count += 1
        if urlsplit(url).hostname != "127.0.0.1" or self.count > REQUESTS:
            raise RuntimeError(f"request {self.count} to {url} is not allowed")
        return super().request(method, url, *args, **{"timeout": PATIENCE, **more})


@dataclass
class Day:
    """What one student's lesson was like: seconds of each step, MB of memory, and what went wrong."""

    name: str
    seconds: dict[str, float] = field(default_factory=dict)
    megabytes: float = 0.0
    problem: str = ""

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        start = time.monotonic()
        yield
        self.seconds[name] = time.monotonic() - start


@dataclass(frozen=True)
class Hub:
    """A running JupyterHub: its address, its process, and a repository that it can pull from."""

    address: str
    process: psutil.Process
    repository: str
    secret: str


def run(students: int = STUDENTS) -> Iterator[Result]:
    load = psutil.getloadavg()[1]
    with hub() as place:
        days = lesson(place, students)
    failed = [day for day in days if day.problem]
    for day in failed:
        print(f"  {day.name}: {day.problem}", flush=True)
    how = f"of {students}, who all began at once; {PACKAGES[0]}, {PROXY}, Python {BINDER}; load of the machine before: {load:.0f}"
    yield Result("Students who did not come to the end", len(failed), 0, "", how)
    cores = psutil.cpu_count() or 1
    good = [day for day in days if not day.problem]
    steps = {"log in and start a server": 120, "fetch the series": 60, "open lesson 02": 60, "run all its cells": 240}
    for step, limit in {**steps, "move the timeline": 30}.items():
        values = sorted(day.seconds[step] for day in good) or [float("inf")]
        how = (
            f"95th percentile of {len(good)} students on {cores} cores; half of them {statistics.median(values):.3g} s"
        )
        yield Result(step.capitalize(), percentile(values, 95), limit, "s", how)
    memory = sorted(day.megabytes for day in good) or [float("inf")]
    text = "server and kernel after the lesson, shared pages split (PSS); 95th percentile, half of them {:.3g} MB"
    yield Result("Memory of a student", percentile(memory, 95), 400, "MB", text.format(statistics.median(memory)))


def lesson(place: Hub, students: int) -> list[Day]:
    """Let all students take the lesson at once."""
    days = [Day(f"student-{number:02}") for number in range(1, students + 1)]
    measured = threading.Barrier(students)
    with ThreadPoolExecutor(students) as pool:
        list(pool.map(lambda day: attend(day, place, measured), days))
    return days


def attend(day: Day, place: Hub, measured: threading.Barrier) -> None:
    """Take the lesson as one student; note what goes wrong."""
    session = Bounded()
    try:
        with day.step("log in and start a server"):
            address = log_in(session, place, day.name)
        with day.step("fetch the series"):
            fetch(session, place, address)
        one = Student(address, session, PATIENCE)
        folder = place.repository.rsplit("/", 1)[-1]
        with day.step("open lesson 02"):
            page = session.get(f"{address}/lab/tree/{folder}/{LESSON}")
            page.raise_for_status()
            cells = one.open(f"{folder}/{LESSON}")
        with day.step("run all its cells"):
            for cell in cells:
                reply = one.run(cell)
                if reply.error or reply.warnings:
                    raise RuntimeError(reply.error or reply.warnings)
        with day.step("move the timeline"):
            move(one)
        _meet(measured)  # memory is measured while everybody is there
        day.megabytes = memory_of(place, day.name)
        _meet(measured)
        one.close()
    except Exception as error:
        day.problem = f"{type(error).__name__}: {error}"
        measured.abort()


def log_in(session: requests.Session, place: Hub, name: str) -> str:
    """Log in by the form and wait for the server; return its address."""
    address = place.address
    page = session.get(f"{address}/hub/login")
    proof = re.search(r'name="_xsrf" value="([^"]+)"', page.text)
    form = {"username": name, "password": place.secret, "_xsrf": proof[1] if proof else ""}
    session.post(f"{address}/hub/login", data=form).raise_for_status()
    own, until = f"{address}/user/{name}", time.monotonic() + PATIENCE
    while time.monotonic() < until:
        found = session.get(f"{own}/lab")  # leads to the waiting page, or through the hub's leave into JupyterLab
        if found.ok and urlsplit(found.url).path == f"/user/{name}/lab":
            return own
        time.sleep(1)
    raise TimeoutError(f"the server did not start: {found.status_code} at {found.url}")


def fetch(session: requests.Session, place: Hub, address: str) -> None:
    """Follow the nbgitpuller link as its page does; once more, as with the second lesson."""
    link = hub_link(Place("https://git.example/class/series", "v1.0", "main", place.address), LESSON)
    page = session.get(link)
    page.raise_for_status()
    if urlsplit(page.url).path != f"{urlsplit(address).path}/git-pull":
        raise RuntimeError(f"the link led to {page.url}")
    values = {key: value[0] for key, value in parse_qs(urlsplit(page.url).query).items()}
    wanted = {"repo": place.repository, "branch": values["branch"]}
    for _ in range(2):
        proof = max((one for one in session.cookies if one.name == "_xsrf"), key=lambda one: len(one.path)).value
        told = session.get(f"{address}/git-pull/api", params={**wanted, "_xsrf": proof}).text
        last = json.loads(told.strip().split("\n\n")[-1].removeprefix("data: "))
        if last.get("phase") != "finished":
            raise RuntimeError(f"nbgitpuller: {last.get('message', last)}")


def move(one: Student) -> None:
    """Move the slider of lesson 02's timeline to a day, as its page does; the figure that comes back must be another."""
    slider = one.find(lambda state: state.get("kind") == "days" and state.get("description") == "As known on")
    live = [key for key, state in one.models.items() if "_figure" in state or "_bundle" in state]
    reply = one.set(slider, value="2019-12-28")
    if not any(key in live and "_figure" in names for key, names in reply.updates):
        raise RuntimeError(f"the timeline did not move: {reply.error or reply.updates}")


def memory_of(place: Hub, name: str) -> float:
    """Return the memory of a student's server and of what it has started, in MB."""
    for server in place.process.children():
        if server.environ().get("JUPYTERHUB_USER") == name:
            return sum(own_megabytes(one) for one in [server, *server.children(recursive=True)])
    raise LookupError("no server of that student")


@contextmanager
def hub() -> Iterator[Hub]:
    """Start a JupyterHub with its proxy, in an environment of its own."""
    python, proxy = installed()
    with tempfile.TemporaryDirectory(prefix="hub-") as name:
        folder = Path(name)
        (folder / "homes").mkdir()
        (folder / "gitconfig").write_text("[safe]\n\tdirectory = *\n", encoding="utf-8")
        repository, secret = published(folder), secrets.token_hex(16)
        port, hub_port, proxy_port = free_port(), free_port(), free_port()
        values = {"port": port, "hub_port": hub_port, "proxy_port": proxy_port, "proxy": proxy, "python": python}
        config = folder / "jupyterhub_config.py"
        config.write_text(CONFIG.format(**values, folder=folder, secret=secret, patience=PATIENCE), encoding="utf-8")
        path = os.pathsep.join([str(python.parent), os.environ["PATH"]])
        environment = {key: value for key, value in os.environ.items() if not key.startswith(("JUPYTER", "PYTHONPATH"))}
        with (folder / "hub.log").open("w+") as log:
            process = subprocess.Popen(
                [str(python), "-m", "jupyterhub", "-f", str(config)],
                cwd=folder,
                env={**environment, "PATH": path},
                stdout=log,
                stderr=subprocess.STDOUT,
            )
            address = f"http://127.0.0.1:{port}"
            try:
                if not answers(f"{address}/hub/login", requests.Session(), process):
                    log.seek(0)
                    raise RuntimeError(f"JupyterHub did not start:\n{log.read()[-3000:]}")
                yield Hub(address, psutil.Process(process.pid), repository, secret)
            finally:
                stop(process)


def installed() -> tuple[Path, Path]:
    """Return the Python of JupyterHub's environment and its proxy; set them up if they are not there."""
    if shutil.which("npm") is None:
        raise RuntimeError("JupyterHub's proxy needs Node: https://nodejs.org/en/download gets node and npm")
    try:
        find_python(BINDER)
        version = BINDER
    except NoPythonError:
        version = None
    python = special("hub", [*pins(), *PACKAGES], version, editable=True)
    place = HOME / "hub" / "proxy"
    proxy = place / "node_modules" / ".bin" / "configurable-http-proxy"
    if not proxy.exists():
        place.mkdir(exist_ok=True)
        run_command(["npm", "install", "--no-audit", "--no-fund", "--prefix", str(place), PROXY])
    return python, proxy


def published(folder: Path) -> str:
    """Put the series, as it stands in the tree, into a new repository; return its address."""
    source = folder / "series"
    copy_tree(source)
    who = ["-c", "user.name=test", "-c", "user.email=test@example.org"]
    for command in (["init", "-q", "-b", "main"], ["add", "-A"], [*who, "commit", "-q", "-m", "The series"]):
        run_command(["git", *command], cwd=source)
    return f"file://{source}"


def percentile(values: list[float], percent: int) -> float:
    """Return the smallest value that so many percent of the values do not exceed."""
    ordered = sorted(values)
    return ordered[max(0, -(-len(ordered) * percent // 100) - 1)]


def _meet(barrier: threading.Barrier) -> None:
    try:
        barrier.wait(PATIENCE)
    except threading.BrokenBarrierError:
        return  # somebody failed, and that is told; the others go on
