"""What a backfill did, partition by partition, as rows and as JSON."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from flows.core.result import SourceResult
from flows.jobs.backfill.partitions import UNDATED, Partition
from flows.jobs.report.report import as_json as night_json
from flows.jobs.report.result import RunReport


def as_rows(report: BackfillReport) -> list[dict[str, Any]]:
    """A row per partition; no outcome where there was nothing to do, or it was not reached."""
    rows = [
        {
            "partition": partition.name,
            "from": partition.first.isoformat(),
            "to": partition.last.isoformat(),
            "outcome": str(run.outcome) if run else "done before",
            "fetched": run.tally.fetched if run else 0,
            "304": run.tally.not_modified if run else 0,
            "parsed": run.tally.parsed if run else 0,
            "accepted": run.tally.accepted if run else 0,
            "quarantined": run.tally.quarantined if run else 0,
            "duplicates": run.tally.duplicates if run else 0,
            "seconds": round(run.seconds, 1) if run else 0.0,
        }
        for partition, run in report.partitions
    ]
    empty = dict.fromkeys(rows[0], None) if rows else {}
    return rows + [empty | {"partition": name, "outcome": "not reached"} for name in report.left]


def progress_line(todo: Sequence[Partition], number: int, run: SourceResult, seconds: float) -> str:
    """A line for the log: what partition `number` of those to do gave, and how long the rest may
    take, after so many seconds."""
    partition, count = todo[number - 1], len(todo)
    days = [(p.last - p.first).days + 1 for p in todo if p.name != UNDATED]
    share = sum(days[:number]) / sum(days) if days else 1.0
    left = seconds / share - seconds if 0 < share < 1 else 0.0
    told = f", about {_in_words(left)} to go" if number < count else ""
    return (
        f"{run.source} {partition.name}: {run.outcome}, {run.tally.fetched} fetched, "
        f"{run.tally.accepted} accepted in {_in_words(run.seconds)} ({number} of {count}{told})"
    )


def _in_words(seconds: float) -> str:
    if seconds < 100:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 6000 else f"{seconds / 3600:.1f} h"


def as_json(report: BackfillReport) -> dict[str, Any]:
    """The run report, with the partitions."""
    return night_json(report) | {
        "backfill_id": report.backfill_id,
        "partitions": as_rows(report),
    }


@dataclass
class BackfillReport(RunReport):
    """What a backfill did. `partitions`: each one with its run, None where none was needed."""

    backfill_id: str = ""
    partitions: list[tuple[Partition, SourceResult | None]] = field(default_factory=list)
    left: list[str] = field(default_factory=list)
    """Partitions that were not reached: a closed door is not hammered on."""
