"""The ledger of prose: every printed figure of a text on our subject, and what became of it.

A source that reads prose declares a table of its own by `ledger_columns`: one row a text, whose
`figures` hold its sentences with their figures, so that a night writes a row a text and not one a
figure. `prose_figures` (`schemas.ops.prose`) is one view over all of them, a row a figure.
"""

from __future__ import annotations

from schemas.core.table import Column, Kind, Rule, Table

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
CONSERVED = Rule(
    "figures_conserved",
    "found = the sum of the fates",
    ("found", *FATES),
    lambda f: f["found"] == sum(f[fate] for fate in FATES),
)


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
