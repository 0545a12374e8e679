"""The bundle in a real Superset: every chart's figures through its API are those of the tables.

Run by `make test-bi`, which installs Superset into a venv of its own; not by `make test`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from flows.core.query.time_travel import of_release
from flows.reports.superset.datasets import WORDS
from flows.reports.superset.simulated import MARK
from schemas.sources.seee.tables import SEEE_BULLETINS
from tests.e2e.commands import answer, carbonmart
from tests.e2e.superset_process import Api, Superset
from warehouse.store.store import Warehouse

pytestmark = [pytest.mark.slow, pytest.mark.superset, pytest.mark.timeout(1_800)]

_MONTHS = (
    "SELECT date_trunc('month', period_start)::DATE AS month, {} "
    "FROM seee_bulletins WHERE period = 'month' GROUP BY ALL"
)
_MONTH_ENDS = (
    "SELECT date_trunc('month', trade_date)::DATE AS month, arg_max({}, trade_date) "
    "FROM seee_bulletins WHERE period = 'day' GROUP BY ALL"
)
_YEARS = (
    "SELECT date_trunc('year', period_start)::DATE AS year, {} "
    "FROM seee_bulletins WHERE period = 'month' GROUP BY ALL"
)
_DAY = "SELECT {} FROM seee_bulletins WHERE period = 'day'"
_VOLUMES = "sum(listed_volume_t), sum(block_volume_t), sum(auction_volume_t)"
_TURNOVERS = "sum(listed_turnover_cny), sum(block_turnover_cny), sum(auction_turnover_cny)"

_CCER = "SELECT trade_date, {} FROM mart_ccer_daily"


def _said(column: str, words: Mapping[str, str]) -> str:
    """What a column's codes are called, asked otherwise than the datasets ask."""
    pairs = ", ".join(f"'{code}': '{word}'" for code, word in words.items())
    return f"coalesce(map {{{pairs}}}[{column}], {column})"


_NAMED = f"{_said('market', WORDS['market'])}, {_said('price_concept', WORDS['price_concept'])}"


def _by_month(market: str, table: str) -> str:
    return (
        f"SELECT date_trunc('month', trade_date)::DATE, {_said(market, WORDS['market'])} AS named, "
        f"sum(volume_t) FROM {table} GROUP BY ALL"
    )


