"""The tables of the codebook: what ``data/datapackage.json`` says of each table and column, in words.

Run as a script, it writes them anew between two marks in ``data/README.md``::

    python tests/codebook.py
"""

from __future__ import annotations

from pathlib import Path

from helpers.schema import Field, Package, Table, read_package

DATA = Path(__file__).resolve().parent.parent / "data"
README = DATA / "README.md"
BEGIN = "<!-- tables: written by tests/codebook.py from datapackage.json -->"
END = "<!-- end of tables -->"

TYPES = {
    "string": "text",
    "integer": "whole number",
    "number": "number",
    "boolean": "yes or no",
    "date": "date, YYYY-MM-DD",
    "time": "time, HH:MM",
}
PATTERNS = {
    r"[a-z0-9][a-z0-9\-]*": "lower-case letters, digits and hyphens",
    r"\d{4}-\d{2}-\d{2}-[a-z0-9\-]+": "a date, then lower-case letters, digits and hyphens",
    r"[A-Z]{2}": "two capital letters",
    r"[a-z]{2}": "two lower-case letters",
    r"https?://\S+": "begins with http:// or https://",
}


def render(package: Package) -> str:
    """Return the codebook's tables as Markdown: one part for each table, then the boundaries."""
    parts = [render_table(table) for table in package.tables.values()]
    shapes = [r for r in package.descriptor["resources"] if r.get("format") == "geojson"]
    if shapes:
        lines = [f"- `{shape['path']}`: {shape.get('description', shape['name'])}" for shape in shapes]
        parts.append("\n".join(["### Boundaries", "", *lines]))
    return "\n\n".join(parts)


def render_table(table: Table) -> str:
    """Return the part on one table: heading, description, a row for each column, the closed vocabularies."""
    rows = [f"| `{f.name}` | {_type(f)} | {'yes' if f.required else ''} | {_meaning(f, table)} |" for f in table.fields]
    lines = [f"### {table.path}: {table.title}", "", table.description, ""]
    if len(table.primary_key) > 1:
        key = ", ".join(f"`{name}`" for name in table.primary_key)
        lines += [f"A row is known by {key} together; no two rows have all of them alike.", ""]
    lines += ["| column | type | needed | what it is |", "| --- | --- | --- | --- |", *rows]
    for field in table.fields:
        if field.meanings:
            order = ", in this order" if field.ordered else ""
            lines += ["", f"Values of `{field.name}`{order}:", ""]
            lines += [f"- `{value}`: {label}" for value, label in field.meanings.items()]
    return "\n".join(lines)


def section(text: str) -> str:
    """Return what stands between the two marks of a README, without the blank lines at its ends.

    Raises
    ------
    ValueError
        If a mark is missing or stands there twice.
    """
    return _parted(text)[1].strip("\n")


def with_section(text: str, tables: str) -> str:
    """Return the text of a README with ``tables`` between its two marks."""
    before, _, after = _parted(text)
    return f"{before}{BEGIN}\n\n{tables}\n\n{END}{after}"


def _parted(text: str) -> tuple[str, str, str]:
    for mark in (BEGIN, END):
        if text.count(mark) != 1:
            raise ValueError(f"the line {mark!r} must stand in the codebook exactly once")
    before, rest = text.split(BEGIN)
    inside, after = rest.split(END)
    return before, inside, after


def _type(field: Field) -> str:
    if field.delimiter is not None:
        return "list of keys"
    if field.period:
        return "day, month or year"
    if field.meanings:
        return "one of a list"
    return TYPES[field.type]


def _meaning(field: Field, table: Table) -> str:
    parts = [field.description]
    if field.delimiter is not None:
        parts.append(f"several keys are parted by `{field.delimiter}`")
    parts += [f"found in `{k.table}.{k.key}`" for k in table.foreign_keys if k.field == field.name]
    parts += _limits(field)
    if field.hindsight:
        parts.append("**hindsight:** hidden when the record is seen as of a day")
    return "; ".join(parts).replace("|", "\\|")


def _limits(field: Field) -> list[str]:
    limits = []
    if field.unique:
        limits.append("no value twice")
    if field.pattern is not None and not field.period:
        limits.append(PATTERNS.get(field.pattern, f"matches `{field.pattern}`"))
    if field.minimum is not None and field.maximum is not None:
        limits.append(f"from {field.minimum:g} to {field.maximum:g}")
    elif field.minimum is not None:
        limits.append(f"at least {field.minimum:g}")
    elif field.maximum is not None:
        limits.append(f"at most {field.maximum:g}")
    if field.max_length is not None:
        limits.append(f"at most {field.max_length} characters")
    return limits


def main() -> None:
    """Write the tables into the codebook."""
    text = README.read_text(encoding="utf-8")
    README.write_text(with_section(text, render(read_package(DATA))), encoding="utf-8")


if __name__ == "__main__":
    main()
