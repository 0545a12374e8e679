"""The national registry of voluntary reductions (CCER): projects, reductions, methodologies.

Open JSON of seven tabs, each paged, a detail of each item, and the list of methodologies. It knows
the present only: what a tab no longer lists has left it. Ids have nineteen digits, and are texts.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from typing import Any

from extractors.errors import Drifted
from extractors.model import LayoutError, Link, Page, Record, Signal, record_of
from extractors.parsing.html import decode
from extractors.parsing.json import read_json
from extractors.source import Crawl, PageKind, Source

HOST = "ccer.cets.org.cn"
TAB, DETAIL = (f"/api/projectmanage/open/getOpeningApply{suffix}" for suffix in ("", "Detail"))
MOST_METHODOLOGIES = 20
METHODOLOGIES = f"/api/methodology/host/methodologVisit/{MOST_METHODOLOGIES}"
TABS = ("1", "2", "3", "4", "5", "6", "7")
LASTING = frozenset({"2", "4", "5"})
"""Tabs of what is registered or issued: there is something in them."""
PAGE_SIZE, MOST_PAGES = 50, 100
IDS = ("applyId", "projectInfoId", "certificationId", "ccerId")
DETAILS_AGAIN = timedelta(days=7)
Item = Mapping[str, str]


def links(crawl: Crawl, source: Source) -> Iterator[Link]:
    """The methodologies, and the details of items that are new, changed or not seen for a week;
    the tabs are read as they are paged. One that drifted is raised once all were walked."""
    if crawl.today < source.first_day:
        return
    yield Link(f"https://{source.hosts[0]}{METHODOLOGIES}", "answer")
    drifts = list[LayoutError | Drifted]()
    for tab in TABS:
        try:
            for item in _walk(crawl, source, tab):
                link = _detail_of(source, tab, item)
                seen = crawl.seen_on(link)
                if seen is None or seen <= crawl.today - DETAILS_AGAIN:
                    yield link
        except (LayoutError, Drifted) as error:
            drifts.append(error)
    if drifts:
        raise drifts[0]


def _walk(crawl: Crawl, source: Source, tab: str) -> Iterator[Item]:
    """The items of a tab, page by page until a short one or until there are as many as it says.
    Some tabs may be empty; what else is missing is told."""
    seen, total, link = 0, "", _page_of(source, tab, 1)
    for number in range(1, MOST_PAGES + 1):
        link = _page_of(source, tab, number)
        page = crawl.page(link)
        if page is None:
            crawl.signal("list_missing", link.url, f"tab {tab}, page {number}", "no such list")
            return
        items, total = _items(page)
        yield from items
        seen += len(items)
        if len(items) < PAGE_SIZE or str(seen) == total:
            break
    if total and str(seen) != total:
        told = "a tab does not show as many items as it says that there are"
        crawl.signal("list_truncated", link.url, f"tab {tab}: {seen} of {total}", told)
    if not seen and tab in LASTING:
        crawl.signal("empty_list", link.url, f"tab {tab}", "nothing is registered or issued")


def _post(source: Source, path: str, body: Mapping[str, Any]) -> Link:
    text = json.dumps(body, separators=(",", ":"), ensure_ascii=False)
    return Link(f"https://{source.hosts[0]}{path}", "answer", body=text)


def _page_of(source: Source, tab: str, number: int) -> Link:
    body = {"pageNumber": number, "pageSize": PAGE_SIZE, "dataType": tab}
    return _post(source, TAB, body)


def _detail_of(source: Source, tab: str, item: Item) -> Link:
    """A detail is asked for by the ids of its item as they are: without one that it has, the
    answer is an excuse."""
    body = {name: item.get(name) for name in (*IDS, "applyStatus")}
    return _post(source, DETAIL, {**body, "dataType": tab})


def _answer(page: Page) -> dict[str, Any]:
    """The envelope, every figure in it as it is printed: no id is ever a number."""
    answer = read_json(page, dict, parse_float=str, parse_int=str)
    if "successful" not in answer or "dataInfo" not in answer:
        raise LayoutError(page, "no answer of the registry", decode(page)[:200])
    return answer


def _items(page: Page) -> tuple[list[Item], str]:
    """The items of an answer and how many there are in all, as it says; empty where it does not."""
    answer = _answer(page)
    rows = answer["dataInfo"] if answer["dataInfo"] is not None else []
    if answer["successful"] is not True or not isinstance(rows, list):
        raise LayoutError(page, "no list of items", decode(page)[:200])
    total = answer.get("total")
    return [_texts(page, row) for row in rows], "" if total is None else str(total)


def _texts(page: Page, row: object) -> Item:
    """An item's fields that are not null, each a text."""
    if not isinstance(row, dict):
        raise LayoutError(page, "no item where one is due", str(row)[:200])
    return {name: value.strip() for name, value in row.items() if isinstance(value, str)}


