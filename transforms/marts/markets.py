"""All Chinese carbon markets side by side, in SQL over the marts of each."""

from __future__ import annotations

from schemas.marts.markets import MART_MARKETS
from transforms.marts.ccer import CCER
from transforms.marts.model import Mart, source_json, sources_json
from transforms.marts.pilots import PILOTS
from transforms.witnesses import EXCHANGE, REGISTRY

_DATED = {"trade_date": "trade_date::varchar"}


def _cites(mart: str, **more: str) -> str:
    return sources_json(source_json(mart, {**_DATED, **more}))


MARKETS_SQL = f"""
with stated as (
  select trade_date, 'CEA' as market, 'national allowances' as kind,
    close_cny_per_t as price_cny_per_t, 'close' as concept, total_volume_t as volume_t,
    total_turnover_cny as turnover_cny, ytd_volume_t, ytd_turnover_cny,
    {_cites("mart_market_daily")} as derived_from, is_simulated
  from mart_market_daily
  union all by name
  select trade_date, 'CCER' as market, 'national credits' as kind,
    average_cny_per_t as price_cny_per_t, 'average' as concept, total_volume_t as volume_t,
    total_turnover_cny as turnover_cny, ytd_volume_t, ytd_turnover_cny,
    {_cites("mart_ccer_daily")} as derived_from, is_simulated
  from mart_ccer_daily
  union all by name
  select trade_date, pilot as market, 'regional allowances' as kind, price_cny_per_t,
    price_concept as concept, volume_t, turnover_cny, null as ytd_volume_t,
    null as ytd_turnover_cny, {_cites("mart_pilot_daily", pilot="pilot")} as derived_from,
    is_simulated
  from mart_pilot_daily
),
day as (
  select *, max(case when market = 'CEA' then price_cny_per_t end) over on_day as cea,
    sum(volume_t) over on_day as all_volume_t, count(volume_t) over on_day as markets_on_day,
    bool_or(is_simulated) over on_day as is_day_simulated
  from stated window on_day as (partition by trade_date)
)
select trade_date, market, kind, price_cny_per_t,
  case when price_cny_per_t is not null then concept end as price_concept,
  volume_t, turnover_cny, ytd_volume_t, ytd_turnover_cny,
  round(100.0 * volume_t / nullif(all_volume_t, 0), 2) as volume_share_pct, markets_on_day,
  case when market <> 'CEA' then price_cny_per_t - cea end as minus_cea_close_cny_per_t,
  case when market <> 'CEA' and price_cny_per_t is not null and cea is not null
    then concept || ' less close' end as spread_concept,
  derived_from,
  -- The share rests on all markets of the day, the difference on CEA.
  is_day_simulated as is_simulated
from day
"""  # noqa: S608 - all names are ours

MARKETS = Mart(MART_MARKETS, MARKETS_SQL, (*EXCHANGE, *CCER, *PILOTS), beside=REGISTRY)
