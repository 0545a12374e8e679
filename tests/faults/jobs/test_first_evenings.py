"""The first evenings of a live home, at a twentieth of the exchange's size: what can be had is
released each evening, a person understands what is told, and the second evening completes it.

At the full size: `make rehearsal`, which records the table in `docs/operations.md`.
"""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from extractors.archive.archive import Archive
from flows.jobs.backfill.plan import in_words
from flows.jobs.backfill.report import BackfillReport, as_rows
from flows.jobs.report.report import issues
from flows.jobs.report.result import RunReport
from tests.rehearsal.evenings import (
    TEN_PAGES,
    TWENTIETH,
    WALLED,
    Evening,
    Rehearsal,
    Scenario,
    rehearsal,
    unknown_wordings,
)
from warehouse.store.releases import releases
from warehouse.store.store import Warehouse

pytestmark = pytest.mark.slow

DAYS = 62
"""Trading days to the first evening."""
BEHIND = 13
"""Days that stand on pages of a list which do not answer."""
UNKNOWN = len(unknown_wordings(TWENTIETH))
COVERAGE, REFUSED = "seee coverage", "seee quarantine unclaimed_figure"
Played = tuple[list[Evening], list[RunReport], list[list[dict[str, Any]]]]


def play(played: Rehearsal) -> Played:
    """All evenings of the rehearsal, and what a plan would have said before each of them."""
    plans, evenings, reports = [], [], []
    coming = played.evenings()
    for number in range(len(played.scenario.commands)):
        plans.append(played.plan(TWENTIETH.last + timedelta(days=number)))
        evening, report = next(coming)
        evenings.append(evening)
        reports.append(report)
    return evenings, reports, plans


def outcomes(report: RunReport) -> list[str]:
    assert isinstance(report, BackfillReport)
    return [row["outcome"] for row in as_rows(report)]


def incident(report: RunReport, name: str) -> str:
    """What an incident that stands says."""
    assert report.watched is not None
    (told,) = [each.told for each in report.watched.told.still_open if each.name == name]
    return told


def requests_known(home: Path) -> int:
    """Different requests that were made, robots.txt aside."""
    entries = Archive(home / "archive").entries()
    return len({entry.key for entry in entries if entry.kind != "robots"})


def played(home: Path, scenario: Scenario) -> Played:
    with rehearsal(home, TWENTIETH, scenario) as live:
        return play(live)


def test_a_budget_cuts_the_first_evening_and_the_second_completes_it(tmp_path: Path) -> None:
    evenings, reports, plans = played(tmp_path / "home", TEN_PAGES)
    first, second, quiet = evenings
    assert first.requests == TEN_PAGES.budget(TWENTIETH)
    assert (first.quotes, first.exit_code) == (DAYS, 3)
    assert DAYS / 2 < first.bulletins < DAYS - BEHIND - UNKNOWN + 1
    assert DAYS / 2 < first.totals < DAYS
    assert "budget" in str(reports[0].runs[0].why)
    # Of the quote file, which was had the evening before, Friday is for the night.
    whole = DAYS + 1 - BEHIND - UNKNOWN
    assert (second.bulletins, second.totals, second.exit_code) == (whole, DAYS + 1, 3)
    assert outcomes(reports[1]) == ["changed", "unchanged", "partial"]
    assert [issue.rule for issue in issues(reports[1].runs[0].tally)] == ["unclaimed_figure"]
    assert (quiet.bulletins, quiet.quotes, quiet.totals) == (whole, DAYS + 1, DAYS + 1)
    assert quiet.exit_code == 0
    for evening, report in zip(evenings, reports, strict=True):
        assert evening.incidents == (COVERAGE, REFUSED), evening
        assert report.released is not None
        assert report.released.held == [], "marts are in the release with what they rest on"
        assert {"mart_market_daily", "seee_bulletins"} <= released(tmp_path / "home")
    assert f"{UNKNOWN} refused" in incident(reports[2], REFUSED)
    assert f"lacks {BEHIND + UNKNOWN} trading days" in incident(reports[2], COVERAGE)
    assert marts_follow(tmp_path / "home")
    before, between, after = ([row for row in rows if row["partition"] == "all"] for rows in plans)
    assert before[0]["least"] <= first.requests + second.requests
    assert requests_known(tmp_path / "home") + BEHIND <= before[0]["most"], before
    assert before[0]["most"] < 1.5 * before[0]["least"]
    assert before[0]["unread_lists"] == 12
    assert "2 evenings" in in_words(before)
    assert "lists that nobody has read" in in_words(before)
    assert between[0]["requests"] < second.requests + 4, "what was asked since is not asked again"
    assert after[0]["unread_lists"] == 0


def test_bulletins_alone_are_released_where_the_query_host_is_walled(tmp_path: Path) -> None:
    evenings, reports, _ = played(tmp_path / "home", WALLED)
    first, second, night = evenings
    assert first.requests == WALLED.budget(TWENTIETH)
    assert (first.quotes, first.totals, first.exit_code) == (DAYS, 0, 3)
    assert DAYS / 3 < first.bulletins < second.bulletins
    whole = DAYS + 1 - BEHIND - UNKNOWN
    assert (second.bulletins, night.bulletins, night.quotes) == (whole, whole, DAYS + 1)
    assert [evening.exit_code for evening in evenings] == [3, 3, 3]
    assert outcomes(reports[1]) == ["blocked"] * 3
    assert first.incidents == second.incidents == (COVERAGE, REFUSED)
    assert night.incidents == (COVERAGE, REFUSED, "seee run blocked")
    assert "shyx.cneeex.example" in incident(reports[2], "seee run blocked")
    assert "seee_method_totals lacks" in incident(reports[2], COVERAGE)
    for report in reports:
        assert len(report.runs[0].tally.walls) == 1, "told once"
        assert report.released is not None
        assert report.released.held == []
        assert report.released.release is not None
        stale = {pin.table_name for pin in report.released.release.tables if pin.stale_since}
        assert stale == set(), "of the host that answers nothing is stale"
    assert marts_follow(tmp_path / "home")


def released(home: Path) -> set[str]:
    return {pinned.table_name for pinned in releases(Warehouse(home))[-1].tables}


def marts_follow(home: Path) -> bool:
    """Whether the released mart has each day of which a bulletin or a quote is released."""
    versions = releases(Warehouse(home))[-1].versions
    names = ("mart_market_daily", "seee_quotes")
    pinned = {name: versions[name] for name in names}
    with Warehouse(home).connect(*names, versions=pinned) as connection:
        lacking = connection.execute(
            "select distinct trade_date from seee_quotes where product = 'COMCEA' "
            "except select trade_date from mart_market_daily"
        ).fetchall()
    return lacking == []
