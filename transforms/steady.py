"""The check of every source that its pages do not change their minds at each look."""

from __future__ import annotations

from collections.abc import Sequence

from schemas.core.table import Table
from transforms.checks import Check

DAYS = 10
CHANGES = 3
"""So many times within so many days a row is stated otherwise before it counts as unsteady."""

# What was read again from bytes that are known is no other statement.
_STATED = """
select {name} as row, source_url, payload_sha256, known_from, revision
from {table}__history
where not is_deleted and {name} in (select {name} from {table}__history where revision > {changes})
"""
_UNSTEADY = """
with stated as ({stated}), told as (
  select *, lag(payload_sha256) over w as payload_before
  from stated window w as (partition by row order by revision)
), changed as (
  select *, lag(known_from, {changes}) over w as known_before
  from told where payload_sha256 is distinct from payload_before
  window w as (partition by row order by revision)
)
select row as scope, 'one statement' as expected, count(*) + {changes} || ' statements' as found,
       null as difference,
       'stated otherwise at each look: ' || string_agg(distinct source_url, ' and ') as evidence,
       [row] as suspects
from changed
where known_from > known_before and known_from < known_before + interval {days} day
group by row
"""


def steady(source: str, tables: Sequence[Table]) -> Check:
    """The check over all core tables of a source, by whichever address a row is stated."""
    stated = " union all ".join(
        _STATED.format(name=_name(table), table=table.name, changes=CHANGES) for table in tables
    )
    return Check(
        f"{source}_rows_are_steady",
        f"no row is stated otherwise {CHANGES} times within {DAYS} days",
        _UNSTEADY.format(stated=stated, changes=CHANGES, days=DAYS),
        (),
        beside=tuple(table.name for table in tables),
    )


def _name(table: Table) -> str:
    """SQL for what a row is called."""
    return f"concat_ws(' ', '{table.name}', {', '.join(table.key)})"
