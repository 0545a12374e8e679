"""A source as it stands at the moment of a look, with all that its checks ask of the store.

The store, opened once for all that a look asks of it.

What `carbonmart check` finds: one finding per thing it looked at.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING, Any

from flows.core.context import RunContext
from flows.core.sources import Pipeline
from flows.stages.checks.passed import Passed
from flows.stages.checks.source_checks import findings_of
from flows.stages.checks.window import Answered, CheckWindow
from schemas.contracts.gate_files import Declaration
from schemas.contracts.gates import Verdict
from transforms.checks import Check
from warehouse.errors import WarehouseError
from warehouse.store.releases import Release
from warehouse.store.store import TableInfo, Warehouse

if TYPE_CHECKING:
    import duckdb


@dataclass(frozen=True)
class SourceStatus:
    """A source at the moment of a look, with the gates and releases that it is held against."""

    context: RunContext
    pipeline: Pipeline
    declared: Declaration
    made: Sequence[Release]
    store: OpenStore

    @cached_property
    def answered(self) -> list[Answered]:
        """Every check of the source over all that is held, up to what is due."""
        if self.due is None:
            return []
        window = CheckWindow(self.pipeline.source.first_day, self.due, self.context.calendar)
        store, checks = self.store, self.pipeline.checks

        def ask(some: Iterable[Check]) -> Iterable[Answered]:
            return findings_of(store.connection, store.tables, some, window)

        if not store.remembers:
            return list(ask(checks))
        return Passed(store.warehouse, f"{self.name} watch").or_asked(checks, window, ask)

    @property
    def name(self) -> str:
        return self.pipeline.source.name

    @property
    def due(self) -> date | None:
        """The latest trading day whose figures should be there."""
        return self.context.due_day(self.pipeline.source)

    def require_tables(self) -> None:
        """Raise `WarehouseError` where a table of the source can't be read."""
        for table in self.pipeline.tables:
            if why := self.store.unreadable.get(table.name):
                raise WarehouseError(f"{table.name} can't be read: {why}")

    @cached_property
    def asked_for(self) -> list[tuple[date, date]] | None:
        """The spans of days that backfills have asked for, in a store that no night of the
        source has read yet; None where one has: then all days are due."""
        nights = self.store.first(
            "select count(*) from ops_runs where source = ? and job = 'refresh'", self.name
        )
        if nights and nights[0]:
            return None
        return [
            (first, last)
            for first, last in self.store.rows(
                "select distinct first_day, last_day from ops_partitions "
                "where source = ? and first_day is not null",
                self.name,
            )
        ]

    def known(self, check: str) -> Mapping[str, str]:
        """The failures of a check that somebody has accepted, by scope."""
        return self.declared.known_failures.get(check, {})


@dataclass(frozen=True)
class OpenStore:
    """The store as it was when it was first asked. Raises `WarehouseError`, each time anew.

    One that `remembers` is not asked again what passed on the same rows.
    """

    warehouse: Warehouse
    remembers: bool = False

    @cached_property
    def _opened(self) -> tuple[duckdb.DuckDBPyConnection, dict[str, str]]:
        return self.warehouse.connect_readable()

    @property
    def connection(self) -> duckdb.DuckDBPyConnection:
        """Views of all tables that can be read; one that was never written is empty."""
        return self._opened[0]

    @property
    def unreadable(self) -> dict[str, str]:
        """The tables that can't be read, with why."""
        return self._opened[1]

    @cached_property
    def tables(self) -> dict[str, TableInfo]:
        """The tables that were ever written and can be read, by name."""
        found = self.warehouse.tables(without=self.unreadable)
        return {info.name: info for info in found}

    def rows(self, sql: str, *values: Any) -> list[tuple[Any, ...]]:
        """The rows of an answer."""
        return self.connection.execute(sql, list(values)).fetchall()

    def first(self, sql: str, *values: Any) -> tuple[Any, ...] | None:
        """The first row of an answer, None if there is none."""
        found = self.rows(sql, *values)
        return found[0] if found else None

    def close(self) -> None:
        """Let go of the files."""
        if "_opened" in vars(self):
            self.connection.close()


STORE = "store"
"""Stands in place of a source where the store itself is meant."""


@dataclass(frozen=True, slots=True)
class Finding:
    """What a check says of a source. A `fail` opens an incident, a `warn` is only shown.

    `scope` says what of the source: a table, a day, a rule, an outcome. With check and
    source it is the identity of an incident, so it holds nothing that changes from one
    look to the next.
    """

    check: str
    source: str
    scope: str
    verdict: Verdict
    told: str
    next_step: str = ""
    is_listing: bool = False
    """Whether `told` lists what it is about: an incident then goes on with what is told now."""

    @property
    def key(self) -> tuple[str, str, str]:
        return self.check, self.source, self.scope


def summed(check: str, source: str, found: Iterable[Finding], fine: str) -> list[Finding]:
    """The findings, or where there is none, that all is well."""
    return list(found) or [Finding(check, source, "", "pass", fine)]
