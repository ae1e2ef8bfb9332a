"""The feedback of a class in one zip that Moodle takes back: *Upload multiple feedback files in a zip*.

Checked against Moodle's ``mod/assign/feedback/file/importziplib.php``: it takes a name apart at its underscores, finds
the student by the number that is the second piece (it stands in what was downloaded, and differs between assignments),
and gives the student the file under what follows the fourth. All versions take files that lie in no folder.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable, Mapping

from teaching.marking.records import Record
from teaching.marking.senders import moodle_name


def packed(records: Iterable[Record], pages: Mapping[str, str], name: str) -> bytes:
    """Return a zip with the pages of those whose files came from Moodle; empty if there is nobody.

    The same pages make the same zip.

    Parameters
    ----------
    records
        The marked submissions of one assignment.
    pages
        The feedback, by the students' keys.
    name
        What a student's file is to be called.
    """
    owners = {record.key: moodle_name(record.origin.split("/")) for record in records}
    files = {f"{owner}_{name}": pages[key] for key, owner in owners.items() if owner}
    if not files:
        return b""
    memory = io.BytesIO()
    with zipfile.ZipFile(memory, "w") as archive:
        for file, page in files.items():
            entry = zipfile.ZipInfo(file)  # without a date
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, page, zipfile.ZIP_DEFLATED)
    return memory.getvalue()
