"""The Explorer's arrays as typed rows: `[USD, EUR, local, five of stability]`."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from schemas.sources.icap.prices import (
    ICAP_DOWNLOAD_PRICES,
    ICAP_PRICES,
    ICAP_REVENUE,
    ICAP_SYSTEMS,
    MARKETS,
    STABILITY,
)
from transforms.model import Record, Refused, Row
from transforms.text.dates import day, iso_day

USD, EUR, LOCAL = 0, 1, 2
"""Places in an array. The local price is the third value, not the first."""
LENGTHS = (3, 8)
"""Without and with stability measures; both occur in one series."""

CURRENCIES = {number: {"CNY"} for number in (14, 18, 19, 20, 21, 23, 24, 25, 26)} | {
    8: {"KRW"},
    13: {"GBP"},
    15: {"EUR"},
    33: {"EUR"},
    34: {"EUR"},
}
"""Of a system's number: what its prices are in, where it can't be anything else (Québec's are in
either dollar). A file says another one where its columns stand below a wrong name."""

_MICRO = Decimal("0.000001")
_RATE_DIGITS = Decimal("0.000000000001")
_CENT = Decimal("0.01")
_DECIMAL = re.compile(r"[0-9]+(?:\.[0-9]+)?(?:[eE]-?[0-9]{1,2})?")
_MAX = Decimal(10**15)
_QUARTER = re.compile(r"([0-9]{4}) Q([1-4])")
_CURRENCY = re.compile(r"[A-Z]{3}")
_SHARED = ("system_id", "system", "place", "system_kind")


def read_price(record: Record) -> Row:
    """A row of `icap_prices` from an array of the JSON.

    A local price of 0 is an auction without a sale: its prices are null. Raises `Refused`:
    `row_shape`, `bad_date`, `bad_number`, `bad_currency`, `future_date`.
    """
    fields = record.fields
    array = fields["array"]
    if not isinstance(array, Sequence) or isinstance(array, str) or len(array) not in LENGTHS:
        told = "not [USD, EUR, local] with or without five of stability"
        raise Refused("row_shape", f"{fields['date']}: {array!r}", told)
    values = [amount(value) for value in array]
    if not values[LOCAL] and (values[USD] or values[EUR]):
        raise Refused("row_shape", f"{array!r}", "a local price of 0 beside one that is not")
    prices = (values[LOCAL], values[USD], values[EUR])
    return _row({**fields, "latest": _latest(record)}, prices, values[LOCAL + 1 :], "json", {})


def read_csv_price(record: Record) -> list[Row]:
    """A row of `icap_prices` and one of `icap_download_prices` from a download, which prints
    rates: units of the other currency for one of the local. The prices in them are
    local x rate, to the cent, as the Explorer's document has them.

    The Explorer's document counts more where both state a price: what the file said stays in a
    table of its own, to be held against it. Raises `Refused`: `missing_rate`, `bad_date`,
    `bad_number`, `bad_currency`, `other_currency`, `future_date`.
    """
    fields = record.fields
    local, rates = amount(_printed(fields["local"])), fields["rates"]
    code = currency(fields)
    if others := sorted({code, *fields["rates_of"]} - CURRENCIES.get(fields["system_id"], {code})):
        told = f"{fields['system']} has no prices in {', '.join(others)}"
        raise Refused("other_currency", f"{fields['date']}: {', '.join(others)}", told)
    if missing := [name for name in ("USD", "EUR") if not rates.get(name)]:
        told = f"a price in {code} without its rate"
        raise Refused("missing_rate", f"{fields['date']}: {', '.join(missing)}", told)
    usd, eur = (
        (local * amount(_printed(rates[name]), _RATE_DIGITS)).quantize(_CENT, ROUND_HALF_UP)
        for name in ("USD", "EUR")
    )
    evidence = {
        f"price_{name.lower()}": f"{fields['local']} x {rates[name]} (rate {code}/{name})"
        for name in ("USD", "EUR")
    }
    stability = [amount(_printed(value or "0")) for value in fields["stability"]]
    added = {"is_restricted": fields["is_download_twin"], "latest": _latest(record)}
    row = _row({**fields, **added}, (local, usd, eur), stability, "csv", evidence)
    said = {column.name: row.values[column.name] for column in ICAP_DOWNLOAD_PRICES.own}
    return [row, Row(ICAP_DOWNLOAD_PRICES.name, said, row.evidence)]


def _latest(record: Record) -> date:
    """The last day that may have a price: the day that it was read on, wherever on earth."""
    return record.retrieved_at.date() + timedelta(days=1)


def _printed(text: str) -> Decimal:
    """A decimal as a file prints it, without thousands separators. Raises `Refused`."""
    if not _DECIMAL.fullmatch(text):
        raise Refused("bad_number", text, "no decimal number")
    return Decimal(text)


def _row(
    fields: Mapping[str, Any],
    prices: tuple[Decimal, Decimal, Decimal],
    stability: Sequence[Decimal],
    stated_in: str,
    evidence: dict[str, str],
) -> Row:
    """The row of a local price, and the same in USD and EUR."""
    local, usd, eur = prices
    is_unsold = local == 0
    on = iso_day(fields["date"])
    if on > fields["latest"]:
        raise Refused("future_date", f"{on}", "a price of a day that is still to come")
    measures = list(stability) or [Decimal(0)] * len(STABILITY)
    return Row(
        ICAP_PRICES.name,
        {
            **{name: fields[name] for name in _SHARED},
            "market": fields["market"],
            "date": on,
            "price_local": None if is_unsold else local,
            "currency": currency(fields),
            "price_usd": None if is_unsold else usd,
            "price_eur": None if is_unsold else eur,
            **{name: value or None for name, value in zip(STABILITY, measures, strict=True)},
            "is_unsold": is_unsold,
            "is_restricted": fields["is_restricted"],
            "is_download_twin": fields["is_download_twin"],
            "is_weekend": on.weekday() >= 5,
            "stated_in": stated_in,
        },
        {} if is_unsold else evidence,
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


def amount(value: object, step: Decimal = _MICRO) -> Decimal:
    """A value of the JSON, integer or not, to a millionth. Raises `Refused("bad_number")`.

    Floats carry digits that nobody published (41.29 as 41.290000000000006).
    """
    if not isinstance(value, Decimal) or not value.is_finite():
        raise Refused("bad_number", repr(value), "not a number")
    if value < 0 or value >= _MAX:
        raise Refused("bad_number", f"{value}", "negative, or too great to be true")
    return value.quantize(step)
