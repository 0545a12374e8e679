"""The exchange's JSON: quotes by product, and volumes by trade method.

Both are stated figures, so that a bulletin can be checked against them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any, TypeVar

from schemas.sources.seee.products import FIRST_VINTAGE, is_product
from schemas.sources.seee.tables import SEEE_METHOD_TOTALS, SEEE_QUOTES
from transforms.model import Record, Refused, Row
from transforms.text.dates import compact_day, iso_day
from transforms.text.numbers import cny, cny_per_t, tonnes

_METHODS = {"10": "listed", "20": "block", "21": "auction"}
_MARKET = "CEA"
"""The vintage 2019-2020 goes by the market's own name in the exchange's JSON."""
_MISSING = ("", "-", "--", "—")
_ORDER = ("date", "open", "close", "low", "high", "volume")
_NAMES = {"day": "trade", "ytd": "year", "cumulative": "total"}

Figure = TypeVar("Figure", int, Decimal)


def read_quote(record: Record) -> Row:
    """A row of `seee_quotes`.

    Fields of the record: `product`, and `row`, cells in chart order: date (YYYY-MM-DD),
    open, close, low, high (yuan per tonne), listed volume (t). Empty cells, `--` and `—`
    are null, and so is a price of 0.00, which the exchange writes for none.

    Raises `Refused`: `row_shape`, `unknown_product`, `bad_date`, `bad_number`.
    """
    product, row = record.fields.get("product"), record.fields.get("row")
    if not is_product(product):
        raise Refused("unknown_product", repr(product), "not a product of the quote page")
    if not isinstance(row, list | tuple) or len(row) != 6:
        raise Refused("row_shape", repr(row), "not date, open, close, low, high, listed volume")
    cells = dict(zip(_ORDER, (_cell(cell, row) for cell in row), strict=True))
    printed = {f"{name}_cny_per_t": cells[name] for name in ("open", "high", "low", "close")}
    figures: dict[str, int | Decimal | None] = {
        # The exchange writes 0.00 where there is no price; no allowance ever cost nothing.
        column: _figure(cny_per_t, cell) or None
        for column, cell in printed.items()
    }
    printed["listed_volume_t"] = cells["volume"]
    figures["listed_volume_t"] = _figure(tonnes, cells["volume"])
    values = {"trade_date": iso_day(cells["date"]), "product": product, **figures}
    return Row(SEEE_QUOTES.name, values, _evidence(figures, printed))


def read_method_total(record: Record) -> Row:
    """A row of `seee_method_totals`, from the fields of the exchange's query page.

    Volumes in tonnes, amounts in yuan, as text or number. Raises `Refused`: `row_shape`,
    `unknown_product`, `unknown_method`, `bad_date`, `bad_number`.
    """
    row = record.fields.get("row")
    if not isinstance(row, Mapping):
        raise Refused("row_shape", repr(row), "not an object")
    subject, method = _named(row, "subjectCode"), _named(row, "tradeMethod")
    product = FIRST_VINTAGE if subject == _MARKET else subject
    if not is_product(product):
        raise Refused("unknown_product", subject, "not a subject of the query page")
    if method not in _METHODS:
        raise Refused("unknown_method", method, "not one of 10 listed, 20 block, 21 auction")
    printed: dict[str, str] = {}
    figures: dict[str, int | Decimal | None] = {}
    for ours, theirs in _NAMES.items():
        volume, turnover = f"{ours}_volume_t", f"{ours}_turnover_cny"
        printed[volume] = _named(row, f"{theirs}Volume")
        printed[turnover] = _named(row, f"{theirs}Amount")
        figures[volume] = _figure(tonnes, printed[volume])
        figures[turnover] = _figure(cny, printed[turnover])
    values = {
        "trade_date": compact_day(_named(row, "tradeDate")),
        "product": product,
        "trade_method": _METHODS[method],
        **figures,
    }
    return Row(SEEE_METHOD_TOTALS.name, values, _evidence(figures, printed))


def _named(row: Mapping[Any, Any], name: str) -> str:
    if name not in row:
        raise Refused("row_shape", repr(dict(row)), f"no {name}")
    return _cell(row[name], row)


def _cell(cell: object, row: object) -> str:
    """A cell as text; JSON's null is an empty cell."""
    if cell is None:
        return ""
    if isinstance(cell, bool) or not isinstance(cell, str | int | float | Decimal):
        raise Refused("row_shape", repr(row), f"a cell that is neither text nor number: {cell!r}")
    return str(cell).strip()


def _figure(read: Callable[[str], Figure], cell: str) -> Figure | None:
    return None if cell in _MISSING else read(cell)


def _evidence(figures: Mapping[str, object], printed: Mapping[str, str]) -> dict[str, str]:
    return {column: printed[column] for column, value in figures.items() if value is not None}
