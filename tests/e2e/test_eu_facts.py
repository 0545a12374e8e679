"""The published prices of CBAM certificates, rendered as the page they are on, and ingested.

Each row of `tests/facts/cbam.csv` with a price goes the whole road under the real address into a
live store and comes back equal; those of the schedule hold the rule of when a price is due.
"""

from __future__ import annotations

import csv
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from extractors.eu.source import PRICES, SOURCE
from extractors.model import SIMULATED_META
from extractors.sample.sites.eu import pages
from flows.core.settings import Settings
from flows.jobs.ingest import ingest
from schemas.sources.eu.periods import due_on, quarter
from warehouse.store.store import Warehouse

FILE = Path(__file__).parents[1] / "facts" / "cbam.csv"
Fact = dict[str, str]

with FILE.open(encoding="utf-8") as file:
    FACTS: list[Fact] = list(csv.DictReader(file))

STATED = [fact for fact in FACTS if fact["metric"] == "cbam_certificate_price"]
OF_RULES = [
    *("averaging", "cadence", "first_declaration_due", "publication_date", "sale_start"),
]
"""What is known beside the prices: of the publisher and of the scheme, on no page that is read."""


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    """The page with all prices, in a live store."""
    rows = [
        (f"{fact['period'][4:]} {fact['period'][:4]}", f"{on.day} {on:%B} {on.year}", fact["value"])
        for fact in reversed(STATED)
        for on in [date.fromisoformat(fact["published"])]
    ]
    folder = tmp_path_factory.mktemp("facts")
    saved = folder / "prices.html"
    # A live store takes no page of the sample.
    text = pages.commission(rows).replace(SIMULATED_META.decode(), "")
    saved.write_text(text, encoding="utf-8")
    settings = Settings(home=str(folder / "home"), publish=False)
    (run,) = ingest(settings, [saved], [f"https://{SOURCE.hosts[0]}{PRICES}"]).runs
    assert (len(run.tally.layouts), run.failed_checks) == (0, [])
    return Warehouse(folder / "home")


@pytest.mark.parametrize("fact", STATED, ids=lambda fact: fact["period"])
def test_a_published_price_comes_back_equal(store: Warehouse, fact: Fact) -> None:
    asked = "select price_eur_per_t, published_on::text, is_simulated from eu_cbam_prices"
    with store.query(f"{asked} where period = '{fact['period']}'") as answer:
        assert answer.fetchall() == [(Decimal(fact["value"]), fact["published"], False)]


def test_each_price_was_published_when_it_was_due_and_so_will_the_next_one() -> None:
    dated = [*STATED, *(fact for fact in FACTS if fact["metric"] == "publication_date")]
    due = [due_on(quarter(int(f["period"][:4]), int(f["period"][5:]))[1]) for f in dated]
    assert [str(day) for day in due] == [fact["published"] for fact in dated]
    assert len(dated) == 4


def test_what_no_page_states_is_known_and_nothing_else_is_left_out() -> None:
    assert sorted(fact["metric"] for fact in FACTS if fact not in STATED) == OF_RULES
