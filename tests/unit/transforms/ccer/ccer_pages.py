"""Pages of the voluntary market in its shapes, and what a night makes of them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from extractors.ccer.source import SOURCE
from extractors.model import Page, Record, Signal
from extractors.sample.sites.ccer.pages import ENERGY, FORESTRY, Sums, article, day_rows
from tests.support import pages as support
from transforms.ccer.transform import transform
from transforms.model import Row

DAY, ADDRESS = date(2025, 6, 24), "/wcm/ccer/html/2502lshq/20250624/170135985.shtml"
DAYS = "/wcm/ccer/data/90-first.json"
TRADE = "2025年6月24日，核证自愿减排量成交量620吨，成交额54,720.20元，成交均价88.26元/吨。"
SO_FAR = (
    "截至2025年6月24日，全国温室气体自愿减排交易市场累计成交量1,000,620吨，"
    "累计成交额80,054,720.20元。"
)
TYPES: list[tuple[str, Sums]] = [
    (ENERGY, (500, Decimal("44130.00"))),
    (FORESTRY, (120, Decimal("10590.20"))),
]


_SEEN = datetime(2026, 9, 22, tzinfo=UTC)


def page_of(body: str, target: str) -> Page:
    return support.page_of(SOURCE, f"https://www.ccer.com.cn{target}", body, _SEEN)


def read(body: str, target: str) -> tuple[list[Row], list[Signal]]:
    """Rows and signals of a page. Raises `LayoutError`, `Refused`."""
    items = list(SOURCE.parse(page_of(body, target)))
    rows = [row for item in items if isinstance(item, Record) for row in transform(item)]
    return rows, [item for item in items if isinstance(item, Signal)]


def bulletin(*sentences: str, day: date = DAY, target: str = ADDRESS) -> dict[str, Any]:
    """The values of a bulletin of these sentences."""
    ((row,), _) = read(article(day, sentences), target)
    return row.values


def days(*rows: Sequence[dict[str, Any]], target: str = DAYS) -> list[dict[str, Any]]:
    """The values of the rows of a file of these days."""
    return [row.values for row in read(json.dumps(rows), target)[0]]


def june() -> list[dict[str, str]]:
    return day_rows(DAY, TYPES)
