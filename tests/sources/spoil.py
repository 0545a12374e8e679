"""A page with one figure changed: found by trying, so that no source has to say how.

Every number of a page is changed in turn, and the page read as a night would read it, until
the change does what is wanted: a row of other content, or a record that is refused.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import cache
from itertools import product
from typing import Any, cast

from extractors.archive.archive import Archive
from extractors.model import Page
from extractors.warc.exchange import Entry
from flows.stages.read.prepare import Prepared, identity, prepare
from tests.sources.case import Case, Key, count, of_page

_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
_TRIED = 50
"""So many numbers of a page are tried: one with thousands of rows has them all of one make."""


@dataclass(frozen=True)
class Spoilt:
    """A page's bytes with one number changed, and what reading them gives now."""

    entry: Entry
    body: bytes
    change: str
    before: Prepared
    read: Prepared


@dataclass(frozen=True)
class _OnePage:
    """Stands in for an archive that holds one page."""

    held: Page

    def page(self, entry: Entry) -> Page:
        return self.held


def stated(case: Case, read: Prepared) -> dict[Key, dict[str, Any]]:
    """The rows that a page gives, by table and key; lineage is left out."""
    found = {}
    for table in case.road.tables:
        own = [column.name for column in table.own]
        for row in read.tables[table.name].to_pylist() if table.name in read.tables else []:
            key = (table.name, tuple(row[name] for name in table.key))
            found[key] = {name: row[name] for name in own}
    return found


@cache
def refused(case: Case) -> Spoilt:
    """A page some records of which are refused, that are good ones of the page as it is.

    Fails where no change of a number gives one: then the source refuses nothing.
    """

    def is_refused(entry: Entry, before: Prepared, after: Prepared) -> bool:
        names = {name for some in before.understood.values() for name in some}
        names |= {name for some in before.in_windows.values() for name in some}
        tables = ["", *(table.name for table in case.road.tables)]
        places = (entry.key, entry.source)
        known = {identity(*each) for each in product(places, names, tables)}
        return bool(after.refusals) and {r.identity for r in after.refusals} <= known

    return _first(case, list(case.known), _break, is_refused)


@cache
def revised(case: Case) -> Spoilt:
    """A page that the next evening asks for again, with other figures under the same keys."""

    def is_revised(entry: Entry, before: Prepared, after: Prepared) -> bool:
        old, new = stated(case, before), stated(case, after)
        return not after.refusals and old.keys() == new.keys() and old != new

    again = [entry for entry in case.known if entry.key in case.again]
    return _first(case, again, _change, is_revised)


def _first(
    case: Case,
    entries: list[Entry],
    spoil: Callable[[str], Iterator[str]],
    is_wanted: Callable[[Entry, Prepared, Prepared], bool],
) -> Spoilt:
    rows = {entry.key: count(of_page(case.rows, entry.url)) for entry in entries}
    said_most = sorted(entries, key=lambda entry: (entry.key not in case.again, -rows[entry.key]))
    tried = 0
    for entry in said_most:
        if entry.request_body is not None or not rows[entry.key]:
            continue
        page = case.page(entry)
        before = _read(case, entry, page)
        for body, change in _spoilt(page, _said(before), spoil):
            tried += 1
            after = _read(case, entry, replace(page, body=body))
            if not after.unread and not after.signals and is_wanted(entry, before, after):
                return Spoilt(entry, body, change, before, after)
    raise AssertionError(f"{case.name}: no number of a page does it; {tried} were tried")


def _read(case: Case, entry: Entry, page: Page) -> Prepared:
    """The page as a night reads it."""
    return prepare(cast(Archive, _OnePage(page)), case.road, [entry], ())


def _said(read: Prepared) -> set[str]:
    """Every number that the page's rows say, or that they quote."""
    words = " ".join(
        str(value)
        for table in read.tables.values()
        for row in table.to_pylist()
        for value in row.values()
    )
    return {number.replace(",", "") for number in _NUMBER.findall(words)}


def _spoilt(
    page: Page, said: set[str], spoil: Callable[[str], Iterator[str]]
) -> Iterator[tuple[bytes, str]]:
    """The page with one number changed, from its end on, where figures stand.

    Of the numbers only those that a row says, too: the rest is markup.
    """
    try:
        text = page.body.decode()
    except UnicodeDecodeError:  # no text: nothing in it can be changed by hand
        return
    numbers = [n for n in _NUMBER.finditer(text) if n[0].replace(",", "") in said]
    for found in reversed(numbers[-_TRIED:]):
        for other in spoil(found[0]):
            changed = text[: found.start()] + other + text[found.end() :]
            yield changed.encode(), f"{found[0]} -> {other}"


def _change(number: str) -> Iterator[str]:
    """Another last digit."""
    yield number[:-1] + str((int(number[-1]) + 1) % 10)


def _break(number: str) -> Iterator[str]:
    """What can be no such number: below zero, beyond all bounds, or none at all."""
    yield f"-{number}"
    yield f"{number[:-1]}x{number[-1]}"
    yield number.replace(",", "").partition(".")[0] + "9" * 12
