"""Published bulletins, each rendered as a page in its wording and ingested: what comes back?

Every row of `tests/facts/seee_bulletins.csv` goes the whole road (page, archive, reader,
schema, table) under a real address, into a live store, and has to come back equal in
every column its wording carries, and null where it carries none.
"""

from __future__ import annotations

import csv
import json
import re
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from extractors.sample.sites.seee.pages import ArticlePage, article_page
from extractors.sample.sites.seee.texts.bulletins import render_bulletin
from flows.core.settings import Settings
from flows.jobs.ingest import ingest
from warehouse.store.store import Warehouse

FACTS = Path(__file__).parents[1] / "facts" / "seee_bulletins.csv"
PERIOD = {"daily": "day", "weekly": "week", "monthly": "month", "yearly": "year"}
PRICES = ("open", "high", "low", "close")
LEGS = {"listed": "listed", "block": "block", "auction": "auction", "total": "total"}
SUMS = {**LEGS, "ytd": "ytd", "cum": "cumulative"}


def facts() -> list[dict[str, str]]:
    with FACTS.open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def name_of(fact: dict[str, str]) -> str:
    return f"{fact['kind']}-{fact['period_end']}-{fact['variety']}"


def expected(fact: dict[str, str]) -> dict[str, Any]:
    """The figures of a fact under the table's column names."""

    def decimal(text: str) -> Decimal | None:
        return Decimal(text).quantize(Decimal("0.01")) if text else None

    row: dict[str, Any] = {
        "period": PERIOD[fact["kind"]],
        "period_start": date.fromisoformat(fact["period_start"]),
        "period_end": date.fromisoformat(fact["period_end"]),
        "trade_date": date.fromisoformat(fact["period_end"]),
        "price_basis": fact["price_basis"],
        "change_pct": decimal(fact["change_pct"]),
    }
    row |= {f"{name}_cny_per_t": decimal(fact[name]) for name in PRICES}
    for short, name in SUMS.items():
        volume = fact[f"{short}_vol_t"]
        row[f"{name}_volume_t"] = int(volume) if volume else None
        row[f"{name}_turnover_cny"] = decimal(fact[f"{short}_amt_cny"])
    return row


def saved_page(folder: Path, fact: dict[str, str], number: int) -> tuple[Path, str]:
    """The fact as a saved page in its wording: the file, and the address it has."""
    title, paragraphs = render_bulletin(fact)
    published = date.fromisoformat(fact["period_end"])
    article = ArticlePage(number, fact["kind"], title, published, tuple(paragraphs), False)
    file = folder / f"{number}.html"
    html = re.sub('<meta name="carbonmart-sample"[^>]*>', "", article_page(article))
    file.write_text(html, encoding="utf-8")  # a live store takes no page of the sample
    return file, f"https://overview.cneeex.com{article.path}"


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, Any]]:
    """All facts ingested into one store: the current row of each, by address."""
    folder = tmp_path_factory.mktemp("facts")
    pages = [saved_page(folder, fact, number) for number, fact in enumerate(facts(), start=1)]
    home = folder / "home"
    report = ingest(Settings.load(str(home)), [f for f, _ in pages], [url for _, url in pages])
    assert [(run.tally.parsed, run.tally.quarantined) for run in report.runs] == [(55, 0)]
    with Warehouse(home).connect() as connection:
        answer = connection.execute("select * from seee_bulletins")
        names = [column[0] for column in answer.description or ()]
        rows = [dict(zip(names, row, strict=True)) for row in answer.fetchall()]
    return {row["source_url"]: row for row in rows}


@pytest.mark.parametrize(
    ("number", "fact"), [*enumerate(facts(), start=1)], ids=[name_of(f) for f in facts()]
)
def test_a_published_bulletin_comes_back_equal(
    store: dict[str, dict[str, Any]], number: int, fact: dict[str, str]
) -> None:
    url = f"https://overview.cneeex.com/c/{fact['period_end']}/{number}.shtml"
    row = store[url]
    want = expected(fact)
    assert {name: row[name] for name in want} == want
    assert row["is_simulated"] is False
    assert row["revision"] == 1


def test_every_figure_has_the_words_that_carried_it(store: dict[str, dict[str, Any]]) -> None:
    for url, row in store.items():
        evidence = json.loads(row["evidence"])
        for name in ("close_cny_per_t", "listed_volume_t", "total_turnover_cny"):
            if row[name]:
                assert f"{row[name]:,}".rstrip("0").rstrip(".") in evidence[name], (url, name)


def test_one_row_a_fact(store: dict[str, dict[str, Any]]) -> None:
    assert len(store) == len(facts()) == 55
