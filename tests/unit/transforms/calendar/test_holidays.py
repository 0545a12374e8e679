"""The State Council's notices in the grammar of each year, and what must be refused."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from schemas.trading import LAUNCH, shipped
from schemas.trading.derived import HOLIDAYS, festival
from tests.unit.transforms.calendar.notices import (
    Arrangement,
    Holiday,
    arrangement,
    lines_of,
    rows_of,
    title_of,
)
from transforms.model import Refused

JOINED = ("元旦", "清明节", "劳动节", "端午节", "中秋节")
YEARS = (
    arrangement(
        2019,
        "星期",
        {
            "元旦": "2018-12-30 2019-01-01 2018-12-29",
            "春节": "02-04 02-10 02-02 02-03",
            "清明节": "04-05 04-05",
            "劳动节": "05-01 05-01",
            "端午节": "06-07 06-07",
            "中秋节": "09-13 09-13",
            "国庆节": "10-01 10-07 09-29 10-12",
        },
        JOINED,
    ),
    arrangement(
        2020,
        "星期",
        {
            "元旦": "01-01 01-01",
            "春节": "01-24 01-30 01-19 02-01",
            "清明节": "04-04 04-06",
            "劳动节": "05-01 05-05 04-26 05-09",
            "端午节": "06-25 06-27 06-28",
            "国庆节、中秋节": "10-01 10-08 09-27 10-10",
        },
    ),
    arrangement(
        2021,
        "星期",
        {
            "元旦": "01-01 01-03",
            "春节": "02-11 02-17 02-07 02-20",
            "清明节": "04-03 04-05",
            "劳动节": "05-01 05-05 04-25 05-08",
            "端午节": "06-12 06-14",
            "中秋节": "09-19 09-21 09-18",
            "国庆节": "10-01 10-07 09-26 10-09",
        },
    ),
    arrangement(
        2022,
        "星期",
        {
            "元旦": "01-01 01-03",
            "春节": "01-31 02-06 01-29 01-30",
            "清明节": "04-03 04-05 04-02",
            "劳动节": "04-30 05-04 04-24 05-07",
            "端午节": "06-03 06-05",
            "中秋节": "09-10 09-12",
            "国庆节": "10-01 10-07 10-08 10-09",
        },
    ),
    arrangement(
        2023,
        "星期",
        {
            "元旦": "2022-12-31 2023-01-02",
            "春节": "01-21 01-27 01-28 01-29",
            "清明节": "04-05 04-05",
            "劳动节": "04-29 05-03 04-23 05-06",
            "端午节": "06-22 06-24 06-25",
            "中秋节、国庆节": "09-29 10-06 10-07 10-08",
        },
    ),
    arrangement(
        2024,
        "星期",
        {
            "元旦": "01-01 01-01",
            "春节": "02-10 02-17 02-04 02-18",
            "清明节": "04-04 04-06 04-07",
            "劳动节": "05-01 05-05 04-28 05-11",
            "端午节": "06-10 06-10",
            "中秋节": "09-15 09-17 09-14",
            "国庆节": "10-01 10-07 09-29 10-12",
        },
        JOINED,
    ),
    arrangement(
        2025,
        "周",
        {
            "元旦": "01-01 01-01",
            "春节": "01-28 02-04 01-26 02-08",
            "清明节": "04-04 04-06",
            "劳动节": "05-01 05-05 04-27",
            "端午节": "05-31 06-02",
            "国庆节、中秋节": "10-01 10-08 09-28 10-11",
        },
    ),
    arrangement(
        2026,
        "周",
        {
            "元旦": "01-01 01-03 01-04",
            "春节": "02-15 02-23 02-14 02-28",
            "清明节": "04-04 04-06",
            "劳动节": "05-01 05-05 05-09",
            "端午节": "06-19 06-21",
            "中秋节": "09-25 09-27",
            "国庆节": "10-01 10-07 09-20 10-10",
        },
    ),
)
TRADED = {2021: 114, 2022: 242, 2023: 242, 2024: 243, 2025: 243, 2026: 242}
"""Days of trading by the notices alone; in 2024 the exchange closed one day more."""


def closed(lines: list[str], title: str = title_of(2026)) -> Refused:
    with pytest.raises(Refused) as refused:
        rows_of(title, lines)
    return refused.value


@pytest.mark.parametrize("told", YEARS, ids=lambda told: str(told.year))
def test_each_years_notice_gives_its_days(told: Arrangement) -> None:
    values, days = rows_of(title_of(told.year), lines_of(told))
    assert (values["publisher"], values["year"], values["is_yearly"]) == (
        *("state_council", told.year),
        True,
    )
    off = {day for holiday in told.holidays for day in holiday.off}
    worked = {day for holiday in told.holidays for day in holiday.worked}
    assert {day for day in days if days[day]["reason"] not in (None, "weekend")} == off | worked
    assert not any(days[day]["is_trading"] for day in off | worked)
    traded = [day for day in days if days[day]["is_trading"]]
    assert len(traded) == TRADED.get(told.year, 0)
    known = shipped().announced
    differ = [day for day in days if day in known and known[day].is_trading != (day in traded)]
    assert differ == ([date(2024, 2, 9)] if told.year == 2024 else [])


@st.composite
def arrangements(draw: st.DrawFn) -> Arrangement:
    """A year with holidays about where they are, of any length, working any near weekends."""
    year = draw(st.integers(2022, 2095))
    days = {name: festival(name, year) for name in HOLIDAYS}
    taken: set[date] = set()
    holidays = []
    for name, on in sorted(days.items(), key=lambda item: str(item[1])):
        assert on is not None
        before, after = draw(st.integers(0, 3)), draw(st.integers(0, 6))
        first, last = on - timedelta(days=before), on + timedelta(days=after)
        off = {first + timedelta(days=n) for n in range(before + after + 1)}
        near = [first - timedelta(days=n) for n in range(1, 9)]
        weekends = [day for day in near if day.weekday() > 4 and day not in taken]
        some = st.lists(st.sampled_from(weekends), max_size=2, unique=True)
        worked = draw(some) if weekends else []
        assume(not off & taken and not set(worked) & off)
        taken |= off | set(worked)
        holidays.append(Holiday(name, first, last, tuple(sorted(worked))))
    return Arrangement(year, draw(st.sampled_from(["bare", "星期", "周"])), tuple(holidays))


@given(arrangements())
def test_a_notice_made_of_days_gives_them_back(told: Arrangement) -> None:
    _, days = rows_of(title_of(told.year), lines_of(told))
    off = {day for holiday in told.holidays for day in holiday.off}
    worked = {day for holiday in told.holidays for day in holiday.worked}
    assert {day for day, row in days.items() if row["reason"] in HOLIDAYS} == off
    assert {day for day, row in days.items() if row["reason"] == "working weekend"} == worked
    for day, row in days.items():
        assert row["is_trading"] == (day.weekday() < 5 and day not in off and day >= LAUNCH)
    assert sum(day.year == told.year for day in days) in (365, 366)


@given(arrangements(), st.data())
def test_a_line_with_another_day_or_count_is_never_read(
    told: Arrangement, data: st.DataObject
) -> None:
    """A digit that is wrong breaks a weekday, a count, or the day of the holiday itself."""
    told = Arrangement(told.year, "周", told.holidays)
    lines = lines_of(told)
    at = data.draw(st.sampled_from(range(2, 2 + len(told.holidays))))
    places = [n for n, char in enumerate(lines[at]) if char.isdigit()]
    place = data.draw(st.sampled_from(places))
    other = data.draw(st.sampled_from([c for c in "0123456789" if c != lines[at][place]]))
    lines[at] = lines[at][:place] + other + lines[at][place + 1 :]
    before = rows_of(title_of(told.year), lines_of(told))[1]
    try:
        after = rows_of(title_of(told.year), lines)[1]
    except Refused:
        return
    # Another weekend may be said to be worked: that is no trading day either.
    assert _open(after) == _open(before), lines[at]


def _open(days: dict[date, dict[str, Any]]) -> set[date]:
    return {day for day, row in days.items() if row["is_trading"]}


def test_new_year_may_begin_in_december_and_names_no_year() -> None:
    told = YEARS[4]
    lines = lines_of(told)
    lines[2] = "一、元旦：12月31日至1月2日放假调休，共3天。"
    assert rows_of(title_of(2023), lines)[1] == rows_of(title_of(2023), lines_of(told))[1]


def test_older_ways_to_move_a_day() -> None:
    lines = lines_of(YEARS[7])
    lines[4] = "三、清明节：4月5日放假，4月6日（星期一）补休。"
    _, days = rows_of(title_of(2026), lines)
    assert [d.day for d, row in days.items() if row["reason"] == "清明节"] == [5, 6]
    lines[4] = "三、清明节：4月5日放假，4月11日（星期六）公休日调至4月6日（星期一）。"
    _, days = rows_of(title_of(2026), lines)
    assert days[date(2026, 4, 11)]["reason"] == "working weekend"
    assert days[date(2026, 4, 6)]["reason"] == "清明节"


@pytest.mark.parametrize(
    ("line", "rule"),
    [
        ("三、清明节：4月4日（周日）至6日（周一）放假，共3天。", "wrong_weekday"),
        ("三、清明节：4月4日（周六）至6日（周一）放假，共4天。", "wrong_count"),
        ("三、清明节：4月4日至6日放假，共3天。4月8日上班。", "not_a_weekend"),
        ("三、清明节：4月6日至7日放假，共2天。", "festival_worked"),
        ("三、清明节：4月6日至4日放假，共3天。", "bad_range"),
        ("三、清明节：4月5日至31日放假。", "bad_date"),
        ("三、清明节：5日放假。", "month_unknown"),
        ("三、清明节：4月5日放假，另行通知4月6日的安排。", "unknown_clause"),
        ("三、清明节：另行通知。", "unknown_clause"),
        ("三、清明节：4月5日、4月5日放假。", "contradiction"),
        ("三、清明节：4月11日（周六）上班。", "no_day_off"),
        ("三、4月5日放假。", "unknown_line"),
        ("三、劳动节：5月1日放假。", "contradiction"),
    ],
)
def test_what_is_not_understood_or_not_so_refuses_the_notice(line: str, rule: str) -> None:
    lines = lines_of(YEARS[7])
    lines[4] = line
    assert closed(lines).rule == rule


def test_a_holiday_that_is_not_told_of_refuses_the_notice() -> None:
    lines = lines_of(YEARS[7])
    del lines[4]
    assert closed(lines).rule == "missing_holiday"


def test_a_notice_of_another_year_is_not_read() -> None:
    assert closed(lines_of(YEARS[7]), title_of(2027)).rule == "wrong_weekday"
    assert closed(lines_of(YEARS[7]), title_of(2024) + "的解读").rule == "unknown_title"
    assert closed(lines_of(YEARS[0]), title_of(2018)).rule == "festival_worked"


def test_an_amendment_says_only_the_days_it_names() -> None:
    title = "国务院办公厅关于调整2019年劳动节假期安排的通知"
    lines = ["一、2019年5月1日至4日放假调休，共4天。4月28日（星期日）、5月5日（星期日）上班。"]
    values, days = rows_of(title, [*lines, "二、请各单位值班。", "2019年3月21日"])
    assert not values["is_yearly"]
    assert values["closed_days"] == "2019-05-01 2019-05-02 2019-05-03 2019-05-04"
    assert [str(d) for d in days] == ["2019-04-28", *values["closed_days"].split(), "2019-05-05"]
    assert days[date(2019, 5, 2)]["reason"] == "劳动节"


def test_a_holiday_that_is_made_longer_is_off_from_its_own_day_on() -> None:
    title = "国务院办公厅关于延长2020年春节假期的通知"
    line = "一、延长2020年春节假期至2月2日（正月初九，星期日），2月3日（星期一）起正常上班。"
    _, days = rows_of(title, [line, "二、学校推迟开学。", "2020年1月26日"])
    assert (min(days), max(days)) == (date(2020, 1, 25), date(2020, 2, 2))
    assert {row["is_trading"] for row in days.values()} == {False}


@pytest.mark.parametrize("is_own_line", [True, False])
def test_leave_that_is_encouraged_on_a_day_is_told(is_own_line: bool) -> None:
    wish = "鼓励各单位安排职工在除夕（2月9日）休息。"
    lines = lines_of(YEARS[5], *([wish] if is_own_line else []))
    if not is_own_line:
        lines[3] += wish
    values, days = rows_of(title_of(2024), lines)
    assert values["encouraged_days"] == "2024-02-09"
    assert days[date(2024, 2, 9)]["is_trading"], "the State Council does not close it"
    values, _ = rows_of(title_of(2024), lines_of(YEARS[5], "鼓励带薪休假。"))
    assert values["encouraged_days"] is None
