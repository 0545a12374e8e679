"""What the pipeline itself did: append-only logs, one row per thing that happened.

The ledger of backfills: what was asked for, calendar partition by calendar partition.

What somebody has to look at: opened when it was first found, closed when it was over.
"""

from __future__ import annotations

from schemas.core.table import Column, Kind, Table

OUTCOMES = (
    "changed",
    "unchanged",
    "empty_expected",
    "empty_suspicious",
    "blocked",
    "drifted",
    "partial",
    "failed",
    "skipped",
)


def _text(name: str, says: str, *, nullable: bool = False) -> Column:
    return Column(name, Kind.TEXT, says, nullable=nullable)


def _count(name: str, says: str, *, nullable: bool = False) -> Column:
    return Column(name, Kind.INT, says, nullable=nullable, minimum=0)


def _instant(name: str, says: str) -> Column:
    return Column(name, Kind.INSTANT, says, nullable=False)


OPS_RUNS = Table(
    name="ops_runs",
    says="One row per run and source: how it ended, and what it did in numbers",
    key=("run_id", "source", "job"),
    order_by=(),
    is_log=True,
    instant="started_at",
    own=(
        _text("run_id", "The run; one run covers several sources"),
        _text("source", "Source that was run"),
        _text("job", "What was asked for: refresh, ingest, backfill, replay ..."),
        _instant("started_at", "When the source's turn began"),
        _instant("finished_at", "When it ended"),
        Column("business_day", Kind.DATE, "The source's present day on which it ran"),
        Column("outcome", Kind.TEXT, "How it ended", nullable=False, one_of=OUTCOMES),
        _text("cause", "Short name of what decided the outcome", nullable=True),
        _text("detail", "The same in words, with address and value", nullable=True),
        _text("next_step", "What to do about it, in words", nullable=True),
        _text("changes", "What changed, in words", nullable=True),
        _count("fetched", "Responses with new bytes"),
        _count("not_modified", "Responses that said or proved that nothing changed"),
        _count("parsed", "Records read = accepted + quarantined + duplicates"),
        _count("accepted", "Records that became rows"),
        _count("quarantined", "Records that were refused"),
        _count("duplicates", "Records that state what is held, or an older statement than it"),
        _count("new", "Rows about a key not held before"),
        _count("revised", "Rows that revise one that is held"),
        Column("seconds", Kind.SECONDS, "Wall-clock time", nullable=False, minimum=0, unit="s"),
        _text("software_version", "Version of carbonmart"),
    ),
)

OPS_FETCHES = Table(
    name="ops_fetches",
    says="One row per archived response",
    key=("fetch_id",),
    order_by=(),
    is_log=True,
    instant="retrieved_at",
    own=(
        _text("fetch_id", "Id of the archived response, its WARC record"),
        _text("run_id", "Run that made the request"),
        _text("source", "Source the address belongs to"),
        _text("kind", "Type of page, in the source's words"),
        _text("url", "Address asked"),
        Column("status", Kind.INT, "HTTP status", nullable=False, minimum=0),
        _text("verdict", "What the response was: good, not_modified, blocked, broken ..."),
        _instant("retrieved_at", "When the response arrived"),
        _text("payload_sha256", "Digest of the stored payload", nullable=True),
        Column("payload_bytes", Kind.INT, "Size of the payload", minimum=0, unit="B"),
        _text("warc", "Archive file, relative to the archive", nullable=True),
        Column("offset", Kind.INT, "Where its record begins in that file", minimum=0, unit="B"),
    ),
)

OPS_QUARANTINE = Table(
    name="ops_quarantine",
    says="One row per refusal or release of a record; the view shows each record's last state",
    key=("quarantine_id",),
    # `released` sorts after `open`, should both carry the same time.
    order_by=("refused_at", "status"),
    is_log=True,
    instant="refused_at",
    own=(
        _text("quarantine_id", "Stable name of the record: the same each time it is read"),
        _text("run_id", "Run that refused or released it"),
        _text("source", "Source it was read from"),
        _text("table_name", "Table it was meant for; empty if the page was not understood"),
        _text("rule", "Rule it broke"),
        _text("column_name", "Column at fault; empty if there is no single one", nullable=True),
        _text("value", "Offending value, as read", nullable=True),
        _text("detail", "What is wrong with it", nullable=True),
        _text("url", "Address of its page"),
        _text("fetch_id", "Archived response that holds it"),
        _text("payload_sha256", "Digest of that payload"),
        _text("record", "The whole refused record, as a JSON object"),
        _text("parser_version", "Version of the reader that made it"),
        _instant("refused_at", "When this state was booked"),
        Column(
            "status",
            Kind.TEXT,
            "open until a later reading of the same record is accepted",
            nullable=False,
            one_of=("open", "released"),
        ),
    ),
)

