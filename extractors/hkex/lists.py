"""The Hong Kong exchange's lists of releases: the feed, the dated list page, and load-more.

The list page shows its first rows; the rest come by load-more. Old parameters are ignored by the
site without a word and give the newest rows whatever was asked, so each row's date is held
against the window.

The request for the further rows of a list: everything in it is what the page itself says.

`TabItemSourceID` differs by section of the site, and the live value of this one is not known, so
that no constant may stand in for a hidden input that is missing.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from extractors.errors import Drifted
from extractors.hkex.feed import FEED_PATH, FeedItem, read_feed
from extractors.hkex.list_rows import ListRow, read_list
from extractors.hkex.urls import ReleaseAddress, address_of, unwrapped
from extractors.listing import ListPage, PagedList, items_of
from extractors.model import LayoutError, Link, Page
from extractors.parsing.html import Tree
from extractors.source import Crawl, Source

LIST_PATH = "/News/News-Release"
MAX_CALLS = 100
LONGEST_SILENCE = timedelta(days=45)
"""A list that ends so long after the first day asked for was cut: the exchange is never that
quiet."""
ONE_LIST = timedelta(days=92)
"""A longer window than this is asked for year by year."""
FUTURE_TOLERANCE = timedelta(minutes=5)


def release_addresses(crawl: Crawl, source: Source) -> Iterator[ReleaseAddress]:
    """Each release that the feed or a list of the window names, in the order found.

    One of the two that has drifted is raised once the other was read, too.
    """
    seen: set[str] = set()
    drifts: list[LayoutError | Drifted] = []
    for walk in (_from_feed, _from_lists):
        try:
            for address in walk(crawl, source):
                if address.release_id not in seen:
                    seen.add(address.release_id)
                    yield address
        except (LayoutError, Drifted) as error:
            drifts.append(error)
    if drifts:
        raise drifts[0]


def _from_feed(crawl: Crawl, source: Source) -> Iterator[ReleaseAddress]:
    link = Link(f"https://{source.hosts[0]}{FEED_PATH}?sc_lang=en", "feed")
    page = crawl.page(link)
    if page is None:
        crawl.signal("list_missing", link.url, "404", "the feed of releases is gone")
        return
    for item in read_feed(page):
        address = address_of(item.href)
        if address is None or not source.owns(unwrapped(item.href)):
            crawl.signal("unknown_link", link.url, item.href, "a feed item that is no release")
        elif _is_from_the_future(item, page):
            told = f"the feed dates it {item.published_at}: left out until then"
            crawl.signal("future_item", link.url, address.release_id, told)
        elif crawl.since <= address.day <= crawl.today:
            yield address


def _is_from_the_future(item: FeedItem, page: Page) -> bool:
    """Whether an item is dated after its fetch."""
    at = item.published_at
    return at is not None and at > page.retrieved_at + FUTURE_TOLERANCE


def _from_lists(crawl: Crawl, source: Source) -> Iterator[ReleaseAddress]:
    for first, last in windows(crawl.since, crawl.today):
        yield from _walk(crawl, source, first, last)


def windows(since: date, today: date) -> list[tuple[date, date]]:
    """What the lists are asked for: one window, or year by year, newest first."""
    if today - since <= ONE_LIST:
        return [(since, today)]
    years = range(today.year, since.year - 1, -1)
    return [(max(since, date(y, 1, 1)), min(today, date(y, 12, 31))) for y in years]


def list_url(host: str, first: date, last: date) -> str:
    """The dated list of all categories."""
    asked = f"sc_lang=en&DateFrom={first}&DateTo={last}&Category=&Category2=undefined"
    return f"https://{host}{LIST_PATH}?{asked}"


def _walk(crawl: Crawl, source: Source, first: date, last: date) -> Iterator[ReleaseAddress]:
    """All releases of a list, page after page."""
    paged = _DatedList(crawl, source)
    link = Link(list_url(source.hosts[0], first, last), "list")
    rows = list(
        items_of(
            crawl,
            PagedList(
                link,
                paged.read,
                key=lambda row: row.href,
                day=lambda row: None,  # told below, against what was asked for
                ends="empty",
                is_steady=True,
                is_filled=last - first >= LONGEST_SILENCE,
                most_pages=MAX_CALLS,
                what="a release",
            ),
        )
    )
    known = [row.address for row in rows]
    days = [address.day for address in known if address]
    if paged.is_whole and days and min(days) - first > LONGEST_SILENCE:
        told = f"the list from {first} on ends with {min(days)}: rows are missing"
        crawl.signal("list_truncated", link.url, f"{len(rows)} rows", told)
    for address in known:
        if address and not address.is_file and first <= address.day <= last:
            yield address


class _DatedList:
    """A list with its load-more: what the requests for further rows say is on its first page."""

    def __init__(self, crawl: Crawl, source: Source) -> None:
        self._crawl, self._host = crawl, source.hosts[0]
        self.is_whole = True
        self._first: Page | None = None
        self._inputs: dict[str, str] = {}
        self._count = self._step = 0

    def read(self, page: Page, number: int) -> ListPage[ListRow]:
        """The rows of a page or answer, and the request for the next ones."""
        rows = tuple(read_list(page))
        if number == 1 and rows:
            self._first, self._inputs = page, hidden_inputs(page)
            if missing := missing_inputs(self._inputs):
                told = "hidden inputs that load-more needs are not on the page: its other rows are "
                self._crawl.signal(
                    "hidden_inputs_missing", page.url, ", ".join(missing), f"{told}lost"
                )
                self.is_whole = False
            else:
                counts = (row_count(page, name, self._inputs[name]) for name in COUNTS)
                self._count, self._step = counts
        if self._first is None or not self.is_whole:
            return ListPage(rows)
        count = self._count + self._step * (number - 1)
        return ListPage(rows, (load_more_link(self._host, self._first, self._inputs, count),))


MORE_PATH = "/layouts/HKEX_Common/Tab/NewsCentreDetailsLoad.aspx/DisplayNewsCentreDetailsLoad"

_INPUTS = (
    ("pageUrl", "pageUrl"),
    ("TopicFieldName", "TopicFieldName"),
    ("DateFieldName", "DateFieldName"),
    ("FilesFieldName", "FilesFieldName"),
    ("ImageFieldName", "ImageFieldName"),
    ("ContentFieldName", "ContentFieldName"),
    ("Category1FieldName", "Category1FieldName"),
    ("Category2FieldName", "Category2FieldName"),
    ("Category3FieldName", "Category3FieldName"),
    ("isCardView", "isCardView"),
    ("isHideDay", "isHideDay"),
    ("TabItemSourceID", "tabItemSourceID"),
    ("datefrom", "datefrom"),
    ("dateto", "dateto"),
    ("category", "category"),
    ("category2", "category2"),
    ("keyword", "keyword"),
    ("host", "urlHost"),
)
"""Key of the POST's body, id of the hidden input that holds its value."""
COUNTS = ("currentLoadCount", "LoadMoreCount")
"""Ids of the inputs that say how many rows are shown, and how many come at a time."""


