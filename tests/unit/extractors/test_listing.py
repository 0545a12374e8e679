"""The walk over paged lists: every guard, over lists in memory."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractors.listing import MAX_WALKS, ListPage, PagedList, items_of
from extractors.model import Link, Page

TODAY = date(2026, 3, 1)
FIRST = "https://list.example/"
Pages = list[list[str]]


@dataclass
class Lists:
    """A `Crawl` over pages of items; `before` may change them before each request."""

    pages: Pages
    before: Callable[[Lists, int], None] = lambda lists, asked: None
    today: date = TODAY
    since: date = date(2000, 1, 1)
    asked: list[str] = field(default_factory=list)
    told: list[tuple[str, str, str]] = field(default_factory=list)
    missing_before: tuple[str, ...] = ()

    def page(self, link: Link) -> Page | None:
        self.before(self, len(self.asked))
        self.asked.append(link.url)
        number = int(link.url.removeprefix(FIRST) or 0)
        if number >= len(self.pages):
            return None
        body = "\n".join(self.pages[number]).encode()
        seen = datetime(2026, 3, 1, tzinfo=UTC)
        return Page("x", "list", link.url, 200, {}, body, "f", "r", seen, "")

    def signal(self, rule: str, url: str, value: str, detail: str) -> None:
        self.told.append(("signal", rule, value))

    def remark(self, rule: str, url: str, value: str, detail: str) -> None:
        self.told.append(("remark", rule, value))

    def is_known(self, link: Link) -> bool:
        return False

    def held(self, link: Link) -> Page | None:
        return None

    def seen_on(self, link: Link) -> date | None:
        return None

    def stays_missing(self, link: Link) -> bool:
        return link.url in self.missing_before

    def trading_days(self, first: date, last: date) -> Iterable[date]:
        return ()


def item(age: int) -> str:
    """An item that was published so many days ago."""
    return (TODAY - timedelta(days=age)).isoformat()


def paged(lists: Lists, **how: Any) -> PagedList[str]:
    def read(page: Page, number: int) -> ListPage[str]:
        items = tuple(page.body.decode().split())
        last = how.get("ends", "named") == "named" and number >= len(lists.pages)
        following = () if last else (Link(f"{FIRST}{number}", "list"),)
        is_printed = how.get("ends", "named") in ("named", "counted")
        return ListPage(items, following, printed or (len(lists.pages) if is_printed else 0))

    printed = how.pop("printed", 0)
    return PagedList(Link(FIRST, "list"), read, key=str, day=date.fromisoformat, **how)


def walked(lists: Lists, **how: Any) -> list[str]:
    return list(items_of(lists, paged(lists, **how)))


THREE = [[item(1), item(2)], [item(3), item(4)], [item(5)]]
ALL = [name for page in THREE for name in page]


@pytest.mark.parametrize("ends", ["named", "counted"])
def test_a_list_is_walked_to_its_end_and_its_top_looked_at_again(ends: str) -> None:
    lists = Lists(THREE)
    assert walked(lists, ends=ends) == ALL
    assert lists.asked == [FIRST, f"{FIRST}1", f"{FIRST}2", FIRST]
    assert lists.told == []


def test_a_list_of_one_page_can_not_shift() -> None:
    lists = Lists(THREE[:1])
    assert walked(lists) == THREE[0]
    assert lists.asked == [FIRST]


@pytest.mark.parametrize(
    ("ends", "pages"), [("empty", [*THREE, []]), ("repeating", [*THREE, THREE[2], THREE[2]])]
)
def test_a_list_without_a_number_of_pages_ends_where_nothing_is_new(
    ends: str, pages: Pages
) -> None:
    lists = Lists(pages)
    assert walked(lists, ends=ends, is_steady=True) == ALL
    assert len(lists.asked) == 4
    assert lists.told == []


@pytest.mark.parametrize(
    ("is_accounted", "missing_before", "kind"),
    [
        (True, (f"{FIRST}3",), "remark"),
        (True, (), "signal"),
        (True, (f"{FIRST}2",), "signal"),
        (False, (f"{FIRST}3",), "signal"),
    ],
)
def test_a_page_that_stays_away_is_a_remark_where_the_calendar_tells_what_is_missing(
    is_accounted: bool, missing_before: tuple[str, ...], kind: str
) -> None:
    def one_more(lists: Lists, asked: int) -> None:
        lists.pages = THREE

    lists = Lists([*THREE, ["gone"]], one_more, missing_before=missing_before)
    first = paged(Lists([*THREE, ["gone"]]), is_accounted=is_accounted)
    assert list(items_of(lists, first)) == ALL
    assert lists.told == [(kind, "list_truncated", "404")]


def test_what_lies_before_the_window_is_not_asked_for() -> None:
    lists = Lists(THREE, since=TODAY - timedelta(days=2))
    assert walked(lists) == ALL[:4]
    assert lists.asked == [FIRST, f"{FIRST}1", FIRST]


def test_a_list_that_does_not_run_newest_first_is_read_to_its_end() -> None:
    lists = Lists([[item(9), item(3)], [item(8), item(1)], [item(2)]], since=TODAY)
    assert len(walked(lists, is_steady=True)) == 5
    assert lists.asked == [FIRST, f"{FIRST}1", f"{FIRST}2"]


@pytest.mark.parametrize(("is_due", "kind"), [(True, "signal"), (False, "remark")])
def test_a_missing_list_is_told(is_due: bool, kind: str) -> None:
    lists = Lists([])
    assert walked(lists, is_due=is_due) == []
    assert lists.told == [(kind, "list_missing", "404")]


@pytest.mark.parametrize(("is_filled", "kind"), [(True, "signal"), (False, "remark")])
def test_an_empty_list_is_told(is_filled: bool, kind: str) -> None:
    lists = Lists([[]])
    assert walked(lists, is_filled=is_filled) == []
    assert lists.told == [(kind, "empty_list", "0 items")]


def test_a_pager_that_ends_before_its_last_page_is_told() -> None:
    lists = Lists(THREE)
    assert walked(lists, printed=4) == ALL
    assert lists.told == [("signal", "list_truncated", "3 of 4 pages")]


@pytest.mark.parametrize("ends", ["counted", "empty"])
def test_a_page_that_is_not_there_is_told(ends: str) -> None:
    lists = Lists(THREE[:2])
    assert walked(lists, ends=ends, printed=4) == ALL[:4]
    assert lists.told == [("signal", "list_truncated", "404")]


def test_a_counted_page_without_an_item_is_told() -> None:
    lists = Lists([*THREE[:2], []])
    assert walked(lists, ends="counted") == ALL[:4]
    assert lists.told == [("signal", "list_truncated", "2 of 3 pages")]


def test_an_endless_list_is_left_and_told() -> None:
    lists = Lists([[item(n)] for n in range(20)])
    assert len(walked(lists, most_pages=5)) == 5
    assert lists.told == [("signal", "list_truncated", "5 pages")]


def test_a_list_that_shifts_once_is_walked_again_and_nothing_is_lost() -> None:
    """An item of the second page moves up while that page is being asked for."""

    def shift(lists: Lists, asked: int) -> None:
        if asked == 1:
            lists.pages = [[item(1), item(3)], [item(4), item(5)]]

    lists = Lists(THREE, shift)
    assert sorted(walked(lists)) == sorted(ALL)
    assert lists.told == []


def test_a_list_that_never_stands_still_is_told() -> None:
    def shift(lists: Lists, asked: int) -> None:
        lists.pages = [[f"20{asked + 10}-01-01"], ["2001-01-01"]]

    lists = Lists([], shift)
    walked(lists)
    assert lists.told == [("signal", "list_unsteady", f"{MAX_WALKS} walks")]


def test_a_walk_may_end_where_enough_is_known() -> None:
    lists = Lists(THREE)
    assert walked(lists, is_steady=True, is_enough=lambda number, fresh: number == 2) == ALL[:4]


@given(
    st.lists(st.integers(0, 3000), unique=True, max_size=40),
    st.integers(1, 7),
    st.integers(0, 3000),
    st.sampled_from(["named", "counted"]),
)
def test_every_item_of_the_window_is_found_once(
    ages: list[int], size: int, window: int, ends: str
) -> None:
    names = [item(age) for age in sorted(ages)]
    pages = [names[at : at + size] for at in range(0, len(names), size)] or [[]]
    lists = Lists(pages, since=TODAY - timedelta(days=window))
    found = walked(lists, ends=ends)
    assert len(found) == len(set(found))
    assert {name for name in names if name >= lists.since.isoformat()} <= set(found)
