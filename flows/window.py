"""Which days of a source a run asks for, and how much of what is held already."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Literal

from extractors.source import Source

Asks = Literal["young", "all", "missing"]


@dataclass(frozen=True, slots=True)
class Window:
    """The days from `first` to `last`.

    `asks`: beside what is not held, `young` asks again for what the source may still
    correct (a night's way), `all` for everything, `missing` for nothing. What was answered
    at `fresh_from` or later is not asked for again: lists that have no end in the window
    name the pages of its neighbours, too.
    """

    first: date
    last: date
    asks: Asks = "young"
    fresh_from: datetime | None = None

    def of(self, source: Source) -> Source:
        """The source as it is asked: where everything is, all of the window is young."""
        if self.asks != "all":
            return source
        return replace(source, reread_days=(self.last - self.first).days)
