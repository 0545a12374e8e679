"""The recipes of all marts, in the order in which they are derived."""

from __future__ import annotations

from transforms.marts import Mart


def recipes() -> tuple[Mart, ...]:
    """Each may read the marts before it."""
    from transforms.marts_figures import KEY_FIGURES
    from transforms.marts_market import MARKET_MARTS
    from transforms.marts_prices import PRICE_COMPARISON

    return (*MARKET_MARTS, PRICE_COMPARISON, KEY_FIGURES)
