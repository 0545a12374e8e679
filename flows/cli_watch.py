"""Commands that watch: check, doctor, config."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from flows.cli_run import Json, Sources


def register(app: typer.Typer) -> None:
    """Add the commands to the application."""
    for command in (check, config):
        app.command()(command)


def check(
    context: typer.Context,
    sources: Sources = None,
    until: Annotated[
        str | None, typer.Option(help="In a sample store: the day its world has come to")
    ] = None,
    tell: Annotated[
        bool,
        typer.Option(help="Open and close incidents, notify, write metrics; --no-tell only looks"),
    ] = True,
    json: Json = False,
) -> None:
    """Freshness, coverage, identities, quarantine, gates, disk: what somebody has to look at."""
    from flows import output, watch_report
    from flows.logs import logged
    from flows.watch import watch

    settings = logged(context.obj)
    day = output.parse_day(until) if until else None
    watched = watch(settings, sources or (), until=day, tells=tell)
    if json:
        output.print_json(watch_report.as_json(watched))
    else:
        output.show_rows(watch_report.as_rows(watched))
        sys.stderr.write("".join(f"{line}\n" for line in watch_report.notes(watched)))
    raise typer.Exit(watched.exit_code)


def config(context: typer.Context, json: Json = False) -> None:
    """Every setting, its value and where that comes from. Secrets are not shown."""
    from flows import output
    from flows.configuring import rows_of

    output.show_rows(rows_of(context.obj), as_json=json)
