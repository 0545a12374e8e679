"""Metrics as data: what a figure's clause must say, and may say, for a row to claim it.

A source keeps its rows in a YAML file, name -> what it takes::

    annual_volume:
      unit: t                       # one, or a list
      needs: [volume]               # classes of words.<language>.yml, all of them; `a|b` is either
      permits: [sum, whole_year]    # further classes that change nothing here
      period: [year]                # kinds; `none` where a figure without any is one too
      scopes: [CEA]                 # markets; all where nothing is said
      of: CEA                       # the market, whatever the text says: its words are that one's
      sector: kept                  # `kept`, `dropped`; a sector in the clause blocks without it;
                                    # `required`, `subject` (or of a clause before): one must be
      metric: annual_volume         # where several rows give one metric
      counters: [家]                # of a count, the printed words that count it
      base: previous                # a change: its base must be the year before (or a year: 2018)
      pair: [price_low, price_high] # of a range, a metric for either end; no range fits without it
      at_least: 0
      at_most: 100
      labels: year                  # a day counted up to names its year as the period, too
      undated: true                 # the day counted up to is not the figure's own
      only: Q4                      # what the period's name must end with: one, or a list
      when: [list]                  # classes that the sentence needs, wherever they stand
      lacks: [exchange]             # classes that it must not have
      ahead: true                   # it may be of a period that begins after the text is published

A frame is closed: a class of meaning in the clause that the row neither needs nor permits keeps
the figure untaken.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

from transforms.text.frames.periods import Settled

_AS_FACTS_SAY = {"trading days": "count"}
"""Units of figures that facts have under another name."""
_MOST_KEPT = 10_000
"""Sets of words whose rows are remembered: texts say the same again and again."""


@dataclass(frozen=True, slots=True)
class MetricRow:
    """One row; see the module."""

    name: str
    metric: str
    units: frozenset[str]
    needs: tuple[frozenset[str], ...]
    permits: frozenset[str]
    periods: frozenset[str]
    scopes: frozenset[str] = frozenset()
    of: str = ""
    sector: str = "no"
    counters: frozenset[str] = frozenset()
    base: str = ""
    pair: tuple[str, str] | None = None
    at_least: Decimal | None = None
    at_most: Decimal | None = None
    labels: str = ""
    undated: bool = False
    only: tuple[str, ...] = ("",)
    when: tuple[frozenset[str], ...] = ()
    lacks: frozenset[str] = frozenset()
    ahead: bool = False

    def has_needs(self, words: frozenset[str]) -> bool:
        """Whether the clause says all that the row needs."""
        return all(need & words for need in self.needs)

    def is_of_sentence(self, words: frozenset[str]) -> bool:
        """Whether the whole sentence, by its classes, may tell of it."""
        return all(need & words for need in self.when) and not self.lacks & words

    def strangers(self, words: frozenset[str]) -> frozenset[str]:
        """The classes of the clause that the row does not know."""
        return words - self.permits - frozenset().union(*self.needs)

    def is_of_period(self, settled: Settled | None) -> bool:
        """Whether a figure of that period is one of the row's."""
        if settled is None:
            return "none" in self.periods
        if not settled.label.endswith(self.only):
            return False
        return bool(self.periods & kinds_of(settled))

    @property
    def bounds(self) -> str:
        """What `holds` asks for, in words."""
        low = "" if self.at_least is None else f"at least {self.at_least:f}"
        high = "" if self.at_most is None else f"at most {self.at_most:f}"
        return " and ".join(filter(None, (low, high)))

    def holds(self, value: Decimal) -> bool:
        """Whether a value is within the row's bounds."""
        low = self.at_least is None or value >= self.at_least
        return low and (self.at_most is None or value <= self.at_most)


def kinds_of(settled: Settled) -> frozenset[str]:
    """The kinds that a period answers to: a day counted up to that ends a year is `year_end`,
    any other `within`; from one year to another is `years`."""
    if settled.kind == "as_of" and settled.day is not None:
        is_end = (settled.day.month, settled.day.day) == (12, 31)
        return frozenset({"as_of", "year_end" if is_end else "within"})
    if settled.kind == "span" and settled.day is None:
        return frozenset({"span", "years"})
    return frozenset({settled.kind})


