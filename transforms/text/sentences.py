"""Sentences and clauses: where they end in English and in Chinese, and which is before what."""

from __future__ import annotations

import re
from collections.abc import Iterator

from transforms.text.matching import Span
from transforms.text.plain import PlainText, same_length

ENDS_EN = re.compile(r"[.!?]['\"”’)]*\s+(?=[\"“‘(]?[A-Z0-9])")
ENDS_ZH = re.compile(r"[。！？；]['\"”’」』)）]*")
STOPS_EN = re.compile(r"[.!?](?<!\bNo\.)(?<!\be\.g\.)(?<!\bi\.e\.)\s+(?=[A-Z0-9“\"(])")
"""The ends in English that quotes nobody: a mark, a blank, a capital or a figure."""
STOPS_ZH = re.compile(r"[。!?]")
"""The ends in a plain form of Chinese, where `;` parts the items of one sentence."""
ABBREVIATION = re.compile(
    r"\b(?:Nos?|Ltd|Co|Inc|Mr|Ms|Dr|St|vs|ca|approx|Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec"
    r"|U\.S|U\.K)\.$"
)
_BREAKS = re.compile(r"[,;:](?!\d)")


def spans(
    text: str, ends: re.Pattern[str], abbreviation: re.Pattern[str] | None = None
) -> Iterator[Span]:
    """Where each sentence begins and ends, its end marks in it and blanks around it not.

    What looks like an end behind an abbreviation (`No. 7`) is none.
    """
    start = 0
    for end in [*(found.end() for found in ends.finditer(text)), len(text)]:
        words = text[start:end].strip()
        if abbreviation and end < len(text) and abbreviation.search(words):
            continue
        if words:
            first = text.index(words, start)
            yield first, first + len(words)
        start = end


def sentences(paragraph: str, language: str) -> list[PlainText]:
    """A paragraph (`en`, else Chinese) in its sentences, each as long as it is printed."""
    ends = ENDS_EN if language == "en" else ENDS_ZH
    return [same_length(paragraph[a:b]) for a, b in spans(paragraph, ends, ABBREVIATION)]


def clause_before(text: str, position: int, breaks: re.Pattern[str] = _BREAKS) -> str:
    """The words of a clause up to a position: back to the last comma, semicolon or colon that
    stands in no number, or to what else ends a clause."""
    return breaks.split(text[:position])[-1].strip()
