"""The ministry's lists: three markups, one rule for an item, pages up to what the script prints.

An item is a `li` with a link and a date (`span.date`, or `span.cjcx_shijian` under /ywdt/);
navigation has no date. Pages are `index_1.shtml` and on; where those are missing, the form
with the template's number that the page itself names.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from urllib.parse import urljoin, urlsplit

from lxml import etree

from extractors.model import Link, Page
from extractors.parsing.html import LayoutError, Tree, decode
from extractors.source import Crawl, Source


@dataclass(frozen=True, slots=True)
class ListChannel:
    """A list: its folder, whether every item is read or only those whose title is about climate,
    and whether its path is proven on the live site."""

    path: str
    takes_all: bool = False
    is_proven: bool = True


CHANNELS = (
    ListChannel("/ywgz/ydqhbh/wsqtkz/", takes_all=True),
    ListChannel("/ywgz/ydqhbh/syqhbh/", takes_all=True),
    ListChannel("/ywgz/ydqhbh/qhbhlf/"),
    ListChannel("/zcwj/zyygwj/"),
    ListChannel("/zcwj/gwywj/"),
    ListChannel("/zcwj/bwj/ling/"),
    ListChannel("/zcwj/bwj/gg/"),
    ListChannel("/zcwj/bwj/wj/"),
    ListChannel("/zcwj/bwj/han/"),
    ListChannel("/zcwj/bgtwj/wj/"),
    ListChannel("/zcwj/bgtwj/han/"),
    ListChannel("/zcwj/zcjd/"),
    ListChannel("/ywdt/hjywnews/"),
    ListChannel("/ywdt/xwfb/"),
    ListChannel("/ywdt/zbft/"),
    ListChannel("/hdjl/yjzj/zjyj/"),
    ListChannel("/hdjl/yjzj/wqzj_1/", is_proven=False),
    ListChannel("/gzk/gz/", is_proven=False),
)

MAX_PAGES = 120
MAX_WALKS = 3
NOTICE = re.compile(r"/t(\d{8})_(\d+)\.s?html$")
_ABOUT = re.compile(
    r"碳|温室气体|气候|自愿减排|配额|CCER|重点排放单位|排放因子|排放报告|清缴|履约|核算|核查"
    r"|发电设施|扩围"
)
_DATE = re.compile(r"(\d{4})\s*[-./年]\s*(\d{1,2})\s*[-./月]\s*(\d{1,2})")
_COUNT = re.compile(r"countPage\s*=\s*(\d+)")
_TEMPLATE = re.compile(r"index_(\d+)(?:_\d+\.shtml|[\"'])")


@dataclass(frozen=True, slots=True)
class ListItem:
    """An entry of a list: absolute address as printed, title, day."""

    url: str
    title: str
    day: date


@dataclass(frozen=True, slots=True)
class ListPage:
    """A page of a list: its items, how many pages there are, the template's number if named."""

    items: tuple[ListItem, ...]
    pages: int
    template: str


def notice_links(crawl: Crawl, source: Source) -> Iterator[Link]:
    """Details to fetch: those not held yet, and those young enough to be read again."""
    reread_from = crawl.today - timedelta(days=source.reread_days)
    seen: set[str] = set()
    for channel in CHANNELS:
        for item in _walk_until_steady(crawl, source, channel):
            if not (channel.takes_all or _ABOUT.search(item.title)):
                continue
            url = source.canonical(item.url)
            if not source.owns(item.url) or url in seen:
                continue  # another publisher's page, or one that stands in several lists
            seen.add(url)
            kind = source.kind_of(url)
            if kind is None or not kind.yields_records:
                crawl.signal("unknown_address", url, item.title, "a listed page of no known kind")
                continue
            link = Link(url, kind.name)
            if item.day >= reread_from or not crawl.is_known(link):
                yield link


