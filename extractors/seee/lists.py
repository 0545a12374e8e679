"""The exchange's bulletin lists: static pages 1-10 of a year, then the dynamic pager.

Stopping at the static pages loses January to late May of every full year without
a word, so the walk follows the pager's own links to its last page and compares
the number of pages with what the pager prints.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator
from datetime import date, timedelta

from extractors.listing import ListPage, PagedList, items_of
from extractors.model import Link, Page
from extractors.parsing.html import Tree
from extractors.source import Crawl, Source

STATIC_PAGES, PAGE_SIZE = 10, 15
"""So many pages of a list are files, of so many articles; those after them may not answer."""
DAILY = "mrgk/"
FOLDERS = (
    (DAILY + "{year}n/", 7, True),
    ("mzgk/{year}n/", 21, True),
    ("jysj/ydgk/{year}n/", 45, True),
    ("jysj/ndgk/", 0, False),
)
"""List folder below /qgtpfqjy/; days into a year before its folder is due (a year without
a bulletin yet has none); whether its path is proven on the live site."""

_ARTICLE = re.compile(r"^https://[^/]+/c/(\d{4}-\d\d-\d\d)/(\d+)\.shtml$")
_WANTED = re.compile(r"c/\d{4}-\d\d-\d\d/\d+\.shtml|index_\d+\.shtml")
"""What the printed address of an article or of a list page holds, however relative it is."""
_TITLE = re.compile(r"全国碳市场每(?:日|周|月|年)\S{0,40}?\d{8}")
_PAGE_BAR = re.compile(r"(?<!\d)(\d++)\s*+/\s*+(\d++)\s*+页")


def bulletin_links(crawl: Crawl, source: Source) -> Iterator[Link]:
    """Articles to fetch: those not held yet, and those young enough to be read again."""
    reread_from = crawl.today - timedelta(days=source.reread_days)
    seen: set[str] = set()
    for first, is_due in _first_pages(crawl, source):
        paged = PagedList(
            Link(first, "bulletin_list"),
            lambda page, number: read_list(source, page),
            key=str,
            day=_day_of,
            is_due=is_due,
            is_accounted=DAILY in first,
            what="a bulletin",
        )
        for url in items_of(crawl, paged):
            link = Link(url, "bulletin")
            if url not in seen and (_day_of(url) >= reread_from or not crawl.is_known(link)):
                seen.add(url)
                yield link


def _first_pages(crawl: Crawl, source: Source) -> Iterator[tuple[str, bool]]:
    """First page of each list of the window, and whether it has to be there by now."""
    base = f"https://{source.hosts[0]}/qgtpfqjy/"
    for folder, days, is_proven in FOLDERS:
        if "{year}" not in folder:
            yield f"{base}{folder}index.shtml", is_proven
            continue
        for year in range(crawl.today.year, crawl.since.year - 1, -1):
            opens = max(date(year, 1, 1), source.first_day)
            is_due = is_proven and crawl.today >= opens + timedelta(days=days)
            yield f"{base}{folder.format(year=year)}index.shtml", is_due


def behind_lists(
    crawl: Crawl, source: Source, today: date, known: Collection[Link]
) -> tuple[int, int]:
    """How many requests the lists of the window are with their articles, beyond those known: the
    least, if each list ends after its static pages and no article is later than the window, and
    the most."""
    least = most = 0
    for year in range(crawl.since.year, crawl.today.year + 1):
        first, end = max(crawl.since, date(year, 1, 1)), min(today, date(year, 12, 31))
        days = list(crawl.trading_days(first, end))
        for period in ("%Y-%m-%d", "%G-%V", "%Y-%m"):
            ends = _ends(days, period)
            static = ends[-STATIC_PAGES * PAGE_SIZE :]  # the newest come first
            least += _requests(sum(day <= crawl.today for day in static))
            most += _requests(len(ends))
        most += bool(days)  # the year's own bulletin
    held = sum(link.kind in ("bulletin_list", "bulletin") for link in known)
    return max(0, least - held), max(0, most + 1 - held)


def _ends(days: Iterable[date], period: str) -> list[date]:
    """The last day of each period, which strftime tells apart by `period`."""
    return list({f"{day:{period}}": day for day in days}.values())


def _requests(articles: int) -> int:
    """The articles of a list and its pages; the first page is looked at again after others."""
    pages = -(-articles // PAGE_SIZE)
    return articles + pages + (pages > 1)


def _day_of(url: str) -> date:
    return date.fromisoformat(_ARTICLE.match(url)[1])  # type: ignore[index]


def read_list(source: Source, page: Page) -> ListPage[str]:
    """The articles of a list page, newest first. Raises `LayoutError` if it can't be read."""
    tree = Tree(page)
    current = int(found[1]) if (found := re.search(r"index_(\d+)\.shtml$", page.url)) else 1
    after = re.compile(rf"/index_{current + 1}\.shtml$")
    articles: dict[str, None] = {}
    next_url = ""
    for anchor in tree.anchors(_WANTED):
        if anchor.href in articles:
            continue  # the second <li> of an article
        href = source.canonical(anchor.href) if source.owns(anchor.href) else anchor.href
        if _ARTICLE.match(href) and _TITLE.search(anchor.text):
            articles.setdefault(href)
        elif after.search(href) and source.owns(href):
            next_url = next_url or href
    bar = _PAGE_BAR.search(tree.text())
    following = (Link(next_url, "bulletin_list"),) if next_url else ()
    return ListPage(tuple(articles), following, int(bar[2]) if bar else current)
