"""Sentences of ICAP's metrics, dressed up by a grammar of ours, with what each must give."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from random import Random

from tests.support.english_truth import NONE, SAME, TOLD, Told, dressed
from tests.truth.model import Fact, Sample, drawn
from transforms.icap.news.reading import read_text

SYSTEMS = ["KR"]


def _figure(draw: Random, told: Told) -> tuple[str, Decimal]:
    """A number as it may be printed, and its value."""
    value = Decimal(draw.randint(told.least, told.most))
    if told.places:
        value += Decimal(draw.randint(1, 9)) / 10**told.places
    if told.scale == 1:
        return f"{value:,}", value
    return f"{value} million", value * 10**told.scale


def samples(count: int, seed: int | Random) -> Iterator[Sample]:
    """Texts of one to three sentences; of every other sentence no figure may be taken."""
    draw = drawn(seed)
    for _ in range(count):
        lines, facts = [], set()
        for _ in range(draw.randint(1, 3)):
            told = draw.choice(TOLD)
            printed, value = _figure(draw, told)
            is_taken = draw.random() < 0.5
            clothes = draw.choice(SAME if is_taken else NONE)
            lines.append(dressed(clothes, told.text.replace("{n}", printed), draw.randint(2, 98)))
            if is_taken:
                facts.add(Fact(told.metric, value, ""))
        yield Sample(" ".join(lines), frozenset(facts))


def read(text: str) -> frozenset[Fact]:
    """What ICAP's reader takes from a text."""
    taken = read_text([text], SYSTEMS).facts
    return frozenset(Fact(f.metric, f.value, "") for f in taken if f.value is not None)
