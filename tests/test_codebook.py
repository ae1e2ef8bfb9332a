"""The codebook, data/README.md, says what the descriptor says."""

import json

import pytest

from helpers.schema import read_package
from tests import codebook

PACKAGE = read_package(codebook.DATA)
TEXT = codebook.README.read_text(encoding="utf-8")
TABLES = list(PACKAGE.tables.values())


def test_the_tables_in_the_codebook_are_those_of_the_descriptor():
    advice = "run: python tests/codebook.py"
    assert codebook.section(TEXT) == codebook.render(PACKAGE), advice


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_each_column_is_named_and_explained(table):
    _, _, part = codebook.section(TEXT).partition(f"### {table.path}: {table.title}\n")
    part = part.partition("\n### ")[0]
    assert table.description and table.description in part
    for field in table.fields:
        row = next(line for line in part.splitlines() if line.startswith(f"| `{field.name}` |"))
        assert field.description and field.description in row
        assert row.replace("\\|", "").count("|") == 5, "a vertical bar inside a cell breaks the table"
        assert ("hindsight" in row.rpartition("|")[0]) >= field.hindsight


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_each_value_of_a_vocabulary_has_a_meaning(table):
    resource = next(r for r in PACKAGE.descriptor["resources"] if r["name"] == table.name)
    for spec in resource["schema"]["fields"]:
        allowed = spec.get("constraints", {}).get("enum", [])
        labels = {c["value"]: c.get("label", "").strip() for c in spec.get("categories", [])}
        assert list(labels) == allowed, f"{table.name}.{spec['name']}: categories and enum differ"
        for value in allowed:
            assert labels[value], f"{table.name}.{spec['name']}: {value} has no meaning"
            assert f"- `{value}`: {labels[value]}" in codebook.section(TEXT)


def test_a_changed_descriptor_is_noticed(tmp_path):
    descriptor = json.loads((codebook.DATA / "datapackage.json").read_text(encoding="utf-8"))
    descriptor["resources"][0]["schema"]["fields"][0]["description"] = "something else"
    (tmp_path / "datapackage.json").write_text(json.dumps(descriptor), encoding="utf-8")
    assert codebook.section(TEXT) != codebook.render(read_package(tmp_path))


def test_writing_the_section_twice_changes_nothing_more():
    once = codebook.with_section(TEXT, codebook.render(PACKAGE))
    assert codebook.with_section(once, codebook.render(PACKAGE)) == once


@pytest.mark.parametrize("broken", [codebook.BEGIN, codebook.END, codebook.BEGIN + codebook.BEGIN + codebook.END])
def test_a_missing_or_doubled_mark_is_an_error(broken):
    with pytest.raises(ValueError, match="exactly once"):
        codebook.section(broken)
