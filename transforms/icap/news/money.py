"""Prices and turnovers in ICAP's prose: the local figure first, another currency in brackets.

The bracket may be empty (`CNY 48 (USD )`) or wrong; the local figure is the one to trust.
"""

from __future__ import annotations

import re
from decimal import Decimal

from transforms.icap.news.patterns import each
from transforms.icap.news.sentences import NewsFact, Sentence, value_of
from transforms.model import Remark
from transforms.text.numbers import NUMBER
from transforms.text.quantities import SCALE_EN

CODES = "CNY|RMB|KRW|USD|EUR|GBP|NZD|CAD|JPY|CHF|AUD|INR|BRL|TRY|MXN"
_MONEY = re.compile(
    rf"\b(?P<code>{CODES}) ?(?P<n>{NUMBER})(?: (?P<s>{SCALE_EN}))?"
    rf"(?P<bracket> ?\((?P<code2>{CODES}) ?(?P<n2>{NUMBER})?(?: (?P<s2>{SCALE_EN}))? ?\))?"
)
_SCOPES = (
    ("first deal", r"\bdeal\b"),
    ("opening", r"\bopen(?:ed|ing)?\b"),
    ("closing", r"\bclos(?:ed?|ing)\b"),
)
_PLAUSIBLE = {("CNY", "USD"): (Decimal("5.5"), Decimal(9))}
"""Units of the first currency for one of the second, over all years of the news."""


@each(_MONEY)
def read_money(sentence: Sentence, found: re.Match[str]) -> list[NewsFact]:
    """An amount, and the same in another currency: a price, or a turnover by its words."""
    code = "CNY" if found["code"] == "RMB" else found["code"]
    value = value_of(found["n"], found["s"])
    before = sentence.plain[: found.start()]
    metric = "price"
    if re.search(r"turnover|revenue|proceeds", before[-40:]) or found["s"]:
        metric = "turnover"
    scope = next((name for name, words in _SCOPES if re.search(words, before.lower())), "")
    if metric == "turnover" and re.search(r"\b[Dd]ay\b", before):
        scope = "day"
    quote = sentence.printed
    facts = [NewsFact(metric, value, _unit(metric, code), found[0], quote, "", scope)]
    if found["bracket"] and (other := _bracket(sentence, found, value)) is not None:
        unit = _unit(metric, found["code2"])
        facts.append(NewsFact(metric, other, unit, found[0], quote, "converted", scope))
    return facts


def _unit(metric: str, code: str) -> str:
    return f"{code}/t" if metric == "price" else code


def _bracket(sentence: Sentence, found: re.Match[str], local: Decimal) -> Decimal | None:
    """The amount in brackets, unless it is missing or can't be right: then a remark."""
    if not found["n2"]:
        told = "the amount in another currency is missing; the local one is taken"
        sentence.remarks.append(Remark("empty_bracket", found[0], told))
        return None
    value = value_of(found["n2"], found["s2"])
    low, high = _PLAUSIBLE.get((found["code"], found["code2"]), (Decimal(0), Decimal(10**9)))
    if value and low <= local / value <= high:
        return value
    rate = f"rate {local / value:.2f}" if value else "it is 0"
    told = f"does not fit the local amount ({rate}); only that is taken"
    sentence.remarks.append(Remark("bracket_does_not_fit", found[0], told))
    return None
