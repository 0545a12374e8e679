"""The generated pages of `docs/` are what the code says now."""

from __future__ import annotations

from schemas.sources.hkex.tables import TABLES
from tests.docs.data_model import references
from tests.docs.pages import MARK, OPERATIONS, pages, stale


def test_generated_pages_are_up_to_date() -> None:
    assert stale() == [], "run `make docs`"


def test_a_generated_page_says_so() -> None:
    whole = {name: text for name, text in pages().items() if name != OPERATIONS}
    assert all(text.startswith(MARK) for text in whole.values())


def test_tables_refer_to_one_another_as_their_schemas_say() -> None:
    found = references(TABLES, "hkex_releases")
    assert ("core_climate_events", "hkex_releases", "release_id") in found
    assert ("hkex_listings", "hkex_releases", "release_id") in found
    told = [(one, other) for one, other, _ in found if one == "core_climate_event_quotes"]
    assert told == [("core_climate_event_quotes", "core_climate_events")]
