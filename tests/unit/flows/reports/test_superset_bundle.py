"""The bundle for Superset: what is in it, that its SQL runs on the file, what stays out."""

from __future__ import annotations

import io
import json
import re
import zipfile
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest
import yaml
from typer.testing import CliRunner

from flows.cli.main import app
from flows.core.errors import UsageError
from flows.core.settings import Settings
from flows.reports.superset.bundle import Bundle, Written, as_zip, bundle, write_bundle
from flows.reports.superset.datasets import NUMBERS, WORDS, Dataset, datasets, title_of
from flows.reports.superset.simulated import MARK
from schemas.core.table import Column, Kind
from schemas.marts.markets import CONCEPTS, MARKETS
from schemas.registry import TABLES, VIEWS
from schemas.sources.seee.tables import SEEE_BULLETINS
from tests.support.released import DAYS, local, night, publish_now, release, two_releases
from tests.support.rows import bulletin
from warehouse.publication.formats.duckdb_file import open_duckdb
from warehouse.store.home import Home, open_home
from warehouse.store.store import Warehouse

Document = Mapping[str, Any]
MOMENT = datetime(2025, 5, 1, tzinfo=UTC)
BULLETINS = {"seee_bulletins", "seee_quotes", "ops_releases", "ops_runs", "ops_checks"}
MARTS = {"mart_market_daily", "mart_market_monthly", "mart_market_annual"}
EVERY = {*TABLES, *VIEWS}
DASHBOARD = "dashboards/carbon_markets.yaml"


def month(first: date, last: date, volume: int) -> dict[str, Any]:
    """A monthly bulletin whose total is no sum of the days held."""
    return bulletin(last, period="month", period_start=first, total_volume_t=volume)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """A published store of daily bulletins and quotes, with two monthly bulletins."""
    home, _, _ = two_releases(tmp_path_factory.mktemp("bi") / "home")
    months = [
        month(date(2025, 3, 3), date(2025, 3, 31), 5_000_000),
        month(date(2025, 4, 1), date(2025, 4, 30), 7_000_000),
    ]
    Warehouse(home.path).load(SEEE_BULLETINS, months, known_from=night(4), run_id="night-4")
    release(home)
    publish_now(home)
    return home


@pytest.fixture(scope="module")
def written(home: Home, tmp_path_factory: pytest.TempPathFactory) -> Written:
    path = tmp_path_factory.mktemp("bundle") / "bundle.zip"
    return write_bundle(Settings(home=str(home.path)), path, None)


@pytest.fixture
def mart(home: Home) -> Iterator[duckdb.DuckDBPyConnection]:
    with open_duckdb(local(home) / "published" / "carbonmart.duckdb") as connection:
        yield connection


def contents(data: bytes) -> dict[str, dict[str, Any]]:
    """The documents of a bundle, by the name that Superset sees."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        names = archive.namelist()
        assert {name.split("/")[0] for name in names} == {"carbonmart"}
        return {n.partition("/")[2]: yaml.safe_load(archive.read(n)) for n in names}


def from_sql(dataset: Dataset) -> str:
    return f"({dataset.sql})" if dataset.sql else dataset.name


def test_every_dataset_has_its_columns_and_metrics(
    written: Written, mart: duckdb.DuckDBPyConnection
) -> None:
    published = {
        name for (name,) in mart.execute("SELECT view_name FROM duckdb_views()").fetchall()
    }
    published |= {
        name for (name,) in mart.execute("SELECT table_name FROM duckdb_tables()").fetchall()
    }
    found = datasets(published)
    assert set(written.bundle.datasets) == set(found)
    for dataset in found.values():
        rows = mart.execute(f"SELECT * FROM {from_sql(dataset)}")
        assert [c[0] for c in rows.description or ()] == [c.name for c in dataset.columns]
        asked = ", ".join(metric["expression"] for metric in dataset.metrics)
        assert mart.execute(f"SELECT {asked} FROM {from_sql(dataset)}").fetchone() is not None


def charts_of(made: Bundle, published: set[str]) -> list[tuple[Document, Dataset]]:
    """The bundle's charts, each with the dataset that its UUID names."""
    names = {
        document["uuid"]: document["table_name"]
        for file, document in made.documents.items()
        if file.startswith("datasets/")
    }
    found = datasets(published)
    return [
        (document, found[names[document["dataset_uuid"]]])
        for file, document in made.documents.items()
        if file.startswith("charts/")
    ]


