"""Whether a source may enter the next release, judged by itself at the end of its run."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from flows.core.context import RunContext
from flows.core.errors import named_error
from flows.core.outcome import Outcome
from flows.core.sources import Pipeline
from flows.core.sources import pipeline as pipeline_of
from flows.stages.release.held_rows import Broken, Neighbours, Withheld, reads_others, settled
from flows.stages.release.table_gates import (
    IDENTITIES,
    Held,
    ask_gates,
    in_words,
    pin_now,
    same_statements,
)
from schemas.contracts.gate_files import Declaration
from schemas.contracts.gates import Gates, Result, Verdict
from schemas.registry import TABLES
from warehouse.store.held import hold
from warehouse.store.measures import is_from, same_rows
from warehouse.store.releases import Pinned, Release

if TYPE_CHECKING:
    from flows.core.result import SourceResult

log = logging.getLogger("carbonmart.release")

OUTCOME = "gate_outcome"
UNASKED = "gates_unasked"
UNCHECKED = "written_meanwhile"
_SHOWN = 5
PASSING = (Outcome.CHANGED, Outcome.UNCHANGED, Outcome.EMPTY_EXPECTED, Outcome.PARTIAL)
"""A part that came in well may be released; what is missing is told by the outcome."""


@dataclass(frozen=True, slots=True)
class Judged:
    """A source at the end of its run: the tables to release, or why they are held."""

    source: str
    tables: tuple[Pinned, ...] = ()
    held: Held | None = None
    results: tuple[Result, ...] = ()


def may_enter(run: SourceResult) -> bool:
    """Whether a run ended so that what it brought may be released. A spent budget cut it short,
    and broke nothing."""
    is_whole = all(issue.rule == "budget" for issue in run.tally.fatal)
    return run.outcome in (*PASSING, Outcome.BLOCKED) and is_whole


def settle(
    context: RunContext, runs: Sequence[SourceResult], made: Sequence[Release], gates: Declaration
) -> Withheld:
    """The rows of these runs' sources that are held back, each for itself; of a source that
    can't be asked, why."""
    is_sample = context.home.kind == "sample"
    entering: list[Pipeline] = []
    asked: list[tuple[Pipeline, SourceResult]] = []
    found = Withheld()
    for run in filter(may_enter, runs):
        try:
            pipeline = pipeline_of(run.source, is_sample=is_sample)
        except Exception as error:
            log.exception("what the checks of %s say can't be settled", run.source)
            found = found.beside(_not_asked(run, error))
            continue
        entering.append(pipeline)
        if run.failed_checks or reads_others(context, pipeline):
            asked.append((pipeline, run))
    released = made[-1] if made else None
    for pipeline, run in sorted(asked, key=lambda one: reads_others(context, one[0])):
        around = Neighbours(released, gates, entering, found)
        try:
            found = found.beside(settled(context, pipeline, around))
        except Exception as error:
            log.exception("what the checks of %s say can't be settled", run.source)
            found = found.beside(_not_asked(run, error))
    return found


def _not_asked(run: SourceResult, error: Exception) -> Withheld:
    return Withheld(broken={run.source: named_error(error)})


def judged(
    context: RunContext,
    run: SourceResult,
    made: Sequence[Release],
    gates: Declaration,
    without: Withheld,
) -> Judged:
    """Judge a source by how its run ended, then by the gates of its tables, against the
    last release alone. Gates are asked only where something moved or was refused. What is
    settled to be left out (`without`) is noted in its tables first.

    A source whose gates can't be asked is held back; it never raises for what a source's own
    code, files or tables can do."""
    if not may_enter(run):
        return _held_by_outcome(run)
    try:
        if why := {**gates.broken, **without.broken}.get(run.source):
            return _unasked(run, why)
        return _by_gates(context, run, made, gates, without)
    except Exception as error:
        log.exception("the gates of %s could not be asked", run.source)
        return _unasked(run, named_error(error))


def _unasked(run: SourceResult, why: str) -> Judged:
    result = Result(UNASKED, run.source, "gates that can be asked", "none", "fail", why)
    return Judged(
        run.source, held=Held(run.source, f"{UNASKED}: {why}", by_gate=True), results=(result,)
    )


def _by_gates(
    context: RunContext,
    run: SourceResult,
    made: Sequence[Release],
    gates: Declaration,
    without: Withheld,
) -> Judged:
    pipeline = pipeline_of(run.source, is_sample=context.home.kind == "sample")
    for table in pipeline.tables:
        hold(context.warehouse, table, without.of(table))
    released = made[-1].of(run.source) if made else {}
    pinned = [
        p for t in pipeline.tables if (p := pin_now(context, t, run.source, released.get(t.name)))
    ]
    if others := _unchecked(context, run, pinned):
        return Judged(run.source, results=(others,))
    moved = _moved(context, pinned, released)
    if run.outcome is Outcome.BLOCKED and not moved:
        names = (pin.table_name for pin in pinned)
        if all(_is_walled(context, run, name) for name in names):
            return _held_by_outcome(run)
    if moved and _withdrawn(context, pinned, made):
        told = f"rolled back by {made[-1].release_id}, and nothing new since"
        return Judged(run.source, held=Held(run.source, told))
    results = _identities(run, without.unsettled.get(run.source, ()))
    if moved or run.tally.quarantined:
        results += _asked(context, pipeline, pinned, made, gates.tables)
    if broken := [result for result in results if result.verdict == "fail"]:
        by_gate = any(result.name != IDENTITIES for result in broken)
        held = Held(run.source, in_words(broken), by_gate)
        return Judged(run.source, held=held, results=results)
    entering = pinned if moved else released.values()
    fresh = tuple(replace(p, status="fresh", stale_since=None, reason=None) for p in entering)
    if run.outcome is Outcome.BLOCKED:  # one of its hosts, and what others gave is good
        fresh = tuple(_unreached(context, run, p, released.get(p.table_name)) for p in fresh)
    return Judged(run.source, tables=fresh, results=results)


