"""Whether published files, Delta tables and the DuckDB file hold the same rows.

Rows are compared as a whole, without their order: by their number, and by the sum and
the exclusive or of a 64-bit hash of each. What the Delta tables hold is worked out here
once more, from the plain definition of a current row, so that a mistake in the views is
found too.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from schemas.core.forms import quoted, text_literal
from schemas.core.table import Column, Table
from warehouse.publication.formats.parquet import PlainFile

if TYPE_CHECKING:
    import duckdb

    from warehouse.publication.formats.workbook import Sheet
    from warehouse.store.releases import Release


FILES = "publication_files"
"""The comparison of a Parquet file with its table."""


@dataclass(frozen=True, slots=True)
class FileComparison:
    """One comparison: `expected` from the Delta tables, `found` in what was published."""

    name: str
    scope: str
    expected: str
    found: str

    @property
    def is_same(self) -> bool:
        return self.expected == self.found


def check_files(
    connection: duckdb.DuckDBPyConnection,
    files: Sequence[PlainFile],
    folder: Path,
    release: Release,
) -> list[FileComparison]:
    """Compare written Parquet with the Delta tables that `connection` sees.

    The number of current rows is held against the release's own count as well.
    """
    from warehouse.engine.sql.views import memory

    counts = {row.table_name: row.row_count for row in release.tables}
    findings = []
    with memory() as plain:
        for file in files:
            if file.carried:
                continue  # not of these tables: its digest was looked at
            source = _source_sql(file)
            found = _sum(plain, _parquet_sql(folder, file), file.columns)
            expected = _sum(connection, source, file.columns)
            findings.append(FileComparison(FILES, file.name, expected, found))
            if not file.is_history and file.table.name in counts:
                told = f"{counts[file.table.name]} rows"
                rows = f"{found.split(' ')[0]} rows"
                findings.append(FileComparison("publication_row_count", file.name, told, rows))
    return findings


def check_duckdb(path: Path, files: Sequence[PlainFile], folder: Path) -> list[FileComparison]:
    """Compare the tables and views of a DuckDB file with the published Parquet."""
    from warehouse.engine.sql.views import memory
    from warehouse.publication.formats.duckdb_file import open_duckdb

    with memory() as plain, open_duckdb(path) as mart:
        return [
            FileComparison(
                "publication_duckdb",
                file.name,
                _sum(plain, _parquet_sql(folder, file), file.columns),
                _sum(mart, f"SELECT * FROM {quoted(file.name)}", file.columns),  # noqa: S608
            )
            for file in files
        ]


def _source_sql(file: PlainFile) -> str:
    table = file.table
    if file.is_history:
        return f"SELECT * FROM {quoted(f'{table.name}__history')}"  # noqa: S608
    return current_sql(table)


def current_sql(table: Table) -> str:
    """Current rows by definition: of each key the highest revision, unless it is deleted."""
    if table.is_log:
        return f"SELECT * FROM {quoted(table.name)}"  # noqa: S608
    key = ", ".join(quoted(name) for name in table.key)
    return (
        f"SELECT * FROM (SELECT * FROM {quoted(f'{table.name}__history')} "  # noqa: S608
        f"QUALIFY row_number() OVER (PARTITION BY {key} ORDER BY revision DESC) = 1) "
        "WHERE NOT is_deleted"
    )


def sums_of(
    files: Sequence[PlainFile], folder: Path, findings: Sequence[FileComparison]
) -> dict[str, str]:
    """The sum of the rows of each written file: what `check_files` found, or of those that it
    left out the same."""
    from warehouse.engine.sql.views import memory

    found = {f.scope: f.found for f in findings if f.name == FILES}
    with memory() as plain:
        for file in files:
            if file.name not in found:
                found[file.name] = _sum(plain, _parquet_sql(folder, file), file.columns)
    return found


def check_csvs(
    folder: Path, files: Sequence[PlainFile], sums: Mapping[str, str]
) -> list[FileComparison]:
    """Compare written CSV, each file with the sum of the rows that it was written from."""
    from warehouse.engine.sql.views import memory
    from warehouse.publication.formats.csv_file import ENDING, csv_sql, unpacked

    findings = []
    with memory() as plain:
        for file in files:
            with unpacked(folder / f"{file.name}{ENDING}", folder) as text:
                found = _sum(plain, csv_sql(text, file.columns), file.columns)
            findings.append(FileComparison("publication_csv", file.name, sums[file.name], found))
    return findings


def check_workbook(path: Path, sheets: Mapping[str, Sheet]) -> list[FileComparison]:
    """Compare the sheets of a workbook, cell by cell, with the rows that they were written from."""
    from warehouse.publication.formats.workbook import read_sheets

    if not sheets:
        return []
    found = dict(read_sheets(path))
    findings = []
    for name, (heads, rows) in sheets.items():
        wanted = _sheet_sum([heads, *(tuple(row.values()) for row in rows)])
        seen = _sheet_sum(found.get(name, []))
        findings.append(FileComparison("publication_workbook", name, wanted, seen))
    return findings


def _sheet_sum(rows: Sequence[Sequence[object]]) -> str:
    """`ROWS rows, HASH` of a sheet's cells, the heads counted as none."""
    from warehouse.publication.formats.workbook import seen

    told = hashlib.sha256()
    for row in rows:
        told.update(repr([str(seen(cell)) for cell in row]).encode())
    return f"{max(0, len(rows) - 1)} rows, {told.hexdigest()[:32]}"


def _parquet_sql(folder: Path, file: PlainFile) -> str:
    path = text_literal(str(folder / f"{file.name}.parquet"))
    return f"SELECT * FROM read_parquet({path})"  # noqa: S608


def _sum(connection: duckdb.DuckDBPyConnection, sql: str, columns: Sequence[Column]) -> str:
    """`ROWS rows, HASH`: equal for equal rows in any order, whatever the file."""
    names = ", ".join(quoted(column.name) for column in columns)
    ((count, total, mixed),) = connection.execute(
        f"SELECT count(*), coalesce(sum(hash({names})), 0)::VARCHAR, "  # noqa: S608
        f"coalesce(bit_xor(hash({names})), 0) FROM ({sql})"
    ).fetchall()
    return f"{count} rows, {int(total) % 2**64:016x}{mixed:016x}"
