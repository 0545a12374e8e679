"""The calendar's nights: what only these two publishers can do, and what the others make of it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from extractors.sample.server.server import SampleServer
from flows.core.settings import Settings
from flows.stages.monitor.look import look
from tests.support.nights import World
from warehouse.store.store import Warehouse

EVE, NEW_YEAR, LABOUR = date(2031, 1, 22), date(2031, 1, 1), date(2031, 5, 6)
HOLIDAYS, COLUMN = r"/assets/json/holidays\.json$", r"/tzgg/"


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[World]:
    with SampleServer(until=date(2021, 7, 16)) as server:
        yield World(tmp_path / "home", server, "calendar")


def of(world: World, day: date) -> tuple[object, ...]:
    (row,) = world.ask(
        f"select is_trading, reason, basis, revision from calendar_days where date = '{day}'"
    )
    return row


def findings(world: World, check: str) -> list[tuple[object, ...]]:
    return world.ask(
        f"select scope, found from ops_checks where name = '{check}' and verdict = 'warn' "
        "and run_id = (select arg_max(run_id, checked_at) from ops_checks)"
    )


def test_a_notice_then_an_amendment_then_a_closure_that_closes_one_day_more(empty: World) -> None:
    told = empty.night()
    assert (told.outcome, told.exit_code) == ("changed", 0), told.text
    assert of(empty, EVE) == (True, None, "state_council", 1)
    assert of(empty, LABOUR) == (True, None, "state_council", 1)
    assert "2031-01-22" in told.line("calendar_exchange_may_close")
    assert findings(empty, "calendar_exchange_may_close") == [
        ("2031-01-22", "open by state_council")
    ]
    assert Warehouse(empty.home).calendar.basis_of_year(2031) == "state_council"
    empty.server.until = date(2021, 7, 20)
    told = empty.night()
    assert told.run.tally.revised > 0
    assert of(empty, LABOUR) == (False, "劳动节", "state_council", 2)
    empty.server.until = date(2021, 7, 23)
    assert empty.night().outcome == "changed"
    assert of(empty, EVE) == (False, "春节", "exchange", 2)
    assert of(empty, LABOUR) == (False, "劳动节", "exchange", 3)
    assert findings(empty, "calendar_exchange_may_close") == []
    calendar = Warehouse(empty.home).calendar
    assert calendar.basis_of_year(2031) == "exchange"
    assert len(list(calendar.announced_days(date(2031, 1, 1), date(2031, 12, 31)))) == 241
    assert empty.ask("select count(distinct source_url), count(*) from calendar_notices") == [
        (3, 3)
    ], "the address of a twin makes no second notice"
    empty.server.until = date(2021, 7, 24)
    assert empty.night().outcome == "empty_expected"


def test_the_exchanges_file_is_stronger_and_what_it_lacks_is_told(empty: World) -> None:
    empty.server.until = date(2021, 7, 23)
    days = ["2031-01-01", "2031-03-03", "2031-12-31"]
    empty.server.fault(HOLIDAYS, "replace", body=json.dumps(days), content_type="application/json")
    assert empty.pipeline().outcome == "changed"
    assert of(empty, date(2031, 3, 3)) == (False, None, "holidays_json", 3)
    assert of(empty, NEW_YEAR)[0] is False
    lacking = findings(empty, "calendar_file_lists_closed_days")
    assert ("2031-01-22", "closed by exchange") in lacking
    assert len(lacking) == 19


def test_days_in_the_file_that_are_no_dates_hold_back_no_other(empty: World) -> None:
    empty.server.fault(HOLIDAYS, "replace", body='["2031-01-01", "someday"]')
    told = empty.pipeline()
    assert told.outcome == "partial"
    assert empty.quarantine("rule, value") == [("bad_date", "someday")]
    assert of(empty, NEW_YEAR)[2] == "holidays_json"


def test_the_exchanges_column_is_a_guess_until_it_was_seen(empty: World) -> None:
    empty.server.until = date(2021, 7, 23)
    empty.server.fault(COLUMN, "not_found")
    told = empty.pipeline()
    assert (told.outcome, told.exit_code) == ("changed", 0), told.text
    assert of(empty, EVE)[2] == "state_council"
    empty.server.clear()
    assert empty.pipeline().outcome == "changed"
    empty.server.fault(COLUMN, "not_found")
    told = empty.pipeline()
    assert told.outcome == "partial"
    assert "ingest" in told.line("column_missing")


def test_check_names_what_is_missing_and_who_gives_it(empty: World) -> None:
    empty.server.until = date(2021, 7, 23)
    empty.night()
    settings = Settings(home=str(empty.home))
    found = {f.scope: f for f in look(settings, ["calendar"]).findings if f.check == "calendar"}
    assert set(found) == {""}, "2021 is shipped"
    assert found[""].verdict == "pass"
