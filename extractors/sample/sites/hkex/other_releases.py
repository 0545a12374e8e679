"""Releases about other subjects: what the reader has to look at and leave alone.

Known ids and subjects come from the exchange's lists, the rest is made up. Some lie close to
carbon in their words: launches, listings, settlement, memoranda.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from extractors.sample.sites.hkex.markup import Release, Text, release_id, simplified

FIRST_DAY = date(2021, 7, 5)
LAST_DAY = date(2025, 12, 31)


@dataclass(frozen=True)
class _Subject:
    title: str
    words: str
    chinese_title: str
    chinese: str
    category: str


_SUBJECTS = (
    _Subject(
        "HKEX to Adjust Trading Fee Schedule",
        "HKEX said that a new fee schedule will take effect next quarter.",
        "香港交易所調整交易費用",
        "香港交易所表示新的收費表將於下季生效。",
        "Market Operations",
    ),
    _Subject(
        "HKEX Launches New Equity Index Futures",
        "HKEX launched futures on a new equity index. Settlement is in cash.",
        "香港交易所推出新股票指數期貨",
        "香港交易所推出新的股票指數期貨，以現金交收。",
        "Market Operations",
    ),
    _Subject(
        "HKEX Signs MOU with Overseas Exchange",
        "The two exchanges signed a Memorandum of Understanding on cross-listing.",
        "香港交易所與海外交易所簽署合作備忘錄",
        "兩間交易所就互相上市簽署合作備忘錄。",
        "Corporate",
    ),
    _Subject(
        "HKEX Welcomes New Settlement Agent",
        "A new settlement agent has joined the clearing house with 12 branches.",
        "香港交易所歡迎新的結算代理人",
        "一間設有12間分行的結算代理人已加入結算所。",
        "Market Operations",
    ),
    _Subject(
        "HKEX Announces Board Appointments",
        "HKEX announced members of its board committees.",
        "香港交易所公布董事委任",
        "香港交易所公布董事會轄下委員會的成員。",
        "Corporate",
    ),
    _Subject(
        "HKEX Hosts Investor Education Week",
        "More than 300 students joined the sessions, and over 40 projects were shown.",
        "香港交易所舉辦投資者教育週",
        "逾300名學生參加，展出超過40個項目。",
        "Corporate",
    ),
    _Subject(
        "Two Exchange Traded Funds Listed",
        "Two ETFs on technology shares were listed in Hong Kong.",
        "兩隻交易所買賣基金上市",
        "兩隻科技股ETF在香港上市。",
        "Market Operations",
    ),
)
_KNOWN = (
    (date(2021, 10, 18), 1, "HKEX Launches MSCI China A 50 Connect Index Futures"),
    (date(2022, 12, 16), 1, "Two Crypto-Futures ETFs Listed in Hong Kong"),
    (date(2023, 3, 3), 1, "HKEX Expands Eligibility of Stock Connect"),
    (date(2023, 5, 19), 1, "HKEX to Launch HKD-RMB Dual Counter Model"),
    (date(2024, 4, 30), 1, "Spot Virtual Asset ETFs Listed in Hong Kong"),
    (date(2024, 12, 18), 1, "HKEX Announces Holiday Trading Arrangements"),
    (date(2025, 5, 16), 1, "Notice on Designated Securities"),
    (date(2025, 7, 3), 1, "HKEX Launches Fund Repository on Integrated Fund Platform"),
    (date(2025, 8, 20), 1, "HKEX Announces Interim Results"),
    (date(2025, 9, 23), 2, "HKEX Announces Derivatives Market Programme"),
    (date(2025, 9, 23), 3, "HKEX Welcomes Market Data Vendor"),
)
_RESULTS = date(2025, 8, 20)


def control_releases() -> list[Release]:
    """All of them, oldest first."""
    known = {release.release_id: release for release in _known()}
    made = [release for release in _made() if release.release_id not in known]
    return sorted([*known.values(), *made], key=lambda release: (release.day, release.number))


def _known() -> Iterator[Release]:
    for day, number, title in _KNOWN:
        subject = _SUBJECTS[day.toordinal() % len(_SUBJECTS)]
        attachment = ""
        if day == _RESULTS:
            attachment = (
                f"/-/media/HKEX-Market/News/News-Release/{day.year}/{release_id(day)}/"
                f"{release_id(day)}_e.pdf"
            )
        english = Text(title, (f"This release is about one thing: {title}.",))
        chinese = Text(subject.chinese_title, (subject.chinese,))
        yield _release(day, number, english, chinese, subject.category, attachment)


def _made() -> Iterator[Release]:
    """One every other week, in 2025 two a week: more than a list shows at first."""
    day, at = FIRST_DAY, 0
    while day <= LAST_DAY:
        subject = _SUBJECTS[at % len(_SUBJECTS)]
        english = Text(f"{subject.title} ({day:%B %Y})", (subject.words,))
        chinese = Text(subject.chinese_title, (subject.chinese,))
        yield _release(day, 1, english, chinese, subject.category)
        day += timedelta(days=8 if day.year == 2025 else 15)
        at += 1


def _release(
    day: date, number: int, english: Text, chinese: Text, category: str, attachment: str = ""
) -> Release:
    texts = {"en": english, "zh-HK": chinese, "zh-CN": simplified(chinese)}
    return Release(release_id(day, number), day, texts, (category,), attachment=attachment, hour=16)
