"""ICAP pages as archived, and the rows that they give: helpers of several tests."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from extractors.icap.source import SOURCE as ICAP
from extractors.model import Page, Record, Signal
from extractors.sample.sites.icap.explorer import systems_json
from transforms.icap.transform import transform
from transforms.model import Row

SITE = "https://icapcarbonaction.com"
EXPLORER = "https://allowancepriceexplorer.icapcarbonaction.com"
QUARTER = date(2024, 3, 31)
"""The quarter to which the tests' Explorer goes: both divided systems have both parts."""


def page(kind: str, url: str, body: bytes) -> Page:
    return Page(
        source="icap",
        kind=kind,
        url=url,
        status=200,
        headers={},
        body=body,
        fetch_id="test",
        run_id="test",
        retrieved_at=datetime(2026, 7, 22, tzinfo=UTC),
        payload_sha256=hashlib.sha256(body).hexdigest(),
    )


def systems_page(document: Any = None) -> Page:
    """The Explorer's document: the sample's, or another."""
    body = systems_json(QUARTER) if document is None else json.dumps(document).encode()
    return page("systems", f"{EXPLORER}/api/systems", body)


def document() -> list[dict[str, Any]]:
    """All systems with two dates in each market, to be spoilt."""
    golden = Path(__file__).parents[1] / "golden" / "icap" / "systems-two_dates.json"
    return json.loads(golden.read_text())  # type: ignore[no-any-return]


def system(document: list[dict[str, Any]], number: int) -> dict[str, Any]:
    return next(one for one in document if one["id"] == number)


def download_page(body: bytes, query: str = "systemIds=14") -> Page:
    return page("download", f"{EXPLORER}/systems/reports/price/download?{query}", body)


def article_page(html: str, path: str = "/en/news/x") -> Page:
    return page("article", f"{SITE}{path}", html.encode())


def items(of: Page) -> list[Record | Signal]:
    return list(ICAP.parse(of))


def signals(of: Page) -> list[Signal]:
    return [item for item in items(of) if isinstance(item, Signal)]


def rows(of: Page) -> list[Row]:
    return [row for item in items(of) if isinstance(item, Record) for row in transform(item)]


def prices(found: Iterable[Row]) -> dict[tuple[int, str, date], dict[str, Any]]:
    """The rows of `icap_prices` by their key."""
    return {
        (row.values["system_id"], row.values["market"], row.values["date"]): row.values
        for row in found
        if row.table == "icap_prices"
    }


def whole(values: dict[str, Any]) -> dict[str, Any]:
    """A row as it is loaded: with the lineage of a test page."""
    return values | {
        "source": "icap",
        "source_url": f"{EXPLORER}/api/systems",
        "retrieved_at": datetime(2026, 7, 22, tzinfo=UTC),
        "payload_sha256": "0" * 64,
        "parser_version": "test",
        "evidence": None,
        "is_simulated": True,
    }
