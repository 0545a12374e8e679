"""Sums over the exchange's bulletins: running figures, and periods against their days.

A finding names as suspects the bulletins (and the witnesses) that take part, the one that
gives way first in front.
"""

from __future__ import annotations

from transforms.checks import Check

BULLETINS, QUOTES, TOTALS = "seee_bulletins", "seee_quotes", "seee_method_totals"
# Of a day that nobody has announced a bulletin tells that it was one of trading.
CALENDAR = """calendar as (
  select day from trading_calendar where is_trading and not is_derived
  union select period_end from seee_bulletins where period = 'day'
    and period_end in (select day from trading_calendar where is_derived)
)"""
METHODS = ("listed", "block", "auction")
AMOUNTS = ("volume_t", "turnover_cny")


def bulletin(end: str, start: str = "", period: str = "'day'") -> str:
    """SQL for the name of a bulletin's row."""
    return f"concat_ws(' ', '{BULLETINS}', {period}, {start or end}, {end})"


def totals(day: str) -> str:
    """SQL for a list of the names of the query page's rows of a day."""
    names = (f"concat_ws(' ', '{TOTALS}', {day}, 'COMCEA', '{leg}')" for leg in METHODS)
    return f"[{', '.join(names)}]"


# A chain is checked through k = running figure - sum of the totals so far. k stays the same
# from one bulletin that prints the running figure to the next, across bulletins that do not
# print it; it jumps by what a missing or wrong total lacks. The total of a day without a
# bulletin is that of the query page, if it has one.
_CHAIN = """
with {calendar}, queried as (
  select trade_date as day, sum(day_{amount}) as total from seee_method_totals
  where product = 'COMCEA' group by 1
  having count(*) filter (trade_method in ('listed', 'block')) = 2
), told as (
  select c.day, b.{figure} as running, coalesce(b.total_{amount}, q.total) as total,
         b.total_{amount} is null as is_queried
  from calendar c
  left join seee_bulletins b on b.period = 'day' and b.period_end = c.day
  left join queried q on q.day = c.day
), summed as (
  select *, coalesce(sum(total) over w, 0) as summed,
         count(*) filter (total is null) over w as untold
  from told window w as (partition by {group} order by day)
), steps as (
  select *, running - summed as k, lag(running - summed) over w as k_before,
         untold - lag(untold) over w as lacking, lag(day) over w as day_before
  from summed where running is not null
  window w as (partition by {group} order by day)
), broken as (select * from steps where k <> k_before and day >= $since)
"""
_BROKEN = """
select day as scope, running - (k - k_before) as expected, running as found,
       k - k_before as difference,
       '{figure} does not follow from the one of ' || day_before as evidence,
       [{own}] || (
         select coalesce(flatten(list(if(t.is_queried, {queried}, [{between}])
                                      order by t.is_queried desc, t.day desc)), []) from told t
         where t.day > b.day_before and t.day < b.day and t.total is not null
       ) || [{before}] as suspects
from broken b where lacking = 0 or k < k_before
"""
# What a figure grew by over days that are not held is explained where the registry states of
# each of them what makes that sum.
_GAP = """
select day as scope, k_before + summed as expected, running as found, k - k_before as difference,
       'grew by this over the days after ' || day_before || ', of which ' || lacking
         || ' are not held' || coalesce('; by the registry ' || registrys, '') as evidence
from (
  select *, (
    select if(count(r.trade_date) = count(*), sum(coalesce(r.total_{amount}, 0)), null)
    from told t left join crc_market_daily r on r.trade_date = t.day
    where t.day > b.day_before and t.day < b.day and t.total is null
  ) as registrys
  from broken b where lacking > 0 and k > k_before
)
where registrys is distinct from k - k_before
"""


def _chains() -> list[Check]:
    found = []
    for label, group in (("cumulative", "true"), ("ytd", "year(day)")):
        for amount in AMOUNTS:
            figure = f"{label}_{amount}"
            head = _CHAIN.format(calendar=CALENDAR, figure=figure, amount=amount, group=group)
            broken = _BROKEN.format(
                figure=figure,
                own=bulletin("day"),
                between=bulletin("t.day"),
                before=bulletin("day_before"),
                queried=totals("t.day"),
            )
            name = f"{label}_chain_{figure.rsplit('_', 1)[0]}"
            says = f"{figure} grows by the day's total, across gaps that are told of too"
            found.append(Check(name, says, head + broken, (BULLETINS,), beside=(TOTALS,)))
            name = f"{label}_gap_{figure.rsplit('_', 1)[0]}"
            says = f"{figure} grows by what is held"
            told = head + _GAP.format(amount=amount)
            beside = (TOTALS, "crc_market_daily")
            gap = Check(name, says, told, (BULLETINS,), beside=beside, is_hard=False)
            found.append(gap)
    return found


