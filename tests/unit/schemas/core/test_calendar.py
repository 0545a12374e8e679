"""The trading calendar: what is announced, what is derived, and that no date is outside of it."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.trading import LAUNCH, CalendarDay, TradingCalendar, shipped
from schemas.trading.derived import derived_closed

NOTHING = TradingCalendar()


def year(number: int) -> tuple[date, date]:
    return date(number, 1, 1), date(number, 12, 31)


def test_the_years_that_are_shipped_have_the_exchanges_own_counts() -> None:
    counts = {y: len(list(shipped().announced_days(*year(y)))) for y in range(2020, 2028)}
    assert counts == {
        2020: 0,
        2021: 114,
        2022: 242,
        2023: 242,
        2024: 242,
        2025: 243,
        2026: 242,
        2027: 0,
    }
    first = LAUNCH
    assert len(list(shipped().trading_days(first, date(2026, 9, 30)))) == 1_264
    assert not shipped().is_trading_day(date(2024, 2, 9)), "the exchange alone was closed"


@pytest.mark.parametrize("number", [2025, 2026])
def test_the_rules_give_the_years_that_were_made_by_them(number: int) -> None:
    days = shipped().days(*year(number))
    closed = {day.date for day in days if not day.is_trading and day.date.weekday() < 5}
    assert set(derived_closed(number)) == closed


def test_2027_as_the_rules_give_it() -> None:
    """Source: the prediction worked out by hand from the principle of November 2024."""
    days = (
        "01-01 02-05 02-08 02-09 02-10 02-11 02-12 04-05 05-03 05-04 05-05 06-09 09-15 "
        "10-01 10-04 10-05 10-06 10-07"
    )
    assert [f"{day:%m-%d}" for day in derived_closed(2027)] == days.split()
    assert len(list(shipped().trading_days(*year(2027)))) == 243


@given(st.dates())
def test_no_date_is_outside_of_the_calendar(day: date) -> None:
    for calendar in (NOTHING, shipped()):
        known = calendar.on(day)
        assert known.date == day
        assert known.may_trade >= known.is_trading
        if known.is_trading:
            assert day >= LAUNCH
            assert day.weekday() < 5
        due = calendar.last_due(day - timedelta(days=30) if day.year > 1 else day, day)
        assert due is None or due <= day


@pytest.mark.parametrize("first", [date(2101, 1, 1), date(9999, 12, 1)])
def test_past_the_lunar_tables_the_days_of_the_solar_calendar_are_left(first: date) -> None:
    closed = {day.reason for day in NOTHING.days(first, date(first.year, 12, 31))}
    assert closed <= {"", "weekend", "元旦", "劳动节", "国庆节"}
    assert list(NOTHING.trading_days(first, date(first.year, 12, 31)))


def test_a_derived_day_is_due_when_no_closure_could_explain_its_silence() -> None:
    assert shipped().last_due(LAUNCH, date(2027, 1, 4)) == date(2026, 12, 31)
    assert shipped().last_due(LAUNCH, date(2027, 2, 10)) == date(2027, 1, 27)
    assert shipped().last_due(LAUNCH, date(2031, 1, 2)) == date(2030, 12, 19)
    assert shipped().last_due(LAUNCH, date(2026, 12, 31)) == date(2026, 12, 31)
    days = list(shipped().due_days(date(2026, 12, 30), date(2027, 1, 20)))
    assert days == [
        *(date(2026, 12, 30), date(2026, 12, 31)),
        *(date(2027, 1, 4), date(2027, 1, 5), date(2027, 1, 6)),
    ]


def test_a_derived_weekday_may_be_one_of_trading_and_an_announced_one_not() -> None:
    eve = date(2027, 2, 5)
    assert shipped().on(eve) == CalendarDay(eve, False, "春节")
    assert eve in shipped().possible_days(*year(2027))
    told = TradingCalendar({eve: CalendarDay(eve, False, "春节", "state_council")})
    assert eve not in told.possible_days(*year(2027))
    weekend = date(2027, 1, 9)
    assert weekend not in shipped().possible_days(*year(2027))


def test_a_year_is_as_well_known_as_its_least_known_weekday() -> None:
    assert shipped().basis_of_year(2025) == "exchange"
    assert shipped().basis_of_year(2027) == "derived"
    days = {day.date: day for day in shipped().days(*year(2025))}
    some = TradingCalendar(days | {date(2025, 3, 3): CalendarDay(date(2025, 3, 3), True)})
    assert some.basis_of_year(2025) == "derived"