def named(params: Document, *keys: str) -> list[Any]:
    """What stands under some keys of a chart's form."""
    return [each for key in keys for each in params.get(key, ())]


def named_by(params: Document) -> tuple[set[str], set[str]]:
    """The columns and the metrics that a chart's own form names."""

    columns = {*named(params, "groupby", "groupby_b", "all_columns", "column_config")}
    columns |= {json.loads(order)[0] for order in named(params, "order_by_cols")}
    columns |= {each["subject"] for each in named(params, "adhoc_filters", "adhoc_filters_b")}
    metrics = {*named(params, "metrics", "metrics_b")}
    if "x_axis" in params:
        columns.add(params["x_axis"])
    if "metric" in params:
        metrics.add(params["metric"])
    return columns, metrics


@pytest.mark.parametrize("published", [EVERY - MARTS, EVERY])
def test_every_chart_asks_for_what_its_dataset_has(published: set[str]) -> None:
    made = bundle("/x.duckdb", published, MOMENT, "")
    assert made.left_out == {}
    for chart, dataset in charts_of(made, published):
        name = chart["slice_name"]
        columns = {c.name for c in dataset.columns}
        metrics = {m["metric_name"] for m in dataset.metrics}
        for query in json.loads(chart["query_context"])["queries"]:
            assert set(query["metrics"]) <= metrics, name
            assert {c for c in query["columns"] if isinstance(c, str)} <= columns, name
            axes = {c["sqlExpression"] for c in query["columns"] if isinstance(c, dict)}
            spans = {e["col"] for e in query["filters"] if e["op"] == "TEMPORAL_RANGE"}
            assert axes | spans <= {dataset.time}, name
            assert {each["col"] for each in query["filters"]} <= columns, name
            ordered = {name for name, _ in query["orderby"]}
            assert ordered <= columns | set(query["metrics"]), name


def test_every_chart_draws_what_it_asks_for() -> None:
    for chart, dataset in charts_of(bundle("/x.duckdb", EVERY, MOMENT, ""), EVERY):
        name, params = chart["slice_name"], chart["params"]
        columns, metrics = named_by(params)
        assert columns <= {c.name for c in dataset.columns}, name
        assert metrics <= {m["metric_name"] for m in dataset.metrics}, name
        queries = json.loads(chart["query_context"])["queries"]
        assert metrics == {metric for query in queries for metric in query["metrics"]}, name
        asked = [c for query in queries for c in query["columns"]]
        shown = params.get("all_columns") or named(params, "groupby", "groupby_b")
        assert [c for c in asked if isinstance(c, str)] == shown, name
        if params.get("time_grain_sqla") == "P1D" and named(params, "groupby"):
            assert {query["row_limit"] for query in queries} == {50_000}, "years of all its lines"
        if shown and params.get("query_mode") == "raw":
            numbers = {c.name for c in dataset.columns if c.kind in NUMBERS} & set(shown)
            assert set(params["column_config"]) == numbers, name


def test_every_chart_of_a_sample_store_says_that_it_is_simulated(written: Written) -> None:
    """Also where it is opened by itself; what the pipeline tells of its runs is not."""
    documents = contents(written.path.read_bytes())
    logs = {d["uuid"] for d in documents.values() if d.get("table_name", "").startswith("ops_")}
    charts = [d for name, d in documents.items() if name.startswith("charts/")]
    titles = {chart["uuid"]: chart["slice_name"] for chart in charts}
    for chart in charts:
        assert chart["slice_name"].endswith(MARK) is (chart["dataset_uuid"] not in logs)
    placed = [n for n in documents[DASHBOARD]["position"].values() if "chartId" in str(n)]
    assert len(placed) == len(charts) > 10
    assert all(node["meta"]["sliceName"] == titles[node["meta"]["uuid"]] for node in placed)
    assert documents[DASHBOARD]["dashboard_title"].endswith(MARK)
    for name, document in documents.items():
        if name.startswith("datasets/") and document["uuid"] not in logs:
            assert "simulated" in document["description"]
    live = bundle("/x.duckdb", EVERY, MOMENT, "")
    assert MARK not in str(live.documents)


def test_every_line_has_its_colour_by_name_and_by_title() -> None:
    made = bundle("/x.duckdb", EVERY, MOMENT, "")
    drawn = {
        metric["metric_name"]: metric["verbose_name"]
        for chart, dataset in charts_of(made, EVERY)
        if "color_scheme" in chart["params"] and not named(chart["params"], "groupby", "groupby_b")
        for metric in dataset.metrics
        if metric["metric_name"] in named_by(chart["params"])[1]
    }
    colours = made.documents[DASHBOARD]["metadata"]["label_colors"]
    assert all(colours[name] == colours[title] for name, title in drawn.items())
    words = WORDS["market"].values()
    assert len({colours[word] for word in words}) == len(words), "one a market"
    for word in words:
        for concept in WORDS["price_concept"].values():
            assert colours[f"{word}, {concept}"] == colours[word]


