"""The exchange's figures of each year that is over.

A total is what the year's bulletin states; where it rounds, the difference of two year-end
cumulatives, which are exact; else the sum of the days. A day is its bulletin's; the public
list of bulletins may stop while the quote files and the query page go on, and then theirs.
What is said of a whole year is said only where no day of it is missing.
"""

from __future__ import annotations

from transforms.marts.figures.seee_years import BULLETIN_KEY
from transforms.marts.figures.sql import cite, words

_HAS_TOTALS = "(a.totals_from = 'bulletin' or a.missing_days = 0)"
_HAS_DAYS = "a.trading_days >= due_days"
_HAS_END = "l.period_end = last_day"


def _bulletin(row: str, column: str) -> str:
    """The citation of a year's bulletin."""
    return cite(row, "seee_bulletins", BULLETIN_KEY, words(row, column))


def _day_cited(row: str, column: str) -> str:
    """A list of the citations of a day, see `DAYS_SQL`."""
    return f"{row}.{column}_cited"


def _branch(
    figure: str, value: str, formula: str, citations: str, simulated: str, where: str = "true"
) -> str:
    return f"""
  select '{figure}' as figure_id, year::varchar as period, 'seee' as source,
    ({value})::decimal(28, 6) as value, null::varchar as value_text,
    null::varchar as qualifier, null::varchar as printed, {formula} as formula,
    {citations} as citations, ({simulated}) as is_simulated, false as own_conflict
  from years where {where}
"""  # noqa: S608 - all names are ours


def _total(figure: str, leg: str, amount: str) -> str:
    """A total of the year, by the most exact of the ways there are."""
    column, running = f"{leg}_{amount}", f"cumulative_{amount}"
    has_own = f"y.{column} is not null"
    has_ends = f"y.{running} is not null and (p.{running} is not null or year = 2021)"
    if leg != "total":
        has_ends = "false"
    value = (
        f"case when {has_own} then y.{column} when {has_ends} "
        f"then y.{running} - coalesce(p.{running}, 0) else a.{column} end"
    )
    formula = (
        f"case when {has_own} then 'as the year''s bulletin states it' when {has_ends} "
        "then 'cumulative at the year''s end less cumulative at the end of the year before' "
        "else 'sum of ' || a.trading_days || ' days' end"
    )
    citations = (
        f"case when {has_own} then [{_bulletin('y', column)}] "
        f"when {has_ends} and p.period_end is not null "
        f"then [{_bulletin('y', running)}, {_bulletin('p', running)}] "
        f"when {has_ends} then [{_bulletin('y', running)}] "
        f"else {_day_cited('l', running)} end"
    )
    simulated = (
        f"case when {has_own} then y.is_simulated when {has_ends} "
        "then y.is_simulated or coalesce(p.is_simulated, false) else a.is_simulated end"
    )
    where = f"a.{column} is not null and ({has_own} or {has_ends} or {_HAS_TOTALS})"
    return _branch(figure, value, formula, citations, simulated, where)


def _at_end(figure: str, column: str) -> str:
    """What the year's bulletin says of its end, else that of its last day."""
    own = f"y.{column} is not null"
    return _branch(
        figure,
        f"coalesce(y.{column}, l.{column})",
        f"case when {own} then 'as the year''s bulletin states it' else 'of the last day' end",
        f"case when {own} then [{_bulletin('y', column)}] else {_day_cited('l', column)} end",
        f"case when {own} then y.is_simulated else l.is_simulated end",
        f"{own} or {_HAS_END}",
    )


def _extreme(figure: str, column: str, pick: str, of: str) -> str:
    """The year's greatest or least: of its bulletin, else of the day that has it.

    `of` is the mart's own figure, the bulletin's column where it states such a one.
    """
    own = f"y.{column} is not null" if of != "close_cny_per_t" else "false"
    return _branch(
        figure,
        f"case when {own} then y.{column} else {pick}.{of} end",
        f"case when {own} then 'as the year''s bulletin states it' else 'of its day' end",
        f"case when {own} then [{_bulletin('y', column)}] else {_day_cited(pick, of)} end",
        f"case when {own} then y.is_simulated else {pick}.is_simulated end",
        f"{own} or ({_HAS_DAYS} and {pick}.period_end is not null)",
    )


