"""The shape that tables of figures out of prose share."""

from __future__ import annotations

import pytest

from schemas.core.facts import PARTS, FactsShape
from schemas.registry import TABLES
from schemas.sources.hkex.tables import FACTS as HKEX_FACTS
from schemas.sources.icap.news import FACTS as ICAP_FACTS
from schemas.sources.mee.tables import FACTS as MEE_FACTS

SHAPES = {shape.table.name: shape for shape in (MEE_FACTS, ICAP_FACTS, HKEX_FACTS)}
LACKS = {
    "mee_facts": set(),
    "icap_facts": {"sector", "as_of"},
    "core_climate_stats": {
        "number", "value_to", "unit", "printed", "scope", "sector", "period", "due_on",
    },
}  # fmt: skip


@pytest.mark.parametrize("name", SHAPES)
def test_a_table_of_facts_has_the_parts_of_the_shape(name: str) -> None:
    shape = SHAPES[name]
    assert TABLES[name] is shape.table
    assert PARTS.keys() - set(shape.parts) == LACKS[name]
    played = [column.name for part in shape.parts if (column := shape.column(part))]
    assert len(played) == len(set(played)), "a column plays two parts"


@pytest.mark.parametrize("name", SHAPES)
def test_a_fact_is_known_by_its_document_metric_and_number(name: str) -> None:
    shape = SHAPES[name]
    columns = [shape.column(part) for part in ("document", "metric", "number")]
    assert {column.name for column in columns if column} <= set(shape.table.key)
    assert all(not column.nullable for column in columns if column)


def test_the_quote_carries_every_fact() -> None:
    for shape in SHAPES.values():
        quote = shape.column("quote")
        assert quote is not None
        assert not quote.nullable


@pytest.mark.parametrize(
    ("table", "named", "why"),
    [
        ("icap_facts", {"document": "article_key", "colour": "unit"}, "colour"),
        ("icap_facts", {"document": "article"}, "article"),
        ("icap_facts", {}, "no column is its document"),
        ("icap_facts", {"document": "article_key", "due_on": "metric"}, "metric is text"),
        ("mee_notices", {"document": "document_key"}, "no column is its metric"),
    ],
)
def test_a_table_of_another_shape_is_refused(table: str, named: dict[str, str], why: str) -> None:
    with pytest.raises(ValueError, match=why):
        FactsShape(TABLES[table], named)
