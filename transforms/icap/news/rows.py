"""Facts of a text as rows of `icap_facts`, all its figures as one row of `icap_prose`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date

from schemas.sources.icap.news import ICAP_FACTS, ICAP_PROSE
from transforms.icap.news.sentences import NewsFact
from transforms.model import Row
from transforms.text.frames.ledger import ledger_values
from transforms.text.frames.model import Read


def fact_rows(key: str, facts: Iterable[NewsFact], places: str, about: str) -> list[Row]:
    """Facts are counted within their metric: the second price stays it when a share is added."""
    counted: Counter[str] = Counter()
    rows = []
    for fact in facts:
        counted[fact.metric] += 1
        values = {
            "article_key": key,
            "metric": fact.metric,
            "fact_no": counted[fact.metric],
            "value": fact.value,
            "value_to": fact.value_to,
            "unit": fact.unit,
            "printed": fact.printed,
            "qualifier": fact.qualifier or None,
            "scope": fact.scope or None,
            "subject": fact.subject or None,
            "period": fact.period or None,
            "date": date.fromisoformat(fact.on) if fact.on else None,
            "jurisdictions": places or None,
            "schemes": about or None,
            "quote": fact.quote,
        }
        shown = "value" if fact.value is not None else "date" if fact.on else "period"
        rows.append(Row(ICAP_FACTS.name, values, {shown: fact.quote}))
    return rows


def prose_row(key: str, read: Sequence[Read]) -> Row:
    """Every printed figure of a text, and what became of it."""
    return Row(ICAP_PROSE.name, {"article_key": key, **ledger_values(read)}, {})
