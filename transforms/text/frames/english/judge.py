"""Which metric claims a figure of English prose: exactly one closed row, or none."""

from __future__ import annotations

from dataclasses import dataclass

from transforms.text.frames.english.classes import classes_of, names_of, with_subject
from transforms.text.frames.english.rows import EnglishRow, EnglishRows
from transforms.text.frames.english.words import InClause
from transforms.text.frames.model import Fate

_CARRIED = frozenset({"sold", "offered", "auction", "allocate", "credit", "verified", "cover"})


@dataclass(frozen=True, slots=True)
class Judgement:
    """A row that claims a figure, or the fate that it has without one."""

    row: EnglishRow | None
    fate: Fate
    reason: str = ""
    words: tuple[str, ...] = ()


def judge(one: InClause, rows: EnglishRows, *, is_day: bool = False) -> Judgement:
    """What becomes of a measure. `is_day`: its paragraph tells of one day of trading."""
    own = classes_of(one, is_day=is_day)
    tried = [own]
    if one.head and one.head[0].text.lower() == "with" and one.previous:
        tried = [with_subject(own | names_of(one.previous), one.previous)]
    if _is_bare(one) and one.before:
        tried.append(own | _carried(one) | {"apposed"})
    verdict = Judgement(None, Fate.UNCLAIMED, "no metric says this")
    for words in tried:
        wanted = [row for row in rows.of(one.figure.unit) if row.wants(one, words)]
        fitting = [row for row in wanted if not row.strangers(words)]
        if len(fitting) == 1 or (len({(r.metric, r.scope) for r in fitting}) == 1 and fitting):
            return _bounded(one, fitting[0])
        if fitting:
            told = ", ".join(f"{row.metric} {row.scope}".strip() for row in fitting)
            return Judgement(None, Fate.UNCLAIMED, f"several metrics fit: {told}")
        if wanted:
            odd = min(
                (sorted(row.strangers(words)) for row in wanted), key=lambda names: len(names)
            )
            verdict = Judgement(None, Fate.UNCLAIMED, f"{wanted[0].metric} with {', '.join(odd)}")
    return verdict


def _bounded(one: InClause, row: EnglishRow) -> Judgement:
    if one.unknown:
        return Judgement(row, Fate.UNKNOWN_WORDS, "unknown words", one.unknown)
    values = [v for v in (one.figure.value, one.figure.value_to) if v is not None]
    if not all(row.holds(value) for value in values):
        return Judgement(row, Fate.DOUBTED, f"out of bounds of {row.metric}")
    if row.dated and one.period is None:
        return Judgement(row, Fate.NO_PERIOD, f"{row.metric} of which time?")
    return Judgement(row, Fate.TAKEN)


def _is_bare(one: InClause) -> bool:
    """Whether a clause holds nothing but its figure and what is counted: an apposition."""
    return not [t for t in one.head if t.figure is not None or t.group not in ("idle", "name")]


def _carried(one: InClause) -> frozenset[str]:
    """What the clauses before in its sentence did, for an apposition to it."""
    return frozenset(t.name for t in one.before if t.name in _CARRIED)