def test_a_month_has_its_bulletins_totals_and_its_days_prices(
    mart: duckdb.DuckDBPyConnection,
) -> None:
    monthly = datasets({"seee_bulletins"})["national_market_monthly"]
    rows = mart.execute(
        "SELECT month, total_volume_t, close_cny_per_t, low_cny_per_t, cumulative_volume_t "
        f"FROM ({monthly.sql}) ORDER BY 1"
    ).fetchall()
    price, low, so_far = Decimal("91.00"), Decimal("89.00"), 601_101_000
    assert rows == [
        (date(2025, 3, 1), 5_000_000, price, low, so_far),
        (date(2025, 4, 1), 7_000_000, price, low, so_far),
    ]
    yearly = datasets({"seee_bulletins"})["national_market_annual"]
    found = mart.execute(f"SELECT year, total_volume_t FROM ({yearly.sql})").fetchall()
    assert found == [], "two months are no year"
    daily = datasets({"seee_bulletins"})["national_market_daily"]
    assert mart.execute(f"SELECT count(*) FROM ({daily.sql})").fetchall() == [(len(DAYS),)]


def test_the_marts_are_preferred_where_they_are_published() -> None:
    without, with_marts = datasets(BULLETINS), datasets(BULLETINS | MARTS)
    for name in ("daily", "monthly", "annual"):
        one, other = (found[f"national_market_{name}"] for found in (without, with_marts))
        assert one.columns == other.columns
        assert f'FROM "mart_market_{name}"' in other.sql
        assert "seee_bulletins" in one.sql


def test_only_rows_of_one_kind_are_summed() -> None:
    found = datasets(BULLETINS)
    assert "sum_total_volume_t" in {
        m["metric_name"] for m in found["national_market_monthly"].metrics
    }
    for name in ("seee_bulletins", "seee_quotes"):
        metrics = [m["metric_name"] for m in found[name].metrics]
        assert not [metric for metric in metrics if metric.startswith(("sum_", "avg_"))]
    daily = [m["metric_name"] for m in found["national_market_daily"].metrics]
    running = {metric for metric in daily if "cumulative" in metric}
    assert running == {"max_cumulative_volume_t", "max_cumulative_turnover_cny"}


def test_the_bundle_holds_together(written: Written) -> None:
    documents = contents(written.path.read_bytes())
    assert documents["metadata.yaml"]["type"] == "Dashboard"
    database = documents["databases/carbonmart.yaml"]
    assert database["sqlalchemy_uri"] == f"duckdb:///{written.database}?access_mode=read_only"
    assert {database[f"allow_{what}"] for what in ("dml", "ctas", "cvas")} == {False}
    sets = {d["uuid"]: d for n, d in documents.items() if n.startswith("datasets/")}
    assert {d["database_uuid"] for d in sets.values()} == {database["uuid"]}
    charts = {d["uuid"]: d for n, d in documents.items() if n.startswith("charts/")}
    assert {d["dataset_uuid"] for d in charts.values()} <= sets.keys()
    position = documents[DASHBOARD]["position"]
    placed = [p["meta"] for p in position.values() if isinstance(p, dict) and p["type"] == "CHART"]
    assert {p["uuid"] for p in placed} == charts.keys()
    titles = [p["sliceName"].removesuffix(MARK) for p in placed]
    assert titles == list(written.bundle.charts)
    for place in position.values():
        if isinstance(place, dict) and place["type"] == "ROW":
            assert sum(position[child]["meta"]["width"] for child in place["children"]) == 12
        if isinstance(place, dict) and "parents" in place:
            assert place["id"] in position[place["parents"][-1]]["children"]
            assert position.keys() >= {*place["children"], *place["parents"]}
    for chart in charts.values():
        assert json.loads(chart["query_context"])["form_data"] == chart["params"]


