"""Runs the command again and again in forks of a process that has everything imported.

Importing takes longer than a small night does: a test that kills twenty of them would
spend its time on imports, and its kills too. `python -m tests.e2e.warm ROUTES` (JSON:
where a sample that all runs share listens, `{}` if each has its own) reads an order
(JSON: `args` of the command, the files `out` and `err` for what it prints) from each
line of standard input, tells the run's process id, and when it has ended its exit code.
"""

from __future__ import annotations

import gc
import importlib
import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from types import TracebackType
from typing import NoReturn, Self

import flows.jobs.start
from flows.core.context import Sample
from flows.core.sources import names, pipeline
from tests.e2e.commands import REPO, environment

IMPORTED = (
    "deltalake",
    "duckdb",
    "pandas",
    "pandera.pandas",
    "extractors.sample.server.process",
    "prometheus_client",
    "pyarrow.compute",
    "rich.progress",
    "rich.table",
    "typer.rich_utils",
    "flows.cli.main",
    "flows.cli.output",
    "flows.cli.run",
    "flows.core.logs",
    "flows.core.query.sql",
    "flows.jobs.ingest",
    "flows.jobs.nightly",
    "flows.stages.load.finalize",
    "flows.stages.release.build_marts",
    "flows.stages.release.mart_gates",
    "flows.stages.release.publish",
    "schemas.core.validate",
    "transforms.marts.key_figures",
    "transforms.marts.price_comparison",
    "warehouse.engine.revisions.compare",
    "warehouse.engine.delta.table",
    "warehouse.engine.revisions.coerce",
    "warehouse.engine.sql.views",
    "warehouse.publication.publish",
    "warehouse.store.time_travel",
    "yaml",
)


class Warm:
    """The process, and at most one run of it at a time."""

    def __init__(self, folder: Path, routes: Mapping[str, str], **settings: str) -> None:
        self._out, self._err = folder / "out", folder / "err"
        self._routes = json.dumps(routes)
        # Threads of OpenBLAS would not survive the fork.
        self._env = environment(OPENBLAS_NUM_THREADS="1", **settings)

    def __enter__(self) -> Self:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.e2e.warm", self._routes],
            cwd=REPO,
            env=self._env,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self._line() == "ready"
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        value: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()
        self._process.wait(60)
        self._process.stdout.close()

    def start(self, *args: str) -> int:
        """Begin a run; gives its process id."""
        assert self._process.stdin is not None
        self._process.stdin.write(
            json.dumps({"args": args, "out": str(self._out), "err": str(self._err)}) + "\n"
        )
        self._process.stdin.flush()
        return int(self._line())

    def end(self) -> int:
        """Wait for the run's end; gives its exit code, negative for a signal."""
        return int(self._line())

    def run(self, *args: str) -> subprocess.CompletedProcess[str]:
        """A run to its end."""
        self.start(*args)
        code = self.end()
        return subprocess.CompletedProcess(args, code, self._out.read_text(), self._err.read_text())

    def _line(self) -> str:
        assert self._process.stdout is not None
        return self._process.stdout.readline().strip()


def main() -> None:
    for name in IMPORTED:
        importlib.import_module(name)
    for name in names():
        pipeline(name)
    threads = {task.joinpath("comm").read_text() for task in Path("/proc/self/task").iterdir()}
    # jemalloc starts its own anew after a fork; any other would be missing there.
    assert threads - {"jemalloc_bg_thd\n"} == {Path("/proc/self/comm").read_text()}, threads
    routes = json.loads(sys.argv[1])

    @contextmanager
    def shared_world(until: date | None = None) -> Iterator[Sample]:
        assert until is not None
        yield Sample(routes, until)

    if routes:
        flows.jobs.start.sample_world = shared_world
    gc.freeze()  # a fork's collector would copy all of it
    print("ready", flush=True)
    while line := sys.stdin.readline():
        order = json.loads(line)
        pid = os.fork()
        if pid == 0:
            _run(order["args"], order["out"], order["err"])
        print(pid, flush=True)
        print(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), flush=True)


def _run(args: list[str], out: str, err: str) -> NoReturn:
    from flows.cli.main import command

    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    for path, number in ((out, 1), (err, 2)):
        os.dup2(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC), number)
    sys.argv = ["carbonmart", *args]
    command()


if __name__ == "__main__":
    main()
