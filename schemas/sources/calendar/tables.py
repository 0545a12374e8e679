"""The trading calendar as it is published: notices, and what they say of each day."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from schemas.core.table import Column, Kind, Rule, Table
from schemas.trading import BASES, MARKET

if TYPE_CHECKING:
    import pandas as pd

PUBLISHERS = ("state_council", "exchange")
PUBLISHED = ("state_council", "exchange", "holidays_json")
"""On what a row rests. Derived days are in no table; `traded` and `person` are told at reading."""


def _open_on_weekdays(frame: pd.DataFrame) -> pd.Series[Any]:
    weekday = frame["date"].map(lambda day: day.weekday() < 5).astype(bool)
    return weekday | ~frame["is_trading"].astype(bool)


CALENDAR_NOTICES = Table(
    name="calendar_notices",
    says="One row per notice on the closed days of a year: the State Council's on public holidays, "
    "its amendments, the exchange's own. A notice stands at several addresses and is known by its "
    "number",
    key=("publisher", "notice_key"),
    order_by=("published_on", "retrieved_at"),
    own=(
        Column("publisher", Kind.TEXT, "Who announces it", nullable=False, one_of=PUBLISHERS),
        Column("notice_key", Kind.TEXT, "Document number, else the title", nullable=False),
        Column("year", Kind.INT, "Year whose days it arranges", nullable=False, minimum=2000),
        Column("is_yearly", Kind.BOOL, "False for an amendment, or one holiday", nullable=False),
        Column("number", Kind.TEXT, "Document number as printed"),
        Column("title", Kind.TEXT, "Title as printed", nullable=False),
        Column("signed_on", Kind.DATE, "Day below the notice"),
        Column("published_on", Kind.DATE, "Day of publication", nullable=False),
        Column("cites", Kind.TEXT, "Number of the holiday notice that the exchange cites"),
        Column("closed_days", Kind.TEXT, "Days off, YYYY-MM-DD, separated by blanks"),
        Column("working_weekends", Kind.TEXT, "Weekend days that are worked: no trading days"),
        Column(
            "encouraged_days",
            Kind.TEXT,
            "Days on which leave is encouraged: on 2024-02-09, such a day, the exchange closed",
        ),
        Column("lines", Kind.TEXT, "Paragraphs of the notice, a JSON list", nullable=False),
    ),
)
CALENDAR_DAYS = Table(
    name="calendar_days",
    says="One row per market and day of which anybody has announced whether it is one of trading. "
    "A day that is not here is derived from rules",
    key=("market", "date"),
    prune_by="date",
    # The stronger basis wins whenever it comes; of one basis the later statement.
    order_by=("basis_rank", "said_on", "retrieved_at"),
    aside=("said_on",),
    rules=(
        Rule(
            "open_on_weekdays",
            "no weekend day is a trading day",
            ("date", "is_trading"),
            _open_on_weekdays,
        ),
    ),
    own=(
        Column("market", Kind.TEXT, "National allowance market", nullable=False, one_of=(MARKET,)),
        # A year's days are announced in the autumn before it.
        Column("date", Kind.DATE, "Calendar day, Asia/Shanghai", nullable=False, ahead_days=3660),
        Column("is_trading", Kind.BOOL, "Whether the market is open", nullable=False),
        Column("reason", Kind.TEXT, "Why it is closed: the holiday, or the weekend"),
        Column("basis", Kind.TEXT, "Who says so", nullable=False, one_of=PUBLISHED),
        Column(
            "basis_rank",
            Kind.INT,
            f"How strong the basis is: its place in {', '.join(BASES)}, from 0",
            nullable=False,
            minimum=0,
        ),
        Column("said_on", Kind.DATE, "Day of publication of the notice"),
    ),
)
TABLES = (CALENDAR_NOTICES, CALENDAR_DAYS)
SPOKEN_IN = CALENDAR_NOTICES
