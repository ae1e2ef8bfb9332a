"""The house of the helpers: a module imports only from the floors below it, or from its own without circles."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

HELPERS = Path(__file__).resolve().parent.parent / "helpers"
FLOORS = {
    1: {"style", "schema", "notes", "packing"},
    2: {"reading", "rules", "knowledge", "chronicle", "crisis_template"},
    3: {"agreement", "answers", "claims", "escalation", "facts", "network"},
    4: {"figures"},
    5: {"steady", "live", "cards", "rooms", "explorers"},
    6: {"lesson", "tasks", "practice", "checks", "selftest", "assignments", "variants", "handing_in", "add"},
}
FLOOR = {module: floor for floor, modules in FLOORS.items() for module in modules}


def name_of(path, root=HELPERS):
    """Return the module or folder that stands on a floor: everything in `explorers/` counts as `explorers`."""
    return path.relative_to(root).parts[0].removesuffix(".py")


def imports(path, root=HELPERS):
    """Return what a module imports from the house when it is loaded or used; for type checkers alone doesn't count."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for_types = {
        inner
        for node in ast.walk(tree)
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"
        for inner in ast.walk(node)
    }
    here = {
        item.stem for item in root.iterdir() if item.suffix == ".py" or (item / "__init__.py").exists() or item.is_dir()
    }
    found = set()
    for node in ast.walk(tree):
        if node in for_types:
            continue
        if isinstance(node, ast.ImportFrom) and node.module:
            parts = node.module.split(".")
            if parts == ["helpers"]:
                found |= {alias.name if alias.name in here else "" for alias in node.names}
            elif parts[0] == "helpers":
                found.add(parts[1])
        elif isinstance(node, ast.Import):
            found |= {alias.name.split(".")[1] for alias in node.names if alias.name.startswith("helpers.")}
    return found - {name_of(path, root)}


def faults(root=HELPERS, floor=FLOOR):
    """List what breaks the rule of the house."""
    paths = [path for path in sorted(root.rglob("*.py")) if path != root / "__init__.py"]
    wrong, graph = [], {}
    for path in paths:
        module = name_of(path, root)
        if module not in floor:
            wrong.append(f"{module} has no floor: name it in tests/test_house.py")
            continue
        for other in imports(path, root):
            graph.setdefault(module, set()).add(other)
            if other == "":
                wrong.append(f"{module} imports from `helpers` itself: import from the module where it stands")
            elif other in floor and floor[other] > floor[module]:
                wrong.append(f"{module} (floor {floor[module]}) imports {other} (floor {floor[other]})")
    wrong += [f"{module} goes in a circle" for module in graph if module in _reached(graph, module)]
    return wrong


def _reached(graph, module):
    reached, ahead = set(), set(graph.get(module, ()))
    while ahead:
        reached |= ahead
        ahead = set().union(*(graph.get(other, set()) for other in ahead)) - reached
    return reached


def test_nobody_leans_on_a_floor_above():
    assert faults() == []


@pytest.mark.parametrize(
    ("files", "fault"),
    [
        ({"style.py": "from helpers.chronicle import load"}, "style (floor 1) imports chronicle (floor 2)"),
        (
            {"claims.py": "from helpers import figures", "figures/timeline.py": ""},
            "claims (floor 3) imports figures (floor 4)",
        ),
        ({"claims.py": "def f():\n    from helpers.live import x"}, "claims (floor 3) imports live (floor 5)"),
        ({"claims.py": "from helpers import load"}, "claims imports from `helpers` itself"),
        ({"style.py": "import helpers.schema", "schema.py": "import helpers.style"}, "style goes in a circle"),
        ({"gadget.py": ""}, "gadget has no floor"),
        ({"explorers/a.py": "from helpers.checks import check"}, "explorers (floor 5) imports checks (floor 6)"),
    ],
)
def test_a_planted_fault_is_found(tmp_path, files, fault):
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    assert any(fault in said for said in faults(tmp_path)), faults(tmp_path)


def test_imports_for_type_checkers_alone_do_not_count(tmp_path):
    text = "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from helpers.live import LiveFigure\n"
    (tmp_path / "claims.py").write_text(text)
    assert faults(tmp_path) == []