@dataclass(frozen=True)
class Metrics:
    """The rows of a source, and which years each compliance cycle had."""

    rows: tuple[MetricRow, ...]
    cycles: Mapping[int, str] = field(default_factory=dict)
    by_unit: dict[str, list[MetricRow]] = field(init=False)
    _fits: dict[tuple[str, str, frozenset[str]], tuple[MetricRow, ...]] = field(
        init=False, default_factory=dict
    )

    def __post_init__(self) -> None:
        by_unit: dict[str, list[MetricRow]] = {}
        for row in self.rows:
            for unit in row.units:
                by_unit.setdefault(unit, []).append(row)
        object.__setattr__(self, "by_unit", by_unit)

    def with_needs(self, unit: str, counter: str, words: frozenset[str]) -> tuple[MetricRow, ...]:
        """The rows of a unit, and of what it is counted by, whose needs the words hold."""
        key = (unit, counter, words)
        if (found := self._fits.get(key)) is None:
            if len(self._fits) >= _MOST_KEPT:
                self._fits.clear()
            found = self._fits[key] = tuple(
                row
                for row in self.by_unit.get(unit, ())
                if (not row.counters or counter in row.counters) and row.has_needs(words)
            )
        return found


def out_of_bounds(rows: Iterable[MetricRow], unit: str, value: Decimal) -> str:
    """Why a value in a unit is none of a metric's, given all its rows; empty where it is."""
    held = list(rows)
    if not held:
        return ""
    units = {_AS_FACTS_SAY.get(unit, unit) for row in held for unit in row.units}
    if unit not in units:
        return f"in {unit or 'no unit'}, not in {' or '.join(sorted(units))}"
    if any(row.holds(value) for row in held):
        return ""
    return f"{value:f} is not {' or '.join(dict.fromkeys(row.bounds for row in held))}"


def load_metrics(path: Path, cycles: Mapping[int, str] | None = None) -> Metrics:
    """The rows of a YAML file. Raises `ValueError` for a row with a field that there is not."""
    import yaml

    text = path.read_text(encoding="utf-8")
    held = yaml.load(text, Loader=yaml.CSafeLoader)
    return Metrics(tuple(_row(name, dict(fields)) for name, fields in held.items()), cycles or {})


def _row(name: str, fields: dict[str, Any]) -> MetricRow:
    pair = fields.pop("pair", None)
    row = MetricRow(
        name=name,
        metric=fields.pop("metric", name),
        units=frozenset(_listed(fields.pop("unit"))),
        needs=_either(fields.pop("needs", ())),
        permits=frozenset(fields.pop("permits", ())),
        periods=frozenset(_listed(fields.pop("period", "none"))),
        scopes=frozenset(fields.pop("scopes", ())),
        of=fields.pop("of", ""),
        sector=fields.pop("sector", "no"),
        counters=frozenset(fields.pop("counters", ())),
        base=str(fields.pop("base", "")),
        pair=(pair[0], pair[1]) if pair else None,
        at_least=_bound(fields.pop("at_least", None)),
        at_most=_bound(fields.pop("at_most", None)),
        labels=fields.pop("labels", ""),
        undated=fields.pop("undated", False),
        only=tuple(_listed(fields.pop("only", ""))),
        when=_either(fields.pop("when", ())),
        lacks=frozenset(fields.pop("lacks", ())),
        ahead=fields.pop("ahead", False),
    )
    if fields:
        raise ValueError(f"{name}: no such field of a metric's row: {', '.join(fields)}")
    return row


def _listed(held: str | Iterable[str]) -> list[str]:
    return [held] if isinstance(held, str) else list(held)


def _either(needs: Iterable[str]) -> tuple[frozenset[str], ...]:
    return tuple(frozenset(need.split("|")) for need in needs)


def _bound(held: object) -> Decimal | None:
    return None if held is None else Decimal(str(held))
