"""Columns that several marts have."""

from __future__ import annotations

from schemas.core.table import Column, Kind, Table

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
    rests_on: tuple[str, ...] = (),
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
        rests_on=rests_on,
    )


def price(name: str, says: str, formula: str, *rests_on: str) -> Column:
    return derived(
        f"{name}_cny_per_t",
        Kind.PRICE,
        says,
        formula,
        unit="CNY/t",
        minimum=0,
        rests_on=rests_on,
    )


def mean(name: str, says: str, formula: str, *rests_on: str) -> Column:
    """A mean price: a ratio, kept to four decimals."""
    return derived(
        f"{name}_cny_per_t",
        Kind.QUANTITY,
        says,
        formula,
        unit="CNY/t",
        minimum=0,
        rests_on=rests_on,
    )


def leg(name: str, says: str, formula: str, of: str = "") -> tuple[Column, Column]:
    """A volume and its turnover; `of` is the leg they rest on, where it has another name."""
    kinds = (("volume_t", Kind.INT, "t"), ("turnover_cny", Kind.MONEY, "CNY"))
    volume, turnover = (
        derived(
            f"{name}_{amount}",
            kind,
            f"{says}: {amount.split('_')[0]}",
            formula,
            unit=unit,
            minimum=0,
            rests_on=(f"{of}_{amount}",) if of else (),
        )
        for amount, kind, unit in kinds
    )
    return volume, turnover


def count(name: str, says: str, formula: str, *rests_on: str) -> Column:
    return derived(name, Kind.INT, says, formula, nullable=False, minimum=0, rests_on=rests_on)


def percent(name: str, says: str, formula: str, *rests_on: str) -> Column:
    return derived(name, Kind.PERCENT, says, formula, unit="%", rests_on=rests_on)


def mart(
    name: str,
    says: str,
    key: tuple[str, ...],
    own: tuple[Column, ...],
    sparse: tuple[str, ...] = (),
) -> Table:
    """A mart; the first column of its key is the one it is pruned by."""
    return Table(
        name=name,
        says=says,
        key=key,
        own=own,
        prune_by=key[0],
        order_by=(),
        is_mart=True,
        terms=TERMS,
        sparse=sparse,
    )
