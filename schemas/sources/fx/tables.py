"""The euro's reference rates, as the European Central Bank publishes them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from schemas.core.table import Column, Kind, Rule, Table
from schemas.sources.fx.target import is_working_day

if TYPE_CHECKING:
    import pandas as pd

# fmt: off
CURRENCIES = (
    "AUD", "BGN", "BRL", "CAD", "CHF", "CNY", "CZK", "DKK", "GBP", "HKD", "HRK",
    "HUF", "IDR", "ILS", "INR", "ISK", "JPY", "KRW", "MXN", "MYR", "NOK", "NZD",
    "PHP", "PLN", "RON", "RUB", "SEK", "SGD", "THB", "TRY", "USD", "ZAR",
)
# fmt: on
"""Of which rates were set since 2021; three have joined the euro or are suspended."""


def _is_positive(frame: pd.DataFrame) -> pd.Series[Any]:
    return frame["rate_per_eur"] > 0


def _is_set_that_day(frame: pd.DataFrame) -> pd.Series[Any]:
    return frame["published_on"].map(is_working_day).astype(bool)


FX_RATES = Table(
    name="fx_rates",
    says="One row per working day of TARGET and currency: the euro's reference rate. It is set "
    "about 14:15 Frankfurt time for information, and is no rate of a trade",
    key=("published_on", "currency"),
    prune_by="published_on",
    # The daily file speaks first: a rate that both state is told from there.
    order_by=("source_url", "retrieved_at"),
    terms="European Central Bank: free of charge with the source credited",
    rules=(
        Rule("rate_is_positive", "a rate is above zero", ("rate_per_eur",), _is_positive),
        Rule(
            "rates_on_working_days",
            "no rates are set on weekends and on the closing days of TARGET",
            ("published_on",),
            _is_set_that_day,
        ),
    ),
    own=(
        Column(
            "published_on",
            Kind.DATE,
            "Day on which the rate was set and published, Frankfurt time",
            nullable=False,
        ),
        Column("currency", Kind.TEXT, "ISO 4217 code", nullable=False, one_of=CURRENCIES),
        Column(
            "rate_per_eur",
            Kind.QUANTITY,
            "Units of the currency for one euro: an amount in it divided by this is in euros",
            nullable=False,
            unit="currency/EUR",
        ),
    ),
)
TABLES = (FX_RATES,)
SPOKEN_IN = FX_RATES
