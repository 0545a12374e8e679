"""The end of a night: marts are derived, and what passed its gates enters a new release.

What did not pass stays as it was.

Each source is judged by itself and holds nobody else back. Killed before
the release is written, the old one stands, and the next run makes it.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from flows.core.errors import named_error
from flows.core.query.gates import gates_of
from flows.stages.release.held_rows import Withheld
from schemas.contracts.gate_files import GateError
from schemas.contracts.gates import Result
from schemas.ops.tables import OPS_CHECKS, OPS_RELEASES
from schemas.registry import TABLES
from warehouse.errors import Damaged, WarehouseError

if TYPE_CHECKING:
    from flows.core.context import RunContext
    from flows.core.result import SourceResult
    from flows.stages.release.build_marts import Derived
    from flows.stages.release.mart_gates import JudgedMarts
    from flows.stages.release.source_gates import Judged
    from flows.stages.release.table_gates import Held
    from warehouse.store.releases import Pinned, Release

log = logging.getLogger("carbonmart.release")


@dataclass
class Released:
    """What the run's report says of releases. `release` is the current one, if there is any."""

    release: Release | None = None
    is_new: bool = False
    held: list[Held] = field(default_factory=list)
    rows_held: Withheld = field(default_factory=Withheld)
    warned: list[Result] = field(default_factory=list)
    derived: list[Derived] = field(default_factory=list)
    failed_checks: tuple[str, ...] = ()
    error: str = ""


def release(context: RunContext, runs: Sequence[SourceResult]) -> Released:
    """Judge the sources that were run, book their gates, make a release if anything changed.

    Never raises for what a source, a disk or a file of gates can do: the old release stands
    then, and `error` says why.
    """
    import pyarrow as pa

    from flows.stages.release.mart_gates import derived_and_judged
    from flows.stages.release.source_gates import judged, settle
    from warehouse.store.releases import releases

    told = Released()
    # What reading took is given back before DuckDB, which has memory of its own, goes to work.
    pa.default_memory_pool().release_unused()
    try:
        gates, made = gates_of(context.settings), releases(context.warehouse)
        told.release = made[-1] if made else None
        told.rows_held = settle(context, runs, made, gates)
        sources = [judged(context, run, made, gates, told.rows_held) for run in runs]
        marts = derived_and_judged(context, made, gates, _beside(context, sources, made))
        results = [result for source in sources for result in source.results]
        results += marts.results
        rows = [_row(context, result) for result in results]
        context.warehouse.append_log(OPS_CHECKS, rows, run_id=context.run_id)
        told.warned = [result for result in results if result.verdict == "warn"]
        new = _commit(context, sources, marts, made)
        told.is_new, told.release = new is not None, new or told.release
        held = [each.held for each in sources if each.held] + list(marts.held)
        told.held = [_since(each, told.release) for each in held]
        told.derived, told.failed_checks = list(marts.changed), marts.failed_checks
    except (GateError, WarehouseError, OSError) as error:
        told.error = str(error)
    except Exception as error:  # the night's report must come out
        log.exception("no release could be made")
        told.error = named_error(error)
    return told


def _commit(
    context: RunContext, sources: Sequence[Judged], marts: JudgedMarts, known: Sequence[Release]
) -> Release | None:
    from warehouse.store.releases import commit

    def tables_of(made: Sequence[Release]) -> list[Pinned] | None:
        before = _held(made)
        after = _after(before, sources, context.started_at)
        after |= marts.entering(context, before, after)
        if _states(after) == _states(before):
            return None
        return [*after.values(), *_books(context, made)]

    if tables_of(known) is None:
        return None
    return commit(context.warehouse, context.run_id, "release", tables_of)


def _beside(
    context: RunContext, sources: Sequence[Judged], made: Sequence[Release]
) -> dict[str, Pinned]:
    """The tables that a release would hold beside the marts."""
    return _after(_held(made), sources, context.started_at)


def _held(made: Sequence[Release]) -> dict[str, Pinned]:
    from warehouse.store.releases import BOOKS

    return {p.table_name: p for p in made[-1].tables if p.source != BOOKS} if made else {}


def _after(
    before: dict[str, Pinned], sources: Sequence[Judged], now: datetime
) -> dict[str, Pinned]:
    """The tables of the next release: those of the last one, with what these sources bring."""
    after = dict(before)
    for each in sources:
        if each.held:
            mine = [p for p in before.values() if p.source == each.source]
            after |= {p.table_name: p.stale(now, each.held.reason) for p in mine}
        elif not _is_outrun(each, before):
            after |= {p.table_name: p for p in each.tables}
    return after


def _is_outrun(judged: Judged, before: dict[str, Pinned]) -> bool:
    """Whether another run released later versions of the source while this one was judged."""
    held = ((before.get(p.table_name), p) for p in judged.tables)
    return any(known and known.table_version > p.table_version for known, p in held)


def _states(tables: dict[str, Pinned]) -> set[tuple[str, int, str]]:
    return {(p.table_name, p.table_version, p.status) for p in tables.values()}


def _books(context: RunContext, made: Sequence[Release]) -> list[Pinned]:
    """The logs as they are now, without that of the releases themselves; one that can't be
    read stays as it was released last."""
    from warehouse.store.measures import pin
    from warehouse.store.releases import BOOKS

    logs = [t for t in TABLES.values() if t.is_log and t.name != OPS_RELEASES.name]
    before = made[-1].of(BOOKS) if made else {}
    pinned = []
    for log in logs:
        try:
            found = pin(context.warehouse, log, BOOKS)
        except Damaged:
            found = before.get(log.name)
        pinned += [found] if found else []
    return pinned


def _since(held: Held, release: Release | None) -> Held:
    """With since when readers see an older version; a mart is named by its table."""
    tables = release.tables if release else ()
    pinned = [p for p in tables if held.source in (p.source, p.table_name)]
    return replace(
        held, stale_since=min((p.stale_since for p in pinned if p.stale_since), default=None)
    )


def _row(context: RunContext, result: Result) -> dict[str, Any]:
    return {
        "run_id": context.run_id,
        "checked_at": datetime.now(UTC),
        "name": result.name,
        "scope": result.scope,
        "expected": result.expected,
        "found": result.found,
        "difference": None,
        "tolerance": None,
        "verdict": result.verdict,
        "evidence": result.evidence,
    }
