"""One answer off the wire, read strictly, within limits of time and of bytes, and no other.

A connection carries one exchange and is closed, as archiving crawlers have it: what a server
says too late, too often or beside the frame of its answer can then never be taken for the
answer to the next question. Interim answers (1xx) are passed over; a header that can't be
read, or says two things of the body's length, is no answer at all (RFC 9112, 6.3 and 11.2).
"""

from __future__ import annotations

import http.client
import io
import re
import socket
import time
from dataclasses import dataclass
from email import errors
from typing import Any

READ_SIZE = 64 * 1024
MAX_HEAD_BYTES = 256 * 1024
"""For status line and headers, those of interim answers included."""
MAX_INTERIM = 16
_SWITCHING = 101

_LENGTH = re.compile(r"[0-9]{1,15}")
_CHUNK_SIZE = re.compile(rb"([0-9A-Fa-f]{1,15})[ \t]*(?:;[^\r\n]*)?\r?\n")
_BAD_HEADER = (
    errors.MissingHeaderBodySeparatorDefect,
    errors.FirstHeaderLineIsContinuationDefect,
    errors.MisplacedEnvelopeHeaderDefect,
)


@dataclass
class Wire:
    """What the request under way may take, and where it went; one per thread.

    `max_wire_bytes` is what the body may have; frames around it may have a quarter more.
    """

    deadline: float = 0.0
    read_timeout_s: float = 0.0
    max_wire_bytes: int = 0
    left_bytes: int = 0
    ip: str = ""

    def timeout(self) -> float:
        """Seconds that the next read may take; TimeoutError once the whole time is spent."""
        left = self.deadline - time.monotonic()
        if left <= 0:
            raise TimeoutError("the whole time for this request is spent")
        return min(left, self.read_timeout_s)


class _TimedReader(io.RawIOBase):
    """A socket's bytes, each read under what is left of the request's time and bytes."""

    def __init__(self, raw: io.RawIOBase, sock: socket.socket, wire: Wire) -> None:
        self._raw, self._sock, self._wire = raw, sock, wire

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        if self._wire.left_bytes <= 0:
            raise OSError("the answer goes on beyond all bounds")
        self._sock.settimeout(self._wire.timeout())
        size = self._raw.readinto(buffer)
        self._wire.left_bytes -= size or 0
        return size

    def close(self) -> None:
        self._raw.close()
        super().close()


class OneAnswer(http.client.HTTPResponse):
    """http.client's response through the timer; its connection ends with it."""

    def __init__(self, sock: socket.socket, *args: Any, wire: Wire, **kwargs: Any) -> None:
        super().__init__(sock, *args, **kwargs)
        self._wire = wire
        raw = self.fp.detach()
        self.fp = io.BufferedReader(_TimedReader(raw, sock, wire), READ_SIZE)

    def begin(self) -> None:
        """Read status line and headers; `HTTPException` for what can't be read."""
        self._wire.left_bytes = MAX_HEAD_BYTES
        super().begin()
        self.will_close = True
        _check_headers(self.headers, is_chunked=bool(self.chunked))
        self._wire.left_bytes = self._wire.max_wire_bytes * 5 // 4 + MAX_HEAD_BYTES

    def _read_status(self) -> tuple[str, int, str]:
        for _ in range(MAX_INTERIM + 1):
            found: tuple[str, int, str] = super()._read_status()  # type: ignore[misc]
            if not 100 <= found[1] < 200 or found[1] == _SWITCHING:
                return found
            http.client.parse_headers(self.fp)
        raise http.client.HTTPException(f"more than {MAX_INTERIM} interim answers")

    def _read_next_chunk_size(self) -> int:
        """As http.client, which also reads `-5`, `0x5` and `1_0`."""
        line = self.fp.readline(READ_SIZE)
        found = _CHUNK_SIZE.fullmatch(line)
        if found is None:
            raise http.client.HTTPException(f"no size of a chunk: {line[:40]!r}")
        return int(found[1], 16)


def _check_headers(headers: http.client.HTTPMessage, *, is_chunked: bool) -> None:
    """Raises `HTTPException` where the body's frame is not said once and clearly."""
    rest = headers.get_payload()
    if (isinstance(rest, str) and rest.strip()) or any(
        isinstance(defect, _BAD_HEADER) for defect in headers.defects
    ):
        raise http.client.HTTPException("a header that can't be read")
    lengths = set(headers.get_all("content-length", []))
    if len(lengths) > 1 or not all(_LENGTH.fullmatch(length) for length in lengths):
        told = ", ".join(sorted(length[:40] for length in lengths))
        raise http.client.HTTPException(f"Content-Length {told}")
    codings = headers.get_all("transfer-encoding", [])
    if codings and (len(codings) > 1 or not is_chunked):
        raise http.client.HTTPException(f"Transfer-Encoding {', '.join(codings)[:80]}")
