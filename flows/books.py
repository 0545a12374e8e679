"""The books of a run: `ops_runs` and `ops_fetches`, and what past runs tell the next."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from warehouse.store import Warehouse

from flows.night import Night, software_version
from flows.outcome import Outcome
from flows.sources import Road
from schemas.ops import OPS_FETCHES, OPS_RUNS

if TYPE_CHECKING:
    from flows.road import SourceRun

COMPLETE = (Outcome.CHANGED, Outcome.UNCHANGED, Outcome.EMPTY_EXPECTED)


def last_complete_run(warehouse: Warehouse, source: str) -> datetime | None:
    """When the source last went down its whole road, or None if it never did."""
    if warehouse.version(OPS_RUNS.name) is None:
        return None
    outcomes = ", ".join(f"'{outcome}'" for outcome in COMPLETE)
    with warehouse.connect() as connection:
        found = connection.execute(
            "select max(started_at) from ops_runs "  # noqa: S608 - the outcomes are ours
            f"where source = ? and job = 'refresh' and outcome in ({outcomes})",
            [source],
        ).fetchone()
    return found[0] if found else None


def write_books(night: Night, road: Road, run: SourceRun) -> None:
    """Append the run and its fetches. The run's row comes last: it says all the rest is there."""
    fetches = [
        {
            "fetch_id": entry.fetch_id,
            "run_id": entry.run_id,
            "source": entry.source,
            "kind": entry.kind,
            "url": entry.url,
            "status": entry.status,
            "verdict": entry.verdict,
            "retrieved_at": entry.retrieved_at,
            "payload_sha256": entry.payload_sha256,
            "warc": entry.warc,
            "offset": entry.offset,
        }
        for entry in night.archive.entries(source=road.source.name, run_id=night.run_id)
    ]
    night.warehouse.append_log(OPS_FETCHES, fetches, run_id=night.run_id)
    tally, why = run.tally, run.why
    row = {
        "run_id": night.run_id,
        "source": run.source,
        "job": night.job,
        "started_at": run.started_at,
        "finished_at": datetime.now(UTC),
        "outcome": str(run.outcome),
        "cause": why.rule if why else None,
        "detail": str(why) if why else None,
        "fetched": tally.fetched,
        "not_modified": tally.not_modified,
        "parsed": tally.parsed,
        "accepted": tally.accepted,
        "quarantined": tally.quarantined,
        "duplicates": tally.duplicates,
        "new": tally.new,
        "revised": tally.revised,
        "seconds": run.seconds,
        "software_version": software_version(),
    }
    night.warehouse.append_log(OPS_RUNS, [row], run_id=night.run_id)
