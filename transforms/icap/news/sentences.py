"""English prose of ICAP as sentences, in a plain form to match and the printed one to quote."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from decimal import Decimal

from transforms.model import Refused, Remark
from transforms.text.numbers import number

_BREAK = re.compile(r"(?<=[.!?])(?<!\bNo\.)(?<!\be\.g\.)(?<!\bi\.e\.)\s+(?=[A-Z0-9“\"(])")
_BLANKS = re.compile(r"\s+")
_GASES = re.compile(r"(?:\b([kMG]?t)\s*|\b)CO\s*2(?:\s*(e)q?)?\b")
_PLAIN = str.maketrans({"’": "'", "‘": "'", "“": '"', "”": '"', "—": "-", "–": "-", "−": "-"})

NUMBER = r"(?<![\w.])(?<!\d,)(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?(?![\d,.]*\d)"
SCALE = r"(?:thousand|million|billion)"
_SCALES = {"": 1, "thousand": 10**3, "million": 10**6, "billion": 10**9}
_SMALL = (
    "one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen"
    "|sixteen|seventeen|eighteen|nineteen"
)
_TENS = "twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety"
_WORDS = {word: value for value, word in enumerate(_SMALL.split("|"), 1)}
_WORDS |= {word: value * 10 for value, word in enumerate(_TENS.split("|"), 2)}
SPELLED = rf"(?:{'|'.join(_WORDS)})(?:-(?:{'|'.join(list(_WORDS)[:9])}))?"
QUALIFIERS = {
    "approximately": "about",
    "around": "about",
    "about": "about",
    "roughly": "about",
    "some": "about",
    "nearly": "almost",
    "~": "about",
    "more than": "more than",
    "over": "more than",
    "in excess of": "more than",
    ">": "more than",
    "at least": "at least",
    "up to": "up to",
    "fewer than": "less than",
    "less than": "less than",
    "below": "less than",
    "<": "less than",
}
QUALIFIER = (
    f"(?i:{'|'.join(re.escape(words) for words in sorted(QUALIFIERS, key=len, reverse=True))})"
)


@dataclass(frozen=True, slots=True)
class Fact:
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
    claimed: list[tuple[int, int]] = field(default_factory=list)
    facts: list[Fact] = field(default_factory=list)
    remarks: list[Remark] = field(default_factory=list)

    def is_free(self, start: int, end: int) -> bool:
        """Whether no pattern has claimed anything of a span yet."""
        return all(end <= first or start >= last for first, last in self.claimed)

    def claim(self, start: int, end: int) -> None:
        self.claimed.append((start, end))

    def left(self) -> list[str]:
        """The figures that nothing claimed."""
        return [
            found[0]
            for found in re.finditer(rf"{NUMBER}%?", self.plain)
            if self.is_free(found.start(), found.end())
        ]


def sentences(block: str) -> list[Sentence]:
    """The sentences of a block of text."""
    return [Sentence(part, plain(part)) for part in _BREAK.split(_BLANKS.sub(" ", block).strip())]


def plain(text: str) -> str:
    """One form for quotes, dashes, blanks and `t CO 2 e`; nothing else is changed."""
    return _GASES.sub(
        lambda found: f"{found[1] or ''}CO2{found[2] or ''}",
        _BLANKS.sub(" ", text.translate(_PLAIN)),
    )


def value_of(printed: str, scale: str = "") -> Decimal:
    """A number in figures or words, times its scale word. Raises `Refused("bad_number")`."""
    if printed[:1].isdigit():
        value = number(printed)
    else:
        parts = printed.lower().split("-")
        if not all(part in _WORDS for part in parts):
            raise Refused("bad_number", printed, "no number in words")
        value = Decimal(sum(_WORDS[part] for part in parts))
    return value * _SCALES[scale.lower()]
