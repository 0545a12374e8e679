"""Daily bulletins of the Shanghai exchange, by a grammar of ours, with what each must give."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from random import Random

from extractors.model import Record
from tests.support.pages import FETCHED
from tests.truth.model import Fact, Sample, drawn
from transforms.model import Refused
from transforms.seee.transform import transform

TITLE = "全国碳市场每日综合价格行情及成交信息20251202"
_PRICES = {"open": "开盘价", "high": "最高价", "low": "最低价", "close": "收盘价"}
_LEGS = {"listed": "挂牌协议交易", "block": "大宗协议交易", "auction": "单向竞价"}
_SUMS = {"total": ("今日全国碳排放配额", "总"), "cumulative": ("截至今日，全国碳排放配额", "累计")}
_LEFT = (
    "另有某量{v}吨。",
    "昨日湖北碳市场配额成交量{v}吨，成交额{c}元。",
    "预计明日成交量{v}吨。",
    "其中某企业成交量{v}吨，成交额{c}元。",
)
"""Distractors: a bulletin with a figure that nothing understands is refused whole."""


def samples(count: int, seed: int | Random) -> Iterator[Sample]:
    """Bulletins with any figures and legs; one in five holds what is not understood."""
    draw = drawn(seed)
    for _ in range(count):
        facts: dict[str, Decimal] = {}
        prices = []
        for name, label in _PRICES.items():
            facts[f"{name}_cny_per_t"] = price = _cents(draw, 10**5)
            prices.append(f"{label}{price:,}元/吨")
        change = _cents(draw, 999)
        facts["change_pct"] = change
        text = f"今日全国碳市场综合价格行情为：{'，'.join(prices)}，收盘价较前一日上涨{change}%。\n"
        for name, label in _LEGS.items():
            if name == "listed" or draw.random() < 0.5:
                text += f"今日{label}{_leg(draw, facts, name)}；"
            else:
                text += f"今日无{label}。"
                facts[f"{name}_volume_t"] = facts[f"{name}_turnover_cny"] = Decimal(0)
        for name, (begins, label) in _SUMS.items():
            text += f"\n{begins}{_leg(draw, facts, name, label)}。"
        if draw.random() < 0.2:
            left = draw.choice(_LEFT)
            text += left.format(v=draw.randint(1, 10**6), c=_cents(draw, 10**8))
            facts = {}
        yield Sample(text, frozenset(Fact(name, value, "") for name, value in facts.items()))


def _cents(draw: Random, most: int) -> Decimal:
    return Decimal(draw.randint(1, most)).scaleb(-2)


def _leg(draw: Random, facts: dict[str, Decimal], name: str, label: str = "") -> str:
    """Volume and turnover in words, and among the facts."""
    volume, turnover = draw.randint(1, 10**8), _cents(draw, 10**12)
    facts |= {f"{name}_volume_t": Decimal(volume), f"{name}_turnover_cny": turnover}
    return f"{label}成交量{volume:,}吨，{label}成交额{turnover:,.2f}元"


def read(text: str) -> frozenset[Fact]:
    """The figures of the bulletin's row; none of a bulletin that is refused."""
    fields = {"title": TITLE, "text": text, "published": ""}
    url = "https://overview.cneeex.example/news/1.html"
    record = Record("seee", "bulletin", url, "truth", FETCHED, "0" * 64, True, fields)
    try:
        (row,) = transform(record)
    except Refused:
        return frozenset()
    return frozenset(
        Fact(name, Decimal(value), "")
        for name, value in row.values.items()
        if name.endswith(("_t", "_cny", "_pct")) and value is not None
    )
