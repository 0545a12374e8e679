"""One walk over a paged list, with every guard that a list has ever needed.

What is told, always with the address: `list_missing` (no first page), `empty_list`,
`list_truncated` (a page that must be there is not, the list ends before the last page that it
prints, or it never ends), `list_unsteady` (it shifts while it is paged, however often it is
walked again). Only the pages of the window are asked for: a list that runs newest first is left
at the first page that ends before it, one that does not is read to its end.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Generic, Literal, TypeVar

from extractors.model import Link, Page
from extractors.source import Crawl

T = TypeVar("T")
MAX_WALKS = 3


@dataclass(frozen=True, slots=True)
class ListPage(Generic[T]):
    """What a page of a list shows: its items in their order, and where it goes on.

    `following` are the addresses under which the next page may stand, the likelier first; `pages`
    is how many there are, as printed (0: it does not say).
    """

    items: tuple[T, ...]
    following: tuple[Link, ...] = ()
    pages: int = 0


@dataclass(frozen=True)
class PagedList(Generic[T]):
    """A list as a walk has to know it.

    `read(page, number)` reads its page `number` (from 1); `key` names an item; `day` is when it
    was published (None: not said); `what` is an item in words. `ends` says how its end is known:
    `named`, each page names the next; `counted`, its first page prints how many there are;
    `empty`, a page without an item is its end; `repeating`, a page with nothing new is, or one
    that is not there. Where `is_due` is False the list may not be there yet, where `is_filled`
    is False it may be empty: remarks then, no signals. `is_steady` lists only grow at their top,
    which doubles an item and loses none; any other is walked again until its top stands still.
    `is_enough` may end the walk after a page, given what it showed that was new. Where
    `is_accounted`, what the list lacks is told by the calendar, too: a next page that did not
    answer on an earlier night either is a remark.
    """

    first: Link
    read: Callable[[Page, int], ListPage[T]]
    key: Callable[[T], str]
    day: Callable[[T], date | None]
    ends: Literal["named", "counted", "empty", "repeating"] = "named"
    is_due: bool = True
    is_filled: bool = True
    is_steady: bool = False
    is_accounted: bool = False
    most_pages: int = 60
    what: str = "an item"
    is_enough: Callable[[int, list[T]], bool] = lambda number, fresh: False


def items_of(crawl: Crawl, paged: PagedList[T]) -> Iterator[T]:
    """The items of the window, each once, in the order found."""
    found: dict[str, T] = {}
    if paged.is_steady:
        yield from (item for fresh in _walk(crawl, paged, found) for item in fresh)
        return
    for _ in range(MAX_WALKS):
        pages = list(_walk(crawl, paged, found))
        if len(pages) <= 1 or _stands(crawl, paged, pages[0]):
            break  # one page can't shift under the walk
    else:
        told = "the list shifts while it is paged"
        crawl.signal("list_unsteady", paged.first.url, f"{MAX_WALKS} walks", told)
    yield from found.values()


def _stands(crawl: Crawl, paged: PagedList[T], top: list[T]) -> bool:
    """Whether the top of the list is still what the walk began with."""
    page = crawl.page(paged.first)
    if page is None:
        return False
    return [paged.key(i) for i in paged.read(page, 1).items] == [paged.key(i) for i in top]


def _walk(crawl: Crawl, paged: PagedList[T], found: dict[str, T]) -> Iterator[list[T]]:
    """What each page shows that no page of this walk has shown before; all goes into `found`."""
    page = crawl.page(paged.first)
    if page is None:
        tell = crawl.signal if paged.is_due else crawl.remark
        tell("list_missing", paged.first.url, "404", "no such list")
        return
    shown = paged.read(page, 1)
    if not shown.items:
        tell = crawl.signal if paged.is_filled else crawl.remark
        tell("empty_list", paged.first.url, "0 items", f"a list page without {paged.what}")
    number, pages, seen = 1, shown.pages, set[str]()
    while True:
        fresh = [item for item in shown.items if paged.key(item) not in seen]
        seen |= {paged.key(item) for item in fresh}
        found.update((paged.key(item), item) for item in fresh)
        yield fresh
        if _is_past(paged, shown, crawl.since) or paged.is_enough(number, fresh):
            return
        if paged.ends == "counted" and number >= pages:
            return
        if not shown.following or _is_end(paged, shown, fresh):
            if number < shown.pages:
                told = "the list ends before its last page"
                _truncated(crawl, paged.first.url, f"{number} of {shown.pages} pages", told)
            return
        if number == paged.most_pages:
            told = "no list is so long"
            _truncated(crawl, shown.following[0].url, f"{paged.most_pages} pages", told)
            return
        page = next((p for link in shown.following if (p := crawl.page(link))), None)
        if page is None:
            if paged.ends != "repeating":
                told = f"the next page is not there, after {number} of {pages or 'some'} pages"
                _cut(crawl, paged, shown.following[0], told)
            return
        number += 1
        shown = paged.read(page, number)
        if paged.ends == "counted" and not shown.items:
            told = "the list ends before its last page"
            _truncated(crawl, page.url, f"{number - 1} of {pages} pages", told)
            return


def _is_end(paged: PagedList[T], shown: ListPage[T], fresh: list[T]) -> bool:
    if paged.ends == "repeating":
        return not fresh
    return paged.ends == "empty" and not shown.items


def _cut(crawl: Crawl, paged: PagedList[T], link: Link, told: str) -> None:
    if paged.is_accounted and crawl.stays_missing(link):
        told += ", as on an earlier night; what it lacks is told day by day"
        crawl.remark("list_truncated", link.url, "404", told)
    else:
        _truncated(crawl, link.url, "404", told)


def _truncated(crawl: Crawl, url: str, value: str, told: str) -> None:
    crawl.signal("list_truncated", url, value, told)


def _is_past(paged: PagedList[T], shown: ListPage[T], since: date) -> bool:
    """Whether all that follows the page was published before the window."""
    said = [paged.day(item) for item in shown.items]
    days = [day for day in said if day is not None]
    is_sorted = len(days) == len(said) and days == sorted(days, reverse=True)
    return bool(days) and is_sorted and days[-1] < since
