"""Checks of the prices that downloads state: a second witness, which may be of another series.

A file that somebody kept is older than the Explorer's document, may have been edited, and its
columns may stand below another system's name. Where both state a date, the document counts.
"""

from __future__ import annotations

from transforms.checks import Check

_D, _P = "icap_download_prices", "icap_prices"
LEAST_DATES = 3
"""Dates that two series share from which it is said that they are not the same."""

_SHARED = f"""
with shared as (
  select d.*, p.price_local as stated, p.currency as stated_currency, p.price_usd as stated_usd,
         p.price_eur as stated_eur,
         d.price_local is distinct from p.price_local or d.currency <> p.currency as differs
  from {_D} d join {_P} p using (system_id, market, date) where p.stated_in = 'json'
)
"""  # noqa: S608

# The rows of a download's series, and those of them that stand for a document's that is not held.
_SERIES = f"""
series as (
  select system_id, market, list(name order by name) as suspects from (
    select system_id, market, concat_ws(' ', '{_D}', system_id, market, date) as name
    from {_D} d
    where not exists (
      select 1 from {_P} p
      where p.stated_in = 'json' and (p.system_id, p.market, p.date, p.currency)
            = (d.system_id, d.market, d.date, d.currency)
        and p.price_local is not distinct from d.price_local)
    union all
    select system_id, market, concat_ws(' ', '{_P}', system_id, market, date)
    from {_P} where stated_in = 'csv'
  ) group by all
)
"""  # noqa: S608

DOWNLOAD_CHECKS: tuple[Check, ...] = (
    Check(
        "icap_two_readers_agree",
        "a download states for a day what the Explorer's document states for it",
        f"""
        {_SHARED}
        select system || ' ' || market || ' ' || date as scope,
               concat_ws(' ', coalesce(stated::varchar, 'unsold'), stated_currency) as expected,
               concat_ws(' ', coalesce(price_local::varchar, 'unsold'), currency) as found,
               price_local - stated as difference,
               'the document: ' || concat_ws(', ', stated_usd || ' USD', stated_eur || ' EUR')
               || '; the download ' || source_url || ': '
               || concat_ws(', ', price_usd || ' USD', price_eur || ' EUR') as evidence
        from shared
        where differs or abs(price_usd - stated_usd) > 0.011 or abs(price_eur - stated_eur) > 0.011
        """,  # noqa: S608 - all parts are ours
        (_D, _P),
        tolerance="0.011 USD/t or EUR/t",
        is_hard=False,
    ),
    Check(
        "icap_download_is_of_its_system",
        "most prices of a download's series are those that the document states for the system",
        f"""
        {_SHARED}, doubted as (
          select system_id, system, market, count(*) as dates,
                 count(*) filter (not differs) as equal
          from shared group by all having dates >= {LEAST_DATES} and 2 * equal < dates
        ), alike as (
          select d.system_id, d.market, p.system as other, count(*) as dates
          from {_D} d semi join doubted using (system_id, market)
          join {_P} p on p.market = d.market and p.date = d.date and p.stated_in = 'json'
           and p.system_id <> d.system_id and p.price_local = d.price_local
           and p.currency = d.currency
          group by all
        ), {_SERIES}
        select d.system || ' ' || d.market as scope, 'its own values' as expected,
               d.equal || ' of ' || d.dates || ' dates are' as found,
               d.dates - d.equal as difference,
               coalesce('as many as ' || max(a.dates) || ' are those of '
                        || arg_max(a.other, a.dates), 'of no system that is known') as evidence,
               any_value(s.suspects) as suspects
        from doubted d join series s using (system_id, market)
        left join alike a using (system_id, market) group by d.system, d.market, d.equal, d.dates
        """,  # noqa: S608 - all parts are ours
        (_D, _P),
        is_joint=True,
    ),
    Check(
        "icap_download_is_of_the_national_market",
        "a download's national prices lie where the exchange's closes do",
        f"""
        with {_SERIES}
        select d.system || ' ' || d.market as scope, 'about the close' as expected,
               'off by ' || round(100 * median(abs(d.price_local / b.close_cny_per_t - 1)), 1)
               || ' % in the median of ' || count(*) || ' days' as found,
               median(d.price_local - b.close_cny_per_t) as difference,
               'another system below its name' as evidence, any_value(s.suspects) as suspects
        from {_D} d join series s using (system_id, market)
        join seee_bulletins b on b.period = 'day' and b.period_end = d.date
        where d.system_id = 14 and d.market = 'secondary' and b.close_cny_per_t > 0
        group by d.system, d.market
        having count(*) >= {LEAST_DATES}
           and median(abs(d.price_local / b.close_cny_per_t - 1)) > 0.15
        """,  # noqa: S608
        (_D, _P, "seee_bulletins"),
        tolerance="15 %",
        is_joint=True,
    ),
)
