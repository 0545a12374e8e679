"""One source as it stands: its last run, how fresh and how whole its tables are.

Asks the store alone. Each function looks at one thing and gives its findings.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property

from flows.checking import Answered, findings_of
from flows.findings import Finding, summed
from flows.gating import present_gates
from flows.next_steps import next_step
from flows.night import Night
from flows.outcome import GOOD, Outcome, Trouble
from flows.release_report import age
from flows.sources import Road
from flows.store_at_hand import StoreAtHand
from schemas.gates import Declaration, Verdict
from warehouse.releases import Release

SHOWN = 3
"""So many cases are named; the tables have them all."""
LATEST_DAYS = 60
"""So many missing days of a table are findings of their own; older ones are one together."""
_ASK_AGAIN = "Run `carbonmart refresh`; where a schedule does, see whether it lives."
_LOOK = "See `carbonmart quarantine`; after a fix of reader or correction, `quarantine --replay`."
_IDENTITY = (
    "Look at both figures with `carbonmart trace`; an error of the publisher that nobody can "
    "mend is accepted by an entry under `known_failures` in gates.yml."
)


@dataclass(frozen=True)
class Standing:
    """A source at the moment of a look, with the gates and releases that it is held against."""

    night: Night
    road: Road
    declared: Declaration
    made: Sequence[Release]
    store: StoreAtHand

    @cached_property
    def answered(self) -> list[Answered]:
        """Every check of the source over all that is held, up to what is due."""
        if self.due is None:
            return []
        since, store = self.road.source.first_day, self.store
        return list(findings_of(store.connection, store.tables, self.road.checks, since, self.due))

    @property
    def name(self) -> str:
        return self.road.source.name

    @property
    def due(self) -> date | None:
        """The latest trading day whose figures should be there."""
        return self.night.due_day(self.road.source)

    def known(self, check: str) -> Mapping[str, str]:
        """The failures of a check that somebody has accepted, by scope."""
        return self.declared.known_failures.get(check, {})


def last_run(at: Standing) -> Iterator[Finding]:
    """How the last nightly run of the source ended."""
    name = at.name
    row = at.store.first(
        "select outcome, cause, detail, next_step, started_at from ops_runs "
        "where source = ? and job = 'refresh' order by started_at desc limit 1",
        name,
    )
    if row is None:
        yield Finding("run", name, "never", "warn", "was never run", _ASK_AGAIN)
        return
    outcome, cause, detail, step, started_at = row
    told = f"{outcome}, {age(at.night.started_at - started_at)} ago"
    if outcome in GOOD:
        yield Finding("run", name, outcome, "pass", told)
        return
    step = step or next_step(Outcome(outcome), Trouble(cause or "", "", "", ""))
    told += f": {detail}" if detail else ""
    yield Finding("run", name, outcome, "fail", told, step or "")


def overdue(at: Standing) -> Iterator[Finding]:
    """Whether there was a run lately, however it ended: a schedule that died, or a run that was
    killed each night, says nothing by itself."""
    name, today = at.name, at.night.today(at.road.source)
    row = at.store.first(
        "select max(business_day) from ops_runs where source = ? and job = 'refresh'", name
    )
    if row is None or row[0] is None:
        yield Finding("overdue", name, "", "warn", "no run is booked yet", _ASK_AGAIN)
        return
    late, told = (today - row[0]).days, f"the last run is of {row[0]}"
    if late <= at.night.settings.overdue_days:
        yield Finding("overdue", name, "", "pass", told)
        return
    told += f", {late} days ago: it is to run each day"
    yield Finding("overdue", name, "", "fail", told, _ASK_AGAIN)


def freshness(at: Standing) -> list[Finding]:
    """Whether the newest figures are those that are due, by the source's calendar; and of a
    source that publishes when it likes, whether it has been quiet for oddly long."""
    name, due = at.name, at.due
    found = []
    if due is not None:
        for check, rows in at.answered:
            if check.name in at.road.freshness and rows:
                told = "; ".join(f"{r[0]}: {r[2]}, due is {r[1]} ({r[4]})" for r in rows)
                step = next_step(Outcome.EMPTY_SUSPICIOUS, Trouble("", "", "", "")) or ""
                found.append(Finding("freshness", name, check.name, "fail", told, step))
    learned = _learned(at)
    if learned is None:
        return [
            *found,
            Finding("freshness", name, "rows", "warn", "no row is held yet", _ASK_AGAIN),
        ]
    quiet = (at.night.started_at - learned).days
    if (
        at.road.source.quiet_days
        and quiet > at.road.source.quiet_days
        and at.night.home.kind == "live"
    ):
        told = f"nothing new for {quiet} days, more than the usual {at.road.source.quiet_days}"
        step = "Look at the publisher's site: its list may have moved without a word."
        found.append(Finding("freshness", name, "quiet", "fail", told, step))
    fine = f"due is {due}; the newest row was learned {age(at.night.started_at - learned)} ago"
    return summed("freshness", name, found, fine)


def coverage(at: Standing) -> list[Finding]:
    """Each trading day that a daily table lacks, but for those that somebody has accepted;
    of the day that is due right now `freshness` speaks."""
    name, due = at.name, at.due
    if due is None or not any(table.daily for table in at.road.tables):
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
    for day, table in rows:
        if f"{day} {table}" not in at.known("coverage"):
            tables.setdefault(table, []).append(day)
    found = [each for table, lacks in tables.items() for each in _lacking(name, table, lacks)]
    accepted = len(rows) - sum(map(len, tables.values()))
    fine = f"{held:,} of {days:,} trading days are held in all daily tables"
    return summed("coverage", name, found, fine + (f", {accepted} accepted" if accepted else ""))


def _lacking(source: str, table: str, days: list[date]) -> Iterator[Finding]:
    step = (
        "The next runs ask again while the day is young. A day that was never published is "
        "accepted by an entry under `known_failures: coverage` in gates.yml."
    )
    for day in days[:LATEST_DAYS]:
        yield Finding(
            "coverage",
            source,
            f"{day} {table}",
            "fail",
            f"{table} lacks the trading day {day}",
            step,
        )
    if older := days[LATEST_DAYS:]:
        told = f"{table} lacks {len(older):,} older trading days, {older[-1]} to {older[0]}"
        yield Finding("coverage", source, f"older {table}", "fail", told, step)


def identities(at: Standing) -> list[Finding]:
    """Every check across rows, over all that is held. Soft ones warn."""
    name, due = at.name, at.due
    if due is None or not at.road.checks:
        return []
    found, asked = [], 0
    for check, rows in at.answered:
        if check.name in at.road.freshness:
            continue
        asked += 1
        accepted = at.known(check.name)
        broken = [row for row in rows if str(row[0]) not in accepted]
        if not broken:
            continue
        told = "; ".join(f"{r[0]}: expected {r[1]}, found {r[2]} ({r[4]})" for r in broken[-SHOWN:])
        more = f"; and {len(broken) - SHOWN:,} more" if len(broken) > SHOWN else ""
        verdict: Verdict = "fail" if check.is_hard else "warn"
        step = _IDENTITY if check.is_hard else ""
        told = f"not so: {check.says}: {told}{more}"
        found.append(Finding("identities", name, check.name, verdict, told, step))
    is_well = not any(each.verdict == "fail" for each in found)
    fine = [Finding("identities", name, "", "pass", f"{asked} checks over all rows")]
    return [*found, *(fine if is_well else [])]


def quarantine(at: Standing) -> list[Finding]:
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
        )
        for rule, count, url, since in rows
    ]
    return summed("quarantine", name, found, "nothing is in quarantine")


def gates(at: Standing) -> list[Finding]:
    """Whether readers see the source as it is now, and what its gates say of the tables."""
    name, made = at.name, at.made
    released = made[-1].of(name) if made else {}
    held = [table.name for table in at.road.tables if table.name in at.store.tables]
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
        for result in present_gates(at.night, at.road, made, at.declared.tables)
        if result.verdict != "pass"
    ]
    stale = next((p for p in released.values() if p.stale_since), None)
    step = "Mend what the reason names; the next good run is released by itself."
    if stale and stale.stale_since:
        told = f"readers see an old version, {age(at.night.started_at - stale.stale_since)} old"
        found.append(Finding("gates", name, "stale", "fail", f"{told}: {stale.reason}", step))
    elif lacking := [table for table in held if table not in released]:
        told = f"never released: {', '.join(lacking)}"
        found.append(Finding("gates", name, "unreleased", "fail", told, step))
    fine = f"released in {made[-1].release_id}" if made else ""
    return summed("gates", name, found, fine)


def _learned(at: Standing) -> datetime | None:
    """When the newest row of the source's tables was learned; None if there is none."""
    held = (at.store.tables.get(table.name) for table in at.road.tables)
    moments = [info.last_known_from for info in held if info and info.last_known_from]
    return max(moments, default=None)


CHECKS: Mapping[str, Callable[[Standing], Iterable[Finding]]] = {
    "run": last_run,
    "overdue": overdue,
    "freshness": freshness,
    "coverage": coverage,
    "identities": identities,
    "quarantine": quarantine,
    "gates": gates,
}
