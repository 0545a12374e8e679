"""From a printed rate to a row of `fx_rates`."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal

from transforms.model import Record, Refused, Row

_PRINTED = re.compile(r"\d{1,9}(?:\.\d{1,6})?")


def transform(record: Record) -> list[Row]:
    """The row of a record `rate`. Raises `Refused` for what is no rate of a day that has been."""
    printed, stated = str(record.fields["day"]), record.fields["stated"]
    if stated.keys() != {"currency", "rate"}:
        raise Refused("row_shape", str(stated), "no pair of currency and rate", "fx_rates")
    try:
        day = date.fromisoformat(printed)
    except ValueError as error:
        raise Refused("bad_date", printed, "not of the form YYYY-MM-DD", "fx_rates") from error
    if day > record.retrieved_at.date():
        raise Refused("future_day", printed, "a day that is still to come", "fx_rates")
    rate = stated["rate"]
    if not _PRINTED.fullmatch(rate):
        raise Refused("bad_number", rate, "no decimal number", "fx_rates")
    values = {"published_on": day, "currency": stated["currency"], "rate_per_eur": Decimal(rate)}
    return [Row("fx_rates", values, {"rate_per_eur": rate})]
