"""The national market by day, month and year, in SQL over the exchange's tables.

A day is its bulletin's; without one, what quote and query JSON state of it. A period has
its own bulletin's totals where that states all of them, else the sum of its days, if
each of them is held: never a mixture, never a mean of the two, and no sum of a part.

A day of which the exchange states nothing, and its registry does, is the registry's: a row of its
own, which names it, and which is in no sum over the exchange's days.
"""

from __future__ import annotations

from schemas.marts.market import MART_MARKET_ANNUAL, MART_MARKET_DAILY, MART_MARKET_MONTHLY
from schemas.sources.seee.products import ALL_METHODS
from transforms.marts.model import Mart, source_json, sources_json
from transforms.marts.registry_days import REGISTRY_SQL
from transforms.witnesses import EXCHANGE, REGISTRY

_TRADING_DAYS = {
    # Of a day that nobody has announced a bulletin tells that it was one.
    "trading_days": """
      select day from trading_calendar where is_trading
      union select period_end from seee_bulletins where period = 'day'
        and period_end in (select day from trading_calendar where is_derived)
    """
}
_LEGS = ("listed", "block", "auction", "total")
_AMOUNTS = ("volume_t", "turnover_cny")
_FIGURES = tuple(f"{leg}_{amount}" for leg in _LEGS for amount in _AMOUNTS)

# listed, block, auction and total of the query page's day, year-to-date and cumulative.
_METHODS = ",\n    ".join(
    f"sum(day_{amount}) filter (trade_method = '{leg}') as {leg}_day_{amount}"
    for leg in ("listed", "block", "auction")
    for amount in _AMOUNTS
)
_SUMS = ",\n    ".join(
    f"case when {ALL_METHODS} then sum({what}_{amount}) end as total_{what}_{amount}"
    for what in ("day", "ytd", "cumulative")
    for amount in _AMOUNTS
)


def _else(bulletin: str, other: str, name: str, registry: str = "null") -> str:
    """The bulletin's figure where there is a bulletin: its null is a statement too. Of a day that
    is the registry's, its figure."""
    return (
        f"case when is_registrys then {registry} when has_bulletin then b.{bulletin} "
        f"else {other} end as {name}"
    )


_LEGS_SQL = ",\n    ".join(
    _else(f"{leg}_{amount}", f"m.{leg}_day_{amount}", f"{leg}_{amount}", f"g.{leg}_{amount}")
    for leg in _LEGS
    for amount in _AMOUNTS
)
_PRICES_SQL = ",\n    ".join(
    _else(
        f"{name}_cny_per_t",
        f"q.{name}_cny_per_t",
        f"{name}_cny_per_t",
        "null" if name == "open" else f"g.{name}_cny_per_t",
    )
    for name in ("open", "high", "low", "close")
)
_RUNNING_SQL = ",\n    ".join(
    _else(f"{what}_{amount}", f"m.total_{what}_{amount}", f"stated_{what}_{amount}")
    for what in ("ytd", "cumulative")
    for amount in _AMOUNTS
)
_DATED = {"trade_date": "trade_date::varchar"}
_DAY_SOURCES = sources_json(
    "case when is_registrys and has_table then " + source_json("crc_market_daily", _DATED) + " end",
    "case when is_registrys and report_legs > 0 then "
    + source_json("crc_leg_daily", _DATED, "report_legs")
    + " end",
    "case when has_bulletin then "
    + source_json(
        "seee_bulletins",
        {
            "period": "'day'",
            "period_start": "trade_date::varchar",
            "period_end": "trade_date::varchar",
        },
    )
    + " end",
    "case when not has_bulletin and has_quote then "
    + source_json("seee_quotes", {**_DATED, "product": "'COMCEA'"})
    + " end",
    "case when not has_bulletin and methods > 0 then "
    + source_json("seee_method_totals", {**_DATED, "product": "'COMCEA'"}, "methods")
    + " end",
)

