"""What a mart is to whoever builds it: SQL over current rows of its inputs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from schemas.core.table import Table


@dataclass(frozen=True, slots=True)
class Mart:
    """A mart's recipe.

    `sql` is one SELECT that yields its columns (cast to their types by the builder) over the
    tables of `inputs`, each in its current rows, over the marts built before it, and
    over `trading_calendar`, as a `Check` sees it. `steps` (name -> SELECT) are
    tables of its own, made before it. `beside` are inputs of another publisher, of which only
    what is released is read: one that is held back, or damaged, holds back no other row.
    Raise `recipe` with every change of what it yields: the mart is then derived anew.
    """

    table: Table
    sql: str
    inputs: tuple[str, ...]
    steps: Mapping[str, str] = field(default_factory=dict)
    recipe: str = "1"
    beside: tuple[str, ...] = ()

    @property
    def read(self) -> tuple[str, ...]:
        """All tables that it reads."""
        return (*self.inputs, *self.beside)


def source_json(table: str, where: Mapping[str, str], rows: str = "1") -> str:
    """SQL for one entry of `derived_from`; the mapping's values and `rows` are SQL.

    A value that is a two-element `json_array(...)` is a range, ends included.
    """
    pairs = ", ".join(f"'{name}', {value}" for name, value in where.items())
    return f"json_object('table', '{table}', 'where', json_object({pairs}), 'rows', {rows})"


def sources_json(*entries: str) -> str:
    """SQL for a whole `derived_from`, of entries (SQL) that may be null."""
    listed = ", ".join(f"({entry})::varchar" for entry in entries)
    return f"'[' || concat_ws(', ', {listed}) || ']'"
