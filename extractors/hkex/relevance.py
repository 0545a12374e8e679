"""What of a release is its own text, and whether it concerns carbon markets.

A body ends with the word `Ends`; notes to editors and what the exchange says of itself in
every release stand around it. None of that may be taken for news: it repeats launches and
counts of long ago.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

_END = re.compile(r"\A[-–—\s*]*(?:Ends?|END|完|全文完)[-–—\s*.。]*")
_NOTES = re.compile(
    r"(?:Notes?(?: to [Ee]ditors?)?|附註|附注|備註|备注|註|注|編輯垂注|编辑垂注)"
    r"\s*[:：]?\s*(?P<rest>.*)",
    re.DOTALL,
)
_NOTES_HEAD = re.compile(
    r"(?:Notes?(?: to [Ee]ditors?)?\s*[:：]|(?:附註|附注|備註|备注|註|注|編輯垂注|编辑垂注)\s*[:：]"
    r"|(?:Notes?(?: to [Ee]ditors?)?|附註|附注|備註|备注)$)"
)
_ABOUT = re.compile(
    r"(?:About|有關|有关|關於|关于)\s*(?:HKEX|Hong Kong Exchanges|香港交易所|港交所|Core Climate)"
    r"\s*(?:Group|集團|集团)?[:：]?$"
    r"|(?:Media|Press|Investor)\s+(?:contacts?|enquir(?:y|ies))\b|(?:傳媒|传媒|媒體|媒体)\s*(?:查詢|查询|聯絡|联络)"
)
"""Headings of what the exchange says of itself, and of whom to ask: persons are not stored."""

_NEWS = (
    r"Core Climate|\b(?:low|zero)?[- ]?carbon\b(?! copy)|\bVCUs?\b|\bnet[- ]zero\b"
    r"|\bemissions? (?:trading|exchange|reductions?|allowances?)\b|\bclimate finance\b"
    r"|碳(?!水)|淨零|净零|氣候金融|气候金融"
)
_MARKET = (
    r"Core Climate|\bcarbon (?:market(?:place)?s?|credits?|futures|trading|allowances?)\b"
    r"|碳(?:市場|市场|信用|交易|期貨|期货|排放權|排放权)"
)
_IN_NEWS = re.compile(_NEWS, re.IGNORECASE | re.ASCII)
_IN_BODY = re.compile(_MARKET, re.IGNORECASE | re.ASCII)


@dataclass(frozen=True, slots=True)
class Parts:
    """A release's text in its parts. `lead` are the key points and the first paragraph."""

    lead: tuple[str, ...]
    background: tuple[str, ...]
    notes: tuple[str, ...]
    is_ended: bool

    @property
    def body(self) -> tuple[str, ...]:
        return self.lead + self.background


def parts_of(paragraphs: Sequence[str], bullets: int) -> Parts:
    """Cut notes, what the exchange says of itself, and all after the end mark."""
    own: list[str] = []
    notes: list[str] = []
    is_ended = is_about = in_notes = False
    leading = 0
    for at, words in enumerate(paragraphs):
        if _END.fullmatch(words):
            is_ended, is_about, in_notes = True, False, False
        elif _ABOUT.match(words):
            is_about, in_notes = True, False
        elif _NOTES_HEAD.match(words):
            in_notes, is_about = True, False
            found = _NOTES.fullmatch(words)
            if found and (rest := found["rest"].strip()):
                notes.append(rest)
        elif is_about:
            continue
        elif in_notes or is_ended:
            notes.append(words)
        else:
            own.append(words)
            leading += at < bullets
    lead = min(leading + 1, len(own))
    return Parts(tuple(own[:lead]), tuple(own[lead:]), tuple(notes), is_ended)


def carbon_reason(title: str, parts: Parts) -> str:
    """Why a release concerns carbon markets (`title: carbon`), or an empty string.

    In title and lead any word about carbon decides, in the rest only the name of the
    market: figures about it stand in releases about other things, too.
    """
    for where, text, words in (
        ("title", title, _IN_NEWS),
        ("lead", "\n".join(parts.lead), _IN_NEWS),
        ("body", "\n".join(parts.background), _IN_BODY),
    ):
        if found := words.search(text):
            return f"{where}: {found[0].strip(' -')}"
    return ""
