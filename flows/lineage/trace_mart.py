"""From a mart's cell to its formula, the rows it follows from, and the words on their pages."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flows.core.query.ask import past_of
from flows.core.query.format import cell
from flows.core.query.html_table import write_table
from flows.core.query.sql import Snapshot, table_of
from flows.core.settings import Settings
from flows.lineage.ledger import in_a_line, ledger_rows
from schemas.core.forms import quoted, text_literal
from schemas.core.table import Column, Table

if TYPE_CHECKING:
    import duckdb

SHOWN = 5
"""So many rows of one source are followed to their pages; the others are counted."""


@dataclass(frozen=True)
class Leaf:
    """A row of a source that the cell follows from: the figures it rests on, and their words."""

    table: str
    key: dict[str, Any]
    cells: tuple[dict[str, Any], ...]
    url: str
    retrieved_at: datetime
    payload_sha256: str
    is_simulated: bool
    row: dict[str, Any] = field(repr=False, default_factory=dict)
    ledger: tuple[dict[str, Any], ...] = ()
    """Of a fact out of prose its figures in the ledger."""

    def as_dict(self) -> dict[str, Any]:
        told = {name: getattr(self, name) for name in self.__dataclass_fields__ if name != "row"}
        told |= {"cells": list(self.cells), "ledger": list(self.ledger)}
        return told if self.ledger else {k: v for k, v in told.items() if k != "ledger"}


@dataclass(frozen=True)
class MartOrigin:
    """Rows that the cell follows from, some of them followed to the end (`leaves`)."""

    table: str
    where: dict[str, Any]
    rows: int
    leaves: tuple[Leaf, ...]

    def as_dict(self) -> dict[str, Any]:
        return {
            "table": self.table,
            "where": self.where,
            "rows": self.rows,
            "leaves": [leaf.as_dict() for leaf in self.leaves],
        }


@dataclass(frozen=True)
class MartTrace:
    """A mart's cell: its revisions (the oldest first), its formula, where the last is from."""

    table: Table
    key: dict[str, Any]
    column: Column
    revisions: tuple[dict[str, Any], ...]
    formula: str
    origins: tuple[MartOrigin, ...]
    citations: tuple[dict[str, Any], ...] = ()

    @property
    def value(self) -> Any:
        return None if self.revisions[-1]["is_deleted"] else self.revisions[-1]["value"]

    def as_dict(self) -> dict[str, Any]:
        """What a script may want to know of it."""
        return {
            "table": self.table.name,
            "key": self.key,
            "column": self.column.name,
            "unit": self.column.unit or None,
            "says": self.column.says,
            "formula": self.formula,
            "value": self.value,
            "is_deleted": self.revisions[-1]["is_deleted"],
            "is_simulated": self.revisions[-1]["is_simulated"],
            "revisions": list(self.revisions),
            "derived_from": [origin.as_dict() for origin in self.origins],
            **({"citations": list(self.citations)} if self.citations else {}),
        }


def trace_mart(
    settings: Settings,
    snapshot: Snapshot,
    table: Table,
    column: Column,
    rows: Sequence[dict[str, Any]],
) -> MartTrace:
    """Follow a cell, given all revisions of its row in that state of the store."""
    last = rows[-1]
    names = column.rests_on or (column.name,)
    entries = json.loads(last["derived_from"])
    with _opened(settings, snapshot, entries) as connection:
        found = [_origin(connection, entry, names, last[column.name]) for entry in entries]
    origins = tuple(_with_ledger(settings, snapshot, origin) for origin in found)
    return MartTrace(
        table=table,
        key={part: last[part] for part in table.key},
        column=column,
        revisions=tuple(
            {
                "revision": row["revision"],
                "known_from": row["known_from"],
                "is_deleted": row["is_deleted"],
                "is_simulated": row["is_simulated"],
                "value": row[column.name],
            }
            for row in rows
        ),
        formula=last.get("formula") or column.formula or column.says,
        origins=origins,
        citations=tuple(json.loads(last["citations"])) if "citations" in last else (),
    )


def _opened(
    settings: Settings, snapshot: Snapshot, entries: Sequence[dict[str, Any]]
) -> duckdb.DuckDBPyConnection:
    """The tables that the entries lead to, through other marts as well."""
    from transforms.marts.registry import recipes
    from warehouse.store.home import open_home
    from warehouse.store.store import Warehouse

    names = {entry["table"] for entry in entries}
    for mart in recipes():
        if mart.table.name in names:
            names |= {*mart.read, *(one.table.name for one in recipes())}
    warehouse = Warehouse(open_home(settings.home, None).path)
    return warehouse.connect(*sorted(names), **past_of(snapshot))


def _origin(
    connection: duckdb.DuckDBPyConnection,
    entry: dict[str, Any],
    names: Sequence[str],
    value: Any,
) -> MartOrigin:
    leaves = tuple(_leaves(connection, entry, names, value, SHOWN))
    return MartOrigin(entry["table"], entry["where"], entry["rows"], leaves)


def _with_ledger(settings: Settings, snapshot: Snapshot, origin: MartOrigin) -> MartOrigin:
    """With the figures in the ledger of those rows that are facts out of prose."""
    leaves = (
        replace(leaf, ledger=tuple(ledger_rows(settings, snapshot, table_of(leaf.table), leaf.row)))
        for leaf in origin.leaves
    )
    return replace(origin, leaves=tuple(leaves))


