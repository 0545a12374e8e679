"""The walls between the rooms, the floors inside them, and what starts fast."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from tests.unit.import_graph import (
    ROOMS,
    ROOT,
    circles,
    floors,
    folders,
    graph,
    imported_names,
    inside,
    paths,
)

MAY_IMPORT = {
    "flows": set(ROOMS),
    "extractors": {"extractors"},
    "transforms": {"transforms", "schemas"},
    "warehouse": {"warehouse", "schemas"},
    "schemas": {"schemas"},
}
FLOORS = {
    "cli": {"cli", "jobs", "reports", "stages", "lineage", "core"},
    "jobs": {"jobs", "stages", "lineage", "core"},
    "reports": {"reports", "stages", "lineage", "core"},
    "stages": {"stages", "core"},
    "lineage": {"lineage", "core"},
    "core": {"core"},
}
"""What each part of `flows` may import of `flows`."""
MOST_FILES, MOST_FLOORS = 12, 4
TOP = {*ROOMS, "tests", "docs", ".ci", ".github"}
MEANS_ONE_THING = {"Record", "Row"}
"""Shapes that two rooms share over a wall: a protocol here, the class that has it there."""


def _id(path: Path) -> str:
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("path", paths(), ids=_id)
def test_a_room_imports_only_what_it_may(path: Path) -> None:
    room = path.relative_to(ROOT).parts[0]
    tops = {name.split(".")[0] for name in imported_names(path)}
    assert tops & {*ROOMS, "tests"} <= MAY_IMPORT[room]


@pytest.mark.parametrize("path", sorted((ROOT / "flows").glob("*/**/*.py")), ids=_id)
def test_a_floor_of_flows_stands_only_on_those_below(path: Path) -> None:
    part = path.relative_to(ROOT).parts[1]
    names = [name.split(".") for name in imported_names(path)]
    parts = {name[1] for name in names if name[0] == "flows" and len(name) > 1}
    assert parts & FLOORS.keys() <= FLOORS[part]


@pytest.mark.parametrize("path", paths(), ids=_id)
def test_only_the_command_knows_the_terminal(path: Path) -> None:
    tops = {name.split(".")[0] for name in imported_names(path)}
    is_command = path.relative_to(ROOT).parts[:2] == ("flows", "cli")
    assert is_command or not tops & {"typer", "rich"}


def test_no_file_leads_back_to_itself() -> None:
    assert circles(graph()) == []


def test_a_circle_is_found() -> None:
    """The finder itself: two circles, one of them through three files, and a way out."""
    edges = {"a": "b", "b": "ca", "c": "a", "d": "e", "e": "d", "f": "a", "g": ""}
    assert circles({k: frozenset(v) for k, v in edges.items()}) == [["a", "b", "c"], ["d", "e"]]


@pytest.mark.parametrize("folder", folders())
def test_a_folder_is_small_and_low(folder: str) -> None:
    here = ROOT.joinpath(*folder.split("."))
    files = [path for path in here.glob("*.py") if path.name != "__init__.py"]
    assert len(files) <= MOST_FILES
    assert (here / "__init__.py").is_file()
    edges = inside(folder)
    assert circles(edges) == []
    assert len(floors(edges)) <= MOST_FLOORS, " > ".join(floors(edges))


def test_the_floors_are_counted() -> None:
    edges = {"a": "bc", "b": "c", "c": "d", "d": "", "e": "d"}
    assert floors({k: frozenset(v) for k, v in edges.items()}) == ["a", "b", "c", "d"]


def test_no_class_name_means_two_things() -> None:
    classes = Counter(
        node.name
        for path in paths()
        for node in ast.parse(path.read_text(encoding="utf-8")).body
        if isinstance(node, ast.ClassDef)
    )
    assert {name for name, count in classes.items() if count > 1} <= MEANS_ONE_THING


@pytest.mark.parametrize("path", paths(), ids=_id)
def test_a_file_is_named_by_its_job(path: Path) -> None:
    assert path.stem not in {"helpers", "helper", "utils", "util", "misc", "common", "tools"}


def test_transforms_and_schemas_open_no_socket() -> None:
    for path in paths():
        if path.relative_to(ROOT).parts[0] in ("transforms", "schemas"):
            tops = {name.split(".")[0] for name in imported_names(path)}
            assert not tops & {"requests", "socket", "urllib3", "http"}


def test_only_the_planned_folders_are_at_the_top() -> None:
    listed = subprocess.run(
        ["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.splitlines()
    tops = {line.split("/")[0] for line in listed if "/" in line}
    assert tops <= TOP


def test_help_imports_nothing_heavy() -> None:
    code = (
        "import sys; from flows.cli.main import app; "
        "heavy = {'pandas', 'pandera', 'pyarrow', 'deltalake', 'duckdb', 'prefect', 'requests', "
        "'lxml', 'pydantic'} & set(sys.modules); sys.exit(', '.join(sorted(heavy)) or 0)"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
