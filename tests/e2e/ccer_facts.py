"""The facts of the voluntary market as the pages that state them, saved as web archives.

Of most days nothing is published beside sums: they are simulated, so that they add up to what is
(the year, a week, what was traded by a day).
"""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from extractors.archive.archive import Archive
from extractors.model import SIMULATED_META, Link
from extractors.sample.sites.ccer.figures import minus, simulate, types_of
from extractors.sample.sites.ccer.pages import (
    NOTHING,
    Sums,
    address,
    article,
    day_rows,
    launched,
    so_far,
    traded,
)
from extractors.sample.sites.ccer_registry.items import TabItem, items
from extractors.warc.exchange import Exchange
from schemas.trading import shipped

FILE = Path(__file__).parents[1] / "facts" / "ccer.csv"
SITE, REGISTRY = "https://www.ccer.com.cn/wcm/ccer", "https://ccer.cets.org.cn/api"
TAB = f"{REGISTRY}/projectmanage/open/getOpeningApply"
Fact = dict[str, str]
LAUNCH, FIRST, LAST = date(2024, 1, 22), date(2025, 3, 7), date(2026, 9, 22)
PRICE = Decimal("88.17")
"""Of what the file states without its turnover."""
SNAPSHOTS = (date(2026, 7, 19), date(2026, 8, 22))


def facts() -> list[Fact]:
    with FILE.open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


FACTS = facts()


def stated(on: date, metric: str) -> Decimal | None:
    found = (f["value"] for f in FACTS if (f["date"], f["metric"]) == (f"{on}", metric))
    return next(map(Decimal, found), None)


def sums(on: date, name: str) -> Sums:
    """A volume with its turnover; one without is priced by `PRICE`."""
    volume = stated(on, f"{name}_volume")
    assert volume is not None
    turnover = stated(on, f"{name}_turnover")
    return int(volume), (volume * PRICE).quantize(Decimal("0.01")) if turnover is None else turnover


def stated_days() -> dict[date, Sums]:
    """The days of which the file has a figure of their own; a mean is told by what it is of."""
    found: dict[date, Sums] = {}
    for fact in FACTS:
        on = date.fromisoformat(fact["date"])
        if fact["metric"] == "no_trade":
            more = re.findall(r"(\d\d)-(\d\d)", fact["where_seen"])
            found |= dict.fromkeys([on, *(date(2026, int(m), int(d)) for m, d in more)], NOTHING)
        elif fact["metric"] == "day_volume":
            found[on] = sums(on, "day")
        elif fact["metric"] == "day_average":
            turnover, volume = re.findall(r"[\d.]+", fact["where_seen"])[:2]
            found[on] = int(volume), Decimal(turnover)
    return found


def all_days() -> dict[date, Sums]:
    """Every day of trading after the launch, in stretches between the sums that are published."""
    launch, known = sums(LAUNCH, "day"), stated_days()
    december, may = date(2025, 12, 1), date(2026, 5, 25)
    year, ytd = sums(date(2025, 12, 31), "year"), sums(LAST, "ytd")
    autumn = minus(sums(december, "cum"), launch)
    spring = minus((sums(may, "cum")[0], NOTHING[1]), launch, year)[0]
    spring_sums = spring, spring * Decimal(80)
    found = stretch(date(2025, 6, 30), date(2025, 7, 4), sums(date(2025, 7, 4), "week"), known)
    found = stretch(FIRST, december, autumn, known | found)
    found |= stretch(date(2025, 12, 2), date(2025, 12, 31), minus(year, autumn), known)
    found |= stretch(date(2026, 1, 1), may, spring_sums, known)
    return found | stretch(date(2026, 5, 26), LAST, minus(ytd, spring_sums), known)


def stretch(first: date, last: date, whole: Sums, known: Mapping[date, Sums]) -> dict[date, Sums]:
    days = list(shipped().trading_days(first, last))
    return simulate(days, whole, {day: known[day] for day in days if day in known})


