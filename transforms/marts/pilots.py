"""The regional pilot markets by day and year, in SQL over their exchanges' rows.

A market's day is of its allowance: volumes of all its products and methods added up, the price
that of the allowance itself. Where several vintages trade and none is the allowance's own series
(SZA-2013 ... beside no SZEA), no price is the market's: their mean would be nobody's.
"""

from __future__ import annotations

from schemas.marts.pilots import MART_PILOT_ANNUAL, MART_PILOT_DAILY
from transforms.marts.model import Mart, source_json, sources_json

PILOTS = ("pilot_daily",)
_SOURCES = sources_json(
    source_json(
        "pilot_daily",
        {
            "pilot": "pilot",
            "trade_date": "trade_date::varchar",
            "product_family": "product_family",
        },
        "rows",
    )
)

DAILY_SQL = f"""
with allowances as (
  select *, count(distinct product) over (partition by pilot, trade_date) as products,
    case price_concept when 'average' then average_cny_per_t
      when 'derived' then round(turnover_cny / nullif(volume_t, 0), 2)
      when 'carried' then null else close_cny_per_t end as price_cny_per_t
  from pilot_daily where product_family is not null
),
priced as (  -- the allowance's own series, else its only product; of a market that parts methods,
             -- the listed trades
  select pilot, trade_date, price_cny_per_t, price_concept, high_cny_per_t, low_cny_per_t
  from allowances
  where price_cny_per_t is not null and volume_t > 0 and method in ('listed', 'all')
    and (product = product_family or products = 1)
  qualify count(*) over (partition by pilot, trade_date) = 1
)
select trade_date, pilot, any_value(p.price_cny_per_t) as price_cny_per_t,
  any_value(p.price_concept) as price_concept, any_value(p.high_cny_per_t) as high_cny_per_t,
  any_value(p.low_cny_per_t) as low_cny_per_t, sum(a.volume_t) as volume_t,
  case when count(a.turnover_cny) = count(*) then sum(a.turnover_cny) end as turnover_cny,
  case when count(a.turnover_cny) = count(*)
    then round(sum(a.turnover_cny) / nullif(sum(a.volume_t), 0), 4) end as mean_price_cny_per_t,
  count(distinct product) as products, sum(a.volume_t) = 0 as is_no_trade,
  any_value(from_rows) as derived_from, bool_or(a.is_simulated) as is_simulated
from (
  select *, {_SOURCES} as from_rows
  from (select *, count(*) over (partition by pilot, trade_date) as rows from allowances)
) a left join priced p using (pilot, trade_date)
group by trade_date, pilot
"""  # noqa: S608 - all names are ours

_DAYS = sources_json(
    source_json(
        "mart_pilot_daily",
        {
            "pilot": "pilot",
            "trade_date": "json_array(min(trade_date)::varchar, max(trade_date)::varchar)",
        },
        "count(*)",
    )
)
ANNUAL_SQL = f"""
with concepts as (
  select pilot, year(trade_date) as year,
    string_agg(distinct price_concept, '; ' order by price_concept) as price_concepts
  from mart_pilot_daily group by all
)
select d.*, c.price_concepts from (
  select year(trade_date) as year, pilot, min(trade_date) as first_trade_date,
    max(trade_date) as last_trade_date, count(*) as days,
    count(*) filter (not is_no_trade) as traded_days, sum(volume_t) as held_volume_t,
    case when count(turnover_cny) = count(*) then sum(turnover_cny) end as held_turnover_cny,
    case when count(turnover_cny) = count(*)
      then round(sum(turnover_cny) / nullif(sum(volume_t), 0), 4) end as mean_price_cny_per_t,
    max(price_cny_per_t) as high_price_cny_per_t, min(price_cny_per_t) as low_price_cny_per_t,
    arg_max(price_cny_per_t, trade_date) as last_price_cny_per_t,
    {_DAYS} as derived_from, bool_or(is_simulated) as is_simulated
  from mart_pilot_daily group by year(trade_date), pilot
) d left join concepts c using (year, pilot)
"""  # noqa: S608 - all names are ours

PILOT_MARTS = (
    Mart(MART_PILOT_DAILY, DAILY_SQL, PILOTS),
    Mart(MART_PILOT_ANNUAL, ANNUAL_SQL, PILOTS),
)
