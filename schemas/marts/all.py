"""The marts: what a report or a chart asks for, derived from the tables of the sources.

Each column says how it follows (`formula`), each row from which rows (`derived_from`).
"""

from __future__ import annotations

from schemas.core.table import Table
from schemas.marts.ccer import CCER_MARTS
from schemas.marts.figures import MART_KEY_FIGURES, MART_PRICE_COMPARISON
from schemas.marts.market import MART_MARKET_ANNUAL, MART_MARKET_DAILY, MART_MARKET_MONTHLY
from schemas.marts.markets import MART_MARKETS
from schemas.marts.pilots import PILOT_MARTS
from schemas.marts.world import MART_PRICE_WORLD

MARTS: tuple[Table, ...] = (
    MART_MARKET_DAILY,
    MART_MARKET_MONTHLY,
    MART_MARKET_ANNUAL,
    *CCER_MARTS,
    *PILOT_MARTS,
    MART_MARKETS,
    MART_PRICE_WORLD,
    MART_PRICE_COMPARISON,
    MART_KEY_FIGURES,
)
"""In the order in which they are derived."""
