"""Commands that look at data: tables, show, history, sql, quarantine."""

from __future__ import annotations

from typing import Annotated

import typer

from flows.cli_run import Json

TableName = Annotated[str, typer.Argument(help="Name of a table; see `carbonmart tables`")]
Limit = Annotated[int, typer.Option(min=1, help="Rows at most")]


def register(app: typer.Typer) -> None:
    """Add the commands to the application."""
    for command in (tables, show, history, sql, quarantine):
        app.command()(command)


def tables(context: typer.Context, json: Json = False) -> None:
    """Tables of the store: rows, versions, size, last change."""
    from flows import output
    from flows.settings import Settings

    output.show_tables(Settings.load(context.obj), as_json=json)


def show(
    context: typer.Context,
    table: TableName,
    where: Annotated[str | None, typer.Option(help="SQL condition")] = None,
    columns: Annotated[str | None, typer.Option(help="Names, comma-separated; `all`")] = None,
    limit: Limit = 20,
    json: Json = False,
) -> None:
    """Current rows of a table, the newest last."""
    from flows import output
    from flows.query import show_sql
    from flows.settings import Settings

    settings = Settings.load(context.obj)
    query = show_sql(table, where=where, columns=columns, limit=limit)
    output.show_query(settings, query, as_json=json, is_wide=columns is None)


def history(
    context: typer.Context,
    table: TableName,
    key: Annotated[list[str] | None, typer.Argument(help="Key values, e.g. day 2024-06-25")] = None,
    where: Annotated[str | None, typer.Option(help="SQL condition")] = None,
    limit: Limit = 50,
    json: Json = False,
) -> None:
    """All revisions of the rows of a key, the oldest first."""
    from flows import output
    from flows.query import history_sql
    from flows.settings import Settings

    settings = Settings.load(context.obj)
    query = history_sql(table, key or [], where=where, limit=limit)
    output.show_query(settings, query, as_json=json, is_wide=True)


def sql(
    context: typer.Context,
    query: Annotated[str, typer.Argument(help="SQL over tables and `<table>__history`")],
    json: Json = False,
) -> None:
    """Ask the store in SQL (DuckDB). Tables show current rows, `<table>__history` all revisions."""
    from flows import output
    from flows.settings import Settings

    output.show_query(Settings.load(context.obj), query, as_json=json)


def quarantine(
    context: typer.Context,
    identity: Annotated[str | None, typer.Argument(help="Show one, by its id")] = None,
    all_: Annotated[bool, typer.Option("--all", help="Released ones too")] = False,
    json: Json = False,
) -> None:
    """What was refused, by which rule, and from which bytes."""
    from flows import output
    from flows.query import quarantine_sql
    from flows.settings import Settings

    settings = Settings.load(context.obj)
    query = quarantine_sql(identity, with_released=all_)
    if identity:
        output.show_query_as_records(settings, query, as_json=json)
    else:
        output.show_query(settings, query, as_json=json)
