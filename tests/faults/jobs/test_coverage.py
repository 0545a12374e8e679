"""`ops_coverage`: trading day by source, from the rows that are held and the runs that looked."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from schemas.ops.tables import OPS_RUNS
from schemas.sources.seee.tables import SEEE_BULLETINS, SEEE_METHOD_TOTALS, SEEE_QUOTES
from schemas.trading import shipped
from tests.support.nights import FIRST_UNTIL
from tests.support.rows import KNOWN_FROM, bulletin
from warehouse.store.store import Warehouse

MONDAY = date(2025, 3, 3)
FRIDAY = MONDAY + timedelta(days=4)


def run_row(source: str, day: date, outcome: str, hour_utc: int = 14) -> dict[str, Any]:
    """A booked run: at 14 o'clock UTC, which is 22 in Shanghai, all of the day is out."""
    at = datetime(day.year, day.month, day.day, hour_utc, 30, tzinfo=UTC)
    counts = ("fetched", "not_modified", "parsed", "accepted", "quarantined", "duplicates")
    return {
        "run_id": f"{source}-{day}-{hour_utc}",
        "source": source,
        "job": "refresh",
        "started_at": at,
        "finished_at": at,
        "business_day": day,
        "outcome": outcome,
        "seconds": 1.0,
        "software_version": "test",
        **dict.fromkeys((*counts, "new", "revised"), 0),
    }


@pytest.fixture
def store(tmp_path: Path) -> Warehouse:
    return Warehouse(tmp_path / "home")


def states(store: Warehouse, source: str) -> dict[date, tuple[str, str | None]]:
    rows = store.query(
        "select trade_date, state, missing from ops_coverage where source = $1 order by 1", [source]
    ).fetchall()
    return {day: (state, missing) for day, state, missing in rows}


def test_every_day_of_a_whole_store_is_complete(first_night: Path) -> None:
    found = states(Warehouse(first_night), "seee")
    assert list(found) == list(shipped().trading_days(date(2021, 7, 16), FIRST_UNTIL))
    assert set(found.values()) == {("complete", None)}


def test_what_a_day_lacks_is_named(store: Warehouse) -> None:
    held = [bulletin(MONDAY), bulletin(FRIDAY)]
    store.load(SEEE_BULLETINS, held, known_from=KNOWN_FROM, run_id="run")
    others = f"{SEEE_METHOD_TOTALS.name}; {SEEE_QUOTES.name}"
    found = states(store, "seee")
    assert found[MONDAY] == found[FRIDAY] == ("partial", others)
    between = [MONDAY + timedelta(days=n) for n in (1, 2, 3)]
    assert {found[day] for day in between} == {("missing", f"{SEEE_BULLETINS.name}; {others}")}
    assert len(found) == 5


def test_a_week_is_no_day(store: Warehouse) -> None:
    rows = [bulletin(MONDAY), bulletin(FRIDAY, period="week")]
    store.load(SEEE_BULLETINS, rows, known_from=KNOWN_FROM, run_id="run")
    assert list(states(store, "seee")) == [MONDAY]


@pytest.mark.parametrize(("hour_utc", "is_due"), [(9, False), (10, True)])
def test_a_day_is_due_once_its_figures_are_out(
    store: Warehouse, hour_utc: int, is_due: bool
) -> None:
    """At 18:00 in Shanghai; a run before that can't have found them."""
    store.load(SEEE_BULLETINS, [bulletin(MONDAY)], known_from=KNOWN_FROM, run_id="run")
    early = run_row("seee", MONDAY + timedelta(days=1), "unchanged", hour_utc)
    store.append_log(OPS_RUNS, [early], run_id="run")
    assert (MONDAY + timedelta(days=1) in states(store, "seee")) is is_due


def test_a_source_without_daily_tables_is_covered_by_runs(store: Warehouse) -> None:
    """Saturday's run covers no trading day; a run that failed covers none either."""
    told = {0: "changed", 1: "blocked", 3: "empty_expected", 5: "unchanged"}
    rows = [run_row("other", MONDAY + timedelta(days=n), o) for n, o in told.items()]
    store.append_log(OPS_RUNS, rows, run_id="run")
    found = states(store, "other")
    assert [state for state, _ in found.values()] == [
        "watched",
        "unwatched",
        "unwatched",
        "watched",
        "unwatched",
    ]
    assert list(found) == [MONDAY + timedelta(days=n) for n in range(5)]


def test_it_can_be_asked_for_as_of_then(store: Warehouse) -> None:
    store.load(SEEE_BULLETINS, [bulletin(MONDAY)], known_from=KNOWN_FROM, run_id="one")
    later = KNOWN_FROM + timedelta(days=2)
    store.load(SEEE_BULLETINS, [bulletin(FRIDAY)], known_from=later, run_id="two")
    asked = "select max(trade_date) from ops_coverage"
    assert store.query(asked).fetchall() == [(FRIDAY,)]
    assert store.query(asked, as_of=KNOWN_FROM).fetchall() == [(MONDAY,)]
