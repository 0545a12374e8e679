"""`python -m tests.bench.night HOME UNTIL ROUTES`: `carbonmart refresh --sample`, whole.

The one difference: the sample server is up already, at ROUTES (JSON), since its start
is not what is measured. Prints the report as JSON.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date

from flows.cli import main as cli
from flows.core.context import Sample
from flows.jobs import start


def main() -> None:
    """Run the command against the server that is up."""
    home, until, routes = sys.argv[1:]

    @contextmanager
    def world(until: date | None = None) -> Iterator[Sample]:
        assert until is not None
        yield Sample(json.loads(routes), until)

    start.sample_world = world
    sys.argv[1:] = ["--home", home, "refresh", "seee", "--sample", "--until", until, "--json"]
    cli.main()


if __name__ == "__main__":
    main()
