"""The national registry and clearing house in Wuhan: the market's second official witness.

A paged table of prices without a header, and a list of daily reports, each an article with
tables by vintage and trade method, in 2022 with a sentence.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from urllib.parse import urljoin

from extractors.errors import Drifted
from extractors.listing import ListPage, PagedList, items_of
from extractors.model import LayoutError, Link, Page, Record, Signal, record_of
from extractors.parsing.html import Tree, one_line, squeezed
from extractors.parsing.html_tables import figure_tables, units_told
from extractors.source import Crawl, PageKind, Source

COLUMNS = 11
AUCTIONS_FROM = date(2025, 7, 16)
"""From here on a total may hold more than listed and block trades."""
MOST_PAGES = 400
_NOTHING = frozenset({"", "-", "--", "—", "–"})
_FIGURE = re.compile(r"[0-9]{1,18}(?:\.[0-9]{1,6})?")
_REPORT = re.compile(r"/view/(\d+)\.html$")
_PAGE = re.compile(r"(/list/\d+\.html)\?page=(\d{1,5})$")
_DAY = re.compile(r"(?<!\d)(\d{4})[年.-](\d{1,2})[月.-](\d{1,2})(?!\d)")
_SENTENCE = re.compile(
    r"今日全国碳排放权交易市场[^。]{1,500}。[^。]{1,60}累计成交总额[\d,.]{1,30}元"
)
Listed = tuple[date, str]
"""What a list shows: a day, and the address of its report (none in the table of prices)."""


def links(crawl: Crawl, source: Source) -> Iterator[Link]:
    """Reports to fetch: those not held yet, and those young enough to be read again. The table
    of prices is read as it is paged. A list that drifted is raised once both were walked."""
    reread_from = crawl.today - timedelta(days=source.reread_days)
    drifts = list[LayoutError | Drifted]()
    for path, kind in (("/list/101.html", "prices"), ("/list/18.html", "report_list")):
        first = Link(f"https://{source.hosts[0]}{path}?page=1", kind)
        paged = PagedList(
            first,
            read_list,
            key=str,
            day=lambda item: item[0],
            is_steady=True,
            most_pages=MOST_PAGES,
            what="a day",
        )
        try:
            for day, url in items_of(crawl, paged):
                link = Link(url, "report")
                if url and (day >= reread_from or not crawl.is_known(link)):
                    yield link
        except (LayoutError, Drifted) as error:
            drifts.append(error)
    if drifts:
        raise drifts[0]


def read_list(page: Page, number: int) -> ListPage[Listed]:
    """A page of either list. Raises `LayoutError` for one that can't be read."""
    tree = Tree(page)
    path, _, _ = page.url.partition("?")
    found = [_PAGE.search(anchor.href) for anchor in tree.anchors(_PAGE)]
    pages = [int(each[2]) for each in found if each and path.endswith(each[1])]
    if number > 1 and not pages:
        raise LayoutError(page, "a further page of a list without a pager")
    is_table = page.kind == "prices"
    items = [(_day(page, row[1]), "") for row in _price_rows(tree)] if is_table else _listed(tree)
    following = (Link(f"{path}?page={number + 1}", page.kind),)
    return ListPage(tuple(items), following if max(pages, default=1) > number else ())


def _listed(tree: Tree) -> list[Listed]:
    found: dict[str, date] = {}
    for anchor in tree.root.iter("a"):
        url = urljoin(tree.page.url, str(anchor.get("href", "")).strip())
        title = str(anchor.get("title", "")) or one_line(anchor)
        if _REPORT.search(url) and _DAY.search(title):
            found.setdefault(url, _day(tree.page, title))
    return [(day, url) for url, day in found.items()]


def _day(page: Page, printed: str) -> date:
    try:
        year, month, day = _DAY.findall(printed)[0]
        return date(int(year), int(month), int(day))
    except (IndexError, ValueError) as error:
        raise LayoutError(page, "no day where one is due", printed) from error


def _price_rows(tree: Tree) -> list[list[str]]:
    """The rows of the tables that have days. Raises `LayoutError` where there is no table, or where
    a row of it has not eleven cells: its columns have no heads to be told by."""
    tables = [t for t in tree.root.iter("table") if next(t.iterdescendants("table"), None) is None]
    if not tables:
        raise LayoutError(tree.page, "no table")
    _require_units(tree)
    found = list[list[str]]()
    for table in tables:
        cells = ([one_line(cell) for cell in row.iter("td", "th")] for row in table.iter("tr"))
        rows = [row for row in cells if row]
        if any(_DAY.fullmatch(cell) for row in rows for cell in row):
            for row in rows:
                if len(row) != COLUMNS:
                    raise LayoutError(tree.page, f"not {COLUMNS} cells", " | ".join(row))
            found += rows
    return found


