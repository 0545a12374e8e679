"""Checks across the reference rates: both files agree, and no working day is missing."""

from __future__ import annotations

from schemas.sources.fx.target import closing_days
from transforms.checks import Check

NEEDED = ("USD", "CNY", "HKD")
"""What prices of carbon are compared in."""

_CLOSED = ", ".join(f"date '{day}'" for year in range(2021, 2061) for day in closing_days(year))

# One night learns both files at one instant: two rates of a day are two revisions of then.
_AGREE = """
select published_on || ' ' || currency as scope, 'one rate' as expected,
       string_agg(distinct rate_per_eur::varchar, ' and ') as found,
       max(rate_per_eur) - min(rate_per_eur) as difference,
       string_agg(distinct source_url, ' and ') as evidence,
       ['fx_rates ' || published_on || ' ' || currency] as suspects
from fx_rates__history where not is_deleted
group by published_on, currency, known_from having count(distinct rate_per_eur) > 1
"""

_COMPLETE = f"""
with days as (
  select unnest(generate_series(min(published_on), max(published_on), interval 1 day))::date as day
  from fx_rates
), needed as (
  select day, unnest({list(NEEDED)}) as currency from days
  where isodow(day) < 6 and day not in ({_CLOSED})
)
select day || ' ' || n.currency as scope, 'a rate' as expected, 'none' as found,
       null as difference, 'a working day of TARGET between days with rates' as evidence
from needed n anti join fx_rates r on r.published_on = n.day and r.currency = n.currency
where day >= $since order by day, n.currency
"""  # noqa: S608

_EACH = f"each working day of TARGET has the rates of {', '.join(NEEDED)}"
CHECKS = (
    Check("fx_files_agree", "both files state one rate of a day", _AGREE, ("fx_rates",)),
    Check("fx_working_days_have_rates", _EACH, _COMPLETE, ("fx_rates",), is_hard=False),
)
