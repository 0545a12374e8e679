"""The readers of prose on texts whose facts are known, and the page that says how well they do."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

import pytest

from tests.truth.kept import OF_PROSE, Kept, against, cases
from tests.truth.model import score
from tests.truth.report import BEGIN, END, NAMES, fate_lines, kept_lines

PAGE = Path(__file__).parents[2] / "docs" / "measured.md"
CASES = [kept for source in OF_PROSE for kept in cases(source)]


@pytest.mark.parametrize("kept", CASES, ids=lambda kept: f"{kept.source}/{kept.path.stem}")
def test_a_case_has_its_rows_and_no_others_like_them(kept: Kept) -> None:
    lacking, unwanted, _ = against(kept)
    assert not lacking
    assert not unwanted


@pytest.mark.parametrize("source", OF_PROSE)
def test_a_case_that_wants_what_is_not_there_fails(source: str) -> None:
    """The judge itself: a row that no page gives is missed, one that it gives is told."""
    kept = next(one for one in cases(source) if one.document.get("expected"))
    table, rows = next(iter(kept.document["expected"].items()))
    column = next(name for name, value in rows[0].items() if str(value).isdigit())
    other = rows[0] | {column: int(rows[0][column]) + 1}
    document = {**kept.document, "expected": {table: [other]}, "absent": {table: [rows[0]]}}
    lacking, unwanted, wanted = against(Kept(kept.path, kept.source, document))
    assert (len(lacking), len(unwanted), wanted) == (1, 1, 1)


@pytest.mark.parametrize("source", OF_PROSE)
def test_generated_texts_are_read_right(source: str) -> None:
    module = import_module(f"tests.truth.generated.{source}")
    told = score(module.samples(150, 7), module.read)
    assert told.wanted > 100
    assert told.wrong == 0
    assert told.recall > 0.99


@pytest.mark.parametrize("source", OF_PROSE)
def test_the_page_says_what_is_so(source: str) -> None:
    """After a change of reading: `make truth WRITE=1`."""
    block = PAGE.read_text(encoding="utf-8").partition(BEGIN)[2].partition(END)[0].splitlines()
    assert set(kept_lines(source)) <= set(block)
    assert {line for line in fate_lines() if line.startswith(f"| {NAMES[source]} |")} <= set(block)
    assert any(line.startswith(f"| {NAMES[source]} | generated ") for line in block)
