"""What a query reads, by its syntax tree: the store's tables by their names, or it is refused.

A locked connection opens the store's own files and no others. Whoever is not to see even those
(rows that no release has let through lie in them) is held to the views: no function that reads a
file, no file by its name, no catalog that tells of paths.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from flows.core.errors import UsageError
from schemas.registry import TABLES, VIEWS

_FUNCTIONS = {"range", "generate_series", "unnest"}
"""Functions that stand for a table and read nothing."""
_SETTINGS = {"current_setting", "getvariable", "getenv"}


def tables_read(query: str) -> list[str]:
    """The names of the tables that a SELECT reads. Raises `UsageError` for any other statement,
    and for one that names what is no table of the store."""
    import duckdb

    with duckdb.connect(":memory:") as connection:
        found = connection.execute("SELECT json_serialize_sql(?::VARCHAR)", [query]).fetchone()
    tree: dict[str, Any] = json.loads(found[0]) if found else {"error": True}
    if tree["error"] and tree.get("error_type") == "parser":
        raise UsageError(f"SQL: {' '.join(str(tree['error_message']).split())}")
    if tree["error"] or len(tree["statements"]) != 1:
        raise UsageError("SQL: tables are read by one SELECT")
    nodes = list(_nodes(tree["statements"]))
    # A name of the query's own is a word: one with a dot in it could stand for a file.
    own = {n for node in nodes for n in _named_here(node) if re.fullmatch(r"\w+", n)}
    return sorted({name for node in nodes for name in _read(node, own)})


def _nodes(part: Any) -> Iterator[dict[str, Any]]:
    if isinstance(part, dict):
        yield part
        part = list(part.values())
    if isinstance(part, list):
        for each in part:
            yield from _nodes(each)


def _named_here(node: dict[str, Any]) -> Iterator[str]:
    """The names that a WITH clause gives."""
    held = node.get("cte_map")
    if isinstance(held, dict):
        yield from (str(each["key"]).lower() for each in held["map"])


def _read(node: dict[str, Any], own: set[str]) -> Iterator[str]:
    """The table of the store that a node reads."""
    kind = node.get("type")
    if kind == "SHOW_REF":
        raise UsageError("SQL: a SELECT from tables; `describe_table` tells of their columns")
    if kind == "TABLE_FUNCTION":
        function = str(node["function"].get("function_name", "")).lower()
        if function not in _FUNCTIONS:
            raise _nothing_else(function)
    if node.get("class") == "FUNCTION" and str(node["function_name"]).lower() in _SETTINGS:
        raise _nothing_else(node["function_name"])
    if kind != "BASE_TABLE":
        return
    name = str(node["table_name"]).lower()
    table = name.removesuffix("__history")
    if node["schema_name"] or node["catalog_name"] or not {table, name} & {*TABLES, *VIEWS, *own}:
        raise _nothing_else(name)
    if name not in own:
        yield table


def _nothing_else(name: str) -> UsageError:
    return UsageError(f"SQL reads the store's tables, nothing else: {name!r} is none of them")
