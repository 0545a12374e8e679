"""Sentences on Core Climate in both languages, by a grammar of ours, with what each must give."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from random import Random

from tests.truth.model import Fact, Sample, drawn
from transforms.hkex.stats import stats
from transforms.text.sentences import sentences

PUBLISHED = date(2026, 1, 5)
_TAKEN = (
    ("Core Climate has {n} participants.", "participants"),
    ("Core Climate now has more than {n} participants.", "participants"),
    ("Core Climate offers credits from over {n} internationally certified projects.", "projects"),
    ("Around {v} tonnes had been traded on Core Climate since its launch.", "cumulative_tonnes"),
    ("Core Climate 現有逾{n}名參與者。", "participants"),
    ("Core Climate 提供逾{n}個獲國際認證的項目。", "projects"),
    ("Core Climate 现有超过{n}家参与者。", "participants"),
)
"""A sentence, and the metric that it states."""
_LEFT = (
    "Core Climate expects to have {n} participants.",
    "Core Climate does not have {n} participants.",
    "Core Climate had {n} participants before.",
    "More than {n} participants attended the forum on Core Climate.",
    "Core Climate has {n} quaint participants.",
    "More than {n} participants planted trees.",
    "The carbon market of the EU covers {n} participants.",
    "Core Climate aims to offer {n} projects.",
    "Core Climate 預計有{n}名參與者。",
    "Core Climate 论坛有{n}家参与者出席。",
)
"""Distractors: counts of something else, planned, denied, or of before."""


def samples(count: int, seed: int | Random) -> Iterator[Sample]:
    """Texts of one to three sentences, each of another metric, in one language."""
    draw = drawn(seed)
    for _ in range(count):
        is_english = draw.random() < 0.5
        taken = [one for one in _TAKEN if one[0].isascii() is is_english]
        left = [text for text in _LEFT if text.isascii() is is_english]
        lines: list[str] = []
        facts: dict[str, Fact] = {}
        for _ in range(draw.randint(1, 3)):
            count_, tonnes = draw.randint(10, 999), draw.randint(1000, 10**7)
            if draw.random() < 0.5:
                text, metric = draw.choice(taken)
                if metric in facts:
                    continue  # two values of one metric are doubted
                facts[metric] = Fact(metric, (tonnes if "{v}" in text else count_), "")
            else:
                text = draw.choice(left)
            lines.append(text.format(n=count_, v=f"{tonnes:,}"))
        yield Sample(("" if not is_english else " ").join(lines), frozenset(facts.values()))


def read(text: str) -> frozenset[Fact]:
    """What the exchange's reader takes from a paragraph of a release on its marketplace."""
    language = "en" if text.isascii() else "zh-HK"
    found = stats([list(sentences(text, language))], language, PUBLISHED, [])
    return frozenset(Fact(one.metric, one.value, "") for one in found.stats)
