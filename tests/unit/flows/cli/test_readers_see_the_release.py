"""Every command shows the release and names it, in a store whose every table holds more."""

from __future__ import annotations

import json
import re
import shutil
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest
import typer
from typer.testing import CliRunner

from flows.cli.main import app
from schemas.core.table import Kind, Table
from schemas.registry import TABLES
from tests.support.stores import store
from tests.support.unreleased import LOADED, RELEASED, row_of, unreleased
from warehouse.store.releases import current
from warehouse.store.store import Warehouse

DATA = [table for table in TABLES.values() if not table.is_log]
UNSEEN = re.compile(rf"314,?159|3,?141\.59|31\.42|{LOADED['words']}")
"""What only the loaded rows say, however it is written."""
SEEN = re.compile(rf"271,?828|2,?718\.28|27\.18|{RELEASED['words']}")

READERS = {
    *("tables", "show", "figures", "history", "sql", "diff", "trace", "reconcile"),
    *("brief", "catalog", "superset", "releases", "publish", "rollback"),
}
OTHERS = {
    "demo": "a run",
    "refresh": "a run",
    "ingest": "a run",
    "backfill": "a run",
    "replay": "a run",
    "serve": "runs",
    "sources": "what is configured",
    "config": "what is configured",
    "doctor": "what a source answers now",
    "check": "what somebody has to look at, in what is loaded, and says so",
    "corrections": "how they stand to what is loaded, and says so",
    "suggest": "readings of what is loaded, and says so",
    "suggest-gates": "gates for what is loaded, and says so",
    "quarantine": "what is in no release, and says so",
    "repair": "files",
    "withdraw": "takes back what is loaded, and says what",
    "vacuum": "files",
    "mcp": "a server; tests/unit/flows/reports/test_mcp.py asks it for what is not released",
}


def commands(group: Any = None) -> Iterator[str]:
    """The names of all commands, those of groups too."""
    whole: Any = group or typer.main.get_command(app)
    for name, command in whole.commands.items():
        if hasattr(command, "commands"):
            yield from commands(command)
        else:
            yield name


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    def build(folder: Path) -> None:
        unreleased(folder / "home")

    return store("unreleased", build, tmp_path_factory.mktemp("stores")) / "home"


@pytest.fixture(scope="module")
def release_id(home: Path) -> str:
    made = current(Warehouse(home))
    assert made is not None
    return made.release_id


def run(home: Path, *args: str) -> tuple[str, str]:
    """What a command says on stdout and stderr."""
    done = CliRunner().invoke(app, ["--home", str(home), *args], catch_exceptions=False)
    assert done.exit_code in (0, 5), (args, done.stderr)
    return done.stdout, done.stderr


def test_every_command_is_known_to_show_rows_or_not_to() -> None:
    assert {*commands()} == READERS | OTHERS.keys()
    assert not READERS & OTHERS.keys()


SOME = ("seee_bulletins", "icap_prices", "mart_key_figures", "mart_market_annual")


def asked(command: str) -> Iterator[tuple[str, ...]]:
    """The command for every table, or where all of them read alike, for some."""
    for table in DATA:
        if command == "show":
            yield ("show", table.name, "--columns", "all")
        elif table.name not in SOME:
            continue
        elif command == "trace":
            numbers = (Kind.PRICE, Kind.MONEY, Kind.QUANTITY)
            column = next(c.name for c in table.own if c.kind in numbers)
            yield ("trace", table.name, *key_of(table), column)
        else:
            yield (command, table.name if command == "history" else f"from {table.name}")


def key_of(table: Table) -> list[str]:
    row = row_of(table, RELEASED)
    return [f"{part}={row[part]}" for part in table.key]


@pytest.mark.parametrize("command", ["show", "history", "sql", "trace"])
def test_rows_are_those_of_the_release(home: Path, release_id: str, command: str) -> None:
    for args in asked(command):
        out, err = run(home, *args, "--json")
        assert f"release {release_id}" in err, args
        assert "simulated" in err or '"is_simulated": true' in out, args
        assert SEEN.search(out), args
        assert not UNSEEN.search(out), (args, UNSEEN.search(out))


def test_a_table_is_headed_by_its_release_and_what_is_loaded_says_so(
    home: Path, release_id: str
) -> None:
    for args in (("show", "seee_bulletins"), ("tables",), ("sql", "from mart_market_daily")):
        assert run(home, *args)[0].startswith(f"release {release_id}\n")
        out, _ = run(home, *args, "--working")
        assert out.startswith("WORKING ROWS"), args
        assert release_id in out.splitlines()[0]
        assert UNSEEN.search(run(home, *args, "--working", "--json")[0]) or args == ("tables",)
    table = TABLES["seee_bulletins"]
    traced = ("trace", table.name, *key_of(table), "close_cny_per_t", "--working", "--json")
    assert json.loads(run(home, *traced)[0])["rows"]["is_working"]


