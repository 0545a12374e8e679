"""Pages of the pilot markets in their shapes, and what a night makes of them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from extractors.model import Page, Record
from extractors.pilots.source import SOURCE
from schemas.core.validate import Split, split
from schemas.registry import TABLES
from tests.support import pages as support
from transforms.pilots.transform import transform

GUANGDONG = "https://ets.cnemission.com/carbon/portalIndex/markethistory?Top=1"
HUBEI, HUBEI_HOME = "https://www.hbets.cn/list_51.html?page=1", "https://www.hbets.cn/"
SHENZHEN = "https://new.szets.com/api/v1/cerx/deal-data/page"
SHENZHEN_FORMER = "https://www.cerx.cn/dailynewsCN/index.htm"
BEIJING = "https://www.bjets.com.cn/article/jyxx/"
SHANGHAI = "https://www.cneeex.com/cneeex/daytrade/selectData"
TIANJIN = "https://www.chinatcx.com.cn/list/13.html?page=1"
CHONGQING = "https://www.cqggzy.com/xxhz/014006/014006001/20230607/a.html"
FUJIAN = "https://td.hxee.com.cn/quotations/quotation_iframeList.htm?varietyCode=010001"
_SEEN = datetime(2026, 11, 1, tzinfo=UTC)


def page_of(body: str | bytes, url: str) -> Page:
    return support.page_of(SOURCE, url, body, _SEEN)


def rows_of(body: str | bytes, url: str) -> list[dict[str, Any]]:
    """The values of each row. Raises `LayoutError`, `Refused`."""
    found = []
    for item in SOURCE.parse(page_of(body, url)):
        assert isinstance(item, Record), item
        found += [row.values for row in transform(item)]
    return found


def checked(rows: list[dict[str, Any]], table: str = "pilot_daily") -> Split:
    """The rows as a load takes them: valid, or refused by which rule."""
    lineage = {
        "source": "pilots",
        "source_url": "https://www.example/",
        "retrieved_at": _SEEN,
        "payload_sha256": "0" * 64,
        "parser_version": "1",
        "evidence": None,
        "is_simulated": True,
    }
    return split(TABLES[table], [row | lineage for row in rows])
