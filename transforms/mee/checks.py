"""What must hold between the ministry's figures, year by year (mee.md 6.2).

Rounded figures add up to half a unit of their last printed digit for each term.
"""

from __future__ import annotations

from transforms.checks import Check
from transforms.mee.exchange_checks import EXCHANGE_CHECKS, FACT, STEP

_F = "mee_facts"
_LATEST = """
with one as (
  select metric, period, as_of, sector, scope, value, quote, document_key,
         row_number() over (partition by metric, scope, sector, period, as_of
                            order by rank desc, retrieved_at desc) as n
  from mee_facts where scope = 'CEA'
), f as (select * from one where n = 1)
"""


def _of_current(sql: str) -> str:
    """The query over `f`, the present statement of each figure of the allowance market."""
    return "".join((_LATEST, sql))


_CHAIN = """
with one as (
  select *, row_number() over (partition by metric, scope, sector, period, as_of
                               order by rank desc, retrieved_at desc) as n
  from mee_facts where sector = '' and metric in ('cumulative_{name}', 'annual_{name}')
), f as (
  select metric, scope, value, quote, try_cast(period as int) as y, as_of, {FACT} as row,
         {STEP} * if(coalesce(qualifier, '') = '', 0.5, 1) as slack
  from one where n = 1
), years as (
  select * replace (year(as_of) as y) from f
  where metric = 'cumulative_{name}' and (month(as_of), day(as_of)) = (12, 31)
), flows as (
  select * from f where metric = 'annual_{name}' and (as_of is null or as_of = make_date(y, 12, 31))
)
select now.scope || ' ' || now.y as scope, before.value + flows.value as expected,
       now.value as found, now.value - before.value - flows.value as difference,
       before.quote || ' / ' || flows.quote || ' / ' || now.quote as evidence,
       [now.row, flows.row, before.row] as suspects
from years now join years before on before.y = now.y - 1 and before.scope = now.scope
join flows on flows.y = now.y and flows.scope = now.scope
where abs(now.value - before.value - flows.value) > now.slack + before.slack + flows.slack
"""
CHECKS: tuple[Check, ...] = (
    *(
        Check(
            f"mee_cumulative_chain_{name}",
            f"the {name} since the launch grows by the year's, as rounded",
            _CHAIN.format(name=name, FACT=FACT, STEP=STEP),
            (_F,),
            tolerance="half of the last printed digit of each",
            is_joint=True,
        )
        for name in ("volume", "turnover")
    ),
    Check(
        "mee_dated_ahead",
        "no document is dated after its page was captured",
        """
        select document_key as scope, (retrieved_at at time zone 'Asia/Shanghai')::date as expected,
               published_on as found,
               published_on - (retrieved_at at time zone 'Asia/Shanghai')::date as difference,
               source_url as evidence
        from mee_notices
        where published_on > (retrieved_at at time zone 'Asia/Shanghai')::date
        """,
        ("mee_notices",),
        is_hard=False,
    ),
    Check(
        "mee_emitters_add_up",
        "key emitters of all sectors are the total",
        _of_current(
            """
        , sums as (
          select document_key, period, as_of, sum(value) filter (sector <> '') as sectors,
                 max(value) filter (sector = '') as total, count(*) filter (sector <> '') as n
          from mee_facts where metric = 'key_emitters' group by all
        )
        select document_key || ' ' || period as scope, total as expected, sectors as found,
               sectors - total as difference, n || ' sectors' as evidence
        from sums where total is not null and n > 1 and sectors <> total
        """
        ),
        (_F,),
        is_hard=False,
    ),
    Check(
        "mee_mean_price_is_turnover_over_volume",
        "the year's mean price is its turnover over its volume, as rounded",
        _of_current(
            """
        , years as (
          select period, max(value) filter (metric = 'annual_volume') as volume,
                 max(value) filter (metric = 'annual_turnover') as turnover,
                 max(value) filter (metric = 'mean_price') as mean
          from f group by period
        )
        select period as scope, round(turnover / volume, 2) as expected, mean as found,
               round(mean - turnover / volume, 2) as difference,
               turnover || ' / ' || volume as evidence
        from years where abs(mean - turnover / volume) > mean * 500000 / volume + 0.01
        """
        ),
        (_F,),
        tolerance="half of the last digit of the volume",
        is_hard=False,
    ),
    Check(
        "mee_close_growth",
        "the printed change of the close is the ratio of the two closes",
        _of_current(
            """
        , closes as (
          select try_cast(period as int) as y, max(value) as price from f
          where metric = 'year_end_close' group by 1
        ), growth as (
          select try_cast(period as int) as y, max(value) as pct, max(quote) as quote from f
          where metric = 'close_growth' group by 1
        )
        select now.y as scope, round(100 * (now.price / before.price - 1), 2) as expected,
               growth.pct as found, round(growth.pct - 100 * (now.price / before.price - 1), 4)
               as difference, growth.quote as evidence
        from closes now join closes before on before.y = now.y - 1 join growth on growth.y = now.y
        where abs(growth.pct - 100 * (now.price / before.price - 1)) > 0.0051
        """
        ),
        (_F,),
        tolerance="0.0051",
        is_hard=False,
    ),
    Check(
        "mee_figures_agree",
        "two documents that state one figure exactly for one period state the same",
        """
        select metric || ' ' || period || coalesce(' ' || as_of, '') as scope,
               min(value) as expected, max(value) as found, max(value) - min(value) as difference,
               string_agg(distinct document_key, ' / ') as evidence,
               list({FACT} order by known_from desc, {FACT}) as suspects
        from mee_facts
        where scope = 'CEA' and sector = '' and coalesce(qualifier, '') = '' and metric in
              ('annual_volume', 'annual_turnover', 'cumulative_volume', 'cumulative_turnover',
               'year_end_close', 'surrender_due', 'trading_days')
        group by metric, period, as_of
        having max(value) - min(value) > 0.005 * max(value)
        """.replace("{FACT}", FACT),
        (_F,),
        tolerance="0.5 %",
    ),
    *EXCHANGE_CHECKS,
    Check(
        "mee_files_held",
        "every file that a document on the market links to is held",
        """
        select l.document_key as scope, l.file_name as expected, '' as found, '' as difference,
               l.file_url as evidence
        from mee_attachment_links l
        join mee_notices n using (document_key)
        left join mee_attachments a using (file_name)
        where a.file_name is null and n.is_relevant
        """,
        ("mee_attachment_links", "mee_attachments", "mee_notices"),
        is_hard=False,
    ),
    Check(
        "mee_facts_of_linked_files",
        "a file whose figures are current is linked to by a document",
        """
        select f.file_name as scope, 'a document' as expected, '' as found,
               count(*) as difference, any_value(f.source_url) as evidence
        from mee_facts f anti join mee_attachment_links l using (file_name)
        where f.file_name <> ''
        group by f.file_name
        """,
        ("mee_facts", "mee_attachment_links"),
        is_hard=False,
    ),
)

FRESHNESS: frozenset[str] = frozenset()
