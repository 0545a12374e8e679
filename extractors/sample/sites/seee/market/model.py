"""The shape of a bulletin's figures: tonnes as integers, prices and turnovers as decimals."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

ZERO = Decimal("0.00")
Value = str | int | date | Decimal | None


@dataclass(frozen=True, slots=True)
class Leg:
    """Volume and turnover of one trade method, or of a total."""

    volume_t: int
    turnover_cny: Decimal

    def __add__(self, other: Leg) -> Leg:
        return Leg(self.volume_t + other.volume_t, self.turnover_cny + other.turnover_cny)


NOTHING = Leg(0, ZERO)


@dataclass(frozen=True, slots=True)
class Figures:
    """What one bulletin carries. `auction` is None before auctions were offered.

    Prices, change, `ytd` and `cumulative` are None where the bulletin has none.
    `kind` is daily, weekly, monthly or yearly, `variety` as in the source reference.
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

    @property
    def is_no_trade(self) -> bool:
        return self.total.volume_t == 0

    @property
    def is_no_listed(self) -> bool:
        return self.listed.volume_t == 0

    @property
    def is_no_block(self) -> bool:
        return self.block.volume_t == 0

    @property
    def is_no_auction(self) -> bool:
        return self.auction is not None and self.auction.volume_t == 0

    @property
    def is_flat(self) -> bool:
        return self.change_pct == 0

    def as_row(self) -> dict[str, Value]:
        """What the bulletin's text carries, under the column names of the bulletin facts.

        The launch text has neither open, high, low nor block; dailies had no
        year-to-date before `FIRST_YTD_DAY`, a day without trade no change, and the
        yearly prose of 2023 no exact volumes and turnovers.
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


Day = Figures


def yuan(fen: int) -> Decimal:
    """Fen as yuan with two decimals."""
    return Decimal(fen).scaleb(-2)


def change(close: Decimal, previous: Decimal) -> Decimal:
    """Change in percent, rounded half up to two decimals."""
    exact = (close / previous - 1) * 100
    return exact.quantize(Decimal("0.01"), ROUND_HALF_UP)
