"""What belongs to one kind of event alone: members of a council, years of a pledge, stock codes."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from transforms.hkex.parties import HKEX, named_in
from transforms.text.plain import PlainText

_MEMBERS = re.compile(
    r"\bmembers?\b[^.:]{0,120}?(?:\bare\b|\bcomprise\b|\binclud\w+|:)\s*(?P<names>[^.]{3,800})"
    r"|(?P<among>[A-Z][^.:]{3,400}?),? (?:are|is) (?:also |all )?(?:among )?(?:the |its )?"
    r"(?:inaugural |founding |first )?members\b"
    r"|\b(?:They|These|Members) (?:include|comprise|are):?\s*(?P<more>[^.]{3,800})"
    r"|(?:成員|成员)[^。:]{0,20}?(?:包括|有|為|为|:)\s*(?P<zh>[^。]{2,400})",
)
_BETWEEN = re.compile(r"(?<!\s)\s*(?:[,;、]\s*(?:and |及|和|與|与)?|\band\b|及|和|與|与)\s*")
_ASIDE = re.compile(r"\([^()]{1,60}\)|\b(?:Co\.,? )?(?:Limited|Ltd\.?|Inc\.?|plc|Corporation)\b")
_NAME = re.compile(
    r"(?:[A-Z0-9][\w&'.-]*(?: (?:of|and|the|for))?(?: |$)){1,8}|[\u4e00-\u9fff]{2,20}"
)
_NEUTRAL = r"carbon[- ]neutral(?:ity)?"
_ZERO = r"net[- ]zero(?: (?:carbon )?emissions)?"
_YEAR = r"(20[2-9][0-9])"
_NEUTRAL_BY = re.compile(
    rf"\b{_NEUTRAL}\b (?:by|in)(?: the end of)? {_YEAR}"
    rf"|{_YEAR}年[^,，。;；0-9]{{0,10}}?碳中和|碳中和[^,，。;；0-9]{{0,6}}{_YEAR}年",
    re.IGNORECASE,
)
_ZERO_BY = re.compile(
    rf"\b{_ZERO}\b (?:by|in)(?: the end of)? {_YEAR}"
    rf"|{_YEAR}年[^,，。;；0-9]{{0,10}}?[淨净]零|[淨净]零(?:排放)?[^,，。;；0-9]{{0,6}}{_YEAR}年",
    re.IGNORECASE,
)
_BOTH_BY = re.compile(
    rf"\b{_NEUTRAL} and {_ZERO}[^.;0-9]{{0,20}} by {_YEAR} and {_YEAR},? respectively",
    re.IGNORECASE,
)
_NOT_ITS_OWN = re.compile(
    r"\b(?:China's|Paris|country|countries|government|previous\w*|originally|earlier than"
    r"|instead of|global)\b|國家|国家|中國|中国|政府|原定|此前|全球",
)
_COUNTER = r"(?: (?:for|in) (?:the )?[A-Z]{3}(?: counter)?| ?\([A-Z]{3}\))?"
_CODES = re.compile(
    r"(?:stock codes?|tickers?|股份代號|股份代号|股份編號|股票代號|股票代号|代號|代号|代碼|代码)"
    r"\s*[:：為为]?\s*"
    rf"(?P<codes>\d{{4,5}}{_COUNTER}(?:\s*(?:[/,、及]|and)\s*\d{{4,5}}{_COUNTER})*)",
    re.IGNORECASE,
)


def members(paragraphs: Iterable[Sequence[PlainText]]) -> tuple[list[str], str]:
    """Those whom a release lists as members, canonical where they are known, and the sentences
    that do."""
    names: set[str] = set()
    words: list[str] = []
    for sentence in (s for paragraph in paragraphs for s in paragraph):
        found = _MEMBERS.search(sentence.plain)
        if not found:
            continue
        listed = _names(found["names"] or found["among"] or found["more"] or found["zh"])
        if listed:
            names |= listed
            words.append(sentence.printed)
    return sorted(names - {HKEX}), " ".join(words)


def _names(listed: str) -> set[str]:
    """The names in a list; nothing where it names nobody that is known."""
    known, rest = named_in(listed)
    parts = (part.strip(" .,") for part in _BETWEEN.split(_ASIDE.sub("", rest)))
    return known | {part for part in parts if _NAME.fullmatch(part)} if known else set()


def target_years(read: Iterable[PlainText]) -> tuple[int | None, int | None, str]:
    """By when carbon neutral, by when at net zero, and the sentence: what the exchange itself
    pledges, where title and lead agree on a year."""
    neutral: dict[int, str] = {}
    zero: dict[int, str] = {}
    for sentence in read:
        if both := _BOTH_BY.search(sentence.plain):
            neutral[int(both[1])] = zero[int(both[2])] = sentence.printed
            continue
        for pattern, years in ((_NEUTRAL_BY, neutral), (_ZERO_BY, zero)):
            for found in pattern.finditer(sentence.plain):
                if _NOT_ITS_OWN.search(sentence.plain, 0, found.end()):
                    continue  # the country's aim, or the one of before
                years[int(next(year for year in found.groups() if year))] = sentence.printed
    words = " ".join(dict.fromkeys([*neutral.values(), *zero.values()]))
    return _only(neutral), _only(zero), words


def _only(years: dict[int, str]) -> int | None:
    return next(iter(years)) if len(years) == 1 else None


def stock_codes(read: Iterable[PlainText]) -> tuple[list[str], str]:
    """The codes of what is listed, and the sentence that names them."""
    for sentence in read:
        if found := [m["codes"] for m in _CODES.finditer(sentence.plain)]:
            codes = dict.fromkeys(re.findall(r"\d{4,5}", " ".join(found)))
            return list(codes), sentence.printed
    return [], ""
