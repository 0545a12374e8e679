"""The options that several commands have: how reading is spread, which rows, in which form."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

if TYPE_CHECKING:
    from flows.cli.output import Form


def _table_names(incomplete: str) -> list[str]:
    """What a shell completes the name of a table to."""
    from schemas.registry import TABLES, VIEWS

    return [name for name in (*TABLES, *VIEWS) if name.startswith(incomplete)]


def _source_names(incomplete: str) -> list[str]:
    from flows.core.sources import names

    return [name for name in names() if name.startswith(incomplete)]


TaskRunner = Annotated[
    str,
    typer.Option(
        help="Who reads pages: threads (this process), processes (more of them on this "
        "machine), dask (the workers of a cluster)"
    ),
]
DaskAddress = Annotated[
    str, typer.Option(help="With --task-runner dask: the scheduler, tcp://host:port")
]
Workers = Annotated[int, typer.Option(min=0, help="Processes that read [default: one per core]")]

Json = Annotated[bool, typer.Option("--json", help="One JSON document on stdout")]
TableName = Annotated[
    str,
    typer.Argument(help="Name of a table; see `carbonmart tables`", autocompletion=_table_names),
]
Sources = Annotated[
    list[str] | None,
    typer.Argument(help="Names of sources; all if none", autocompletion=_source_names),
]
Until = Annotated[
    str | None, typer.Option(help="With --sample: the day its world has come to, YYYY-MM-DD")
]
Limit = Annotated[int, typer.Option(min=1, help="Rows at most")]
AsOf = Annotated[
    str | None, typer.Option(help="What was known then: a date (its end, UTC) or an instant")
]
Version = Annotated[str | None, typer.Option(help="Delta version of the table, e.g. 3")]
Versions = Annotated[
    list[str] | None, typer.Option("--version", help="TABLE=N, its Delta version; repeatable")
]
Release = Annotated[str | None, typer.Option(help="Id of a release; see `carbonmart releases`")]
Working = Annotated[
    bool, typer.Option("--working", help="What is loaded, whether it was released or not")
]
FormName = Literal["table", "json", "csv", "xlsx", "parquet"]
Format = Annotated[
    FormName | None, typer.Option("--format", help="How rows come out [default: table]")
]
Output = Annotated[Path | None, typer.Option(help="Write the rows to this file")]


def form_of(json: bool, name: FormName | None, output: Path | None) -> Form:
    """How rows are to come out. Raises `UsageError` for options that contradict one another."""
    from flows.cli.output import Form
    from flows.core.errors import UsageError

    if json and name not in (None, "json"):
        raise UsageError(f"--json and --format {name}: give one")
    ending = output.suffix.lower().removeprefix(".") if output else ""
    guessed = next((known for known in ("json", "csv", "xlsx", "parquet") if known == ending), None)
    chosen = "json" if json else name or guessed or "table"
    if chosen in ("xlsx", "parquet") and output is None:
        raise UsageError(f"--format {chosen} needs --output FILE")
    return Form(chosen, output)
