"""Whether a source may enter the next release, judged by itself at the end of its run."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from flows.core.context import RunContext
from flows.core.errors import words_of_error
from flows.core.outcome import Outcome
from flows.core.sources import Pipeline
from flows.core.sources import pipeline as pipeline_of
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
from warehouse.errors import Damaged
from warehouse.store.releases import Pinned, Release

if TYPE_CHECKING:
    from flows.core.result import SourceResult

log = logging.getLogger("carbonmart.release")

OUTCOME = "gate_outcome"
UNASKED = "gates_unasked"
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


def judged(
    context: RunContext, run: SourceResult, made: Sequence[Release], gates: Declaration
) -> Judged:
    """Judge a source by how its run ended, then by the gates of its tables, against the
    last release alone. Gates are asked only where something moved or was refused.

    A source whose gates can't be asked is held back; it never raises for what a source's own
    code, files or tables can do."""
    if run.outcome not in PASSING or run.tally.fatal:
        return _held_by_outcome(run)
    try:
        if run.source in gates.broken:
            return _unasked(run, gates.broken[run.source])
        return _by_gates(context, run, made, gates)
    except Exception as error:
        log.exception("the gates of %s could not be asked", run.source)
        return _unasked(run, f"{type(error).__name__}: {words_of_error(error)}")


def _unasked(run: SourceResult, why: str) -> Judged:
    result = Result(UNASKED, run.source, "gates that can be asked", "none", "fail", why)
    return Judged(
        run.source, held=Held(run.source, f"{UNASKED}: {why}", by_gate=True), results=(result,)
    )


def _by_gates(
    context: RunContext, run: SourceResult, made: Sequence[Release], gates: Declaration
) -> Judged:
    pipeline = pipeline_of(run.source, is_sample=context.home.kind == "sample")
    released = made[-1].of(run.source) if made else {}
    pinned = [
        p for t in pipeline.tables if (p := pin_now(context, t, run.source, released.get(t.name)))
    ]
    moved = _moved(context, pinned, released)
    if moved and _withdrawn(context, pinned, made):
        told = f"rolled back by {made[-1].release_id}, and nothing new since"
        return Judged(run.source, held=Held(run.source, told))
    results = _identities(context, run, gates.known_failures)
    if moved or run.tally.quarantined:
        results += _asked(context, pipeline, pinned, made, gates.tables)
    if broken := [result for result in results if result.verdict == "fail"]:
        by_gate = any(result.name != IDENTITIES for result in broken)
        held = Held(run.source, in_words(broken), by_gate)
        return Judged(run.source, held=held, results=results)
    entering = pinned if moved else released.values()
    fresh = tuple(replace(p, status="fresh", stale_since=None, reason=None) for p in entering)
    return Judged(run.source, tables=fresh, results=results)


def unreadable(source: str, error: Damaged) -> Judged:
    """The judgement on a source of which a table is damaged: readers keep the last release."""
    told = str(error)
    result = Result(OUTCOME, source, "tables that can be read", told, "fail", "")
    return Judged(source, held=Held(source, f"{OUTCOME}: {told}"), results=(result,))


def _held_by_outcome(run: SourceResult) -> Judged:
    told = f"{run.outcome}" + (f": {run.why}" if run.why else "")
    held = Held(run.source, f"{OUTCOME}: {told}")
    if run.outcome is Outcome.SKIPPED:  # somebody's wish, and no finding
        return Judged(run.source, held=held)
    wanted = ", ".join(PASSING)
    return Judged(
        run.source, held=held, results=(Result(OUTCOME, run.source, wanted, told, "fail", ""),)
    )


def _identities(
    context: RunContext, run: SourceResult, known: Mapping[str, Mapping[str, str]]
) -> tuple[Result, ...]:
    """What the hard checks of this run found, but for failures that somebody has accepted."""
    if not run.failed_checks:
        return ()
    with context.warehouse.connect("ops_checks") as connection:
        found = connection.execute(
            "select name, scope from ops_checks where run_id = ? and verdict = 'fail' "
            "and list_contains(?::varchar[], name) order by name, scope",
            [context.run_id, run.failed_checks],
        ).fetchall()
    broken = [(name, scope) for name, scope in found if scope not in known.get(name, {})]
    told = "; ".join(f"{name} at {scope}" for name, scope in broken[:_SHOWN])
    more = f"; and {len(broken) - _SHOWN} more" if len(broken) > _SHOWN else ""
    accepted = f"{len(found) - len(broken)} known failures accepted"
    verdict: Verdict = "fail" if broken else "pass"
    count = f"{len(broken)} failed"
    return (Result(IDENTITIES, run.source, "0 failed", count, verdict, told + more or accepted),)


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
