"""International Carbon Action Partnership: allowance prices, system profiles, news.

The Explorer's prices are prepared by hand, quarter by quarter, and come as one large
document: it is asked for once a day at most. ICAP allows no republication of its values.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from extractors.icap.explorer import read_systems
from extractors.icap.news import ARTICLE, article_links, read_article
from extractors.icap.prices_csv import read_download
from extractors.icap.profiles import PROFILE, profile_links, read_profile
from extractors.model import Link, Page, Record, Signal
from extractors.parsing.html import LayoutError
from extractors.source import Crawl, PageKind, Source

_JSON = ("application/json", "text/plain")


def links(crawl: Crawl, source: Source) -> Iterator[Link]:
    """Everything worth fetching: the prices if not asked for today, profiles, and the news."""
    _, explorer = (f"https://{host}" for host in source.hosts)
    prices = Link(f"{explorer}/api/systems", "systems")
    if crawl.seen_on(prices) != crawl.today:
        yield prices
    yield from profile_links(crawl, source)
    yield from article_links(crawl, source)


def parse(page: Page) -> Iterator[Record | Signal]:
    """Records of a page; raises `LayoutError` for one that is not what it should be."""
    if page.kind == "systems":
        yield from read_systems(page)
    elif page.kind == "article":
        yield from read_article(page)
    elif page.kind == "download":
        yield from read_download(page)
    elif page.kind == "profile":
        yield from read_profile(page)
    else:
        raise LayoutError(page, "no reader for this kind of page", page.kind)


ICAP = Source(
    name="icap",
    title="Emissions trading worldwide: prices, profiles, news",
    publisher="International Carbon Action Partnership",
    homepage="https://icapcarbonaction.com/",
    terms="Non-commercial use only, with ICAP's prior written permission; no values are shipped",
    hosts=("icapcarbonaction.com", "allowancepriceexplorer.icapcarbonaction.com"),
    aliases=("www.icapcarbonaction.com",),
    timezone="Europe/Berlin",
    calendar="none: prices come by the quarter, news when there is some",
    cadence="prices quarterly, three weeks to four months after the quarter; news weekly",
    first_day=date(2021, 7, 16),
    parser_version="icap-1",
    # Of the news: how old the prices may be has a check of its own. The widest silence between
    # known items since mid-2024 is 118 days, and those known are about a few places of all that
    # the list is about.
    quiet_days=150,
    kinds=(
        PageKind(
            "systems",
            r"^/api/systems$",
            content_types=_JSON,
            must_contain=("[",),
            max_bytes=40_000_000,
            gone="rows",
        ),
        PageKind(
            "download",
            r"^/systems/reports/price/download(?:\?|$)",
            content_types=("text/csv", "text/plain", "application/octet-stream"),
            must_contain=("Market Currency",),
            max_bytes=40_000_000,
        ),
        PageKind(
            "maplist",
            r"^/en/json/maplist$",
            content_types=_JSON,
            must_contain=("[",),
            yields_records=False,
        ),
        PageKind("profile", PROFILE, must_contain=("ets-caption",), gone="rows"),
        PageKind(
            "news_list",
            r"^/en/news(?:\?page=\d+)?$",
            must_contain=("/en/news",),
            yields_records=False,
        ),
        PageKind("article", ARTICLE, must_contain=("<h1", "og:title"), gone="rows"),
    ),
    links=links,
    parse=parse,
    unproven=(
        "the pager of the news list: ?page=N and its next link",
        "canonical, short link and dates in articles",
        "keys of the map's list beyond id",
        "which User-Agents are accepted; robots.txt of both hosts",
        "validators on /api/systems",
    ),
)
