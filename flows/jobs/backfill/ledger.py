"""The ledger of partitions (`ops_partitions`): what a killed backfill left to its next run."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any, Literal

from flows.core.context import RunContext
from flows.jobs.backfill.partitions import Partition
from schemas.ops.coverage import OPS_COVERAGE
from schemas.ops.tables import DONE, LOADED, OPS_PARTITIONS

if TYPE_CHECKING:
    from flows.core.result import SourceResult

Mode = Literal["all", "missing", "reparse"]
_COUNTS = ("fetched", "not_modified", "parsed", "accepted", "quarantined", "duplicates")


@dataclass(frozen=True, slots=True)
class Order:
    """What was asked for: a source, its days from `first` to `last`, and how.

    Checks are asked from the first day on, or from `checks_from` where that is earlier.
    """

    source: str
    first: date
    last: date
    mode: Mode = "all"
    checks_from: date | None = None

    @property
    def checked_from(self) -> date:
        """The first day of which checks are asked."""
        return min(self.checks_from or self.first, self.first)


@dataclass(frozen=True, slots=True)
class PartitionState:
    """A partition's last state in a backfill that did not come to its end."""

    backfill_id: str
    begun_at: datetime
    status: str
    last: date


@dataclass(frozen=True, slots=True)
class Backfilled:
    """A backfill in the ledger: its id, its order, when it began, by which reader."""

    id: str
    order: Order
    begun_at: datetime
    parser_version: str


def unfinished(context: RunContext, order: Order) -> dict[str, PartitionState]:
    """The partitions, by name, of the newest backfill with this order, or with one that ended
    earlier: who asks up to today each evening goes on, too. None if it is done."""
    backfills: dict[str, list[dict[str, Any]]] = {}
    for row in _rows(context, order, "mode = ?", order.mode):
        backfills.setdefault(row["backfill_id"], []).append(row)
    same = [rows for rows in backfills.values() if _goes_on(rows, order)]
    newest = max(same, key=lambda rows: max(row["booked_at"] for row in rows), default=[])
    if all(row["status"] == DONE for row in newest):
        return {}
    return {
        row["partition"]: PartitionState(
            row["backfill_id"], row["begun_at"], row["status"], row["last_day"]
        )
        for row in newest
    }


def _goes_on(rows: Sequence[dict[str, Any]], order: Order) -> bool:
    first: date = min(row["first_day"] for row in rows)
    last: date = max(row["last_day"] for row in rows)
    return first == order.first and last <= order.last


def covered(context: RunContext, order: Order, partitions: Iterable[Partition]) -> set[str]:
    """The partitions of which a backfill has asked for every day, after that day was over, and
    which lack no trading day: a list may name today what it did not name then."""
    zone = _zone(context, order)
    whole = [
        (row["first_day"], row["last_day"])
        for row in _rows(context, order, "mode <> 'reparse' and status = ?", DONE)
        if row["booked_at"].astimezone(zone).date() > row["last_day"]
    ]
    lacking = _lacking(context, order) if whole else []
    return {
        p.name
        for p in partitions
        if any(first <= p.first and p.last <= last for first, last in whole)
        and not any(p.first <= day <= p.last for day in lacking)
    }


def _lacking(context: RunContext, order: Order) -> list[date]:
    """The trading days of which a daily table has no row."""
    with context.warehouse.connect(OPS_COVERAGE.name) as connection:
        found = connection.execute(
            "select trade_date from ops_coverage where source = ? and missing is not null",
            [order.source],
        ).fetchall()
    return [day for (day,) in found]


def record(
    context: RunContext,
    backfill: Backfilled,
    partitions: Sequence[Partition],
    status: str,
    run: SourceResult | None = None,
) -> None:
    """Append a state of partitions, with what their run did in numbers."""
    counts: dict[str, Any] = {}
    if run is not None:
        counts = {name: getattr(run.tally, name) for name in _COUNTS}
        counts |= {"outcome": str(run.outcome), "seconds": run.seconds}
        counts["detail"] = str(run.why) if run.why else None
    rows = [
        {
            "backfill_id": backfill.id,
            "source": backfill.order.source,
            "partition": partition.name,
            "begun_at": backfill.begun_at,
            "first_day": partition.first,
            "last_day": partition.last,
            "mode": backfill.order.mode,
            "status": status,
            "booked_at": datetime.now(UTC),
            "run_id": context.run_id,
            "parser_version": backfill.parser_version,
            **counts,
        }
        for partition in partitions
    ]
    context.warehouse.append_log(OPS_PARTITIONS, rows, run_id=context.run_id)


def finish(context: RunContext, backfill: Backfilled) -> None:
    """Book all that is loaded as done; what its run did in numbers stays beside it."""
    loaded = [
        row | {"status": DONE, "booked_at": datetime.now(UTC)}
        for row in _rows(context, backfill.order, "status = ?", LOADED)
        if row["backfill_id"] == backfill.id
    ]
    context.warehouse.append_log(OPS_PARTITIONS, loaded, run_id=context.run_id)


def _rows(context: RunContext, order: Order, where: str, value: str) -> list[dict[str, Any]]:
    if context.warehouse.version(OPS_PARTITIONS.name) is None:
        return []
    with context.warehouse.connect(OPS_PARTITIONS.name) as connection:
        found = connection.sql(
            f"select * from ops_partitions where source = ? and {where}",  # noqa: S608 - ours
            params=[order.source, value],
        ).to_arrow_table()
    rows: list[dict[str, Any]] = found.to_pylist()
    return rows


def _zone(context: RunContext, order: Order) -> Any:
    from zoneinfo import ZoneInfo

    from flows.core.sources import pipeline

    return ZoneInfo(pipeline(order.source).source.timezone)
