"""`python -m tests.bench.bare_gets ROUTES RATE REQUESTS`: the least a night can be.

The requests of a night (a JSON file: url, body, headers), sent in order through one
`requests.Session`, RATE a second a host (0: no pace); every answer read and dropped.
"""

from __future__ import annotations

import json
import sys
import time
from urllib.parse import urlsplit

import requests


def main() -> None:
    """Send them all; prints the number of answers by status."""
    routes, rate = json.loads(sys.argv[1]), float(sys.argv[2])
    gap_s = 1 / rate if rate else 0.0
    free_at: dict[str, float] = {}
    statuses: dict[int, int] = {}
    with requests.Session() as session, open(sys.argv[3], encoding="utf-8") as file:
        for asked in json.load(file):
            parts = urlsplit(asked["url"])
            host = parts.hostname or ""
            now = time.monotonic()
            start = max(now, free_at.get(host, now))
            free_at[host] = start + gap_s
            time.sleep(start - now)
            answer = session.request(
                "GET" if asked["body"] is None else "POST",
                routes[host] + parts.path,
                data=asked["body"],
                headers=asked["headers"] | {"Host": host},
                allow_redirects=False,
                timeout=30,
            )
            statuses[answer.status_code] = statuses.get(answer.status_code, 0) + 1
    print(json.dumps(statuses))


if __name__ == "__main__":
    main()
