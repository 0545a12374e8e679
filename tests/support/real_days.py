"""Six real days of September 2024 and three of September 2021 in pages of our own rendering.

Figures: Shanghai Environment and Energy Exchange. The form of the pages is the exchange's.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from flows.core.settings import Settings
from flows.jobs.ingest import ingest
from flows.jobs.report.result import RunReport

FIGURES = Path(__file__).parents[1] / "facts" / "real_days.csv"
SITE, QUERY = "https://overview.cneeex.com", "https://shyx.cneeex.com"
Saved = tuple[str, str]
"""A page and its address."""


@dataclass(frozen=True)
class RealDay:
    """A trading day: prices and their change, legs, and what had been traded since the launch."""

    day: str
    open: str
    high: str
    low: str
    close: str
    change: str
    listed_t: int
    listed_cny: str
    block_t: int
    block_cny: str
    cumulative_t: int
    cumulative_cny: str

    @property
    def total_cny(self) -> Decimal:
        return Decimal(self.listed_cny) + Decimal(self.block_cny)


def _stretch(name: str) -> tuple[RealDay, ...]:
    """The days of a stretch, as `tests/facts/real_days.csv` has them."""
    with FIGURES.open(encoding="utf-8", newline="") as file:
        return tuple(_real_day(row) for row in csv.DictReader(file) if row.pop("stretch") == name)


def _real_day(row: dict[str, Any]) -> RealDay:
    return RealDay(**row | {name: int(row[name]) for name in row if name.endswith("_t")})


DAYS, WEEK, MAY = map(_stretch, ("2024-09", "2021-09", "2022-05"))


def _page(title: str, on: str, paragraphs: Sequence[str]) -> str:
    body = "".join(f"<p>{text}</p>" for text in paragraphs)
    return (
        f"<!DOCTYPE html><html><head><meta charset='utf-8'><title>{title}</title></head><body>"
        f"<div class='right-con'><h3>{title}</h3><p>发布时间：{on}</p>"
        f"<div class='article-con'>{body}</div></div><p>声明</p></body></html>"
    )


def address(day: str, number: int = 0) -> str:
    return f"{SITE}/c/{day}/{number or 495_500 + int(day[-2:])}.shtml"


def bulletin(one: RealDay, number: int = 0, note: str = "", said: str = "") -> Saved:
    """A day's bulletin; with a `note` at its title's end, or a sentence that begins its text."""
    is_level = Decimal(one.change) == 0
    word = "上涨" if Decimal(one.change) > 0 else "下跌"
    moved = "与前一日持平" if is_level else f"较前一日{word}{one.change.lstrip('-')}%"
    block = f"大宗协议交易成交量{one.block_t:,}吨，成交额{Decimal(one.block_cny):,}元"
    block = block if one.block_t else "今日无大宗协议交易"
    listed = f"挂牌协议交易成交量{one.listed_t:,}吨，成交额{Decimal(one.listed_cny):,}元"
    prices = (
        f"开盘价{one.open}元/吨，最高价{one.high}元/吨，最低价{one.low}元/吨，"
        f"收盘价{one.close}元/吨，收盘价{moved}。"
    )
    total = f"总成交量{one.listed_t + one.block_t:,}吨，总成交额{one.total_cny:,}元。"
    running = f"累计成交量{one.cumulative_t:,}吨，累计成交额{Decimal(one.cumulative_cny):,}元。"
    stamp, market = one.day.replace("-", ""), "全国碳市场碳排放配额"
    if one.day < "2023-08-28":
        title = f"全国碳市场每日成交数据{stamp}"
        texts: tuple[str, ...] = (
            f"今日{market}（CEA）{listed}，{prices}{block}。今日全国碳排放配额（CEA）{total}",
            f"截至今日，{market}（CEA）{running}",
        )
    else:
        title = f"全国碳市场每日综合价格行情及成交信息{stamp}"
        texts = (
            f"今日全国碳市场综合价格行情为: {prices}",
            f"今日{listed}；{block}。",
            f"今日全国碳排放配额{total}",
            f"截至今日，{market}{running}",
        )
    texts = (said, *texts) if said else texts
    return _page(title + note, one.day, texts), address(one.day, number)


def period(title: str, on: str, number: int, *texts: str) -> Saved:
    """A bulletin of a week or month, in its own words."""
    return _page(title, on, texts), address(on, number)


def quotes(days: Sequence[RealDay]) -> Saved:
    """The quote file of the composite."""
    rows = [[d.day, d.open, d.close, d.low, d.high, str(d.listed_t)] for d in days]
    return json.dumps(rows), f"{SITE}/zhhq/jsonData/hiskline.json"


def totals(one: RealDay) -> Saved:
    """The query page's answer about a day."""
    legs = (("10", one.listed_t, one.listed_cny), ("20", one.block_t, one.block_cny))
    rows = [
        {
            "tradeDate": one.day.replace("-", ""),
            "subjectCode": "COMCEA",
            "subjectName": "x",
            "tradeMethod": method,
            "tradeVolume": str(volume),
            "tradeAmount": amount,
            **{f"{span}Volume": "900000000" for span in ("year", "total")},
            **{f"{span}Amount": "90000000000.00" for span in ("year", "total")},
        }
        for method, volume, amount in legs
    ]
    answer = json.dumps({"success": True, "data": rows})
    return answer, f"{QUERY}/gateway/common/querySubStat"


def told(home: Path, pages: Sequence[Saved]) -> RunReport:
    """The report of saved pages, taken in at once."""
    files = []
    for number, (text, _) in enumerate(pages):
        suffix = "json" if text[0] in "[{" else "html"
        files.append(home.parent / f"{number}.{suffix}")
        files[-1].write_text(text, encoding="utf-8")
    settings = Settings(home=str(home), publish=False)
    return ingest(settings, files, [url for _, url in pages])


def held(report: RunReport) -> dict[str, list[str]]:
    """The checks that speak against each row that is held back."""
    assert report.released
    assert report.released.held == [], f"held back whole: {report.released.held}"
    return {
        row.name: [said.partition(" at ")[0] for said in row.said]
        for row in report.released.rows_held.rows
    }
