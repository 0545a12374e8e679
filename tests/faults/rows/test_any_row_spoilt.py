"""Any one row of the exchange spoilt or withdrawn: the release never shows it where a check can
tell, lacks no other row, and is as before once the right row is stated again."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from flows.core.context import RunContext, Sample
from flows.core.outcome import Outcome, Tally
from flows.core.result import SourceResult
from flows.core.settings import Settings
from flows.core.source_run import SourceRun
from flows.core.sources import pipeline
from flows.stages.checks.source_checks import run_checks
from flows.stages.release.release import Released, release
from schemas.core.table import Kind, Table
from schemas.registry import TABLES
from tests.support.nights import FIRST_UNTIL
from warehouse.store.home import open_home
from warehouse.store.releases import releases
from warehouse.store.store import Warehouse

FIGURES = {
    "seee_bulletins": (
        "close_cny_per_t",
        "total_volume_t",
        "total_turnover_cny",
        "listed_volume_t",
        "cumulative_volume_t",
        "cumulative_turnover_cny",
        "high_cny_per_t",
    ),
    "seee_quotes": ("close_cny_per_t", "open_cny_per_t", "high_cny_per_t", "listed_volume_t"),
    "seee_method_totals": ("day_volume_t", "day_turnover_cny", "cumulative_volume_t"),
}
SPOILINGS = [(table, column) for table, columns in FIGURES.items() for column in columns]


def checked_and_released(home: Path) -> tuple[Released, list[str]]:
    """The end of a run that brought what the store holds now."""
    chosen = Settings(home=str(home), publish=False)
    context = RunContext(open_home(home, "sample"), chosen, "ingest", Sample({}, FIRST_UNTIL))
    run = SourceRun(context, pipeline("seee", is_sample=True), Tally("seee"))
    failed = run_checks(run, FIRST_UNTIL)
    result = SourceResult("seee", Outcome.CHANGED, None, run.tally, datetime.now(UTC), 0.0, failed)
    return release(context, [result]), failed


def seen(home: Path, name: str) -> dict[tuple[Any, ...], dict[str, Any]]:
    """What readers of the release see of a table, by key."""
    table, store = TABLES[name], Warehouse(home)
    columns = [*table.key, *table.compared]
    sql = f"select {', '.join(columns)} from {name}"
    with store.query(sql, versions=dict(releases(store)[-1].versions)) as answer:
        rows = [dict(zip(columns, row, strict=True)) for row in answer.fetchall()]
    return {tuple(row[key] for key in table.key): row for row in rows}


def stated(home: Path, table: Table) -> list[dict[str, Any]]:
    columns = [column.name for column in table.stated]
    with Warehouse(home).query(
        f"select {', '.join(columns)} from {table.name} order by all"
    ) as all_:
        return [dict(zip(columns, row, strict=True)) for row in all_.fetchall()]


@contextmanager
def copied(home: Path) -> Iterator[Path]:
    with TemporaryDirectory() as folder:
        yield Path(shutil.copytree(home, Path(folder) / "home"))


def restated(home: Path, row: dict[str, Any], table: Table, **changes: Any) -> None:
    """The row as another page states it, later than any."""
    Warehouse(home).load(
        table,
        [row | {"retrieved_at": datetime.now(UTC)} | changes],
        known_from=datetime.now(UTC),
        run_id="spoilt",
    )


@settings(
    max_examples=3, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(which=st.sampled_from(SPOILINGS), position=st.integers(0, 10_000), factor=st.integers(2, 9))
def test_a_spoilt_row_is_held_back_alone_and_heals(
    first_night: Path, which: tuple[str, str], position: int, factor: int
) -> None:
    name, column = which
    table = TABLES[name]
    with copied(first_night) as home:
        before = {each: seen(home, each) for each in FIGURES}
        rows = [row for row in stated(home, table) if row[column]]
        row = rows[position % len(rows)]
        wrong = row[column] * (
            Decimal(factor) if table.column(column).kind is not Kind.INT else factor
        )
        restated(home, row, table, **{column: wrong})
        told, failed = checked_and_released(home)
        assert (told.error, told.held) == ("", [])
        after = {each: seen(home, each) for each in FIGURES}
        key = tuple(row[each] for each in table.key)
        if failed:
            assert after == before, "a check can tell"
            assert [each.row[:-1] for each in told.rows_held.rows] == [tuple(map(str, key))]
        else:
            assert after[name].pop(key)[column] == wrong
            assert before[name].pop(key)[column] == row[column]
            assert after == before
        restated(home, row, table)
        told, failed = checked_and_released(home)
        assert (failed, told.rows_held.rows) == ([], ())
        assert seen(home, name)[key][column] == row[column]


@settings(
    max_examples=2, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(name=st.sampled_from(sorted(FIGURES)), position=st.integers(0, 10_000))
def test_a_row_that_is_withdrawn_takes_no_other_with_it(
    first_night: Path, name: str, position: int
) -> None:
    table = TABLES[name]
    with copied(first_night) as home:
        before = {each: seen(home, each) for each in FIGURES}
        rows = stated(home, table)
        row = rows[position % len(rows)]
        key = tuple(row[each] for each in table.key)
        later = datetime.now(UTC) + timedelta(milliseconds=1)
        Warehouse(home).retire(table, [key], known_from=later, run_id="gone")
        told, _ = checked_and_released(home)
        assert (told.error, told.held) == ("", [])
        del before[name][key]
        after = {each: seen(home, each) for each in FIGURES}
        after[name].pop(key, None)
        assert after == before
        restated(home, row, table)
        told, failed = checked_and_released(home)
        assert (failed, told.rows_held.rows) == ([], ())
        assert key in seen(home, name)