def test_tables_count_the_rows_of_the_release(home: Path) -> None:
    released = {row["table"]: row for row in json.loads(run(home, "tables", "--json")[0])}
    loaded = {
        row["table"]: row for row in json.loads(run(home, "tables", "--working", "--json")[0])
    }
    for table in DATA:
        assert (released[table.name]["rows"], loaded[table.name]["rows"]) == (1, 2), table.name
        assert released[table.name]["version"] < released[table.name]["loaded"]


def test_now_is_the_release_and_working_is_not(home: Path, release_id: str) -> None:
    assert json.loads(run(home, "diff", "all", release_id, "now", "--json")[0]) == []
    changes = json.loads(run(home, "diff", "all", "now", "working", "--json")[0])
    assert {change["table"] for change in changes} == {table.name for table in DATA}


@pytest.mark.parametrize("kind", ["csv", "xlsx", "parquet", "json", "table"])
def test_a_file_of_rows_is_of_the_release(
    home: Path, tmp_path: Path, release_id: str, kind: str
) -> None:
    path = tmp_path / f"rows.{kind}"
    query = "select trade_date, close_cny_per_t, total_volume_t from mart_market_daily"
    args = ("sql", query, "--format", kind, "--output", str(path))
    out, err = run(home, *args)
    assert out == ""
    assert f"release {release_id}" in err
    text = text_of(path)
    assert SEEN.search(text)
    assert not UNSEEN.search(text)
    assert "simulated" in err
    if kind in ("xlsx", "parquet"):
        assert release_id in text
        assert "simulated" in text
    run(home, *args, "--working")
    assert UNSEEN.search(text_of(path))


def text_of(path: Path) -> str:
    """The cells of a file of rows, and what it says of itself."""
    if path.suffix == ".parquet":
        import pyarrow.parquet as pq

        table = pq.read_table(path)
        return f"{table.schema.metadata} {[str(c) for r in table.to_pylist() for c in r.values()]}"
    if path.suffix == ".xlsx":
        from openpyxl import load_workbook

        sheets = load_workbook(path).worksheets
        return " ".join(str(c) for sheet in sheets for row in sheet.values for c in row)
    return path.read_text(encoding="utf-8")


def test_a_brief_is_of_the_release_to_the_byte(home: Path, tmp_path: Path, release_id: str) -> None:
    def page(*options: str) -> str:
        path = tmp_path / "brief.html"
        run(home, "brief", "--year", "2024", "--lang", "en", "--output", str(path), *options)
        return path.read_text(encoding="utf-8")

    released = page()
    assert f"Release {release_id}" in released or f"release {release_id}" in released
    assert SEEN.search(released)
    assert not UNSEEN.search(released), UNSEEN.search(released)
    assert page("--release", release_id) == released
    loaded = page("--working")
    assert UNSEEN.search(loaded)
    assert "Not all of this is released" in loaded


def test_the_catalog_is_of_the_release(home: Path, tmp_path: Path, release_id: str) -> None:
    for options, unseen in (((), False), (("--working",), True)):
        folder = tmp_path / f"site{len(options)}"
        out, _ = run(home, "catalog", "--output", str(folder), *options)
        assert ("WORKING ROWS" in out) == unseen
        pages = {path.name: path.read_text(encoding="utf-8") for path in folder.iterdir()}
        assert any(UNSEEN.search(page) for page in pages.values()) == unseen
        told = "WORKING ROWS" if unseen else f"release {release_id}"
        assert all(told in page for page in pages.values()), "each page names its rows"
        assert all("simulated" in page for page in pages.values()), "each page says what they are"


def test_what_looks_at_loaded_rows_says_so(home: Path) -> None:
    readings = (("readings", "suggest"), ("readings", "check"))
    for args in (
        *(("check", "--no-tell"), ("corrections",), ("suggest-gates",), ("quarantine",)),
        *readings,
    ):
        assert re.search("loaded", "".join(run(home, *args))), args


def test_what_is_published_is_the_release(home: Path, tmp_path: Path, release_id: str) -> None:
    own = tmp_path / "home"
    shutil.copytree(home, own)
    run(own, "publish")
    with duckdb.connect(str(own / "published" / "carbonmart.duckdb"), read_only=True) as published:
        there = {
            name for (name,) in published.sql("select table_name from duckdb_tables").fetchall()
        }
        assert there.isdisjoint(table.name for table in DATA if not table.is_republished)
        handed_on = [table for table in DATA if table.is_republished]
        for table in handed_on:
            assert not UNSEEN.search(str(published.sql(f"from {table.name}").fetchall()))
        for table in handed_on:
            assert published.sql(f"select distinct is_simulated from {table.name}").fetchall() == [
                (True,)
            ]
    for name in ("datapackage.json", "dictionary.md", "dictionary.html"):
        text = (own / "published" / release_id / name).read_text(encoding="utf-8")
        assert "simulated, not published" in text, name
    bundle = tmp_path / "superset.zip"
    assert release_id in run(own, "bi", "superset", "--output", str(bundle))[0]
    assert zipfile.is_zipfile(bundle)
