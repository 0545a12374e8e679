"""Loads, revisions, views and homes."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import pairwise
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pytest
from deltalake import DeltaTable, write_deltalake
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.core.forms import arrow_schema, history_sql, view_sql
from schemas.core.table import Column, Kind, Table
from schemas.core.validate import split
from schemas.ops.changes import changes_sql
from schemas.ops.tables import OPS_CHECKS, OPS_QUARANTINE
from schemas.sources.seee.tables import SEEE_BULLETINS, SEEE_QUOTES
from tests.support.rows import KNOWN_FROM, RETRIEVED_AT, bulletin, quote
from warehouse.engine.delta.state import open_state
from warehouse.engine.sql.views import scratch
from warehouse.store.home import STAMP, open_home
from warehouse.store.store import LoadReport, Warehouse, WarehouseError, WrongHome

DAY = date(2025, 3, 3)


@pytest.fixture
def store(tmp_path: Path) -> Warehouse:
    return Warehouse(tmp_path)


def load(
    store: Warehouse, *rows: dict[str, Any], table: Table = SEEE_QUOTES, at: datetime = KNOWN_FROM
) -> LoadReport:
    return store.load(table, list(rows), known_from=at, run_id="run")


def close(price: str, hours: int = 0, **other: Any) -> dict[str, Any]:
    """A statement about one key, seen so many hours after the first."""
    seen = RETRIEVED_AT + timedelta(hours=hours)
    return quote(close_cny_per_t=Decimal(price), retrieved_at=seen, **other)


def counts(report: LoadReport) -> tuple[int, int, int]:
    return report.new, report.revised, report.duplicates


def history(store: Warehouse) -> list[tuple[Any, ...]]:
    sql = "SELECT revision, close_cny_per_t::VARCHAR FROM seee_quotes__history ORDER BY ALL"
    return store.query(sql).fetchall()


def test_rows_come_back_as_they_were_given(store: Warehouse) -> None:
    given = [bulletin(title="全国碳市场 'x' \n|\t"), bulletin(date(2025, 3, 4), article_no=None)]
    report = load(store, *given, table=SEEE_BULLETINS)
    assert counts(report) == (2, 0, 0)
    assert (report.version_before, report.version_after) == (None, 1)
    found = store.connect().sql("SELECT * FROM seee_bulletins ORDER BY trade_date")
    known = {"known_from": KNOWN_FROM, "revision": 1, "is_deleted": False}
    assert found.to_arrow_table().to_pylist() == [row | known for row in given]
    assert found.to_arrow_table().schema.types == arrow_schema(SEEE_BULLETINS).types


def test_valid_rows_of_a_split_load_as_they_are(store: Warehouse) -> None:
    parts = split(SEEE_QUOTES, [quote(), quote(product="CEA22"), quote(product="x")])
    report = store.load(SEEE_QUOTES, parts.valid, known_from=KNOWN_FROM, run_id="run")
    assert counts(report) == (2, 0, 0)


def test_the_same_load_twice_changes_nothing(store: Warehouse) -> None:
    rows = [quote(), quote(product="CEA22", high_cny_per_t=None, low_cny_per_t=None)]
    load(store, *rows)
    later = [row | {"retrieved_at": RETRIEVED_AT + timedelta(days=1)} for row in rows]
    for again in (rows, later):
        report = load(store, *again)
        assert counts(report) == (0, 0, 2)
        assert report.version_before == report.version_after == 1


def test_a_difference_is_a_revision_and_tells_what_changed(store: Warehouse) -> None:
    load(store, close("91.00"), at=KNOWN_FROM)
    report = load(store, close("91.50", hours=24), at=KNOWN_FROM + timedelta(days=1))
    assert counts(report) == (0, 1, 0)
    (revision,) = report.revisions
    assert (revision.key, revision.revision) == ((DAY, "CEA21"), 2)
    assert revision.changed == {"close_cny_per_t": (Decimal("91.00"), Decimal("91.50"))}
    found = store.query(
        "SELECT revision, known_from, known_to FROM seee_quotes__history ORDER BY revision"
    ).fetchall()
    first, second = KNOWN_FROM, KNOWN_FROM + timedelta(days=1)
    assert found == [(1, first, second), (2, second, None)]
    assert store.query("SELECT close_cny_per_t FROM seee_quotes").fetchall() == [
        (Decimal("91.50"),)
    ]


def test_null_is_a_value_like_any_other(store: Warehouse) -> None:
    load(store, quote())
    assert counts(load(store, quote(high_cny_per_t=None))) == (0, 1, 0)
    assert counts(load(store, quote(high_cny_per_t=None))) == (0, 0, 1)
    assert counts(load(store, quote())) == (0, 1, 0)


def test_an_older_statement_never_brings_old_figures_back(store: Warehouse) -> None:
    load(store, close("91.00"))
    load(store, close("91.50", hours=24))
    report = load(store, close("91.00"), close("90.00", hours=12))
    assert counts(report) == (0, 0, 2)
    assert report.version_after == 2


def test_figures_that_return_later_are_a_revision(store: Warehouse) -> None:
    for hours, price in enumerate(("91.00", "91.50", "91.00")):
        load(store, close(price, hours))
    assert history(store) == [(1, "91.00"), (2, "91.50"), (3, "91.00")]


def test_two_bulletins_of_a_day_in_one_batch_are_both_kept(store: Warehouse) -> None:
    first = bulletin(article_no=7, close_cny_per_t=Decimal(7))
    second = bulletin(article_no=8, close_cny_per_t=Decimal(8))
    unnumbered = bulletin(article_no=None, close_cny_per_t=Decimal(1))
    report = load(store, second, first, unnumbered, table=SEEE_BULLETINS)
    assert counts(report) == (1, 2, 0)
    assert [r.changed["close_cny_per_t"] for r in report.revisions] == [(1, 7), (7, 8)]
    again = load(store, second, first, unnumbered, table=SEEE_BULLETINS)
    assert counts(again) == (0, 0, 3)
    twin = bulletin(article_no=9, close_cny_per_t=Decimal(8), title="at another address")
    assert counts(load(store, twin, table=SEEE_BULLETINS)) == (0, 0, 1)


def test_repeats_within_a_batch_are_duplicates(store: Warehouse) -> None:
    assert counts(load(store, close("91.00"), close("91.00"), close("91.00", 5))) == (1, 0, 2)


def test_a_page_that_contradicts_itself_settles(store: Warehouse) -> None:
    page = [close("91.00"), close("91.50")]
    assert counts(load(store, *page)) == (1, 1, 0)
    assert counts(load(store, *page)) == (0, 0, 2)
    assert history(store) == [(1, "91.00"), (2, "91.50")]


def test_a_newer_reading_of_the_same_page_is_a_revision(store: Warehouse) -> None:
    load(store, close("9.10"))
    report = load(store, close("91.00", parser_version="2"))
    assert counts(report) == (0, 1, 0)


def test_a_clock_set_back_does_not_reorder_what_was_known(store: Warehouse) -> None:
    load(store, close("91.00"), at=KNOWN_FROM)
    load(store, close("91.50", 1), at=KNOWN_FROM - timedelta(days=9))
    found = store.query("SELECT DISTINCT known_from FROM seee_quotes__history").fetchall()
    assert found == [(KNOWN_FROM,)]


def test_a_row_that_returns_after_its_tombstone_is_a_revision(store: Warehouse) -> None:
    load(store, quote(), quote(product="CEA22"))
    gone = quote() | {"known_from": KNOWN_FROM, "revision": 2, "is_deleted": True}
    tombstone = pa.Table.from_pylist([gone], schema=arrow_schema(SEEE_QUOTES))
    write_deltalake((store.root / "seee_quotes").as_uri(), tombstone, mode="append")
    assert store.query("SELECT product FROM seee_quotes").fetchall() == [("CEA22",)]
    assert store.tables()[0].current_rows == 1
    report = load(store, quote(), quote(product="CEA22"))
    assert counts(report) == (0, 0, 2), "the retired statement, read again, revives nothing"
    later = quote(retrieved_at=RETRIEVED_AT + timedelta(days=2))
    report = load(store, later, quote(product="CEA22"))
    assert counts(report) == (0, 1, 1)
    assert report.revisions[0].changed == {}
    assert store.query("SELECT max(revision), count(*) FROM seee_quotes").fetchall() == [(3, 2)]
    assert store.tables()[0].current_rows == 2


PRICES = st.sampled_from(["90.00", "91.00", "92.00"])
STATEMENTS = st.builds(
    lambda price, hours, product: close(price, hours, product=product),
    PRICES,
    st.integers(0, 3),
    st.sampled_from(["CEA21", "CEA22"]),
)


@settings(max_examples=25, deadline=None)
@given(st.lists(st.lists(STATEMENTS, max_size=5), min_size=1, max_size=4))
def test_any_batches_load_once_and_rank_decides(
    tmp_path_factory: pytest.TempPathFactory, batches: list[list[dict[str, Any]]]
) -> None:
    store = Warehouse(tmp_path_factory.mktemp("home"))
    for batch in batches:
        report = load(store, *batch)
        assert sum(counts(report)) == len(batch)
        again = load(store, *batch)
        assert counts(again) == (0, 0, len(batch))
        assert again.version_after == report.version_after
    rows = store.query(
        "SELECT product, revision, close_cny_per_t, retrieved_at "
        "FROM seee_quotes__history ORDER BY product, revision"
    ).fetchall()
    for before, after in pairwise(rows):
        if before[0] == after[0]:
            assert after[1] == before[1] + 1
            assert after[2] != before[2]
            assert after[3] >= before[3]
    info = store.tables()
    held = len({row[0] for row in rows})
    assert [(t.rows, t.current_rows) for t in info] == ([(len(rows), held)] if rows else [])


@pytest.mark.parametrize(
    ("row", "said"),
    [
        (quote(close_cny_per_t=91.0), "row 1, close_cny_per_t=91.0: float, not a decimal"),
        (quote(listed_volume_t=1.5), "row 1, listed_volume_t=1.5: float, not an integer"),
        (quote(trade_date=None), "row 1, trade_date: may not be null"),
        (quote(closing=1), "row 1: no such column: closing"),
        ({"product": "CEA21"}, "column trade_date is missing"),
    ],
)
def test_a_row_that_does_not_fit_stops_the_load(
    store: Warehouse, row: dict[str, Any], said: str
) -> None:
    with pytest.raises(WarehouseError, match=said):
        load(store, quote(), row)
    assert store.version("seee_quotes") is None


def test_arrow_rows_of_another_type_are_not_cast(store: Warehouse) -> None:
    batch = split(SEEE_QUOTES, [quote()]).valid
    as_text = batch.set_column(6, "listed_volume_t", pa.array(["1000"]))
    with pytest.raises(WarehouseError, match="listed_volume_t: is string, not int64"):
        store.load(SEEE_QUOTES, as_text, known_from=KNOWN_FROM, run_id="run")
    with pytest.raises(WarehouseError, match="missing or unknown: evidence"):
        store.load(SEEE_QUOTES, batch.drop(["evidence"]), known_from=KNOWN_FROM, run_id="run")


def test_a_time_without_zone_is_refused(store: Warehouse) -> None:
    with pytest.raises(ValueError, match=r"known_from=.* has no time zone"):
        load(store, quote(), at=datetime(2025, 3, 3))  # noqa: DTZ001


def test_only_files_that_may_hold_the_keys_are_read(store: Warehouse) -> None:
    days = [date(2024, 12, 30) + timedelta(days=n) for n in range(10)]
    for day in days:
        load(store, quote(day))
    state = open_state(SEEE_QUOTES, store.root / "seee_quotes")
    assert state is not None
    assert [(f.low, f.high) for f in state.files] == [(day, day) for day in reversed(days)]
    assert len(state.files_with([days[3]])) == 1
    assert len(state.files_with([days[0], days[9]])) == 2
    assert state.files_with([date(2024, 12, 29), date(2025, 2, 1)]) == []


def test_pruning_by_text_survives_statistics_that_are_cut(tmp_path: Path) -> None:
    own = (
        Column("name", Kind.TEXT, "name", nullable=False),
        Column("value", Kind.INT, "value"),
    )
    table = Table("named", "A table", ("name",), own, prune_by="name")
    store = Warehouse(tmp_path, {"named": table})
    lineage = {k: v for k, v in quote().items() if k not in {c.name for c in SEEE_QUOTES.own}}
    names = ["", "a" * 200, "a" * 200 + "b", "碳" * 100, "\U0010ffff" * 80]
    rows = [{"name": name, "value": 1, **lineage} for name in names]
    for row in rows:
        assert counts(load(store, row, table=table)) == (1, 0, 0)
    for row in rows:
        assert counts(load(store, row, table=table)) == (0, 0, 1)
        assert counts(load(store, row | {"value": 2}, table=table)) == (0, 1, 0)


def test_tables_tells_the_numbers_without_reading_rows(store: Warehouse) -> None:
    load(store, quote(), quote(product="CEA22"))
    load(store, close("91.50", 1), at=KNOWN_FROM + timedelta(days=1))
    store.append_log(OPS_CHECKS, [finding()], run_id="run")
    quotes, checks = store.tables()
    assert (quotes.name, quotes.rows, quotes.current_rows) == ("seee_quotes", 3, 2)
    assert (quotes.version, quotes.files) == (2, 2)
    assert quotes.last_known_from == KNOWN_FROM + timedelta(days=1)
    files = Path(str(store.root)).glob("seee_quotes/*.parquet")
    assert quotes.bytes == sum(f.stat().st_size for f in files)
    assert (checks.rows, checks.current_rows, checks.last_known_from) == (1, 1, None)


def test_an_empty_home_has_no_tables_but_views(store: Warehouse) -> None:
    assert store.tables() == []
    assert store.version("seee_quotes") is None
    assert store.query("SELECT count(*) FROM seee_bulletins__history").fetchall() == [(0,)]
    assert counts(load(store)) == (0, 0, 0)
    assert store.version("seee_quotes") is None
    with pytest.raises(KeyError):
        store.version("seee_quote")


def test_views_of_chosen_tables_only(store: Warehouse) -> None:
    with store.connect("seee_quotes") as connection:
        found = connection.execute("SHOW TABLES").fetchall()
    assert found == [("seee_quotes",), ("seee_quotes__history",)]


def test_every_commit_names_its_run(store: Warehouse) -> None:
    load(store, quote())
    log = Path(str(store.root)) / "seee_quotes" / "_delta_log" / "00000000000000000001.json"
    info = next(json.loads(line) for line in log.read_text().splitlines() if "commitInfo" in line)
    assert info["commitInfo"]["run_id"] == "run"


# --- logs


def finding(**other: Any) -> dict[str, Any]:
    return {
        "run_id": "run",
        "checked_at": KNOWN_FROM,
        "name": "chain",
        "scope": "2025-03-03",
        "verdict": "pass",
    } | other


def refusal(name: str, at: int, status: str = "open") -> dict[str, Any]:
    row = {c.name: "x" for c in OPS_QUARANTINE.own}
    when = KNOWN_FROM + timedelta(hours=at)
    return row | {"quarantine_id": name, "refused_at": when, "status": status}


def test_a_log_takes_rows_as_they_come(store: Warehouse) -> None:
    assert store.append_log(OPS_CHECKS, [], run_id="run") == 0
    assert store.version("ops_checks") is None
    assert store.append_log(OPS_CHECKS, [finding(), finding()], run_id="run") == 2
    assert store.append_log(OPS_CHECKS, [finding(found="1")], run_id="run") == 1
    assert store.version("ops_checks") == 2
    found = store.query("SELECT found FROM ops_checks ORDER BY found NULLS LAST").fetchall()
    assert found == [("1",), (None,), (None,)]


def test_a_log_is_strict_all_the_same(store: Warehouse) -> None:
    for row, said in (
        ({"run_id": "run"}, "column checked_at is missing"),
        (finding(run_id=None), "run_id: may not be null"),
        (finding(note=1), "no such column: note"),
    ):
        with pytest.raises(WarehouseError, match=said):
            store.append_log(OPS_CHECKS, [row], run_id="run")
    with pytest.raises(ValueError, match="is no log"):
        store.append_log(SEEE_QUOTES, [quote()], run_id="run")
    with pytest.raises(ValueError, match="is a log"):
        load(store, finding(), table=OPS_CHECKS)


def test_quarantine_shows_the_last_state_of_each_record(store: Warehouse) -> None:
    store.append_log(OPS_QUARANTINE, [refusal("a", 0), refusal("b", 0)], run_id="run")
    store.append_log(OPS_QUARANTINE, [refusal("a", 0, "released")], run_id="run")
    store.append_log(OPS_QUARANTINE, [refusal("b", 1, "released")], run_id="run")
    store.append_log(OPS_QUARANTINE, [refusal("b", 2)], run_id="run")
    found = store.query("SELECT quarantine_id, status FROM ops_quarantine ORDER BY 1").fetchall()
    assert found == [("a", "released"), ("b", "open")]
    assert store.query("SELECT count(*) FROM ops_quarantine__history").fetchall() == [(5,)]
    (info,) = store.tables()
    assert (info.rows, info.current_rows) == (5, 2)


def test_open_quarantine_gives_rows_that_can_be_appended_again(store: Warehouse) -> None:
    assert store.quarantined(["page a"]) == {}
    rows = [refusal(name, 0) | {"url": f"page {name}"} for name in ("a", "b")]
    store.append_log(OPS_QUARANTINE, rows, run_id="run")
    held = store.quarantined(["page a", "page c"])
    assert held == {"a": rows[0]}
    released = held["a"] | {"status": "released", "refused_at": KNOWN_FROM + timedelta(days=1)}
    store.append_log(OPS_QUARANTINE, [released], run_id="run")
    assert store.quarantined(["page a", "page b"]).keys() == {"b"}
    assert store.quarantined([], ["a", "b"]).keys() == {"b"}


# --- what people's SQL may do


@pytest.mark.parametrize(
    "sql",
    [
        "COPY (SELECT 1) TO '{file}' (USE_TMP_FILE false)",
        "EXPLAIN ANALYZE COPY (SELECT 1) TO '{file}' (USE_TMP_FILE false)",
        "SELECT 1; COPY (SELECT 1) TO '{file}' (USE_TMP_FILE false)",
        "WITH t AS (COPY (SELECT 1) TO '{file}' (USE_TMP_FILE false)) SELECT 1",
        "SELECT * FROM query('COPY (SELECT 1) TO ''{file}'' (USE_TMP_FILE false)')",
        "DELETE FROM seee_quotes",
        "DROP VIEW seee_quotes",
        "ATTACH '{home}/x.duckdb'",
        "INSTALL httpfs",
        "SET enable_external_access = true",
        "SELECT * FROM read_text('{home}/secret.txt')",
        "SELECT * FROM read_csv('{home}/secret.txt')",
        "SELECT * FROM '{home}/secret.csv'",
        "SELECT * FROM glob('{home}/*')",
        "SELECT * FROM read_parquet('https://127.0.0.1:1/x.parquet')",
        "",
    ],
)
def test_sql_reads_the_store_and_nothing_else(store: Warehouse, tmp_path: Path, sql: str) -> None:
    load(store, quote())
    for name in ("secret.txt", "secret.csv"):
        (tmp_path / name).write_text("secret\n")
    before = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    (file,) = Path(str(store.root)).glob("seee_quotes/*.parquet")
    with pytest.raises((WarehouseError, duckdb.Error)):
        store.query(sql.format(file=file, home=tmp_path)).fetchall()
    assert before == {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    assert store.query("SELECT count(*) FROM seee_quotes").fetchall() == [(1,)]


def test_sql_takes_parameters_and_describes(store: Warehouse) -> None:
    load(store, quote())
    found = store.query("SELECT product FROM seee_quotes WHERE trade_date = ?", [DAY])
    assert found.fetchall() == [("CEA21",)]
    assert store.query("SELECT '碳;' AS c; -- a last word;").fetchall() == [("碳;",)]
    assert ("seee_quotes",) in store.query("SHOW TABLES").fetchall()
    assert store.query("DESCRIBE seee_quotes").fetchall()[0][:2] == ("trade_date", "DATE")


# --- definitions that move on


def wider(table: Table, column: Column) -> Table:
    return replace(table, own=(*table.own, column))


NOTE = Column("note", Kind.TEXT, "A column of a later version")


def test_a_new_column_is_null_in_old_rows_and_filled_in_new_ones(tmp_path: Path) -> None:
    load(Warehouse(tmp_path), quote(), quote(product="CEA22"))
    table = wider(SEEE_QUOTES, NOTE)
    store = Warehouse(tmp_path, {table.name: table})
    assert store.query("SELECT DISTINCT note FROM seee_quotes").fetchall() == [(None,)]
    unchanged = load(store, quote(note=None), table=table)
    assert counts(unchanged) == (0, 0, 1)
    assert unchanged.version_after == 1
    report = load(store, quote(note="x"), quote(product="CEA23", note=None), table=table)
    assert counts(report) == (1, 1, 0)
    assert report.revisions[0].changed == {"note": (None, "x")}
    found = store.query("SELECT product, note FROM seee_quotes ORDER BY 1").fetchall()
    assert found == [("CEA21", "x"), ("CEA22", None), ("CEA23", None)]
    assert store.tables()[0].current_rows == 3
    assert counts(load(store, quote(note="x"), table=table)) == (0, 0, 1)


@pytest.mark.parametrize("as_of", [None, KNOWN_FROM, KNOWN_FROM + timedelta(days=1)])
def test_what_is_read_of_whole_files_is_what_is_read_of_any(
    store: Warehouse, as_of: datetime | None
) -> None:
    load(store, close("91.00"), close("91.00", product="CEA22"))
    load(store, close("91.50", 1), quote(product="CEA23"), at=KNOWN_FROM + timedelta(hours=1))
    store.retire(
        SEEE_QUOTES, [(DAY, "CEA22")], known_from=KNOWN_FROM + timedelta(days=2), run_id="run"
    )
    whole = store.source(SEEE_QUOTES.name, as_of=as_of)
    assert whole.is_whole
    either = replace(whole, is_whole=False)
    with scratch() as connection:
        for one, other in (
            (view_sql(whole), view_sql(either)),
            (history_sql(whole), history_sql(either)),
            (changes_sql(whole), changes_sql(either)),
        ):
            assert one != other
            found = [
                connection.sql(f"FROM ({sql}) ORDER BY ALL").to_arrow_table()
                for sql in (one, other)
            ]
            assert found[0].num_rows > 0
            assert found[0] == found[1], "columns, types and rows"


def test_files_are_whole_only_where_each_has_every_column(tmp_path: Path) -> None:
    load(Warehouse(tmp_path), quote())
    assert Warehouse(tmp_path).source(SEEE_QUOTES.name).is_whole
    table = wider(SEEE_QUOTES, NOTE)
    store = Warehouse(tmp_path, {table.name: table})
    assert not store.source(table.name).is_whole, "no file has the column yet"
    load(store, quote(note="x"), table=table)
    assert not store.source(table.name).is_whole, "some files lack it"
    other = replace(SEEE_QUOTES, own=(replace(SEEE_QUOTES.own[0], kind=Kind.TEXT),))
    assert not Warehouse(tmp_path, {other.name: other}).source(other.name).is_whole


def test_another_order_of_columns_is_no_change(tmp_path: Path) -> None:
    load(Warehouse(tmp_path), quote())
    table = replace(SEEE_QUOTES, own=tuple(reversed(SEEE_QUOTES.own)))
    store = Warehouse(tmp_path, {table.name: table})
    assert counts(load(store, quote(), table=table)) == (0, 0, 1)
    report = load(store, close("91.50", 1), quote(product="CEA22"), table=table)
    assert (counts(report), report.version_after) == ((1, 1, 0), 2)
    found = store.query("SELECT * FROM seee_quotes ORDER BY product").fetchall()
    assert [row[:7] for row in found] == [
        (1_000, *(Decimal(p) for p in ("91.50", "89.00", "92.00", "90.00")), "CEA21", DAY),
        (1_000, *(Decimal(p) for p in ("91.00", "89.00", "92.00", "90.00")), "CEA22", DAY),
    ]


@pytest.mark.parametrize(
    ("table", "said"),
    [
        (wider(SEEE_QUOTES, replace(NOTE, nullable=False)), "new column note must be nullable"),
        (
            replace(
                SEEE_QUOTES,
                own=tuple(
                    replace(c, kind=Kind.TEXT) if c.name == "listed_volume_t" else c
                    for c in SEEE_QUOTES.own
                ),
            ),
            "listed_volume_t is stored as .*int64.*, defined as .*string",
        ),
        (
            replace(SEEE_QUOTES, own=SEEE_QUOTES.own[:-1], rules=()),
            "stored columns have no definition: listed_volume_t",
        ),
    ],
)
def test_a_definition_that_contradicts_the_store_is_refused(
    tmp_path: Path, table: Table, said: str
) -> None:
    load(Warehouse(tmp_path), quote())
    row = {c.name: quote(note="x").get(c.name) for c in table.stated} | {"product": "CEA22"}
    if table.column(table.own[-1].name).kind is Kind.TEXT and "note" not in row:
        row["listed_volume_t"] = "1"
    with pytest.raises(WarehouseError, match=said):
        load(Warehouse(tmp_path, {table.name: table}), row, table=table)
    assert Warehouse(tmp_path).version("seee_quotes") == 1


def test_a_long_log_is_checkpointed(store: Warehouse) -> None:
    for n in range(55):
        store.append_log(OPS_CHECKS, [finding(scope=str(n))], run_id="run")
    log = Path(str(store.root)) / "ops_checks" / "_delta_log"
    assert (log / "_last_checkpoint").exists()
    assert DeltaTable((store.root / "ops_checks").as_uri(), version=3).version() == 3
    assert store.query("SELECT count(DISTINCT scope) FROM ops_checks").fetchall() == [(55,)]


# --- homes


def test_a_home_is_stamped_once_and_keeps_its_kind(tmp_path: Path) -> None:
    root = tmp_path / "a" / "b"
    assert open_home(root, "sample").kind == "sample"
    assert json.loads((root / STAMP).read_text()) == {"kind": "sample", "format": 1}
    assert open_home(root, None).kind == "sample"
    assert open_home(str(root), "sample").path == root
    with pytest.raises(WrongHome, match=r"never mixed.*CARBONMART_HOME.*add --sample"):
        open_home(root, "live")
    assert [path.name for path in root.iterdir()] == [STAMP]


def test_no_home_is_made_by_looking(tmp_path: Path) -> None:
    with pytest.raises(WrongHome, match="no carbonmart home yet"):
        open_home(tmp_path / "none", None)
    assert not (tmp_path / "none").exists()


def test_tables_without_a_stamp_are_not_guessed_at(tmp_path: Path) -> None:
    load(Warehouse(tmp_path), quote())
    with pytest.raises(WrongHome, match=r"no carbonmart\.json says of which kind"):
        open_home(tmp_path, "live")


@pytest.mark.parametrize(
    ("stamp", "said"),
    [
        ("{", "is damaged"),
        ('{"kind": "demo", "format": 1}', "is damaged"),
        ('["live"]', "is damaged"),
        ('{"kind": "live", "format": 2}', "newer carbonmart"),
    ],
)
def test_a_bad_stamp_is_said(tmp_path: Path, stamp: str, said: str) -> None:
    (tmp_path / STAMP).write_text(stamp)
    with pytest.raises(WarehouseError, match=said):
        open_home(tmp_path, "live")


@pytest.mark.parametrize("name", ["a*b", "a?b", "a[1]", "a%20b", "gs://bucket/home"])
def test_a_home_that_the_tools_would_misread_is_refused(tmp_path: Path, name: str) -> None:
    path = name if "://" in name else str(tmp_path / name)
    with pytest.raises(WarehouseError, match="home"):
        open_home(path, "live")
    with pytest.raises(WarehouseError, match="home"):
        Warehouse(path)


def test_a_home_may_have_any_other_name(tmp_path: Path) -> None:
    store = Warehouse(open_home(tmp_path / '碳 market\'s #1 & "data"', "live").path)
    load(store, quote())
    assert counts(load(store, quote())) == (0, 0, 1)
    assert store.query("SELECT count(*) FROM seee_quotes").fetchall() == [(1,)]


def test_a_home_is_the_same_by_a_relative_path(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    load(Warehouse("data"), quote())
    assert Warehouse(tmp_path / "data").version("seee_quotes") == 1


def test_of_two_that_stamp_a_home_at_once_one_wins(tmp_path: Path) -> None:
    code = (
        "import sys; from warehouse.store.home import open_home;open_home(sys.argv[1], sys.argv[2])"
    )
    root = str(tmp_path / "home")
    both = [
        subprocess.Popen([sys.executable, "-c", code, root, kind], stderr=subprocess.PIPE)
        for kind in ("live", "sample")
    ]
    errors = [process.communicate()[1] for process in both]
    codes = [process.returncode for process in both]
    assert sorted(codes) == [0, 1]
    assert b"WrongHome" in errors[codes.index(1)]
    assert open_home(root, None).kind == ("live", "sample")[codes.index(0)]


def test_known_from_is_stored_in_utc(store: Warehouse) -> None:
    from zoneinfo import ZoneInfo

    load(store, quote(), at=KNOWN_FROM.astimezone(ZoneInfo("Asia/Shanghai")))
    ((known,),) = store.query("SELECT known_from FROM seee_quotes").fetchall()
    assert known == KNOWN_FROM
    assert known.utcoffset() == timedelta(0)
    assert store.tables()[0].last_known_from == KNOWN_FROM.astimezone(UTC)
