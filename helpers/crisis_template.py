"""Start a record of another crisis: empty tables of the right shape, ready to be filled in."""

from __future__ import annotations

import json
from pathlib import Path

from helpers.chronicle import shipped_folder
from helpers.schema import DESCRIPTOR, Package, Table, read_package


def new_crisis(folder: str | Path, title: str = "A new crisis") -> Path:
    """Write an empty record that loads, with a README that explains every table and column.

    Fill in the tables in any order with a spreadsheet (save as "CSV UTF-8") or a text editor, and call
    ``load(folder)`` as often as you like: it lists whatever does not fit.

    Parameters
    ----------
    folder
        Where to write; it is made if it is not there.
    title
        The name of the record.

    Returns
    -------
    pathlib.Path
        The folder.

    Raises
    ------
    FileExistsError
        If one of the files is there already. Nothing is ever overwritten.

    Examples
    --------
    >>> import tempfile
    >>> from helpers import load
    >>> folder = new_crisis(Path(tempfile.mkdtemp()) / "suez", title="Suez 1956")
    >>> load(folder)
    <Chronicle 'Suez 1956': 0 events, 0 claims, 0 actors, 0 sources>
    """
    target = Path(folder)
    package = read_package(shipped_folder())
    descriptor = {
        **package.descriptor,
        "name": target.name.lower().replace(" ", "-") or "crisis",
        "title": title,
        "description": "See README.md in this folder.",
        "version": "0.0.1",
        # Boundaries of the shipped record would be the wrong ones elsewhere.
        "resources": [r for r in package.descriptor["resources"] if "schema" in r],
    }
    descriptor.pop("created", None)
    texts = {
        DESCRIPTOR: json.dumps(descriptor, ensure_ascii=False, indent=2) + "\n",
        "README.md": _guide(title, package),
    }
    texts |= {table.path: ",".join(table.names) + "\n" for table in package.tables.values()}
    there = [name for name in texts if (target / name).exists()]
    if there:
        raise FileExistsError(f"{target} already holds {', '.join(there)}; choose another folder")
    target.mkdir(parents=True, exist_ok=True)
    for name, text in texts.items():
        (target / name).write_text(text, encoding="utf-8")
    return target


def _guide(title: str, package: Package) -> str:
    order = ["chapters", "sources", "places", "actors", "events", "event_actors", "claims"]
    first = [package.tables[name] for name in order]
    rest = [table for table in package.tables.values() if table.name not in order]
    lines = [
        f"# {title}",
        "",
        "One CSV file a table, UTF-8, one row a line, an empty cell = not known. A good order to fill them in: "
        + ", ".join(f"`{name}`" for name in order)
        + "; the others as you need them.",
        "",
        "Every event, role, tie, claim and quotation names a row of `sources.csv`: the page that you read it on.",
        "Where sources disagree, write a claim for each. An allegation stays one: role `alleged-initiator`, basis `alleged`,",
        "and in `alleged_by` who says so.",
        "",
        "Closed vocabularies stand in `datapackage.json` (`enum`, with the meanings under `categories`); change them there",
        "if your crisis needs other ones.",
        "",
    ]
    for table in [*first, *rest]:
        lines += _table_guide(table)
    return "\n".join(lines)


def _table_guide(table: Table) -> list[str]:
    lines = [f"## {table.path}", "", table.description, "", "| column | what goes in | needed |", "| --- | --- | --- |"]
    for field in table.fields:
        words = field.description
        if field.meanings:
            words += ": " + ", ".join(f"`{value}`" for value in field.meanings)
        lines.append(f"| {field.name} | {words} | {'yes' if field.required else ''} |")
    return [*lines, ""]
