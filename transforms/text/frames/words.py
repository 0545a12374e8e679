"""The vocabulary of a language: words by class, as data, found by the longest match."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

_HERE = Path(__file__).parent
IDLE = "idle"
"""The group of words that never change what a figure means."""


@dataclass(frozen=True, slots=True)
class Word:
    """A known word: its group (`idle`, `actor`, `market`, `sector`, `measure`, `meaning` ...) and
    its class in it (`volume`, `sum` ...; the group's own name where it has no classes)."""

    text: str
    group: str
    name: str


class Vocabulary:
    """The words of a language. A word stands in one class; raises `ValueError` for two."""

    def __init__(self, words: Mapping[str, Any]) -> None:
        self.known: dict[str, Word] = {}
        self.families = [frozenset(family) for family in words.get("families", ())]
        """Measures whose clauses are sisters: what is said of one is said of the next, too."""
        self.classes: set[str] = set()
        for group, held in words.items():
            if group == "families":
                continue
            for name, texts in (held if isinstance(held, dict) else {group: held}).items():
                self.classes.add(name)
                for text in texts:
                    if text in self.known and self.known[text].name != name:
                        raise ValueError(f"{text} is {self.known[text].name}, and {name}")
                    self.known[text] = Word(text, group, name)
        self._by_first: dict[str, list[str]] = {}
        for text in sorted(self.known, key=len, reverse=True):
            self._by_first.setdefault(text[0], []).append(text)

    def at(self, text: str, place: int, end: int | None = None) -> Word | None:
        """The longest word that begins at a place of a text without blanks, and ends before
        `end`; None for none."""
        for word in self._by_first.get(text[place], ()):
            if text.startswith(word, place, end):
                return self.known[word]
        return None

    def of(self, name: str) -> tuple[str, ...]:
        """The words of a class."""
        return tuple(text for text, word in self.known.items() if word.name == name)

    def __iter__(self) -> Iterator[Word]:
        return iter(self.known.values())


@cache
def vocabulary(language: str) -> Vocabulary:
    """The words of `words.<language>.yml`, read once. Raises `ValueError` for one in two."""
    import yaml

    text = (_HERE / f"words.{language}.yml").read_text(encoding="utf-8")
    return Vocabulary(yaml.load(text, Loader=yaml.CSafeLoader))
