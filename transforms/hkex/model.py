"""What a release on carbon is made of: its sentences, events, figures and their fates."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from transforms.text.frames.model import Fate
from transforms.text.plain import PlainText


@dataclass(frozen=True, slots=True)
class Quantity:
    """A figure in a sentence. `metric` is `tonnes`, `participants`, `projects` or `trades`."""

    metric: str
    value: Decimal
    qualifier: str | None
    sentence: PlainText
    words: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class ClimateEvent:
    """One event of a release. `tonnes` carries its own qualifier and words."""

    kind: str
    event_date: date
    parties: tuple[str, ...]
    quote: str
    party_words: str = ""
    tonnes: Quantity | None = None
    date_words: str = ""
    carbon_neutral_by: int | None = None
    net_zero_by: int | None = None
    stock_codes: tuple[str, ...] = ()
    particular_words: str = ""
    """The sentence that states the years of a pledge or the stock codes."""


@dataclass(frozen=True, slots=True)
class ReleaseText:
    """A release's sentences: of its title, its lead, and its paragraphs behind that."""

    heading: Sequence[PlainText]
    opening: Sequence[PlainText]
    behind: Sequence[Sequence[PlainText]]
    language: str
    published_on: date

    @property
    def read(self) -> list[PlainText]:
        """Title and lead: an event is typed from these alone."""
        return [*self.heading, *self.opening]


@dataclass(frozen=True, slots=True)
class Veto:
    """Why a figure is not taken."""

    fate: Fate
    reason: str
    words: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class CountTold:
    """A figure that a pattern found, and what became of it."""

    quantity: Quantity
    metric: str
    veto: Veto | None = None
