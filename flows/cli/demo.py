"""The command `demo`: a whole night over the embedded sample, told on one screen of 80 columns.

What a run says at length goes to a file that the last line names: a first look asks for nothing.
"""

from __future__ import annotations

import os
import sys
from itertools import zip_longest
from pathlib import Path
from shlex import quote
from shutil import which
from typing import TYPE_CHECKING, Any

import typer

from flows.cli.options import Json

if TYPE_CHECKING:
    from flows.core.query.sql import Snapshot
    from flows.core.settings import Settings
    from flows.jobs.report.result import RunReport

_YEAR = 2024
_HEADS = {"source": "source", "fetched": "pages", "new": "new rows", "quarantined": "refused"}
"""What is shown of a source's run, and under which head: two sources fit 80 columns."""


def register(app: typer.Typer) -> None:
    """Add the command to the application."""
    app.command()(demo)


def demo(context: typer.Context, json: Json = False) -> None:
    """Run the whole nightly job on the embedded sample and show what came of it."""
    from flows.cli import output
    from flows.core.logs import logged
    from flows.jobs.nightly import refresh

    settings = logged(context.obj)
    if not json:
        typer.echo("Starting the embedded sample of all sources on loopback ...", err=True)
    with output.progress_bars(is_shown=not json) as progress:
        report = refresh(settings, is_sample=True, progress=progress)
    if json or report.exit_code:
        output.show_report(report, as_json=json)
    else:
        _show(settings, report)
    raise typer.Exit(report.exit_code)


def _show(settings: Settings, report: RunReport) -> None:
    from flows.cli import output
    from flows.core.query.time_travel import Wanted, chosen

    told = _files(settings, chosen(settings, Wanted()), report)
    out = output.console()
    out.print(_table(report))
    width = max(map(len, told))
    lines = [*_headlines(report), "", *(f"{n:{width}}  {path}" for n, path in told.items())]
    lines += ["", "Ask the store:", *(f"  {line}" for line in _questions(settings))]
    # Whole lines: paths and commands are to be copied from the terminal.
    out.print("\n".join(lines), markup=False, soft_wrap=True)
    output.mark_simulated(settings)


def _table(report: RunReport) -> Any:
    """Two sources a line; of the run's numbers, those that a first look understands."""
    from rich.table import Table

    from flows.jobs.report.report import as_rows

    table = Table(box=None, pad_edge=False, padding=(0, 1, 0, 0))
    for name, head in 2 * [*_HEADS.items()]:
        table.add_column(head, justify="left" if name == "source" else "right")
    cells = [
        [f"{x:,}" if isinstance(x, int) else str(x) for x in (row[name] for name in _HEADS)]
        for row in as_rows(report)
    ]
    half = (len(cells) + 1) // 2
    for left, right in zip_longest(cells[:half], cells[half:], fillvalue=list[str]()):
        table.add_row(*left, *right)
    return table


def _headlines(report: RunReport) -> list[str]:
    """The release and its publication, each in a line."""
    from flows.jobs.report.release import published_lines, release_lines

    published = [line.partition(" in ")[0] for line in published_lines(report.published)]
    return ["", *release_lines(report.released), *published]


def _files(settings: Settings, snapshot: Snapshot, report: RunReport) -> dict[str, str]:
    """What there is to open, by what it is; a home in S3 has no file of its own to open."""
    from flows.core.errors import UsageError
    from flows.jobs.report.report import as_markdown
    from flows.reports.brief.brief import write_brief
    from flows.reports.brief.facts import ReportSpan
    from flows.reports.catalog.site import write_catalog

    if "://" in settings.home:
        return {"Archive and tables": settings.home}
    home, told = Path(settings.home), {}
    try:
        for lang, name in (("en", ""), ("zh", ", in Chinese")):
            path = home / "briefs" / f"brief-{_YEAR}-{lang}.html"
            written = write_brief(settings, ReportSpan(_YEAR), lang, snapshot, path)
            told[f"Market report of {_YEAR}{name}"] = str(written)
        told["Catalog of all tables"] = str(write_catalog(settings, snapshot).folder / "index.html")
    except UsageError as error:
        typer.echo(f"no market report: {error}", err=True)
    full = home / "demo.md"
    full.write_text(as_markdown(report), encoding="utf-8")
    return told | {"All that the run said": str(full)}


def _questions(settings: Settings) -> list[str]:
    """Commands that go on from here."""
    command = "carbonmart" if which("carbonmart") else quote(os.path.relpath(sys.argv[0]))
    if settings.home != "./data":
        command += f" --home {quote(settings.home)}"
    query = "select year, trading_days, total_volume_t from mart_market_annual"
    return [
        f'{command} sql "{query}"',
        f"{command} trace mart_market_annual {_YEAR} total_volume_t  # where it comes from",
        f"{command} refresh --sample  # a second night: unchanged",
    ]
