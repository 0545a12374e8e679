"""Facts as rows of `mee_facts`: given their document, their file and page, and a number."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate

from schemas.sources.mee.tables import MEE_FACTS
from transforms.mee.facts.state import StatedFact
from transforms.model import Row

_EMPTY = dict.fromkeys(column.name for column in MEE_FACTS.own)


def fact_rows(
    facts: Sequence[StatedFact],
    key: str,
    rank: int,
    *,
    file_name: str = "",
    pages: Sequence[str] = (),
) -> list[Row]:
    """A row for each fact; one that is stated twice with the same value is one fact.

    `pages` are those that the text was joined from, by which a fact finds its page.
    """
    ends = list(accumulate(len(page) + 1 for page in pages))
    items: dict[tuple[str, ...], list[StatedFact]] = {}
    rows = []
    for fact in facts:
        about = (fact.metric, fact.scope, fact.sector, fact.period)
        same = items.setdefault(about, [])
        if any(_says_the_same(one, fact) for one in same):
            continue
        same.append(fact)
        page = next((n for n, end in enumerate(ends, 1) if fact.position < end), None)
        values = {
            **_EMPTY,
            "document_key": key,
            "metric": fact.metric,
            "period": fact.period,
            "value": fact.value,
            "unit": fact.unit,
            "qualifier": fact.qualifier,
            "scope": fact.scope,
            "sector": fact.sector,
            "as_of": fact.as_of,
            "due_on": fact.due_on,
            "due_hour": fact.due_hour,
            "printed": fact.printed,
            "quote": fact.quote,
            "file_name": file_name,
            "page": page,
            "item": len(same),
            "rank": rank,
        }
        quoted = ("value", "unit", "printed", "qualifier", "as_of", "due_on", "due_hour")
        evidence = {name: fact.quote for name in quoted if values[name] not in (None, "")}
        rows.append(Row(MEE_FACTS.name, values, evidence))
    return rows


def _says_the_same(one: StatedFact, other: StatedFact) -> bool:
    return (one.value, one.due_on, one.as_of) == (other.value, other.due_on, other.as_of) and (
        one.value is not None or one.due_on is not None or one.printed == other.printed
    )
