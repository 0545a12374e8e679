"""The command that writes the market report: brief."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from flows.cli_data import AsOf, Release
from flows.cli_run import Json


def register(app: typer.Typer) -> None:
    """Add the command to the application."""
    app.command()(brief)


def brief(
    context: typer.Context,
    year: Annotated[int, typer.Option(help="The year it is about")],
    quarter: Annotated[int | None, typer.Option(min=1, max=4, help="One quarter of it")] = None,
    lang: Annotated[str, typer.Option(help="Language: zh or en")] = "zh",
    as_of: AsOf = None,
    release: Release = None,
    output: Annotated[
        Path | None, typer.Option(help="File to write [default: brief-YEAR-LANG.html]")
    ] = None,
    json: Json = False,
) -> None:
    """The market report of a year or quarter, as one HTML file.

    Self-contained and printable; every figure leads to its source, quote and digest.
    """
    from flows import output as out
    from flows.points import chosen
    from flows.reports.brief.brief import write_brief
    from flows.reports.brief.facts import Span
    from flows.settings import Settings

    settings = Settings.load(context.obj)
    point = chosen(settings, as_of=as_of, versions=None, release=release)
    path = write_brief(settings, Span(year, quarter), lang, point, output)
    if json:
        out.print_json({"path": str(path), "bytes": path.stat().st_size, "lang": lang})
        return
    typer.echo(str(path))
    out.mark_simulated(settings)
