"""Strict days, names of months, and dates in prose in English and both Chinese scripts."""

from __future__ import annotations

import calendar
from collections.abc import Callable
from contextlib import suppress
from datetime import date

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from extractors.sample.sites.hkex.markup import long_day
from transforms.model import Refused
from transforms.text import dates
from transforms.text.plain import same_length
from transforms.text.prose_dates import dates_in, span_in, whole_day

DAYS = st.dates(date(2007, 1, 1), date(2049, 12, 31))


def test_dates() -> None:
    assert dates.iso_day("2024-02-29") == date(2024, 2, 29)
    assert dates.compact_day("20240229") == date(2024, 2, 29)
    assert dates.day("2024", "2", "29") == date(2024, 2, 29)


@pytest.mark.parametrize(
    ("reader", "printed"),
    [
        (dates.iso_day, "2023-02-29"),
        (dates.iso_day, "2023-2-9"),
        (dates.iso_day, "20230209"),
        (dates.iso_day, "2023-02-09T00:00"),
        (dates.iso_day, ""),
        (dates.compact_day, "20230230"),
        (dates.compact_day, "2023-02-03"),
        (dates.compact_day, "２０２３０２０３"),
    ],
)
def test_bad_dates_are_refused(reader: Callable[[str], date], printed: str) -> None:
    with pytest.raises(Refused, match="bad_date"):
        reader(printed)


@given(st.dates())
def test_every_day_comes_back_from_its_strict_forms(day: date) -> None:
    assert dates.iso_day(day.isoformat()) == day
    assert dates.compact_day(day.isoformat().replace("-", "")) == day
    assert dates.day(day.year, f"{day.month:02}", str(day.day)) == day


@given(st.integers(1, 9998), st.integers(1, 12))
def test_the_day_after_the_last_is_of_the_next_month(year: int, month: int) -> None:
    last = dates.last_day(year, month)
    assert (last.year, last.month) == (year, month)
    assert date.fromordinal(last.toordinal() + 1).day == 1


@pytest.mark.parametrize("month", ["0", "13"])
def test_there_is_no_last_day_of_no_month(month: str) -> None:
    with pytest.raises(Refused, match="no such month"):
        dates.last_day(2024, month)


@pytest.mark.parametrize("number", range(1, 13))
def test_a_month_has_all_its_names(number: int) -> None:
    chinese = ("一", "二", "三", "四", "五", "六", "七", "八", "九", "十", "十一", "十二")
    names = {
        calendar.month_name[number],
        calendar.month_abbr[number],
        f"{calendar.month_abbr[number].upper()}.",
        f"{chinese[number - 1]}月",
        f"{number}月",
        f"{number:02} 月",
    }
    assert {dates.month_number(name) for name in names} == {number}


@pytest.mark.parametrize("name", ["", "0月", "13月", "十三月", "Juneau", "6", "月"])
def test_no_other_word_is_a_month(name: str) -> None:
    with pytest.raises(Refused, match="bad_date"):
        dates.month_number(name)


@given(st.text(max_size=20))
@example("十月十月 2024")
@example("31 Nov 2024")
@example("18 Dec 24")
@example("2024-12-18")
def test_no_other_text_is_a_date(text: str) -> None:
    with suppress(Refused):  # anything else that is raised fails
        assert str(whole_day(text).year) in same_length(text).plain


@given(DAYS, DAYS)
def test_dates_in_prose_are_found_where_they_stand(first: date, second: date) -> None:
    english = f"It opened on {first.day} {first:%B} {first.year} and closed on {second:%d %b %Y}."
    chinese = f"於{long_day(first, 'zh-HK')}開始，{long_day(second, 'zh-HK')}結束。"
    for text in (english, chinese):
        found = dates_in(text)
        assert [day for _, _, day in found] == [first, second]
        assert [whole_day(text[start:end]) for start, end, _ in found] == [first, second]


@given(DAYS, DAYS)
def test_a_range_has_both_its_ends(first: date, last: date) -> None:
    assume(first <= last)
    english = f"from {first.day} {first:%B} {first.year} to {last.day} {last:%B} {last.year}"
    chinese = f"{long_day(first, 'zh-CN')}至{long_day(last, 'zh-CN')}期间"
    for text in (english, chinese):
        span = span_in(text)
        assert span is not None
        assert (span.start, span.end) == (first, last)
    if first.year == last.year:
        short = f"{first.day} {first:%B} to {last.day} {last:%B} {last.year}"
        span = span_in(short)
        assert span is not None
        assert (span.start, span.end) == (first, last)
    at = span_in(f"截至{long_day(last, 'zh-HK')}")
    assert at is not None
    assert (at.start, at.end) == (None, last)
