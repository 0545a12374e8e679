"""Commands that go back to the bytes: trace, quarantine, corrections, replay."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from flows.cli.options import (
    AsOf,
    DaskAddress,
    Format,
    Json,
    Output,
    Release,
    Sources,
    TableName,
    TaskRunner,
    Workers,
    Working,
    form_of,
)


def register(app: typer.Typer) -> None:
    """Add the commands to the application."""
    for command in (trace, quarantine, corrections, replay, withdraw):
        app.command()(command)


def trace(
    context: typer.Context,
    table: TableName,
    cell: Annotated[
        list[str],
        typer.Argument(
            metavar="KEY... COLUMN",
            help="Values of the key in order (or col=value), then the column",
        ),
    ],
    html: Annotated[
        Path | None, typer.Option(help="Write the archived page, the words marked, to this file")
    ] = None,
    open_: Annotated[bool, typer.Option("--open", help="Open that page in the browser")] = False,
    as_of: AsOf = None,
    release: Release = None,
    working: Working = False,
    json: Json = False,
) -> None:
    """From a cell back to the words, the page and the archived bytes it came from."""
    from flows.cli.show.lineage import TracePage, show_trace
    from flows.core.query.time_travel import Wanted, chosen
    from flows.core.settings import Settings

    settings = Settings.load(context.obj)
    snapshot = chosen(settings, Wanted(as_of, release, working))
    show_trace(settings, [table, *cell], snapshot, TracePage(html, open_), as_json=json)


def quarantine(
    context: typer.Context,
    ids: Annotated[list[str] | None, typer.Argument(help="Show these, with their bytes")] = None,
    replay: Annotated[
        bool, typer.Option("--replay", help="Read open ones again; release what is understood")
    ] = False,
    all_: Annotated[bool, typer.Option("--all", help="Released ones too")] = False,
    json: Json = False,
    format_: Format = None,
    output: Output = None,
) -> None:
    """What was refused, by which rule, and from which bytes."""
    from flows.cli.show.lineage import replay_quarantine, show_quarantine
    from flows.core.logs import logged

    settings = logged(context.obj)
    form = form_of(json, format_, output)
    if replay:
        raise typer.Exit(replay_quarantine(settings, ids or [], as_json=json))
    show_quarantine(settings, ids or [], form, with_released=all_)


def corrections(
    context: typer.Context, json: Json = False, format_: Format = None, output: Output = None
) -> None:
    """The corrections of corrections.yml: which still bite, which are obsolete."""
    from flows.cli.show.lineage import show_corrections
    from flows.core.settings import Settings

    show_corrections(Settings.load(context.obj), form_of(json, format_, output))


def withdraw(
    context: typer.Context,
    run: Annotated[
        list[str] | None,
        typer.Option(help="Also what this run wrote, by a clock that was behind; repeatable"),
    ] = None,
    apply: Annotated[
        bool, typer.Option("--apply", help="Do it; without this it is only named")
    ] = False,
    json: Json = False,
) -> None:
    """Take back what a wrong clock wrote: captures, runs and days that claim to be to come."""
    from flows.cli import output
    from flows.core.logs import logged
    from flows.jobs.withdraw import plan
    from flows.jobs.withdraw import withdraw as run_withdraw

    settings = logged(context.obj)
    if not apply:
        rows = plan(settings, run or ()).as_rows()
        form = output.JSON if json else output.TABLE
        output.show_rows(rows, form, empty="nothing claims to be of the future")
        if rows and not json:
            typer.echo("--apply withdraws it; look at this machine's clock first", err=True)
        return
    report = run_withdraw(settings, run or ())
    output.show_report(report, as_json=json)
    raise typer.Exit(report.exit_code)


def replay(
    context: typer.Context,
    sources: Sources = None,
    rebuild_index: Annotated[
        bool, typer.Option(help="First make the archive's index anew from its WARC files")
    ] = False,
    task_runner: TaskRunner = "threads",
    dask_address: DaskAddress = "",
    workers: Workers = 0,
    json: Json = False,
) -> None:
    """Rebuild rows from the archive, with no network."""
    from flows.cli.show.lineage import run_replay
    from flows.core.logs import logged
    from flows.jobs.executors import known_kind, readers

    with readers(known_kind(task_runner), dask_address=dask_address, workers=workers) as reading:
        code = run_replay(
            logged(context.obj),
            sources or [],
            is_rebuilt=rebuild_index,
            as_json=json,
            readers=reading,
        )
    raise typer.Exit(code)
