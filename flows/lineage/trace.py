"""From a cell back to the words that carried it, the page, and the record in the archive."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from extractors.decoding import InflateError
from extractors.model import LayoutError, Page, Record
from extractors.parsing.safe_html import SafePage, safe_page
from extractors.warc.exchange import Entry
from flows.core.context import archive_of
from flows.core.errors import UsageError
from flows.core.query.ask import ask
from flows.core.query.format import cell
from flows.core.query.sql import Snapshot, table_of
from flows.core.settings import Settings
from flows.core.sources import Pipeline, pipeline
from flows.lineage.ledger import in_a_line, ledger_rows
from flows.lineage.trace_mart import MartTrace, trace_mart
from schemas.contracts.corrections import NOTE
from schemas.contracts.readings import READ_BY
from schemas.core.forms import quoted, text_literal
from schemas.core.table import Column, Table
from transforms.model import Refused
from warehouse.store.home import open_home

_GONE = ("disappeared", "correction_removed", "reading_removed")
UNQUOTED = "no words of its own: it follows from the page's title, date or address"


@dataclass(frozen=True)
class Statement:
    """One revision of the row: the value of the cell then, its words, and where they stand."""

    revision: int
    known_from: datetime
    value: Any
    is_deleted: bool
    words: str | None
    note: dict[str, Any] | None
    url: str
    retrieved_at: datetime
    payload_sha256: str
    entry: Entry | None
    row: dict[str, Any] = field(repr=False)

    def as_dict(self) -> dict[str, Any]:
        """What a script may want to know of it."""
        entry = self.entry
        return {
            "revision": self.revision,
            "known_from": self.known_from,
            "is_deleted": self.is_deleted,
            "is_simulated": self.row["is_simulated"],
            "value": self.value,
            "words": self.words,
            **({"note": self.note} if self.note else {}),
            "url": self.url,
            "retrieved_at": self.retrieved_at,
            "payload_sha256": self.payload_sha256,
            "run_id": entry.run_id if entry else None,
            "fetch_id": entry.fetch_id if entry else None,
            "warc": f"archive/{entry.warc}" if entry else None,
            "offset": entry.offset if entry else None,
        }


@dataclass(frozen=True, slots=True)
class Telling:
    """What a page says of the same fact: in which language (or the like), in its own words."""

    by: str
    value: Any
    words: str | None
    url: str

    def as_dict(self) -> dict[str, Any]:
        return {"by": self.by, "value": self.value, "words": self.words, "url": self.url}


@dataclass(frozen=True)
class Trace:
    """A cell through all revisions of its row, the oldest first."""

    table: Table
    key: dict[str, Any]
    column: Column
    statements: tuple[Statement, ...]
    told: tuple[Telling, ...] = ()
    ledger: tuple[dict[str, Any], ...] = ()
    """Of a fact out of prose its figures in the ledger."""

    @property
    def last(self) -> Statement:
        return self.statements[-1]

    def as_dict(self) -> dict[str, Any]:
        """What a script may want to know of it."""
        return {
            "table": self.table.name,
            "key": self.key,
            "column": self.column.name,
            "unit": self.column.unit or None,
            "says": self.column.says,
            "value": None if self.last.is_deleted else self.last.value,
            "is_deleted": self.last.is_deleted,
            "is_simulated": self.last.row["is_simulated"],
            "revisions": [statement.as_dict() for statement in self.statements],
            **({"told": [telling.as_dict() for telling in self.told]} if self.told else {}),
            **({"ledger": list(self.ledger)} if self.ledger else {}),
        }


def follow(
    settings: Settings,
    snapshot: Snapshot,
    name: str,
    parts: Sequence[str],
    *,
    in_archive: bool = True,
) -> Trace | MartTrace:
    """Follow a cell as `trace` does, a mart's to the rows that it is derived from."""
    if not table_of(name).is_mart:
        return trace(settings, snapshot, name, parts, in_archive=in_archive)
    return trace_mart(settings, snapshot, *_named(settings, snapshot, name, parts))


