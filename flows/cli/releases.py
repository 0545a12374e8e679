"""Commands that publish releases and keep the store in order: publish, vacuum.

Commands about releases: releases, rollback, suggest-gates.
"""

from __future__ import annotations

from typing import Annotated

import typer

from flows.cli.options import Format, Json, Output, form_of

Keep = Annotated[
    int | None,
    typer.Option(
        min=1,
        help="Newest releases to keep, beside each month's first [env: CARBONMART_KEEP_RELEASES]",
    ),
]


def register(app: typer.Typer) -> None:
    """Add the commands to the application."""
    app.command()(releases)
    app.command()(rollback)
    app.command("suggest-gates")(suggest_gates)
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
    from flows.cli import output
    from flows.core.settings import Settings
    from flows.jobs.report import release as publish_report
    from flows.stages.release import publish as publishing
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
    else:
        for line in publish_report.in_words(done):
            typer.echo(line)
    raise typer.Exit(3 if done.carried else 0)


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

    from flows.cli import output
    from flows.core.settings import Settings
    from flows.jobs.report import maintenance as upkeep
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


def releases(
    context: typer.Context,
    release: Annotated[str | None, typer.Argument(help="Show one, table by table")] = None,
    limit: Annotated[int, typer.Option(min=1, help="Latest releases at most")] = 20,
    json: Json = False,
    format_: Format = None,
    output: Output = None,
) -> None:
    """Releases: what readers see, since when, and what is stale in it."""
    from flows.cli.output import show_rows
    from flows.core.settings import Settings
    from flows.stages.release.release_rows import list_rows, table_rows

    settings, form = Settings.load(context.obj), form_of(json, format_, output)
    rows = table_rows(settings, release) if release else list_rows(settings, limit)
    show_rows(rows, form, empty="no release yet: `carbonmart refresh` makes one")


def rollback(
    context: typer.Context,
    release: Annotated[str, typer.Argument(help="Release to go back to; see `releases`")],
    json: Json = False,
) -> None:
    """Let readers see an earlier release again; deletes nothing, a later one brings it back."""
    from flows.cli import output
    from flows.core.settings import Settings
    from flows.jobs.report.release import in_words
    from flows.stages.release.publish import publish
    from flows.stages.release.release_rows import opened, table_rows
    from warehouse.store.home import open_home
    from warehouse.store.releases import rollback as roll

    settings = Settings.load(context.obj)
    made = roll(opened(settings), release)
    typer.echo(f"{made.release_id} is current: the versions of {release}", err=True)
    for line in in_words(publish(open_home(settings.home, None), settings, made.release_id)):
        typer.echo(line, err=True)
    rows = table_rows(settings, made.release_id)
    output.show_rows(rows, output.JSON if json else output.TABLE)


def suggest_gates(
    context: typer.Context,
    tables: Annotated[list[str] | None, typer.Argument(help="Tables; all of data if none")] = None,
    json: Json = False,
) -> None:
    """Gates that the present data would pass with some room, in the form of gates.yml."""
    from flows.cli import output
    from flows.core.query.time_travel import working
    from flows.core.settings import Settings
    from flows.stages.release.release_rows import opened
    from flows.stages.release.suggest_gates import as_yaml, suggestions

    settings = Settings.load(context.obj)
    found = suggestions(settings, tables or ())
    output.name_rows(working(opened(settings)), output.JSON)
    if json:
        output.print_json(found)
    else:
        typer.echo(as_yaml(found), nl=False)
