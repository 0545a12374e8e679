"""`import carbonmart`: published figures from a folder, S3 and the web, each with its source."""

from __future__ import annotations

import ast
import json
import shutil
import subprocess
import threading
from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import duckdb
import obstore
import polars as pl
import pytest

import carbonmart
from carbonmart import DigestError, NotPublished, SimulatedWarning
from schemas.sources.seee.tables import SEEE_BULLETINS
from tests.e2e.commands import COMMAND, environment
from tests.support.released import DAYS, PRODUCTS, local, night, publish_now, two_releases
from tests.support.rows import bulletin
from tests.support.s3 import Bucket, bucket, s3_server
from tests.unit.import_graph import ROOMS, ROOT, imported_names
from warehouse.store.home import Home
from warehouse.store.releases import Release
from warehouse.store.store import Warehouse

__all__ = ["bucket", "s3_server"]
pytestmark = pytest.mark.filterwarnings("ignore::carbonmart.SimulatedWarning")
World = tuple[Home, Release, Release]
WHOLE = len(DAYS) * len(PRODUCTS)


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> World:
    """Two releases, both published; not to be written to."""
    home, first, second = two_releases(tmp_path_factory.mktemp("hands") / "home")
    publish_now(home, first.release_id)
    publish_now(home)
    return home, first, second


@pytest.fixture
def copied(published: World, tmp_path: Path) -> Path:
    """A copy of the published folder, to be damaged."""
    folder = tmp_path / "published"
    shutil.copytree(local(published[0]) / "published", folder)
    for path in folder.rglob("*"):
        path.chmod(0o755)
    return folder


class Silent(SimpleHTTPRequestHandler):
    """Says nothing of requests."""

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture
def web(published: World) -> Iterator[str]:
    """The home's address on a plain web server."""
    handler = partial(Silent, directory=str(local(published[0])))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()


def assert_reads(place: str, world: World) -> None:
    """Both releases are read there, with types, and a file is held against its digest."""
    _, first, second = world
    mart = carbonmart.open(place)
    assert (mart.release, mart.is_simulated) == (second.release_id, True)
    quotes = mart.read("seee_quotes")
    assert len(quotes) == WHOLE - 1
    assert quotes.attrs == {"release": second.release_id, "is_simulated": True}
    assert set(quotes["close_cny_per_t"]) == {Decimal("90.50"), Decimal("91.00")}
    assert list(quotes["trade_date"]) == sorted(quotes["trade_date"])
    assert len(mart.read("seee_quotes", release=first.release_id)) == WHOLE - len(PRODUCTS)
    with pytest.raises(NotPublished, match="no release 'R20200101T000000Z' is published"):
        mart.read("seee_quotes", release="R20200101T000000Z")


def test_a_folder_is_read(published: World) -> None:
    assert_reads(str(local(published[0])), published)
    assert_reads(f"{local(published[0])}/published/", published)


def test_the_web_is_read(published: World, web: str) -> None:
    assert_reads(web, published)
    with pytest.raises(NotPublished, match=r"no latest\.json"):
        carbonmart.open(f"{web}/tables")


def test_a_bucket_is_read(published: World, bucket: Bucket) -> None:
    root = local(published[0]) / "published"
    for path in sorted(root.rglob("*")):
        if path.suffix in (".json", ".parquet"):
            obstore.put(bucket.store, f"published/{path.relative_to(root)}", path.read_bytes())
    assert_reads(bucket.home, published)
    assert_reads(f"{bucket.home}/published", published)


def test_what_was_known_is_what_the_store_says(published: World) -> None:
    home, _, second = published
    mart = carbonmart.open(local(home))
    for moment in (night(1), night(2), night(3)):
        with Warehouse(home.path).connect(
            "seee_quotes", "seee_bulletins", as_of=moment, versions=second.versions
        ) as store:
            for table in ("seee_quotes", "seee_bulletins"):
                for name, theirs in ((table, table), (f"{table}_history", f"{table}__history")):
                    wanted = store.sql(f"from {theirs}").fetchall()
                    asked = f"select {', '.join(_names(mart, name))} from {name}"
                    found = mart.arrow(asked, as_of=moment).to_pylist()
                    assert sorted(map(str, (_as_utc(tuple(r.values())) for r in found))) == sorted(
                        map(str, (_as_utc(row) for row in wanted))
                    )
    shown = f"{night(1):%Y-%m-%d %H:%M:%SZ}"
    assert len(mart.read("seee_quotes", as_of=shown)) == WHOLE - len(PRODUCTS)
    assert len(mart.read("seee_quotes", as_of=night(1).date())) == WHOLE - len(PRODUCTS)
    assert len(mart.read("seee_quotes", as_of="2020-01-01")) == 0
    told = mart.read("seee_quotes", history=True, as_of=night(1))
    assert told["known_to"].isna().all()
    with pytest.raises(ValueError, match="is to come"):
        mart.read("seee_quotes", as_of="9999-01-01T00:00:00Z")
    with pytest.raises(ValueError, match="no history is kept"):
        mart.read("ops_runs", as_of="2025-03-03")


def _names(mart: carbonmart.Mart, table: str) -> list[str]:
    return [f'"{name}"' for name in mart._columns(table)]


def _as_utc(row: tuple[object, ...]) -> tuple[object, ...]:
    return tuple(c.astimezone(UTC) if isinstance(c, datetime) else c for c in row)


def test_sql_reads_the_tables_and_nothing_of_whoever_calls(published: World) -> None:
    mart = carbonmart.open(local(published[0]))
    found = mart.sql("select count(*) as n, sum(close_cny_per_t) as s from SEEE_QUOTES")
    assert found["n"][0] == WHOLE - 1
    assert isinstance(found["s"][0], Decimal)
    assert pl.from_arrow(mart.arrow("from seee_quotes_history")).shape[0] == WHOLE + 5
    quotes = found
    with pytest.raises(duckdb.CatalogException):
        mart.sql("select * from quotes")
    assert len(quotes) == 1


