"""What patterns over a text share: words as alternatives, and characters that are spoken for."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

Span = tuple[int, int]
"""From the first character to behind the last."""


def one_of(words: Iterable[str]) -> str:
    """Words as the alternatives of a pattern, the longest first: 十二月 is not 十月 with
    something in it. There is no group around them."""
    return "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))


@dataclass(slots=True)
class Claimed:
    """The spans of one text that were claimed, each by the pattern that reads it."""

    spans: list[Span] = field(default_factory=list)

    def claim(self, start: int, end: int) -> None:
        """Claim a span, free or not."""
        self.spans.append((start, end))

    def is_free(self, start: int, end: int) -> bool:
        """Whether nothing has claimed any character of a span yet."""
        return all(end <= first or start >= last for first, last in self.spans)

    def free(self, pattern: re.Pattern[str], text: str) -> Iterator[re.Match[str]]:
        """The matches of a pattern that are free at the time when each comes up."""
        for found in pattern.finditer(text):
            if self.is_free(*found.span()):
                yield found
