"""What the catalog tells: tables, coverage, runs, checks, quarantine, releases, downloads.

All of it comes from the store's own tables and from the published files' descriptor; what
is asked here is asked of one state of the store, in one connection.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from flows.core.query.ask import past_of
from flows.core.query.gates import gates_of
from flows.core.query.prose import figures_sql
from flows.core.query.sql import Snapshot, show_sql
from flows.core.query.time_travel import of_release
from flows.core.settings import Settings
from flows.core.sources import names
from flows.lineage.diff import changes_between, summary
from flows.reports.catalog.coverage import Coverage, dated, night_coverage, table_coverage
from flows.stages.release.release_rows import release_row, table_row
from schemas.core.forms import quoted
from schemas.core.table import Kind, Table
from schemas.ops.prose import PROSE_FIGURES
from schemas.registry import SOURCES, TABLES, VIEWS
from schemas.trading import TradingCalendar
from warehouse.model import TableInfo
from warehouse.publication.publish import shelf_of
from warehouse.publication.withheld import hide_words, without_withheld
from warehouse.store.home import Home, open_home
from warehouse.store.releases import Release
from warehouse.store.store import Warehouse

if TYPE_CHECKING:
    import duckdb

    from warehouse.publication.formats.data_package import Credit
    from warehouse.store.diff import Change

Rows = list[dict[str, Any]]

RUNS, FINDINGS, REFUSALS, RELEASES, CHANGES, PREVIEW = 60, 200, 200, 12, 300, 8
"""Lines of each kind that are shown at most; the store holds all of them."""


@dataclass(frozen=True)
class TableFacts:
    """One table: definition, size, freshness, latest rows, published files."""

    table: Table
    source: str
    credit: Credit | None
    rows: int
    simulated: int
    revisions: int
    newest: date | None
    known_from: datetime | None
    released: Mapping[str, Any] | None
    coverage: Coverage | None
    preview: Rows
    files: tuple[Mapping[str, Any], ...]
    fates: Rows = field(default_factory=list)
    """Of the ledger of prose: printed figures by source, and what became of them."""


@dataclass(frozen=True)
class ChainStep:
    """From one release to the next. `gone` says why the two can't be compared any more."""

    release: Release
    row: Mapping[str, Any]
    tables: Rows
    before: str | None
    changes: Sequence[Change]
    more: int
    told: str
    gone: str = ""


@dataclass(frozen=True)
class Catalog:
    """Everything that the pages say of a home."""

    home: Home
    snapshot: Snapshot
    tables: Sequence[TableFacts]
    nights: Sequence[Coverage]
    runs: Rows
    checks: Rows
    findings: Rows
    quarantine: Rows
    refusals: Rows
    steps: Sequence[ChainStep]
    pointer: Mapping[str, Any] | None

    @property
    def is_sample(self) -> bool:
        """Whether the figures are those of the embedded sample."""
        return self.home.kind == "sample"

    @property
    def current(self) -> ChainStep | None:
        """The release that readers see."""
        return self.steps[0] if self.steps else None


@dataclass(frozen=True)
class _Shown:
    """The tables in the state that is told: views, numbers, and the trading calendar."""

    connection: duckdb.DuckDBPyConnection
    infos: Mapping[str, TableInfo]
    calendar: TradingCalendar


def gather(settings: Settings, snapshot: Snapshot) -> Catalog:
    """All facts about the home of the settings: its tables as the snapshot has them. Raises
    `WrongHome` if there is none."""
    home = open_home(settings.home, None)
    warehouse, shelf = Warehouse(home.path), shelf_of(home)
    pointer = shelf.pointer()
    document = shelf.package(str(pointer["folder"])) if pointer else None
    files = list(document["resources"]) if document else []
    past = past_of(snapshot)
    with warehouse.connect(
        as_of=past["as_of"], versions=without_withheld(past["versions"])
    ) as connection:
        hide_words(connection)
        runs = _rows(connection, "SELECT * FROM ops_runs ORDER BY started_at DESC")
        nights = [night_coverage(source, runs) for source in _sources(runs)]
        steps = list(_steps(warehouse))
        infos = {info.name: info for info in warehouse.tables(**past)}
        store = _Shown(connection, infos, warehouse.calendar)
        return Catalog(
            home,
            snapshot,
            _tables(settings, store, steps[0].release if steps else None, files),
            [context for context in nights if context],
            runs[:RUNS],
            _rows(connection, _CHECKS),
            _rows(connection, _FINDINGS),
            _rows(connection, _REFUSED_BY_RULE),
            _rows(connection, _REFUSALS),
            steps,
            pointer,
        )


