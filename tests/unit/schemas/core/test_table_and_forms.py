"""A table's forms agree with its one definition."""

from __future__ import annotations

import subprocess
import sys
from datetime import date
from decimal import Decimal

import duckdb
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from pandera.errors import SchemaErrors

from schemas.core.cells import CHECKS
from schemas.core.forms import (
    StoredRows,
    arrow_schema,
    dictionary,
    history_sql,
    pandera_model,
    sql_type,
    view_sql,
)
from schemas.core.table import KNOWLEDGE, Kind, Table
from schemas.registry import TABLES, table
from schemas.sources.seee.tables import SEEE_BULLETINS, SEEE_METHOD_TOTALS, SEEE_QUOTES
from tests.support.rows import KNOWN_FROM, bulletin, check_states_all, method_total, quote

ALL = list(TABLES.values())


def stored(table: Table, *rows: dict[str, object]) -> pa.Table:
    known = {"known_from": KNOWN_FROM, "revision": 1, "is_deleted": False}
    return pa.Table.from_pylist([row | known for row in rows], schema=arrow_schema(table))


@pytest.mark.parametrize("table", ALL, ids=lambda t: t.name)
def test_definitions_hang_together(table: Table) -> None:
    names = [column.name for column in table.columns]
    assert len(names) == len(set(names))
    assert all(column.says for column in table.columns)
    for name in table.key:
        assert not table.column(name).nullable, "a null key would be a new row each time"
    if table.prune_by:
        assert table.prune_by in table.key
        # Delta's statistics round instants to milliseconds and decimals to doubles.
        assert table.column(table.prune_by).kind in (Kind.DATE, Kind.INT, Kind.TEXT)
    for name in (*table.order_by, *(n for rule in table.rules for n in rule.columns)):
        assert table.column(name)
    assert len({rule.name for rule in table.rules}) == len(table.rules)


@pytest.mark.parametrize("table", ALL, ids=lambda t: t.name)
def test_arrow_schema_has_every_column_with_its_type(table: Table) -> None:
    schema = arrow_schema(table)
    assert schema.names == [column.name for column in table.columns]
    assert [field.nullable for field in schema] == [column.nullable for column in table.columns]


def test_money_and_prices_are_decimals_and_tonnes_integers() -> None:
    schema = arrow_schema(SEEE_BULLETINS)
    for name in schema.names:
        if name.endswith("_cny"):
            assert schema.field(name).type == pa.decimal128(20, 2)
        if name.endswith("_cny_per_t"):
            assert schema.field(name).type == pa.decimal128(12, 2)
        if name.endswith("_volume_t"):
            assert schema.field(name).type == pa.int64()


@pytest.mark.parametrize("table", ALL, ids=lambda t: t.name)
def test_views_of_no_files_have_the_defined_types(table: Table) -> None:
    with duckdb.connect() as connection:
        found = connection.execute(f"DESCRIBE ({view_sql(StoredRows(table))})").fetchall()
        history = connection.execute(f"DESCRIBE ({history_sql(StoredRows(table))})").fetchall()
        wanted = []
        for column in table.columns:
            sql = f"DESCRIBE SELECT NULL::{sql_type(column.kind)} AS c"
            wanted.append((column.name, connection.execute(sql).fetchall()[0][1]))
    assert [(row[0], row[1]) for row in found] == wanted
    extra = [] if table.is_log else [("known_to", "TIMESTAMP WITH TIME ZONE")]
    assert [(row[0], row[1]) for row in history] == wanted + extra


def test_views_show_the_latest_revision_and_no_tombstone(tmp_path: object) -> None:
    first, gone = quote(), quote(product="CEA22")
    rows = [
        first | {"revision": 1, "is_deleted": False},
        first | {"close_cny_per_t": Decimal("91.50"), "revision": 2, "is_deleted": False},
        gone | {"revision": 1, "is_deleted": False},
        gone | {"revision": 2, "is_deleted": True},
    ]
    file = f"{tmp_path}/part 'one'.parquet"
    batch = [row | {"known_from": KNOWN_FROM} for row in rows]
    pq.write_table(pa.Table.from_pylist(batch, schema=arrow_schema(SEEE_QUOTES)), file)
    with duckdb.connect() as connection:
        stored = StoredRows(SEEE_QUOTES, [file])
        sql = f"SELECT product, close_cny_per_t FROM ({view_sql(stored)})"
        assert connection.execute(sql).fetchall() == [("CEA21", Decimal("91.50"))]
        sql = f"SELECT count(*), count(known_to) FROM ({history_sql(stored)})"
        assert connection.execute(sql).fetchall() == [(4, 2)]


