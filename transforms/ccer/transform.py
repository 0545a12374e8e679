"""The voluntary market's records as rows: of its bulletins, and of the days of its JSON."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from schemas.sources.ccer.tables import SUBTOTAL
from transforms.ccer.bulletin import read_bulletin
from transforms.ccer.figures import AVERAGE, SUMS, figure
from transforms.model import Record, Refused, Remark, Row
from transforms.text.dates import compact_day
from transforms.text.plain import squeezed

KNOWN_TYPES = re.compile(r"能源产业.*|林业和其他碳汇类型")
_KEYS = ("business_amount", "business_price", "business_ave_price")
"""Volume, turnover (it is called a price) and average of a row, as `SUMS` and `AVERAGE`."""
_NOTHING = frozenset({"", "-", "--", "—", "–"})


def transform(record: Record) -> list[Row]:
    """The rows of a record `bulletin` or `day`, each taken whole or not at all.

    Raises `Refused`: those of `read_bulletin`; of a day `bad_date`, `bad_number`, `no_subtotal`,
    `duplicate_row`, `sums_differ`.
    """
    if record.kind not in ("bulletin", "day"):
        raise Refused("unknown_kind", record.kind, "no such kind of record in this source")
    try:
        return [read_bulletin(record.fields)] if record.kind == "bulletin" else _day(record.fields)
    except Refused as refused:
        refused.table = "ccer_bulletins" if record.kind == "bulletin" else "ccer_types"
        raise


def _day(fields: Mapping[str, Any]) -> list[Row]:
    """A day's rows, of each type and of their subtotal, which has to be what they add up to."""
    rows = [_type(fields["day"], cells) for cells in fields["rows"]]
    names = [row.values["profession"] for row in rows]
    if len(set(names)) != len(names) or "" in names:
        told = "a type stands there twice, or has no name"
        raise Refused("duplicate_row", ", ".join(names), told)
    if SUBTOTAL not in names:
        raise Refused("no_subtotal", ", ".join(names), f"no row {SUBTOTAL}")
    for name in SUMS:
        of = {each.values["profession"]: each.values[name] for each in rows}
        stated, summed = of.pop(SUBTOTAL), sum(of.values())
        if stated != summed:
            raise Refused("sums_differ", f"{stated}", f"{name} of the types is {summed}")
    return rows


def _type(on: str, cells: Mapping[str, str]) -> Row:
    profession = squeezed(cells["profession_name"])
    printed = {n: cells[key].strip() for n, key in zip((*SUMS, AVERAGE), _KEYS, strict=True)}
    printed = {name: cell for name, cell in printed.items() if cell not in _NOTHING}
    values = {
        "trade_date": compact_day(on),
        "profession": profession,
        "is_subtotal": profession == SUBTOTAL,
        **{name: figure(name, printed.get(name, "0")) for name in SUMS},
        AVERAGE: figure(AVERAGE, printed[AVERAGE]) if AVERAGE in printed else None,
    }
    if profession == SUBTOTAL or KNOWN_TYPES.fullmatch(profession):
        return Row("ccer_types", values, printed)
    told = "a type of project that is new; it is taken, and its name has to be looked at"
    return Row(
        "ccer_types", values, printed, (Remark("unknown_type", profession, told, is_signal=True),)
    )
