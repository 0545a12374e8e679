"""The recipes of all marts, in the order in which they are derived."""

from __future__ import annotations

from transforms.marts.model import Mart


def recipes() -> tuple[Mart, ...]:
    """Each may read the marts before it."""
    from transforms.marts.ccer import CCER_MARTS
    from transforms.marts.key_figures import KEY_FIGURES
    from transforms.marts.market import MARKET_MARTS
    from transforms.marts.markets import MARKETS
    from transforms.marts.pilots import PILOT_MARTS
    from transforms.marts.price_comparison import PRICE_COMPARISON
    from transforms.marts.price_world import PRICE_WORLD

    return (
        *MARKET_MARTS,
        *CCER_MARTS,
        *PILOT_MARTS,
        MARKETS,
        PRICE_WORLD,
        PRICE_COMPARISON,
        KEY_FIGURES,
    )
