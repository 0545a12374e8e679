"""Identities of the national market across rows and tables."""

from __future__ import annotations

from schemas.sources.seee.products import KNOWN_VINTAGES
from transforms.checks import Check
from transforms.seee.check_sums import BULLETINS, DAYS, QUOTES, SUMS, TOTALS
from transforms.seee.check_witnesses import WITNESSES

CHECKS: tuple[Check, ...] = (
    *SUMS,
    *WITNESSES,
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
        (QUOTES,),
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
        (QUOTES,),
        is_hard=False,
    ),
    Check(
        "weights_are_known",
        "what the composite is made of is known of each year with a bulletin",
        """
        select year(period_end) as scope, 'weights by a notice of the exchange' as expected,
               'unknown of ' || count(*) || ' bulletins since ' || min(period_end) as found,
               null as difference,
               'its notice of that year says them: without it no composite is compared with one '
               || 'of another year' as evidence
        from seee_bulletins where weight_regime = 'unknown' group by 1 order by 1
        """,
        (BULLETINS,),
        is_hard=False,
    ),
    Check(
        "bulletin_coverage",
        "every trading day has a bulletin",
        """
        select day as scope, 'a bulletin' as expected, 'none' as found, null as difference,
               'trading calendar' as evidence
        from trading_calendar
        where is_trading and not is_derived and day between $since and $due
          and day not in (select period_end from seee_days)
        """,
        (BULLETINS,),
        is_hard=False,
        bases=(DAYS,),
    ),
    Check(
        "method_totals_coverage",
        "every trading day has totals by method",
        """
        select day as scope, 'totals by method' as expected, 'none' as found, null as difference,
               'trading calendar' as evidence
        from trading_calendar
        where is_trading and not is_derived and day between $since and $due
          and day not in (select trade_date from seee_method_totals)
        """,
        (TOTALS,),
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
          from seee_days where period_end >= $since
          window w as (order by period_end)
        )
        select period_end as scope, 'other figures' as expected, 'the same again' as found,
               null as difference, v || ' t, ' || m || ' CNY' as evidence
        from days where c = c0 and v = v0 and m = m0 and v > 0
        """,
        (BULLETINS,),
        is_hard=False,
        bases=(DAYS,),
    ),
    Check(
        "bulletins_are_fresh",
        "the newest daily bulletin is that of the latest trading day due",
        """
        select 'newest bulletin' as scope, $due as expected, max(period_end) as found,
               null as difference, 'the public list may lag or have stopped' as evidence
        from seee_days having max(period_end) < $due
        """,
        (BULLETINS,),
        is_hard=False,
        bases=(DAYS,),
    ),
    Check(
        "quotes_are_fresh",
        "the newest quote is that of the latest trading day due",
        """
        select 'newest quote' as scope, $due as expected, max(trade_date) as found,
               null as difference, 'quote JSON lags' as evidence
        from seee_quotes having max(trade_date) < $due
        """,
        (QUOTES,),
        is_hard=False,
    ),
)

FRESHNESS = frozenset({"bulletins_are_fresh", "quotes_are_fresh"})
"""Findings of these make the run's outcome stale: never an ordinary empty night."""
