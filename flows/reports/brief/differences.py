"""Days on which the national market's two publishers differ: what each of their pages states.

What stands alone is held back from the release, and so the rows are those that were loaded when
what the brief tells was known.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from transforms.witnesses import EXCHANGE, EXCHANGE_ALONE, REGISTRY, REGISTRY_ALONE

if TYPE_CHECKING:
    from warehouse.store.store import Warehouse

_CITED = (
    ("seee_bulletins", "period_end", "period = 'day'"),
    ("crc_market_daily", "trade_date", "true"),
)
"""Tables whose rows of the day are cited, with the column of the day."""


def differences(
    warehouse: Warehouse, first: date, last: date, known: datetime | None
) -> list[dict[str, Any]]:
    """A line for each figure of a day on which they differ: day, figure, what each page states,
    by how much the one that stands alone is off, and the rows of the day to cite."""
    tables = (*EXCHANGE, *REGISTRY)
    if warehouse.version(REGISTRY[0]) is None:
        return []
    found: dict[tuple[str, str], dict[str, Any]] = {}
    with warehouse.connect(*tables, as_of=known) as connection:
        for sql in (REGISTRY_ALONE, EXCHANGE_ALONE):
            answer = connection.execute(sql, {"since": first}).fetchall()
            for scope, _, _, difference, words, _ in answer:
                day, figure, alone = scope.split(" ", 2)
                if day <= f"{last}":
                    line = {"day": date.fromisoformat(day), "figure": figure, "words": words}
                    line |= {"alone": alone, "difference": difference, "rows": []}
                    found.setdefault((day, figure), line)
        for line in found.values():
            for table, day, where in _CITED:
                asked = f"select * from {table} where {where} and {day} = $day"  # noqa: S608
                cited = connection.execute(asked, {"day": line["day"]})
                names = [column[0] for column in cited.description or ()]
                rows = [dict(zip(names, row, strict=True)) for row in cited.fetchall()]
                line["rows"] += [(table, day, row) for row in rows]
    return list(found.values())
