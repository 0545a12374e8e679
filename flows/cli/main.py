"""The `carbonmart` command: options common to all, exit codes, errors in words.

Exit codes: 0 done; 1 unexpected error; 2 wrong usage; 3 a source failed or was
blocked; 4 a gate held a source back; 5 a check failed. Heavy libraries are
imported inside the commands that need them, so that `--help` is there at once.
"""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from flows.cli import backfill, data, lineage, monitor, releases, reports, run

app = typer.Typer(
    name="carbonmart",
    help="China's and Hong Kong's carbon markets as checked, versioned tables.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
for commands in (run, backfill, data, lineage, releases, reports, monitor):
    commands.register(app)

_USAGE_ERRORS = {
    "UsageError",
    "CorrectionError",
    "WrongCalendarFile",
    "UnknownSource",
    "IncompleteSource",
    "WrongHome",
    "UnknownTable",
    "NotASelect",
    "UnknownVersion",
    "GateError",
    "UnknownRelease",
    "WrongSetting",
}
_SOURCE_ERRORS = {"Blocked", "FetchError", "NotFound", "ArchiveError", "WarehouseError"}


def _show_version(is_asked: bool) -> None:
    if is_asked:
        from flows.core.context import software_version

        typer.echo(f"carbonmart {software_version()}")
        raise typer.Exit


@app.callback()
def common(
    context: typer.Context,
    home: Annotated[
        str | None,
        typer.Option(
            help="Folder or s3:// address of the store [env: CARBONMART_HOME, default ./data]"
        ),
    ] = None,
    version: Annotated[
        bool, typer.Option("--version", callback=_show_version, is_eager=True)
    ] = False,
) -> None:
    """Options that come before the command."""
    context.obj = home


def main() -> None:
    """Run the command; known errors become one line on stderr and an exit code."""
    try:
        app()
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(1)
    except KeyboardInterrupt:
        typer.echo("carbonmart: interrupted; the next run takes up from here", err=True)
        sys.exit(130)
    except Exception as error:
        kinds = {kind.__name__ for kind in type(error).__mro__}
        if kinds & _USAGE_ERRORS:
            code = 2
        elif kinds & _SOURCE_ERRORS:
            code = 3
        else:
            raise
        typer.echo(f"carbonmart: {error}", err=True)
        sys.exit(code)


if __name__ == "__main__":
    main()
