"""What a bulletin is about: its period, its publication, and which price it speaks of."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from schemas.trading import shipped
from transforms.model import Refused, Remark
from transforms.text.dates import compact_day, day, iso_day
from transforms.text.plain import without_blanks

COMPOSITE_FROM = date(2023, 8, 28)
AUCTION_FROM = date(2025, 7, 16)

_CORRECTS = r"(?:[(【\[]?(?:关于)?更正(?:公告|说明|稿|版)?[)】\]]?[:,]?)?"
_TITLE = re.compile(
    _CORRECTS + r"(?:【CEA】)?全国碳市场每(日|周|月|年)(?:成交数据|综合价格行情及成交信息)"
    r"([0-9]{8})(?:[-\u2013\u2014~至]([0-9]{8}))?" + _CORRECTS
)
_ARTICLE = re.compile(r"/c/([0-9]{4})-([0-9]{2})-([0-9]{2})/([0-9]{1,12})\.shtml(?:[?#]|$)")
_KINDS = {"日": "day", "周": "week", "月": "month", "年": "year"}

# First day, vintages in the composite and their weights. Source: the exchange's notices
# /c/2023-08-25/494452, /c/2024-10-25/495718, /c/2025-04-28/496173, /c/2025-12-29/496985.
REGIMES_KNOWN_TO = date(2026, 12, 31)
_REGIMES = (
    (date(2026, 1, 5), "CEA25:1"),
    (date(2025, 4, 29), "CEA19-20,CEA21,CEA22,CEA23,CEA24:1/5"),
    (date(2024, 10, 28), "CEA19-20,CEA21,CEA22,CEA23:1/4"),
    (COMPOSITE_FROM, "CEA19-20,CEA21,CEA22:1/3"),
)


@dataclass(frozen=True, slots=True)
class Period:
    """A trading day, or a week, month or year (`kind`) from its first to its last day."""

    kind: str
    start: date
    end: date
    title: str


def read_title(title: str) -> Period:
    """The period that a title names, also as that of a page that corrects another (更正).

    Raises `Refused`: `unknown_title`, `bad_date`, `bad_period` (dates that are no week,
    month or year), `closed_day` (the last day was none of trading).
    """
    reading = without_blanks(title)
    match = _TITLE.fullmatch(reading.plain)
    if not match:
        raise Refused("unknown_title", title, "not the title of a bulletin")
    kind = _KINDS[match[1]]
    if (kind == "day") != (match[3] is None):
        raise Refused("unknown_title", title, "a day has one date, any other period has two")
    start = compact_day(match[2])
    end = start if match[3] is None else compact_day(match[3])
    if start > end or not _is_one(kind, start, end):
        raise Refused("bad_period", title, f"{start} to {end} is not within one {kind}")
    if not shipped().on(end).may_trade:
        raise Refused("closed_day", title, f"the market was closed on {end}")
    return Period(kind, start, end, reading.printed)


def _is_one(kind: str, start: date, end: date) -> bool:
    if kind == "week":
        return start.isocalendar()[:2] == end.isocalendar()[:2]
    if kind == "month":
        return (start.year, start.month) == (end.year, end.month)
    return start.year == end.year


def read_publication(
    url: str, line: str, period: Period
) -> tuple[date | None, int | None, tuple[Remark, ...]]:
    """Day of publication, article number, and what is odd about them.

    The path of an article (`/c/YYYY-MM-DD/number.shtml`) says both; elsewhere the line
    发布时间 (`line`, YYYY-MM-DD or empty) says the day. Raises `Refused`: `bad_date`,
    `published_early` (before the period had ended).
    """
    stated = iso_day(line) if line else None
    match = _ARTICLE.search(url)
    in_path = day(match[1], match[2], match[3]) if match else None
    published = in_path or stated
    remarks: list[Remark] = []
    for found in (in_path, stated):
        if found and found < period.end:
            detail = f"published before the period ended on {period.end}"
            raise Refused("published_early", found.isoformat(), detail)
    if published and published > period.end:
        detail = f"published after {period.end}, the last day of its period"
        # All known daily bulletins came out on their own day; later ones of longer
        # periods are nothing to wonder at.
        is_signal = period.kind == "day"
        remarks.append(Remark("published_late", published.isoformat(), detail, is_signal))
    if in_path and stated and in_path != stated:
        detail = f"the line of publication differs from the path's {in_path}"
        remarks.append(Remark("published_mismatch", stated.isoformat(), detail, is_signal=True))
    return published, int(match[4]) if match else None, tuple(remarks)


def price_basis(period: Period, text: str) -> str:
    """`composite` or `listed`, by the words 综合价格 in text or title.

    Texts on weeks, months and years may lack the words: then the date decides.
    Raises `Refused("basis_mismatch")` where words and date (2023-08-28) disagree.
    """
    says_composite = "综合价格" in text or "综合价格" in period.title
    is_composite = period.end >= COMPOSITE_FROM
    if says_composite != is_composite and (says_composite or period.kind == "day"):
        detail = f"composite prices are published from {COMPOSITE_FROM}, and only since then"
        raise Refused("basis_mismatch", period.title, detail)
    return "composite" if is_composite else "listed"


def weight_regime(on: date) -> str:
    """Vintages in the headline price of a day and their weights; `unknown` where no notice of
    the exchange that is known says so: each new vintage has changed them."""
    if on > REGIMES_KNOWN_TO:
        return "unknown"
    return next((regime for first, regime in _REGIMES if on >= first), "CEA19-20:1")
