"""Numbers in English words, up to hundreds: `two hundred`, `twenty-one`; and parts of a whole."""

from __future__ import annotations

import re
from decimal import Decimal

from transforms.text.numbers import spelled_number

_ONES = ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine"]
_TEENS = ["ten", "eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen"]
_TEENS += ["eighteen", "nineteen"]
_TENS = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
_WORD = "|".join(sorted((*_ONES, *_TEENS, *_TENS), key=len, reverse=True))
_SMALL = rf"(?:(?:{'|'.join(_TENS)})(?:[- ](?:{'|'.join(_ONES)}))?|{_WORD})"
WORDED = re.compile(
    rf"(?i)(?:(?P<hundreds>a|{_WORD}) hundred(?:(?: and|-)? (?P<rest>{_SMALL}))?"
    rf"|(?P<small>{_SMALL})"
    r"|a(?= (?:million|billion|thousand)\b))(?![A-Za-z])(?!-(?:off|stop|sided|way|time))"
)
FRACTION = re.compile(
    rf"(?i)(?:(?P<n>a|{_WORD})[ -](?P<d>half|thirds?|quarters?|fifths?|tenths?)|half)"
    r"(?= of\b| the\b| its\b| as\b)"
)
_PARTS = {"half": 2, "third": 3, "quarter": 4, "fifth": 5, "tenth": 10}


def worded(found: re.Match[str]) -> Decimal:
    """The value of a match of `WORDED`."""
    if found["small"]:
        return _small(found["small"])
    if not found["hundreds"]:
        return Decimal(1)
    rest = _small(found["rest"]) if found["rest"] else Decimal(0)
    return _small(found["hundreds"]) * 100 + rest


def fraction(found: re.Match[str]) -> Decimal:
    """The value of a match of `FRACTION`, to a millionth."""
    part = _PARTS[(found["d"] or "half").lower().removesuffix("s")]
    count = _small(found["n"]) if found["n"] else Decimal(1)
    return (count / part).quantize(Decimal("0.000001"))


def _small(words: str) -> Decimal:
    return Decimal(1 if words.lower() == "a" else spelled_number(words.replace(" ", "-")))
