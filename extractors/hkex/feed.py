"""The Hong Kong exchange's feed of releases: RSS 2.0, read as data and nothing else."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

from extractors.hkex.urls import unwrapped
from extractors.model import LayoutError, Page
from extractors.parsing.html import one_line
from extractors.parsing.xml import read_xml

FEED_PATH = "/Services/RSS-Feeds/News-Releases"


@dataclass(frozen=True, slots=True)
class FeedItem:
    """One item of the feed."""

    href: str
    title: str
    published_at: datetime | None


def read_feed(page: Page) -> list[FeedItem]:
    """The items of an RSS 2.0 feed. Raises `LayoutError`."""
    root = read_xml(page)
    channel = root.find("channel")
    if root.tag != "rss" or channel is None:
        raise LayoutError(page, "no RSS channel", root.tag)
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
