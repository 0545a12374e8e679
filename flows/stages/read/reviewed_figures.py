"""Readings of people at work: the facts that they give, and what the ledger says of their figures.

A pure function of pages, readings and code.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any, Protocol

from flows.core.sources import Pipeline
from schemas.contracts.printed_numbers import plain
from schemas.contracts.readings import ACCEPTED, READ_BY, READING_ID, FigureReading
from schemas.core.facts import PARTS, FactsShape
from schemas.core.prose import FIGURES, is_ledger
from schemas.core.table import Kind, Table
from schemas.registry import FACTS

_LINEAGE = (
    *("source", "source_url", "retrieved_at", "payload_sha256", "parser_version"),
    "is_simulated",
)


class ReadRows(Protocol):
    """What a batch of pages gave (`flows.stages.read.parse.Reading`), as far as it counts here."""

    rows: dict[str, list[dict[str, Any]]]
    origins: dict[str, list[Any]]
    stated: dict[str, Any]
    records: int


def ledger_of(pipeline: Pipeline) -> Table | None:
    """The source's ledger of prose, if it has one."""
    return next((table for table in pipeline.tables if is_ledger(table)), None)


def text_of(ledger: Table, row: Mapping[str, Any]) -> str:
    """The name of a ledger row's text, as `prose_figures` has it."""
    return " ".join(str(row[name]) for name in ledger.key if row[name])


