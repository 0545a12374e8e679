"""Deriving the marts at the end of a night, so that their past agrees with their inputs' past.

What a mart was known to be at an instant is a function of what its inputs were known to be
then. So it is derived once for each instant at which any input learned something, and its
rows are known from that very instant: `--as-of` shows marts and tables of one moment, and a
replay of the archive comes to the same revisions. Only rows that differ are loaded; a night
that brought nothing derives nothing. Killed anywhere and run again, it comes to the same end.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from flows.core.errors import named_error
from flows.core.sources import declaration
from flows.stages.checks.source_checks import take_calendar
from schemas.core.forms import history_sql, quoted, sql_type, view_sql
from schemas.core.table import Table
from schemas.ops.tables import OPS_MARTS
from schemas.trading import LAUNCH, shipped
from transforms.marts.checks import MARKET
from transforms.marts.model import Mart
from transforms.marts.registry import recipes

if TYPE_CHECKING:
    import duckdb

    from flows.core.context import RunContext
    from warehouse.store.store import Warehouse


@dataclass
class Derived:
    """A mart as a run left it; `inputs` are the versions it follows from."""

    name: str
    inputs: dict[str, int]
    recipe: str
    covered: datetime
    version: int | None = None
    new: int = 0
    revised: int = 0
    retired: int = 0

    @property
    def is_changed(self) -> bool:
        return bool(self.new or self.revised or self.retired)


@dataclass
class _Due:
    mart: Mart
    told: Derived
    instants: list[datetime] = field(default_factory=list)


@dataclass
class Failures:
    """The marts that could not be derived, each with why: by an input that can't be read, or by
    an error of their own. No other mart waits for them."""

    why: dict[str, str] = field(default_factory=dict)

    @contextmanager
    def of(self, name: str) -> Iterator[None]:
        """What goes wrong inside is the mart's, which is left out from then on."""
        try:
            yield
        except Exception as error:  # noqa: BLE001 - whatever an input's files can do
            self.why.setdefault(name, named_error(error))


def derive(
    context: RunContext,
    known: Mapping[str, Derived] | None = None,
    failures: Failures | None = None,
    released: Mapping[str, int] | None = None,
) -> list[Derived]:
    """Derive the marts whose inputs moved, or whose recipe did; gives those.

    `known` are the marts as they were derived last, if they have been asked for; `failures`
    takes those that can't be derived. `released` are the versions of the release to come, of
    which inputs `beside` are read (their newest ones, without it). Raises `WarehouseError`,
    `OSError`.
    """
    warehouse, failures = context.warehouse, failures or Failures()
    before = last_derived(warehouse) if known is None else known
    due: list[_Due] = []
    for mart in recipes():
        with failures.of(mart.table.name):
            if one := _due(context, mart, before.get(mart.table.name), released):
                due.append(one)
    if not due:
        return []
    with _workshop(context, due, failures) as connection:
        for one in due:
            with failures.of(one.mart.table.name):
                held = _take_held(connection, warehouse, one.mart.table)
                _plan(connection, context, one, before.get(one.mart.table.name), held)
        for moment in sorted({at for one in due for at in one.instants}):
            _move_to(connection, moment, failures)
            for one in due:
                name = one.mart.table.name
                if moment in one.instants and name not in failures.why:
                    with failures.of(name):
                        _load(connection, context, one, moment)
    done = [one for one in due if one.mart.table.name not in failures.why]
    _record(context, done)
    return [one.told for one in done]


def last_derived(warehouse: Warehouse) -> dict[str, Derived]:
    """Each mart as it was derived last, by its name."""
    if warehouse.version(OPS_MARTS.name) is None:
        return {}
    with warehouse.connect(OPS_MARTS.name) as connection:
        found = connection.execute(
            "select mart, inputs, recipe, covered, mart_version from ops_marts "
            "qualify row_number() over (partition by mart order by derived_at desc) = 1"
        ).fetchall()
    return {
        name: Derived(name, json.loads(inputs), recipe, covered, version)
        for name, inputs, recipe, covered, version in found
    }


