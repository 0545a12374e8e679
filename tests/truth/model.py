"""What truth is measured with: texts whose facts are known, and how many are read right."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from decimal import Decimal
from random import Random


@dataclass(frozen=True, slots=True)
class Fact:
    """A figure as it must be read."""

    metric: str
    value: Decimal | int
    period: str


@dataclass(frozen=True, slots=True)
class Sample:
    """A text, and all the facts that it states."""

    text: str
    facts: frozenset[Fact]


@dataclass(frozen=True, slots=True)
class Score:
    """Facts that were wanted, those of them that were read, and those that must not be there."""

    texts: int
    wanted: int
    right: int
    wrong: int

    def __add__(self, other: Score) -> Score:
        """Both together."""
        return Score(
            self.texts + other.texts,
            self.wanted + other.wanted,
            self.right + other.right,
            self.wrong + other.wrong,
        )

    @property
    def precision(self) -> float:
        """The share of what was taken that is right."""
        taken = self.right + self.wrong
        return self.right / taken if taken else 1.0

    @property
    def recall(self) -> float:
        """The share of what is stated that was taken."""
        return self.right / self.wanted if self.wanted else 1.0


def score(samples: Iterable[Sample], read: Callable[[str], frozenset[Fact]]) -> Score:
    """How well texts are read."""
    texts = wanted = right = wrong = 0
    for sample in samples:
        found = read(sample.text)
        texts += 1
        wanted += len(sample.facts)
        right += len(found & sample.facts)
        wrong += len(found - sample.facts)
    return Score(texts, wanted, right, wrong)


def drawn(seed: int | Random) -> Random:
    """What decides what texts say: of a seed, or whoever else decides."""
    return seed if isinstance(seed, Random) else Random(seed)
