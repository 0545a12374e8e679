"""The Hong Kong exchange's lists of releases: the feed, the dated list page, and load-more.

The list page shows its first rows; the rest come from a POST whose body is taken from the
hidden inputs of the page just read. Old parameters are ignored by the site without a word
and give the newest rows whatever was asked, so each row's date is held against the window.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import parse_qs, urljoin, urlsplit

from lxml import etree

from extractors.hkex_ids import Address, address_of, unwrapped
from extractors.html import LayoutError, Tree, decode
from extractors.markup import one_line, squeezed, with_class
from extractors.model import Link, Page
from extractors.source import Crawl, Source

LIST_PATH = "/News/News-Release"
FEED_PATH = "/Services/RSS-Feeds/News-Releases"
MORE_PATH = "/layouts/HKEX_Common/Tab/NewsCentreDetailsLoad.aspx/DisplayNewsCentreDetailsLoad"
MAX_CALLS = 100
LONGEST_SILENCE = timedelta(days=45)
"""A list that ends so long after the first day asked for was cut: the exchange is never that
quiet. Also the least window of a night."""
ONE_LIST = timedelta(days=92)
"""A longer window than this is asked for year by year."""
FUTURE_TOLERANCE = timedelta(minutes=5)

_OLD_DESIGN = "news-releases__section"
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
_COUNTS = ("currentLoadCount", "LoadMoreCount")


@dataclass(frozen=True, slots=True)
class ListRow:
    """One item of a list, as printed. `day` and `month_year` come from its date block."""

    href: str
    title: str
    categories: tuple[str, ...]
    reference: str
    day: str
    month_year: str

    @property
    def address(self) -> Address | None:
        return address_of(self.href)


@dataclass(frozen=True, slots=True)
class FeedItem:
    """One item of the feed."""

    href: str
    title: str
    published_at: datetime | None


def release_addresses(crawl: Crawl, source: Source) -> Iterator[Address]:
    """Each release that the feed or a list of the window names, in the order found."""
    seen: set[str] = set()
    for address in (*_from_feed(crawl, source), *_from_lists(crawl, source)):
        if address.release_id not in seen:
            seen.add(address.release_id)
            yield address


def _from_feed(crawl: Crawl, source: Source) -> list[Address]:
    link = Link(f"https://{source.hosts[0]}{FEED_PATH}?sc_lang=en", "feed")
    page = crawl.page(link)
    if page is None:
        crawl.signal("list_missing", link.url, "404", "the feed of releases is gone")
        return []
    found = []
    for item in read_feed(page):
        address = address_of(item.href)
        if address is None or not source.owns(unwrapped(item.href)):
            crawl.signal("unknown_link", link.url, item.href, "a feed item that is no release")
        elif _is_from_the_future(item, page, crawl):
            told = f"the feed dates it {item.published_at}: left out until then"
            crawl.signal("future_item", link.url, address.release_id, told)
        elif address.day >= crawl.since:
            found.append(address)
    return found


def _is_from_the_future(item: FeedItem, page: Page, crawl: Crawl) -> bool:
    """Whether an item is dated after its fetch, or after the day that the run is of."""
    if item.published_at is None:
        return False
    midnight = datetime.combine(crawl.today, datetime.min.time(), UTC) + timedelta(days=1)
    latest = min(page.retrieved_at, midnight)
    return item.published_at > latest + FUTURE_TOLERANCE


def _from_lists(crawl: Crawl, source: Source) -> Iterator[Address]:
    for first, last in windows(crawl.since, crawl.today):
        yield from _walk(crawl, source, first, last)


def windows(since: date, today: date) -> list[tuple[date, date]]:
    """What the lists are asked for: one trailing window, or year by year, newest first."""
    since = min(since, today - LONGEST_SILENCE)
    if today - since <= ONE_LIST:
        return [(since, today)]
    years = range(today.year, since.year - 1, -1)
    return [(max(since, date(y, 1, 1)), min(today, date(y, 12, 31))) for y in years]


def list_url(host: str, first: date, last: date) -> str:
    """The dated list of all categories."""
    asked = f"sc_lang=en&DateFrom={first}&DateTo={last}&Category=&Category2=undefined"
    return f"https://{host}{LIST_PATH}?{asked}"


def _walk(crawl: Crawl, source: Source, first: date, last: date) -> Iterator[Address]:
    """All releases of a list, page after page."""
    link = Link(list_url(source.hosts[0], first, last), "list")
    page = crawl.page(link)
    if page is None:
        crawl.signal("list_missing", link.url, "404", "no such list")
        return
    rows = read_list(page)
    if not rows:
        crawl.signal("empty_list", link.url, "0 rows", "a list page without a release")
        return
    listed = list(rows)
    inputs = hidden_inputs(page)
    missing = sorted(name for name in (*dict(_INPUTS).values(), *_COUNTS) if name not in inputs)
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
    count, step = (_count(page, name, inputs[name]) for name in _COUNTS)
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


def _count(page: Page, name: str, value: str) -> int:
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


def window_of(page: Page) -> tuple[str, str]:
    """First and last day that the list was asked for (`YYYY-MM-DD`), from the request."""
    if page.request_body is not None:
        body = json.loads(page.request_body)
        return str(body.get("datefrom", "")), str(body.get("dateto", ""))
    asked = {name.lower(): value[0] for name, value in parse_qs(urlsplit(page.url).query).items()}
    return asked.get("datefrom", ""), asked.get("dateto", "")


def read_list(page: Page) -> list[ListRow]:
    """The rows of a list page or of a load-more answer; none where the answer is null.

    Raises `LayoutError` for the design of 2017-2021 and for anything else.
    """
    if page.request_body is None:
        return _rows(page, page, is_whole=True)
    try:
        answer = json.loads(decode(page))
    except (ValueError, RecursionError) as error:
        if isinstance(error, LayoutError):
            raise
        raise LayoutError(page, f"not JSON: {error}", decode(page)[:200]) from error
    if not isinstance(answer, dict) or "d" not in answer:
        raise LayoutError(page, "an answer without `d`", decode(page)[:200])
    html = answer["d"]
    if html is None or html == "":
        return []
    if not isinstance(html, str):
        raise LayoutError(page, "`d` is no text", repr(html)[:200])
    return _rows(page, _fragment(page, html), is_whole=False)


def _fragment(page: Page, html: str) -> Page:
    """The rows of an answer as a page of their own."""
    return replace(page, body=f"<html><body>{html}</body></html>".encode())


def _rows(page: Page, shown: Page, *, is_whole: bool) -> list[ListRow]:
    root = Tree(shown).root
    blocks = with_class(root, "whats_on_tdy_row")
    if not blocks and is_whole:
        if _has_class(root, _OLD_DESIGN):
            raise LayoutError(page, "the list design of 2017-2021, of which nothing is read")
        if not _has_class(root, "whats_on_tdy"):
            raise LayoutError(page, "no list of releases (`whats_on_tdy`) on the page")
    rows: list[ListRow] = []
    for block in blocks:
        day, month_year = _date_block(page, block)
        items = with_class(block, "whats_on_tdy_row_in") or [block]
        rows += [_row(page, item, day, month_year) for item in items]
    return rows


def _date_block(page: Page, block: Any) -> tuple[str, str]:
    """Day, and month with year, as printed: two nodes of the date ball."""
    balls = with_class(block, "whats_on_tdy_ball")
    if not balls:
        raise LayoutError(page, "a row of the list without its date", one_line(block)[:80])
    numbers = with_class(balls[0], "whats_on_tdy_ball_number")
    children = [child for child in balls[0] if child.tag == "div"]
    if not numbers or not children or children[-1] is numbers[0]:
        raise LayoutError(page, "a date of another make in the list", one_line(balls[0]))
    return one_line(numbers[0]), one_line(children[-1])


def _row(page: Page, item: Any, day: str, month_year: str) -> ListRow:
    places = with_class(item, "whats_on_tdy_text_2")
    anchor = next((a for place in places for a in place.iter("a") if a.get("href")), None)
    if anchor is None:
        raise LayoutError(page, "an item of the list without its link", one_line(item)[:80])
    href = urljoin(page.url, str(anchor.get("href")).strip())
    own = "".join(map(str, anchor.xpath(".//text()[not(ancestor::span)]")))
    title = squeezed(own) or str(anchor.get("title") or "").strip()
    if not title:
        raise LayoutError(page, "an item of the list without a title", href)
    categories = [one_line(a) for c in with_class(item, "whats_on_tdy_text_1") for a in c.iter("a")]
    reference = " ".join(filter(None, map(one_line, with_class(item, "whats_on_tdy_text_3"))))
    return ListRow(
        href, title, tuple(dict.fromkeys(filter(None, categories))), reference, day, month_year
    )


def _has_class(root: Any, name: str) -> bool:
    return bool(with_class(root, name))


def read_feed(page: Page) -> list[FeedItem]:
    """The items of an RSS 2.0 feed. Raises `LayoutError`; a DOCTYPE is refused unread."""
    text = decode(page)
    if re.search(r"<!\s*(?:DOCTYPE|ENTITY)", text, re.IGNORECASE):
        raise LayoutError(page, "a feed with a DOCTYPE or entities: not read", text[:120])
    # A second lock behind the first: no entity is resolved, nothing is loaded.
    parser = etree.XMLParser(
        encoding="utf-8", resolve_entities=False, no_network=True, load_dtd=False
    )
    try:
        root = etree.fromstring(text.encode(), parser)
    except etree.XMLSyntaxError as error:
        raise LayoutError(page, f"not XML: {error}", text[:120]) from error
    channel = root.find("channel")
    if root.tag != "rss" or channel is None:
        raise LayoutError(page, "no RSS channel", text[:120])
    return [_feed_item(page, item) for item in channel.iter("item")]


def _feed_item(page: Page, item: Any) -> FeedItem:
    href = (item.findtext("link") or "").strip()
    if not href:
        raise LayoutError(page, "a feed item without a link", one_line(item)[:80])
    title = re.sub(r"<[^<>]*>", "", item.findtext("title") or "").strip()
    printed = (item.findtext("pubDate") or "").strip()
    if not printed:
        return FeedItem(unwrapped(href), title, None)
    try:
        moment = parsedate_to_datetime(printed)
    except ValueError as error:
        raise LayoutError(page, "a feed item with a date of another form", printed) from error
    return FeedItem(unwrapped(href), title, moment if moment.tzinfo else moment.replace(tzinfo=UTC))
