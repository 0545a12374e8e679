"""The figures of the market report, each with whoever says so, in SQL.

The exchange's exact figures are preferred, the ministry's rounded ones stand beside them; a
rounded figure agrees if the exact one, rounded to the printed digit, is the same (mee.md
6.2). What conflicts is marked, and nothing is ever averaged.
"""

from __future__ import annotations

from schemas.core.forms import text_literal
from schemas.marts.figures import MART_KEY_FIGURES, SOURCES
from transforms.marts.ccer import CCER
from transforms.marts.figures.ccer import CCER_SQL
from transforms.marts.figures.names import FIGURES
from transforms.marts.figures.others import OTHERS_SQL
from transforms.marts.figures.seee import SEEE_SQL
from transforms.marts.figures.seee_years import DAYS_SQL, YEARS_SQL
from transforms.marts.model import Mart
from transforms.marts.pilots import PILOTS
from transforms.witnesses import EXCHANGE

_NAMES = ", ".join(
    "(" + ", ".join(text_literal(cell) for cell in (f.id, f.label_zh, f.label_en, f.unit)) + ")"
    for f in FIGURES
)
_OTHERS = (
    "mee_facts",
    "mee_notices",
    "mee_penalties",
    "mee_attachment_links",
    "icap_news",
    "icap_facts",
    "core_climate_stats",
    "core_climate_events",
    "hkex_releases",
    *CCER,
    "ccer_tabs",
    *PILOTS,
)

# The step between two figures that a publisher could print: 1.89亿吨 -> a million tonnes.
_STEP = """
  case when regexp_matches(r.printed, '亿') then 1e8 when regexp_matches(r.printed, '万') then 1e4
       else 1 end
  / power(10, length(regexp_extract(r.printed, '[0-9]\\.([0-9]+)', 1)))
"""

FIGURES_SQL = f"""
with names(figure_id, label_zh, label_en, unit) as (values {_NAMES}),
stated as (
  from by_exchange union all by name from by_ccer union all by name from by_others
),
cited as (
  select * replace (list_filter(citations, lambda c: c->>'url' is not null) as citations)
  from stated
),
marked as (  -- a figure is simulated if anything is that it is cited for
  select * replace (is_simulated or coalesce(list_bool_or(list_transform(citations,
    lambda c: (c->>'is_simulated')::boolean)), false) as is_simulated) from cited
),
ranked as (
  select *, row_number() over (
    partition by figure_id, period
    order by list_position({list(SOURCES)}, source)) = 1 as is_preferred
  -- What no page can be cited for (a year of which only quotes are held) is no figure.
  from marked where (value is not null or value_text is not null) and len(citations) > 0
),
beside as (
  select r.*, p.value as best, {_STEP} as step
  from ranked r join ranked p using (figure_id, period) where p.is_preferred
)
select b.figure_id, period, source, label_zh, label_en, value, value_text, unit, qualifier,
  printed, formula, is_preferred,
  case when own_conflict then 'conflicts'
       when is_preferred or value is null or best is null then null
       when qualifier in ('>', '>=') then case when best >= value then 'agrees' else 'conflicts' end
       when abs(value - best) <= step / 2 then 'agrees' else 'conflicts' end as agreement,
  to_json(citations)::varchar as citations,
  to_json(list_transform(citations, lambda c: json_object(
    'table', c->>'table', 'where', c->'key', 'rows', 1)))::varchar as derived_from,
  is_simulated
from beside b join names n using (figure_id)
"""  # noqa: S608 - all names are ours

KEY_FIGURES = Mart(
    MART_KEY_FIGURES,
    FIGURES_SQL,
    (*EXCHANGE, *_OTHERS),
    {
        "picked_days": DAYS_SQL,
        "years": YEARS_SQL,
        "by_exchange": SEEE_SQL,
        "by_ccer": CCER_SQL,
        "by_others": OTHERS_SQL,
    },
    recipe="5",
)
