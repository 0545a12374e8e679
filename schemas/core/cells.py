"""Whether one cell is of its column's kind. Nothing is coerced, nothing guessed.

Arrow alone would not do: it turns 1.5 into 1 and a datetime into a date in silence.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal

from schemas.core.forms import decimal_size
from schemas.core.table import Kind

_INT64 = 2**63


def _text(value: object) -> str:
    if not isinstance(value, str):
        return _not("a text", value)
    if value.isascii():
        return ""
    try:
        value.encode()
    except UnicodeEncodeError as error:
        return f"a text that can't be stored in UTF-8: {error.reason}"
    return ""


def _int(value: object) -> str:
    if not isinstance(value, int) or isinstance(value, bool):
        return _not("an integer", value)
    return "" if -_INT64 <= value < _INT64 else "an integer beyond 64 bits"


def _date(value: object) -> str:
    if not isinstance(value, date) or isinstance(value, datetime):
        return _not("a date", value)
    return ""


def _instant(value: object) -> str:
    if not isinstance(value, datetime):
        return _not("an instant", value)
    return "" if value.utcoffset() is not None else "a time without its zone"


def _bool(value: object) -> str:
    return "" if isinstance(value, bool) else _not("true or false", value)


def _seconds(value: object) -> str:
    if not isinstance(value, int | float) or isinstance(value, bool):
        return _not("a number", value)
    return "" if math.isfinite(value) else "not a finite number"


def _decimal(precision: int, scale: int) -> Callable[[object], str]:
    bound = Decimal(10) ** (precision - scale)

    def check(value: object) -> str:
        if not isinstance(value, Decimal):
            return _not("a decimal", value)
        if not value.is_finite():
            return "not a finite number"
        if abs(value) >= bound:
            return f"has more than {precision - scale} digits before the point"
        digits = value.as_tuple()
        exponent = int(digits.exponent)
        if exponent < -scale and any(digits.digits[exponent + scale :]):
            return f"has more than {scale} decimals"
        return ""

    return check


def _not(wanted: str, value: object) -> str:
    return f"{type(value).__name__}, not {wanted}"


def _check(kind: Kind) -> Callable[[object], str]:
    if size := decimal_size(kind):
        return _decimal(*size)
    return {
        Kind.TEXT: _text,
        Kind.INT: _int,
        Kind.DATE: _date,
        Kind.INSTANT: _instant,
        Kind.BOOL: _bool,
        Kind.SECONDS: _seconds,
    }[kind]


CHECKS: dict[Kind, Callable[[object], str]] = {kind: _check(kind) for kind in Kind}
"""Kind -> a function that says what is wrong with a cell that is not null; "" if nothing."""
