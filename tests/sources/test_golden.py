"""Golden pages and golden rows, side by side, for every source: one test walks them all.

`tests/golden/<source>/<kind>-<name>.<html|json>` is a page as archived, its first line in
`<same name>.rows.json` says under which address; the rest are the rows it has to give.
After a deliberate change of reading, `CARBONMART_GOLDEN=write` writes the rows anew: look at
their difference before you commit it.
"""

from __future__ import annotations

import json
import os
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from extractors.model import Page, Record
from flows.core.sources import names, pipeline
from tests.support.pages import archived

GOLDEN = Path(__file__).parents[1] / "golden"
PAGES = sorted(p for p in GOLDEN.rglob("*") if p.is_file() and ".rows." not in p.name)


def plain(value: Any) -> Any:
    return str(value) if isinstance(value, (Decimal, date)) else value


def rows_of(page: Page) -> list[dict[str, Any]]:
    """The page down the road: each row with its table, values that are not null, and evidence."""
    taken = pipeline(page.source)
    found: list[dict[str, Any]] = []
    for item in taken.source.parse(page):
        assert isinstance(item, Record), item
        for row in taken.transform(item):
            values = {name: plain(v) for name, v in row.values.items() if v is not None}
            found.append({"table": row.table, "values": values, "evidence": row.evidence})
    return found


@pytest.mark.parametrize("path", PAGES, ids=lambda p: f"{p.parent.name}/{p.stem}")
def test_a_golden_page_gives_its_golden_rows(path: Path) -> None:
    rows_file = path.with_suffix(".rows.json")
    golden = json.loads(rows_file.read_text(encoding="utf-8"))
    source, kind_name = path.parent.name, path.name.split("-")[0]
    page = archived(path, source, kind_name, golden["url"], golden.get("request_body"))
    kind = pipeline(page.source).source.kind_of(page.url)
    assert kind is not None
    assert kind.name == page.kind
    rows = rows_of(page)
    if os.environ.get("CARBONMART_GOLDEN") == "write":
        golden["rows"] = rows
        rows_file.write_text(
            json.dumps(golden, ensure_ascii=False, indent=1) + "\n", encoding="utf-8"
        )
    assert rows == golden["rows"]
    assert rows


@pytest.mark.parametrize("name", names())
def test_every_kind_of_page_has_a_golden_one(name: str) -> None:
    kinds = {kind.name for kind in pipeline(name).source.kinds if kind.yields_records}
    assert kinds == {path.name.split("-")[0] for path in PAGES if path.parent.name == name}
