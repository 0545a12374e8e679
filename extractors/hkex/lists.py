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
from extractors.model import Link, Page
from extractors.parsing.html import LayoutError, Tree
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
    link = Link(list_url(source.hosts[0], first, last), "list")
    page = crawl.page(link)
    if page is None:
        crawl.signal("list_missing", link.url, "404", "no such list")
        return
    rows = read_list(page)
    if not rows:
        tell = crawl.signal if last - first >= LONGEST_SILENCE else crawl.remark
        tell("empty_list", link.url, "0 rows", "a list page without a release")
        return
    listed = list(rows)
    inputs = hidden_inputs(page)
    missing = missing_inputs(inputs)
    if missing:
        told = "hidden inputs that load-more needs are not on the page: its other rows are lost"
        crawl.signal("hidden_inputs_missing", link.url, ", ".join(missing), told)
    else:
        for more in _more(crawl, source, page, inputs):
            listed += more
    known = [row.address for row in listed]
    days = [address.day for address in known if address]
    if not missing and days and min(days) - first > LONGEST_SILENCE:
        told = f"the list from {first} on ends with {min(days)}: rows are missing"
        crawl.signal("list_truncated", link.url, f"{len(listed)} rows", told)
    for address in known:
        if address and not address.is_file and first <= address.day <= last:
            yield address


def _more(
    crawl: Crawl, source: Source, page: Page, inputs: dict[str, str]
) -> Iterator[list[ListRow]]:
    """The further rows of a list, call by call, until an answer without any."""
    count, step = (row_count(page, name, inputs[name]) for name in COUNTS)
    for _ in range(MAX_CALLS):
        link = load_more_link(source.hosts[0], page, inputs, count)
        answer = crawl.page(link)
        if answer is None:
            crawl.signal("list_truncated", link.url, "404", "load-more is gone")
            return
        rows = read_list(answer)
        if not rows:
            return
        yield rows
        count += step
    crawl.signal("list_truncated", page.url, f"{MAX_CALLS} calls", "no list is so long")


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
