"""The `backfill` command: past periods again."""

from __future__ import annotations

from typing import Annotated

import typer

from flows.cli.options import DaskAddress, Json, TaskRunner, Until, Workers


def register(app: typer.Typer) -> None:
    """Add the command to the application."""
    app.command()(backfill)


def backfill(
    context: typer.Context,
    source: Annotated[str, typer.Argument(help="Name of a source")],
    first: Annotated[str, typer.Option("--from", help="First day, YYYY-MM-DD")],
    last: Annotated[str, typer.Option("--to", help="Last day, YYYY-MM-DD")],
    missing_only: Annotated[
        bool, typer.Option(help="Only pages that are not held, of partitions not done before")
    ] = False,
    reparse: Annotated[
        bool, typer.Option(help="Ask nobody: read the archived pages of these days again")
    ] = False,
    dry_run: Annotated[
        bool, typer.Option(help="Say which pages, and how long at the polite rate; ask nobody")
    ] = False,
    sample: Annotated[bool, typer.Option(help="Read the embedded sample source")] = False,
    until: Until = None,
    task_runner: TaskRunner = "threads",
    dask_address: DaskAddress = "",
    workers: Workers = 0,
    prefect: Annotated[
        bool | None,
        typer.Option(help="Run as Prefect flows [default: if PREFECT_API_URL is set]"),
    ] = None,
    json: Json = False,
) -> None:
    """Past periods: ask again, fetch what is missing, or read the archive again.

    Killed, it is taken up where it was by the same command.
    """
    from flows.cli import output
    from flows.core.errors import UsageError
    from flows.core.logs import logged
    from flows.core.query.format import parse_day
    from flows.jobs.backfill import report as backfill_report
    from flows.jobs.backfill.backfill import Conduct, run_watched
    from flows.jobs.backfill.backfill import backfill as run
    from flows.jobs.backfill.ledger import Order
    from flows.jobs.backfill.plan import in_words, plan
    from flows.jobs.executors import known_kind, readers
    from flows.jobs.start import wants_prefect

    settings = logged(context.obj)
    if missing_only and reparse:
        raise UsageError("--missing-only asks for pages and --reparse asks nobody: give one")
    if until and not sample:
        raise UsageError("--until goes with --sample: live sources have no other day than today")
    order = Order(
        source,
        parse_day(first),
        parse_day(last),
        "reparse" if reparse else "missing" if missing_only else "all",
    )
    day = parse_day(until) if until else None
    if dry_run:
        rows = plan(settings, order, is_sample=sample, until=day)
        if not json:
            rows = [{k: v for k, v in row.items() if k != "addresses"} for row in rows]
        output.show_rows(rows, output.JSON if json else output.TABLE)
        if told := in_words(rows):
            typer.echo(told, err=True)
        return
    runner = run_watched
    if wants_prefect(prefect):
        from flows.jobs.prefect.backfill import run_under_prefect as runner
    with (
        readers(known_kind(task_runner), dask_address=dask_address, workers=workers) as reading,
        output.progress_bars(is_shown=not json) as progress,
    ):
        report = run(
            settings,
            order,
            is_sample=sample,
            until=day,
            conduct=Conduct(progress, readers=reading, runner=runner),
        )
    if json:
        output.print_json(backfill_report.as_json(report))
    else:
        output.show_rows(backfill_report.as_rows(report))
        output.show_report(report)
    raise typer.Exit(report.exit_code)
