"""What is listed in the registry's tabs, and what left them: SQL over the dated snapshots."""

from __future__ import annotations

from transforms.checks import Basis

PAGE_SIZE = 50
_PAGES = f"""
with pages as (
  select data_type, page_number, published_on, total_items, json(items) as items from ccer_tabs
), days as (
  select distinct data_type, published_on as day from pages
), standing as (
  select d.day, p.* from days d join pages p
    on p.data_type = d.data_type and p.published_on <= d.day
  qualify row_number() over (
    partition by d.data_type, d.day, p.page_number order by p.published_on desc) = 1
), whole as (
  select s.*, max(total_items) filter (page_number = 1) over (partition by data_type, day) as total
  from standing s
)
select distinct data_type, day, item ->> 0 as apply_id, item ->> 1 as secondary_id
from (
  select data_type, day, unnest(cast(items as json[])) as item from whole
  where page_number = 1 or total is null or (page_number - 1) * {PAGE_SIZE} < total
)
"""  # noqa: S608
LISTED = Basis("ccer_listed", _PAGES)
"""What each tab listed on each day on which any page of it had changed: of every page the newest
state by then, and of no page that the tab is too short for by then."""

NOW = Basis(
    "ccer_now",
    """
    select * from ccer_listed l
    where day = (select max(published_on) from ccer_tabs t where t.data_type = l.data_type)
    """,
)
"""What each tab lists as it was seen last."""
_EVENTS = """
with days as (
  select data_type, day, lead(day) over (partition by data_type order by day) as next_day
  from (select distinct data_type, published_on as day from ccer_tabs)
)
select l.data_type, l.apply_id, l.secondary_id, l.day as listed_on, d.next_day as left_on
from ccer_listed l join days d on d.data_type = l.data_type and d.day = l.day
where d.next_day is not null and (l.data_type, d.next_day, l.apply_id, l.secondary_id)
  not in (select (data_type, day, apply_id, secondary_id) from ccer_listed)
"""
LEFT = Basis("ccer_left", _EVENTS)
"""A row for each time something left a tab (a display ended, for one): the last day on which the
tab, changing, still listed it, and the day on which it was first seen without it."""
