"""The tables of the archive's index, and its rows as objects."""

from __future__ import annotations

import sqlite3
import sys
import time
from contextlib import closing
from dataclasses import fields
from datetime import datetime
from operator import attrgetter
from pathlib import Path

from extractors.archive.index.seals import SEAL, Seals, seal
from extractors.warc.exchange import Entry, WarcFile
from extractors.warc.records import warc_date

WARC_GLOB = "*/*/*.warc.gz"
COMPLETE = 1
SWITCH_PAUSES_S = (0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0)

_COLUMNS = tuple(f.name for f in fields(Entry))
_VALUES = attrgetter(*_COLUMNS)
_INSTANTS = tuple(_COLUMNS.index(name) for name in ("retrieved_at", "first_seen_at"))
# Values that many fetches share: tens of thousands of entries are held at a time.
_REPEATED = tuple(
    _COLUMNS.index(name) for name in ("key", "url", "source", "kind", "run_id", "verdict", "warc")
)
# No value ever enters these texts: column names are Entry's own, values are bound.
SELECT = "SELECT " + ", ".join(f'f."{name}"' for name in _COLUMNS) + " FROM fetches f"  # noqa: S608

_FILE_COLUMNS = tuple(f.name for f in fields(WarcFile))
SEALS = Seals(
    {"fetches": _COLUMNS, "files": _FILE_COLUMNS, "reads": ("fetch_id", "parser_version")}
)
INSERT = f"INSERT INTO fetches VALUES {SEALS.values('fetches')} ON CONFLICT"  # noqa: S608
INSERT_FILE = f"INSERT OR REPLACE INTO files VALUES {SEALS.values('files')}"  # noqa: S608
INSERT_READ = f"INSERT OR IGNORE INTO reads VALUES {SEALS.values('reads')}"  # noqa: S608
REPLACE = ", ".join(f'"{name}" = excluded."{name}"' for name in (*_COLUMNS, SEAL))
JUDGE = (
    f"UPDATE fetches SET verdict = ?1, {SEAL} = {SEALS.again('fetches', verdict='?1')} "  # noqa: S608
    "WHERE fetch_id = ?2"
)

_NAMES = ", ".join(f'"{name}"' for name in (*_COLUMNS, SEAL))
_FILE_NAMES = ", ".join((*_FILE_COLUMNS, SEAL))
JOIN = (
    f"UPDATE fetches SET verdict = o.verdict, "  # noqa: S608 - our own names
    f"{SEAL} = {SEALS.again('fetches', verdict='o.verdict')} FROM other.fetches o "
    "WHERE o.fetch_id = fetches.fetch_id AND o.verdict <> '' AND o.verdict <> fetches.verdict",
    f"INSERT OR IGNORE INTO fetches ({_NAMES}) "  # noqa: S608
    f"SELECT {_NAMES} FROM other.fetches ORDER BY rowid",
    f"INSERT OR REPLACE INTO files ({_FILE_NAMES}) "  # noqa: S608
    f"SELECT {_FILE_NAMES} FROM other.files",
    f"INSERT OR IGNORE INTO reads SELECT fetch_id, parser_version, {SEAL} FROM other.reads",  # noqa: S608
)
"""Takes an attached index `other` into this one."""

# synchronous=FULL: a commit that was reported survives a power cut. With one commit
# per batch of records this costs next to nothing.
_SCHEMA = """
CREATE TABLE IF NOT EXISTS fetches (
  fetch_id TEXT PRIMARY KEY, key TEXT NOT NULL, url TEXT NOT NULL, request_body TEXT,
  source TEXT NOT NULL, kind TEXT NOT NULL, run_id TEXT NOT NULL,
  retrieved_at TEXT NOT NULL, first_seen_at TEXT NOT NULL, status INTEGER NOT NULL,
  verdict TEXT NOT NULL, payload_sha256 TEXT NOT NULL, warc TEXT NOT NULL,
  "offset" INTEGER NOT NULL, length INTEGER NOT NULL, etag TEXT NOT NULL,
  last_modified TEXT NOT NULL, refers_to TEXT NOT NULL, truncated TEXT NOT NULL,
  seal TEXT);
CREATE UNIQUE INDEX IF NOT EXISTS fetches_by_place ON fetches (warc, "offset");
CREATE INDEX IF NOT EXISTS fetches_by_key ON fetches (key, retrieved_at);
CREATE INDEX IF NOT EXISTS fetches_by_source ON fetches (source, retrieved_at);
CREATE TABLE IF NOT EXISTS files (
  warc TEXT PRIMARY KEY, source TEXT NOT NULL, run_id TEXT NOT NULL,
  started_at TEXT NOT NULL, state TEXT NOT NULL, size INTEGER NOT NULL,
  fetches INTEGER NOT NULL, business_day TEXT NOT NULL DEFAULT '',
  seal TEXT);
CREATE INDEX IF NOT EXISTS files_by_state ON files (state);
CREATE TABLE IF NOT EXISTS reads (
  fetch_id TEXT NOT NULL, parser_version TEXT NOT NULL, seal TEXT,
  PRIMARY KEY (fetch_id, parser_version)) WITHOUT ROWID;
"""
_TO_READ = (
    "CREATE INDEX IF NOT EXISTS fetches_to_read ON fetches (source, kind, fetch_id) "
    "WHERE verdict = 'good' AND refers_to = ''"
)
"""What no reader has read is asked each night, of all that was ever fetched."""


