"""Addresses of the Hong Kong exchange's news: one release has many, and one of them is its own.

A release is known by its id, `YYMMDD[n]news`: the day, and from its second release on the
number within that day, counted over all sections of the site. Links come with http or https,
over the gateway that turns traditional characters into simplified ones, and wrapped by mail
filters.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from urllib.parse import parse_qs, unquote, urlsplit

LANGUAGES = ("en", "zh-HK", "zh-CN")
"""Values of `sc_lang`; zh-CN is a conversion of zh-HK and so no evidence of its own."""
SECTIONS = (
    "News-Release",
    "Regulatory-Announcements",
    "Market-Communications",
    "Market-Consultations",
)

_SECTION = "|".join(SECTIONS)
ARTICLE_PATH = rf"(?i)^/News/(?:{_SECTION})/\d{{4}}/\d{{6,8}}news(?:\?|$)"
_ID = re.compile(
    rf"^/News/(?P<section>{_SECTION})/(?P<yyyy>\d{{4}})/"
    r"(?P<rid>(?P<yy>\d\d)(?P<mm>\d\d)(?P<dd>\d\d)(?P<seq>[1-9]\d?)?news)/?$",
    re.IGNORECASE,
)
_MEDIA_ID = re.compile(
    rf"^/-/media/(?:.*/)?(?P<section>{_SECTION})/(?P<yyyy>\d{{4}})/"
    r"(?P<rid>(?P<yy>\d\d)(?P<mm>\d\d)(?P<dd>\d\d)(?P<seq>[1-9]\d?)?news)/[^/]+$",
    re.IGNORECASE,
)
_GATEWAY = re.compile(r"^/TuniS/([^/]+)(/.*)$", re.IGNORECASE)
_PROXY_HOST = re.compile(r"(?:^|\.)url-protection\.com$", re.IGNORECASE)
_BY_NAME = {name.lower(): name for name in (*LANGUAGES, *SECTIONS)}
_MAX_WRAPPINGS = 3


@dataclass(frozen=True, slots=True)
class ReleaseAddress:
    """Where a release stands: its id and what the id says, and the language asked for."""

    release_id: str
    section: str
    year: int
    day: date
    number: int
    language: str
    is_file: bool = False

    def url(self, host: str, language: str = "") -> str:
        """The release's own address in a language (its own by default)."""
        asked = language or self.language
        path = f"/News/{self.section}/{self.year}/{self.release_id}"
        return f"https://{host}{path}?sc_lang={asked}"


def unwrapped(url: str) -> str:
    """The address that a link leads to: out of mail filters, out of the gateway, https."""
    for _ in range(_MAX_WRAPPINGS):
        parts = urlsplit(url)
        inner = parse_qs(parts.query).get("o", [""])[0]
        if not (_PROXY_HOST.search(parts.hostname or "") and inner):
            break
        url = unquote(inner)
    parts = urlsplit(url)
    if gateway := _GATEWAY.match(parts.path):
        return f"https://{gateway[1]}{gateway[2]}?sc_lang=zh-CN"
    if parts.scheme == "http":
        parts = parts._replace(scheme="https")
    return parts._replace(fragment="").geturl()


def address_of(url: str) -> ReleaseAddress | None:
    """What the address of a release, or of a file of it, says; None for any other address.

    The language is `en` where none is named. An id whose day is none of the calendar, or
    does not lie in the year of its folder, is no id.
    """
    parts = urlsplit(unwrapped(url))
    page, file = _ID.match(parts.path), _MEDIA_ID.match(parts.path)
    found = page or file
    if found is None:
        return None
    try:
        day = date(2000 + int(found["yy"]), int(found["mm"]), int(found["dd"]))
    except ValueError:
        return None
    if day.year != int(found["yyyy"]):
        return None
    section = _BY_NAME[found["section"].lower()]
    asked = parse_qs(parts.query).get("sc_lang", ["en"])[0]
    language = _BY_NAME.get(asked.lower(), "")
    number = int(found["seq"] or 1)
    return ReleaseAddress(
        found["rid"].lower(), section, day.year, day, number, language, is_file=page is None
    )
