"""One definition of a table, and every form of it that a tool asks for.

From a `Table` come the Arrow schema (and so Delta's and Parquet's), the Pandera
model, the data dictionary and the DuckDB view.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from functools import cached_property
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd


class Kind(StrEnum):
    """The types a column may have. Money and prices are decimals, tonnes integers."""

    TEXT = "text"
    INT = "int64"
    DATE = "date"
    INSTANT = "timestamp[us, UTC]"
    BOOL = "bool"
    PRICE = "decimal(12, 2)"
    MONEY = "decimal(20, 2)"
    PERCENT = "decimal(9, 2)"
    QUANTITY = "decimal(28, 6)"
    SECONDS = "double"


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its name carries its unit, `says` is its line in the data dictionary.

    A day or an instant has come when a page states it, but for a column of deadlines, days of
    taking effect and their like: `ahead_days` says by how many it may lie ahead of its page's
    capture, `ahead_as` (where it is named) that it may only as the day of that column: any other
    day of it has come by the end of the running month, as a figure counted up to that is.
    `formula` says how a mart's column follows from the tables it is derived from, `rests_on`
    from which of their columns (the one of the same name, where it is empty).
    """

    name: str
    kind: Kind
    says: str
    nullable: bool = True
    one_of: tuple[str, ...] = ()
    minimum: int | None = None
    unit: str = ""
    formula: str = ""
    rests_on: tuple[str, ...] = ()
    ahead_days: int = 0
    ahead_as: str = ""


def end_of_month(on: date) -> date:
    """The last day of a day's month."""
    return on.replace(day=monthrange(on.year, on.month)[1])


@dataclass(frozen=True, slots=True)
class Rule:
    """A row-level check. `holds` maps a frame to a boolean Series, null where not applicable.

    A `hard` rule refuses the row into quarantine, a soft one only warns.
    """

    name: str
    says: str
    columns: tuple[str, ...]
    holds: Callable[[pd.DataFrame], pd.Series[Any]]
    hard: bool = True


LINEAGE: tuple[Column, ...] = (
    Column("source", Kind.TEXT, "Source the row was read from", nullable=False),
    Column("source_url", Kind.TEXT, "Address of the page", nullable=False),
    Column("retrieved_at", Kind.INSTANT, "When these bytes were first fetched", nullable=False),
    Column("payload_sha256", Kind.TEXT, "Digest of the archived payload", nullable=False),
    Column("parser_version", Kind.TEXT, "Version of the reader that made the row", nullable=False),
    Column("evidence", Kind.TEXT, "JSON object: column -> the words that carried it"),
    Column(
        "is_simulated",
        Kind.BOOL,
        "True where the figure is simulated by the embedded sample, not published",
        nullable=False,
    ),
)

DERIVATION: tuple[Column, ...] = (
    Column(
        "derived_from",
        Kind.TEXT,
        "JSON list of the rows it follows from: table, where (column -> value or range), rows",
        nullable=False,
    ),
    Column(
        "is_simulated",
        Kind.BOOL,
        "True where any figure it follows from is simulated by the embedded sample",
        nullable=False,
    ),
)
"""What a mart's row carries in place of `LINEAGE`: it comes from rows, not from a page."""

KNOWLEDGE: tuple[Column, ...] = (
    Column("known_from", Kind.INSTANT, "When this store learned the row", nullable=False),
    Column("revision", Kind.INT, "1 for the first statement of a key", nullable=False, minimum=1),
    Column("is_deleted", Kind.BOOL, "True in a tombstone", nullable=False),
)


@dataclass(frozen=True, slots=True)
class Daily:
    """Says that each trading day must have a row, of which source, and which rows count (SQL).

    `witness_of` names another source that publishes the same market's days: one of which that
    source holds nothing, and this table a row, has another witness.
    """

    source: str
    rows: str
    witness_of: str = ""


@dataclass(frozen=True)
class Table:
    """A table.

    `key` says what a row is about. `prune_by` is a column of the key (a date, an
    integer or a text) whose file statistics let a load skip history. `order_by`
    (columns) ranks two statements about one key: the greater is the current one. A change
    of the `aside` columns alone (how a figure was stated) is no revision.
    `aliases` names a
    table (key `url`) whose rows say which pages carry the document that the key begins with.
    An append-only log (`ops_*`) has `is_log` and neither revisions nor lineage; with
    an `order_by` its view shows the last row of each key, without one every row. Its
    `instant` is the column that says when a row was learned, as `known_from` does elsewhere.
    `led_by` is a column that ranks who speaks and not when (a language): of the statements
    about one key in a load only the highest in it count. `told_in` names the table that
    keeps each page's own statement of the same facts; its key begins with this table's.
    `daily` tables have a row of each trading day, dated by `prune_by`. `sparse` are columns that
    a true row may lack: no gate is proposed for how often they are filled.
    One that is not `is_republished` stays in the store it was loaded into: its publisher's terms
    keep its rows out of published files, of the catalog and of what either tells of revisions and
    refusals (`warehouse.publication.withheld`). What is derived from it may be published.

    A mart (`is_mart`) is derived from other tables. It has revisions like a core table, and
    says from what it follows (`DERIVATION`) where a core table names its page. It is stated
    anew each time, so that its statements have no rank (`order_by` is empty).
    """

    name: str
    says: str
    key: tuple[str, ...]
    own: tuple[Column, ...]
    prune_by: str = ""
    aliases: str = ""
    order_by: tuple[str, ...] = ("retrieved_at",)
    rules: tuple[Rule, ...] = field(default=())
    is_log: bool = False
    is_mart: bool = False
    instant: str = ""
    terms: str = ""
    led_by: str = ""
    told_in: str = ""
    daily: Daily | None = None
    aside: tuple[str, ...] = ()
    sparse: tuple[str, ...] = ()
    is_republished: bool = True

    @property
    def columns(self) -> tuple[Column, ...]:
        """All columns, in the order they are stored."""
        return self.own if self.is_log else self.stated + KNOWLEDGE

    @property
    def stated(self) -> tuple[Column, ...]:
        """The columns that whoever loads a row must state: all but what the store adds."""
        return self.own + self.lineage

    @property
    def lineage(self) -> tuple[Column, ...]:
        """The columns that say where a row comes from; none in a log."""
        if self.is_log:
            return ()
        return DERIVATION if self.is_mart else LINEAGE

    @property
    def origin(self) -> str:
        """The one column that says where a row comes from: its page, or what it follows from."""
        return "derived_from" if self.is_mart else "source_url"

    @property
    def is_core(self) -> bool:
        """Whether its rows were read from a source."""
        return not (self.is_log or self.is_mart)

    @property
    def learned(self) -> str:
        """The column by which a question about the past cuts rows; empty if there is none."""
        return self.instant if self.is_log else "known_from"

    def column(self, name: str) -> Column:
        """The column of that name; raises `KeyError`, naming the table, if there is none."""
        for column in self.columns:
            if column.name == name:
                return column
        raise KeyError(f"{self.name} has no column {name!r}")

    @cached_property
    def dated(self) -> tuple[Column, ...]:
        """The own columns that hold a day or an instant."""
        return tuple(c for c in self.own if c.kind in (Kind.DATE, Kind.INSTANT))

    @property
    def compared(self) -> tuple[str, ...]:
        """The columns in which a new statement must differ to become a revision. What a mart
        follows from, and whether that is simulated, belongs to what it says: the same value may
        come to follow from other rows."""
        stated = (*self.own, *DERIVATION) if self.is_mart else self.own
        return tuple(c.name for c in stated if c.name not in (*self.key, *self.aside))
