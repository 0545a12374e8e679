"""Identities of the national market across rows and tables."""

from __future__ import annotations

from schemas.sources.seee.products import KNOWN_VINTAGES
from transforms.checks import Check

_B, _Q, _M = "seee_bulletins", "seee_quotes", "seee_method_totals"

# A chain is checked through k = running figure - sum of the totals so far. k stays
# the same from one bulletin that prints the running figure to the next, across
# bulletins that do not print it; it jumps by what a missing or wrong total lacks.
_CHAIN = """
with days as (
  select period_end, {figure} as running,
         sum({total}) over (partition by {group} order by period_end) as summed
  from seee_bulletins
  where period = 'day' and period_end >= $since - interval 40 day
), steps as (
  select *, running - summed as k, lag(running - summed) over w as k_before
  from days where running is not null
  window w as (partition by {group} order by period_end)
)
select period_end as scope, running - (k - k_before) as expected, running as found,
       k - k_before as difference, '{figure} does not follow from the one before' as evidence
from steps where k <> k_before and period_end >= $since
"""

_PERIOD_SUMS = """
with days as (select * from seee_bulletins where period = 'day'),
periods as (
  select * from seee_bulletins
  where period <> 'day' and period_end >= $since and {figure} is not null
)
select p.period || ' ' || p.period_start || '..' || p.period_end as scope,
       p.{figure} as expected, sum(d.{figure}) as found,
       sum(d.{figure}) - p.{figure} as difference,
       count(d.period_end) || ' days held' as evidence
from periods p join days d on d.period_end between p.period_start and p.period_end
group by p.period, p.period_start, p.period_end, p.{figure}
having sum(d.{figure}) <> p.{figure}
"""

_METHOD = """
select b.period_end || ' {method}' as scope, b.{method}_{figure} as expected,
       m.day_{figure} as found, m.day_{figure} - b.{method}_{figure} as difference,
       'bulletin against query JSON' as evidence
from seee_bulletins b
join seee_method_totals m
  on m.trade_date = b.period_end and m.product = 'COMCEA' and m.trade_method = '{method}'
where b.period = 'day' and b.period_end >= $since and b.{method}_{figure} <> m.day_{figure}
"""

