"""What went wrong on the wire, in the taxonomy's words."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Iterator

import requests
import urllib3


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
