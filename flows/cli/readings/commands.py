"""Commands for the figures that people read: readings suggest, readings check."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from flows.cli.options import Format, Json, Limit, Output, form_of

FATES = ("unclaimed", "unknown_words", "no_period", "doubted")
"""What a person may read after all."""


def register(app: typer.Typer) -> None:
    """Add the commands to the application."""
    group = typer.Typer(help="Figures of prose that people read: readings.yml.")
    for command in (suggest, check):
        group.command()(command)
    app.add_typer(group, name="readings")


def suggest(
    context: typer.Context,
    source: Annotated[str | None, typer.Argument(help="Name of a source; all if none")] = None,
    fate: Annotated[
        list[str] | None, typer.Option(help=f"One of {', '.join(FATES)}; repeatable")
    ] = None,
    limit: Limit = 50,
    lines: Annotated[
        bool, typer.Option("--jsonl", help="JSON Lines, for other tools and colleagues")
    ] = False,
) -> None:
    """Stanzas for readings.yml: the figures that the grammar left, to be filled in by a person."""
    from flows.cli.readings.stanzas import suggested
    from flows.core.settings import Settings

    typer.echo(
        suggested(Settings.load(context.obj), source, fate or list(FATES), limit, as_lines=lines),
        nl=False,
    )


def check(
    context: typer.Context,
    file: Annotated[
        Path | None, typer.Argument(help="YAML or JSON Lines [default: the home's readings]")
    ] = None,
    json: Json = False,
    format_: Format = None,
    output: Output = None,
) -> None:
    """Hold readings against their rules and the texts that are loaded: which apply, which not."""
    from flows.cli.readings.stanzas import checked
    from flows.core.settings import Settings

    settings, form = Settings.load(context.obj), form_of(json, format_, output)
    if not checked(settings, file, form):
        raise typer.Exit(5)
