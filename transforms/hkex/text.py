"""Prose of releases in three languages: a plain form that keeps every offset, and sentences."""

from __future__ import annotations

import re
from dataclasses import dataclass

_ONE_TO_ONE = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {
    0x00A0: " ",
    0x2007: " ",
    0x202F: " ",
    0x3000: " ",
    0x2019: "'",
    0x2018: "'",
}
"""Full-width forms and odd blanks, each to one character: offsets stay."""
_END_EN = re.compile(r"[.!?]['\"”’)]*\s+(?=[\"“‘(]?[A-Z0-9])")
_END_ZH = re.compile(r"[。！？；]['\"”’」』)）]*")
_ABBREVIATION = re.compile(r"\b(?:No|Ltd|Co|Inc|Mr|Ms|Dr|St)\.$")
_CJK = re.compile(r"[\u3400-\u9fff]")
_LETTER = re.compile(r"[A-Za-z]")
_LEAST_SHARE = 0.25


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence as printed, and its plain form, of the same length."""

    printed: str
    plain: str


def plain(text: str) -> str:
    """The text with full-width forms made ASCII, character by character."""
    return text.translate(_ONE_TO_ONE)


def sentences(paragraph: str, language: str) -> list[Sentence]:
    """A paragraph in its sentences."""
    ends = (_END_EN if language == "en" else _END_ZH).finditer(paragraph)
    found, start = [], 0
    for end in [m.end() for m in ends] + [len(paragraph)]:
        words = paragraph[start:end].strip()
        if _ABBREVIATION.search(words) and end < len(paragraph):
            continue
        if words:
            found.append(Sentence(words, plain(words)))
        start = end
    return found


def is_in(text: str, language: str) -> bool:
    """Whether a text is in the language that its page was asked for in.

    Chinese prose holds Latin names, English prose hardly any Chinese.
    """
    chinese, latin = len(_CJK.findall(text)), len(_LETTER.findall(text))
    if not chinese + latin:
        return False
    share = chinese / (chinese + latin)
    return share < _LEAST_SHARE if language == "en" else share >= _LEAST_SHARE
