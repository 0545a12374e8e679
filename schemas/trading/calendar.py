"""The national market's trading calendar: what is known of each day, and how well.

Trading days are the weekdays that are not closed days; adjusted working weekends are never trading
days. The State Council announces the holidays of a year in the autumn before, the exchange its
closed days in December: until then a day is `derived` from rules, and nothing that matters rests
on it. No date is outside of the calendar.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cache, cached_property
from pathlib import Path

from schemas.trading.derived import derived_closed

MARKET = "cea"
"""The national allowance market, as `calendar_days` names it."""
LAUNCH = date(2021, 7, 16)
PUBLISHED_BY_HOUR = 18
"""Figures of a trading day are out by then, Asia/Shanghai (the exchange's own cadence)."""
LONGEST_CLOSURE = timedelta(days=14)
"""No closure has come near it: a day derived to be one of trading is due when it is that old."""

BASES = ("derived", "state_council", "exchange", "holidays_json", "person", "traded")
"""On what a day rests, the weakest first: a stronger one wins."""
_DERIVED = BASES[0]
_ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class CalendarDay:
    """Whether the market was, or will be, open on a day; who says so, and where."""

    date: date
    is_trading: bool
    reason: str = ""
    basis: str = _DERIVED
    evidence: str = ""

    @property
    def is_derived(self) -> bool:
        """Whether nobody has announced it."""
        return self.basis == _DERIVED

    @property
    def may_trade(self) -> bool:
        """Whether it is open, or a weekday of which nobody has said yet that it is closed."""
        return self.is_trading or (
            self.is_derived and self.date >= LAUNCH and _is_weekday(self.date)
        )


@dataclass(frozen=True)
class TradingCalendar:
    """The days that somebody has announced; any other is derived. `trouble` says what of the
    store could not be read for it."""

    announced: Mapping[date, CalendarDay] = field(default_factory=dict)
    trouble: str = ""

    def on(self, day: date) -> CalendarDay:
        """What is known of a day. Never raises."""
        known = self.announced.get(day)
        if known is not None:
            return known
        if not _is_weekday(day):
            return CalendarDay(day, False, "weekend")
        reason = derived_closed(day.year).get(day, "")
        return CalendarDay(day, not reason and day >= LAUNCH, reason)

    def is_trading_day(self, day: date) -> bool:
        """Whether the market was, or will be, open; days before the launch are closed."""
        return self.on(day).is_trading

    def days(self, first: date, last: date) -> Iterator[CalendarDay]:
        """Every day of a range, from the launch on, both ends included, ascending."""
        day = max(first, LAUNCH)
        while day <= last:
            yield self.on(day)
            if day == date.max:
                return
            day += _ONE_DAY

    def trading_days(self, first: date, last: date) -> Iterator[date]:
        """The trading days of a range, derived ones too."""
        return (day.date for day in self.days(first, last) if day.is_trading)

    def announced_days(self, first: date, last: date) -> Iterator[date]:
        """The trading days of a range that are more than derived."""
        return (d.date for d in self.days(first, last) if d.is_trading and not d.is_derived)

    def possible_days(self, first: date, last: date) -> Iterator[date]:
        """The trading days of a range, and the weekdays of which that is not known."""
        return (day.date for day in self.days(first, last) if day.may_trade)

    def due_days(self, first: date, last: date) -> Iterator[date]:
        """The trading days whose figures are due by `last`: those that are announced, and
        those derived that lie further back than any closure was long."""
        return (day.date for day in self.days(first, last) if self._is_due(day, last))

    def last_due(self, first: date, last: date) -> date | None:
        """The latest of `due_days`."""
        day, first = last, max(first, LAUNCH)
        while day >= first:
            if self._is_due(self.on(day), last):
                return day
            day -= _ONE_DAY
        return None

    @staticmethod
    def _is_due(day: CalendarDay, by: date) -> bool:
        return day.is_trading and (not day.is_derived or by - day.date >= LONGEST_CLOSURE)

    @cached_property
    def last_announced(self) -> date:
        """The last day of which anybody has said anything."""
        return max(self.announced, default=LAUNCH - _ONE_DAY)

    def basis_of_year(self, year: int) -> str:
        """The weakest basis of a weekday of the year."""
        days = self.days(date(year, 1, 1), date(year, 12, 31))
        bases = {day.basis for day in days if _is_weekday(day.date)}
        return min(bases, key=BASES.index, default=_DERIVED)


def _is_weekday(day: date) -> bool:
    return day.weekday() < 5


@cache
def shipped() -> TradingCalendar:
    """What carbonmart knows by itself (`schemas/trading/announced.yml`): the floor."""
    import yaml

    path = Path(__file__).with_name("announced.yml")
    years = yaml.load(path.read_text("utf-8"), Loader=yaml.CSafeLoader)
    return TradingCalendar({day.date: day for year in years.items() for day in _year(*year)})


def _year(year: int, told: Mapping[str, object]) -> Iterator[CalendarDay]:
    closed = {
        date.fromisoformat(f"{year}-{day}"): (reason, basis)
        for group, basis in (("closed", str(told["basis"])), ("exchange", "exchange"))
        for reason, days in dict(told.get(group, {})).items()  # type: ignore[call-overload]
        for day in days
    }
    basis, evidence = str(told["basis"]), str(told["notice"])
    day = date(year, 1, 1)
    while day.year == year:
        if day in closed:
            reason, by = closed[day]
            yield CalendarDay(day, False, reason, by, evidence)
        elif _is_weekday(day):
            yield CalendarDay(day, day >= LAUNCH, "", basis, evidence)
        else:
            yield CalendarDay(day, False, "weekend", basis, evidence)
        day += _ONE_DAY