def _leaves(
    connection: duckdb.DuckDBPyConnection,
    entry: dict[str, Any],
    names: Sequence[str],
    value: Any,
    limit: int,
) -> Iterator[Leaf]:
    """The first rows of an entry, those that hold the very value before others; a mart's row
    is followed on to what it follows from."""
    table = table_of(entry["table"])
    held = [name for name in names if name in {column.name for column in table.columns}]
    first = ""
    if held and value is not None:
        first = f"cast({quoted(held[0])} as varchar) = {text_literal(str(value))} desc nulls last, "
    order = first + ", ".join(quoted(name) for name in table.key)
    answer = connection.execute(
        f"select * from {quoted(table.name)} where {condition(entry['where'])} "  # noqa: S608
        f"order by {order} limit {limit}",
    )
    columns = [column[0] for column in answer.description or ()]
    for values in answer.fetchall():
        row = dict(zip(columns, values, strict=True))
        if not table.is_mart:
            yield _leaf(table, row, held or _quoted_columns(row))
            continue
        on = [part for name in held or names for part in _rests_on(table, name)]
        for inner in json.loads(row["derived_from"]):
            yield from _leaves(connection, inner, on, None, SHOWN)


def _rests_on(table: Table, name: str) -> tuple[str, ...]:
    try:
        return table.column(name).rests_on or (name,)
    except KeyError:
        return (name,)


def condition(where: dict[str, Any]) -> str:
    """The SQL condition of an entry of `derived_from`."""
    parts = ["true"]
    for name, wanted in where.items():
        text = f"cast({quoted(name)} as varchar)"
        if isinstance(wanted, list):
            low, high = (text_literal(str(end)) for end in wanted)
            parts.append(f"{text} between {low} and {high}")
        else:
            parts.append(f"{text} = {text_literal(str(wanted))}")
    return " and ".join(parts)


def _quoted_columns(row: dict[str, Any]) -> list[str]:
    """Where no column is named: those of which the page's own words are kept."""
    return [name for name in json.loads(row["evidence"] or "{}") if name in row]


def _leaf(table: Table, row: dict[str, Any], names: Sequence[str]) -> Leaf:
    words = json.loads(row["evidence"] or "{}")
    return Leaf(
        table=table.name,
        key={part: row[part] for part in table.key},
        cells=tuple(
            {"column": name, "value": row[name], "words": words.get(name)} for name in names
        ),
        url=row["source_url"],
        retrieved_at=row["retrieved_at"],
        payload_sha256=row["payload_sha256"],
        is_simulated=row["is_simulated"],
        row=row,
    )


def lines_of(found: MartTrace) -> Iterator[tuple[str, str]]:
    """A trace in lines: name and text."""
    last, unit = found.revisions[-1], f" {found.column.unit}" if found.column.unit else ""
    key = " ".join(str(part) for part in found.key.values())
    yield "cell", f"{found.table.name}  {key}  {found.column.name}"
    shown = cell(last["value"], found.column.name)
    yield "value", "null" if last["value"] is None else f"{shown}{unit}"
    if last["is_simulated"]:
        yield "simulated", "yes: something that it follows from is"
    for one in found.revisions:
        gone = ", a tombstone" if one["is_deleted"] else f": {cell(one['value'])}"
        yield (
            "revision",
            f"{one['revision']}, known from {one['known_from']:%Y-%m-%d %H:%M:%SZ}{gone}",
        )
    yield "formula", found.formula
    for origin in found.origins:
        where = " ".join(_told(value) for value in origin.where.values())
        rows = "1 row" if origin.rows == 1 else f"{origin.rows:,} rows"
        yield "follows from", f"{rows} of {origin.table}: {where}"
        for leaf in origin.leaves:
            marked = " (simulated)" if leaf.is_simulated else ""
            yield "", f"{leaf.table} {' '.join(str(part) for part in leaf.key.values())}{marked}"
            for each in leaf.cells:
                words = f"  {each['words']}" if each["words"] else ""
                yield "", f"  {each['column']} {cell(each['value'], each['column'])}{words}"
            for figure in leaf.ledger:
                yield "", f"  ledger: {in_a_line(figure)}"
            yield "", f"  {leaf.url}"
            yield (
                "",
                f"  fetched {leaf.retrieved_at:%Y-%m-%d %H:%M:%SZ}, sha256 {leaf.payload_sha256}",
            )


def _told(value: Any) -> str:
    return " to ".join(value) if isinstance(value, list) else str(value)


def write_page(path: Path, found: MartTrace, whose: str) -> None:
    """Write the rows that the cell follows from as a page. Raises `UsageError`."""
    notes = [f"Rows: {whose}."]
    notes += [f"{name}: {text}" for name, text in lines_of(found) if name]
    write_table(path, f"Where {found.table.name} is from", notes, page_rows(found))


def page_rows(found: MartTrace) -> list[dict[str, Any]]:
    """The cells it rests on, a row each, for a page."""
    return [
        {
            "table": leaf.table,
            "key": " ".join(str(part) for part in leaf.key.values()),
            "column": each["column"],
            "value": each["value"],
            "words": each["words"] or "",
            "is_simulated": leaf.is_simulated,
            "url": leaf.url,
            "fetched at": leaf.retrieved_at,
            "sha256": leaf.payload_sha256,
        }
        for origin in found.origins
        for leaf in origin.leaves
        for each in leaf.cells
    ]