_ASKED = "name || CASE WHEN starts_with(name, 'gate_') THEN scope ELSE '' END"
"""What is asked anew as a whole: a check, or a gate of one table (a run may be of one source)."""
_LATEST = (
    f"SELECT * FROM ops_checks SEMI JOIN (SELECT {_ASKED} AS asked, "  # noqa: S608
    "arg_max(run_id, checked_at) AS run_id FROM ops_checks GROUP BY asked) AS last "
    f"ON {_ASKED} = last.asked AND ops_checks.run_id = last.run_id"
)
"""The findings of the last time that each was asked."""
_CHECKS = (
    "SELECT name, max(checked_at) AS checked_at, count(*) FILTER (verdict = 'pass') AS passed, "  # noqa: S608
    "count(*) FILTER (verdict = 'warn') AS warned, count(*) FILTER (verdict = 'fail') AS failed, "
    "CASE WHEN failed > 0 THEN 'fail' WHEN warned > 0 THEN 'warn' ELSE 'pass' END AS verdict "
    f"FROM ({_LATEST}) GROUP BY name ORDER BY failed > 0 DESC, warned > 0 DESC, name"
)
_FINDINGS = (
    "SELECT name, scope, verdict, expected, found, difference, tolerance, evidence, checked_at "  # noqa: S608
    f"FROM ({_LATEST}) WHERE verdict <> 'pass' ORDER BY verdict, name, scope LIMIT {FINDINGS}"
)
_REFUSED_BY_RULE = (
    "SELECT source, table_name, rule, count(*) FILTER (status = 'open') AS open, "
    "count(*) FILTER (status = 'released') AS released, max(refused_at) AS last_refused_at "
    "FROM ops_quarantine GROUP BY ALL ORDER BY open DESC, source, rule"
)
_REFUSALS = (
    "SELECT quarantine_id, source, table_name, rule, column_name, value, detail, url, "  # noqa: S608
    "refused_at FROM ops_quarantine WHERE status = 'open' "
    f"ORDER BY refused_at DESC, quarantine_id LIMIT {REFUSALS}"
)


def _rows(connection: duckdb.DuckDBPyConnection, sql: str) -> Rows:
    found = connection.execute(sql)
    columns = [column[0] for column in found.description or ()]
    return [dict(zip(columns, row, strict=True)) for row in found.fetchall()]


def _sources(runs: Rows) -> list[str]:
    return list(dict.fromkeys([*names(), *(run["source"] for run in runs)]))


def _tables(
    settings: Settings,
    store: _Shown,
    release: Release | None,
    files: Sequence[Mapping[str, Any]],
) -> list[TableFacts]:
    from flows.stages.release.publish import credits_of

    connection, infos, calendar = store.connection, store.infos, store.calendar
    gates, credits_ = gates_of(settings).tables, credits_of()
    owners = {table.name: name for name, tables in SOURCES.items() for table in tables}
    pinned = {each.table_name: table_row(each) for each in release.tables} if release else {}
    until = _until(connection)
    found = []
    for table in (*TABLES.values(), *VIEWS.values()):
        info, source = infos.get(table.name), owners.get(table.name, "ops")
        newest, coverage = None, None
        if info:
            due = until.get(source, date.min)
            coverage = table_coverage(connection, table, gates.get(table.name), due, calendar)
        if info and (column := dated(table)):
            sql = f"SELECT max({quoted(column)}) AS day FROM {quoted(table.name)}"  # noqa: S608
            newest = _rows(connection, sql)[0]["day"]
        found.append(
            TableFacts(
                table,
                source,
                credits_.get(source),
                info.current_rows if info else _derived(connection, table),
                _simulated(connection, table) if info else 0,
                info.rows if info else 0,
                newest,
                info.last_known_from if info else None,
                pinned.get(table.name),
                coverage,
                _preview(connection, table) if info else [],
                tuple(f for f in files if f["name"].removesuffix("_history") == table.name),
                _fates(connection) if table is PROSE_FIGURES else [],
            )
        )
    return found


