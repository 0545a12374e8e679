"""A release as files: what they hold, how they lie, when they appear, which ones go."""

from __future__ import annotations

import json
import shutil
from datetime import UTC, datetime
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path

import duckdb
import pyarrow.parquet as pq
import pytest

from schemas.registry import TABLES, VIEWS
from schemas.sources.seee.tables import SEEE_BULLETINS, SEEE_QUOTES
from tests.support.released import (
    CREDITS,
    DAYS,
    PRODUCTS,
    backdate,
    current_id,
    load_days,
    publish_now,
    release,
    two_releases,
)
from warehouse.engine.storage.storage import digest_of
from warehouse.errors import UnknownVersion
from warehouse.publication.formats.parquet import write_plain
from warehouse.publication.publish import PublicationError
from warehouse.publication.shelf import LocalShelf, shelf
from warehouse.store.home import Home, open_home
from warehouse.store.releases import Release, UnknownRelease, rollback
from warehouse.store.store import Warehouse

World = tuple[Home, Release, Release]


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> World:
    """Two releases, both published; not to be written to."""
    home, first, second = two_releases(tmp_path_factory.mktemp("published") / "home")
    publish_now(home, first.release_id)
    publish_now(home)
    return home, first, second


@pytest.fixture
def store(tmp_path: Path) -> Home:
    home = open_home(tmp_path / "home", "sample")
    load_days(home, DAYS[:3], 1)
    return home


def shelf_of(home: Home) -> LocalShelf:
    found = shelf(home.path / "published")
    assert isinstance(found, LocalShelf)
    return found


def folder(home: Home, made: Release) -> Path:
    return shelf_of(home).root / made.release_id


def test_each_release_has_the_rows_of_its_own_versions(published: World) -> None:
    home, first, second = published
    quotes = [pq.read_table(folder(home, r) / "seee_quotes.parquet") for r in (first, second)]
    histories = [
        pq.read_table(folder(home, r) / "seee_quotes_history.parquet") for r in (first, second)
    ]
    whole = len(DAYS) * len(PRODUCTS)
    assert [t.num_rows for t in quotes] == [whole - len(PRODUCTS), whole - 1]
    assert [t.num_rows for t in histories] == [whole - len(PRODUCTS), whole + len(PRODUCTS) + 1]
    closes = [str(c) for c in quotes[1].column("close_cny_per_t").unique().to_pylist()]
    assert sorted(closes) == ["90.50", "91.00"]
    assert [t.column("known_to").null_count for t in histories] == [whole - len(PRODUCTS), whole]


def test_rows_are_sorted_by_the_key_and_described(published: World) -> None:
    home, _, second = published
    for file in folder(home, second).glob("*.parquet"):
        meta = pq.read_metadata(file)
        schema = pq.read_schema(file)
        assert schema.metadata[b"release_id"] == second.release_id.encode()
        assert not meta.num_rows or meta.row_group(0).sorting_columns, file.name
        assert all(b"description" in field.metadata for field in schema), file.name
    quotes = pq.read_table(folder(home, second) / "seee_quotes.parquet")
    keys = list(zip(*(quotes.column(name).to_pylist() for name in SEEE_QUOTES.key), strict=True))
    assert keys == sorted(keys)
    schema = pq.read_schema(folder(home, second) / "seee_bulletins.parquet")
    assert schema.field("close_cny_per_t").metadata[b"unit"] == b"CNY/t"
    assert not schema.field("period").nullable
    assert str(schema.field("total_turnover_cny").type) == "decimal128(20, 2)"


def test_row_groups_let_a_query_skip_other_years(tmp_path: Path) -> None:
    with duckdb.connect() as connection:
        connection.execute(
            "CREATE VIEW seee_quotes AS SELECT DATE '1990-01-01' + (i % 12000)::INTEGER AS "
            "trade_date, 'CEA21' AS product, (i % 97)::DECIMAL(12, 2) AS close_cny_per_t "
            "FROM range(36000) r(i)"
        )
        columns = [SEEE_QUOTES.column(n) for n in ("trade_date", "product", "close_cny_per_t")]
        path = tmp_path / "seee_quotes.parquet"
        written = write_plain(connection, "seee_quotes", SEEE_QUOTES, columns, path, {})
    meta = pq.read_metadata(path)
    ranges = [
        (s.min, s.max)
        for s in (meta.row_group(g).column(0).statistics for g in range(meta.num_row_groups))
    ]
    assert written.rows == meta.num_rows == 36_000
    assert len(ranges) >= 8
    # In order, and no two overlap by more than the day at their border.
    assert all(a[1] <= b[0] for a, b in pairwise(ranges))
    assert all(meta.row_group(g).column(0).has_column_index for g in range(len(ranges)))


