"""Every odd answer of HTTP/1.1, in pairs: none is taken for the answer to the next question."""

from __future__ import annotations

import contextlib
import itertools
import socket
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from extractors.http.transport import Timeouts, Transport, TransportError
from extractors.url_guard import Target
from tests.support.servers import Reply
from tests.support.web_world import GOOD, URL, Script, World

Pieces = list[bytes | float]
"""What a server writes, with pauses (seconds) between."""


def whole(body: bytes, *more: bytes) -> bytes:
    head = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n"
    lines = b"".join(line + b"\r\n" for line in more)
    return head + lines + b"Content-Length: %d\r\n\r\n" % len(body) + body


def chunked(*chunks: bytes, end: bytes = b"0\r\n\r\n") -> bytes:
    frames = b"".join(b"%x\r\n%s\r\n" % (len(chunk), chunk) for chunk in chunks)
    return b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + frames + end


FOREIGN = whole(b"of another question")
LATE = 0.01
OWN: dict[str, Callable[[bytes], Pieces]] = {
    "plain": lambda own: [whole(own)],
    "chunked": lambda own: [chunked(own[:3], own[3:])],
    "chunked with trailers": lambda own: [chunked(own, end=b"0\r\nX-Sum: 1\r\n\r\n")],
    "continue": lambda own: [b"HTTP/1.1 100 Continue\r\n\r\n" + whole(own)],
    "early hints": lambda own: [b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n", whole(own)],
    "late after early hints": lambda own: [b"HTTP/1.1 103 Hints\r\n\r\n", LATE, whole(own)],
    "processing twice": lambda own: [b"HTTP/1.1 102 Processing\r\n\r\n" * 2 + whole(own)],
    "one length twice": lambda own: [whole(own, b"Content-Length: %d" % len(own))],
    "surplus at once": lambda own: [whole(own) + FOREIGN],
    "surplus late": lambda own: [whole(own), LATE, FOREIGN],
    "surplus blank lines": lambda own: [whole(own) + b"\r\n\r\n"],
    "both frames": lambda own: [
        chunked(own).replace(b"Transfer", b"Content-Length: 3\r\nTransfer")
    ],
}
"""Answers that hold the page asked for, whatever else comes."""
NONE: dict[str, Callable[[bytes], Pieces]] = {
    "nothing": lambda own: [b"HTTP/1.1 204 No Content\r\n\r\n", LATE, FOREIGN],
    "not modified with a late body": lambda own: [
        b"HTTP/1.1 304 Not Modified\r\nContent-Length: 9\r\n\r\n",
        LATE,
        b"old bytes",
        FOREIGN,
    ],
    "hints without end": lambda own: [b"HTTP/1.1 103 Hints\r\n\r\n" * 40 + whole(own)],
    "another protocol": lambda own: [b"HTTP/1.1 101 Switching\r\nUpgrade: x\r\n\r\n" + FOREIGN],
    "two lengths": lambda own: [whole(own, b"Content-Length: 3")],
    "a length of many digits": lambda own: [whole(own, b"Content-Length: " + b"9" * 5000)],
    "a length that is no number": lambda own: [whole(own, b"Content-Length: +%d" % len(own))],
    "a list of lengths": lambda own: [whole(own).replace(b"Length: ", b"Length: %d, " % len(own))],
    "a coding of transfer": lambda own: [chunked(own).replace(b"chunked", b"gzip, chunked")],
    "a header without a colon": lambda own: [whole(own, b"no colon here")],
    "a blank before the colon": lambda own: [whole(own, b"X-Odd : 1")],
    "a negative chunk": lambda own: [chunked(end=b"-5\r\n" + own)],
    "a chunk of many digits": lambda own: [chunked(end=b"f" * 5000 + b"\r\n" + own)],
    "headers without end": lambda own: [b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 5000],
    "a line without end": lambda own: [b"HTTP/1.1 200 OK\r\nX: " + b"y" * 300_000],
    "no status": lambda own: [b"HTTP/1.1 OK\r\n\r\n" + own],
    "no head": lambda own: [own + b"\r\n\r\n"],
    "the end": lambda own: [],
}
"""Answers that hold no page, or none that can be trusted."""
ODD = OWN | NONE


class Wire(threading.Thread):
    """A server that keeps its connections whatever it said, and answers all that comes."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.base = f"http://127.0.0.1:{self.listener.getsockname()[1]}"

    def run(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                sock, _ = self.listener.accept()
                threading.Thread(target=self._serve, args=(sock,), daemon=True).start()

    def _serve(self, sock: socket.socket) -> None:
        with sock, contextlib.suppress(OSError):
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            held = b""
            while True:
                while b"\r\n\r\n" not in held:
                    if not (more := sock.recv(65_536)):
                        return
                    held += more
                asked, _, held = held.partition(b"\r\n\r\n")
                name = asked.split()[1].decode().partition("?")[2].replace("%20", " ")
                pieces = ODD[name](page_of(asked.split()[1].decode()))
                for piece in pieces:
                    if isinstance(piece, float):
                        time.sleep(piece)
                    else:
                        sock.sendall(piece)
                if not pieces:
                    return


def page_of(path: str) -> bytes:
    return f"the page of {path}".encode()


@pytest.fixture(scope="module")
def wire() -> Iterator[Wire]:
    server = Wire()
    server.start()
    yield server
    server.listener.close()


def ask(transport: Transport, path: str) -> bytes | None:
    """The page that came whole, None where none did."""
    target = Target("https", "odd.market.example", path)
    try:
        answer = transport.send(target, {"Host": target.host}, None, 100_000)
    except TransportError:
        return None
    return None if answer.truncated or answer.status != 200 else answer.body


@pytest.mark.parametrize("first", ODD)
def test_no_answer_leaks_into_the_next(wire: Wire, first: str) -> None:
    transport = Transport(Timeouts(2, 2, 5), {"odd.market.example": wire.base})
    for number, second in enumerate(ODD):
        for place, name in enumerate((first, second, "plain")):
            path = f"/{number}/{place}?{name.replace(' ', '%20')}"
            expected = page_of(path) if name in OWN else None
            assert ask(transport, path) == expected, (first, second, name)
    transport.close()


def test_early_hints_reach_nobody_elses_page(tmp_path: Path) -> None:
    """The night of the report: A says hints first and its page late; B, C and D follow."""
    pages = {f"{URL}/{name}": GOOD + name for name in "ABCD"}

    def serve(sock: socket.socket, name: str) -> None:
        if name == "A":
            sock.sendall(b"HTTP/1.1 103 Early Hints\r\n\r\n")
            time.sleep(0.05)
        sock.sendall(whole((GOOD + name).encode()))

    script = {
        f"/page/{name}": Reply(wire=lambda sock, name=name: serve(sock, name))  # type: ignore[misc]
        for name in "ABCD"
    }
    with World(tmp_path, Script(script)) as world:
        bodies = {url: world.body(world.fetch(url)).decode() for url in pages}
    assert bodies == pages


def test_many_small_pieces_end_early() -> None:
    """500 kB in chunks of a byte cost seconds to take apart."""
    listener = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        sock, _ = listener.accept()
        with sock, contextlib.suppress(OSError):
            sock.recv(65_536)
            head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
            sock.sendall(head + b"1\r\nx\r\n" * 500_000 + b"0\r\n\r\n")

    threading.Thread(target=serve, daemon=True).start()
    base = f"http://127.0.0.1:{listener.getsockname()[1]}"
    transport = Transport(Timeouts(2, 2, 5), {"odd.market.example": base})
    answer = transport.send(Target("https", "odd.market.example", "/"), {}, None, 8_000_000)
    assert answer.truncated == "length"
    assert len(answer.body) < 20_000
    transport.close()
    listener.close()


def test_an_endless_trailer_ends() -> None:
    listener = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        sock, _ = listener.accept()
        with sock, contextlib.suppress(OSError):
            sock.recv(65_536)
            sock.sendall(chunked(b"page", end=b"0\r\n"))
            for _ in itertools.repeat(None, 2000):
                sock.sendall(b"X: y\r\n" * 1000)

    threading.Thread(target=serve, daemon=True).start()
    base = f"http://127.0.0.1:{listener.getsockname()[1]}"
    transport = Transport(Timeouts(2, 2, 5), {"odd.market.example": base})
    answer = transport.send(Target("https", "odd.market.example", "/"), {}, None, 10_000)
    assert (answer.body, answer.truncated) == (b"page", "length")
    transport.close()
    listener.close()
