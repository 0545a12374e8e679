"""Nothing is taken of a document that dates itself after the capture of its page."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from extractors.warc.exchange import Entry
from flows.core.clock import Days
from flows.core.sources import pipeline
from flows.stages.read.parse import Origin, Reading
from flows.stages.read.prepare import Prepared, RowChecks, _to_come, _validate
from schemas.contracts.corrections import Correction
from schemas.core.table import Kind, Table
from schemas.registry import TABLES

CAPTURED = datetime(2026, 11, 30, 14, tzinfo=UTC)
TODAY, LATER = date(2026, 11, 30), date(2027, 6, 26)


def row(table: Table, **cells: Any) -> dict[str, Any]:
    """A row of which only what is told says anything."""
    empty: dict[Kind, Any] = {Kind.TEXT: "", Kind.INT: 1, Kind.BOOL: False, Kind.DATE: TODAY}
    told = {c.name: None if c.nullable else empty.get(c.kind) for c in table.stated}
    told |= {c.name: c.one_of[0] for c in table.stated if c.one_of and not c.nullable}
    return told | {"retrieved_at": CAPTURED, "payload_sha256": "0" * 64} | cells


def origin(fetch_id: str) -> Origin:
    entry = object.__new__(Entry)
    object.__setattr__(entry, "fetch_id", fetch_id)
    object.__setattr__(entry, "key", fetch_id)
    return Origin(entry, 0)


def taken(published: date, corrections: tuple[Correction, ...] = ()) -> dict[str, list[str]]:
    """The notices and facts of two pages, one of today and one of that day, that are taken."""
    notices, facts = TABLES["mee_notices"], TABLES["mee_facts"]
    reading, done = Reading(), Prepared()
    for key, day in (("a", TODAY), ("b", published)):
        for table, cells in (
            (notices, {"published_on": day}),
            (facts, {"value": Decimal(1), "metric": "accounts"}),
        ):
            reading.rows.setdefault(table.name, []).append(row(table, document_key=key, **cells))
            reading.origins.setdefault(table.name, []).append(origin(key))
    checks = RowChecks(Days("Asia/Shanghai"), corrections)
    checks.to_come = _to_come(pipeline("mee"), reading, checks)
    for table in (notices, facts):
        _validate(table, reading, checks, done)
    assert {one.rule for one in done.refusals} <= {"in_the_future"}, done.refusals
    return {name: rows.column("document_key").to_pylist() for name, rows in done.tables.items()}


@pytest.mark.parametrize(("day", "keys"), [(LATER, ["a"]), (TODAY, ["a", "b"])])
def test_facts_go_with_their_document(day: date, keys: list[str]) -> None:
    assert taken(day) == {"mee_notices": keys, "mee_facts": keys}


def test_what_a_person_corrects_is_taken() -> None:
    one = Correction(
        *("mee_notices", ("b",), "published_on", LATER, TODAY, "a slip", "who", TODAY, "proof", 1)
    )
    assert taken(LATER, (one,)) == {"mee_notices": ["a", "b"], "mee_facts": ["a", "b"]}
