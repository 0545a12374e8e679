"""One source's trouble stays its own: each hook of each source is broken in turn, several
sources a night, each by another hook, and one left whole. That one loads, is checked, and is
released; the others say what is wrong with them, and the night comes to its end.
"""

from __future__ import annotations

import shutil
import sys
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from extractors.sample.server.server import SampleServer
from extractors.source import Source
from flows.core import sources
from flows.core.context import RunContext, Sample
from flows.core.settings import Settings
from flows.core.source_run import SourceRun
from flows.core.sources import declaration, names, pipeline
from flows.jobs.backfill.backfill import Conduct
from flows.jobs.backfill.crosscheck import crosscheck
from flows.jobs.nightly import run_watched
from flows.jobs.report.result import RunReport
from flows.stages.checks.source_checks import run_checks
from flows.stages.monitor import look
from flows.stages.monitor.model import Finding, SourceStatus
from flows.stages.release import source_gates
from tests.support.stores import store
from transforms.checks import Check
from warehouse.store.home import open_home
from warehouse.store.store import Warehouse

FIRST, NEXT = date(2021, 9, 30), date(2021, 10, 8)
BUG = "a bug of this source alone"
NAMES = [name for name in names() if declaration(name).first_day <= FIRST]
"""The sources that have something to show by then."""


def boom(*_: object, **__: object) -> Any:
    raise RuntimeError(BUG)


@dataclass(frozen=True)
class Breaker:
    """Breaks hooks of one source until the test is over."""

    patch: pytest.MonkeyPatch
    home: Path
    name: str

    def links(self) -> None:
        self._declare(links=boom)

    def parse(self) -> None:
        """A newer reader, which is asked to read all that is archived."""
        source = self._declared
        kinds = tuple(replace(k, parse=boom) if k.parse else k for k in source.kinds)
        self._declare(kinds=kinds, parser_version=f"{source.parser_version}-broken")

    def transform(self) -> None:
        self._declare(parser_version=f"{self._declared.parser_version}-broken")
        self.patch.setattr(sys.modules[f"transforms.{self.name}.transform"], "transform", boom)

    def check(self) -> None:
        """A check in SQL that no table answers, of a table that is held by then."""
        held = Warehouse(open_home(self.home, "sample").path)
        tables = (table.name for table in pipeline(self.name).tables)
        table = next(name for name in tables if held.version(name) is not None)
        check = Check("asks_nonsense", "nonsense", f"select nonsense from {table}", (table,))
        self._patch_pipeline(checks=(check,))

    def gate(self) -> None:
        known, name = vars(source_gates)["same_statements"], self.name
        own = {table.name for table in pipeline(name).tables}

        def breaks(context: RunContext, table: str, *versions: int) -> Any:
            return boom() if table in own else known(context, table, *versions)

        self.patch.setattr(source_gates, "same_statements", breaks)

    def table_file(self) -> None:
        """Each data file of its tables is cut short."""
        for table in pipeline(self.name).tables:
            for file in (self.home / "tables" / table.name).glob("**/*.parquet"):
                file.write_bytes(file.read_bytes()[:100])

    def calendar(self) -> None:
        known, name = RunContext.due_day, self.name

        def breaks(context: RunContext, source: Source) -> date | None:
            return boom() if source.name == name else known(context, source)

        self.patch.setattr(RunContext, "due_day", breaks)

    def watch(self) -> None:
        """One check of the look that ends a night."""
        known, name = look.CHECKS["held"], self.name

        def breaks(at: SourceStatus) -> Iterable[Finding]:
            return boom() if at.name == name else known(at)

        self.patch.setattr(look, "CHECKS", {**look.CHECKS, "held": breaks})

    @property
    def _declared(self) -> Source:
        source: Source = sys.modules[f"extractors.{self.name}.source"].SOURCE
        return source

    def _declare(self, **changes: Any) -> None:
        module = sys.modules[f"extractors.{self.name}.source"]
        self.patch.setattr(module, "SOURCE", replace(self._declared, **changes))

    def _patch_pipeline(self, **changes: Any) -> None:
        known, name = sources._assembled, self.name
        self.patch.setattr(
            sources,
            "_assembled",
            lambda each: replace(known(each), **changes) if each == name else known(each),
        )


