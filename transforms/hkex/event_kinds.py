"""The kinds of events that a release on carbon may tell of, and the words for each.

In the order in which they are tried: a memorandum about a marketplace is a memorandum, and the
launch of a council is a council.
"""

from __future__ import annotations

import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class EventKind:
    """A kind of event: its words in English and Chinese, whose names count as parties, and
    whether it is none without them; whether a release may announce its day."""

    name: str
    words: re.Pattern[str]
    roles: frozenset[str] = frozenset()
    needs_party: bool = False
    may_come: bool = False


def _words(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.IGNORECASE | re.ASCII)


CELEBRATION = _words(
    r"\b(?:celebrat\w+|marks?|anniversary|first (?:four )?(?:weeks?|months?|year))\b"
    r"|慶祝|庆祝|週年|周年|首(?:四|4)?(?:個|个)?(?:星期|週|周|月|年)"
)
"""A look back on a launch is none."""
KINDS = (
    EventKind(
        "mou",
        _words(
            r"memorand(?:um|a) of understanding|\bMOUs?\b"
            r"|(?:合作|諒解|谅解)備忘錄|(?:合作|諒解|谅解)备忘录"
        ),
        frozenset({"exchange", "bank", "company", "standard"}),
        needs_party=True,
    ),
    EventKind(
        "council",
        _words(
            r"\b(?:(?:launch|establish|form|inaugurat)\w*|set up|sets up|setting up)\b[^.]{0,60}"
            r"\bcouncil\b"
            r"|(?:成立|設立|设立|推出)[^。]{0,20}(?:委員會|委员会|理事會|理事会)"
        ),
        frozenset({"bank", "company", "exchange"}),
    ),
    EventKind(
        "settlement",
        _words(r"\bsettle[sd]?\b|\bsettlement\b|\bsettling\b|交收|結算|结算"),
        frozenset({"company", "bank"}),
        needs_party=True,
    ),
    EventKind(
        "trade",
        _words(
            r"\b(?:purchas(?:es?|ed|ing)|bought|buys|acquir(?:es?|ed))\b"
            r"[^.]{0,80}?(?:\btonnes?|\btons?|\bVCUs?|\bcredits?)\b"
            r"|\b(?:complet|execut|conduct|conclud|ma[dk])\w*\b[^.]{0,40}"
            r"\bfirst (?:carbon )?trade\b"
            r"|(?:購買|购买|買入|买入|購入|购入)[^。]{0,30}(?:噸|吨|碳信用|VCU)"
            r"|(?:達成|达成|完成)[^。]{0,20}首(?:宗|筆|笔|單|单)[^。]{0,6}(?:碳)?交易"
        ),
        frozenset({"company", "bank"}),
    ),
    EventKind(
        "product_added",
        _words(
            r"\b(?:adds?|added|adding|addition of|accepts?|admits?|introduces?|expands?)\b"
            r"[^.]{0,80}\b(?:Core Climate|credits?|standard)\b"
            r"|(?:新增|納入|纳入|加入|引入|擴展|扩展)[^。]{0,40}(?:碳信用|標準|标准)"
        ),
        frozenset({"standard"}),
        needs_party=True,
        may_come=True,
    ),
    EventKind(
        "launch",
        _words(
            r"\blaunch(?:es|ed)?\s+(?:[^\s.]+\s+){0,7}?(?:Core Climate|carbon market(?:place)?)"
            r"|推出(?!的)[^。]{0,24}(?:Core Climate|碳市場|碳市场|碳交易)"
        ),
        frozenset({"standard"}),
        may_come=True,
    ),
    EventKind(
        "listing",
        _words(
            r"\b(?:lists?|listed|listing|debut\w*|begins? trading)\b"
            r"[^.]{0,80}\b(?:ETFs?|ETPs?|funds?)\b"
            r"|\b(?:ETFs?|ETPs?)\b[^.]{0,80}\b(?:lists?|listed|listing|debut\w*|begins? trading)\b"
            r"|(?:ETF|基金|交易所買賣)[^。]{0,30}(?:上市|開始買賣|开始买卖)|上市[^。]{0,30}(?:ETF|基金)"
        ),
        frozenset({"issuer"}),
        may_come=True,
    ),
    EventKind(
        "guide",
        _words(
            r"\b(?:publish\w*|releas\w+|issu\w+)\b[^.]{0,80}\b(?:guide|handbook|guidance)\b"
            r"|(?:刊發|刊发|發布|发布|發佈|出版)[^。]{0,30}(?:指引|指南)"
        ),
    ),
    EventKind(
        "commitment",
        _words(
            r"\b(?:commits?|committed|commitments?|pledges?|eyes)\b[^.]{0,80}"
            r"\b(?:carbon neutral\w*|net[- ]zero)"
            r"|\bjoins?\b[^.]{0,80}\b(?:alliance|net[- ]zero)\b"
            r"|承諾[^。]{0,40}(?:碳中和|淨零)|承诺[^。]{0,40}(?:碳中和|净零)"
            r"|加入[^。]{0,40}(?:聯盟|联盟)"
        ),
        frozenset({"alliance"}),
    ),
    EventKind(
        "participant",
        _words(
            r"\bwelcomes?\b[^.]{0,80}\bparticipants?\b|\bjoins?\b[^.]{0,60}\bCore Climate\b"
            r"|(?:歡迎|欢迎)[^。]{0,40}(?:參與者|参与者)|(?:加入|成為|成为)[^。]{0,20}Core Climate"
        ),
        frozenset({"bank", "company"}),
        needs_party=True,
    ),
    EventKind(
        "policy",
        _words(
            r"\b(?:welcomes?|supports?)\b[^.]{0,80}\b(?:policy|tax|regulation|statement)\b"
            r"|(?:歡迎|欢迎|支持)[^。]{0,40}(?:政策|稅務|税务|規例|规例|聲明|声明)"
        ),
        frozenset({"government"}),
    ),
)
BESIDE = _words(
    r"\b(?:alongside|in addition to|next to|besides|joining|as well as|on top of)\b[^.,;]*"
    r"|除(?:了)?[^,。]{0,40}?(?:以外|之外|外)|與[^,。]{0,30}並列|与[^,。]{0,30}并列"
)
"""What was there before: not what is added."""
PURCHASE = _words(
    r"\b(?:purchas(?:es?|ed|ing)|bought|buys|acquir(?:es?|ed))\b|購買|购买|買入|买入|購入|购入"
)
"""What a client does: its tonnes are its own, and no volume of the marketplace."""
LOOK_BACK = _words(
    r"\b(?:since|after|following|upon)\b[^,.;]{0,40}?\blaunch\w*[^,.;]*"
    r"|\blaunched\s+(?:in|on)\s+[^,.;]*?\d{4}[^,.;]*"
    r"|自[^,。;]{0,30}推出(?:以來|以来)"
    r"|(?:於|于)?\d{4}年\d{1,2}月(?:\d{1,2}日)?(?:正式)?推出[^,。;]*"
)
"""A launch of long ago, told beside the news."""
