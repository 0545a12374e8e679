"""Identities of the voluntary market's figures: bulletins, days by type, what was traded in all."""

from __future__ import annotations

from schemas.sources.ccer.rules import FIRST_DAILY
from transforms.checks import Check

BULLETINS, TYPES = "ccer_bulletins", "ccer_types"
AMOUNTS = ("volume_t", "turnover_cny")


def _bulletin(day: str) -> str:
    return f"concat_ws(' ', '{BULLETINS}', {day})"


def _types(day: str) -> str:
    """SQL for the names of a day's rows by type, the subtotal first."""
    return (
        f"(select coalesce(list(concat_ws(' ', '{TYPES}', y.trade_date, y.profession) "  # noqa: S608
        f"order by y.is_subtotal desc, y.profession), []) from {TYPES} y "
        f"where y.trade_date = {day})"
    )


def _subtotal(amount: str) -> tuple[Check, Check]:
    """The subtotal gives way to the bulletin, and the types without one to it: a day of which
    the JSON is wrong stays out whole."""
    equal = f"""
        select b.trade_date as scope, b.total_{amount} as expected, s.total_{amount} as found,
               s.total_{amount} - b.total_{amount} as difference,
               'subtotal against bulletin' as evidence,
               {_types("b.trade_date")} || [{_bulletin("b.trade_date")}] as suspects
        from {BULLETINS} b join {TYPES} s on s.trade_date = b.trade_date and s.is_subtotal
        where s.total_{amount} <> b.total_{amount} and b.trade_date >= $since
        """  # noqa: S608
    added = f"""
        with days as (
          select trade_date, sum(total_{amount}) filter (not is_subtotal) as summed,
                 max(total_{amount}) filter (is_subtotal) as stated
          from {TYPES} where trade_date >= $since group by 1
        )
        select trade_date as scope, stated as expected, summed as found,
               summed - stated as difference, 'types against subtotal' as evidence,
               {_types("trade_date")} as suspects
        from days where summed is distinct from stated
        """  # noqa: S608
    return (
        Check(
            f"ccer_subtotal_equals_bulletin_{amount}",
            f"{amount} of the subtotal is the bulletin's, exactly",
            equal,
            (BULLETINS, TYPES),
        ),
        Check(
            f"ccer_types_add_up_{amount}",
            f"{amount} of the types is that of their subtotal, exactly",
            added,
            (TYPES,),
        ),
    )


# As the national market's chain: k = running figure - sum of the days so far stays the same from
# one bulletin that prints the running figure to the next. The launch day's own figure is the first
# running one. A day without a bulletin is that of the JSON; `lacking` are those without either.
_STEPS = f"""
with calendar as (
  select day from trading_calendar where is_trading and day >= date '{FIRST_DAILY}'
  union select trade_date from {BULLETINS}
), said as (
  select c.day, coalesce(b.total_{{amount}}, s.total_{{amount}}) as total,
         if(b.total_{{amount}} is null, {_types("c.day")}, [{_bulletin("c.day")}]) as row,
         if(b.variety = 'launch', b.total_{{amount}}, b.cumulative_{{amount}}) as running
  from calendar c left join {BULLETINS} b on b.trade_date = c.day
  left join {TYPES} s on s.trade_date = c.day and s.is_subtotal
), summed as (
  select *, coalesce(sum(total) over w, 0) as summed,
         count(*) filter (total is null) over w as untold
  from said window w as (order by day)
), steps as (
  select *, running - summed - lag(running - summed) over w as jump,
         untold - lag(untold) over w as lacking, lag(day) over w as day_before
  from summed where running is not null window w as (order by day)
)
select day as scope, running - jump as expected, running as found, jump as difference,
"""  # noqa: S608
_BROKEN = f""" 'does not follow from ' || day_before as evidence,
       [{_bulletin("day")}] || (
         select coalesce(flatten(list(t.row order by t.day desc)), []) from said t
         where t.day > s.day_before and t.day < s.day and t.total is not null
       ) || [{_bulletin("day_before")}] as suspects
from steps s where jump <> 0 and (lacking = 0 or jump < 0) and day >= $since
"""  # noqa: S608
_GAP = """ lacking || ' days after ' || day_before || ' are not held' as evidence
from steps where lacking > 0 and jump > 0 and day >= $since
"""


def _chain(amount: str) -> tuple[Check, Check]:
    head, says = _STEPS.format(amount=amount), f"cumulative_{amount} grows by the days"
    return (
        Check(
            f"ccer_chain_{amount}",
            f"{says}, from the launch day's on",
            head + _BROKEN,
            (BULLETINS,),
            beside=(TYPES,),
        ),
        Check(
            f"ccer_gap_{amount}",
            f"{says} that are held",
            head + _GAP,
            (BULLETINS,),
            is_hard=False,
            beside=(TYPES,),
        ),
    )


def _days(table: str, what: str) -> tuple[Check, Check]:
    """That each trading day has one, and the latest day due."""
    covered = f"""
        select day as scope, '{what}' as expected, 'none' as found, null as difference,
               'trading calendar' as evidence
        from trading_calendar
        where is_trading and not is_derived and day between $since and $due
          and day >= date '{FIRST_DAILY}' and day not in (select trade_date from {table})
        """  # noqa: S608
    fresh = f"""
        select '{what}' as scope, $due as expected, max(trade_date) as found, null as difference,
               'the list is behind, or has stopped' as evidence
        from {table} having max(trade_date) < $due
        """  # noqa: S608
    return (
        Check(
            f"{table}_coverage", f"every trading day has {what}", covered, (table,), is_hard=False
        ),
        Check(
            f"{table}_is_fresh", f"the latest day due has {what}", fresh, (table,), is_hard=False
        ),
    )


_TWO_BULLETINS = f"""
with told as (
  select *, lag(source_url) over w as url_before, lag(total_volume_t) over w as volume_before,
         lag(total_turnover_cny) over w as turnover_before, lag(is_deleted) over w as was_deleted
  from {BULLETINS}__history window w as (partition by trade_date order by revision)
)
select trade_date as scope, concat_ws(', ', volume_before, turnover_before) as expected,
       concat_ws(', ', total_volume_t, total_turnover_cny) as found, null as difference,
       url_before || ' and ' || source_url as evidence, [{_bulletin("trade_date")}] as suspects
from told
where source_url <> url_before and not is_deleted and not was_deleted and trade_date >= $since
"""  # noqa: S608

CHECKS: tuple[Check, ...] = (
    *(check for amount in AMOUNTS for check in _subtotal(amount)),
    *(check for amount in AMOUNTS for check in _chain(amount)),
    Check(
        "ccer_bulletins_agree_on_a_day",
        "two bulletins about one day say the same",
        _TWO_BULLETINS,
        (BULLETINS,),
    ),
    *_days(BULLETINS, "a bulletin"),
    *_days(TYPES, "its figures by type"),
)

FRESHNESS = frozenset({f"{BULLETINS}_is_fresh", f"{TYPES}_is_fresh"})
"""Findings of these make the run's outcome stale."""
