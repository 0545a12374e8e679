"""`python -m extractors.sample [UNTIL]`: serve the sample until standard input ends.

Prints one line of JSON with the port and the hosts, then nothing more.
"""

from __future__ import annotations

import json
import sys
from datetime import date

from extractors.sample.server.server import SampleServer


def main() -> None:
    """Serve; ends with standard input, and so with the parent process."""
    until = date.fromisoformat(sys.argv[1]) if len(sys.argv) > 1 else None
    with SampleServer(until) as server:
        print(json.dumps({"port": server.port, "hosts": server.hosts}), flush=True)
        sys.stdin.read()


if __name__ == "__main__":
    main()
