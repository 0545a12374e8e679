"""The store as others read it: DuckDB, Polars, pandas, pyarrow, SQLAlchemy, with nothing of ours.

Each is asked the same question, of the published Parquet and of the Delta tables, and
must give the same answer to the cent.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.dataset as ds
import pyarrow.parquet as pq
import pytest
from deltalake import DeltaTable
from sqlalchemy import Date, Numeric, create_engine, inspect, text

from tests.support.released import DAYS, local, publish_now, release, two_releases
from warehouse.maintenance import vacuum
from warehouse.store.home import Home
from warehouse.store.releases import Release
from warehouse.store.store import Warehouse

Answer = tuple[int, Decimal, date, int]
COLUMNS = ("close_cny_per_t", "trade_date", "listed_volume_t")
QUESTION = "SELECT count(*), sum(close_cny_per_t), max(trade_date), sum(listed_volume_t) FROM "

PLAIN: Answer = (167, Decimal("15195.00"), DAYS[-1], 167_000)
"""Current rows: 42 days of 4 products, less one that was retired."""
STORED: Answer = (173, Decimal("15741.00"), DAYS[-1], 173_000)
"""All revisions: the same 168, four of them revised, and the tombstone."""


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> tuple[Home, Release]:
    """A published release of tables with revisions and a tombstone."""
    home, _, second = two_releases(tmp_path_factory.mktemp("readers") / "home")
    publish_now(home)
    return home, second


@pytest.fixture(scope="module")
def quotes(store: tuple[Home, Release]) -> Path:
    home, made = store
    return local(home) / "published" / made.release_id / "seee_quotes.parquet"


@pytest.fixture(scope="module")
def table(store: tuple[Home, Release]) -> Path:
    return local(store[0]) / "tables" / "seee_quotes"


def of_arrow(found: pa.Table) -> Answer:
    return (
        found.num_rows,
        pc.sum(found.column("close_cny_per_t")).as_py(),
        pc.max(found.column("trade_date")).as_py(),
        pc.sum(found.column("listed_volume_t")).as_py(),
    )


def of_polars(found: pl.DataFrame) -> Any:
    return (
        found.height,
        found["close_cny_per_t"].sum(),
        found["trade_date"].max(),
        found["listed_volume_t"].sum(),
    )


def of_pandas(found: pd.DataFrame) -> Any:
    return (
        len(found),
        found["close_cny_per_t"].sum(),
        found["trade_date"].max(),
        int(found["listed_volume_t"].sum()),
    )


def by_duckdb(path: Path) -> Any:
    with duckdb.connect() as connection:
        return connection.execute(f"{QUESTION} read_parquet(?)", [str(path)]).fetchall()[0]


PLAIN_READERS: dict[str, Callable[[Path], Any]] = {
    "duckdb": by_duckdb,
    "polars": lambda path: of_polars(pl.read_parquet(path)),
    "polars lazily": lambda path: of_polars(pl.scan_parquet(path).select(COLUMNS).collect()),
    "pandas": lambda path: of_pandas(pd.read_parquet(path, dtype_backend="pyarrow")),
    "pandas with objects": lambda path: of_pandas(pd.read_parquet(path)),
    "pyarrow": lambda path: of_arrow(pq.read_table(path)),
    "pyarrow dataset": lambda path: of_arrow(ds.dataset(path).to_table(columns=list(COLUMNS))),
}
DELTA_READERS: dict[str, Callable[[Path], Any]] = {
    "duckdb over its files": lambda path: (
        duckdb.connect()
        .execute(f"{QUESTION} read_parquet(?)", [DeltaTable(path).file_uris()])
        .fetchall()[0]
    ),
    "duckdb over arrow": lambda path: duckdb_over_arrow(path),
    "polars scan_delta": lambda path: of_polars(pl.scan_delta(str(path)).select(COLUMNS).collect()),
    "pandas": lambda path: of_pandas(DeltaTable(path).to_pandas(columns=list(COLUMNS))),
    "pyarrow": lambda path: of_arrow(
        pa.concat_tables(
            pq.read_table(f, columns=list(COLUMNS)) for f in DeltaTable(path).file_uris()
        )
    ),
}


def duckdb_over_arrow(path: Path) -> Any:
    with duckdb.connect() as connection:
        held = pl.scan_delta(str(path)).collect().to_arrow()
        connection.register("held", held)
        return connection.execute(f"{QUESTION} held").fetchall()[0]


@pytest.mark.parametrize("reader", PLAIN_READERS)
def test_published_parquet(quotes: Path, reader: str) -> None:
    assert PLAIN_READERS[reader](quotes) == PLAIN


@pytest.mark.parametrize("reader", DELTA_READERS)
def test_delta_table(table: Path, reader: str) -> None:
    assert DELTA_READERS[reader](table) == STORED


def test_filters_reach_the_files(quotes: Path) -> None:
    day, product = DAYS[4], "CEA21"
    by_arrow = pq.read_table(
        quotes, filters=[("trade_date", "=", day), ("product", "=", product)]
    ).column("close_cny_per_t")
    by_polars = (
        pl.scan_parquet(quotes)
        .filter((pl.col("trade_date") == day) & (pl.col("product") == product))
        .collect()["close_cny_per_t"]
    )
    assert by_arrow.to_pylist() == by_polars.to_list() == [Decimal("90.50")]


def test_types_are_as_published(quotes: Path, table: Path) -> None:
    for schema in (pl.read_parquet_schema(quotes), pl.scan_delta(str(table)).collect_schema()):
        assert schema["close_cny_per_t"] == pl.Decimal(12, 2)
        assert schema["trade_date"] == pl.Date
        assert schema["known_from"] == pl.Datetime("us", "UTC")
        assert schema["listed_volume_t"] == pl.Int64
    frame = pd.read_parquet(quotes, dtype_backend="pyarrow")
    assert str(frame.dtypes["close_cny_per_t"]) == "decimal128(12, 2)[pyarrow]"


def test_time_travel_by_the_versions_of_a_release(store: tuple[Home, Release]) -> None:
    home, made = store
    version = made.versions["seee_quotes"]
    path = str(home.path / "tables" / "seee_quotes")
    past = pl.scan_delta(path, version=version - 2).collect()
    assert pl.scan_delta(path, version=version).collect().height == STORED[0]
    assert past.height < STORED[0]


def test_delta_reads_the_same_after_compaction(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home, _, _ = two_releases(tmp_path / "home")
    monkeypatch.setattr("warehouse.engine.delta.compaction.SCATTERED", 2)
    release(home)
    done = vacuum(Warehouse(home.path))
    assert "seee_quotes" in [each.table for each in done.tables if each.compacted]
    for name, reader in DELTA_READERS.items():
        assert reader(local(home) / "tables" / "seee_quotes") == STORED, name


def test_sqlalchemy_as_a_bi_tool_would(store: tuple[Home, Release]) -> None:
    home, made = store
    path = home.path / "published" / "carbonmart.duckdb"
    engine = create_engine(f"duckdb:///{path}", connect_args={"read_only": True})
    try:
        seen = inspect(engine)
        views = seen.get_view_names()
        assert {"seee_bulletins", "seee_quotes", "release"} <= set(views)
        assert {"seee_quotes_history", "ops_runs", "ops_releases"} <= set(seen.get_table_names())
        columns = {c["name"]: c for c in seen.get_columns("seee_quotes")}
        close = columns["close_cny_per_t"]
        assert isinstance(close["type"], Numeric)
        assert (close["type"].precision, close["type"].scale) == (12, 2)
        assert close["comment"] == "Close [CNY/t]"
        assert isinstance(columns["trade_date"]["type"], Date)
        with engine.connect() as connection:
            assert tuple(connection.execute(text(f"{QUESTION} seee_quotes")).one()) == PLAIN
            by_month = connection.execute(
                text(
                    "SELECT month(trade_date) AS month, avg(close_cny_per_t) "
                    "FROM seee_quotes WHERE product = :product GROUP BY 1 ORDER BY 1"
                ),
                {"product": "CEA21"},
            ).all()
            assert [row[0] for row in by_month] == [3, 4]
            assert connection.execute(text("SELECT release_id FROM release")).scalar() == (
                made.release_id
            )
            frame = pd.read_sql(text("SELECT * FROM ops_runs"), connection)
            assert len(frame) == 3
    finally:
        engine.dispose()
