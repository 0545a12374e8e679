"""One request on the wire, one answer, of whatever status; the body taken raw and counted.

What went wrong on the wire, in the taxonomy's words.
"""

from __future__ import annotations

import http.client
import socket
import ssl
import threading
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import requests
import urllib3

from extractors.http.connections import TimedAdapter
from extractors.url_guard import AddressRefused, Target
from extractors.wire import READ_SIZE, Wire

_WIRE_ERRORS = (
    requests.RequestException,
    urllib3.exceptions.HTTPError,
    http.client.HTTPException,
    OSError,
    ValueError,  # of a library, at a header or chunk that it can't read
    OverflowError,
)
_PIECES, _LEAST_PIECE = 10_000, 64
"""A body may come in so many pieces, and more of them only of so many bytes on average."""


@dataclass(frozen=True, slots=True)
class Timeouts:
    """Seconds: to connect, for one read, and for the whole of one request."""

    connect_s: float
    read_s: float
    total_s: float


@dataclass(frozen=True, slots=True)
class Answer:
    """A response off the wire; `truncated` is a WARC-Truncated reason, or empty."""

    status: int
    reason: str
    headers: tuple[tuple[str, str], ...]
    body: bytes
    truncated: str
    http_version: str
    ip: str

    def header(self, name: str) -> str:
        """The first value of a header (lower-case name), or an empty string."""
        return next((value for key, value in self.headers if key.lower() == name), "")


class _Session(requests.Session):
    def get_redirect_target(self, resp: requests.Response) -> str | None:
        """None: redirects are followed by hand. requests, even when told not to follow,
        would read a redirect's whole body into memory, inflated and without a cap."""
        return None


@dataclass
class _Lane:
    """A thread's own session, so that threads share no connection."""

    session: requests.Session
    wire: Wire
    environment: dict[str, dict[str, Any]]


class Transport:
    """Sends single requests for one client; safe to use from several threads.

    `routes` send hosts to a loopback base, without proxy or address check;
    every other host goes out guarded.
    """

    def __init__(self, timeouts: Timeouts, routes: Mapping[str, str]) -> None:
        self._timeouts = timeouts
        self._routes = dict(routes)
        self._local = threading.local()
        self._lock = threading.Lock()
        self._sessions: list[requests.Session] = []

    def send(
        self,
        target: Target,
        headers: Mapping[str, str],
        body: bytes | None,
        max_wire_bytes: int,
    ) -> Answer:
        """GET, or POST if there is a body.

        Raises `TransportError` if no response came, `AddressRefused` if the host
        leads to no public address. A body that broke off or passed the cap comes
        back as far as it came, with `truncated` set.
        """
        lane = self._lane()
        base = self._routes.get(target.host)
        url = (base or target.origin) + target.path
        prepared = _prepared(url, headers, body)
        lane.wire.deadline = time.monotonic() + self._timeouts.total_s
        lane.wire.read_timeout_s = self._timeouts.read_s
        lane.wire.max_wire_bytes = max_wire_bytes
        try:
            response = lane.session.send(
                prepared,
                stream=True,
                allow_redirects=False,
                timeout=(
                    min(self._timeouts.connect_s, self._timeouts.total_s),
                    self._timeouts.read_s,
                ),
                **_environment(lane, target, is_routed=base is not None),
            )
        except AddressRefused:
            raise
        except _WIRE_ERRORS as error:
            raise transport_error(error) from error
        with response:
            received, truncated = _read_body(response.raw, max_wire_bytes, lane.wire)
            return _answer(response.raw, received, truncated, lane.wire.ip)

    def close(self) -> None:
        """Close every thread's connections."""
        with self._lock:
            sessions, self._sessions = self._sessions, []
        self._local = threading.local()
        for session in sessions:
            session.close()

    def _lane(self) -> _Lane:
        lane: _Lane | None = getattr(self._local, "lane", None)
        if lane is None:
            lane = _Lane(_Session(), Wire(), {})
            lane.session.mount("https://", TimedAdapter(lane.wire, is_guarded=True))
            lane.session.mount("http://", TimedAdapter(lane.wire, is_guarded=True))
            for base in self._routes.values():
                lane.session.mount(f"{base}/", TimedAdapter(lane.wire, is_guarded=False))
            with self._lock:
                self._sessions.append(lane.session)
            self._local.lane = lane
        return lane


