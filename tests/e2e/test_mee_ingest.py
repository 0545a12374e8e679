"""Pages of the ministry saved by a person, in full markup, and what a user then sees of them."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from extractors.sample.sites.mee.attachments import make_file
from extractors.sample.sites.mee.documents import all_docs
from extractors.sample.sites.mee.model import Doc
from extractors.sample.sites.mee.pages import detail_page
from flows.cli import output
from flows.core.query.sql import WORKING
from flows.core.settings import Settings
from flows.jobs.ingest import ingest
from flows.lineage.trace import render, trace
from warehouse.store.store import Warehouse

WANTED = {
    "news": "t20250105_1099975",
    "formal": "t20250326_1104736",
    "library": "t20240205_1065850",
    "state_council": "content_6930137",
}
REPORT = "W020250927515316322073.pdf"


def doc(part: str) -> Doc:
    return next(each for each in all_docs() if part in each.path)


def live(url: str) -> str:
    return url.replace(".example", ".cn")


@pytest.fixture(scope="module")
def saved(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """A live store into which a person has put a page of each template, and a report."""
    folder = tmp_path_factory.mktemp("saved")
    files, urls = [], []
    for name, part in WANTED.items():
        each = doc(part)
        file = folder / f"{name}.html"
        # What a browser saves says nothing of the sample.
        html = re.sub('<meta name="carbonmart-sample"[^>]*>', "", detail_page(each))
        html = html.replace(".example", ".cn")
        file.write_text(html, encoding="utf-8")
        files.append(file)
        urls.append(live(f"http://{each.host}{each.path}"))
    report = doc("t20250927_1128352")
    file = folder / REPORT
    file.write_bytes(make_file(REPORT, report.files[0].pages))
    settings = Settings(home=str(folder / "home"), publish=False)
    told = ingest(
        settings, [*files, file], [*urls, live(f"https://{report.host}{report.folder}") + REPORT]
    )
    (run,) = told.runs
    assert run.outcome == "changed", run.why
    assert run.tally.parsed == run.tally.accepted + run.tally.duplicates
    return settings


def ask(settings: Settings, sql: str) -> list[tuple[Any, ...]]:
    with Warehouse(settings.home).query(sql) as answer:
        return answer.fetchall()


def test_a_saved_page_of_each_template_becomes_a_document(saved: Settings) -> None:
    asked = "select template from mee_aliases order by 1"
    assert [template for (template,) in ask(saved, asked)] == sorted(WANTED)
    asked = "select document_key, template from mee_notices order by 1"
    assert ask(saved, asked) == [
        ("2024年全国碳排放权交易市场配额交易及清缴工作结束|2025-01-05", "news"),
        ("国务院令第775号", "library"),
        ("环气候〔2025〕23号", "formal"),
    ]


def test_chrome_stays_out_of_the_text(saved: Settings) -> None:
    for (body,) in ask(saved, "select body from mee_notices"):
        for chrome in (
            "隐藏推荐",
            "分享",
            "您即将离开",
            "友情",
            "样例站点",
            "function",
            "责任编辑",
        ):
            assert chrome not in body


def test_the_figures_of_2024_are_there_each_with_its_sentence(saved: Settings) -> None:
    asked = (
        "select metric, cast(value as double), quote from mee_facts "
        "where document_key like '2024年%' and sector = ''"
    )
    facts = {metric: (value, quote) for metric, value, quote in ask(saved, asked)}
    wanted = {
        "annual_volume": (189_000_000, "1.89亿吨"),
        "annual_turnover": (18_114_000_000, "181.14亿元"),
        "cumulative_volume": (630_000_000, "6.30亿吨"),
        "cumulative_turnover": (43_033_000_000, "430.33亿元"),
        "key_emitters": (2096, "2096家"),
        "surrender_due": (5_244_000_000, "52.44亿吨"),
        "surrender_rate": (99.98, "99.98%"),
        "year_end_close": (97.49, "97.49元/吨"),
    }
    for metric, (value, words) in wanted.items():
        held, quote = facts[metric]
        assert held == pytest.approx(value, rel=1e-12)
        assert words in quote


def test_the_fine_of_two_million_is_article_22s_alone(saved: Settings) -> None:
    asked = (
        "select article from mee_penalties where regulation = '国务院令第775号' "
        "and fine_max_cny = 2000000"
    )
    assert ask(saved, asked) == [(22,)]
    asked = (
        "select allowance_cut_min_pct, allowance_cut_max_pct, valid_from from mee_penalties "
        "where article = 22"
    )
    ((least, most, valid_from),) = ask(saved, asked)
    assert (least, most, f"{valid_from}") == (50, 100, "2024-05-01")
    articles = [article for (article,) in ask(saved, "select distinct article from mee_penalties")]
    assert sorted(articles) == [20, 21, 22, 23, 24, 25, 26]


@pytest.mark.parametrize(
    ("table", "parts"),
    [
        (
            "mee_facts",
            ["document_key=2024年全国碳排放权交易市场配额交易及清缴工作结束|2025-01-05",
             "metric=annual_volume", "value"],
        ),
        ("mee_penalties", ["国务院令第775号", "22", "1", "fine_max_cny"]),
        ("mee_facts", [REPORT, "metric=national_share", "value"]),
    ],
)  # fmt: skip
def test_a_cell_leads_back_to_its_marked_sentence(
    saved: Settings, table: str, parts: list[str]
) -> None:
    found = trace(saved, WORKING, table, parts)
    assert found.last.words
    assert render(saved, found).marks == 1


def test_a_report_is_read_with_its_pages(saved: Settings) -> None:
    asked = f"select metric, page from mee_facts where file_name = '{REPORT}'"
    pages = dict(ask(saved, asked))
    assert pages["trading_days"] == 1
    assert pages["year_end_close"] == pages["national_share"] == 2
    asked = f"select max(page) from mee_facts where file_name = '{REPORT}' and scope = 'CCER'"
    assert ask(saved, asked) == [(3,)]


def test_a_long_text_does_not_wreck_a_terminal(
    saved: Settings, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "100")
    output.show_query(saved, "select document_key, body from mee_notices", WORKING)
    told = capsys.readouterr().out
    assert "国务院令第775号" in told
    assert len(told.splitlines()) < 60
    output.show_query(saved, "select body from mee_notices", WORKING, output.JSON)
    bodies = [row["body"] for row in json.loads(capsys.readouterr().out)]
    assert max(map(len, bodies)) > 1000


def test_general_figures_are_shown_without_their_empty_decimals(
    saved: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    output.show_query(saved, "select value from mee_facts where metric = 'annual_volume'", WORKING)
    assert "189,000,000 " in capsys.readouterr().out
