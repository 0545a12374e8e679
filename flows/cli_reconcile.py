"""The command that holds all figures against one another: reconcile."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from flows.cli_data import AsOf, Release
from flows.cli_run import Json, Sources


def register(app: typer.Typer) -> None:
    """Add the command to the application."""
    app.command()(reconcile)


def reconcile(
    context: typer.Context,
    sources: Sources = None,
    as_of: AsOf = None,
    release: Release = None,
    html: Annotated[Path | None, typer.Option(help="Write all findings to this page")] = None,
    json: Json = False,
) -> None:
    """All checks of figures against figures, over everything: sums, chains, sources, marts."""
    from flows import output, reconciling
    from flows.pages import write_table
    from flows.points import chosen
    from flows.settings import Settings

    settings = Settings.load(context.obj)
    point = chosen(settings, as_of=as_of, versions=None, release=release)
    asked = reconciling.reconcile(settings, point, sources or ())
    documents = reconciling.as_documents(asked)
    if html is not None:
        broken = sum(one.verdict == "fail" for one in asked)
        warned = sum(one.verdict == "warn" for one in asked)
        told = f"{len(asked)} checks: {len(asked) - broken - warned} passed, {warned} warn, "
        notes = [f"As of {point.label}.", f"{told}{broken} failed."]
        colours = {"pass": "ADD", "fail": "DEL"}
        classes = [colours.get(row["verdict"], "MOD") for row in documents]
        write_table(html, "Reconciliation", notes, documents, classes)
        typer.echo(f"written to {html}", err=True)
    if json:
        output.print_json(documents)
    else:
        output.show_rows(reconciling.as_rows(asked), empty="no table to check yet")
        output.mark_simulated(settings)
    raise typer.Exit(reconciling.exit_code(asked))
