"""The ledger of backfills: what was asked for, calendar partition by calendar partition."""

from __future__ import annotations

from schemas.ops import OUTCOMES
from schemas.table import Column, Kind, Table

PLANNED, RUNNING, LOADED, DONE, INCOMPLETE = "planned", "running", "loaded", "done", "incomplete"
MODES = ("all", "missing", "reparse")


def _text(name: str, says: str, *, nullable: bool = False) -> Column:
    return Column(name, Kind.TEXT, says, nullable=nullable)


def _count(name: str, says: str) -> Column:
    return Column(name, Kind.INT, says, minimum=0)


OPS_PARTITIONS = Table(
    name="ops_partitions",
    says="One row per state of a partition of a backfill; the view shows each one's last state",
    key=("backfill_id", "source", "partition"),
    order_by=("booked_at",),
    is_log=True,
    instant="booked_at",
    own=(
        _text("backfill_id", "The backfill; one that was killed is taken up under the same id"),
        _text("source", "Source that is backfilled"),
        _text("partition", "Calendar partition: 2024, or 2024-07; `undated` for pages of no day"),
        Column("begun_at", Kind.INSTANT, "When the backfill began", nullable=False),
        Column("first_day", Kind.DATE, "First day that was asked for"),
        Column("last_day", Kind.DATE, "Last day that was asked for"),
        Column(
            "mode",
            Kind.TEXT,
            "all: every page is asked for again; missing: what is not held; reparse: nothing is "
            "asked, archived pages are read again",
            nullable=False,
            one_of=MODES,
        ),
        Column(
            "status",
            Kind.TEXT,
            "loaded: its rows are in the tables; done: checked with its neighbours, too; "
            "incomplete: something could not be had or read, see outcome",
            nullable=False,
            one_of=(PLANNED, RUNNING, LOADED, DONE, INCOMPLETE),
        ),
        Column("booked_at", Kind.INSTANT, "When this state was booked", nullable=False),
        _text("run_id", "Run that took the partition", nullable=True),
        Column("outcome", Kind.TEXT, "How that run ended", one_of=OUTCOMES),
        _text("detail", "What decided the outcome, in words", nullable=True),
        _text("parser_version", "Version of the reader"),
        _count("fetched", "Responses with new bytes"),
        _count("not_modified", "Responses that said or proved that nothing changed"),
        _count("parsed", "Records read = accepted + quarantined + duplicates"),
        _count("accepted", "Records that became rows"),
        _count("quarantined", "Records that were refused"),
        _count("duplicates", "Records that state what is held already"),
        Column("seconds", Kind.SECONDS, "Wall-clock time", minimum=0, unit="s"),
    ),
)
