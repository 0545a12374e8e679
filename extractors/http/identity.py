"""Is a page the one that was asked for? What it states of itself, against what was asked.

Bytes that reached the wrong address (a proxy's mistake, an answer out of turn) are whole and
well-formed, and would be read as the page that they are not. So any page that states another
address, number or day than was asked for is refused, and asked for again.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from html import unescape
from urllib.parse import unquote, urlsplit

from extractors.decoding import InflateError, inflate
from extractors.source import PageKind

_HEAD = 65_536
_TAG = re.compile(rb"<(?:link|meta)\s[^<>]{1,2000}>", re.IGNORECASE)
_SAYS_ADDRESS = re.compile(
    r"""\b(?:rel|property|name)\s*=\s*["']?(?:canonical|shortlink|og:url|url)["'\s>]""",
    re.IGNORECASE,
)
_ADDRESS = re.compile(r"""\b(?:href|content)\s*=\s*(?:"([^"]*)"|'([^']*)')""", re.IGNORECASE)


def another(
    kind: PageKind | None,
    asked: tuple[str, str | None],
    headers: Mapping[str, str] | Iterable[tuple[str, str]],
    body: bytes,
) -> str:
    """What a good page states to be instead of what was asked for; empty where it does not.

    `asked` is the address and, of a query, its text; headers and body as `examine` has them.
    """
    if kind is None:
        return ""
    pairs = headers.items() if isinstance(headers, Mapping) else headers
    coding = next((value for name, value in pairs if name.lower() == "content-encoding"), "")
    try:
        page = inflate(body, coding, kind.max_bytes)
    except InflateError:
        return ""  # no good page: `examine` says so
    said = kind.stated(*asked, page) if kind.stated else ""
    return said or _another_address(kind, asked[0], page)


def _another_address(kind: PageKind, url: str, page: bytes) -> str:
    """Every page of a kind has a name, the end of its path. One that gives itself other names
    of that kind, and this one not among them, is another."""
    own, names = _name(url), []
    for address in _addresses(page[:_HEAD]):
        parts = urlsplit(address)
        target = parts.path + (f"?{parts.query}" if parts.query else "")
        if kind.regex.search(target):
            names.append(_name(address))
    return "" if own in names or not names else f"the page says that it is {names[0]!r}"


def _addresses(head: bytes) -> Iterator[str]:
    for tag in _TAG.findall(head):
        text = tag.decode("utf-8", "replace")
        found = _ADDRESS.search(text) if _SAYS_ADDRESS.search(text) else None
        if found:
            yield unescape(found[1] or found[2] or "").strip()


def _name(url: str) -> str:
    return unquote(urlsplit(url).path).rstrip("/").rpartition("/")[2].casefold()
