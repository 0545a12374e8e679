"""Checks across notices, days and what was traded."""

from __future__ import annotations

from transforms.checks import Check

_CLOSED_BY_STATE = """
with named as (
  select unnest(string_split(closed_days, ' '))::date as day, notice_key, year
  from calendar_notices where publisher = 'state_council' and closed_days is not null
)
select day as scope, 'closed' as expected, 'open by ' || basis as found, null as difference,
       notice_key || '; ' || d.source_url as evidence
from named join calendar_days d on d.date = day
where d.is_trading and day >= $since order by day
"""

_WORKED = """
with told as (
  select publisher, year, unnest(string_split(working_weekends, ' '))::date as day, notice_key
  from calendar_notices where working_weekends is not null
), yearly as (
  select distinct year from calendar_notices where publisher = 'state_council' and is_yearly
)
select day as scope, 'a working weekend of the State Council' as expected, 'none' as found,
       null as difference, notice_key as evidence
from told where publisher = 'exchange' and year in (select year from yearly)
  and day not in (select day from told where publisher = 'state_council')
"""

_ENCOURAGED = """
with named as (
  select unnest(string_split(encouraged_days, ' '))::date as day, notice_key
  from calendar_notices where encouraged_days is not null
)
select day as scope, 'a word of the exchange' as expected, 'open by ' || basis as found,
       null as difference, notice_key || ' encourages leave: the exchange may close' as evidence
from named join calendar_days d on d.date = day
where d.is_trading and d.basis = 'state_council' and isodow(day) < 6
"""

_TRADED = """
select b.period_end as scope, 'closed by ' || d.basis as expected, 'a bulletin' as found,
       null as difference, d.source_url || ' and ' || b.source_url as evidence
from seee_bulletins b join calendar_days d on d.date = b.period_end
where b.period = 'day' and not d.is_trading and b.period_end >= $since order by 1
"""

_LISTED = """
with file as (
  select min(date) as first, max(date) as last from calendar_days where basis = 'holidays_json'
)
select date as scope, 'in the list of closed days' as expected, 'closed by ' || basis as found,
       null as difference, d.source_url as evidence
from calendar_days d, file
where date between first and last and date >= $since and isodow(date) < 6
  and not is_trading and basis <> 'holidays_json' order by date
"""

_NOTICES, _DAYS = "calendar_notices", "calendar_days"
CHECKS = (
    Check(
        "calendar_closed_stays_closed",
        "no day off of the State Council is a trading day by a stronger word",
        _CLOSED_BY_STATE,
        (_NOTICES, _DAYS),
        is_hard=False,
    ),
    Check(
        "calendar_working_weekends_agree",
        "each weekend that the exchange says to be worked is one of the State Council's",
        _WORKED,
        (_NOTICES,),
        is_hard=False,
    ),
    Check(
        "calendar_exchange_may_close",
        "of each day on which leave is encouraged the exchange has said whether it opens",
        _ENCOURAGED,
        (_NOTICES, _DAYS),
        is_hard=False,
    ),
    Check(
        "calendar_file_lists_closed_days",
        "the exchange's file lists each closed weekday between its first and its last",
        _LISTED,
        (_DAYS,),
        is_hard=False,
    ),
    Check(
        "calendar_traded_days_are_open",
        "no day that is announced to be closed has a bulletin",
        _TRADED,
        (_DAYS, "seee_bulletins"),
        is_hard=False,
    ),
)
