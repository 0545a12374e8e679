"""What `make truth` prints: how well each source is read, and what became of its figures."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module
from random import Random
from types import ModuleType

from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from schemas.core.prose import FATES
from tests.truth.kept import OF_PROSE, fates, score_cases, score_golden
from tests.truth.model import Score, score

NAMES = {"mee": "ministry", "icap": "ICAP", "hkex": "HKEX", "seee": "Shanghai exchange"}
DRAWS, TEXTS = 500, 4
"""So often Hypothesis draws so many texts."""
BEGIN, END = "<!-- make truth -->", "<!-- end of make truth -->"


def generated(source: str) -> Score:
    """Texts of our grammar, as Hypothesis decides, the same ones each time."""
    module = import_module(f"tests.truth.generated.{source}")
    return sum(_drawn(module), Score(0, 0, 0, 0))


def _drawn(module: ModuleType) -> Iterator[Score]:
    found: list[Score] = []

    @seed(1)
    @settings(
        max_examples=DRAWS,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(st.randoms(use_true_random=False))
    def draw(random: Random) -> None:
        found.append(score(module.samples(TEXTS, random), module.read))

    draw()
    yield from found


HEAD = "| source | texts | how many | facts | right | wrong | precision | recall |"
RULE = "|---|---|---|---|---|---|---|---|"


def line(source: str, kind: str, told: Score) -> str:
    """A line of the table."""
    return (
        f"| {NAMES[source]} | {kind} | {told.texts:,} | {told.wanted:,} | {told.right:,} "
        f"| {told.wrong} | {told.precision:.1%} | {told.recall:.1%} |"
    )


def kept_lines(source: str) -> list[str]:
    """Those of the pages beside the tests."""
    return [
        line(source, "golden pages", score_golden(source)),
        line(source, "cases", score_cases(source)),
    ]


def fate_lines() -> list[str]:
    """What became of the figures of those pages."""
    lines = [f"| figures of golden pages and cases | {' | '.join(FATES)} |"]
    lines.append(f"|---|{'---|' * len(FATES)}")
    for source in OF_PROSE:
        if counts := dict(fates(source)):
            told = " | ".join(f"{counts.get(fate, 0):,}" for fate in FATES)
            lines.append(f"| {NAMES[source]} | {told} |")
    return lines


def tables() -> str:
    """Both tables in Markdown."""
    lines = [HEAD, RULE]
    for source in OF_PROSE:
        lines += [*kept_lines(source), line(source, "generated", generated(source))]
    return "\n".join([*lines, "", *fate_lines()])


def written(page: str, told: str) -> str:
    """A page with the tables between its marks."""
    before, _, rest = page.partition(BEGIN)
    _, _, after = rest.partition(END)
    return f"{before}{BEGIN}\n{told}\n{END}{after}"
