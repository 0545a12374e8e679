"""What a walk over a text leans on and gives: the state of the walk, a fact, what was found."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from transforms.mee.words import as_of
from transforms.model import Remark
from transforms.text.dates import day

CYCLES = {"一": "2019-2020", "二": "2021-2022", "三": "2023-2024"}
"""Emission years of each compliance cycle (mee.md 6.1)."""


@dataclass(frozen=True, slots=True)
class StatedFact:
    """A figure of a text, before it is given its document and number."""

    metric: str
    value: Decimal | None
    unit: str
    printed: str
    quote: str
    position: int
    scope: str = "CEA"
    sector: str = ""
    period: str = ""
    qualifier: str | None = None
    as_of: date | None = None
    due_on: date | None = None
    due_hour: int | None = None


@dataclass
class ScanState:
    """What a clause may lean on."""

    scope: str
    year: int | None = None
    title_year: int | None = None
    emission: str = ""
    cycle: str = ""
    as_of: date | None = None
    day: date | None = None
    dated_year: int | None = None
    is_cumulative: bool = False
    last: str = ""


@dataclass
class Scan:
    """What a text states, what in it was not understood, and what was odd."""

    facts: list[StatedFact] = field(default_factory=list)
    unclaimed: list[str] = field(default_factory=list)
    remarks: list[Remark] = field(default_factory=list)


def _move_as_of(state: ScanState, group: dict[str, str | None]) -> None:
    known = state.dated_year or state.year
    state.as_of = as_of(group["y"], group["m"], group["d"], known)
    state.year = state.dated_year = state.as_of.year
    state.day, state.cycle = None, ""


def _move_day(state: ScanState, group: dict[str, str | None]) -> None:
    state.day = day(group["y"] or "", group["m"] or "", group["d"] or "")
    state.year = state.dated_year = state.day.year
    state.is_cumulative = False


def _move_year(state: ScanState, group: dict[str, str | None]) -> None:
    state.year = int(group["y"] or 0)
    state.dated_year = state.dated_year or state.year
    state.is_cumulative, state.day, state.cycle = False, None, ""


def _move_span(state: ScanState, group: dict[str, str | None]) -> None:
    """Days from and to: no day's figures follow, but those of the year in which they end."""
    _move_year(state, {"y": group["y"] or group["y1"]})


def _move_emission(state: ScanState, group: dict[str, str | None]) -> None:
    state.emission = f"{group['y1']}-{group['y']}" if group.get("y1") else group["y"] or ""


def _move_cycle(state: ScanState, group: dict[str, str | None]) -> None:
    state.cycle = CYCLES[group["c"] or ""]


def _switch(state: ScanState, group: dict[str, str | None]) -> None:
    state.is_cumulative = False


def _stay(state: ScanState, group: dict[str, str | None]) -> None:
    """A year that is only compared with moves nothing."""


MOVES: dict[str, Callable[[ScanState, dict[str, str | None]], None]] = {
    "as_of": _move_as_of,
    "day": _move_day,
    "year": _move_year,
    "span": _move_span,
    "emission_year": _move_emission,
    "emission_years": _move_emission,
    "cycle": _move_cycle,
    "annual_switch": _switch,
    "compared": _stay,
}
