"""Commands that watch, and mend what they find: check, repair, doctor, config.

The command that holds all figures against one another: reconcile.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from flows.cli.options import (
    AsOf,
    Format,
    Json,
    Output,
    Release,
    Sources,
    Until,
    Working,
    form_of,
)

if TYPE_CHECKING:
    from flows.core.settings import Settings


def register(app: typer.Typer) -> None:
    """Add the commands to the application."""
    for command in (check, repair, reconcile, doctor, config):
        app.command()(command)


def check(
    context: typer.Context,
    sources: Sources = None,
    until: Annotated[
        str | None, typer.Option(help="In a sample store: the day its world has come to")
    ] = None,
    tell: Annotated[
        bool,
        typer.Option(help="Open and close incidents, notify, write metrics; --no-tell only looks"),
    ] = True,
    bytes_: Annotated[
        bool,
        typer.Option(
            "--bytes", help="Compare archive, index, tables and published files with their digests"
        ),
    ] = False,
    json: Json = False,
    format_: Format = None,
    output: Output = None,
) -> None:
    """Freshness, coverage, identities, quarantine, gates, disk: what somebody has to look at."""
    from flows.cli import output as out
    from flows.core.logs import logged
    from flows.core.query.format import parse_day
    from flows.core.query.time_travel import working
    from flows.jobs.monitor import watch
    from flows.jobs.report import monitor as watch_report

    settings, form = logged(context.obj), form_of(json, format_, output)
    if bytes_:
        _check_bytes(settings, json=json)
    day = parse_day(until) if until else None
    watched = watch(settings, sources or (), until=day, tells=tell)
    snapshot = working(watched.look.context.warehouse)
    if form == out.JSON:
        out.print_json({**watch_report.as_json(watched), "rows": snapshot.as_dict()})
    else:
        out.name_rows(snapshot, form)
        out.show_rows(watch_report.as_rows(watched), form)
        sys.stderr.write("".join(f"{line}\n" for line in watch_report.notes(watched)))
    raise typer.Exit(watched.exit_code)


def _check_bytes(settings: Settings, *, json: bool) -> None:
    """All bytes; exit code 5 where some are not what was written."""
    from dataclasses import asdict

    from flows.cli import output
    from flows.stages.monitor.damage import damages
    from warehouse.store.home import open_home

    found = list(damages(open_home(settings.home, None)))
    if json:
        output.print_json({"damages": [asdict(damage) for damage in found]})
    else:
        for damage in found:
            typer.echo(str(damage))
        typer.echo(f"{len(found)} files are not what was written", err=True)
    raise typer.Exit(5 if found else 0)


def repair(
    context: typer.Context,
    yes: Annotated[
        bool, typer.Option("--yes", help="Do it; else only say what would be done")
    ] = False,
    json: Json = False,
) -> None:
    """Make index, tables, releases and published files anew where bytes are damaged.

    Says first what it would do; and afterwards what it could not.
    """
    from dataclasses import asdict

    from flows.cli import output
    from flows.core.logs import logged
    from flows.jobs.repair import repair as repair_home

    done = repair_home(logged(context.obj), is_dry=not yes)
    if json:
        output.print_json(
            {
                "found": [asdict(damage) for damage in done.found],
                "is_dry": done.is_dry,
                "done": done.done,
                "left": done.left,
            }
        )
    else:
        for damage in done.found:
            typer.echo(str(damage))
        for what in done.done:
            typer.echo(f"{'would ' if done.is_dry else ''}{what}")
        for what in done.left:
            typer.echo(f"not repaired: {what}")
        if done.is_dry and done.done:
            typer.echo("`carbonmart repair --yes` does it", err=True)
    raise typer.Exit(5 if (done.found if done.is_dry else done.left) else 0)


def doctor(
    context: typer.Context,
    sources: Sources = None,
    sample: Annotated[bool, typer.Option(help="Look at the embedded sample sources")] = False,
    until: Until = None,
    json: Json = False,
) -> None:
    """Whether each source answers, robots allows, and the parse works; leaves no trace."""
    from flows.cli import output
    from flows.core.logs import logged
    from flows.core.query.format import parse_day
    from flows.jobs.doctor import report as doctor_report
    from flows.jobs.doctor.doctor import examine
    from flows.jobs.start import no_sample, sample_world, who_asks

    settings = logged(context.obj)
    day = parse_day(until) if until else None
    who_asks(settings, is_sample=sample, until=day)
    with sample_world(day) if sample else no_sample() as world:
        checkups = []
        for checkup in examine(settings, sources or (), world):
            checkups.append(checkup)
            if not json:
                output.show_rows(doctor_report.as_rows(checkup))
                sys.stderr.write("".join(f"{line}\n" for line in doctor_report.notes(checkup)))
    if json:
        output.print_json(doctor_report.as_json(checkups))
    raise typer.Exit(doctor_report.exit_code(checkups))


def config(
    context: typer.Context, json: Json = False, format_: Format = None, output: Output = None
) -> None:
    """Every setting, its value and where that comes from. Secrets are not shown."""
    from flows.cli.output import show_rows
    from flows.core.settings import rows_of

    show_rows(rows_of(context.obj), form_of(json, format_, output))


def reconcile(
    context: typer.Context,
    sources: Sources = None,
    as_of: AsOf = None,
    release: Release = None,
    working: Working = False,
    html: Annotated[Path | None, typer.Option(help="Write all findings to this page")] = None,
    json: Json = False,
    format_: Format = None,
    output: Output = None,
) -> None:
    """All checks of figures against figures, over everything: sums, chains, sources, marts."""
    from flows.cli import output as out
    from flows.core.query.html_table import write_table
    from flows.core.query.time_travel import Wanted, chosen
    from flows.core.settings import Settings
    from flows.stages.checks import reconcile as reconciling

    settings = Settings.load(context.obj)
    form = form_of(json, format_, output)
    snapshot = chosen(settings, Wanted(as_of, release, working))
    asked = reconciling.reconcile(settings, snapshot, sources or (), books=not (as_of or release))
    documents = reconciling.as_documents(asked)
    if html is not None:
        broken = sum(one.verdict == "fail" for one in asked)
        warned = sum(one.verdict == "warn" for one in asked)
        told = f"{len(asked)} checks: {len(asked) - broken - warned} passed, {warned} warn, "
        notes = [f"Rows: {snapshot.label}.", f"{told}{broken} failed."]
        colours = {"pass": "ADD", "fail": "DEL"}
        classes = [colours.get(row["verdict"], "MOD") for row in documents]
        write_table(html, "Reconciliation", notes, documents, classes)
        typer.echo(f"written to {html}", err=True)
    out.name_rows(snapshot, form)
    rows = reconciling.as_rows(asked) if form.is_table else documents
    out.show_rows(rows, form, empty="no table to check yet")
    out.mark_simulated(settings)
    raise typer.Exit(reconciling.exit_code(asked))
