"""The sample Explorer's CSV download, in the layouts that circulate; the values of the JSON.

| layout | what is different |
|---|---|
| `2026` | rates and currency first, only the markets there are, a blank in the separators |
| `2024` | markets first, both of them; one system each for the EU and New Zealand |
| `spreadsheet` | `2026` saved again: CRLF, DD/MM/YYYY, sorted, no newline at the end |
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal

from extractors.sample.sites.icap.explorer import System, local_values, systems
from extractors.sample.sites.icap.series import rates

LAYOUTS = ("2026", "2024", "spreadsheet")
LEFT_OUT = frozenset({6, 16})
"""Restricted systems: asked for, and left out of a download without a word."""
ONLY_PRIMARY = frozenset({33})
_UNDIVIDED = {
    "European Union Emissions Trading System": (33, 34),
    "New Zealand Emissions Trading Scheme": (28, 29),
}
_MARKETS = ("primary", "secondary")


def download(system_ids: Sequence[int], until: date, layout: str = "2026") -> bytes:
    """The file for some systems to the end of a quarter."""
    blocks = _blocks(system_ids, until, layout)
    dates: dict[date, None] = {}
    for block in blocks:
        for market in _MARKETS:
            dates.update(dict.fromkeys(block.values[market]))
    rows: list[list[str | None]] = [["", *_joined(block.names() for block in blocks)]]
    rows.append(["Date", *_joined(block.columns() for block in blocks)])
    ordered = sorted(dates) if layout == "spreadsheet" else dates
    for day in ordered:
        printed = f"{day:%d/%m/%Y}" if layout == "spreadsheet" else day.isoformat()
        rows.append([printed, *_joined(block.cells(day) for block in blocks)])
    separator = "" if layout == "2024" else " "
    text = io.StringIO(newline="")
    ending = "\r\n" if layout == "spreadsheet" else "\n"
    csv.writer(text, lineterminator=ending).writerows(
        [separator if cell is None else cell for cell in row] for row in rows
    )
    return text.getvalue().removesuffix(ending if layout == "spreadsheet" else "").encode()


def _joined(parts: Iterable[list[str]]) -> list[str | None]:
    """All systems' cells, a separator (None, until it is printed) after each."""
    return [cell for part in parts for cell in (*part, None)]


class _Block:
    """A system's columns. `whole` puts the markets first and has both of them."""

    def __init__(
        self, name: str, system: System, values: dict[str, dict[date, Decimal]], whole: bool
    ) -> None:
        self.name, self.system, self.values, self.whole = name, system, values, whole

    def columns(self) -> list[str]:
        code = self.system.currency
        money = [f"Exchange rate {code}/EUR", f"Exchange rate {code}/USD"]
        markets: list[str] = []
        for market in _MARKETS:
            if self.values[market] or self.whole:
                markets.append(f"{market.title()} Market")
                markets += [f"{market.title()} Stability {n}" for n in self._measures(market)]
        return [*markets, "Market Currency", *money] if self.whole else [
            *money, "Market Currency", *markets
        ]  # fmt: skip

    def names(self) -> list[str]:
        return [self.name, *[""] * (len(self.columns()) - 1)]

    def cells(self, day: date) -> list[str]:
        code = self.system.currency
        found: list[str] = []
        is_there = any(day in self.values[market] for market in _MARKETS)
        usd, eur = rates(code, day)
        for label in self.columns():
            if label == "Market Currency":
                found.append(code if is_there else "")
            elif label.startswith("Exchange"):
                found.append(f"{usd if label.endswith('USD') else eur}" if is_there else "")
            else:
                found.append(self._market_cell(label, day))
        return found

    def _market_cell(self, label: str, day: date) -> str:
        market, what, *number = label.split()
        local = self.values[market.lower()].get(day)
        if local is None:
            return ""
        if what == "Market":
            return f"{local.normalize():f}"
        measures = self.system.stability if day.month % 2 == 0 else (0,) * 5
        value = measures[int(number[0]) - 1]
        return f"{value}" if value else ""

    def _measures(self, market: str) -> list[int]:
        has_them = bool(self.system.stability) and bool(self.values[market])
        return [n for n, value in enumerate(self.system.stability, 1) if value] if has_them else []


def _blocks(system_ids: Sequence[int], until: date, layout: str) -> list[_Block]:
    by_number = {system.system_id: system for system in systems()}
    chosen = [by_number[n] for n in system_ids if n in by_number and n not in LEFT_OUT]
    values = {s.system_id: _values(s, until) for s in chosen}
    if layout != "2024":
        return [_Block(s.name, s, values[s.system_id], whole=False) for s in chosen]
    blocks = []
    for system in chosen:
        pair = next((p for p in _UNDIVIDED.items() if system.system_id in p[1]), None)
        if pair is None:
            blocks.append(_Block(system.name, system, values[system.system_id], whole=True))
        elif system.system_id == pair[1][0]:
            both = {
                market: {
                    day: value
                    for number in pair[1]
                    for day, value in values.get(number, {m: {} for m in _MARKETS})[market].items()
                }
                for market in _MARKETS
            }
            blocks.append(_Block(pair[0], system, both, whole=True))
    return blocks


def _values(system: System, until: date) -> dict[str, dict[date, Decimal]]:
    return {
        market: {}
        if market == "secondary" and system.system_id in ONLY_PRIMARY
        else local_values(system, market, until)
        for market in _MARKETS
    }
