"""Statistics of the Core Climate marketplace in a release, wherever they stand in it.

A settlement's tonnes are one client's transfer and no volume of the marketplace.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from transforms.hkex.quantities import Quantity, quantities, unclaimed
from transforms.model import Refused
from transforms.text.plain import PlainText
from transforms.text.prose_dates import span_in

_VOLUME = re.compile(
    r"\b(?:traded|transacted|trading|transactions?|volume|total|cumulative\w*|since)\b"
    r"|成交|交易|總|总|累計|累计|以來|以来",
    re.IGNORECASE | re.ASCII,
)
_ABOUT = re.compile(
    r"Core Climate|\b(?:tonnes?|tons?|tCO2e?|participants?|projects?|trades?|transactions?)\b"
    r"|噸|吨|參與者|参与者|項目|项目",
    re.IGNORECASE | re.ASCII,
)
"""Words of a sentence that speaks of the marketplace: none of its figures may be left over."""
_MARKET = re.compile(
    r"Core Climate|\bcarbon market(?:place)?\b|碳市場|碳市场", re.IGNORECASE | re.ASCII
)


@dataclass(frozen=True, slots=True)
class Stat:
    """A figure of the marketplace, and the days that it is of."""

    metric: str
    quantity: Quantity
    as_of_start: date | None
    as_of: date

    @property
    def value(self) -> Decimal:
        return self.quantity.value


def is_about_market(paragraph: Sequence[PlainText]) -> bool:
    """Whether a paragraph names the marketplace: only then are its counts the marketplace's."""
    return any(_MARKET.search(sentence.plain) for sentence in paragraph)


def stats(
    paragraphs: Sequence[Sequence[PlainText]],
    language: str,
    published_on: date,
    settled: Sequence[Quantity],
) -> list[Stat]:
    """One statistic for each metric that the paragraphs state.

    Raises `Refused`: `unclaimed_figure` for a figure that is neither of these nor known to be
    no fact of the marketplace, `unknown_subject` for a count in a paragraph that does not
    name the marketplace, `unknown_tonnage` for tonnes that are neither settled nor traded,
    `contradiction` for two values of one metric.
    """
    found: dict[str, Stat] = {}
    for sentence, is_about in _with_subject(paragraphs):
        claimed = quantities(sentence, language)
        for quantity in claimed:
            if quantity.metric == "tonnes" and _is_settled(quantity, settled):
                continue
            if not is_about:
                told = f"a count of what? {sentence.printed}"
                raise Refused("unknown_subject", quantity.words, told)
            stat = _stat(quantity, published_on)
            known = found.setdefault(stat.metric, stat)
            if (known.value, known.quantity.qualifier) != (stat.value, quantity.qualifier):
                both = f"{known.quantity.words} / {quantity.words}"
                raise Refused("contradiction", both, f"two figures of {stat.metric}")
        if _ABOUT.search(sentence.plain) and (left := unclaimed(sentence, claimed)):
            raise Refused("unclaimed_figure", left, f"no pattern reads it: {sentence.printed}")
    return list(found.values())


def _with_subject(paragraphs: Sequence[Sequence[PlainText]]) -> Iterator[tuple[PlainText, bool]]:
    for paragraph in paragraphs:
        is_about = is_about_market(paragraph)
        yield from ((sentence, is_about) for sentence in paragraph)


def _is_settled(quantity: Quantity, settled: Sequence[Quantity]) -> bool:
    return any(quantity.value == event.value for event in settled)


def _stat(quantity: Quantity, published_on: date) -> Stat:
    metric = quantity.metric
    if metric == "tonnes":
        if not _VOLUME.search(quantity.sentence.plain):
            told = f"tonnes neither settled nor traded: {quantity.sentence.printed}"
            raise Refused("unknown_tonnage", quantity.words, told)
        metric = "cumulative_tonnes"
    span = span_in(quantity.sentence.plain)
    return Stat(metric, quantity, span.start if span else None, span.end if span else published_on)
