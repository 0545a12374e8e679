"""A Dask scheduler and workers as processes of their own on loopback."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from distributed import Client

from tests.e2e.commands import REPO, environment

START_S = 60


@dataclass(frozen=True)
class Cluster:
    """Its address, its folder, and its workers' processes."""

    address: str
    folder: Path
    workers: list[subprocess.Popen[bytes]]

    def pause(self, number: int) -> None:
        """Have a worker do nothing, with whatever work it is given."""
        os.kill(self.workers[number].pid, signal.SIGSTOP)

    def wait_until_busy(self) -> list[int]:
        """Wait until each worker holds work; gives how much each holds at last."""
        held: list[int] = []
        deadline = time.monotonic() + 30
        with client_of(self.address) as client:
            while time.monotonic() < deadline and not (held and all(held)):
                held = [len(keys) for keys in client.processing().values()]
                time.sleep(0.05)
        return held

    def kill(self, number: int) -> None:
        """Kill a worker."""
        self.workers[number].kill()
        self.workers[number].wait()


def client_of(address: str) -> Client:
    """A client of a scheduler."""
    return Client(address, timeout=30, set_as_default=False)  # type: ignore[no-untyped-call]


@contextmanager
def cluster(folder: Path, workers: int, **settings: str) -> Iterator[Cluster]:
    """A running cluster, with these in its environment; its processes end with the block."""
    place = folder / "scheduler.json"
    fixed = {"DASK_DISTRIBUTED__SCHEDULER__WORK_STEALING": "False", "PYTHONPATH": str(REPO)}
    # A Prefect server that a worker starts of its own would be seen by its database.
    env = environment(**fixed, PREFECT_HOME=str(folder / "prefect"), **settings)
    told = (folder / "dask.log").open("wb")

    def start(what: str, *options: str) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", "dask", what, "--scheduler-file", str(place), *options]
        # Not in the checkout: a worker has its own folder, as it would on another machine.
        return subprocess.Popen(command, env=env, cwd=folder, stdout=told, stderr=told)

    loopback = ("--host", "127.0.0.1", "--no-dashboard")
    running = [start("scheduler", *loopback, "--port", "0")]
    try:
        wait_for(place, running[0])
        address = json.loads(place.read_text())["address"]
        alone = ("--nthreads", "1", "--no-nanny", "--local-directory", str(folder))
        running += [start("worker", *loopback, *alone) for _ in range(workers)]
        yield Cluster(address, folder, running[1:])
    finally:
        for process in running[::-1]:
            process.kill()
            process.wait()
        told.close()


def wait_for(place: Path, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + START_S
    while not (place.exists() and place.read_text().strip()):
        assert process.poll() is None, (place.parent / "dask.log").read_text()
        assert time.monotonic() < deadline, "no scheduler"
        time.sleep(0.05)
