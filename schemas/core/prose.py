"""The ledger of prose: every printed figure of a text on our subject, and what became of it.

A source that reads prose declares a table of its own by `ledger_columns`: one row a text, whose
`figures` hold its sentences with their figures, so that a night writes a row a text and not one a
figure. `prose_figures` (`schemas.ops.prose`) is one view over all of them, a row a figure.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Hashable
from typing import TYPE_CHECKING, Any

from schemas.core.table import Column, Kind, Rule, Table

if TYPE_CHECKING:
    import pandas as pd

FATES = {
    "taken": "a fact of this text says it",
    "context": "no measure: a day, an ordinal, a number of a document, an example",
    "unclaimed": "no metric says this, or a word of its clause changes the meaning",
    "unknown_words": "a metric would fit, if the words that block it were known",
    "no_period": "a metric would fit, if a period were stated",
    "doubted": "out of bounds, or no number: held back",
    "reviewed": "a person's reading (readings.yml)",
}
"""What may become of a printed figure; each has exactly one."""
FIGURES = Column(
    "figures",
    Kind.TEXT,
    "JSON: [{sentence, figures: [{printed, kind, fate, metric, reason, words, value, unit}]}]",
    nullable=False,
)


def _conserved(frame: pd.DataFrame) -> pd.Series[Any]:
    """By the figures themselves: a ledger that can't be read conserves nothing."""
    import pandas as pd

    rows = frame[["found", *FATES, FIGURES.name]].to_dict("records")
    return pd.Series([_is_conserved(row) for row in rows], index=frame.index, dtype=bool)


def _is_conserved(row: dict[Hashable, Any]) -> bool:
    told = _fates(row[FIGURES.name])
    if told is None or row["found"] != told.total() or not told.keys() <= FATES.keys():
        return False
    return all(row[fate] == told[fate] for fate in FATES)


def _fates(held: str) -> Counter[str] | None:
    """The fates of a text's figures, counted; None for what is no list of them."""
    try:
        return Counter(each["fate"] for part in json.loads(held) for each in part["figures"])
    except (ValueError, KeyError, TypeError):
        return None


CONSERVED = Rule(
    "figures_conserved",
    "found = the sum of the fates, and both are those of its figures",
    ("found", *FATES, FIGURES.name),
    _conserved,
)
TAKEN = ("taken", "reviewed")
"""The fates of figures that became facts."""


def ledger_columns(*key: Column) -> tuple[Column, ...]:
    """The columns of a ledger: those that name the text, the counts, the figures."""
    counts = (
        Column(name, Kind.INT, f"Figures that are {name}: {says}", nullable=False, minimum=0)
        for name, says in FATES.items()
    )
    found = Column("found", Kind.INT, "Printed figures of the text", nullable=False, minimum=0)
    return (*key, found, *counts, FIGURES)


def is_ledger(table: Table) -> bool:
    """Whether a table is a source's ledger of prose."""
    return FIGURES in table.own