EXPECTED: dict[str, tuple[str, ...]] = {
    "Close": (_DAY.format("trade_date, close_cny_per_t"),),
    "Cumulative volume": (
        _DAY.format("cumulative_volume_t") + " ORDER BY trade_date DESC LIMIT 1",
    ),
    "Cumulative turnover": (
        _DAY.format("cumulative_turnover_cny") + " ORDER BY trade_date DESC LIMIT 1",
    ),
    "Highest price": (_DAY.format("max(high_cny_per_t)"),),
    "Monthly volume by trade method, and close": (
        _MONTHS.format(_VOLUMES),
        _MONTH_ENDS.format("close_cny_per_t"),
    ),
    "Yearly volume by trade method": (_YEARS.format(_VOLUMES),),
    "Yearly turnover by trade method": (_YEARS.format(_TURNOVERS),),
    "Years in figures": (
        "SELECT year, total_volume_t, total_turnover_cny, high, low, close FROM ("
        + _YEARS.format(
            "sum(total_volume_t) AS total_volume_t, sum(total_turnover_cny) AS total_turnover_cny"
        )
        + ") JOIN (SELECT date_trunc('year', trade_date)::DATE AS year, "
        "max(high_cny_per_t) AS high, min(low_cny_per_t) AS low, "
        "arg_max(close_cny_per_t, trade_date) AS close "
        "FROM seee_bulletins WHERE period = 'day' GROUP BY ALL) USING (year) ORDER BY year DESC",
    ),
    "Volume and turnover since the launch": (
        _MONTH_ENDS.format("cumulative_volume_t"),
        _MONTH_ENDS.format("cumulative_turnover_cny"),
    ),
    "Price by day": (_DAY.format("trade_date, high_cny_per_t, low_cny_per_t, close_cny_per_t"),),
    "Close by vintage": (
        "SELECT trade_date, CASE product WHEN 'COMCEA' THEN 'COMCEA composite 综合价格' "
        "ELSE product END, close_cny_per_t FROM seee_quotes",
    ),
    "Key figures": (
        "SELECT label_en || ' ' || label_zh AS figure, period, "
        "CASE WHEN is_great THEN value / 1e6 ELSE value END, "
        f"{_said('scale', WORDS['unit'])}, qualifier, "
        f"{_said('source', WORDS['source'])} AS named, "
        f"{_said('agreement', WORDS['agreement'])}, formula FROM (SELECT *, "
        "value >= 1e6 AND unit IN ('t', 'CNY') AS is_great, "
        "CASE WHEN is_great THEN 'million ' || unit ELSE unit END AS scale "
        "FROM mart_key_figures) ORDER BY figure, period, named",
    ),
    "CCER: mean price of the day": (_CCER.format("average_cny_per_t"),),
    "CCER: cumulative volume": ("SELECT max(cumulative_volume_t) FROM mart_ccer_daily",),
    "CCER: cumulative turnover": ("SELECT max(cumulative_turnover_cny) FROM mart_ccer_daily",),
    "CCER: volume and mean price by day": (
        _CCER.format("total_volume_t"),
        _CCER.format("average_cny_per_t"),
    ),
    "CCER: volume and mean price by month": (
        "SELECT month, total_volume_t FROM mart_ccer_monthly",
        "SELECT month, mean_price_cny_per_t FROM mart_ccer_monthly",
    ),
    "CCER: years in figures": (
        "SELECT make_date(year, 1, 1), trading_days, missing_days, no_trade_days, total_volume_t, "
        "total_turnover_cny, mean_price_cny_per_t, high_average_cny_per_t, low_average_cny_per_t, "
        "last_average_cny_per_t FROM mart_ccer_annual ORDER BY year DESC",
    ),
    "Price by market": (
        f"SELECT trade_date, {_NAMED}, price_cny_per_t FROM mart_markets "
        "WHERE price_cny_per_t IS NOT NULL",
    ),
    "CEA against CCER": (
        f"SELECT trade_date, {_NAMED}, price_cny_per_t FROM mart_markets "
        "WHERE market IN ('CEA', 'CCER') AND price_cny_per_t IS NOT NULL",
        f"SELECT trade_date, {_said('spread_concept', WORDS['spread_concept'])}, "
        "minus_cea_close_cny_per_t FROM mart_markets "
        "WHERE market = 'CCER' AND minus_cea_close_cny_per_t IS NOT NULL",
    ),
    "Share of monthly volume by market": (_by_month("market", "mart_markets"),),
    "Pilot markets: monthly volume": (_by_month("pilot", "mart_pilot_daily"),),
    "Pilot markets: price by day": (
        f"SELECT trade_date, {_NAMED}, price_cny_per_t "
        "FROM (SELECT *, pilot AS market FROM mart_pilot_daily) WHERE price_cny_per_t IS NOT NULL",
    ),
    "Pilot markets: years in figures": (
        f"SELECT make_date(year, 1, 1), {_said('pilot', WORDS['market'])} AS market, days, "
        "traded_days, held_volume_t, held_turnover_cny, mean_price_cny_per_t, "
        "high_price_cny_per_t, low_price_cny_per_t, last_price_cny_per_t, "
        f"{_said('price_concepts', WORDS['price_concepts'])} "
        "FROM mart_pilot_annual ORDER BY year DESC, market",
    ),
    "Prices in the world": (
        f"SELECT date, {_said('system', WORDS['system'])}, price_usd FROM icap_prices "
        "WHERE market = 'secondary' AND "
        "system_kind IN ('national', 'other') AND NOT is_download_twin AND NOT is_restricted",
    ),
    "Core Climate events": (
        "SELECT event_date, kind, parties, qualifier, tonnes, quote, source_url "
        "FROM core_climate_events",
    ),
    "Freshness of tables": (
        "SELECT table_name, source, row_count, status, known_until, reason FROM ops_releases "
        "WHERE release_id = (SELECT max(release_id) FROM ops_releases) ORDER BY source, table_name",
    ),
    "Checks by verdict": ("SELECT verdict, name, count(*) FROM ops_checks GROUP BY ALL",),
    "Runs and outcomes": (
        "SELECT started_at, source, job, outcome, cause, fetched, accepted, quarantined, new, "
        "revised, seconds FROM ops_runs ORDER BY started_at DESC, source",
    ),
}
"""What each chart must show, asked of the Delta tables at the published release's versions."""


@dataclass(frozen=True)
class World:
    """A sample store, its bundle, and the Superset that has taken it in."""

    home: Path
    told: dict[str, Any]
    superset: Superset
    api: Api

    @property
    def charts(self) -> dict[str, int]:
        """Ids of the dashboard's charts by name."""
        (dashboard,) = self.api.get("dashboard/")["result"]
        shown = self.api.get(f"dashboard/{dashboard['id']}/charts")["result"]
        return {in_english(chart["slice_name"].removesuffix(MARK)): chart["id"] for chart in shown}


