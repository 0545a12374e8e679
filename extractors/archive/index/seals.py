"""Each row of the index carries a digest of what it says: SQLite finds a flipped bit only where it
breaks the file's structure.

What of the file is neither row nor structure is free room, which nobody reads.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping
from hashlib import blake2b

SEAL = "seal"
BYTES = 8
"""Of a digest: it stands against decay, not against people."""
BLOCK = 256
"""Rows, by their number in the table, that are looked at together."""


def seal(*values: object) -> str:
    """The digest (hex) of a row's values, in the order of their columns."""
    said = "\x1f".join(map(str, values)).encode("utf-8", "surrogatepass")
    return blake2b(said, digest_size=BYTES).hexdigest()


class Seals:
    """The seals of an index whose tables have these columns, in this order, and the seal last."""

    def __init__(self, columns: Mapping[str, tuple[str, ...]]) -> None:
        self._columns = columns

    def add(self, db: sqlite3.Connection) -> None:
        """Give an index made before there were seals the column, and its rows their seals as they
        are now, all or nothing of it."""
        db.create_function("sealed", -1, seal, deterministic=True)
        if self._is_sealed(db):
            return
        db.execute("BEGIN IMMEDIATE")
        if not self._is_sealed(db):  # another process may have been faster
            for table in self._columns:
                db.execute(f"ALTER TABLE {table} ADD COLUMN {SEAL} TEXT")
                db.execute(f"UPDATE {table} SET {SEAL} = {self.of(table)}")  # noqa: S608 - ours
        db.execute("COMMIT")

    @staticmethod
    def _is_sealed(db: sqlite3.Connection) -> bool:
        return SEAL in {row[1] for row in db.execute("PRAGMA table_info(reads)")}

    def values(self, table: str) -> str:
        """The place holders of a whole row."""
        marks = ", ".join("?" * len(self._columns[table]))
        return f"({marks}, ?)"

    def of(self, table: str, prefix: str = "", **other: str) -> str:
        """SQL of the seal of a table's row, with `other` expressions for some columns."""
        named = (other.get(name, f'{prefix}"{name}"') for name in self._columns[table])
        return f"sealed({', '.join(named)})"

    def again(self, table: str, **other: str) -> str:
        """SQL of the seal of a row of which some columns change; a row that does not say what its
        seal does keeps that, so that it is still told."""
        return (
            f"CASE WHEN {table}.{SEAL} = {self.of(table, f'{table}.')} "
            f"THEN {self.of(table, f'{table}.', **other)} ELSE {table}.{SEAL} END"
        )

    def broken(self, db: sqlite3.Connection, part: tuple[int, int] | None) -> Iterator[str]:
        """The rows that do not say what was written; of a `part` (which, of how many) of the
        fetches and files alone, and what is noted of those, where one is named."""
        for table, columns in self._columns.items():
            names = ", ".join(f'"{name}"' for name in columns)
            for where in _of_part(db, table, part) if part else ("TRUE",):
                rows = f"SELECT {SEAL}, {names} FROM {table} WHERE {where}"  # noqa: S608 - ours
                for sealed, *values in db.execute(rows):
                    if seal(*values) != sealed:
                        yield f"a row of {table} is not what was written: {values[0]}"

    def forget_broken(self, db: sqlite3.Connection, table: str) -> None:
        """Remove the rows of a table that do not say what was written."""
        db.execute(f"DELETE FROM {table} WHERE {SEAL} IS NOT {self.of(table)}")  # noqa: S608


def _of_part(db: sqlite3.Connection, table: str, part: tuple[int, int]) -> Iterator[str]:
    """Conditions that take one block of rows each."""
    if table == "reads":
        for where in _of_part(db, "fetches", part):
            yield f"fetch_id IN (SELECT fetch_id FROM fetches WHERE {where})"  # noqa: S608 - numbers
        for where in _of_part(db, "files", part):
            yield f"fetch_id IN (SELECT 'run:' || run_id FROM files WHERE {where})"  # noqa: S608
        return
    (newest,) = db.execute(f"SELECT max(rowid) FROM {table}").fetchone()  # noqa: S608 - ours
    for block in range(part[0], (newest or 0) // BLOCK + 1, part[1]):
        yield f"rowid BETWEEN {block * BLOCK} AND {(block + 1) * BLOCK - 1}"
