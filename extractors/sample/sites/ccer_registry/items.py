"""The items of the sample's tabs: made up, as many on the last day as the registry had that day.

Counts published: 7 projects on display, 41 registered, 4 reductions on display, 21 registered, 114
issued on 2026-07-19, of 81 applications (source: national registry of voluntary reductions).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache

REGISTERED, ON_DISPLAY = 41, 7
FIRST_PROJECT, LAST_PROJECT = date(2024, 8, 1), date(2026, 6, 30)
FIRST_REDUCTION, LAST_REDUCTION = date(2024, 12, 1), date(2026, 5, 1)
REDUCTIONS, ISSUED = 33, 30
IN_THREE_TABS = 29
"""Place of the application that is on display, registered and issued at once."""
KINDS = (
    ("A0102", "造林碳汇", "CCER-14-001-V01", "林业有限公司", 6_000),
    ("N0101", "并网海上风力发电", "CCER-01-002-V01", "海上风电有限公司", 800_000),
    ("N0102", "并网光热发电", "CCER-01-001-V01", "光热发电有限公司", 150_000),
)
"""Code and name of a type of project, its methodology, whose it is, tonnes a year or so."""
PROVINCES = ("湖北省", "广东省", "青海省", "福建省", "江苏省")
METHODOLOGIES = (
    *((number, name, date(2023, 10, 24)) for _, name, number, _, _ in KINDS),
    ("CCER-14-002-V01", "红树林营造", date(2023, 10, 24)),
    *(
        (f"CCER-20-{n:03}-V01", f"样例方法学{n}", date(2024, 12, 1) + timedelta(45 * n))
        for n in range(1, 13)
    ),
)
"""Number, name, day of publication."""
_DISPLAY, _DAY = timedelta(days=28), timedelta(days=1)


@dataclass(frozen=True, slots=True)
class TabItem:
    """What a tab lists from one day until before another. Ids are texts of nineteen digits."""

    tab: str
    apply_id: str
    project_id: str | None
    certification_id: str | None
    ccer_id: str | None
    place: int
    since: date
    until: date = date.max

    @property
    def is_displayed(self) -> bool:
        return self.tab in ("1", "3")

    def listed(self) -> dict[str, str | None]:
        """As the tab has it."""
        code, kind, _, owner, _ = KINDS[self.place % len(KINDS)]
        status = ("03", "公示中") if self.is_displayed else (None, None)
        return {
            "applyId": self.apply_id,
            "projectInfoId": self.project_id,
            "certificationId": self.certification_id,
            "ccerId": self.ccer_id,
            "projectName": f"样例{self.place + 1}号{kind}项目",
            "orgCustomerName": f"样例{self.place + 1}号{owner}",
            "projectType": code,
            "projectTypeName": kind,
            "applyStatus": status[0],
            "statusName": "已签发" if self.tab == "5" else status[1],
            "dataType": self.tab,
        }

    def detail(self) -> dict[str, str | int | None]:
        """What its detail has beside that."""
        _, name, number, _, tonnes = KINDS[self.place % len(KINDS)]
        ends = self.since + _DISPLAY - _DAY
        return {
            **self.listed(),
            "methodologyNum": number,
            "methodologyName": name,
            "provinceName": PROVINCES[self.place % len(PROVINCES)],
            "expectYearNum": tonnes + 37 * self.place,
            "certifiedNum": None if self.tab in ("1", "2") else tonnes // 4 + 11 * self.place,
            "publicStartDate": f"{self.since:%Y%m%d}" if self.is_displayed else None,
            "publicEndDate": f"{ends:%Y%m%d}" if self.is_displayed else None,
        }


@cache
def items() -> tuple[TabItem, ...]:
    """All that any tab ever lists."""
    return (*_projects(), *_reductions())


def _id(kind: int, number: int) -> str:
    """More digits than a float can hold."""
    return str(1_460_000_000_000_000_001 + kind * 10**16 + number * 977_531_777_772)


def _between(first: date, last: date, place: int, places: int) -> date:
    return first + (last - first) * place // (places - 1)


def _projects() -> Iterator[TabItem]:
    for place in range(REGISTERED + ON_DISPLAY):
        apply_id = _id(1, place)
        if place >= REGISTERED:
            shown = date(2026, 7, 1) + 2 * _DAY * (place - REGISTERED)
            yield TabItem("1", apply_id, None, None, None, place, shown)
            continue
        done = _between(FIRST_PROJECT, LAST_PROJECT, place, REGISTERED)
        shown = done - timedelta(days=45)
        yield TabItem("1", apply_id, None, None, None, place, shown, shown + _DISPLAY)
        yield TabItem("2", apply_id, _id(2, place), None, None, place, done)


def _reductions() -> Iterator[TabItem]:
    for n in range(REDUCTIONS):
        apply_id, place = _id(3, n), n % REGISTERED
        project, certificate = _id(2, place), _id(4, n)
        shown = _between(FIRST_REDUCTION, LAST_REDUCTION, n, IN_THREE_TABS)
        gone, done, issued = (shown + timedelta(days=days) for days in (28, 40, 55))
        if n >= IN_THREE_TABS:
            shown, gone = date(2026, 7, 1) + _DAY * (n - IN_THREE_TABS), date.max
            done, issued = date(2026, 7, 10), date(2026, 7, 15)
        yield TabItem("3", apply_id, project, None, None, place, shown, gone)
        if n >= ISSUED:
            continue
        left = issued + timedelta(days=150) if n < 9 else date.max
        yield TabItem("4", apply_id, project, certificate, None, place, done, left)
        for part in range(4 if n < 24 else 3):
            credit = _id(5, 10 * n + part)
            yield TabItem("5", apply_id, project, certificate, credit, place, issued)