def test_the_data_package_tells_files_columns_units_and_terms(published: World) -> None:
    home, _, second = published
    package = json.loads((folder(home, second) / "datapackage.json").read_text("utf-8"))
    held = {file.name for file in folder(home, second).glob("*.parquet")}
    assert {r["path"] for r in package["resources"]} == held
    for resource in package["resources"]:
        path = folder(home, second) / resource["path"]
        meta = pq.read_metadata(path)
        assert resource["hash"] == f"sha256:{digest_of(path)}"
        assert (resource["bytes"], resource["rows"]) == (path.stat().st_size, meta.num_rows)
        fields = [field["name"] for field in resource["schema"]["fields"]]
        assert fields == pq.read_schema(path).names
    quotes = next(r for r in package["resources"] if r["name"] == "seee_quotes")
    close = next(f for f in quotes["schema"]["fields"] if f["name"] == "close_cny_per_t")
    assert close["type"] == "number"
    assert close["unit"] == "CNY/t"
    assert quotes["schema"]["primaryKey"] == ["trade_date", "product"]
    assert quotes["licenses"][0]["title"] == SEEE_QUOTES.terms
    assert quotes["credit"] == CREDITS["seee"].publisher
    assert quotes["delta_version"] == second.versions["seee_quotes"]
    assert package["is_simulated"] is True
    assert "simulated" in quotes["description"]


def test_the_dictionary_names_every_column_and_loads_nothing(published: World) -> None:
    home, _, second = published
    pages = [(folder(home, second) / f"dictionary.{kind}").read_text() for kind in ("md", "html")]
    for page in pages:
        for column in (*SEEE_BULLETINS.columns, *SEEE_QUOTES.columns):
            assert column.name in page
        assert SEEE_BULLETINS.terms in page
        assert "simulated" in page

    class Page(HTMLParser):
        def __init__(self) -> None:
            super().__init__()
            self.tags: dict[str, int] = {}
            self.links: list[str] = []

        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            self.tags[tag] = self.tags.get(tag, 0) + 1
            self.links += [v or "" for k, v in attrs if k in ("href", "src")]

    html = Page()
    html.feed(pages[1])
    assert not {"script", "link", "img", "iframe"} & html.tags.keys()
    assert all(link.startswith("#") for link in html.links)
    assert html.tags["h2"] == len(second.tables) + 1 + len(VIEWS)  # and the releases


def test_the_duckdb_file_can_be_copied_alone(published: World, tmp_path: Path) -> None:
    home, _, second = published
    path = tmp_path / "alone.duckdb"
    path.write_bytes((shelf_of(home).root / "carbonmart.duckdb").read_bytes())
    assert int.from_bytes(path.read_bytes()[12:20], "little") <= 65, "older tools can't open it"
    with duckdb.connect(str(path), read_only=True) as mart:
        whole = len(DAYS) * len(PRODUCTS)
        assert mart.sql("SELECT count(*) FROM seee_quotes").fetchall() == [(whole - 1,)]
        assert mart.sql("SELECT release_id, is_simulated FROM release").fetchall() == [
            (second.release_id, True)
        ]
        views = dict(
            mart.sql("SELECT view_name, comment FROM duckdb_views() WHERE NOT internal").fetchall()
        )
        assert SEEE_QUOTES.says in views["seee_quotes"]
        assert set(views) == {
            "release",
            *(n for n, t in TABLES.items() if n in second.versions and not t.is_log),
        }
        comments = mart.sql(
            "SELECT table_name, column_name, comment FROM duckdb_columns() WHERE NOT internal "
            "AND table_name <> 'release'"
        ).fetchall()
        assert [row for row in comments if not row[2]] == []
        assert ("seee_quotes", "close_cny_per_t", "Close [CNY/t]") in comments


def test_the_macro_shows_what_was_known(published: World) -> None:
    home, first, _ = published
    with duckdb.connect(str(shelf_of(home).root / "carbonmart.duckdb"), read_only=True) as mart:
        for moment, made in (("2025-03-04 15:00+00", first), ("2025-03-05 14:59+00", first)):
            found = mart.execute("SELECT * FROM seee_quotes_as_of(?)", [moment]).fetchall()
            with Warehouse(home.path).connect("seee_quotes", versions=made.versions) as store:
                wanted = store.sql("SELECT * FROM seee_quotes").fetchall()
            assert len(found) == len(wanted) > 0
            assert set(found) == set(wanted)
        now = mart.sql("SELECT * FROM seee_quotes_as_of(now())").fetchall()
        assert set(now) == set(mart.sql("SELECT * FROM seee_quotes").fetchall())
        assert mart.sql("SELECT * FROM seee_quotes_as_of('2020-01-01')").fetchall() == []


