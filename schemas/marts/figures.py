"""Prices of one market by several publishers, and the figures of the market report."""

from __future__ import annotations

from schemas.core.table import Column, Kind
from schemas.marts.columns import derived, mart, mean, price

CONCEPTS = ("close", "listed_vwap", "total_vwap")
"""What a published price of a day may be, in the order in which they are named."""

MART_PRICE_COMPARISON = mart(
    "mart_price_comparison",
    "One row per date: the exchange's prices, ICAP's, and which of them ICAP's equals",
    key=("trade_date",),
    own=(
        Column("trade_date", Kind.DATE, "Date", nullable=False),
        derived("quarter", Kind.TEXT, "Quarter, as 2024Q3", "of the date", nullable=False),
        derived(
            "is_trading_day",
            Kind.BOOL,
            "Whether the exchange was open",
            "trading calendar",
            nullable=False,
        ),
        price("close", "The exchange's close", "of the day"),
        mean(
            "listed_vwap",
            "Mean of listed trades",
            "turnover / volume",
            *("listed_turnover_cny", "listed_volume_t"),
        ),
        mean(
            "total_vwap",
            "Mean of all trades",
            "turnover / volume",
            *("total_turnover_cny", "total_volume_t"),
        ),
        mean(
            "icap",
            "ICAP's price, secondary market",
            "local price of China's national system, CNY",
            "price_local",
        ),
        derived(
            "icap_minus_close_cny_per_t",
            Kind.QUANTITY,
            "ICAP's price less the close",
            "ICAP - close",
            unit="CNY/t",
            rests_on=("price_local", "close_cny_per_t"),
        ),
        derived(
            "icap_equals",
            Kind.TEXT,
            "Which prices ICAP's equals: `; `-joined, `none`, null without a price of ICAP",
            "|ICAP - price| <= 0.011",
            rests_on=("price_local", "close_cny_per_t"),
        ),
        derived("is_ambiguous", Kind.BOOL, "Whether it equals more than one", "", nullable=False),
        derived(
            "quarter_concept",
            Kind.TEXT,
            "What ICAP's prices of the quarter are",
            "the price that all its days equal, else `mixed` with the best one's days",
        ),
    ),
    # A day without a trade has no mean, and ICAP's prices come by the quarter.
    sparse=(
        *("listed_vwap_cny_per_t", "total_vwap_cny_per_t", "icap_cny_per_t"),
        *("icap_minus_close_cny_per_t", "icap_equals", "quarter_concept"),
    ),
)

SOURCES = ("seee", "ccer", "ccer_registry", "pilots", "mee", "hkex", "icap")
"""Who states figures, the most exact first."""

MART_KEY_FIGURES = mart(
    "mart_key_figures",
    "One row per figure of the market report and publisher, with its citation",
    key=("figure_id", "period", "source"),
    own=(
        Column("figure_id", Kind.TEXT, "Stable name of the figure", nullable=False),
        Column("period", Kind.TEXT, "What it is about: 2024, 2024-05, a date", nullable=False),
        Column("source", Kind.TEXT, "Who says so", nullable=False, one_of=SOURCES),
        Column("label_zh", Kind.TEXT, "Its name in Chinese", nullable=False),
        Column("label_en", Kind.TEXT, "Its name in English", nullable=False),
        Column("value", Kind.QUANTITY, "The value in its unit; null for a figure in words"),
        Column("value_text", Kind.TEXT, "The value in words, where it is no number"),
        Column("unit", Kind.TEXT, "Unit of the value", nullable=False),
        Column("qualifier", Kind.TEXT, "As printed: >=, ~, <= ...; null for an exact figure"),
        Column("printed", Kind.TEXT, "As its publisher printed it, where it is rounded"),
        Column("formula", Kind.TEXT, "How it follows from the rows cited", nullable=False),
        Column(
            "is_preferred",
            Kind.BOOL,
            "Whether it is the one to print: the exchange's exact figure before a rounded one",
            nullable=False,
        ),
        Column(
            "agreement",
            Kind.TEXT,
            "How it stands to the preferred figure, at its own printed precision",
            one_of=("agrees", "conflicts"),
        ),
        Column(
            "citations",
            Kind.TEXT,
            "JSON list: source, url, quote, retrieved_at, payload_sha256, table, key",
            nullable=False,
        ),
    ),
    # Figures in words have no value, and exact ones are not printed rounded.
    sparse=("value", "value_text", "qualifier", "printed", "agreement"),
)
