"""Gates: what a table must be to enter a release, and what they say of its measures.

They are declared as data (`gate_files`). `min_...` rules block a source's release, `max_...`
rules warn. What they are held against is the last release, only ever that one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Literal

BY_ACCIDENT = 2
"""So many refused records, revised rows, or figures no longer taken hold nothing back, whatever
their share: a night may bring one, and each row is checked for itself."""
_SHOWN_DAYS = 3
Verdict = Literal["pass", "warn", "fail"]


@dataclass(frozen=True, slots=True)
class Gates:
    """The gates of a table; None where there is none. Shares are of 1.

    `where` (column -> value) and `fill_days` (days back from the newest row) choose the
    rows that `min_fill` looks at, `where` also those of the two about trading days.
    """

    min_rows: int | None = None
    max_rows: int | None = None
    where: Mapping[str, str] = field(default_factory=dict)
    fill_days: int | None = None
    min_fill: Mapping[str, float] = field(default_factory=dict)
    min_trading_days: float | None = None
    max_missing_days: int | None = None
    min_kept: float | None = None
    max_grown: float | None = None
    min_unrevised: float | None = None
    min_accepted: float | None = None
    min_taken: float | None = None

    @property
    def asks_for_days(self) -> bool:
        """Whether the table is to have a row of each trading day."""
        return (self.min_trading_days, self.max_missing_days) != (None, None)


@dataclass(frozen=True, slots=True)
class TakenFigures:
    """Of a ledger of prose, over the texts that it and the last release both hold: figures that
    became facts, and figures that are printed, now and then."""

    taken: int
    found: int
    taken_before: int
    found_before: int

    @property
    def kept(self) -> float:
        """The share of taken figures as a share of the last release's."""
        if not self.taken_before:
            return 1.0
        return self.taken * self.found_before / (self.found * self.taken_before or 1)

    @property
    def lost(self) -> float:
        """So many figures less are taken than by the last release's share; all, where none is
        found any more."""
        if not (self.found and self.found_before):
            return self.taken_before
        return self.taken_before * self.found / self.found_before - self.taken


@dataclass(frozen=True, slots=True)
class Measures:
    """A table as it would be released. `released_rows` is None before its first release.

    `revised` counts rows of the last release that say something else now or are gone,
    `accepted` the statements since, `refused` records that went into quarantine since and
    are still there; `days` are the trading days it
    should have, from its first row to its newest, `missing` those it has not.
    """

    rows: int
    released_rows: int | None
    revised: int
    accepted: int
    refused: int
    fill_rows: int
    filled: Mapping[str, int]
    days: int
    missing: tuple[date, ...]
    taken: TakenFigures | None = None


@dataclass(frozen=True, slots=True)
class Result:
    """What one gate says. `scope` is a table, or a column of it as `table.column`."""

    name: str
    scope: str
    expected: str
    found: str
    verdict: Verdict
    evidence: str


def judge(table: str, gates: Gates, found: Measures) -> list[Result]:
    """What each declared gate says of the table. Those that compare with a last release
    say nothing before there is one."""
    results = [
        _least("min_rows", table, gates.min_rows, found.rows, "current rows"),
        _most("max_rows", table, gates.max_rows, found.rows, "current rows"),
        *_fill(table, gates, found),
        *_days(table, gates, found),
        _accepted(table, gates, found),
    ]
    if found.released_rows:
        before = found.released_rows
        told = f"{found.rows:,} current rows, {before:,} in the last release"
        share = found.rows / before
        results += [
            _least("min_kept", table, gates.min_kept, share, told),
            _most("max_grown", table, gates.max_grown, share, told),
            _unrevised(table, gates, found, before),
            _taken(table, gates, found),
        ]
    return [result for result in results if result]


def _fill(table: str, gates: Gates, found: Measures) -> list[Result | None]:
    if not found.fill_rows:
        return []
    return [
        _least(
            "min_fill",
            f"{table}.{column}",
            least,
            found.filled[column] / found.fill_rows,
            f"{found.filled[column]:,} of {found.fill_rows:,} rows have a value",
        )
        for column, least in gates.min_fill.items()
    ]


def _days(table: str, gates: Gates, found: Measures) -> list[Result | None]:
    if not found.days:
        return []
    missing = ", ".join(str(day) for day in found.missing[-_SHOWN_DAYS:])
    told = f"{len(found.missing)} of {found.days} trading days have no row"
    told += f", the last ones: {missing}" if missing else ""
    share = 1 - len(found.missing) / found.days
    return [
        _least("min_trading_days", table, gates.min_trading_days, share, told),
        _most("max_missing_days", table, gates.max_missing_days, len(found.missing), told),
    ]


def _unrevised(table: str, gates: Gates, found: Measures, before: int) -> Result | None:
    told = f"{found.revised:,} of {before:,} rows in the last release changed"
    share = 1 - found.revised / before
    result = _least("min_unrevised", table, gates.min_unrevised, share, told)
    if result and found.revised <= BY_ACCIDENT:
        return replace(result, verdict="pass")
    return result


def _accepted(table: str, gates: Gates, found: Measures) -> Result | None:
    if not found.refused + found.accepted:
        return None
    share = found.accepted / (found.accepted + found.refused)
    told = f"since the last release {found.refused:,} records refused, {found.accepted:,} accepted"
    result = _least("min_accepted", table, gates.min_accepted, share, told)
    if result and found.refused <= BY_ACCIDENT:
        return replace(result, verdict="pass")
    return result


def _taken(table: str, gates: Gates, found: Measures) -> Result | None:
    if not (share := found.taken):
        return None
    told = (
        f"of texts held then and now {share.taken:,} of {share.found:,} figures are taken, "
        f"{share.taken_before:,} of {share.found_before:,} in the last release"
    )
    result = _least("min_taken", table, gates.min_taken, share.kept, told)
    if result and share.lost <= BY_ACCIDENT:
        return replace(result, verdict="pass")
    return result


def _least(
    name: str, scope: str, least: float | None, value: float, evidence: str
) -> Result | None:
    if least is None:
        return None
    verdict: Verdict = "pass" if value >= least else "fail"
    return Result(f"gate_{name}", scope, f">= {least:g}", _shown(value), verdict, evidence)


def _most(name: str, scope: str, most: float | None, value: float, evidence: str) -> Result | None:
    if most is None:
        return None
    verdict: Verdict = "pass" if value <= most else "warn"
    return Result(f"gate_{name}", scope, f"<= {most:g}", _shown(value), verdict, evidence)


def _shown(value: float) -> str:
    """Cut, never rounded up: 0.9796 under a gate of 0.98 must not read as 0.98."""
    return str(value) if isinstance(value, int) else f"{int(value * 10_000) / 10_000:g}"
