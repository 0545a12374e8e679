"""The sample of the ministry's site: which address answers what, on the evening of a day."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import cache, cached_property
from typing import Any
from urllib.parse import parse_qs, urlsplit

from extractors.sample.site import Response, UnknownFault, error
from extractors.sample.sites.mee.attachments import content_type, make_file
from extractors.sample.sites.mee.documents import all_docs
from extractors.sample.sites.mee.lists import PER_PAGE, list_page, page_count, search_page
from extractors.sample.sites.mee.model import BIG5_HOST, HOST, LISTS, STATE_HOST, VANISHING, Doc
from extractors.sample.sites.mee.pages import detail_page

_LIST = re.compile(r"^(/(?:zcwj|ywgz|ywdt|hdjl|gzk)/(?:[\w-]+/)*)(?:index(?:_(\d+))?\.shtml)?$")
_TEMPLATED = re.compile(r"^(/(?:zcwj|ywgz|ywdt|hdjl|gzk)/(?:[\w-]+/)*)index_8597_(\d+)\.shtml$")
_ROBOTS = b"User-agent: *\nDisallow: /admin/\n"
_START = datetime(2020, 12, 1, tzinfo=UTC)


class MeeSite:
    """All that the site holds on the evening of `until`; nothing later exists.

    Changes: `revise` a page (`old`, `new` words of its text), `vanish` (a page answers 404 and
    leaves its lists), `unlist` (it leaves its lists only), `templated` (list pages but the first
    answer in the template's form alone).
    """

    hosts = (HOST, BIG5_HOST, STATE_HOST)
    changes = ("revise", "vanish", "unlist", "templated")

    def __init__(self, until: date) -> None:
        self.until = until
        self.clear()

    def clear(self) -> None:
        self.__dict__.pop("_docs", None)
        self._unlisted: set[str] = set()
        self._gone: set[str] = set()
        self._is_templated = False

    @cached_property
    def _docs(self) -> dict[tuple[str, str], Doc]:
        """By host and path, as changed. Read when the site is first asked."""
        return {(doc.host, doc.path): doc for doc in all_docs()}

    def change(self, pattern: str, kind: str, args: Mapping[str, Any]) -> str:
        """Play one of `changes` on the pages whose path matches; gives the first's path."""
        if kind == "templated":
            self._is_templated = True
            return ""
        found = [doc for doc in self._docs.values() if re.search(pattern or VANISHING, doc.path)]
        if not found:
            raise UnknownFault(f"no page of the ministry's sample matches {pattern!r}")
        for doc in found:
            if kind == "revise":
                self._revise(doc, str(args["old"]), str(args["new"]))
            else:
                self._unlisted.add(doc.path)
            if kind == "vanish":
                self._gone.add(doc.path)
        return found[0].path

    def _revise(self, doc: Doc, old: str, new: str) -> None:
        texts = tuple(
            text for each in doc.paragraphs if (text := each.replace(old, new)) or each != old
        )
        changed = replace(
            doc,
            title=doc.title.replace(old, new),
            paragraphs=tuple(text for text in texts if text),
            modified=doc.modified + 1,
        )
        if (changed.title, changed.paragraphs) == (doc.title, doc.paragraphs):
            raise UnknownFault(f"{doc.path} does not say {old!r}")
        self._docs[doc.host, doc.path] = changed

    def empty_list(self, host: str, target: str) -> Response | None:
        found = _LIST.match(target.partition("?")[0])
        if host != HOST or not found or found[1] not in LISTS:
            return None
        return self._page(list_page(found[1], [], int(found[2] or 0), 1), self.until)

    def respond(self, host: str, target: str, body: bytes | None = None) -> Response:
        path = target.partition("?")[0]
        if path == "/robots.txt":
            return Response(_ROBOTS, "text/plain; charset=utf-8", last_modified=_START)
        if body is not None:
            return error(405, "method not allowed")
        if host == BIG5_HOST:
            host, path = HOST, path.removeprefix("/gate/big5/www.mee.gov.cn")
        if path == "/was5/web/search":
            return self._search(target)
        if doc := self._docs.get((host, path)):
            if doc.published > self.until or path in self._gone:
                return error(404, "页面不存在")
            return _detail(doc)
        if file := self._file(host, path):
            return file
        return self._list(host, path)

    def _file(self, host: str, path: str) -> Response | None:
        for doc in self._docs.values():
            if doc.host == host and path.startswith(doc.folder) and doc.published <= self.until:
                for file in doc.files:
                    if path == doc.folder + file.name:
                        body = make_file(file.name, file.pages, file.table, is_ruled=file.is_ruled)
                        return Response(
                            body,
                            content_type(file.name),
                            last_modified=_evening(doc.published),
                            is_simulated=doc.is_simulated,
                        )
        return None

    def _list(self, host: str, path: str) -> Response:
        found = _LIST.match(path)
        templated = _TEMPLATED.match(path)
        if self._is_templated and found and found[2]:
            return error(404, "页面不存在")
        found = templated if self._is_templated and templated else found
        if host != HOST or not found or found[1] not in LISTS:
            return error(404, "页面不存在")
        docs = self._listed(found[1])
        number, pages = int(found[2] or 0), page_count(len(docs))
        if number >= pages:
            return error(404, "页面不存在")
        shown = docs[number * PER_PAGE : (number + 1) * PER_PAGE]
        html = list_page(found[1], shown, number, pages)
        if self._is_templated:
            html = html.replace("'index'", "'index_8597'")
        return self._page(html, max((d.published for d in shown), default=date(2021, 1, 1)))

    def _listed(self, folder: str) -> list[Doc]:
        docs = [
            doc
            for doc in self._docs.values()
            if folder in doc.lists
            and doc.published <= self.until
            and doc.path not in self._unlisted
        ]
        return sorted(docs, key=lambda doc: (doc.published, doc.path), reverse=True)

    def _search(self, target: str) -> Response:
        word = parse_qs(urlsplit(target).query).get("searchword", [""])[0]
        docs = [
            doc
            for doc in self._docs.values()
            if word and word in doc.title and doc.host == HOST and doc.published <= self.until
        ]
        docs.sort(key=lambda doc: (doc.published, doc.path), reverse=True)
        return self._page(search_page(docs[:10], word), self.until)

    def _page(self, html: str, day: date) -> Response:
        return Response(html.encode(), last_modified=_evening(day))


@cache
def _detail(doc: Doc) -> Response:
    modified = _evening(doc.published) + timedelta(hours=16 * doc.modified)
    html = detail_page(doc).encode()
    return Response(html, last_modified=modified, is_simulated=doc.is_simulated)


def _evening(day: date) -> datetime:
    """When a day's pages are published: 16:30 in Shanghai."""
    return datetime(day.year, day.month, day.day, 8, 30, tzinfo=UTC)


SITE = MeeSite
