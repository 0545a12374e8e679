"""Which days of a source a run asks for, and how much of what is held already."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

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
