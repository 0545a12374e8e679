"""Whole nights over the embedded sample, in this process: fixtures and what to ask of them.

`first_night` is a small store that has seen the sample up to `FIRST_UNTIL`, made once a
machine (`stores`); `world` is a copy of it with a server of its own. A night takes about a second.
Pages are spoilt on the server's side, so that everything goes down the real road.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from extractors.sample.server.server import SampleServer
from extractors.sample.sites.seee.pages import ArticlePage, article_page
from extractors.sample.sites.seee.texts.bulletins import all_articles
from flows.core.context import RunContext, Sample
from flows.core.result import SourceResult
from flows.core.settings import Settings
from flows.core.sources import pipeline
from flows.jobs.nightly import Runner, run_plainly
from flows.jobs.report.report import as_markdown
from flows.jobs.report.result import RunReport
from flows.stages.release.release import Released
from flows.stages.source_run import run_source
from tests.support.stores import store
from warehouse.store.home import open_home
from warehouse.store.store import Warehouse

__all__ = ["FIRST_UNTIL", "NEXT", "Told", "World", "article", "empty_world", "first_night", "world"]

FIRST_UNTIL = date(2021, 9, 30)
NEXT = (date(2021, 10, 8), date(2021, 10, 11), date(2021, 10, 12), date(2021, 10, 13))
"""The trading days after `FIRST_UNTIL`; the week before them was closed."""

OVERVIEW = "https://overview.cneeex.example"
SHYX = "https://shyx.cneeex.example"


@dataclass(frozen=True)
class Told:
    """How a night ended: the only source's run, the exit code, and the report as text."""

    run: SourceResult
    exit_code: int
    text: str
    released: Released | None = None

    @property
    def outcome(self) -> str:
        return str(self.run.outcome)

    def line(self, rule: str) -> str:
        """The source's one line of the report about a rule or check; fails if there is none."""
        # Other lines are about releases and files.
        begins = re.compile(rf"- {self.run.source}(?:, note)?: ")
        lines = [x for x in self.text.splitlines() if begins.match(x) and rule in x]
        assert len(lines) == 1, f"{len(lines)} lines about {rule}:\n{self.text}"
        return lines[0]


def _road_alone(night: RunContext, sources: Sequence[str], report: RunReport) -> None:
    report.runs += [run_source(night, name) for name in sources]


@dataclass
class World:
    """A sample server and a store that reads one source of it."""

    home: Path
    server: SampleServer
    source: str = "seee"

    def night(self, **settings: Any) -> Told:
        """Run the nightly job; `settings` override those of a patient run without pauses."""
        return self._run(run_plainly, settings)

    def pipeline(self, **settings: Any) -> Told:
        """The same without release and publication, which take longer than a quiet road."""
        return self._run(_road_alone, settings)

    def _run(self, runner: Runner, settings: dict[str, Any]) -> Told:
        chosen = {
            "home": str(self.home),
            "retries": 1,
            "backoff_s": 0.0,
            "publish": False,
            **settings,
        }
        night = RunContext(
            open_home(self.home, "sample"),
            Settings(**chosen),
            sample=Sample(self.server.routes, self.server.until),
        )
        report = RunReport(night.run_id, night.job, str(self.home), True)
        runner(night, [self.source], report)
        (run,) = report.runs
        tally = run.tally
        assert tally.parsed == tally.accepted + tally.quarantined + tally.duplicates
        self._books_agree(run, night.run_id)
        return Told(run, report.exit_code, as_markdown(report), report.released)

    def _books_agree(self, run: SourceResult, run_id: str) -> None:
        """The run is booked, with its outcome and with counts that add up."""
        booked = self.ask(
            "select outcome, parsed, accepted + quarantined + duplicates, new, revised "
            f"from ops_runs where run_id = '{run_id}'"
        )
        if booked:
            tally = run.tally
            assert booked == [
                (str(run.outcome), tally.parsed, tally.parsed, tally.new, tally.revised)
            ]
        else:  # only a store that takes no more can miss its book
            assert run.outcome == "failed", run.why
            assert run.why is not None

    def ask(self, sql: str) -> list[tuple[Any, ...]]:
        """The rows of a query."""
        with Warehouse(self.home).query(sql) as answer:
            return answer.fetchall()

    def days(self, columns: str = "period_end") -> list[tuple[Any, ...]]:
        """Columns of the daily bulletins, by day."""
        return self.ask(f"select {columns} from seee_bulletins where period='day' order by 1")

    def quarantine(self, columns: str) -> list[tuple[Any, ...]]:
        """Columns of what is in quarantine now."""
        return self.ask(
            f"select {columns} from ops_quarantine where status = 'open' order by url, rule"
        )

    def versions(self) -> dict[str, int | None]:
        """The versions of the core tables."""
        tables = pipeline(self.source, is_sample=True).tables
        return {table.name: Warehouse(self.home).version(table.name) for table in tables}

    def serve(self, day: date, edit: Callable[[str], str], kind: str = "daily") -> str:
        """Serve a bulletin with its paragraphs edited; gives its address."""
        known = article(day, kind)
        changed = replace(known, paragraphs=tuple(edit(text) for text in known.paragraphs))
        assert changed != known, f"the edit changes nothing in {known.paragraphs}"
        return self.serve_page(known, article_page(changed))

    def serve_page(self, known: ArticlePage, html: str) -> str:
        """Serve other bytes in place of a bulletin's page; gives its address."""
        self.server.fault(re.escape(known.path), "replace", body=html)
        return OVERVIEW + known.path


def article(day: date, kind: str = "daily") -> ArticlePage:
    """The sample's bulletin published on a day."""
    return next(a for a in all_articles() if (a.published, a.kind) == (day, kind))


@pytest.fixture(scope="session")
def first_night(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store after its first night; not to be written to."""
    return store("first", _first_night, tmp_path_factory.mktemp("stores")) / "home"


def _first_night(folder: Path) -> None:
    with SampleServer(until=FIRST_UNTIL) as server:
        told = World(folder / "home", server).night()
    assert told.outcome == "changed", told.text


@pytest.fixture
def world(first_night: Path, tmp_path: Path) -> Iterator[World]:
    """The store of the first night, and a server on the evening of the next trading day."""
    home = tmp_path / "home"
    shutil.copytree(first_night, home)
    with SampleServer(until=NEXT[0]) as server:
        yield World(home, server)


@pytest.fixture
def empty_world(tmp_path: Path) -> Iterator[World]:
    """No store yet, and a server at the end of the market's third week."""
    with SampleServer(until=date(2021, 7, 30)) as server:
        yield World(tmp_path / "home", server)
