"""The figures of the ministry, of ICAP's news and of HKEX's releases."""

from __future__ import annotations

from transforms.marts.figures.sql import cite

MINISTRY = {
    "annual_volume": "annual_volume",
    "annual_turnover": "annual_turnover",
    "annual_volume_growth": "volume_growth",
    "annual_turnover_growth": "turnover_growth",
    "cumulative_volume": "cumulative_volume",
    "cumulative_turnover": "cumulative_turnover",
    "year_end_close": "year_end_close",
    "close_growth": "close_growth",
    "mean_price": "mean_price",
    "mean_price_growth": "mean_price_growth",
    "price_high": "high_close",
    "price_low": "low_close",
    "listed_volume": "listed_volume",
    "block_volume": "block_volume",
    "fourth_quarter_share": "q4_share",
    "trading_days": "trading_days",
    "auctions": "auctions",
    "key_emitters": "key_emitters",
    "covered_emissions": "covered_emissions",
    "national_share": "national_share",
    "threshold": "threshold",
    "surrender_due": "surrender_due",
    "surrender_rate": "surrender_rate",
    "monthly_evidence_days": "monthly_evidence_days",
    "new_emitters_planned": "expansion_companies",
    "new_emitters_reported": "expansion_companies_reported",
    "covered_emissions_new": "expansion_emissions",
    "phase": "expansion_phase",
}
"""Metric of `mee_facts` -> figure."""
_QUALIFIER = """
  case when {q} in ('超过', '超', '余', '多', '以上', 'more than', 'over', 'at least') then '>'
       when {q} in ('约', '近', 'about', 'approximately', 'nearly') then '~'
       when {q} in ('以下', '不超过', 'up to', 'less than') then '<=' else {q} end
"""
MINISTRY_CCER = {
    "annual_volume": "ccer_volume",
    "annual_turnover": "ccer_turnover",
    "mean_price": "ccer_mean_price",
    "cumulative_volume": "ccer_cumulative_volume",
    "cumulative_turnover": "ccer_cumulative_turnover",
}
"""The same of the voluntary market."""
_MAPPED = " ".join(
    f"when row('{scope}', '{metric}') then '{figure}'"
    for scope, figures in (("CEA", MINISTRY), ("CCER", MINISTRY_CCER))
    for metric, figure in figures.items()
)
_ICAP_KEY = ("article_key", "metric", "fact_no")
_FACT_KEY = ("document_key", "file_name", "metric", "scope", "sector", "period", "item")

# A figure that several documents state is that of the newest; what differs is no averaging
# matter but a conflict, and every statement is cited.
_MINISTRY = f"""
select figure_id, told_period as period, 'mee' as source,
  arg_max(value, newest) as value,
  case when figure_id = 'expansion_phase'
       then array_to_string(list_transform(list_sort(list(distinct row(period, printed))),
         lambda p: p[2] || ' ' || p[1]), '; ') end as value_text,
  arg_max(qualifier, newest) as qualifier, arg_max(printed, newest) as printed,
  'as printed' as formula,
  list(citation order by newest desc) as citations, bool_or(is_simulated) as is_simulated,
  figure_id <> 'expansion_phase' and count(distinct value) > 1 as own_conflict
from (
  select case row(m.scope, m.metric) {_MAPPED} end as figure_id,
    coalesce(case when m.metric in ('cumulative_volume', 'cumulative_turnover')
                   and month(m.as_of) = 12 and day(m.as_of) = 31 then year(m.as_of)::varchar
                  when m.metric in ('cumulative_volume', 'cumulative_turnover')
                  then m.as_of::varchar
                  when m.metric = 'phase'
                  then coalesce(n.published_on, carrier.published_on)::varchar end,
             nullif(m.period, ''), m.as_of::varchar, n.published_on::varchar,
             carrier.published_on::varchar, m.document_key)
      as told_period,
    m.value, m.printed, m.period, {_QUALIFIER.format(q="m.qualifier")} as qualifier,
    (coalesce(n.published_on, carrier.published_on, date '1900-01-01')::varchar
      || m.document_key || m.file_name || m.period || m.item) as newest,
    {cite("m", "mee_facts", _FACT_KEY, "m.quote")} as citation, m.is_simulated
  from mee_facts m left join mee_notices n using (document_key)
  left join (  -- a figure in an attached file is as old as the document that carries the file
    select l.file_name, max(d.published_on) as published_on
    from mee_attachment_links l join mee_notices d using (document_key) group by 1
  ) carrier on carrier.file_name = m.file_name
  where m.sector = ''
) where figure_id is not null
group by figure_id, told_period
"""  # noqa: S608 - all names are ours

_PENALTY_KEY = ("regulation", "article", "item")


def _penalty(figure: str, value: str, text: str, where: str, order: str) -> str:
    return f"""
select '{figure}' as figure_id, coalesce(valid_from::varchar, regulation) as period,
  'mee' as source, {value}::decimal(28, 6) as value, {text} as value_text,
  null as qualifier, null as printed, 'as the rule states it' as formula,
  [{cite("r", "mee_penalties", _PENALTY_KEY, "quote")}] as citations, is_simulated,
  false as own_conflict
from mee_penalties r where {where}
qualify row_number() over (partition by regulation order by {order}, article, item) = 1
"""  # noqa: S608 - all names are ours


