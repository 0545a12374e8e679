"""Citations as a program takes them: plain values, each figure with its page."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from flows.core.query.ask import ask
from flows.core.query.format import plain
from flows.core.query.sql import Snapshot
from flows.core.settings import Settings
from flows.core.sources import whole
from flows.lineage.trace import Trace
from flows.lineage.trace_mart import MartTrace
from schemas.core.forms import quoted, text_literal
from schemas.core.table import Table
from schemas.registry import SOURCES, TABLES, VIEWS

if TYPE_CHECKING:
    from flows.lineage.trace import Statement

TEXT = 1_500
"""Characters of a text that an answer gives; a cell that was cut ends in `…`."""
CITED = 12
"""Citations of one answer; the others are counted."""
_PAGE = ("source", "source_url", "retrieved_at", "payload_sha256", "is_simulated")


def as_plain(value: Any) -> Any:
    """A value as JSON has it: money and prices as text, so that they stay exact."""
    if isinstance(value, Mapping):
        return {str(name): as_plain(each) for name, each in value.items()}
    if isinstance(value, (list, tuple)):
        return [as_plain(each) for each in value]
    if isinstance(value, str):
        return value if len(value) <= TEXT else f"{value[:TEXT]}…"
    if isinstance(value, float) and not math.isfinite(value):
        return None
    if value is None or isinstance(value, (bool, int, float)):
        return value
    if isinstance(value, Decimal):
        return f"{value:f}"
    return plain(value)


def source_of(table: str) -> str:
    """The source that a table is read from; empty for what is derived, and for our own books."""
    return next((n for n, held in SOURCES.items() if table in {t.name for t in held}), "")


def publisher_of(source: str) -> str:
    """Who publishes a source."""
    known = whole()
    return known[source].publisher if source in known else source


def of_table(name: str) -> dict[str, Any]:
    """Whose a table's figures are, and on what terms."""
    table, source = {**TABLES, **VIEWS}[name], source_of(name)
    told = {"table": name, "says": table.says, "terms": table.terms or None}
    if source:
        found = whole()[source]
        told |= {"publisher": found.publisher, "homepage": found.homepage}
        told["terms"] = table.terms or found.terms
    return told


def of_trace(found: Trace | MartTrace) -> tuple[list[dict[str, Any]], int]:
    """The pages of a traced cell, and how many rows more it follows from."""
    if isinstance(found, Trace):
        return [_of_statement(found, found.last)], 0
    if found.citations:
        return [_of_report(each) for each in found.citations], 0
    pages = [
        {
            "table": leaf.table,
            "key": leaf.key,
            **each,
            "publisher": publisher_of(leaf.row["source"]),
            "url": leaf.url,
            "retrieved_at": leaf.retrieved_at,
            "payload_sha256": leaf.payload_sha256,
            "is_simulated": leaf.is_simulated,
        }
        for origin in found.origins
        for leaf in origin.leaves
        for each in leaf.cells
    ]
    # The row that holds the very value is the one to cite; the others are what it adds up from.
    pages.sort(key=lambda page: page["value"] != found.value)
    rows = sum(origin.rows for origin in found.origins)
    return pages[:CITED], max(0, rows - min(len(pages), CITED))


def _of_statement(found: Trace, last: Statement) -> dict[str, Any]:
    return {
        "table": found.table.name,
        "key": found.key,
        "column": found.column.name,
        "value": last.value,
        "words": last.words,
        **({"note": last.note} if last.note else {}),
        "publisher": publisher_of(last.row["source"]),
        "url": last.url,
        "retrieved_at": last.retrieved_at,
        "payload_sha256": last.payload_sha256,
        "is_simulated": last.row["is_simulated"],
    }


def of_figure(row: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The citations that a figure of the report carries."""
    return [_of_report(each) for each in json.loads(row["citations"])]


def _of_report(one: Mapping[str, Any]) -> dict[str, Any]:
    told = {n: v for n, v in one.items() if n not in ("quote", "source")}
    return {"words": one["quote"], "publisher": publisher_of(one["source"]), **told}


def of_rows(
    settings: Settings, snapshot: Snapshot, names: Iterable[str], rows: Sequence[Mapping[str, Any]]
) -> list[dict[str, Any]]:
    """Of those tables whose whole key the rows carry, the pages of the first rows."""
    found = []
    for name in names:
        table = {**TABLES, **VIEWS}[name]
        if table.is_log or not rows or not set(table.key) <= set(rows[0]):
            continue
        found += _of_keyed(settings, snapshot, table, rows[:CITED])
    return found[:CITED]


def _of_keyed(
    settings: Settings, snapshot: Snapshot, table: Table, rows: Sequence[Mapping[str, Any]]
) -> list[dict[str, Any]]:
    """The pages of a table's rows; of derived ones the rows that they follow from."""
    one_of = " or ".join(
        "("
        + " and ".join(
            f"cast({quoted(n)} as varchar) = {text_literal(str(row[n]))}" for n in table.key
        )
        + ")"
        for row in rows
    )
    columns = ("derived_from", "is_simulated") if table.is_mart else _PAGE
    chosen = ", ".join(map(quoted, dict.fromkeys((*table.key, *columns))))
    query = f"select {chosen} from {table.name} where {one_of} limit {CITED}"  # noqa: S608
    pages = []
    for row in ask(settings, query, snapshot):
        page = {"table": table.name, "key": {n: row[n] for n in table.key}}
        if table.is_mart:
            page["follows_from"] = json.loads(row["derived_from"])
        else:
            page |= {"publisher": publisher_of(row["source"]), "url": row["source_url"]}
            page |= {n: row[n] for n in ("retrieved_at", "payload_sha256")}
        pages.append({**page, "is_simulated": row["is_simulated"]})
    return pages
