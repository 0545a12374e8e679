"""Bulletins against the exchange's other pages, against one another, and prices in themselves."""

from __future__ import annotations

from transforms.checks import Basis, Check
from transforms.seee.check_sums import (
    AMOUNTS,
    BULLETINS,
    CALENDAR,
    DAYS,
    METHODS,
    QUOTES,
    TOTALS,
    bulletin,
)
from transforms.witnesses import EXCHANGE, EXCHANGE_ALONE, REGISTRY

_DAY = bulletin("b.period_end")
_OWN = bulletin("period_end")


_PRICES = tuple(f"{name}_cny_per_t" for name in ("close", "open", "high", "low"))
_QUOTED = (*_PRICES, "listed_volume_t")
_QUOTED_DAYS = Basis(
    "seee_quoted_days",
    f"""
select b.period_end as day, ['{QUOTES} ' || b.period_end || ' COMCEA', {_DAY}] as suspects,
       {", ".join(f"b.{figure}, q.{figure} as quoted_{figure}" for figure in _QUOTED)}
from seee_days b
join seee_quotes q on q.trade_date = b.period_end and q.product = 'COMCEA'
where b.period_end >= $since and ({" or ".join(f"b.{f} <> q.{f}" for f in _QUOTED)})
""",  # noqa: S608 - all names are ours
)
_QUERIED_DAYS = Basis(
    "seee_queried_days",
    f"""
with legs as (
  {
        " union all ".join(
            f"select period_end, '{method}' as method, "
            + ", ".join(f"{method}_{amount} as {amount}" for amount in AMOUNTS)
            + " from seee_days where period_end >= $since"
            for method in METHODS
        )
    }
)
select b.period_end as day, b.method, {", ".join(f"b.{a}, m.day_{a}" for a in AMOUNTS)},
       ['{TOTALS} ' || b.period_end || ' COMCEA ' || b.method, {_DAY}] as suspects
from legs b
join seee_method_totals m
  on m.trade_date = b.period_end and m.product = 'COMCEA' and m.trade_method = b.method
where {" or ".join(f"b.{amount} <> m.day_{amount}" for amount in AMOUNTS)}
""",  # noqa: S608 - all names are ours
)


def _quoted(figure: str) -> Check:
    return Check(
        f"bulletin_equals_quote_{figure}",
        f"{figure} of bulletin and quote JSON",
        f"""
        select day as scope, {figure} as expected, quoted_{figure} as found,
               found - expected as difference, 'bulletin against quote JSON' as evidence, suspects
        from {_QUOTED_DAYS.name} where {figure} <> quoted_{figure}
        """,  # noqa: S608 - all names are ours
        (BULLETINS, QUOTES),
        bases=(DAYS, _QUOTED_DAYS),
        # The change of closes and the sums of volumes stand by one of the two; nothing else
        # states what an open, a high or a low was.
        is_joint=figure in _PRICES[1:],
    )


def _queried(method: str, amount: str) -> Check:
    return Check(
        f"bulletin_equals_query_{method}_{amount}",
        f"{method} {amount} of bulletin and query JSON",
        f"""
        select day || ' {method}' as scope, {amount} as expected, day_{amount} as found,
               found - expected as difference, 'bulletin against query JSON' as evidence, suspects
        from {_QUERIED_DAYS.name} where method = '{method}' and {amount} <> day_{amount}
        """,  # noqa: S608 - all names are ours
        (BULLETINS, TOTALS),
        bases=(DAYS, _QUERIED_DAYS),
    )


def _between_low_and_high(name: str, says: str, more: str, *, is_hard: bool) -> Check:
    return Check(
        f"{name}_lies_between_low_and_high",
        says,
        f"""
        select period_end as scope, low_cny_per_t || ' to ' || high_cny_per_t as expected,
               {name}_cny_per_t as found,
               greatest(low_cny_per_t - {name}_cny_per_t, {name}_cny_per_t - high_cny_per_t)
                 as difference, {more} as evidence, [{_OWN}] as suspects
        from seee_days
        where period_end >= $since
          and ({name}_cny_per_t < low_cny_per_t or {name}_cny_per_t > high_cny_per_t)
        """,  # noqa: S608 - all names are ours
        (BULLETINS,),
        is_hard=is_hard,
        bases=(DAYS,),
    )


_CHANGE = f"""
with {CALENDAR}, days as (
  select period_end, close_cny_per_t as now, change_pct, change_basis,
         lag(close_cny_per_t) over (order by period_end) as before,
         lag(period_end) over (order by period_end) as day_before
  from seee_days
)
select period_end as scope, round(100 * (now / before - 1), 2) as expected,
       change_pct as found, change_pct - 100 * (now / before - 1) as difference,
       before || ' -> ' || now as evidence,
       [{_OWN}, {bulletin("day_before")}] as suspects
from days
where period_end >= $since and change_basis = 'previous_close'
  and abs(change_pct - 100 * (cast(now as double) / cast(before as double) - 1)) > 0.0061
  and not exists (  -- a missing day lies between: nothing to compare with
    select 1 from calendar where day > day_before and day < period_end)
"""  # noqa: S608 - all names are ours

