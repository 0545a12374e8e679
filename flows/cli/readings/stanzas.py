"""What `readings suggest` and `readings check` print."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import yaml

from flows.cli import output
from flows.cli.output import Form
from flows.core.context import RunContext
from flows.core.errors import UsageError
from flows.core.query.ask import ask
from flows.core.query.time_travel import working
from flows.core.settings import Settings
from flows.core.sources import pipeline
from flows.stages.load.apply_readings import state_of
from flows.stages.read.readings import present
from flows.stages.read.reviewed_figures import text_of
from schemas.contracts.readings import FigureReading, ReadingError, read_readings
from schemas.core.forms import text_literal
from schemas.core.prose import FATES, is_ledger
from schemas.registry import SOURCES
from warehouse.store.home import open_home

_GIVEN = ("source", "text", "quote", "printed", "metric", "value", "unit")


def suggested(
    settings: Settings, source: str | None, fates: Sequence[str], limit: int, *, as_lines: bool
) -> str:
    """A stanza for each figure that was left, with what is known of it and what is to be said."""
    if unknown := [fate for fate in fates if fate not in FATES]:
        raise UsageError(f"no fate of figures: {', '.join(unknown)}; there are {', '.join(FATES)}")
    wanted = ", ".join(map(text_literal, fates))
    where = f"fate in ({wanted}) and kind in ('measure', 'bare number', 'table cell')"
    if source:
        where += f" and source = {text_literal(source)}"
    columns = "source, text, sentence as quote, printed, metric, value, unit, fate, reason, words"
    order = f"order by source, text, number limit {limit}"
    query = f"select {columns} from prose_figures where {where} {order}"  # noqa: S608
    snapshot = working(_context(settings).warehouse)
    rows = ask(settings, query, snapshot)
    sys.stderr.write(snapshot.label + "\n")
    output.mark_simulated(settings)
    return "".join(_stanza(row, as_lines=as_lines) for row in rows)


def _stanza(row: dict[str, Any], *, as_lines: bool) -> str:
    given = {name: "" if row[name] is None else _shown(row[name]) for name in _GIVEN}
    told = given | {"scope": "", "period": "", "read_by": "", "date": ""}
    if as_lines:
        return json.dumps(told, ensure_ascii=False) + "\n"
    why = "; ".join(filter(None, [row["fate"], row["reason"], row["words"]]))
    body = yaml.safe_dump([told], allow_unicode=True, sort_keys=False, width=100)
    return f"# {why}\n{body}"


def _shown(value: Any) -> str:
    text = str(value)
    return text.rstrip("0").rstrip(".") if "." in text and text.replace(".", "").isdigit() else text


def checked(settings: Settings, file: Path | None, form: Form) -> bool:
    """Show how each reading stands; gives whether all are applied or will be."""
    readings = _of_file(file) if file else present(settings)
    context = _context(settings)
    rows = []
    for one in readings:
        owner = pipeline(one.source, is_sample=context.home.kind == "sample")
        state, told = state_of(owner, one, _ledger_row(settings, context, one))
        rows.append(
            {
                "state": state,
                "text": one.text,
                "printed": one.printed,
                **dict(one.said),
                "read_by": one.read_by,
                "date": one.date,
                "told": told,
            }
        )
    output.name_rows(working(context.warehouse), form)
    output.show_rows(rows, form, empty="no readings")
    return all(row["state"] in ("applied", "pending") for row in rows)


def _of_file(file: Path) -> tuple[FigureReading, ...]:
    try:
        return read_readings(file.read_text(encoding="utf-8"), str(file))
    except (OSError, UnicodeDecodeError) as error:
        raise ReadingError(f"{file} can't be read: {error}") from error


def _ledger_row(
    settings: Settings, context: RunContext, one: FigureReading
) -> dict[str, Any] | None:
    """The ledger's row of a reading's text."""
    ledger = next((table for table in SOURCES[one.source] if is_ledger(table)), None)
    if ledger is None or context.warehouse.version(ledger.name) is None:
        return None
    name = "concat_ws(' ', " + ", ".join(f"nullif(\"{key}\", '')" for key in ledger.key) + ")"
    sql = f"select * from {ledger.name} where {name} = {text_literal(one.text)}"  # noqa: S608
    rows = ask(settings, sql, working(context.warehouse))
    return next((row for row in rows if text_of(ledger, row) == one.text), None)


def _context(settings: Settings) -> RunContext:
    return RunContext(open_home(settings.home, None), settings, job="readings")
