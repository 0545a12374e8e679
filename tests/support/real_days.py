"""Six real days of September 2024 and three of September 2021 in pages of our own rendering.

Figures: Shanghai Environment and Energy Exchange. The form of the pages is the exchange's.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

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


DAYS = (
    RealDay(
        "2024-09-05",
        "90.23",
        "93.38",
        "90.06",
        "92.51",
        "-0.66",
        157957,
        "15116961.80",
        768343,
        "61929271.00",
        474486035,
        "27794943104.25",
    ),
    RealDay(
        "2024-09-06",
        "92.91",
        "93.25",
        "92.91",
        "93.13",
        "0.67",
        38100,
        "3720300.00",
        0,
        "0.00",
        474524135,
        "27798663404.25",
    ),
    RealDay(
        "2024-09-09",
        "92.45",
        "93.41",
        "92.45",
        "92.84",
        "-0.31",
        167630,
        "16223495.00",
        0,
        "0.00",
        474691765,
        "27814886899.25",
    ),
    RealDay(
        "2024-09-10",
        "89.76",
        "90.50",
        "89.76",
        "89.98",
        "-3.08",
        139917,
        "13595185.38",
        0,
        "0.00",
        474831682,
        "27828482084.63",
    ),
    RealDay(
        "2024-09-11",
        "89.40",
        "89.92",
        "89.40",
        "89.75",
        "-0.26",
        53466,
        "4867971.76",
        100000,
        "9900000.00",
        474985148,
        "27843250056.39",
    ),
    RealDay(
        "2024-09-12",
        "89.92",
        "90.08",
        "89.92",
        "89.92",
        "0.19",
        100501,
        "9949849.49",
        0,
        "0.00",
        475085649,
        "27853199905.88",
    ),
)
WEEK = (
    RealDay(
        "2021-09-22",
        "43.00",
        "43.35",
        "42.50",
        "43.24",
        "-0.44",
        4231,
        "182936.10",
        0,
        "0.00",
        8483662,
        "418032641.96",
    ),
    RealDay(
        "2021-09-23",
        "43.24",
        "44.00",
        "43.24",
        "43.85",
        "1.41",
        2500,
        "109620.00",
        0,
        "0.00",
        8486162,
        "418142261.96",
    ),
    RealDay(
        "2021-09-24",
        "46.00",
        "46.00",
        "42.20",
        "44.36",
        "1.16",
        4841,
        "214742.20",
        0,
        "0.00",
        8491003,
        "418357004.16",
    ),
)
MAY = (
    RealDay(
        "2022-05-26",
        "59.00",
        "59.00",
        "59.00",
        "59.00",
        "0.00",
        10,
        "590.00",
        130000,
        "7670000.00",
        191715630,
        "8363454065.02",
    ),
    RealDay(
        "2022-05-27",
        "59.00",
        "59.00",
        "59.00",
        "59.00",
        "0.00",
        21010,
        "1239590.00",
        400000,
        "21800000.00",
        192136640,
        "8386493655.02",
    ),
    RealDay(
        "2022-05-30",
        "59.00",
        "59.00",
        "59.00",
        "59.00",
        "0.00",
        10,
        "590.00",
        0,
        "0.00",
        192136650,
        "8386494245.02",
    ),
    RealDay(
        "2022-05-31",
        "59.00",
        "59.00",
        "59.00",
        "59.00",
        "0.00",
        10,
        "590.00",
        600000,
        "32700000.00",
        192736660,
        "8419194835.02",
    ),
)


def _page(title: str, on: str, paragraphs: Sequence[str]) -> str:
    body = "".join(f"<p>{text}</p>" for text in paragraphs)
    return (
        f"<!DOCTYPE html><html><head><meta charset='utf-8'><title>{title}</title></head><body>"
        f"<div class='right-con'><h3>{title}</h3><p>发布时间：{on}</p>"
        f"<div class='article-con'>{body}</div></div><p>声明</p></body></html>"
    )


def address(day: str, number: int = 0) -> str:
    return f"{SITE}/c/{day}/{number or 495_500 + int(day[-2:])}.shtml"


def bulletin(one: RealDay, number: int = 0, note: str = "") -> Saved:
    """A day's bulletin; with a `note` at the end of its title."""
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