def row_of(entry: Entry) -> list[object]:
    """A fetch as the values of its row, sealed."""
    row = list(_VALUES(entry))
    for at in _INSTANTS:
        row[at] = warc_date(row[at])
    return [*row, seal(*row)]


def row_of_file(file: WarcFile) -> list[object]:
    """A file as the values of its row, sealed."""
    row = [file.warc, file.source, file.run_id, warc_date(file.started_at)]
    rest = [file.state, file.size, file.fetches, file.business_day]
    return [*row, *rest, seal(*row, *rest)]


def entry_of_row(row: tuple[object, ...]) -> Entry:
    values = list(row)
    for at in _INSTANTS:
        values[at] = datetime.fromisoformat(str(values[at]))
    for at in _REPEATED:
        values[at] = sys.intern(str(values[at]))
    return Entry(*values)  # type: ignore[arg-type]  # the columns are Entry's own fields


def file_of_row(row: tuple[str, str, str, str, str, int, int, str]) -> WarcFile:
    warc, source, run_id, started_at, state, size, fetches, business_day = row
    began = datetime.fromisoformat(started_at)
    return WarcFile(warc, source, run_id, began, state, size, fetches, business_day)


def prepare(db: sqlite3.Connection, root: Path) -> None:
    """Make a new index. It is complete unless there are WARC files that it doesn't know."""
    db.execute("PRAGMA synchronous = FULL")
    _switch_to_wal(db)
    known = "SELECT 1 FROM sqlite_master WHERE name = 'reads'"
    if db.execute(known).fetchone() is not None:
        _add_business_day(db)
        db.execute(_TO_READ)
        SEALS.add(db)
        return
    db.execute("BEGIN IMMEDIATE")
    if db.execute(known).fetchone() is None:  # another process may have been faster
        for statement in (*_SCHEMA.split(";"), _TO_READ):
            db.execute(statement)
        SEALS.add(db)
        if not any(root.glob(WARC_GLOB)):
            db.execute(f"PRAGMA user_version = {COMPLETE}")
    db.execute("COMMIT")


def require_format(path: Path) -> None:
    """Raise `sqlite3.DatabaseError` where the file names a format that SQLite has not: it would
    take that for a lock that never ends. Raises `OSError`."""
    with path.open("rb") as file:
        versions = file.read(20)[18:]
    if versions not in (b"", b"\1\1", b"\2\2"):
        raise sqlite3.DatabaseError("file is not a database: its format is none of SQLite's")


def wrong_schema(db: sqlite3.Connection) -> list[str]:
    """Tables and look-up tables that are not those of an index."""
    with closing(sqlite3.connect(":memory:")) as model:
        for statement in (*_SCHEMA.split(";"), _TO_READ):
            model.execute(statement)
        found, wanted = _described(db), _described(model)
    odd = sorted(name for name in {*found, *wanted} if found.get(name) != wanted.get(name))
    return [f"{name} is not as it was made" for name in odd]


def _described(db: sqlite3.Connection) -> dict[str, list[tuple[object, ...]]]:
    """Columns by table, the columns that each look-up table sorts by."""
    named = db.execute("SELECT name, type, tbl_name FROM sqlite_master").fetchall()
    # By name: a column that came later stands at the end.
    return {
        f"{kind} {name} of {of}": sorted(
            row[1:]
            for row in db.execute(
                f"PRAGMA {'table_info' if kind == 'table' else 'index_info'}({name!r})"
            )
        )
        for name, kind, of in named
    }


def _add_business_day(db: sqlite3.Connection) -> None:
    """An index made before files had a business day gets the column, empty."""
    if "business_day" in {row[1] for row in db.execute("PRAGMA table_info(files)")}:
        return
    try:
        db.execute("ALTER TABLE files ADD COLUMN business_day TEXT NOT NULL DEFAULT ''")
    except sqlite3.OperationalError as error:
        if "duplicate column" not in str(error):  # another process may have been faster
            raise


def _switch_to_wal(db: sqlite3.Connection) -> None:
    """Once in a file's life. Of several that try, all but one are told at once that it is busy."""
    for pause in SWITCH_PAUSES_S:
        try:
            db.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_BUSY:
                raise
            time.sleep(pause)
        else:
            return
    db.execute("PRAGMA journal_mode = WAL")
