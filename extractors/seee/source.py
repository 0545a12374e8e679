"""Shanghai Environment and Energy Exchange: the national allowance market.

Bulletins by day, week, month and year are articles in lists by year; the quote
page's JSON holds the daily series by product, and the query page's JSON the
totals by trade method. The public list may lag or stop, so the JSON is asked first.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import date
from urllib.parse import urlsplit

from extractors.errors import Drifted
from extractors.model import LayoutError, Link, Page, Record, Signal, record_of
from extractors.parsing.html import Tree, decode
from extractors.parsing.json import read_json
from extractors.seee.lists import behind_lists, bulletin_links
from extractors.seee.stated import other_bulletin, other_totals
from extractors.source import Crawl, PageKind, Source

PRODUCT_FILES = (
    ("COMCEA", "hiskline.json", date(2021, 7, 16)),
    ("CEA19-20", "hiskline-CEA.json", date(2021, 7, 16)),
    ("CEA21", "hiskline-CEA21.json", date(2023, 8, 28)),
    ("CEA22", "hiskline-CEA22.json", date(2023, 8, 28)),
    ("CEA23", "hiskline-CEA23.json", date(2024, 10, 28)),
    ("CEA24", "hiskline-CEA24.json", date(2025, 4, 29)),
    ("CEA25", "hiskline-CEA25.json", date(2026, 1, 5)),
)
"""Product, file of the quote page, day of listing. `CEA` in a file name is a vintage."""

REASKED_DAYS = 5
"""Trading days for which the query page is asked again: its answers carry no ETag."""

NEXT_VINTAGE = 26
_PRODUCT_OF = {file: product for product, file, _ in PRODUCT_FILES}
_VINTAGE = re.compile(r"CEA(?:2[1-9]|[3-9][0-9])")
_VINTAGE_FILE = re.compile(rf"hiskline-({_VINTAGE.pattern})\.json")
_ANY_SPACE = re.compile(r"\s+")
_CLOSED_CODE = "401"


def links(crawl: Crawl, source: Source) -> Iterator[Link]:
    """Everything worth fetching for a night whose window opens at `crawl.since`."""
    site, query = (f"https://{host}" for host in source.hosts)
    for _, file, listed_on in PRODUCT_FILES:
        if listed_on <= crawl.today:
            yield _quote_file(site, file)
    days = list(crawl.trading_days(crawl.since, crawl.today))
    answers = {day: _query(query, day) for day in days}
    for day, link in answers.items():
        if day in days[-REASKED_DAYS:] or _is_missing(crawl.held(link)):
            yield link
    held = [crawl.held(answers[day]) for day in days[-REASKED_DAYS:]]
    yield from next_vintages(crawl, site, [answer for answer in held if answer])
    yield from bulletin_links(crawl, source)


def _quote_file(site: str, file: str) -> Link:
    return Link(f"{site}/zhhq/jsonData/{file}", "quotes")


def _query(query: str, day: date) -> Link:
    return Link(
        f"{query}/gateway/common/querySubStat",
        "method_totals",
        body=json.dumps({"tradeDate": f"{day:%Y%m%d}"}, separators=(",", ":")),
    )


def next_vintages(crawl: Crawl, site: str, answers: list[Page]) -> Iterator[Link]:
    """The files of vintages that are not in `PRODUCT_FILES`: those that the query page has named,
    and those of past years that are there. A vintage is listed after its year at the earliest."""
    named = {subject for page in answers for subject in _subjects(page)}
    past = {f"CEA{year}" for year in range(NEXT_VINTAGE, crawl.today.year - 2000)}
    for vintage in sorted((named | past) - {product for product, *_ in PRODUCT_FILES}):
        link = _quote_file(site, f"hiskline-{vintage}.json")
        if crawl.is_known(link) or vintage in named or _is_there(crawl, link):
            yield link


def _is_there(crawl: Crawl, link: Link) -> bool:
    """Ask for a file that may not be there yet; a page of excuse is no answer either."""
    try:
        return crawl.page(link) is not None
    except Drifted:
        return False


def _subjects(answer: Page) -> Iterator[str]:
    try:
        rows = read_json(answer, dict).get("data")
    except LayoutError:  # reading the page came to the same end, and reported it
        return
    for row in rows if isinstance(rows, list) else ():
        if isinstance(row, dict) and _VINTAGE.fullmatch(str(row.get("subjectCode"))):
            yield str(row["subjectCode"])


def _is_missing(answer: Page | None) -> bool:
    """Whether a trading day's totals are not held: never answered, or answered without data
    or with what can't be read."""
    if answer is None:
        return True
    try:
        return read_json(answer, dict).get("code") in (401, _CLOSED_CODE)
    except LayoutError:  # reading the page came to the same end, and reported it
        return True


