"""The national market has two official publishers: which statement about a day stands alone.

The exchange states a day's figures in its bulletin, its quotes and its query page, the registry
in its price table and its reports. Where they differ, what the most pages state is right, and
the others are at fault; where as many state one as the other, the registry gives way, since the
exchange's own sums have been tried.
"""

from __future__ import annotations

EXCHANGE = ("seee_bulletins", "seee_quotes", "seee_method_totals")
REGISTRY = ("crc_market_daily", "crc_leg_daily")
WITNESSES = ("bulletin", "quote JSON", "query JSON", "registry table", "registry report")
"""The pages, as a finding's scope and evidence name them."""
_AMOUNTS = ("volume_t", "turnover_cny")
_PRICES = tuple(f"{name}_cny_per_t" for name in ("close", "high", "low"))
_LEGS = tuple(f"{leg}_{a}" for leg in ("listed", "block", "auction", "total") for a in _AMOUNTS)
_TABLE = tuple(name for name in _LEGS if not name.startswith("auction"))


def _says(witness: str, table: str, day: str, row: str, where: str, *items: str) -> str:
    """Of one row each: its columns as statements. A null says nothing; at the registry a dash in
    the column of a volume is none traded."""
    is_registry = table in REGISTRY
    values = ", ".join(
        f"coalesce({name}, 0)::decimal(20, 2)"
        if is_registry and name not in _PRICES
        else f"{name}::decimal(20, 2)"
        for name in items
    )
    return (
        f"select {day} as day, '{'registry' if is_registry else 'exchange'}' as side, "  # noqa: S608
        f"'{witness}' as witness, unnest({list(items)}) as item, unnest([{values}]) as value, "
        f"[concat_ws(' ', '{table}', {row})] as rows from {table} where {where}"
    )


def _by_method(witness: str, table: str, method: str, key: str, where: str) -> str:
    """Of a row for each method, or of several: their sums as statements."""
    side = "registry" if table in REGISTRY else "exchange"
    return " union all ".join(
        f"select trade_date, '{side}', '{witness}', {method} || '_{amount}', "  # noqa: S608
        f"sum(coalesce(day_{amount}, 0))::decimal(20, 2), "
        f"list(concat_ws(' ', '{table}', {key}) order by {key}) "
        f"from {table} where {where} group by trade_date, {method}"
        for amount in _AMOUNTS
    )


_STATED = " union all ".join(
    (
        _says(
            "bulletin",
            "seee_bulletins",
            "period_end",
            "'day', period_end, period_end",
            "period = 'day'",
            *_PRICES,
            *_LEGS,
        ),
        _says(
            "quote JSON",
            "seee_quotes",
            "trade_date",
            "trade_date, 'COMCEA'",
            "product = 'COMCEA'",
            *_PRICES,
            "listed_volume_t",
        ),
        _by_method(
            "query JSON",
            "seee_method_totals",
            "trade_method",
            "trade_date, product, trade_method",
            "product = 'COMCEA'",
        ),
        _says(
            "registry table",
            "crc_market_daily",
            "trade_date",
            "trade_date",
            "true",
            *_PRICES,
            *_TABLE,
        ),
        _by_method(
            "registry report", "crc_leg_daily", "method", "trade_date, vintage, method", "true"
        ),
    )
)
_COUNTED = f"""
with stated as (
  select * from ({_STATED}) where value is not null and day >= $since
), votes as (
  select *, count(*) over (partition by day, item, value) as n from stated
), ranked as (
  select *, max(n) over (partition by day, item) as most from votes
), told as (
  select *, count(distinct value) over d as views, count(distinct side) over d as sides,
         count(distinct case when n = most then value end) over d as best,
         max(case when n = most then value end) over d as best_value,
         max(case when side = 'exchange' then value end) over d as exchanges,
         bool_or(n = most and side = 'registry') over d as is_registrys,
         string_agg(witness || ' ' || value, ', ') over d as words
  from ranked window d as (partition by day, item)
)
select concat_ws(' ', day, item, witness) as scope,
       if(n < most, best_value, exchanges) as expected, value as found,
       value - if(n < most, best_value, exchanges) as difference, words as evidence,
       rows as suspects
from told where views > 1 and sides = 2
"""  # noqa: S608
REGISTRY_ALONE = _COUNTED + "and side = 'registry' and (n < most or best > 1) order by all"
"""SQL of a check: what the registry states and is at fault in, with its rows as suspects."""
EXCHANGE_ALONE = _COUNTED + "and side = 'exchange' and n < most and is_registrys order by all"
"""The same of the exchange."""

_SUMS = tuple(f"{what}_{amount}" for what in ("day", "cumulative") for amount in _AMOUNTS)
# Where the query page's vintages do not make its own total, it is the exchange's to mend.
VINTAGES_DIFFER = " union all ".join(
    f"""
    select concat_ws(' ', l.trade_date, l.vintage, l.method, '{name}') as scope,
           q.{name} as expected, l.{name} as found, coalesce(l.{name}, 0) - q.{name} as difference,
           'report against query JSON' as evidence,
           [concat_ws(' ', 'crc_leg_daily', l.trade_date, l.vintage, l.method)] as suspects
    from crc_leg_daily l
    join seee_method_totals q on q.trade_date = l.trade_date and q.product = l.vintage
      and q.trade_method = l.method
    join (
      select trade_date, trade_method,
             sum({name}) filter (product <> 'COMCEA') as summed,
             max({name}) filter (product = 'COMCEA') as stated
      from seee_method_totals group by all
    ) s on s.trade_date = l.trade_date and s.trade_method = l.method
    where l.trade_date >= $since and coalesce(l.{name}, 0) <> q.{name}
      and s.summed is not distinct from coalesce(s.stated, s.summed)
    """  # noqa: S608
    for name in _SUMS
)
"""SQL of a check: what a report says of a vintage and method, and the query page otherwise."""
