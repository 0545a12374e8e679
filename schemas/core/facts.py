"""The shape that tables of figures out of prose share: the part that each column plays.

Each source keeps a table of its own, with its own names, words and keys: what is a release's
figure here is an article's there. A `FactsShape` says which column of a table plays which part,
so that whoever reads the figures of every source (what was printed, of what, until when, in
which sentence) need not know the tables one by one. A table may lack a part that its prose
never has, and have columns beside the shape.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import timedelta
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from schemas.core.table import Column, Kind, Rule, Table

if TYPE_CHECKING:
    import pandas as pd

_EARLIEST_ZONE = timedelta(hours=14)
"""Where a year begins first."""


@dataclass(frozen=True, slots=True)
class Part:
    """What a column is there for, and the kinds that it may be of; each table has one `is_due`."""

    says: str
    kinds: tuple[Kind, ...] = (Kind.TEXT,)
    is_due: bool = False


PARTS: Mapping[str, Part] = MappingProxyType(
    {
        "document": Part("Key of the document that states it", is_due=True),
        "number": Part("Which one it is of the document's like figures", (Kind.INT,)),
        "metric": Part("What is counted", is_due=True),
        "value": Part("The figure, in `unit`", (Kind.QUANTITY, Kind.INT), is_due=True),
        "value_to": Part("Of a range its second figure", (Kind.QUANTITY, Kind.INT)),
        "unit": Part("Base unit of the values"),
        "printed": Part("The figure with its words, as printed"),
        "qualifier": Part("How it is hedged: about, more than, 约", is_due=True),
        "scope": Part("Of what: market, all or a part"),
        "sector": Part("Sector or region"),
        "period": Part("Year, month or range of years it is about"),
        "as_of": Part("Day up to which it was counted", (Kind.DATE,)),
        "due_on": Part("Day of a deadline", (Kind.DATE,)),
        "quote": Part("The sentence that carries it", is_due=True),
    }
)


@dataclass(frozen=True, slots=True)
class FactsShape:
    """A table of figures: by part its column, where that has another name than the part.

    Raises `ValueError` for a part that is none, a column that is none or of another kind, and
    a due part that no column plays.
    """

    table: Table
    named: Mapping[str, str]

    def __post_init__(self) -> None:
        strangers = self.named.keys() - PARTS.keys()
        absent = set(self.named.values()) - {column.name for column in self.table.own}
        if strangers or absent:
            raise ValueError(f"{self.table.name}: no such part or column: {strangers | absent}")
        for name, part in PARTS.items():
            column = self.column(name)
            if column is None and part.is_due:
                raise ValueError(f"{self.table.name}: no column is its {name}")
            if column is not None and column.kind not in part.kinds:
                raise ValueError(f"{self.table.name}: {column.name} is {column.kind}, as {name}")

    def column(self, part: str) -> Column | None:
        """The column that plays a part; None where the table lacks it."""
        name = self.named.get(part, part)
        return next((column for column in self.table.own if column.name == name), None)

    @property
    def parts(self) -> tuple[str, ...]:
        """The parts that the table has, in the order of the shape."""
        return tuple(part for part in PARTS if self.column(part) is not None)


def has_begun(metrics: Collection[str]) -> Rule:
    """The rule that a figure of these metrics is of a year that had begun when its page was
    captured: what others are of may be planned."""

    def holds(frame: pd.DataFrame) -> pd.Series[Any]:
        said = frame["period"].str.extract(r"^(\d{4})", expand=False)
        captured = frame["retrieved_at"].map(lambda at: f"{at + _EARLIEST_ZONE:%Y}")
        begun: pd.Series[Any] = said <= captured.astype(said.dtype)
        return begun.where(frame["metric"].isin(list(metrics)) & said.notna())

    return Rule(
        "in_the_future",
        "what was paid, sold or counted is of a year that has begun when the page is captured",
        ("metric", "period", "retrieved_at"),
        holds,
    )
