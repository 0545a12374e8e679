"""What a run and its look at the store came to, for whoever reports on it."""

from __future__ import annotations

from dataclasses import dataclass, field

from flows.core.errors import UsageError as UsageError
from flows.core.outcome import GOOD, Outcome
from flows.core.result import SourceResult
from flows.stages.monitor.look import CheckRun
from flows.stages.monitor.model import Finding
from flows.stages.monitor.notify import Notified
from flows.stages.release.publish import Published
from flows.stages.release.release import Released


@dataclass
class RunReport:
    """What a night did, source by source; `mended`: what it had to put in order before."""

    run_id: str
    job: str
    home: str
    is_sample: bool
    runs: list[SourceResult] = field(default_factory=list)
    mended: list[str] = field(default_factory=list)
    seconds: float = 0.0
    released: Released | None = None
    published: Published | None = None
    watched: MonitorResult | None = None

    @property
    def exit_code(self) -> int:
        """0 done; 3 a source failed, was blocked or came in part, or no release, or not all of
        it, could be written or published; 4 a gate held a source back; 5 a check failed."""
        outcomes = {run.outcome for run in self.runs}
        if outcomes - GOOD - {Outcome.EMPTY_SUSPICIOUS}:
            return 3
        out = self.published
        if (self.released and self.released.error) or (out and (out.error or out.carried)):
            return 3
        # Pages saved by a person seldom fill a table: that it is not released yet is told,
        # and is no failure of what was asked for.
        is_held = self.released and any(held.by_gate for held in self.released.held)
        if is_held and self.job != "ingest":
            return 4
        if Outcome.EMPTY_SUSPICIOUS in outcomes or any(run.failed_checks for run in self.runs):
            return 5
        failed = self.released and (self.released.failed_checks or self.released.rows_held.rows)
        return 5 if failed or (self.published and self.published.failed_checks) else 0


@dataclass
class MonitorResult:
    """What a look found, and what became of it."""

    home: str
    is_sample: bool
    look: CheckRun
    told: Notified = field(default_factory=Notified)

    @property
    def findings(self) -> list[Finding]:
        return self.look.findings

    @property
    def exit_code(self) -> int:
        """5 if a check failed."""
        return 5 if self.look.failed else 0
