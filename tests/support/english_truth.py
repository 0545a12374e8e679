"""English sentences whose figures are known: drawn, dressed up, and turned into what is no fact."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

from hypothesis import strategies as st


@dataclass(frozen=True)
class Told:
    """A sentence with `{n}` for its figure, and what that says."""

    text: str
    metric: str
    unit: str
    scope: str = ""
    least: int = 2
    most: int = 99
    scale: int = 1
    places: int = 0


_KINDS = {
    "people": {"most": 9999},
    "myriads": {"least": 1, "most": 900, "scale": 6},
    "tonnes": {"least": 1000, "most": 60000},
    "won": {"least": 5000, "most": 60000},
    "tenths": {"places": 1},
    "cents": {"places": 2},
    "factor": {"least": 1, "most": 5, "places": 1},
    "": {},
}
_TOLD = """
The system covers {n} companies. | entities | entities | total | people
The scheme covers {n} sectors. | sectors | sectors | total |
The government allocated {n} allowances. | allowances | allowances | total | myriads
A total of {n} allowances were sold at the auction. | allowances | allowances | sold | myriads
At the auction, {n} allowances were offered. | allowances | allowances | offered | myriads
The auction received {n} bids. | bids | bids | |
The cap amounts to {n} tonnes of CO2. | cap | t | | myriads
The system covers emissions of {n} tonnes of CO2e. | emissions | t | total | myriads
The system covers {n}% of national emissions. | emissions_share | % | national emissions | tenths
{n}% of allowances are allocated for free. | free_allocation_share | % | allowances |
{n}% of allowances are auctioned. | auction_share | % | allowances |
The auction cleared at KRW {n} per tonne. | price | KRW/t | clearing | won
The closing price was CNY {n} per tonne. | price | CNY/t | closing | cents
The floor price is set at USD {n}. | price | USD/t | floor | cents
The price ceiling is EUR {n} per tonne. | price | EUR/t | ceiling |
The linear reduction factor is {n}%. | linear_factor | % | | factor
Each bidder may purchase at most {n}% of the allowances on offer. | purchase_limit | % | |
Offset credits may cover {n}% of verified emissions. | offset_limit | % | verified emissions |
Installations emitting more than {n} tonnes of CO2 per year are covered. | threshold | t | | tonnes
Covered emissions fell by {n}%. | reduction | % | Covered emissions | tenths
The reserve holds {n} allowances. | allowances | allowances | reserve | myriads
{n}% of allowances in circulation are withdrawn each year. | reserve_intake | % | |
"""


def _told(line: str) -> Told:
    text, metric, unit, scope, kind = (part.strip() for part in line.split("|"))
    return Told(text, metric, unit, scope, **_KINDS[kind])


TOLD = tuple(map(_told, _TOLD.strip().splitlines()))
"""A sentence for each metric that ICAP's news states often."""
SAME: tuple[str, ...] = (
    "{S}.",
    "According to the ministry, {s}.",
    "{S}, up from {m} in 2020.",
    "{S}, not {m} as planned.",
    "{S}, instead of the planned {m}.",
    "{S} (see Table {m}).",
    "{S} [{m}].",
    "Rather than {m}, {s}.",
    "{S}, Article {m} of Law No. {m} says.",
)
"""Clothes in which a sentence still says the same, and of the other number nothing."""
NONE: tuple[str, ...] = (
    "In Mexico, {s}.",
    "{S} in Mexico.",
    "By contrast, in the EU {s}.",
    "It is not true that {s}.",
    "It is no longer the case that {s}.",
    "Before the reform, {s}.",
    "Previously, {s}.",
    "Under the old rules, {s}.",
    "In a hypothetical example, {s}.",
    "In the pilot test, {s}.",
    "Under a scenario with high prices, {s}.",
    "Without the reform, {s}.",
    "Critics claimed that {s}.",
    "A study assumes that {s}.",
    "Parliament rejected a bill under which {s}.",
    "An earlier version of this article wrongly stated that {s}.",
    "{S}, which is incorrect.",
    "{S}, which the ministry denied.",
    "{S}, a plan that has been withdrawn.",
    "{S}, excluding the power sector.",
    "In other systems, {s}.",
    "Is it true that {s}?",
    "NGOs demanded that {s}.",
)
"""Clothes in which it says nothing of the market that a text is about."""


@st.composite
def figures(draw: Callable[..., int], told: Told) -> tuple[str, Decimal]:
    """A number as it may be printed, and its value."""
    whole = draw(st.integers(told.least, told.most))
    value = Decimal(whole)
    if told.places:
        value += Decimal(draw(st.integers(1, 9))) / 10**told.places
    if not told.scale - 1:
        # "1900 companies" may be companies of 1900: the reader leaves it, as it must
        is_parted = 1900 <= value < 2100 or draw(st.booleans())
        return (f"{value:,}" if is_parted else f"{value}"), value
    full = value * 10**told.scale
    return (f"{value} million" if draw(st.booleans()) else f"{full:,}"), full


def dressed(clothes: str, sentence: str, other: int) -> str:
    """A sentence in other clothes, another number beside it."""
    bare = sentence.removesuffix(".")
    small = bare[0].lower() + bare[1:]
    return clothes.replace("{S}", bare).replace("{s}", small).replace("{m}", str(other))
