"""The forms of a `Table`: Arrow schema, Pandera model, data dictionary, DuckDB views.

Nothing heavy is imported until a form is asked for. SQL is put together from the names
of definitions and of files, each quoted; nothing that a person typed gets into it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cache
from typing import TYPE_CHECKING, Any

from schemas.core.table import Column, Kind, Rule, Table

if TYPE_CHECKING:
    import pandas as pd

_DECIMAL = re.compile(r"decimal\((\d+), (\d+)\)")

_SQL_TYPES = {
    Kind.TEXT: "VARCHAR",
    Kind.INT: "BIGINT",
    Kind.DATE: "DATE",
    Kind.INSTANT: "TIMESTAMPTZ",
    Kind.BOOL: "BOOLEAN",
    Kind.SECONDS: "DOUBLE",
}


@cache
def decimal_size(kind: Kind) -> tuple[int, int] | None:
    """Precision and scale of a decimal kind, None for the others."""
    match = _DECIMAL.fullmatch(kind.value)
    return (int(match[1]), int(match[2])) if match else None


def arrow_type(kind: Kind) -> Any:
    """The `pyarrow.DataType` of a kind."""
    import pyarrow as pa

    if size := decimal_size(kind):
        return pa.decimal128(*size)
    return {
        Kind.TEXT: pa.string(),
        Kind.INT: pa.int64(),
        Kind.DATE: pa.date32(),
        Kind.INSTANT: pa.timestamp("us", "UTC"),
        Kind.BOOL: pa.bool_(),
        Kind.SECONDS: pa.float64(),
    }[kind]


def arrow_fields(columns: Iterable[Column]) -> Any:
    """A `pyarrow.Schema` of some columns, in the order given."""
    import pyarrow as pa

    return pa.schema([pa.field(c.name, arrow_type(c.kind), c.nullable) for c in columns])


def arrow_schema(table: Table) -> Any:
    """The `pyarrow.Schema` of all stored columns, and so Delta's and Parquet's."""
    return arrow_fields(table.columns)


@cache
def sql_type(kind: Kind) -> str:
    """DuckDB's name of a kind."""
    size = decimal_size(kind)
    return f"DECIMAL({size[0]}, {size[1]})" if size else _SQL_TYPES[kind]


@cache
def pandera_model(table: Table, *, stated_only: bool = False, with_rules: bool = True) -> Any:
    """A Pandera `DataFrameSchema` for frames with `pd.ArrowDtype` columns.

    `stated_only` leaves out what the store adds (`known_from` ...). `with_rules` adds
    the table's hard rules as frame-level checks named like the rule; soft ones only
    warn and are no part of the model. Nothing is coerced.
    """
    import pandas as pd
    import pandera.pandas as pandera

    columns = table.stated if stated_only else table.columns
    return pandera.DataFrameSchema(
        {
            column.name: pandera.Column(
                pd.ArrowDtype(arrow_type(column.kind)),
                checks=_column_checks(column),
                nullable=column.nullable,
                coerce=False,
                description=column.says,
            )
            for column in columns
        },
        checks=[
            pandera.Check(_holds(rule), name=rule.name, error=rule.name, ignore_na=False)
            for rule in table.rules
            if rule.hard and with_rules
        ],
        strict=True,
        ordered=True,
        name=table.name,
        description=table.says,
    )


def _column_checks(column: Column) -> list[Any]:
    import pandera.pandas as pandera

    checks = []
    if column.one_of:
        checks.append(pandera.Check.isin(list(column.one_of), name="one_of", error="one_of"))
    if column.minimum is not None:
        checks.append(pandera.Check.ge(column.minimum, name="minimum", error="minimum"))
    return checks


def _holds(rule: Rule) -> Callable[[pd.DataFrame], pd.Series[Any]]:
    """The rule with "not applicable" (null) read as kept."""
    return lambda frame: rule.holds(frame).fillna(True).astype(bool)


def dictionary(table: Table) -> str:
    """The table's page of the data dictionary, in Markdown: columns, units, rules."""
    lines = [
        f"## {table.name}",
        "",
        f"{table.says}.",
        "",
        f"Key: {', '.join(f'`{name}`' for name in table.key) or 'none'}.",
        "",
        "| column | type | unit | null | says |",
        "|---|---|---|---|---|",
    ]
    for column in table.columns:
        says = column.says
        if column.one_of:
            says += f" (one of: {', '.join(column.one_of)})"
        if column.minimum is not None:
            says += f" (at least {column.minimum})"
        if column.ahead_days:
            says += f" (at most {column.ahead_days} days after its page was captured)"
        null = "yes" if column.nullable else "no"
        text = says.replace("|", "\\|")
        lines.append(f"| `{column.name}` | {column.kind} | {column.unit} | {null} | {text} |")
    if table.rules:
        lines += ["", "| rule | broken | says |", "|---|---|---|"]
        lines += [
            f"| `{rule.name}` | {'refuses' if rule.hard else 'warns'} | {rule.says} |"
            for rule in table.rules
        ]
    if table.terms:
        lines += ["", f"Terms: {table.terms}."]
    return "\n".join(lines) + "\n"


def quoted(name: str) -> str:
    """A name as an SQL identifier."""
    return '"' + name.replace('"', '""') + '"'


def text_literal(text: str) -> str:
    """A text as an SQL literal."""
    return "'" + text.replace("'", "''") + "'"


