"""The command `catalog`: the store as a small static site."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from flows.cli_run import Json


def register(app: typer.Typer) -> None:
    """Add the command to the application."""
    app.command()(catalog)


def catalog(
    context: typer.Context,
    output: Annotated[
        Path | None,
        typer.Option(help="Folder to write to [default: catalog, beside the published releases]"),
    ] = None,
    json: Json = False,
) -> None:
    """Write the catalog: a small static site of tables, coverage, runs, checks, releases."""
    from flows import output as out
    from flows.reports.catalog.site import write_catalog
    from flows.settings import Settings

    site = write_catalog(Settings.load(context.obj), output)
    if json:
        out.print_json({"folder": str(site.folder), **site.document})
        return
    typer.echo(f"{len(site.pages)} pages in {site.folder}: open {site.folder / 'index.html'}")
