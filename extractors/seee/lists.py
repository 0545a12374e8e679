"""The exchange's bulletin lists: static pages 1-10 of a year, then the dynamic pager.

Stopping at the static pages loses January to late May of every full year without
a word, so the walk follows the pager's own links to its last page and compares
the number of pages with what the pager prints.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from extractors.model import Link, Page
from extractors.parsing.html import Tree
from extractors.source import Crawl, Source

FOLDERS = (
    ("mrgk/{year}n/", 7, True),
    ("mzgk/{year}n/", 21, True),
    ("jysj/ydgk/{year}n/", 45, True),
    ("jysj/ndgk/", 0, False),
)
"""List folder below /qgtpfqjy/; days into a year before its folder is due (a year without
a bulletin yet has none); whether its path is proven on the live site."""

MAX_PAGES = 60
_MAX_WALKS = 3
_ARTICLE = re.compile(r"^https://[^/]+/c/(\d{4}-\d\d-\d\d)/(\d+)\.shtml$")
_WANTED = re.compile(r"c/\d{4}-\d\d-\d\d/\d+\.shtml|index_\d+\.shtml")
"""What the printed address of an article or of a list page holds, however relative it is."""
_TITLE = re.compile(r"全国碳市场每(?:日|周|月|年)\S*?\d{8}")
_PAGE_BAR = re.compile(r"(\d+)\s*/\s*(\d+)\s*页")


@dataclass(frozen=True, slots=True)
class ListPage:
    """What one page of a list shows: its articles (newest first), and where it goes on."""

    articles: tuple[str, ...]
    next_url: str
    pages: int


def bulletin_links(crawl: Crawl, source: Source) -> Iterator[Link]:
    """Articles to fetch: those not held yet, and those young enough to be read again."""
    reread_from = crawl.today - timedelta(days=source.reread_days)
    seen: set[str] = set()
    for first in _first_pages(crawl, source):
        for url in _walk_until_steady(crawl, source, first):
            link = Link(url, "bulletin")
            published = date.fromisoformat(_ARTICLE.match(url)[1])  # type: ignore[index]
            if url not in seen and (published >= reread_from or not crawl.is_known(link)):
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


def _walk_until_steady(crawl: Crawl, source: Source, first: tuple[str, bool]) -> list[str]:
    """All articles of a list. A list that shifted under the walk is walked again."""
    url, is_due = first
    found: dict[str, None] = {}
    for _ in range(_MAX_WALKS):
        top = _walk(crawl, source, url, found, is_due)
        if top is None:
            return []
        if not top.next_url or len(found) <= len(top.articles):
            return list(found)  # one page can't shift under the walk
        again = _read(crawl, source, url)
        if again is not None and again.articles == top.articles:
            return list(found)
    crawl.signal("list_unsteady", url, f"{_MAX_WALKS} walks", "the list shifts while it is paged")
    return list(found)


def _walk(
    crawl: Crawl, source: Source, url: str, found: dict[str, None], is_due: bool
) -> ListPage | None:
    """Page through a list into `found`; gives its first page, or None where there is no list."""
    top = page = _read(crawl, source, url)
    if top is None or page is None:
        tell = crawl.signal if is_due else crawl.remark
        tell("list_missing", url, "404", "no such list")
        return None
    if not top.articles:
        crawl.signal("empty_list", url, "0 articles", "a list page without a bulletin")
    number = 1
    while page is not None:
        found.update(dict.fromkeys(page.articles))
        if _is_past(page, crawl.since):
            break
        if number == MAX_PAGES:
            told = f"{MAX_PAGES} pages"
            crawl.signal("list_truncated", page.next_url, told, "no list is so long")
            break
        if not page.next_url:
            if number < page.pages:
                told = f"{number} of {page.pages} pages"
                crawl.signal("list_truncated", url, told, "the pager ends before its last page")
            break
        number += 1
        following = page.next_url
        page = _read(crawl, source, following)
        if page is None:
            crawl.signal("list_truncated", following, "404", "a page the pager names is gone")
    return top


def _is_past(page: ListPage, since: date) -> bool:
    """Whether all that follows the page was published before the window.

    Lists run newest first; one that does not is read to its end.
    """
    dates = [_ARTICLE.match(url)[1] for url in page.articles]  # type: ignore[index]
    is_sorted = dates == sorted(dates, reverse=True)
    return bool(dates) and is_sorted and dates[-1] < since.isoformat()


def _read(crawl: Crawl, source: Source, url: str) -> ListPage | None:
    page = crawl.page(Link(url, "bulletin_list"))
    return None if page is None else read_list(source, page)


def read_list(source: Source, page: Page) -> ListPage:
    """What a list page shows. Raises `LayoutError` for one that can't be read."""
    tree = Tree(page)
    current = int(found[1]) if (found := re.search(r"index_(\d+)\.shtml$", page.url)) else 1
    following = re.compile(rf"/index_{current + 1}\.shtml$")
    articles: dict[str, None] = {}
    next_url = ""
    for anchor in tree.anchors(_WANTED):
        if anchor.href in articles:
            continue  # the second <li> of an article
        href = source.canonical(anchor.href) if source.owns(anchor.href) else anchor.href
        if _ARTICLE.match(href) and _TITLE.search(anchor.text):
            articles.setdefault(href)
        elif following.search(href) and source.owns(href):
            next_url = next_url or href
    bar = _PAGE_BAR.search(tree.text())
    return ListPage(tuple(articles), next_url, int(bar[2]) if bar else current)
