"""Counts and tonnages in prose, with how they are hedged.

Tonnes come as `50,000 tonnes`, `0.05 million tons`, 5萬噸, 50,000公噸; counts as `more than 90
participants`, 逾100多名參與者 (hedged twice). Every figure that stands before such a unit is
claimed by a pattern or refuses the record.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from transforms.model import Refused
from transforms.text.dates import MONTHS
from transforms.text.matching import Claimed, blanked
from transforms.text.plain import PlainText
from transforms.text.prose_dates import DATE_EN, DATE_ZH
from transforms.text.qualifiers import Bound, bound_of, qualifiers
from transforms.text.quantities import FIGURE, scaled

_LEAST_OR_ABOUT_EN = (
    "more than|just over|over|at least|exceeding|in excess of|above|no fewer than|around|about"
    "|approximately|nearly|almost|some|close to|roughly"
)
_HEDGE_EN = rf"(?:\b(?P<q>{qualifiers(f'{_LEAST_OR_ABOUT_EN}|up to|at most|no more than')})\s+)?"
_WORDS_ZH = (
    "超過|超过|逾|多於|多于|至少|不少於|不少于|高於|高于|大約|大约|約|约|將近|将近|接近|近"
    "|多達|多达|最多|不超過|不超过"
)
_HEDGE_ZH = rf"(?P<q>{qualifiers(_WORDS_ZH)})?\s*"
_MORE_ZH = r"(?P<p>多|餘|余|以上)?"
_COUNTER_ZH = r"(?:家|名|個|个|宗|項|项|筆|笔)"
_ADJECTIVES_EN = (
    r"(?:(?:Core Climate|corporate|internationally|international|registered|certified|verified"
    r"|quality|high[- ]quality|carbon|credit|removal|avoidance|active|market|different|listed"
    r"|emission|reduction|individual|the)[- ]+)*"
)
_ADJECTIVES_ZH = (
    r"(?:獲|获|經|经|的|國際|国际|認證|认证|核證|核证|碳信用|碳減排|碳减排|碳|註冊|注册|優質|优质"
    r"|Core Climate|市場|市场|企業|企业|不同|活躍|活跃|\s)*"
)
_TONNES_EN = re.compile(
    rf"{_HEDGE_EN}{FIGURE}(?P<plus>\+)?\s*(?P<mag>million|thousand|m|k)?\s*(?:metric\s+)?"
    r"(?P<u>tonnes?|tons?|tCO2e?)\b",
    re.IGNORECASE | re.ASCII,
)
_COUNT_EN = re.compile(
    rf"{_HEDGE_EN}{FIGURE}(?P<plus>\+)?\s+{_ADJECTIVES_EN}"
    r"(?P<u>participants?|projects?|trades?|transactions?)\b",
    re.IGNORECASE | re.ASCII,
)
_TONNES_ZH = re.compile(
    rf"{_HEDGE_ZH}{FIGURE}\s*(?P<mag>萬|万|億|亿)?\s*{_MORE_ZH}\s*(?P<u>公噸|公吨|噸|吨)"
)
_COUNT_ZH = re.compile(
    rf"{_HEDGE_ZH}{FIGURE}\s*{_MORE_ZH}\s*{_COUNTER_ZH}?{_ADJECTIVES_ZH}"
    r"(?P<u>參與者|参与者|項目|项目|交易)"
)
_FROM_TO_EN = re.compile(
    r"\b(?P<u>participants?|projects?)\b[^.;]{0,60}?\bfrom\s+"
    rf"(?:\b(?:{qualifiers(_LEAST_OR_ABOUT_EN)})\s+)?\d[\d,]*\s+(?:[^.;\d]{{0,40}}?\s)?to\s+"
    rf"{_HEDGE_EN}{FIGURE}",
    re.IGNORECASE | re.ASCII,
)
_FROM_TO_ZH = re.compile(
    rf"(?P<u>參與者|参与者|項目|项目)[^。;\d]{{0,20}}?(?:由|從|从)[^。;\d]{{0,12}}?\d+\s*(?:多|餘|余)?"
    rf"\s*{_COUNTER_ZH}?[^。;\d]{{0,12}}?至\s*{_HEDGE_ZH}{FIGURE}\s*{_MORE_ZH}\s*{_COUNTER_ZH}?"
)
_METRIC_OF = {
    "participant": "participants",
    "project": "projects",
    "trade": "trades",
    "transaction": "trades",
    "參與者": "participants",
    "参与者": "participants",
    "項目": "projects",
    "项目": "projects",
    "交易": "trades",
}
_START = r"(?<!\d)(?<!\d[.,])"
"""Where a number begins: tried nowhere else, or the time grows with the square of its digits."""
_OTHER_FIGURES = re.compile(
    rf"{DATE_EN}|{DATE_ZH}|\d{{1,2}}\s*月\s*\d{{1,2}}\s*日"
    rf"|\b\d{{1,2}}\s+(?:{'|'.join(MONTHS)})\b"
    r"|(?<!\d)(?:19|20)\d\d(?!\d)(?:\s*年)?(?:\s*\d{1,2}\s*月)?"
    rf"|{_START}\d[\d,]*+(?:\.\d++)?\s*+(?:%|per cent|percent|個百分點|个百分点)"
    r"|(?:HK\$|US\$|RMB|HKD|USD|CNY|¥|\$)\s*\d[\d,.]*(?:\s*(?:million|billion|trillion|m|bn))?"
    rf"|{_START}\d[\d,.]*+\s*+(?:萬|万|億|亿|兆)?\s*(?:港元|美元|元|人民幣|人民币)"
    r"|(?:stock codes?|股份代號|股份代号|股份編號|代號|代号|港交所|HKEX|SEHK)\s*[:：]?\s*\d{1,5}"
    r"(?:\s*[/,、及]\s*\d{1,5})*|\(\d{3,5}\)"
    r"|\b(?:Scope|Article|Phase|Note)\s+\d+\b|範圍\s*\d|范围\s*\d|CO2e?"
    rf"|{_START}\d++(?:st|nd|rd|th)\b|第\s*\d+|{_START}\d++[- ](?:weeks?|days?|months?|years?)\b"
    rf"|{_START}\d++\s*+(?:個|个)?(?:星期|周|週|日|天|月|年)",
    re.IGNORECASE | re.ASCII,
)
"""Figures that are no facts of the marketplace: dates, money, shares, stock codes, durations."""


@dataclass(frozen=True, slots=True)
class Quantity:
    """A figure in a sentence. `metric` is `tonnes`, `participants`, `projects` or `trades`."""

    metric: str
    value: Decimal
    qualifier: str | None
    sentence: PlainText
    words: str
    start: int
    end: int


def quantities(sentence: PlainText, language: str) -> list[Quantity]:
    """The tonnages and counts of a sentence, in order.

    Raises `Refused`: `bad_number`; `contradiction` for one that is hedged both ways.
    """
    tonnes, counts, growth = (
        (_TONNES_EN, _COUNT_EN, _FROM_TO_EN)
        if language == "en"
        else (_TONNES_ZH, _COUNT_ZH, _FROM_TO_ZH)
    )
    found: list[Quantity] = []
    read = Claimed()
    # What grew is read first, with both of its figures.
    for pattern in (growth, tonnes, counts):
        for match in read.free(pattern, sentence.plain):
            found.append(_quantity(sentence, match))
            read.claim(*match.span())
    return sorted(found, key=lambda q: q.start)


def _quantity(sentence: PlainText, match: re.Match[str]) -> Quantity:
    groups = match.groupdict()
    value = scaled(groups["n"], groups.get("mag"))
    unit = groups["u"].lower()
    metric = _METRIC_OF.get(unit) or _METRIC_OF.get(unit.removesuffix("s")) or "tonnes"
    words = sentence.quote(*match.span()).strip()
    return Quantity(metric, value, _qualifier(groups, words), sentence, words, *match.span())


def _qualifier(groups: dict[str, str | None], words: str) -> str | None:
    """`>=`, `~`, `<=` or None. A figure may be hedged before and behind, if both say the same."""
    before = groups.get("q")
    hedges = {bound_of(before).sign} if before else set()
    if groups.get("p") or groups.get("plus"):
        hedges.add(Bound.LEAST.sign)
    if len(hedges) > 1:
        raise Refused("contradiction", words, "hedged as more and as about or less at once")
    return hedges.pop() if hedges else None


def unclaimed(sentence: PlainText, claimed: Sequence[Quantity]) -> str:
    """The first figure of a sentence that is neither claimed nor known to be no fact of the
    marketplace, with the words around it; empty if there is none."""
    left = blanked(sentence.plain, [(quantity.start, quantity.end) for quantity in claimed])
    left = blanked(left, [found.span() for found in _OTHER_FIGURES.finditer(left)])
    found = re.search(r"\d[\d,.]*", left)
    if not found:
        return ""
    return sentence.printed[max(0, found.start() - 20) : found.end() + 25].strip()
