"""Sentences out of figures, in Chinese and English; every figure in them leads to its citation."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from flows.reports.brief.facts import Facts, anchor
from flows.reports.brief.words import Lang, amount, change, day, plain


@dataclass(frozen=True, slots=True)
class Ref:
    """A figure in a sentence: its words, and the key figure that they are of (none: a total of
    days that no key figure is about)."""

    text: str
    anchor: str = ""
    is_simulated: bool = False


Part = str | Ref
Sentence = list[Part]


@dataclass
class Writer:
    """Sentences about a year's key figures; what is not held is left out of them."""

    facts: Facts
    lang: Lang

    @property
    def period(self) -> str:
        return str(self.facts.span.year)

    def ref(self, figure: str) -> Ref | None:
        row = self.facts.figure(figure, self.period)
        if row is None or row["value"] is None:
            return None
        text = amount(row["value"], row["unit"], self.lang, row["qualifier"])
        return Ref(text, anchor(row), row["is_simulated"])

    def moved(self, figure: str, *, is_price: bool = False) -> Ref | None:
        row = self.facts.figure(figure, self.period)
        if row is None or row["value"] is None:
            return None
        text = change(row["value"], self.lang, is_price=is_price)
        return Ref(text, anchor(row), row["is_simulated"])

    def on(self, column: str) -> str:
        year = next((y for y in self.facts.years if y["year"] == self.facts.span.year), None)
        if year is None or year[column] is None:
            return ""
        told = day(year[column], self.lang, with_year=False)
        return f"（{told}）" if self.lang == "zh" else f" ({told})"

    def sentences(self) -> list[Sentence]:
        """The summary of a year."""
        written = (
            self._traded(),
            self._prices(),
            self._range(),
            self._methods(),
            self._days(),
            self._since_launch(),
        )
        return [sentence for sentence in written if sentence]

    def _traded(self) -> Sentence:
        volume, turnover = self.ref("annual_volume"), self.ref("annual_turnover")
        if not volume or not turnover:
            return []
        first, second = self.moved("volume_growth"), self.moved("turnover_growth")
        if self.lang == "zh":
            told: Sentence = [f"{self.period}年，全国碳排放权交易市场配额成交量", volume]
            told += ["，成交额", turnover]
            if first and second:
                told += ["，同比分别", first, "和", second]
            return [*told, "。"]
        told = [f"In {self.period}, ", volume, " of allowances worth ", turnover]
        told += [" changed hands on China's national carbon market"]
        if first and second:
            told += [": volume ", first, " and turnover ", second, " on the year before"]
        return [*told, "."]

    def _prices(self) -> Sentence:
        close, mean = self.ref("year_end_close"), self.ref("mean_price")
        if not close:
            return []
        grown = self.moved("close_growth", is_price=True)
        told: Sentence
        if self.lang == "zh":
            told = ["年末收盘价", close]
            told += ["，较上年末", grown] if grown else []
            told += ["；全年成交均价", mean] if mean else []
            return [*told, "。"]
        told = ["The year closed at ", close]
        told += [", ", grown, " on the close of the year before"] if grown else []
        told += ["; the mean price was ", mean] if mean else []
        return [*told, "."]

    def _range(self) -> Sentence:
        low, high = self.ref("low_close"), self.ref("high_close")
        least, most = self.ref("low_price"), self.ref("high_price")
        if not low or not high:
            return []
        at_low, at_high = self.on("low_close_on"), self.on("high_close_on")
        if self.lang == "zh":
            told: Sentence = ["收盘价最低", low, at_low, "，最高", high, at_high]
            told += ["；盘中价格在", least, "至", most, "之间"] if least and most else []
            return [*told, "。"]
        told = ["Closes ran from ", low, at_low, " to ", high, at_high]
        told += ["; single trades from ", least, " to ", most] if least and most else []
        return [*told, "."]

    def _methods(self) -> Sentence:
        total = self.facts.figure("annual_volume", self.period)
        parts: Sentence = []
        names = {
            "zh": {"listed": "挂牌协议", "block": "大宗协议", "auction": "单向竞价"},
            "en": {"listed": "listed trades", "block": "block trades", "auction": "auctions"},
        }[self.lang]
        for leg, name in names.items():
            row = self.facts.figure(f"{leg}_volume", self.period)
            found = self.ref(f"{leg}_volume")
            if not found or not row or not row["value"] or not total or not total["value"]:
                continue
            share = f"{plain(100 * row['value'] / total['value'], 2)}%"
            marked = row["is_simulated"] or total["is_simulated"]
            found = replace(found, is_simulated=marked)
            if parts:
                parts.append("，" if self.lang == "zh" else "; ")
            if self.lang == "zh":
                parts += [name, found, f"（占{share}）"]
            else:
                parts += [found, f" ({share}) were {name}"]
        q4 = self.ref("q4_share")
        if not parts:
            return []
        if self.lang == "zh":
            last: Sentence = ["；第四季度成交量占全年", q4] if q4 else []
            return ["其中，", *parts, *last, "。"]
        tail: Sentence = [". The fourth quarter made up ", q4, " of the volume"] if q4 else []
        return ["Of the volume, ", *parts, *tail, "."]

    def _days(self) -> Sentence:
        days, idle = self.ref("trading_days"), self.ref("no_trade_days")
        if not days:
            return []
        is_idle = idle and not idle.text.startswith("0")
        if self.lang == "zh":
            told: Sentence = ["全年开市", days]
            told += ["，其中", idle, "无成交"] if idle and is_idle else []
            return [*told, "。"]
        told = ["The market was open on ", days]
        told += [", ", idle, " of them without a trade"] if idle and is_idle else []
        return [*told, "."]

    def _since_launch(self) -> Sentence:
        volume, turnover = self.ref("cumulative_volume"), self.ref("cumulative_turnover")
        if not volume or not turnover:
            return []
        if self.lang == "zh":
            return ["截至年末，配额累计成交量", volume, "，累计成交额", turnover, "。"]
        return ["By the year's end ", volume, " worth ", turnover, " had been traded in all."]


