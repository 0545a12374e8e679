"""Look, tell, and write the metrics: `carbonmart check`, and the end of every run."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING

from flows.channels import channels_of
from flows.findings import Finding
from flows.metrics import note_success, write_metrics
from flows.settings import Settings
from flows.telling import Told, tell
from flows.watching import Look, look
from flows.watching_run import take_report
from warehouse.errors import WarehouseError

if TYPE_CHECKING:
    from flows.night import Night
    from flows.refresh import NightReport

log = logging.getLogger("carbonmart.watch")


@dataclass
class Watched:
    """What a look found, and what became of it."""

    home: str
    is_sample: bool
    look: Look
    told: Told = field(default_factory=Told)

    @property
    def findings(self) -> list[Finding]:
        return self.look.findings

    @property
    def exit_code(self) -> int:
        """5 if a check failed."""
        return 5 if self.look.failed else 0


def watch(
    settings: Settings,
    sources: Sequence[str] = (),
    *,
    until: date | None = None,
    tells: bool = True,
    report: NightReport | None = None,
) -> Watched:
    """Look at the store; unless `tells` is off, open and close incidents, tell whoever is owed
    it, and write the metrics. Raises as `look` does.

    What a run says of itself in its `report` is held above its books: a store that is full
    has none.
    """
    seen = look(settings, sources, until=until)
    if report:
        take_report(seen, report)
    home = seen.night.home
    watched = Watched(str(home.path), home.kind == "sample", seen)
    if tells:
        watched.told = told = tell(seen, channels_of(settings))
        try:
            write_metrics(seen, told.still_open, len(told.errors), settings.metrics_file)
        except (WarehouseError, OSError) as error:
            told.errors.append(f"metrics could not be written: {error}")
            log.error("metrics could not be written: %s", error)
    seen.store.close()
    return watched


def after_run(night: Night, report: NightReport) -> Watched | None:
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
            note_success(night.home, report.run_id)
    except (WarehouseError, OSError) as error:
        log.error("the dead-man line could not be written: %s", error, extra=said)
    try:
        until = night.sample.until if night.sample else None
        return watch(night.settings, until=until, report=report)
    except (WarehouseError, OSError) as error:
        log.error("the watch after the run failed: %s", error, extra=said)
        return None