DAILY_SQL = f"""
with bulletins as (select * from seee_bulletins where period = 'day'),
quotes as (select * from seee_quotes where product = 'COMCEA'),
methods as (
  select trade_date, count(*) as methods, bool_or(is_simulated) as is_simulated,
    {_METHODS},
    {_SUMS}
  from seee_method_totals where product = 'COMCEA' group by trade_date
),
{REGISTRY_SQL},
exchange_dates as (
  select period_end as trade_date from bulletins union select trade_date from quotes
  union select trade_date from methods
),
dates as (
  select trade_date, false as is_registrys from exchange_dates
  union all select trade_date, true from registry
  where trade_date not in (from exchange_dates)
),
stated as (
  select d.trade_date, is_registrys, has_table, report_legs,
    b.period_end is not null as has_bulletin,
    q.trade_date is not null as has_quote, coalesce(m.methods, 0) as methods,
    {_PRICES_SQL},
    {_LEGS_SQL},
    {_RUNNING_SQL},
    case when has_bulletin then b.price_basis
         when d.trade_date <= date '2023-08-25' then 'listed' else 'composite' end as price_basis,
    b.weight_regime,
    case when is_registrys then g.is_simulated when has_bulletin then b.is_simulated
         else coalesce(q.is_simulated, false) or coalesce(m.is_simulated, false)
    end as is_simulated
  from dates d
  left join bulletins b on b.period_end = d.trade_date
  left join quotes q on q.trade_date = d.trade_date
  left join methods m on m.trade_date = d.trade_date
  left join registry g on g.trade_date = d.trade_date
),
closing as (  -- what had been traded by the last trading day of each year
  select year(trade_date) as year, stated_cumulative_volume_t as volume_t,
    stated_cumulative_turnover_cny as turnover_cny, is_simulated as closing_is_simulated
  from stated
  where trade_date in (select max(day) from trading_days group by year(day))
  union all select 2020, 0, 0, false  -- the market was launched in 2021
)
select s.trade_date, open_cny_per_t, high_cny_per_t, low_cny_per_t, close_cny_per_t,
  case when not is_registrys then round(100 * (close_cny_per_t
    / nullif(lag(close_cny_per_t) over publisher, 0) - 1), 2) end as close_change_pct,
  {", ".join(_FIGURES)},
  round(listed_turnover_cny / nullif(listed_volume_t, 0), 4) as listed_mean_price_cny_per_t,
  round(total_turnover_cny / nullif(total_volume_t, 0), 4) as mean_price_cny_per_t,
  coalesce(stated_ytd_volume_t, stated_cumulative_volume_t - c.volume_t) as ytd_volume_t,
  coalesce(stated_ytd_turnover_cny, stated_cumulative_turnover_cny - c.turnover_cny)
    as ytd_turnover_cny,
  stated_cumulative_volume_t as cumulative_volume_t,
  stated_cumulative_turnover_cny as cumulative_turnover_cny,
  coalesce(total_volume_t = 0, false) as is_no_trade,
  coalesce(listed_volume_t = 0, false) as is_no_listed,
  price_basis, weight_regime,
  case when is_registrys then 'registry' when has_bulletin then 'bulletin'
       when has_quote and methods > 0 then 'quote and query JSON'
       when has_quote then 'quote JSON' else 'query JSON' end as stated_by,
  {_DAY_SOURCES} as derived_from,
  -- The change rests on the day before, what was traded in the year on the close of the last.
  is_simulated or coalesce(lag(is_simulated) over publisher, false)
    or coalesce(c.closing_is_simulated, false) as is_simulated
from stated s left join closing c on c.year = year(s.trade_date) - 1
window publisher as (partition by is_registrys order by trade_date)
"""  # noqa: S608 - all names are ours


def _own_or_days(figure: str) -> str:
    return (
        f"case when is_whole then b.{figure} when missing_days = 0 then d.{figure} end as {figure}"
    )


