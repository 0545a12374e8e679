"""The voluntary market (CCER) as the Beijing Green Exchange publishes it."""

from __future__ import annotations

from schemas.core.market_columns import leg_columns, price_column
from schemas.core.table import Column, Daily, Kind, Table
from schemas.sources.ccer.rules import BULLETIN_RULES, LAUNCH, TYPE_RULES

TERMS = "Beijing Green Exchange: terms unknown, to be credited by name"
SUBTOTAL = "小计"
_TRADE_DATE = Column("trade_date", Kind.DATE, "Trade date, Asia/Shanghai", nullable=False)


CCER_BULLETINS = Table(
    name="ccer_bulletins",
    says="One row per trade date: the voluntary market in the exchange's daily bulletin",
    key=("trade_date",),
    prune_by="trade_date",
    terms=TERMS,
    # The launch day stood alone: the days behind it are not due.
    daily=Daily("ccer", f"trade_date > '{LAUNCH}'"),
    # Half of the bulletins tell what was traded so far, fewer for how much.
    sparse=("average_cny_per_t", "cumulative_volume_t", "cumulative_turnover_cny"),
    rules=BULLETIN_RULES,
    own=(
        _TRADE_DATE,
        *leg_columns(
            "total", "All trades of the day; 0 where the bulletin says that there was none"
        ),
        price_column(
            "average", "Average of the day as printed, never a close; null without a trade"
        ),
        *leg_columns("cumulative", "Since the launch; null where the bulletin does not say it"),
        Column(
            "variety",
            Kind.TEXT,
            "Form of the bulletin: a day with trades, one without, the launch day",
            nullable=False,
            one_of=("trade", "none", "launch"),
        ),
        Column("published_on", Kind.DATE, "Day on which it came out, by its address"),
    ),
)

CCER_TYPES = Table(
    name="ccer_types",
    says="One row per trade date and type of project, and one of their subtotal, in the "
    "exchange's JSON; never of the launch day, of which it holds a part",
    key=("trade_date", "profession"),
    prune_by="trade_date",
    terms=TERMS,
    daily=Daily("ccer", "is_subtotal"),
    sparse=("average_cny_per_t",),
    rules=TYPE_RULES,
    own=(
        _TRADE_DATE,
        Column(
            "profession",
            Kind.TEXT,
            "Type of the projects as printed; 小计 is the subtotal of all",
            nullable=False,
        ),
        *leg_columns("total", "Trades of the type on the day; 0 where a dash says that none was"),
        price_column("average", "Average as printed; null without a trade, and of the subtotal"),
        Column("is_subtotal", Kind.BOOL, "Whether it is the sum of the others", nullable=False),
    ),
)

TABLES: tuple[Table, ...] = (CCER_BULLETINS, CCER_TYPES)