HOOKS: tuple[Callable[[Breaker], None], ...] = (
    Breaker.links,
    Breaker.parse,
    Breaker.transform,
    Breaker.check,
    Breaker.gate,
    Breaker.table_file,
    Breaker.calendar,
    Breaker.watch,
)


def plan() -> Iterator[tuple[str, dict[str, Callable[[Breaker], None]]]]:
    """Nights that break every hook of every source once: who stays whole, and who is broken how.

    Sources begin with different hooks, so that a night breaks different ones.
    """
    left = {name: deque(HOOKS) for name in NAMES}
    for number, hooks in enumerate(left.values()):
        hooks.rotate(-number)
    night = 0
    while any(left.values()):
        whole = NAMES[night % len(left)]
        broken = {n: hooks.popleft() for n, hooks in left.items() if n != whole and hooks}
        if broken:
            yield whole, broken
        night += 1


def _run(home: Path, server: SampleServer) -> RunReport:
    settings = Settings(home=str(home), retries=1, backoff_s=0.0, publish=False)
    sample = Sample(server.routes, server.until)
    context = RunContext(open_home(home, "sample"), settings, sample=sample)
    report = RunReport(context.run_id, context.job, str(home), True)
    run_watched(context, NAMES, report)
    return report


@pytest.fixture(scope="module")
def all_sources(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store after a night over all sources, with a release; not to be written to."""
    return store("all_sources", _first, tmp_path_factory.mktemp("stores")) / "home"


def _first(folder: Path) -> None:
    with SampleServer(until=FIRST) as server:
        report = _run(folder / "home", server)
    assert report.released is not None
    assert report.released.is_new


@pytest.mark.parametrize(
    ("whole", "broken"),
    [
        pytest.param(whole, broken, id=f"{number}-{whole}-is-whole")
        for number, (whole, broken) in enumerate(plan(), start=1)
    ],
)
def test_each_hook_broken_in_turn(
    all_sources: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    whole: str,
    broken: dict[str, Callable[[Breaker], None]],
) -> None:
    home = tmp_path / "home"
    shutil.copytree(all_sources, home)
    for name in NAMES:
        pipeline(name)
    for name, hook in broken.items():
        hook(Breaker(monkeypatch, home, name))
    with SampleServer(until=NEXT) as server:
        report = _run(home, server)
    runs = {run.source: run for run in report.runs}
    assert list(runs) == NAMES, "each has its turn"
    assert runs[whole].outcome in ("changed", "unchanged", "empty_expected")
    assert report.released is not None
    assert report.released.error == ""
    assert report.released.release is not None
    held = {each.source: each.reason for each in report.released.held}
    fresh = report.released.release.of(whole).values()
    assert whole not in held, held
    assert fresh
    assert all(pinned.status == "fresh" for pinned in fresh)
    assert report.watched is not None, "the look at the end came to its end"
    told = {finding.source for finding in report.watched.look.failed}
    for name, hook in broken.items():
        trouble = runs[name].outcome not in ("changed", "unchanged", "empty_expected")
        assert trouble or runs[name].failed_checks or name in held or name in told, hook
        assert name in told, f"nobody hears of {hook}"


def test_the_weeks_of_other_sources_are_asked_for_again(
    all_sources: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One source's checks break, another does not know its day, a third is switched off."""
    home = tmp_path / "home"
    shutil.copytree(all_sources, home)

    def checks(run: SourceRun, since: date) -> list[str]:
        return boom() if run.pipeline.source.name == "fx" else run_checks(run, since)

    monkeypatch.setattr("flows.jobs.backfill.backfill.run_checks", checks)
    settings = Settings(home=str(home), retries=0, backoff_s=0.0, publish=False, disabled=("mee",))
    done = crosscheck(
        settings,
        ["fx", "icap", "mee", "calendar"],
        7,
        lambda source: boom() if source.name == "icap" else FIRST,
        is_sample=True,
        until=FIRST,
        conduct=Conduct(tell=lambda _: None),
    )
    assert list(done.reports) == ["fx", "calendar"]
    assert BUG in done.failed["icap"]
    broken, whole = (done.reports[name] for name in ("fx", "calendar"))
    assert (broken.exit_code, str(broken.runs[0].outcome)) == (3, "partial")
    assert broken.released
    assert {each.source for each in broken.released.held} == {"fx"}
    assert whole.runs[0].outcome in ("changed", "unchanged", "empty_expected")
    assert whole.released
    assert "calendar" not in {each.source for each in whole.released.held}