def _require_units(tree: Tree) -> None:
    """Raises `LayoutError` where the page's words tell of others than tonnes and yuan."""
    if odd := set(units_told(tree.text())) - {"吨", "元"}:
        raise LayoutError(tree.page, "words that tell of another unit", ", ".join(sorted(odd)))


def _prices(page: Page) -> Iterator[Record | Signal]:
    """A record for each row, of a page whose rows all show that their columns are what they are
    believed to be: listed and block trades make the total, with auctions since there are any."""
    rows = _price_rows(Tree(page))
    if not rows:
        yield Signal("empty_list", page.url, "", "the table shows no day")
    days = [_day(page, row[1]) for row in rows]
    for day, row in zip(days, rows, strict=True):
        cells = ["0" if cell in _NOTHING else cell.replace(",", "") for cell in row[5:]]
        if not all(map(_FIGURE.fullmatch, cells)):
            raise LayoutError(page, "no number where one is due", " | ".join(row))
        figures = [Decimal(cell) for cell in cells]
        rest = [figures[4 + i] - figures[i] - figures[2 + i] for i in (0, 1)]
        if rest != [0, 0] and not (min(rest) > 0 and day >= AUCTIONS_FROM):
            raise LayoutError(page, "listed and block do not make the total", " | ".join(row))
    stated = [(row[0], day) for day, row in zip(days, rows, strict=True)]
    said = dict(zip(stated, rows, strict=True))
    twice = {name for name, row in zip(stated, rows, strict=True) if said[name] != row}
    for name, row in zip(stated, rows, strict=True):
        day, is_twice = name[1], name in twice
        parts = (day.year, day.month, day.day)
        yield record_of(page, "price", item=f"{day}", day=parts, cells=row, is_twice=is_twice)


def _report(page: Page) -> Iterator[Record]:
    """The tables of a report; of one without, its sentence."""
    tree = Tree(page)
    title = squeezed(next(iter(tree.texts("title")), ""))
    if len(set(_DAY.findall(title))) != 1:
        raise LayoutError(page, "not one day in the title", title)
    _require_units(tree)
    tables = [table.plain() for _, table in figure_tables(tree.root)]
    sentences = [] if tables else _SENTENCE.findall(re.sub(r"\s", "", tree.text()))
    if not tables and len(sentences) != 1:
        raise LayoutError(page, f"no table, and {len(sentences)} sentences of trades", title)
    number = int(page.url.rsplit("/", 1)[-1].removesuffix(".html"))
    day = _day(page, title)
    parts, sentence = (day.year, day.month, day.day), "".join(sentences)
    yield record_of(page, "report", day=parts, number=number, tables=tables, sentence=sentence)


SOURCE = Source(
    name="crc",
    title="National allowance market (CEA): the registry's figures",
    publisher="China Carbon Emission Registration and Settlement Co., Ltd. (Wuhan)",
    short_names={"en": "National carbon registry", "zh": "中碳登"},
    credit={
        "en": "Registry's figures: China Carbon Emission Registration and Settlement Co., Ltd.",
        "zh": "登记结算数据：中国碳排放权注册登记结算有限责任公司",
    },
    homepage="https://www.chinacrc.net.cn/",
    terms="Unknown: read them before you switch it on; credit by name",
    hosts=("www.chinacrc.net.cn",),
    timezone="Asia/Shanghai",
    calendar="national market, exchange's own closed days",
    cadence="each trading day in the evening; the hour is not known",
    first_day=date(2021, 7, 16),
    parser_version="crc-1",
    kinds=(
        PageKind(
            "prices",
            r"^/list/101\.html(?:\?page=\d+)?$",
            must_contain=("<table", "<TABLE"),
            parse=_prices,
            is_window=True,
        ),
        PageKind("report_list", r"^/list/18\.html(?:\?page=\d+)?$", must_contain=("/list/",)),
        PageKind(
            "report",
            r"^/view/\d+\.html$",
            must_contain=("累计成交",),
            parse=_report,
            gone="page",
        ),
    ),
    links=links,
    is_daily=True,
    is_on_by_default=False,
    unproven=(
        "terms of use, robots.txt, and that the site answers this reader",
        "whether the total of the price table holds auctions, or a column of their own comes",
        "whether days without any trade have rows, and reports",
        "when reports became tables, the heads of these, and their rows of sums",
        "that the pager of both lists names the last page, or at least the next one",
        "hour of publication",
    ),
)
