"""Columns that several marts have."""

from __future__ import annotations

from schemas.table import Column, Kind

TERMS = "derived; the terms of the sources it follows from apply, and each must be credited"


def derived(
    name: str,
    kind: Kind,
    says: str,
    formula: str,
    *,
    unit: str = "",
    nullable: bool = True,
    one_of: tuple[str, ...] = (),
    minimum: int | None = None,
) -> Column:
    """A column with its formula, which is in the data dictionary too."""
    return Column(
        name,
        kind,
        f"{says}; {formula}" if formula else says,
        nullable=nullable,
        one_of=one_of,
        minimum=minimum,
        unit=unit,
        formula=formula,
    )


def price(name: str, says: str, formula: str) -> Column:
    return derived(f"{name}_cny_per_t", Kind.PRICE, says, formula, unit="CNY/t", minimum=0)


def mean(name: str, says: str, formula: str) -> Column:
    """A mean price: a ratio, kept to four decimals."""
    return derived(f"{name}_cny_per_t", Kind.QUANTITY, says, formula, unit="CNY/t", minimum=0)


def leg(name: str, says: str, formula: str) -> tuple[Column, Column]:
    """A volume and its turnover."""
    return (
        derived(f"{name}_volume_t", Kind.INT, f"{says}: volume", formula, unit="t", minimum=0),
        derived(
            f"{name}_turnover_cny", Kind.MONEY, f"{says}: turnover", formula, unit="CNY", minimum=0
        ),
    )


def count(name: str, says: str, formula: str) -> Column:
    return derived(name, Kind.INT, says, formula, nullable=False, minimum=0)


def percent(name: str, says: str, formula: str) -> Column:
    return derived(name, Kind.PERCENT, says, formula, unit="%")
