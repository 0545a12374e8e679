"""Tonnes and allowances in ICAP's prose: emissions, thresholds, caps, volumes, credits."""

from __future__ import annotations

import re
from decimal import Decimal

from transforms.icap.news.patterns import each, is_year, qualifier, years_after
from transforms.icap.news.sentences import QUALIFIER, NewsFact, Sentence, value_of
from transforms.model import Refused
from transforms.text.numbers import NUMBER
from transforms.text.quantities import SCALE_EN, TONNES

MAX_ALLOWANCES = Decimal(20 * 10**9)
"""One page prints "1,777 billion allowances" for 1.777 billion; no market has so many."""

_Q = rf"(?:(?P<q>{QUALIFIER})\s*)?"
_TONNES = re.compile(
    rf"{_Q}(?P<n>{NUMBER})(?: (?P<s>{SCALE_EN}))?\s?(?:(?P<u>[kMG]?t)(?:CO2e?)?|"
    r"(?:tonnes|tons)(?: (?:of )?CO2e?)?)\b(?P<after> (?:of )?(?:annual emissions|allowances|"
    r"credits))?"
)
_ALLOWANCES = re.compile(
    rf"{_Q}(?P<n>{NUMBER})(?: (?P<s>{SCALE_EN}))? (?P<noun>allowances|KAUs?|credits|CCERs?)\b"
)
_SIZE = re.compile(rf"{_Q}(?P<n>{NUMBER}) (?P<u>MW|GT)\b")
_TIMES = re.compile(rf"(?P<n>{NUMBER}) times(?: (?P<what>[a-z ]+?)(?= of|\.|,|$))?")


@each(_TONNES)
def read_tonnes(sentence: Sentence, found: re.Match[str]) -> list[NewsFact]:
    """An amount in tonnes, whatever its unit; the words around say of what."""
    value = value_of(found["n"], found["s"]) * TONNES[found["u"] or "t"]
    before = sentence.plain[: found.start()].lower()
    following = (found["after"] or "").lower() + sentence.plain[found.end() :].lower()
    metric, scope = _meaning(f"{before}{(found['q'] or '').lower()}", following)
    if metric == "allowances":
        _not_too_many(value, found[0])
    period = years_after(sentence, found.end())
    printed, quote = found[0].strip(), sentence.printed
    return [NewsFact(metric, value, "t", printed, quote, qualifier(found), scope, period=period)]


def _meaning(before: str, following: str) -> tuple[str, str]:
    """Metric and scope of tonnes, by the words before (qualifier and all) and after them."""
    if following.startswith((" allowances", " of allowances")):
        return "allowances", "total"
    if following.startswith((" of credits", " credits")):
        return "credits", "issued" if "issued" in following else "total"
    if "across the scheme" in following[:20]:
        return "credits", "scheme"
    is_limit = "which emit" in before and re.match(r" (?:in any|per|a) year", following)
    if "threshold" in before or before.endswith("in excess of") or is_limit:
        kind = re.search(r"(compliance|reporting) is $", before)
        return "threshold", kind[1] if kind else "before" if before.endswith(" from ") else ""
    if re.search(r"\bbank\b", before):
        return "banking_limit", ""
    if re.search(r"\bdeal\b", before[-30:]):
        return "volume", "first deal"
    if re.search(r"\bvolume of $", before):
        return "volume", "day"
    if re.search(r"\bcap (?:is|of|at) $", before):
        return "cap", ""
    is_rise = re.search(r"\badditional\b|\b(?:raises|increas\w+|covered)\b.* by $", before)
    return "emissions", "additional" if is_rise else "total"


@each(_ALLOWANCES)
def read_allowances(sentence: Sentence, found: re.Match[str]) -> list[NewsFact] | None:
    """A number of allowances or credits."""
    if is_year(found):
        return None
    value = value_of(found["n"], found["s"])
    _not_too_many(value, found[0])
    metric = "credits" if found["noun"].startswith(("credit", "CCER")) else "allowances"
    printed, quote = found[0].strip(), sentence.printed
    return [NewsFact(metric, value, "allowances", printed, quote, qualifier(found), "total")]


def _not_too_many(value: Decimal, printed: str) -> None:
    if value > MAX_ALLOWANCES:
        told = f"above {MAX_ALLOWANCES:,}: a slip of the page, and nothing is taken"
        raise Refused("too_many_allowances", printed.strip(), told)


@each(_SIZE)
def read_sizes(sentence: Sentence, found: re.Match[str]) -> list[NewsFact]:
    """A size of plant or vessel that decides whether it is covered."""
    value, printed = value_of(found["n"]), found[0].strip()
    return [NewsFact("size_limit", value, found["u"], printed, sentence.printed, qualifier(found))]


@each(_TIMES)
def read_multiples(sentence: Sentence, found: re.Match[str]) -> list[NewsFact]:
    """`1.5 times their net sales`."""
    value, scope = value_of(found["n"]), (found["what"] or "").strip()
    return [NewsFact("multiple", value, "1", found[0], sentence.printed, "", scope)]
