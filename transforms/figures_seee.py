"""The exchange's figures of each year that is over.

A total is what the year's bulletin states; where it rounds, the difference of two year-end
cumulatives, which are exact; else the sum of the days.
"""

from __future__ import annotations

from transforms.figures_sql import cite, words

_KEY = ("period", "period_start", "period_end")


def _bulletin(row: str, column: str) -> str:
    return cite(row, "seee_bulletins", _KEY, words(row, column))


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
        f"else [{_bulletin('l', running)}] end"
    )
    simulated = (
        f"case when {has_own} then y.is_simulated when {has_ends} "
        "then y.is_simulated or coalesce(p.is_simulated, false) else a.is_simulated end"
    )
    return _branch(figure, value, formula, citations, simulated, f"a.{column} is not null")


def _at_end(figure: str, column: str) -> str:
    """What the year's bulletin says of its end, else that of its last day."""
    own = f"y.{column} is not null"
    return _branch(
        figure,
        f"coalesce(y.{column}, l.{column})",
        f"case when {own} then 'as the year''s bulletin states it' else 'of the last day' end",
        f"[case when {own} then {_bulletin('y', column)} else {_bulletin('l', column)} end]",
        f"case when {own} then y.is_simulated else l.is_simulated end",
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
        f"[case when {own} then {_bulletin('y', column)} else {_bulletin(pick, of)} end]",
        f"case when {own} then y.is_simulated else {pick}.is_simulated end",
        f"{pick}.period_end is not null or {own}",
    )


def _day(name: str, column: str, order: str) -> str:
    """A day of each year: the one with the greatest or least figure, the first of several."""
    pick, sign = ("max", "-") if order == "desc" else ("min", "")
    at = f"row({column}, {sign}datediff('day', date '2021-01-01', period_end))"
    return f"arg_{pick}(b, {at}) filter (where {column} is not null) as {name}"


def _of_mart(
    figure: str, column: str, formula: str, cited: str, simulated: str = "a.is_simulated"
) -> str:
    return _branch(
        figure,
        f"a.{column}",
        f"'{formula}'",
        cited,
        simulated,
        f"a.{column} is not null and a.is_ended",
    )


_ENDS = f"[{_bulletin('f', 'close_cny_per_t')}, {_bulletin('l', 'close_cny_per_t')}]"


def _ends_of_two(column: str) -> str:
    """The last days of the year and of the one before, as far as they are held."""
    both = f"{_bulletin('l', column)}, {_bulletin('k', column)}"
    return f"list_filter([{both}], lambda c: c->>'url' is not null)"


_CLOSES = _ends_of_two("close_cny_per_t")
_RUNNING = _ends_of_two("cumulative_volume_t")
_MONEY = _ends_of_two("cumulative_turnover_cny")
_BOTH = f"[{_bulletin('l', 'cumulative_turnover_cny')}, {_bulletin('l', 'cumulative_volume_t')}]"

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
    _of_mart("mean_price", "mean_price_cny_per_t", "turnover / volume of the year", _BOTH, _TOTALS),
    _of_mart("volume_growth", "volume_yoy_pct", "volume / volume of the year before - 1", _RUNNING),
    _of_mart(
        "turnover_growth", "turnover_yoy_pct", "turnover / turnover of the year before - 1", _MONEY
    ),
    _of_mart("close_growth", "close_change_pct", "last close / last close before - 1", _CLOSES),
    _of_mart("q4_share", "q4_volume_share_pct", "October to December / all days", _RUNNING),
    _of_mart("trading_days", "trading_days", "count of days with a bulletin", _ENDS),
    _of_mart("no_trade_days", "no_trade_days", "count of days without a trade", _ENDS),
)

_DAYS = {
    "l": ("period_end", "desc"),
    "f": ("period_end", "asc"),
    "hp": ("high_cny_per_t", "desc"),
    "lp": ("low_cny_per_t", "asc"),
    "hc": ("close_cny_per_t", "desc"),
    "lc": ("close_cny_per_t", "asc"),
}
YEARS_SQL = f"""
-- Each is a whole row, as one value: windows over rows of forty columns take ten times the memory.
with stated as (
  select year(period_end) as year, arg_max(b, period_end) as y
  from seee_bulletins b where period = 'year' group by 1
),
days as (
  select year(period_end) as year, {", ".join(_day(name, *how) for name, how in _DAYS.items())}
  from seee_bulletins b where period = 'day' group by 1
)
select a.year, a, s.y, t.y as p, e.l as k, {", ".join(f"d.{name}" for name in _DAYS)}
from mart_market_annual a
left join stated s on s.year = a.year left join stated t on t.year = a.year - 1
left join days d on d.year = a.year left join days e on e.year = a.year - 1
where a.is_ended
"""  # noqa: S608 - all names are ours
"""A step: each year that is over, its bulletin (y), that of the year before (p), the last day
of the year before (k), and its own last, first, highest and lowest days."""

SEEE_SQL = " union all by name ".join(_BRANCHES)
