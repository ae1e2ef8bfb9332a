"""Find Chrome or Chromium for the tests and pictures; run as a script, get one if there is none."""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
import sys
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "microsoft-edge")
MAC = (
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge",
)
WINDOWS = r"Google\Chrome\Application\chrome.exe"
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-dev-shm-usage",
    "--disable-sync",
    "--no-first-run",
]
"""How the tests start it."""


class NoBrowserError(RuntimeError):
    """There is no Chrome or Chromium here. The message says which command mends that."""


def chrome() -> str:
    """Return the path of Chrome or Chromium.

    The environment variable ``CHROME`` comes first, then the PATH, the usual places of macOS and Windows, and last what
    Playwright itself has downloaded.

    Raises
    ------
    NoBrowserError
        If there is none; the message is the command that gets one.
    """
    named = os.environ.get("CHROME")
    if named:
        found = shutil.which(named)
        if found is None:
            raise NoBrowserError(f"CHROME is set to {named!r}, which can't be run. Mend it or unset it: unset CHROME")
        return found
    windows = [Path(os.environ[name], WINDOWS) for name in ("PROGRAMFILES", "LOCALAPPDATA") if name in os.environ]
    places = [shutil.which(name) for name in NAMES] + [
        str(path) for path in (*map(Path, MAC), *windows) if path.is_file()
    ]
    for place in places:
        if place:
            return place
    own = playwrights_own()
    if own is None:
        raise NoBrowserError(f"No Chrome or Chromium was found. This command gets one:\n  {remedy()}")
    return own


def playwrights_own() -> str | None:
    """Return the path of the Chromium that Playwright has downloaded, or None."""
    if importlib.util.find_spec("playwright") is None:
        return None
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        path = playwright.chromium.executable_path
    return path if Path(path).is_file() else None


def is_root_on_debian() -> bool:
    """Tell whether apt-get can be used as it is."""
    return sys.platform == "linux" and shutil.which("apt-get") is not None and os.geteuid() == 0


def remedy() -> str:
    """Return the command that gets a browser on this machine."""
    if sys.platform == "linux" and shutil.which("apt-get"):
        sudo = "" if os.geteuid() == 0 else "sudo "
        return f"{sudo}apt-get update && {sudo}apt-get install -y chromium"
    return f'"{sys.executable}" -m playwright install chromium'


def get() -> None:
    """Get a browser: from Debian if that can be done without a password, else from Playwright."""
    if is_root_on_debian():
        commands = [["apt-get", "update"], ["apt-get", "install", "-y", "--no-install-recommends", "chromium"]]
    else:
        commands = [[sys.executable, "-m", "playwright", "install", "chromium"]]
    for command in commands:
        done = subprocess.run(command, check=False)
        if done.returncode:
            return


def main() -> int:
    """Say where the browser is; get one if there is none."""
    try:
        print("Browser:", chrome())
        return 0
    except NoBrowserError as error:
        if os.environ.get("CHROME"):
            print(error, file=sys.stderr)
            return 1
    print("No Chrome or Chromium here yet. Getting one…", flush=True)
    get()
    try:
        print("Browser:", chrome())
        return 0
    except NoBrowserError:
        print(f"That did not work. Run this, then run make again:\n  {remedy()}", file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())
