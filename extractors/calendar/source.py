"""The trading calendar's two publishers: the State Council's yearly holiday notice and its
amendments, and the exchange's closure notice with its file of closed days.

A notice stands at two addresses of the government's site and is found by its search. The
exchange's column of notices was never seen: its path is a guess, and a notice can be ingested.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from urllib.parse import urlencode, urlsplit

from extractors.errors import Drifted
from extractors.model import LayoutError, Link, Page, Record, Signal, record_of
from extractors.parsing.html import Tree, decode, squeezed, text_of
from extractors.parsing.json import read_json
from extractors.source import Crawl, PageKind, Source

ISSUER = "国务院办公厅"
NOTICE_TITLE = re.compile(
    rf"{ISSUER}关于(?:(?P<year>\d{{4}})年部分节假日安排|(?:调整|延长)(?P<amended>\d{{4}})年\S+)的通知"
)
"""Interpretations and what other offices write of holidays have other titles."""
CLOSURE_TITLE = re.compile(
    r"关于全国碳排放权交易市场\S{0,40}?(?P<year>\d{4})年\S{0,40}?休市安排的通知"
)
NEXT_YEAR_FROM = (10, 15)
"""Month and day from which the notice for the next year may come."""
_NONE, _FOUND = 1001, 200
_NUMBER = re.compile(r"国办发明电〔\d{4}〕\d+号")
_COLUMN, _CLOSED = "/tzgg/index.shtml", "/assets/json/holidays.json"
_ARTICLE = re.compile(r"/c/\d{4}-\d\d-\d\d/\d+\.shtml$")


def links(crawl: Crawl, source: Source) -> Iterator[Link]:
    """The notices of this year and of later ones, and the exchange's closed days."""
    _, search, query, exchange = source.hosts
    yield Link(f"https://{query}{_CLOSED}", "closed_days")
    seen: set[str] = set()
    for year in _years(crawl.today):
        for url in _found(crawl, source, search, year):
            if url not in seen:
                seen.add(url)
                yield Link(url, "notice")
    yield from _closures(crawl, Link(f"https://{exchange}{_COLUMN}", "column"), source)


def _years(today: date) -> tuple[int, ...]:
    is_due = (today.month, today.day) >= NEXT_YEAR_FROM
    return (today.year, today.year + 1) if is_due else (today.year,)


def _found(crawl: Crawl, source: Source, host: str, year: int) -> Iterator[str]:
    """The addresses of the notices that the government's search knows for a year."""
    asked = {"t": "zhengcelibrary_gw", "p": "0", "n": "5", "q": f"假期 {year}"}
    asked |= {"pcodeJiguan": "国办发明电", "puborg": ISSUER, "filetype": "通知", "sort": "pubtime"}
    page = crawl.page(Link(f"https://{host}/search-gov/data?{urlencode(asked)}", "search"))
    if page is None:
        crawl.signal("search_failed", host, "404", "the government's search is gone")
        return
    hits = list(search_hits(page))
    if not hits and year == crawl.today.year:
        crawl.signal("empty_list", page.url, str(year), "the search knows no notice of this year")
    for title, issuer, url in hits:
        match = NOTICE_TITLE.fullmatch(title)
        is_ours = match and issuer == ISSUER and urlsplit(url).hostname == source.hosts[0]
        if is_ours and match and int(match["year"] or match["amended"]) >= crawl.today.year:
            yield source.canonical(url)


def search_hits(page: Page) -> Iterator[tuple[str, str, str]]:
    """Title, issuer and address of each hit. Raises `LayoutError` for another shape."""
    answer = read_json(page, dict)
    if answer.get("code") == _NONE:
        return
    found = answer.get("searchVO")
    if answer.get("code") != _FOUND or not isinstance(found, dict):
        raise LayoutError(page, "no answer of the search", decode(page)[:200])
    rows = found.get("listVO")
    if rows is None:  # the library of all documents groups its hits
        rows = found.get("catMap", {}).get("gongwen", {}).get("listVO", [])
    if not isinstance(rows, list):
        raise LayoutError(page, "no list of hits", decode(page)[:200])
    for row in rows:
        title = re.sub(r"</?em>", "", str(row.get("title", "")))
        yield "".join(title.split()), str(row.get("puborg", "")).strip(), str(row.get("url", ""))


def _closures(crawl: Crawl, link: Link, source: Source) -> Iterator[Link]:
    """The closure notices that the exchange's column names. Its path is a guess: as long as no
    column was seen there, that there is none holds up nothing."""
    was_seen = crawl.is_known(link)
    try:
        page = crawl.page(link)
    except Drifted:
        if was_seen:
            raise
        page = None
    if page is None:
        tell = crawl.signal if was_seen else crawl.remark
        tell("column_missing", link.url, "", "no column of notices: ingest the closure notice")
        return
    articles = list(Tree(page).anchors(_ARTICLE))
    if not articles:
        crawl.signal("empty_list", link.url, "", "the column of notices names no article")
    for anchor in articles:
        match = CLOSURE_TITLE.search("".join(anchor.text.split()))
        if match and source.owns(anchor.href) and int(match["year"]) >= crawl.today.year:
            yield Link(_at_exchange(anchor.href, source), "closures")


