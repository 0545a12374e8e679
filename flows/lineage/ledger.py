"""From a fact out of prose to its figures in the ledger: what was printed, what became of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flows.core.query.ask import Rows, ask
from flows.core.query.sql import Snapshot
from flows.core.settings import Settings
from schemas.core.facts import FactsShape
from schemas.core.forms import text_literal
from schemas.core.table import Table
from schemas.ops.prose import PROSE_FIGURES
from schemas.registry import FACTS

SHOWN = ("text", "number", "printed", "kind", "fate", "metric", "reason", "words")


def ledger_rows(
    settings: Settings, snapshot: Snapshot, table: Table, row: Mapping[str, Any]
) -> Rows:
    """The ledger's rows of a fact's figures: those of its metric in its sentence, with its value
    where they have one. Empty for a row of a table that holds no facts out of prose."""
    shape = next((shape for shape in FACTS.values() if shape.table is table), None)
    if shape is None:
        return []
    document, metric, quote = (_told(shape, row, part) for part in ("document", "metric", "quote"))
    conditions = [
        f"source = {text_literal(str(row['source']))}",
        f"metric = {text_literal(metric)}",
        f"sentence = {text_literal(quote)}",
        f"starts_with(text, {text_literal(document)})",
    ]
    value = shape.column("value")
    if value is not None and row[value.name] is not None:
        conditions.append(f"(value is null or abs(value) = abs({row[value.name]}))")
    sql = (
        f"select {', '.join(SHOWN)} from {PROSE_FIGURES.name} "  # noqa: S608 - literals are quoted
        f"where {' and '.join(conditions)} order by text, number"
    )
    return ask(settings, sql, snapshot)


def _told(shape: FactsShape, row: Mapping[str, Any], part: str) -> str:
    column = shape.column(part)
    return "" if column is None else str(row[column.name] or "")


def in_a_line(figure: Mapping[str, Any]) -> str:
    """A ledger's row for people."""
    why = figure["words"] or figure["reason"]
    told = f"{figure['fate']} as {figure['metric']}" + (f": {why}" if why else "")
    return f"{figure['printed']}, figure {figure['number']} of {figure['text']}: {told}"
