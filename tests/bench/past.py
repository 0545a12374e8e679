"""The past of a table of ten million rows: a month as of an instant, against a plain read.

The history is written straight into a Delta table as a hundred nightly loads would have
left it: 2,500 trade dates by 4,000 products, two in a thousand of each load revised by the
next. Both sides are a new connection, as each command makes one, and fetch the same month.
"""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

from deltalake import write_deltalake

from schemas.core.forms import arrow_schema, text_literal
from schemas.sources.seee.tables import SEEE_QUOTES
from tests.bench.measuring import Row, ratio
from warehouse.engine.delta.state import open_state
from warehouse.engine.delta.table import append, create
from warehouse.engine.sql.views import memory
from warehouse.store.store import Warehouse

if TYPE_CHECKING:
    import pyarrow as pa

LOADS, DAYS, PRODUCTS = 100, 25, 4_000
START = date(2015, 1, 1)
MONTH = (date(2018, 3, 1), date(2018, 3, 31))
BUDGET = 1.5
LEARNED = datetime(2026, 1, 1, tzinfo=UTC)

_LOAD = """
with said as (
  select ?::date + d::int as trade_date, 'P' || lpad(p::varchar, 4, '0') as product,
         1::bigint as revision, (hash(?::bigint, d, p) % 1000000)::bigint as dice
  from range(?) days(d), range(?) products(p)
), late as (
  select (trade_date - ?::int)::date as trade_date, product, 2::bigint as revision,
         dice * 31 % 99991 as dice
  from said where ? > 0 and dice % 500 = 0
), rows as (from said union all from late)
select trade_date, product,
  (50 + dice % 5000 / 100.0)::decimal(12, 2) as open_cny_per_t,
  (100 + dice % 4999 / 100.0)::decimal(12, 2) as high_cny_per_t,
  (40 + dice % 997 / 100.0)::decimal(12, 2) as low_cny_per_t,
  (50 + dice % 4993 / 100.0)::decimal(12, 2) as close_cny_per_t,
  (dice % 100000)::bigint as listed_volume_t,
  'seee' as source, 'https://x.example/c/' || trade_date as source_url,
  ?::timestamptz as retrieved_at, sha256(trade_date::varchar) as payload_sha256,
  '1' as parser_version, null::varchar as evidence, true as is_simulated,
  ?::timestamptz as known_from, revision, false as is_deleted
from rows order by trade_date, product
"""


def known_from(load: int) -> datetime:
    """When a load was learned: on the evening of its last day."""
    day = START + timedelta(days=DAYS * (load + 1))
    return datetime(day.year, day.month, day.day, tzinfo=UTC)


def history(home: Path, loads: int = LOADS, products: int = PRODUCTS) -> Warehouse:
    """A store with so many loads of history."""
    root = home / "tables" / SEEE_QUOTES.name
    create(SEEE_QUOTES, root)
    with memory() as connection:
        for load in range(loads):
            since, at = START + timedelta(days=DAYS * load), known_from(load)
            given = [since, load, DAYS, products, DAYS, load, at, at]
            rows = connection.sql(_LOAD, params=given).to_arrow_table()
            state = open_state(SEEE_QUOTES, root)
            assert state is not None
            append(state, rows.cast(arrow_schema(SEEE_QUOTES)), {})
    return Warehouse(home)


def rows(work: Path, rounds: int) -> list[Row]:
    """As-of of a month against the same files read plainly with the same filter."""
    store = history(work / "past")
    total = store.source(SEEE_QUOTES.name)
    late, early = known_from(LOADS), known_from(LOADS // 2)
    found = []
    for what, as_of in (("at the end", late), ("half-way", early)):
        as_seen, plain = _seen(store, as_of), _plain(store)
        rounds_s = [(_timed(as_seen), _timed(plain)) for _ in range(rounds + 1)][1:]
        ours, theirs = ([each[side] for each in rounds_s] for side in (0, 1))
        detail = (
            f"{1000 * median(ours):.0f} ms against {1000 * median(theirs):.0f} ms, "
            f"{len(total.files)} files"
        )
        name = f"as-of {what}, a month of 10 million rows, vs a plain filtered Parquet read"
        found.append(Row(name, ratio(ours, theirs), "x", BUDGET, detail=detail))
    return [*found, *_loading(store, history(work / "tenth", LOADS // 10), rounds)]


def _loading(large: Warehouse, small: Warehouse, rounds: int) -> list[Row]:
    """A day loaded into the table, at ten million rows and at one million, and once more."""
    held = Path(str(large.root)) / SEEE_QUOTES.name
    raw_root = held.parents[1] / "raw"
    shutil.copytree(held, raw_root)
    spent: list[tuple[float, float, float]] = []
    for number in range(rounds + 1):
        took = []
        for store, loads in ((large, LOADS), (small, LOADS // 10)):
            day = START + timedelta(days=DAYS * loads + number)
            took.append(_load_seconds(store, day))
        took.append(_append_seconds(raw_root, START + timedelta(days=DAYS * LOADS + number)))
        spent.append((took[0], took[1], took[2]))
    ours, tenth, raw = ([each[side] for each in spent[1:]] for side in range(3))
    told = f"{PRODUCTS:,} rows: {1000 * median(ours):.0f} ms against"
    return [
        Row(
            "loading a day at 10 million rows vs at 1 million",
            ratio(ours, tenth),
            "x",
            1.2,
            detail=f"{told} {1000 * median(tenth):.0f} ms",
        ),
        Row(
            "loading a day at 10 million rows vs a raw Delta append of it",
            ratio(ours, raw),
            "x",
            3.0,
            detail=f"{told} {1000 * median(raw):.0f} ms",
        ),
    ]


def _day(day: date) -> pa.Table:
    with memory() as connection:
        given = [day, 0, 1, PRODUCTS, 1, 0, LEARNED, LEARNED]
        return connection.sql(_LOAD, params=given).to_arrow_table()


def _load_seconds(store: Warehouse, day: date) -> float:
    stated = _day(day).select([c.name for c in SEEE_QUOTES.stated])
    began = time.perf_counter()
    report = store.load(SEEE_QUOTES, stated, known_from=LEARNED, run_id="bench")
    took = time.perf_counter() - began
    assert report.new == PRODUCTS, report
    return took


def _append_seconds(root: Path, day: date) -> float:
    rows = _day(day).cast(arrow_schema(SEEE_QUOTES))
    began = time.perf_counter()
    write_deltalake(root.as_uri(), rows, mode="append")
    return time.perf_counter() - began


def _seen(store: Warehouse, as_of: datetime) -> Callable[[], pa.Table]:
    def read() -> pa.Table:
        with store.connect(SEEE_QUOTES.name, as_of=as_of) as connection:
            return connection.sql(
                "SELECT * FROM seee_quotes WHERE trade_date BETWEEN ? AND ?", params=MONTH
            ).to_arrow_table()

    return read


def _plain(store: Warehouse) -> Callable[[], pa.Table]:
    files = ", ".join(text_literal(file) for file in store.source(SEEE_QUOTES.name).files)

    def read() -> pa.Table:
        with memory() as connection:
            return connection.sql(
                f"SELECT * FROM read_parquet([{files}]) WHERE trade_date BETWEEN ? AND ?",
                params=MONTH,
            ).to_arrow_table()

    return read


def _timed(read: Callable[[], pa.Table]) -> float:
    began = time.perf_counter()
    assert read().num_rows > 100_000
    return time.perf_counter() - began
