"""The Explorer's CSV download: the second reader, for files that somebody kept.

Two header rows (system, column), columns by name in either order, dates unsorted. Files of
2024 put the currency after the markets, later ones before; spreadsheets that saved a file
again write DD/MM/YYYY. Series that ICAP restricts are left out of a download without a
word, so a file says nothing about what it does not hold.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from extractors.icap.explorer import EXPECTED, Expected, expected
from extractors.model import LayoutError, Page, Record, Signal, record_of

_RATE = re.compile(r"Exchange rate ([A-Z]{3})/(USD|EUR)")
_MARKET = re.compile(r"(Primary|Secondary) Market")
_STABILITY = re.compile(r"(Primary|Secondary) Stability ([1-5])")
_ISO = re.compile(r"(\d{4})-(\d\d)-(\d\d)")
_SPREADSHEET = re.compile(r"(\d\d?)/(\d\d?)/(\d{4})")
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
    markets: dict[str, int] = field(default_factory=dict)
    stability: dict[str, dict[int, int]] = field(default_factory=dict)

    def on(self, day: date) -> Expected:
        is_later = self.later and self.divided_on and day >= self.divided_on
        return self.later if is_later and self.later else self.system


def read_download(page: Page) -> Iterator[Record | Signal]:
    """A record for each price of the file, by system, market and date.

    Raises `LayoutError` for a file that is no such download: no two header rows, an unknown
    column, a row longer than the header, a date twice or in another form than the rest.
    """
    rows = list(csv.reader(io.StringIO(_text(page), newline="")))
    if len(rows) < 3 or not rows[1] or rows[1][0].strip() != "Date":
        raise LayoutError(page, "no two header rows and dates under them", str(rows[:2])[:200])
    systems, strangers = _header(page, rows[0], rows[1])
    for name in strangers:
        told = "no such system is known; its columns are not read"
        yield Signal("unknown_system", page.url, name, told)
    seen: set[date] = set()
    form = _ISO if _ISO.fullmatch(rows[2][0].strip()) else _SPREADSHEET
    for number, row in enumerate(rows[2:], 3):
        if not any(cell.strip() for cell in row):
            continue  # a blank last line
        if len(row) > len(rows[1]):
            raise LayoutError(page, f"line {number} has more cells than the header", str(row)[:200])
        day = _day(page, number, row[0].strip(), form)
        if day in seen:
            raise LayoutError(page, f"line {number}: a date that was there before", f"{day}")
        seen.add(day)
        for columns in systems:
            yield from _prices(page, columns, row, day)


def _text(page: Page) -> str:
    """UTF-8, with or without its mark, else latin-1: never the Chinese encodings of others."""
    try:
        return page.body.decode("utf-8-sig")
    except UnicodeDecodeError:
        return page.body.decode("latin-1")


def _day(page: Page, number: int, printed: str, form: re.Pattern[str]) -> date:
    found = form.fullmatch(printed)
    try:
        if not found:
            raise ValueError("in another form than the first")
        parts = [int(part) for part in found.groups()]
        return date(*parts) if form is _ISO else date(parts[2], parts[1], parts[0])
    except ValueError as error:
        raise LayoutError(page, f"line {number}: no date: {error}", printed) from error


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
            rates={code: _cell(row, at) for code, at in columns.rates.items()},
            stability=_stability(columns.stability.get(market, {}), row),
        )


def _stability(columns: Mapping[int, int], row: Sequence[str]) -> list[str]:
    return [_cell(row, columns.get(number)) for number in range(1, 6)]


def _cell(row: Sequence[str], at: int | None) -> str:
    return row[at].strip() if at is not None and at < len(row) else ""
