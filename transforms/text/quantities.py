"""Figures with a scale word or a unit: `1.5 million`, 4.6亿吨, 25 kt; exact in the base unit."""

from __future__ import annotations

from decimal import Decimal

from transforms.model import Refused
from transforms.text.numbers import number

FIGURE = r"(?<![\d.,])(?P<n>\d[\d,]*(?:\.\d+)?)"
"""A figure in prose as a pattern: caught loosely, never begun inside a number, judged by
`number`. A number that was cut (`1,629,4`) must be seen to be refused."""
SCALE_EN = r"(?:thousand|million|billion)"
_MYRIADS = {"": 1, "万": 10**4, "亿": 10**8}
SCALES = {
    **_MYRIADS,
    "thousand": 10**3,
    "k": 10**3,
    "million": 10**6,
    "m": 10**6,
    "billion": 10**9,
    "百": 100,
    "千": 1000,
    "百万": 10**6,
    "萬": 10**4,
    "億": 10**8,
}
"""By what each scale word multiplies, in English and both Chinese scripts."""
TONNES = {"t": 1, "kt": 10**3, "Mt": 10**6, "Gt": 10**9}
"""Tonnes in each unit of mass."""
_UNITS = {
    f"{word}{unit}": (base, factor)
    for unit, base in (("吨", "t"), ("元", "cny"))
    for word, factor in _MYRIADS.items()
}


def scaled(printed: str, word: str | None = "") -> Decimal:
    """A number in digits times its scale word, exact. Raises `Refused("bad_number")`."""
    factor = SCALES.get((word or "").lower())
    if factor is None:
        raise Refused("bad_number", f"{printed}{word}", "no such scale")
    return number(printed) * factor


def unit_factor(unit: str, base: str) -> int:
    """By what a figure in `unit` (吨, 万吨, 亿吨, 元, 万元, 亿元) is multiplied to `base`.

    `base` is `t` or `cny`. Raises `Refused("wrong_unit")` for tonnes where yuan are due,
    yuan where tonnes are due, and any other unit.
    """
    kind, factor = _UNITS.get(unit, ("", 0))
    if kind != base:
        raise Refused(
            "wrong_unit", unit, f"not a unit of {'volume' if base == 't' else 'turnover'}"
        )
    return factor
