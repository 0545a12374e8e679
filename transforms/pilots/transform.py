"""Records of the pilot markets as rows: whatever the form, one row a product and trade method."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from schemas.sources.pilots.tables import FAMILIES, NOT_PRINTED, PILOT_DAILY, PILOT_SERIES
from transforms.model import Record, Refused, Row
from transforms.text.dates import day
from transforms.text.numbers import cny, cny_per_t, number, percent, tonnes

CONCEPTS = {
    "beijing": "average",
    "chongqing": "derived",
    "hubei": "last",
    "shanghai": "derived",
    "tianjin": "average",
}
"""Which price a market states of a day; any other states a close."""
_STEMS = {"beijing": "BJ?EA", "shenzhen": "SZE?A"}
_PRODUCTS = {
    pilot: re.compile(rf"{_STEMS.get(pilot, family)}(?:-?\d{{1,4}})?")
    for pilot, family in FAMILIES.items()
}
"""The allowance of each market, with its vintages (SZA-2019, TJEA22, CQEA-1)."""
_NOTHING = frozenset({"", "-", "--", "—", "–"})
_SIGN = re.compile(r"([+-]?)(.*?)%?")
_SIGNED = ("change", "change_pct")
_TEN_THOUSAND, _CENT = Decimal(10000), Decimal("0.01")
_PRICES = ("open", "high", "low", "close", "average", "previous_close")
_PRINTED = {
    "previous_close": "printed_previous_close_cny_per_t",
    "change": "printed_change_cny_per_t",
    "change_pct": "printed_change_pct",
}


def transform(record: Record) -> list[Row]:
    """The rows of a record `daily` or `series`. A trade method of which all figures are dashes
    says nothing, and gives none.

    Raises `Refused`: `bad_date`, `bad_number`, `missing_volume`, `missing_turnover`,
    `stated_twice`.
    """
    fields = record.fields
    table = PILOT_SERIES if record.kind == "series" else PILOT_DAILY
    try:
        own = {"pilot": fields["pilot"], "trade_date": _day(fields)}
        if fields["is_twice"]:
            told = "the page states this day and product twice, and not alike"
            raise Refused("stated_twice", fields["printed_day"], told)
        if record.kind == "series":
            return [_of_series(own, fields)]
        return [
            _of_leg({**own, "product": fields["product"] or NOT_PRINTED}, method, leg, fields)
            for method, leg in fields["legs"].items()
            if not _NOTHING.issuperset(leg.values())
        ]
    except Refused as refused:
        refused.table = table.name
        raise


def _day(fields: Mapping[str, Any]) -> Any:
    if not fields["day"]:
        raise Refused("bad_date", fields["printed_day"], "no day where one is due")
    return day(*fields["day"])


def _of_leg(
    own: dict[str, Any], method: str, leg: Mapping[str, str], fields: Mapping[str, Any]
) -> Row:
    said = {name: cell for name, cell in leg.items() if cell not in _NOTHING}
    pilot, volume = own["pilot"], tonnes(_due(said, "volume", leg))
    turnover = step = None
    if volume or "turnover" in said:
        turnover, step = turnover_cny(_due(said, "turnover", leg), fields["unit"])
    prices = {name: cny_per_t(said[name]) for name in _PRICES if name in said}
    if not volume:  # 0 is printed for none: no allowance ever cost nothing
        prices = {name: price for name, price in prices.items() if price}
    if said.get("change", "").endswith("%"):
        raise Refused("bad_number", said["change"], "per cent in the column of yuan")
    beside = {_PRINTED[name]: signed(said[name]) for name in _SIGNED if name in said}
    if "previous_close" in prices:
        beside[_PRINTED["previous_close"]] = prices.pop("previous_close")
    is_allowance = _PRODUCTS[pilot].fullmatch(own["product"]) is not None
    values = {
        **own,
        "method": method,
        "product_family": FAMILIES[pilot] if is_allowance else None,
        **{f"{name}_cny_per_t": prices.get(name) for name in _PRICES[:-1]},
        "price_concept": CONCEPTS.get(pilot, "close") if volume else "carried",
        "volume_t": volume,
        "turnover_cny": turnover,
        "turnover_step_cny": step,
        **{column: beside.get(column) for column in _PRINTED.values()},
    }
    columns = {name: f"{name}_cny_per_t" for name in prices} | _PRINTED
    columns |= {"volume": "volume_t", "turnover": "turnover_cny"}
    evidence = {columns[name]: cell for name, cell in said.items() if name in columns}
    return Row(PILOT_DAILY.name, values, evidence)


def _due(said: Mapping[str, str], name: str, leg: Mapping[str, str]) -> str:
    if name not in said:
        raise Refused(f"missing_{name}", " | ".join(leg.values()), "figures without it")
    return said[name]


def _of_series(own: dict[str, Any], fields: Mapping[str, Any]) -> Row:
    said = {"price_cny_per_t": fields["price"], "volume_t": fields["volume"]}
    price, volume = cny_per_t(fields["price"]), tonnes(fields["volume"])
    return Row(PILOT_SERIES.name, {**own, "price_cny_per_t": price, "volume_t": volume}, said)


def turnover_cny(printed: str, unit: str) -> tuple[Decimal, Decimal]:
    """An amount printed in yuan or ten thousands of them (`万元`), in yuan, and what its last
    printed place is worth. Raises `Refused("bad_number")`."""
    if unit != "万元":
        return cny(printed), _CENT
    decimals = len(printed.partition(".")[2])
    if decimals > 6:
        raise Refused("bad_number", printed, "more decimals of ten thousand yuan than cents have")
    yuan = (number(printed) * _TEN_THOUSAND).quantize(_CENT)
    return cny(f"{yuan:f}"), _TEN_THOUSAND.scaleb(-decimals).quantize(_CENT)


def signed(printed: str) -> Decimal:
    """A change with its sign, in yuan or in per cent. Raises `Refused("bad_number")`."""
    found = _SIGN.fullmatch(printed)
    assert found is not None
    size = percent(found[2])
    return -size if found[1] == "-" else size
