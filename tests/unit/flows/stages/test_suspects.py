"""Every hard check of every source names the rows that can be at fault: none holds a source whole.

Marts have checks of their own, which name nothing: a mart follows from rows, and waits by itself.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from flows.core.sources import names, pipeline
from flows.stages.checks.source_checks import UNASKED, findings_of, tables_of
from flows.stages.checks.window import CheckWindow
from schemas.trading import LAUNCH, shipped
from warehouse.store.store import Warehouse

WINDOW = CheckWindow(LAUNCH, date(2021, 12, 31), shipped())


@pytest.mark.parametrize("name", names())
def test_a_hard_check_yields_suspects_and_can_be_asked_of_nothing(
    name: str, tmp_path: Path
) -> None:
    checks = pipeline(name).checks
    tables = tables_of(checks)
    with Warehouse(tmp_path / "home").connect(*tables) as connection:
        answered = list(findings_of(connection, tables, checks, WINDOW))
        told = [one for check, found in answered for one in found if one.scope == UNASKED]
        assert told == []
        assert [check.name for check, _ in answered] == [check.name for check in checks]
        for check in (each for each in checks if each.is_hard):
            bounds = {"since": WINDOW.since, "due": WINDOW.due}
            used = {name: day for name, day in bounds.items() if f"${name}" in check.sql}
            columns = connection.execute(f"describe {check.sql}", used).fetchall()
            assert [column[0] for column in columns][5:] == ["suspects"], check.name
            assert columns[5][1] == "VARCHAR[]", check.name


def test_the_checks_of_a_source_have_names_of_their_own() -> None:
    every = [check.name for name in names() for check in pipeline(name).checks]
    assert len(every) == len(set(every))
