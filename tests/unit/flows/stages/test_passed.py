"""What passed is asked again as soon as anything of what it was asked of is another."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from flows.core.sources import pipeline
from flows.stages.checks.passed import FILE, Passed
from flows.stages.checks.source_checks import findings_of, tables_of
from flows.stages.checks.window import Answered, CheckWindow
from schemas.sources.seee.tables import SEEE_BULLETINS
from schemas.trading import shipped
from tests.support.rows import KNOWN_FROM, bulletins
from transforms.checks import Check
from warehouse.store.home import open_home
from warehouse.store.store import Warehouse

DAYS = list(shipped().trading_days(date(2025, 3, 3), date(2025, 3, 14)))
CHECKS = pipeline("seee").checks
WINDOW = CheckWindow(DAYS[0], DAYS[-1], shipped())
LATER = KNOWN_FROM + timedelta(days=1)


class Store:
    """A store of some bulletins; what it was asked for last, and what it answered."""

    def __init__(self, home: Path) -> None:
        self.warehouse = Warehouse(open_home(home, "live").path)
        self.rows = bulletins(DAYS)
        self.rows[-1]["cumulative_volume_t"] += 1
        self.warehouse.load(SEEE_BULLETINS, self.rows, known_from=KNOWN_FROM, run_id="day")
        self.asked: list[str] = []
        self.whole = self.answers()

    def answers(self, window: CheckWindow = WINDOW, checks: Sequence[Check] = CHECKS) -> list[str]:
        """Each check and what it found, as texts, as the run sees it."""
        answered = Passed(self.warehouse, "seee release").or_asked(
            checks, window, lambda some: self._ask(some, window)
        )
        return [f"{check.name}: {[one.scope for one in found]}" for check, found in answered]

    def _ask(self, checks: Sequence[Check], window: CheckWindow) -> list[Answered]:
        self.asked = [check.name for check in checks]
        with self.warehouse.connect(*tables_of(CHECKS)) as connection:
            return list(findings_of(connection, {SEEE_BULLETINS.name}, checks, window))


@pytest.fixture
def store(tmp_path: Path) -> Store:
    store = Store(tmp_path / "home")
    assert store.asked == [check.name for check in CHECKS]
    return store


def of_bulletins() -> set[str]:
    """The checks that have an answer in this store."""
    return {c.name for c in CHECKS if {*c.tables} <= {SEEE_BULLETINS.name}}


def test_only_what_found_something_is_asked_again_and_the_answers_are_the_same(
    store: Store,
) -> None:
    whole = store.answers()
    assert whole == store.whole
    found = [line for line in whole if not line.endswith(": []")]
    assert len(whole) > 10 > len(found) > 0
    passed = {line.partition(":")[0] for line in whole} - {f.partition(":")[0] for f in found}
    assert passed.isdisjoint(store.asked)


def test_a_new_row_has_its_table_asked_anew(store: Store) -> None:
    rows = bulletins(DAYS)
    rows[-1]["cumulative_volume_t"] += 2
    store.warehouse.load(SEEE_BULLETINS, rows[-1:], known_from=LATER, run_id="next")
    store.answers()
    assert of_bulletins() <= set(store.asked)


def test_a_file_that_something_has_happened_to_is_asked_anew(store: Store) -> None:
    file = Path(store.warehouse.source(SEEE_BULLETINS.name).files[0])
    os.utime(file, (1, 1))
    store.answers()
    assert of_bulletins() <= set(store.asked)


def test_another_window_day_due_or_calendar_is_another_question(store: Store) -> None:
    sql = {c.name: c.sql + "".join(b.sql for b in c.bases) for c in CHECKS}
    mine = of_bulletins()
    store.answers(replace(WINDOW, since=DAYS[1]))
    assert {name for name in mine if "$since" in sql[name]} <= set(store.asked)
    store.answers(replace(WINDOW, since=DAYS[1], due=DAYS[-2]))
    assert {name for name in mine if "$due" in sql[name]} <= set(store.asked)
    day = replace(shipped().on(DAYS[3]), is_trading=False)
    closed = replace(shipped(), announced={**shipped().announced, DAYS[3]: day})
    store.answers(CheckWindow(DAYS[1], DAYS[-2], closed))
    assert {name for name in mine if "trading_calendar" in sql[name]} <= set(store.asked)


def test_another_question_under_the_same_name_is_asked(store: Store) -> None:
    changed = [replace(check, sql=check.sql + " -- again") for check in CHECKS]
    store.answers(checks=changed)
    assert store.asked == [check.name for check in CHECKS]


@pytest.mark.parametrize("content", [b"", b"\xff\x00", b"[1]", b'{"seee release": 1}', b"null"])
def test_a_damaged_file_costs_the_asking_and_is_written_anew(store: Store, content: bytes) -> None:
    file = store.warehouse.root.parent / FILE
    assert isinstance(file, Path)
    file.write_bytes(content)
    assert store.answers() == store.whole
    assert store.asked == [check.name for check in CHECKS]
    store.answers()
    assert len(store.asked) < len(CHECKS)