def in_english(title: str) -> str:
    """A chart's title without the Chinese one behind it."""
    return re.sub(" [\u4e00-\u9fff].*", "", title)


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    root = tmp_path_factory.mktemp("superset")
    home, made = root / "home", Superset(root / "superset")
    made.home.mkdir()
    done = carbonmart(home, "refresh", "--sample")
    assert done.returncode == 0, done.stderr
    file = root / "bundle.zip"
    told = answer(home, "bi", "superset", "--output", str(file))
    made.set_up()
    made.run("import-dashboards", "-p", str(file), "-u", "admin")
    with made.served() as api:
        yield World(home, told, made, api)


def plain(value: Any) -> Any:
    """A value as it is in JSON: dates as milliseconds, numbers to six places."""
    if isinstance(value, datetime):
        return plain(value.astimezone(UTC).timestamp() * 1_000)
    if isinstance(value, date):
        return plain(datetime(value.year, value.month, value.day, tzinfo=UTC))
    if isinstance(value, (int, float, Decimal)) and not isinstance(value, bool):
        return round(Decimal(str(value)), 3).normalize()
    return value


def rows_of(result: dict[str, Any]) -> list[tuple[Any, ...]]:
    assert not result["error"], result["error"]
    return [tuple(plain(row[name]) for name in result["colnames"]) for row in result["data"]]


def expected(world: World, sql: str) -> list[tuple[Any, ...]]:
    warehouse = Warehouse(world.home)
    versions = of_release(warehouse, world.told["release_id"]).versions
    with warehouse.query(sql, versions=versions) as found:
        return [tuple(map(plain, row)) for row in found.fetchall()]


def test_every_chart_shows_the_tables_figures(world: World) -> None:
    charts = world.charts
    assert set(charts) == {in_english(name) for name in world.told["charts"]}
    assert world.told["left_out"] == {}
    assert set(charts) == set(EXPECTED)
    for name, number in charts.items():
        results = world.api.get(f"chart/{number}/data/")["result"]
        assert len(results) == len(EXPECTED[name]), name
        for result, sql in zip(results, EXPECTED[name], strict=True):
            found, wanted = rows_of(result), expected(world, sql)
            assert wanted, name
            if " ORDER BY " in sql:
                assert found == wanted, name
            else:
                assert sorted(found, key=str) == sorted(wanted, key=str), name


def test_columns_and_metrics_came_with_their_meanings(world: World) -> None:
    listed = world.api.get("dataset/?q=(page_size:100)")["result"]
    assert {each["table_name"] for each in listed} == set(world.told["datasets"])
    number = next(d["id"] for d in listed if d["table_name"] == "seee_bulletins")
    dataset = world.api.get(f"dataset/{number}")["result"]
    columns = {column["column_name"]: column for column in dataset["columns"]}
    told = {name: column["description"] for name, column in columns.items()}
    assert told == {column.name: column.says for column in SEEE_BULLETINS.columns}
    monthly = next(d["id"] for d in listed if d["table_name"] == "national_market_monthly")
    metrics = world.api.get(f"dataset/{monthly}")["result"]["metrics"]
    assert {m["metric_name"]: m["verbose_name"] for m in metrics}["sum_total_volume_t"] == (
        "Total volume 总成交量 (t)"
    )


def test_the_published_file_is_read_and_never_written(world: World) -> None:
    file = Path(world.told["database"])
    before = sha256(file.read_bytes()).hexdigest()
    (database,) = world.api.get("database/")["result"]

    def ask(sql: str) -> Any:
        asked = {"database_id": database["id"], "sql": sql, "schema": "main", "runAsync": False}
        return world.api.post("sqllab/execute/", asked)

    read = ask("SELECT count(*) AS n FROM seee_bulletins")
    assert read.ok, read.text[:2000]
    assert read.json()["data"] == [
        {"n": expected(world, "SELECT count(*) FROM seee_bulletins")[0][0]}
    ]
    for sql in ("DELETE FROM seee_bulletins_history", "CREATE TABLE more AS SELECT 1 AS one"):
        assert not ask(sql).ok, sql
    assert sha256(file.read_bytes()).hexdigest() == before


def test_taking_a_bundle_in_again_leaves_one_dashboard(world: World, tmp_path: Path) -> None:
    charts = world.charts
    told = answer(world.home, "bi", "superset", "--output", str(tmp_path / "again.zip"))
    assert told["charts"] == world.told["charts"]
    world.superset.run("import-dashboards", "-p", str(tmp_path / "again.zip"), "-u", "admin")
    assert world.charts == charts
    assert world.api.get("database/")["count"] == 1
    assert json.dumps(world.api.get("dataset/")["count"]) == str(len(told["datasets"]))