def trace(
    settings: Settings,
    snapshot: Snapshot,
    name: str,
    parts: Sequence[str],
    *,
    in_archive: bool = True,
) -> Trace:
    """Follow a cell: `parts` are the key's values in order (or `column=value`), then the column.

    The record of its page is looked up `in_archive`, whose index is brought up to date for it; the
    tables alone give all else. Raises `UnknownTable`, and `UsageError` where the parts do not name
    one cell.
    """
    table, column, rows = _named(settings, snapshot, name, parts)
    history = archive_of(open_home(settings.home, None)).history() if in_archive else None
    statements = []
    for row in rows:
        evidence = json.loads(row["evidence"] or "{}")
        lineage = (row["source"], row["source_url"], row["payload_sha256"], row["retrieved_at"])
        statements.append(
            Statement(
                revision=row["revision"],
                known_from=row["known_from"],
                value=row[column.name],
                is_deleted=row["is_deleted"],
                words=evidence.get(column.name),
                note=_note(evidence, column.name),
                url=row["source_url"],
                retrieved_at=row["retrieved_at"],
                payload_sha256=row["payload_sha256"],
                entry=history.payload(*lineage) if history else None,
                row=row,
            )
        )
    key = {part: rows[0][part] for part in table.key}
    told = _told(settings, snapshot, table, key, column)
    ledger = tuple(ledger_rows(settings, snapshot, table, rows[-1]))
    return Trace(table, key, column, tuple(statements), told, ledger)


def _told(
    settings: Settings, snapshot: Snapshot, table: Table, key: dict[str, Any], column: Column
) -> tuple[Telling, ...]:
    """What each page says of the fact now, where a table keeps that (`Table.told_in`)."""
    if not table.told_in:
        return ()
    companion = table_of(table.told_in)
    if column.name not in {c.name for c in companion.own}:
        return ()
    teller = [name for name in companion.key if name not in table.key]
    condition = " and ".join(
        f"cast({quoted(name)} as varchar) = {text_literal(str(value))}"
        for name, value in key.items()
    )
    query = f"select * from {companion.name} where {condition} order by all"  # noqa: S608
    rows = ask(settings, query, snapshot)
    return tuple(
        Telling(
            " ".join(str(row[name]) for name in teller),
            row[column.name],
            json.loads(row["evidence"] or "{}").get(column.name) or row.get("quote"),
            row["source_url"],
        )
        for row in rows
    )


def _named(
    settings: Settings, snapshot: Snapshot, name: str, parts: Sequence[str]
) -> tuple[Table, Column, list[dict[str, Any]]]:
    """The table, the column, and all revisions of the row that the parts name."""
    table = table_of(name)
    if table.is_log:
        raise UsageError(f"{name} is a log of the pipeline itself: its cells come from no page")
    if len(parts) < 2:
        wanted = " ".join(part.upper() for part in table.key)
        raise UsageError(f"trace {name} {wanted} COLUMN: name a row and a column")
    return table, _column(table, parts[-1]), _rows(settings, snapshot, table, parts[:-1])


def _note(evidence: dict[str, Any], column: str) -> dict[str, Any] | None:
    """The correction of the cell, who read it, or what says that its row is gone."""
    if column in evidence.get(NOTE, {}):
        return {NOTE: evidence[NOTE][column]}
    told = (READ_BY, *_GONE)
    found: dict[str, Any] = {name: evidence[name] for name in told if name in evidence}
    return found or None


def _column(table: Table, name: str) -> Column:
    try:
        return table.column(name)
    except KeyError:
        known = ", ".join(column.name for column in table.own)
        raise UsageError(f"{table.name} has no column {name!r}; it has: {known}") from None


def _rows(
    settings: Settings, snapshot: Snapshot, table: Table, parts: Sequence[str]
) -> list[dict[str, Any]]:
    """All revisions of the one row that the parts name."""
    named: dict[str, str] = {}
    for part in parts:
        name, is_named, value = part.partition("=")
        if not (is_named and name in table.key):
            free = [column for column in table.key if column not in named]
            if not free:
                raise UsageError(f"the key of {table.name} is {', '.join(table.key)}: {part!r}?")
            name, value = free[0], part
        named[name] = value
    condition = " and ".join(
        f"cast({quoted(name)} as varchar) = {text_literal(value)}" for name, value in named.items()
    )
    order = ", ".join(quoted(name) for name in table.key)
    query = f"select * from {table.name}__history where {condition} order by {order}, revision"  # noqa: S608
    rows = ask(settings, query, snapshot)
    keys = dict.fromkeys(tuple(row[name] for name in table.key) for row in rows)
    told = " ".join(f"{name}={value}" for name, value in named.items())
    if not keys:
        raise UsageError(f"{table.name} has no row with {told} ({snapshot.label})")
    if len(keys) > 1:
        some = "; ".join(" ".join(str(part) for part in key) for key in list(keys)[:3])
        raise UsageError(
            f"{told} are {len(keys):,} rows of {table.name} ({some} ...): give the whole key, "
            f"{' '.join(table.key)}"
        )
    return rows


