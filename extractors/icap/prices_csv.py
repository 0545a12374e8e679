"""The Explorer's CSV download: the second reader, for files that somebody kept.

Two header rows (system, column), columns by name in either order, dates unsorted. Files of
2024 put the currency after the markets, later ones before; spreadsheets that saved a file
again write DD/MM/YYYY, or MM/DD/YYYY: which it is, the dates of a file have to say themselves.
Series that ICAP restricts are left out of a download without a
word, so a file says nothing about what it does not hold.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from extractors.icap.explorer import EXPECTED, Expected, expected
from extractors.model import LayoutError, Page, Record, Signal, record_of

_RATE = re.compile(r"Exchange rate ([A-Z]{3})/(USD|EUR)")
_MARKET = re.compile(r"(Primary|Secondary) Market")
_STABILITY = re.compile(r"(Primary|Secondary) Stability ([1-5])")
_ISO = re.compile(r"(\d{4})-(\d\d)-(\d\d)")
_SPREADSHEET = re.compile(r"(\d\d?)/(\d\d?)/(\d{4})")
_PARTS = {"y": "year", "m": "month", "d": "day"}
_UNDIVIDED = {
    r"European Union Emissions Trading System": (33, 34, date(2019, 1, 1)),
    r"New Zealand(?: Emissions Trading S(?:cheme|ystem))?": (28, 29, date(2024, 1, 1)),
}
"""Systems that files from before their division hold in one: their present numbers, and the
first date of the second, as its name has it ("from 2019")."""


@dataclass
class _Columns:
    """Where a system's columns stand. `later` takes the dates from `divided_on` on."""

    system: Expected
    later: Expected | None = None
    divided_on: date | None = None
    currency: int | None = None
    rates: dict[str, int] = field(default_factory=dict)
    rates_of: set[str] = field(default_factory=set)
    markets: dict[str, int] = field(default_factory=dict)
    stability: dict[str, dict[int, int]] = field(default_factory=dict)

    def on(self, day: date) -> Expected:
        is_later = self.later and self.divided_on and day >= self.divided_on
        return self.later if is_later and self.later else self.system


def read_download(page: Page) -> Iterator[Record | Signal]:
    """A record for each price of the file, by system, market and date.

    Raises `LayoutError` for a file that is no such download: no two header rows, an unknown
    column, a row longer or shorter than the header, a date twice, in another form than the rest,
    that reads both ways, or of the future; and for one that may be cut in its last number.
    """
    text = _text(page)
    try:
        rows = list(csv.reader(io.StringIO(text, newline=""), strict=True))
    except csv.Error as error:
        raise LayoutError(page, f"no rows of cells: {error}") from error
    if text.count(";") > text.count(","):
        raise LayoutError(page, "cells divided by `;`: take the file as the site gives it", "")
    if len(rows) < 3 or not rows[1] or rows[1][0].strip() != "Date":
        raise LayoutError(page, "no two header rows and dates under them", str(rows[:2])[:200])
    systems, strangers = _header(page, rows[0], rows[1])
    for name in strangers:
        told = "no such system is known; its columns are not read"
        yield Signal("unknown_system", page.url, name, told)
    lines = {
        number: row for number, row in enumerate(rows[2:], 3) if any(cell.strip() for cell in row)
    }
    _check_cut(page, rows[1], lines, text)
    days = _days(page, {number: row[0].strip() for number, row in lines.items()})
    for number, row in lines.items():
        for columns in systems:
            yield from _prices(page, columns, row, days[number])


def _check_cut(
    page: Page, header: Sequence[str], lines: Mapping[int, Sequence[str]], text: str
) -> None:
    """Refuse rows that have not the header's cells, and a last one that may have lost digits."""
    wanted = max(at for at, label in enumerate(header, 1) if label.strip())
    for number, row in lines.items():
        if len(row) > len(header):
            raise LayoutError(page, f"line {number} has more cells than the header", str(row)[:200])
        if len(row) < wanted:
            told = f"line {number} has fewer cells than the header: the file is cut"
            raise LayoutError(page, told, str(row)[:200])
    last = list(lines.values())[-1] if lines else [""]
    if not text.endswith(("\n", "\r")) and len(last) == wanted and last[-1].strip():
        raise LayoutError(page, "the file ends within a number, as far as it says", last[-1])


