"""The command that writes the market report: brief.

The command `catalog`: the store as a small static site.

The command `mcp`: the release for a language model.

The commands under `bi`: what opens the published file in a BI tool.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from flows.cli.options import AsOf, Json, Release, Working


def register(app: typer.Typer) -> None:
    """Add the command to the application."""
    app.command()(brief)
    app.command()(catalog)
    app.command()(mcp)
    bi.command()(superset)
    bi.callback()(_group)
    app.add_typer(bi)


def brief(
    context: typer.Context,
    year: Annotated[int, typer.Option(help="The year it is about")],
    quarter: Annotated[int | None, typer.Option(min=1, max=4, help="One quarter of it")] = None,
    lang: Annotated[str, typer.Option(help="Language: zh or en")] = "zh",
    as_of: AsOf = None,
    release: Release = None,
    working: Working = False,
    output: Annotated[
        Path | None, typer.Option(help="File to write [default: brief-YEAR-LANG.html]")
    ] = None,
    json: Json = False,
) -> None:
    """The market report of a year or quarter, as one HTML file.

    Self-contained and printable; every figure leads to its source, quote and digest.
    """
    from flows.cli import output as out
    from flows.core.query.time_travel import Wanted, chosen
    from flows.core.settings import Settings
    from flows.reports.brief.brief import write_brief
    from flows.reports.brief.facts import ReportSpan

    settings = Settings.load(context.obj)
    snapshot = chosen(settings, Wanted(as_of, release, working))
    path = write_brief(settings, ReportSpan(year, quarter), lang, snapshot, output)
    if json:
        told = {"path": str(path), "bytes": path.stat().st_size, "lang": lang}
        out.print_json(told | {"rows": snapshot.as_dict()})
        return
    typer.echo(str(path))
    out.name_rows(snapshot)
    out.mark_simulated(settings)


def catalog(
    context: typer.Context,
    output: Annotated[
        Path | None,
        typer.Option(help="Folder to write to [default: catalog, beside the published releases]"),
    ] = None,
    as_of: AsOf = None,
    release: Release = None,
    working: Working = False,
    json: Json = False,
) -> None:
    """Write the catalog: a small static site of tables, coverage, runs, checks, releases."""
    from flows.cli import output as out
    from flows.core.query.time_travel import Wanted, chosen
    from flows.core.settings import Settings
    from flows.reports.catalog.site import write_catalog

    settings = Settings.load(context.obj)
    snapshot = chosen(settings, Wanted(as_of, release, working))
    site = write_catalog(settings, snapshot, output)
    if json:
        out.print_json({"folder": str(site.folder), **site.document})
        return
    typer.echo(f"{len(site.pages)} pages in {site.folder}: open {site.folder / 'index.html'}")
    out.name_rows(snapshot)


def mcp(context: typer.Context, as_of: AsOf = None, release: Release = None) -> None:
    """Serve the current release to a language model, over stdio (Model Context Protocol).

    Read-only; every answer names release and citations. Needs `pip install 'carbonmart[mcp]'`.
    """
    from importlib.util import find_spec

    from flows.core.context import software_version
    from flows.core.errors import UsageError
    from flows.core.query.time_travel import Wanted
    from flows.core.settings import Settings

    if find_spec("mcp") is None:
        raise UsageError("the server needs a library of its own: pip install 'carbonmart[mcp]'")
    from flows.reports.mcp.answers import Answers
    from flows.reports.mcp.server import server

    settings = Settings.load(context.obj)
    server(Answers(settings, Wanted(as_of, release)), software_version()).run("stdio")


bi = typer.Typer(
    name="bi",
    help="Bundles that open the published DuckDB file in a BI tool.",
    no_args_is_help=True,
    rich_markup_mode=None,
)


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
    from flows.cli import output as out
    from flows.core.settings import Settings
    from flows.reports.superset.bundle import write_bundle

    written = write_bundle(Settings.load(context.obj), output, database)
    for chart, tables in written.bundle.left_out.items():
        typer.echo(f"left out: {chart} (not published: {tables})", err=True)
    if json:
        out.print_json(written.as_document())
        return
    typer.echo(
        f"{written.path}: a dashboard of {len(written.bundle.charts)} charts on "
        f"{len(written.bundle.datasets)} datasets of {written.database} "
        f"(release {written.release_id})"
    )
