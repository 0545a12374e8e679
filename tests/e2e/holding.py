"""What a home holds after runs that were killed or ran side by side, to be compared."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from extractors.archive.archive import Archive
from schemas.sources.seee.tables import SEEE_BULLETINS, SEEE_METHOD_TOTALS, SEEE_QUOTES
from transforms.seee.checks import CHECKS
from warehouse.store.store import Warehouse

CORE = (SEEE_BULLETINS, SEEE_QUOTES, SEEE_METHOD_TOTALS)
CORE_NAMES = {table.name for table in CORE}
PER_RUN = {"known_from", "retrieved_at"}


@dataclass(frozen=True)
class Held:
    """What a home holds, without ids of runs and the times at which things were learned."""

    statements: dict[str, set[tuple[Any, ...]]]
    twice: list[tuple[Any, ...]]
    books: dict[str, list[tuple[Any, ...]]]


def held(home: Path) -> Held:
    """Every statement of the core tables, keys and revisions held twice, and the books."""
    with Warehouse(home).connect() as store:
        statements: dict[str, set[tuple[Any, ...]]] = {}
        twice: list[tuple[Any, ...]] = []
        for table in CORE:
            columns = ", ".join(f'"{c.name}"' for c in table.columns if c.name not in PER_RUN)
            rows = store.execute(f"select {columns} from {table.name}__history").fetchall()
            statements[table.name] = set(rows)
            key = ", ".join(table.key)
            for view, by in ((table.name, key), (f"{table.name}__history", f"{key}, revision")):
                twice += store.execute(
                    f"select {by} from {view} group by {by} having count(*) > 1"
                ).fetchall()
        books = {name: store.execute(sql).fetchall() for name, sql in BOOKS.items()}
    return Held(statements, twice, books)


def all_revisions(home: Path) -> dict[str, list[tuple[Any, ...]]]:
    """All revisions of all core tables, with when they were known."""
    with Warehouse(home).connect() as store:
        return {
            name: store.execute(f"select * from {name}__history order by all").fetchall()
            for name in CORE_NAMES
        }


BOOKS = {
    "quarantine": "select table_name, rule, value, url, status from ops_quarantine order by all",
    # `unchanged` is the outcome of a run whose forerunner was killed after its last load.
    "complete": "select distinct source, business_day from ops_runs "
    "where outcome in ('changed', 'unchanged')",
    "findings": "select name, scope, expected, found, verdict from ops_checks where run_id = "
    "(select run_id from ops_runs order by started_at desc limit 1) "
    f"and name in ({', '.join(repr(check.name) for check in CHECKS)}) order by all",
    "good pages": "select distinct kind, url, payload_sha256 from ops_fetches "
    "where verdict = 'good' order by all",
    "fetches booked twice": "select fetch_id from ops_fetches group by all having count(*) > 1",
}


def assert_as_undisturbed(home: Path, witness: Held) -> None:
    assert held(home) == witness
    counts = {info.name: info.current_rows for info in Warehouse(home).tables()}
    assert {name: counts[name] for name in CORE_NAMES} == {
        name: len(rows) for name, rows in witness.statements.items()
    }
    archive = Archive(home / "archive")
    assert archive.verify() == []
    with Warehouse(home).connect() as store:
        booked = {i for (i,) in store.execute("select fetch_id from ops_fetches").fetchall()}
    assert booked == {entry.fetch_id for entry in archive.entries()}
