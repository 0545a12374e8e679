"""Hong Kong Exchanges and Clearing: news releases, and among them those on Core Climate.

The feed and the dated lists name the releases. Each is read in English; those that concern
carbon markets lead on to their traditional and simplified Chinese texts.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlsplit

from extractors.hkex.article import Article, read_article
from extractors.hkex.feed import FEED_PATH
from extractors.hkex.list_rows import read_list, window_of
from extractors.hkex.lists import LIST_PATH, MORE_PATH, release_addresses
from extractors.hkex.relevance import carbon_reason, parts_of
from extractors.hkex.stated import other_release
from extractors.hkex.urls import ARTICLE_PATH, LANGUAGES, ReleaseAddress, address_of, unwrapped
from extractors.model import LayoutError, Link, Page, Record, Signal, record_of
from extractors.source import Crawl, PageKind, Source


class HkexSource(Source):
    """The site with its gateway: `sc.hkex.com.hk/TuniS/...` is the simplified text of a page."""

    def canonical(self, url: str) -> str:
        """The one address of a page; of a release, with its language spelt as we ask for it."""
        url = unwrapped(url)
        address = address_of(url)
        if address and address.language and not address.is_file:
            return address.url(self.hosts[0])
        return super().canonical(url)

    def kind_of(self, url: str) -> PageKind | None:
        """The page type, also of an address on the gateway."""
        return super().kind_of(self.canonical(url))


def links(crawl: Crawl, source: Source) -> Iterator[Link]:
    """The English page of each release of the window: not held yet, or young enough to be
    read again; of those read again, the Chinese pages that are held."""
    reread_from = crawl.today - timedelta(days=source.reread_days)
    host = source.hosts[0]
    for address in release_addresses(crawl, source):
        english, *others = (Link(address.url(host, name), "article") for name in LANGUAGES)
        if address.day >= reread_from or not crawl.is_known(english):
            yield english
            yield from (link for link in others if crawl.is_known(link))


def follow(page: Page) -> Iterator[Link]:
    """From the English page of a release that concerns carbon: its Chinese pages."""
    address = address_of(page.url)
    if address is None or address.language != "en":
        return
    article = read_article(page)
    if carbon_reason(article.title, parts_of(article.paragraphs, article.bullets)):
        host = urlsplit(page.url).netloc
        for language in LANGUAGES[1:]:
            yield Link(address.url(host, language), "article", may_be_missing=True)


def _listings(page: Page) -> Iterator[Record | Signal]:
    """A record `listing` for each row of a list; the window is told with it."""
    first, last = window_of(page)
    for row in read_list(page):
        address = row.address
        if address is None and "/-/media/" in row.href.lower():
            told = "a row of the list that leads straight to a file without an id"
            yield Signal("unknown_link", page.url, row.href, told, is_remark=True)
            continue
        href = unwrapped(row.href)
        yield record_of(
            page,
            "listing",
            item=address.release_id if address else href,
            **(_known_by(address) if address else {"release_id": ""}),
            href=href,
            title=row.title,
            categories=list(row.categories),
            reference=row.reference,
            day=row.day,
            month_year=row.month_year,
            window=[first, last],
        )


def _release(page: Page) -> Iterator[Record | Signal]:
    """A record `release`, and where it concerns carbon markets a record `climate`."""
    address = address_of(page.url)
    if address is None or not address.language:
        raise LayoutError(page, "no address of a release", page.url)
    article = read_article(page)
    parts = parts_of(article.paragraphs, article.bullets)
    reason = carbon_reason(article.title, parts)
    fields: dict[str, Any] = {
        **_known_by(address),
        "language": address.language,
        "title": article.title,
        "published": article.published,
        "lead": list(parts.lead),
        "background": list(parts.background),
    }
    yield record_of(
        page,
        "release",
        **fields,
        last_updated=article.last_updated,
        notes=list(parts.notes),
        tables=article.tables,
        attachments=_attachments(article),
        carbon_reason=reason,
    )
    if not parts.is_ended:
        told = "no end mark (`Ends`, 完) after the text"
        yield Signal("no_end_mark", page.url, parts.body[-1][-40:], told, is_remark=True)
    if reason:
        yield record_of(page, "climate", **fields, carbon_reason=reason)


def _known_by(address: ReleaseAddress) -> dict[str, Any]:
    return {
        "release_id": address.release_id,
        "section": address.section,
        "id_day": address.day.isoformat(),
        "number": address.number,
    }


def _attachments(article: Article) -> list[str]:
    """The files that a release links to, each once."""
    files = (url for url, _ in article.links if "/-/media/" in url.lower())
    return list(dict.fromkeys(files))


SOURCE = HkexSource(
    name="hkex",
    title="Hong Kong Exchanges: news releases and the Core Climate marketplace",
    publisher="Hong Kong Exchanges and Clearing Limited",
    short_names={"en": "HKEX", "zh": "香港交易所"},
    credit={"en": "Hong Kong: HKEX", "zh": "香港数据：香港交易所"},
    homepage="https://www.hkex.com.hk/News/News-Release",
    terms="Terms of use not confirmed: facts and short quotes with their address only",
    hosts=("www.hkex.com.hk",),
    aliases=("sc.hkex.com.hk", "hkex.com.hk"),
    timezone="Asia/Hong_Kong",
    calendar="none: releases come when there is something to say",
    cadence="any day, mostly 14:15 to 20:15 Hong Kong time",
    first_day=date(2021, 7, 1),
    parser_version="hkex-3",
    kinds=(
        PageKind(
            "feed",
            rf"(?i)^{FEED_PATH}(?:\?|$)",
            content_types=("application/rss+xml", "application/xml", "text/xml"),
            must_contain=("<rss",),
        ),
        PageKind(
            "list",
            rf"(?i)^{LIST_PATH}\?",
            # The design of 2017-2021 is let in, so that it is told by its name.
            must_contain=("whats_on_tdy", "news-releases__section"),
            parse=_listings,
            is_window=True,
        ),
        PageKind(
            "load_more",
            rf"(?i)^{MORE_PATH}$",
            content_types=("application/json", "text/json", "text/plain"),
            must_contain=('"d"',),
            parse=_listings,
            is_window=True,
        ),
        PageKind(
            "article",
            ARTICLE_PATH,
            must_contain=("listing-committee__brief",),
            parse=_release,
            stated=other_release,
            gone="page and rows",
            leads_on=True,
        ),
    ),
    links=links,
    follow=follow,
    reread_days=45,
    # One section alone had 38 items in the six months of March to August 2026, one in five
    # days, and no holiday, the Lunar New Year's among them, closes the exchange for a week.
    quiet_days=21,
    unproven=(
        "TabItemSourceID and the other hidden inputs on /News/News-Release, and its load-more",
        "that releases of this section use listing-committee__brief and news-timetag-container",
        "number of items in the feed, and the zone of its pubDate",
        "markup of dates in Chinese articles, and whether a missing language answers 404",
        "ids of most releases of 2021-2025 on Core Climate; the Gold Standard item of 2024-08",
        "terms of use and robots.txt",
    ),
)
