"""The archive's index: a SQLite file with one row per fetch.

It can be rebuilt from the WARC files, except for the notes of what was read
(`reads`): without them pages are read again, which changes no table.
"""

from __future__ import annotations

import json
import os
import sqlite3
import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from itertools import islice
from pathlib import Path

from extractors.archive.index.schema import (
    COMPLETE,
    INSERT,
    INSERT_FILE,
    INSERT_READ,
    JOIN,
    JUDGE,
    REPLACE,
    SEALS,
    SELECT,
    entry_of_row,
    file_of_row,
    prepare,
    require_format,
    row_of,
    row_of_file,
    wrong_schema,
)
from extractors.archive.index.seals import seal
from extractors.warc.exchange import ArchiveError, Entry, WarcFile
from extractors.warc.records import warc_date

BUSY_TIMEOUT_S = 30.0
MOST_FAULTS = 5


class Index:
    """The rows. One connection, used by one thread at a time; other processes wait their turn.

    Whatever SQLite refuses (disk full, read-only folder, damage, a lock held for longer
    than `BUSY_TIMEOUT_S`) is raised as `ArchiveError` with the file's name.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lock = threading.RLock()
        self._db: sqlite3.Connection | None = None
        self._pid = 0
        self._is_complete = False
        self._is_repairing = False

    @contextmanager
    def _connection(self) -> Iterator[sqlite3.Connection]:
        with self._lock:
            try:
                yield self._open()
            except (sqlite3.Error, UnicodeDecodeError) as error:
                raise ArchiveError(f"index of the archive, {self.path}: {error}") from error

    def _open(self) -> sqlite3.Connection:
        if self._db is None or self._pid != os.getpid():
            try:
                self.path.parent.mkdir(parents=True, exist_ok=True)
                if self.path.exists():
                    require_format(self.path)
            except OSError as error:
                raise ArchiveError(f"archive at {self.path.parent}: {error.strerror}") from error
            db = sqlite3.connect(
                self.path, timeout=BUSY_TIMEOUT_S, isolation_level=None, check_same_thread=False
            )
            prepare(db, self.path.parent)
            self._db, self._pid, self._is_complete = db, os.getpid(), False
        if not self._is_complete and not self._is_repairing:
            self._is_complete = self._db.execute("PRAGMA user_version").fetchone()[0] == COMPLETE
            if not self._is_complete:
                raise ArchiveError(
                    f"index of the archive, {self.path}: lost, rebuild it from the WARC files "
                    "(`carbonmart replay --rebuild-index`)"
                )
        return self._db

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """All of what is done inside becomes visible at once, or nothing of it."""
        with self._connection() as db:
            if db.in_transaction:
                yield db
                return
            db.execute("BEGIN IMMEDIATE")
            try:
                yield db
                db.execute("COMMIT")
            except BaseException:
                if db.in_transaction:
                    db.execute("ROLLBACK")
                raise

    def close(self) -> None:
        """Let go of the file; the next use opens it again."""
        with self._lock:
            if self._db is not None and self._pid == os.getpid():
                self._db.close()
            self._db = None

    def put(self, entries: Iterable[Entry], *, replace: bool) -> None:
        """Add rows. One that is there already is replaced or left as it is."""
        tail = f"(fetch_id) DO UPDATE SET {REPLACE}" if replace else "DO NOTHING"
        with self.transaction() as db:
            db.executemany(f"{INSERT} {tail}", (row_of(entry) for entry in entries))

    def put_file(self, file: WarcFile) -> None:
        """Add or replace the row of a file."""
        with self.transaction() as db:
            db.execute(INSERT_FILE, row_of_file(file))

    def entry(self, fetch_id: str) -> Entry | None:
        """The row of a fetch."""
        with self._connection() as db:
            row = db.execute(f"{SELECT} WHERE fetch_id = ?", (fetch_id,)).fetchone()
        return entry_of_row(row) if row else None

    def stretches(self, fetch_ids: Sequence[str]) -> dict[str, str]:
        """Of each of these fetches that is known, the fetch that holds its payload."""
        with self._connection() as db:
            found = db.execute(
                "SELECT fetch_id, refers_to FROM fetches WHERE fetch_id IN "
                "(SELECT value FROM json_each(?))",
                (json.dumps(list(fetch_ids)),),
            ).fetchall()
        return {fetch_id: refers_to or fetch_id for fetch_id, refers_to in found}

    def newest_good(self, key: str, until: datetime) -> Entry | None:
        """The newest good response to a request not after an instant, or a revisit of one.

        None where the page was gone (404, 410) after that: if it comes back, with the same
        bytes or others, that is a new stretch of its payload.
        """
        with self._connection() as db:
            row = db.execute(
                f"{SELECT} LEFT JOIN fetches b ON b.fetch_id = f.refers_to "  # noqa: S608 - bound
                "WHERE f.key = ?1 AND f.retrieved_at <= ?2 AND "
                "((f.refers_to = '' AND f.verdict = 'good') OR "
                "(b.verdict = 'good' AND f.verdict IN ('good', 'not_modified'))) "
                "AND NOT EXISTS (SELECT 1 FROM fetches g WHERE g.key = f.key AND "
                "g.verdict = 'not_found' AND g.retrieved_at > f.retrieved_at "
                "AND g.retrieved_at <= ?2) "
                "ORDER BY f.retrieved_at DESC, f.rowid DESC LIMIT 1",
                (key, warc_date(until)),
            ).fetchone()
        return entry_of_row(row) if row else None

    def faults(self, part: tuple[int, int] | None = None) -> list[str]:
        """What is wrong with the file; nothing in a sound one. SQLite looks at its structure and,
        but for other parts (which, of how many) than the first, compares look-up tables with
        rows; of the rows of that `part`, or of all, each is held against its seal."""
        pragma = "quick_check" if part and part[0] else "integrity_check"
        with self._connection() as db:
            found = [str(says) for (says,) in db.execute(f"PRAGMA {pragma}({MOST_FAULTS})")]
            found = [says for says in found if says != "ok"] + wrong_schema(db)
            return found + list(islice(SEALS.broken(db, part), MOST_FAULTS))

    def in_file(self, warc: str) -> list[Entry]:
        """The fetches of a file in the order they were written."""
        with self._connection() as db:
            found = db.execute(f'{SELECT} WHERE warc = ? ORDER BY "offset"', (warc,)).fetchall()
        return [entry_of_row(row) for row in found]

    def files(
        self, source: str | None = None, run_id: str | None = None, state: str | None = None
    ) -> list[WarcFile]:
        """The files in the order their runs began."""
        with self._connection() as db:
            found = db.execute(
                "SELECT warc, source, run_id, started_at, state, size, fetches, business_day "
                "FROM files WHERE (?1 IS NULL OR source = ?1) AND (?2 IS NULL OR run_id = ?2) "
                "AND (?3 IS NULL OR state = ?3) ORDER BY started_at, warc",
                (source, run_id, state),
            ).fetchall()
        return [file_of_row(row) for row in found]

    def of_the_future(self, limit: datetime, run_ids: Sequence[str]) -> list[Entry]:
        """The fetches after an instant, and those of some runs; but for withdrawn ones."""
        found = self.select(
            "f.source IN (SELECT DISTINCT source FROM files) AND f.retrieved_at > ?",
            warc_date(limit),
        )
        if run_ids:
            found += self.select(
                "f.warc IN (SELECT warc FROM files WHERE run_id IN "
                "(SELECT value FROM json_each(?))) AND f.retrieved_at <= ?",
                json.dumps(list(run_ids)),
                warc_date(limit),
            )
        standing = [entry for entry in found if entry.verdict != "withdrawn"]
        return sorted(standing, key=lambda entry: entry.retrieved_at)

    def newest_at(self, source: str, kinds: Sequence[str], urls: Sequence[str]) -> list[Entry]:
        """The newest good payload of each request of these kinds at these addresses."""
        return self.select(
            "f.source = ? AND f.kind IN (SELECT value FROM json_each(?)) "
            "AND f.url IN (SELECT value FROM json_each(?)) AND f.verdict = 'good' "
            "AND f.refers_to = '' AND NOT EXISTS (SELECT 1 FROM fetches n WHERE n.key = f.key "
            "AND n.refers_to = '' AND n.verdict = 'good' AND n.retrieved_at > f.retrieved_at) "
            "ORDER BY f.retrieved_at, f.rowid",
            source,
            json.dumps(list(kinds)),
            json.dumps(list(urls)),
        )

    def mark_unread(self, source: str, urls: Sequence[str]) -> None:
        """Forget that any parser has read the good payloads at these addresses."""
        with self.transaction() as db:
            db.execute(
                "DELETE FROM reads WHERE fetch_id IN (SELECT fetch_id FROM fetches WHERE "
                "source = ? AND verdict = 'good' AND refers_to = '' AND "
                "url IN (SELECT value FROM json_each(?)))",
                (source, json.dumps(list(urls))),
            )

    def newest_run(self, without: Sequence[str]) -> tuple[datetime, str] | None:
        """When the newest run began that left a file, and its id; but for some runs."""
        with self._connection() as db:
            row = db.execute(
                "SELECT started_at, run_id FROM files WHERE run_id NOT IN "
                "(SELECT value FROM json_each(?)) ORDER BY started_at DESC LIMIT 1",
                (json.dumps(list(without)),),
            ).fetchone()
        return (datetime.fromisoformat(row[0]), row[1]) if row else None

    def select(self, where: str, *values: object) -> list[Entry]:
        """The fetches for which a condition of ours on `f` holds; values are bound."""
        with self._connection() as db:
            found = db.execute(f"{SELECT} WHERE {where}", values).fetchall()
        return [entry_of_row(row) for row in found]

    def judge(self, fetch_id: str, verdict: str) -> bool:
        """Set a verdict; False if there is no such fetch."""
        with self._connection() as db:
            return db.execute(JUDGE, (verdict, fetch_id)).rowcount == 1

    def count_since(self, source: str, since: datetime) -> int:
        """How many fetches of a source were made at or after an instant."""
        with self._connection() as db:
            (count,) = db.execute(
                "SELECT count(*) FROM fetches WHERE source = ? AND retrieved_at >= ?",
                (source, warc_date(since)),
            ).fetchone()
        return int(count)

    def mark_read(self, fetch_ids: Iterable[str], parser_version: str) -> None:
        """Note that these payloads were read and loaded by this version of the parser."""
        with self.transaction() as db:
            rows = ((one, parser_version, seal(one, parser_version)) for one in fetch_ids)
            db.executemany(INSERT_READ, rows)

    def is_read(self, fetch_id: str, parser_version: str | None = None) -> bool:
        """Whether there is such a note, by any version if none is given."""
        with self._connection() as db:
            found = db.execute(
                "SELECT 1 FROM reads WHERE fetch_id = ? AND (?2 IS NULL OR parser_version = ?2)",
                (fetch_id, parser_version),
            ).fetchone()
        return found is not None

    def to_read(self, source: str, kinds: Sequence[str], parser_version: str) -> list[Entry]:
        """Good payloads that this parser has not read, whenever they were fetched.

        One that an older parser has read is left out where a newer payload of the same
        request is held: its rows are superseded anyway.
        """
        marks = ", ".join("?" * len(kinds))
        # What is asked first needs no row: `fetches_to_read` and the notes answer it.
        unread = (
            f"SELECT u.fetch_id FROM fetches u WHERE u.source = ? AND u.kind IN ({marks}) "  # noqa: S608 - bound
            "AND u.verdict = 'good' AND u.refers_to = '' AND NOT EXISTS "
            "(SELECT 1 FROM reads r WHERE r.fetch_id = u.fetch_id AND r.parser_version = ?)"
        )
        with self._connection() as db:
            found = db.execute(
                f"{SELECT} WHERE f.fetch_id IN ({unread}) "  # noqa: S608 - bound
                "AND (NOT EXISTS (SELECT 1 FROM reads r WHERE r.fetch_id = f.fetch_id) "
                "OR NOT EXISTS (SELECT 1 FROM fetches n WHERE n.key = f.key AND n.refers_to = '' "
                "AND n.verdict = 'good' AND n.retrieved_at > f.retrieved_at)) "
                "ORDER BY f.retrieved_at, f.rowid",
                (source, *kinds, parser_version),
            ).fetchall()
        return [entry_of_row(row) for row in found]

    def present(self, source: str, kinds: Sequence[str], since: datetime) -> list[Entry]:
        """Good payloads of these kinds, fetched from an instant on, that no newer one follows."""
        marks = ", ".join("?" * len(kinds))
        with self._connection() as db:
            found = db.execute(
                f"{SELECT} WHERE f.source = ? AND f.retrieved_at >= ? "  # noqa: S608 - bound
                f"AND f.kind IN ({marks}) AND f.verdict = 'good' AND f.refers_to = '' "
                "AND NOT EXISTS (SELECT 1 FROM fetches n WHERE n.key = f.key "
                "AND n.refers_to = '' AND n.verdict = 'good' "
                "AND n.retrieved_at > f.retrieved_at) ORDER BY f.retrieved_at, f.rowid",
                (source, warc_date(since), *kinds),
            ).fetchall()
        return [entry_of_row(row) for row in found]

    def copy_to(self, path: Path) -> None:
        """Write the index as it is now to a new file."""
        with self._connection() as db:
            db.execute("VACUUM INTO ?", (str(path),))

    def join(self, path: Path) -> None:
        """Take in the rows of another index of the same archive, all or nothing of it.

        Where both have a fetch, the other's verdict counts unless it has none.
        """
        with self._connection() as db:
            db.execute("ATTACH ? AS other", (str(path),))
            try:
                with self.transaction():
                    for statement in JOIN:
                        db.execute(statement)
            finally:
                db.execute("DETACH other")

    @contextmanager
    def repair(self) -> Iterator[None]:
        """Fill the index anew. All is forgotten but what was read; nothing if it fails."""
        with self._lock:
            self._set_aside_if_damaged()
            self._is_repairing = True
            try:
                with self.transaction() as db:
                    db.execute("DELETE FROM fetches")
                    db.execute("DELETE FROM files")
                    SEALS.forget_broken(db, "reads")
                    yield
                    db.execute(f"PRAGMA user_version = {COMPLETE}")
            finally:
                self._is_repairing = False

    def _set_aside_if_damaged(self) -> None:
        """A file of broken structure can't be filled anew; what was read goes with it."""
        self.close()
        if not self.path.exists():
            return
        db = sqlite3.connect(self.path, timeout=BUSY_TIMEOUT_S, isolation_level=None)
        try:
            require_format(self.path)
            prepare(db, self.path.parent)
            if db.execute("PRAGMA quick_check").fetchone() == ("ok",) and not wrong_schema(db):
                return
        except sqlite3.OperationalError as error:
            raise ArchiveError(f"index of the archive, {self.path}: {error}") from error
        except (sqlite3.DatabaseError, UnicodeDecodeError):
            pass  # not a database any more: that is what is looked for
        finally:
            db.close()
        for end in ("", "-wal", "-shm"):
            part = self.path.with_name(self.path.name + end)
            if part.exists():
                part.rename(part.with_name(f"{part.name}.damaged"))
