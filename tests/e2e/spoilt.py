"""`python -m tests.e2e.spoilt KIND PATTERN ARGS...`: the command with a fault in its sample.

The sample runs in a process of its own, as always; only the fault is ordered from it
before the command goes to work.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date

import flows.jobs.start
from extractors.sample.server.process import SampleProcess
from flows.cli.main import main as command
from flows.core.context import Sample


def main() -> None:
    kind, pattern = sys.argv[1:3]

    @contextmanager
    def spoilt_world(until: date | None = None) -> Iterator[Sample]:
        with SampleProcess(until=until) as server:
            server.fault(pattern, kind)
            yield Sample(server.routes, server.until)

    flows.jobs.start.sample_world = spoilt_world
    sys.argv[1:] = sys.argv[3:]
    command()


if __name__ == "__main__":
    main()