def _at_exchange(url: str, source: Source) -> str:
    return f"https://{source.hosts[3]}{urlsplit(url).path}"


def _notice(page: Page) -> Iterator[Record]:
    """Title, number, day of publication and paragraphs of a holiday notice."""
    tree = Tree(page)
    body = tree.by_id("UCAP-CONTENT")
    if body is None:
        raise LayoutError(page, "no UCAP-CONTENT around the text")
    metas = {str(meta.get("name")): str(meta.get("content", "")) for meta in tree.root.iter("meta")}
    # Above the text on most pages, in it on some; elsewhere stand the numbers of other documents.
    texts = ("".join("".join(map(str, part.itertext())).split()) for part in (body, tree.root))
    number = next((found for text in texts if (found := _NUMBER.search(text))), None)
    yield record_of(
        page,
        "notice",
        title=_title(page, tree, NOTICE_TITLE),
        number=number[0] if number else "",
        published=metas.get("firstpublishedtime", "")[:10],
        lines=_lines(text_of(body)),
    )


def _closure(page: Page) -> Iterator[Record]:
    """Title, day of publication and paragraphs of the exchange's notice."""
    tree = Tree(page)
    title = _title(page, tree, CLOSURE_TITLE)
    _, found, rest = tree.text().partition("发布时间")
    if not found:
        raise LayoutError(page, "no line 发布时间", title)
    published, _, body = rest.lstrip(":： \u3000\u00a0").partition("\n")
    body, closed, _ = body.partition("声明")
    if not closed:
        raise LayoutError(page, "no 声明 after the body: the page may be cut short", body[-80:])
    day = published.strip()[:10]
    yield record_of(page, "closure", title=title, published=day, lines=_lines(body))


def _title(page: Page, tree: Tree, wanted: re.Pattern[str]) -> str:
    """The first heading, or the page's own title, that is one of a notice."""
    printed = [text for tag in ("h1", "h2", "h3", "title") for text in tree.texts(tag)]
    for text in printed:
        if match := wanted.search("".join(text.split())):
            return match[0]
    raise LayoutError(page, "no title of such a notice", (printed or [""])[0])


def _lines(text: str) -> list[str]:
    return [line for part in text.splitlines() if (line := squeezed(part))]


def _closed_days(page: Page) -> Iterator[Record | Signal]:
    days = read_json(page, list)
    if not days:
        yield Signal("empty_list", page.url, "[]", "the exchange's list of closed days is empty")
    for day in days:
        yield record_of(page, "closed_day", item=str(day)[:40], day=day)


SOURCE = Source(
    name="calendar",
    title="Trading calendar: public holidays and the exchange's closed days",
    publisher="State Council of China; Shanghai Environment and Energy Exchange",
    short_names={"en": "State Council", "zh": "国务院办公厅"},
    credit={
        "en": "Holidays: General Office of the State Council, Shanghai exchange",
        "zh": "节假日安排：国务院办公厅、上海环境能源交易所",
    },
    homepage="https://www.gov.cn/zhengce/",
    terms="Public notices: cite the page",
    hosts=("www.gov.cn", "sousuo.www.gov.cn", "shyx.cneeex.com", "overview.cneeex.com"),
    timezone="Asia/Shanghai",
    calendar="none: notices come once a year, amendments when there is need",
    cadence="holidays about 1-10 November for the next year, closures about 17-29 December",
    first_day=date(2021, 7, 16),
    parser_version="calendar-1",
    # Two years' notices lay 393 days apart, of 2021-10-25 and 2022-12-08 409.
    quiet_days=430,
    kinds=(
        PageKind(
            "search",
            r"^/search-gov/data\?",
            ("application/json", "text/"),
            must_contain=("searchVO", str(_NONE)),
        ),
        PageKind(
            "notice",
            r"^/zhengce/(?:[\w-]+/)*content_\d+\.html?$",
            must_contain=("假日安排的通知", "假期的通知", "假期安排的通知"),
            parse=_notice,
        ),
        PageKind("column", r"^/tzgg/", must_contain=("/c/", "通知")),
        PageKind(
            "closures",
            r"^/c/\d{4}-\d\d-\d\d/\d+\.shtml$",
            must_contain=("照常开市",),
            parse=_closure,
        ),
        PageKind(
            "closed_days",
            r"^/assets/json/holidays\.json$",
            ("application/json", "text/plain", "application/octet-stream"),
            must_contain=("[",),
            parse=_closed_days,
        ),
    ),
    links=links,
    unproven=(
        "that the government's search and site answer this reader, and what their robots.txt says",
        "whether the search counts its pages from 0, and gives both addresses of a notice",
        "the exchange's column of notices (/tzgg/ is a guess), and the layout of its notices",
        "whether holidays.json holds weekends, and when the next year is added to it",
        "Hong Kong's public holidays (www.1823.gov.hk) are not read: no table, check or due day "
        "rests on them",
    ),
)
