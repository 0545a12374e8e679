"""Integer arithmetic that makes simulated parts add up to a published whole, exactly.

Everything is in integers (tonnes, fen), so the result is the same on every
platform and every Python.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


class Unfit(ValueError):
    """These prices can't carry that volume and turnover."""


@dataclass(frozen=True, slots=True)
class Fit:
    """Volumes (t) and turnovers (fen) of the cells, and how far the weights were bent."""

    volumes: list[int]
    turnovers: list[int]
    tilt: int


def apportion(total: int, weights: Sequence[int]) -> list[int]:
    """Split `total` in proportion to `weights`, to the last unit (largest remainder).

    No share exceeds its quota rounded up. Ties go to the earlier one.
    """
    whole = sum(weights)
    if whole <= 0:
        raise Unfit(f"cannot split {total} over weights {list(weights)}")
    shares = [total * weight // whole for weight in weights]
    by_remainder = sorted(range(len(weights)), key=lambda i: (-(total * weights[i] % whole), i))
    for i in by_remainder[: total - sum(shares)]:
        shares[i] += 1
    return shares


def fit(prices: Sequence[int], weights: Sequence[int], volume: int, turnover: int) -> Fit:
    """Volumes whose turnover at `prices` (fen/t) is `turnover`, each at least a tonne.

    The cells above the mean price and those below it keep their weights among
    themselves; the split between the two groups makes the mean come out. What is
    left after rounding to tonnes is put into the turnovers, always less than half
    a fen a tonne, so that turnover / volume rounds to the price. `tilt` is the
    factor (in percent, at least 100) by which the groups' balance had to move.
    Raises `Unfit` where no such volumes exist.
    """
    free, gap = volume - len(prices), turnover - sum(prices)
    above = [i for i, p in enumerate(prices) if p * volume > turnover]
    below = [i for i, p in enumerate(prices) if p * volume <= turnover]
    if free < 0 or not above or not below:
        raise Unfit(f"{volume} t at {turnover} fen do not fit prices {min(prices)}-{max(prices)}")
    upper = _share_above(prices, weights, above, below, free, gap)
    if not 0 <= upper <= free:
        raise Unfit(f"{volume} t at {turnover} fen need {upper} t above the mean")
    volumes = [1] * len(prices)
    for group, share in ((above, upper), (below, free - upper)):
        for i, extra in zip(group, apportion(share, [weights[i] for i in group]), strict=True):
            volumes[i] += extra
    _settle(prices, volumes, turnover)
    turnovers = _spread_rest(prices, volumes, turnover)
    expected = free * sum(weights[i] for i in above) // sum(weights)
    return Fit(volumes, turnovers, _ratio(upper, free - upper, expected, free - expected))


def _share_above(
    prices: Sequence[int],
    weights: Sequence[int],
    above: list[int],
    below: list[int],
    volume: int,
    turnover: int,
) -> int:
    weight_a, weight_b = (sum(weights[i] for i in group) for group in (above, below))
    money_a, money_b = (sum(weights[i] * prices[i] for i in group) for group in (above, below))
    numerator = (turnover * weight_b - volume * money_b) * weight_a
    return numerator // (money_a * weight_b - money_b * weight_a)


def _settle(prices: Sequence[int], volumes: list[int], turnover: int) -> None:
    """Move whole tonnes between cells until the rest fits into rounding."""
    while True:
        rest = turnover - sum(v * p for v, p in zip(volumes, prices, strict=True))
        room = sum((v - 1) // 2 for v in volumes)
        if 2 * abs(rest) <= room:
            return
        sign = 1 if rest > 0 else -1
        steps = sorted(
            (-gain, i, j)
            for i, v in enumerate(volumes)
            if v > 1
            for j in range(len(volumes))
            if 0 < (gain := sign * (prices[j] - prices[i])) <= abs(rest) + room // 2
        )
        if not steps:
            raise Unfit(f"{rest} fen are left over at {len(prices)} prices")
        gain, i, j = -steps[0][0], steps[0][1], steps[0][2]
        moved = max(1, min(volumes[i] - 1, abs(rest) // gain))
        volumes[i] -= moved
        volumes[j] += moved


def _spread_rest(prices: Sequence[int], volumes: list[int], turnover: int) -> list[int]:
    turnovers = [v * p for v, p in zip(volumes, prices, strict=True)]
    rest = turnover - sum(turnovers)
    if not rest:
        return turnovers
    sign = 1 if rest > 0 else -1
    # A cell at the highest price can't have a mean above it, nor the lowest one below it.
    edge = max(prices) if sign > 0 else min(prices)
    room = [0 if p == edge else (v - 1) // 2 for v, p in zip(volumes, prices, strict=True)]
    if sum(room) < abs(rest):
        raise Unfit(f"{rest} fen do not fit into rounding")
    for i, part in enumerate(apportion(abs(rest), room)):
        turnovers[i] += sign * part
    return turnovers


def _ratio(a: int, b: int, c: int, d: int) -> int:
    """How far a:b is from c:d, in percent, at least 100."""
    left, right = max(a, 1) * max(d, 1), max(b, 1) * max(c, 1)
    return max(left, right) * 100 // min(left, right)
