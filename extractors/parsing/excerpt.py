"""Finding quoted words in a page's text, whatever blanks and markup lie between them."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

_ZERO_WIDTH = re.compile(r"[\u00ad\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]")
_DECODER = json.JSONDecoder()
CONTEXT = 120


@dataclass(frozen=True, slots=True)
class Excerpt:
    """Words as they stand in a page, with what is around them."""

    before: str
    words: str
    after: str

    def marked(self) -> str:
        """In one line, the words between angle quotes."""
        return f"{_line(self.before)}»{_line(self.words)}«{_line(self.after)}".strip()


def find(text: str, words: str) -> list[tuple[int, int]]:
    """Every place of the words in a text: blanks, zero-width marks and widths of letters aside."""
    wanted = "".join(plain for _, plain in _characters(words))
    if not wanted:
        return []
    origins: list[int] = []
    parts: list[str] = []
    for index, plain in _characters(text):
        parts.append(plain)
        origins += [index] * len(plain)
    plain_text = "".join(parts)
    places, start = [], plain_text.find(wanted)
    while start >= 0:
        places.append((origins[start], origins[start + len(wanted) - 1] + 1))
        start = plain_text.find(wanted, start + len(wanted))
    return places


def _characters(text: str) -> Iterator[tuple[int, str]]:
    """Each character that counts, with its position, in plain form (NFKC)."""
    for index, character in enumerate(text):
        if character.isspace() or _ZERO_WIDTH.match(character):
            continue
        plain = character if character.isascii() else unicodedata.normalize("NFKC", character)
        if plain := "".join(plain.split()):
            yield index, plain


def find_value(text: str, value: Any) -> list[tuple[int, int]]:
    """Every place in a JSON text of an array or object that equals `value`."""
    places: list[tuple[int, int]] = []
    wanted = "{" if isinstance(value, dict) else "["
    start = text.find(wanted)
    while start >= 0:
        try:
            found, end = _DECODER.raw_decode(text, start)
        except (ValueError, RecursionError):
            found, end = None, start
        if found == value:
            places.append((start, end))
            start = text.find(wanted, end)
        else:
            start = text.find(wanted, start + 1)
    return places


def excerpt(text: str, words: Iterable[str], context: int = CONTEXT) -> Excerpt | None:
    """The first of the words that stands in the text, and what is around it."""
    for each in words:
        if places := find(text, each):
            return around(text, *places[0], context)
    return None


def around(text: str, start: int, end: int, context: int = CONTEXT) -> Excerpt:
    """The part of a text between two places, and what is around it."""
    return Excerpt(text[max(0, start - context) : start], text[start:end], text[end:][:context])


def _line(text: str) -> str:
    """Text in one line, without control characters that would play with a terminal."""
    shown = (c if c.isprintable() or c.isspace() else "\ufffd" for c in text)
    return re.sub(r"\s+", " ", "".join(shown))
