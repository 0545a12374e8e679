"""Words of a figure's clause that make it another thing than a count of the marketplace.

Patterns (`quantities`) say what is counted; here the clause is read whole: a word that changes
the meaning (applied for, planned, before, of a forum, of another market) leaves the figure
untaken, and so does, in English, a word that is not known.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from transforms.hkex.event_kinds import PURCHASE
from transforms.hkex.model import Quantity, Veto
from transforms.text.figures import FigureKind
from transforms.text.figures.en import scan
from transforms.text.frames.english import around, is_of_before, untold
from transforms.text.frames.model import Fate

_PERMITTED = frozenset(
    {"entity", "volume", "credit", "account", "cover", "offered", "sold", "increase", "emit", "sum"}
    | {
        "reduction",
        "linked",
        "verified",
        "compliance",
        "purchase",
        "turnover",
        "deal",
        "price",
        "clearing",
    }
    | {"sectors", "emissions", "intake", "allocate", "benchmark", "in_operation", "once", "level"}
    | {"allowance", "systems", "surrender", "bench_classes", "each", "clearing", "top", "limit"}
)
_ELSEWHERE = re.compile(
    r"(?i)\b(?:ceremony|forum|conference|seminar|summit|event|gong|guests?|speakers?|students?"
    r"|attend\w*|gathered|brought together|dinner|workshop|webinar|Climate Impact X|Bursa|ETFs?"
    r"|ETPs?|IPOs?|bonds?|surveys?|interview\w*)\b"
    r"|論壇|论坛|典禮|典礼|儀式|仪式|研討會|研讨会|會議|会议|峰會|峰会|出席|嘉賓|嘉宾|活動|活动|講座|讲座"
    r"|ETF|債券|债券|調查|调查|其他(?:市場|市场|平台|交易所)"
)
_CHANGES_ZH = re.compile(
    r"[未無无沒没]|預計|预计|預期|预期|計劃|计划|擬|拟|目標|目标|將(?!其)|将(?!其)|有望|申請|申请|待|若|如果"
    r"|其中|新增|除(?!碳)|較|较|相比|此前|過去|过去|原(?![始料])|曾|不包括|不含|試點|试点|模擬|模拟|另外|額外|额外"
)
_BREAKS_ZH = re.compile(r"[,，;；。:：!！?？]")


def veto(quantity: Quantity, language: str) -> Veto | None:
    """Why a figure that a pattern found is no count of the marketplace; None if it is one."""
    text = quantity.sentence.plain
    if quantity.metric == "tonnes" and PURCHASE.search(text):
        return Veto(Fate.UNCLAIMED, "what one client bought")
    if language != "en":
        clause = _clause_zh(text, quantity.start, quantity.end)
        if other := _ELSEWHERE.search(clause):
            return _of_else(other[0])
        changed = _CHANGES_ZH.search(clause.replace(quantity.words, ""))
        told = f"a word that changes the meaning: {changed[0]}" if changed else ""
        return Veto(Fate.UNCLAIMED, told) if changed else None
    if told := untold(text) or ("of before" if is_of_before(text) else ""):
        return Veto(Fate.UNCLAIMED, told)
    figures = scan(text)
    for one in around(text, figures):
        if one.figure.start < quantity.end and one.figure.end > quantity.start:
            words = [one.figure.start, one.figure.end]
            words += [place for t in (*one.head, *one.tail) for place in (t.start, t.end)]
            if other := _ELSEWHERE.search(text, min(words), max(words)):
                return _of_else(other[0])
            strangers = one.classes - _PERMITTED
            if strangers and not _is_growth(strangers, quantity):
                return Veto(Fate.UNCLAIMED, f"with {', '.join(sorted(strangers))}")
            unknown = _known_here(one.unknown)
            return Veto(Fate.UNKNOWN_WORDS, "unknown words", unknown) if unknown else None
    ends = [figure.end for figure in figures if figure.kind is FigureKind.BARE]
    is_bare = any(quantity.start < end <= quantity.end for end in ends)
    return None if is_bare else Veto(Fate.UNCLAIMED, "no measure")


def _of_else(word: str) -> Veto:
    return Veto(Fate.UNCLAIMED, f"a count of something else: {word}")


def _is_growth(strangers: Iterable[str], quantity: Quantity) -> bool:
    """Whether it is the second figure of a growth: its first is a base, and named so."""
    return set(strangers) <= {"base", "past", "is_before"} and " to " in quantity.words


def _clause_zh(text: str, start: int, end: int) -> str:
    before = [m.end() for m in _BREAKS_ZH.finditer(text, 0, start)]
    behind = _BREAKS_ZH.search(text, end)
    return text[before[-1] if before else 0 : behind.start() if behind else len(text)]


_KNOWN = re.compile(
    "access|accessibility|accessible|africa|after|america|asia|attracted|attracting"
    "|available|avoidance|base|become|biomass|boasts|celebrated|celebrates|certified|chose"
    "|chosen|client|clients|climate|completed|connects|corporate|corporates|covering"
    "|credits|denominated|different|expanded|features|finance|forestry|generated|green"
    "|growing|grown|high-quality|hosts|hydropower|inaugural|initiatives|internationally"
    "|involving|less|listed|marketplace|month|months|more|nearly|onboard|onboarded|onto"
    "|participation|platform|quality|range|ranging|recorded|records|removal|seen|serves"
    "|serving|settled|since|solar|spanned|spanning|standard|standards|supporting|supports"
    "|sustainable|than|week|weeks|wide|wind|year|years"
)
"""Words of the exchange's releases beside the common vocabulary, none of which changes a count."""


def _known_here(words: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(word for word in words if not _KNOWN.fullmatch(word.lower()))
