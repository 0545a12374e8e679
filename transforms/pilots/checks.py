"""Identities of the pilot markets' figures across columns, days and publishers."""

from __future__ import annotations

from transforms.checks import Check

DAILY, SERIES = "pilot_daily", "pilot_series"
ASKED = ("beijing", "guangdong", "hubei", "shenzhen")
"""The markets that a night asks: of these something is due."""
QUIET_DAYS = 31
"""So long no market of these was without any trade."""
SMALLEST_BLOCK_T, BLOCK_LIMIT = 10_000, "0.3"
"""No pilot takes a smaller block trade; its price is agreed up to 30 % off the market's, and
stands in no high or low."""
CREDITS = ("PCER", "CCER", "FCER", "FFCER", "VER", "PHCER", "GIEA", "BFCER", "SHCER", "SHCERCIRR1")
ICAP_DAYS = 200
"""ICAP's prices come by the quarter, up to four months after its end."""
_ROW = f"concat_ws(' ', '{DAILY}', pilot, trade_date, product, method)"
_SCOPE = "concat_ws(' ', pilot, trade_date, product, method)"
# What rounding a price and an amount may move the amount by.
_ROUNDED = "(0.005 * volume_t + 0.5 * greatest(turnover_step_cny - 0.01, 0))"
_MEAN = "round(turnover_cny / volume_t, 4)"
_NOT_THE_MEAN = f"""
select {_SCOPE} as scope, average_cny_per_t as expected, {_MEAN} as found,
       {_MEAN} - average_cny_per_t as difference, 'turnover / volume' as evidence,
       [{_ROW}] as suspects
from {DAILY}
where volume_t > 0 and abs(average_cny_per_t * volume_t - turnover_cny) > {_ROUNDED}
  and trade_date >= $since
"""  # noqa: S608 - all names are ours, here and below
# Of a market that prints no high and low the close is what a block trade may be 30 % off.
_MEANS = f"""
with means as (
  select *, {_SCOPE} as scope, {_MEAN} as mean, {_ROW} as row,
    turnover_cny < low_cny_per_t * volume_t - {_ROUNDED}
      or turnover_cny > high_cny_per_t * volume_t + {_ROUNDED} as is_outside,
    turnover_cny < (1 - {BLOCK_LIMIT}) * coalesce(low_cny_per_t, close_cny_per_t) * volume_t
      or turnover_cny > (1 + {BLOCK_LIMIT}) * coalesce(high_cny_per_t, close_cny_per_t) * volume_t
      or (volume_t < {SMALLEST_BLOCK_T} and is_outside) as is_wrong
  from {DAILY} where volume_t > 0 and turnover_cny is not null and trade_date >= $since
)
select scope,
       concat_ws(' to ', low_cny_per_t, coalesce(high_cny_per_t, close_cny_per_t)) as expected,
       mean as found, null as difference, 'turnover / volume' as evidence, [row] as suspects
from means
"""  # noqa: S608
# From one row of a product to its next: `is_next` where no trading day lies between that may
# have had a row. Before the national market's launch no holiday is known: only a weekend may.
_STEPS = f"""
with ordered as (
  select *, {_SCOPE} as scope, {_ROW} as row, lag(close_cny_per_t) over w as before,
         lag(trade_date) over w as day_before, lag({_ROW}) over w as row_before
  from {DAILY} where close_cny_per_t is not null
  window w as (partition by pilot, product, method order by trade_date)
), steps as (
  select *, case when day_before < (select min(day) from trading_calendar)
    then trade_date - day_before = case isodow(trade_date) when 1 then 3 else 1 end
    else not exists (select 1 from trading_calendar c
                     where c.is_trading and c.day > day_before and c.day < trade_date)
    end as is_next
  from ordered where before is not null and trade_date >= $since
)
"""  # noqa: S608


def _follows(due: str, where: str) -> str:
    return f"""{_STEPS}
select scope, before as expected, {due} as found, {due} - before as difference,
       'close of ' || day_before as evidence, [row, row_before] as suspects
from steps where {due} <> before and {where}
"""  # noqa: S608