def bulletins() -> Iterator[tuple[str, bytes]]:
    """The articles of all days, and their figures by type as the file of many days has them."""
    days, running = all_days(), sums(LAUNCH, "day")
    told = {LAUNCH: [launched(LAUNCH, running)]}
    for number, (day, of) in enumerate(days.items()):
        running = running[0] + of[0], running[1] + of[1]
        told[day] = [traded(day, of)]
        if stated(day, "cum_volume") or number % 7 == 3:
            told[day].append(so_far(day, *running))
    for number, (day, sentences) in enumerate(told.items()):
        html = article(day, sentences).replace(SIMULATED_META.decode(), "")
        yield f"{SITE}/html/{address(day, number)}", html.encode()
    rows = [day_rows(day, types_of(day, of)) for day, of in reversed(days.items())]
    yield f"{SITE}/data/90-first.json", _text(rows)
    part = stated(LAUNCH, "day_volume_in_first_json")
    assert part is not None
    launch_file = day_rows(LAUNCH, types_of(LAUNCH, (int(part), Decimal(27600))))
    yield f"{SITE}/data/20240122-first.json", _text(launch_file)


def _text(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False).encode()


def listed(on: date) -> dict[str, list[dict[str, Any]]]:
    """The tabs on the evenings of which the file counts their items."""
    then = [i for i in items() if i.since <= SNAPSHOTS[0] < i.until]
    tabs = {tab: [i.listed() for i in then if i.tab == tab] for tab in "1234567"}
    if on == SNAPSHOTS[1]:  # displays have ended: reductions on display are registered
        done: list[TabItem] = [i for i in then if i.tab == "3"]
        tabs["4"] = [
            *(i.listed() | {"certificationId": f"{int(i.apply_id) + 7}"} for i in done),
            *tabs["4"],
        ]
        tabs["1"], tabs["3"] = tabs["1"][:3], []
    return tabs


def tab_pages(on: date) -> Iterator[tuple[str, str, bytes]]:
    for tab, found in listed(on).items():
        for start in range(0, max(len(found), 1), 50):
            asked = {"pageNumber": start // 50 + 1, "pageSize": 50, "dataType": tab}
            answer = {"successful": True, "msg": None, "total": len(found)}
            yield TAB, json.dumps(asked), _text(answer | {"dataInfo": found[start : start + 50]})


def details() -> Iterator[tuple[str, str, bytes]]:
    """What the file has of two applications; the other ids are made up."""
    display, reduction = "1526163848812433408", "1467848714323365888"
    for apply_id, tab, fields in (
        (display, "1", {"expectYearNum": 6170, "methodologyNum": "CCER-14-001-V01",
                        "publicStartDate": "20260717", "publicEndDate": "20260813"}),
        (reduction, "5", {"expectYearNum": 804345, "certifiedNum": 225714,
                          "methodologyNum": "CCER-01-002-V01"}),
    ):  # fmt: skip
        ids = {"applyId": apply_id, "ccerId": None if tab == "1" else "1467848714323365999"}
        answer = {"successful": True, "msg": None, "dataInfo": ids | fields}
        yield f"{TAB}Detail", json.dumps(ids | {"dataType": tab}), _text(answer)


def methodologies() -> bytes:
    rows = [
        {"methodologyNum": f"CCER-14-{n:03}-V01", "methodologyName": f"方法学{n}",
         "publishDatetime": "2025-01-03 10:00:00"}
        for n in range(1, 19)
    ]  # fmt: skip
    return _text({"successful": True, "msg": None, "dataInfo": rows})


def records() -> Iterator[tuple[date, str, str | None, bytes]]:
    """When each answer was saved, its address, what was asked there, the answer."""
    yield from ((LAST, url, None, body) for url, body in bulletins())
    for on in SNAPSHOTS:
        yield from ((on, *page) for page in tab_pages(on))
    yield from ((SNAPSHOTS[0], *page) for page in details())
    yield SNAPSHOTS[1], f"{REGISTRY}/methodology/host/methodologVisit/20", None, methodologies()


def save(folder: Path) -> list[Path]:
    """All of it as web archives: each response with its request."""
    with Archive(folder).writer("saved", "saved", datetime.now(UTC)) as writer:
        for on, url, asked, body in records():
            kind = "text/html" if url.endswith(".shtml") else "application/json"
            saved = Exchange(
                link=Link(url, "page", body=asked),
                source="saved",
                kind="page",
                status=200,
                reason="OK",
                request_headers=(),
                response_headers=(("Content-Type", kind),),
                body=body,
                retrieved_at=datetime(on.year, on.month, on.day, 12, tzinfo=UTC),
            )
            writer.write(saved)
    return sorted(folder.rglob("*.warc.gz"))