def test_tables_say_what_they_hold(published: World) -> None:
    mart = carbonmart.open(local(published[0]))
    tables = mart.tables().set_index("table")
    assert tables.loc["seee_quotes", "rows"] == WHOLE - 1
    assert tables.loc["seee_quotes", "terms"] == SEEE_BULLETINS.terms
    assert not any(name.endswith("_history") for name in tables.index)
    with pytest.raises(NotPublished, match="there are: seee_quotes"):
        mart.read("see_quotes")


def test_a_cell_is_cited(tmp_path: Path) -> None:
    """Words, page, time and digest; who corrected and who read it; a tombstone is no row."""
    home, day = _home_with_words(tmp_path)
    mart = carbonmart.open(local(home))
    key = ("day", day, day)
    close = mart.cite("seee_bulletins", key, "close_cny_per_t")
    assert (close.value, close.unit, close.release) == (Decimal("91.00"), "CNY/t", mart.release)
    (origin,) = close.origins
    assert (origin.words, origin.payload_sha256) == ("收盘价91.10元/吨", "0" * 64)
    assert origin.publisher == "The exchange"
    assert origin.note == {"corrected": {"published": "91.10", "reason": "a slip"}}
    for told in ("收盘价91.10元/吨", "a slip", origin.url, "0" * 64, mart.release, "SIMULATED"):
        assert told in str(close)
    by_name = dict(zip(SEEE_BULLETINS.key, key, strict=True))
    assert mart.cite("seee_bulletins", by_name, "total_volume_t").origins[0].words is None
    for wrong, told in (
        ("day", "the key of seee_bulletins is period, period_start, period_end"),
        (("day", date(2020, 1, 1), date(2020, 1, 1)), "no row with period=day"),
        ({"period": "day"}, "the key of seee_bulletins is"),
    ):
        with pytest.raises(NotPublished, match=told):
            mart.cite("seee_bulletins", wrong, "close_cny_per_t")
    with pytest.raises(NotPublished, match="no column of seee_bulletins"):
        mart.cite("seee_bulletins", key, "close")
    with pytest.raises(NotPublished, match="pipeline's own books"):
        mart.cite("ops_runs", "night-1", "new")


def _home_with_words(tmp_path: Path) -> tuple[Home, date]:
    from tests.support.released import load_days, release
    from warehouse.store.home import open_home

    home, day = open_home(tmp_path / "home", "sample"), DAYS[3]
    load_days(home, DAYS[:3], 1)
    noted = {"corrected": {"close_cny_per_t": {"published": "91.10", "reason": "a slip"}}}
    words = json.dumps({"close_cny_per_t": "收盘价91.10元/吨", **noted}, ensure_ascii=False)
    row = bulletin(day, evidence=words)
    Warehouse(home.path).load(SEEE_BULLETINS, [row], known_from=night(2), run_id="night-2")
    release(home)
    publish_now(home)
    return home, day


@pytest.mark.parametrize("name", ["seee_quotes.parquet", "datapackage.json", "latest.json"])
def test_what_is_not_as_it_was_published_is_not_read(copied: Path, name: str) -> None:
    path = next(iter(sorted(copied.rglob(name))[-1:]))
    path.write_bytes(path.read_bytes().replace(b"seee", b"zeee", 1) + b" ")
    if name == "latest.json":
        path.write_text(path.read_text().replace("R2", "R3"))
    with pytest.raises(DigestError, match=name):
        carbonmart.open(copied).read("seee_quotes")


def test_a_descriptor_leads_to_no_other_file(copied: Path) -> None:
    mart = carbonmart.open(copied)
    mart._resources["seee_quotes"]["path"] = "../../../etc/passwd"
    with pytest.raises(DigestError, match="no file of the release"):
        mart.read("seee_quotes")
    for name in ("../home", "..", "a/b", ""):
        with pytest.raises(NotPublished):
            mart.read("seee_quotes", release=name)
    with pytest.raises(NotPublished, match="nothing else"):
        carbonmart.open("file:///etc")
    shutil.rmtree(copied / mart.release)
    with pytest.raises(NotPublished, match="is gone"):
        mart.read("seee_bulletins")


def test_the_sample_says_that_it_is_one(published: World) -> None:
    with pytest.warns(SimulatedWarning, match="embedded sample"):
        mart = carbonmart.open(local(published[0]))
    assert "SIMULATED" in repr(mart)


def test_no_room_is_imported() -> None:
    tree = ast.parse((ROOT / "carbonmart.py").read_text(encoding="utf-8"))
    (command,) = [n for n in tree.body if isinstance(n, ast.FunctionDef) and n.name == "main"]
    own = {name.split(".")[0] for name in imported_names(ROOT / "carbonmart.py")}
    of_the_command = [n.module for n in ast.walk(command) if isinstance(n, ast.ImportFrom)]
    assert own & set(ROOMS) == {"flows"}
    assert of_the_command == ["flows.cli.main"]


def test_a_folder_of_the_users_is_not_taken_for_ours(tmp_path: Path) -> None:
    for room in ROOMS:
        (tmp_path / room).mkdir()
        (tmp_path / room / "__init__.py").write_text("raise SystemExit('the user's own')")
    done = subprocess.run(
        [str(COMMAND), "--help"],
        cwd=tmp_path,
        env=environment(PYTHONPATH=str(tmp_path)),
        capture_output=True,
        text=True,
        timeout=240,
    )
    assert "Usage: carbonmart" in done.stdout, done.stderr