# A statement that another page replaced, though neither says that it corrects.
_TWO_PAGES = f"""
with told as (
  select *, lag(source_url) over w as url_before, lag(total_volume_t) over w as volume_before,
         lag(total_turnover_cny) over w as turnover_before,
         lag(close_cny_per_t) over w as close_before, lag(is_deleted) over w as was_deleted
  from seee_bulletins__history
  where (period, period_start, period_end) in
    (select (period, period_start, period_end) from seee_bulletins__history where revision > 1)
  window w as (partition by period, period_start, period_end order by revision)
)
select concat_ws(' ', period, period_start || '..' || period_end) as scope,
       concat_ws(', ', close_before, volume_before, turnover_before) as expected,
       concat_ws(', ', close_cny_per_t, total_volume_t, total_turnover_cny) as found,
       null as difference, url_before || ' and ' || source_url as evidence,
       [{bulletin("period_end", "period_start", "period")}] as suspects
from told
where source_url <> url_before and not is_deleted and not was_deleted
  and period_end >= $since and not contains(coalesce(evidence, ''), '更正')
"""  # noqa: S608 - all names are ours

WITNESSES: tuple[Check, ...] = (
    Check(
        "change_agrees_with_closes",
        "the printed change is the ratio of the two closes",
        _CHANGE,
        (BULLETINS,),
        tolerance="0.006 percentage points",
        bases=(DAYS,),
    ),
    *map(_quoted, _QUOTED),
    *(_queried(method, amount) for method in METHODS for amount in AMOUNTS),
    Check(
        "exchange_equals_registry",
        "a figure of the day is not another than what more pages state, the registry's among them",
        EXCHANGE_ALONE,
        (BULLETINS,),
        beside=(*EXCHANGE, *REGISTRY),
    ),
    Check(
        "vintages_sum_by_method",
        "COMCEA per trade method is the sum of its vintages",
        """
        select trade_date || ' ' || trade_method as scope,
               sum(day_volume_t) filter (product <> 'COMCEA') as expected,
               max(day_volume_t) filter (product = 'COMCEA') as found,
               found - expected as difference, 'query JSON' as evidence,
               list(concat_ws(' ', 'seee_method_totals', trade_date, product, trade_method)
                    order by product = 'COMCEA' desc, product) as suspects
        from seee_method_totals where trade_date >= $since
        group by trade_date, trade_method
        having count(*) > 1 and found <> expected
        """,
        (TOTALS,),
    ),
    _between_low_and_high("open", "low <= open <= high of each day", "source_url", is_hard=True),
    _between_low_and_high(
        "close",
        "low <= close <= high of each day; the composite, a mean over vintages, may lie outside",
        "price_basis || ', ' || source_url",
        is_hard=False,
    ),
    Check(
        "listed_mean_is_near_the_close",
        "the mean listed price of a composite day is 0.6 to 1.4 times its close",
        """
        select period_end as scope, close_cny_per_t as expected,
               round(listed_turnover_cny / listed_volume_t, 2) as found,
               found - expected as difference, source_url as evidence
        from seee_days
        where period_end >= $since and price_basis = 'composite'
          and listed_volume_t > 0
          and listed_turnover_cny not between 0.6 * close_cny_per_t * listed_volume_t
                                          and 1.4 * close_cny_per_t * listed_volume_t
        """,
        (BULLETINS,),
        is_hard=False,
        bases=(DAYS,),
    ),
    Check(
        "traded_days_have_prices",
        "a day with listed trades has an open, a high and a low",
        """
        select period_end as scope, 'open, high and low' as expected,
               concat_ws(', ', open_cny_per_t, high_cny_per_t, low_cny_per_t) as found,
               null as difference, source_url as evidence
        from seee_days
        where period_end >= $since and listed_volume_t > 0
          and (open_cny_per_t is null or high_cny_per_t is null or low_cny_per_t is null)
        """,
        (BULLETINS,),
        is_hard=False,
        bases=(DAYS,),
    ),
    Check(
        "no_row_on_a_closed_day",
        "the exchange publishes nothing of a day on which it is closed, unless its quotes say too "
        "that it was open",
        f"""
        select period_end as scope, 'no bulletin' as expected, 'a bulletin' as found,
               null as difference, source_url as evidence, [{_OWN}] as suspects
        from seee_days
        where period_end >= $since
          and period_end in
            (select day from trading_calendar where not is_trading and not is_derived)
          and period_end not in (select trade_date from seee_quotes where trade_date >= $since)
        """,  # noqa: S608 - all names are ours
        (BULLETINS,),
        beside=(QUOTES,),
        bases=(DAYS,),
    ),
    Check(
        "pages_agree_on_a_period",
        "two pages about one day or period say the same, unless one corrects the other",
        _TWO_PAGES,
        (BULLETINS,),
    ),
)
