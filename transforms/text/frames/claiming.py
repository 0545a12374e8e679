"""Which metric claims a figure, if exactly one does; else why none.

Order of decision: words, row, period, bounds. Frames are closed: a class of meaning that a row
neither needs nor permits keeps the figure from it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from transforms.text.frames.model import Around, Fate
from transforms.text.frames.periods import Settled
from transforms.text.frames.rows import MetricRow, Metrics

SECTORAL = ("required", "subject")
"""What `MetricRow.sector` is of a figure that is a sector's."""


@dataclass(frozen=True, slots=True)
class Said:
    """What the words around a figure say of it, with what the figure before left to it."""

    measures: frozenset[str] = frozenset()
    meanings: frozenset[str] = frozenset()
    sectors: tuple[str, ...] = ()
    period_said: bool = False
    is_known: bool = False


@dataclass(frozen=True, slots=True)
class FigureVerdict:
    """A figure's fate with its reason; of one that is taken the row, and what it is of."""

    fate: Fate
    reason: str = ""
    metric: str = ""
    words: tuple[str, ...] = ()
    row: MetricRow | None = None
    settled: Settled | None = None
    market: str = ""
    sector: str = ""
    period: str = ""


def decide(
    item: Around,
    said: Said,
    metrics: Metrics,
    periods: tuple[Settled | None, Settled | None],
    market: str,
) -> FigureVerdict:
    """What becomes of a measure. `periods` are the one that its sentence states, and the one
    that the sentence before it states."""
    words = said.measures | said.meanings
    rows: Sequence[MetricRow] = metrics.with_needs(item.figure.unit, item.figure.counter, words)
    rows = [row for row in rows if row.is_of_sentence(item.sentence)]
    if not rows:
        return FigureVerdict(Fate.UNCLAIMED, "no metric says this")
    fitting = [row for row in rows if not row.strangers(words)]
    if item.unknown:
        nearest = (fitting or rows)[0]
        return FigureVerdict(Fate.UNKNOWN_WORDS, "unknown words", nearest.metric, item.unknown)
    if not fitting:
        row = min(rows, key=lambda row: len(row.strangers(words)))
        strangers = tuple(sorted(row.strangers(words)))
        return FigureVerdict(Fate.UNCLAIMED, "words that no metric permits", row.metric, strangers)
    placed = [row for row in fitting if _is_of_place(row, item, said, market)]
    if not placed:
        where = market or "no market"
        told = ", ".join((where, *said.sectors))
        return FigureVerdict(
            Fate.UNCLAIMED, f"not of this market or sector: {told}", fitting[0].metric
        )
    return _of_period(item, said, placed, periods, market)


def _is_of_place(row: MetricRow, item: Around, said: Said, market: str) -> bool:
    """Whether the figure's market and sector are the row's, and its form is."""
    is_range = item.figure.value_to is not None
    if is_range != (row.pair is not None):
        return False
    if market == "other" or not (row.of or market):
        return False
    if row.scopes and market not in row.scopes:
        return False
    if row.sector in SECTORAL:
        return bool(said.sectors or (row.sector == "subject" and item.subject))
    return row.sector != "no" or not item.sectors


def _of_period(
    item: Around,
    said: Said,
    rows: list[MetricRow],
    periods: tuple[Settled | None, Settled | None],
    market: str,
) -> FigureVerdict:
    settled, before = periods
    if settled is None and item.period is not None:
        return FigureVerdict(Fate.NO_PERIOD, "a period whose year is not known", rows[0].metric)
    fitting = [row for row in rows if row.is_of_period(settled)]
    if not fitting and settled is not None and _is_of_another(item, settled):
        fitting = [row for row in rows if row.is_of_period(None)]
        settled = None if fitting else settled
    if not fitting and settled is None and before is not None:
        settled = before
        fitting = [row for row in rows if row.is_of_period(settled)]
    if not fitting:
        if settled is None:
            return FigureVerdict(Fate.NO_PERIOD, "no period is stated", rows[0].metric)
        told = f"no metric of a period like this: {settled.kind} {settled.label}"
        return FigureVerdict(Fate.UNCLAIMED, told.strip(), rows[0].metric)
    if len({row.name for row in fitting}) > 1:
        return FigureVerdict(Fate.UNCLAIMED, "more than one metric says this", _names(fitting))
    row = fitting[0]
    if row.base and not _is_base(row, item, settled):
        return FigureVerdict(Fate.UNCLAIMED, "compared with another period", row.metric)
    value = item.figure.value
    if value is None or not row.holds(value):
        told = f"out of bounds: {row.bounds}" if row.bounds else "out of bounds"
        return FigureVerdict(Fate.DOUBTED, told, row.metric)
    sectors = said.sectors or (item.subject if row.sector == "subject" else ())
    sector = "、".join(dict.fromkeys(sectors)) if row.sector in ("kept", *SECTORAL) else ""
    return FigureVerdict(
        Fate.TAKEN, "", row.metric, (), row, settled, row.of or market, sector, _label(row, settled)
    )


def _is_of_another(item: Around, settled: Settled) -> bool:
    """Whether a period is another clause's: a figure's year there (2025年均价…，账户6106个), or
    a day on which something else was done (7月16日启动，纳入2162家)."""
    if settled.kind == "day":
        return not item.has_own_period
    return settled.kind == "this" or (settled.kind == "year" and item.is_lent)


def _names(rows: Iterable[MetricRow]) -> str:
    return ", ".join(row.name for row in rows)


def _label(row: MetricRow, settled: Settled | None) -> str:
    if settled is None or row.undated:
        return ""
    if row.labels == "year" and settled.kind in ("as_of", "quarter", "day"):
        return str(settled.year or "")
    if settled.kind == "day":
        return ""
    return "" if settled.kind == "as_of" else settled.label


def _is_base(row: MetricRow, item: Around, settled: Settled | None) -> bool:
    """Whether a change is one on the base that the row is of."""
    base = item.base
    if base is None or base.year is None:
        if row.base != "previous":
            return "base_launch" in item.meanings
        return base is None or base.relative in (-1, None)
    if row.base != "previous":
        return str(base.year) == row.base
    return settled is not None and settled.year == base.year + 1
