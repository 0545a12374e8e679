"""Published figures in Python, each with its source.

    import carbonmart
    mart = carbonmart.open("./data")
    year = mart.read("mart_market_annual")
    print(mart.cite("mart_market_annual", 2024, "total_volume_t"))

Reads what `carbonmart` publishes (docs/readers.md) from a folder, S3 or the web by DuckDB, Arrow
and pandas alone. No row is read of a file that is not as its descriptor tells.
"""

from __future__ import annotations

import difflib
import hashlib
import json
import os
import re
import sys
import warnings
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import duckdb
    import pandas as pd
    import pyarrow as pa

__all__ = ["Citation", "DigestError", "Mart", "NotPublished", "Origin", "SimulatedWarning", "open"]

Key = str | int | date | Sequence[object] | Mapping[str, object]
Moment = str | date | datetime
_NAME = re.compile(r"\w[\w.-]*")
"""Of a release or a file: nothing that leads out of the published folder."""
_JSON_BYTES = 64 << 20
_EAST = timedelta(hours=14)
"""So far ahead of UTC does a day begin first."""
_SHOWN = 5
"""So many rows are cited of each group of rows that a derived figure follows from."""


class NotPublished(LookupError):
    """There is no such folder, release, table, column or row."""


class DigestError(ValueError):
    """A file is not as it was published."""


class SimulatedWarning(UserWarning):
    """What was opened is the embedded sample: its figures are not to be used as published ones."""


def open(path_or_url: str | os.PathLike[str] = "./data", *, timeout: float = 60) -> Mart:
    """The current release of a home, or of its published folder.

        >>> mart = open("./data")  # also s3://bucket/prefix (by AWS_...), https://host/published
        >>> mart.release.startswith("R")
        True

    `timeout`: seconds that an answer of the web may take. What was opened stays that release.
    Raises `NotPublished`, `DigestError`, and `OSError` where a place can't be read.
    """
    place = os.fspath(path_or_url).rstrip("/")
    read = _reader(place, timeout)
    for root in (place, f"{place}/published"):
        files = _Files(root, read)
        if pointer := files.document("latest.json"):
            return Mart(files, str(pointer["release_id"]))
    raise NotPublished(f"nothing is published at {place}: there is no latest.json")


