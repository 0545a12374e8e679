"""Commands that publish releases and keep the store in order: publish, vacuum."""

from __future__ import annotations

from typing import Annotated

import typer

from flows.cli_run import Json

Keep = Annotated[
    int | None,
    typer.Option(
        min=1,
        help="Newest releases to keep, beside each month's first [env: CARBONMART_KEEP_RELEASES]",
    ),
]


def register(app: typer.Typer) -> None:
    """Add the commands to the application."""
    app.command()(publish)
    app.command()(vacuum)


def publish(
    context: typer.Context,
    release: Annotated[
        str | None, typer.Argument(help="A release; the current one if none")
    ] = None,
    keep: Keep = None,
    json: Json = False,
) -> None:
    """Write a release as files for any tool.

    Plain Parquet, a data package, the data dictionary, and one DuckDB file.
    """
    from flows import output, publish_report, publishing
    from flows.settings import Settings
    from warehouse.publication.publish import PublicationError
    from warehouse.store.home import open_home

    settings = Settings.load(context.obj)
    home = open_home(settings.home, None)
    try:
        done = publishing.publish(home, settings, release, keep=keep)
    except PublicationError as error:
        typer.echo(f"carbonmart: {error}", err=True)
        raise typer.Exit(5) from None
    if json:
        output.print_json(publish_report.as_document(done))
        return
    for line in publish_report.in_words(done):
        typer.echo(line)


def vacuum(
    context: typer.Context,
    dry_run: Annotated[bool, typer.Option(help="Say what it would do; change nothing")] = False,
    keep: Keep = None,
    grace_hours: Annotated[
        int, typer.Option(min=1, help="Leave what was in use within so many hours")
    ] = 24,
    json: Json = False,
) -> None:
    """Join small files, remove those not needed.

    What a kept release reads stays, and no row is ever lost.
    """
    from datetime import timedelta

    from flows import output, upkeep
    from flows.settings import Settings
    from warehouse.maintenance import vacuum as run
    from warehouse.store.home import open_home
    from warehouse.store.store import Warehouse

    settings = Settings.load(context.obj)
    done = run(
        Warehouse(open_home(settings.home, None).path),
        keep=keep or settings.keep_releases,
        grace=timedelta(hours=grace_hours),
        is_dry=dry_run,
    )
    if json:
        output.print_json(upkeep.as_document(done))
        return
    output.show_rows(upkeep.as_rows(done), empty="no tables yet")
    for line in upkeep.in_words(done):
        typer.echo(line, err=True)
