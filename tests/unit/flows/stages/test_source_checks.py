"""Which rows the checks of a night look at."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from flows.core.sources import pipeline
from flows.stages.checks.source_checks import findings_of, tables_of
from flows.stages.checks.window import CheckWindow
from schemas.sources.seee.tables import SEEE_BULLETINS
from schemas.trading import shipped
from tests.support.rows import KNOWN_FROM, bulletins
from warehouse.store.home import open_home
from warehouse.store.store import Warehouse


def test_a_row_of_a_day_that_is_not_due_yet_is_checked_and_no_day_after_it_is_missed(
    tmp_path: Path,
) -> None:
    """A bulletin taken before the evening, or of a day that nobody has announced."""
    days = list(shipped().trading_days(date(2025, 3, 3), date(2025, 3, 14)))
    rows = bulletins(days)
    rows[-1]["cumulative_volume_t"] += 1
    store = Warehouse(open_home(tmp_path / "home", "live").path)
    store.load(SEEE_BULLETINS, rows, known_from=KNOWN_FROM, run_id="day")
    checks = pipeline("seee").checks
    window = CheckWindow(days[0], days[-2], shipped())
    with store.connect(*tables_of(checks)) as connection:
        answered = findings_of(connection, {SEEE_BULLETINS.name}, checks, window)
        found = {check.name: [one.scope for one in some] for check, some in answered if some}
    del found["same_as_yesterday"]  # these rows are alike
    assert found == {"cumulative_chain_cumulative_volume": [days[-1]]}
