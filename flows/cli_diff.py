"""The command `diff`: what differs between two states of a table, or of all."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from flows.cli_run import Json

Side = Annotated[str, typer.Argument(help="Release (R...), version (v3), time, or `now`")]
Html = Annotated[Path | None, typer.Option(help="Write a self-contained page to this file")]


def register(app: typer.Typer) -> None:
    """Add the command to the application."""
    app.command()(diff)


def diff(
    context: typer.Context,
    table: Annotated[str, typer.Argument(help="Name of a table, or `all`")],
    a: Side,
    b: Side,
    html: Html = None,
    limit: Annotated[int, typer.Option(min=1, help="Lines shown at most")] = 200,
    json: Json = False,
) -> None:
    """What differs between two releases, versions or times, by key and column."""
    from flows.lineage.diff import show_diff
    from flows.settings import Settings

    settings = Settings.load(context.obj)
    show_diff(settings, table, a, b, html=html, limit=limit, as_json=json)
