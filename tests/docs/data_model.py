"""`docs/data-model.md`: every table as its schema defines it, and how tables hang together."""

from __future__ import annotations

import re
from collections.abc import Sequence

from flows.core.sources import Pipeline
from schemas.core.forms import dictionary
from schemas.core.table import DERIVATION, KNOWLEDGE, LINEAGE, Column, Table
from schemas.registry import TABLES, VIEWS
from transforms.marts.registry import recipes

_INTRO = """# Data model

What each table's rows are, by which columns they are known, and what each column means. The
definitions are in `schemas/`; from the same definitions come the Delta tables, the checks of every
row, the data dictionary of a release and the DuckDB views.

Money and prices are decimals, exact to the cent; tonnes are integers; units are in the names.
Instants are UTC, dates are the publisher's own calendar. Null means that nothing was said, zero
that none was said to be. A rule that is broken refuses the row into quarantine, or only warns.

In the pictures a line leads from a table to the one whose rows it names, and says by which column;
a mart's arrows come from the tables that it follows from.
"""
_SAME = "Columns that every {} has beside its own:"


def data_model(pipelines: Sequence[Pipeline]) -> str:
    """The page."""
    marts = [table for table in TABLES.values() if table.is_mart]
    logs = [table for table in TABLES.values() if table.is_log]
    parts = [_INTRO, "## Tables of the sources\n", _SAME.format("table of a source") + "\n"]
    parts.append(_columns(LINEAGE + KNOWLEDGE))
    for each in pipelines:
        name, title = each.source.name, each.source.title
        parts += [f"### Source {name}\n", f"{title}. More: [{name}](sources/{name}.md).\n"]
        parts.append(_picture(each.tables, references(each.tables, each.spoken_in)))
        parts += map(_described, each.tables)
    parts += ["## Marts\n", "Derived from the tables above, and from what is told in each row.\n"]
    parts += [_SAME.format("mart") + "\n", _columns(DERIVATION + KNOWLEDGE)]
    parts += [_derivation(), *map(_described, marts)]
    parts += ["## What the pipeline itself did\n", "Append-only logs, without revisions.\n"]
    parts += [_picture(logs, references(logs)), *map(_described, logs)]
    parts += ["### Views\n", "Derived when they are asked for, and stored nowhere.\n"]
    parts += map(_described, VIEWS.values())
    return "\n".join(parts)


def references(tables: Sequence[Table], chief: str = "") -> list[tuple[str, str, str]]:
    """(from, to, by which column) as far as the definitions say.

    A column by which another table's key begins names that table's rows: of several such tables
    the one that it alone is the key of, and `chief` before others. Beside that go `told_in` and
    `aliases`.
    """
    owners: dict[str, Table] = {}
    companions = {table.told_in for table in tables}
    ranked = sorted(tables, key=lambda table: (len(table.key) > 1, table.name != chief))
    for table in ranked:
        owners.setdefault(table.key[0], table)
    found = [
        (table.name, owner.name, column.name)
        for table in tables
        for column in (() if table.name in companions else table.own)
        if (owner := owners.get(column.name)) and owner is not table
    ]
    found += [(t.told_in, t.name, "the same fact, by language") for t in tables if t.told_in]
    # A document that has a table of its own is found through that one.
    alone = [t for t in tables if t.aliases and owners[t.key[0]] is t and len(t.key) > 1]
    found += [(t.name, t.aliases, f"pages of {t.key[0]}") for t in alone]
    return found


def _derivation() -> str:
    """What each mart follows from, as a Mermaid diagram."""
    lines = [f"    {name} --> {each.table.name}" for each in recipes() for name in each.read]
    return "\n".join(["```mermaid", "flowchart LR", *lines, "```", ""])


def _picture(tables: Sequence[Table], lines: Sequence[tuple[str, str, str]]) -> str:
    """Tables with their keys, and what leads from one to another, as a Mermaid diagram."""
    parts = ["```mermaid", "erDiagram"]
    for table in tables:
        parts.append(f"    {table.name} {{")
        parts += [f"        {_word(table.column(name))} {name} PK" for name in table.key]
        parts.append("    }")
    parts += [f'    {one} }}o--|| {other} : "{how}"' for one, other, how in lines]
    return "\n".join([*parts, "```", ""])


def _word(column: Column) -> str:
    """The kind of a column in one word, without width and zone."""
    return re.split(r"\W", column.kind.value)[0]


def _columns(columns: Sequence[Column]) -> str:
    rows = [f"| `{column.name}` | {column.kind} | {column.says} |" for column in columns]
    return "\n".join(["| column | type | says |", "|---|---|---|", *rows, ""])


def _described(table: Table) -> str:
    """The table's page of the data dictionary, but for the columns that all its like have."""
    common = () if table.is_log else tuple(c.name for c in table.lineage + KNOWLEDGE)
    lines = dictionary(table).splitlines()
    kept = [line for line in lines if not line.startswith(tuple(f"| `{n}` |" for n in common))]
    kept[0] = f"#### {table.name}"
    return "\n".join([*kept, ""])
