"""Look up the student's packages among the known vulnerabilities, with pip-audit in an environment of its own.

Ends with 0 if none is known, with 1 if one is (pip-audit lists it), and with 2 if nothing could be looked up.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from tests.environments import BINDER, NoPythonError, run, special, student

PACKAGES = ["pip-audit==2.10.1"]
SILENCE = (
    "The service that knows of vulnerabilities (pypi.org) can't be reached from here, so nothing was checked. "
    "Run make audit again where there is internet."
)
UNREACHED = ("ConnectionError", "ServiceError", "Max retries", "ProxyError", "NameResolution", "Timeout", "HTTPError")


def audit(auditor: Path, folder: str) -> tuple[int, str]:
    """Audit the packages in a folder; return how it ended and what to tell."""
    options = ["--path", folder, "--progress-spinner", "off", "--desc", "off", "--skip-editable", "--timeout", "15"]
    command = [str(auditor), "-m", "pip_audit", *options]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=1800)
    told = f"{done.stdout}\n{done.stderr}".strip()
    if done.returncode == 0:
        return 0, told
    if done.stdout.strip():
        return 1, told
    if any(word in told for word in UNREACHED):
        return 2, SILENCE
    return 2, f"pip-audit itself failed, so nothing was checked:\n{told[-2000:]}"


def main() -> int:
    """Audit what a student on this machine has."""
    try:
        python = student(BINDER)
    except NoPythonError:
        python = Path(sys.executable)
    where = run([str(python), "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"]).strip()
    code, told = audit(special("audit", PACKAGES), where)
    print(told, file=sys.stderr if code else sys.stdout)
    return code


if __name__ == "__main__":
    sys.exit(main())