def _due(
    context: RunContext, mart: Mart, last: Derived | None, released: Mapping[str, int] | None
) -> _Due | None:
    versions = {name: context.warehouse.version(name) for name in mart.inputs}
    for name in mart.beside:
        newest = context.warehouse.version if released is None else released.get
        versions[name] = newest(name)
    held = {name: version for name, version in versions.items() if version is not None}
    if not held:
        return None
    version = context.warehouse.version(mart.table.name)
    recipe = _recipe(context, mart)
    is_done = last and (last.inputs, last.recipe, last.version) == (held, recipe, version)
    if is_done:
        return None
    return _Due(mart, Derived(mart.table.name, held, recipe, context.started_at))


def _recipe(context: RunContext, mart: Mart) -> str:
    """The mart's recipe, with what the store's calendar has beyond the one that is shipped: of a
    day that is announced otherwise than it was derived the marts are derived anew."""
    days = context.calendar.days(LAUNCH, _last_day(context))
    other = [f"{d.date}" for d in days if d.is_trading != shipped().is_trading_day(d.date)]
    if not other:
        return mart.recipe
    return f"{mart.recipe} and {sha256(' '.join(other).encode()).hexdigest()[:12]}"


def _workshop(
    context: RunContext, due: Sequence[_Due], failures: Failures
) -> duckdb.DuckDBPyConnection:
    """A database in memory with the history of each input, seen as of a moment that is set.
    A mart of which an input can't be read has failed.

    All marts are there, also those that are not due: later ones read earlier ones.
    """
    from warehouse.engine.sql.views import scratch

    marts = recipes()
    versions: dict[str, int | None] = dict.fromkeys(name for m in marts for name in m.read)
    for one in due:
        versions |= one.told.inputs
    connection = scratch()
    take_calendar(connection, context.calendar.days(LAUNCH, _last_day(context)))
    warehouse = context.warehouse
    for name in versions:
        # No view of it: the input's name is for what it was as of a moment, see `_move_to`.
        try:
            history = history_sql(warehouse.source(name, versions=versions))
            connection.execute(f"create temp table {_all_of(name)} as {history}")
        except Exception as error:  # noqa: BLE001 - whatever a file can do
            why = f"{name} can't be read: {named_error(error)}"
            resting = [mart.table.name for mart in marts if name in mart.inputs]
            failures.why |= dict.fromkeys(resting, why)
            if not resting:  # told by its own source: here it is as if nothing were held
                history = history_sql(warehouse.source(name, versions={name: None}))
                connection.execute(f"create temp table {_all_of(name)} as {history}")
    return connection


def _last_day(context: RunContext) -> date:
    """The end of the year that the market, or this run's own clock, has come to."""
    market = declaration(MARKET, is_sample=context.home.kind == "sample")
    return max(context.today(market), context.started_at.date()).replace(month=12, day=31)


def _all_of(name: str) -> str:
    """All revisions of an input."""
    return quoted(f"{name}__revisions")


def _plan(
    connection: duckdb.DuckDBPyConnection,
    context: RunContext,
    one: _Due,
    last: Derived | None,
    held: datetime | None,
) -> None:
    """The instants to derive the mart for: those not covered, at least the last one.

    `held` is when the store learned the last of the mart's rows: a run that was killed may
    have come further than it could book.

    What a new recipe makes of old rows was not known before now.
    """
    known: set[datetime] = set()
    for name in one.told.inputs:
        found = connection.execute(
            f"select distinct known_from from {_all_of(name)}"  # noqa: S608
        ).fetchall()
        # By a clock that was ahead something may be known since a day to come: it is by now.
        known |= {min(at, context.started_at) for (at,) in found}
    newest = max(known, default=context.started_at)
    covered = max(
        (min(at, context.started_at) for at in (last and last.covered, held) if at),
        default=datetime.min.replace(tzinfo=UTC),
    )
    if last and last.recipe != one.told.recipe:
        newest = max(newest, context.started_at)
        one.instants = [newest]
    else:
        one.instants = sorted(at for at in known if at > covered) or [newest]
    one.told.covered = max(newest, covered)


