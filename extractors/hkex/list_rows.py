"""The rows of the Hong Kong exchange's lists, of the page and of load-more answers alike."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import parse_qs, urljoin, urlsplit

from extractors.hkex.urls import ReleaseAddress, address_of
from extractors.model import LayoutError, Page
from extractors.parsing.html import Tree, decode, one_line, squeezed, with_class

_OLD_DESIGN = "news-releases__section"


@dataclass(frozen=True, slots=True)
class ListRow:
    """One item of a list, as printed. `day` and `month_year` come from its date block."""

    href: str
    title: str
    categories: tuple[str, ...]
    reference: str
    day: str
    month_year: str

    @property
    def address(self) -> ReleaseAddress | None:
        return address_of(self.href)


def window_of(page: Page) -> tuple[str, str]:
    """First and last day that the list was asked for (`YYYY-MM-DD`), from the request."""
    if page.request_body is not None:
        body = json.loads(page.request_body)
        return str(body.get("datefrom", "")), str(body.get("dateto", ""))
    asked = {name.lower(): value[0] for name, value in parse_qs(urlsplit(page.url).query).items()}
    return asked.get("datefrom", ""), asked.get("dateto", "")


def read_list(page: Page) -> list[ListRow]:
    """The rows of a list page or of a load-more answer; none where the answer is null.

    Raises `LayoutError` for the design of 2017-2021 and for anything else.
    """
    if page.request_body is None:
        return _rows(page, page, is_whole=True)
    try:
        answer = json.loads(decode(page))
    except (ValueError, RecursionError) as error:
        if isinstance(error, LayoutError):
            raise
        raise LayoutError(page, f"not JSON: {error}", decode(page)[:200]) from error
    if not isinstance(answer, dict) or "d" not in answer:
        raise LayoutError(page, "an answer without `d`", decode(page)[:200])
    html = answer["d"]
    if html is None or html == "":
        return []
    if not isinstance(html, str):
        raise LayoutError(page, "`d` is no text", repr(html)[:200])
    return _rows(page, _fragment(page, html), is_whole=False)


def _fragment(page: Page, html: str) -> Page:
    """The rows of an answer as a page of their own."""
    return replace(page, body=f"<html><body>{html}</body></html>".encode())


def _rows(page: Page, shown: Page, *, is_whole: bool) -> list[ListRow]:
    root = Tree(shown).root
    blocks = with_class(root, "whats_on_tdy_row")
    if not blocks and is_whole:
        if _has_class(root, _OLD_DESIGN):
            raise LayoutError(page, "the list design of 2017-2021, of which nothing is read")
        if not _has_class(root, "whats_on_tdy"):
            raise LayoutError(page, "no list of releases (`whats_on_tdy`) on the page")
    rows: list[ListRow] = []
    for block in blocks:
        day, month_year = _date_block(page, block)
        items = with_class(block, "whats_on_tdy_row_in") or [block]
        rows += [_row(page, item, day, month_year) for item in items]
    return rows


def _date_block(page: Page, block: Any) -> tuple[str, str]:
    """Day, and month with year, as printed: two nodes of the date ball."""
    balls = with_class(block, "whats_on_tdy_ball")
    if not balls:
        raise LayoutError(page, "a row of the list without its date", one_line(block)[:80])
    numbers = with_class(balls[0], "whats_on_tdy_ball_number")
    children = [child for child in balls[0] if child.tag == "div"]
    if not numbers or not children or children[-1] is numbers[0]:
        raise LayoutError(page, "a date of another make in the list", one_line(balls[0]))
    return one_line(numbers[0]), one_line(children[-1])


def _row(page: Page, item: Any, day: str, month_year: str) -> ListRow:
    places = with_class(item, "whats_on_tdy_text_2")
    anchor = next((a for place in places for a in place.iter("a") if a.get("href")), None)
    if anchor is None:
        raise LayoutError(page, "an item of the list without its link", one_line(item)[:80])
    href = urljoin(page.url, str(anchor.get("href")).strip())
    own = "".join(map(str, anchor.xpath(".//text()[not(ancestor::span)]")))
    title = squeezed(own) or str(anchor.get("title") or "").strip()
    if not title:
        raise LayoutError(page, "an item of the list without a title", href)
    categories = [one_line(a) for c in with_class(item, "whats_on_tdy_text_1") for a in c.iter("a")]
    reference = " ".join(filter(None, map(one_line, with_class(item, "whats_on_tdy_text_3"))))
    return ListRow(
        href, title, tuple(dict.fromkeys(filter(None, categories))), reference, day, month_year
    )


def _has_class(root: Any, name: str) -> bool:
    return bool(with_class(root, name))
