"""The ministry's rounded figures of the market against the exchange's exact ones.

A rounded figure agrees where the exact one, rounded to its last printed digit, is the same
(mee.md 6.2). One that does not is held back alone: the exchange counts, and who printed what
is for a person to find out.
"""

from __future__ import annotations

from transforms.checks import Check

_F, _B = "mee_facts", "seee_bulletins"
FACT = "concat_ws(' ', 'mee_facts', document_key, file_name, metric, scope, sector, period, item)"
"""SQL for the name of a fact's row."""
STEP = (
    "case when contains(printed, '亿') then 1e8 when contains(printed, '万') then 1e4 else 1 end"
    " / power(10, length(regexp_extract(printed, '[0-9][.]([0-9]+)', 1)))"
)
"""SQL for one unit of the last digit that a fact prints."""

# What the exchange had counted at the end of the last trading day up to a day; nothing where
# that day has no bulletin, or one without the figure.
_EXACT = f"""
with calendar as (select day from trading_calendar where is_trading and not is_derived),
ends as (
  select distinct unnest([day, make_date(year(day) - 1, 12, 31)]) as day from (
    select coalesce(as_of, make_date(try_cast(period as int), 12, 31)) as day from {_F}
    where try_cast(period as int) between 2021 and 2100 or as_of is not null)
),
counted as (
  select e.day, b.cumulative_volume_t, b.cumulative_turnover_cny, b.close_cny_per_t
  from ends e left join seee_bulletins b on b.period = 'day'
    and b.period_end = (select max(c.day) from calendar c where c.day <= e.day)
    -- The sample's days are simulated, and add up to published months.
    and (not b.is_simulated or e.day = last_day(e.day))
  where e.day <= $due
  union all select date '2020-12-31', 0, 0, null  -- the market was launched in 2021
),
told as (
  select *, {FACT} as row,
    coalesce(as_of, make_date(try_cast(period as int), 12, 31)) as day,
    {STEP} as step
  from {_F} where scope = 'CEA' and sector = '' and coalesce(qualifier, '') = ''
    and (as_of is null or (month(as_of), day(as_of)) = (12, 31) or metric like 'cumulative%')
),
compared as (
  select t.*, case metric
    when 'cumulative_volume' then now.cumulative_volume_t
    when 'cumulative_turnover' then now.cumulative_turnover_cny
    when 'annual_volume' then now.cumulative_volume_t - before.cumulative_volume_t
    when 'annual_turnover' then now.cumulative_turnover_cny - before.cumulative_turnover_cny
    when 'year_end_close' then now.close_cny_per_t end as exact
  from told t join counted now on now.day = t.day
  left join counted before on before.day = make_date(year(t.day) - 1, 12, 31)
)
select metric || ' ' || coalesce(nullif(period, ''), as_of::varchar) as scope, exact as expected,
       value as found, value - exact as difference,
       coalesce(printed, '') || ': ' || quote || ', ' || source_url as evidence, [row] as suspects
from compared where abs(value - exact) > step / 2
"""  # noqa: S608 - all names are ours

EXCHANGE_CHECKS: tuple[Check, ...] = (
    Check(
        "mee_facts_agree_with_exchange",
        "the ministry's rounded figures are the exchange's exact ones at the printed precision",
        _EXACT,
        (_F, _B),
        tolerance="half of the last printed digit",
    ),
)
