"""The sample of the Hong Kong exchange's news site: which address answers what, on which night."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import cache, cached_property
from typing import Any
from urllib.parse import parse_qs

from extractors.sample.site import JSON, Response, UnknownFault, error
from extractors.sample.sites.hkex import LAST_DAY
from extractors.sample.sites.hkex.markup import (
    FIRST_ROWS,
    HOST,
    LANGUAGES,
    TAB_ITEM,
    SampleRelease,
    Text,
    article_page,
    feed,
    list_page,
    load_more,
)
from extractors.sample.sites.hkex.releases import carbon_releases, control_releases

FEED_ITEMS = 15

_ARTICLE = re.compile(r"^/News/News-Release/\d{4}/(\d{6,8}news)$", re.IGNORECASE)
_FEED = "/services/rss-feeds/news-releases"
_LIST = "/news/news-release"
_MORE = "/layouts/hkex_common/tab/newscentredetailsload.aspx/displaynewscentredetailsload"
_ROBOTS = b"User-agent: *\nDisallow: /sitecore/\n"
_RSS = "application/rss+xml; charset=utf-8"


@cache
def all_releases() -> tuple[SampleRelease, ...]:
    """Every release, newest first; of one day the last number first."""
    releases = {release.release_id: release for release in control_releases()}
    releases |= {release.release_id: release for release in carbon_releases()}
    return tuple(sorted(releases.values(), key=lambda r: (r.day, r.number), reverse=True))


class HkexSite:
    """All that the site holds on the evening of `until`."""

    hosts = (HOST,)
    changes = ("rewrite", "withdraw")

    def __init__(self, until: date | None = None) -> None:
        self._until = min(until or LAST_DAY, LAST_DAY)
        self.clear()

    @property
    def until(self) -> date:
        return self._until

    @until.setter
    def until(self, day: date | None) -> None:
        self._until = min(day or LAST_DAY, LAST_DAY)

    def clear(self) -> None:
        """Forget rewritten and withdrawn releases."""
        self.__dict__.pop("_releases", None)
        self._rewritten: dict[str, date] = {}

    @cached_property
    def _releases(self) -> dict[str, SampleRelease]:
        """By id, as changed. Read when the site is first asked."""
        return {release.release_id: release for release in all_releases()}

    def respond(self, host: str, target: str, body: bytes | None = None) -> Response:
        """The response to a GET (`body` None) or a POST."""
        path, _, query = target.partition("?")
        asked = {name.lower(): value[0] for name, value in parse_qs(query).items()}
        if path == "/robots.txt":
            return Response(_ROBOTS, "text/plain; charset=utf-8", last_modified=_START)
        if path.lower() == _MORE:
            return error(405, "method not allowed") if body is None else self._more(body)
        if body is not None:
            return error(405, "method not allowed")
        if path.lower() == _FEED:
            return self._feed(asked.get("sc_lang", "en"))
        if path.lower() == _LIST:
            return self._list(target, asked)
        if found := _ARTICLE.match(path):
            return self._article(found[1].lower(), asked.get("sc_lang", "en"))
        return error(404, "not found")

    def empty_list(self, host: str, target: str) -> Response | None:
        """A dated list without a row; None where there is no list."""
        path, _, query = target.partition("?")
        if path.lower() != _LIST:
            return None
        asked = {name.lower(): value[0] for name, value in parse_qs(query).items()}
        html = list_page((), asked.get("datefrom", ""), asked.get("dateto", ""), target, self.until)
        return Response(html.encode())

    def change(self, pattern: str, kind: str, args: Mapping[str, Any]) -> str:
        """`rewrite`: in the texts of the release whose id is the pattern, `old` becomes `new`,
        in all languages or in `language`. `withdraw`: it is gone, from lists too."""
        release = self._releases.get(pattern)
        if release is None:
            raise UnknownFault(f"no release {pattern!r} in the sample")
        if kind == "withdraw":
            del self._releases[pattern]
            return release.path()
        old, new = str(args["old"]), str(args["new"])
        shown = {name: t for name in LANGUAGES if (t := release.text(name, self.until))}
        chosen = {str(args["language"])} if "language" in args else set(shown)
        texts = {
            name: _rewritten(text, old, new) if name in chosen else text
            for name, text in shown.items()
        }
        if texts == shown:
            raise UnknownFault(f"{old!r} stands in no text of {pattern}")
        self._releases[pattern] = replace(release, texts=texts, edited=None)
        self._rewritten[pattern] = self.until
        return release.path()

    def _visible(self) -> list[SampleRelease]:
        return [release for release in self._releases.values() if release.day <= self.until]

    def _between(self, first: str, last: str) -> list[SampleRelease]:
        """The releases of a window; where the dates can't be read, all: as the site does."""
        try:
            start, end = date.fromisoformat(first), date.fromisoformat(last)
        except ValueError:
            return self._visible()
        return [release for release in self._visible() if start <= release.day <= end]

    def _feed(self, language: str) -> Response:
        # The Chinese feeds are thin: without an item.
        newest = self._visible()[:FEED_ITEMS] if language.lower() == "en" else []
        modified = _evening(newest[0].day) if newest else _START
        return Response(feed(newest, self.until), _RSS, last_modified=modified)

    def _list(self, target: str, asked: Mapping[str, str]) -> Response:
        first, last = asked.get("datefrom", ""), asked.get("dateto", "")
        found = self._between(first, last)
        html = list_page(found, first, last, target, self.until)
        modified = _evening(found[0].day if found else self.until)
        return Response(html.encode(), last_modified=modified)

    def _more(self, body: bytes) -> Response:
        try:
            asked = json.loads(body)
            start, step = int(asked["currentcount"]), int(asked["loadmorecount"])
            is_ours = asked["TabItemSourceID"] == TAB_ITEM and asked["host"] == HOST
            found = self._between(asked["datefrom"], asked["dateto"])
        except (ValueError, KeyError, TypeError):
            return error(500, "internal server error")
        if not is_ours or step != FIRST_ROWS:
            return Response(b'{"d":null}', JSON)
        return Response(load_more(found[start : start + step], self.until), JSON)

    def _article(self, release_id: str, language: str) -> Response:
        release = self._releases.get(release_id)
        names = {name.lower(): name for name in LANGUAGES}
        spelt = names.get(language.lower(), "")
        if release is None or release.day > self.until or not release.text(spelt, self.until):
            return error(404, "not found")
        html = article_page(release, spelt, self.until)
        changed = release.edited[0] if release.is_edited(self.until) and release.edited else None
        day = self._rewritten.get(release_id) or changed or release.day
        return Response(
            html.encode(), last_modified=_evening(day), is_simulated=release.is_simulated
        )


_START = datetime(2021, 7, 1, tzinfo=UTC)


def _evening(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 9, 30, tzinfo=UTC) + timedelta(minutes=1)


def _rewritten(text: Text, old: str, new: str) -> Text:
    return replace(
        text,
        title=text.title.replace(old, new),
        paragraphs=tuple(
            words for each in text.paragraphs if (words := each.replace(old, new)).strip()
        ),
    )


SITE = HkexSite
