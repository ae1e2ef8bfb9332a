"""Take out of notebooks what running them leaves behind, and give every cell a stable id.

python tests/clean_notebooks.py                    all notebooks in notebooks/
python tests/clean_notebooks.py --check            only say which are not clean
python tests/clean_notebooks.py notebooks/02-december.ipynb
"""

from __future__ import annotations

import argparse
import hashlib
import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
CELL_METADATA = ("tags", "nbgrader", "editable", "deletable")
KERNEL = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}
VALID_ID = re.compile(r"[a-zA-Z0-9_-]{1,64}").fullmatch


def notebooks(root: Path = ROOT / "notebooks") -> list[Path]:
    """Return all notebooks in a folder and the folders in it, but no checkpoints."""
    return sorted(path for path in root.rglob("*.ipynb") if ".ipynb_checkpoints" not in path.parts)


def cleaned(notebook: dict[str, Any]) -> dict[str, Any]:
    """Return a notebook without outputs, counts and widget state. Valid ids stay; others are made from the content."""
    cells, seen = [], set()
    for cell in notebook["cells"]:
        source = cell["source"] if isinstance(cell["source"], str) else "".join(cell["source"])
        source = source.rstrip("\n")
        cell_id = cell.get("id", "")
        if not VALID_ID(cell_id) or cell_id in seen:
            cell_id = next(name for name in _ids(cell["cell_type"], source) if name not in seen)
        seen.add(cell_id)
        metadata = {key: cell["metadata"][key] for key in CELL_METADATA if key in cell.get("metadata", {})}
        kept = {"cell_type": cell["cell_type"], "id": cell_id, "metadata": metadata, "source": source.splitlines(True)}
        if cell["cell_type"] == "code":
            kept |= {"execution_count": None, "outputs": []}
        if cell.get("attachments"):
            kept["attachments"] = cell["attachments"]
        cells.append(dict(sorted(kept.items())))
    metadata = {"kernelspec": KERNEL, "language_info": {"name": "python"}}
    return {"cells": cells, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}


def as_text(notebook: dict[str, Any]) -> str:
    """Return a notebook as JupyterLab writes it: one space a level, a line break at the end."""
    return json.dumps(notebook, indent=1, ensure_ascii=False) + "\n"


def clean(path: Path, *, write: bool = True) -> bool:
    """Clean one notebook file; return whether it was not clean."""
    before = path.read_text(encoding="utf-8")
    after = as_text(cleaned(json.loads(before)))
    if after != before and write:
        path.write_text(after, encoding="utf-8", newline="\n")
    return after != before


def _ids(kind: str, source: str) -> Iterator[str]:
    number = 0
    while True:
        yield f"{kind[:4]}-{hashlib.sha256(f'{number}{source}'.encode()).hexdigest()[:8]}"
        number += 1


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", nargs="*", type=Path)
    parser.add_argument("--check", action="store_true", help="change nothing; fail if a notebook is not clean")
    options = parser.parse_args(arguments)
    changed = [path for path in options.files or notebooks() if clean(path, write=not options.check)]
    for path in changed:
        print(f"{'not clean' if options.check else 'cleaned'}: {path}")
    return int(options.check and bool(changed))


if __name__ == "__main__":
    sys.exit(main())