def test_publishing_again_does_nothing(store: Home) -> None:
    release(store)
    first = publish_now(store)
    root = shelf_of(store).root
    before = {p: (p.stat().st_ino, p.stat().st_mtime_ns) for p in root.rglob("*")}
    again = publish_now(store)
    assert (first.is_new, again.is_new) == (True, False)
    assert again.is_latest
    assert {p: (p.stat().st_ino, p.stat().st_mtime_ns) for p in root.rglob("*")} == before


def test_an_old_release_is_published_beside_the_current_one(store: Home) -> None:
    old = release(store)
    load_days(store, DAYS[3:4], 2)
    new = release(store)
    publish_now(store)
    done = publish_now(store, old.release_id)
    assert done.is_new
    assert not done.is_latest
    assert shelf_of(store).folders() == [old.release_id, new.release_id]
    assert (shelf_of(store).pointer() or {})["release_id"] == new.release_id
    with pytest.raises(UnknownRelease, match="no release 'R0'"):
        publish_now(store, "R0")


def test_a_rollback_is_published_as_a_release(store: Home) -> None:
    old = release(store)
    load_days(store, DAYS[3:4], 2)
    release(store)
    publish_now(store)
    back = rollback(Warehouse(store.path), old.release_id)
    assert publish_now(store).release_id == back.release_id
    with duckdb.connect(str(shelf_of(store).root / "carbonmart.duckdb"), read_only=True) as mart:
        assert mart.sql("SELECT max(trade_date) FROM seee_quotes").fetchall() == [(DAYS[2],)]
        assert mart.sql("SELECT action FROM release").fetchall() == [("rollback",)]


def test_the_newest_and_the_first_of_each_month_are_kept(store: Home) -> None:
    moments = [datetime(2031, m, d, tzinfo=UTC) for m in (1, 2, 3) for d in (1, 2, 3)]
    ids = backdate(store, *moments)
    publish_now(store)
    for each in ids[:-1]:
        shutil.copytree(shelf_of(store).root / ids[-1], shelf_of(store).root / each)
    done = publish_now(store, keep=2)
    kept = [ids[0], ids[3], ids[6], ids[7], ids[8]]
    assert shelf_of(store).folders() == kept
    assert done.pruned == [each for each in ids if each not in kept]
    assert (shelf_of(store).pointer() or {})["release_id"] == ids[-1] == current_id(store)


def test_what_differs_from_the_tables_is_not_published(
    store: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    release(store)
    publish_now(store)
    stood = shelf_of(store).pointer()
    load_days(store, DAYS[3:4], 2)
    new = release(store)

    def forgetful(connection: duckdb.DuckDBPyConnection, *arguments: object) -> object:
        connection.execute(
            "CREATE TEMP TABLE IF NOT EXISTS held AS FROM seee_quotes; "
            "CREATE OR REPLACE TEMP VIEW seee_quotes AS "
            "SELECT * FROM held WHERE product <> 'CEA21'"
        )
        return write_plain(connection, *arguments)  # type: ignore[arg-type]

    monkeypatch.setattr("warehouse.publication.build.write_plain", forgetful)
    with pytest.raises(PublicationError, match="publication_files seee_quotes") as told:
        publish_now(store)
    wrong = {(f.name, f.scope) for f in told.value.findings if not f.is_same}
    assert wrong == {("publication_files", "seee_quotes"), ("publication_row_count", "seee_quotes")}
    assert shelf_of(store).pointer() == stood
    assert new.release_id not in shelf_of(store).folders()


def test_a_dropped_version_is_told_by_its_name(store: Home) -> None:
    made = release(store)
    load_days(store, DAYS[3:4], 2)
    release(store)
    state = Warehouse(store.path)._state(SEEE_QUOTES, made.versions["seee_quotes"])
    assert state is not None
    Path(state.files[0].path).unlink()
    with pytest.raises(UnknownVersion, match="dropped by `carbonmart vacuum`"):
        publish_now(store, made.release_id)
    with pytest.raises(UnknownVersion, match="dropped by `carbonmart vacuum`"):
        rollback(Warehouse(store.path), made.release_id)