@dataclass(frozen=True, slots=True)
class Origin:
    """What a page says: the words, where, when they were fetched, the digest of the page's bytes.

    `column` and `value` are the cell that they carry; empty for words that say it together with
    others. `note` says who corrected or read the value, where the words alone do not give it.
    """

    table: str
    key: Mapping[str, Any]
    words: str | None
    publisher: str
    url: str
    retrieved_at: datetime
    payload_sha256: str
    is_simulated: bool
    column: str = ""
    value: Any = None
    note: Mapping[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        words = [f"{self.column} {self.value}"] if self.column else []
        words += [f'"{self.words}"'] if self.words else []
        words += [json.dumps(self.note, ensure_ascii=False)] if self.note else []
        words += [self.publisher, self.url, f"fetched {self.retrieved_at:%Y-%m-%d %H:%M:%SZ}"]
        words += [f"sha256 {self.payload_sha256}", *(["SIMULATED"] if self.is_simulated else [])]
        return ", ".join(words)


@dataclass(frozen=True, slots=True)
class Citation:
    """A figure with all that it takes to cite it. `origins` are what it is, or follows from by
    `formula`; it follows from `more` rows that are not listed."""

    table: str
    key: Mapping[str, Any]
    column: str
    value: Any
    unit: str
    release: str
    known_from: datetime
    revision: int
    is_simulated: bool
    formula: str
    origins: tuple[Origin, ...]
    more: int = 0

    def __str__(self) -> str:
        key = " ".join(map(str, self.key.values()))
        marked = ", SIMULATED" if self.is_simulated else ""
        lines = [f"{self.table} {key} {self.column}: {self.value} {self.unit}".rstrip() + marked]
        lines.append(f"release {self.release}, known from {self.known_from:%Y-%m-%d %H:%M:%SZ}")
        lines += [self.formula] if self.formula else []
        lines += [str(origin) for origin in self.origins]
        return "\n  ".join([*lines, *([f"and {self.more:,} rows more"] if self.more else [])])


class Mart:
    """A published release; `open` makes it.

    `release` is its id, `is_simulated` whether it holds the embedded sample, `unreadable` what of
    it could not be read when it was published.
    """

    def __init__(self, files: _Files, release: str) -> None:
        found = _NAME.fullmatch(release) and files.document(f"{release}/datapackage.json")
        if not found:
            raise NotPublished(f"no release {release!r} is published at {files.root}")
        self.release, self._files = release, files
        self.is_simulated = bool(found.get("is_simulated"))
        self.unreadable: list[str] = list(found.get("unreadable", ()))
        self._resources = {
            str(each["name"]): each for each in found["resources"] if each["format"] == "parquet"
        }
        self._held: dict[str, pa.Table] = {}
        if self.is_simulated:
            told = (
                f"release {release} holds the embedded sample: rows with is_simulated are made up"
            )
            warnings.warn(told, SimulatedWarning, stacklevel=3)

    def __repr__(self) -> str:
        marked = ", SIMULATED" if self.is_simulated else ""
        return f"<carbonmart release {self.release}{marked} at {self._files.root}>"

    def tables(self) -> pd.DataFrame:
        """The tables, one a row: rows, status, what it holds, whom to credit, on what terms.

        >>> tables = open("./data").tables()
        >>> "seee_bulletins" in set(tables["table"])
        True
        """
        import pandas as pd

        found = [
            {
                "table": name,
                "rows": each["rows"],
                "status": each.get("status"),
                "has_history": f"{name}_history" in self._resources,
                "says": each["description"],
                "credit": each.get("credit"),
                "terms": next((one["title"] for one in each.get("licenses", ())), None),
            }
            for name, each in self._resources.items()
            if not name.endswith("_history")
        ]
        return self._marked(pd.DataFrame(found))

    def read(
        self,
        table: str,
        as_of: Moment | None = None,
        release: str | None = None,
        history: bool = False,
    ) -> pd.DataFrame:
        """The rows of a table by its key: current ones, or with `history` all revisions.

        `as_of` leaves out what was learned later; a date is its end in UTC. `release` names
        another published release. Money stays exact: `.astype(float)` makes numbers of a column.

            >>> mart = open("./data")
            >>> year = mart.read("seee_bulletins").query("period == 'year'")
            >>> float(year["close_cny_per_t"].max()) > 0
            True
            >>> len(mart.read("seee_bulletins", as_of="2020-01-01"))  # before the first night
            0
            >>> bool(mart.read("seee_bulletins", history=True)["known_to"].isna().any())
            True

        Raises `NotPublished`, `DigestError`, and `ValueError` for an `as_of` that is to come, or
        of a table of which no history is kept.
        """
        if release not in (None, self.release):
            return Mart(self._files, str(release)).read(table, as_of, None, history)
        name = f"{table}_history" if history else table
        order = ", ".join(map(_quoted, self._resource(name)["schema"].get("primaryKey", ())))
        query = f"SELECT * FROM {_quoted(name)}"  # noqa: S608 - of a published file
        return self.sql(query + (f" ORDER BY {order}" if order else ""), as_of)

    def sql(self, query: str, as_of: Moment | None = None) -> pd.DataFrame:
        """The answer to a query (DuckDB) over the tables `NAME` and `NAME_history`.

            >>> rows = open("./data").sql("select max(year) as newest from mart_market_annual")
            >>> int(rows["newest"][0]) >= 2024
            True

        Raises `duckdb.Error` for SQL that can't be run, else as `read` does.
        """
        import pandas as pd

        return self._marked(self.arrow(query, as_of).to_pandas(types_mapper=pd.ArrowDtype))

    def arrow(self, query: str, as_of: Moment | None = None) -> pa.Table:
        """As `sql`, for Polars and others: `polars.from_arrow(mart.arrow("from fx_rates"))`."""
        import duckdb

        moment = None if as_of is None else _moment(as_of)
        words = set(re.findall(r"\w+", query.lower()))
        with duckdb.connect(":memory:") as connection, warnings.catch_warnings():
            # No variable of whoever calls is a table; that rows are copied once is no matter.
            connection.execute("SET TimeZone = 'UTC'; SET python_enable_replacements = false")
            warnings.simplefilter("ignore", UserWarning)
            for name in words & self._resources.keys():
                self._view(connection, name, moment)
            return connection.sql(query).to_arrow_table()

    def cite(self, table: str, key: Key, column: str) -> Citation:
        """Where a figure is from: the words of its page, or of the pages that it follows from.

            >>> cited = open("./data").cite("mart_market_annual", 2024, "total_volume_t")
            >>> cited.unit, all(origin.url for origin in cited.origins)
            ('t', True)

        `key` is the key's one value, its values in order, or by column. Raises `NotPublished`
        where they are not one row, or for a table that is from no page (`ops_...`).
        """
        about, row, more = self._column(table, column), self._row(table, key), 0
        if "evidence" in row:
            origins = [self._origin(table, row, column)]
        elif "citations" in row:
            origins = [self._listed(one) for one in json.loads(row["citations"])]
        else:
            origins, more = self._followed(row, about.get("rests_on", [column]), row[column])
            origins.sort(key=lambda origin: origin.value != row[column])
        return Citation(
            table,
            {name: row[name] for name in self._key(table)},
            column,
            row[column],
            str(about.get("unit") or row.get("unit") or ""),
            self.release,
            row["known_from"],
            row["revision"],
            row["is_simulated"],
            str(row.get("formula") or about.get("formula") or ""),
            tuple(origins),
            more,
        )

    def _origin(self, table: str, row: Mapping[str, Any], column: str) -> Origin:
        evidence = json.loads(row["evidence"] or "{}")
        note = {"read by": evidence["reading"]} if "reading" in evidence else {}
        if column in (corrected := evidence.get("corrected", {})):
            note |= {"corrected": corrected[column]}
        return Origin(
            table,
            {name: row[name] for name in self._key(table)},
            evidence.get(column),
            str(self._resource(table).get("credit", row["source"])),
            row["source_url"],
            row["retrieved_at"],
            row["payload_sha256"],
            row["is_simulated"],
            column,
            row[column],
            note,
        )

    def _listed(self, one: Mapping[str, Any]) -> Origin:
        """A citation that a figure of the report carries itself."""
        return Origin(
            one["table"],
            one["key"],
            one["quote"],
            str(self._resource(one["table"]).get("credit", one["source"])),
            one["url"],
            datetime.fromisoformat(one["retrieved_at"]),
            one["payload_sha256"],
            one["is_simulated"],
        )

    def _followed(
        self, row: Mapping[str, Any], rests: Sequence[str], value: Any = None
    ) -> tuple[list[Origin], int]:
        """What a derived row follows from, the very value first; and how many rows more."""
        found, more = list[Origin](), 0
        for entry in json.loads(row["derived_from"]):
            table, where = entry["table"], _condition(entry["where"])
            columns = self._columns(table)
            held = [name for name in rests if name in columns]
            order = ", ".join(map(_quoted, self._key(table)))
            if held and value is not None:
                order = f"{_condition({held[0]: value})} DESC NULLS LAST, {order}"
            query = f"SELECT * FROM {_quoted(table)} WHERE {where} ORDER BY {order} LIMIT {_SHOWN}"  # noqa: S608
            rows = self.arrow(query).to_pylist()
            more += entry["rows"] - len(rows)
            for each in rows:
                if "derived_from" in each:
                    on = [n for name in held or rests for n in _rests(columns, name)]
                    inner, left = self._followed(each, on)
                    found, more = found + inner, more + left
                else:
                    told = held or [n for n in json.loads(each["evidence"] or "{}") if n in each]
                    found += [self._origin(table, each, name) for name in told]
        return found, more

    def _row(self, table: str, key: Key) -> dict[str, Any]:
        """The one row that a key's values are of."""
        names, wanted = self._key(table), key
        if not names:
            raise NotPublished(f"{table} is of the pipeline's own books: no page says it")
        if not isinstance(wanted, Mapping):
            whole = isinstance(wanted, Sequence) and not isinstance(wanted, str)
            values = list(wanted) if whole else [wanted]  # type: ignore[arg-type]
            wanted = dict(zip(names, values, strict=True)) if len(values) == len(names) else {}
        if wanted.keys() != set(names):
            raise NotPublished(f"the key of {table} is {', '.join(names)}: {key!r} is none")
        told = " ".join(f"{name}={value}" for name, value in wanted.items())
        found = self.arrow(f"SELECT * FROM {_quoted(table)} WHERE {_condition(wanted)}")  # noqa: S608
        if found.num_rows != 1:
            raise NotPublished(f"{table} has no row with {told} in release {self.release}")
        return dict(found.to_pylist()[0])

    def _view(self, connection: duckdb.DuckDBPyConnection, name: str, at: datetime | None) -> None:
        """Have a query find a table by its name, as it was known then."""
        if at is None:
            connection.register(name, self._rows(name))
            return
        whole = name if name.endswith("_history") else f"{name}_history"
        if whole not in self._resources or "known_to" not in self._columns(whole):
            raise ValueError(f"as_of: no history is kept of what was known in {name}")
        connection.register(f"held {whole}", self._rows(whole))
        moment, held = f"TIMESTAMPTZ '{at.isoformat()}'", _quoted(f"held {whole}")
        known, is_past = f"FROM {held} WHERE known_from <= {moment}", f"known_to <= {moment}"
        if name == whole:
            rows = f"SELECT * REPLACE (CASE WHEN {is_past} THEN known_to END AS known_to) {known}"
        else:
            current = f"AND NOT is_deleted AND NOT coalesce({is_past}, false)"
            rows = f"SELECT * EXCLUDE (known_to) {known} {current}"
        connection.execute(f"CREATE TEMP VIEW {_quoted(name)} AS {rows}")

    def _rows(self, name: str) -> pa.Table:
        """The rows of a published file, held against its digest when it is first read."""
        import pyarrow as pa
        import pyarrow.parquet as pq

        if name not in self._held:
            data = self._files.checked(self.release, self._resource(name))
            self._held[name] = pq.read_table(pa.BufferReader(data)).replace_schema_metadata(None)
        return self._held[name]

    def _resource(self, name: str) -> dict[str, Any]:
        return _known(self._resources, name, f"table of release {self.release}")

    def _columns(self, table: str) -> dict[str, dict[str, Any]]:
        return {each["name"]: each for each in self._resource(table)["schema"]["fields"]}

    def _column(self, table: str, name: str) -> dict[str, Any]:
        return _known(self._columns(table), name, f"column of {table}")

    def _key(self, table: str) -> list[str]:
        return list(self._resource(table)["schema"].get("primaryKey", ()))

    def _marked(self, frame: pd.DataFrame) -> pd.DataFrame:
        frame.attrs |= {"release": self.release, "is_simulated": self.is_simulated}
        return frame


class _Files:
    """What lies below a place: files with digests, and documents with seals."""

    def __init__(self, root: str, read: Callable[[str, int], bytes | None]) -> None:
        self.root, self._read = root, read

    def checked(self, folder: str, told: Mapping[str, Any]) -> bytes:
        """A file that a descriptor tells of. Raises `DigestError` if it is another."""
        name = f"{self.root}/{folder}/{told['path']}"
        if not _NAME.fullmatch(told["path"]):
            raise DigestError(f"{name} is no file of the release")
        data = self._read(name, told["bytes"] + 1)
        if data is None:
            raise NotPublished(f"{name} is gone: open the current release again")
        if f"sha256:{hashlib.sha256(data).hexdigest()}" != told["hash"]:
            raise DigestError(f"{name} is not as it was published")
        return data

    def document(self, name: str) -> dict[str, Any] | None:
        """A document, None if there is none. Raises `DigestError` if its seal is broken."""
        data = self._read(f"{self.root}/{name}", _JSON_BYTES)
        if data is None:
            return None
        try:
            found = dict(json.loads(data))
        except (ValueError, TypeError):
            raise DigestError(f"{self.root}/{name} can't be read") from None
        seal = found.pop("sealed_sha256", None)
        said = json.dumps(found, sort_keys=True).encode()
        if seal not in (None, hashlib.sha256(said).hexdigest()):
            raise DigestError(f"{self.root}/{name} is not as it was published")
        return found


def _reader(place: str, timeout: float) -> Callable[[str, int], bytes | None]:
    """What reads a file of a place, up to so many bytes; None of one that is not there."""
    if place.startswith(("http://", "https://")):
        return lambda name, size: _from_web(name, size, timeout)
    if place.startswith("s3://"):
        from obstore.store import S3Store

        store = S3Store.from_url(place)
        return lambda name, _: _from_bucket(store, name.removeprefix(f"{place}/"))
    if "://" in place:
        raise NotPublished("a folder, s3://..., http://... or https://... is opened, nothing else")
    return _from_folder


def _from_folder(name: str, size: int) -> bytes | None:
    try:
        with Path(name).expanduser().open("rb") as file:
            return file.read(size)
    except (FileNotFoundError, NotADirectoryError):
        return None


def _from_web(name: str, size: int, timeout: float) -> bytes | None:
    from urllib.error import HTTPError
    from urllib.request import urlopen

    try:
        with urlopen(name, timeout=timeout) as answer:  # noqa: S310 - http(s), see `_reader`
            return bytes(answer.read(size))
    except HTTPError as error:
        if error.code in (404, 410):
            return None
        raise


def _from_bucket(store: Any, name: str) -> bytes | None:
    import obstore

    try:
        return bytes(obstore.get(store, name).bytes())
    except FileNotFoundError:
        return None


def _moment(as_of: Moment) -> datetime:
    """The instant, in UTC where it names no zone: the end of a date, or of the minute or second to
    which a text tells it. Raises `ValueError`."""
    if isinstance(as_of, str):
        is_day = re.fullmatch(r"\d{4}-\d\d-\d\d", as_of)
        given = date.fromisoformat(as_of) if is_day else datetime.fromisoformat(as_of)
    else:
        given = as_of
    now = datetime.now(UTC)
    if not isinstance(given, datetime):
        # The present day is one that has begun anywhere.
        moment, is_to_come = datetime.combine(given, time.max, UTC), given > (now + _EAST).date()
    else:
        moment = given if given.utcoffset() is not None else given.replace(tzinfo=UTC)
        is_to_come = moment > now
        if isinstance(as_of, str) and "." not in as_of:
            second = moment.second if re.search(r":\d\d:\d\d", as_of) else 59
            moment = moment.replace(second=second, microsecond=999_999)
    if is_to_come:
        raise ValueError(f"as_of {as_of} is to come: nobody knows what will be known then")
    return moment.astimezone(UTC)


def _known(found: Mapping[str, dict[str, Any]], name: str, kind: str) -> dict[str, Any]:
    if name in found:
        return found[name]
    near: Iterable[str] = difflib.get_close_matches(name, found) or found
    raise NotPublished(f"no {kind} is named {name!r}; there are: {', '.join(near)}")


def _rests(columns: Mapping[str, Mapping[str, Any]], name: str) -> Sequence[str]:
    return list(columns.get(name, {}).get("rests_on", (name,)))


def _condition(wanted: Mapping[str, Any]) -> str:
    """The SQL of values, or of ranges of them, by column."""
    parts = ["true"]
    for name, value in wanted.items():
        text, ends = f"cast({_quoted(name)} as varchar)", value
        if isinstance(ends, list):
            parts.append(f"{text} BETWEEN {_literal(ends[0])} AND {_literal(ends[1])}")
        else:
            parts.append(f"{text} = {_literal(value)}")
    return " AND ".join(parts)


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _literal(value: object) -> str:
    return "'" + str(value).replace("'", "''") + "'"


def main() -> None:
    """The command `carbonmart`, with this file's own folder first on the path: a folder `flows`
    of whoever calls is not taken for the one that was installed with it."""
    here = str(Path(__file__).parent)
    sys.path[:] = [here, *(path for path in sys.path if path != here)]
    from flows.cli.main import command

    command()


if __name__ == "__main__":
    main()