OPS_CHECKS = Table(
    name="ops_checks",
    says="One row per finding of a check, or one pass where it found nothing",
    key=("run_id", "name", "scope"),
    order_by=(),
    is_log=True,
    instant="checked_at",
    own=(
        _text("run_id", "Run that asked"),
        _instant("checked_at", "When it was asked"),
        _text("name", "Name of the check"),
        _text("scope", "What was looked at: a day, a month, `all` ..."),
        _text("expected", "What it should have been", nullable=True),
        _text("found", "What it was", nullable=True),
        _text("difference", "Found less expected, where they are numbers", nullable=True),
        _text("tolerance", "Difference that still passes", nullable=True),
        Column("verdict", Kind.TEXT, "Result", nullable=False, one_of=("pass", "warn", "fail")),
        _text("evidence", "Where the figures are from, in words", nullable=True),
    ),
)

OPS_MARTS = Table(
    name="ops_marts",
    says="One row per mart and run that derived it anew: from what, and what came of it",
    key=("run_id", "mart"),
    order_by=(),
    is_log=True,
    instant="derived_at",
    own=(
        _text("run_id", "Run that derived it"),
        _instant("derived_at", "When it was derived"),
        _text("mart", "The mart"),
        Column("mart_version", Kind.INT, "Version of its Delta table after that", minimum=0),
        _text("inputs", "JSON object: table -> version of its Delta table that was read"),
        _text("recipe", "Version of its SQL"),
        _instant("covered", "Latest instant of the inputs' knowledge that it covers"),
        _count("new", "Rows about a key not held before"),
        _count("revised", "Rows that revise one that is held"),
        _count("retired", "Rows whose key no longer follows from the inputs"),
    ),
)

OPS_RELEASES = Table(
    name="ops_releases",
    says="One row per release and table; the last release by `created_at` is the current one",
    key=("release_id", "table_name"),
    order_by=(),
    is_log=True,
    instant="created_at",
    own=(
        _text("release_id", "`R` and the UTC stamp of its creation"),
        _instant("created_at", "When the release was made, to the second"),
        _text("run_id", "Run that made it; `by hand` for a rollback"),
        Column(
            "action",
            Kind.TEXT,
            "A rollback repeats the versions of an earlier release",
            nullable=False,
            one_of=("release", "rollback"),
        ),
        _text("table_name", "Table"),
        _text("source", "Source whose table it is; `ops` for the books of the pipeline itself"),
        _count("table_version", "Version of the Delta table that readers of the release see"),
        _count("row_count", "Current rows at that version"),
        Column("known_until", Kind.INSTANT, "Latest known_from at that version; null for a log"),
        Column(
            "status",
            Kind.TEXT,
            "stale: the source did not pass, and keeps the version that did last",
            nullable=False,
            one_of=("fresh", "stale"),
        ),
        Column("stale_since", Kind.INSTANT, "Start of the run that did not pass; null if fresh"),
        _text("reason", "Why it is stale", nullable=True),
        _text(
            "digest",
            "SHA-256 of the version's files: readers are held to it",
            nullable=True,
        ),
    ),
)

PLANNED, RUNNING, LOADED, DONE, INCOMPLETE = "planned", "running", "loaded", "done", "incomplete"
MODES = ("all", "missing", "reparse")


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
        _count("fetched", "Responses with new bytes", nullable=True),
        _count("not_modified", "Responses that said or proved that nothing changed", nullable=True),
        _count("parsed", "Records read = accepted + quarantined + duplicates", nullable=True),
        _count("accepted", "Records that became rows", nullable=True),
        _count("quarantined", "Records that were refused", nullable=True),
        _count("duplicates", "Records that state what is held already", nullable=True),
        Column("seconds", Kind.SECONDS, "Wall-clock time", minimum=0, unit="s"),
    ),
)

OPS_INCIDENTS = Table(
    name="ops_incidents",
    says="One row per turn of an incident; the view shows the present state of each",
    key=("incident_id",),
    order_by=("changed_at",),
    is_log=True,
    instant="changed_at",
    own=(
        Column("incident_id", Kind.TEXT, "Check, source and scope, and when it began", False),
        Column("changed_at", Kind.INSTANT, "When this state was booked", False),
        Column("opened_at", Kind.INSTANT, "When it was first found", False),
        Column("status", Kind.TEXT, "State", False, one_of=("open", "recovered")),
        Column("check_name", Kind.TEXT, "Check of `carbonmart check` that found it", False),
        Column("source", Kind.TEXT, "Source it is about; `store` for the store itself", False),
        Column("scope", Kind.TEXT, "What of it: a table, a day, a rule, an outcome", False),
        Column("told", Kind.TEXT, "What was found, in words", False),
        Column("next_step", Kind.TEXT, "What to do next, in words"),
        Column("opening_sent_to", Kind.TEXT, "Channels that took its opening", False),
        Column("recovery_sent_to", Kind.TEXT, "Channels that took its recovery", False),
    ),
)
