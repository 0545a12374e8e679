"""HTTP/1.1 of the sample server: conditional requests, compression, spoilt deliveries."""

from __future__ import annotations

import socket
import struct
import sys
import threading
from collections import deque
from datetime import datetime
from email.utils import formatdate, parsedate_to_datetime
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Protocol

from extractors.sample.site import Response, error

CONTROL_PATH = "/__control__"
_LOOPBACK = ("127.0.0.1", "localhost")


class ServedSites(Protocol):
    """What the handler asks for responses."""

    requests: deque[tuple[str, str, str, int]]
    stopping: threading.Event

    def answer(self, host: str, target: str, body: bytes | None) -> Response: ...
    def control(self, body: bytes) -> Response: ...


class HttpServer(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 128
    sample: ServedSites

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that hangs up is no news; anything else is told as usual."""
        if not isinstance(sys.exc_info()[1], ConnectionError):
            super().handle_error(request, client_address)


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = 64 * 1024
    server: HttpServer

    def do_GET(self) -> None:
        self._serve(None)

    def do_HEAD(self) -> None:
        self._serve(None)

    def do_POST(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        self._serve(self.rfile.read(length))

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing: the requests are kept in `SampleServer.requests`."""

    def _serve(self, body: bytes | None) -> None:
        sample = self.server.sample
        host = (self.headers.get("Host") or "").partition(":")[0].lower()
        if self.path == CONTROL_PATH:
            if host in _LOOPBACK and body is not None:
                return self._send(sample.control(body), False)
            return self._send(error(403, "loopback only"), False)
        response = sample.answer(host, self.path, body)
        zipped = (
            not response.encoding
            and "gzip" in (self.headers.get("Accept-Encoding") or "")
            and len(response.body) > 256
        )
        is_known = self._is_known(response, zipped)
        status = 304 if is_known else response.status
        sample.requests.append((self.command, host, self.path, status))
        return self._send(response, zipped, is_known)

    def _is_known(self, response: Response, zipped: bool) -> bool:
        """Whether the client holds this very response (RFC 9110: the ETag goes first)."""
        if response.last_modified is None or response.status != 200 or response.delivery:
            return False
        tags = self.headers.get("If-None-Match")
        if tags is not None:
            known = [tag.strip().removeprefix("W/") for tag in tags.split(",")]
            return "*" in known or response.etag(zipped) in known
        since = self.headers.get("If-Modified-Since")
        return since is not None and _is_not_after(response.last_modified, since)

    def _send(self, response: Response, zipped: bool, is_known: bool = False) -> None:
        body = response.gzipped if zipped else response.body
        lines = [f"HTTP/1.1 {304 if is_known else response.status} {_reason(response, is_known)}"]
        lines.append(f"Date: {formatdate(usegmt=True)}")
        if response.last_modified is not None:
            lines.append(f"ETag: {response.etag(zipped)}")
            lines.append(f"Last-Modified: {response.modified}")
        lines.append("Vary: Accept-Encoding")
        lines.append(f"X-Carbonmart-Simulated: {int(response.is_simulated)}")
        lines += [f"{name}: {value}" for name, value in response.headers.items()]
        if not is_known:
            lines.append(f"Content-Type: {response.content_type}")
            lines.append(f"Content-Length: {len(body)}")
            if zipped or response.encoding:
                lines.append(f"Content-Encoding: {response.encoding or 'gzip'}")
        self.wfile.write(("\r\n".join(lines) + "\r\n\r\n").encode("latin-1"))
        if not is_known and self.command != "HEAD":
            self._deliver(response, body)
        self.wfile.flush()

    def _deliver(self, response: Response, body: bytes) -> None:
        if not response.delivery:
            self.wfile.write(body)
            return
        self.close_connection = True
        if response.delivery == "drip":
            for n in range(len(body)):
                self.wfile.write(body[n : n + 1])
                self.wfile.flush()
                if self.server.sample.stopping.wait(response.pause_s):
                    return
            return
        self.wfile.write(body[: len(body) // 2])
        self.wfile.flush()
        if response.delivery == "reset":
            # Lingering for no time makes the kernel send a reset instead of an orderly end.
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.connection.close()


def _reason(response: Response, is_known: bool) -> str:
    try:
        return HTTPStatus(304 if is_known else response.status).phrase
    except ValueError:
        return "Unknown"


def _is_not_after(modified: datetime, since: str) -> bool:
    try:
        return modified <= parsedate_to_datetime(since)
    except ValueError:
        return False  # RFC 9110: a date that can't be read is ignored
