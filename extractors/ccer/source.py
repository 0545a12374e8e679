"""Beijing Green Exchange: the national market of voluntary reductions (CCER), its trades.

One JSON file lists all bulletins, each an article of a sentence or two; other files hold the days
by type of project: the last ninety calendar days in one, each day in one of its own. The site
stands behind a wall that answers 403 without a Referer and under load.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from typing import Any

from extractors.errors import Drifted
from extractors.listing import ListPage, PagedList, items_of
from extractors.model import LayoutError, Link, Page, Record, Signal, record_of
from extractors.parsing.html import Tree, text_of
from extractors.parsing.json import read_json
from extractors.source import Crawl, PageKind, Source

HOST = "www.ccer.com.cn"
LIST, ARTICLES = "/wcm/ccer/data/2502lshq.json", "/wcm/ccer/html/"
NINETY = "/wcm/ccer/data/90-first.json"
LAUNCH = date(2024, 1, 22)
"""Of this day the JSON holds 300 of 375,315 t: it is told by its article alone."""
KEYS = ("profession_name", "business_amount", "business_price", "business_ave_price")
TITLE = re.compile(r"(\d{4})\s*年\s*(\d{1,2})\s*月\s*(\d{1,2})\s*日\D{0,20}自愿减排\D{0,20}")
_ADDRESS = re.compile(r"[\w-]{1,20}/(\d{4})(\d\d)(\d\d)/\d+\.shtml")
_DAY_FILE = re.compile(r"/(\d{8})-first\.json")
_JSON = ("application/json", "text/plain", "application/octet-stream")
Listed = tuple[date, str]
"""The day of a bulletin, and the address of its article."""


def links(crawl: Crawl, source: Source) -> Iterator[Link]:
    """The days' figures and the bulletins. A list that drifted is raised once both were walked."""
    drifts = list[LayoutError | Drifted]()
    walks = {_bulletins: LAUNCH, _day_files: source.first_day}
    for walk in (each for each, begins in walks.items() if crawl.today >= begins):
        try:
            yield from walk(crawl, source)
        except (LayoutError, Drifted) as error:
            drifts.append(error)
    if drifts:
        raise drifts[0]


def _day_files(crawl: Crawl, source: Source) -> Iterator[Link]:
    """The file of ninety days, and those of single days that it lacks and nobody holds."""
    site = f"https://{source.hosts[0]}"
    ninety = Link(f"{site}{NINETY}", "days")
    page = crawl.page(ninety)
    shown = _by_day(page) if page else {}
    if not shown:
        rule, value = ("empty_list", "no day") if page else ("list_missing", "404")
        crawl.signal(rule, ninety.url, value, "the file of ninety days shows none")
    young = crawl.today - timedelta(days=source.reread_days)
    for day in crawl.trading_days(max(crawl.since, source.first_day), crawl.today):
        link = Link(f"{site}/wcm/ccer/data/{day:%Y%m%d}-first.json", "days")
        if f"{day:%Y%m%d}" not in shown and (day >= young or not crawl.is_known(link)):
            yield _expected(link, is_due=day < young and not crawl.stays_missing(link))


def _expected(link: Link, *, is_due: bool) -> Link:
    """The link; where it is not due, that it is not there yet is no failure."""
    return Link(link.url, link.kind, may_be_missing=not is_due)


def _bulletins(crawl: Crawl, source: Source) -> Iterator[Link]:
    """Articles not held yet, and those young enough to be read again. Today's comes last: it may
    be listed before it is there."""
    young = crawl.today - timedelta(days=source.reread_days)
    first = Link(f"https://{source.hosts[0]}{LIST}", "bulletin_list")

    def read(page: Page, number: int) -> ListPage[Listed]:
        return ListPage(tuple(_listed(page, crawl, young)))

    paged = PagedList(first, read, str, lambda item: item[0], is_steady=True, what="a bulletin")
    listed = sorted(
        items_of(crawl, paged), key=lambda item: (item[0] == crawl.today, -item[0].toordinal())
    )
    for day, url in listed:
        link = Link(url, "bulletin")
        if young <= day <= crawl.today or (day < young and not crawl.is_known(link)):
            yield _expected(link, is_due=day < crawl.today)


def _listed(page: Page, crawl: Crawl, young: date) -> Iterator[Listed]:
    rows = read_json(page, dict).get("rows")
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise LayoutError(page, "no list of rows", page.body[:200].decode("utf-8", "replace"))
    for row in rows:
        title, address = str(row.get("title", "")), str(row.get("url", "")).strip().lstrip("/")
        day, place = TITLE.search(title), _ADDRESS.fullmatch(address)
        if place is None:
            raise LayoutError(page, "no address of an article where one is due", address)
        if day is not None:
            yield _date(page, day), page.url.removesuffix(LIST) + ARTICLES + address
            continue
        tell = crawl.signal if _date(page, place) >= young else crawl.remark
        tell("unknown_title", page.url, title[:80], "an article of the list is no day's bulletin")


def _date(page: Page, found: re.Match[str]) -> date:
    try:
        return date(*map(int, found.groups()[:3]))
    except ValueError as error:
        raise LayoutError(page, "no day where one is due", found[0]) from error


