"""A scripted HTTP/1.1 server on loopback: the handler is a function, faults are bytes."""

from __future__ import annotations

import socket
import ssl
import struct
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, cast


@dataclass(frozen=True)
class Request:
    """What the server was asked; header names in lower case."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes
    at: float

    @property
    def host(self) -> str:
        return self.headers.get("host", "")


@dataclass(frozen=True)
class Reply:
    """A response; `wire`, if given, writes raw bytes itself and the connection ends."""

    status: int = 200
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    wire: Callable[[socket.socket], None] | None = None


Handler = Callable[[Request], Reply]


def html(text: str, status: int = 200, **headers: str) -> Reply:
    """A page; underscores in header names stand for hyphens."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Reply(status, text.encode(), {"Content-Type": "text/html; charset=utf-8"} | named)


def redirect(place: str, status: int = 302) -> Reply:
    return Reply(status, b"", {"Location": place})


def raw(data: bytes, *, reset: bool = False) -> Reply:
    """Exactly these bytes, then the end of the connection, with RST if `reset`."""

    def write(sock: socket.socket) -> None:
        sock.sendall(data)
        if reset:
            time.sleep(0.05)  # let the bytes arrive before the reset throws them away
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))

    return Reply(wire=write)


def drip(head: bytes, pieces: Iterable[bytes], gap_s: float) -> Reply:
    """A response that arrives in small pieces, for as long as anyone listens."""

    def write(sock: socket.socket) -> None:
        try:
            sock.sendall(head)
            for piece in pieces:
                time.sleep(gap_s)
                sock.sendall(piece)
        except (BrokenPipeError, ConnectionResetError):
            return  # the listener has had enough: that is the point

    return Reply(wire=write)


class LoopbackServer:
    """`with LoopbackServer(handler) as server:` serves until the block ends.

    `requests` holds what was asked, in order, and `connections` counts the sockets
    that were opened. `tls` makes it speak HTTPS.
    """

    def __init__(self, handler: Handler, tls: ssl.SSLContext | None = None) -> None:
        self.handler = handler
        self.requests: list[Request] = []
        self.connections = 0
        self._server = _Server(("127.0.0.1", 0), _Asked)
        self._server.owner = self
        if tls is not None:
            self._server.socket = tls.wrap_socket(
                self._server.socket, server_side=True, do_handshake_on_connect=False
            )
        self._thread = threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True
        )

    @property
    def port(self) -> int:
        return self._server.server_address[1]

    @property
    def base(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def paths(self) -> list[str]:
        return [request.path for request in self.requests]

    def __enter__(self) -> LoopbackServer:
        self._thread.start()
        return self

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


class _Server(ThreadingHTTPServer):
    owner: LoopbackServer
    daemon_threads = True
    block_on_close = False
    request_queue_size = 64

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Clients hang up on purpose here; a handler's own fault must still be seen."""
        import sys

        if not isinstance(sys.exc_info()[1], OSError):
            super().handle_error(request, client_address)


class _Asked(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1

    def setup(self) -> None:
        super().setup()
        self._owner.connections += 1

    @property
    def _owner(self) -> LoopbackServer:
        return cast(_Server, self.server).owner

    def _answer(self) -> None:
        size = int(self.headers.get("Content-Length") or 0)
        headers = {name.lower(): value for name, value in self.headers.items()}
        body = self.rfile.read(size)
        asked = Request(self.command, self.path, headers, body, time.monotonic())
        self._owner.requests.append(asked)
        reply = self._owner.handler(asked)
        if reply.wire is not None:
            self.close_connection = True
            reply.wire(self.connection)
            self.connection.close()
            return
        self.send_response(reply.status)
        for name, value in reply.headers.items():
            self.send_header(name, value)
        if reply.status != 304:
            self.send_header("Content-Length", str(len(reply.body)))
        self.end_headers()
        self.wfile.write(reply.body)
        self.wfile.flush()

    def do_GET(self) -> None:
        self._answer()

    def do_POST(self) -> None:
        self._answer()

    def log_message(self, format: str, *args: Any) -> None:
        """Silence: pytest shows what matters."""