def _of_mart(
    figure: str,
    column: str,
    formula: str,
    cited: str,
    where: str,
    simulated: str = "a.is_simulated",
) -> str:
    return _branch(
        figure,
        f"a.{column}",
        f"'{formula}'",
        cited,
        simulated,
        f"a.{column} is not null and {where}",
    )


_ENDS = f"list_concat({_day_cited('f', 'close_cny_per_t')}, {_day_cited('l', 'close_cny_per_t')})"


def _ends_of_two(column: str) -> str:
    """The last days of the year and of the one before, as far as they are held."""
    return f"list_concat({_day_cited('l', column)}, {_day_cited('k', column)})"


_CLOSES = _ends_of_two("close_cny_per_t")
_VOLUME = _ends_of_two("cumulative_volume_t")
_MONEY = _ends_of_two("cumulative_turnover_cny")
_BOTH = (
    f"list_concat({_day_cited('l', 'cumulative_turnover_cny')}, "
    f"{_day_cited('l', 'cumulative_volume_t')})"
)
_OWN_BOTH = f"[{_bulletin('y', 'total_turnover_cny')}, {_bulletin('y', 'total_volume_t')}]"
_TOTALS_CITED = f"case when a.totals_from = 'bulletin' then {_OWN_BOTH} else {_BOTH} end"
"""Whoever states the year's totals: its bulletin, or the last day's running totals."""
_HAS_TWO = f"{_HAS_END} and k.period_end = last_day_before"

_TOTALS = "case when a.totals_from = 'bulletin' then y.is_simulated else a.is_simulated end"
"""Whether what follows from the year's totals alone is simulated."""

_BRANCHES = (
    *(
        _total(f"{'annual' if leg == 'total' else leg}_{amount.split('_')[0]}", leg, amount)
        for leg in ("total", "listed", "block", "auction")
        for amount in ("volume_t", "turnover_cny")
    ),
    _at_end("cumulative_volume", "cumulative_volume_t"),
    _at_end("cumulative_turnover", "cumulative_turnover_cny"),
    _at_end("year_end_close", "close_cny_per_t"),
    _extreme("high_price", "high_cny_per_t", "hp", "high_cny_per_t"),
    _extreme("low_price", "low_cny_per_t", "lp", "low_cny_per_t"),
    _extreme("high_close", "close_cny_per_t", "hc", "close_cny_per_t"),
    _extreme("low_close", "close_cny_per_t", "lc", "close_cny_per_t"),
    _of_mart(
        "mean_price",
        "mean_price_cny_per_t",
        "turnover / volume of the year",
        _TOTALS_CITED,
        _HAS_TOTALS,
        _TOTALS,
    ),
    _of_mart(
        "volume_growth",
        "volume_yoy_pct",
        "volume / volume of the year before - 1",
        _VOLUME,
        _HAS_TOTALS,
    ),
    _of_mart(
        "turnover_growth",
        "turnover_yoy_pct",
        "turnover / turnover of the year before - 1",
        _MONEY,
        _HAS_TOTALS,
    ),
    _of_mart(
        "close_growth", "close_change_pct", "last close / last close before - 1", _CLOSES, _HAS_TWO
    ),
    _of_mart(
        "q4_share",
        "q4_volume_share_pct",
        "October to December / all days",
        _VOLUME,
        "a.missing_days = 0",
    ),
    _of_mart("trading_days", "trading_days", "count of days that are stated", _ENDS, _HAS_DAYS),
    _of_mart(
        "no_trade_days",
        "no_trade_days",
        "count of days without a trade",
        _ENDS,
        "a.missing_days = 0",
    ),
)

SEEE_SQL = " union all by name ".join(_BRANCHES)
