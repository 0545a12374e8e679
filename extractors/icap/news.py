"""ICAP's news: the list with its pager, and articles of both templates.

The pager's markup was never seen, so the walk takes a "next" link where there is one and
counts pages where there is none; either way it ends with the first page without a new item.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Any
from urllib.parse import urlsplit

from bs4 import Tag

from extractors.listing import ListPage, PagedList, items_of
from extractors.model import LayoutError, Link, Page, Record, Signal, record_of
from extractors.parsing.soup import Soup, blocks, line_of
from extractors.source import Crawl, Source

ARTICLE = r"^/(?:[a-z]{2}/)?(?:news/[a-z0-9-]+|news-archive/\d+-[a-z0-9-]+|node/\d+|publications/[a-z0-9-]+)$"  # noqa: E501
MAX_PAGES = 60
LABELS = frozenset(
    {
        "Date",
        "News Category",
        "Body (only for migrated news)",
        "Caption",
        "ETS Jurisdiction",
        "Image",
        "Lightbox Image (duplicate of Image)",
        "Paragraphs",
        "Content",
    }
)
"""Labels of fields that a plain reading of the page would take for its text."""

_ADDRESS = re.compile(ARTICLE)
_NODE = re.compile(r"/node/(\d+)$")
_DAY = re.compile(r"[A-Z][a-z]+\.? \d{1,2}, \d{4}|\d{1,2} [A-Z][a-z]+ \d{4}")
_PLACES = (".paragraph--type--text", ".field--name-body", ".field-body", ".node__content", "main")
_PICTURE = re.compile(r"\A\S+\.(?:jpe?g|png|gif|webp)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Listed:
    """An item of a list: its address, title, and date as printed (empty if it has none)."""

    url: str
    title: str
    date: str


def article_links(crawl: Crawl, source: Source) -> Iterator[Link]:
    """Articles to fetch: those not held yet, the young, and those whose title has changed."""
    reread_from = (crawl.today - timedelta(days=source.reread_days)).isoformat()
    for item in items_of(crawl, _list_of(crawl, source)):
        link = Link(item.url, "article")
        page = crawl.held(link)
        is_young = item.date[:10] >= reread_from if item.date[:4].isdigit() else False
        if page is None or is_young or _title_differs(page, item.title):
            yield link


def _title_differs(page: Page, listed: str) -> bool:
    """Whether the list shows another title than the page that is held: it was overwritten."""
    try:
        return bool(listed) and _title(Soup(page)) != listed
    except LayoutError:
        return True


def _list_of(crawl: Crawl, source: Source) -> PagedList[Listed]:
    """The list; once a night has gone down all of it, later ones end with the first page after
    the top one that shows nothing but items that are held."""
    was_complete = crawl.since > source.first_day

    def is_enough(number: int, fresh: list[Listed]) -> bool:
        is_held = all(crawl.is_known(Link(item.url, "article")) for item in fresh)
        return was_complete and number > 1 and is_held

    return PagedList(
        Link(f"https://{source.hosts[0]}/en/news", "news_list"),
        partial(read_list, source),
        key=lambda item: item.url,
        day=lambda item: None,  # items without a date are common: none ends the walk
        ends="repeating",
        is_steady=True,
        most_pages=MAX_PAGES,
        is_enough=is_enough,
    )


def read_list(source: Source, page: Page, number: int) -> ListPage[Listed]:
    """What page `number` of the list shows; where it names no next one, pages are counted.

    Raises `LayoutError` for one that can't be read.
    """
    soup = Soup(page)
    items: dict[str, Listed] = {}
    for entry in soup.all(".news-embed-grid"):
        anchor = entry.select_one(".link-title[href]")
        if anchor is None:
            raise LayoutError(page, "an item without a.link-title", line_of(entry)[:200])
        url = source.canonical(soup.address(anchor))
        if not source.owns(url) or not _ADDRESS.search(urlsplit(url).path):
            continue  # an event or a page elsewhere: no news item of this site
        items.setdefault(url, Listed(url, line_of(anchor), _date(entry)))
    following = f"https://{source.hosts[0]}/en/news?page={number}"
    for anchor in soup.all("a[rel~=next][href]"):
        following = source.canonical(soup.address(anchor))
    return ListPage(tuple(items.values()), (Link(following, "news_list"),))


def _date(element: Tag) -> str:
    """The date as it stands in `time[datetime]`, else in a bare span, else nothing."""
    if isinstance(time := element.find("time"), Tag):
        return str(time.get("datetime") or line_of(time)).strip()
    spans = map(line_of, element.find_all("span"))
    return next((text for text in spans if _DAY.fullmatch(text)), "")


def read_article(page: Page) -> Iterator[Record | Signal]:
    """The record of an article: title, dates and category as printed, and its text in blocks."""
    soup = Soup(page)
    title = _title(soup)
    if not title:
        raise LayoutError(page, "no title in h1 or og:title")
    found = _body(soup, title)
    if not found:
        raise LayoutError(page, "no text in any of the known places of an article")
    selector, lines = found
    if selector == "main":
        told = "the text is in none of the known places; all of <main> was taken"
        yield Signal("unknown_template", page.url, title, told, is_remark=True)
    category = soup.first(".field-news-category")
    yield record_of(
        page,
        "article",
        title=title,
        node=_node(soup),
        canonical=_head_link(soup, "canonical"),
        published=_date(soup.first("main") or soup.root),
        category=" ".join(_texts(category)) if category else "",
        blocks=lines,
        tables=_tables(soup, selector),
    )


def _title(soup: Soup) -> str:
    for heading in soup.all("h1"):
        if text := line_of(heading):
            return text
    meta = soup.root.select_one("meta[property='og:title']")
    return str(meta.get("content", "")).strip() if meta else ""


def _body(soup: Soup, title: str) -> tuple[str, list[str]] | None:
    """The first of the known places that has text, and its blocks without labels of fields."""
    for selector in _PLACES:
        lines = [line for place in soup.outermost(selector) for line in _texts(place)]
        if kept := [x for x in lines if x != title and not _PICTURE.fullmatch(x)]:
            return selector, kept
    return None


def _texts(element: Tag) -> list[str]:
    """The blocks of a field or place that are no labels, and no cells of a table."""
    return [
        line
        for line, first in blocks(element)
        if line not in LABELS and not first.find_parent("table")
    ]


def _tables(soup: Soup, selector: str) -> list[dict[str, Any]]:
    """The tables of the text: what stands above each, and its rows of cells."""
    found = []
    places = {id(place) for place in soup.outermost(selector)}
    for table in soup.all("table"):
        if table.find_parent("table") or not any(id(outer) in places for outer in table.parents):
            continue
        above = table.find_previous(["p", "li", "h2", "h3", "h4"])
        rows = [
            [line_of(cell) for cell in row.find_all(["th", "td"])] for row in table.find_all("tr")
        ]
        caption = line_of(above) if isinstance(above, Tag) else ""
        found.append({"caption": caption, "rows": [row for row in rows if any(row)]})
    return found


def _node(soup: Soup) -> int | None:
    """The node's number, from the short link or the address; the same under all its slugs."""
    for address in (*(_head_link(soup, rel) for rel in ("shortlink", "canonical")), soup.page.url):
        if found := _NODE.search(urlsplit(address).path):
            return int(found[1])
    return None


def _head_link(soup: Soup, rel: str) -> str:
    """The address of a `<link rel=...>`, or an empty string."""
    links = (link for link in soup.all("link") if rel in (link.get("rel") or ()))
    return next((str(link.get("href", "")).strip() for link in links), "")
