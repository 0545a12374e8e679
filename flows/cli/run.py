"""Commands that run the pipeline: refresh, ingest, sources.

The `serve` command: the schedule on one machine.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from flows.cli.options import Format, Json, Output, Sources, Until, form_of


def register(app: typer.Typer) -> None:
    """Add the commands to the application."""
    app.command()(refresh)
    app.command()(ingest)
    app.command()(sources)
    app.command()(serve)


def refresh(
    context: typer.Context,
    sources: Sources = None,
    sample: Annotated[bool, typer.Option(help="Read the embedded sample sources")] = False,
    until: Until = None,
    dry_run: Annotated[bool, typer.Option(help="Say what it would do; ask nobody")] = False,
    prefect: Annotated[
        bool | None,
        typer.Option(help="Run as Prefect flows [default: if PREFECT_API_URL is set]"),
    ] = None,
    json: Json = False,
) -> None:
    """The nightly job, once, now."""
    from flows.cli import output
    from flows.core.logs import logged
    from flows.core.query.format import parse_day
    from flows.jobs.dry_run import plan
    from flows.jobs.nightly import UsageError, run_watched
    from flows.jobs.nightly import refresh as run
    from flows.jobs.start import wants_prefect

    settings = logged(context.obj)
    if until and not sample:
        raise UsageError("--until goes with --sample: live sources have no other day than today")
    day = parse_day(until) if until else None
    if dry_run:
        rows = plan(settings, sources or (), is_sample=sample, until=day)
        output.show_rows(rows, output.JSON if json else output.TABLE)
        return
    runner = run_watched
    if wants_prefect(prefect):
        from flows.jobs.prefect.nightly import run_under_prefect as runner
    with output.progress_bars(is_shown=not json) as progress:
        report = run(
            settings,
            sources or (),
            is_sample=sample,
            until=day,
            progress=progress,
            runner=runner,
        )
    output.show_report(report, as_json=json)
    raise typer.Exit(report.exit_code)


def ingest(
    context: typer.Context,
    files: Annotated[list[Path], typer.Argument(help="Saved pages (.html with --url) or WARCs")],
    url: Annotated[
        list[str] | None, typer.Option(help="Address a page was saved from; once for each page")
    ] = None,
    saved_at: Annotated[
        list[str] | None,
        typer.Option(
            help="When the pages were saved: once for all, or once for each "
            "[default: the file's own time]"
        ),
    ] = None,
    json: Json = False,
) -> None:
    """Take pages saved by a person down the same road as fetched ones."""
    from flows.cli import output
    from flows.core.logs import logged
    from flows.core.query.time_travel import parse_moment
    from flows.jobs.ingest import ingest as run

    times = [parse_moment(text) for text in saved_at or ()]
    report = run(logged(context.obj), files, url or (), times)
    output.show_report(report, as_json=json)
    raise typer.Exit(report.exit_code)


def sources(
    context: typer.Context, json: Json = False, format_: Format = None, output: Output = None
) -> None:
    """What is configured: publishers, hosts, pace, cadence, terms, and what is unproven."""
    from flows.cli.output import show_records
    from flows.core.settings import Settings
    from flows.core.sources import declaration, names, switched_off
    from schemas.registry import IncompleteSource

    settings = Settings.load(context.obj)
    rows: list[dict[str, Any]] = []
    for name in names():
        try:
            source = declaration(name)
        except IncompleteSource as error:
            rows.append({"source": name, "is_enabled": False, "unproven": [str(error)]})
            continue
        rows.append(
            {
                "source": source.name,
                "title": source.title,
                "publisher": source.publisher,
                "hosts": list(source.hosts),
                "requests_per_second": settings.pace(source.rate_per_second),
                "pages_per_day": settings.page_budget_per_day or source.page_budget_per_day,
                "timezone": source.timezone,
                "cadence": source.cadence,
                "reread_days": source.reread_days,
                "is_enabled": not switched_off(name, settings),
                "is_on_by_default": source.is_on_by_default,
                "parser_version": source.parser_version,
                "terms": source.terms,
                "unproven": list(source.unproven),
            }
        )
    show_records(rows, form_of(json, format_, output))


def serve(
    context: typer.Context,
    port: Annotated[
        int, typer.Option(help="Of the Prefect server, started if PREFECT_API_URL is not set")
    ] = 4200,
    sample: Annotated[bool, typer.Option(help="Read the embedded sample sources")] = False,
    until: Until = None,
) -> None:
    """The schedule (Prefect), in this process, until it is stopped."""
    from flows.core.errors import UsageError
    from flows.core.query.format import parse_day
    from flows.core.settings import Settings
    from flows.jobs.prefect.serve import serve as run

    if until and not sample:
        raise UsageError("--until goes with --sample: live sources have no other day than today")
    day = parse_day(until) if until else None
    run(Settings.load(context.obj), port=port, is_sample=sample, until=day)
