"""A question to the store in SQL: its rows, or a `UsageError` in words."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from flows.core.errors import UsageError
from flows.core.settings import Settings

if TYPE_CHECKING:
    import duckdb
    import pyarrow as pa

    from flows.core.query.sql import Snapshot

Rows = list[dict[str, Any]]
_LOCKED = "disabled by configuration"
"""DuckDB's words for what `open_views` has locked, whatever error it raises with them."""


def ask(settings: Settings, query: str, snapshot: Snapshot, within_s: float = 0) -> Rows:
    """The rows of a query over a state of the store. Raises `UsageError` for SQL that can't be
    run, or is not done within so many seconds (0: however many)."""
    with _answer(settings, query, snapshot, within_s) as (answer, names):
        return [dict(zip(names, row, strict=True)) for row in answer.fetchall()]


def ask_first(
    settings: Settings, query: str, snapshot: Snapshot, rows: int, within_s: float
) -> tuple[Rows, bool]:
    """The first so many rows, and whether there are more; the others are not worked out."""
    with _answer(settings, query, snapshot, within_s) as (answer, names):
        found = [dict(zip(names, row, strict=True)) for row in answer.fetchmany(rows + 1)]
    return found[:rows], len(found) > rows


def ask_table(settings: Settings, query: str, snapshot: Snapshot, within_s: float = 0) -> pa.Table:
    """The same as an Arrow table: with the types of its columns, also where there is no row."""
    with _answer(settings, query, snapshot, within_s) as (answer, names):
        with warnings.catch_warnings():
            # DuckDB warns that the rows are copied once: they go to a file next.
            warnings.simplefilter("ignore", UserWarning)
            found: Any = answer.to_arrow_table()
        return found.rename_columns(names)


@contextmanager
def _answer(
    settings: Settings, query: str, snapshot: Snapshot, within_s: float
) -> Iterator[tuple[duckdb.DuckDBPyConnection, list[str]]]:
    """The answer to a query and the names of its columns, each once."""
    import duckdb

    from warehouse.engine.sql.time_limit import TimeLimit
    from warehouse.store.home import open_home
    from warehouse.store.store import Warehouse

    home = open_home(settings.home, None)
    limit = TimeLimit(within_s)
    try:
        with limit, Warehouse(home.path).query(query, **past_of(snapshot), limit=limit) as answer:
            yield answer, _distinct([column[0] for column in answer.description or ()])
    except duckdb.PermissionException as error:
        raise UsageError(f"SQL reads the store's tables, nothing else: {_said(error)}") from None
    except (duckdb.ProgrammingError, duckdb.DataError, duckdb.NotSupportedError) as error:
        raise UsageError(f"SQL: {_said(error)}") from None
    except duckdb.Error as error:
        if limit.is_passed:
            raise UsageError(
                f"SQL: no answer within {within_s:g} s: ask for less (`sql --timeout` gives more)"
            ) from None
        if _LOCKED not in str(error):
            raise
        raise UsageError(f"SQL reads the store's tables, nothing else: {_said(error)}") from None


def past_of(snapshot: Snapshot) -> dict[str, Any]:
    """A snapshot as what the store is asked with (`connect`, `query`, `source`, `tables`)."""
    return {"as_of": snapshot.as_of, "versions": snapshot.versions or None}


def _said(error: Exception) -> str:
    """DuckDB's words in one line, without the query it repeats."""
    return " ".join(str(error).partition("\n\nLINE ")[0].split())


def _distinct(names: list[str]) -> list[str]:
    """A second column of a name gets a number, so that none hides another."""
    seen: set[str] = set()
    for index, name in enumerate(names):
        number, chosen = 1, name
        while chosen in seen or (number > 1 and chosen in names):
            number += 1
            chosen = f"{name}_{number}"
        seen.add(chosen)
        names[index] = chosen
    return names