def _prepared(url: str, headers: Mapping[str, str], body: bytes | None) -> requests.PreparedRequest:
    """The request as `requests` would prepare it, less what is a fifth of its time and not
    wanted here: cookies, authentication, and quoting an address that `check_url` has quoted.
    """
    request = requests.PreparedRequest()
    request.method = "GET" if body is None else "POST"
    request.url = url
    request.prepare_headers(headers)  # refuses line breaks and the like
    request.body = body
    return request


def _environment(lane: _Lane, target: Target, *, is_routed: bool) -> dict[str, Any]:
    """Proxies and CA bundle from the environment, read once per origin; none when routed."""
    if is_routed:
        return {"proxies": {}, "verify": True}
    if target.origin not in lane.environment:
        found = lane.session.merge_environment_settings(target.origin, {}, None, None, None)
        lane.environment[target.origin] = {
            "proxies": found["proxies"],
            "verify": found["verify"],
        }
    return lane.environment[target.origin]


def _read_body(raw: Any, max_wire_bytes: int, wire: Wire) -> tuple[bytes, str]:
    """The entity's bytes and why they ended early, if they did."""
    announced = raw.headers.get("Content-Length", "")
    if announced.isdecimal() and int(announced) > max_wire_bytes:
        return b"", "length"
    pieces: list[bytes] = []
    size = 0
    try:
        while piece := raw.read1(READ_SIZE, decode_content=False):
            pieces.append(piece)
            size += len(piece)
            if size > max_wire_bytes or len(pieces) > _PIECES + size // _LEAST_PIECE:
                return b"".join(pieces)[:max_wire_bytes], "length"
            wire.timeout()
    except _WIRE_ERRORS:
        is_late = time.monotonic() >= wire.deadline
        why = "length" if wire.left_bytes <= 0 else "time" if is_late else "disconnect"
        return b"".join(pieces), why
    return b"".join(pieces), ""


def _answer(raw: Any, body: bytes, truncated: str, ip: str) -> Answer:
    return Answer(
        status=raw.status,
        reason=raw.reason or "",
        headers=tuple(raw.headers.items()),
        body=body,
        truncated=truncated,
        http_version="HTTP/1.0" if raw.version == 10 else "HTTP/1.1",
        ip=ip,
    )


class TransportError(Exception):
    """No response came. `cause` is dns, tls, timeout or connection."""

    def __init__(self, cause: str, detail: str, is_transient: bool) -> None:
        super().__init__(cause, detail, is_transient)
        self.cause = cause
        self.detail = detail
        self.is_transient = is_transient


def transport_error(error: Exception) -> TransportError:
    """The error of requests, urllib3 or the socket, sorted by its innermost reason.

    A certificate that does not verify and a name that does not exist are final:
    asking again would only hide them behind a timeout.
    """
    chain = list(_chain(error))
    text = str(chain[-1]) or type(chain[-1]).__name__
    unresolved = [e for e in chain if isinstance(e, socket.gaierror)]
    if unresolved or any(isinstance(e, urllib3.exceptions.NameResolutionError) for e in chain):
        unknown = any(e.errno == socket.EAI_NONAME for e in unresolved)
        return TransportError("dns", text, not unknown)
    if any(isinstance(e, ssl.SSLError | requests.exceptions.SSLError) for e in chain):
        unverified = any(isinstance(e, ssl.SSLCertVerificationError) for e in chain)
        return TransportError("tls", text, not unverified)
    if any(isinstance(e, TimeoutError | requests.Timeout) for e in chain):
        return TransportError("timeout", text, True)
    return TransportError("connection", text, True)


def _chain(error: BaseException) -> Iterator[BaseException]:
    """The error and what lies inside it: reasons, arguments, causes; outermost first."""
    seen: set[int] = set()
    todo: list[BaseException] = [error]
    while todo:
        current = todo.pop()
        if id(current) in seen:
            continue
        seen.add(id(current))
        yield current
        inner = [getattr(current, "reason", None), current.__cause__, *current.args]
        todo.extend(e for e in inner if isinstance(e, BaseException))
