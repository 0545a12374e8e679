"""The market report of the whole sample: its figures, its citations, and how a browser takes it.

Some need Chromium and its driver (`apt-get install chromium chromium-driver`).
"""

from __future__ import annotations

import base64
import json
import re
import shutil
from datetime import UTC, datetime, timedelta
from html import unescape
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from selenium import webdriver
from selenium.webdriver.common.by import By
from selenium.webdriver.common.print_page_options import PrintOptions

from flows.core.context import RunContext
from flows.core.errors import UsageError
from flows.core.query.sql import WORKING
from flows.core.query.time_travel import Wanted, chosen
from flows.core.settings import Settings
from flows.lineage.claims import compare
from flows.lineage.trace import follow
from flows.reports.brief.brief import brief, write_brief
from flows.reports.brief.facts import ReportSpan, gather
from flows.reports.brief.words import WORDS
from flows.stages.checks import reconcile as reconciling
from flows.stages.release import build_marts as marting
from flows.stages.release.release import release
from schemas.sources.hkex.tables import CORE_CLIMATE_STATS
from schemas.sources.mee.tables import MEE_NOTICES
from tests.e2e.commands import carbonmart, demo
from tests.support.chromium import browser, console, width
from tests.support.released import release as release_all
from transforms.marts.registry import recipes
from warehouse.store.home import open_home
from warehouse.store.releases import releases
from warehouse.store.store import Warehouse

__all__ = ["browser"]

pytestmark = pytest.mark.slow
Y2024 = ReportSpan(2024)
AGREES, DIFFERS = "agrees", "differs"
VERDICTS = {
    "cumulative_volume": AGREES,
    "cumulative_turnover": AGREES,
    "annual_volume": AGREES,
    "annual_volume_before": DIFFERS,
    "volume_growth": DIFFERS,
    "annual_turnover": AGREES,
    "price_low": AGREES,
    "price_high": AGREES,
    "national_share": AGREES,
    "key_emitters": AGREES,
    "fine": AGREES,
    "cut_least": AGREES,
    "cut_most": AGREES,
    "in_force": AGREES,
    "articles": AGREES,
    "monthly_reports": AGREES,
    "phase_one": AGREES,
    "phase_two": AGREES,
    "expansion_companies": AGREES,
    "expansion_emissions": AGREES,
    "expansion_share": AGREES,
    "participants": AGREES,
    "projects": AGREES,
    "settlement": AGREES,
    "vcs": AGREES,
    "gold_standard": AGREES,
    "gfex": AGREES,
}
"""How each figure of the report of 2024 stands to the tables."""


