"""The voluntary market (CCER) by day, month and year, in SQL over the exchange's tables.

A day is its bulletin's; without one, the subtotal of its JSON (which the launch day has not:
`20240122-first.json` holds 300 of its 375,315 t). A sum is told of a period of which no trading
day is missing; the market stood still between its launch and 2025-03-07.
"""

from __future__ import annotations

from schemas.marts.ccer import MART_CCER_ANNUAL, MART_CCER_DAILY, MART_CCER_MONTHLY
from schemas.sources.ccer.rules import FIRST_DAILY, LAUNCH
from transforms.marts.model import Mart, source_json, sources_json

CCER = ("ccer_bulletins", "ccer_types")
_AMOUNTS = ("volume_t", "turnover_cny")
_DAYS = {
    # Of a day that nobody has announced a bulletin tells that it was one.
    "ccer_days": f"""
      select day from trading_calendar where is_trading and day >= date '{FIRST_DAILY}'
      union select date '{LAUNCH}'
      union select trade_date from ccer_bulletins
        where trade_date in (select day from trading_calendar where is_derived)
    """  # noqa: S608 - all names are ours
}
_DATED = {"trade_date": "trade_date::varchar"}
_SOURCES = sources_json(
    "case when has_bulletin then " + source_json("ccer_bulletins", _DATED) + " end",
    "case when type_rows > 0 then " + source_json("ccer_types", _DATED, "type_rows") + " end",
)
_SO_FAR = ",\n    ".join(
    f"sum(total_{amount}) over {window} as {name}_{amount}"
    for name, window in (("year", "in_year"), ("ever", "in_all"))
    for amount in _AMOUNTS
)

DAILY_SQL = f"""
with types as (
  select trade_date, count(*) as type_rows, bool_or(is_simulated) as is_simulated,
    count(*) filter (not is_subtotal and total_volume_t > 0) as types,
    {", ".join(f"max(total_{a}) filter (is_subtotal) as total_{a}" for a in _AMOUNTS)}
  from ccer_types group by 1
),
stated as (
  select trade_date, b.trade_date is not null as has_bulletin,
    coalesce(t.type_rows, 0) as type_rows, coalesce(t.types, 0) as types,
    {", ".join(f"coalesce(b.total_{a}, t.total_{a}) as total_{a}" for a in _AMOUNTS)},
    b.average_cny_per_t,
    {", ".join(f"b.cumulative_{a} as printed_{a}" for a in _AMOUNTS)},
    trade_date in (select day from ccer_days) as is_due,
    coalesce(b.is_simulated, false) or coalesce(t.is_simulated, false) as is_simulated
  from ccer_bulletins b full join types t using (trade_date)
  where b.trade_date is not null or t.total_volume_t is not null
),
summed as (
  select s.*,
    {_SO_FAR},
    count(*) filter (is_due) over in_year as held_in_year,
    count(*) filter (is_due) over in_all as held_in_all,
    bool_or(s.is_simulated) over in_all as is_any_simulated
  from stated s
  window in_year as (partition by year(trade_date) order by trade_date),
    in_all as (order by trade_date)
),
due as (
  select day, count(*) over (partition by year(day) order by day) as due_in_year,
    count(*) over (order by day) as due_in_all
  from ccer_days
),
whole as (
  select s.*, held_in_year = due_in_year as is_year_whole, held_in_all = due_in_all as is_whole
  from summed s left join due d on d.day = s.trade_date
)
select trade_date, total_volume_t, total_turnover_cny, average_cny_per_t,
  round(total_turnover_cny / nullif(total_volume_t, 0), 4) as mean_price_cny_per_t,
  {", ".join(f"case when is_year_whole then year_{a} end as ytd_{a}" for a in _AMOUNTS)},
  {
    ", ".join(
        f"coalesce(printed_{a}, case when is_whole then ever_{a} end) as cumulative_{a}"
        for a in _AMOUNTS
    )
},
  types, coalesce(total_volume_t = 0, false) as is_no_trade,
  case when has_bulletin then 'bulletin' else 'day JSON' end as stated_by,
  {_SOURCES} as derived_from, is_any_simulated as is_simulated
from whole
"""  # noqa: S608 - all names are ours


def _period_sql(bucket: str, key: str, before: str) -> str:
    """Days grouped by `bucket` (SQL over `trade_date`); `key` is the mart's key column, `before`
    the key of the same period of the year before."""
    sums = ", ".join(f"sum(total_{a}) as days_total_{a}" for a in _AMOUNTS)
    totals = ", ".join(
        f"case when missing_days = 0 then days_total_{a} end as total_{a}" for a in _AMOUNTS
    )
    running = ", ".join(
        f"arg_max_null(cumulative_{a}, trade_date) as cumulative_{a}" for a in _AMOUNTS
    )
    growth = ", ".join(
        f"round(100 * (f.total_{a} / nullif(p.total_{a}, 0) - 1), 2) as {a.split('_')[0]}_yoy_pct"
        for a in _AMOUNTS
    )
    source = sources_json(
        source_json(
            "mart_ccer_daily",
            {"trade_date": "json_array(f.first_trade_date::varchar, f.last_trade_date::varchar)"},
            "f.trading_days",
        )
    )
    peak = "filter (average_cny_per_t is not null)"
    return f"""
with days as (
  select {bucket} as {key}, min(trade_date) as first_trade_date,
    max(trade_date) as last_trade_date, count(*) as trading_days,
    count(*) filter (is_no_trade) as no_trade_days,
    max(average_cny_per_t) as high_average_cny_per_t,
    arg_max(trade_date, (average_cny_per_t, -epoch(trade_date::timestamp))) {peak}
      as high_average_on,
    min(average_cny_per_t) as low_average_cny_per_t,
    arg_min(trade_date, (average_cny_per_t, epoch(trade_date::timestamp))) {peak}
      as low_average_on,
    arg_max(average_cny_per_t, trade_date) as last_average_cny_per_t,
    count(*) filter (trade_date in (select day from ccer_days)) as held_days,
    {sums}, {running}, bool_or(is_simulated) as is_simulated
  from mart_ccer_daily group by 1
),
calendar as (
  select {bucket.replace("trade_date", "day")} as {key}, max(day) as last_day,
    count(*) filter (day <= (select max(trade_date) from mart_ccer_daily)) as due_days
  from ccer_days group by 1
),
figures as (
  select d.* exclude (held_days), c.due_days - held_days as missing_days,
    (select max(trade_date) from mart_ccer_daily) >= c.last_day as is_ended, {totals}
  from days d join calendar c using ({key})
)
select f.* replace (f.is_simulated or coalesce(p.is_simulated, false) as is_simulated),
  round(f.total_turnover_cny / nullif(f.total_volume_t, 0), 4) as mean_price_cny_per_t,
  {growth}, {source} as derived_from
from figures f left join figures p
  on p.{key} = {before} and f.is_ended and p.is_ended
    and p.trading_days > 1  -- the launch day alone is no year to compare with
"""  # noqa: S608 - all names are ours


CCER_MARTS = (
    Mart(MART_CCER_DAILY, DAILY_SQL, CCER, _DAYS),
    Mart(
        MART_CCER_MONTHLY,
        _period_sql(
            "date_trunc('month', trade_date)::date", "month", "(f.month - interval 1 year)::date"
        ),
        CCER,
    ),
    Mart(MART_CCER_ANNUAL, _period_sql("year(trade_date)", "year", "f.year - 1"), CCER),
)
