"""The voluntary market's published figures, each rendered as a page in its form and ingested.

Every row of `tests/facts/ccer.csv` goes the whole road under a real address, in a web archive, into
a live store, and comes back equal.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

import duckdb
import pytest

from extractors.sample.sites.ccer.pages import average
from flows.core.settings import Settings
from flows.jobs.ingest import ingest
from schemas.trading import shipped
from tests.e2e.ccer_facts import FACTS, FIRST, LAST, LAUNCH, SNAPSHOTS, Fact, save, stated
from transforms.ccer_registry.events import LEFT, LISTED
from warehouse.store.store import Warehouse

BEGINS = {"year": date(2025, 1, 1), "ytd": date(2026, 1, 1), "week": date(2025, 6, 30)}
"""The first day of what a fact sums over, by how its metric begins."""


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[duckdb.DuckDBPyConnection]:
    """The tables of one live store, into which all of it was ingested."""
    folder = tmp_path_factory.mktemp("facts")
    home = folder / "home"
    report = ingest(Settings(home=str(home), publish=False), save(folder / "saved"))
    with Warehouse(home).query("select rule, value, record from ops_quarantine") as answer:
        assert answer.fetchall() == []
    for run in report.runs:
        assert (run.tally.layouts, run.tally.signals, run.failed_checks) == ([], [], [])
    tables = ("bulletins", "types", "tabs", "applications", "details", "methodologies")
    with Warehouse(home).connect("ops_checks", *(f"ccer_{name}" for name in tables)) as connection:
        for basis in (LISTED, LEFT):
            connection.execute(f"create temp table {basis.name} as {basis.sql}")
        yield connection


def ask(store: duckdb.DuckDBPyConnection, sql: str) -> list[tuple[Any, ...]]:
    return store.execute(sql).fetchall()


def of_days(
    store: duckdb.DuckDBPyConnection, column: str, table: str, first: date, last: date
) -> Decimal:
    where = f"trade_date between '{first}' and '{last}' and not is_simulated"
    where += " and is_subtotal" if table == "ccer_types" else ""
    ((value,),) = ask(store, f"select {column} from {table} where {where}")
    return Decimal(value)


TRADES = [f for f in FACTS if f["product"] == "CCER" and "first_json" not in f["metric"]]


@pytest.mark.parametrize("fact", TRADES, ids=lambda f: f"{f['date']}-{f['metric']}")
def test_a_published_figure_comes_back_equal(store: duckdb.DuckDBPyConnection, fact: Fact) -> None:
    on, metric = date.fromisoformat(fact["date"]), fact["metric"]
    span, _, what = metric.partition("_")
    first = BEGINS.get(span, on)
    unit = {"volume": "volume_t", "turnover": "turnover_cny"}.get(what, "")
    column = {
        "day_average_printed": "average_cny_per_t",
        "day_average": "(sum(total_turnover_cny) / sum(total_volume_t)::double)::decimal(12, 4)",
        "no_trade": "total_volume_t",
        "year_days": "count(*)",
    }.get(metric, f"cumulative_{unit}" if span == "cum" else f"sum(total_{unit})")
    for table in ("ccer_bulletins", "ccer_types"):
        if table == "ccer_types" and (on == LAUNCH or span == "cum" or "printed" in metric):
            continue  # the JSON states no such thing
        assert of_days(store, column, table, first, on) == Decimal(fact["value"]), table


def test_what_was_traded_so_far_is_the_launch_article_and_all_days(
    store: duckdb.DuckDBPyConnection,
) -> None:
    for on in (date(2025, 12, 1), date(2026, 5, 25)):
        so_far = of_days(store, "sum(total_volume_t)", "ccer_bulletins", LAUNCH, on)
        assert so_far == stated(on, "cum_volume")
    turnover = of_days(
        store, "sum(total_turnover_cny)", "ccer_bulletins", LAUNCH, date(2025, 12, 1)
    )
    assert turnover == stated(date(2025, 12, 1), "cum_turnover")


def test_a_bulletin_of_each_day_of_trading_and_of_no_other(
    store: duckdb.DuckDBPyConnection,
) -> None:
    asked = "select trade_date from ccer_bulletins where variety <> 'launch' order by 1"
    days = [day for (day,) in ask(store, asked)]
    assert days == list(shipped().trading_days(FIRST, LAST))
    assert (sum(d.year == 2025 for d in days), sum(d.year == 2026 for d in days)) == (203, 176)


def test_the_launch_days_json_is_no_figure_of_the_market(store: duckdb.DuckDBPyConnection) -> None:
    assert stated(LAUNCH, "day_volume_in_first_json") == 300
    asked = "select total_volume_t, variety, average_cny_per_t from ccer_bulletins"
    assert ask(store, f"{asked} where trade_date = '{LAUNCH}'") == [(375_315, "launch", None)]
    assert ask(store, f"select count(*) from ccer_types where trade_date = '{LAUNCH}'") == [(0,)]


def test_each_printed_average_is_of_its_sums(store: duckdb.DuckDBPyConnection) -> None:
    asked = "select total_volume_t, total_turnover_cny, average_cny_per_t from ccer_bulletins"
    rows = ask(store, f"{asked} where variety = 'trade'")
    assert rows
    assert all(average((volume, turnover)) == mean for volume, turnover, mean in rows)


@pytest.mark.parametrize("on", SNAPSHOTS)
def test_the_tabs_hold_as_many_items_as_were_counted(
    store: duckdb.DuckDBPyConnection, on: date
) -> None:
    counted = f"select data_type, count(*) from ccer_listed where day = '{on}' group by 1"
    found = dict(ask(store, counted))
    unique = f"select count(distinct apply_id) from ccer_listed where day = '{on}'"
    ((applications,),) = ask(store, unique)
    for fact in FACTS:
        if fact["metric"] == "registry_count" and fact["date"] == f"{on}":
            tab = re.findall(r"dataType (\d)", fact["product"])[0]
            assert found.get(tab, 0) == int(fact["value"]), fact["product"]
    if on == SNAPSHOTS[0]:
        assert applications == stated(on, "registry_unique_apply_ids")


def test_what_left_a_tab_is_an_event_and_no_row_is_lost(store: duckdb.DuckDBPyConnection) -> None:
    counted = "select data_type, min(listed_on), max(left_on), count(*) from ccer_left group by 1"
    found = sorted(ask(store, counted))
    assert found == [("1", *SNAPSHOTS, 4), ("3", *SNAPSHOTS, 4)]
    booked = (
        "select evidence, count(*) from ops_checks where name = 'ccer_rows_left_tabs' group by 1"
    )
    assert sorted(ask(store, booked)) == [
        ("in no tab now", 4),
        ("in tab 4 now", 3),
        ("in tab 4, 5 now", 1),
    ]
    kept = "select data_type, count(*) from ccer_applications group by 1 order by 1"
    assert ask(store, kept) == [("1", 7), ("2", 41), ("3", 4), ("4", 25), ("5", 114)]


def test_details_and_methodologies_come_back_equal(store: duckdb.DuckDBPyConnection) -> None:
    told = {f["metric"]: f for f in FACTS if f["product"].startswith("applyId")}
    of = {metric: fact["product"].split()[1] for metric, fact in told.items()}
    asked = "select expected_reduction_t_a, display_until, certified_reduction_t from ccer_details"
    ((expected, until, _),) = ask(
        store, f"{asked} where apply_id = '{of['expected_year_reduction']}'"
    )
    assert str(expected) == told["expected_year_reduction"]["value"]
    assert str(until) == told["public_display_start"]["value"]
    ((*_, certified),) = ask(store, f"{asked} where apply_id = '{of['certified_reduction']}'")
    assert str(certified) == told["certified_reduction"]["value"]
    assert ask(store, "select count(*) from ccer_methodologies") == [(18,)]
    assert stated(SNAPSHOTS[1], "methodologies_listed") == 18


def test_no_fact_is_left_out() -> None:
    assert len(FACTS) == 68
    elsewhere = {f["metric"] for f in FACTS if f not in TRADES}
    assert elsewhere == {
        *("day_volume_in_first_json", "registry_count", "registry_unique_apply_ids"),
        *("methodologies_listed", "public_display_start", "expected_year_reduction"),
        "certified_reduction",
    }
