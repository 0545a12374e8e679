"""The commands under `bi`: what opens the published file in a BI tool."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from flows.cli_run import Json

bi = typer.Typer(
    name="bi",
    help="Bundles that open the published DuckDB file in a BI tool.",
    no_args_is_help=True,
    rich_markup_mode=None,
)


def register(app: typer.Typer) -> None:
    """Add the commands to the application."""
    bi.command()(superset)
    bi.callback()(_group)
    app.add_typer(bi)


def _group() -> None:
    """Bundles that open the published DuckDB file in a BI tool."""


def superset(
    context: typer.Context,
    output: Annotated[
        Path | None, typer.Option(help="File to write [default: carbonmart-superset.zip]")
    ] = None,
    database: Annotated[
        str | None,
        typer.Option(help="Path of carbonmart.duckdb as Superset sees it, in a container say"),
    ] = None,
    json: Json = False,
) -> None:
    """Write a bundle for `superset import-dashboards`: datasets, metrics, charts, dashboard."""
    from flows import output as out
    from flows.reports.superset.bundle import write_bundle
    from flows.settings import Settings

    written = write_bundle(Settings.load(context.obj), output, database)
    for chart, tables in written.bundle.left_out.items():
        typer.echo(f"left out: {chart} (not published: {tables})", err=True)
    if json:
        out.print_json(written.as_document())
        return
    typer.echo(
        f"{written.path}: a dashboard of {len(written.bundle.charts)} charts on "
        f"{len(written.bundle.datasets)} datasets of {written.database}"
    )
