"""A writer in its own process, for tests that race or kill it.

`python -m tests.faults.store.warehouse_worker HOME FIRST LAST [BYTES]` loads batch after
batch, with no file larger than BYTES, and prints each batch's number once it is loaded.
"""

from __future__ import annotations

import resource
import sys
from datetime import date, timedelta
from decimal import Decimal
from itertools import count
from multiprocessing.connection import Connection
from typing import Any

from schemas.sources.seee.tables import SEEE_QUOTES
from tests.support.rows import KNOWN_FROM, RETRIEVED_AT, quote
from warehouse.store.store import Warehouse

BATCH = 20


def batch(number: int) -> list[dict[str, Any]]:
    """Twenty days; the days are those of the batch before, moved on by ten.

    So each batch revises half of what the one before said.
    """
    first = date(2025, 1, 1) + timedelta(days=10 * number)
    price, seen = Decimal(number).quantize(Decimal("0.01")), RETRIEVED_AT + timedelta(hours=number)
    return [
        quote(first + timedelta(days=n), close_cny_per_t=price, retrieved_at=seen)
        for n in range(BATCH)
    ]


def keep_loading(home: str, first: int, told: Connection) -> None:
    """Load batch after batch, telling each one's number before the first and once loaded."""
    store = Warehouse(home)
    told.send(first - 1)
    for number in count(first):
        store.load(SEEE_QUOTES, batch(number), known_from=KNOWN_FROM, run_id=f"run {number}")
        told.send(number)


def main() -> None:
    home, first, last = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    store = Warehouse(home)
    if len(sys.argv) > 4:
        limit = int(sys.argv[4])
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
    for number in range(first, last):
        store.load(SEEE_QUOTES, batch(number), known_from=KNOWN_FROM, run_id=f"run {number}")
        print(number, flush=True)


if __name__ == "__main__":
    main()