def _days(page: Page, printed: Mapping[int, str]) -> dict[int, date]:
    """The date of each line. Raises `LayoutError`."""
    latest = page.retrieved_at.date() + timedelta(days=1)
    order = _order(page, printed)
    days: dict[int, date] = {}
    seen: set[date] = set()
    for number, text in printed.items():
        found = (_ISO if order == "ymd" else _SPREADSHEET).fullmatch(text)
        try:
            if not found:
                raise ValueError("in another form than the first")
            day = date(
                **{_PARTS[part]: int(n) for part, n in zip(order, found.groups(), strict=True)}
            )
        except ValueError as error:
            raise LayoutError(page, f"line {number}: no date: {error}", text) from error
        if day in seen:
            raise LayoutError(page, f"line {number}: a date that was there before", f"{day}")
        if day > latest:
            raise LayoutError(page, f"line {number}: a date of the future", f"{day}")
        seen.add(day)
        days[number] = day
    return days


def _order(page: Page, printed: Mapping[int, str]) -> str:
    """Which part of the dates is which: `ymd`, `dmy` (European) or `mdy` (American)."""
    first = next(iter(printed.values()), "")
    if not _SPREADSHEET.fullmatch(first):
        return "ymd"
    pairs = [
        (int(found[1]), int(found[2]))
        for text in printed.values()
        if (found := _SPREADSHEET.fullmatch(text))
    ]
    orders = [
        order
        for order, at in (("dmy", 1), ("mdy", 0))
        if all(pair[at] <= 12 for pair in pairs)  # the month's place
    ]
    if len(orders) == 2 and any(one != other for one, other in pairs):
        raise LayoutError(page, "dates that read both ways: day first, or month first", first)
    return orders[0] if orders else "dmy"


def _text(page: Page) -> str:
    """UTF-8, with or without its mark, else latin-1: never the Chinese encodings of others."""
    try:
        return page.body.decode("utf-8-sig")
    except UnicodeDecodeError:
        return page.body.decode("latin-1")


def _header(
    page: Page, names: Sequence[str], columns: Sequence[str]
) -> tuple[list[_Columns], list[str]]:
    """The known systems with their columns, and the names of unknown ones."""
    systems: list[_Columns] = []
    strangers: list[str] = []
    current: _Columns | None = None
    is_named = False
    for at in range(1, len(columns)):
        name = _repaired(names[at].strip()) if at < len(names) else ""
        label = columns[at].strip()
        if name:
            current, is_named = _columns(name), True
            if current:
                systems.append(current)
            else:
                strangers.append(name)
        if not label:
            continue  # the blank column between two systems
        if not is_named:
            raise LayoutError(page, "a column before any system's name", label)
        if current:
            _place(page, current, label, at)
    if not systems:
        raise LayoutError(page, "no system that is known", str(names)[:200])
    return systems, strangers


def _columns(name: str) -> _Columns | None:
    if known := expected(name):
        return _Columns(known)
    by_number = {one.system_id: one for one in EXPECTED}
    for pattern, (earlier, later, divided_on) in _UNDIVIDED.items():
        if re.fullmatch(pattern, name):
            return _Columns(by_number[earlier], by_number[later], divided_on)
    return None


def _repaired(name: str) -> str:
    """`QuÃ©bec` is `Québec` that somebody read as latin-1 and saved as UTF-8."""
    if "Ã" not in name:
        return name
    try:
        return name.encode("latin-1").decode("utf-8")
    except UnicodeError:
        return name


def _place(page: Page, columns: _Columns, label: str, at: int) -> None:
    """Note what a column holds. Raises `LayoutError` for one that no download has."""
    if label == "Market Currency":
        columns.currency = at
    elif found := _RATE.fullmatch(label):
        columns.rates[found[2]] = at
        columns.rates_of.add(found[1])
    elif found := _MARKET.fullmatch(label):
        columns.markets[found[1].lower()] = at
    elif found := _STABILITY.fullmatch(label):
        columns.stability.setdefault(found[1].lower(), {})[int(found[2])] = at
    else:
        raise LayoutError(page, f"a column that no download has, of {columns.system.name}", label)


def _prices(page: Page, columns: _Columns, row: Sequence[str], day: date) -> Iterator[Record]:
    """The prices of a system on a date; rates without a price are a day without trade."""
    system = columns.on(day)
    for market, at in columns.markets.items():
        local = _cell(row, at)
        if not local:
            continue
        yield record_of(
            page,
            "csv_price",
            item=f"{system.system_id} {market} {day}",
            system_id=system.system_id,
            system=system.name,
            place=system.place,
            system_kind=system.kind,
            currency=_cell(row, columns.currency),
            is_download_twin=system.twin_of is not None,
            market=market,
            date=day.isoformat(),
            local=local,
            rates_of=sorted(columns.rates_of),
            rates={code: _cell(row, at) for code, at in columns.rates.items()},
            stability=_stability(columns.stability.get(market, {}), row),
        )


def _stability(columns: Mapping[int, int], row: Sequence[str]) -> list[str]:
    return [_cell(row, columns.get(number)) for number in range(1, 6)]


def _cell(row: Sequence[str], at: int | None) -> str:
    return row[at].strip() if at is not None and at < len(row) else ""