def test_columns_carry_meaning_and_unit(written: Written) -> None:
    document = contents(written.path.read_bytes())["datasets/carbonmart/seee_bulletins.yaml"]
    columns = {c["column_name"]: c for c in document["columns"]}
    assert list(columns) == [c.name for c in SEEE_BULLETINS.columns]
    total = columns["total_turnover_cny"]
    assert (total["verbose_name"], total["description"], total["type"]) == (
        "Total turnover 总成交额 (CNY)",
        "All trades: turnover",
        "DECIMAL(20, 2)",
    )
    assert columns["period_end"]["is_dttm"]
    assert title_of(Column("seconds", Kind.SECONDS, "", unit="s")) == "Seconds 用时 (s)"
    assert title_of(Column("change_pct", Kind.PERCENT, "", unit="%")) == "Change (%)"
    assert title_of(Column("fine_max_cny", Kind.MONEY, "", unit="CNY")) == "Fine max (CNY)"


def test_charts_without_their_table_stay_out(written: Written) -> None:
    """A store without the voluntary market, the pilot markets and the world: the tabs and filters
    that would be empty stay out too, so that Superset asks for nothing that is not there."""
    made = written.bundle
    assert {"mart_ccer_daily", "mart_pilot_daily", "mart_markets", "icap_prices"} <= {
        *made.left_out.values()
    }
    # The hand-made store books no checks.
    assert made.left_out["Checks by verdict 检查结果"] == "ops_checks"
    assert not set(made.left_out) & set(made.charts)
    dashboard = made.documents[DASHBOARD]
    assert [node["meta"]["text"] for node in tabs_of(dashboard)] == [
        "National market 全国市场",
        "Pipeline 数据流程",
    ]
    filters = dashboard["metadata"]["native_filter_configuration"]
    assert {each["name"]: each["scope"]["rootPath"] for each in filters} == {
        "Period 日期": ["TAB-national"],
        "Product 产品": ["TAB-national"],
    }
    sets = {d["uuid"] for name, d in made.documents.items() if name.startswith("datasets/")}
    asked = {target["datasetUuid"] for each in filters for target in each["targets"] if target}
    assert asked <= sets


def tabs_of(dashboard: Document) -> list[Document]:
    position = dashboard["position"]
    return [position[name] for name in position["TABS-1"]["children"]]


def test_filters_ask_for_columns_that_charts_of_their_tabs_have() -> None:
    made = bundle("/x.duckdb", EVERY, MOMENT, "")
    dashboard = made.documents[DASHBOARD]
    sets = {d["uuid"]: d for name, d in made.documents.items() if name.startswith("datasets/")}
    charts = {d["uuid"]: d for name, d in made.documents.items() if name.startswith("charts/")}
    found = {}
    for each in dashboard["metadata"]["native_filter_configuration"]:
        shown = [
            charts[node["meta"]["uuid"]]
            for name, node in dashboard["position"].items()
            if name.startswith("CHART-") and {*each["scope"]["rootPath"]} & {*node["parents"]}
        ]
        (target,) = each["targets"]
        column = target["column"]["name"] if target else None
        found[each["id"]] = sum(
            column in {c["column_name"] for c in sets[chart["dataset_uuid"]]["columns"]}
            for chart in shown
        )
        if column:
            chosen = sets[target["datasetUuid"]]
            assert column in {c["column_name"] for c in chosen["columns"]}
    assert found == {
        "NATIVE_FILTER-period": 0,  # of time: by each chart's own column
        "NATIVE_FILTER-product": 1,
        "NATIVE_FILTER-market": 6,
    }


def test_charts_are_labelled_in_both_languages_and_without_codes() -> None:
    chinese = re.compile("[\u4e00-\u9fff]")
    for chart, dataset in charts_of(bundle("/x.duckdb", EVERY, MOMENT, ""), EVERY):
        assert chinese.search(chart["slice_name"]), chart["slice_name"]
        columns, metrics = named_by(chart["params"])
        labels = {c.name: title_of(c) for c in dataset.columns}
        labels |= {m["metric_name"]: m["verbose_name"] for m in dataset.metrics}
        for name in columns | metrics - {"count"}:
            assert chinese.search(labels[name]), (chart["slice_name"], labels[name])
    for column, codes in (
        ("market", MARKETS),
        ("price_concept", CONCEPTS),
        ("spread_concept", [f"{concept} less close" for concept in CONCEPTS]),
        ("agreement", TABLES["mart_key_figures"].column("agreement").one_of),
    ):
        said = WORDS[column]
        assert all(chinese.search(said[code]) for code in codes), column


