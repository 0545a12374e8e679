"""Commands that look at data: tables, show, history, sql.

The command `diff`: what differs between two states of a table, or of all.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from flows.cli.options import (
    AsOf,
    Format,
    Json,
    Limit,
    Output,
    Release,
    TableName,
    Version,
    Versions,
    Working,
    form_of,
)

SQL_S = 120.0
"""What a question to all of the history takes is a hundredth of it."""


def register(app: typer.Typer) -> None:
    """Add the commands to the application."""
    for command in (tables, show, figures, history, sql, diff):
        app.command()(command)


def tables(
    context: typer.Context,
    as_of: AsOf = None,
    version: Versions = None,
    release: Release = None,
    working: Working = False,
    json: Json = False,
    format_: Format = None,
    output: Output = None,
) -> None:
    """Tables of the store: rows, versions, size, last change."""
    from flows.cli.show.data import show_tables
    from flows.core.query.time_travel import Wanted, chosen
    from flows.core.settings import Settings

    settings = Settings.load(context.obj)
    snapshot = chosen(settings, Wanted(as_of, release, working, version or ()))
    show_tables(settings, snapshot, form_of(json, format_, output))


def show(
    context: typer.Context,
    table: TableName,
    where: Annotated[str | None, typer.Option(help="SQL condition")] = None,
    columns: Annotated[str | None, typer.Option(help="Names, comma-separated; `all`")] = None,
    limit: Limit = 20,
    as_of: AsOf = None,
    version: Version = None,
    release: Release = None,
    working: Working = False,
    json: Json = False,
    format_: Format = None,
    output: Output = None,
) -> None:
    """Current rows of a table, the newest last."""
    from flows.cli.output import show_query
    from flows.core.query.sql import show_sql
    from flows.core.query.time_travel import Wanted, chosen
    from flows.core.settings import Settings

    settings = Settings.load(context.obj)
    query = show_sql(table, where=where, columns=columns, limit=limit)
    versions = (version,) if version else ()
    snapshot = chosen(settings, Wanted(as_of, release, working, versions, table))
    form = replace(form_of(json, format_, output), is_filled=columns is None)
    show_query(settings, query, snapshot, form)


def figures(
    context: typer.Context,
    source: Annotated[str | None, typer.Argument(help="Name of a source; all if none")] = None,
    fate: Annotated[str | None, typer.Option(help="taken, unclaimed, unknown_words ...")] = None,
    by_word: Annotated[
        bool, typer.Option("--by-word", help="The words that block figures, by count")
    ] = False,
    limit: Limit = 40,
    release: Release = None,
    working: Working = False,
    json: Json = False,
    format_: Format = None,
    output: Output = None,
) -> None:
    """Printed figures of prose: how many became facts, and of the others the sentence and why."""
    from flows.cli.output import show_query
    from flows.core.query.prose import figures_sql
    from flows.core.query.time_travel import Wanted, chosen
    from flows.core.settings import Settings

    settings = Settings.load(context.obj)
    snapshot = chosen(settings, Wanted(None, release, working, ()))
    said = None
    if fate == "doubted":
        from flows.stages.checks.reconcile import said_of_held

        said = said_of_held(settings, source)
    query = figures_sql(source, fate, by_word=by_word, limit=limit, said=said)
    show_query(settings, query, snapshot, form_of(json, format_, output))


def history(
    context: typer.Context,
    table: TableName,
    key: Annotated[list[str] | None, typer.Argument(help="Key values, e.g. day 2024-06-25")] = None,
    where: Annotated[str | None, typer.Option(help="SQL condition")] = None,
    limit: Limit = 50,
    as_of: AsOf = None,
    version: Version = None,
    release: Release = None,
    working: Working = False,
    html: Annotated[
        Path | None, typer.Option(help="Write a self-contained page to this file")
    ] = None,
    json: Json = False,
    format_: Format = None,
    output: Output = None,
) -> None:
    """All revisions of the rows of a key, the oldest first, with what each changed."""
    from flows.cli.show.data import Shape, show_history
    from flows.core.query.sql import history_sql
    from flows.core.query.time_travel import Wanted, chosen
    from flows.core.settings import Settings

    settings = Settings.load(context.obj)
    versions = (version,) if version else ()
    snapshot = chosen(settings, Wanted(as_of, release, working, versions, table))
    shape = Shape(form_of(json, format_, output), html, limit)
    show_history(settings, history_sql(table, key or [], where=where), table, snapshot, shape)


def sql(
    context: typer.Context,
    query: Annotated[str, typer.Argument(help="SQL over tables and `<table>__history`")],
    timeout: Annotated[
        float, typer.Option(min=0, help="Seconds that an answer may take; 0: no limit")
    ] = SQL_S,
    as_of: AsOf = None,
    version: Versions = None,
    release: Release = None,
    working: Working = False,
    json: Json = False,
    format_: Format = None,
    output: Output = None,
) -> None:
    """Ask the store in SQL (DuckDB). Tables show current rows, `<table>__history` all revisions."""
    from flows.cli.output import show_query
    from flows.core.query.time_travel import Wanted, chosen
    from flows.core.settings import Settings

    settings = Settings.load(context.obj)
    snapshot = chosen(settings, Wanted(as_of, release, working, version or ()))
    show_query(settings, query, snapshot, form_of(json, format_, output), timeout)


Side = Annotated[
    str,
    typer.Argument(
        help="Release (R...), version (v3), time, `now` (the current release), or `working`"
    ),
]
Html = Annotated[Path | None, typer.Option(help="Write a self-contained page to this file")]


def diff(
    context: typer.Context,
    table: Annotated[str, typer.Argument(help="Name of a table, or `all`")],
    a: Side,
    b: Side,
    html: Html = None,
    limit: Annotated[int, typer.Option(min=1, help="Lines shown at most")] = 200,
    json: Json = False,
    format_: Format = None,
    output: Output = None,
) -> None:
    """What differs between two releases, versions or times, by key and column."""
    from flows.cli.show.data import Shape, show_diff
    from flows.core.settings import Settings

    settings = Settings.load(context.obj)
    show_diff(settings, table, (a, b), Shape(form_of(json, format_, output), html, limit))