def _of_each_day(leg: str, amount: str) -> str:
    """A sum over days of which each says it; a method that is not spoken of is one without trade
    where the others make the total."""
    legs = " + ".join(f"coalesce({each}_{amount}, 0)" for each in _LEGS if each != "total")
    told = f"{legs} = total_{amount}" if leg != "total" else f"total_{amount} is not null"
    name = f"{leg}_{amount}"
    return (
        f"case when count(total_volume_t) = count(*) filter ({told}) then sum({name}) end as {name}"
    )


def _comparable(alias: str) -> str:
    """Growth is told of whole periods only: over, and with no day missing from their totals."""
    return f"{alias}.is_ended and ({alias}.totals_from = 'bulletin' or {alias}.missing_days = 0)"


def _period_sql(bucket: str, key: str, period: str, before: str, extra: str) -> str:
    """Days grouped by `bucket` (SQL over `trade_date`), beside the bulletins of that period.

    `key` is the mart's key column, `before` the key of the same period of the year before.
    """
    sums = ",\n    ".join(_of_each_day(leg, amount) for leg in _LEGS for amount in _AMOUNTS)
    own = ",\n    ".join(_own_or_days(name) for name in _FIGURES)
    calendar_bucket, bulletin_bucket = (
        bucket.replace("trade_date", name) for name in ("day", "period_end")
    )
    sources = sources_json(
        source_json(
            "mart_market_daily",
            {
                "trade_date": "json_array(first_trade_date::varchar, last_trade_date::varchar)",
            },
            "trading_days",
        ),
        "case when has_bulletin then "
        + source_json(
            "seee_bulletins",
            {
                "period": f"'{period}'",
                "period_start": "b.period_start::varchar",
                "period_end": "b.period_end::varchar",
            },
        )
        + " end",
    )
    return f"""
with told as (select * from mart_market_daily where stated_by <> 'registry'),
days as (
  select {bucket} as {key},
    min(trade_date) as first_trade_date, max(trade_date) as last_trade_date,
    count(*) as trading_days, count(total_volume_t) as told_days,
    count(*) filter (is_no_trade) as no_trade_days,
    count(*) filter (is_no_listed) as no_listed_days,
    arg_min_null(open_cny_per_t, trade_date) filter (not is_no_listed) as open_cny_per_t,
    max(high_cny_per_t) as high_cny_per_t, min(low_cny_per_t) as low_cny_per_t,
    arg_max(close_cny_per_t, trade_date) as close_cny_per_t,
    max(close_cny_per_t) as high_close_cny_per_t,
    arg_max(trade_date, (close_cny_per_t, -epoch(trade_date::timestamp)))
      filter (close_cny_per_t is not null) as high_close_on,
    min(close_cny_per_t) as low_close_cny_per_t,
    arg_min(trade_date, (close_cny_per_t, epoch(trade_date::timestamp)))
      filter (close_cny_per_t is not null) as low_close_on,
    {sums},
    sum(total_volume_t) filter (quarter(trade_date) = 4) as q4_volume_t,
    arg_max(cumulative_volume_t, trade_date) as cumulative_volume_t,
    arg_max(cumulative_turnover_cny, trade_date) as cumulative_turnover_cny,
    bool_or(is_simulated) as is_simulated
  from told group by 1
),
bases as (  -- in the order in which they were in force
  select {key}, string_agg(price_basis, '; ' order by first) as price_basis
  from (select {bucket} as {key}, price_basis, min(trade_date) as first
        from told group by all) group by 1
),
regimes as (
  select {key}, string_agg(weight_regime, '; ' order by first) as weight_regimes
  from (select {bucket} as {key}, weight_regime, min(trade_date) as first
        from told where weight_regime is not null group by all) group by 1
),
calendar as (
  select {calendar_bucket} as {key}, max(day) as last_day,
    count(*) filter (day <= (select max(trade_date) from told)) as due_days
  from trading_days group by 1
),
bulletins as (
  select *, {bulletin_bucket} as {key} from seee_bulletins where period = '{period}'
  qualify row_number() over (partition by {bulletin_bucket} order by period_end desc) = 1
),
joined as (
  select d.*,
    b.period_end is not null as has_bulletin,
    coalesce(b.total_volume_t is not null and b.total_turnover_cny is not null
      and b.listed_volume_t is not null and b.block_volume_t is not null, false) as is_whole,
    c.due_days - d.told_days as missing_days,
    (select max(trade_date) from told) >= c.last_day as is_ended,
    lag(d.close_cny_per_t) over (order by d.{key}) as close_before,
    lag(d.is_simulated) over (order by d.{key}) as is_before_simulated,
    x.price_basis, r.weight_regimes
  from days d
  join calendar c using ({key})
  left join bulletins b using ({key})
  left join bases x using ({key})
  left join regimes r using ({key})
),
figures as (
  select d.{key}, first_trade_date, last_trade_date, trading_days, missing_days,
    no_trade_days, no_listed_days, is_ended, d.open_cny_per_t,
    coalesce(b.high_cny_per_t, d.high_cny_per_t) as high_cny_per_t,
    coalesce(b.low_cny_per_t, d.low_cny_per_t) as low_cny_per_t,
    d.close_cny_per_t, high_close_cny_per_t, high_close_on, low_close_cny_per_t, low_close_on,
    round(100 * (d.close_cny_per_t / nullif(close_before, 0) - 1), 2) as close_change_pct,
    {own},
    case when is_whole then 'bulletin' when missing_days = 0 then 'days'
         else 'part of the days' end as totals_from,
    d.total_volume_t as days_total_volume_t, d.total_turnover_cny as days_total_turnover_cny,
    coalesce(d.cumulative_volume_t, b.cumulative_volume_t) as cumulative_volume_t,
    coalesce(d.cumulative_turnover_cny, b.cumulative_turnover_cny) as cumulative_turnover_cny,
    d.price_basis, weight_regimes, q4_volume_t,
    {sources} as derived_from,
    d.is_simulated or coalesce(b.is_simulated, false)
      or coalesce(is_before_simulated, false) as is_simulated
  from joined d left join bulletins b using ({key})
)
select f.* replace (f.is_simulated or coalesce(p.is_simulated, false) as is_simulated),
  round(f.listed_turnover_cny / nullif(f.listed_volume_t, 0), 4) as listed_mean_price_cny_per_t,
  round(f.total_turnover_cny / nullif(f.total_volume_t, 0), 4) as mean_price_cny_per_t,
  round(100 * (f.total_volume_t / nullif(p.total_volume_t, 0) - 1), 2) as volume_yoy_pct,
  round(100 * (f.total_turnover_cny / nullif(p.total_turnover_cny, 0) - 1), 2) as turnover_yoy_pct
  {extra}
from figures f left join figures p
  on p.{key} = {before} and {_comparable("f")} and {_comparable("p")}
"""  # noqa: S608 - all names are ours


MONTHLY_SQL = _period_sql(
    "date_trunc('month', trade_date)::date",
    "month",
    "month",
    "(f.month - interval 1 year)::date",
    "",
)
ANNUAL_SQL = _period_sql(
    "year(trade_date)",
    "year",
    "year",
    "f.year - 1",
    ", case when f.missing_days = 0 then round(100 * f.q4_volume_t "
    "/ nullif(f.days_total_volume_t, 0), 2) end as q4_volume_share_pct",
)

MARKET_MARTS = (
    Mart(MART_MARKET_DAILY, DAILY_SQL, EXCHANGE, _TRADING_DAYS, recipe="4", beside=REGISTRY),
    Mart(MART_MARKET_MONTHLY, MONTHLY_SQL, EXCHANGE, recipe="3"),
    Mart(MART_MARKET_ANNUAL, ANNUAL_SQL, EXCHANGE, recipe="3"),
)
