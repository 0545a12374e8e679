"""The products of the national market: the composite, and a vintage of allowances for each year.

A vintage's name follows a pattern, so that the next one is read when it is listed.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from schemas.core.table import Rule

if TYPE_CHECKING:
    import pandas as pd

COMPOSITE, FIRST_VINTAGE = "COMCEA", "CEA19-20"
KNOWN_VINTAGES = (FIRST_VINTAGE, "CEA21", "CEA22", "CEA23", "CEA24", "CEA25")
"""Those whose day of listing and weight in the composite the exchange's notices have told."""
_PRODUCT = re.compile(rf"{COMPOSITE}|{FIRST_VINTAGE}|CEA(?:2[1-9]|[3-9][0-9])")


def is_product(name: object) -> bool:
    """Whether it is the composite's name, or a vintage's."""
    return isinstance(name, str) and _PRODUCT.fullmatch(name) is not None


def _holds(frame: pd.DataFrame) -> pd.Series[Any]:
    return frame["product"].map(is_product).astype(bool)


KNOWN_PRODUCT = Rule(
    "known_product", "product is COMCEA, CEA19-20 or CEA with two digits", ("product",), _holds
)


def _has_begun(frame: pd.DataFrame) -> pd.Series[Any]:
    """The composite and the first vintage were there from the launch on."""
    year = frame["product"].str.extract(r"^CEA(\d\d)$", expand=False)
    traded = frame["trade_date"].map(lambda day: f"{day:%y}").astype(year.dtype)
    holds: pd.Series[Any] = year <= traded
    return holds.where(year.notna())


VINTAGE_HAS_BEGUN = Rule(
    "vintage_has_begun",
    "no allowance is traded before the year that it is of",
    ("product", "trade_date"),
    _has_begun,
)

ALL_METHODS = "count(distinct trade_method) = 2 + (trade_date >= date '2025-07-16')::int"
"""SQL, by day: whether the query page's rows of each trade method are there. Only then they make
the day's total: a row that is missing or held back is no zero. Auctions began on that day."""
