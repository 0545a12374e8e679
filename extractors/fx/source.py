"""European Central Bank: euro foreign exchange reference rates.

Two small XML files of one form: the newest working day, and the last ninety days. Both are asked
for each night: the long one fills what a missed night left open, and each controls the other.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from extractors.model import LayoutError, Link, Page, Record, Signal, record_of
from extractors.parsing.xml import read_xml
from extractors.source import Crawl, PageKind, Source

FILES = ("eurofxref-daily.xml", "eurofxref-hist-90d.xml")
_CUBE = "{http://www.ecb.int/vocabulary/2002-08-01/eurofxref}Cube"


def links(crawl: Crawl, source: Source) -> Iterator[Link]:
    """The newest rates, and those of ninety days."""
    for name in FILES:
        yield Link(f"https://{source.hosts[0]}/stats/eurofxref/{name}", "rates")


def _rates(page: Page) -> Iterator[Record | Signal]:
    """A record for each day and currency. The cubes are nested: all, a day, a currency.

    In the daily file a currency is one item from day to day: what was refused there is
    settled by the next day's rate.
    """
    root = read_xml(page)
    cube = root.find(_CUBE)
    if cube is None:
        raise LayoutError(page, "no Cube around the days", str(root.tag))
    if not len(cube):
        yield Signal("empty_list", page.url, "", "the file shows no day")
    for day in cube:
        stated_on = day.get("time")
        if day.tag != _CUBE or not stated_on:
            raise LayoutError(page, "a day without its date", str(dict(day.attrib)))
        for rate in day:
            currency = rate.get("currency", "")
            name = currency if page.url.endswith(FILES[0]) else f"{stated_on} {currency}"
            yield record_of(page, "rate", item=name, day=stated_on, stated=dict(rate.attrib))


def _other_file(url: str, query: str | None, body: bytes) -> str:
    """The newest rates are of one day."""
    days = body.count(b" time=")
    is_other = url.endswith(FILES[0]) and days > 1
    return f"the file of the newest day shows {days} days" if is_other else ""


SOURCE = Source(
    name="fx",
    title="Euro foreign exchange reference rates",
    publisher="European Central Bank",
    short_names={"en": "ECB", "zh": "欧洲中央银行"},
    credit={"en": "Exchange rates: European Central Bank", "zh": "汇率：欧洲中央银行"},
    homepage="https://www.ecb.europa.eu/stats/policy_and_exchange_rates/"
    "euro_reference_exchange_rates/html/index.en.html",
    terms="Free of charge with the source credited: European Central Bank. For information only",
    hosts=("www.ecb.europa.eu",),
    timezone="Europe/Berlin",
    calendar="none of the market's: no rates on weekends and the six closing days of TARGET",
    cadence="each working day about 16:00 Frankfurt time",
    first_day=date(2021, 7, 16),
    parser_version="fx-1",
    kinds=(
        PageKind(
            "rates",
            r"^/stats/eurofxref/eurofxref-(?:daily|hist-90d)\.xml$",
            ("text/xml", "application/xml"),
            must_contain=("eurofxref",),
            parse=_rates,
            stated=_other_file,
        ),
    ),
    links=links,
    # Christmas on a Thursday and Friday, or Easter: five days from one set of rates to the next.
    quiet_days=6,
    unproven=(
        "that the site answers this reader, its robots.txt, content types, ETags",
        "how many days the file of ninety days holds, and that both are renewed at once",
        "what the files show of a currency whose rate is suspended (believed: it is left out)",
    ),
)
