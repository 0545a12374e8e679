"""Pages of the registry in its shapes, and what a night makes of them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from extractors.crc.source import SOURCE
from extractors.model import Page, Record
from extractors.sample.sites.crc.pages import Four, list_page, price_table, table_report
from tests.support import pages as support
from transforms.crc.transform import transform

PRICES, REPORT = "/list/101.html?page=1", "/view/7001.html"
ROW: tuple[str, ...] = ("CEA", "2026-1-7", "77.97", "79.19", "74", "424311", "33000000.5")
ROW += ("2946405", "222269191", "3370716", "255269191.50")
NONE: Four = ("-", "-", "-", "-")


_SEEN = datetime(2026, 6, 1, tzinfo=UTC)


def page_of(body: str, target: str) -> Page:
    return support.page_of(SOURCE, f"https://www.chinacrc.net.cn{target}", body, _SEEN)


def rows_of(html: str, target: str) -> list[dict[str, Any]]:
    """The values of each row. Raises `LayoutError`, `Refused`."""
    found = []
    for item in SOURCE.parse(page_of(html, target)):
        assert isinstance(item, Record), item
        found += [row.values for row in transform(item)]
    return found


def prices(*rows: Sequence[str]) -> list[dict[str, Any]]:
    return rows_of(list_page("/list/101.html", price_table(rows), 1, 1), PRICES)


def changed(**cells: str) -> tuple[str, ...]:
    """A row of the price table with other cells: `c5="0"`."""
    return tuple(cells.get(f"c{n}", cell) for n, cell in enumerate(ROW))


def report(
    vintages: dict[str, dict[str, Four]], sums: dict[str, Four], title: str = ""
) -> list[dict[str, Any]]:
    title = title or "2026年1月7日全国碳排放权交易市场交易结算信息日报"
    return rows_of(table_report(title, vintages, sums), REPORT)
