"""A sentence of ICAP being read: its facts, and what of it patterns have claimed."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from decimal import Decimal

from transforms.model import Remark
from transforms.text.matching import Claimed
from transforms.text.numbers import NUMBER, spelled_number
from transforms.text.plain import one_blank
from transforms.text.qualifiers import qualifiers
from transforms.text.quantities import scaled
from transforms.text.sentences import STOPS_EN, spans

_FIGURE = re.compile(rf"{NUMBER}%?")
_WORDS = (
    "approximately|around|about|roughly|some|nearly|~|more than|over|in excess of|>|at least"
    "|up to|fewer than|less than|below|<"
)
QUALIFIER = f"(?i:{qualifiers(_WORDS)})"


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


@dataclass
class Sentence:
    """A sentence being read: `plain` is matched, `printed` quoted; claimed spans are done."""

    printed: str
    plain: str
    claimed: Claimed = field(default_factory=Claimed)
    facts: list[NewsFact] = field(default_factory=list)
    remarks: list[Remark] = field(default_factory=list)

    def left(self) -> list[str]:
        """The figures that nothing claimed."""
        return [found[0] for found in self.claimed.free(_FIGURE, self.plain)]


def sentences(block: str) -> list[Sentence]:
    """The sentences of a block of text; one without words where it has none."""
    text = " ".join(block.split())
    parts = [one_blank(text[start:end]) for start, end in spans(text, STOPS_EN)]
    return [Sentence(part.printed, part.plain) for part in parts] or [Sentence("", "")]


def value_of(printed: str, scale: str | None = "") -> Decimal:
    """A number in figures or words, times its scale word. Raises `Refused("bad_number")`."""
    if printed[:1].isdigit():
        return scaled(printed, scale)
    return scaled(str(spelled_number(printed)), scale)
