"""Identities of ICAP's prices across rows.

New prices are dated up to half a year back, so these checks look at all rows and not only
at the window of the night.
"""

from __future__ import annotations

from transforms.checks import Check
from transforms.icap.download_checks import DOWNLOAD_CHECKS

_P, _S = "icap_prices", "icap_systems"
_CHINA = "system_kind in ('national', 'pilot')"
MAX_TAIL_DAYS = 150
"""Prices are prepared by the quarter, three weeks to four months after its end."""
_FLAT_RUN = 20

# USD and EUR are the local price at one rate a calendar month. A price rounded to the cent
# allows for rates between two bounds; those of a month must have one in common.
_RATES = """
with bounds as (
  select system_id, system, date_trunc('month', date) as month, count(*) as days,
         max((price_{code} - 0.01) / price_local) as lowest,
         min((price_{code} + 0.01) / price_local) as highest,
         median(price_{code} / price_local) as usual,
         list(struct_pack(name := concat_ws(' ', 'icap_prices', system_id, market, date),
                          rate := price_{code} / price_local)) as rates
  from icap_prices
  where price_local > 0 and price_{code} is not null and {which}
  group by all
)
select system || ' ' || strftime(month, '%Y-%m') as scope, 'one rate' as expected,
       round(lowest, 6) || ' and ' || round(highest, 6) as found,
       lowest - highest as difference, days || ' days, {name} per unit of local' as evidence,
       list_transform(
         list_reverse_sort(list_transform(rates, lambda r: struct_pack(
           off := abs(r.rate - usual), name := r.name))), lambda r: r.name) as suspects
from bounds where lowest > highest
"""

# What the newest document states of a series, against the rows held from such documents.
# At fault is a price that is dated after the series' end, if there are few of them, or what the
# document says of the series.
_FEW = 5
_STATED = f"""
with stated as (
  unpivot (select system_id, system, primary_rows, secondary_rows from icap_systems)
  on primary_rows, secondary_rows into name market value stated_rows
), ends as (
  select system_id, 'primary' as market, primary_last as stated_last from icap_systems
  union all select system_id, 'secondary', secondary_last from icap_systems
), held as (
  select system_id, market, count(*) as held_rows, max(date) as held_last
  from icap_prices where source_url like '%/api/systems' group by all
), compared as (
  select s.system || ' ' || h.market as scope, s.stated_rows, h.held_rows, e.stated_last,
         h.held_last, s.system_id, h.market
  from held h
  join stated s on s.system_id = h.system_id and s.market = h.market || '_rows'
  join ends e on e.system_id = h.system_id and e.market = h.market
), late as (
  select c.scope,
         list(concat_ws(' ', 'icap_prices', system_id, market, p.date) order by p.date desc) as rows
  from compared c join icap_prices p using (system_id, market)
  where p.date > c.stated_last and p.source_url like '%/api/systems'
  group by c.scope having count(*) <= {_FEW}
)
"""  # noqa: S608


def _against_stated(select: str) -> str:
    return f"{_STATED} {select}"


