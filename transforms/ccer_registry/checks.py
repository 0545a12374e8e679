"""What must hold across the registry's tabs, details and methodologies. None of it holds back a
row: the registry is the only witness of itself."""

from __future__ import annotations

from transforms.ccer_registry.events import LEFT, LISTED, NOW
from transforms.checks import Check

TABS, DETAILS, APPLICATIONS = "ccer_tabs", "ccer_details", "ccer_applications"
_ITEM = "concat_ws(' ', 'tab', l.data_type, l.apply_id, l.secondary_id)"

CHECKS: tuple[Check, ...] = (
    Check(
        "ccer_tabs_are_whole",
        "the pages of a tab show as many items as it says that there are",
        f"""
        with said as (
          select data_type, arg_max(total_items, published_on) as total from {TABS}
          where page_number = 1 group by 1
        )
        select 'tab ' || data_type as scope, total as expected,
               count(n.apply_id) as found, count(n.apply_id) - total as difference,
               'items of its pages, as seen last' as evidence
        from said left join ccer_now n using (data_type) where total is not null
        group by data_type, total having count(n.apply_id) <> total
        """,  # noqa: S608 - all names are ours, here and below
        (TABS,),
        is_hard=False,
        bases=(LISTED, NOW),
    ),
    Check(
        "ccer_lasting_items_stay",
        "what is registered as a project or issued stays in its tab",
        f"""
        select {_ITEM} as scope, 'listed' as expected, 'listed no more' as found,
               null as difference, 'since ' || l.left_on as evidence
        from ccer_left l where l.data_type in ('2', '5') and l.left_on >= $since
        """,  # noqa: S608
        (TABS,),
        is_hard=False,
        bases=(LISTED, LEFT),
    ),
    Check(
        "ccer_rows_left_tabs",
        "what left a tab that is passed through: a display ended, for one; an event, no fault",
        f"""
        select {_ITEM} as scope, 'listed on ' || l.listed_on as expected,
               'listed no more on ' || l.left_on as found, null as difference,
               coalesce('in tab ' || n.tabs, 'in no tab') || ' now' as evidence
        from ccer_left l left join (
          select apply_id, string_agg(distinct data_type, ', ' order by data_type) as tabs
          from ccer_now group by 1
        ) n using (apply_id)
        where l.data_type not in ('2', '5') and l.left_on >= $since
        """,  # noqa: S608
        (TABS,),
        is_hard=False,
        bases=(LISTED, NOW, LEFT),
    ),
    Check(
        "ccer_items_have_details",
        "each item that a tab lists has its detail",
        f"""
        select {_ITEM} as scope, 'a detail' as expected, 'none' as found, null as difference,
               'listed since ' || l.day as evidence
        from ccer_now l anti join {DETAILS} using (data_type, apply_id, secondary_id)
        """,  # noqa: S608
        (TABS,),
        is_hard=False,
        beside=(DETAILS,),
        bases=(LISTED, NOW),
    ),
    Check(
        "ccer_reductions_have_projects",
        "the project of a reduction is a registered one",
        f"""
        select {_ITEM} as scope, 'a registered project' as expected,
               l.project_info_id as found, null as difference, l.project_name as evidence
        from {APPLICATIONS} l
        where l.data_type in ('4', '5') and l.project_info_id not in (
          select project_info_id from {APPLICATIONS}
          where data_type = '2' and project_info_id is not null)
        """,  # noqa: S608
        (APPLICATIONS,),
        is_hard=False,
    ),
    Check(
        "ccer_methodologies_are_listed",
        "the methodology of a detail is one that the registry lists",
        f"""
        select methodology_num as scope, 'a listed methodology' as expected, 'none' as found,
               null as difference, count(*) || ' details' as evidence
        from {DETAILS} where methodology_num not in (
          select methodology_num from ccer_methodologies)
        group by 1
        """,  # noqa: S608
        (DETAILS, "ccer_methodologies"),
        is_hard=False,
    ),
)