def missing_inputs(inputs: dict[str, str]) -> list[str]:
    """Ids of the hidden inputs that a request needs and the page has not."""
    return sorted(name for name in (*dict(_INPUTS).values(), *COUNTS) if name not in inputs)


def row_count(page: Page, name: str, value: str) -> int:
    if not (value.isascii() and value.isdigit() and 0 < int(value) <= 1000):
        raise LayoutError(page, f"{name} is no count of rows", value)
    return int(value)


def load_more_link(host: str, page: Page, inputs: dict[str, str], count: int) -> Link:
    """The POST for the rows after the first `count`; everything in it is the page's own."""
    body: dict[str, Any] = {key: inputs[input_id] for key, input_id in _INPUTS}
    body |= {
        "currentcount": count,
        "loadmorecount": int(inputs["LoadMoreCount"]),
        "IsLoadMore": "true",
        "TargetLanguage": inputs["<html lang>"],
        "TargetSite": None,
    }
    return Link(
        f"https://{host}{MORE_PATH}",
        "load_more",
        body=json.dumps(body, separators=(",", ":"), ensure_ascii=False),
        content_type="application/json; charset=utf-8",
        headers=(
            ("Accept", "application/json, text/javascript, */*; q=0.01"),
            ("X-Requested-With", "XMLHttpRequest"),
            ("Origin", f"https://{host}"),
            ("Referer", page.url),
        ),
    )


def hidden_inputs(page: Page) -> dict[str, str]:
    """Id -> value of the page's hidden inputs, and `<html lang>`."""
    root = Tree(page).root
    found = {"<html lang>": str(root.get("lang") or "en")}
    for element in root.iter("input"):
        name = element.get("id")
        if name and element.get("type") == "hidden":
            found[str(name)] = str(element.get("value") or "")
    return found
