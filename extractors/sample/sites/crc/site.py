"""The sample of the registry's site: which address answers what, on which evening."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any

from extractors.sample.site import Response, UnknownFault, error
from extractors.sample.sites.crc.figures import (
    by_day,
    is_in_words,
    numbers,
    price_row,
    report,
)
from extractors.sample.sites.crc.pages import (
    PRICES,
    REPORTS,
    list_page,
    price_table,
    report_items,
    title_of,
)

HOST = "www.chinacrc.net.example"
ITEMS = 10
"""Days on a page of either list."""
_LIST = re.compile(rf"^({re.escape(PRICES)}|{re.escape(REPORTS)})(?:\?page=(\d+))?$")
_REPORT = re.compile(r"^/view/(\d+)\.html$")
_ROBOTS = b"User-agent: *\nDisallow: /admin/\n"
_START = datetime(2021, 7, 16, tzinfo=UTC)


class CrcSite:
    """All that the site holds on the evening of `until`; nothing later exists."""

    hosts = (HOST,)
    changes: tuple[str, ...] = ()

    def __init__(self, until: date) -> None:
        self.until = until

    def clear(self) -> None:
        """Nothing to take back."""

    def change(self, pattern: str, kind: str, args: Mapping[str, Any]) -> str:
        raise UnknownFault(f"the sample of the registry knows no change {kind!r}")

    def empty_list(self, host: str, target: str) -> Response | None:
        """A list without a day; None where there is no list."""
        found = _LIST.match(target)
        return self._list(found[1], [], 1, 1) if found else None

    def respond(self, host: str, target: str, body: bytes | None = None) -> Response:
        """The response to a GET."""
        if body is not None:
            return error(405, "method not allowed")
        if target == "/robots.txt":
            return Response(_ROBOTS, "text/plain; charset=utf-8", last_modified=_START)
        if found := _REPORT.match(target):
            return self._report(int(found[1]))
        if found := _LIST.match(target):
            days = [day for day in reversed(by_day()) if day <= self.until]
            number, pages = int(found[2] or 1), -(-len(days) // ITEMS)
            if 1 <= number <= pages:
                shown = days[ITEMS * (number - 1) : ITEMS * number]
                return self._list(found[1], shown, number, pages)
        return error(404, "not found")

    def _report(self, number: int) -> Response:
        day = next((day for day, its in numbers().items() if its == number), None)
        if day is None or day > self.until:
            return error(404, "not found")
        return Response(report(day).encode(), last_modified=_evening(day))

    def _list(self, path: str, days: list[date], number: int, pages: int) -> Response:
        if path == PRICES:
            content = price_table([price_row(day) for day in days])
        else:
            titles = ((numbers()[d], title_of(d, in_words=is_in_words(d))) for d in days)
            content = report_items(list(titles))
        html = list_page(path, content, number, pages).encode()
        return Response(html, last_modified=_evening(self.until))


def _evening(day: date) -> datetime:
    """When a day's figures are out: 17:00 in Shanghai."""
    return datetime(day.year, day.month, day.day, 9, 0, tzinfo=UTC)


SITE = CrcSite
