"""The sample of ICAP's two hosts: which address answers what, on which evening."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any

from extractors.sample.site import JSON, Response, UnknownFault, error
from extractors.sample.sites.icap import LAST_DAY
from extractors.sample.sites.icap.explorer import systems_json
from extractors.sample.sites.icap.news import NewsItem, items
from extractors.sample.sites.icap.pages import HOST, article_page, list_page
from extractors.sample.sites.icap.prices_csv import download
from extractors.sample.sites.icap.profiles import ids, maplist, profile_page, slugs, standing
from extractors.sample.sites.icap.series import quarter_end

EXPLORER = f"allowancepriceexplorer.{HOST}"

_LIST = re.compile(r"^/en/news(?:\?page=(\d+))?$")
_PROFILE = re.compile(r"^(?:/en)?/(?:ets_system/(\d+)|ets/([a-z0-9-]+))$")
_DOWNLOAD = re.compile(r"^/systems/reports/price/download\?systemIds=([\d-]+)(?:&|$)")
_ROBOTS = b"User-agent: *\nDisallow: /admin/\nDisallow: /user/\n"
_START = datetime(2021, 7, 16, tzinfo=UTC)


class IcapSite:
    """All that both hosts hold on the evening of `until`; nothing later exists."""

    hosts = (HOST, EXPLORER)
    changes: tuple[str, ...] = ()

    def __init__(self, until: date | None = None) -> None:
        self._until = min(until or LAST_DAY, LAST_DAY)
        self._items: dict[str, NewsItem] | None = None

    @property
    def until(self) -> date:
        return self._until

    @until.setter
    def until(self, day: date | None) -> None:
        self._until = min(day or LAST_DAY, LAST_DAY)
        self._items = None

    def clear(self) -> None:
        """Nothing to take back."""

    def change(self, pattern: str, kind: str, args: Mapping[str, Any]) -> str:
        raise UnknownFault(f"ICAP's sample knows no change {kind!r}")

    def empty_list(self, host: str, target: str) -> Response | None:
        """The news list without an item; None where there is no list."""
        if host != HOST or not _LIST.match(target):
            return None
        return Response(list_page((), 0).encode(), last_modified=_evening(self._until))

    def respond(self, host: str, target: str, body: bytes | None = None) -> Response:
        """The response to a GET."""
        if host not in self.hosts:
            return error(421, f"no such host: {host}")
        if target == "/robots.txt":
            return Response(_ROBOTS, "text/plain; charset=utf-8", last_modified=_START)
        if body is not None:
            return error(405, "method not allowed")
        if host == EXPLORER:
            return self._explorer(target)
        if found := _LIST.match(target):
            shown = list(self._shown().values())
            modified = _evening(max(item.modified for item in shown))
            return Response(list_page(shown, int(found[1] or 0)).encode(), last_modified=modified)
        if target == "/en/json/maplist":
            return Response(maplist(self._until), JSON, last_modified=_START)
        if found := _PROFILE.match(target):
            return self._profile(int(found[1]) if found[1] else slugs().get(found[2], 0))
        return self._article(target)

    def _profile(self, number: int) -> Response:
        found = standing(number, self._until) if number in ids(self._until) else None
        if found is None:
            return error(404, "not found")
        return Response(profile_page(found[0]).encode(), last_modified=_evening(found[1]))

    def _explorer(self, target: str) -> Response:
        shown = quarter_end(self._until)
        if found := _DOWNLOAD.match(target):
            asked = [int(number) for number in found[1].split("-")]
            return Response(download(asked, shown), "text/csv", last_modified=_evening(shown))
        if target != "/api/systems":
            return error(404, "not found")
        return Response(systems_json(shown), JSON, last_modified=_evening(shown))

    def _shown(self) -> dict[str, NewsItem]:
        if self._items is None:
            self._items = {item.path: item for item in items(self._until)}
        return self._items

    def _article(self, target: str) -> Response:
        item = self._shown().get(target)
        if item is None:
            return error(404, "not found")
        return Response(
            article_page(item).encode(),
            last_modified=_evening(item.modified),
            is_simulated=item.is_simulated,
        )


def _evening(day: date) -> datetime:
    """When a day's pages are published: 16:30 UTC."""
    return datetime(day.year, day.month, day.day, 16, 30, tzinfo=UTC)


SITE = IcapSite
