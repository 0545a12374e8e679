"""What a release of the Hong Kong exchange announces, and what it can't tell of yet."""

from __future__ import annotations

from datetime import date

import pytest

from extractors.sample.sites.hkex.markup import Text
from tests.unit.transforms.hkex.test_hkex_grammar import WEDNESDAY, events_of, refused

SETTLED = (
    "Core Climate: Cathay Pacific settles 1,000 tonnes of carbon credits on {}",
    "HKEX said that Cathay Pacific settled 1,000 tonnes of carbon credits on Core Climate on {}.",
)
LAUNCHED = (
    "HKEX launches Core Climate, an international carbon marketplace, on {}",
    "HKEX launches Core Climate, an international carbon marketplace, on {}.",
)


def text(words: tuple[str, str], day: str) -> Text:
    return Text(words[0].format(day), (words[1].format(day),))


def test_a_launch_may_be_announced() -> None:
    (event,) = events_of(text(LAUNCHED, "6 January 2025"))
    assert (event["kind"], event["event_date"]) == ("launch", date(2025, 1, 6))


@pytest.mark.parametrize("day", ["19 December 2024", "18 December 2025"])
def test_a_settlement_may_not(day: str) -> None:
    assert refused(text(SETTLED, day)) == "in_the_future"


def test_one_of_the_day_itself_is_taken() -> None:
    (event,) = events_of(text(SETTLED, "18 December 2024"))
    assert (event["kind"], event["event_date"], event["tonnes"]) == (
        "settlement",
        WEDNESDAY,
        1_000,
    )
