"""Every command on a sample store, by the command line, with the clock past the last year that is
shipped: first nobody has announced the year, then there are notices of it."""

from __future__ import annotations

import logging
import shutil
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from typer.testing import CliRunner

from flows.cli.main import app
from flows.core.logs import ROOT
from tests.support.clocks import set_clock
from tests.support.nights import NEXT
from warehouse.store.store import Warehouse

DAYS = {date(2027, 1, 4): "seee", date(2027, 2, 10): "fx", date(2031, 1, 2): "calendar"}
"""The clock, and the source whose night it is."""
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
def clock(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[datetime]:
    day: date = request.param
    moment = datetime(day.year, day.month, day.day, 14, 30, tzinfo=UTC)
    CliRunner().invoke(app, ["doctor", "--help"])  # what commands import on their way is loaded
    set_clock(monkeypatch, moment)
    yield moment
    logging.getLogger(ROOT).handlers.clear()  # they write to what the last command printed to


def run(home: Path, *words: str) -> None:
    """A command that comes to its end without a complaint."""
    done = CliRunner().invoke(app, ["--home", str(home), *words])
    assert (done.exit_code, "Traceback" in done.output) == (0, False), (words, done.output)


def test_every_command_comes_to_its_end(first_night: Path, tmp_path: Path, clock: datetime) -> None:
    home, source = tmp_path / "home", DAYS[clock.date()]
    world = (source, "--sample", "--until", f"{NEXT[0]}")
    shutil.copytree(first_night, home)
    run(home, "refresh", *world)
    run(home, "reconcile", "--working")
    (home / "calendar.yml").write_text(NOTICE.format(year=clock.year), encoding="utf-8")
    assert Warehouse(home).calendar.basis_of_year(clock.year) == "person"
    run(home, "check", source, "--until", f"{NEXT[0]}")
    run(home, "doctor", *world)
    run(home, "backfill", *world, "--from", "2021-09-01", "--to", "2021-09-30", "--dry-run")