def page_of(settings: Settings, entry: Entry) -> Page:
    """The archived page of a fetch. Raises `ArchiveError`, `UsageError` if it does not decode."""
    try:
        return archive_of(open_home(settings.home, None)).page(entry)
    except InflateError as error:
        raise UsageError(f"{entry.url}: the archived bytes can't be shown: {error}") from error


def render(settings: Settings, found: Trace) -> SafePage:
    """The page of the cell's last statement, its words marked, with where it is from above it."""
    statement = found.last
    if statement.entry is None:
        raise UsageError(f"the archive does not hold {statement.url} as it was read")
    is_sample = open_home(settings.home, None).kind == "sample"
    page = page_of(settings, statement.entry)
    owner = pipeline(statement.entry.source, is_sample=is_sample)
    facts = [(name, str(value)) for name, value in facts_of(found, statement)]
    if is_sample:
        facts.append(("sample", "a page of the embedded sample; days and weeks are simulated"))
    words = [statement.words, *statement.words.split(";")] if statement.words else []
    return safe_page(page, facts, words, _json_row(owner, page, found.table, statement.row))


def _shown(found: Trace, statement: Statement) -> str:
    """The value as tables for people show it."""
    return cell(statement.value, found.column.name)


def _why_no_words(statement: Statement) -> str:
    if statement.value is None:
        return "none: the page does not state this figure"
    if statement.value is False:
        return "none: the page does not say so"
    return UNQUOTED


def facts_of(found: Trace, statement: Statement) -> list[tuple[str, Any]]:
    """A statement in lines: name and text."""
    entry, note = statement.entry, statement.note or {}
    key = " ".join(str(part) for part in found.key.values())
    unit = f" {found.column.unit}" if found.column.unit and statement.value is not None else ""
    lines: list[tuple[str, Any]] = [
        ("cell", f"{found.table.name}  {key}  {found.column.name}"),
        ("value", "null" if statement.value is None else f"{_shown(found, statement)}{unit}"),
        ("revision", f"{statement.revision}, known from {statement.known_from:%Y-%m-%d %H:%M:%SZ}"),
        ("words", statement.words or _why_no_words(statement)),
    ]
    if statement.row["is_simulated"]:
        lines.append(("simulated", "yes: by the embedded sample, not published"))
    if told := note.get(NOTE):
        lines.append(("published value", told["published"]))
        lines.append(("corrected", f"{told['reason']} ({told['date']}, {told['source']})"))
    if READ_BY in note:
        lines.append(("read by", f"{note[READ_BY]}: the words alone do not say it all"))
    if "reading_removed" in note:
        lines.append(("taken away", "a person had read it, and took the reading out"))
    if gone := note.get("disappeared"):
        nights = list(dict.fromkeys(one["night"] for one in gone["seen"]))
        lines.append(("disappeared", f"not there on the nights of {', '.join(nights)}"))
    if "correction_removed" in note:
        lines.append(("taken away", "only a correction made the row good, and it was taken out"))
    if statement is found.last:
        lines += [("ledger", in_a_line(figure)) for figure in found.ledger]
    lines.append(("page", statement.url))
    lines.append(("fetched at", f"{statement.retrieved_at:%Y-%m-%d %H:%M:%SZ}"))
    lines.append(("sha256", statement.payload_sha256))
    if entry is None:
        lines.append(("archive", "does not hold these bytes"))
        return lines
    lines.append(("archive", f"archive/{entry.warc} at {entry.offset}"))
    lines.append(("fetch", f"{entry.fetch_id} of run {entry.run_id}"))
    return lines


def _json_row(owner: Pipeline, page: Page, table: Table, row: dict[str, Any]) -> Any:
    """The array or object of a JSON page that became the row; None for other pages."""
    try:
        for item in owner.source.parse(page):
            if (
                isinstance(item, Record)
                and "row" in item.fields
                and _is_of(owner, item, table, row)
            ):
                return item.fields["row"]
    except LayoutError:
        return None
    return None


def _is_of(owner: Pipeline, record: Record, table: Table, row: dict[str, Any]) -> bool:
    try:
        made = owner.transform(record)
    except Refused:
        return False
    return any(
        one.table == table.name and all(one.values[name] == row[name] for name in table.key)
        for one in made
    )