@pytest.fixture(scope="session")
def full(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """A store that has read the whole sample, all sources, as the demo does."""
    home, _ = demo(tmp_path_factory.mktemp("stores"))
    with Warehouse(home).query("select distinct outcome from ops_runs") as outcomes:
        assert outcomes.fetchall() == [("changed",)]
    return Settings(home=str(home), retries=1, backoff_s=0.0, publish=False)


@pytest.fixture
def own(full: Settings, tmp_path: Path) -> Settings:
    """A copy of it."""
    home = tmp_path / "home"
    shutil.copytree(Path(full.home) / "tables", home / "tables")
    for name in Path(full.home).iterdir():
        if name.is_file():
            shutil.copy(name, home)
    (home / "archive").mkdir()
    return full.model_copy(update={"home": str(home)})


@pytest.fixture(scope="session")
def pages(full: Settings, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder, now = tmp_path_factory.mktemp("pages"), chosen(full, Wanted())
    return {
        lang: write_brief(full, Y2024, lang, now, folder / f"{lang}.html") for lang in ("zh", "en")
    }


def figures(settings: Settings) -> list[dict[str, Any]]:
    snapshot = chosen(settings, Wanted())
    return gather(Warehouse(settings.home), Y2024, snapshot, is_sample=True).figures


def in_words(page: str) -> str:
    """The page as text, citations left out."""
    text = re.sub(r"(?s)<style>.*?</style>|<details.*?</details>|<svg.*?</svg>", "", page)
    return re.sub(r"[ \n]+", " ", unescape(re.sub(r"<[^>]+>", " ", text)))


# The report's figures


def test_every_figure_of_the_report_is_held_against_the_tables(full: Settings) -> None:
    found = {one.claim.id: one for one in compare(figures(full))}
    assert {name: one.verdict for name, one in found.items()} == VERDICTS
    for name, one in found.items():
        for citation in one.citations:
            assert citation["url"].startswith("https://"), name
            assert len(citation["payload_sha256"]) == 64
            assert citation["retrieved_at"]
            assert citation["quote"], name
        assert one.citations, name


def test_the_growth_that_the_report_prints_is_a_finding_with_both_citations(
    full: Settings,
) -> None:
    found = {one.claim.id: one for one in compare(figures(full))}
    quotes = " ".join(c["quote"] for c in found["volume_growth"].citations)
    assert "188,646,053" in quotes
    assert "441,622,611" in quotes
    assert "229,678,843" in quotes, "the volume of 2023 follows from two cumulatives"
    both = {c["source"] for c in found["annual_volume_before"].citations}
    assert both == {"seee", "mee"}, "exchange and ministry agree against the report"
    page = in_words(brief(full, Y2024, "en", chosen(full, Wanted())))
    conflicts = page[page.rindex("Conflicts") :]
    assert "up 75%" in conflicts
    assert "211.94 million t" in conflicts


def test_the_exact_figure_is_preferred_and_the_rounded_one_stands_beside_it(
    full: Settings,
) -> None:
    rows = {
        (row["source"], row["is_preferred"]): row
        for row in figures(full)
        if (row["figure_id"], row["period"]) == ("annual_turnover", "2024")
    }
    exact, rounded = rows["seee", True], rows["mee", False]
    assert str(exact["value"]) == "18113576584.230000"
    assert (rounded["printed"], rounded["agreement"]) == ("181.14亿元", "agrees")
    conflicts = [row for row in figures(full) if row["agreement"] == "conflicts"]
    assert [(r["figure_id"], r["period"], r["printed"]) for r in conflicts] == [
        ("low_close", "2024", "69—106元/吨")
    ]


def test_a_figure_is_simulated_where_anything_is_that_it_is_cited_for(full: Settings) -> None:
    rows = figures(full)
    for row in rows:
        cited = any(one["is_simulated"] for one in json.loads(row["citations"]))
        assert row["is_simulated"] or not cited, (row["figure_id"], row["period"])
    means = {row["period"]: row["is_simulated"] for row in rows if row["figure_id"] == "mean_price"}
    assert means["2024"] is False, "the year's own bulletin states volume and turnover"


def test_a_key_figure_is_traced_to_the_words_on_its_page(full: Settings) -> None:
    document = follow(
        full, chosen(full, Wanted()), "mart_key_figures", ["annual_volume", "2024", "seee", "value"]
    ).as_dict()
    (origin,) = document["derived_from"]
    (leaf,) = origin["leaves"]
    assert leaf["url"] == document["citations"][0]["url"]
    assert any("188,646,053" in (cell["words"] or "") for cell in leaf["cells"])
    growth = follow(full, WORKING, "mart_market_annual", ["2024", "high_close_cny_per_t"]).as_dict()
    first = growth["derived_from"][0]["leaves"][0]
    assert first["cells"][0]["words"] == "收盘价105.65元/吨"


# The page


def test_sentences_in_both_languages(pages: dict[str, Path]) -> None:
    chinese = in_words(pages["zh"].read_text(encoding="utf-8"))
    english = in_words(pages["en"].read_text(encoding="utf-8"))
    for words in ("成交量 1.89亿吨", "成交额 181.14亿元", "下降10.99%", "累计成交量 6.30亿吨"):
        assert words in chinese
    for words in ("188.65 million t", "CNY 18.11 billion", "down 10.99%", "up 25.41%"):
        assert words in english
    for part in ("50万元–200万元", "50%–100%", "2024年5月1日", "国务院令第775号", "挂牌均价"):
        assert part in chinese
    for part in ("Cathay Pacific", "listed mean", "18 December 2024", "at least 90"):
        assert part in english


def test_nothing_is_loaded_and_every_figure_leads_to_its_citation(pages: dict[str, Path]) -> None:
    for path in pages.values():
        page = path.read_text(encoding="utf-8")
        assert "default-src 'none'" in page
        assert not re.search(r"<(script|link|img|iframe|object)\b|@import|url\(|\bsrc=", page)
        targets = set(re.findall(r'href="#([^"]+)"', page))
        assert targets, "figures are links"
        assert targets <= set(re.findall(r'\bid="([^"]+)"', page))


def test_the_same_point_gives_the_same_bytes_whatever_came_later(own: Settings) -> None:
    warehouse = Warehouse(own.home)
    first = releases(warehouse)[-1].release_id
    before = brief(own, Y2024, "zh", chosen(own, Wanted()))
    command = unescape(re.findall(r"<code>(carbonmart brief [^<]*)</code>", before)[0])
    assert command.endswith(f"--release {first}")
    assert brief(own, Y2024, "zh", chosen(own, Wanted(release=first))) == before
    warehouse.retire(
        CORE_CLIMATE_STATS,
        [("2412182news", "projects")],
        known_from=datetime.now(UTC),
        run_id="by hand",
    )
    assert brief(own, Y2024, "zh", chosen(own, Wanted())) == before, "it is not released yet"
    loaded = brief(own, Y2024, "zh", chosen(own, Wanted(working=True)))
    assert WORDS["zh"]["working"] in loaded
    night = RunContext(open_home(own.home, None), own)
    release(night, [])  # derives the marts
    release_all(open_home(own.home, None))
    after = brief(own, Y2024, "zh", chosen(own, Wanted()))
    assert "core_climate_projects 2024-12-18 hkex" in in_words(after), "what changed is told"
    assert "core_climate_projects 2024-12-18 hkex" not in in_words(before)
    assert brief(own, Y2024, "zh", chosen(own, Wanted(release=first))) == before


def test_what_a_page_says_stays_text(own: Settings) -> None:
    with Warehouse(own.home).connect("mee_notices") as connection:
        names = ", ".join(column.name for column in MEE_NOTICES.stated)
        row = (
            connection.sql(
                f"select {names} from mee_notices where document_key = '国务院令第775号'"
            )
            .to_arrow_table()
            .to_pylist()[0]
        )
    hostile = '<script>alert(1)</script><img src=x onerror="alert(2)">{{ 7 * 7 }}'
    later = row["retrieved_at"] + timedelta(days=1)
    changed = row | {"title": hostile, "retrieved_at": later, "source_url": "javascript:alert(3)"}
    Warehouse(own.home).load(MEE_NOTICES, [changed], known_from=datetime.now(UTC), run_id="by hand")
    page = brief(own, Y2024, "zh", WORKING)
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert "<script" not in page
    assert "<img" not in page
    assert "{{ 7 * 7 }}" in page
    assert 'href="javascript:' not in page


def test_a_quarter_and_the_newest_year(full: Settings) -> None:
    quarter = in_words(brief(full, ReportSpan(2024, 4), "en", chosen(full, Wanted())))
    assert "Q4 2024" in quarter
    assert "149.45 million t" in quarter, "13,245,757 + 60,837,241 + 75,365,531 t"
    year = in_words(brief(full, ReportSpan(2025), "zh", chosen(full, Wanted())))
    assert "单向竞价" in year
    assert "其中 10天 模拟 无成交" in year


def test_a_brief_of_nothing_is_a_word_of_usage(full: Settings) -> None:
    for span, lang in ((Y2024, "fr"), (ReportSpan(2030), "zh")):
        if lang == "zh":
            text = brief(full, span, lang, chosen(full, Wanted()))
            assert "表中没有这部分数据" in text
        else:
            with pytest.raises(UsageError, match="zh or en"):
                brief(full, span, lang, chosen(full, Wanted()))
    with pytest.raises(UsageError, match="launched in 2021"):
        ReportSpan(2020)
    done = carbonmart(Path(full.home), "brief", "--year", "1999")
    assert done.returncode == 2
    assert "no brief of 1999" in done.stderr


# Reconciliation


def test_all_figures_are_held_against_one_another(own: Settings) -> None:
    asked = reconciling.reconcile(own, WORKING, books=True)
    assert reconciling.exit_code(asked) == 0
    names = {one.check.name for one in asked}
    for name in (
        "cumulative_chain_cumulative_turnover",
        "days_add_up_total_volume_t",
        "months_add_up_to_the_year_total_volume_t",
        "vintages_make_the_composite",
        "ministry_agrees_with_exchange",
        "icap_equals_a_price",
        "no_row_on_a_closed_day",
        "languages_agree_on_stats",
    ):
        assert name in names
    warned = {one.check.name: len(one.findings) for one in asked if one.verdict == "warn"}
    assert warned["ministry_agrees_with_exchange"] == 1
    assert warned["icap_has_no_price_of_a_closed_day"] == 4, "the weekends of 2023"
    assert warned["close_lies_between_low_and_high"] == 5
    with Warehouse(own.home).connect("ops_checks") as connection:
        booked = connection.execute(
            "select count(distinct name) from ops_checks where run_id = "
            "(select arg_max(run_id, checked_at) from ops_checks)"
        ).fetchall()
    assert booked == [(len(names),)]


# In a browser


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("pixels", [390, 1440])
def test_it_opens_without_a_complaint(
    browser: webdriver.Chrome, pages: dict[str, Path], lang: str, pixels: int
) -> None:
    width(browser, pixels)
    browser.get(pages[lang].as_uri())
    assert console(browser) == []
    assert browser.execute_script("return performance.getEntriesByType('resource').length") == 0
    wide = "return document.documentElement.scrollWidth - document.documentElement.clientWidth"
    assert browser.execute_script(wide) <= 0, "the page itself never scrolls sideways"
    charts = browser.find_elements(By.CSS_SELECTOR, "svg.chart[role=img]")
    assert len(charts) == 2
    for chart in charts:
        assert chart.size["width"] > 300
        for name in str(chart.get_attribute("aria-labelledby")).split():
            assert browser.find_element(By.ID, name).get_attribute("textContent")


def test_citations_open(browser: webdriver.Chrome, pages: dict[str, Path]) -> None:
    width(browser, 1440)
    browser.get(pages["zh"].as_uri())
    row = browser.find_element(By.ID, "f-annual_volume-2024-seee")
    cite = row.find_elements(By.CSS_SELECTOR, "details.cite")[-1]
    quote = cite.find_element(By.TAG_NAME, "blockquote")
    assert not quote.is_displayed()
    cite.find_element(By.TAG_NAME, "summary").click()
    assert quote.is_displayed()
    assert "188,646,053" in quote.text
    assert cite.find_element(By.TAG_NAME, "a").get_attribute("href").startswith("https://")  # type: ignore[union-attr]
    assert re.search(r"[0-9a-f]{64}", cite.text)
    assert console(browser) == []


def test_it_prints_and_follows_dark_mode(browser: webdriver.Chrome, pages: dict[str, Path]) -> None:
    from pypdf import PdfReader

    browser.get(pages["en"].as_uri())
    paper = "return getComputedStyle(document.body).backgroundColor"
    bar = "return getComputedStyle(document.querySelector('svg .mark-rect path')).fill"
    colours = {}
    for scheme in ("light", "dark"):
        browser.execute_cdp_cmd(
            "Emulation.setEmulatedMedia",
            {"features": [{"name": "prefers-color-scheme", "value": scheme}]},
        )
        colours[scheme] = (browser.execute_script(paper), browser.execute_script(bar))
    assert colours["light"][0] == "rgb(255, 255, 255)"
    assert len({*colours["light"], *colours["dark"]}) == 4, "paper and bars both change"
    printed = PdfReader(BytesIO(base64.b64decode(browser.print_page(PrintOptions()))))
    assert 3 < len(printed.pages) < 40
    text = "".join(page.extract_text() for page in printed.pages)
    assert "Carbon market brief" in text
    assert "总成交量188,646,053吨" in re.sub(r"\s", "", text), "in print the sources are a list"


def test_the_command_writes_the_page_and_says_where(full: Settings, tmp_path: Path) -> None:
    path = tmp_path / "out" / "brief.html"
    done = carbonmart(
        Path(full.home), "brief", "--year", "2024", "--lang", "en", "--output", str(path), "--json"
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["path"] == str(path)
    assert path.read_text(encoding="utf-8").startswith("<!doctype html>")


@pytest.mark.parametrize("seed", [0.1, 0.5, 0.9])
def test_marts_do_not_depend_on_the_order_in_which_rows_lie(full: Settings, seed: float) -> None:
    """A list or a text put together of several rows has an order of its own."""
    context = RunContext(open_home(full.home, None), full)
    warehouse, at = context.warehouse, datetime.now(UTC)
    inputs = {name: warehouse.version(name) or 0 for mart in recipes() for name in mart.read}
    due = [marting._Due(m, marting.Derived(m.table.name, inputs, "", at)) for m in recipes()]
    found = []
    failures = marting.Failures()
    with marting._workshop(context, due, failures) as connection:
        connection.execute(f"select setseed({seed})")
        for _ in range(2):
            marting._move_to(connection, at, failures)
            marts = [f"select * from {mart.table.name} order by all" for mart in recipes()]
            found.append([connection.execute(sql).fetchall() for sql in marts])
            for name in inputs:
                rows = marting._all_of(name)
                connection.execute(
                    f"create or replace temp table {rows} as select * from {rows} order by random()"
                )
    assert failures.why == {}
    assert all(rows for rows in found[0])
    assert found[0] == found[1]
