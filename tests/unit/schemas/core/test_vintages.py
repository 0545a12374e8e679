"""A vintage is traded from its year on, and not before."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from schemas.core.table import Table
from schemas.core.validate import split
from schemas.sources.seee.tables import SEEE_METHOD_TOTALS, SEEE_QUOTES
from tests.support.rows import method_total, quote


@pytest.mark.parametrize("table", [SEEE_QUOTES, SEEE_METHOD_TOTALS], ids=lambda t: t.name)
@pytest.mark.parametrize(
    ("product", "day", "is_good"),
    [
        ("CEA26", date(2027, 1, 4), True),
        ("CEA26", date(2026, 12, 31), True),
        ("CEA27", date(2026, 12, 31), False),
        ("CEA99", date(2027, 1, 4), False),
        ("CEA19-20", date(2021, 7, 16), True),
        ("COMCEA", date(2021, 7, 16), True),
    ],
)
def test_no_vintage_before_its_year(table: Table, product: str, day: date, is_good: bool) -> None:
    row: dict[str, Any] = (
        quote(day, product) if table is SEEE_QUOTES else method_total(day) | {"product": product}
    )
    refused = [one.rule for one in split(table, [row]).refused]
    assert refused == ([] if is_good else ["vintage_has_begun"])
