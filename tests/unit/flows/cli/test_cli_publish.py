"""What `publish`, `vacuum` and `tables` print and how they end."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from flows.cli.main import app
from schemas.sources.seee.tables import SEEE_QUOTES
from tests.support.released import local, two_releases
from warehouse.publication.formats.parquet import write_plain
from warehouse.store.home import Home
from warehouse.store.releases import Release, UnknownRelease
from warehouse.store.store import Warehouse

World = tuple[Home, Release, Release]


@pytest.fixture
def store(tmp_path: Path) -> World:
    return two_releases(tmp_path / "home")


def command(home: Home, *words: str) -> Result:
    return CliRunner().invoke(app, ["--home", str(home.path), *words])


def document(home: Home, *words: str) -> Any:
    done = command(home, *words, "--json")
    assert done.exit_code == 0, done.output
    return json.loads(done.stdout)


def checks(home: Home, columns: str) -> list[tuple[Any, ...]]:
    with Warehouse(home.path).query(
        f"SELECT DISTINCT {columns} FROM ops_checks WHERE name LIKE 'publication%' ORDER BY ALL"
    ) as found:
        return found.fetchall()


def test_publish_books_its_comparisons(store: World) -> None:
    home, first, second = store
    told = document(home, "publish")
    assert (told["release_id"], told["is_new"], told["is_latest"]) == (
        second.release_id,
        True,
        True,
    )
    assert all(finding["is_same"] for finding in told["findings"])
    names = ["publication_csv", "publication_duckdb", "publication_files", "publication_row_count"]
    assert checks(home, "name, verdict, evidence") == [
        (name, "pass", f"release {second.release_id}") for name in names
    ]
    told = document(home, "publish", first.release_id)
    assert (told["is_new"], told["is_latest"]) == (True, False)
    words = command(home, "publish").stdout
    assert f"{second.release_id} was published already: " in words


def test_publish_fails_on_rows_that_differ(store: World, monkeypatch: pytest.MonkeyPatch) -> None:
    home, _, _ = store

    def twice(connection: Any, view: str, *rest: Any) -> Any:
        if view == SEEE_QUOTES.name:
            connection.execute(
                f"CREATE TEMP TABLE held AS FROM {view}; CREATE OR REPLACE TEMP VIEW {view} AS "
                "SELECT * FROM held UNION ALL (SELECT * FROM held LIMIT 1)"
            )
        return write_plain(connection, view, *rest)

    monkeypatch.setattr("warehouse.publication.build.write_plain", twice)
    done = command(home, "publish")
    assert done.exit_code == 5
    assert len(done.stderr.strip().splitlines()) == 1
    assert "publication_files seee_quotes: expected 167 rows" in done.stderr
    failed = [row for row in checks(home, "name, scope, verdict") if row[2] == "fail"]
    assert failed == [
        ("publication_files", "seee_quotes", "fail"),
        ("publication_row_count", "seee_quotes", "fail"),
    ]
    assert not (local(home) / "published" / "latest.json").exists()


def test_an_unknown_release_is_wrong_usage(store: World) -> None:
    done = command(store[0], "publish", "R1")
    assert isinstance(done.exception, UnknownRelease)


def test_the_number_to_keep_can_be_set(store: World, monkeypatch: pytest.MonkeyPatch) -> None:
    home, first, second = store
    document(home, "publish", first.release_id)
    monkeypatch.setenv("CARBONMART_KEEP_RELEASES", "1")
    # The first release of a month stays, whatever the number.
    assert document(home, "publish")["pruned"] == []
    assert document(home, "vacuum", "--dry-run")["kept"] == [first.release_id, second.release_id]
    assert command(home, "publish", "--keep", "0").exit_code == 2


def test_vacuum_says_what_it_did(store: World) -> None:
    home, first, second = store
    told = document(home, "vacuum", "--dry-run")
    assert told["is_dry"] is True
    assert told["kept"] == [first.release_id, second.release_id]
    assert {each["table"] for each in told["tables"]} >= {"seee_quotes", "ops_releases"}
    done = command(home, "vacuum")
    assert done.exit_code == 0
    assert "2 releases are kept readable by their table versions" in done.stderr


def test_tables_shows_the_released_version(store: World) -> None:
    home, _, second = store
    shown = {row["table"]: (row["version"], row["released"]) for row in document(home, "tables")}
    assert shown["seee_quotes"] == (second.versions["seee_quotes"],) * 2
    assert shown["ops_releases"][1] is None
