"""Every command on a sample store, by the command line, with the clock past the last year that is
shipped: first nobody has announced the year, then there are notices of it."""

from __future__ import annotations

import shutil
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from typer.testing import CliRunner

from extractors.sample.sites.seee.pages import article_page
from flows.cli.main import app
from tests.support.clocks import set_clock
from tests.support.nights import NEXT, OVERVIEW, article
from warehouse.store.store import Warehouse

DAYS = (date(2027, 1, 4), date(2027, 2, 10), date(2031, 1, 2))
NOTICE = """
- market: cea
  year: {year}
  closed: [{year}-01-01, {year}-10-01]
  reason: nobody has announced it, for a test
  reported_by: A. Analyst
  date: 2026-01-05
  source: https://www.gov.example/zhengce/content_1.htm
"""


@pytest.fixture(params=DAYS, ids=str)
def clock(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> datetime:
    day: date = request.param
    moment = datetime(day.year, day.month, day.day, 14, 30, tzinfo=UTC)
    CliRunner().invoke(app, ["doctor", "--help"])  # what commands import on their way is loaded
    set_clock(monkeypatch, moment)
    return moment


def run(home: Path, *words: str) -> None:
    """A command that comes to its end without a complaint."""
    done = CliRunner().invoke(app, ["--home", str(home), *words])
    assert (done.exit_code, "Traceback" in done.output) == (0, False), (words, done.output)


def test_every_command_comes_to_its_end(first_night: Path, tmp_path: Path, clock: datetime) -> None:
    home, page, day = tmp_path / "home", tmp_path / "page.html", f"{NEXT[0]}"
    shutil.copytree(first_night, home)
    run(home, "refresh", "--sample", "--until", day, "seee")
    run(home, "check", "--until", day)
    (home / "calendar.yml").write_text(NOTICE.format(year=clock.year), encoding="utf-8")
    assert Warehouse(home).calendar.basis_of_year(clock.year) == "person"
    page.write_text(article_page(article(NEXT[0])), encoding="utf-8")
    url = OVERVIEW + article(NEXT[0]).path
    run(home, "ingest", str(page), "--url", url, "--saved-at", "2026-01-01")
    run(home, "reconcile", "--working")
    run(home, "check", "--until", day)
    run(home, "doctor", "--sample", "--until", day, "seee")
    span = ("--from", "2021-09-01", "--to", "2021-09-30", "--sample", "--until", day)
    run(home, "backfill", "seee", *span, "--dry-run")
    run(home, "brief", "--year", "2021", "--lang", "en", "--output", str(tmp_path / "brief.html"))
