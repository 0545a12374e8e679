"""The registry's records as rows: of its price table, and of its daily reports."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from transforms.crc.report import figure, read_sentence, read_tables
from transforms.model import Record, Refused, Row
from transforms.text.dates import day

MARKET, LEGS = "crc_market_daily", "crc_leg_daily"
_PRICES = ("close_cny_per_t", "high_cny_per_t", "low_cny_per_t")
_TRADED = tuple(
    f"{leg}_{amount}"
    for leg in ("listed", "block", "total")
    for amount in ("volume_t", "turnover_cny")
)


def transform(record: Record) -> list[Row]:
    """The rows of a record `price` or `report`; a report is taken whole or not at all.

    Raises `Refused`: `unknown_product`, `bad_date`, `bad_number`, `stated_twice`; of a report also
    `no_leg`, `unknown_row`, `unknown_head`, `duplicate_leg`, `sums_differ`, `unknown_clause`.
    """
    if record.kind not in ("price", "report"):
        raise Refused("unknown_kind", record.kind, "no such kind of record in this source")
    try:
        return [_price(record.fields)] if record.kind == "price" else _report(record.fields)
    except Refused as refused:
        refused.table = MARKET if record.kind == "price" else LEGS
        raise


def _report(fields: Mapping[str, Any]) -> list[Row]:
    own = {"trade_date": day(*fields["day"]), "report_no": fields["number"]}
    legs = read_tables(fields["tables"]) or read_sentence(fields["sentence"])
    return [
        Row(LEGS, {**own, "vintage": leg.vintage, "method": leg.method, **leg.values}, leg.evidence)
        for leg in legs
    ]


def _price(fields: Mapping[str, Any]) -> Row:
    """A row of the price table: product, day, close, high, low, then volume and amount of listed,
    of block and of all trades."""
    if fields["cells"][0] != "CEA":
        raise Refused("unknown_product", fields["cells"][0], "not the national market")
    if fields["is_twice"]:
        told = "the page states this day twice, and not alike"
        raise Refused("stated_twice", fields["cells"][1], told)
    printed = dict(zip((*_PRICES, *_TRADED), fields["cells"][2:], strict=True))
    values = {name: figure(name, cell) for name, cell in printed.items()}
    if not values["listed_volume_t"]:  # 0 is printed for none: no allowance ever cost nothing
        values |= {name: values[name] or None for name in _PRICES[1:]}
    evidence = {name: printed[name] for name, value in values.items() if value is not None}
    return Row(MARKET, {"trade_date": day(*fields["day"]), **values}, evidence)
