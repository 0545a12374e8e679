"""The Explorer's arrays as typed rows: `[USD, EUR, local, five of stability]`."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from schemas.icap import ICAP_PRICES, ICAP_REVENUE, ICAP_SYSTEMS, MARKETS, STABILITY
from transforms.model import Record, Refused, Row
from transforms.numbers import day, iso_day

USD, EUR, LOCAL = 0, 1, 2
"""Places in an array. The local price is the third value, not the first."""
LENGTHS = (3, 8)
"""Without and with stability measures; both occur in one series."""

_MICRO = Decimal("0.000001")
_MAX = Decimal(10**15)
_QUARTER = re.compile(r"([0-9]{4}) Q([1-4])")
_CURRENCY = re.compile(r"[A-Z]{3}")
_SHARED = ("system_id", "system", "place", "system_kind")


def read_price(record: Record) -> Row:
    """A row of `icap_prices`.

    A local price of 0 is an auction without a sale: its prices are null. Raises `Refused`:
    `row_shape`, `bad_date`, `bad_number`, `bad_currency`.
    """
    fields = record.fields
    array = fields["array"]
    if not isinstance(array, Sequence) or isinstance(array, str) or len(array) not in LENGTHS:
        told = "not [USD, EUR, local] with or without five of stability"
        raise Refused("row_shape", f"{fields['date']}: {array!r}", told)
    values = [amount(value) for value in array]
    is_unsold = values[LOCAL] == 0
    if is_unsold and (values[USD] or values[EUR]):
        raise Refused("row_shape", f"{array!r}", "a local price of 0 beside one that is not")
    stability = values[LOCAL + 1 :] or [Decimal(0)] * len(STABILITY)
    on = iso_day(fields["date"])
    return Row(
        ICAP_PRICES.name,
        {
            **{name: fields[name] for name in _SHARED},
            "market": fields["market"],
            "date": on,
            "price_local": None if is_unsold else values[LOCAL],
            "currency": currency(fields),
            "price_usd": None if is_unsold else values[USD],
            "price_eur": None if is_unsold else values[EUR],
            **{name: value or None for name, value in zip(STABILITY, stability, strict=True)},
            "is_unsold": is_unsold,
            "is_restricted": fields["is_restricted"],
            "is_download_twin": fields["is_download_twin"],
            "is_weekend": on.weekday() >= 5,
        },
        {},
    )


def read_revenue(record: Record) -> Row:
    """A row of `icap_revenue`. Raises `Refused`: `row_shape`, `bad_date`, `bad_number`."""
    fields = record.fields
    pair, found = fields["pair"], _QUARTER.fullmatch(str(fields["quarter"]).strip())
    if not isinstance(pair, Sequence) or isinstance(pair, str) or len(pair) != 2:
        raise Refused("row_shape", f"{fields['quarter']}: {pair!r}", "not [USD, EUR]")
    if not found:
        raise Refused("bad_date", str(fields["quarter"]), "not a quarter as 2025 Q4")
    year, number = int(found[1]), int(found[2])
    start = day(year, number * 3 - 2, 1)
    following = date(year + number // 4, number % 4 * 3 + 1, 1)
    return Row(
        ICAP_REVENUE.name,
        {
            **{name: fields[name] for name in _SHARED},
            "quarter": f"{year}-Q{number}",
            "quarter_start": start,
            "quarter_end": following - timedelta(days=1),
            "revenue_usd": amount(pair[USD]),
            "revenue_eur": amount(pair[EUR]),
        },
        {},
    )


def read_system(record: Record) -> Row:
    """A row of `icap_systems`. Raises `Refused`: `row_shape`, `bad_date`, `bad_currency`."""
    fields = record.fields
    default = fields["default_market"]
    if default not in MARKETS:
        raise Refused("row_shape", repr(default), "no market to show first")
    values: dict[str, Any] = {
        **{name: fields[name] for name in _SHARED},
        "currency": currency(fields),
        "currency_symbol": fields["currency_symbol"],
        "ets_id": fields["ets_id"],
        "twin_of": fields["twin_of"],
        "is_download_twin": fields["is_download_twin"],
        "default_market": default,
        "revenue_quarters": len(fields["quarters"]),
    }
    for market in MARKETS:
        dates = [iso_day(printed) for printed in fields["dates"][market]]
        values |= {
            f"is_restricted_{market}": fields["restricted"][market],
            f"{market}_rows": len(dates),
            f"{market}_first": min(dates, default=None),
            f"{market}_last": max(dates, default=None),
        }
    return Row(ICAP_SYSTEMS.name, values, {})


def currency(fields: Mapping[str, Any]) -> str:
    """The ISO code of the local currency. Raises `Refused("bad_currency")`."""
    code = str(fields["currency"])
    if not _CURRENCY.fullmatch(code):
        raise Refused("bad_currency", code, "not an ISO code of three letters")
    return code


def amount(value: object) -> Decimal:
    """A value of the JSON, integer or not, to a millionth. Raises `Refused("bad_number")`.

    Floats carry digits that nobody published (41.29 as 41.290000000000006).
    """
    if not isinstance(value, Decimal) or not value.is_finite():
        raise Refused("bad_number", repr(value), "not a number")
    if value < 0 or value >= _MAX:
        raise Refused("bad_number", f"{value}", "negative, or too great to be true")
    return value.quantize(_MICRO)
