"""The sample of the pilot exchanges' sites: which address answers what, on which evening."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from typing import Any

from extractors.sample.days import FIRST_DAY
from extractors.sample.site import JSON, Response, UnknownFault, error
from extractors.sample.sites.pilots import pages
from extractors.sample.sites.pilots.figures import PilotDay, until

HOSTS = {
    "guangdong": "ets.cnemission.example",
    "hubei": "www.hbets.example",
    "shenzhen": "new.szets.example",
    "beijing": "www.bjets.com.example",
}
"""The sites that are asked. The pages of the others are only ever saved by somebody."""
HISTORY, DATA = "/carbon/portalIndex/markethistory", "/api/v1/cerx/deal-data/page"
_HUBEI = re.compile(r"^/list_51\.html(?:\?page=(\d+))?$")
_BEIJING = re.compile(r"^/article/jyxx/(?:\?(\d*))?$")
_RANGE = re.compile(r"beginTime=(\d{4}-\d\d-\d\d)&endTime=(\d{4}-\d\d-\d\d)$")
_PAGE = {"hubei": 12, "beijing": 15}
_ROBOTS = b"User-agent: *\nDisallow: /admin/\n"


class PilotSites:
    """All that the sites hold on the evening of `until`; nothing later exists."""

    hosts = tuple(HOSTS.values())
    changes: tuple[str, ...] = ()

    def __init__(self, until: date) -> None:
        self.until = until

    def clear(self) -> None:
        """Nothing to take back."""

    def change(self, pattern: str, kind: str, args: Mapping[str, Any]) -> str:
        raise UnknownFault(f"the sample of the pilot markets knows no change {kind!r}")

    def empty_list(self, host: str, target: str) -> Response | None:
        """A list without a day; None where there is no list."""
        if host == HOSTS["hubei"] and _HUBEI.match(target):
            return Response(pages.hubei([]).encode())
        if host == HOSTS["beijing"] and _BEIJING.match(target):
            return Response(pages.beijing([], 1).encode())
        return None

    def respond(self, host: str, target: str, body: bytes | None = None) -> Response:
        """The response to a GET, of Shenzhen to a POST."""
        if body is not None:
            is_data = (host, target) == (HOSTS["shenzhen"], DATA)
            return self._shenzhen(body) if is_data else error(405, "method not allowed")
        if target == "/robots.txt":
            return Response(_ROBOTS, "text/plain; charset=utf-8", last_modified=_evening(FIRST_DAY))
        if host == HOSTS["guangdong"] and target.startswith(f"{HISTORY}?"):
            return self._guangdong(target)
        if host == HOSTS["hubei"] and target == "/":
            days = [day for day in reversed(self._days("hubei")) if day.volume_t]
            return self._html(
                pages.hubei_home([(f"{d.trade_date}", float(d.price), d.volume_t) for d in days])
            )
        if host == HOSTS["hubei"] and (found := _HUBEI.match(target)):
            return self._listed("hubei", int(found[1] or 1), lambda rows, _: pages.hubei(rows))
        if host == HOSTS["beijing"] and (found := _BEIJING.match(target)):
            return self._listed("beijing", int(found[1] or 1), pages.beijing)
        return error(404, "not found")

    def _days(self, pilot: str) -> list[PilotDay]:
        return until(pilot, self.until)

    def _html(self, html: str) -> Response:
        return Response(html.encode(), last_modified=_evening(self.until))

    def _guangdong(self, target: str) -> Response:
        found = _RANGE.search(target)
        if found is None:
            return error(404, "not found")
        first, last = map(date.fromisoformat, found.groups())
        days = self._days("guangdong")
        shown = [day for day in days if day.volume_t and first <= day.trade_date <= last]
        changed = max(FIRST_DAY, min(self.until, last))
        html = pages.guangdong([_guangdong_row(day) for day in shown])
        return Response(html.encode(), last_modified=_evening(changed))

    def _listed(
        self, pilot: str, number: int, page: Callable[[list[pages.Cells], int], str]
    ) -> Response:
        row_of = _hubei_row if pilot == "hubei" else _beijing_row
        rows = [row for day in self._days(pilot) for row in row_of(day)]
        size = _PAGE[pilot]
        count = -(-len(rows) // size)
        if not 1 <= number <= max(count, 1):
            return error(404, "not found")
        return self._html(page(rows[size * (number - 1) : size * number], count))

    def _shenzhen(self, body: bytes) -> Response:
        asked = json.loads(body)
        rows = [_shenzhen_row(day) for day in self._days("shenzhen")]
        first = asked["page"] * asked["size"]
        answer = pages.shenzhen(rows[first : first + asked["size"]], len(rows), asked["size"])
        return Response(answer, JSON)


def _guangdong_row(of: PilotDay) -> pages.Cells:
    change = str(of.change or 0)
    prices = (of.before, of.price, of.high, of.low, change, f"{of.change_pct}%")
    printed = (f"{of.trade_date:%Y%m%d}", "GDEA", *prices, of.volume_t, of.turnover_cny)
    return [str(cell) for cell in printed]


def _hubei_row(of: PilotDay) -> list[pages.Cells]:
    """Volumes print as `3774.0`; a day on which nothing was traded has dashes."""
    figures = (of.price, of.change_pct, of.high, of.low, f"{of.volume_t}.0", of.turnover_cny)
    printed = (*figures, of.before) if of.volume_t else ("--",) * len(pages.HUBEI[2:])
    return [["HBEA", str(of.trade_date), *map(str, printed)]]


def _beijing_row(of: PilotDay) -> list[pages.Cells]:
    """Amount and product in one cell, in brackets of either width; now and then of credits. A
    day on which nothing was traded has no row."""
    if not of.volume_t:
        return []
    left, right = "（）" if of.volume_t % 2 else "()"
    day, amount = str(of.trade_date), f"{of.turnover_cny:,}{left}BEA{right}"
    rows: list[pages.Cells] = [(day, str(of.volume_t), str(of.price), amount)]
    if of.volume_t % 5 == 0:
        rows.append((day, "200", "31.50", f"6,300.00{left}PCER{right}"))
    return rows


def _shenzhen_row(of: PilotDay) -> dict[str, Any]:
    """Of a day on which nothing was traded open and close are those of the day before."""
    edges = (float(of.high), float(of.low)) if of.volume_t else (None, None)
    prices = (float(of.before), *edges, float(of.price))
    keys = ("dailyOpeningPrice", "dailyHighestPrice", "dailyLowestPrice", "dailyClosingPrice")
    return {
        "title": "每日行情SZEA",
        "tradeDate": str(of.trade_date),
        **dict(zip(keys, prices, strict=True)),
        "sumAmount": of.volume_t,
        "sumPrice": float(of.turnover_cny),
    }


def _evening(day: date) -> datetime:
    """When a day's figures are out: 17:00 in Shanghai."""
    return datetime(day.year, day.month, day.day, 9, 0, tzinfo=UTC)


SITE = PilotSites
