"""The calendar of a store: released rows and persons' lines over what is shipped."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from schemas.sources.calendar.tables import CALENDAR_DAYS
from schemas.sources.seee.tables import SEEE_BULLETINS
from schemas.trading import BASES, LAUNCH, shipped
from tests.support.rows import KNOWN_FROM, RETRIEVED_AT, bulletin
from warehouse.store.home import open_home
from warehouse.store.measures import pin
from warehouse.store.releases import commit
from warehouse.store.store import Warehouse
from warehouse.store.trading import FILE_NAME, WrongCalendarFile

EVE, AFTER = date(2027, 2, 4), date(2027, 2, 5)
LINE = """
- market: cea
  {what}: [{day}]
  reason: said so
  reported_by: A. Analyst
  date: 2026-01-05
  source: https://x.example/
"""


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return Path(str(open_home(tmp_path / "home", "sample").path))


def say(home: Path, day: date, basis: str, *, is_trading: bool) -> None:
    """A released row of `calendar_days`."""
    row = {
        "market": "cea",
        "date": day,
        "is_trading": is_trading,
        "reason": "said",
        "basis": basis,
        "basis_rank": BASES.index(basis),
        "said_on": None,
        "source": "calendar",
        "source_url": "https://x.example/",
        "retrieved_at": RETRIEVED_AT,
        "evidence": None,
        "payload_sha256": "0" * 64,
        "parser_version": "1",
        "is_simulated": True,
    }
    Warehouse(home).load(CALENDAR_DAYS, [row], known_from=KNOWN_FROM, run_id="r")
    release(home, "calendar")


def release(home: Path, source: str) -> None:
    warehouse = Warehouse(home)
    table = CALENDAR_DAYS if source == "calendar" else SEEE_BULLETINS
    pinned = pin(warehouse, table, source)
    assert pinned
    commit(warehouse, "r", "release", lambda made: [*(made[-1].tables if made else ()), pinned])


def test_a_store_that_knows_nothing_has_what_is_shipped(home: Path) -> None:
    assert Warehouse(home).calendar.announced == shipped().announced
    assert Warehouse(home / "none").calendar.announced == shipped().announced


def test_what_is_released_is_over_what_is_derived_and_no_weaker_word_over_the_shipped(
    home: Path,
) -> None:
    assert Warehouse(home).calendar.on(EVE).is_trading
    say(home, EVE, "exchange", is_trading=False)
    assert Warehouse(home).calendar.on(EVE).basis == "exchange"
    assert not Warehouse(home).calendar.on(EVE).is_trading
    say(home, date(2024, 2, 9), "state_council", is_trading=True)
    known = Warehouse(home).calendar.on(date(2024, 2, 9))
    assert (known.is_trading, known.basis) == (False, "exchange")


def test_what_is_not_released_yet_is_not_asked(home: Path) -> None:
    say(home, EVE, "state_council", is_trading=False)
    row = Warehouse(home)
    say_later = {"basis": "exchange", "is_trading": True}
    with row.connect("calendar_days") as connection:
        held = (
            connection.sql("select * exclude (known_from, revision, is_deleted) from calendar_days")
            .to_arrow_table()
            .to_pylist()
        )
    row.load(
        CALENDAR_DAYS,
        [held[0] | say_later | {"basis_rank": 2}],
        known_from=KNOWN_FROM,
        run_id="later",
    )
    assert Warehouse(home).calendar.on(EVE).basis == "state_council"
    release(home, "calendar")
    assert Warehouse(home).calendar.on(EVE).is_trading


def test_a_persons_line_is_over_every_notice_and_below_what_was_traded(home: Path) -> None:
    say(home, EVE, "holidays_json", is_trading=False)
    (home / FILE_NAME).write_text(LINE.format(what="open", day=EVE), encoding="utf-8")
    assert Warehouse(home).calendar.on(EVE).is_trading
    (home / FILE_NAME).write_text(LINE.format(what="closed", day=AFTER), encoding="utf-8")
    assert not Warehouse(home).calendar.on(AFTER).is_trading
    Warehouse(home).load(SEEE_BULLETINS, [bulletin(AFTER)], known_from=KNOWN_FROM, run_id="r")
    assert not Warehouse(home).calendar.on(AFTER).is_trading, "not released yet"
    release(home, "seee")
    assert Warehouse(home).calendar.on(AFTER).basis == "traded"


def test_a_file_that_is_wrong_is_told_and_a_table_that_is_damaged_left_out(home: Path) -> None:
    say(home, EVE, "exchange", is_trading=False)
    for file in (home / "tables" / "calendar_days").rglob("*.parquet"):
        file.write_bytes(b"torn")
    damaged = Warehouse(home).calendar
    assert damaged.trouble
    assert damaged.on(EVE).is_derived
    assert damaged.last_due(LAUNCH, date(2026, 11, 30)) == date(2026, 11, 30)
    (home / FILE_NAME).write_text("- market: cea\n", encoding="utf-8")
    with pytest.raises(WrongCalendarFile, match=r"calendar\.yml, stanza 1, line 1: missing"):
        _ = Warehouse(home).calendar
