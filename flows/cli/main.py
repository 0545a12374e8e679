"""The `carbonmart` command: options common to all, exit codes, errors in words.

Exit codes: 0 done; 1 unexpected error; 2 wrong usage; 3 a source failed or was
blocked; 4 a gate held a source back; 5 a check failed; 6 a clock is wrong, nothing was
written. Heavy libraries are
imported inside the commands that need them, so that `--help` is there at once.
"""

from __future__ import annotations

import atexit
import errno
import os
import resource
import signal
import sys
import threading
import traceback
from typing import Annotated, NoReturn

import typer

from flows.cli import backfill, data, demo, lineage, monitor, releases, reports, run
from flows.cli.readings import commands as readings
from flows.cli.stopping import obey_signals, signal_that_stopped

app = typer.Typer(
    name="carbonmart",
    help="China's and Hong Kong's carbon markets as checked, versioned tables.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
for commands in (demo, run, backfill, data, lineage, readings, releases, reports, monitor):
    commands.register(app)

_USAGE_ERRORS = {
    "UsageError",
    "CorrectionError",
    "ReadingError",
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


_LIMITS = (errno.EMFILE, errno.ENFILE, errno.ENOSPC, errno.EDQUOT, errno.ENOMEM, errno.EFBIG)
"""What a machine is short of: open files, room, memory. It is told in a line, not as a fault."""


def main() -> None:
    """Run the command; known errors become one line on stderr and an exit code.

    A signal ends it with 128 and the signal's number, whatever came of it, see `stopping`.
    """
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            # What a terminal has no letter for is escaped: it is no reason to end.
            stream.reconfigure(errors="backslashreplace")
    obey_signals()
    try:
        _run()
    finally:
        if number := signal_that_stopped():
            sys.exit(128 + number)


def command() -> NoReturn:
    """`main` as a whole process, which ends without the interpreter's being taken apart.

    A thread of Arrow, DuckDB or Delta that asks for Python while it goes down aborts the process
    ("FATAL: exception not rethrown") with everything done and told; and taking apart all that
    was imported takes longer than most commands do.
    """
    code: object = 0
    try:
        main()
    except SystemExit as end:
        code = end.code or 0
    except BaseException:  # noqa: BLE001 - as the interpreter does with what nobody catches
        traceback.print_exc()
        code = 1
    # What the interpreter itself does first: pools are told to end, threads awaited.
    threading._shutdown()  # type: ignore[attr-defined]
    atexit._run_exitfuncs()
    for stream in (sys.stdout, sys.stderr):
        try:
            if not stream.closed:
                stream.flush()
        except OSError:
            code = code or 1
    os._exit(code if isinstance(code, int) else 1)


def _run() -> None:
    try:
        _require_room()
        if any("\udc80" <= letter <= "\udcff" for word in sys.argv for letter in word):
            raise ValueError(_NO_WORDS)
        app()
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(128 + signal.SIGPIPE)
    except KeyboardInterrupt:
        typer.echo("carbonmart: interrupted; the next run takes up from here", err=True)
        sys.exit(128 + signal.SIGINT)
    except Exception as error:
        if (code := _code_of(error)) is None:
            raise
        from flows.core.settings import without_secrets

        told = without_secrets(str(error) or type(error).__name__)
        typer.echo(f"carbonmart: {told}", err=True)
        sys.exit(code)
    except BaseException as error:
        # A library of Rust's that can't go on: it has said why on stderr.
        if type(error).__name__ != "PanicException":
            raise
        typer.echo(f"carbonmart: a library gave up: {error}", err=True)
        sys.exit(1)


_LEAST_ADDRESSES = 3_000_000_000
"""What DuckDB, Arrow and Delta reserve, of which they use a tenth."""
_NO_WORDS = "an argument that is no text in the encoding of this terminal: use UTF-8 (LC_ALL)"


def _require_room() -> None:
    """Raise `MemoryError` where libraries that are about to be loaded would crash for want of
    addresses, without a word."""
    limit, _ = resource.getrlimit(resource.RLIMIT_AS)
    if limit != resource.RLIM_INFINITY and limit < _LEAST_ADDRESSES:
        raise MemoryError(
            f"{limit / 1e9:.1f} GB of address space are allowed here (ulimit -v), and "
            f"{_LEAST_ADDRESSES / 1e9:.0f} GB are needed"
        )


def _code_of(error: Exception) -> int | None:
    """The exit code of an error that needs no more than its words; None for a fault of ours."""
    kinds = {kind.__name__ for kind in type(error).__mro__}
    if kinds & _USAGE_ERRORS or error.args == (_NO_WORDS,):
        return 2
    if kinds & _SOURCE_ERRORS:
        return 3
    if "ClockError" in kinds:
        return 6
    is_limit = isinstance(error, OSError) and error.errno in _LIMITS
    is_limit |= isinstance(error, ImportError) and "failed to map" in str(error)
    return 1 if is_limit or kinds & {"MemoryError", "OutOfMemoryException"} else None


if __name__ == "__main__":
    command()
