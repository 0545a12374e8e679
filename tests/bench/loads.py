"""Loading a day into a small and a large table, against a raw Delta append to the large one."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import partial
from pathlib import Path
from statistics import median
from typing import Any

import pyarrow as pa
from deltalake import write_deltalake

from schemas.core.forms import arrow_fields, arrow_schema
from schemas.sources.seee.tables import SEEE_METHOD_TOTALS
from tests.bench.measuring import Row, ratio
from warehouse.store.store import Warehouse

PRODUCTS = 10
DAYS_A_FILE = 2_000
FIRST = date(1700, 1, 1)
LEARNED = datetime(2026, 1, 1, tzinfo=UTC)
SMALL, LARGE = 1_000, 1_000_000


def rows(work: Path, rounds: int) -> list[Row]:
    """The cost of a day at 1,000 and at 1,000,000 rows."""
    small, large, raw = (Warehouse(work / name) for name in ("rows-1e3", "rows-1e6", "rows-raw"))
    for warehouse, count in ((small, SMALL), (large, LARGE), (raw, LARGE)):
        for first, days in _spans(count // PRODUCTS):
            _load(warehouse, first, days)
    root = (raw.root / SEEE_METHOD_TOTALS.name).as_uri()
    times: dict[str, list[float]] = {"small": [], "large": [], "raw": [], "again": []}
    for number in range(rounds + 1):
        day, far_day = SMALL // PRODUCTS + number, LARGE // PRODUCTS + number
        full = _full(_stated(far_day, 1))
        taken = {
            "small": _seconds(partial(_load, small, day, 1)),
            "large": _seconds(partial(_load, large, far_day, 1)),
            "again": _seconds(partial(_load, large, far_day, 1, is_new=False)),
            "raw": _seconds(partial(write_deltalake, root, full, mode="append")),
        }
        for name, seconds in taken.items() if number else ():  # the first pays for imports
            times[name].append(seconds)
    ms = {name: f"{1000 * median(spent):.0f} ms" for name, spent in times.items()}
    return [
        Row(
            "loading a day at 1,000,000 rows vs at 1,000",
            ratio(times["large"], times["small"]),
            "x",
            1.2,
            detail=f"{PRODUCTS} rows: {ms['large']} against {ms['small']}; "
            f"the same day again, which writes nothing: {ms['again']}",
        ),
        Row(
            "loading a day at 1,000,000 rows vs a raw Delta append",
            ratio(times["large"], times["raw"]),
            "x",
            detail=f"{ms['large']} against {ms['raw']}, which compares nothing",
        ),
    ]


def _spans(days: int) -> Iterator[tuple[int, int]]:
    for first in range(0, days, DAYS_A_FILE):
        yield first, min(DAYS_A_FILE, days - first)


def _seconds(act: Callable[[], Any]) -> float:
    began = time.perf_counter()
    act()
    return time.perf_counter() - began


def _load(warehouse: Warehouse, first: int, days: int, *, is_new: bool = True) -> None:
    batch = _stated(first, days)
    report = warehouse.load(SEEE_METHOD_TOTALS, batch, known_from=LEARNED, run_id="bench")
    assert report.new == (batch.num_rows if is_new else 0), report


def _stated(first: int, days: int) -> pa.Table:
    """Rows of so many days from the first-th on, as a run would state them."""
    count = days * PRODUCTS
    values: dict[str, list[Any]] = {
        "trade_date": [FIRST + timedelta(days=first + n // PRODUCTS) for n in range(count)],
        "product": [f"P{n % PRODUCTS}" for n in range(count)],
        "trade_method": ["listed"] * count,
        "retrieved_at": [LEARNED] * count,
        "is_simulated": [True] * count,
    }
    fields = arrow_fields(SEEE_METHOD_TOTALS.stated)
    arrays = []
    for field in fields:
        cells = values.get(field.name)
        if cells is None:
            is_text, is_money = pa.types.is_string(field.type), pa.types.is_decimal(field.type)
            cells = [_filler(n, is_text, is_money) for n in range(count)]
        arrays.append(pa.array(cells, field.type))
    return pa.Table.from_arrays(arrays, schema=fields)


def _filler(number: int, is_text: bool, is_money: bool) -> Any:
    if is_text:
        return f"{number:032x}"
    return Decimal(number) if is_money else number


def _full(stated: pa.Table) -> pa.Table:
    """The rows as the table stores them."""
    from warehouse.engine.revisions.coerce import with_knowledge

    count = stated.num_rows
    full = with_knowledge(SEEE_METHOD_TOTALS, stated, [LEARNED] * count, [1] * count)
    return full.cast(arrow_schema(SEEE_METHOD_TOTALS))
