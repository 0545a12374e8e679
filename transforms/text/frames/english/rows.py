"""Metrics of English prose as data: what a figure's clause must say, and may say, to be claimed.

A source keeps its rows in a YAML file, a list of::

    - metric: entities
      scope: additional             # fixed; empty where the source reads it from the words
      unit: count                   # one, or a list; `money` and `price` stand for any currency
      noun: entity                  # of a count: the class of what is counted; one, or a list
      needs: [new, cover|allocate]  # classes of words.en.yml, all of them; `a|b` is either
      permits: [future, sectors]    # further classes that change nothing here
      lacks: [from_to]              # classes with which it is another metric's
      least: 1                      # bounds of the value
      most: 100000
      dated: true                   # of a period: a figure whose clause states none is not taken

A frame is closed: a class of the clause that the row neither needs nor permits keeps the figure
untaken, and so does an unknown word.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from transforms.text.frames.english.words import InClause

PLACES = frozenset(
    {"is_day", "level", "from_to", "apposed", "systems", "subject", "has_subject", "two_years"}
    | {"told"}
)
"""Classes that say where a figure stands, and change nothing where no row needs them."""


_SHARES = frozenset({"emissions_share", "share"})
"""What a sector's share is never one of: the system's."""
_THINGS = frozenset({"allowance", "credit"})
"""Tonnes of these are never emissions: only a row for them takes them."""


@dataclass(frozen=True, slots=True)
class EnglishRow:
    """One row; see the module."""

    metric: str
    scope: str
    units: frozenset[str]
    nouns: frozenset[str]
    needs: tuple[frozenset[str], ...]
    permits: frozenset[str]
    lacks: frozenset[str]
    least: Decimal | None
    most: Decimal | None
    dated: bool = False

    def wants(self, one: InClause, words: frozenset[str]) -> bool:
        """Whether a figure of one of the row's units has its noun, and its clause says all that
        it needs."""
        if self.nouns and one.noun not in self.nouns:
            return False
        if one.noun in _THINGS and not self.nouns and one.figure.unit == "t":
            return False
        return all(need & words for need in self.needs) and not self.lacks & words

    def strangers(self, words: frozenset[str]) -> frozenset[str]:
        """The classes of the clause that the row does not know. What else is counted (states,
        parties) is nobody's but a count's."""
        if "count" not in self.units:
            words = words - {"other"}
        if "count" in self.units or "percent" in self.units:
            words = words - {"whose"}
        if self.metric not in _SHARES:
            words = words - {"of_sector"}
        if "future" in self.permits and self.metric not in ("reduction", "change"):
            words = words - {"planned"}
        words = words - {"released"} if "allowance" not in words else words
        return words - self.permits - frozenset().union(*self.needs) - self.nouns - PLACES

    def holds(self, value: Decimal) -> bool:
        """Whether a value is within the row's bounds."""
        low = self.least is None or value >= self.least
        return low and (self.most is None or value <= self.most)


class EnglishRows:
    """The rows of a source, by the unit of a figure."""

    def __init__(self, rows: Iterable[EnglishRow]) -> None:
        self.rows = tuple(rows)
        self._by_unit: dict[str, tuple[EnglishRow, ...]] = {}

    def of(self, unit: str) -> tuple[EnglishRow, ...]:
        """The rows that a figure in this unit may be of."""
        if unit not in self._by_unit:
            kinds = {unit, "money" if is_money(unit) else "", "price" if is_price(unit) else ""}
            self._by_unit[unit] = tuple(row for row in self.rows if kinds & row.units)
        return self._by_unit[unit]


def is_money(unit: str) -> bool:
    """Whether a unit is a currency that is known."""
    return len(unit) == 3 and unit.isupper() and unit.isalpha() and unit not in ("MWh", "GWh")


def is_price(unit: str) -> bool:
    """Whether a unit is a currency for a tonne or an allowance."""
    return unit.endswith("/t") and is_money(unit[:-2])


def load_rows(path: Path) -> EnglishRows:
    """The rows of a YAML file. Raises `ValueError` for a field that there is not."""
    import yaml

    held = yaml.safe_load(path.read_text(encoding="utf-8"))
    return EnglishRows(_row(dict(fields)) for fields in held)


def _row(fields: dict[str, Any]) -> EnglishRow:
    row = EnglishRow(
        fields.pop("metric"),
        fields.pop("scope", ""),
        frozenset(_listed(fields.pop("unit"))),
        frozenset(_listed(fields.pop("noun", ()))),
        tuple(frozenset(need.split("|")) for need in fields.pop("needs", ())),
        frozenset(fields.pop("permits", ())),
        frozenset(fields.pop("lacks", ())),
        _bound(fields.pop("least", None)),
        _bound(fields.pop("most", None)),
        fields.pop("dated", False),
    )
    if fields:
        raise ValueError(f"{row.metric}: no such field of a row: {', '.join(fields)}")
    return row


def _listed(held: str | Iterable[str]) -> list[str]:
    return [held] if isinstance(held, str) else list(held)


def _bound(held: object) -> Decimal | None:
    return None if held is None else Decimal(str(held))