def of_days(facts: Facts, lang: Lang) -> list[Sentence]:
    """The summary of days that no key figure covers: a quarter, or a year that is not over."""
    days = facts.days
    if not days:
        return []
    last = days[-1]
    closes = [row for row in days if row["close_cny_per_t"] is not None]
    low = min(closes, key=lambda row: row["close_cny_per_t"])
    high = max(closes, key=lambda row: row["close_cny_per_t"])
    marked = any(row["is_simulated"] for row in days)
    parts: dict[str, Part] = {
        f"{name}_close": Ref(amount(row["close_cny_per_t"], "CNY/t", lang), is_simulated=marked)
        for name, row in (("low", low), ("high", high), ("last", last))
    }
    parts |= {
        name: day(row["trade_date"], lang, with_year=False)
        for name, row in (("low", low), ("high", high))
    }
    is_whole, traded = _traded(facts, lang, is_simulated=marked)
    texts = (_WHOLE if is_whole else _PART)[lang], _CLOSES[lang]
    return [_filled(text, parts | traded) for text in texts]


_WHOLE: dict[Lang, str] = {
    "zh": "{first}至{last}，配额成交量{volume}，成交额{turnover}，共{days}个交易日。",
    "en": "From {first} to {last}, on {days} trading days, {volume} of allowances worth {turnover} "
    "changed hands on China's national carbon market.",
}
_PART: dict[Lang, str] = {
    "zh": "{first}至{last}的{days}个交易日中，仅持有{told}个交易日的成交量：这些交易日配额成交量"
    "{volume}，成交额{turnover}；其余交易日未计入，此数并非全期合计。",
    "en": "Of the {days} trading days from {first} to {last} the volume of {told} is held: on "
    "these, {volume} of allowances worth {turnover} changed hands on China's national carbon "
    "market. The other days are in no sum, and this is none of the whole.",
}
_CLOSES: dict[Lang, str] = {
    "zh": "期末收盘价{last_close}；收盘价最低{low_close}（{low}），最高{high_close}（{high}）。",
    "en": "The last close was {last_close}; closes ran from {low_close} ({low}) to {high_close} "
    "({high}).",
}


def _filled(text: str, parts: Mapping[str, Part]) -> Sentence:
    """A sentence with its parts in the places of their names."""
    pieces = re.split(r"\{(\w+)\}", text)
    return [parts[piece] if place % 2 else piece for place, piece in enumerate(pieces)]


def _traded(facts: Facts, lang: Lang, *, is_simulated: bool) -> tuple[bool, dict[str, Part]]:
    """What was traded in the span, if each of its days or months is told; else on how many of
    its days what is held was: a part is no sum of the whole. Says which it is."""
    told = [row for row in facts.days if row["total_volume_t"] is not None]
    months = {row["month"]: row for row in facts.months if row["total_volume_t"] is not None}
    lacking = {on.replace(day=1) for on in facts.due} - months.keys()
    rows = told if lacking else list(months.values())
    days = facts.due or [row["trade_date"] for row in facts.days]
    sums = {
        name: amount(total(rows, column), unit, lang)
        for name, column, unit in (
            ("volume", "total_volume_t", "t"),
            ("turnover", "total_turnover_cny", "CNY"),
        )
    }
    parts: dict[str, Part] = {
        name: Ref(words, is_simulated=is_simulated) for name, words in sums.items()
    }
    parts |= {
        "days": str(len(days)),
        "told": str(len(told)),
        "first": day(days[0], lang, with_year=False),
        "last": day(days[-1], lang, with_year=False),
    }
    return not lacking, parts


def total(rows: Sequence[dict[str, Any]], column: str) -> Decimal:
    """The sum of a column; what is not stated counts as nothing."""
    return sum((Decimal(row[column]) for row in rows if row[column] is not None), Decimal(0))
