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
from urllib.parse import urljoin, urlsplit

from lxml import etree

from extractors.icap.markup import blocks, by_class, head_link, text_of
from extractors.listing import ListPage, PagedList, items_of
from extractors.model import LayoutError, Link, Page, Record, Signal, record_of
from extractors.parsing.html import Tree
from extractors.source import Crawl, Source

ARTICLE = r"^/(?:[a-z]{2}/)?(?:news/[a-z0-9-]+|news-archive/\d+-[a-z0-9-]+|node/\d+|publications/[a-z0-9-]+)$"  # noqa: E501
MAX_PAGES = 60
LABELS = frozenset(
    {
        "Date",
        "News Category",
        "Image",
        "Lightbox Image (duplicate of Image)",
        "Paragraphs",
        "Content",
    }
)
"""Labels of fields that a plain reading of the page would take for its text."""

_ADDRESS = re.compile(ARTICLE)
_NODE = re.compile(r"/node/(\d+)$")
_PICTURE = re.compile(r"\S+\.(?:jpe?g|png|gif|webp)", re.IGNORECASE)


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
        return bool(listed) and _title(Tree(page).root) != listed
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
    root = Tree(page).root
    items: dict[str, Listed] = {}
    for entry in by_class(root, "news-embed-grid"):
        anchor = next((a for a in by_class(entry, "link-title") if a.get("href")), None)
        if anchor is None:
            raise LayoutError(page, "an item without a.link-title", text_of(entry)[:200])
        url = source.canonical(urljoin(page.url, str(anchor.get("href")).strip()))
        if not source.owns(url) or not _ADDRESS.search(urlsplit(url).path):
            continue  # an event or a page elsewhere: no news item of this site
        items.setdefault(url, Listed(url, text_of(anchor), _date(entry)))
    following = ""
    for anchor in root.iter("a"):
        if "next" in str(anchor.get("rel", "")).split() and anchor.get("href"):
            following = source.canonical(urljoin(page.url, str(anchor.get("href"))))
    following = following or f"https://{source.hosts[0]}/en/news?page={number}"
    return ListPage(tuple(items.values()), (Link(following, "news_list"),))


def _date(element: etree._Element) -> str:
    """The date as it stands in `time[datetime]`, else in a bare span, else nothing."""
    for time in element.iter("time"):
        return str(time.get("datetime") or text_of(time)).strip()
    for span in element.iter("span"):
        if re.fullmatch(r"[A-Z][a-z]+\.? \d{1,2}, \d{4}|\d{1,2} [A-Z][a-z]+ \d{4}", text_of(span)):
            return text_of(span)
    return ""


def read_article(page: Page) -> Iterator[Record | Signal]:
    """The record of an article: title, dates and category as printed, and its text in blocks."""
    root = Tree(page).root
    title = _title(root)
    if not title:
        raise LayoutError(page, "no title in h1 or og:title")
    found = _body(root, title)
    if not found:
        raise LayoutError(page, "no text in any of the known places of an article")
    selector, lines = found
    if selector == "main":
        told = "the text is in none of the known places; all of <main> was taken"
        yield Signal("unknown_template", page.url, title, told, is_remark=True)
    main = next(root.iter("main"), root)
    yield record_of(
        page,
        "article",
        title=title,
        node=_node(root, page.url),
        canonical=head_link(root, "canonical"),
        published=_date(main),
        category=_field(root, "field-news-category"),
        blocks=lines,
    )


def _title(root: etree._Element) -> str:
    for heading in root.iter("h1"):
        if text := text_of(heading):
            return text
    for meta in root.iter("meta"):
        if meta.get("property") == "og:title":
            return str(meta.get("content", "")).strip()
    return ""


def _body(root: etree._Element, title: str) -> tuple[str, list[str]] | None:
    """The first of the known places that has text, and its blocks without labels of fields."""
    for selector in ("paragraph--type--text", "field--name-body", "field-body", "node__content"):
        if lines := _lines(by_class(root, selector), title):
            return selector, lines
    lines = _lines(list(root.iter("main")), title)
    return ("main", lines) if lines else None


def _lines(places: list[etree._Element], title: str) -> list[str]:
    outer = [p for p in places if not any(other in p.iterancestors() for other in places)]
    lines = [line for place in outer for line in blocks(place)]
    return [x for x in lines if x not in LABELS and x != title and not _PICTURE.fullmatch(x)]


def _field(root: etree._Element, token: str) -> str:
    """The value of a labelled field: all of its text but the label."""
    for field in by_class(root, token):
        return " ".join(line for line in blocks(field) if line not in LABELS)
    return ""


def _node(root: etree._Element, url: str) -> int | None:
    """The node's number, from the short link or the address; the same under all its slugs."""
    for address in (head_link(root, "shortlink"), head_link(root, "canonical"), url):
        if found := _NODE.search(urlsplit(address).path):
            return int(found[1])
    return None
