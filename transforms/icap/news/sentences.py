"""The sentences of ICAP's news, and a figure as one of them states it."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal

from transforms.model import Remark
from transforms.text.frames.model import Read
from transforms.text.plain import PlainText, one_blank
from transforms.text.sentences import ABBREVIATION, STOPS_EN, spans


@dataclass(frozen=True, slots=True)
class NewsFact:
    """A figure as one sentence states it; `value_to` where it states a range."""

    metric: str
    value: Decimal | None
    unit: str
    printed: str
    quote: str
    qualifier: str = ""
    scope: str = ""
    subject: str = ""
    value_to: Decimal | None = None
    period: str = ""
    on: str = ""


@dataclass(slots=True)
class NewsText:
    """What a text says: facts, what was odd about it, and every printed figure with its fate."""

    facts: list[NewsFact] = field(default_factory=list)
    remarks: list[Remark] = field(default_factory=list)
    figures: list[Read] = field(default_factory=list)

    def add(self, other: NewsText) -> None:
        """Take in what another part of the text says."""
        self.facts += other.facts
        self.remarks += other.remarks
        self.figures += other.figures


Sentence = PlainText
"""A sentence: `plain` is read, `printed` quoted."""


def sentences(block: str) -> list[Sentence]:
    """The sentences of a block of text; one without words where it has none."""
    text = " ".join(block.split())
    parts = [one_blank(text[start:end]) for start, end in spans(text, STOPS_EN, ABBREVIATION)]
    return parts or [Sentence("", "")]
