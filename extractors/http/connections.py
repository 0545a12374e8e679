"""Guarded, timed connections under `requests`.

A host's addresses are checked, and only a checked one is connected to, so that a
name which changes its answer between check and connect gains nothing. Each connection
serves one request (`extractors/wire.py`).
"""

from __future__ import annotations

import functools
import socket
import ssl
from typing import Any

import urllib3
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import NameResolutionError, NewConnectionError
from urllib3.util.ssl_ import create_urllib3_context

from extractors import url_guard as guard
from extractors.url_guard import AddressRefused
from extractors.wire import OneAnswer, Wire


class _Timed(HTTPConnection):
    """A connection under a `Wire`, whose addresses are checked unless they are our own."""

    wire: Wire
    is_guarded: bool
    peer_ip = ""

    def _new_conn(self) -> socket.socket:
        sock = _connect_checked(self) if self.is_guarded else super()._new_conn()
        self.peer_ip = str(sock.getpeername()[0])
        self.response_class = functools.partial(OneAnswer, wire=self.wire)  # type: ignore[assignment]
        return sock

    def getresponse(self) -> urllib3.HTTPResponse:  # type: ignore[override]
        self.wire.ip = self.peer_ip
        return super().getresponse()


class _TimedTls(_Timed, HTTPSConnection):
    """The same under TLS: the name is verified, the checked address connected to."""

    def connect(self) -> None:
        if self.ca_certs and self.ssl_context is None:
            self.ssl_context, self.ca_certs = _trusting(self.ca_certs), None
        super().connect()


@functools.cache
def _trusting(ca_certs: str) -> ssl.SSLContext:
    """The context of a CA bundle, whose reading takes ten times as long as connecting."""
    context = create_urllib3_context()
    context.load_verify_locations(ca_certs)
    return context


class TimedAdapter(HTTPAdapter):
    """requests' adapter over our connections. It never retries: the client paces retries."""

    def __init__(self, wire: Wire, *, is_guarded: bool) -> None:
        self._wire, self._is_guarded = wire, is_guarded
        super().__init__(pool_connections=16, pool_maxsize=1)

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, **kwargs)
        self.poolmanager.pool_classes_by_scheme = _pools(self._wire, self._is_guarded)

    def proxy_manager_for(self, proxy: str, **kwargs: Any) -> Any:
        """A proxy resolves names itself and may well be private: the operator chose it."""
        manager = super().proxy_manager_for(proxy, **kwargs)
        manager.pool_classes_by_scheme = _pools(self._wire, is_guarded=False)
        return manager


def _pools(wire: Wire, is_guarded: bool) -> dict[str, type[HTTPConnectionPool]]:
    """urllib3's pools with our connections in them, bound to one thread's `Wire`."""
    members = {"wire": wire, "is_guarded": is_guarded}
    plain = type("PlainConnection", (_Timed,), members)
    tls = type("TlsConnection", (_TimedTls,), members)
    return {
        "http": type("PlainPool", (HTTPConnectionPool,), {"ConnectionCls": plain}),
        "https": type("TlsPool", (HTTPSConnectionPool,), {"ConnectionCls": tls}),
    }


def _connect_checked(connection: HTTPConnection) -> socket.socket:
    """Resolve once, drop what is not public, connect to what is left and to nothing else."""
    host = connection.host
    try:
        found = socket.getaddrinfo(host, connection.port, type=socket.SOCK_STREAM)
    except socket.gaierror as error:
        raise NameResolutionError(host, connection, error) from error
    addresses = [(str(info[4][0]), int(info[4][1])) for info in found]
    public = [address for address in addresses if guard.is_public(address[0])]
    if not public:
        named = ", ".join(sorted({ip for ip, _ in addresses})) or "nowhere"
        raise AddressRefused(f"{host} leads to {named}: not a public address")
    for attempt, address in enumerate(public, 1):
        try:
            sock = socket.create_connection(address, connection.timeout)
        except OSError as error:
            if attempt == len(public):
                raise NewConnectionError(connection, f"{address[0]}: {error}") from error
        else:
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            return sock
    raise AssertionError("unreachable: the last address either connects or raises")