def figures_of(row: Mapping[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Each figure of a ledger's row with its sentence."""
    for sentence in json.loads(row[FIGURES.name]):
        for figure in sentence["figures"]:
            yield sentence["sentence"], figure


def is_about(reading: FigureReading, sentence: str, figure: Mapping[str, Any]) -> bool:
    """Whether a reading is of this figure of this sentence."""
    printed = str(figure.get("printed", ""))
    return reading.place[2:] == (plain(sentence), plain(printed))


def outside(pipeline: Pipeline, one: FigureReading) -> str:
    """Why a reading's values can be none of its metric's; empty where they can, or where the
    reading accepts them all the same."""
    shape = FACTS[one.source]
    if one.accepts:
        return ""
    said = dict(one.said)
    names = {part: column.name for part in PARTS if (column := shape.column(part))}
    unit = str(said.get(names.get("unit", ""), ""))
    values = (said.get(names.get(part, "")) for part in ("value", "value_to"))
    told = (
        pipeline.out_of_bounds(str(said[names["metric"]]), unit, Decimal(value))
        for value in values
        if value is not None
    )
    return next(filter(None, told), "")


def can_be_read(one: FigureReading, figure: Mapping[str, Any]) -> bool:
    """Whether a reading says anything of a figure: one that was left, or one that was taken and
    is accepted as it was taken."""
    if figure["fate"] not in ("taken", "reviewed"):
        return True
    if figure["fate"] == "reviewed":
        return figure.get("reading") == one.identity
    return bool(one.accepts) and _says_the_same(one, figure)


def _says_the_same(one: FigureReading, figure: Mapping[str, Any]) -> bool:
    shape, said = FACTS[one.source], dict(one.said)
    metric, value = shape.column("metric"), shape.column("value")
    assert metric is not None
    assert value is not None
    if said[metric.name] != figure.get("metric"):
        return False
    told, held = said.get(value.name), figure.get("value")
    if told is None or held is None:
        return told is None and figure.get("kind") != "measure"  # a deadline is its day
    return abs(Decimal(told)) == abs(Decimal(held))


def apply_readings(pipeline: Pipeline, pages: ReadRows, readings: Sequence[FigureReading]) -> None:
    """Add a fact for each figure that a person read, and say so in the ledger.

    A figure that the grammar reads by now, or a sentence that is no more, is left as it is;
    `flows.stages.load.apply_readings.report` tells of it. Of one that was taken and that the
    reading accepts, the fact is named in the ledger.
    """
    ledger, shape = ledger_of(pipeline), FACTS.get(pipeline.source.name)
    if ledger is None or shape is None or not readings:
        return
    for at, row in enumerate(pages.rows.get(ledger.name, [])):
        text = text_of(ledger, row)
        for one in readings:
            if one.text == text and not outside(pipeline, one):
                _apply(pages, shape, one, (ledger, at))


def _apply(
    pages: ReadRows, shape: FactsShape, one: FigureReading, place: tuple[Table, int]
) -> None:
    """Say in a ledger's row that a figure was read, and add its fact; nothing where the row has
    no figure that the reading is of."""
    row = pages.rows[place[0].name][place[1]]
    sentences = json.loads(row[FIGURES.name])
    figure = next(
        (
            figure
            for part in sentences
            for figure in part["figures"]
            if is_about(one, part["sentence"], figure) and can_be_read(one, figure)
        ),
        None,
    )
    if figure is None or figure["fate"] == "reviewed":
        return
    is_taken = figure["fate"] == "taken"
    row[figure["fate"]] -= 1
    row["reviewed"] += 1
    metric = dict(one.said)["metric"]
    figure |= {"fate": "reviewed", "metric": metric, "reading": one.identity}
    figure |= {"reason": f"read by {one.read_by}, {one.date}"}
    figure.pop("words", None)
    fact = _taken(pages, shape, one) if is_taken else _add(pages, shape, one, place)
    if one.accepts:
        figure["reason"] += f": {one.accepts}"
    if one.accepts and fact is not None:
        key = (str(fact[name]) for name in shape.table.key)
        figure[ACCEPTED] = " ".join((shape.table.name, *key))
    row[FIGURES.name] = json.dumps(sentences, ensure_ascii=False, separators=(",", ":"))


def _taken(pages: ReadRows, shape: FactsShape, one: FigureReading) -> dict[str, Any] | None:
    """The fact that the grammar made of a figure."""
    columns = {part: shape.column(part) for part in ("metric", "value", "quote")}
    metric, value, quote = (columns[part] for part in ("metric", "value", "quote"))
    assert metric is not None
    assert value is not None
    assert quote is not None
    said = dict(one.said)
    for row in pages.rows.get(shape.table.name, ()):
        is_same = row[metric.name] == said[metric.name] and row[value.name] == said[value.name]
        if is_same and plain(str(row[quote.name])) == plain(one.quote):
            return row
    return None


def _add(
    pages: ReadRows, shape: FactsShape, one: FigureReading, place: tuple[Table, int]
) -> dict[str, Any]:
    """The row of a reading, beside the facts of its text."""
    ledger, at = place
    row, origin = pages.rows[ledger.name][at], pages.origins[ledger.name][at]
    table = shape.table
    fact: dict[str, Any] = {
        column.name: row.get(column.name)
        if column.name in row
        else ("" if column.kind is Kind.TEXT and not column.nullable else None)
        for column in table.own
    }
    fact |= {name: row[name] for name in _LINEAGE} | dict(one.said)
    for part, value in (("printed", one.printed), ("quote", one.quote)):
        if (column := shape.column(part)) is not None:
            fact[column.name] = value
    note = {"value": one.quote, READ_BY: f"{one.read_by}, {one.date}", READING_ID: one.identity}
    fact["evidence"] = json.dumps(note, ensure_ascii=False, sort_keys=True)
    rows = pages.rows.setdefault(table.name, [])
    taken = {tuple(other[name] for name in table.key) for other in rows}
    if (number := shape.column("number")) is not None:
        fact[number.name] = 1
        while tuple(fact[name] for name in table.key) in taken:
            fact[number.name] += 1
    rows.append(fact)
    pages.origins.setdefault(table.name, []).append(origin)
    pages.records += 1
    if (stated := pages.stated.get(origin.entry.fetch_id)) is not None:
        stated.setdefault(table.name, set()).add(tuple(fact[name] for name in table.key))
    return fact
