"""The exchange's prices beside ICAP's: which of them ICAP's equals, day by day and by quarter.

ICAP compiles by hand, and what its price of a day is changes with the quarter: nothing is
assumed, each day is held against every price that the exchange's figures give (icap.md 5.1).
"""

from __future__ import annotations

from schemas.marts.figures import CONCEPTS, MART_PRICE_COMPARISON
from transforms.marts.model import Mart, source_json, sources_json
from transforms.witnesses import EXCHANGE

TOLERANCE = "0.011"
"""CNY/t: both sides are rounded to the cent."""

_EQUAL = ", ".join(
    f"coalesce(abs(icap_cny_per_t - {name}_cny_per_t) <= {TOLERANCE}, false) as equals_{name}"
    for name in CONCEPTS
)
_NAMED = ", ".join(f"case when equals_{name} then '{name}' end" for name in CONCEPTS)
_COUNTED = " + ".join(f"equals_{name}::int" for name in CONCEPTS)
_PER_QUARTER = ", ".join(f"count(*) filter (equals_{name}) as n_{name}" for name in CONCEPTS)
_ALL_DAYS = ", ".join(f"case when n_{name} = days then '{name}' end" for name in CONCEPTS)
_BEST = " ".join(
    f"when n_{name} = greatest({', '.join(f'n_{one}' for one in CONCEPTS)}) "
    f"then '{name} ' || n_{name}"
    for name in CONCEPTS
)
_SOURCES = sources_json(
    "case when has_day then "
    + source_json("mart_market_daily", {"trade_date": "trade_date::varchar"})
    + " end",
    "case when has_icap then "
    + source_json(
        "icap_prices",
        {
            "system_id": "system_id::varchar",
            "market": "'secondary'",
            "date": "trade_date::varchar",
        },
    )
    + " end",
)

COMPARISON_SQL = f"""
with icap as (
  select date, system_id, price_local, is_simulated from icap_prices
  where place = 'China' and system_kind = 'national' and market = 'secondary'
    and currency = 'CNY' and not is_download_twin
),
market as (select * from mart_market_daily where stated_by <> 'registry'),
dates as (select trade_date from market union select date from icap),
prices as (
  select d.trade_date, year(d.trade_date) || 'Q' || quarter(d.trade_date) as quarter,
    d.trade_date in (select day from trading_days) as is_trading_day,
    m.trade_date is not null as has_day, i.date is not null as has_icap, i.system_id,
    m.close_cny_per_t, m.listed_mean_price_cny_per_t as listed_vwap_cny_per_t,
    m.mean_price_cny_per_t as total_vwap_cny_per_t, i.price_local as icap_cny_per_t,
    coalesce(m.is_simulated, false) or coalesce(i.is_simulated, false) as is_simulated
  from dates d
  left join market m on m.trade_date = d.trade_date
  left join icap i on i.date = d.trade_date
),
compared as (select *, {_EQUAL} from prices),
quarters as (
  select quarter, count(*) as days, {_PER_QUARTER}
  from compared where icap_cny_per_t is not null and has_day group by 1
),
concepts as (
  select quarter, coalesce(
    nullif(concat_ws('; ', {_ALL_DAYS}), ''),
    'mixed: ' || case when greatest({", ".join(f"n_{n}" for n in CONCEPTS)}) = 0 then 'none'
      {_BEST} end || ' of ' || days || ' days') as quarter_concept
  from quarters
)
select trade_date, c.quarter, is_trading_day, close_cny_per_t, listed_vwap_cny_per_t,
  total_vwap_cny_per_t, icap_cny_per_t, icap_cny_per_t - close_cny_per_t
    as icap_minus_close_cny_per_t,
  case when icap_cny_per_t is not null
       then coalesce(nullif(concat_ws('; ', {_NAMED}), ''), 'none') end as icap_equals,
  {_COUNTED} > 1 as is_ambiguous,
  q.quarter_concept,
  -- What equals ICAP's price in a quarter rests on all of its days.
  {_SOURCES} as derived_from, bool_or(is_simulated) over (partition by quarter) as is_simulated
from compared c left join concepts q using (quarter)
"""  # noqa: S608 - all names are ours

PRICE_COMPARISON = Mart(
    MART_PRICE_COMPARISON, COMPARISON_SQL, (*EXCHANGE, "icap_prices"), recipe="2"
)