def _fates(connection: duckdb.DuckDBPyConnection) -> Rows:
    return _rows(connection, figures_sql(None, None, by_word=False, limit=PREVIEW * len(SOURCES)))


def _derived(connection: duckdb.DuckDBPyConnection, table: Table) -> int:
    """The rows of what is stored nowhere; 0 for a table that was never written."""
    if table.name not in VIEWS:
        return 0
    count: int = _rows(connection, f"SELECT count(*) AS n FROM {quoted(table.name)}")[0]["n"]  # noqa: S608
    return count


def _simulated(connection: duckdb.DuckDBPyConnection, table: Table) -> int:
    """The rows whose figures are simulated; none of a log."""
    if table.is_log:
        return 0
    sql = f"SELECT count(*) AS n FROM {quoted(table.name)} WHERE is_simulated"  # noqa: S608
    count: int = _rows(connection, sql)[0]["n"]
    return count


def _until(connection: duckdb.DuckDBPyConnection) -> dict[str, date]:
    """By source the latest day on which it was run: what was due by then should be there."""
    sql = "SELECT source, max(business_day) AS day FROM ops_runs GROUP BY ALL"
    return {row["source"]: row["day"] for row in _rows(connection, sql) if row["day"]}


def _preview(connection: duckdb.DuckDBPyConnection, table: Table) -> Rows:
    """The latest rows, without columns that are empty in all of them."""
    rows = _rows(connection, show_sql(table.name, limit=PREVIEW))
    wanted = [n for n in (rows[0] if rows else ()) if any(row[n] is not None for row in rows)]
    return [{name: row[name] for name in wanted} for row in rows]


def _steps(warehouse: Warehouse) -> Iterator[ChainStep]:
    """The latest releases, the newest first, each against the one before it."""
    from warehouse.errors import UnknownVersion
    from warehouse.store.releases import releases

    made = releases(warehouse)
    for index in range(len(made) - 1, max(-1, len(made) - 1 - RELEASES), -1):
        release, before = made[index], made[index - 1] if index else None
        row = release_row(release, is_current=release is made[-1])
        tables = [table_row(pinned) for pinned in release.tables]
        if before is None:
            yield ChainStep(release, row, tables, None, (), 0, "the first release")
            continue
        old, new = (of_release(warehouse, each.release_id) for each in (before, release))
        try:
            changes = changes_between(warehouse, _moved(before, release), old, new)
        except UnknownVersion as error:
            yield ChainStep(release, row, tables, before.release_id, (), 0, "not kept", str(error))
            continue
        more = max(0, len(changes) - CHANGES)
        yield ChainStep(
            release, row, tables, before.release_id, changes[:CHANGES], more, summary(changes)
        )


def _moved(before: Release, after: Release) -> list[str]:
    """The core tables whose version differs: no others are opened, and none that is withheld."""
    return [
        name
        for name, table in TABLES.items()
        if not table.is_log
        and table.is_republished
        and before.versions.get(name) != after.versions.get(name)
    ]


def is_number(table: Table, column: str) -> bool:
    """Whether a column of a table is shown flush right."""
    text = (Kind.TEXT, Kind.DATE, Kind.INSTANT, Kind.BOOL)
    return any(c.name == column and c.kind not in text for c in table.columns)
