"""What the pages name is there, and what they have to tell of is not left out."""

from __future__ import annotations

import ast
import re
from pathlib import Path
from urllib.parse import unquote

import pytest

from extractors.errors import CAUSES
from flows.core import outcome
from flows.core.outcome import Outcome
from flows.core.settings import PREFIX, READ_ELSEWHERE, Settings
from tests.docs.markdown import (
    PAGES,
    ROOT,
    WRITTEN,
    anchor,
    codes,
    first_cells,
    headings,
    name_of,
    section,
    text_of,
)
from tests.docs.pages import DOCS

OPERATIONS = text_of(DOCS / "operations.md")
RECORDS = sorted((DOCS / "decisions").glob("[0-9]*.md"))
ROOMS = ("flows", "extractors", "transforms", "schemas", "warehouse", "tests")
SETTINGS = {*READ_ELSEWHERE, *(f"{PREFIX}{name.upper()}" for name in Settings.model_fields)}
OF_THE_PAST = ("CHANGELOG.md",)


def _checks() -> set[str]:
    """The names of checks that findings are made under, anywhere in the code."""
    trees = [ast.parse(text_of(path)) for path in (ROOT / "flows").rglob("*.py")]
    made = [
        node.args[0]
        for tree in trees
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id == "Finding"
    ]
    return {str(name.value) for name in made if isinstance(name, ast.Constant)}


def test_operations_tell_of_every_check_and_outcome() -> None:
    checks = _checks()
    assert {"run", "gates", "disk", "release"} <= checks
    told = {word for line in headings(OPERATIONS) for word in re.findall(r"`(\w+)`", line)}
    assert told == checks | {str(each) for each in Outcome}


def test_operations_tell_of_every_cause() -> None:
    told = first_cells(section(OPERATIONS, "Causes"))
    assert told == CAUSES.keys() | outcome._RULES.keys()


def test_configuration_tells_of_every_setting() -> None:
    page = text_of(DOCS / "configuration.md")
    assert first_cells(section(page, "Settings")) == SETTINGS


@pytest.mark.parametrize("page", WRITTEN, ids=name_of)
def test_every_setting_that_is_named_is_one(page: Path) -> None:
    named = re.findall(rf"\b{PREFIX}[A-Z_]*[A-Z]\b(?![*_])", text_of(page))
    assert set(named) <= SETTINGS


@pytest.mark.parametrize("page", [p for p in WRITTEN if p.name not in OF_THE_PAST], ids=name_of)
def test_every_file_that_is_named_is_there(page: Path) -> None:
    named = [code for code in codes(text_of(page)) if re.fullmatch(r"[a-z]+/[a-z0-9_/.]*", code)]
    ours = [code for code in named if code.split("/")[0] in ROOMS]
    assert [code for code in ours if not (ROOT / code).exists()] == []


def test_every_class_that_is_named_is_in_its_file() -> None:
    text = " ".join(text_of(DOCS / "architecture.md").split())
    named = re.findall(r"((?:`\w+`, )*`[A-Z]\w+`) \(`([\w/]+\.py)`\)", text)
    classes = [(name, file) for names, file in named for name in re.findall(r"\w+", names)]
    assert len(classes) > 10
    assert [each for each in classes if f"class {each[0]}" not in text_of(ROOT / each[1])] == []


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_every_link_leads_somewhere(page: Path) -> None:
    prose = re.sub(r"^```.*?^```|`[^`]*`", "`code`", text_of(page), flags=re.M | re.S)
    broken = []
    for target in re.findall(r"\]\(([^)\s]+)\)", prose):
        path, _, name = unquote(target).partition("#")
        if re.match(r"[a-z]+:", path):
            continue
        file = (page.parent / path) if path else page
        known = [anchor(line) for line in headings(text_of(file))] if name else []
        if not file.exists() or (name and name not in known):
            broken.append(target)
    assert broken == []


@pytest.mark.parametrize("record", RECORDS, ids=name_of)
def test_a_decision_is_short_and_whole(record: Path) -> None:
    text = text_of(record)
    parts = re.findall(r"^\*\*(.+?)\.\*\*", text, re.M)
    assert [part for part in parts if part != "Alternatives"] == [
        "Context",
        "Decision",
        "What it costs",
        "What would change our mind",
    ]
    assert len(text.splitlines()) <= 40
    assert f"]({record.name})" in text_of(DOCS / "decisions" / "README.md")