_CHANGED = "(close_cny_per_t - printed_change_cny_per_t)"
_ICAP = f"""
with ours as (
  select pilot, trade_date, list(product order by product) as products,
         list(coalesce(close_cny_per_t, average_cny_per_t, {_MEAN})) as prices,
         list(average_cny_per_t) || list({_MEAN}) as others
  from {DAILY}
  where product_family is not null and volume_t > 0
    and trade_date >= least($since, $due - interval {ICAP_DAYS} day)
  group by all
)
select o.pilot || ' ' || o.trade_date as scope, i.price_local as expected,
       array_to_string(prices, ', ') as found, null as difference,
       'ICAP against ' || array_to_string(products, ', ') as evidence
from ours o join icap_prices i
  on i.date = o.trade_date and lower(i.place) = o.pilot and i.system_kind = 'pilot'
 and i.market = 'secondary' and i.currency = 'CNY' and not i.is_download_twin
where not list_contains(
  list_transform(prices || others, lambda p: abs(p - i.price_local) <= 0.011), true)
"""  # noqa: S608
_SERIES = f"""
select s.pilot || ' ' || s.trade_date as scope,
       concat_ws(', ', close_cny_per_t, d.volume_t) as expected,
       concat_ws(', ', s.price_cny_per_t, s.volume_t) as found, null as difference,
       'home page against list' as evidence,
       [concat_ws(' ', '{SERIES}', s.pilot, s.trade_date),
        concat_ws(' ', '{DAILY}', d.pilot, d.trade_date, d.product, d.method)] as suspects
from {SERIES} s join {DAILY} d
  on d.pilot = s.pilot and d.trade_date = s.trade_date and d.product = d.product_family
where d.method = 'all' and s.trade_date >= $since
  and (s.volume_t <> d.volume_t or abs(s.price_cny_per_t - close_cny_per_t) > 0.011)
"""  # noqa: S608
# The sums of a market's day add up all rows of its allowance: none may state what another does.
_TWICE = f"""
select concat_ws(' ', d.pilot, d.trade_date, d.product, d.method) as scope,
       'stated once' as expected, e.product || ' ' || e.method as found, null as difference,
       d.volume_t || ' t, ' || coalesce(d.turnover_cny::varchar, '-') || ' yuan' as evidence,
       [concat_ws(' ', '{DAILY}', d.pilot, d.trade_date, d.product, d.method),
        concat_ws(' ', '{DAILY}', e.pilot, e.trade_date, e.product, e.method)] as suspects
from {DAILY} d join {DAILY} e
  on e.pilot = d.pilot and e.trade_date = d.trade_date and e.product_family = d.product_family
where d.volume_t > 0 and e.volume_t > 0 and d.trade_date >= $since and (
  d.product > e.product and d.method = e.method
    and d.volume_t = e.volume_t and d.turnover_cny = e.turnover_cny
  or d.product = e.product and d.method = 'all' and e.method <> 'all')
"""  # noqa: S608
_UNKNOWN = f"""
select pilot || ' ' || product as scope, 'an allowance or a known credit' as expected,
       product as found, null as difference,
       count(*) || ' rows since ' || min(trade_date) as evidence
from {DAILY}
where product_family is null and product not in {CREDITS} and trade_date >= $since
group by pilot, product
"""  # noqa: S608
_FRESH = f"""
select pilot as scope, $due as expected, max(trade_date) as found, null as difference,
       'nothing new for {QUIET_DAYS} days: the page has stopped, or is a held copy' as evidence
from {DAILY} where pilot in {ASKED}
group by pilot having max(trade_date) < $due - interval {QUIET_DAYS} day
"""  # noqa: S608

CHECKS: tuple[Check, ...] = (
    Check(
        "pilot_average_is_mean",
        "the printed mean is turnover / volume, at its last printed place",
        _NOT_THE_MEAN,
        (DAILY,),
        tolerance="0.005",
    ),
    Check(
        "pilot_mean_is_a_price",
        "turnover / volume lies between low and high, or no further off than block trades may be",
        f"{_MEANS} where is_wrong",
        (DAILY,),
        tolerance="0.005",
    ),
    Check(
        "pilot_mean_within_prices",
        "turnover / volume lies between low and high",
        f"{_MEANS} where is_outside and not is_wrong",
        (DAILY,),
        tolerance="0.005",
        is_hard=False,
    ),
    Check(
        "pilot_change_chain",
        "close less printed change is the close of the trading day before",
        _follows(_CHANGED, "is_next"),
        (DAILY,),
    ),
    Check(
        "pilot_change_gap",
        "close less printed change is the close of the row before, over days without one",
        _follows(_CHANGED, "not is_next"),
        (DAILY,),
        is_hard=False,
    ),
    Check(
        "pilot_previous_close",
        "the close before that is printed beside a day (Hubei) is the one of the row before",
        _follows("printed_previous_close_cny_per_t", "is_next"),
        (DAILY,),
        is_hard=False,
    ),
    Check(
        "pilot_open_is_previous_close",
        "Guangdong's open is the close before, as on most days",
        _follows("open_cny_per_t", "is_next and pilot = 'guangdong'"),
        (DAILY,),
        is_hard=False,
    ),
    Check(
        "pilot_series_equals_list",
        "price and volume of the home page's series are those of the list",
        _SERIES,
        (DAILY, SERIES),
        tolerance="0.011",
    ),
    Check(
        "pilot_equals_icap",
        "ICAP's price of a day with trade is one of the market's prices of it",
        _ICAP,
        (DAILY,),
        tolerance="0.011",
        is_hard=False,
        beside=("icap_prices",),
    ),
    Check(
        "pilot_stated_once",
        "no trade stands under two names of an allowance (BEA, BJEA), or under a method and in all",
        _TWICE,
        (DAILY,),
        is_joint=True,
    ),
    Check(
        "pilot_products_are_known",
        "every product is an allowance of its market, or a credit that is known",
        _UNKNOWN,
        (DAILY,),
        is_hard=False,
    ),
    Check(
        "pilot_is_fresh",
        "each market that is asked has shown a trade of late",
        _FRESH,
        (DAILY,),
        is_hard=False,
    ),
)

FRESHNESS = frozenset({"pilot_is_fresh"})
"""Findings of these make the run's outcome stale."""
