"""Simulated closes of the vintages, whose mean is the composite close.

From 2023-08-28 to 2025-12-31 all listed vintages weigh the same. A vintage that is
not traded on a day keeps its close; a traded one stays within 10 % of its last.
Prices are in fen per tonne.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from random import Random

from extractors.sample.seee_fit import Unfit
from extractors.sample.seee_paths import around

LIMIT = 10


@dataclass(frozen=True, slots=True)
class VintageCloses:
    """Closes of all listed vintages on a day, and which of them were traded."""

    closes: dict[str, int]
    traded: tuple[str, ...]


def offsets(vintages: tuple[str, ...], ratio: int) -> dict[str, int]:
    """Where each vintage should stand, in per mille of the composite.

    `ratio` is the listed mean of the month against the composite, in per mille
    less 1000. The two newest vintages carry most of the trade, so they stand
    somewhat past it, and the others balance them.
    """
    lead = ratio * 12 // 10
    newest, others = vintages[-2:], vintages[:-2]
    spread = {newest[0]: lead + 7, newest[1]: lead - 7}
    return spread | {name: -2 * lead // len(others) for name in others}


def move(
    rng: Random,
    previous: Mapping[str, int],
    vintages: tuple[str, ...],
    composite: int,
    aims: Mapping[str, int],
) -> VintageCloses:
    """The day's vintage closes, adding up to `composite` times their number.

    Raises `Unfit` where the daily limits do not allow it.
    """
    closes = {name: previous.get(name, composite) for name in vintages}
    new = [name for name in vintages if name not in previous]
    need = composite * len(vintages) - sum(closes.values())
    order = _by_chance(rng, vintages)
    traded = [n for n in order if n in new or n in vintages[-2:] or rng.randrange(10) < 5]
    for name in order:
        steps = _steps(rng, closes, traded, composite, aims, need)
        if steps is not None:
            moved = {n: closes[n] + steps.get(n, 0) for n in vintages}
            return VintageCloses(moved, tuple(n for n in vintages if n in traded))
        if name not in traded:
            traded.append(name)
    raise Unfit(f"vintages {closes} can't reach a composite of {composite}")


def _by_chance(rng: Random, vintages: tuple[str, ...]) -> list[str]:
    keyed = sorted((rng.randrange(1000), i) for i in range(len(vintages)))
    return [vintages[i] for _, i in keyed]


def _steps(
    rng: Random,
    closes: Mapping[str, int],
    traded: list[str],
    composite: int,
    aims: Mapping[str, int],
    need: int,
) -> dict[str, int] | None:
    """Changes of the traded vintages that sum to `need`, or None if the limits forbid."""
    room = {n: closes[n] * LIMIT // 100 for n in traded}
    steps = {}
    for n in traded:
        aim = composite * (1000 + aims[n]) // 1000
        wish = (aim - closes[n]) // 4 + around(rng, 0, composite // 200)
        steps[n] = max(-room[n], min(room[n], wish))
    rest = need - sum(steps.values())
    while rest:
        sign = 1 if rest > 0 else -1
        free = [n for n in traded if room[n] - sign * steps[n] > 0]
        if not free:
            return None
        part = max(1, abs(rest) // len(free))
        for n in free:
            step = min(part, abs(rest), room[n] - sign * steps[n])
            steps[n] += sign * step
            rest -= sign * step
    return steps
