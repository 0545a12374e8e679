"""European prices: the Commission's of CBAM certificates, EEX's of primary auctions.

Two publishers in one source, since the one's price is the other's mean: what is wrong at one host
stops nothing at the other. Prices of CBAM are a table of quarters; from 2027 on they come by the
week, in a table that nobody has seen yet: it is told, and not guessed at.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, timedelta

from bs4 import Tag

from extractors.eu.workbook import auctions, is_young
from extractors.model import LayoutError, Link, Page, Record, Signal, record_of
from extractors.parsing.soup import Soup, line_of
from extractors.source import Crawl, PageKind, Source

PRICES = "/carbon-border-adjustment-mechanism/price-cbam-certificates_en"
WORKBOOK = "/eex/eua-auction-report/emission-spot-primary-market-auction-report-{}-data.xlsx"
FIRST_PRICE = date(2026, 4, 7)
"""The day of the first CBAM price: before it there was none to ask for."""
_HEADS = {
    "period": re.compile(r"(?:calendar )?quarter"),
    "published": re.compile(r"(?:publication date|date of publication|published(?: on)?)"),
    "price": re.compile(
        r"(?:price(?: of (?:a )?cbam certificates?)?|cbam certificate price)"
        r"(?: ?[(\[]?(?:in )?(?:€|eur) ?/ ?t ?(?:co2e?)?[)\]]?)?"
    ),
}
_IS_OF_PRICES = re.compile(r"price|€|\beur\b|\d[.,]\d\d\b", re.IGNORECASE)
_NOT_YET = frozenset({"", "-", "–", "—"})
Rows = list[list[str]]


def links(crawl: Crawl, source: Source) -> Iterator[Link]:
    """The workbooks of the window's years, and the Commission's page, which is read at once: a
    table on it that nobody knows is raised, once all was asked for."""
    commission, exchange = source.hosts
    young = crawl.today - timedelta(days=source.reread_days)
    for year in range(max(crawl.since, source.first_day).year, crawl.today.year + 1):
        is_new = is_young(year, crawl.today)
        link = Link(f"https://{exchange}{WORKBOOK.format(year)}", "auctions", may_be_missing=is_new)
        if year >= young.year or not crawl.is_known(link):
            yield link
    if crawl.today < FIRST_PRICE:
        return
    link = Link(f"https://{commission}{PRICES}", "cbam")
    page = crawl.page(link)
    if page is None:
        crawl.signal("list_missing", link.url, "404", "no page of CBAM prices")
    elif others := _tables(page)[1]:
        raise LayoutError(page, "another table of prices, which is not read", _named(others))


def prices(page: Page) -> Iterator[Record | Signal]:
    """A record for each quarter of the page that has its price. Raises `LayoutError`."""
    quarters, others = _tables(page)
    for other in others:
        yield Signal("unknown_table", page.url, _named([other]), "a table that is not read")
    heads, *rows = quarters
    fields = [_field(head) for head in heads]
    if odd := [row for row in rows if len(row) != len(heads)]:
        raise LayoutError(page, f"not {len(heads)} cells", " | ".join(odd[0]))
    found = [dict(zip(fields, row, strict=True)) for row in rows]
    stated = [row for row in found if row["price"] not in _NOT_YET]
    if not stated:
        yield Signal("empty_list", page.url, "", "the page shows no price")
    for row in stated:
        yield record_of(page, "price", item=row["period"], **row)


def _tables(page: Page) -> tuple[Rows, list[Rows]]:
    """The table of quarters, and those of other prices. Raises `LayoutError` where there is not
    one of the former."""
    read = [_rows(table) for table in Soup(page).all("table") if table.find("table") is None]
    known = [rows for rows in read if rows and {_field(head) for head in rows[0]} == _HEADS.keys()]
    if len(known) != 1:
        told = " || ".join(_named([rows]) for rows in read if rows)
        raise LayoutError(page, f"{len(known)} tables of prices by quarter, not one", told)
    others = [rows for rows in read if rows is not known[0] and _is_of_prices(rows)]
    return known[0], others


def _rows(table: Tag) -> Rows:
    rows = ([line_of(cell) for cell in row.find_all(["th", "td"])] for row in table.find_all("tr"))
    return [row for row in rows if any(row)]


def _is_of_prices(rows: Rows) -> bool:
    return any(_IS_OF_PRICES.search(cell) for row in rows for cell in row)


def _field(head: str) -> str:
    plain = " ".join(head.lower().replace("₂", "2").split())
    return next((name for name, form in _HEADS.items() if form.fullmatch(plain)), "")


def _named(tables: list[Rows]) -> str:
    """What is new: each table by its heads, and its first row."""
    return "; ".join(" / ".join(" | ".join(row) for row in rows[:2]) for rows in tables)[:400]


SOURCE = Source(
    name="eu",
    title="European prices: CBAM certificates, allowance auctions",
    publisher="European Commission (CBAM); European Energy Exchange (auctions)",
    short_names={"en": "European Commission, EEX", "zh": "欧盟委员会、欧洲能源交易所"},
    credit={
        "en": "CBAM certificate prices: European Commission (CC BY 4.0); mean of auctions: derived "
        "from figures of the European Energy Exchange",
        "zh": "CBAM证书价格：欧盟委员会（CC BY 4.0）；拍卖均价：据欧洲能源交易所数据计算",
    },
    homepage=f"https://taxation-customs.ec.europa.eu{PRICES}",
    terms="Commission: reuse with credit (CC BY 4.0). EEX: unknown, ask for them before you switch "
    "it on; its rows stay in your store and are never published, their mean of a quarter is",
    hosts=("taxation-customs.ec.europa.eu", "public.eex-group.com"),
    timezone="Europe/Berlin",
    calendar="none of the market's: auctions on working days, with a pause about Christmas",
    cadence="CBAM: the first working day of the second week after a quarter, weekly from 2027; "
    "auctions: most working days",
    # The fourth trading period of the European market.
    first_day=date(2021, 1, 1),
    parser_version="eu-1",
    kinds=(
        PageKind(
            "cbam",
            rf"^{PRICES}$",
            must_contain=("CBAM certificate",),
            parse=prices,
        ),
        PageKind(
            "auctions",
            "^" + re.escape(WORKBOOK).replace(r"\{\}", r"\d{4}") + "$",
            (
                "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
                "application/octet-stream",
            ),
            must_contain=("xl/workbook.xml",),
            parse=auctions,
        ),
    ),
    links=links,
    is_on_by_default=False,
    # From one price to the next: a quarter, and what Easter puts off.
    quiet_days=105,
    unproven=(
        "terms of EEX; robots.txt of both, and that they answer this reader (one was refused: 403)",
        "the exact heads on the Commission's page; its table of the prices by the week, from 2027",
        "the prices of the second and third quarter of 2026: each was seen once, by others",
        "the workbook's other columns, and that its heads are those that are read",
        "how auctions that are cancelled or fail are marked: any status but successful is refused",
        "whether auctions of aviation's allowances count in the CBAM price: they do here",
    ),
)
