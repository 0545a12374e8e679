"""The ledger of prose: a row a text, a line of one view a figure, each with one fate."""

from __future__ import annotations

from typing import Any

import duckdb
import pandas as pd

from schemas.core.prose import CONSERVED, FATES, is_ledger
from schemas.ops.prose import PROSE_FIGURES, figures_sql
from schemas.registry import TABLES
from schemas.sources.mee.tables import MEE_PROSE
from transforms.mee.facts.reading import read_text
from transforms.text.frames.ledger import ledger_values

TEXT = "2024年，全国碳市场配额成交量1.89亿吨，第3页的蓝色配额成交量7万吨。\n成交额181.14亿元。"


def row(text: str, key: str, file_name: str = "") -> dict[str, Any]:
    values = ledger_values(read_text(text, title="全国碳市场").figures)
    lineage = {"source": "mee", "source_url": f"https://mee.example/{key}", "is_simulated": True}
    known = {"known_from": pd.Timestamp("2026-01-02", tz="UTC")}
    return {"document_key": key, "file_name": file_name, **values, **lineage, **known}


def test_each_printed_figure_is_a_row_with_its_sentence() -> None:
    held = pd.DataFrame([row(TEXT, "one"), row("无数字。", "two"), row(TEXT, "W1.pdf", "W1.pdf")])
    with duckdb.connect(":memory:") as connection:
        connection.register(MEE_PROSE.name, held)
        found = connection.execute(figures_sql([MEE_PROSE])).df()
    assert list(found.columns) == [column.name for column in PROSE_FIGURES.own]
    one = found[found["text"] == "one"].sort_values("number")
    assert list(one["printed"]) == ["2024年", "1.89亿吨", "第3页", "7万吨", "181.14亿元"]
    assert list(one["fate"]) == ["context", "taken", "context", "unknown_words", "no_period"]
    assert list(one["number"]) == [1, 2, 3, 4, 5]
    assert one.iloc[3]["words"] == "蓝色"
    assert one.iloc[1]["value"] == 189_000_000
    assert set(found["text"]) == {"one", "W1.pdf"}


def test_without_any_text_there_are_no_figures() -> None:
    with duckdb.connect(":memory:") as connection:
        found = connection.execute(figures_sql([])).df()
    assert found.empty


def test_found_is_the_sum_of_the_fates() -> None:
    values = ledger_values(read_text(TEXT, title="全国碳市场").figures)
    assert values["found"] == sum(values[fate] for fate in FATES) == 5
    good = pd.DataFrame([values])
    assert CONSERVED.holds(good).all()
    held = values["figures"]
    for spoilt in (
        {"taken": 0},
        {"taken": 0, "doubted": 1},
        {"found": 4, "context": 1},
        {"figures": held.replace('"fate":"taken"', '"fate":"doubted"')},
        {"figures": held.replace('"fate":"taken"', '"fate":"lost"')},
        {"figures": "[]"},
        {"figures": held[:-1]},
        {"figures": "{}"},
    ):
        assert not CONSERVED.holds(pd.DataFrame([values | spoilt])).any(), spoilt
    empty = ledger_values([])
    assert CONSERVED.holds(pd.DataFrame([empty])).all()
    assert CONSERVED.holds(pd.DataFrame([values, values | {"taken": 9}])).tolist() == [True, False]


def test_every_source_with_a_ledger_is_in_the_view() -> None:
    ledgers = [table for table in TABLES.values() if is_ledger(table)]
    assert MEE_PROSE in ledgers
    assert all(table.rules == (CONSERVED,) for table in ledgers)
    assert all(table.name in figures_sql(ledgers) for table in ledgers)