def _walk_until_steady(crawl: Crawl, source: Source, channel: ListChannel) -> list[ListItem]:
    """All items of the window. A list that shifted under the walk is walked again."""
    found: dict[str, ListItem] = {}
    first = f"https://{source.hosts[0]}{channel.path}"
    for _ in range(MAX_WALKS):
        walked = _walk(crawl, channel, first, found)
        if walked is None or walked[1] == 1:
            return list(found.values())  # one page can't shift under the walk
        again = _read(crawl, first)
        if again is not None and again.items == walked[0].items:
            return list(found.values())
    crawl.signal("list_unsteady", first, f"{MAX_WALKS} walks", "the list shifts while it is paged")
    return list(found.values())


def _walk(
    crawl: Crawl, channel: ListChannel, first: str, found: dict[str, ListItem]
) -> tuple[ListPage, int] | None:
    """Page through a list into `found`; its first page and how many were read."""
    top = page = _read(crawl, first)
    if top is None or page is None:
        tell = crawl.signal if channel.is_proven else crawl.remark
        tell("list_missing", first, "404", "no such list")
        return None
    if not top.items:
        crawl.signal("empty_list", first, "0 items", "a list page without a dated item")
    number = 1
    while page is not None:
        found.update((item.url, item) for item in page.items)
        if _is_past(page, crawl.since) or number >= top.pages:
            break
        if number == MAX_PAGES:
            crawl.signal("list_truncated", first, f"{MAX_PAGES} pages", "no list is so long")
            break
        page = _next(crawl, first, number, top)
        if page is None or not page.items:
            told = f"{number} of {top.pages} pages"
            crawl.signal("list_truncated", first, told, "the list ends before its last page")
            break
        number += 1
    return top, number


def _next(crawl: Crawl, first: str, number: int, top: ListPage) -> ListPage | None:
    """Page `number` (from 0); in the plain form, else in the one that the list itself names."""
    page = _read(crawl, f"{first}index_{number}.shtml")
    if page is None and top.template:
        page = _read(crawl, f"{first}index_{top.template}_{number}.shtml")
    return page


def _is_past(page: ListPage, since: date) -> bool:
    """Whether all that follows was published before the window: lists run newest first, and one
    that does not is read to its end."""
    days = [item.day for item in page.items]
    return bool(days) and days == sorted(days, reverse=True) and days[-1] < since


def _read(crawl: Crawl, url: str) -> ListPage | None:
    page = crawl.page(Link(url, "list"))
    return None if page is None else read_list(page)


def read_list(page: Page) -> ListPage:
    """What a list page shows. Raises `LayoutError` for a dated item that can't be read."""
    tree = Tree(page)
    items: dict[str, ListItem] = {}
    for li in tree.root.iter("li"):
        day = _day_of(li)
        if day is None:
            continue  # navigation
        found = _DATE.search(day)
        anchor = _anchor_of(li)
        if found is None or anchor is None:
            raise LayoutError(page, "a list item without a readable date or link", day)
        try:
            at = date(*(int(part) for part in found.groups()))
        except ValueError as error:
            raise LayoutError(page, f"a list item of no day: {error}", day) from error
        url = urljoin(page.url, str(anchor.get("href")).strip())
        title = str(anchor.get("title") or "").strip() or "".join(map(str, anchor.itertext()))
        if urlsplit(url).scheme in ("http", "https"):
            items.setdefault(url, ListItem(url, "".join(title.split()), at))
    text = decode(page)
    count, template = _COUNT.search(text), _TEMPLATE.search(text)
    return ListPage(
        tuple(items.values()), int(count[1]) if count else 1, template[1] if template else ""
    )


def _day_of(li: etree._Element) -> str | None:
    """The text of the item's own date; None for an item without one."""
    for span in li.iter("span"):
        tokens = str(span.get("class", "")).split()
        if "date" in tokens or "cjcx_shijian" in tokens:
            return "".join(map(str, span.itertext())).strip()
    return None


def _anchor_of(li: etree._Element) -> etree._Element | None:
    """The item's first link that leads somewhere and has words, or a title."""
    for anchor in li.iter("a"):
        href = str(anchor.get("href", "")).strip()
        says = str(anchor.get("title") or "") + "".join(map(str, anchor.itertext()))
        if href and not href.lower().startswith(("javascript:", "#")) and says.strip():
            return anchor
    return None
