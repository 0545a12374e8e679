"""The walls between the rooms (CONTRIBUTING): who may import whom, and what starts fast."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
ROOMS = ("flows", "extractors", "transforms", "schemas", "warehouse")
MAY_IMPORT = {
    "flows": set(ROOMS),
    "extractors": {"extractors"},
    "transforms": {"transforms", "schemas"},
    "warehouse": {"warehouse", "schemas"},
    "schemas": {"schemas"},
}
MODULES = [path for room in ROOMS for path in sorted((ROOT / room).rglob("*.py"))]


def imported_rooms(path: Path) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            names.add((node.module or "").split(".")[0])
    return names & {*ROOMS, "tests"}


@pytest.mark.parametrize("path", MODULES, ids=lambda p: str(p.relative_to(ROOT)))
def test_a_room_imports_only_what_it_may(path: Path) -> None:
    room = path.relative_to(ROOT).parts[0]
    assert imported_rooms(path) <= MAY_IMPORT[room]


def test_transforms_and_schemas_open_no_socket() -> None:
    for path in MODULES:
        if path.relative_to(ROOT).parts[0] in ("transforms", "schemas"):
            text = path.read_text(encoding="utf-8")
            assert "import requests" not in text
            assert "import socket" not in text


def test_only_the_planned_folders_are_at_the_top() -> None:
    listed = subprocess.run(
        ["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.split()
    tops = {line.split("/")[0] for line in listed if "/" in line}
    assert tops <= {*ROOMS, "tests", ".ci", ".github"}


def test_help_imports_nothing_heavy() -> None:
    code = (
        "import sys; from flows.cli.main import app; "
        "heavy = {'pandas', 'pandera', 'pyarrow', 'deltalake', 'duckdb', 'prefect', 'requests', "
        "'lxml', 'pydantic'} & set(sys.modules); sys.exit(', '.join(sorted(heavy)) or 0)"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
