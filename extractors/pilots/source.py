"""The eight regional pilot markets, each on its own exchange's site.

Guangdong (a year at a time), Hubei (a paged list, and the series on its home page), Shenzhen (paged
JSON) and Beijing (a paged list) are asked. Nobody has seen the other four of late, nor Shenzhen's
former site: their pages are read where somebody saves them, and never asked for.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator
from datetime import date, timedelta
from functools import partial
from typing import Any

from extractors.errors import Blocked, BudgetSpent, FetchError
from extractors.listing import ListPage, PagedList, items_of
from extractors.model import LayoutError, Link, Page, Record, Signal, record_of
from extractors.parsing.html import decode
from extractors.pilots.answers import hubei_series, shanghai_rows, shenzhen_rows
from extractors.pilots.tables import daily_rows
from extractors.source import Crawl, PageKind, Source

FIRST_DAY = date(2013, 6, 18)
FIRST_YEAR = 2013
MOST_PAGES = 600
Rows = Callable[[Page], list[dict[str, Any]]]
Listed = tuple[date | None, str]
"""What a list shows: a day (none where it can't be read), and the item's name."""
_HISTORY = "/carbon/portalIndex/markethistory?Top=1&beginTime={0}-01-01&endTime={0}-12-31"
_ASKED_TO = re.compile(r"endTime=(\d{4}-\d\d-\d\d)$")
_PAGES = re.compile(r"totalpage\s{0,9}=\s{0,9}[\"']?(\d{1,6})")
_FURTHER = re.compile(r"""(?:/\?|page=(?!1$)|"page":(?!0,))\d""")
_JSON = ("application/json", "text/")


def links(crawl: Crawl, source: Source) -> Iterator[Link]:
    """What a night asks of the four markets: lists are read as they are paged. What stops the
    walk at one publisher stops no other's; it is raised, a wall first, once all were walked."""
    guangdong, hubei, shenzhen, beijing = source.hosts[:4]
    walks = (
        _paged(crawl, partial(hubei_page, hubei), _hubei),
        _paged(crawl, partial(shenzhen_page, shenzhen), shenzhen_rows),
        _paged(crawl, partial(beijing_page, beijing), _beijing, is_counted=True),
    )
    yield Link(f"https://{hubei}/", "hubei_home")
    yield from _years(crawl, guangdong, source.reread_days)
    troubles = list[LayoutError | FetchError]()
    for walk in walks:
        try:
            for _ in walk:
                pass
        except BudgetSpent:
            raise
        except (LayoutError, FetchError) as error:
            troubles.append(error)
    troubles.sort(key=lambda trouble: not isinstance(trouble, Blocked))
    for other in troubles[1:]:
        if isinstance(other, LayoutError):
            crawl.signal("layout", other.url, other.value, other.what)
        else:
            crawl.signal(other.cause, other.url, "", other.detail)
    if troubles:
        raise troubles[0]


def _years(crawl: Crawl, host: str, reread_days: int) -> Iterator[Link]:
    """Guangdong's history, a year a page: those not held yet, and those still young."""
    young = crawl.today - timedelta(days=reread_days)
    for year in range(max(crawl.since.year, FIRST_YEAR), crawl.today.year + 1):
        link = Link(f"https://{host}{_HISTORY.format(year)}", "guangdong")
        if year >= young.year or not crawl.is_known(link):
            yield link


def hubei_page(host: str, number: int) -> Link:
    """A page of Hubei's list of days, newest first."""
    return Link(f"https://{host}/list_51.html?page={number}", "hubei")


def shenzhen_page(host: str, number: int) -> Link:
    """A page of Shenzhen's days, which it counts from 0."""
    asked = {"businessType": "dealData", "page": number - 1, "productName": "SZEA", "size": 10}
    body = json.dumps(asked, separators=(",", ":"))
    return Link(f"https://{host}/api/v1/cerx/deal-data/page", "shenzhen", body)


def beijing_page(host: str, number: int) -> Link:
    """A page of Beijing's list of days; the first has no number."""
    return Link(f"https://{host}/article/jyxx/" + (f"?{number}" if number > 1 else ""), "beijing")


def _paged(
    crawl: Crawl, page_of: Callable[[int], Link], rows: Rows, *, is_counted: bool = False
) -> Iterator[Listed]:
    """Walk a list to the end of the window, or of the pages that it counts or has anything new
    on."""

    def read(page: Page, number: int) -> ListPage[Listed]:
        items = tuple((_day(fields), _name(fields)) for fields in rows(page))
        counted = _PAGES.findall(decode(page)) if is_counted else ["0"]
        if not counted:
            raise LayoutError(page, "a list that does not say of how many pages it is")
        return ListPage(items, (page_of(number + 1),), int(counted[-1]))

    paged = PagedList(
        page_of(1),
        read,
        key=lambda item: item[1],
        day=lambda item: item[0],
        ends="counted" if is_counted else "repeating",
        is_steady=True,
        most_pages=MOST_PAGES,
        what="a day",
    )
    return items_of(crawl, paged)


def _day(fields: dict[str, Any]) -> date | None:
    try:
        return date(*fields["day"])
    except (TypeError, ValueError):
        return None


def _name(fields: dict[str, Any]) -> str:
    return f"{fields['pilot']} {fields['printed_day']} {fields['product']}"


def _hubei(page: Page) -> list[dict[str, Any]]:
    return daily_rows(page, "hubei", "元")


def _beijing(page: Page) -> list[dict[str, Any]]:
    return daily_rows(page, "beijing", "元")


def _tianjin(page: Page) -> list[dict[str, Any]]:
    """Hubei's former list has the address of Tianjin's, on its own host."""
    return daily_rows(page, "hubei" if "//www.hbets." in page.url else "tianjin", "元")


def _parse(rows: Rows, page: Page, kind: str = "daily") -> Iterator[Record | Signal]:
    """A record for each row of a page."""
    found = rows(page)
    is_further = _FURTHER.search(page.url + (page.request_body or ""))
    if not found and not is_further:  # behind the last page of a list there is nothing
        yield Signal("empty_list", page.url, "", "the page shows no day", _may_be_empty(page))
    said: dict[str, dict[str, Any]] = {}
    twice = {_name(each) for each in found if said.setdefault(_name(each), each) != each}
    for fields in found:
        name = _name(fields)
        yield record_of(page, kind, item=f"{kind} {name}", is_twice=name in twice, **fields)


def _may_be_empty(page: Page) -> bool:
    """Of a year that is over it was said before; one that has just begun may have no day."""
    asked = _ASKED_TO.search(page.url)
    seen = page.retrieved_at.date()
    return asked is not None and (asked[1] < seen.isoformat() or seen.timetuple().tm_yday < 15)


def _kind(name: str, pattern: str, rows: Rows, mark: str, types: Iterable[str] = ()) -> PageKind:
    kind = "series" if rows is hubei_series else "daily"
    return PageKind(
        name,
        pattern,
        tuple(types) or ("text/html",),
        must_contain=(mark,),
        parse=partial(_parse, rows, kind=kind),
        is_window=True,
    )


def _table(name: str, pattern: str, pilot: str, unit: str = "元") -> PageKind:
    return _kind(name, pattern, lambda page: daily_rows(page, pilot, unit), "日期")


SOURCE = Source(
    name="pilots",
    title="Regional pilot markets: daily price, volume, turnover",
    publisher="Exchanges of Beijing, Chongqing, Fujian, Guangdong, Hubei, Shanghai, Shenzhen and "
    "Tianjin",
    short_names={"en": "Pilot exchanges", "zh": "试点交易所"},
    credit={
        "en": "Pilot markets: the exchanges of Guangdong, Hubei, Shenzhen, Beijing and others",
        "zh": "试点市场：广东、湖北、深圳、北京等地交易所",
    },
    homepage="https://www.cnemission.com/",
    terms="Unknown, of each: read them before you switch it on; credit each exchange by name",
    hosts=(
        *("ets.cnemission.com", "www.hbets.cn", "new.szets.com", "www.bjets.com.cn"),
        *("www.cnemission.com", "www.cerx.cn", "www.cneeex.com", "www.chinatcx.com.cn"),
        *("www.cqggzy.com", "td.hxee.com.cn"),
    ),
    timezone="Asia/Shanghai",
    calendar="statutory holidays; days without trade may have no row",
    cadence="each trading day, by 18:00 or the next morning",
    first_day=FIRST_DAY,
    parser_version="pilots-1",
    kinds=(
        _table("guangdong", r"^/carbon/portalIndex/markethistory\?", "guangdong"),
        _table("hubei", r"^/list_(?:51|30)\.html(?:\?page=\d+)?$", "hubei"),
        _kind("hubei_home", r"^/$", hubei_series, "cjj"),
        _kind("shenzhen", r"^/api/v1/cerx/deal-data/page$", shenzhen_rows, "content", _JSON),
        _table("beijing", r"^/article/jyxx/(?:\?\d*)?$", "beijing"),
        _table("shenzhen_former", r"^/dailynewsCN/index(?:_\d+)?\.htm$", "shenzhen"),
        _kind("shanghai", r"^/cneeex/daytrade/selectData$", shanghai_rows, "[", _JSON),
        _kind("tianjin", r"^/list/13\.html(?:\?page=\d+)?$", _tianjin, "日期"),
        _table("chongqing", r"^/xxhz/014006/(?:[\w-]+/)+[\w-]+\.html$", "chongqing", "万元"),
        _table("fujian", r"^/quotations/quotation_iframeList(?:_more)?\.htm", "fujian"),
    ),
    links=links,
    is_on_by_default=False,
    unproven=(
        "terms of use and robots.txt of each, and that the sites answer this reader",
        "the chain of Beijing's certificate: verification is never turned off",
        "Guangdong: that a year may be asked to its end, the host of the new address, its JSON",
        "Hubei: today's heads of the list, whether yesterday's close is the day's mean or its last",
        "Shenzhen: the JSON's other keys, and how a page behind the last one answers",
        "Shenzhen's former site, Shanghai, Tianjin, Chongqing, Fujian: only saved pages are read",
        "Chongqing: the heads of its columns, and how its site names the articles since June 2026",
        "Tianjin: the words of its two rows of heads; Fujian: which further columns it has",
        "whether volumes hold block trades, which are in no high or low",
        "that the pilots keep the statutory holidays",
    ),
)
