"""An amount of English prose: a number with its currency, scale and unit, and its payment."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from decimal import Decimal

from transforms.model import Refused
from transforms.text.figures.en_numbers import WORDED, worded
from transforms.text.figures.en_units import (
    CURRENCY,
    PER_UNIT,
    SCALE,
    SCALES,
    UNIT,
    currency_of,
    unit_of,
)
from transforms.text.figures.model import FigureKind, PrintedFigure
from transforms.text.numbers import number

_DIGITS = re.compile(r"(?>[0-9]+(?:[.,][0-9]+)*)")
BEGINS_MONEY = re.compile(CURRENCY + " ?")
BEGINS_SCALE = re.compile(rf"(?:[ -](?={SCALE})|(?=mln|mn|bn))({SCALE})(?![A-Za-z])")
_LETTER = re.compile(r"[A-Za-z_]")
_ORDINAL = re.compile(r"(?:st|nd|rd|th)(?![A-Za-z0-9])")
GLUED = re.compile(r"[A-Za-z0-9_./-]{1,60}")


@dataclass(frozen=True, slots=True)
class Amount:
    """A number with its currency, scale and unit, and where they end."""

    value: Decimal
    factor: int
    unit: str
    counter: str
    end: int


def amount_at(text: str, at: int) -> Amount | PrintedFigure:
    """The amount at a place, or the malformed figure that stands there."""
    begin = at
    currency = BEGINS_MONEY.match(text, at)
    if currency:
        at = currency.end()
    digits = _DIGITS.match(text, at)
    if digits:
        try:
            value = number(digits[0])
        except Refused:
            return PrintedFigure(
                begin, digits.end(), FigureKind.MALFORMED, number=(begin, digits.end())
            )
        at = digits.end()
    elif words := WORDED.match(text, at):
        value, at = worded(words), words.end()
    else:
        return PrintedFigure(begin, max(at, begin + 1), FigureKind.MALFORMED, number=(begin, at))
    factor = 1
    if scale := BEGINS_SCALE.match(text, at):
        factor, at = SCALES[_singular(scale[1])], scale.end()
    unit, counter = "count", ""
    if currency:
        unit, counter = currency_of(currency[0]), currency[0].strip()
    elif found := UNIT.match(text, at):
        unit, more = unit_of(found)
        factor, at, counter = factor * more, found.end(), found[0].strip()
    if unit == "count" and _LETTER.match(text, at):
        if ordinal := _ORDINAL.match(text, at):
            return _other(FigureKind.ORDINAL, begin, ordinal.end())
        glued = GLUED.match(text, at)
        return _other(FigureKind.GLUED, begin, glued.end() if glued else at)
    return with_payment(text, Amount(value, factor, unit, counter, at))


def with_payment(text: str, amount: Amount) -> Amount:
    """An amount of money with what it is paid for, if that is said: `EUR 5 per tonne`."""
    per = PER_UNIT.match(text, amount.end) if is_money(amount.unit) else None
    if not per:
        return amount
    below = "short t" if per["short"] else "t" if per["mass"] else per["other"]
    return replace(amount, unit=f"{amount.unit}/{below}", end=per.end())


def is_money(unit: str) -> bool:
    return (len(unit) == 3 and unit.isupper()) or unit in ("$", "¥")


def _singular(scale: str) -> str:
    return scale[:-1] if scale.endswith("ions") else scale


def _other(kind: FigureKind, start: int, end: int) -> PrintedFigure:
    return PrintedFigure(start, end, kind, number=(start, end))
