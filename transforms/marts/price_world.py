"""Prices of carbon side by side, in SQL: each in its currency, in euros and in yuan.

A price is converted at the euro's reference rates of its own day, or not at all. Nothing is
subtracted: what is compared with what is for the reader to say. Of Europe's auctions there is only
the mean of a quarter that is over (`Table.is_republished`): one of a running quarter would tell,
from one night to the next, what each auction brought.
"""

from __future__ import annotations

from schemas.core.forms import text_literal
from schemas.marts.world import (
    AT_DAYS_RATE,
    AUCTIONS,
    CERTIFICATE,
    COMPILED,
    MART_PRICE_WORLD,
    NO_RATE,
)
from transforms.eu.checks import PAUSE_DAYS
from transforms.marts.ccer import CCER
from transforms.marts.model import Mart, source_json, sources_json
from transforms.marts.pilots import PILOTS
from transforms.witnesses import EXCHANGE, REGISTRY

_QUARTER = "date_trunc('quarter', auction_date)::date"
_NEXT = "(quarter + interval 3 month)::date"
_COMPILED = " ".join(
    f"when '{market}' then {text_literal(concept)}" for market, concept in COMPILED.items()
)
_STATED = source_json("mart_markets", {"trade_date": "trade_date::varchar", "market": "market"})
_CBAM = source_json("eu_cbam_prices", {"period": "period"})
_AUCTIONS = source_json(
    "eu_auctions",
    {
        "auction_date": "json_array(min(auction_date)::varchar, max(auction_date)::varchar)",
        "contract": "'T3PA'",
    },
    "count(*)",
)
_ICAP = source_json(
    "icap_prices",
    {"system_id": "system_id::varchar", "market": "market", "date": "date::varchar"},
)
_SOURCES = sources_json(
    "from_row",
    *(
        f"case when {rate}.currency is not null{more} then "
        + source_json(
            "fx_rates", {"published_on": "s.date::varchar", "currency": f"{rate}.currency"}
        )
        + " end"
        for rate, more in (("own", ""), ("cny", " and s.currency <> 'CNY'"))
    ),
)

SQL = f"""
with auctions as (
  select *, {_QUARTER} as quarter,
    auction_date - coalesce(lag(auction_date) over in_quarter, {_QUARTER}) as pause,
    max(auction_date) over () as newest
  from eu_auctions where contract = 'T3PA'
  window in_quarter as (partition by {_QUARTER} order by auction_date)
), stated as (
  select trade_date as date, market, kind, price_concept as concept, null as period,
    'CNY' as currency, price_cny_per_t as price_local,
    {_STATED} as from_row, is_simulated
  from mart_markets where price_cny_per_t is not null
  union all by name
  select published_on as date, 'CBAM' as market, 'border certificates' as kind,
    {text_literal(CERTIFICATE)} as concept, period, 'EUR' as currency,
    price_eur_per_t as price_local, {_CBAM} as from_row, is_simulated
  from eu_cbam_prices
  union all by name
  select {_NEXT} - 1 as date, 'EUA auctions' as market, 'auctioned allowances' as kind,
    {text_literal(AUCTIONS)} as concept, year(quarter) || 'Q' || quarter(quarter) as period,
    'EUR' as currency, round(sum(price_eur_per_t * volume_t) / sum(volume_t), 4) as price_local,
    {_AUCTIONS} as from_row, bool_or(is_simulated) as is_simulated
  from auctions group by quarter
  having any_value(newest) >= {_NEXT}
    and greatest(max(pause), {_NEXT} - 1 - max(auction_date)) <= {PAUSE_DAYS}
  union all by name
  select date, system || ' ' || market as market, 'allowances elsewhere' as kind,
    case market {_COMPILED} end as concept, null as period, currency, price_local,
    {_ICAP} as from_row, is_simulated
  from icap_prices
  where system_kind = 'other' and not is_download_twin and not is_restricted
    and price_local is not null
), rated as (
  select s.*, case when s.currency = 'EUR' then 1 else own.rate_per_eur end as rate,
    cny.rate_per_eur as yuan,
    {_SOURCES} as derived_from,
    coalesce(own.is_simulated, false) or coalesce(cny.is_simulated, false) as is_rate_simulated
  from stated s
  left join fx_rates own on own.published_on = s.date and own.currency = s.currency
  left join fx_rates cny on cny.published_on = s.date and cny.currency = 'CNY'
)
select date, market, kind, concept, period, currency, price_local,
  round(price_local / rate, 4) as price_eur,
  case when currency = 'CNY' then price_local else round(price_local / rate * yuan, 4) end
    as price_cny,
  case when rate is not null and yuan is not null then '{AT_DAYS_RATE}' else '{NO_RATE}' end
    as fx_basis,
  derived_from, is_simulated or is_rate_simulated as is_simulated
from rated
"""  # noqa: S608 - all names are ours

PRICE_WORLD = Mart(
    MART_PRICE_WORLD,
    SQL,
    (*EXCHANGE, *CCER, *PILOTS),
    beside=(*REGISTRY, "eu_cbam_prices", "eu_auctions", "icap_prices", "fx_rates"),
)
