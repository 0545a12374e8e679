"""How whole and how right a source's tables are, and whether readers see them as they are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from flows.core.query.format import age
from flows.stages.monitor.model import Finding, SourceStatus, summed
from flows.stages.release.source_gates import present_gates
from transforms.checks import Check, CheckFinding
from warehouse.store.held import held as held_rows
from warehouse.store.held import row_name

SHOWN = 3
"""So many cases are named; the tables have them all."""
LATEST_DAYS = 5
"""So many missing days of a table are named, the newest; older ones are counted."""
_LOOK = "See `carbonmart quarantine`; after a fix of reader or correction, `quarantine --replay`."
_HELD = (
    "Look at both figures (`carbonmart reconcile --working`, `carbonmart trace`): the row enters "
    "by itself once both say the same; it is accepted as it is by its name under "
    "`known_failures: held` in gates.yml, a figure of prose by a reading that says `accepts`."
)
_IDENTITY = (
    "Look at both figures with `carbonmart trace`; an error of the publisher that nobody can "
    "mend is accepted by an entry under `known_failures` in gates.yml."
)


def coverage(at: SourceStatus) -> list[Finding]:
    """The trading days that daily tables lack, but for those that somebody has accepted, in one
    finding; of the day that is due right now `freshness` speaks.

    A store that no night has read yet owes the days that its backfills asked for, and no others.
    """
    name, due = at.name, at.due
    if due is None or not any(table.daily for table in at.pipeline.tables):
        return []
    ((days, held),) = at.store.rows(
        "select count(*), count(*) filter (state = 'complete') from ops_coverage "
        "where source = ? and trade_date <= ?",
        name,
        due,
    )
    rows = at.store.rows(
        "select trade_date, unnest(string_split(missing, '; ')) as missing from ops_coverage "
        "where source = ? and trade_date < ? and missing is not null "
        "order by missing, trade_date desc",
        name,
        due,
    )
    tables: dict[str, list[date]] = {}
    spans = at.asked_for
    for day, table in rows:
        if spans is not None and not any(first <= day <= last for first, last in spans):
            continue
        if f"{day} {table}" not in at.known("coverage"):
            tables.setdefault(table, []).append(day)
    found = [_lacking(name, tables)] if tables else []
    accepted = len(rows) - sum(map(len, tables.values()))
    fine = f"{held:,} of {days:,} trading days are held in all daily tables"
    return summed("coverage", name, found, fine + (f", {accepted} accepted" if accepted else ""))


def _lacking(source: str, tables: Mapping[str, Sequence[date]]) -> Finding:
    """What is told of the days that each table lacks, the newest first."""
    step = (
        "The next runs ask again while the day is young. A day that was never published is "
        "accepted by an entry under `known_failures: coverage` in gates.yml."
    )
    told = []
    for table, days in tables.items():
        older = len(days) - LATEST_DAYS
        more = f" and {older:,} older, from {days[-1]} on" if older > 0 else ""
        named = ", ".join(map(str, days[:LATEST_DAYS]))
        plural = "" if len(days) == 1 else "s"
        told.append(f"{table} lacks {len(days):,} trading day{plural}: {named}{more}")
    return Finding("coverage", source, "", "fail", "; ".join(told), step, is_listing=True)


def held(at: SourceStatus) -> list[Finding]:
    """Rows that readers do not see, each with what is said against it."""
    name = at.name
    rows = {
        row_name(table, row[:-1]): row[-1]
        for table in at.pipeline.tables
        for row in held_rows(at.context.warehouse, table)
    }
    told = []
    for row in rows:
        said = [
            f"{check.name} at {f.scope}: expected {f.expected}, found {f.found}"
            for check, found in at.answered
            for f in found
            if check.is_hard and row in f.suspects
        ]
        more = f", and {len(said) - 1} more" if len(said) > 1 else ""
        told.append(f"{row} (revision {rows[row]}): {said[0] if said else 'doubted'}{more}")
    if not told:
        return [Finding("held", name, "", "pass", "no row is held back")]
    more = f"; and {len(told) - SHOWN:,} more rows" if len(told) > SHOWN else ""
    words = f"not in the release: {'; '.join(told[:SHOWN])}{more}"
    return [Finding("held", name, "", "fail", words, _HELD, is_listing=True)]


def identities(at: SourceStatus) -> list[Finding]:
    """Every check across rows, over all that is held. Soft ones warn; what is said against
    rows that are held back is told with them."""
    name, due = at.name, at.due
    if due is None or not at.pipeline.checks:
        return []
    apart = {
        row_name(table, row[:-1])
        for table in at.pipeline.tables
        for row in held_rows(at.context.warehouse, table)
    }
    asked = 0
    hard: list[tuple[Check, list[CheckFinding]]] = []
    soft: list[tuple[Check, list[CheckFinding]]] = []
    for check, rows in at.answered:
        if check.name in at.pipeline.freshness:
            continue
        asked += 1
        broken = [
            row
            for row in rows
            if not at.declared.accepts(check.name, row.scope, row.suspects)
            and not any(each in apart for each in row.suspects)
        ]
        (hard if check.is_hard else soft).extend([(check, broken)] if broken else [])
    found = [_not_so(name, *one) for one in soft]
    if not hard:
        fine = Finding("identities", name, "", "pass", f"{asked} checks over all rows")
        return [*found, fine]
    told = "; ".join(_not_so(name, *one).told for one in hard)
    return [*found, Finding("identities", name, "", "fail", told, _IDENTITY, is_listing=True)]


def _not_so(source: str, check: Check, broken: list[CheckFinding]) -> Finding:
    """What a soft check says."""
    told = "; ".join(
        f"{r.scope}: expected {r.expected}, found {r.found} ({r.evidence})" for r in broken[-SHOWN:]
    )
    more = f"; and {len(broken) - SHOWN:,} more" if len(broken) > SHOWN else ""
    return Finding("identities", source, check.name, "warn", f"not so: {check.says}: {told}{more}")


def quarantine(at: SourceStatus) -> list[Finding]:
    """Records that are refused and still not understood, by rule."""
    name = at.name
    rows = at.store.rows(
        "select rule, count(*), min(url), min(refused_at) from ops_quarantine "
        "where source = ? and status = 'open' "
        "and not list_contains(?::varchar[], quarantine_id) group by rule order by rule",
        name,
        list(at.known("quarantine")),
    )
    found = [
        Finding(
            "quarantine",
            name,
            rule,
            "fail",
            f"{count:,} refused by {rule} since {since:%Y-%m-%d}, one of them at {url}",
            _LOOK,
            is_listing=True,
        )
        for rule, count, url, since in rows
    ]
    return summed("quarantine", name, found, "nothing is in quarantine")


def gates(at: SourceStatus) -> list[Finding]:
    """Whether readers see the source as it is now, and what its gates say of the tables."""
    name, made = at.name, at.made
    if why := at.declared.broken.get(name):
        step = "Mend the file; the next run asks the gates anew."
        return [Finding("gates", name, "unasked", "fail", why, step)]
    released = made[-1].of(name) if made else {}
    held = [table.name for table in at.pipeline.tables if table.name in at.store.tables]
    if not held:
        return []
    found = [
        Finding(
            "gates",
            name,
            result.scope,
            result.verdict,
            f"{result.name}: {result.found}, wanted {result.expected} ({result.evidence})",
            "See `carbonmart releases`; thresholds of your own go into gates.yml.",
        )
        for result in present_gates(at.context, at.pipeline, made, at.declared.tables)
        if result.verdict != "pass"
    ]
    stale = next((p for p in released.values() if p.stale_since), None)
    step = "Mend what the reason names; the next good run is released by itself."
    if stale and stale.stale_since:
        told = f"readers see an old version, {age(at.context.started_at - stale.stale_since)} old"
        found.append(Finding("gates", name, "stale", "fail", f"{told}: {stale.reason}", step))
    elif lacking := [table for table in held if table not in released]:
        told = f"never released: {', '.join(lacking)}"
        found.append(Finding("gates", name, "unreleased", "fail", told, step))
    fine = f"released in {made[-1].release_id}" if made else ""
    return summed("gates", name, found, fine)
