"""Any one row of any source spoilt, revised or withdrawn: the release never shows it where a check
can tell, lacks no other row, and is as before once the right row is stated again."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from extractors.sample.server.server import SampleServer
from flows.core.context import RunContext, Sample
from flows.core.outcome import Outcome, Tally
from flows.core.result import SourceResult
from flows.core.settings import Settings
from flows.core.source_run import SourceRun
from flows.core.sources import names, pipeline
from flows.jobs.nightly import run_plainly
from flows.jobs.report.result import RunReport
from flows.stages.checks.source_checks import run_checks
from flows.stages.release.release import Released, release
from schemas.core.table import Column, Kind, Table
from schemas.sources.seee.tables import SEEE_QUOTES
from tests.support.stores import store
from warehouse.store.home import open_home
from warehouse.store.releases import releases
from warehouse.store.store import Warehouse

EXAMPLES = int(os.environ.get("SPOILT_ROWS", "4"))
"""Rows to spoil, and half as many to withdraw; hypothesis chooses them."""
UNTIL = date(2022, 1, 20)
"""By then each source of the sample has said something, and a year of the market has ended."""
EMPTY = ("icap_download_prices", "mee_benchmarks", "core_climate_stats", "core_climate_stat_quotes")
"""Tables without a row by then."""
TABLES = [
    (name, table)
    for name in names()
    for table in pipeline(name).tables
    if table.name not in EMPTY
    for _ in range(4 if name == "seee" else 1)  # whose rows most checks are about
]


@dataclass(frozen=True)
class Told:
    """What a run says at its end: what it released, and which hard checks failed."""

    released: Released
    failed: list[str]

    @property
    def held(self) -> list[str]:
        return [row.name for row in self.released.rows_held.rows]


@pytest.fixture(scope="module")
def everything(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store that holds each source's first night; not to be written to."""
    return store("everything", _first_night, tmp_path_factory.mktemp("stores")) / "home"


def _first_night(folder: Path) -> None:
    chosen = Settings(home=str(folder / "home"), publish=False, retries=1, backoff_s=0.0)
    with SampleServer(until=UNTIL) as server:
        night = RunContext(
            open_home(folder / "home", "sample"), chosen, sample=Sample(server.routes, UNTIL)
        )
        report = RunReport(night.run_id, night.job, str(folder), True)
        run_plainly(night, names(), report)
    assert report.exit_code == 0, report


def ended(home: Path, source: str, meanwhile: Callable[[], object] = lambda: None) -> Told:
    """The end of a run of the source that brought what the store holds now; `meanwhile` is what
    another run does between its checks and its release."""
    chosen = Settings(home=str(home), publish=False)
    context = RunContext(open_home(home, "sample"), chosen, "ingest", Sample({}, UNTIL))
    run = SourceRun(context, pipeline(source, is_sample=True), Tally(source))
    failed = run_checks(run, UNTIL)
    meanwhile()
    result = SourceResult(source, Outcome.CHANGED, None, run.tally, datetime.now(UTC), 0.0, failed)
    return Told(release(context, [result]), failed)


Rows = dict[tuple[str, ...], dict[str, Any]]


def seen(home: Path, source: str) -> Rows:
    """What readers of the release see of a source's tables, by table and key."""
    warehouse, found = Warehouse(home), {}
    versions = dict(releases(warehouse)[-1].versions)
    for table in pipeline(source).tables:
        columns = [*table.key, *table.compared]
        sql = f"select {', '.join(columns)} from {table.name}"
        with warehouse.query(sql, versions=versions) as answer:
            for values in answer.fetchall():
                row = dict(zip(columns, values, strict=True))
                found[key_of(table, row)] = row
    return found


def key_of(table: Table, row: dict[str, Any]) -> tuple[str, ...]:
    return (table.name, *(str(row[name]) for name in table.key))


def stated(home: Path, table: Table) -> list[dict[str, Any]]:
    columns = [column.name for column in table.stated]
    sql = f"select {', '.join(columns)} from {table.name} order by all"
    with Warehouse(home).query(sql) as answer:
        return [dict(zip(columns, row, strict=True)) for row in answer.fetchall()]


@contextmanager
def copied(home: Path) -> Iterator[Path]:
    with TemporaryDirectory() as folder:
        ignored = shutil.ignore_patterns("archive")
        yield Path(shutil.copytree(home, Path(folder) / "home", ignore=ignored))