def instant_literal(moment: datetime) -> str:
    """An instant as an SQL literal; `ValueError` if it has no zone."""
    if moment.utcoffset() is None:
        raise ValueError(f"{moment!r} has no time zone")
    return f"TIMESTAMPTZ '{moment.astimezone(UTC):%Y-%m-%d %H:%M:%S.%f}+00'"


@dataclass(frozen=True, slots=True)
class StoredRows:
    """Rows of a table as they are stored: in the Parquet `files`, typed as the definition says.

    The files are named one by one, never by a glob: a killed writer leaves torn files in the
    same folder. `is_widened` says that the table got columns since its first file: they are null
    in older rows. Without it, all files must have the columns of the first, and only that one is
    opened to plan a query. `is_whole` says that each file has every column, of its type: DuckDB
    then has half as much to plan. `as_of` leaves out what was learned later. `revised` are those
    of the files that may hold a revision beyond the first; all, where that is not known.
    `held` are rows that are not shown, each by its key's values and its revision, as texts.
    """

    table: Table
    files: Sequence[str] = ()
    is_widened: bool = False
    as_of: datetime | None = None
    revised: Sequence[str] | None = None
    is_whole: bool = False
    held: tuple[tuple[str, ...], ...] = ()

    def later(self) -> StoredRows:
        """What of it may be a revision beyond the first."""
        return self if self.revised is None else replace(self, files=self.revised)


def rows_sql(stored: StoredRows, columns: Iterable[Column] | None = None) -> str:
    """A SELECT of all stored rows. No file at all gives no rows."""
    table, files, as_of = stored.table, stored.files, stored.as_of
    chosen = table.columns if columns is None else tuple(columns)
    names = ", ".join(quoted(c.name) for c in chosen)
    listed = ", ".join(text_literal(file) for file in files)
    conditions = []
    if as_of is not None and table.learned:
        conditions.append(f"{quoted(table.learned)} <= {instant_literal(as_of)}")
    if stored.held:
        conditions.append(f"NOT {_is_held(stored)}")
    past = f" WHERE {' AND '.join(conditions)}" if conditions else ""
    if files and stored.is_whole:
        return f"SELECT {names} FROM read_parquet([{listed}]){past}"  # noqa: S608
    typed = ", ".join(f"NULL::{sql_type(c.kind)} AS {quoted(c.name)}" for c in chosen)
    template = f"SELECT {typed} WHERE false"
    if not files:
        return template
    # The template gives the columns that no file has yet; unused it costs nothing.
    by_name = f"union_by_name = {str(stored.is_widened).lower()}"
    return (
        f"SELECT {names} FROM ({template} UNION ALL BY NAME "  # noqa: S608
        f"SELECT * FROM read_parquet([{listed}], {by_name}){past})"
    )


def held_sql(stored: StoredRows) -> str:
    """A SELECT of the rows that the others' readers do not see; there must be some."""
    return f"SELECT * FROM ({rows_sql(replace(stored, held=()))}) WHERE {_is_held(stored)}"  # noqa: S608


def _is_held(stored: StoredRows) -> str:
    """The condition that a row is one of those that are held back."""
    named = ", ".join(f"CAST({quoted(n)} AS VARCHAR)" for n in (*stored.table.key, "revision"))
    each = ", ".join(f"({', '.join(map(text_literal, row))})" for row in stored.held)
    return f"({named}) IN ({each})"


def view_sql(stored: StoredRows) -> str:
    """A SELECT of the current rows: the latest revision of each key, tombstones left out.

    A log shows every row, or with an `order_by` the last row of each key. A revision learned
    after `as_of` hides nothing.
    """
    table, rows = stored.table, rows_sql(stored)
    if table.is_log:
        if not table.order_by:
            return rows
        order = ", ".join(f"{quoted(name)} DESC NULLS LAST" for name in table.order_by)
        rank = f"row_number() OVER (PARTITION BY {_key_sql(table)} ORDER BY {order})"
        return f"{rows} QUALIFY {rank} = 1"
    same_key = " AND ".join(f"later.{quoted(n)} = held.{quoted(n)}" for n in table.key)
    names = (*table.key, "revision")
    columns = [c for c in table.columns if c.name in names]
    later = rows_sql(stored.later(), columns)
    # Few rows were ever revised: looking for their last one is cheaper than ranking all.
    # A join on equality alone, since DuckDB carries a condition on the key to both sides.
    return (
        f"SELECT held.* FROM ({rows}) AS held LEFT JOIN "  # noqa: S608
        f"(SELECT {_key_sql(table)}, max(revision) AS _last FROM ({later}) "
        f"WHERE revision > 1 GROUP BY ALL) AS later ON {same_key} "
        "WHERE NOT held.is_deleted AND (later._last IS NULL OR later._last = held.revision)"
    )


def history_sql(stored: StoredRows) -> str:
    """A SELECT of all revisions, tombstones too, with `known_to` (null in the latest).

    With `as_of`, as they were then: `known_to` is null where the next was not known yet.
    """
    table, rows = stored.table, rows_sql(stored)
    if table.is_log:
        return rows
    return (
        "SELECT *, lead(known_from) OVER "  # noqa: S608
        f"(PARTITION BY {_key_sql(table)} ORDER BY revision) AS known_to FROM ({rows})"
    )


def _key_sql(table: Table) -> str:
    return ", ".join(quoted(name) for name in table.key)
