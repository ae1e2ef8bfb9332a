"""Keep a student's code in its own folder: an audit hook that, once set, cannot be taken off again.

It refuses to write outside the folder, to read outside what Python and the record need, to open connections, to start
processes and to signal them. It is a fence, not a wall: whoever is determined finds ways around a hook in Python (through
compiled code, for instance). The wall is bubblewrap, where there is one; see ``teaching/marking/sandbox.py``.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable
from typing import Any

_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
_CHANGES = """
    os.mkdir os.rmdir os.remove os.rename os.truncate os.chmod os.chown os.utime os.setxattr os.removexattr os.chflags
    os.mknod os.mkfifo sqlite3.connect
"""
_LOOKS = "os.listdir os.scandir os.chdir os.fwalk os.walk os.listxattr os.getxattr"
_REFUSED = {
    "Marking has no network.": """
        socket.connect socket.bind socket.sendto socket.sendmsg socket.getaddrinfo socket.gethostbyname
        socket.gethostbyaddr socket.getnameinfo socket.getservbyname socket.sethostname urllib.Request ftplib.connect
        smtplib.connect imaplib.open poplib.connect telnetlib.Telnet.open nntplib.connect
    """,
    "Marking starts no other programs.": """
        subprocess.Popen os.system os.exec os.posix_spawn os.spawn os.fork os.forkpty pty.spawn os.startfile
        os.startfile/2 _winapi.CreateProcess _winapi.CreateNamedPipe webbrowser.open
    """,
    "Marking lets no cell stop or change processes.": """
        os.kill os.killpg signal.pthread_kill _winapi.OpenProcess _winapi.TerminateProcess resource.setrlimit
        resource.prlimit syslog.openlog
    """,
    "Marking allows no links between files.": "os.link os.symlink",
    "Marking loads no compiled code from outside.": """
        ctypes.dlsym ctypes.dlsym/handle ctypes.call_function ctypes.create_buffer ctypes.seh_exception ctypes.cdata
        ctypes.cdata/buffer ctypes.string_at ctypes.wstring_at ctypes.set_errno
    """,
}
_UNSEEN = ("teaching",)


def install(own: str, readable: Iterable[str]) -> None:
    """Set the hook for as long as this process lives.

    Parameters
    ----------
    own
        The one folder that may be written to.
    readable
        The files and folders that may be read besides.
    """
    realpath, join, isdir, fspath = os.path.realpath, os.path.join, os.path.isdir, os.fspath
    home = realpath(own)
    roots = tuple({realpath(path) for path in (home, *readable)})
    sinks = {os.devnull, realpath(os.devnull)}

    def within(path: str, *folders: str) -> bool:
        real = realpath(path)
        return any(real == folder or real.startswith(join(folder, "")) for folder in folders)

    def as_text(path: Any) -> str | None:
        if path is None or isinstance(path, int):
            return None
        path = fspath(path)
        return os.fsdecode(path) if isinstance(path, bytes) else str(path)

    def check_change(path: Any) -> None:
        text = as_text(path)
        if text is None or text in sinks or text == ":memory:":
            return
        if not within(text, home):
            raise PermissionError(f"Marking lets a cell write only to its own folder, and not to {text}")

    def check_look(path: Any) -> None:
        text = as_text(path)
        if text is None and path is not None:
            return
        if text is not None and text not in sinks and not within(text, *roots):
            raise PermissionError(f"Marking hides files outside the folder of the notebook, such as {text}")

    def check_open(path: Any, mode: Any, flags: Any) -> None:
        writes = flags & _WRITING if isinstance(flags, int) else False
        if writes or (isinstance(mode, str) and set(mode) & set("wax+")):
            check_change(path)
        elif isinstance(path, int):
            return
        else:
            check_look(path)
            text = as_text(path)
            if text is not None and mode is None and isdir(text):  # a folder's number would be a way around all this
                raise PermissionError("Marking opens files, but no folders.")

    def check_import(name: str) -> None:
        if name.partition(".")[0] in _UNSEEN:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)

    def check_library(name: Any) -> None:
        if name is not None and not within(str(name), *roots):
            raise PermissionError("Marking loads no compiled code from outside.")

    rules: dict[str, Callable[..., None]] = {
        "open": check_open,
        "import": lambda name, *_: check_import(name),
        "ctypes.dlopen": check_library,
    }

    def check_changes(*paths: Any) -> None:
        for path in paths:
            if isinstance(path, (str, bytes, os.PathLike)):
                check_change(path)

    for event in _CHANGES.split():
        rules[event] = check_changes
    for event in _LOOKS.split():
        rules[event] = lambda path=None, *_: check_look(path)
    for text, events in _REFUSED.items():
        for event in events.split():
            rules[event] = _refuser(text)
    lookup = rules.get

    def hook(event: str, arguments: tuple[Any, ...]) -> None:
        rule = lookup(event)
        if rule is not None:
            rule(*arguments)

    sys.addaudithook(hook)


def _refuser(text: str) -> Callable[..., None]:
    def refuse(*_: Any) -> None:
        raise PermissionError(text)

    return refuse
