"""What is simulated is said wherever it is shown: by figure, sentence, line and chart."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from flows.core.query.time_travel import Wanted, chosen
from flows.core.settings import Settings
from flows.reports.brief.brief import brief
from flows.reports.brief.facts import ReportSpan
from flows.reports.brief.words import WORDS, Lang
from schemas.registry import TABLES
from tests.support.unreleased import KNOWN, RELEASED, row_of, unreleased
from warehouse.store.home import open_home
from warehouse.store.store import Warehouse

MARK = '<span class="sim">'


def section(page: str, name: str) -> str:
    """A part of the page, without what opens at a click."""
    found = re.search(rf'(?s)<section id="{name}">.*?</section>', page)
    assert found, name
    return re.sub(r"(?s)<details.*?</details>", "", found[0])


def lines(part: str) -> list[str]:
    """The lines of its tables."""
    return re.findall(r"(?s)<tr(?: [^>]*)?>(?!<th scope=\"col\").*?</tr>", part)


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("quarter", [None, 2])
def test_every_place_of_a_simulated_figure_says_so(
    tmp_path_factory: pytest.TempPathFactory, home: Path, lang: Lang, quarter: int | None
) -> None:
    settings = Settings(home=str(home))
    page = brief(settings, ReportSpan(2024, quarter), lang, chosen(settings, Wanted()))
    word, counted = WORDS[lang]["simulated"], 0
    for name in ("figures", "chart", "years", "comparison", "rules", "expansion", "climate"):
        for line in lines(section(page, name)):
            assert MARK in line, (name, line)
            counted += 1
    assert counted >= 8
    figures = re.findall(r"(?s)<a class=.fig.[^>]*>.*?</a>(.{0,20})", section(page, "summary"))
    assert all(after.startswith(f" {MARK}") for after in figures)
    if quarter:
        assert section(page, "summary").count(MARK) == 5
    charts = re.findall(r"(?s)<svg.*?</svg>", page)
    assert len(charts) == 2
    for chart in charts:
        title, told = re.findall(r"<(?:title|desc)[^>]*>(.*?)</", chart)[:2]
        assert word in title
        assert told.count(word) == told.count(";") + 1, "each point of it"
        drawn = re.sub(r"(?s)<(title|desc).*?</\1>", "", chart)
        assert drawn.count(f"({word})") >= 2, "on both axes, as a reader sees it"


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("simulated") / "home"
    unreleased(path)
    return path


def test_a_value_that_comes_to_follow_from_published_rows_is_a_revision(tmp_path: Path) -> None:
    """Else what a mart says of it would hang on which of its inputs came first."""
    warehouse, table = Warehouse(open_home(tmp_path, "sample").path), TABLES["mart_market_annual"]
    row = row_of(table, RELEASED)
    for changed in ({}, {"is_simulated": False}, {"derived_from": '[{"table": "x"}]'}):
        row |= changed
        done = warehouse.load(table, [row], known_from=KNOWN, run_id="x")
        assert done.new + done.revised == 1, changed
    assert warehouse.load(table, [row], known_from=KNOWN, run_id="x").duplicates == 1