def _bulletin(page: Page) -> Iterator[Record]:
    """Title, day of publication (the address says it) and text of an article."""
    tree = Tree(page)
    metas = [str(m.get("content", "")) for m in tree.root.iter("meta") if m.get("name")]
    headings = [text for tag in ("title", "h1", "h2", "h3") for text in tree.texts(tag)]
    titles = (TITLE.search(text) for text in (*metas, *headings))
    title = next((found[0] for found in titles if found), "")
    bodies = [tree.by_id("zoom"), *tree.by_class("cont")]
    body = next((body for body in bodies if body is not None), None)
    published = _ADDRESS.search(page.url)
    if not title or body is None or published is None:
        raise LayoutError(page, "no title of a day's bulletin, or no text", title)
    parts = tuple(map(int, published.groups()))
    yield record_of(page, "bulletin", title=title, published=parts, text=text_of(body))


def _by_day(page: Page) -> dict[str, list[Mapping[str, Any]]]:
    """The rows of each day: one flat list, or a list for each. Raises `LayoutError`."""
    found: dict[str, list[Mapping[str, Any]]] = {}
    for each in read_json(page, list, parse_float=str, parse_int=str):
        for row in each if isinstance(each, list) else [each]:
            day = row.get("business_date") if isinstance(row, dict) else None
            if not isinstance(day, str) or not re.fullmatch(r"\d{8}", day):
                raise LayoutError(page, "no row of a day", str(row)[:200])
            if not all(value is None or isinstance(value, str) for value in row.values()):
                raise LayoutError(page, "a cell that is no text", str(row)[:200])
            found.setdefault(day, []).append(row)
    names = {name for rows in found.values() for row in rows for name in row}
    if found and (lost := set(KEYS) - names):
        raise LayoutError(page, "a column is gone: its figures are not none", ", ".join(lost))
    return found


def _days(page: Page) -> Iterator[Record | Signal]:
    """A record for each day. Not of the launch day, of which the file holds a part."""
    days = _by_day(page)
    if not days:
        yield Signal("empty_list", page.url, "[]", "the file shows no day")
    more = {n for rows in days.values() for row in rows for n in row} - {"business_date", *KEYS}
    if more:
        yield Signal("unknown_key", page.url, ", ".join(sorted(more)), "a column that is not known")
    for day, rows in days.items():
        if day == f"{LAUNCH:%Y%m%d}":
            told = "the file holds a part of the launch day: its article tells it"
            yield Signal("launch_day", page.url, day, told, is_remark=True)
            continue
        cells = [{name: row.get(name) or "" for name in KEYS} for row in rows]
        yield record_of(page, "day", item=day, day=day, rows=cells)


def _other_bulletin(url: str, query: str | None, body: bytes) -> str:
    """An article's address has the day on which it came out: the day of its title."""
    asked, stated = _ADDRESS.search(url), TITLE.search(body.decode("utf-8", "replace"))
    days = [tuple(map(int, found.groups()[:3])) for found in (asked, stated) if found]
    return f"the page is of {days[1]}, its address of {days[0]}" if len({*days}) > 1 else ""


def _other_day(url: str, query: str | None, body: bytes) -> str:
    """The file of a day has rows of that day alone."""
    asked = _DAY_FILE.search(url)
    stated = set(re.findall(rb'"business_date"\s*:\s*"(\d{8})"', body))
    others = sorted(day.decode() for day in stated) if asked else []
    return (
        f"asked for {asked[1]}, it has {others[:3]}"
        if asked and others not in ([], [asked[1]])
        else ""
    )


SOURCE = Source(
    name="ccer",
    title="National voluntary market (CCER): trades",
    publisher="Beijing Green Exchange",
    short_names={"en": "Beijing Green Exchange", "zh": "北京绿色交易所"},
    credit={
        "en": "Trading figures of the voluntary market (CCER): Beijing Green Exchange",
        "zh": "全国温室气体自愿减排交易数据：北京绿色交易所",
    },
    homepage="https://www.ccer.com.cn/",
    terms="Unknown: read them before you switch it on; credit by name",
    hosts=(HOST,),
    headers=(("Referer", f"https://{HOST}/wcm/ccer/html/2502lshq/index.html"),),
    timezone="Asia/Shanghai",
    calendar="national market, exchange's own closed days",
    cadence="each trading day at about 17:05",
    # The launch day, 2024-01-22, stands alone: it is in the list, and no other day is due.
    first_day=date(2025, 3, 7),
    parser_version="ccer-1",
    kinds=(
        PageKind("bulletin_list", rf"^{re.escape(LIST)}$", _JSON, must_contain=('"rows"',)),
        PageKind(
            "bulletin",
            rf"^{ARTICLES}[\w-]+/\d{{8}}/\d+\.shtml$",
            must_contain=("自愿减排",),
            parse=_bulletin,
            stated=_other_bulletin,
            gone="page",
        ),
        PageKind(
            "days",
            r"^/wcm/ccer/data/(?:90|\d{8})-first\.json(?:\?ts=\d+)?$",
            _JSON,
            must_contain=("[",),
            parse=_days,
            is_window=True,
            stated=_other_day,
        ),
    ),
    links=links,
    is_daily=True,
    is_on_by_default=False,
    rate_per_second=0.5,
    # No bulletin is known to have been changed; the file of ninety days is compared each night.
    reread_days=7,
    unproven=(
        "terms of use, robots.txt, and that the wall lets this reader through with a Referer alone",
        "where an article has its title, and the class or id of its text",
        "title of the launch day's article, and what stands before its sentence",
        "form of publishedTime, and whether a bulletin ever came out after its day: such a one "
        "is refused",
        "labels of the types, further keys of their rows, decimals of their averages",
        "whether a correction of a bulletin is an article of its own",
    ),
)
