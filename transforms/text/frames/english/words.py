"""English words by class: found whole, or by their stem; capitalised ones of no list are names."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache, lru_cache

from transforms.text.figures import FigureKind, PrintedFigure, Stated
from transforms.text.frames.words import Word, vocabulary

_TOKEN = re.compile(r"[A-Za-z\u00c0-\u024f][\w\u00c0-\u024f'.&/-]{0,60}|[^\sA-Za-z]")
COUNTED = frozenset(
    {
        "entity",
        "sectors",
        "systems",
        "bench_classes",
        "allowance",
        "credit",
        "bid",
        "auction",
        "member",
        "cover_ratio",
        "bidder",
        "other",
    }
)
"""Classes of what can be counted."""
_NAME = Word("", "name", "name")


@dataclass(frozen=True, slots=True)
class EnglishToken:
    """A figure, a known word or phrase, a name, a mark of punctuation, or an unknown word."""

    text: str
    start: int
    end: int
    figure: PrintedFigure | None = None
    word: Word | None = None

    @property
    def name(self) -> str:
        """Its class; empty for a figure, a mark and an unknown word."""
        return self.word.name if self.word else ""

    @property
    def group(self) -> str:
        return self.word.group if self.word else ""

    @property
    def is_unknown(self) -> bool:
        return self.figure is None and self.word is None and self.text[:1].isalpha()


@dataclass(slots=True)
class InClause:
    """A measure and the words around it."""

    figure: PrintedFigure
    head: list[EnglishToken] = field(default_factory=list)
    tail: list[EnglishToken] = field(default_factory=list)
    before: list[EnglishToken] = field(default_factory=list)
    """All of the sentence before its clause."""
    previous: list[EnglishToken] = field(default_factory=list)
    """The clause before its own."""
    noun: str = ""
    """The class of what is counted; of another unit, of the first known noun behind it."""
    noun_text: str = ""
    noun_end: int = 0
    """Where those words end; 0 if there are none."""
    lead: str = ""
    """The preposition right before it."""
    classes: frozenset[str] = frozenset()
    unknown: tuple[str, ...] = ()
    period: Stated | None = None
    period_text: str = ""
    period_at: int = -1
    """Where that period is printed."""
    earlier: InClause | None = None
    """The measure before it in its sentence."""
    converted: PrintedFigure | None = None
    """The same amount in another currency, in brackets behind it."""


def tokens(sentence: str, figures: list[PrintedFigure]) -> list[EnglishToken]:
    """A plain sentence in its figures, phrases, names, marks and unknown words."""
    found: list[EnglishToken] = []
    at = 0
    for figure in figures:
        if figure.kind is FigureKind.FORMULA:
            continue  # CO2 is a word of the clause
        found += _words(sentence, at, figure.start, not found)
        found.append(
            EnglishToken(sentence[figure.start : figure.end], figure.start, figure.end, figure)
        )
        at = figure.end
    return found + list(_words(sentence, at, len(sentence), not found))


def _words(sentence: str, start: int, end: int, is_first: bool) -> Iterator[EnglishToken]:
    """The words between two figures, the longest phrase first."""
    spans = [(m.start(), m.end()) for m in _TOKEN.finditer(sentence, start, end)]
    n = 0
    while n < len(spans):
        first = spans[n][0]
        if not sentence[first].isalpha():
            yield EnglishToken(sentence[first], first, first + 1)
            n += 1
            continue
        most = _longest().get(sentence[first : spans[n][1]].lower(), 1)
        for length in range(min(most, len(spans) - n), 0, -1):
            last = spans[n + length - 1][1]
            text = sentence[first:last].rstrip(".'")
            word = _known(text, length)
            if word or length == 1:
                is_opening = is_first and n == 0 and not _goes_on(sentence, spans, n)
                if word is None and _is_name(text, is_opening):
                    word = _NAME
                yield EnglishToken(text, first, first + len(text), None, word)
                n += length
                break


def _goes_on(sentence: str, spans: list[tuple[int, int]], n: int) -> bool:
    """Whether the next word is capitalised too, as in the name of a place or body."""
    return n + 1 < len(spans) and sentence[spans[n + 1][0]].isupper()


def _is_name(text: str, opens: bool) -> bool:
    """A capitalised word inside a sentence, or one in capitals (MEE, K-ETS) anywhere."""
    is_told = text.upper() == text or "-" in text or text.endswith("'s")
    return text[:1].isupper() and (not opens or is_told)


@cache
def _longest() -> dict[str, int]:
    """The words of the longest phrase that begins with a word."""
    most: dict[str, int] = {}
    for phrase in vocabulary("en").known:
        first, *rest = phrase.lower().split(" ")
        most[first] = max(most.get(first, 1), 1 + len(rest))
    return most


@lru_cache(maxsize=20_000)
def _known(text: str, length: int) -> Word | None:
    """A phrase as the vocabulary has it, in lower case, or by the stem of its last word."""
    words = vocabulary("en").known
    small = text.lower()
    for form in (text, small):
        if word := words.get(form):
            return word
    if small.endswith("'s"):
        return _known(text[:-2], length)
    if length > 1:
        return words.get(small.removesuffix("s"))
    return next((words[stem] for stem in _stems(small) if stem in words), None)


def _stems(word: str) -> Iterator[str]:
    if word.endswith("ies"):
        yield word[:-3] + "y"
    for ending in ("s", "es", "d", "ed", "ing"):
        if len(word) > len(ending) + 2 and word.endswith(ending):
            stem = word.removesuffix(ending)
            yield stem
            if ending == "ing":
                yield stem + "e"
            if ending in ("ed", "ing") and len(stem) > 3 and stem[-1] == stem[-2]:
                yield stem[:-1]
    if "-" in word:
        for part in (word.rsplit("-", 1)[1],):
            if len(part) > 3 and word.split("-")[0] in ("sub", "non", "pre", "inter"):
                return
            yield word.replace("-", " ")
