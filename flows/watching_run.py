"""What a run that has just ended says of itself, among the findings of a look."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flows.findings import STORE, Finding
from flows.next_steps import next_step
from flows.outcome import GOOD

if TYPE_CHECKING:
    from flows.refresh import NightReport
    from flows.road import SourceRun
    from flows.watching import Look

_NEXT = "The old one stands; mend what the message names, the next run makes it anew."


def take_report(look: Look, report: NightReport) -> None:
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


def _run(run: SourceRun) -> Finding:
    told = f"{run.outcome}" + (f": {run.why}" if run.why else "")
    if run.outcome in GOOD:
        return Finding("run", run.source, str(run.outcome), "pass", told)
    step = next_step(run.outcome, run.why) or ""
    return Finding("run", run.source, str(run.outcome), "fail", told, step)


def _releases(report: NightReport) -> list[Finding]:
    made, out = report.released, report.published
    errors = {"release": made.error if made else "", "publication": out.error if out else ""}
    found = [
        Finding("release", STORE, what, "fail", error, _NEXT)
        for what, error in errors.items()
        if error
    ]
    return found or [Finding("release", STORE, "", "pass", "the last release came out")]
