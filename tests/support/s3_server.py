"""moto's S3 in a process of its own: `python -m tests.support.s3_server LOG` prints its port.

deltalake keeps Python's lock while it waits for some answers, so that a server in the
same process could never give them. LOG gets a line for each request.
"""

from __future__ import annotations

import json
import sys
import threading
from collections.abc import Callable, Iterable
from typing import Any, TextIO

from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app
from werkzeug.serving import WSGIRequestHandler, make_server


class OneByOne:
    """moto looks and then writes, where S3 does both at once: so one request at a time."""

    def __init__(self, app: Callable[..., Iterable[bytes]], log: TextIO) -> None:
        self._app, self._log, self._lock = app, log, threading.Lock()

    def __call__(self, environ: dict[str, Any], start: Callable[..., Any]) -> list[bytes]:
        condition = environ.get("HTTP_IF_NONE_MATCH") or environ.get("HTTP_IF_MATCH") or ""
        with self._lock:
            line = [environ["REQUEST_METHOD"], environ["PATH_INFO"], condition]
            self._log.write(json.dumps(line) + "\n")
            self._log.flush()
            return list(self._app(environ, start))


class Silent(WSGIRequestHandler):
    """Says nothing of requests."""

    def log(self, type: str, message: str, *args: Any) -> None:
        pass


def main() -> None:
    with open(sys.argv[1], "w", encoding="utf-8") as log:
        app = OneByOne(DomainDispatcherApplication(create_backend_app), log)
        server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=Silent)
        sys.stdout.write(f"{server.server_port}\n")
        sys.stdout.flush()
        server.serve_forever()


if __name__ == "__main__":
    main()
