"""The sample of the registry's open queries, as they are answered on an evening."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any

from extractors.sample.site import JSON, Response, UnknownFault, error
from extractors.sample.sites.ccer_registry.items import METHODOLOGIES, TabItem, items

HOST = "ccer.cets.org.example"
TAB, DETAIL = (f"/api/projectmanage/open/getOpeningApply{end}" for end in ("", "Detail"))
LIST = "/api/methodology/host/methodologVisit/20"
_IDS = ("applyId", "projectInfoId", "certificationId", "ccerId")
_START = datetime(2024, 1, 22, tzinfo=UTC)


class CcerRegistrySite:
    """All that the registry lists on the evening of `until`."""

    hosts = (HOST,)
    changes: tuple[str, ...] = ()

    def __init__(self, until: date) -> None:
        self.until = until

    def clear(self) -> None:
        """Nothing to take back."""

    def change(self, pattern: str, kind: str, args: Mapping[str, Any]) -> str:
        raise UnknownFault(f"the sample of the registry knows no change {kind!r}")

    def empty_list(self, host: str, target: str) -> Response | None:
        """A list without an item; None where there is no list."""
        return _answer([], total=0) if target in (TAB, LIST) else None

    def respond(self, host: str, target: str, body: bytes | None = None) -> Response:
        """The response to a GET of the methodologies, or to a query."""
        if target == "/robots.txt":
            return Response(b"User-agent: *\nDisallow:\n", "text/plain", last_modified=_START)
        if target == LIST and body is None:
            return self._methodologies()
        if target not in (TAB, DETAIL) or body is None:
            return error(404, "not found")
        try:
            asked = dict(json.loads(body))
        except ValueError:
            return error(400, "no JSON")
        return self._tab(asked) if target == TAB else self._detail(asked)

    def _tab(self, asked: Mapping[str, Any]) -> Response:
        """Only the tab is heard of what is asked; the newest come first."""
        size, number = int(asked["pageSize"]), int(asked["pageNumber"])
        listed = [item for item in self._ever(asked) if item.until > self.until]
        listed.sort(key=lambda item: (item.since, item.apply_id, item.ccer_id or ""), reverse=True)
        shown = listed[size * (number - 1) : size * number]
        return _answer([item.listed() for item in shown], total=len(listed))

    def _detail(self, asked: Mapping[str, Any]) -> Response:
        """By all ids of an item: without one of them that it has, there is an excuse."""
        for item in self._ever(asked):
            if all(
                asked.get(name) == value for name, value in item.listed().items() if name in _IDS
            ):
                return _answer(item.detail())
        return _answer(None, why="公示编号为空")

    def _ever(self, asked: Mapping[str, Any]) -> list[TabItem]:
        tab = asked.get("dataType")
        return [item for item in items() if item.tab == tab and item.since <= self.until]

    def _methodologies(self) -> Response:
        found = [each for each in METHODOLOGIES if each[2] <= self.until]
        rows = [
            {
                "methodologyNum": number,
                "methodologyName": name,
                "publishDatetime": f"{day} 00:00:00",
            }
            for number, name, day in sorted(found, key=lambda each: each[2], reverse=True)
        ]
        newest = max((day for *_, day in found), default=_START.date())
        made = datetime(newest.year, newest.month, newest.day, 2, tzinfo=UTC)
        return _answer(rows, total=len(rows), made=max(made, _START))


def _answer(
    found: object, *, total: int | None = None, why: str | None = None, made: datetime | None = None
) -> Response:
    told = {"successful": why is None, "msg": why, "total": total, "dataInfo": found}
    return Response(json.dumps(told, ensure_ascii=False).encode(), JSON, last_modified=made)


SITE = CcerRegistrySite
