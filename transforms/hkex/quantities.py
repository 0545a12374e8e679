"""Counts and tonnages in prose, with how they are hedged.

Tonnes come as `50,000 tonnes`, `0.05 million tons`, 5萬噸, 50,000公噸; counts as `more than 90
participants`, 逾100多名參與者 (hedged twice). What a figure found so means is read from its clause
(`vetoes`).
"""

from __future__ import annotations

import re

from transforms.hkex.model import Quantity
from transforms.model import Refused
from transforms.text.matching import Claimed
from transforms.text.plain import PlainText
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
_HEDGE_ZH = rf"(?:(?P<q>{qualifiers(_WORDS_ZH)})\s*|(?<!\s)\s+)?"
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
    r"(?P<u>tonnes?|tons?|tCO2e?|VCUs?)\b",
    re.IGNORECASE | re.ASCII,
)
_COUNT_EN = re.compile(
    rf"{_HEDGE_EN}{FIGURE}(?P<plus>\+)?\s+{_ADJECTIVES_EN}"
    r"(?P<u>participants?|projects?|trades?|transactions?)\b",
    re.IGNORECASE | re.ASCII,
)
_TONNES_ZH = re.compile(
    rf"{_HEDGE_ZH}{FIGURE}\s*(?P<mag>萬|万|億|亿)?\s*{_MORE_ZH}\s*(?P<u>公噸|公吨|噸|吨|個?VCUs?)"
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
_DOTTED = re.compile(r"\d{1,3}\.\d{3}")
_START = r"(?<!\d)(?<!\d[.,])"
"""Where a number begins: tried nowhere else, or the time grows with the square of its digits."""


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
    if not groups.get("mag") and _DOTTED.fullmatch(groups["n"]):
        raise Refused("bad_number", match[0], "thousands, parted by a dot, or a fraction?")
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
