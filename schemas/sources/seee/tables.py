"""The national market as the Shanghai exchange publishes it."""

from __future__ import annotations

from schemas.core.market_columns import leg_columns, price_column
from schemas.core.table import Column, Daily, Kind, Table
from schemas.sources.seee.rules import BULLETIN_RULES, METHOD_TOTAL_RULES, QUOTE_RULES

PERIODS = ("day", "week", "month", "year")
METHODS = ("listed", "block", "auction")
AMOUNTS = ("volume_t", "turnover_cny")
TERMS = (
    "Shanghai Environment and Energy Exchange: credit required, "
    "no republication of its figures without consent"
)


SEEE_BULLETINS = Table(
    name="seee_bulletins",
    says="One row per period (day, week, month, year) of the national allowance market",
    key=("period", "period_start", "period_end"),
    prune_by="period_end",
    order_by=("published_on", "article_no", "retrieved_at"),
    terms=TERMS,
    daily=Daily("seee", "period = 'day'"),
    # One bulletin under two addresses is one statement.
    aside=("title", "published_on", "article_no"),
    # A day without a listed trade has no price but its close, and one without any no sums.
    sparse=(
        *("open_cny_per_t", "high_cny_per_t", "low_cny_per_t", "change_pct", "change_basis"),
        *(f"{leg}_{a}" for leg in ("auction", "ytd", "cumulative") for a in AMOUNTS),
    ),
    rules=BULLETIN_RULES,
    own=(
        Column("period", Kind.TEXT, "Length of the period", nullable=False, one_of=PERIODS),
        Column("period_start", Kind.DATE, "First day of the period", nullable=False),
        # A month that ends on a weekend is told of on its last trading day.
        Column("period_end", Kind.DATE, "Last day of the period", nullable=False, ahead_days=14),
        Column("trade_date", Kind.DATE, "Equals period_end", nullable=False, ahead_days=14),
        price_column("open", "First listed trade (daily only)"),
        price_column("high", "Highest price of the period"),
        price_column("low", "Lowest price of the period"),
        price_column("close", "Close: mean of the day's listed trades weighted by volume"),
        Column("change_pct", Kind.PERCENT, "Printed change of the close", unit="%"),
        Column(
            "change_basis",
            Kind.TEXT,
            "What the printed change is measured against",
            one_of=("previous_close", "opening_price", "launch_close", "previous_period_close"),
        ),
        *leg_columns("total", "All trades"),
        *leg_columns("listed", "Listed trades"),
        *leg_columns("block", "Block trades; 0 where the bulletin says there were none"),
        *leg_columns("auction", "One-way auctions; null before they were offered (2025-07-16)"),
        *leg_columns("ytd", "Since 1 January"),
        *leg_columns("cumulative", "Since the launch of the market"),
        Column(
            "price_basis",
            Kind.TEXT,
            "What the prices are: of listed trades, or the composite over vintages",
            nullable=False,
            one_of=("listed", "composite"),
        ),
        Column(
            "weight_regime",
            Kind.TEXT,
            "Vintages in the price and their weights, e.g. `CEA19-20,CEA21,CEA22:1/3`; `unknown` "
            "of days of which no known notice says it",
            nullable=False,
        ),
        Column("is_no_trade", Kind.BOOL, "Bulletin says nothing was traded", nullable=False),
        Column("is_no_listed", Kind.BOOL, "Bulletin says no listed trade", nullable=False),
        Column("is_no_block", Kind.BOOL, "Bulletin says no block trade", nullable=False),
        Column("is_no_auction", Kind.BOOL, "Bulletin says no auction", nullable=False),
        Column("is_flat", Kind.BOOL, "Bulletin says the close did not move", nullable=False),
        Column(
            "rounded_figures",
            Kind.TEXT,
            "JSON object of figures that the yearly prose prints rounded (亿, 万), base units",
        ),
        Column("title", Kind.TEXT, "Title of the bulletin", nullable=False),
        Column("published_on", Kind.DATE, "Day of publication, Asia/Shanghai"),
        Column("article_no", Kind.INT, "Number of the article on the site", minimum=0),
    ),
)

SEEE_QUOTES = Table(
    name="seee_quotes",
    says="One row per trade date and product (composite, vintages) of the quote page",
    key=("trade_date", "product"),
    prune_by="trade_date",
    terms=TERMS,
    daily=Daily("seee", "product = 'COMCEA'"),
    sparse=("open_cny_per_t", "high_cny_per_t", "low_cny_per_t"),
    rules=QUOTE_RULES,
    own=(
        Column("trade_date", Kind.DATE, "Trade date, Asia/Shanghai", nullable=False),
        Column(
            "product",
            Kind.TEXT,
            "COMCEA is the composite, the rest are vintages",
            nullable=False,
        ),
        price_column("open", "Open"),
        price_column("high", "High; null without a listed trade"),
        price_column("low", "Low; null without a listed trade"),
        price_column("close", "Close"),
        Column("listed_volume_t", Kind.INT, "Listed trades: volume", minimum=0, unit="t"),
    ),
)

SEEE_METHOD_TOTALS = Table(
    name="seee_method_totals",
    says="One row per trade date, product and trade method of the query page",
    key=("trade_date", "product", "trade_method"),
    prune_by="trade_date",
    terms=TERMS,
    daily=Daily("seee", "product = 'COMCEA'"),
    rules=METHOD_TOTAL_RULES,
    own=(
        Column("trade_date", Kind.DATE, "Trade date, Asia/Shanghai", nullable=False),
        Column("product", Kind.TEXT, "As in seee_quotes", nullable=False),
        Column("trade_method", Kind.TEXT, "Method", nullable=False, one_of=METHODS),
        *leg_columns("day", "On the day"),
        *leg_columns("ytd", "Since 1 January"),
        *leg_columns("cumulative", "Since the launch"),
    ),
)

TABLES: tuple[Table, ...] = (SEEE_BULLETINS, SEEE_QUOTES, SEEE_METHOD_TOTALS)