# Periods of which each trading day is held, with what their days say.
_PERIODS = """
with {calendar}, days as (select * from seee_bulletins where period = 'day'), periods as (
  select p.period, p.period_start, p.period_end, any_value(p.{figure}) as stated,
         {of_days} as summed, count(*) as due,
         list({day_name} order by c.day desc) as days
  from seee_bulletins p
  join calendar c on c.day between p.period_start and p.period_end
  left join days d on d.period_end = c.day
  where p.period <> 'day' and p.period_end between $since and $due and p.{figure} is not null
  group by p.period, p.period_start, p.period_end
  having count(*) = count(*) filter ({is_told})
)
select concat_ws(' ', period, period_start || '..' || period_end) as scope, stated as expected,
       summed as found, summed - stated as difference, due || ' days held' as evidence,
       [{period_name}] || days as suspects
from periods where summed <> stated
"""


def _of_days(name: str, says: str, figure: str, of_days: str, is_told: str) -> Check:
    sql = _PERIODS.format(
        calendar=CALENDAR,
        figure=figure,
        of_days=of_days,
        is_told=is_told,
        day_name=bulletin("c.day"),
        period_name=bulletin("period_end", "period_start", "period"),
    )
    return Check(name, says, sql, (BULLETINS,))


def _period_checks() -> list[Check]:
    found = []
    for leg in ("total", "listed", "block", "auction"):
        for amount in AMOUNTS:
            figure = f"{leg}_{amount}"
            # Auctions were not offered before 2025-07-16, and are null until then.
            of_days = f"sum(coalesce(d.{figure}, 0))" if leg == "auction" else f"sum(d.{figure})"
            told = f"d.{'total_' + amount if leg == 'auction' else figure} is not null"
            says = f"{figure} of the days equals that of the week, month and year"
            found.append(_of_days(f"days_add_up_{figure}", says, figure, of_days, told))
    for name, best in (("high", "max"), ("low", "min")):
        figure = f"{name}_cny_per_t"
        says = f"the period's {name} is that of its days, where each that traded has one"
        told = f"(d.{figure} is not null or d.listed_volume_t = 0)"
        found.append(_of_days(f"days_make_the_{name}", says, figure, f"{best}(d.{figure})", told))
    for label, figure in (
        ("close", "close_cny_per_t"),
        ("cumulative_volume", "cumulative_volume_t"),
        ("cumulative_turnover", "cumulative_turnover_cny"),
    ):
        says = f"{figure} of the period is that of its last day"
        last = f"max(d.{figure}) filter (c.day = p.period_end)"
        told = f"(c.day <> p.period_end or d.{figure} is not null)"
        found.append(_of_days(f"last_day_has_the_{label}", says, figure, last, told))
    return found


def _months(amount: str) -> Check:
    months = bulletin("period_end", "period_start", "'month'")
    return Check(
        f"months_add_up_to_the_year_total_{amount}",
        f"total {amount} of the months' bulletins is that of the year's",
        f"""
        with months as (
          select year(period_end) as y, sum(total_{amount}) as total, count(*) as n,
                 list({months} order by period_end) as names
          from seee_bulletins where period = 'month' and total_{amount} is not null group by 1
        ),
        years as (
          select year(period_end) as y, max(total_{amount}) as total,
                 list({bulletin("period_end", "period_start", "'year'")}) as names
          from seee_bulletins where period = 'year' and total_{amount} is not null group by 1
        )
        select y as scope, years.total as expected, months.total as found,
               months.total - years.total as difference, n || ' monthly bulletins' as evidence,
               years.names || months.names as suspects
        from years join months using (y)
        where n = case when y = 2021 then 6 else 12 end and months.total <> years.total
        """,  # noqa: S608 - all names are ours
        (BULLETINS,),
    )


SUMS: tuple[Check, ...] = (
    *_chains(),
    *_period_checks(),
    *(_months(amount) for amount in AMOUNTS),
)
