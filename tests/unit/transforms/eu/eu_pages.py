"""The Commission's page and EEX's workbook in their shapes, and what a night makes of them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from extractors.eu.source import PRICES, SOURCE, WORKBOOK
from extractors.model import Page, Record, Signal
from extractors.sample.sites.eu import pages
from extractors.sample.sites.mee.attachments import Cell
from schemas.core.validate import Split, split
from schemas.registry import TABLES
from tests.support import pages as support
from transforms.eu.transform import transform

COMMISSION = f"https://{SOURCE.hosts[0]}{PRICES}"
BOOK = f"https://{SOURCE.hosts[1]}{WORKBOOK.format(2026)}"
SEEN = datetime(2026, 11, 1, tzinfo=UTC)
COLUMNS = ("Date", "Auction Name", "Contract", "Status", "Auction Price €/tCO2", "Auction Volume")


def page_of(body: str | bytes, url: str) -> Page:
    return support.page_of(SOURCE, url, body, SEEN)


def signals_of(body: str | bytes, url: str) -> list[Signal]:
    return [item for item in SOURCE.parse(page_of(body, url)) if isinstance(item, Signal)]


def rows_of(body: str | bytes, url: str) -> list[dict[str, Any]]:
    """The values of each row. Raises `LayoutError`, `Refused`."""
    found = [item for item in SOURCE.parse(page_of(body, url)) if isinstance(item, Record)]
    return [row.values for record in found for row in transform(record)]


def auctions(*rows: tuple[Cell, ...], columns: pages.Cells = COLUMNS) -> list[dict[str, Any]]:
    return rows_of(pages.workbook(rows, columns), BOOK)


def checked(rows: list[dict[str, Any]], table: str) -> Split:
    """The rows as a load takes them: valid, or refused by which rule."""
    lineage = {
        "source": "eu",
        "source_url": "https://www.example/",
        "retrieved_at": SEEN,
        "payload_sha256": "0" * 64,
        "parser_version": "1",
        "evidence": None,
        "is_simulated": True,
    }
    return split(TABLES[table], [row | lineage for row in rows])
