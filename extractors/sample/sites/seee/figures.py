"""The figures of the sample: every bulletin of the national market, read from `data`.

Days and weeks are simulated; months and years are the published aggregates to which the days add
up (`data/README.md`). Tonnes are integers, prices and turnovers decimals with two places (yuan per
tonne, yuan). Source of the aggregates: Shanghai Environment and Energy Exchange, credit required.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path

COMPOSITE_FROM = date(2023, 8, 28)
"""From here prices are the mean of all vintages; before it those of listed trades."""

DATA = Path(__file__).parent / "data"
Value = str | int | date | Decimal | None


@dataclass(frozen=True, slots=True)
class Leg:
    """Volume and turnover of one trade method, or of a total."""

    volume_t: int
    turnover_cny: Decimal

    def __add__(self, other: Leg) -> Leg:
        return Leg(self.volume_t + other.volume_t, self.turnover_cny + other.turnover_cny)


NOTHING = Leg(0, Decimal("0.00"))


@dataclass(frozen=True, slots=True)
class Figures:
    """What one bulletin carries. `auction` is None before auctions were offered.

    Prices, change, `ytd` and `cumulative` are None where the bulletin has none.
    `kind` is daily, weekly, monthly or yearly, `variety` the wording of its text.
    """

    kind: str
    variety: str
    period_start: date
    period_end: date
    price_basis: str
    open: Decimal | None
    high: Decimal | None
    low: Decimal | None
    close: Decimal | None
    change_pct: Decimal | None
    listed: Leg
    block: Leg
    auction: Leg | None
    total: Leg
    ytd: Leg | None
    cumulative: Leg | None

    @property
    def trade_date(self) -> date:
        return self.period_end

    @property
    def is_simulated(self) -> bool:
        """Days and weeks are made up; months and years are the exchange's own."""
        return self.kind in ("daily", "weekly")

    def as_row(self) -> dict[str, Value]:
        """What the bulletin's text carries, under the column names of the bulletin facts.

        The launch text has neither open, high, low nor block; dailies had no year-to-date before
        their variety D3, a day without trade no change, and the yearly prose of 2023 no exact
        volumes and turnovers.
        """
        launch, prose = self.variety.startswith("D0"), self.variety.startswith("Y2")
        row: dict[str, Value] = {
            "date": self.period_end,
            "period_start": self.period_start,
            "period_end": self.period_end,
            "kind": self.kind,
            "price_basis": self.price_basis,
            "open": None if launch else self.open,
            "high": None if launch else self.high,
            "low": None if launch else self.low,
            "close": self.close,
            "change_pct": None if self.variety.startswith("D5") else self.change_pct,
        }
        has_ytd = not self.variety.startswith(("D0", "D1", "D2"))
        legs = {
            "listed": None if prose else self.listed,
            "block": None if prose or launch else self.block,
            "auction": self.auction,
            "total": None if prose else self.total,
            "ytd": self.ytd if has_ytd else None,
            "cum": self.cumulative,
        }
        for name, leg in legs.items():
            row[f"{name}_vol_t"] = leg.volume_t if leg else None
            row[f"{name}_amt_cny"] = leg.turnover_cny if leg else None
        return row | {"variety": self.variety}


def lines_of(name: str) -> list[str]:
    """The lines of a data file, without its notes (which begin with `#`)."""
    lines = (DATA / name).read_text("utf-8").splitlines()
    return [line for line in lines if not line.startswith("#")]


def rows_of(name: str) -> Iterator[dict[str, str]]:
    """The rows of a CSV of the data, as text under its column names."""
    return csv.DictReader(lines_of(name))


def price_of(row: Mapping[str, str], column: str) -> Decimal | None:
    """A decimal of the row, None where the cell is empty."""
    return Decimal(row[column]) if row[column] else None


def leg_of(row: Mapping[str, str], name: str) -> Leg:
    """Volume and turnover of a leg. Raises where a cell is empty."""
    return Leg(int(row[f"{name}_volume_t"]), Decimal(row[f"{name}_turnover_cny"]))


def optional_leg(row: Mapping[str, str], name: str) -> Leg | None:
    """A leg, None where its volume is empty."""
    return leg_of(row, name) if row[f"{name}_volume_t"] else None


@cache
def bulletins() -> tuple[Figures, ...]:
    """All bulletins in the order of their publication: by last day, a shorter period first."""
    return tuple(
        Figures(
            kind=row["kind"],
            variety=row["variety"],
            period_start=date.fromisoformat(row["period_start"]),
            period_end=date.fromisoformat(row["period_end"]),
            price_basis=row["price_basis"],
            open=price_of(row, "open_cny_per_t"),
            high=price_of(row, "high_cny_per_t"),
            low=price_of(row, "low_cny_per_t"),
            close=price_of(row, "close_cny_per_t"),
            change_pct=price_of(row, "change_pct"),
            listed=leg_of(row, "listed"),
            block=leg_of(row, "block"),
            auction=optional_leg(row, "auction"),
            total=leg_of(row, "total"),
            ytd=optional_leg(row, "ytd"),
            cumulative=optional_leg(row, "cumulative"),
        )
        for row in rows_of("bulletins.csv")
    )


@cache
def bulletins_of(kind: str) -> tuple[Figures, ...]:
    """The bulletins of a kind (daily, weekly, monthly, yearly), ascending."""
    return tuple(each for each in bulletins() if each.kind == kind)


def days() -> tuple[Figures, ...]:
    """All trading days, ascending. Simulated."""
    return bulletins_of("daily")