def _bulletin(page: Page) -> Iterator[Record]:
    """Title, publication line and body: the text after 发布时间 and before 声明."""
    tree = Tree(page)
    title = next((t for t in tree.texts("h3") if "全国碳市场" in t), "")
    text = tree.text()
    _, found, rest = text.partition("发布时间")
    if not title or not found:
        raise LayoutError(page, "no title in h3, or no line 发布时间", title)
    published, _, body = rest.lstrip(":： \u3000\u00a0").partition("\n")
    body, closed, _ = body.partition("声明")
    if not closed:
        raise LayoutError(page, "no 声明 after the body: the page may be cut short", body[-80:])
    title = _ANY_SPACE.sub("", title)
    yield record_of(page, "bulletin", title=title, published=published.strip()[:10], text=body)


def _quotes(page: Page) -> Iterator[Record]:
    rows = read_json(page, list)
    file = urlsplit(page.url).path.rsplit("/", 1)[-1]
    match = _VINTAGE_FILE.fullmatch(file)
    product = match[1] if match else _PRODUCT_OF.get(file)
    if product is None or not rows:
        raise LayoutError(page, "a quote file without rows, or of no known product", page.url)
    for row in rows:
        yield record_of(page, "quote", product=product, row=row)


def _method_totals(page: Page) -> Iterator[Record | Signal]:
    answer = read_json(page, dict)
    if str(answer.get("code", "")) == _CLOSED_CODE:
        # Code 401 is a day without data, not a login wall; whether it should have
        # data is for the calendar to say (check `method_totals_coverage`).
        told = "the query page has no data for the day"
        yield Signal("no_data", page.url, page.request_body or "", told, is_remark=True)
        return
    rows = answer.get("data")
    if not isinstance(rows, list) or not rows:
        raise LayoutError(page, "an answer without rows", decode(page)[:200])
    for row in rows:
        yield record_of(page, "method_total", row=row)


SOURCE = Source(
    name="seee",
    title="National allowance market (CEA)",
    publisher="Shanghai Environment and Energy Exchange",
    short_names={"en": "Shanghai Environment and Energy Exchange", "zh": "上海环境能源交易所"},
    credit={
        "en": "Trading figures: Shanghai Environment and Energy Exchange",
        "zh": "成交数据：上海环境能源交易所",
    },
    homepage="https://www.cneeex.com/",
    terms="Credit required; figures may not be republished without consent (声明 of each bulletin)",
    hosts=("overview.cneeex.com", "shyx.cneeex.com"),
    aliases=("www.cneeex.com",),
    timezone="Asia/Shanghai",
    calendar="national market, exchange's own closed days",
    cadence="each trading day by 18:00, week and month on their last trading day",
    first_day=date(2021, 7, 16),
    parser_version="seee-3",
    kinds=(
        PageKind(
            "bulletin_list",
            r"^/qgtpfqjy/(?:mrgk|mzgk|jysj/[yn]dgk)/|^/zcms/ui/catalog/\d+/pc/index_\d+\.shtml$",
            must_contain=("articel-list", "right-con", "list-right"),
        ),
        PageKind(
            "bulletin",
            r"^/c/\d{4}-\d\d-\d\d/\d+\.shtml$",
            must_contain=("发布时间",),
            parse=_bulletin,
            stated=other_bulletin,
            gone="page",
        ),
        PageKind(
            "quotes",
            r"^/zhhq/jsonData/hiskline(?:-CEA\d*)?\.json$",
            content_types=("application/json", "text/plain", "application/octet-stream"),
            must_contain=("[",),
            parse=_quotes,
            gone="rows",
        ),
        PageKind(
            "method_totals",
            r"^/gateway/common/querySubStat$",
            content_types=("application/json", "text/plain"),
            must_contain=("{",),
            parse=_method_totals,
            stated=other_totals,
        ),
    ),
    links=links,
    behind=behind_lists,
    is_daily=True,
    unproven=(
        "whether the bulletin list goes on after 2026-08-14",
        "path of the yearly list (jysj/ndgk is a guess by analogy)",
        "titles of weekly bulletins from 2023, container class of today's articles",
        "completeness of querySubStat, and its code for vintage 2019-2020",
        "wording of launch-day, no-trade and yearly composite bulletins",
    ),
)
