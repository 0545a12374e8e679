"""Prometheus text metrics in a file, and the dead-man line: when the last night was a success.

The file is for node_exporter's textfile collector or any scraper of files. A dead job
writes nothing: alarm on the age of `carbonmart_last_success_timestamp_seconds`, or of
`<home>/last_success`, and not only on what the job says.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from flows.core.outcome import GOOD, Outcome
from flows.stages.monitor.incidents import Incident
from flows.stages.monitor.model import OpenStore
from warehouse.engine.storage.storage import storage
from warehouse.store.home import Home

if TYPE_CHECKING:
    from prometheus_client import CollectorRegistry, Gauge

    from flows.stages.monitor.look import CheckRun

LAST_SUCCESS, METRICS = "last_success", "metrics.prom"
VERDICTS = {"pass": 0, "warn": 1, "fail": 2}


def note_success(home: Home, run_id: str) -> None:
    """Write the dead-man line: one line, the instant (UTC) and the run. Raises `WarehouseError`."""
    line = f"{datetime.now(UTC).isoformat(timespec='seconds')} {run_id}\n"
    storage(home.path).write_bytes(LAST_SUCCESS, line.encode())


def last_success(home: Home) -> datetime | None:
    """When the last run of all that it was asked for ended well; None if there was none."""
    held = storage(home.path).read_bytes(LAST_SUCCESS)
    try:
        return datetime.fromisoformat((held or b"").decode().split()[0])
    except (UnicodeDecodeError, ValueError, IndexError):
        return None


def write_metrics(
    look: CheckRun, open_incidents: list[Incident], unsent: int, file: str = ""
) -> None:
    """Write the metrics whole, to the home's own file unless another is named.

    Raises `WarehouseError` or OSError.
    """
    from prometheus_client import generate_latest

    home = look.context.home
    text = generate_latest(registry_of(look, open_incidents, unsent))
    place = Path(file) if file else None
    storage(place.absolute().parent if place else home.path).write_bytes(
        place.name if place else METRICS, text
    )


def registry_of(look: CheckRun, open_incidents: list[Incident], unsent: int) -> CollectorRegistry:
    """All metrics of a look at the store."""
    from prometheus_client import CollectorRegistry, Gauge

    registry = CollectorRegistry()

    def gauge(name: str, says: str, *labels: str) -> Gauge:
        return Gauge(f"carbonmart_{name}", says, labels, registry=registry)

    context = look.context
    gauge("checked_timestamp_seconds", "When the store was looked at").set(
        context.started_at.timestamp()
    )
    if moment := last_success(context.home):
        gauge(
            "last_success_timestamp_seconds", "When a run last ended well for all its sources"
        ).set(moment.timestamp())
    checks = gauge("check", "Worst verdict: 0 pass, 1 warn, 2 fail", "source", "check")
    worst: dict[tuple[str, str], int] = {}
    for finding in look.findings:
        key = (finding.source, finding.check)
        worst[key] = max(worst.get(key, 0), VERDICTS[finding.verdict])
    for key, value in worst.items():
        checks.labels(*key).set(value)
    incidents = gauge("open_incidents", "Incidents that are open", "source", "check")
    for key in worst:
        incidents.labels(*key).set(0)
    for incident in open_incidents:
        incidents.labels(incident.source, incident.check_name).inc()
    gauge("unsent_notifications", "Channels that did not take the last message").set(unsent)
    _runs(look.store, gauge)
    _tables(look, gauge)
    return registry


def _runs(store: OpenStore, gauge: Callable[..., Gauge]) -> None:
    """How the last nightly run of each source ended, and what is missing or refused."""
    good = ", ".join(f"'{outcome}'" for outcome in GOOD)
    runs = store.rows(
        "select source, last(outcome order by started_at), max(finished_at), "  # noqa: S608
        f"max(finished_at) filter (outcome in ({good})), last(seconds order by started_at), "
        "last(new order by started_at), last(revised order by started_at), "
        "last(quarantined order by started_at) "
        "from ops_runs where job = 'refresh' group by source"
    )
    refused = dict(
        store.rows(
            "select source, count(*) from ops_quarantine where status = 'open' group by source"
        )
    )
    days = store.rows(
        "select source, state, count(*), epoch(max(trade_date)) from ops_coverage group by all"
    )
    outcome = gauge("run_outcome", "1 for how the last run ended", "source", "outcome")
    ended = gauge("run_timestamp_seconds", "When the last run ended", "source")
    succeeded = gauge("source_last_success_timestamp_seconds", "Last good run", "source")
    seconds = gauge("run_seconds", "Length of the last run", "source")
    records = gauge("run_records", "Records of the last run", "source", "what")
    for source, last, at, good_at, length, *counts in runs:
        for each in Outcome:
            outcome.labels(source, each).set(each == last)
        ended.labels(source).set(at.timestamp())
        if good_at:
            succeeded.labels(source).set(good_at.timestamp())
        seconds.labels(source).set(length)
        for what, count in zip(("new", "revised", "quarantined"), counts, strict=True):
            records.labels(source, what).set(count)
    held = gauge("quarantine_open", "Records in quarantine", "source")
    for source, *_ in runs:
        held.labels(source).set(refused.get(source, 0))
    covered = gauge("trading_days", "Trading days by state of coverage", "source", "state")
    newest = gauge("newest_trading_day_timestamp_seconds", "Newest complete day", "source")
    for source, state, count, last_day in days:
        covered.labels(source, state).set(count)
        if state == "complete":
            newest.labels(source).set(last_day)


def _tables(look: CheckRun, gauge: Callable[..., Gauge]) -> None:
    rows = gauge("table_rows", "Current rows", "table")
    for info in look.store.tables.values():
        rows.labels(info.name).set(info.current_rows)
    if look.made:
        release = look.made[-1]
        gauge("release_timestamp_seconds", "When the current release was made").set(
            release.created_at.timestamp()
        )
        stale = gauge("release_stale", "1 where readers see an old version", "source")
        for pinned in release.tables:
            stale.labels(pinned.source).set(pinned.status == "stale")
