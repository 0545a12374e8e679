"""Claims become figures: each clause checked against the period and written down once."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from transforms.model import Refused
from transforms.seee.period import Period
from transforms.text.dates import day
from transforms.text.numbers import cny_per_t, number, percent
from transforms.text.quantities import unit_factor

ZERO_CNY = Decimal("0.00")
CHANGE_BASIS = {
    "day": "previous_close",
    "week": "previous_period_close",
    "month": "previous_period_close",
    "year": "previous_period_close",
}


@dataclass(slots=True)
class Sheet:
    """What a text states about its period.

    `values` and `evidence` (the printed words) are by column; `rounded` holds what the
    prose prints in 万 and 亿, in tonnes and yuan.
    """

    period: Period
    values: dict[str, Any] = field(default_factory=dict)
    evidence: dict[str, str] = field(default_factory=dict)
    rounded: dict[str, int | str] = field(default_factory=dict)

    def put(self, column: str, value: Any, quote: str) -> None:
        """Write a figure. Raises `Refused("contradiction")` if another one stands there."""
        known = self.values.setdefault(column, value)
        if known != value:
            before = self.evidence[column]
            raise Refused("contradiction", quote, f"{column} is {known} in {before!r}")
        self.evidence.setdefault(column, quote)

    def put_rounded(self, name: str, value: int | str, quote: str) -> None:
        """Write a figure that is printed rounded; a price or a share as it is printed.

        Raises `Refused("contradiction")`.
        """
        known = self.rounded.setdefault(name, value)
        if known != value:
            raise Refused("contradiction", quote, f"{name} is about {known} elsewhere")
        so_far = self.evidence.get("rounded_figures", "")
        if quote not in so_far:
            self.evidence["rounded_figures"] = f"{so_far};{quote}" if so_far else quote

    def states(self, leg: str) -> bool:
        """Whether the leg (or `total`, `cumulative`) is stated, exactly or rounded."""
        return f"{leg}_volume_t" in self.values or f"{leg}_volume_t" in self.rounded


Groups = tuple[str | None, ...]


def rounded(sheet: Sheet, printed: str, unit: str, base: str, quote: str) -> int:
    """A figure in 万 or 亿, in tonnes or yuan. Only the yearly prose prints such."""
    factor = unit_factor(unit, base)
    if sheet.period.kind != "year" or factor == 1:
        raise Refused(
            "wrong_unit", quote, "a bulletin prints 吨 and 元; the yearly prose 万 and 亿"
        )
    value = number(printed) * factor
    if value != int(value) or value >= 10**18:
        raise Refused("bad_number", quote, f"{printed}{unit} is no whole figure that fits")
    return int(value)


def expect_day(sheet: Sheet, printed: Groups, quote: str) -> None:
    year, month, day_of_month = printed
    expect(sheet.period.end, day(f"20{year}", str(month), str(day_of_month)), quote)


def expect(due: object, found: object, quote: str) -> None:
    if found != due:
        raise Refused("date_mismatch", quote, f"the text says {found}, the title {due}")


def change(sheet: Sheet, groups: Groups, quote: str, name: str) -> None:
    """`groups` end in direction and percentage; a price that is referred to is only checked."""
    reference, direction, printed = groups
    if reference:
        cny_per_t(reference)
    change = percent(str(printed))
    sheet.put("change_pct", -change if direction == "下跌" and change else change, quote)
    sheet.put("change_basis", CHANGE_BASIS[sheet.period.kind], quote)
