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
