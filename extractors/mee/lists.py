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
from functools import partial
from urllib.parse import urljoin, urlsplit

from lxml import etree

from extractors.listing import ListPage, PagedList, items_of
from extractors.model import LayoutError, Link, Page
from extractors.parsing.html import Tree, decode
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


def notice_links(crawl: Crawl, source: Source) -> Iterator[Link]:
    """Details to fetch: those not held yet, and those young enough to be read again."""
    reread_from = crawl.today - timedelta(days=source.reread_days)
    seen: set[str] = set()
    for channel in CHANNELS:
        for item in items_of(crawl, _list_of(source, channel)):
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


def _list_of(source: Source, channel: ListChannel) -> PagedList[ListItem]:
    first = f"https://{source.hosts[0]}{channel.path}"
    return PagedList(
        Link(first, "list"),
        partial(read_list, first),
        key=lambda item: item.url,
        day=lambda item: item.day,
        ends="counted",
        is_due=channel.is_proven,
        most_pages=MAX_PAGES,
        what="a dated item",
    )


def read_list(first: str, page: Page, number: int) -> ListPage[ListItem]:
    """What page `number` of the list at `first` shows; the next stands in the plain form, else
    in the one with the template's number.

    Raises `LayoutError` for a dated item that can't be read.
    """
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
    names = [f"index_{number}.shtml"]
    if template:
        names.append(f"index_{template[1]}_{number}.shtml")
    following = tuple(Link(f"{first}{name}", "list") for name in names)
    return ListPage(tuple(items.values()), following, int(count[1]) if count else 1)


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
