"""Figures as a reader writes them: 亿 and 万 in Chinese, million and billion in English."""

from __future__ import annotations

from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Literal

from transforms.text.months import MONTHS

Lang = Literal["zh", "en"]
_BOUND = {
    "zh": {">": "超过", ">=": "不少于", "~": "约", "<=": "不超过"},
    "en": {">": "more than ", ">=": "at least ", "~": "about ", "<=": "up to "},
}
_SCALES = {
    "zh": ((10**8, "亿"), (10**4, "万")),
    "en": ((10**9, " billion"), (10**6, " million")),
}


def rounded(value: Decimal, places: int = 2) -> Decimal:
    """Half up, as the publishers round."""
    return value.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)


def plain(value: Decimal, places: int | None = None) -> str:
    """With commas; without decimals that say nothing, unless their number is given."""
    if places is not None:
        return f"{rounded(value, places):,}"
    text = f"{value:,f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def scaled(value: Decimal, lang: Lang) -> str:
    """1.89亿 or 188.65 million; small figures in full. No unit."""
    for size, name in _SCALES[lang]:
        if abs(value) >= size:
            exact = Decimal(value) / size
            shown = rounded(exact)
            return f"{plain(shown) if shown == exact else plain(shown, 2)}{name}"
    return plain(rounded(value)) if value == value.to_integral_value() else plain(value, 2)


def amount(value: Decimal, unit: str, lang: Lang, qualifier: str | None = None) -> str:
    """A figure with its unit and bound: 约30亿吨, about 3 billion t."""
    bound = _BOUND[lang].get(qualifier or "", "")
    return bound + _with_unit(value, unit, lang)


def _with_unit(value: Decimal, unit: str, lang: Lang) -> str:
    if unit == "t":
        return f"{scaled(value, lang)}吨" if lang == "zh" else f"{scaled(value, lang)} t"
    if unit == "CNY":
        return f"{scaled(value, lang)}元" if lang == "zh" else f"CNY {scaled(value, lang)}"
    if unit == "CNY/t":
        price = plain(value, 2)
        return f"{price}元/吨" if lang == "zh" else f"CNY {price}/t"
    if unit == "%":
        return f"{plain(value)}%"
    if unit == "days":
        days = plain(value)
        return f"{days}天" if lang == "zh" else f"{days} {'day' if value == 1 else 'days'}"
    return plain(value)


def change(percent: Decimal, lang: Lang, *, is_price: bool = False) -> str:
    """增长12.34% or up 12.34%; 上涨, 下跌 of prices."""
    size = f"{plain(abs(percent), 2)}%"
    if lang == "en":
        return "unchanged" if not percent else f"{'up' if percent > 0 else 'down'} {size}"
    if not percent:
        return "持平"
    up, down = ("上涨", "下跌") if is_price else ("增长", "下降")
    return f"{up if percent > 0 else down}{size}"


def day(on: date, lang: Lang, *, with_year: bool = True) -> str:
    """2024年11月13日 or 13 November 2024."""
    if lang == "zh":
        year = f"{on.year}年" if with_year else ""
        return f"{year}{on.month}月{on.day}日"
    year = f" {on.year}" if with_year else ""
    return f"{on.day} {MONTHS[on.month - 1]}{year}"


def month(on: date, lang: Lang) -> str:
    """2024年11月 or November 2024."""
    return f"{on.year}年{on.month}月" if lang == "zh" else f"{MONTHS[on.month - 1]} {on.year}"
