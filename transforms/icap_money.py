"""Prices and turnovers in ICAP's prose: the local figure first, another currency in brackets.

The bracket may be empty (`CNY 48 (USD )`) or wrong; the local figure is the one to trust.
"""

from __future__ import annotations

import re
from decimal import Decimal

from transforms.icap_sentences import NUMBER, SCALE, Fact, Sentence, value_of
from transforms.model import Remark

CODES = "CNY|RMB|KRW|USD|EUR|GBP|NZD|CAD|JPY|CHF|AUD|INR|BRL|TRY|MXN"
_MONEY = re.compile(
    rf"\b(?P<code>{CODES}) ?(?P<n>{NUMBER})(?: (?P<s>{SCALE}))?"
    rf"(?P<bracket> ?\((?P<code2>{CODES}) ?(?P<n2>{NUMBER})?(?: (?P<s2>{SCALE}))? ?\))?"
)
_SCOPES = (
    ("first deal", r"\bdeal\b"),
    ("opening", r"\bopen(?:ed|ing)?\b"),
    ("closing", r"\bclos(?:ed?|ing)\b"),
)
_PLAUSIBLE = {("CNY", "USD"): (Decimal("5.5"), Decimal(9))}
"""Units of the first currency for one of the second, over all years of the news."""


def read_money(sentence: Sentence) -> None:
    """Claim the amounts of a sentence: prices, and turnovers where the words say so."""
    for found in _MONEY.finditer(sentence.plain):
        code = "CNY" if found["code"] == "RMB" else found["code"]
        value = value_of(found["n"], found["s"] or "")
        before = sentence.plain[: found.start()]
        metric = "price"
        if re.search(r"turnover|revenue|proceeds", before[-40:]) or found["s"]:
            metric = "turnover"
        scope = next((name for name, words in _SCOPES if re.search(words, before.lower())), "")
        if metric == "turnover" and re.search(r"\b[Dd]ay\b", before):
            scope = "day"
        unit = f"{code}/t" if metric == "price" else code
        quote = sentence.printed
        sentence.facts.append(Fact(metric, value, unit, found[0], quote, "", scope))
        sentence.claim(found.start(), found.end())
        if found["bracket"]:
            _bracket(sentence, found, value, metric, scope)


def _bracket(
    sentence: Sentence, found: re.Match[str], local: Decimal, metric: str, scope: str
) -> None:
    """The amount in brackets as a fact of its own, unless it is missing or can't be right."""
    if not found["n2"]:
        told = "the amount in another currency is missing; the local one is taken"
        sentence.remarks.append(Remark("empty_bracket", found[0], told))
        return
    value = value_of(found["n2"], found["s2"] or "")
    low, high = _PLAUSIBLE.get((found["code"], found["code2"]), (Decimal(0), Decimal(10**9)))
    if not value or not low <= local / value <= high:
        told = f"does not fit the local amount (rate {local / value:.2f}); only that is taken"
        sentence.remarks.append(Remark("bracket_does_not_fit", found[0], told))
        return
    unit = f"{found['code2']}/t" if metric == "price" else found["code2"]
    quote = sentence.printed
    sentence.facts.append(Fact(metric, value, unit, found[0], quote, "converted", scope))
