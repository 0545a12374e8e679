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
from extractors.model import Link
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


SOURCE = Source(
    name="icap",
    title="Emissions trading worldwide: prices, profiles, news",
    publisher="International Carbon Action Partnership",
    short_names={"en": "ICAP", "zh": "ICAP"},
    credit={"en": "International: ICAP", "zh": "国际数据：国际碳行动伙伴组织（ICAP）"},
    homepage="https://icapcarbonaction.com/",
    terms="Non-commercial use only, with ICAP's prior written permission; no values are shipped",
    hosts=("icapcarbonaction.com", "allowancepriceexplorer.icapcarbonaction.com"),
    aliases=("www.icapcarbonaction.com",),
    timezone="Europe/Berlin",
    calendar="none: prices come by the quarter, news when there is some",
    cadence="prices quarterly, three weeks to four months after the quarter; news weekly",
    first_day=date(2021, 7, 16),
    parser_version="icap-2",
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
            parse=read_systems,
            max_bytes=40_000_000,
            gone="rows",
        ),
        PageKind(
            "download",
            r"^/systems/reports/price/download(?:\?|$)",
            content_types=("text/csv", "text/plain", "application/octet-stream"),
            must_contain=("Market Currency",),
            parse=read_download,
            max_bytes=40_000_000,
        ),
        PageKind(
            "maplist",
            r"^/en/json/maplist$",
            content_types=_JSON,
            must_contain=("[",),
        ),
        PageKind(
            "profile", PROFILE, must_contain=("ets-caption",), parse=read_profile, gone="rows"
        ),
        PageKind(
            "news_list",
            r"^/en/news(?:\?page=\d+)?$",
            must_contain=("/en/news",),
        ),
        PageKind(
            "article", ARTICLE, must_contain=("<h1", "og:title"), parse=read_article, gone="rows"
        ),
    ),
    links=links,
    unproven=(
        "the pager of the news list: ?page=N and its next link",
        "canonical, short link and dates in articles",
        "keys of the map's list beyond id",
        "which User-Agents are accepted; robots.txt of both hosts",
        "validators on /api/systems",
    ),
)