def restated(home: Path, table: Table, row: dict[str, Any], **changes: Any) -> None:
    """The row as its page states it at another look, later than any."""
    now = datetime.now(UTC)
    load = [row | {"retrieved_at": now} | changes]
    Warehouse(home).load(table, load, known_from=now, run_id="spoilt")


def other(column: Column, value: Any, by: int) -> Any:
    """Another value of the column's kind."""
    if column.one_of:
        return column.one_of[(column.one_of.index(value) + 1) % len(column.one_of)]
    if column.kind is Kind.TEXT:
        return f"{value} {by}"
    if column.kind is Kind.BOOL:
        return not value
    if column.kind is Kind.DATE:
        return value - timedelta(days=by)
    if column.kind is Kind.INSTANT:
        return value - timedelta(hours=by)
    return value * by + 1 if column.kind is Kind.INT else value * Decimal(by) + 1


def chosen_row(home: Path, table: Table, position: int) -> dict[str, Any] | None:
    rows = stated(home, table)
    return rows[position % len(rows)] if rows else None


of_any_table = st.sampled_from(TABLES)
positions = st.integers(0, 100_000)


def rarely(examples: int) -> settings:
    checks = [HealthCheck.function_scoped_fixture]
    return settings(max_examples=examples, deadline=None, suppress_health_check=checks)


@rarely(EXAMPLES)
@given(where=of_any_table, position=positions, place=positions, by=st.integers(2, 9))
def test_a_row_that_is_spoilt_is_held_back_alone_and_heals(
    everything: Path, where: tuple[str, Table], position: int, place: int, by: int
) -> None:
    source, table = where
    row = chosen_row(everything, table, position)
    columns = [
        column
        for column in table.own
        if row
        and row[column.name] is not None
        and column.name in table.compared
        and column.name not in table.order_by  # which statement counts, and no figure
    ]
    if row is None or not columns:
        return
    column = columns[place % len(columns)]
    key = key_of(table, row)
    with copied(everything) as home:
        before = seen(home, source)
        restated(home, table, row, **{column.name: other(column, row[column.name], by)})
        told = ended(home, source)
        assert told.released.error == ""
        after = seen(home, source)
        if told.failed:
            assert told.held == [" ".join(key)], told.failed
            assert after == before, f"a check can tell: {told.failed}"
        elif source in [held.source for held in told.released.held]:
            assert after == before, told.released.held
        else:
            assert told.held == []
            assert after.pop(key) != before.pop(key)
            assert after == before
            before[key] = row
        restated(home, table, row)
        told = ended(home, source)
        assert (told.failed, told.held, told.released.held) == ([], [], [])
        assert seen(home, source)[key][column.name] == row[column.name]


@rarely(EXAMPLES // 2)
@given(where=of_any_table, position=positions)
def test_a_row_that_is_withdrawn_takes_no_other_with_it_and_comes_back(
    everything: Path, where: tuple[str, Table], position: int
) -> None:
    source, table = where
    if (row := chosen_row(everything, table, position)) is None:
        return
    key = key_of(table, row)
    with copied(everything) as home:
        before = seen(home, source)
        later = datetime.now(UTC) + timedelta(milliseconds=1)
        gone = tuple(row[name] for name in table.key)
        Warehouse(home).retire(table, [gone], known_from=later, run_id="gone")
        told = ended(home, source)
        assert told.released.error == ""
        after = seen(home, source)
        if source not in [held.source for held in told.released.held]:
            after.pop(key, None)
            del before[key]
        assert after == before
        restated(home, table, row)
        told = ended(home, source)
        assert (told.failed, told.held, told.released.held) == ([], [], [])
        assert key in seen(home, source)


def test_what_another_run_writes_between_checks_and_release_is_not_released_unchecked(
    everything: Path,
) -> None:
    with copied(everything) as home:
        before = seen(home, "seee")
        quote = next(row for row in stated(home, SEEE_QUOTES) if row["product"] == "COMCEA")

        def another_run() -> None:
            restated(home, SEEE_QUOTES, quote, close_cny_per_t=quote["close_cny_per_t"] * 2)

        told = ended(home, "seee", another_run)
        assert [result.name for result in told.released.warned] == ["written_meanwhile"]
        assert seen(home, "seee") == before
        assert ended(home, "seee").held == [" ".join(key_of(SEEE_QUOTES, quote))], "its own end"
        assert seen(home, "seee") == before