_PENALTIES = (
    _penalty("regulation_in_force", "null", "valid_from::varchar", "valid_from is not null", "1"),
    _penalty(
        "penalty_articles",
        "null",
        "(select min(article) || '-' || max(article) from mee_penalties s "
        "where s.regulation = r.regulation)",
        "valid_from is not null",
        "article",
    ),
    _penalty(
        "fine_max_report",
        "fine_max_cny",
        "null",
        "allowance_cut_max_pct is not null and fine_max_cny is not null",
        "fine_max_cny desc",
    ),
    _penalty("fine_max", "fine_max_cny", "null", "fine_max_cny is not null", "fine_max_cny desc"),
    _penalty(
        "allowance_cut_min",
        "allowance_cut_min_pct",
        "null",
        "allowance_cut_min_pct is not null",
        "allowance_cut_min_pct",
    ),
    _penalty(
        "allowance_cut_max",
        "allowance_cut_max_pct",
        "null",
        "allowance_cut_max_pct is not null",
        "allowance_cut_max_pct desc",
    ),
)

_ICAP = f"""
select figure_id, period, 'icap' as source, arg_min(value, nth) as value,
  case when figure_id = 'expansion_phase' then string_agg(printed, '; ' order by nth) end
    as value_text,
  arg_min(qualifier, nth) as qualifier, arg_min(printed, nth) as printed,
  'as printed' as formula, list(citation order by nth) as citations,
  bool_or(is_simulated) as is_simulated, false as own_conflict
from (
  select case
      when i.metric = 'entities' and i.scope = 'additional' then 'expansion_companies'
      when i.metric = 'entities' and i.scope = 'total' then 'key_emitters'
      when i.metric = 'emissions' and i.scope = 'additional' then 'expansion_emissions'
      when i.metric = 'emissions' and i.scope = 'total' then 'covered_emissions'
      when i.metric = 'emissions_share' and i.scope = 'global emissions'
        then 'expansion_world_share'
      when i.metric = 'emissions_share' and i.scope = 'national carbon emissions'
        then 'national_share'
      when i.metric = 'threshold' and i.scope is null then 'threshold'
      when i.metric = 'milestone' and n.kind = 'scope_expansion' then 'expansion_phase'
    end as figure_id,
    -- an announced day is no day of the figures
    least(n.event_on, n.published_on)::varchar as period,
    i.value, i.printed, row(i.fact_no, i.article_key) as nth,
    {_QUALIFIER.format(q="i.qualifier")} as qualifier,
    {cite("i", "icap_facts", _ICAP_KEY, "i.quote")} as citation, i.is_simulated
  from icap_facts i join icap_news n using (article_key)
  where i.jurisdictions = 'CN' and contains(n.schemes, 'China National')
) where figure_id is not null and period is not null
group by figure_id, period
"""  # noqa: S608 - all names are ours

_STATS = f"""
select 'core_climate_' || case s.metric when 'cumulative_tonnes' then 'tonnes' else s.metric end
    as figure_id,
  coalesce(s.as_of, r.published_on)::varchar as period, 'hkex' as source, s.value,
  null as value_text, s.qualifier, null as printed, 'as printed' as formula,
  [{cite("s", "core_climate_stats", ("release_id", "metric"), "s.quote")}] as citations,
  s.is_simulated, false as own_conflict
from core_climate_stats s left join hkex_releases r using (release_id)
where coalesce(s.as_of, r.published_on) is not null
qualify row_number() over (
  partition by s.metric, coalesce(s.as_of, r.published_on) order by s.release_id) = 1
"""  # noqa: S608 - all names are ours

# Several events of a kind on a day: in one order, whatever order they lie in.
_AT = "row(e.release_id, e.event_no)"
_EVENTS = f"""
select 'hkex_' || e.kind as figure_id, e.event_date::varchar as period, 'hkex' as source,
  arg_min(e.tonnes, {_AT})::decimal(28, 6) as value,
  coalesce(string_agg(e.parties, '; ' order by {_AT}), arg_min(e.quote, {_AT})) as value_text,
  arg_min(e.qualifier, {_AT}) as qualifier, null as printed, 'as printed' as formula,
  list({cite("e", "core_climate_events", ("release_id", "kind", "event_no"), "e.quote")}
       order by {_AT}) as citations,
  bool_or(e.is_simulated) as is_simulated, false as own_conflict
from core_climate_events e join hkex_releases r using (release_id)
where e.event_date <= r.published_on -- what is announced has not been
group by e.kind, e.event_date
"""  # noqa: S608 - all names are ours

OTHERS_SQL = " union all by name ".join(
    f"select * from ({branch})"  # noqa: S608
    for branch in (_MINISTRY, *_PENALTIES, _ICAP, _STATS, _EVENTS)
)
