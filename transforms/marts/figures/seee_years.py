"""The days and years that the exchange's figures are told of, in SQL: values beside citations.

A day is its bulletin's. The public list of bulletins may stop while the quote files and the
query page go on: a day without a bulletin is theirs.
"""

from __future__ import annotations

from schemas.sources.seee.products import ALL_METHODS
from transforms.marts.figures.sql import cite, cite_as, named, words

BULLETIN_KEY = ("period", "period_start", "period_end")
_RUNNING = {"cumulative_volume_t": "volume_cited", "cumulative_turnover_cny": "turnover_cited"}
"""What only the query page states of a day without a bulletin, a row for each trade method."""
_METHODS = ("trade_date", "product", "trade_method")
_CITED = ("high_cny_per_t", "low_cny_per_t", "close_cny_per_t", *_RUNNING)


def _methods(column: str, name: str) -> str:
    cited = cite("m", "seee_method_totals", _METHODS, words("m", column))
    return f"list({cited} order by trade_method) filter (m.{column} is not null) as {name}"


def _cited(column: str) -> str:
    own = f"[{cite_as('t', 't.cited_table', 't.cited_key', words('t', column))}]"
    other = _RUNNING.get(column)
    return f"{f'coalesce({other}, {own})' if other else own} as {column}_cited"


def _picked(column: str, order: str, day: str, what: str) -> str:
    """`what` of a day of each year: the one with the greatest or least figure, the first of
    several; `day` is the column of its date."""
    pick, sign = ("max", "-") if order == "desc" else ("min", "")
    at = f"row({column}, {sign}datediff('day', date '2021-01-01', {day}))"
    return f"arg_{pick}({what}, {at}) filter (where {column} is not null)"


_DAYS = {
    "l": ("period_end", "desc"),
    "f": ("period_end", "asc"),
    "hp": ("high_cny_per_t", "desc"),
    "lp": ("low_cny_per_t", "asc"),
    "hc": ("close_cny_per_t", "desc"),
    "lc": ("close_cny_per_t", "asc"),
}
_DATES = ", ".join(
    _picked("trade_date" if column == "period_end" else column, order, "trade_date", "trade_date")
    for column, order in _DAYS.values()
)
DAYS_SQL = f"""
with picked as (
  select distinct unnest([{_DATES}]) as day from mart_market_daily
  where stated_by <> 'registry' group by year(trade_date)
),
methods as (
  select trade_date, {", ".join(f"sum({column}) as {column}" for column in _RUNNING)},
    {", ".join(_methods(*both) for both in _RUNNING.items())}
  from seee_method_totals m where product = 'COMCEA' and trade_date in (from picked) group by 1
  having {ALL_METHODS}
),
told as (
  select *, 'seee_bulletins' as cited_table, {named("b", BULLETIN_KEY)} as cited_key
  from seee_bulletins b where period = 'day' and period_end in (from picked)
  union all by name
  select q.*, m.* exclude (trade_date), q.trade_date as period_end,
    'seee_quotes' as cited_table, {named("q", ("trade_date", "product"))} as cited_key
  from seee_quotes q left join methods m on m.trade_date = q.trade_date
  where q.product = 'COMCEA' and q.trade_date in (from picked)
    and q.trade_date not in (select period_end from seee_bulletins where period = 'day')
)
select period_end, {", ".join(_CITED)}, is_simulated, {", ".join(_cited(c) for c in _CITED)}
from told t
"""  # noqa: S608 - all names are ours
"""The first, last, highest and lowest days of each year: prices and what was traded so far, each
with whoever states it: the bulletin, else the quote file and the query page."""


YEARS_SQL = f"""
-- Each is a whole row, as one value: windows over rows of forty columns take ten times the memory.
with stated as (
  select year(period_end) as year, arg_max(b, period_end) as y
  from seee_bulletins b where period = 'year' group by 1
),
days as (
  select year(period_end) as year,
    {", ".join(f"{_picked(*how, 'period_end', 'b')} as {name}" for name, how in _DAYS.items())}
  from picked_days b group by 1
),
calendar as (
  select year(day) as year, count(*) as due_days, max(day) as last_day from trading_days group by 1
)
select a.year, a, s.y, t.y as p, e.l as k, {", ".join(f"d.{name}" for name in _DAYS)},
  c.due_days, c.last_day, o.last_day as last_day_before
from mart_market_annual a
left join calendar c on c.year = a.year left join calendar o on o.year = a.year - 1
left join stated s on s.year = a.year left join stated t on t.year = a.year - 1
left join days d on d.year = a.year left join days e on e.year = a.year - 1
where a.is_ended
"""  # noqa: S608 - all names are ours
"""A step: each year that is over, its bulletin (y), that of the year before (p), the last day
of the year before (k), and its own last, first, highest and lowest days."""
