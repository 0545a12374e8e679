"""Every command, option and make target that the pages name is one."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from typer.core import TyperGroup
from typer.main import get_command

from flows.cli.main import app
from tests.docs.markdown import ROOT, WRITTEN, calls, codes, name_of, section, text_of
from warehouse.store.home import open_home
from warehouse.store.store import Warehouse

COMMAND = get_command(app)


def _wrong(words: list[str]) -> str:
    """What of a call the command does not know; empty if it knows all."""
    command = COMMAND
    rest = list(words)
    while rest:
        word = rest.pop(0)
        if word.startswith("--"):
            known = {name for p in command.params for name in (*p.opts, *p.secondary_opts)}
            if word.partition("=")[0] not in known | {"--help"}:
                return word
            if word == "--home":
                rest.pop(0)
        elif isinstance(command, TyperGroup):
            if word not in command.commands:
                return word
            command = command.commands[word]
    return ""


@pytest.mark.parametrize("page", WRITTEN, ids=name_of)
def test_every_command_is_one(page: Path) -> None:
    found = [call for code in codes(text_of(page)) for call in calls(code)]
    assert {" ".join(call): wrong for call in found if (wrong := _wrong(call))} == {}


def test_every_query_is_answered(tmp_path: Path) -> None:
    found = [call for page in WRITTEN for code in codes(text_of(page)) for call in calls(code)]
    queries = [call[call.index("sql") + 1] for call in found if "sql" in call]
    assert len(queries) > 5
    home = open_home(tmp_path / "home", "sample")
    with Warehouse(home.path).connect() as connection:
        for query in queries:
            assert connection.execute(query).fetchall() == []


def test_a_command_that_is_none_is_found() -> None:
    line = "FOO=1 .venv/bin/carbonmart --home x refresh a && ls # carbonmart no"
    assert calls(line) == [["--home", "x", "refresh", "a"]]
    assert calls("prefect work-pool create carbonmart --type process") == []
    assert _wrong(["--home", "x", "refresh", "--dry-run", "a"]) == ""
    assert _wrong(["bi", "superset", "--database", "x"]) == ""
    assert _wrong(["refreshing"]) == "refreshing"
    assert _wrong(["refresh", "--wet-run"]) == "--wet-run"


def test_the_readme_names_every_command() -> None:
    assert isinstance(COMMAND, TyperGroup)
    rows = re.findall(r"`([^`]+)`", section(text_of(ROOT / "README.md"), "The command"))
    assert COMMAND.commands.keys() <= {code.split()[0] for code in rows}


@pytest.mark.parametrize("page", WRITTEN, ids=name_of)
def test_every_make_target_is_one(page: Path) -> None:
    targets = set(re.findall(r"^([\w-]+):", text_of(ROOT / "Makefile"), re.M))
    named = [re.match(r"make ([a-z-]+)", code) for code in codes(text_of(page))]
    assert {match[1] for match in named if match} <= targets
