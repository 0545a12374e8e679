"""Our own split of rows into valid and refused: nothing dropped, nothing hidden.

Three steps, each of which reports all it finds: every cell's type, by itself, so that
one bad cell never hides others; the table's Pandera model on what is well typed, on
a fresh index; the table's rules. Rows that repeat a key are none of its business.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from typing import TYPE_CHECKING, Any

from schemas.core.cells import CHECKS
from schemas.core.forms import arrow_fields, pandera_model
from schemas.core.table import Column, Rule, Table

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Breach:
    """What is wrong with a row. `row` is its position among the rows given.

    `column` is empty for a rule over several columns; `value` is then a JSON object of
    them.
    """

    row: int
    rule: str
    column: str
    value: str
    detail: str


@dataclass(frozen=True, slots=True)
class Split:
    """Every row given is either in `valid` or has at least one finding in `refused`.

    `valid` holds the table's stated columns; `valid_rows` are the positions of its rows
    among those given. `warned` are findings about valid rows.
    """

    valid: pa.Table
    valid_rows: list[int]
    refused: list[Breach]
    warned: list[Breach]


def split(table: Table, rows: Sequence[Row]) -> Split:
    """Split rows (dicts of exactly the table's stated columns) by its definition.

    Raises nothing for bad data; the counts are asserted to add up.
    """
    typed, refused = _well_typed(table, rows)
    bad_cells = {(finding.row, finding.column) for finding in refused}
    arrow = _schema(table)
    batch = _to_arrow(typed, arrow)
    frame = _frame(batch)
    hard = _rule_findings(table, frame, typed, hard=True)
    columns = () if _is_clean(table, batch) else _column_findings(table, frame, typed)
    for finding in (*columns, *hard):
        if not _rests_on(finding, table, bad_cells):
            refused.append(finding)
    refused.sort(key=lambda finding: finding.row)
    bad_rows = {finding.row for finding in refused}
    valid_rows = [position for position in range(len(rows)) if position not in bad_rows]
    valid = batch if not bad_rows else batch.take(valid_rows) if valid_rows else batch.slice(0, 0)
    soft = _rule_findings(table, frame, typed, hard=False)
    warned = [finding for finding in soft if finding.row not in bad_rows]
    assert valid.num_rows + len(bad_rows) == len(rows), "rows lost in validation"
    return Split(valid, valid_rows, refused, warned)


@cache
def _schema(table: Table) -> Any:
    return arrow_fields(table.stated)


def _to_arrow(rows: Sequence[Row], schema: Any) -> pa.Table:
    import pyarrow as pa

    arrays = [pa.array([row[f.name] for row in rows], f.type) for f in schema]
    # Nulls in required columns are still to be found, so the fields don't forbid them yet.
    return pa.Table.from_arrays(arrays, schema=pa.schema([f.with_nullable(True) for f in schema]))


def _frame(batch: pa.Table) -> pd.DataFrame:
    import pandas as pd

    return batch.to_pandas(types_mapper=pd.ArrowDtype)  # type: ignore[no-any-return]


def _well_typed(table: Table, rows: Sequence[Row]) -> tuple[list[Row], list[Breach]]:
    """The rows with null for each cell that is not of its kind, and a finding for each."""
    columns = [(column.name, CHECKS[column.kind]) for column in table.stated]
    names = {name for name, _ in columns}
    typed: list[Row] = []
    findings: list[Breach] = []
    for position, row in enumerate(rows):
        wrong = {
            name: told
            for name, check in columns
            if (value := row.get(name)) is not None and (told := check(value))
        }
        for name, told in wrong.items():
            findings.append(Breach(position, "wrong_type", name, shown(row[name]), told))
        if not wrong and row.keys() == names:
            typed.append(row)  # as it is: a copy of each of many rows is a lot of memory
            continue
        if row.keys() != names:
            findings += _wrong_shape(position, row, names)
        typed.append({name: None if name in wrong else row.get(name) for name, _ in columns})
    return typed, findings


def _wrong_shape(position: int, row: Row, names: set[str]) -> Iterator[Breach]:
    for name in sorted(names - row.keys()):
        yield Breach(position, "missing_column", name, "", "the row does not state this column")
    for name in sorted(row.keys() - names):
        yield Breach(
            position, "unknown_column", name, shown(row[name]), "the table has no such column"
        )


def _is_clean(table: Table, batch: pa.Table) -> bool:
    """Whether no cell breaks what the Pandera model asks of single columns.

    Arrow sees that of a whole batch at once, where Pandera takes a millisecond or two for
    each column: it is only asked which cells they are.
    """
    return all(_column_is_clean(column, batch.column(column.name)) for column in table.stated)


def _column_is_clean(column: Column, cells: pa.ChunkedArray) -> bool:
    import pyarrow as pa
    import pyarrow.compute as pc

    if cells.null_count and not column.nullable:
        return False
    if column.one_of:
        known = pa.array(column.one_of, cells.type)
        # A null is no foreign value; whether it may be there was asked above.
        if pc.sum(pc.is_in(cells, known), min_count=0).as_py() != len(cells) - cells.null_count:
            return False
    if column.minimum is not None:
        least = pc.min(cells).as_py()
        if least is not None and least < column.minimum:
            return False
    return True


def _column_findings(table: Table, frame: pd.DataFrame, typed: Sequence[Row]) -> Iterator[Breach]:
    """What the Pandera model finds in single columns: nulls, foreign values, minima."""
    from pandera.errors import SchemaErrors

    model = pandera_model(table, stated_only=True, with_rules=False)
    try:
        model.validate(frame, lazy=True)
    except SchemaErrors as errors:
        found = False
        for case in errors.failure_cases.to_dict("records"):
            if case["schema_context"] != "Column" or case["index"] is None:
                raise  # the frame itself is not as it was built: no fault of any row
            found = True
            row, name = int(case["index"]), str(case["column"])
            rule = str(case["check"])
            column = table.column(name)
            detail = {
                "not_nullable": "may not be null",
                "one_of": f"none of {', '.join(column.one_of)}",
                "minimum": f"below {column.minimum}",
            }[rule]
            yield Breach(row, rule, name, shown(typed[row][name]), detail)
        if not found:
            raise


def _rule_findings(
    table: Table, frame: pd.DataFrame, typed: Sequence[Row], *, hard: bool
) -> Iterator[Breach]:
    """The rows that break a rule. Rules are read here row by row, not through Pandera:
    for a broken frame-level check it repeats every cell of the row."""
    if not len(frame):
        return
    for rule in table.rules:
        if rule.hard is not hard:
            continue
        broken = ~rule.holds(frame).fillna(True).astype(bool)
        for row in broken.to_numpy().nonzero()[0].tolist():
            yield _broken(rule, typed[row], row)


def _broken(rule: Rule, cells: Row, row: int) -> Breach:
    values = {name: shown(cells[name]) for name in rule.columns}
    if len(rule.columns) == 1:
        column = rule.columns[0]
        return Breach(row, rule.name, column, values[column], f"not so: {rule.says}")
    told = json.dumps(values, ensure_ascii=False)
    return Breach(row, rule.name, "", told, f"not so: {rule.says}")


def _rests_on(finding: Breach, table: Table, bad_cells: set[tuple[int, str]]) -> bool:
    """Whether it only follows from a cell that was refused already, and nulled for that."""
    if not bad_cells:
        return False
    rule = next((rule for rule in table.rules if rule.name == finding.rule), None)
    columns = rule.columns if rule else (finding.column,)
    return any((finding.row, column) in bad_cells for column in columns)


def shown(value: object) -> str:
    """A cell as text, for people; a null is empty."""
    if value is None:
        return ""
    return f"{value:f}" if isinstance(value, Decimal) and value.is_finite() else str(value)
