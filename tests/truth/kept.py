"""The pages kept beside the tests, golden ones and cases: what their readers take of them."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

from extractors.model import Page
from flows.core.sources import pipeline
from schemas.core.prose import FATES, is_ledger
from schemas.registry import TABLES
from tests.support.pages import archived, rows_of
from tests.truth.model import Score
from transforms.model import Row

TESTS = Path(__file__).parents[1]
OF_PROSE = {
    "hkex": ("core_climate_stats", "core_climate_events"),
    "icap": ("icap_facts",),
    "mee": ("mee_facts", "mee_benchmarks", "mee_penalties"),
    "seee": ("seee_bulletins",),
}
"""The tables of a source whose figures are of prose."""
Stated = Mapping[str, Any]


@dataclass(frozen=True)
class Kept:
    """A page with what its JSON says of it."""

    path: Path
    source: str
    document: Mapping[str, Any]

    def page(self) -> Page:
        """The file as a page of its source."""
        source = pipeline(self.source).source
        kind = source.kind_of(source.canonical(self.document["url"]))
        assert kind is not None, self.document["url"]
        body = self.document.get("request_body")
        return archived(self.path, self.source, kind.name, self.document["url"], body)

    def rows(self) -> list[Row]:
        """What the page gives."""
        return list(rows_of(self.page()))


def golden(source: str) -> list[Kept]:
    """A source's golden pages."""
    return _beside(TESTS / "golden" / source, source, ".rows.json")


def cases(source: str) -> list[Kept]:
    """A source's cases."""
    return _beside(TESTS / "cases" / source, source, ".json")


def _beside(folder: Path, source: str, ending: str) -> list[Kept]:
    pages = (p for p in sorted(folder.iterdir()) if p.suffix != ".json" or ending != ".json")
    found = [(p, p.with_name(p.stem + ending)) for p in pages if ".rows." not in p.name]
    return [Kept(p, source, json.loads(d.read_text(encoding="utf-8"))) for p, d in found]


def score_golden(source: str) -> Score:
    """Rows of prose, against the golden ones."""
    right = wrong = wanted = texts = 0
    for kept in golden(source):
        want = Counter(_figures(row) for row in kept.document["rows"] if _is_of(source, row))
        got = Counter(
            _figures({"table": row.table, "values": row.values})
            for row in kept.rows()
            if row.table in OF_PROSE[source]
        )
        texts += bool(want or got)
        wanted += want.total()
        right += (want & got).total()
        wrong += (got - want).total()
    return Score(texts, wanted, right, wrong)


def _is_of(source: str, row: Stated) -> bool:
    return row["table"] in OF_PROSE[source]


def _figures(row: Stated) -> str:
    values = {name: str(value) for name, value in row["values"].items() if value is not None}
    return json.dumps([row["table"], values], sort_keys=True)


def score_cases(source: str) -> Score:
    """Rows that must be there, and rows that must not."""
    right = wrong = wanted = 0
    for kept in (found := cases(source)):
        lacking, unwanted, count = against(kept)
        wanted += count
        right += count - len(lacking)
        wrong += len(unwanted)
    return Score(len(found), wanted, right, wrong)


def against(kept: Kept) -> tuple[list[str], list[str], int]:
    """What a case lacks, what it has and must not have, and how many rows it must have."""
    rows = kept.rows()
    lacking = [
        f"{table} lacks {wanted}"
        for table, many in kept.document.get("expected", {}).items()
        for wanted in many
        if not _holds(rows, table, wanted)
    ]
    unwanted = [
        f"{table} has {bad}"
        for table, many in kept.document.get("absent", {}).items()
        for bad in many
        if _holds(rows, table, bad)
    ]
    for place, words in kept.document.get("text_without", {}).items():
        table, _, column = place.partition(".")
        text = " ".join(str(row.values.get(column)) for row in rows if row.table == table)
        unwanted += [f"{place} has {word}" for word in words if word in text]
    return lacking, unwanted, sum(map(len, kept.document.get("expected", {}).values()))


def _holds(rows: list[Row], table: str, wanted: Stated) -> bool:
    return any(
        row.table == table and all(_same(v, row.values.get(n)) for n, v in wanted.items())
        for row in rows
    )


def _same(want: Any, got: Any) -> bool:
    """Numbers by value, lists in any order, an empty cell as none."""
    if want in (None, ""):
        return got in (None, "")
    if isinstance(want, dict):
        held = json.loads(got) if isinstance(got, str) else (got or {})
        return all(_same(value, held.get(name)) for name, value in want.items())
    if isinstance(want, bool):
        return bool(got) is want
    if isinstance(want, str) and ";" in want:
        parts = [{p.strip() for p in str(each or "").split(";")} for each in (want, got)]
        return parts[0] == parts[1]
    try:
        return got not in (None, "") and Decimal(str(want)) == Decimal(str(got))
    except InvalidOperation:
        return str(want) == str(got)


def fates(source: str) -> Iterator[tuple[str, int]]:
    """Printed figures of all kept texts by what became of them; nothing without a ledger."""
    counts: Counter[str] = Counter()
    for kept in (*golden(source), *cases(source)):
        for row in kept.rows():
            if is_ledger(TABLES[row.table]):
                counts.update({fate: row.values[fate] for fate in FATES})
    return iter(counts.items())
