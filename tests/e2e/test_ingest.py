"""Pages and web archives saved by a person go down the same road as fetched ones."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from extractors.sample.sites.seee.pages import article_page
from extractors.sample.sites.seee.texts.bulletins import all_articles
from tests.e2e.commands import assert_usage_error, rows_of
from tests.e2e.warm import Warm
from warehouse.store.store import Warehouse

DAY = date(2025, 12, 3)
GOOD = (0, 4)
"""Done; or done, and too little for a release."""
MARK = '<meta name="carbonmart-sample" content="published">'
ADDRESS = "https://overview.cneeex.com/c/2025-12-03/496925.shtml"

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def html() -> str:
    """A page of ours in the exchange's markup, as a browser would have saved it there."""
    found = next(a for a in all_articles() if (a.published, a.kind) == (DAY, "daily"))
    return re.sub('<meta name="carbonmart-sample".*\n', "", article_page(found))


@pytest.fixture(scope="module")
def warm(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Warm]:
    with Warm(tmp_path_factory.mktemp("warm"), {}) as running:
        yield running


@dataclass(frozen=True)
class Store:
    """A home and the command on it."""

    home: Path
    warm: Warm

    def run(self, *args: str) -> subprocess.CompletedProcess[str]:
        return self.warm.run("--home", str(self.home), *args)

    def ask(self, *args: str) -> Any:
        return rows_of(self.run(*args, "--json"))

    def ingest(self, html: str, address: str) -> tuple[int, dict[str, Any]]:
        """The exit code, and what the report says of the source."""
        page = saved(self.home.parent, html)
        done = self.run("ingest", str(page), "--url", address, "--json")
        (run,) = json.loads(done.stdout)["sources"]
        return done.returncode, run


@pytest.fixture
def store(tmp_path: Path, warm: Warm) -> Store:
    return Store(tmp_path / "home", warm)


def saved(folder: Path, html: str) -> Path:
    page = folder / "page.html"
    page.write_text(html, encoding="utf-8")
    return page


def test_a_saved_page_becomes_a_row_and_a_second_time_nothing(store: Store, html: str) -> None:
    code, first = store.ingest(html, ADDRESS)
    assert code in GOOD
    assert (first["outcome"], first["parsed"], first["new"]) == ("changed", 1, 1)
    (row,) = store.ask("show", "seee_bulletins", "--columns", "all")
    assert (row["period"], row["trade_date"], row["article_no"]) == ("day", str(DAY), 496925)
    assert (row["total_volume_t"], row["close_cny_per_t"]) == (286_860, "66.13")
    assert row["total_turnover_cny"] == "19588711.62"
    assert row["cumulative_turnover_cny"] == "54764564120.68"
    assert row["source_url"] == ADDRESS
    assert "66.13" in json.loads(row["evidence"])["close_cny_per_t"]
    code, again = store.ingest(html, ADDRESS)
    assert code in GOOD
    assert again["outcome"] in ("unchanged", "empty_expected")  # as today is a trading day or not
    assert (again["duplicates"], again["new"]) == (1, 0)


def test_dates_that_differ_are_told_and_never_guessed(store: Store, html: str) -> None:
    wrong = html.replace(f"{DAY:%Y%m%d}", "20251204")
    assert wrong != html
    code, run = store.ingest(wrong, ADDRESS)
    assert (code, run["outcome"], run["new"], run["quarantined"]) == (3, "partial", 0, 1)
    assert "the text says 2025-12-03, the title 2025-12-04" in run["why"]
    (refused,) = store.ask("quarantine")
    assert (refused["rule"], refused["url"]) == ("date_mismatch", ADDRESS)
    (whole,) = store.ask("quarantine", refused["quarantine_id"])
    assert whole["record"]
    code, mended = store.ingest(html, ADDRESS)
    assert (code in GOOD, mended["new"]) == (True, 1)
    assert store.ask("quarantine") == []
    (released,) = store.ask("quarantine", "--all")
    assert released["status"] == "released"


