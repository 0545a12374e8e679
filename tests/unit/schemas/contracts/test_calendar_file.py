"""`calendar.yml`: what a person says of trading days is read strictly."""

from __future__ import annotations

from datetime import date

import pytest

from schemas.contracts.calendar_file import CalendarFileError, read_calendar_file

GOOD = """
- market: cea
  closed: [2027-02-04, 2027-02-05]
  open: [2027-02-08]
  reason: around New Year's Eve
  reported_by: A. Analyst
  date: 2026-01-05
  source: https://www.cneeex.com/c/2026-12-28/499001.shtml
"""


def test_the_days_of_a_file() -> None:
    found = read_calendar_file(GOOD, "calendar.yml")
    assert {day: told.is_trading for day, told in found.items()} == {
        date(2027, 2, 4): False,
        date(2027, 2, 5): False,
        date(2027, 2, 8): True,
    }
    assert {(d.basis, d.reason) for d in found.values()} == {("person", "around New Year's Eve")}
    assert all("A. Analyst" in day.evidence for day in found.values())
    assert read_calendar_file("", "calendar.yml") == {}


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("market: cea", "market: ccer", "line 2: no market 'ccer'"),
        ("  reported_by: A. Analyst\n", "", "missing: reported_by"),
        ("reason: around New Year's Eve", "reason: ''", "reason, line 5: is empty"),
        ("open: [2027-02-08]", "opens: [2027-02-08]", "unknown field 'opens'"),
        ("open: [2027-02-08]", "open: [2027-02-06]", "2027-02-06 can't be a trading day"),
        ("open: [2027-02-08]", "open: [2027-02-04]", "2027-02-04 stands twice"),
        ("open: [2027-02-08]", "open: 2027-02-08", "open, line 4: a list is wanted"),
        ("open: [2027-02-08]", "open: []", "open, line 4: no day is named"),
        ("2027-02-08", "2027-02-30", "day 1, line 4: '2027-02-30'"),
        ("2027-02-08", "9998-02-08", "nobody has announced days so far ahead"),
        ("date: 2026-01-05", "date: 2099-01-05", "a day of the future"),
        ("date: 2026-01-05", "date: yesterday", "not a day as YYYY-MM-DD"),
        ("- market", "market", "not YAML|a list is wanted"),
    ],
)
def test_a_file_that_is_not_as_it_has_to_be(old: str, new: str, told: str) -> None:
    assert old in GOOD
    with pytest.raises(CalendarFileError, match=told) as error:
        read_calendar_file(GOOD.replace(old, new, 1), "calendar.yml")
    assert str(error.value).startswith("calendar.yml")


def test_a_year_that_is_told_whole() -> None:
    whole = GOOD.replace("  open: [2027-02-08]\n", "  year: 2027\n")
    found = read_calendar_file(whole, "calendar.yml")
    assert len(found) == 365
    assert sum(day.is_trading for day in found.values()) == 261 - 2
    assert not found[date(2027, 2, 6)].is_trading
    for old, new in (
        ("year: 2027", "year: 2028"),
        ("closed: [2027-02-04, 2027-02-05]", "open: [2027-02-04]"),
    ):
        assert old in whole
        with pytest.raises(CalendarFileError, match="year, line 4"):
            read_calendar_file(whole.replace(old, new), "calendar.yml")


def test_a_statement_without_a_day_says_nothing() -> None:
    lines = [line for line in GOOD.splitlines() if "closed" not in line and "open" not in line]
    with pytest.raises(CalendarFileError, match="missing: closed or open"):
        read_calendar_file("\n".join(lines), "calendar.yml")
