"""The catalog: what it tells, that nothing scraped becomes markup, where it is written."""

from __future__ import annotations

import json
import re
from base64 import b64encode
from datetime import date, timedelta
from hashlib import sha256
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from flows.core.errors import UsageError
from flows.core.query.sql import Snapshot
from flows.core.query.time_travel import Wanted, chosen
from flows.core.settings import Settings
from flows.reports.catalog.coverage import market_of, night_coverage, table_coverage
from flows.reports.catalog.site import CatalogSite, write_catalog
from schemas.contracts.gates import Gates
from schemas.ops.tables import OPS_CHECKS, OPS_QUARANTINE, OPS_RUNS
from schemas.registry import TABLES
from schemas.sources.pilots.tables import PILOT_DAILY
from schemas.sources.seee.tables import SEEE_BULLETINS, SEEE_QUOTES
from schemas.trading import shipped
from tests.support.marts import load, pilot
from tests.support.released import DAYS, load_days, local, night, publish_now, release, two_releases
from tests.support.rows import RETRIEVED_AT, bulletin
from warehouse.store.home import Home, open_home
from warehouse.store.releases import Release
from warehouse.store.store import Warehouse

HOSTILE = "</td><script>alert('1')</script><img src=x onerror=alert(2)>"


class Page(HTMLParser):
    """What a page is made of: its elements with attributes, and its text."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data

    def links(self) -> list[str]:
        return [str(attrs["href"]) for tag, attrs in self.elements if tag == "a"]


def _refuse(home: Home, url: str) -> None:
    row: dict[str, Any] = {c.name: HOSTILE for c in OPS_QUARANTINE.own}
    row |= {"quarantine_id": "q1", "source": "seee", "rule": "unclaimed_figure", "url": url}
    row |= {"refused_at": night(3), "status": "open", "table_name": "seee_bulletins"}
    Warehouse(home.path).append_log(OPS_QUARANTINE, [row], run_id="night-3")


def _check(home: Home, run: str, number: int, verdict: str, evidence: str | None = None) -> None:
    row = {"run_id": run, "checked_at": night(number), "name": "sums", "scope": run}
    row |= {"verdict": verdict, "expected": "1", "found": "2", "evidence": evidence}
    Warehouse(home.path).append_log(OPS_CHECKS, [row], run_id=run)


def _run(home: Home, source: str, day: date) -> None:
    """Another source's run, on a later day than any of the exchange's."""
    row: dict[str, Any] = {c.name: 0 for c in OPS_RUNS.own if not c.nullable}
    row |= {"run_id": "night-5", "source": source, "job": "refresh", "business_day": day}
    row |= {"started_at": night(5), "finished_at": night(5), "outcome": "partial"}
    row |= {"cause": HOSTILE, "detail": None, "software_version": "0", "seconds": 1.5}
    Warehouse(home.path).append_log(OPS_RUNS, [row], run_id="night-5")


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> tuple[Home, list[Release]]:
    """Three releases, the last one published; titles, refusals and findings that carry markup."""
    home, first, second = two_releases(tmp_path_factory.mktemp("catalog") / "home")
    Warehouse(home.path).load(
        SEEE_BULLETINS,
        [
            bulletin(
                DAYS[-2],
                title=HOSTILE,
                weight_regime=HOSTILE,
                retrieved_at=RETRIEVED_AT + timedelta(days=4),
            )
        ],
        known_from=night(4),
        run_id="night-4",
    )
    _refuse(home, "javascript:alert(3)")
    _check(home, "night-1", 1, "fail", "mended since")
    _check(home, "night-4", 4, "warn", HOSTILE)
    _run(home, "other", date(2025, 6, 30))
    third = release(home)
    publish_now(home)
    return home, [first, second, third]


def seen(home: Home) -> tuple[Settings, Snapshot]:
    """The home, and what readers see of it."""
    settings = Settings(home=str(home.path))
    return settings, chosen(settings, Wanted())


@pytest.fixture(scope="module")
def site(store: tuple[Home, list[Release]]) -> CatalogSite:
    return write_catalog(*seen(store[0]))


@pytest.fixture(scope="module")
def pages(site: CatalogSite) -> dict[str, Page]:
    return {name: Page((site.folder / name).read_text(encoding="utf-8")) for name in site.pages}


def test_scraped_text_stays_text_on_every_page(pages: dict[str, Page]) -> None:
    told = [name for name, page in pages.items() if HOSTILE in page.text]
    listed = {"quarantine.html", "checks.html", "runs.html", "table-seee_bulletins.html"}
    assert listed <= set(told)
    assert any(name.startswith("release-") for name in told)
    for name, page in pages.items():
        tags = {tag for tag, _ in page.elements}
        assert not tags & {"script", "img", "iframe", "link", "object", "form"}, name
        assert not [a for _, attrs in page.elements for a in attrs if a.startswith("on")], name
        assert not [link for link in page.links() if link.startswith("javascript")], name
    assert "javascript:alert(3)" in pages["quarantine.html"].text


def test_a_page_allows_its_own_style_sheet_and_nothing_else(site: CatalogSite) -> None:
    for name in site.pages:
        text = (site.folder / name).read_text(encoding="utf-8")
        (style,) = re.findall(r"<style>(.*?)</style>", text, re.DOTALL)
        digest = b64encode(sha256(style.encode()).digest()).decode()
        assert f"default-src 'none'; style-src 'sha256-{digest}'" in text
        assert not re.search(r'(?:src|style)="|url\(|@import', text), name


def test_links_lead_somewhere(site: CatalogSite, pages: dict[str, Page]) -> None:
    for name, page in pages.items():
        for link in page.links():
            if not link.startswith(("https://", "http://")):
                assert (site.folder / link).is_file(), f"{name}: {link}"
    downloads = [a["href"] for _, a in pages["index.html"].elements if "download" in a]
    assert any(str(href).endswith("/seee_quotes.parquet") for href in downloads)


def test_it_tells_tables_freshness_and_coverage(site: CatalogSite) -> None:
    told = {each["table"]: each for each in site.document["tables"]}
    bulletins = told["seee_bulletins"]
    assert (bulletins["rows"], bulletins["revisions"]) == (len(DAYS), len(DAYS) + 2)
    assert (bulletins["newest"], bulletins["known_from"]) == (DAYS[-1], night(4))
    assert (bulletins["days_held"], bulletins["days_due"]) == (len(DAYS), len(DAYS))
    assert bulletins["files"] == ["seee_bulletins.parquet", "seee_bulletins_history.parquet"]
    assert told["seee_method_totals"]["rows"] == 0


def test_a_check_is_told_as_last_asked(site: CatalogSite) -> None:
    (found,) = site.document["findings"]
    assert (found["verdict"], found["scope"]) == ("warn", "night-4")
    assert [(c["name"], c["verdict"]) for c in site.document["checks"]] == [("sums", "warn")]


def test_releases_are_told_with_what_changed(
    store: tuple[Home, list[Release]], site: CatalogSite, pages: dict[str, Page]
) -> None:
    _, made = store
    told = {each["release_id"]: each for each in site.document["releases"]}
    assert list(told) == [r.release_id for r in reversed(made)]
    assert told[made[2].release_id]["changes"] == "1 changed in seee_bulletins"
    assert told[made[1].release_id]["changes"] == (
        "1 changed in seee_bulletins, 1 added in seee_bulletins, 1 gone in seee_quotes, "
        "4 changed in seee_quotes, 4 added in seee_quotes"
    )
    page = pages[f"release-{made[1].release_id}.html"].text
    assert "91.00 90.50" in page
    assert "close_cny_per_t" in page


def test_elsewhere_it_links_no_files_and_old_pages_go(
    store: tuple[Home, list[Release]], tmp_path: Path
) -> None:
    folder = tmp_path / "site"
    write_catalog(*seen(store[0]), folder)
    document = json.loads((folder / "catalog.json").read_bytes())
    document["pages"] += ["release-R1.html", "../precious.html"]
    (folder / "catalog.json").write_text(json.dumps(document))
    for name in ("release-R1.html", "../precious.html", "mine.html"):
        (folder / name).write_text("x")
    site = write_catalog(*seen(store[0]), folder)
    kept = {file.name for file in folder.iterdir()}
    assert kept == {*site.pages, "catalog.json", "mine.html"}
    assert (tmp_path / "precious.html").exists()
    assert not re.search(
        r"<a [^>]*\bdownload\b", (folder / "index.html").read_text(encoding="utf-8")
    )


def test_a_folder_of_something_else_is_left_alone(
    store: tuple[Home, list[Release]], tmp_path: Path
) -> None:
    (tmp_path / "index.html").write_text("mine")
    with pytest.raises(UsageError, match="something else than a catalog"):
        write_catalog(*seen(store[0]), tmp_path)
    assert [file.name for file in tmp_path.iterdir()] == ["index.html"]


def test_a_home_without_runs_has_a_catalog(tmp_path: Path) -> None:
    home = open_home(tmp_path / "home", "sample")
    site = write_catalog(*seen(home))
    assert site.folder == local(home) / "published" / "catalog"
    text = (site.folder / "index.html").read_text(encoding="utf-8")
    assert "Nothing is published yet" in text


def test_missing_and_odd_days_are_squares_with_a_date(tmp_path: Path) -> None:
    home = open_home(tmp_path / "home", "sample")
    sunday = date(2025, 3, 9)
    load_days(home, [DAYS[0], DAYS[2], DAYS[3], sunday], 1)
    gates = Gates(where={"product": "CEA21"}, min_trading_days=0.9)
    with Warehouse(home.path).connect() as connection:
        found = table_coverage(connection, SEEE_QUOTES, gates, DAYS[4], shipped())
        loose = table_coverage(connection, SEEE_QUOTES, None, DAYS[4], shipped())
    assert found is not None
    assert (found.held, found.due, found.missing) == (3, 5, (DAYS[1], DAYS[4]))
    (strip,) = found.strips
    assert strip.label == "2025: 3 held, 2 missing, 1 held on a closed day"
    assert strip.months[2] == "3 of 5"
    assert strip.listed == (
        f"{DAYS[1]}: missing",
        f"{DAYS[4]}: missing",
        f"{sunday}: held on a closed day",
    )
    assert strip.paths["held"].count("M") == 3
    assert loose is not None
    assert (loose.held, loose.due, loose.missing) == (4, 0, ())
    assert loose.strips[0].months[2] == "16"


def test_markets_have_a_calendar_each(tmp_path: Path) -> None:
    """A day of one market says nothing of another's; a day that no page states stays empty."""
    home = open_home(tmp_path / "home", "sample")
    load(
        local(home),
        PILOT_DAILY,
        pilot("hubei", DAYS[0], "HBEA", 10, "40.00"),
        pilot("beijing", DAYS[0], "BEA", 10, "100.00"),
        pilot("beijing", DAYS[2], "BEA", 0, "100.00"),
    )
    with Warehouse(home.path).connect() as connection:
        found = table_coverage(connection, PILOT_DAILY, None, DAYS[4], shipped())
    assert found is not None
    assert (found.held, found.due, found.strips) == (2, 0, ())
    told = {part.says: (part.held, part.strips[0].label) for part in found.parts}
    assert told == {
        "beijing": (2, "2025: 2 held, 1 weekdays without a row"),
        "hubei": (1, "2025: 1 held"),
    }
    assert [t.name for t in TABLES.values() if market_of(t)] == [
        *("pilot_daily", "pilot_series", "mart_pilot_daily", "mart_pilot_annual", "mart_markets")
    ]
    site = write_catalog(*seen(home))
    page = Page((site.folder / "coverage.html").read_text(encoding="utf-8"))
    drawn = [
        attrs["aria-label"] for tag, attrs in page.elements if tag == "svg" and "role" in attrs
    ]
    assert [each for each in drawn if str(each).startswith("pilot_daily")] == [
        "pilot_daily, beijing, 2025: 2 held, 1 weekdays without a row",
        "pilot_daily, hubei, 2025: 1 held",
    ]


def test_a_night_is_told_by_its_last_outcome() -> None:
    def run(day: date, hour: int, outcome: str, source: str = "seee") -> dict[str, object]:
        started = night(0).replace(hour=hour)
        names = {c.name for c in OPS_RUNS.own}
        row = {"source": source, "business_day": day, "started_at": started, "outcome": outcome}
        assert row.keys() <= names
        return row

    runs = [
        run(DAYS[1], 14, "blocked"),
        run(DAYS[0], 16, "changed"),
        run(DAYS[0], 15, "failed"),
        run(DAYS[2], 15, "changed", "other"),
    ]
    found = night_coverage("seee", runs)
    assert found is not None
    assert found.strips[0].months[2] == "1 blocked, 1 changed"
    assert found.strips[0].listed == (f"{DAYS[1]}: night that failed, blocked",)
    assert night_coverage("none", runs) is None
