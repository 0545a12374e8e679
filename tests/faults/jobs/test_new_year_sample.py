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


def run(home: Path, *words: str) -> tuple[int, str]:
    """The exit code and what was printed; a traceback fails."""
    done = CliRunner().invoke(app, ["--home", str(home), *words])
    known = done.exception is None or isinstance(done.exception, SystemExit)
    assert known, (words, done.exception, done.output)
    assert "Traceback" not in done.output
    return done.exit_code, done.output


def every_command(home: Path, folder: Path, day: date, *sources: str) -> None:
    """The night of a day of the sample, and all that is asked of a store."""
    assert run(home, "refresh", "--sample", "--until", str(day), *sources)[0] == 0
    page = folder / "page.html"
    page.write_text(article_page(article(day)), encoding="utf-8")
    url = OVERVIEW + article(day).path
    assert run(home, "ingest", str(page), "--url", url, "--saved-at", "2026-01-01")[0] == 0
    for words in (
        ("reconcile", "--working"),
        ("check", "--until", str(day)),
        ("doctor", "--sample", "--until", str(day), "seee"),
        ("brief", "--year", "2021", "--lang", "en", "--output", str(folder / "brief.html")),
    ):
        code, told = run(home, *words)
        assert code == 0, told
    span = ("--from", "2021-09-01", "--to", "2021-09-30", "--sample", "--until", str(day))
    assert run(home, "backfill", "seee", *span, "--dry-run")[0] == 0


def test_every_command_comes_to_its_end(first_night: Path, tmp_path: Path, clock: datetime) -> None:
    home = tmp_path / "home"
    shutil.copytree(first_night, home)
    every_command(home, tmp_path, NEXT[0], "seee")
    (home / "calendar.yml").write_text(NOTICE.format(year=clock.year), encoding="utf-8")
    every_command(home, tmp_path, NEXT[1], "seee", "calendar")
    calendar = Warehouse(home).calendar
    assert calendar.basis_of_year(clock.year) == "person"
    assert calendar.basis_of_year(2031) == ("person" if clock.year == 2031 else "exchange")
    assert not calendar.trouble
