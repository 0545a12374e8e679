"""Sums over the exchange's bulletins: running figures, and periods against their days.

A finding names as suspects the bulletins (and the witnesses) that take part, the one that
gives way first in front.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from schemas.sources.seee.products import ALL_METHODS
from transforms.checks import Basis, Check

BULLETINS, QUOTES, TOTALS = "seee_bulletins", "seee_quotes", "seee_method_totals"
# The daily bulletins, as most checks ask of them: read once, without their words.
DAYS = Basis(
    "seee_days",
    "select * exclude (evidence, rounded_figures) from seee_bulletins where period = 'day'",
)
# A day that nobody has announced may have been one of trading; where it has a bulletin it was.
CALENDAR = """calendar as (
  select day from trading_calendar where is_trading
  union select period_end from seee_days
    where period_end in (select day from trading_calendar where is_derived)
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
# bulletin is that of the query page, if it has one. `span` is what a running figure runs over.
_STEPS = """
with {calendar}, queried as (
  select trade_date as day, sum(day_{amount}) as total from seee_method_totals
  where product = 'COMCEA' group by 1
  having {all_methods}
), said as (
  select c.day, coalesce(b.total_{amount}, q.total) as total,
         b.total_{amount} is null as is_queried, b.cumulative_{amount}, b.ytd_{amount}
  from calendar c
  left join seee_days b on b.period_end = c.day
  left join queried q on q.day = c.day
), told as (
  select 'cumulative' as label, 0 as span, cumulative_{amount} as running, * from said
  union all select 'ytd', year(day), ytd_{amount}, * from said
), summed as (
  select *, coalesce(sum(total) over w, 0) as summed,
         count(*) filter (total is null) over w as untold
  from told window w as (partition by label, span order by day)
), steps as (
  select *, running - summed as k, lag(running - summed) over w as k_before,
         untold - lag(untold) over w as lacking, lag(day) over w as day_before
  from summed where running is not null
  window w as (partition by label, span order by day)
)
select label, day, day_before, running, k - k_before as jump, lacking,
       (select list(t.day) from said t
        where t.day > b.day_before and t.day < b.day and t.total is null) as lacking_days,
       [{own}] || (
         select coalesce(flatten(list(if(t.is_queried, {queried}, [{between}])
                                      order by t.is_queried desc, t.day desc)), []) from said t
         where t.day > b.day_before and t.day < b.day and t.total is not null
       ) || [{before}] as suspects
from steps b where k <> k_before and day >= $since
"""
_BROKEN = """
select day as scope, running - jump as expected, running as found, jump as difference,
       '{figure} does not follow from the one of ' || day_before as evidence, suspects
from {steps} where label = '{label}' and (lacking = 0 or jump < 0)
"""
# What a figure grew by over days that are not held is explained where the registry states of
# each of them what makes that sum.
_GAP = """
select day as scope, running - jump as expected, running as found, jump as difference,
       'grew by this over the days after ' || day_before || ', of which ' || lacking
         || ' are not held' || coalesce('; by the registry ' || registrys, '') as evidence
from (
  select *, (
    select if(count(*) = s.lacking, sum(coalesce(r.total_{amount}, 0)), null)
    from crc_market_daily r where list_contains(s.lacking_days, r.trade_date)
  ) as registrys
  from {steps} s where label = '{label}' and lacking > 0 and jump > 0
)
where registrys is distinct from jump
"""


def _steps(amount: str) -> Basis:
    sql = _STEPS.format(
        calendar=CALENDAR,
        amount=amount,
        all_methods=ALL_METHODS,
        own=bulletin("b.day"),
        between=bulletin("t.day"),
        before=bulletin("day_before"),
        queried=totals("t.day"),
    )
    return Basis(f"seee_steps_{amount}", sql)


def _chains() -> list[Check]:
    found = []
    for amount in AMOUNTS:
        bases = (DAYS, _steps(amount))
        for label in ("cumulative", "ytd"):
            figure = f"{label}_{amount}"
            named = {"figure": figure, "label": label, "steps": bases[-1].name}
            short = figure.rsplit("_", 1)[0]
            says = f"{figure} grows by the day's total, across gaps that are told of too"
            sql = _BROKEN.format(**named)
            found.append(
                Check(
                    f"{label}_chain_{short}", says, sql, (BULLETINS,), beside=(TOTALS,), bases=bases
                )
            )
            gap = Check(
                f"{label}_gap_{short}",
                f"{figure} grows by what is held",
                _GAP.format(**named, amount=amount),
                (BULLETINS,),
                is_hard=False,
                beside=(TOTALS, "crc_market_daily"),
                bases=bases,
            )
            found.append(gap)
    return found


@dataclass(frozen=True)
class _OfDays:
    """What the days of a period say of a figure of it, in SQL: `of_days`, where it `is_told` of
    each day."""

    name: str
    says: str
    figure: str
    of_days: str
    is_told: str


def _figures() -> Iterator[_OfDays]:
    for leg in ("total", *METHODS):
        for amount in AMOUNTS:
            figure = f"{leg}_{amount}"
            # Auctions were not offered before 2025-07-16, and are null until then.
            of_days = f"sum(coalesce(d.{figure}, 0))" if leg == "auction" else f"sum(d.{figure})"
            told = f"d.{'total_' + amount if leg == 'auction' else figure} is not null"
            says = f"{figure} of the days equals that of the week, month and year"
            yield _OfDays(f"days_add_up_{figure}", says, figure, of_days, told)
    for name, best in (("high", "max"), ("low", "min")):
        figure = f"{name}_cny_per_t"
        says = f"the period's {name} is that of its days, where each that traded has one"
        told = f"(d.{figure} is not null or d.listed_volume_t = 0)"
        yield _OfDays(f"days_make_the_{name}", says, figure, f"{best}(d.{figure})", told)
    for label, figure in (
        ("close", "close_cny_per_t"),
        ("cumulative_volume", "cumulative_volume_t"),
        ("cumulative_turnover", "cumulative_turnover_cny"),
    ):
        says = f"{figure} of the period is that of its last day"
        last = f"max(d.{figure}) filter (c.day = p.period_end)"
        told = f"(c.day <> p.period_end or d.{figure} is not null)"
        yield _OfDays(f"last_day_has_the_{label}", says, figure, last, told)


_FIGURES = tuple(_figures())
# Each week, month and year, with its figures as stated and as its days make them; null where a
# day does not say.
_PERIODS = Basis(
    "seee_periods",
    f"""
with {CALENDAR}
select concat_ws(' ', p.period, p.period_start || '..' || p.period_end) as scope,
       count(*) || ' days held' as evidence,
       [{bulletin("p.period_end", "p.period_start", "p.period")}]
         || list({bulletin("c.day")} order by c.day desc) as suspects,
       {
        ", ".join(
            f"any_value(p.{f.figure}) as {f.figure}, "
            f"case when count(*) = count(*) filter ({f.is_told}) then {f.of_days} end "
            f"as {f.figure}_of_days"
            for f in _FIGURES
        )
    }
from seee_bulletins p
join calendar c on c.day between p.period_start and p.period_end
left join seee_days d on d.period_end = c.day
where p.period <> 'day' and p.period_end >= $since
group by p.period, p.period_start, p.period_end
""",  # noqa: S608 - all names are ours
)


def _of_days(one: _OfDays) -> Check:
    sql = f"""
    select scope, {one.figure} as expected, {one.figure}_of_days as found,
           found - expected as difference, evidence, suspects
    from {_PERIODS.name} where {one.figure} <> {one.figure}_of_days
    """  # noqa: S608 - all names are ours
    return Check(one.name, one.says, sql, (BULLETINS,), bases=(DAYS, _PERIODS))


_YEARS = Basis(
    "seee_years",
    f"""
select year(period_end) as y, {
        ", ".join(
            f"sum(total_{a}) filter (period = 'month') as months_{a}, "
            f"count(total_{a}) filter (period = 'month') as told_{a}, "
            f"max(total_{a}) filter (period = 'year') as year_{a}"
            for a in AMOUNTS
        )
    },
       list({bulletin("period_end", "period_start", "period")}
            order by period = 'year' desc, period_end) as suspects
from seee_bulletins where period in ('month', 'year') group by 1
""",  # noqa: S608 - all names are ours
)


def _months(amount: str) -> Check:
    return Check(
        f"months_add_up_to_the_year_total_{amount}",
        f"total {amount} of the months' bulletins is that of the year's",
        f"""
        select y as scope, year_{amount} as expected, months_{amount} as found,
               found - expected as difference, told_{amount} || ' monthly bulletins' as evidence,
               suspects
        from {_YEARS.name}
        where told_{amount} = case when y = 2021 then 6 else 12 end
          and months_{amount} <> year_{amount}
        """,  # noqa: S608 - all names are ours
        (BULLETINS,),
        bases=(_YEARS,),
    )


SUMS: tuple[Check, ...] = (
    *_chains(),
    *map(_of_days, _FIGURES),
    *(_months(amount) for amount in AMOUNTS),
)
