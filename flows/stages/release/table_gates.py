"""The gates of one table, as sources and marts are both judged by them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from flows.core.context import RunContext
from schemas.contracts.gates import Gates, Result, judge
from schemas.core.table import Table
from schemas.registry import TABLES
from warehouse.store.measures import Baseline, measure, pin, same_contents
from warehouse.store.releases import Pinned, Release, entered_at

IDENTITIES = "gate_identities"


@dataclass(frozen=True, slots=True)
class Held:
    """A source or mart whose present tables do not enter the release, and why.

    `by_gate`: a gate of its tables held it, not how its run ended. `stale_since` is
    since when readers see an older version; None where they see none at all.
    """

    source: str
    reason: str
    by_gate: bool = False
    stale_since: datetime | None = None


def pin_now(context: RunContext, table: Table, source: str, before: Pinned | None) -> Pinned | None:
    """The table as it is now: where its version is the released one, nothing is counted anew."""
    if before and context.warehouse.version(table.name) == before.table_version:
        return before
    return pin(context.warehouse, table, source)


def ask_gates(
    context: RunContext,
    pinned: Mapping[str, Pinned],
    made: Sequence[Release],
    source: str,
    gates: Mapping[str, Gates],
) -> tuple[Result, ...]:
    """What the gates of the `pinned` tables say, against the last release alone. Of a table
    that was never written nothing is asked: the outcome of its source says why."""
    released = made[-1].of(source) if made else {}
    results: list[Result] = []
    for name, declared in gates.items():
        before, now = released.get(name), pinned.get(name)
        if now is None:
            continue
        base = Baseline(before, entered_at(made, before)) if before else Baseline()
        found = measure(context.warehouse, TABLES[name], declared, now.table_version, base)
        results += judge(name, declared, found)
    return tuple(results)


def in_words(broken: Iterable[Result]) -> str:
    """Why gates hold something back."""
    return "; ".join(
        f"{r.name} at {r.scope}: {r.found}, not {r.expected} ({r.evidence})" for r in broken
    )


def same_statements(context: RunContext, name: str, one: int, other: int) -> bool:
    """Whether a table holds the same at two versions, however its files lie."""
    return same_contents(context.warehouse, TABLES[name], one, other)