def _take_held(
    connection: duckdb.DuckDBPyConnection, warehouse: Warehouse, table: Table
) -> datetime | None:
    """`before_NAME`: what the store holds of the mart; gives when it learned the last of it."""
    names = ", ".join(quoted(column.name) for column in table.stated)
    stored = warehouse.source(table.name)
    connection.execute(
        f"create temp table {_before(table)} as select {names} from ({view_sql(stored)})"  # noqa: S608
    )
    ((newest,),) = connection.execute(
        f"select max(known_from) from ({history_sql(stored)})"  # noqa: S608
    ).fetchall()
    return newest.astimezone(UTC) if newest else None


def _move_to(connection: duckdb.DuckDBPyConnection, moment: datetime, failures: Failures) -> None:
    """Derive every mart as of the moment, but for those that have failed.

    Inputs and steps are tables, not views: planning a query through views costs more than
    running it.
    """
    marts = [mart for mart in recipes() if mart.table.name not in failures.why]
    for name in dict.fromkeys(name for mart in marts for name in mart.read):
        connection.execute(
            f"create or replace temp table {quoted(name)} as select * exclude (known_to) "  # noqa: S608
            f"from {_all_of(name)} where known_from <= $at "
            "and (known_to is null or known_to > $at) and not is_deleted",
            {"at": moment},
        )
    for mart in marts:
        # What a mart was at another moment is nothing that the marts after it may read.
        connection.execute(f"drop table if exists {quoted(mart.table.name)}")
        with failures.of(mart.table.name):
            _make(connection, mart)


def _make(connection: duckdb.DuckDBPyConnection, mart: Mart) -> None:
    for name, step in mart.steps.items():
        connection.execute(f"create or replace temp table {quoted(name)} as {step}")
    typed = ", ".join(
        f"cast({quoted(c.name)} as {sql_type(c.kind)}) as {quoted(c.name)}"
        for c in mart.table.stated
    )
    connection.execute(
        f"create temp table {quoted(mart.table.name)} as select {typed} from ({mart.sql})"  # noqa: S608
    )


def _load(
    connection: duckdb.DuckDBPyConnection, context: RunContext, one: _Due, moment: datetime
) -> None:
    """Load what differs from what is held, and retire keys that follow from nothing now."""
    table, told = one.mart.table, one.told
    name, before = quoted(table.name), _before(table)
    own = ", ".join(quoted(column.name) for column in table.stated)
    keys = ", ".join(quoted(column) for column in table.key)
    changed = connection.sql(
        f"select * from {name} semi join "  # noqa: S608
        f"(select {keys} from (select {own} from {name} except select {own} from {before})) "
        f"using ({keys})"
    ).to_arrow_table()
    gone = connection.sql(
        f"select {keys} from {before} except select {keys} from {name}"  # noqa: S608
    ).fetchall()
    if changed.num_rows:
        report = context.warehouse.load(table, changed, known_from=moment, run_id=context.run_id)
        told.new, told.revised = told.new + report.new, told.revised + report.revised
    if gone:
        report = context.warehouse.retire(table, gone, known_from=moment, run_id=context.run_id)
        told.retired += report.revised
    connection.execute(f"create or replace temp table {before} as from {name}")


def _before(table: Table) -> str:
    return quoted(f"before_{table.name}")


def _record(context: RunContext, due: Sequence[_Due]) -> None:
    rows: list[dict[str, Any]] = []
    for one in due:
        told = one.told
        told.version = context.warehouse.version(told.name)
        rows.append(
            {
                "run_id": context.run_id,
                "derived_at": datetime.now(UTC),
                "mart": told.name,
                "mart_version": told.version,
                "inputs": json.dumps(told.inputs, sort_keys=True),
                "recipe": told.recipe,
                "covered": told.covered,
                "new": told.new,
                "revised": told.revised,
                "retired": told.retired,
            }
        )
    context.warehouse.append_log(OPS_MARTS, rows, run_id=context.run_id)
