"""The options by which a command spreads its reading."""

from __future__ import annotations

from typing import Annotated

import typer

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
Sources = Annotated[list[str] | None, typer.Argument(help="Names of sources; all if none")]
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
