"""Old downloads of the Explorer, given to `ingest`, beside what its document states."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from extractors.sample.sites.icap.explorer import systems_json
from extractors.sample.sites.icap.prices_csv import LAYOUTS, download
from flows.core.settings import Settings
from flows.jobs.ingest import ingest
from flows.jobs.nightly import UsageError
from flows.jobs.report.result import RunReport
from tests.support.icap_pages import EXPLORER
from transforms.icap.checks import CHECKS
from warehouse.store.store import Warehouse

QUARTER = date(2021, 9, 30)
ASKED = (4, 14, 18, 28, 29, 37)
DOWNLOAD = f"{EXPLORER}/systems/reports/price/download?systemIds=4-14-18-28-29-37"
FIGURES = (
    "select system_id, market, date, system, price_local, currency, price_usd, price_eur, "
    "stability_1_local, stability_5_local, is_restricted, is_weekend from icap_prices "
    f"where system_id in {ASKED} order by 1, 2, 3"
)


def take(home: Path, body: bytes, url: str, name: str = "prices.csv") -> RunReport:
    file = home.parent / name
    file.write_bytes(body)
    return ingest(Settings(home=str(home), publish=False), [file], [url])


def ask(home: Path, sql: str) -> list[tuple[Any, ...]]:
    with Warehouse(home).query(sql) as answer:
        return answer.fetchall()


@pytest.fixture(scope="module")
def stated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A live store that holds the document and nothing else."""
    home = tmp_path_factory.mktemp("stated") / "home"
    take(home, systems_json(QUARTER), f"{EXPLORER}/api/systems", "systems.json")
    return home


@pytest.mark.parametrize("layout", LAYOUTS)
def test_a_download_of_each_layout_gives_the_document_s_rows(
    layout: str, stated: Path, tmp_path: Path
) -> None:
    home = tmp_path / "home"
    report = take(home, download(ASKED, QUARTER, layout), DOWNLOAD)
    (run,) = report.runs
    assert (run.source, run.outcome) == ("icap", "changed"), run.why
    rows = ask(home, FIGURES)
    assert rows
    assert rows == ask(stated, FIGURES)


def test_a_download_changes_nothing_that_the_document_states(stated: Path) -> None:
    before = ask(stated, FIGURES)
    text = download(ASKED, QUARTER).decode()
    for _ in range(2):
        (run,) = take(stated, text.encode(), DOWNLOAD).runs
        assert run.tally.revised == 0
        assert 2 * run.tally.duplicates >= run.tally.parsed
    assert ask(stated, FIGURES) == before


def found(home: Path, check: str) -> list[tuple[Any, ...]]:
    (one,) = [each for each in CHECKS if each.name == check]
    return ask(home, one.sql)


def test_what_a_download_states_otherwise_is_told_with_both_values(stated: Path) -> None:
    before = ask(stated, FIGURES)
    text = download(ASKED, QUARTER).decode()
    other = text.replace(",51.23,", ",50.99,", 1)
    assert other != text
    take(stated, text.encode(), DOWNLOAD)
    assert found(stated, "icap_two_readers_agree") == []
    (run,) = take(stated, other.encode(), DOWNLOAD).runs
    assert run.tally.new + run.tally.revised == 1
    assert ask(stated, FIGURES) == before
    ((scope, expected, said, difference, evidence),) = found(stated, "icap_two_readers_agree")
    assert scope == "China National Emissions Trading System secondary 2021-07-16"
    assert (expected.split()[0][:5], said.split()[0][:5]) == ("51.23", "50.99")
    assert float(difference) == pytest.approx(-0.24)
    assert "download" in evidence
    assert found(stated, "icap_download_is_of_its_system") == []


def test_a_series_below_another_system_s_name_is_doubted(stated: Path) -> None:
    """Both are in yuan: only their values tell them apart."""
    text = download((18,), QUARTER).decode()
    report = take(stated, text.replace("Shenzhen (Pilot)", "Shanghai (Pilot)").encode(), DOWNLOAD)
    ((scope, _, said, _, evidence, _),) = found(stated, "icap_download_is_of_its_system")
    assert scope == "Shanghai (Pilot) Emissions Trading System secondary"
    assert said.startswith("0 of ")
    assert "those of Shenzhen (Pilot)" in evidence
    assert report.released
    assert report.released.held == [], "the document's prices go on"
    wrong = "from icap_download_prices where system like 'Shanghai%'"
    rows = ask(stated, f"select concat_ws(' ', system_id, market, date) {wrong}")
    apart = {f"icap_download_prices {key}" for (key,) in rows}
    assert {row.name for row in report.released.rows_held.rows} == apart, "the series, and no more"
    versions = report.released.release.versions if report.released.release else {}
    with Warehouse(stated).query(f"select count(*) {wrong}", versions=versions) as answer:
        assert answer.fetchone() == (0,)


def test_the_document_after_a_download_revises_nothing_that_is_equal(tmp_path: Path) -> None:
    home = tmp_path / "home"
    take(home, download(ASKED, QUARTER), DOWNLOAD)
    (run,) = take(home, systems_json(QUARTER), f"{EXPLORER}/api/systems", "systems.json").runs
    assert run.tally.revised == 0
    assert ask(home, "select count(*) from icap_prices__history where revision > 1") == [(0,)]


def test_a_file_that_is_no_download_is_kept_and_not_read(tmp_path: Path) -> None:
    home = tmp_path / "home"
    (run,) = take(home, b"Date,Price\n2021-07-16,51.23\n", DOWNLOAD).runs
    assert run.outcome in ("partial", "drifted", "failed")
    assert "archived, and nothing read" in run.why.detail  # type: ignore[union-attr]
    with pytest.raises(UsageError, match="on no source's host"):
        take(home, b"x", "https://elsewhere.example/prices.csv")
