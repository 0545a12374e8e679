"""Facts as rows of `mee_facts`: given their document, their file and page, and a number."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import accumulate

from schemas.sources.mee.tables import MEE_FACTS
from transforms.model import Row
from transforms.text.frames.model import ClaimedFigure

_EMPTY = dict.fromkeys(column.name for column in MEE_FACTS.own)
POWER_ALONE_UNTIL = "2023"
"""Up to this emission year the market held the power sector alone: its emitters are the total."""
_TOTALS = frozenset({"key_emitters", "covered_emissions"})


def fact_rows(
    facts: Sequence[ClaimedFigure],
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
    items: dict[tuple[str, ...], list[ClaimedFigure]] = {}
    rows = []
    for fact in map(of_whole_market, facts):
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
            "value_to": fact.value_to,
            "unit": fact.unit,
            "qualifier": fact.qualifier,
            "scope": fact.scope or "CEA",
            "sector": fact.sector,
            "as_of": fact.as_of,
            "as_of_basis": fact.as_of_basis,
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


def of_whole_market(fact: ClaimedFigure) -> ClaimedFigure:
    """The fact, its sector left out where that one sector was the whole market."""
    is_total = fact.metric in _TOTALS and fact.sector == "发电"
    is_early = "" < fact.period <= POWER_ALONE_UNTIL
    return replace(fact, sector="") if is_total and is_early else fact


def _says_the_same(one: ClaimedFigure, other: ClaimedFigure) -> bool:
    return (one.value, one.due_on, one.as_of) == (other.value, other.due_on, other.as_of) and (
        one.value is not None or one.due_on is not None or one.printed == other.printed
    )
