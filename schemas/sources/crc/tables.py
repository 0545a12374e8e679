"""The national market as its registry and clearing house in Wuhan publishes it."""

from __future__ import annotations

from schemas.core.market_columns import leg_columns, price_column
from schemas.core.table import Column, Daily, Kind, Table
from schemas.sources.crc.rules import LEG_RULES, MARKET_RULES

METHODS = ("listed", "block", "auction")
ALL_METHODS, ALL_VINTAGES = "total", "all"
"""What the sentence form says of the market as a whole; the tables say it of each vintage."""
TERMS = "China Carbon Emission Registration and Settlement: terms unknown, to be credited by name"


CRC_MARKET_DAILY = Table(
    name="crc_market_daily",
    says="One row per trade date: the national allowance market in the registry's price table",
    key=("trade_date",),
    prune_by="trade_date",
    terms=TERMS,
    daily=Daily("crc", "true", witness_of="seee"),
    # A day without a listed trade has no high and no low; a dash is no statement.
    sparse=("high_cny_per_t", "low_cny_per_t", "block_volume_t", "block_turnover_cny"),
    rules=MARKET_RULES,
    own=(
        Column("trade_date", Kind.DATE, "Trade date, Asia/Shanghai", nullable=False),
        price_column("close", "Close; that of the day before where nothing was listed"),
        price_column(
            "high", "Highest listed price; null without a listed trade, where 0 is printed"
        ),
        price_column("low", "Lowest listed price; null without a listed trade, where 0 is printed"),
        *leg_columns("listed", "Listed trades"),
        *leg_columns("block", "Block trades"),
        *leg_columns("total", "All trades; the table has no column of auctions"),
    ),
)

CRC_LEG_DAILY = Table(
    name="crc_leg_daily",
    says="One row per trade date, vintage and trade method of the registry's daily report",
    key=("trade_date", "vintage", "method"),
    prune_by="trade_date",
    order_by=("report_no", "retrieved_at"),
    terms=TERMS,
    daily=Daily("crc", "true"),
    # One report under two addresses is one statement.
    aside=("report_no",),
    # A method of which nothing was traded has dashes; prices are in the sentence form alone.
    sparse=(
        *("day_volume_t", "day_turnover_cny", "cumulative_volume_t", "cumulative_turnover_cny"),
        *("high_cny_per_t", "low_cny_per_t", "mean_price_cny_per_t"),
    ),
    rules=LEG_RULES,
    own=(
        Column("trade_date", Kind.DATE, "Trade date, Asia/Shanghai", nullable=False),
        Column(
            "vintage",
            Kind.TEXT,
            "CEA19-20 or CEA with two digits; `all` in the sentence form, which names none",
            nullable=False,
        ),
        Column(
            "method",
            Kind.TEXT,
            "Trade method; `total` in the sentence form, of all of them",
            nullable=False,
            one_of=(*METHODS, ALL_METHODS),
        ),
        *leg_columns("day", "On the day; null where a dash says that there was none"),
        *leg_columns("cumulative", "Since the vintage was first traded by this method"),
        price_column("high", "Highest price, of block trades too (sentence form)"),
        price_column("low", "Lowest price, of block trades too (sentence form)"),
        price_column("mean_price", "Mean price (sentence form)"),
        Column("report_no", Kind.INT, "Number of the report on the site", minimum=0),
    ),
)

TABLES: tuple[Table, ...] = (CRC_MARKET_DAILY, CRC_LEG_DAILY)