@pytest.mark.parametrize(
    ("table", "row"),
    [
        (SEEE_BULLETINS, bulletin()),
        (SEEE_QUOTES, quote()),
        (SEEE_METHOD_TOTALS, method_total()),
    ],
    ids=lambda value: getattr(value, "name", ""),
)
def test_pandera_model_accepts_a_good_row(table: Table, row: dict[str, object]) -> None:
    check_states_all(table, row)
    frame = stored(table, row).to_pandas(types_mapper=pd.ArrowDtype)
    assert len(pandera_model(table).validate(frame, lazy=True)) == 1


def test_pandera_model_refuses_what_the_definition_forbids() -> None:
    rows = [bulletin(), bulletin(listed_volume_t=7), bulletin(period="era")]
    frame = stored(SEEE_BULLETINS, *rows).to_pandas(types_mapper=pd.ArrowDtype)
    with pytest.raises(SchemaErrors) as raised:
        pandera_model(SEEE_BULLETINS).validate(frame, lazy=True)
    cases = raised.value.failure_cases
    assert {("legs_add_up_volume", 1), ("one_of", 2)} == set(
        zip(cases["check"], cases["index"], strict=True)
    )


@pytest.mark.parametrize("table", ALL, ids=lambda t: t.name)
def test_dictionary_names_every_column_and_rule(table: Table) -> None:
    text = dictionary(table)
    for column in table.columns:
        assert f"| `{column.name}` | {column.kind} |" in text
    for rule in table.rules:
        assert f"| `{rule.name}` |" in text


def test_compared_columns_leave_out_key_lineage_and_knowledge() -> None:
    assert "retrieved_at" not in SEEE_QUOTES.compared
    assert SEEE_QUOTES.compared[0] == "open_cny_per_t"
    assert not set(SEEE_QUOTES.compared) & {*SEEE_QUOTES.key, *(c.name for c in KNOWLEDGE)}


def test_an_unknown_table_or_column_is_named() -> None:
    with pytest.raises(KeyError, match=r"no table 'seee_bulletin'; known: .*, seee_bulletins,"):
        table("seee_bulletin")
    with pytest.raises(KeyError, match="seee_quotes has no column 'clse'"):
        SEEE_QUOTES.column("clse")


@pytest.mark.parametrize(
    ("kind", "value", "wrong"),
    [
        (Kind.TEXT, "收盘", ""),
        (Kind.TEXT, "\ud800", "UTF-8"),
        (Kind.TEXT, 1, "int, not a text"),
        (Kind.INT, 2**63 - 1, ""),
        (Kind.INT, 2**63, "64 bits"),
        (Kind.INT, True, "bool, not an integer"),
        (Kind.INT, 1.0, "float, not an integer"),
        (Kind.DATE, date(2025, 1, 2), ""),
        (Kind.DATE, KNOWN_FROM, "datetime, not a date"),
        (Kind.INSTANT, KNOWN_FROM, ""),
        (Kind.INSTANT, KNOWN_FROM.replace(tzinfo=None), "without its zone"),
        (Kind.BOOL, 1, "int, not true or false"),
        (Kind.PRICE, Decimal("51.23"), ""),
        (Kind.PRICE, Decimal("51.2300"), ""),
        (Kind.PRICE, Decimal("51.234"), "more than 2 decimals"),
        (Kind.PRICE, Decimal("1e3"), ""),
        (Kind.PRICE, Decimal("1e10"), "more than 10 digits"),
        (Kind.PRICE, Decimal("9999999999.99"), ""),
        (Kind.PRICE, Decimal("NaN"), "not a finite number"),
        (Kind.PRICE, 51.23, "float, not a decimal"),
        (Kind.MONEY, Decimal("999999999999999999.99"), ""),
        (Kind.SECONDS, float("nan"), "not a finite number"),
        (Kind.SECONDS, 3, ""),
    ],
)
def test_a_cell_is_of_its_kind_or_it_is_said_why_not(kind: Kind, value: object, wrong: str) -> None:
    found = CHECKS[kind](value)
    assert bool(found) == bool(wrong)
    assert wrong in found


def test_definitions_import_nothing_heavy() -> None:
    code = (
        "import sys, schemas.registry, schemas.core.validate;"
        "import warehouse.store.store, warehouse.store.home;"
        "heavy = {'pandas', 'pandera', 'pyarrow', 'duckdb', 'deltalake'};"
        "print(sorted(heavy & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