CHECKS: tuple[Check, ...] = (
    *(
        Check(
            f"{label}_chain_{figure.rsplit('_', 1)[0]}",
            f"{figure} grows by the day's total, across gaps too",
            _CHAIN.format(figure=figure, total=total, group=group),
            (_B,),
        )
        for label, figure, total, group in (
            ("cumulative", "cumulative_volume_t", "total_volume_t", "true"),
            ("cumulative", "cumulative_turnover_cny", "total_turnover_cny", "true"),
            ("ytd", "ytd_volume_t", "total_volume_t", "year(period_end)"),
            ("ytd", "ytd_turnover_cny", "total_turnover_cny", "year(period_end)"),
        )
    ),
    Check(
        "change_agrees_with_closes",
        "the printed change is the ratio of the two closes",
        """
        with days as (
          select period_end, close_cny_per_t as now, change_pct, change_basis,
                 lag(close_cny_per_t) over (order by period_end) as before,
                 lag(period_end) over (order by period_end) as day_before
          from seee_bulletins
          where period = 'day' and period_end >= $since - interval 40 day
        )
        select period_end as scope, round(100 * (now / before - 1), 2) as expected,
               change_pct as found, change_pct - 100 * (now / before - 1) as difference,
               before || ' -> ' || now as evidence
        from days
        where period_end >= $since and change_basis = 'previous_close'
          and abs(change_pct - 100 * (cast(now as double) / cast(before as double) - 1)) > 0.0061
          and not exists (  -- a missing day lies between: nothing to compare with
            select 1 from trading_calendar
            where is_trading and day > day_before and day < period_end)
        """,
        (_B,),
        tolerance="0.006 percentage points",
    ),
    *(
        Check(
            f"days_add_up_{figure}",
            f"{figure} of the days equals that of the week, month and year",
            _PERIOD_SUMS.format(figure=figure),
            (_B,),
        )
        for figure in ("total_volume_t", "total_turnover_cny")
    ),
    *(
        Check(
            f"bulletin_equals_quote_{figure}",
            f"{figure} of bulletin and quote JSON",
            f"""
            select b.period_end as scope, b.{figure} as expected, q.{figure} as found,
                   q.{figure} - b.{figure} as difference, 'bulletin against quote JSON' as evidence
            from seee_bulletins b
            join seee_quotes q on q.trade_date = b.period_end and q.product = 'COMCEA'
            where b.period = 'day' and b.period_end >= $since and b.{figure} <> q.{figure}
            """,  # noqa: S608 - both names are ours
            (_B, _Q),
        )
        for figure in ("close_cny_per_t", "listed_volume_t")
    ),
    *(
        Check(
            f"bulletin_equals_query_{method}_{figure}",
            f"{method} {figure} of bulletin and query JSON",
            _METHOD.format(method=method, figure=figure),
            (_B, _M),
        )
        for method in ("listed", "block", "auction")
        for figure in ("volume_t", "turnover_cny")
    ),
    Check(
        "vintages_make_the_composite",
        "the composite close is the weighted mean of the vintages' closes, by weight regime",
        """
        with vintages as (
          select trade_date, count(*) as n, avg(close_cny_per_t) as mean
          from seee_quotes
          where product <> 'COMCEA' and trade_date >= $since
            and (trade_date < date '2026-01-05' or product = 'CEA25')
          group by trade_date
          union all  -- of a vintage that is listed since, no notice has said its weight yet
          select trade_date, 1, close_cny_per_t from seee_quotes
          where product > 'CEA25' and product <> 'COMCEA' and trade_date >= $since
        ), nearest as (
          select v.trade_date, arg_min(v.mean, abs(q.close_cny_per_t - v.mean)) as mean,
                 arg_min(v.n, abs(q.close_cny_per_t - v.mean)) as n,
                 any_value(q.close_cny_per_t) as composite
          from vintages v
          join seee_quotes q on q.trade_date = v.trade_date and q.product = 'COMCEA'
          group by v.trade_date
        )
        select trade_date as scope, round(mean, 4) as expected, composite as found,
               round(composite - mean, 4) as difference, n || ' vintages' as evidence
        from nearest where abs(cast(composite as double) - mean) > 0.0101
        """,
        (_Q,),
        tolerance="0.01 CNY/t",
        is_hard=False,
    ),
    Check(
        "vintage_is_new",
        "each vintage that is traded is one whose listing and weight are known",
        f"""
        select product as scope, 'a known vintage' as expected, 'listed since '
               || min(trade_date) as found, null as difference,
               'ask the exchange for its weight in the composite' as evidence
        from seee_quotes where product not in {("COMCEA", *KNOWN_VINTAGES)}
        group by product
        """,  # noqa: S608 - all names are ours
        (_Q,),
        is_hard=False,
    ),
    Check(
        "vintages_sum_by_method",
        "COMCEA per trade method is the sum of its vintages",
        """
        select trade_date || ' ' || trade_method as scope,
               sum(day_volume_t) filter (product <> 'COMCEA') as expected,
               max(day_volume_t) filter (product = 'COMCEA') as found,
               found - expected as difference, 'query JSON' as evidence
        from seee_method_totals where trade_date >= $since
        group by trade_date, trade_method
        having count(*) > 1 and found <> expected
        """,
        (_M,),
    ),
    Check(
        "bulletin_coverage",
        "every trading day has a bulletin",
        """
        select day as scope, 'a bulletin' as expected, 'none' as found, null as difference,
               'trading calendar' as evidence
        from trading_calendar
        where is_trading and not is_derived
          and day not in (select period_end from seee_bulletins where period = 'day')
        """,
        (_B,),
        is_hard=False,
    ),
    Check(
        "method_totals_coverage",
        "every trading day has totals by method",
        """
        select day as scope, 'totals by method' as expected, 'none' as found, null as difference,
               'trading calendar' as evidence
        from trading_calendar
        where is_trading and not is_derived
          and day not in (select trade_date from seee_method_totals)
        """,
        (_M,),
        is_hard=False,
    ),
    Check(
        "same_as_yesterday",
        "a day that repeats the one before in every price and volume",
        """
        with days as (
          select period_end, close_cny_per_t as c, total_volume_t as v, total_turnover_cny as m,
                 lag(close_cny_per_t) over w as c0, lag(total_volume_t) over w as v0,
                 lag(total_turnover_cny) over w as m0
          from seee_bulletins where period = 'day' and period_end >= $since
          window w as (order by period_end)
        )
        select period_end as scope, 'other figures' as expected, 'the same again' as found,
               null as difference, v || ' t, ' || m || ' CNY' as evidence
        from days where c = c0 and v = v0 and m = m0 and v > 0
        """,
        (_B,),
        is_hard=False,
    ),
    Check(
        "bulletins_are_fresh",
        "the newest daily bulletin is that of the latest trading day due",
        """
        select 'newest bulletin' as scope, $due as expected, max(period_end) as found,
               null as difference, 'the public list may lag or have stopped' as evidence
        from seee_bulletins where period = 'day' having max(period_end) < $due
        """,
        (_B,),
        is_hard=False,
    ),
    Check(
        "quotes_are_fresh",
        "the newest quote is that of the latest trading day due",
        """
        select 'newest quote' as scope, $due as expected, max(trade_date) as found,
               null as difference, 'quote JSON lags' as evidence
        from seee_quotes having max(trade_date) < $due
        """,
        (_Q,),
        is_hard=False,
    ),
)

FRESHNESS = frozenset({"bulletins_are_fresh", "quotes_are_fresh"})
"""Findings of these make the run's outcome stale: never an ordinary empty night."""