def test_another_day_in_the_path_is_told(store: Store, html: str) -> None:
    """The trade date comes from title and body; the path only says where the page was."""
    elsewhere = "https://overview.cneeex.com/c/2025-12-09/496926.shtml"
    _, run = store.ingest(html, elsewhere)
    told = [t for t in run["troubles"] + run["remarks"] if elsewhere in t]
    assert any("2025-12-09" in t and "2025-12-03" in t for t in told), told
    assert store.ask("show", "seee_bulletins") == [], "and nothing is taken from it"


def test_what_can_not_be_taken_is_refused_and_nothing_is_stored(store: Store, html: str) -> None:
    page = saved(store.home.parent, html)
    assert_usage_error(store.run("ingest", str(page)), "--url")
    strange = store.run("ingest", str(page), "--url", "https://example.org/a")
    assert_usage_error(strange, "https://example.org/a is on no source's host")
    listed = "https://overview.cneeex.com/qgtpfqjy/mrgk/2025n/index.shtml"
    assert_usage_error(store.run("ingest", str(page), "--url", listed), "no page that carries")
    other = page.with_suffix(".txt")
    other.write_text(html)
    assert_usage_error(store.run("ingest", str(other), "--url", ADDRESS), "page.txt")
    assert not store.home.exists()


def test_the_archive_of_one_home_fills_another_with_the_same_rows(
    tmp_path: Path, warm: Warm
) -> None:
    first, second = Store(tmp_path / "first", warm), Store(tmp_path / "second", warm)
    done = first.run("refresh", "seee", "--sample", "--until", "2021-08-06")
    assert done.returncode == 0, done.stdout + done.stderr
    (file,) = first.home.glob("archive/seee/*/*.warc.gz")
    live = Store(tmp_path / "live", warm)  # where nothing else has been, figures are real
    assert_usage_error(live.run("ingest", str(file)), "no response in it that belongs to a source")
    assert second.run("refresh", "seee", "--sample", "--until", "2021-07-16").returncode in GOOD
    done = second.run("ingest", str(file), "--json")
    assert done.returncode == 0, done.stdout + done.stderr
    for table in ("seee_bulletins", "seee_quotes", "seee_method_totals"):
        assert _rows(second.home, table) == _rows(first.home, table)
    assert len(_rows(first.home, "seee_bulletins")) > 10


def _rows(home: Path, table: str) -> list[tuple[Any, ...]]:
    hidden = "known_from, revision, retrieved_at, payload_sha256"
    query = f"select * exclude ({hidden}) from {table} order by all"
    return Warehouse(home).query(query).fetchall()


def web_archive(path: Path, *records: tuple[str, str, str]) -> Path:
    """A web archive of records (kind, address, page)."""
    with path.open("wb") as file:
        writer = WARCWriter(file, gzip=False)
        for kind, address, page in records:
            head = StatusAndHeaders("200 OK", [("Content-Type", "text/html")], "HTTP/1.1")
            made = writer.create_warc_record(
                address,
                kind,
                payload=BytesIO(page.encode()),
                http_headers=head if kind == "response" else None,
                warc_headers_dict={"WARC-Date": "2025-12-04T00:00:00Z"},
            )
            writer.write_record(made)
    return path


def test_nothing_is_left_out_in_silence(store: Store, html: str, tmp_path: Path) -> None:
    """A suffix in capitals, what is no response, and a page that is the sample's own."""
    other = ADDRESS.replace("496925", "496926")
    records = (("response", ADDRESS, html), ("resource", other, html))
    saved_as = web_archive(tmp_path / "SAVED.WARC", *records, ("response", "https://x.org/", "x"))
    done = store.run("ingest", str(saved_as), "--json")
    assert done.returncode == 3, done.stderr
    (run,) = json.loads(done.stdout)["sources"]
    assert (run["outcome"], run["new"]) == ("partial", 1)
    (told,) = [line for line in run["troubles"] if "left_out" in line]
    assert "resource record" in told
    assert other in told
    assert any("1 records of SAVED.WARC left out" in line for line in run["remarks"])
    sample = web_archive(tmp_path / "sample.warc", ("response", ADDRESS, MARK + html))
    assert_usage_error(store.run("ingest", str(sample)), "a page of the embedded sample", ADDRESS)
    page = saved(tmp_path, MARK + html)
    refused = store.run("ingest", str(page), "--url", ADDRESS)
    assert_usage_error(refused, "a page of the embedded sample: it says")
