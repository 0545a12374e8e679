"""Strict numbers, in digits and in words: what is printed, exactly, or `Refused`.

Thousands commas group by three or are absent; nothing is rounded, trimmed or guessed.
"""

from __future__ import annotations

import re
from decimal import Decimal

from transforms.model import Refused

_NUMBER = re.compile(r"(?:0|[1-9][0-9]{0,2}(?:,[0-9]{3})+|[1-9][0-9]*)(\.[0-9]+)?")
_CENT = Decimal("0.01")
# What the columns of the tables hold: int64, decimal(20, 2), decimal(12, 2), decimal(9, 2).
_MAX_TONNES = 10**15
_MAX_CNY = Decimal(10**18)
_MAX_CNY_PER_T = Decimal(10**10)
_MAX_PERCENT = Decimal(10**7)
_MAX_CHARACTERS = 21  # 20 digits: times 10**8 still exact in Python's decimals (28)
_SMALL = (
    "one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen"
    "|sixteen|seventeen|eighteen|nineteen"
)
_TENS = "twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety"
_WORDS = {word: value for value, word in enumerate(_SMALL.split("|"), 1)}
_WORDS |= {word: value * 10 for value, word in enumerate(_TENS.split("|"), 2)}
_NUMERALS = {numeral: value for value, numeral in enumerate("零一二三四五六七八九")}
_NUMERALS |= {"〇": 0, "两": 2}
_POWERS = {"十": 10, "百": 100, "千": 1000}

NUMBER = r"(?<![\w.])(?<!\d,)(?:\d{1,3}(?:,\d{3})++|\d++)(?:\.\d++)?(?![\d,.]*\d)"
"""A number in digits as a pattern: all of it, no part of a longer one or of a word."""
SPELLED = rf"(?:{'|'.join(_WORDS)})(?:-(?:{'|'.join(list(_WORDS)[:9])}))?"
"""A number in English words up to ninety-nine as a pattern."""
NUMERAL = r"[0-9〇零一二两三四五六七八九十百千]{1,20}"
"""A whole number in digits or Chinese numerals as a pattern."""


def number(printed: str) -> Decimal:
    """A non-negative decimal, commas by three. Raises `Refused("bad_number")`."""
    return Decimal(_digits(printed)[0])


def _digits(printed: str) -> tuple[str, str]:
    """The number without its commas, and its decimals (`.85`, or nothing)."""
    match = _NUMBER.fullmatch(printed)
    if not match:
        raise Refused("bad_number", printed, "not a number with commas grouping by three")
    digits = printed.replace(",", "")
    if len(digits) > _MAX_CHARACTERS:
        raise Refused("bad_number", printed, "too long to be a figure of this market")
    return digits, match[1] or ""


def tonnes(printed: str) -> int:
    """Whole tonnes (`4,103,953`, also `4103953.0`). Raises `Refused("bad_number")`."""
    digits, decimals = _digits(printed)
    if decimals.strip(".0"):
        raise Refused("bad_number", printed, "not whole tonnes")
    whole = int(digits.removesuffix(decimals))
    if whole >= _MAX_TONNES:
        raise Refused("bad_number", printed, f"not below {_MAX_TONNES}, so too great to be true")
    return whole


def cny(printed: str) -> Decimal:
    """Yuan, exact to the cent. Raises `Refused("bad_number")`."""
    return _to_the_cent(printed, _MAX_CNY)


def cny_per_t(printed: str) -> Decimal:
    """A price in yuan per tonne, exact to the cent. Raises `Refused("bad_number")`."""
    return _to_the_cent(printed, _MAX_CNY_PER_T)


def percent(printed: str) -> Decimal:
    """A percentage without its sign, two decimals. Raises `Refused("bad_number")`."""
    return _to_the_cent(printed, _MAX_PERCENT)


def _to_the_cent(printed: str, limit: Decimal) -> Decimal:
    digits, decimals = _digits(printed)
    value = Decimal(digits)
    if value >= limit:
        raise Refused("bad_number", printed, f"not below {limit}, so it does not fit the column")
    if len(decimals) == 3:
        return value
    exact = value.quantize(_CENT)
    if exact != value:
        raise Refused("bad_number", printed, "more than two decimals")
    return exact


def spelled_number(printed: str) -> int:
    """A number in English words up to ninety-nine. Raises `Refused("bad_number")`."""
    parts = printed.lower().split("-")
    if not all(part in _WORDS for part in parts):
        raise Refused("bad_number", printed, "no number in words")
    return sum(_WORDS[part] for part in parts)


def chinese_number(printed: str) -> int:
    """A whole number in digits or Chinese numerals up to thousands. Raises `Refused`."""
    if printed.isascii() and printed.isdigit():
        return int(printed)
    total = current = 0
    for character in printed:
        if character in _NUMERALS:
            current = _NUMERALS[character]
        elif character in _POWERS:
            total += (current or 1) * _POWERS[character]
            current = 0
        else:
            raise Refused("bad_number", printed, "not a Chinese numeral")
    if not printed:
        raise Refused("bad_number", printed, "no numeral")
    return total + current