CHECKS: tuple[Check, ...] = (
    *(
        Check(
            f"icap_{code}_rate_of_month{suffix}",
            f"{code.upper()} / local is one rate within each month ({says})",
            _RATES.format(code=code, which=which, name=code.upper()),
            (_P,),
            tolerance=f"0.01 {code.upper()}/t",
            is_hard=is_hard,
        )
        for code in ("usd", "eur")
        for suffix, says, which, is_hard in (
            ("", "China", _CHINA, True),
            ("_elsewhere", "other systems", "system_kind = 'other'", False),
        )
    ),
    Check(
        "icap_series_keep_their_tail",
        "no series ends earlier, or has lost a tenth of its dates, in the newest document",
        _against_stated("""
        select scope, held_rows || ' dates to ' || held_last as expected,
               stated_rows || ' dates to ' || coalesce(stated_last::varchar, '-') as found,
               held_rows - stated_rows as difference, 'the Explorer is cut short' as evidence,
               coalesce(rows, []) || ['icap_systems ' || system_id] as suspects
        from compared left join late using (scope)
        where stated_last is null or stated_last < held_last or stated_rows < 0.9 * held_rows
        """),
        (_P, _S),
    ),
    Check(
        "icap_series_keep_their_dates",
        "every date held of a series is in the newest document",
        _against_stated("""
        select scope, held_rows as expected, stated_rows as found,
               held_rows - stated_rows as difference, 'dates that are gone' as evidence
        from compared where stated_rows < held_rows
        """),
        (_P, _S),
        is_hard=False,
    ),
    Check(
        "icap_launch_is_the_close",
        "the first national value is the close of the market's first day, in yuan",
        """
        select p.date as scope, b.close_cny_per_t as expected, p.price_local as found,
               p.price_local - b.close_cny_per_t as difference,
               'about a seventh of it would be dollars' as evidence,
               [concat_ws(' ', 'icap_prices', p.system_id, p.market, p.date)] as suspects
        from icap_prices p join seee_bulletins b on b.period = 'day' and b.period_end = p.date
        where p.system_id = 14 and p.market = 'secondary' and p.date = date '2021-07-16'
          and abs(p.price_local - b.close_cny_per_t) > 0.011
        """,
        (_P, "seee_bulletins"),
        tolerance="0.011 CNY/t",
    ),
    Check(
        "icap_china_ends_together",
        "all series of China end on the same date",
        f"""
        with ends as (
          select system, secondary_last as last, max(secondary_last) over () as newest
          from icap_systems where {_CHINA}
        )
        select system as scope, newest as expected, last as found,
               date_diff('day', last, newest) as difference, 'ends before the others' as evidence
        from ends where last is distinct from newest
        """,  # noqa: S608 - all parts are ours
        (_S,),
        is_hard=False,
    ),
    Check(
        "icap_china_unrevised",
        "no value of China was ever changed by a later document",
        f"""
        select system || ' ' || market || ' ' || date as scope,
               'the value first stated' as expected, price_local as found, null as difference,
               'revision ' || revision || ' of ' || known_from as evidence
        from icap_prices where {_CHINA} and revision > 1 and known_from >= $since
        """,  # noqa: S608
        (_P,),
        is_hard=False,
    ),
    Check(
        "icap_weekend_dates",
        "dates of China's series lie on weekdays",
        f"""
        select system_kind as scope, 0 as expected, count(*) as found, count(*) as difference,
               count(distinct date) || ' weekend dates, the last '
               || string_agg(distinct date::varchar, ', ' order by date::varchar desc)[1:46]
               as evidence
        from icap_prices where {_CHINA} and is_weekend group by system_kind
        """,  # noqa: S608
        (_P,),
        is_hard=False,
    ),
    Check(
        "icap_flat_runs",
        f"no secondary series of China stands still for more than {_FLAT_RUN} dates",
        f"""
        with steps as (
          select place, date, price_local, lag(price_local) over w as before,
                 row_number() over w as n
          from icap_prices where {_CHINA} and market = 'secondary'
          window w as (partition by system_id order by date)
        ), runs as (
          select place, n - row_number() over (partition by place order by date) as run
          from steps where price_local = before
        ), longest as (
          select place, max(days) as days from
            (select place, run, count(*) as days from runs group by all) group by place
        ), shares as (
          select place, round(100.0 * count(*) filter (price_local = before) / count(*)) as share
          from steps group by place
        )
        select 'secondary' as scope, '<= {_FLAT_RUN} dates' as expected, max(days) as found,
               max(days) - {_FLAT_RUN} as difference,
               string_agg(place || ' ' || days || ' (' || share::int || ' % unchanged)', ', '
                          order by days desc) as evidence
        from longest join shares using (place)
        where days > {_FLAT_RUN} having count(*) > 0
        """,  # noqa: S608
        (_P,),
        is_hard=False,
    ),
    Check(
        "icap_prices_are_fresh",
        f"the national series ends at most {MAX_TAIL_DAYS} days ago",
        f"""
        select 'China National' as scope, $due - {MAX_TAIL_DAYS} as expected,
               max(date) as found, date_diff('day', max(date), $due) as difference,
               'prices come by the quarter; this tail is too old' as evidence
        from icap_prices where system_id = 14 and market = 'secondary'
        having max(date) < $due - {MAX_TAIL_DAYS}
        """,  # noqa: S608
        (_P,),
        is_hard=False,
    ),
    Check(
        "icap_news_are_dated",
        "most news items have a day of publication",
        """
        select 'icap_news' as scope, 'most' as expected,
               count(published_on) || ' of ' || count(*) as found,
               count(*) - count(published_on) as difference,
               'has the page another place for its date?' as evidence
        from icap_news
        having count(*) >= 4 and 2 * count(published_on) < count(*)
        """,
        ("icap_news",),
        is_hard=False,
    ),
    *DOWNLOAD_CHECKS,
)

FRESHNESS = frozenset({"icap_prices_are_fresh"})
"""Findings of these make the run's outcome stale: never an ordinary empty night."""
