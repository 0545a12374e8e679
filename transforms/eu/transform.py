"""Prices of CBAM certificates and results of auctions as rows."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from schemas.sources.eu.periods import quarter
from schemas.sources.eu.tables import EU_AUCTIONS, EU_CBAM_PRICES, STATUSES
from transforms.model import Record, Refused, Row
from transforms.text.dates import day, iso_day, month_number
from transforms.text.numbers import number, tonnes

_QUARTER = re.compile(r"Q([1-4]) (\d{4})|(\d{4}) Q([1-4])")
_LONG_DAY = re.compile(r"(\d{1,2}) ([A-Za-z]+) (\d{4})")
_PRICE = re.compile(r"\d{1,4}[.,]\d{1,2}|\d{1,4}")
_SERIAL = re.compile(r"[45]\d{4}")
_EPOCH = date(1899, 12, 30)
"""Day 0 of a workbook's serial numbers of days."""
_YEAR = re.compile(r"-(\d{4})-data\.xlsx$")


def transform(record: Record) -> list[Row]:
    """The row of a record `price` or `auction`.

    Raises `Refused`: `bad_period`, `bad_date`, `bad_number`, `other_year`, `unknown_status`,
    `stated_twice`.
    """
    is_price = record.kind == "price"
    try:
        return [_price(record) if is_price else _auction(record)]
    except Refused as refused:
        refused.table = EU_CBAM_PRICES.name if is_price else EU_AUCTIONS.name
        raise


def _price(record: Record) -> Row:
    said = record.fields
    found = _QUARTER.fullmatch(said["period"])
    if found is None:
        raise Refused("bad_period", said["period"], "no quarter, as Q1 2026 or 2026 Q1")
    year, of_year = int(found[2] or found[3]), int(found[1] or found[4])
    begins, ends = quarter(year, of_year)
    published = _LONG_DAY.fullmatch(said["published"])
    if published is None:
        raise Refused("bad_date", said["published"], "no day, as 7 April 2026")
    said_on = day(published[3], month_number(published[2]), published[1])
    values = {
        "period": f"{year}Q{of_year}",
        "period_start": begins,
        "period_end": ends,
        "published_on": said_on,
        "price_eur_per_t": _eur_per_t(said["price"]),
    }
    evidence = {
        "period": said["period"],
        "published_on": said["published"],
        "price_eur_per_t": said["price"],
    }
    return Row(EU_CBAM_PRICES.name, values, evidence)


def _auction(record: Record) -> Row:
    said = record.fields
    if said["is_twice"]:
        raise Refused("stated_twice", record.fields["date"], "one auction, stated in two ways")
    held_on = _sheet_day(said["date"])
    year = _YEAR.search(record.url)
    if year and int(year[1]) != held_on.year:
        raise Refused("other_year", said["date"], f"not of the workbook's year {year[1]}")
    if said["status"].lower() not in STATUSES:
        raise Refused("unknown_status", said["status"], "only successful auctions are read")
    values = {
        "auction_date": held_on,
        "auction_name": said["name"],
        "contract": said["contract"],
        "status": said["status"].lower(),
        "price_eur_per_t": _eur_per_t(said["price"]),
        "volume_t": tonnes(said["volume"]),
        "cover_ratio": _ratio(said),
        "seller": said.get("seller") or None,
    }
    evidence = {
        "auction_date": said["date"],
        "price_eur_per_t": said["price"],
        "volume_t": said["volume"],
    }
    return Row(EU_AUCTIONS.name, values, evidence)


def _sheet_day(printed: str) -> date:
    """A day of a sheet: as a date, or as the number of days since the end of 1899."""
    if _SERIAL.fullmatch(printed):
        return _EPOCH + timedelta(days=int(printed))
    return iso_day(printed)


def _eur_per_t(printed: str) -> Decimal:
    """Euros per tonne, with a decimal point or a decimal comma."""
    if not _PRICE.fullmatch(printed):
        raise Refused("bad_number", printed, "no price with two decimals at most")
    return Decimal(printed.replace(",", ".")).quantize(Decimal("0.01"))


def _ratio(said: Mapping[str, Any]) -> Decimal | None:
    printed = said.get("cover_ratio")
    return round(number(printed), 6) if printed else None
