"""The `serve` command: the schedule on one machine."""

from __future__ import annotations

from typing import Annotated

import typer

from flows.cli_run import Until


def register(app: typer.Typer) -> None:
    """Add the command to the application."""
    app.command()(serve)


def serve(
    context: typer.Context,
    port: Annotated[
        int, typer.Option(help="Of the Prefect server, started if PREFECT_API_URL is not set")
    ] = 4200,
    sample: Annotated[bool, typer.Option(help="Read the embedded sample sources")] = False,
    until: Until = None,
) -> None:
    """The schedule (Prefect), in this process, until it is stopped."""
    from flows.output import parse_day
    from flows.serving import serve as run
    from flows.settings import Settings
    from flows.usage import UsageError

    if until and not sample:
        raise UsageError("--until goes with --sample: live sources have no other day than today")
    day = parse_day(until) if until else None
    run(Settings.load(context.obj), port=port, is_sample=sample, until=day)
