"""Parse and transform a page: against a bare `lxml.html` parse of the same bytes, or in all.

One thread, CPU time, page by page in turn, so that other work on the machine counts little.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from statistics import median

from lxml import html

from extractors.archive.archive import Archive
from extractors.model import Page, Record
from extractors.seee.lists import read_list
from flows.core.sources import Pipeline, pipeline
from tests.bench.measuring import Row
from tests.support.pages import rows_of
from tests.truth.kept import cases, golden

PROSE = (
    ("mee", "notice", "a notice of the ministry"),
    ("hkex", "article", "a release of HKEX"),
    ("icap", "article", "a news item of ICAP"),
)


def rows(home: Path, rounds: int) -> list[Row]:
    """Ratios for bulletins (prose to typed row) and for list pages (to addresses)."""
    sample = pipeline("seee", is_sample=True)
    archive = Archive(home / "archive")
    found = [e for e in archive.entries(source="seee") if e.status == 200 and e.is_new]
    bulletins, lists = (
        [archive.page(e) for e in found if e.kind == kind] for kind in ("bulletin", "bulletin_list")
    )
    archive.close()
    return [
        _row("parse + transform of a bulletin", bulletins, partial(_bulletin, sample), rounds, 2.0),
        _row("parse of a list page, 200 links", lists, partial(_list, sample), rounds),
        *(_prose(source, kind, what, rounds) for source, kind, what in PROSE),
    ]


def _prose(source: str, kind: str, what: str, rounds: int) -> Row:
    """The golden pages and cases of a source of prose, each from bytes to rows."""
    owner = pipeline(source)
    pages = [kept.page() for kept in (*golden(source), *cases(source))]
    pages = [page for page in pages if page.kind == kind]
    costs = []
    for _ in range(rounds + 1):  # the first one reads vocabularies, and is left out
        began = time.thread_time()
        for page in pages:
            for _ in rows_of(page, owner):
                pass
        costs.append((time.thread_time() - began) / len(pages))
    size = sum(len(page.body) for page in pages) // len(pages)
    told = f"{len(pages)} pages of {size:,} bytes; CPU"
    return Row(f"parse + transform of {what}", 1000 * median(costs[1:]), "ms", 2.0, detail=told)


def _bulletin(sample: Pipeline, page: Page) -> None:
    for item in sample.source.parse(page):
        assert isinstance(item, Record)
        sample.transform(item)


def _list(sample: Pipeline, page: Page) -> None:
    assert read_list(sample.source, page).items


def _row(
    what: str,
    pages: Sequence[Page],
    ours: Callable[[Page], None],
    rounds: int,
    limit: float | None = None,
) -> Row:
    ratios: list[float] = []
    costs: list[float] = []
    for _ in range(rounds):
        own_s = bare_s = 0.0
        for page in pages:
            began = time.thread_time()
            html.document_fromstring(page.body)
            between = time.thread_time()
            ours(page)
            own_s += time.thread_time() - between
            bare_s += between - began
        ratios.append(own_s / bare_s)
        costs.append(own_s / len(pages))
    told = f"{len(pages)} pages, {1000 * median(costs):.2f} ms each"
    return Row(f"{what}, vs bare `lxml.html`", median(ratios), "x", limit, detail=told)