def test_codes_are_said_in_words_and_an_unknown_one_as_it_is() -> None:
    markets = datasets({"mart_markets"})["markets"]
    with duckdb.connect() as connection:
        connection.execute(
            "CREATE TABLE mart_markets AS SELECT DATE '2025-01-02' AS trade_date, market, "
            "'average' AS price_concept, 1.5 AS price_cny_per_t, 2 AS volume_t, 3 AS turnover_cny, "
            "50 AS volume_share_pct, -1 AS minus_cea_close_cny_per_t, "
            "'average less close' AS spread_concept FROM (VALUES ('CCER'), ('new')) AS t(market)"
        )
        asked = f"SELECT market, price_concept, spread_concept FROM ({markets.sql})"
        found = connection.execute(asked).fetchall()
    rest = ("mean of the day 均价", "mean of the day less CEA close 均价减全国收盘价")
    assert found == [("CCER 自愿减排", *rest), ("new", *rest)]


def test_great_figures_are_scaled_with_their_unit() -> None:
    figures = datasets({"mart_key_figures"})["key_figures"]
    with duckdb.connect() as connection:
        connection.execute(
            "CREATE TABLE mart_key_figures AS SELECT 'x' AS label_en, '某' AS label_zh, "
            "'2024' AS period, NULL AS qualifier, 'seee' AS source, NULL AS agreement, "
            "NULL AS formula, v::DECIMAL(28, 6) AS value, unit FROM (VALUES "
            "(18113576584.23, 'CNY'), (999999, 't'), (2000000, 't'), (3000000, 'count'), "
            "(NULL, 'CNY')) AS t(v, unit)"
        )
        asked = f"SELECT value, unit, figure, source FROM ({figures.sql})"
        found = connection.execute(asked).fetchall()
    assert [row[:2] for row in found] == [
        (Decimal("18113.57658423"), "million CNY 百万元"),
        (Decimal(999_999), "t 吨"),
        (Decimal(2), "million t 百万吨"),
        (Decimal(3_000_000), "count 个"),
        (None, "CNY 元"),
    ]
    assert {row[2:] for row in found} == {("x 某", "Shanghai exchange 上海环交所")}


def test_same_release_same_bytes_other_store_other_identity() -> None:
    one, again, other, richer = (
        bundle(path, tables, MOMENT, "note")
        for path, tables in (
            ("/a/carbonmart.duckdb", BULLETINS),
            ("/a/carbonmart.duckdb", BULLETINS),
            ("/b/carbonmart.duckdb", BULLETINS),
            ("/a/carbonmart.duckdb", BULLETINS | MARTS),
        )
    )
    assert as_zip(one) == as_zip(again)

    def identities(made: Any, kind: str) -> dict[str, str]:
        return {n: d["uuid"] for n, d in made.documents.items() if n.startswith(kind)}

    for kind in ("databases/", "datasets/", "charts/", "dashboards/"):
        assert not set(identities(one, kind).values()) & set(identities(other, kind).values())
    # Superset updates a dataset that has changed, and keeps the others.
    before, after = identities(one, "datasets/"), identities(richer, "datasets/")
    changed = {Path(name).stem for name in before if before[name] != after[name]}
    assert changed == {f"national_market_{name}" for name in ("daily", "monthly", "annual")}
    assert identities(one, "dashboards/") == identities(richer, "dashboards/")


def test_the_command_says_what_it_wrote_and_left_out(home: Home, tmp_path: Path) -> None:
    words = ["--home", str(home.path), "bi", "superset", "--output", str(tmp_path / "b.zip")]
    done = CliRunner().invoke(app, [*words, "--database", "/data/carbonmart.duckdb", "--json"])
    assert done.exit_code == 0, done.output
    told = json.loads(done.stdout)
    assert told["database"] == "/data/carbonmart.duckdb"
    assert "left out: Key figures 主要数据 (not published: mart_key_figures)" in done.stderr
    uri = contents((tmp_path / "b.zip").read_bytes())["databases/carbonmart.yaml"]["sqlalchemy_uri"]
    assert uri == "duckdb:////data/carbonmart.duckdb?access_mode=read_only"


def test_what_can_not_be_bundled_is_said(home: Home, tmp_path: Path) -> None:
    empty = open_home(tmp_path / "empty", "sample")
    with pytest.raises(UsageError, match="nothing is published yet"):
        write_bundle(Settings(home=str(empty.path)), tmp_path / "b.zip", None)
    with pytest.raises(UsageError, match="not an absolute path: 'here'"):
        write_bundle(Settings(home=str(home.path)), tmp_path / "b.zip", "here")
    with pytest.raises(UsageError, match="can't be written"):
        write_bundle(Settings(home=str(home.path)), tmp_path / "no" / "b.zip", None)
