"""Nights over European prices: two hosts, a table that nobody knows, and rows that stay here."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from zipfile import ZipFile, is_zipfile

import duckdb
import pyarrow.parquet as pq
import pytest

from extractors.sample.server.server import SampleServer
from extractors.sample.sites.eu import pages
from extractors.sample.sites.eu.figures import auctions
from extractors.sample.sites.eu.site import COMMISSION, EXCHANGE, PRICES, cells
from extractors.sample.sites.mee.attachments import Cell
from flows.core.query.time_travel import Wanted, chosen
from flows.core.settings import Settings
from flows.reports.catalog.site import write_catalog
from flows.reports.superset.bundle import write_bundle
from tests.support.nights import World
from warehouse.store.releases import releases
from warehouse.store.store import Warehouse

EVENING = date(2026, 4, 20)
WEEKLY = (
    "<table><tr><th>Week</th><th>Publication date</th><th>Price (EUR/tCO2e)</th></tr>"
    "<tr><td>W15 2026</td><td>13 April 2026</td><td>61.10</td></tr></table>"
)


@pytest.fixture
def eu(tmp_path: Path) -> Iterator[World]:
    """No store yet, and a server on an evening after the first price."""
    with SampleServer(until=EVENING) as server:
        yield World(tmp_path / "home", server, "eu")


def text(world: World) -> str:
    return world.server.sites["eu"].respond(COMMISSION, PRICES).body.decode()


def counted(world: World) -> dict[str, int]:
    tables = ("eu_cbam_prices", "eu_auctions")
    return {name: world.ask(f"select count(*) from {name}")[0][0] for name in tables}


@pytest.mark.parametrize(
    ("host", "left"), [(COMMISSION, "eu_auctions"), (EXCHANGE, "eu_cbam_prices")]
)
def test_a_wall_at_one_host_holds_up_no_other(eu: World, host: str, left: str) -> None:
    eu.server.fault(f"^{re.escape(host)}", "challenge")
    told = eu.pipeline()
    assert (told.outcome, told.exit_code) == ("blocked", 3), told.text
    assert {name for name, rows in counted(eu).items() if rows} == {left}


def test_another_table_is_drift_that_says_what_is_new(eu: World) -> None:
    body = text(eu).replace("</body>", f"{WEEKLY}</body>")
    eu.server.fault(PRICES, "replace", body=body)
    told = eu.pipeline()
    assert (told.outcome, told.exit_code) == ("drifted", 3), told.text
    assert "Week | Publication date | Price (EUR/tCO2e) / W15 2026" in told.line("layout")
    assert counted(eu)["eu_cbam_prices"] == 1, "the quarters are read all the same"
    eu.server.clear()
    assert eu.pipeline().outcome in ("changed", "unchanged", "empty_expected")


def test_before_the_first_price_the_commission_is_not_asked(tmp_path: Path) -> None:
    with SampleServer(until=date(2026, 1, 2)) as server:
        told = World(tmp_path / "home", server, "eu").pipeline()
        asked = [host for _, host, target, _ in server.requests if target != "/robots.txt"]
    assert (told.outcome, told.exit_code) == ("changed", 0), told.text
    assert set(asked) == {EXCHANGE}, "and the workbook of the new year may be missing"


def test_a_price_that_is_not_the_mean_is_held_back_alone(eu: World) -> None:
    (printed,) = re.findall(r"<td>(\d\d\.\d\d)</td>", text(eu))
    other = str(Decimal(printed) + Decimal("0.10"))
    eu.server.fault(PRICES, "replace", body=text(eu).replace(printed, other))
    told = eu.night()
    assert (told.run.failed_checks, told.exit_code) == (["eu_cbam_is_mean_of_auctions"], 5)
    assert told.released is not None
    assert [row.name for row in told.released.rows_held.rows] == ["eu_cbam_prices 2026Q1"]
    eu.server.clear()
    assert eu.night().run.failed_checks == []
    released = dict(releases(Warehouse(eu.home))[-1].versions)
    with Warehouse(eu.home).query("from eu_cbam_prices", versions=released) as answer:
        assert len(answer.fetchall()) == 1


BOOK = "/eex/eua-auction-report/emission-spot-primary-market-auction-report-2026-data.xlsx"
FIGURES = ("1234.56", "2345.67", "98765432", "71.x37")
"""A clearing price, its revision, a volume, and a price that is refused: nothing else has them."""


def book(*changed: tuple[int, Cell]) -> bytes:
    """The workbook of that evening, the price and volume of its newest auction changed, and in
    the one before it the price."""
    some = [one for one in auctions() if date(2026, 1, 1) <= one.held_on <= EVENING]
    rows = [list(cells(one)) for one in reversed(some)]
    for row, (place, cell) in zip((0, 0, 1), changed, strict=False):
        rows[row][place] = cell
    return pages.workbook(rows)


def test_rows_of_auctions_are_in_the_store_and_in_nothing_that_is_published(eu: World) -> None:
    """Not in a file, as a revision or a refusal, in the catalog or a bundle."""
    price, volume = 5, 8
    first = book((price, Decimal("1234.56")), (volume, 98765432))
    second = book((price, Decimal("2345.67")), (volume, 98765432), (price, "71.x37"))
    for body in (first, second):
        eu.server.clear()
        eu.server.fault(BOOK, "replace", body=body)
        told = eu.night(publish=True)
        assert told.released is not None, told.text
    held = [str(found) for found in eu.ask("from eu_auctions__history")]
    held += [str(found) for found in eu.ask("from ops_quarantine")]
    held += [str(found) for found in eu.ask("from ops_changes")]
    assert [figure for figure in FIGURES if any(figure in row for row in held)] == list(FIGURES)
    settings = Settings(home=str(eu.home))
    write_catalog(settings, chosen(settings, Wanted()))
    write_catalog(settings, chosen(settings, Wanted(working=True)), eu.home / "working")
    write_bundle(settings, eu.home / "bundle.zip", None)
    texts = dict(published_texts(eu.home / "published"))
    texts |= {f"working/{name}": told for name, told in published_texts(eu.home / "working")}
    with ZipFile(eu.home / "bundle.zip") as bundle:
        texts |= {name: bundle.read(name).decode() for name in bundle.namelist()}
    (mean,) = eu.ask("select price_eur_per_t from eu_cbam_prices")[0]
    assert sum(str(mean) in told for told in texts.values()) >= 3, "it looks into every form"
    found = {(name, f) for name, told in texts.items() for f in FIGURES if f in told}
    assert found == set()
    assert not any("eu_auctions" in name for name in texts if name.endswith(".parquet"))
    refused = next(told for name, told in texts.items() if name == "ops_quarantine.parquet")
    assert "bad_number" in refused, "the rule is told"


def published_texts(root: Path) -> Iterator[tuple[str, str]]:
    """Every published file as text, whatever its form: name and contents."""
    for path in sorted(p for p in root.rglob("*") if p.is_file()):
        if path.suffix == ".parquet":
            yield path.name, str(pq.read_table(path).to_pylist())
        elif path.suffix == ".duckdb":
            with duckdb.connect(str(path), read_only=True) as mart:
                names = mart.execute(
                    "select schema_name || '.' || table_name from duckdb_tables() "
                    "union all select schema_name || '.' || view_name from duckdb_views() "
                    "where not internal"
                ).fetchall()
                yield path.name, str([mart.execute(f"from {n}").fetchall() for (n,) in names])
        elif is_zipfile(path):  # a workbook is one, too
            with ZipFile(path) as packed:
                told = [packed.read(name).decode("utf-8", "replace") for name in packed.namelist()]
                yield path.name, str(told)
        else:
            yield path.name, path.read_bytes().decode("utf-8", "replace")
