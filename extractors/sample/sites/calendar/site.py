"""The sample of the government's search and notices, and of the exchange's column of notices.

The exchange's file of closed days stands on the exchange's own sample site.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime
from functools import cache
from html import escape
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import yaml

from extractors.sample.site import JSON, Response, UnknownFault, error

GOVERNMENT, SEARCH = "www.gov.example", "sousuo.www.gov.example"
QUERY, EXCHANGE = "shyx.cneeex.example", "overview.cneeex.example"
COLUMN, HITS, CLOSED_DAYS = "/tzgg/index.shtml", "/search-gov/data", "/assets/json/holidays.json"
ISSUER = "国务院办公厅"
_DATA = Path(__file__).parent / "data" / "notices.yml"
_ROBOTS = b"User-agent: *\nDisallow: /admin/\n"


class CalendarSite:
    """What both publishers have announced by the evening of `until`."""

    hosts = (GOVERNMENT, SEARCH, QUERY, EXCHANGE)
    changes: tuple[str, ...] = ()

    def __init__(self, until: date) -> None:
        self.until = until

    def clear(self) -> None:
        """Nothing to take back."""

    def change(self, pattern: str, kind: str, args: Mapping[str, Any]) -> str:
        raise UnknownFault(f"the sample of the calendar knows no change {kind!r}")

    def empty_list(self, host: str, target: str) -> Response | None:
        """A search without a hit, or a file without a day."""
        if host == SEARCH and target.startswith(HITS):
            return Response(_json({"code": 1001, "msg": "no match"}), JSON)
        return Response(b"[]", JSON) if (host, target) == (QUERY, CLOSED_DAYS) else None

    def respond(self, host: str, target: str, body: bytes | None = None) -> Response:
        """The response to a GET; what other sites of a host answer is not found here."""
        path = urlsplit(target).path
        if body is None and host in (GOVERNMENT, SEARCH) and path == "/robots.txt":
            return Response(_ROBOTS, "text/plain; charset=utf-8", last_modified=_morning(_FIRST))
        if body is None and (host, path) == (SEARCH, HITS):
            return Response(_json(self._hits()), JSON)
        if body is None and (host, path) == (EXCHANGE, COLUMN):
            return self._column()
        for notice in self._published():
            is_theirs = host == (EXCHANGE if notice["kind"] == "closures" else GOVERNMENT)
            if body is None and is_theirs and path in notice["paths"] and "lines" in notice:
                html = _closures(notice) if notice["kind"] == "closures" else _notice(notice)
                return Response(html.encode(), last_modified=_morning(notice["published"]))
        return error(404, "not found")

    def _published(self) -> Iterator[dict[str, Any]]:
        return (notice for notice in _notices() if notice["published"] <= self.until)

    def _hits(self) -> dict[str, Any]:
        rows = [
            {
                "title": str(notice["title"]).replace("2031年", "<em>2031</em>年"),
                "url": f"https://{GOVERNMENT}{path}",
                "puborg": notice.get("publisher", ISSUER),
                "pcode": notice.get("number", ""),
                "pubtimeStr": f"{notice['published']:%Y.%m.%d}",
            }
            for notice in self._published()
            if notice["kind"] != "closures"
            for path in notice["paths"]
        ]
        return {"code": 200, "searchVO": {"listVO": rows, "totalpage": 1}}

    def _column(self) -> Response:
        known = [notice for notice in self._published() if notice["kind"] == "closures"]
        items = "".join(
            f'<li><a href="{path}">{escape(notice["title"])}</a></li>\n'
            for notice in known
            for path in notice["paths"]
        )
        html = f"{_head('通知公告')}<ul>\n{items}<li><a href='/c/2021-07-01/900000.shtml'>"
        html += "关于系统测试的通知（样例）</a></li>\n</ul></body></html>\n"
        newest = max((notice["published"] for notice in known), default=_FIRST)
        return Response(html.encode(), last_modified=_morning(newest))


_FIRST = date(2021, 7, 1)


@cache
def _notices() -> tuple[dict[str, Any], ...]:
    return tuple(yaml.safe_load(_DATA.read_text(encoding="utf-8")))


def _morning(day: date) -> datetime:
    """When a day's notices are published."""
    return datetime(day.year, day.month, day.day, 2, 0, tzinfo=UTC)


def _head(title: str, metas: str = "") -> str:
    return (
        '<!DOCTYPE html>\n<html lang="zh-CN">\n<head><meta charset="utf-8">\n'
        f'<meta name="carbonmart-sample" content="simulated">\n{metas}'
        f"<title>{escape(title)}</title></head>\n<body>\n"
    )


def _paragraphs(notice: Mapping[str, Any]) -> str:
    return "".join(f"<p>{escape(line)}</p>\n" for line in notice["lines"])


def _notice(notice: Mapping[str, Any]) -> str:
    published = f'<meta name="firstpublishedtime" content="{notice["published"]}-10:00:00">\n'
    return (
        f"{_head(notice['title'], published)}<h1>{escape(notice['title'])}</h1>\n"
        f"<table><tr><td>发文字号：</td><td>{escape(notice['number'])}</td></tr></table>\n"
        f'<div id="UCAP-CONTENT">\n{_paragraphs(notice)}</div>\n</body></html>\n'
    )


def _closures(notice: Mapping[str, Any]) -> str:
    return (
        f"{_head(notice['title'])}<h3>{escape(notice['title'])}</h3>\n"
        f"<div>发布时间：{notice['published']}</div>\n{_paragraphs(notice)}"
        "<p>声明：样例，不得引用。</p>\n</body></html>\n"
    )


def _json(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


SITE = CalendarSite