def _unchecked(context: RunContext, run: SourceResult, pinned: Sequence[Pinned]) -> Result | None:
    """That another run has written to the source's tables since this one's checks: its own end
    releases what they hold then, or the next run does."""
    checked = run.tally.checked
    others = [
        p.table_name
        for p in pinned
        if checked
        and (before := checked.get(p.table_name)) != p.table_version
        and (
            before is None
            or not same_rows(context.warehouse, TABLES[p.table_name], before, p.table_version)
        )
    ]
    if not others:
        return None
    told = "its own end releases them, or the next run"
    return Result(UNCHECKED, run.source, "rows that were checked", ", ".join(others), "warn", told)


def _unreached(
    context: RunContext, run: SourceResult, now: Pinned, before: Pinned | None
) -> Pinned:
    """A table that the walled host speaks of is stale where the run got nothing for it."""
    if before is None or not same_statements(
        context, now.table_name, now.table_version, before.table_version
    ):
        return now
    if not _is_walled(context, run, now.table_name):
        return now
    return before.stale(context.started_at, f"{run.outcome}: {run.why}")


def _is_walled(context: RunContext, run: SourceResult, table: str) -> bool:
    """Whether a host that the run found walled speaks of the table."""
    walled = [urlsplit(wall.url).hostname for wall in run.tally.walls]
    return is_from(context.warehouse, TABLES[table], walled)


def _held_by_outcome(run: SourceResult) -> Judged:
    told = f"{run.outcome}" + (f": {run.why}" if run.why else "")
    held = Held(run.source, f"{OUTCOME}: {told}")
    if run.outcome is Outcome.SKIPPED:  # somebody's wish, and no finding
        return Judged(run.source, held=held)
    wanted = ", ".join(PASSING)
    return Judged(
        run.source, held=held, results=(Result(OUTCOME, run.source, wanted, told, "fail", ""),)
    )


def _identities(run: SourceResult, broken: Sequence[Broken]) -> tuple[Result, ...]:
    """What hard checks found that no row could be held back for."""
    if not run.failed_checks:
        return ()
    told = "; ".join(f"{check.name} at {finding.scope}" for check, finding in broken[:_SHOWN])
    more = f"; and {len(broken) - _SHOWN} more" if len(broken) > _SHOWN else ""
    verdict: Verdict = "fail" if broken else "pass"
    settled = "each row that is at fault is held back by itself, or accepted"
    count = f"{len(broken)} failed"
    return (Result(IDENTITIES, run.source, "0 failed", count, verdict, told + more or settled),)


def _moved(context: RunContext, pinned: Sequence[Pinned], released: Mapping[str, Pinned]) -> bool:
    """Whether the tables hold other statements than the released versions do."""
    if {p.table_name for p in pinned} != released.keys():
        return True
    return any(
        not same_statements(
            context, p.table_name, p.table_version, released[p.table_name].table_version
        )
        for p in pinned
    )


def _withdrawn(context: RunContext, pinned: Sequence[Pinned], made: Sequence[Release]) -> bool:
    """Whether all that the tables hold, other than what is released now, was released before.

    What somebody rolled back comes back by hand, or with the next change of the tables.
    """
    newest: dict[str, Pinned] = {}
    for each in (p for release in made for p in release.tables):
        known = newest.get(each.table_name)
        if known is None or each.table_version > known.table_version:
            newest[each.table_name] = each
    return all(
        p.table_name in newest
        and same_statements(
            context, p.table_name, p.table_version, newest[p.table_name].table_version
        )
        for p in pinned
    )


def _asked(
    context: RunContext,
    pipeline: Pipeline,
    pinned: Sequence[Pinned],
    made: Sequence[Release],
    gates: Mapping[str, Gates],
) -> tuple[Result, ...]:
    own = {t.name: gates[t.name] for t in pipeline.tables if t.name in gates}
    present = {p.table_name: p for p in pinned}
    return ask_gates(context, present, made, pipeline.source.name, own)


def present_gates(
    context: RunContext, pipeline: Pipeline, made: Sequence[Release], gates: Mapping[str, Gates]
) -> tuple[Result, ...]:
    """What the gates say of the tables as they are now, where they are not what was released."""
    released = made[-1].of(pipeline.source.name) if made else {}
    pinned = [
        p
        for t in pipeline.tables
        if (p := pin_now(context, t, pipeline.source.name, released.get(t.name)))
    ]
    return (
        _asked(context, pipeline, pinned, made, gates) if _moved(context, pinned, released) else ()
    )
