"""The sample of the exchange's site: which address answers what, on which evening."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from functools import cache
from typing import Any

from extractors.sample.site import JSON, Response, UnknownFault, error
from extractors.sample.sites.ccer.figures import (
    LAUNCH,
    LAUNCH_FILE,
    LAUNCHED,
    SO_FAR_ON,
    by_day,
    cumulative,
    types_of,
)
from extractors.sample.sites.ccer.pages import (
    ARTICLES,
    LIST,
    NINETY,
    address,
    article,
    bulletin_list,
    day_rows,
    launched,
    so_far,
    traded,
)

HOST = "www.ccer.com.example"
_DAY_FILE = re.compile(r"^/wcm/ccer/data/(\d{8})-first\.json$")
_ROBOTS = b"User-agent: *\nDisallow: /admin/\n"


@cache
def addresses() -> dict[str, date]:
    """The day of each article, by its address, the launch first."""
    return {address(day, 60_000 + 997 * n): day for n, day in enumerate((LAUNCH, *by_day()))}


def sentences(day: date) -> list[str]:
    """What a bulletin says: every other one of the day alone, some not for how much in all."""
    if day == LAUNCH:
        return [launched(day, LAUNCHED)]
    form = list(by_day()).index(day) % 4
    volume, turnover = cumulative()[day]
    told = [traded(day, by_day()[day])]
    if form in (1, 3) or day == SO_FAR_ON:
        told.append(so_far(day, volume, None if form == 3 and day != SO_FAR_ON else turnover))
    return told


class CcerSite:
    """All that the site holds on the evening of `until`; nothing later exists."""

    hosts = (HOST,)
    changes: tuple[str, ...] = ()

    def __init__(self, until: date) -> None:
        self.until = until

    def clear(self) -> None:
        """Nothing to take back."""

    def change(self, pattern: str, kind: str, args: Mapping[str, Any]) -> str:
        raise UnknownFault(f"the sample of the voluntary market knows no change {kind!r}")

    def empty_list(self, host: str, target: str) -> Response | None:
        """A list without an item; None where there is no list."""
        text = {LIST: bulletin_list(()), NINETY: "[]"}.get(target)
        return self._json(text) if text else None

    def respond(self, host: str, target: str, body: bytes | None = None) -> Response:
        """The response to a GET."""
        if body is not None:
            return error(405, "method not allowed")
        if target == "/robots.txt":
            return Response(_ROBOTS, "text/plain; charset=utf-8", last_modified=_evening(LAUNCH))
        if target == LIST:
            items = [(day, url) for url, day in addresses().items() if day <= self.until]
            return self._json(bulletin_list(reversed(items)))
        if target == NINETY:
            opens = self.until - timedelta(days=89)
            days = [d for d in reversed(by_day()) if opens <= d <= self.until]
            return self._json(_text([_rows(day) for day in days]))
        if found := _DAY_FILE.match(target):
            return self._day_file(found[1])
        day = addresses().get(target.removeprefix(ARTICLES))
        if day is None or day > self.until:
            return error(404, "not found")
        return Response(article(day, sentences(day)).encode(), last_modified=_evening(day))

    def _day_file(self, name: str) -> Response:
        known = {f"{day:%Y%m%d}": day for day in (LAUNCH, *by_day()) if day <= self.until}
        if name not in known:
            return error(404, "not found")
        return Response(
            _text(_rows(known[name])).encode(), JSON, last_modified=_evening(known[name])
        )

    def _json(self, text: str) -> Response:
        newest = max(day for day in (LAUNCH, *by_day()) if day <= max(self.until, LAUNCH))
        return Response(text.encode(), JSON, last_modified=_evening(newest))


def _rows(day: date) -> list[dict[str, str]]:
    return day_rows(day, types_of(day, LAUNCH_FILE if day == LAUNCH else by_day()[day]))


def _text(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, indent=1)


def _evening(day: date) -> datetime:
    """When a day's figures are out: 17:05 in Shanghai."""
    return datetime(day.year, day.month, day.day, 9, 5, tzinfo=UTC)


SITE = CcerSite
