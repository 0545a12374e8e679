"""Identities of the registry's figures: its table, its reports, and the exchange's pages."""

from __future__ import annotations

from transforms.checks import Check
from transforms.witnesses import EXCHANGE, REGISTRY, REGISTRY_ALONE, VINTAGES_DIFFER

MARKET, LEGS = "crc_market_daily", "crc_leg_daily"
AMOUNTS = ("volume_t", "turnover_cny")
_LEG = f"concat_ws(' ', '{LEGS}', trade_date, vintage, method)"
_ROW = f"concat_ws(' ', '{MARKET}', trade_date)"
# Of a day that nobody has announced a report tells that it was one of trading.
_CALENDAR = f"""calendar as (
  select day from trading_calendar where is_trading and not is_derived
  union select trade_date from {LEGS}
)"""  # noqa: S608 - all names are ours, here and below


def _table(amount: str) -> Check:
    """The table has no column of auctions: they are what its total has beside the other two,
    and a report or the exchange has to state so."""
    rest = f"t.total_{amount} - coalesce(t.listed_{amount}, 0) - coalesce(t.block_{amount}, 0)"
    return Check(
        f"crc_report_equals_table_{amount}",
        f"{amount} by method of the report's vintages is that of the price table",
        f"""
        with told as (
          select trade_date, method, sum(coalesce(day_{amount}, 0)) as value,
                 list({_LEG} order by vintage) as rows
          from {LEGS} where method <> 'total' and trade_date >= $since group by 1, 2
        ), shown as (
          select trade_date, {_ROW} as row, total_{amount} as total,
                 unnest(['listed', 'block', 'auction']) as method,
                 unnest([coalesce(t.listed_{amount}, 0)::decimal(20, 2),
                         coalesce(t.block_{amount}, 0), {rest}]) as value
          from {MARKET} t where total_{amount} is not null and trade_date >= $since
        )
        select s.trade_date || ' ' || s.method as scope, s.value as expected,
               coalesce(r.value, 0) as found, coalesce(r.value, 0) - s.value as difference,
               'report against price table' as evidence,
               [s.row] || coalesce(r.rows, []) as suspects
        from shown s left join told r using (trade_date, method)
        where coalesce(r.value, 0) <> s.value and (r.value is not null or s.method = 'auction'
          and not exists (select 1 from seee_bulletins b where b.period = 'day'
                          and b.period_end = s.trade_date and b.total_{amount} = s.total))
        """,  # noqa: S608
        (MARKET,),
        beside=(LEGS, "seee_bulletins"),
    )


# From one report that states a running figure to the next: `lacking` are the trading days
# between of which no report of the form that has this vintage is held, `untold` those of which
# none is.
_STEPS = f"""
with {_CALENDAR}, steps as (
  select *, lag(cumulative_{{amount}}) over w as before, lag(trade_date) over w as day_before,
         {_LEG} as row, lag({_LEG}) over w as row_before
  from {LEGS} where cumulative_{{amount}} is not null
  window w as (partition by vintage, method order by trade_date)
), broken as (
  select s.*, before + coalesce(day_{{amount}}, 0) as due, (
    select count(*) from calendar c where c.day > s.day_before and c.day < s.trade_date
      and not exists (select 1 from {LEGS} l
                      where l.trade_date = c.day and (l.vintage = 'all') = (s.vintage = 'all'))
  ) as lacking, (
    select count(*) from calendar c where c.day > s.day_before and c.day < s.trade_date
      and c.day not in (select trade_date from {LEGS})
  ) as untold
  from steps s where trade_date >= $since and cumulative_{{amount}} <> due
)
select concat_ws(' ', trade_date, vintage, method) as scope, due as expected,
       cumulative_{{amount}} as found, cumulative_{{amount}} - due as difference,
"""  # noqa: S608
_BROKEN = """ 'does not follow from ' || day_before as evidence, [row, row_before] as suspects
from broken where lacking = 0 or cumulative_{amount} < due
"""
_GAP = """ untold || ' days after ' || day_before || ' are not held' as evidence
from broken where untold > 0 and cumulative_{amount} > due
"""


def _chain(amount: str) -> tuple[Check, Check]:
    head, figure = _STEPS.format(amount=amount), f"cumulative_{amount}"
    broken, gap = head + _BROKEN.format(amount=amount), head + _GAP.format(amount=amount)
    says = f"{figure} of a vintage and method grows by its day"
    return (
        Check(f"crc_chain_{amount}", says, broken, (LEGS,)),
        Check(f"crc_gap_{amount}", f"{says}, by what is held", gap, (LEGS,), is_hard=False),
    )


def _covered(table: str, what: str) -> Check:
    return Check(
        f"{table}_coverage",
        f"every trading day has {what}",
        f"""
        select day as scope, '{what}' as expected, 'none' as found, null as difference,
               'trading calendar' as evidence
        from trading_calendar
        where is_trading and not is_derived and day between $since and $due
          and day not in (select trade_date from {table})
        """,  # noqa: S608
        (table,),
        is_hard=False,
    )


def _fresh(table: str, what: str) -> Check:
    return Check(
        f"{table}_is_fresh",
        f"{what} are those of the latest trading day due",
        f"""
        select '{what}' as scope, $due as expected, max(trade_date) as found, null as difference,
               'the list is behind, or has stopped' as evidence
        from {table} having max(trade_date) < $due
        """,  # noqa: S608
        (table,),
        is_hard=False,
    )


_TWO_REPORTS = f"""
with told as (
  select *, lag(source_url) over w as url_before, lag(day_volume_t) over w as volume_before,
         lag(day_turnover_cny) over w as turnover_before, lag(is_deleted) over w as was_deleted
  from {LEGS}__history window w as (partition by trade_date, vintage, method order by revision)
)
select concat_ws(' ', trade_date, vintage, method) as scope,
       concat_ws(', ', volume_before, turnover_before) as expected,
       concat_ws(', ', day_volume_t, day_turnover_cny) as found, null as difference,
       url_before || ' and ' || source_url as evidence, [{_LEG}] as suspects
from told
where source_url <> url_before and not is_deleted and not was_deleted and trade_date >= $since
"""  # noqa: S608

CHECKS: tuple[Check, ...] = (
    *(_table(amount) for amount in AMOUNTS),
    *(check for amount in AMOUNTS for check in _chain(amount)),
    Check(
        "crc_reports_agree_on_a_day",
        "two reports about one day say the same",
        _TWO_REPORTS,
        (LEGS,),
    ),
    Check(
        "registry_equals_exchange",
        "a figure of the day is the same at the registry and at the exchange; where they differ, "
        "what fewer pages state is at fault, and of equals the registry's",
        REGISTRY_ALONE,
        (MARKET,),
        beside=(*REGISTRY, *EXCHANGE),
    ),
    Check(
        "registry_vintages_equal_exchange",
        "volume and turnover of a vintage and method, of the day and so far, are the query page's",
        VINTAGES_DIFFER,
        (LEGS, "seee_method_totals"),
    ),
    _covered(MARKET, "a row of the price table"),
    _covered(LEGS, "a report"),
    _fresh(MARKET, "newest prices"),
    _fresh(LEGS, "newest reports"),
)

FRESHNESS = frozenset({f"{MARKET}_is_fresh", f"{LEGS}_is_fresh"})
"""Findings of these make the run's outcome stale."""
