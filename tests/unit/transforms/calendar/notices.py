"""Holiday notices made of dates, in each year's grammar: what the reader has to give back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

from extractors.model import Record
from transforms.calendar.transform import transform

NUMBERS = "一二三四五六七八九"
WEEKDAYS = "一二三四五六日"
Style = str
"""`bare`, `星期` (weekdays of days worked), `周` (weekdays of all days)."""


@dataclass(frozen=True)
class Holiday:
    """A line: the name, days off from the first to the last, weekends worked."""

    name: str
    first: date
    last: date
    worked: tuple[date, ...] = ()

    @property
    def off(self) -> list[date]:
        return [self.first + timedelta(days=n) for n in range((self.last - self.first).days + 1)]


@dataclass(frozen=True)
class Arrangement:
    """A year's holidays, and how its notice writes them."""

    year: int
    style: Style
    holidays: tuple[Holiday, ...]
    bare_days: frozenset[str] = field(default_factory=frozenset)
    """Holidays of one day that the notice joins with a weekend in words."""


def printed(day: date, style: Style, *, month: bool = True, year: int = 0) -> str:
    """A day as a notice prints it."""
    text = f"{day.year}年" if year else ""
    text += f"{day.month}月" if month else ""
    text += f"{day.day}日"
    said = {"bare": "", "星期": f"（星期{WEEKDAYS[day.weekday()]}）"}
    return text + said.get(style, f"（周{WEEKDAYS[day.weekday()]}）")


def line_of(holiday: Holiday, told: Arrangement) -> str:
    """A holiday's line without its number."""
    off_style = told.style if told.style == "周" else "bare"
    is_across = holiday.first.year != holiday.last.year
    years = told.year if is_across else 0
    text = printed(holiday.first, off_style, year=years)
    days = len(holiday.off)
    if days > 1:
        has_month = is_across or holiday.first.month != holiday.last.month
        end = printed(holiday.last, off_style, month=has_month, year=years)
        text += f"至{end}放假调休，共{days}天。"
    elif holiday.name in told.bare_days:
        text += "放假，与周末连休。"
    else:
        text += "放假1天，不调休。" if told.style == "周" else "放假，共1天。"
    if holiday.worked:
        worked = (
            printed(day, told.style, year=day.year if day.year != told.year else 0)
            for day in holiday.worked
        )
        text += "、".join(worked) + "上班。"
    return f"{holiday.name}：{text}"


def lines_of(told: Arrangement, *more: str) -> list[str]:
    """The notice's paragraphs: a preamble of our own, the numbered lines, what follows."""
    numbered = [f"{NUMBERS[n]}、{line_of(h, told)}" for n, h in enumerate(told.holidays)]
    signed = f"{told.year - 1}年11月4日"
    return ["各单位：", "安排如下。", *numbered, "请妥善值班。", *more, "演示办公室", signed]


def rows_of(
    title: str, lines: Sequence[str], kind: str = "notice", **fields: Any
) -> tuple[dict[str, Any], dict[date, dict[str, Any]]]:
    """The notice's values, and those of its days by date."""
    stated = {"title": title, "number": "", "published": "", "lines": list(lines)} | fields
    record = Record(
        *("calendar", kind, "https://x.example/", "f", datetime(2026, 1, 2, tzinfo=UTC), "d"),
        is_simulated=False,
        fields=stated,
    )
    first, *days = transform(record)
    return first.values, {row.values["date"]: row.values for row in days}


def title_of(year: int) -> str:
    return f"国务院办公厅关于{year}年部分节假日安排的通知"


def day(text: str, year: int) -> date:
    """`MM-DD`, or `YYYY-MM-DD`."""
    return date.fromisoformat(text if len(text) > 5 else f"{year}-{text}")


def arrangement(
    year: int, style: Style, lines: Mapping[str, str], bare: Sequence[str] = ()
) -> Arrangement:
    """From `name -> "first last worked worked"`."""
    holidays = []
    for name, days in lines.items():
        first, last, *worked = (day(text, year) for text in days.split())
        holidays.append(Holiday(name, first, last, tuple(worked)))
    return Arrangement(year, style, tuple(holidays), frozenset(bare))
