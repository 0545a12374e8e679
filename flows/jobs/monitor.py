"""What a run that has just ended says of itself, among the findings of a look.

Look, tell, and write the metrics: `carbonmart check`, and the end of every run.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING

from flows.core.outcome import GOOD, next_step
from flows.core.settings import Settings
from flows.jobs.report.result import MonitorResult
from flows.stages.monitor.channels import channels_of
from flows.stages.monitor.look import CheckRun, look
from flows.stages.monitor.metrics import note_success, write_metrics
from flows.stages.monitor.model import STORE, Finding
from flows.stages.monitor.notify import tell
from warehouse.errors import WarehouseError

if TYPE_CHECKING:
    from flows.core.context import RunContext
    from flows.core.result import SourceResult
    from flows.jobs.report.result import RunReport
    from flows.stages.monitor.look import CheckRun

_NEXT = "The old one stands; mend what the message names, the next run makes it anew."


def take_report(look: CheckRun, report: RunReport) -> None:
    """Put the report's words in place of what the books say of these sources' last run, and
    add what went wrong about release and publication, which only a run can say: one that had
    nothing to release says nothing of it."""
    if report.job == "refresh":
        mine = {run.source for run in report.runs}
        look.findings = [
            finding
            for finding in look.findings
            if finding.check != "run" or finding.source not in mine
        ]
        look.findings[:0] = [_run(run) for run in report.runs]
        look.looked |= {("run", name) for name in mine}
    if report.released:
        look.take("release", STORE, lambda: _releases(report))


def _run(run: SourceResult) -> Finding:
    told = f"{run.outcome}" + (f": {run.why}" if run.why else "")
    if run.outcome in GOOD:
        return Finding("run", run.source, str(run.outcome), "pass", told)
    step = next_step(run.outcome, run.why) or ""
    return Finding("run", run.source, str(run.outcome), "fail", told, step)


def _releases(report: RunReport) -> list[Finding]:
    made, out = report.released, report.published
    lost = (out.error or "; ".join(out.carried)) if out else ""
    errors = {"release": made.error if made else "", "publication": lost}
    found = [
        Finding("release", STORE, what, "fail", error, _NEXT)
        for what, error in errors.items()
        if error
    ]
    return found or [Finding("release", STORE, "", "pass", "the last release came out")]


log = logging.getLogger("carbonmart.watch")


def watch(
    settings: Settings,
    sources: Sequence[str] = (),
    *,
    until: date | None = None,
    tells: bool = True,
    report: RunReport | None = None,
) -> MonitorResult:
    """Look at the store; unless `tells` is off, open and close incidents, tell whoever is owed
    it, and write the metrics. Raises as `look` does.

    What a run says of itself in its `report` is held above its books: a store that is full
    has none.
    """
    seen = look(settings, sources, until=until, remembers=report is not None)
    if report:
        take_report(seen, report)
    home = seen.context.home
    watched = MonitorResult(str(home.path), home.kind == "sample", seen)
    # By a clock that is behind, incidents would open before they were closed.
    is_behind = ("clock", STORE, "behind") in {finding.key for finding in seen.failed}
    if tells and not is_behind:
        watched.told = told = tell(seen, channels_of(settings))
        try:
            write_metrics(seen, told.still_open, len(told.errors), settings.metrics_file)
        except (WarehouseError, OSError) as error:
            told.errors.append(f"metrics could not be written: {error}")
            log.error("metrics could not be written: %s", error)
    seen.store.close()
    return watched


def after_run(context: RunContext, report: RunReport) -> MonitorResult | None:
    """The watch at the end of a run: of a night, of a backfill, of pages saved by a person, of
    records in quarantine read again. Each may open an incident, or end one.

    How the run itself ended is an incident only of a night: whoever started another is told
    by its report, its exit code or the state of its flow. Never raises for what a store can
    do: the run is over, and its report must come out.
    """
    said = {"run_id": report.run_id}
    try:
        # The dead-man line says that the nights go on. A backfill that ends well says nothing
        # of them: it would hide a schedule that died.
        if report.exit_code == 0 and report.job == "refresh":
            note_success(context.home, report.run_id)
    except (WarehouseError, OSError) as error:
        log.error("the dead-man line could not be written: %s", error, extra=said)
    try:
        until = context.sample.until if context.sample else None
        return watch(context.settings, until=until, report=report)
    except Exception:  # the run is over, and its report must come out
        log.exception("the watch after the run failed", extra=said)
        return None