def _asked(page: Page) -> dict[str, Any]:
    try:
        asked = json.loads(page.request_body or "")
        if asked["dataType"] in TABS:
            return dict(asked)
    except (ValueError, LookupError, TypeError):
        pass
    raise LayoutError(page, "not known what was asked", str(page.request_body))


def _read_answer(page: Page) -> Iterator[Record | Signal]:
    """A page of a tab, the detail of one of its items, or the methodologies."""
    if page.url.endswith(TAB):
        return _tab(page)
    return _detail(page) if page.url.endswith(DETAIL) else _methodologies(page)


def _tab(page: Page) -> Iterator[Record | Signal]:
    """A record of the page as a whole, and one for each item."""
    asked, (items, total) = _asked(page), _items(page)
    tab, number = asked["dataType"], asked.get("pageNumber")
    if asked.get("pageSize") != PAGE_SIZE or not isinstance(number, int):
        raise LayoutError(
            page, f"not a page of {PAGE_SIZE} items: it stands for others", str(asked)
        )
    if not items and tab in LASTING and number == 1:
        yield Signal("empty_list", page.url, f"tab {tab}", "no item in a tab of lasting ones")
        return
    of = {"data_type": tab, "number": number, "items": items, "total": total}
    yield record_of(page, "tab", item=f"tab {tab} {number}", **of)
    for item in items:
        name = " ".join((tab, *(item.get(each, "-") for each in IDS)))
        yield record_of(page, "application", item=name, data_type=tab, item_fields=item)


def _detail(page: Page) -> Iterator[Record | Signal]:
    asked, answer = _asked(page), _answer(page)
    found = answer["dataInfo"]
    if answer["successful"] is not True:
        told = str(answer.get("msg"))
        yield Signal("no_detail", page.url, page.request_body or "", told)
        return
    item = _texts(page, found[0] if isinstance(found, list) and len(found) == 1 else found)
    ids = {name: value for name, value in asked.items() if isinstance(value, str)}
    of = {"data_type": asked["dataType"], "asked": ids, "item_fields": item}
    yield record_of(page, "detail", item=f"detail {' '.join(map(str, asked.values()))}", **of)


def _methodologies(page: Page) -> Iterator[Record | Signal]:
    items, _ = _items(page)
    if not items:
        yield Signal("empty_list", page.url, "[]", "the registry lists no methodology")
    if len(items) >= MOST_METHODOLOGIES:
        told = "as many as were asked for: there may be more"
        yield Signal("list_truncated", page.url, str(len(items)), told)
    for item in items:
        name = item.get("methodologyNum", "")
        yield record_of(page, "methodology", item=name, item_fields=item)


def _other_application(url: str, query: str | None, body: bytes) -> str:
    """A detail that names its application names the one that was asked for."""
    try:
        asked, found = json.loads(query or "")["applyId"], json.loads(body)["dataInfo"]
        stated = (found[0] if isinstance(found, list) else found).get("applyId")
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError):
        return ""  # an answer of another shape is for its reader
    return f"asked for {asked}, it is of {stated}" if stated and str(stated) != asked else ""


SOURCE = Source(
    name="ccer_registry",
    title="National voluntary market (CCER): registry of projects and reductions",
    publisher="National registry of voluntary greenhouse gas emission reductions",
    short_names={"en": "National CCER registry", "zh": "全国温室气体自愿减排注册登记机构"},
    credit={
        "en": "Projects and reductions of the voluntary market: national CCER registry",
        "zh": "自愿减排项目及减排量数据：全国温室气体自愿减排注册登记机构",
    },
    homepage="https://ccer.cets.org.cn/",
    terms="Unknown: read them before you switch it on; credit by name. Documents need a login: "
    "they are not read",
    hosts=(HOST,),
    timezone="Asia/Shanghai",
    calendar="none: applications are listed as they come",
    cadence="working days; a public display lasts 20 of them",
    # The first new credits: since then something is registered, and issued.
    first_day=date(2025, 3, 7),
    parser_version="ccer_registry-1",
    kinds=(
        PageKind(
            "answer",
            rf"^(?:{TAB}(?:Detail)?|/api/methodology/host/methodologVisit/\d+)$",
            ("application/json", "text/plain"),
            must_contain=('"dataInfo"',),
            parse=_read_answer,
            is_window=True,
            stated=_other_application,
        ),
    ),
    links=links,
    is_on_by_default=False,
    rate_per_second=0.5,
    # The present alone can be asked for: what is told of a night are its own events.
    reread_days=1,
    # Displays begin and end every week; the market's longest closure is nine days.
    quiet_days=45,
    unproven=(
        "terms of use and robots.txt",
        "that a page may have fifty items, and the order of a tab",
        "items of the tabs 6 and 7, which were empty whenever they were seen",
        "whether the detail's fields stand in dataInfo, and of what form publishDatetime is",
        "that the number in the address of the methodologies is how many it gives",
        "that a tab of issued reductions has an id of its own for each item",
    ),
)
